"""Checks what has arrived, deletes the bytes of what was erased, sweeps what was never used."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from pocketdesk.accounts import views as accounts
from pocketdesk.files import actions, views
from pocketdesk.files.model import Family, Purpose, Sound, State, Unsound, Upload, Verdict
from pocketdesk.files.outside import Draft, Lost, Place, Store
from pocketdesk.files.outside.clamd import Clamd, Infected, Unanswered
from pocketdesk.files.outside.images import Images, NotMade
from pocketdesk.files.rules import kinds, uploads
from pocketdesk.jobs import Every, Leased, Retry, Scheduled
from pocketdesk.jobs.model import Ending
from pocketdesk.jobs.worker import Run
from pocketdesk.kernel.moments import HOUR
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Engine, Reader

SWEEP = "files.sweep"
SCHEDULES = (Scheduled(SWEEP, Every(HOUR)),)
BRAND_PIXELS = 512
"""Longest side of a brand image: it is shown small, and everybody loads it."""
PHOTO_PIXELS = 256
"""Both sides of a photo."""
ARTICLE_PIXELS = 1_600
"""Longest side of a picture in an article: as wide as any page shows it, on a dense screen."""
_FIT = {Purpose.BRAND: BRAND_PIXELS, Purpose.PHOTO: PHOTO_PIXELS, Purpose.ARTICLE: ARTICLE_PIXELS}


class Checks:
    """Turns an upload that is whole into a file that can be shown or saved, or refuses it.

    It may run twice for one upload, also at the same time: it works on copies, and the first verdict holds.
    """

    def __init__(self, engine: Engine, store: Store, images: Images, clamd: Clamd | None) -> None:
        self._engine = engine
        self._store = store
        self._images = images
        self._clamd = clamd

    async def __call__(self, account_id: int, file_id: int) -> Upload | Unanswered:
        """The upload afterwards, or why nobody could say whether it is harmless. `NotFound` if it was erased."""
        scope, upload = await self._engine.read(partial(_find, account_id=account_id, file_id=file_id))
        if upload.state is not State.RECEIVING or not upload.is_whole:
            return upload
        place = Place(account_id, file_id)
        try:
            async with self._store.draft(place, upload.size) as draft:
                verdict = await self._judge(upload, draft, place)
        except Lost:
            verdict = Unsound("the bytes were lost, please send it again")
        if isinstance(verdict, Unanswered):
            return verdict
        try:
            after = await self._engine.write(lambda unit: actions.settle(unit, scope, file_id, verdict))
        except NotFound:
            await self._store.drop(place)
            raise
        if after.state is State.REFUSED:
            await self._store.drop(place)
        else:
            await self._store.forget_part(place)
        return after

    async def _judge(self, upload: Upload, draft: Draft, place: Place) -> Verdict | Unanswered:
        type_ = kinds.type_of(upload.name)
        wrong = kinds.mismatch(type_, kinds.sniff(_head(draft.source)))
        if wrong:
            return Unsound(wrong)
        if self._clamd is not None:
            answer = await self._clamd.scan(draft.source)
            if isinstance(answer, Unanswered):
                return answer
            if isinstance(answer, Infected):
                return Unsound(f"the malware scanner has found {answer.name}")
        if type_.family is not Family.IMAGE:
            return Sound(*await self._store.publish(place, draft.source))
        fit, square = _FIT.get(upload.purpose, 0), upload.purpose is Purpose.PHOTO
        made = await self._images.remake(draft.source, draft.target, type_.content.name, fit, square=square)
        if isinstance(made, NotMade):
            return Unsound(made.reason)
        return Sound(*await self._store.publish(place, draft.target), made.width, made.height)


def _find(reader: Reader, account_id: int, file_id: int) -> tuple[AccountScope, Upload]:
    scope = accounts.open_account(reader, account_id)
    return scope, views.upload(reader, scope, file_id)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(kinds.HEAD_BYTES)


def runs(engine: Engine, store: Store, check: Checks) -> Mapping[str, Run]:
    """What this feature does later, by kind."""

    async def check_again(job: Leased) -> Ending:
        try:
            after = await check(job.account_id, int(job.key))
        except NotFound:
            return None
        return Retry(after.reason) if isinstance(after, Unanswered) else None

    async def purge(job: Leased) -> Ending:
        scope = await engine.read(lambda reader: accounts.open_account(reader, job.account_id))
        while gone := await engine.read(lambda reader: views.erased(reader, scope)):
            for file_id in gone:
                await store.drop(Place(job.account_id, file_id))
            await engine.write(partial(actions.forget_erased, scope=scope, file_ids=gone))
        return None

    async def sweep(_job: Leased) -> Ending:
        while await engine.write(actions.sweep):
            pass
        await store.tidy(await engine.write(lambda unit: unit.now - uploads.LOOSE_MS - HOUR))
        return None

    return {actions.CHECK: check_again, actions.PURGE: purge, SWEEP: sweep}
