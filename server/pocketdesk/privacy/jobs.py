"""Makes copies, erases step by step, and keeps what accounts decided about how long things stay."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from zipfile import ZIP_DEFLATED, ZipFile

from pocketdesk.accounts import views as accounts
from pocketdesk.consent import views as consent
from pocketdesk.conversations.model import Conversation, Entry
from pocketdesk.conversations.views import whole
from pocketdesk.files import views as uploads
from pocketdesk.files.model import Owner, OwnerKind, State, Upload
from pocketdesk.files.outside import Lost, Place, Store
from pocketdesk.jobs import Cron, Leased, Retry, Scheduled
from pocketdesk.jobs.model import Ending
from pocketdesk.jobs.worker import Run
from pocketdesk.kernel.moments import DAY
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.privacy import actions, rules, views, wire
from pocketdesk.privacy.model import Export, ExportState, Subject
from pocketdesk.storage import Engine

RETAIN = "privacy.retain"
SCHEDULES = (Scheduled(RETAIN, Cron("40 2 * * *")),)
ENTRIES_AT_ONCE = 500
CONVERSATIONS_AT_ONCE = 20
FILES_AT_ONCE = 100
ACCOUNTS_AT_ONCE = 100

_log = logging.getLogger(__name__)


class NotWanted(Exception):
    """The copy was called off meanwhile."""


class Copies:
    """Makes copies: zip files of JSON, and of what was sent. `folder` is on the file system of `copies`."""

    def __init__(self, engine: Engine, files: Store, copies: Store, folder: Path) -> None:
        self._engine = engine
        self._files = files
        self._copies = copies
        self._folder = folder

    async def make(self, scope: AccountScope, export: Export) -> None:
        """One copy, from the beginning: whatever an earlier try has left is written over."""
        ids = await self._engine.read(
            lambda reader: views.person_ids(reader, scope, export.subject, export.subject_id)
        )
        with _draft(self._folder) as path:
            with ZipFile(path, "w", ZIP_DEFLATED) as copy:
                await self._fill(copy, scope, export, ids)
            size, _ = await self._copies.publish(Place(scope.account_id, export.id), path)
        if not await self._engine.write(lambda unit: actions.finish_export(unit, scope, export.id, size)):
            await self._copies.drop(Place(scope.account_id, export.id))

    async def _fill(self, copy: ZipFile, scope: AccountScope, export: Export, ids: tuple[int, ...]) -> None:
        profile, total = await self._engine.read(
            lambda reader: (
                views.profile(reader, scope, export.subject, ids),
                sum(whole.number_of_person(reader, scope, each) for each in ids),
            )
        )
        await _put(copy, "person.json", wire.profile_json(profile))
        done = 1
        seen = set[int]()
        files = dict[int, Upload]()
        for each in ids:
            async for found in self._conversations(scope, each):
                if done % CONVERSATIONS_AT_ONCE == 0:
                    await self._note(scope, export, done, total + 2)
                done += 1
                if found.id not in seen:
                    seen.add(found.id)
                    entries = await self._entries(scope, found.id)
                    await _put(copy, f"conversations/{found.id}.json", wire.conversation_json(found, entries))
                    files |= await self._attached(scope, found.id)
            files |= await self._sent(scope, each)
        paths = [(upload, await self._put_file(copy, scope, upload)) for upload in files.values()]
        await _put(copy, "files.json", wire.files_json(paths))
        await self._note(scope, export, total + 2, total + 2)

    async def _conversations(self, scope: AccountScope, person_id: int) -> AsyncIterator[Conversation]:
        after = 0
        while some := await self._engine.read(
            lambda reader, after=after: whole.of_person(
                reader, scope, person_id, after, CONVERSATIONS_AT_ONCE
            )
        ):
            for found in some:
                yield found
            after = some[-1].id

    async def _entries(self, scope: AccountScope, conversation_id: int) -> list[Entry]:
        entries: list[Entry] = []
        after = 0
        while some := await self._engine.read(
            lambda reader, after=after: whole.entries_after(
                reader, scope, conversation_id, after, ENTRIES_AT_ONCE
            )
        ):
            entries += some
            after = some[-1].seq
        return entries

    async def _attached(self, scope: AccountScope, conversation_id: int) -> dict[int, Upload]:
        found: dict[int, Upload] = {}
        after = 0
        while some := await self._engine.read(
            lambda reader, after=after: [
                uploads.upload(reader, scope, file_id)
                for file_id in uploads.ids_of_conversation(
                    reader, scope, conversation_id, after, FILES_AT_ONCE
                )
            ]
        ):
            found |= {upload.id: upload for upload in some}
            after = some[-1].id
        return found

    async def _sent(self, scope: AccountScope, visitor_id: int) -> dict[int, Upload]:
        owner = Owner(OwnerKind.VISITOR, visitor_id)
        found: dict[int, Upload] = {}
        after = 0
        while some := await self._engine.read(
            lambda reader, after=after: uploads.uploads_of(reader, scope, owner, after, FILES_AT_ONCE)
        ):
            found |= {upload.id: upload for upload in some}
            after = some[-1].id
        return found

    async def _put_file(self, copy: ZipFile, scope: AccountScope, upload: Upload) -> str:
        """The file's bytes; the path inside the copy, empty where there are none."""
        if upload.state is not State.READY:
            return ""
        path = rules.file_name(upload.id, upload.name)
        try:
            pieces = await self._files.read(Place(scope.account_id, upload.id), 0, upload.size)
        except Lost:
            return ""
        with copy.open(path, "w", force_zip64=True) as file:
            async for piece in pieces:
                await asyncio.to_thread(file.write, piece)
        return path

    async def _note(self, scope: AccountScope, export: Export, done: int, total: int) -> None:
        if not await self._engine.write(
            lambda unit: actions.note_progress(unit, scope, export.id, done, total)
        ):
            raise NotWanted


