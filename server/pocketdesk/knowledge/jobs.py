"""Publishes what was scheduled, follows links to the outside, erases images that nobody shows."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import msgspec

from pocketdesk.accounts import views as accounts
from pocketdesk.jobs import Cron, Every, Leased, Scheduled
from pocketdesk.jobs.model import Ending, GiveUp, Retry
from pocketdesk.jobs.worker import Run
from pocketdesk.kernel.moments import MINUTE
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge import actions, rules, views
from pocketdesk.knowledge.outside.embeddings import Embeddings
from pocketdesk.knowledge.search import meaning
from pocketdesk.outbound import Answer, Outbound, Request
from pocketdesk.storage import Engine, Reader, UnitOfWork

TEND = "knowledge.tend"
SCHEDULES = (Scheduled(TEND, Cron("50 3 * * *")),)
READ = "knowledge.read"
READING = Scheduled(READ, Every(MINUTE))
TEXTS_AT_ONCE = 20
LINKS_AT_ONCE = 6
PATIENCE_S = 15.0
MOST_BYTES = 8 * 2**20
"""Of a page that a server sends whole although its beginning was asked for."""


@dataclass(frozen=True, slots=True)
class _Scheduled:
    article_id: int
    language: str
    at: int


@dataclass(frozen=True, slots=True)
class _Published:
    article_id: int
    language: str


def runs(engine: Engine, outbound: Outbound) -> Mapping[str, Run]:
    """What this feature does later, by kind."""

    async def publish(job: Leased) -> Ending:
        due = msgspec.convert(job.payload, _Scheduled)
        await engine.write(partial(_publish, job.account_id, due))
        return None

    async def check_links(job: Leased) -> Ending:
        about = msgspec.convert(job.payload, _Published)
        scope, links = await engine.read(partial(_links, job.account_id, about))
        turn = asyncio.Semaphore(LINKS_AT_ONCE)

        async def follow(place: int, href: str) -> tuple[int, str, str | None]:
            async with turn:
                return place, href, await _problem(outbound, href)

        found = await asyncio.gather(*(follow(place, href) for place, href in links))
        await engine.write(
            lambda unit: actions.note_checks(unit, scope, about.article_id, about.language, found)
        )
        return None

    async def tend(_job: Leased) -> Ending:
        await engine.write(actions.enqueue_checks)
        for account in await engine.read(accounts.all_accounts):
            scope = await engine.read(partial(accounts.open_account, account_id=account.id))
            after: int | None = 0
            while after is not None:
                after = await engine.write(partial(actions.sweep_images, scope=scope, after=after))
        return None

    return {actions.PUBLISH: publish, actions.CHECK_LINKS: check_links, TEND: tend}


def reading_runs(engine: Engine, embeddings: Embeddings) -> Mapping[str, Run]:
    """Search by meaning: every text that is published gets its vectors from the model."""

    async def read(_job: Leased) -> Ending:
        while texts := await engine.read(
            lambda reader: meaning.unread(reader, embeddings.model, TEXTS_AT_ONCE)
        ):
            for text in texts:
                vectors = await embeddings.embed(text.passages)
                if isinstance(vectors, Retry | GiveUp):
                    return vectors
                await engine.write(
                    partial(meaning.keep_vectors, text=text, model=embeddings.model, vectors=vectors)
                )
        return None

    return {READ: read}


def _publish(account_id: int, due: _Scheduled, unit: UnitOfWork) -> None:
    scope = accounts.open_account(unit, account_id)
    try:
        actions.publish_scheduled(unit, scope, due.article_id, due.language, due.at)
    except NotFound:  # written no more
        return


def _links(
    account_id: int, about: _Published, reader: Reader
) -> tuple[AccountScope, tuple[tuple[int, str], ...]]:
    scope = accounts.open_account(reader, account_id)
    return scope, views.outside_links(reader, scope, about.article_id, about.language)


async def _problem(outbound: Outbound, href: str) -> str | None:
    """Why an address leads nowhere; None where it leads somewhere. Some servers answer GET only."""
    answer = await outbound.ask(Request(href, "HEAD", patience_s=PATIENCE_S))
    if not isinstance(answer, Answer) or rules.problem_of(answer.status):
        first = {"range": "bytes=0-1023"}
        answer = await outbound.ask(
            Request(href, headers=first, most_bytes=MOST_BYTES, patience_s=PATIENCE_S)
        )
    return rules.problem_of(answer.status) if isinstance(answer, Answer) else "unreachable"
