"""What others read of files."""

from collections.abc import Collection

from pocketdesk.files import store
from pocketdesk.files.model import FileCard, Limits, Owner, OwnerKind, Purpose, State, Upload
from pocketdesk.files.rules import kinds, links
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Reader
from pocketdesk.storage.statement import Row


def limits(purpose: Purpose = Purpose.MESSAGE) -> Limits:
    """What may be uploaded, for pages to say beforehand."""
    accept = ",".join(f".{name}" for name in kinds.accepted(purpose))
    return Limits(accept, kinds.BRAND_BYTES if purpose is Purpose.BRAND else kinds.FILE_BYTES)


def link(key: bytes, scope: AccountScope, file_id: int, now: int) -> str:
    """A path that shows the file to whoever has it, for half an hour to an hour.

    Give it to those who see the file's conversation only. `key`: the route's `files.api.LinkKey`.
    """
    return links.PATH + links.sign(key, scope.account_id, file_id, now)


def brand_path(scope: AccountScope, file_id: int) -> str:
    """The public path of a brand image, which never changes."""
    return f"/brand/{scope.account_id}/{file_id}"


def upload(reader: Reader, scope: AccountScope, file_id: int) -> Upload:
    """One file, however far it has come; `NotFound` if the account has none such."""
    row = reader.one(store.FIND, account_id=scope.account_id, id_=file_id)
    if row is None:
        raise NotFound
    return to_upload(row)


def upload_of(reader: Reader, scope: AccountScope, owner: Owner, file_id: int) -> Upload:
    """Like `upload`, for whoever sent it; `NotFound` for everybody else."""
    found = upload(reader, scope, file_id)
    if found.owner != owner:
        raise NotFound
    return found


def attached(
    reader: Reader, scope: AccountScope, conversation_id: int, file_ids: Collection[int]
) -> dict[int, FileCard]:
    """Those of the files that messages of the conversation carry, by id, in one query."""
    return _cards(reader, scope, file_ids, store.file.c.conversation_id == conversation_id)


def brand_images(reader: Reader, scope: AccountScope, file_ids: Collection[int]) -> dict[int, FileCard]:
    """Those of the files that are brand images of the account, by id, in one query."""
    return _cards(reader, scope, file_ids, store.file.c.purpose == Purpose.BRAND.value)


def article_images(reader: Reader, scope: AccountScope, file_ids: Collection[int]) -> dict[int, FileCard]:
    """Those of the files that are images for articles, by id, in one query."""
    return _cards(reader, scope, file_ids, store.file.c.purpose == Purpose.ARTICLE.value)


def article_image_ids(
    reader: Reader, scope: AccountScope, before: int, after: int, limit: int
) -> tuple[int, ...]:
    """Ids of images for articles that were announced before a moment (UTC milliseconds), in order."""
    rows = reader.all(
        store.FOR_ARTICLES, account_id=scope.account_id, before=before, after=after, limit=limit
    )
    return tuple(row[0] for row in rows)


def ids_of_conversation(
    reader: Reader, scope: AccountScope, conversation_id: int, after: int, limit: int
) -> tuple[int, ...]:
    """Ids of the files that messages of a conversation carry, in order."""
    rows = reader.all(
        store.OF_CONVERSATION, account_id=scope.account_id, id_=conversation_id, after=after, limit=limit
    )
    return tuple(row[0] for row in rows)


def uploads_of(
    reader: Reader, scope: AccountScope, owner: Owner, after: int, limit: int
) -> tuple[Upload, ...]:
    """What somebody has uploaded, by id, however far it has come."""
    rows = reader.all(
        store.OF_OWNER,
        account_id=scope.account_id,
        kind=owner.kind.value,
        owner=owner.id,
        after=after,
        limit=limit,
    )
    return tuple(map(to_upload, rows))


def ids_older(reader: Reader, scope: AccountScope, before: int, limit: int) -> tuple[int, ...]:
    """Ids of files of messages that were announced before a moment (UTC milliseconds)."""
    rows = reader.all(store.OLDER, account_id=scope.account_id, before=before, limit=limit)
    return tuple(row[0] for row in rows)


def erased(reader: Reader, scope: AccountScope, limit: int = 100) -> tuple[int, ...]:
    """Ids of some files whose bytes are still to be deleted."""
    rows = reader.all(store.ERASED, account_id=scope.account_id, limit=limit)
    return tuple(row[0] for row in rows)


def _cards(
    reader: Reader, scope: AccountScope, file_ids: Collection[int], *which: object
) -> dict[int, FileCard]:
    if not file_ids:
        return {}
    table = store.file
    query = store.UPLOADS.where(
        table.c.account_id == scope.account_id,
        table.c.id.in_(file_ids),
        table.c.state == State.READY.value,
        *which,  # pyright: ignore[reportArgumentType]
    )
    return {row[0]: to_upload(row).card for row in reader.all(query)}


def to_upload(row: Row) -> Upload:
    """A row of `UPLOADS`."""
    id_, owner_kind, owner_id, purpose, name, media_type, size, received, state, *rest = row
    return Upload(
        id_,
        Owner(OwnerKind(owner_kind), owner_id),
        Purpose(purpose),
        name,
        media_type,
        size,
        received,
        State(state),
        *rest,
    )