@contextmanager
def _draft(folder: Path) -> Iterator[Path]:
    """A new file that is gone afterwards, unless somebody has moved it away."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with NamedTemporaryFile(dir=folder, suffix=".zip", delete=False) as file:
        path = Path(file.name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


async def _put(copy: ZipFile, name: str, text: str) -> None:
    await asyncio.to_thread(copy.writestr, name, text)


def runs(engine: Engine, copies: Copies, kept: Store) -> Mapping[str, Run]:
    """What this feature does later, by kind. `kept`: where copies are."""

    async def erase(job: Leased) -> Ending:
        scope = await _scope(engine, job)
        await engine.write(lambda unit: actions.erase_some(unit, scope, int(job.key)))
        return None

    async def export(job: Leased) -> Ending:
        scope = await _scope(engine, job)
        found = await engine.read(lambda reader: views.export(reader, scope, int(job.key)))
        if found.state not in {ExportState.WAITING, ExportState.RUNNING}:
            return None
        if await kept.free() < rules.ROOM_BYTES:
            return Retry("the disk is almost full")
        try:
            await copies.make(scope, found)
        except NotWanted:
            pass
        except Exception as wrong:
            if not isinstance(wrong, NotFound):
                if job.attempt < rules.ATTEMPTS:
                    raise
                _log.exception("copy %s of account %s cannot be made", found.id, scope.account_id)
            await engine.write(lambda unit: actions.fail_export(unit, scope, found.id))
        return None

    async def drop_export(job: Leased) -> Ending:
        scope = await _scope(engine, job)
        export_id = int(str(job.payload["export_id"]))
        await engine.write(lambda unit: actions.forget_export(unit, scope, export_id))
        await kept.drop(Place(scope.account_id, export_id))
        return None

    async def retain(_job: Leased) -> Ending:
        after = 0
        while some := await engine.read(
            lambda reader, after=after: consent.retaining(reader, after, ACCOUNTS_AT_ONCE)
        ):
            for account_id, *days in some:
                await _retain(engine, account_id, *days)
            after = some[-1][0]
        await kept.tidy(await engine.write(lambda unit: unit.now - DAY))
        return None

    return {
        actions.ERASE: erase,
        actions.EXPORT: export,
        actions.DROP_EXPORT: drop_export,
        RETAIN: retain,
    }


async def _scope(engine: Engine, job: Leased) -> AccountScope:
    return await engine.read(lambda reader: accounts.open_account(reader, job.account_id))


async def _retain(
    engine: Engine, account_id: int, closed_days: int | None, idle_days: int | None, file_days: int | None
) -> None:
    scope = await engine.read(lambda reader: accounts.open_account(reader, account_id))
    now = await engine.write(lambda unit: unit.now)
    for subject, days in ((Subject.CONVERSATION, closed_days), (Subject.VISITOR, idle_days)):
        if days is not None:
            await _erase_for_age(engine, scope, subject, now - days * DAY)
    if file_days is not None:
        await engine.write(lambda unit: actions.erase_old_files(unit, scope, now - file_days * DAY))


async def _erase_for_age(engine: Engine, scope: AccountScope, subject: Subject, before: int) -> None:
    after: tuple[int, int] | None = (0, 0)
    while after is not None:
        ids, after = await engine.read(
            lambda reader, after=after: views.too_old(reader, scope, subject, before, after)
        )
        if ids:
            await engine.write(lambda unit, ids=ids: actions.erase_for_age(unit, scope, subject, ids))
