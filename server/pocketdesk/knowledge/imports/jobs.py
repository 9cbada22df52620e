"""Does an import: looks through the file, makes the articles, then writes what they say.

Each article is its own small step, and a step that was done is found done: so a job that runs again, and a file that
is imported again, write nothing twice.
"""

import asyncio
import base64
import binascii
import hashlib
import posixpath
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TypeAlias

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.model import Actor, Permission
from pocketdesk.files import actions as uploads
from pocketdesk.files import views as files
from pocketdesk.files.model import Owner, OwnerKind, Purpose, Upload
from pocketdesk.files.model import State as FileState
from pocketdesk.files.outside import Lost, Place, Store
from pocketdesk.files.outside.clamd import Unanswered
from pocketdesk.files.rules.uploads import CHUNK_BYTES
from pocketdesk.jobs import Cron, Leased, Retry, Scheduled
from pocketdesk.jobs.model import Ending, Later
from pocketdesk.jobs.worker import Run
from pocketdesk.kernel.moments import DAY
from pocketdesk.kernel.refusal import Invalid, NotFound, Refusal, TooMany
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge import rules
from pocketdesk.knowledge import views as knowledge
from pocketdesk.knowledge.content import Body, Image, from_html, from_markdown
from pocketdesk.knowledge.imports import actions, sources, views
from pocketdesk.knowledge.imports.actions import IMPORT
from pocketdesk.knowledge.imports.model import Form, Import, Origin, Page, Parcel, Problem, State
from pocketdesk.knowledge.imports.remote import KINDS, Pictures, Unfetched, address_of
from pocketdesk.knowledge.model import Base
from pocketdesk.outbound import Outbound
from pocketdesk.storage import Engine, Reader

Check: TypeAlias = Callable[[int, int], Awaitable[Upload | Unanswered]]
SWEEP = "knowledge.sweep_imports"
SCHEDULES = (Scheduled(SWEEP, Cron("40 3 * * *")),)
LARGEST_DATA_ADDRESS = 4 << 20
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}


class Wait(Exception):
    """It goes on later: nobody could check an image, or too many came in an hour."""

    def __init__(self, reason: str, ms: int | None = None) -> None:
        super().__init__(reason)
        self.ms = ms


def runs(
    engine: Engine, incoming: Store, store: Store, check: Check, outbound: Outbound
) -> Mapping[str, Run]:
    """What imports do later, by kind. `incoming` has their files; images go to `store`, and through `check`; those that
    an export only names are fetched through `outbound`.
    """

    async def run(job: Leased) -> Ending:
        place = Place(job.account_id, int(job.key))
        try:
            scope, found, base, actor = await engine.read(partial(_begin, job.account_id, place.file_id))
        except NotFound:
            await incoming.drop(place)
            return None
        work = Work(engine, store, check, Pictures(outbound), scope, actor, base, found)
        if found.state in {State.WAITING, State.RUNNING}:
            try:
                async with incoming.draft(place, found.size) as draft:
                    parcel = await asyncio.to_thread(sources.read, draft.source, found.name, found.kind)
                    await work.run(parcel)
            except sources.Unreadable as wrong:
                await work.fail(str(wrong))
            except Lost:
                await work.fail("the file was lost, please send it again")
            except TooMany as wait:
                return Later(await engine.write(lambda unit: unit.now) + wait.retry_after_ms)
            except Wait as wait:
                return Retry(str(wait), wait.ms)
            except Refusal as wrong:
                await work.fail(wrong.message)
        await incoming.drop(place)
        return None

    async def sweep(_job: Leased) -> Ending:
        while await engine.write(actions.sweep_imports):
            pass
        # Files lie there untouched until their job drops them.
        await incoming.tidy(await engine.write(lambda unit: unit.now - actions.WAITING_DAYS * DAY))
        return None

    return {IMPORT: run, SWEEP: sweep}


def _begin(account_id: int, import_id: int, reader: Reader) -> tuple[AccountScope, Import, Base, Actor]:
    scope = accounts.open_account(reader, account_id)
    found = views.import_(reader, scope, import_id)
    user = accounts.user(reader, scope, found.asked_by)
    rights = user.permissions if user.deactivated_at is None else frozenset[Permission]()
    return scope, found, knowledge.base(reader, scope, found.base_id), Actor(user.id, rights)


