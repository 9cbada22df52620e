"""Publishes what was scheduled."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import msgspec

from pocketdesk.accounts import views as accounts
from pocketdesk.jobs import Leased
from pocketdesk.jobs.model import Ending
from pocketdesk.jobs.worker import Run
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.knowledge import actions
from pocketdesk.storage import Engine, UnitOfWork


@dataclass(frozen=True, slots=True)
class _Scheduled:
    article_id: int
    language: str
    at: int


def runs(engine: Engine) -> Mapping[str, Run]:
    """What this feature does later, by kind."""

    async def publish(job: Leased) -> Ending:
        due = msgspec.convert(job.payload, _Scheduled)
        await engine.write(partial(_publish, job.account_id, due))
        return None

    return {actions.PUBLISH: publish}


def _publish(account_id: int, due: _Scheduled, unit: UnitOfWork) -> None:
    scope = accounts.open_account(unit, account_id)
    try:
        actions.publish_scheduled(unit, scope, due.article_id, due.language, due.at)
    except NotFound:  # written no more
        return
