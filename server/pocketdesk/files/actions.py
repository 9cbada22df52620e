"""What is done to files. Their bytes are written beside: first the bytes, then the row, and erased the other way."""

from collections.abc import Sequence

from pocketdesk.accounts import actions as accounts
from pocketdesk.accounts import views as account_views
from pocketdesk.accounts.model import Actor, User
from pocketdesk.files import store, views
from pocketdesk.files.model import (
    FileCard,
    Owner,
    OwnerKind,
    Purpose,
    Sound,
    State,
    Unsound,
    Upload,
    Verdict,
)
from pocketdesk.files.rules import kinds, names, uploads
from pocketdesk.jobs import Job
from pocketdesk.kernel.moments import SECOND
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import UnitOfWork

CHECK = "files.check"
PURGE = "files.purge"
CHECK_AFTER_MS = 15 * SECOND
"""The request that brings the last bytes checks the file itself; the job is there for when it cannot."""
SWEPT_AT_ONCE = 100

# Uploading.


def begin_upload(
    unit: UnitOfWork,
    scope: AccountScope,
    owner: Owner,
    purpose: Purpose,
    name: str,
    size: int,
    media_type: str,
) -> Upload:
    """Announces a file; its bytes come next. `Invalid` for what is not accepted, `TooMany` for too much in an hour."""
    name = names.clean_file_name(name)
    type_ = kinds.check_announcement(name, size, media_type, purpose)
    unit.lock("uploads", scope.account_id, owner.id)
    sent = unit.one(
        store.SENT,
        account_id=scope.account_id,
        kind=owner.kind.value,
        owner=owner.id,
        since=unit.now - uploads.WINDOW_MS,
    )
    files, volume = sent or (0, 0)
    uploads.check_volume(owner.kind, files, volume, size)
    file_id = unit.new_id()
    unit.run(
        store.ADD,
        account_id=scope.account_id,
        id=file_id,
        owner_kind=owner.kind.value,
        owner_id=owner.id,
        conversation_id=None,
        purpose=purpose.value,
        name=name,
        media_type=type_.media_type,
        size=size,
        received=0,
        width=None,
        height=None,
        sha256=None,
        state=State.RECEIVING.value,
        refusal=None,
        created_at=unit.now,
    )
    return views.upload(unit, scope, file_id)


def receive(
    unit: UnitOfWork, scope: AccountScope, owner: Owner, file_id: int, offset: int, length: int
) -> Upload:
    """Notes that bytes have been written down. Of two who send the same ones, one gets `OffsetConflict`."""
    uploads.check_chunk(views.upload_of(unit, scope, owner, file_id), offset, length)
    taken = unit.one(store.RECEIVE, account_id=scope.account_id, id_=file_id, offset=offset, length=length)
    after = views.upload(unit, scope, file_id)
    if taken is None:
        raise uploads.OffsetConflict(after.received)
    if after.is_whole:
        unit.enqueue(Job(scope.account_id, CHECK, str(file_id), run_at=unit.now + CHECK_AFTER_MS))
    return after


def settle(unit: UnitOfWork, scope: AccountScope, file_id: int, verdict: Verdict) -> Upload:
    """Ends an upload with what its check has found. The first verdict holds; `NotFound` if the file was erased."""
    before = views.upload(unit, scope, file_id)
    match verdict:
        case Sound(size, sha256, width, height):
            state, why = State.READY, None
        case Unsound(why):
            state, size, sha256, width, height = State.REFUSED, before.size, None, None, None
    unit.one(
        store.SETTLE,
        account_id=scope.account_id,
        id_=file_id,
        state_=state.value,
        why=why,
        bytes=size,
        wide=width,
        high=height,
        hash=sha256,
    )
    return views.upload(unit, scope, file_id)


# Using.


def attach(
    unit: UnitOfWork,
    scope: AccountScope,
    owner_kind: OwnerKind,
    owner_id: int,
    conversation_id: int,
    file_ids: Sequence[int],
) -> tuple[FileCard, ...]:
    """Gives files to a message of a conversation, for good; their cards in the order of the ids.

    `Invalid` at `file_ids.<place>` for a file that is not theirs, not ready, named twice, or in use already.
    """
    if not file_ids:
        return ()
    rows = unit.all(
        store.ATTACH.where(store.file.c.id.in_(file_ids)),
        account_id=scope.account_id,
        kind=owner_kind.value,
        owner=owner_id,
        conversation=conversation_id,
    )
    cards = {row[0]: views.to_upload(row).card for row in rows}
    wrong = {
        f"file_ids.{place}": "no such file, or it is not ready, or a message has it already"
        for place, file_id in enumerate(file_ids)
        if file_id not in cards or file_id in file_ids[:place]
    }
    if wrong:
        raise Invalid(wrong)
    return tuple(cards[file_id] for file_id in file_ids)


def set_photo(unit: UnitOfWork, scope: AccountScope, actor: Actor, file_id: int) -> User:
    """Makes an uploaded photo the actor's own; the former one is erased. `Invalid` for other files."""
    found = unit.one(store.FIND, account_id=scope.account_id, id_=file_id)
    upload = views.to_upload(found) if found else None
    mine = Owner(OwnerKind.USER, actor.user_id)
    if upload is None or (upload.owner, upload.purpose, upload.state) != (mine, Purpose.PHOTO, State.READY):
        raise Invalid({"file_id": "no such photo, or it is not ready"})
    former = accounts.set_photo(unit, scope, actor, actor.user_id, file_id)
    if former is not None and former != file_id:
        erase(unit, scope, [former])
    return account_views.user(unit, scope, actor.user_id)


def remove_photo(unit: UnitOfWork, scope: AccountScope, actor: Actor, user_id: int) -> User:
    """Takes a user's photo away and erases it. `NotFound` if the account has no such user."""
    former = accounts.set_photo(unit, scope, actor, user_id, None)
    if former is not None:
        erase(unit, scope, [former])
    return account_views.user(unit, scope, user_id)


def give(unit: UnitOfWork, scope: AccountScope, visitor_id: int, to_visitor_id: int) -> None:
    """What a visitor has uploaded is another visitor's from now on: they have shown to be the same person."""
    unit.run(store.GIVE, account_id=scope.account_id, owner=visitor_id, to=to_visitor_id)


# Erasing.


def erase(unit: UnitOfWork, scope: AccountScope, file_ids: Sequence[int]) -> None:
    """Blanks files at once, at most 500; nobody sees them from now on. A job deletes their bytes, then the rows."""
    if not file_ids:
        return
    unit.run_many(store.ERASE, [{"account_id": scope.account_id, "id_": file_id} for file_id in file_ids])
    unit.enqueue(Job(scope.account_id, PURGE, PURGE))


def forget_erased(unit: UnitOfWork, scope: AccountScope, file_ids: Sequence[int]) -> None:
    """Removes the rows of erased files whose bytes are gone."""
    unit.run_many(store.DROP, [{"account_id": scope.account_id, "id_": file_id} for file_id in file_ids])


def sweep(unit: UnitOfWork) -> bool:
    """Erases some of the files that never became part of a message; whether there may be more.

    Brand images and images for articles that are ready stay: chatflows and articles show them.
    """
    rows = unit.all(store.LOOSE, before=unit.now - uploads.LOOSE_MS, limit=SWEPT_AT_ONCE)
    unit.run_many(store.ERASE, [{"account_id": account_id, "id_": file_id} for account_id, file_id in rows])
    for account_id in {row[0] for row in rows}:
        unit.enqueue(Job(account_id, PURGE, PURGE))
    return len(rows) == SWEPT_AT_ONCE