class Work:
    """One import on its way."""

    def __init__(
        self,
        engine: Engine,
        store: Store,
        check: Check,
        pictures: Pictures,
        scope: AccountScope,
        actor: Actor,
        base: Base,
        found: Import,
    ) -> None:
        self._engine = engine
        self._store = store
        self._check = check
        self._pictures = pictures
        self._scope = scope
        self._actor = actor
        self._base = base
        self._import = found
        self._problems: list[Problem] = []
        self._done = self._total = self._created = 0

    async def run(self, parcel: Parcel) -> None:
        """Looks at everything; and writes it, unless it is a dry run. `Forbidden` for who may not write any more."""
        rules.check_writes(self._actor)
        self._problems += parcel.problems
        articles = self._articles(parcel)
        self._total = len(articles)
        if not self._import.dry_run:
            for pages in articles.values():
                await self._engine.write(
                    lambda unit, pages=pages: actions.begin_article(
                        unit, self._scope, self._actor, self._import, self._base, pages
                    )
                )
        known = await self._engine.read(
            lambda reader: views.origins(reader, self._scope, self._base.id, self._import.kind)
        )
        article_ids = {key: origin.article_id for (key, _), origin in known.items()}
        for pages in articles.values():
            changed = [
                await self._page(parcel, language, page, known.get((page.key, language)), article_ids)
                for language, page in pages.items()
            ]
            self._created += any(changed)
            self._done += 1
            await self._note(State.RUNNING)
        await self._note(State.DONE)

    async def fail(self, why: str) -> None:
        """Ends it; what is written already stays."""
        self._problems.insert(0, Problem(self._import.name, why))
        await self._note(State.FAILED)

    async def _note(self, state: State) -> None:
        await self._engine.write(
            lambda unit: actions.note(
                unit,
                self._scope,
                self._import,
                state,
                self._problems,
                done=self._done,
                total=self._total,
                created=self._created,
            )
        )

    def _articles(self, parcel: Parcel) -> dict[str, dict[str, Page]]:
        """Pages by article and language, as far as the base has the language."""
        articles: dict[str, dict[str, Page]] = {}
        for page in parcel.pages:
            language = sources.language_of(self._base.languages, page.language)
            if language is None:
                self._say(page, f"the knowledge base has no language {page.language}")
            elif language in articles.get(page.key, {}):
                self._say(page, f"the article is there twice in {language}")
            else:
                articles.setdefault(page.key, {})[language] = page
        return articles

    async def _page(
        self,
        parcel: Parcel,
        language: str,
        page: Page,
        origin: Origin | None,
        article_ids: Mapping[str, int],
    ) -> bool:
        """Writes one page, or on a dry run finds out what that would change; whether it changed anything."""
        wanted: dict[str, int] = {}

        def any_image(source: str) -> Image | None:
            if not (self._remote(source) or _may_be_image(page, source)):
                self._say(page, f"an image stays a link: {source[:100]}")
                return None
            return Image(wanted.setdefault(source, len(wanted) + 1))

        def article_at(href: str) -> int | None:
            key = parcel.key_at(page, href)
            # On a dry run the article is not there yet; any number will do to look.
            return None if key is None else article_ids.get(key, 1 if self._import.dry_run else None)

        try:
            body = await asyncio.to_thread(_read, page, any_image, article_at)
        except Invalid as wrong:
            self._say(page, wrong.message)
            return False
        if not body.blocks:
            self._say(page, "it has no words")
        if self._import.dry_run:
            for source in wanted:
                if self._remote(source):  # whether it is to be had is seen when it comes in
                    continue
                if await asyncio.to_thread(_bytes_of, parcel, page, source) is None:
                    self._say(page, f"the image is not in the file: {source[:100]}")
            return origin is None or await self._differs(
                origin, language, page, body, has_images=bool(wanted)
            )
        if origin is None:
            return False
        if wanted:
            images = {source: await self._image(parcel, page, source) for source in wanted}
            body = await asyncio.to_thread(_read, page, images.get, article_at)
        changed, problems = await self._engine.write(
            lambda unit: actions.write_page(
                unit,
                self._scope,
                self._actor,
                self._import.kind,
                language,
                page,
                body,
                origin,
                publish=self._import.publish,
            )
        )
        self._problems += problems
        return changed

    async def _differs(
        self, origin: Origin, language: str, page: Page, body: Body, *, has_images: bool
    ) -> bool:
        """Whether a page says something else than its draft. Images are compared when they come in."""
        now = await self._engine.read(
            lambda reader: knowledge.variant(reader, self._scope, origin.article_id, language)
        )
        words = now.draft.writing
        return words.title != page.title or (not has_images and words.body != body)

    def _remote(self, source: str) -> str | None:
        return address_of(source) if self._import.kind in KINDS else None

    async def _image(self, parcel: Parcel, page: Page, source: str) -> Image | None:
        address = self._remote(source)
        if address is None:
            found = await asyncio.to_thread(_bytes_of, parcel, page, source)
            if found is None:
                self._say(page, f"the image is not in the file: {source[:100]}")
                return None
            return await self._take(page, *found)
        # What has come from an address once is not fetched again: a job that goes on would begin anew.
        key = _sha256(f"address {address}".encode())
        known = await self._engine.read(lambda reader: self._known_image(reader, key))
        if known is not None:
            return known
        try:
            name, content = await self._pictures.fetch(address)
        except Unfetched as wrong:
            self._say(page, f"the image could not be fetched ({wrong}): {address[:100]}")
            return None
        image = await self._take(page, name, content)
        if image is not None:
            await self._engine.write(lambda unit: actions.put_image(unit, self._scope, key, image.file_id))
        return image

    async def _take(self, page: Page, name: str, content: bytes) -> Image | None:
        """Makes a file of an image, unless one with the same bytes has come in before."""
        sha256 = _sha256(content)
        known = await self._engine.read(lambda reader: self._known_image(reader, sha256))
        if known is not None:
            return known
        try:
            upload = await self._upload(name, content)
        except Invalid as wrong:
            self._say(page, f"{name}: {wrong.message}")
            return None
        if upload.state is not FileState.READY:
            self._say(page, f"{name}: {upload.refusal or 'refused'}")
            return None
        await self._engine.write(lambda unit: actions.put_image(unit, self._scope, sha256, upload.id))
        return Image(upload.id, "", "", upload.width, upload.height)

    def _known_image(self, reader: Reader, sha256: str) -> Image | None:
        file_id = views.image_of(reader, self._scope, sha256)
        card = None if file_id is None else files.article_images(reader, self._scope, [file_id]).get(file_id)
        return None if card is None else Image(card.id, "", "", card.width, card.height)

    async def _upload(self, name: str, content: bytes) -> Upload:
        """The same way that every image takes: announced, received, checked, made anew."""
        owner = Owner(OwnerKind.USER, self._actor.user_id)
        begun = await self._engine.write(
            lambda unit: uploads.begin_upload(
                unit, self._scope, owner, Purpose.ARTICLE, name, len(content), "application/octet-stream"
            )
        )
        place = Place(self._scope.account_id, begun.id)
        for offset in range(0, len(content), CHUNK_BYTES):
            chunk = content[offset : offset + CHUNK_BYTES]
            await self._store.write(place, offset, chunk)
            await self._engine.write(
                lambda unit, offset=offset, chunk=chunk: uploads.receive(
                    unit, self._scope, owner, begun.id, offset, len(chunk)
                )
            )
        checked = await self._check(self._scope.account_id, begun.id)
        if isinstance(checked, Unanswered):
            raise Wait(checked.reason)
        return checked

    def _say(self, page: Page, problem: str) -> None:
        said = Problem(page.place, problem)
        if said not in self._problems[-50:]:
            self._problems.append(said)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read(
    page: Page, image_at: Callable[[str], Image | None], article_at: Callable[[str], int | None]
) -> Body:
    read = from_markdown if page.form is Form.MARKDOWN else from_html
    return read(page.words, image_at, article_at)


def _may_be_image(page: Page, source: str) -> bool:
    return source.startswith("data:image/") or sources.place_of(page.place, source) is not None


def _bytes_of(parcel: Parcel, page: Page, source: str) -> tuple[str, bytes] | None:
    """An image's name and bytes."""
    if source.startswith("data:"):
        return _data_address(source)
    place = sources.place_of(page.place, source)
    content = parcel.picture(place) if place else None
    return (posixpath.basename(place), content) if place and content else None


def _data_address(source: str) -> tuple[str, bytes] | None:
    head, _, words = source[5:].partition(",")
    ending = _ENDINGS.get(head.partition(";")[0].lower())
    if ending is None or not head.endswith(";base64") or len(words) > LARGEST_DATA_ADDRESS:
        return None
    try:
        return f"image.{ending}", base64.b64decode(words, validate=True)
    except (binascii.Error, ValueError):
        return None
