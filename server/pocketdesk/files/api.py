"""Routes of uploads, for chat pages and for the console, and of files that are shown."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response, StreamingResponse

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.api import Address, AgentCaller, Caller, Now, PathId, Storage, limiter, require
from pocketdesk.accounts.model import Permission, User
from pocketdesk.accounts.rules.limits import Limit
from pocketdesk.accounts.wire import UserOut, to_user
from pocketdesk.files import actions, views
from pocketdesk.files.model import Owner, OwnerKind, Purpose, State, Upload
from pocketdesk.files.outside import Lost, Place, Store
from pocketdesk.files.outside.clamd import Unanswered
from pocketdesk.files.rules import kinds, links, names, ranges, uploads
from pocketdesk.files.wire import (
    BegunOut,
    FileOut,
    NewAccountFile,
    NewFile,
    PhotoPut,
    ProgressOut,
    to_begun,
    to_progress,
)
from pocketdesk.kernel.refusal import Forbidden, Invalid, NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people.api import Visitor
from pocketdesk.storage import Engine, Reader, UnitOfWork

UPLOAD_BY_OWNER = Limit("upload.owner", 30, 2_000)
UPLOAD_BY_ADDRESS = Limit("upload.address", 5_000, 50)
"""Wide, because thousands of phones share one address of a mobile network."""
CHUNK_BY_OWNER = Limit("upload_chunk.owner", 600, 50)
CHUNK_BY_ADDRESS = Limit("upload_chunk.address", 8_000, 40)
"""2 GB at once, and then 6 MB/s."""
ROOM_BYTES = 1 << 30
"""So much of the disk stays free, for the database."""
WEEK_S = 7 * 24 * 3600

router = APIRouter()
visitors = APIRouter(prefix="/visitor/files", tags=["visitor"])
account_files = APIRouter(prefix="/accounts/{account_id}/files", tags=["files"])
photos = APIRouter(prefix="/accounts/{account_id}", tags=["account"])
served = APIRouter(include_in_schema=False)
"""Outside the API: what pages show and save."""

People = Annotated[AgentCaller, Depends(require("people"))]
Check: TypeAlias = Callable[[int, int], Awaitable[Upload | Unanswered]]


def link_key(request: Request) -> bytes:
    """The key for `views.link`."""
    return request.app.state.file_key


LinkKey = Annotated[bytes, Depends(link_key)]


def file_store(request: Request) -> Store:
    """Where the bytes are."""
    return request.app.state.file_store


Bytes = Annotated[Store, Depends(file_store)]


def file_check(request: Request) -> Check:
    """What decides about an upload that is whole: `jobs.Checks`."""
    return request.app.state.check_file


Checked = Annotated[Check, Depends(file_check)]
Offset = Annotated[int, Query(ge=0, le=kinds.FILE_BYTES, description="Where these bytes begin.")]
_RAW: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


# Uploading.


async def _begin(
    request: Request,
    engine: Engine,
    store: Store,
    at: int,
    whence: str,
    scope: AccountScope,
    owner: Owner,
    body: NewFile,
    purpose: Purpose = Purpose.MESSAGE,
) -> BegunOut:
    limiter(request, UPLOAD_BY_OWNER).take((scope, owner), at)
    limiter(request, UPLOAD_BY_ADDRESS).take(whence, at)
    if await store.free() < ROOM_BYTES:
        raise uploads.NoRoom
    return to_begun(
        await engine.write(
            lambda unit: actions.begin_upload(
                unit, scope, owner, purpose, body.name, body.size, body.media_type
            )
        )
    )


async def _receive(
    request: Request,
    engine: Engine,
    store: Store,
    check: Check,
    at: int,
    whence: str,
    scope: AccountScope,
    owner: Owner,
    file_id: int,
    offset: int,
) -> FileOut | ProgressOut:
    """The next bytes, as the body of the request."""
    limiter(request, CHUNK_BY_OWNER).take((scope, owner), at)
    limiter(request, CHUNK_BY_ADDRESS).take(whence, at)
    after = await _take(engine, store, check, scope, owner, file_id, offset, await request.body())
    return to_progress(after)


async def _take(
    engine: Engine,
    store: Store,
    check: Check,
    scope: AccountScope,
    owner: Owner,
    file_id: int,
    offset: int,
    chunk: bytes,
) -> Upload:
    """First the bytes, then the row: what is counted as received is on the disk."""
    before = await engine.read(lambda reader: views.upload_of(reader, scope, owner, file_id))
    uploads.check_chunk(before, offset, len(chunk))
    place = Place(scope.account_id, file_id)
    await store.write(place, offset, chunk)
    try:
        after = await engine.write(
            lambda unit: actions.receive(unit, scope, owner, file_id, offset, len(chunk))
        )
    except NotFound:  # erased meanwhile
        await store.drop(place)
        raise
    if not after.is_whole:
        return after
    checked = await check(scope.account_id, file_id)
    if isinstance(checked, Unanswered):  # its job tries again
        return after
    if checked.state is State.REFUSED:
        raise Invalid({"content": checked.refusal or "refused"})
    return checked


async def upload_whole(
    request: Request, at: int, whence: str, caller: AgentCaller, name: str, media_type: str, content: bytes
) -> Upload:
    """A user's file for a message, for programs that send it in one request; like the routes above otherwise."""
    state = request.app.state
    engine: Engine = state.engine
    owner = _user(caller)
    body = NewFile(name=name, size=len(content), media_type=media_type)
    begun = await _begin(request, engine, state.file_store, at, whence, caller.scope, owner, body)
    for offset in range(0, len(content), uploads.CHUNK_BYTES):
        chunk = content[offset : offset + uploads.CHUNK_BYTES]
        await _take(
            engine,
            state.file_store,
            state.check_file,
            caller.scope,
            owner,
            begun.file_id,
            offset,
            chunk,
        )
    return await engine.read(lambda reader: views.upload_of(reader, caller.scope, owner, begun.file_id))


async def _progress(engine: Engine, scope: AccountScope, owner: Owner, file_id: int) -> FileOut | ProgressOut:
    return to_progress(await engine.read(lambda reader: views.upload_of(reader, scope, owner, file_id)))


@visitors.post("", status_code=201)
async def post_visitor_file(
    body: NewFile, visitor: Visitor, request: Request, engine: Storage, store: Bytes, at: Now, whence: Address
) -> BegunOut:
    """Announces a file. Then put its bytes, piece by piece; a message can carry it once it is ready."""
    owner = Owner(OwnerKind.VISITOR, visitor.visitor_id)
    return await _begin(request, engine, store, at, whence, visitor.scope, owner, body)


@visitors.put("/{file_id}", openapi_extra=_RAW)
async def put_visitor_file(
    file_id: PathId,
    offset: Offset,
    visitor: Visitor,
    request: Request,
    engine: Storage,
    store: Bytes,
    check: Checked,
    at: Now,
    whence: Address,
) -> FileOut | ProgressOut:
    """The next bytes of a file. 409 `offset_conflict` if others come next; the last ones answer with the file.

    Still `receiving` although whole: the malware scanner does not answer now; ask again later.
    """
    owner = Owner(OwnerKind.VISITOR, visitor.visitor_id)
    return await _receive(request, engine, store, check, at, whence, visitor.scope, owner, file_id, offset)


@visitors.get("/{file_id}")
async def get_visitor_file(file_id: PathId, visitor: Visitor, engine: Storage) -> FileOut | ProgressOut:
    """How far an upload of the visitor has come."""
    owner = Owner(OwnerKind.VISITOR, visitor.visitor_id)
    return await _progress(engine, visitor.scope, owner, file_id)


def _user(caller: AgentCaller) -> Owner:
    return Owner(OwnerKind.USER, caller.user_id)


@account_files.post("", status_code=201)
async def post_file(
    body: NewAccountFile,
    caller: Caller,
    request: Request,
    engine: Storage,
    store: Bytes,
    at: Now,
    whence: Address,
) -> BegunOut:
    """Announces a file: for a message, the caller's photo, a brand image (needs the permission `chatflows`), or an
    article (`knowledge_edit`).
    """
    purpose = Purpose(body.purpose)
    if purpose is Purpose.BRAND and Permission.CHATFLOWS not in caller.permissions:
        raise Forbidden("needs the permission chatflows")
    if purpose is Purpose.ARTICLE and Permission.KNOWLEDGE_EDIT not in caller.permissions:
        raise Forbidden("needs the permission knowledge_edit")
    return await _begin(request, engine, store, at, whence, caller.scope, _user(caller), body, purpose)


@account_files.put("/{file_id}", openapi_extra=_RAW)
async def put_file(
    file_id: PathId,
    offset: Offset,
    caller: Caller,
    request: Request,
    engine: Storage,
    store: Bytes,
    check: Checked,
    at: Now,
    whence: Address,
) -> FileOut | ProgressOut:
    """The next bytes of a file that the caller sends. 409 `offset_conflict` if others come next."""
    return await _receive(
        request, engine, store, check, at, whence, caller.scope, _user(caller), file_id, offset
    )


@account_files.get("/{file_id}")
async def get_file(file_id: PathId, caller: Caller, engine: Storage) -> FileOut | ProgressOut:
    """How far an upload of the caller has come."""
    return await _progress(engine, caller.scope, _user(caller), file_id)


# Photos.


@photos.put("/me/photo")
async def put_own_photo(body: PhotoPut, caller: Caller, engine: Storage) -> UserOut:
    """Shows the caller with a photo that was uploaded for it, or (null) with none. The one before is erased."""

    def put(unit: UnitOfWork) -> User:
        if body.file_id is None:
            return actions.remove_photo(unit, caller.scope, caller.actor, caller.user_id)
        return actions.set_photo(unit, caller.scope, caller.actor, body.file_id)

    return to_user(await engine.write(put))


@photos.delete("/users/{user_id}/photo")
async def delete_photo(user_id: PathId, caller: People, engine: Storage) -> UserOut:
    """Takes somebody's photo away."""
    return to_user(
        await engine.write(lambda unit: actions.remove_photo(unit, caller.scope, caller.actor, user_id))
    )


router.include_router(visitors)
router.include_router(account_files)
router.include_router(photos)


# Showing.

_SHOWN = ["GET", "HEAD"]
_FOREVER = f"public, max-age={52 * WEEK_S}, immutable"


@served.api_route("/files/{word}", methods=_SHOWN)
async def show_file(
    word: str, request: Request, engine: Storage, store: Bytes, key: LinkKey, at: Now
) -> Response:
    """A file, for whoever has a link of ours that is not too old."""
    found = links.opened(key, word, at)
    if found is None:
        raise NotFound
    account_id, file_id, expires_at = found
    upload = await engine.read(lambda reader: _ready(reader, account_id, file_id))
    return await answer(
        request,
        store,
        Place(account_id, file_id),
        upload,
        f"private, max-age={(expires_at - at) // 1_000}",
        "same-origin",
    )


@served.api_route("/brand/{account_id}/{file_id}", methods=_SHOWN)
async def show_brand_image(
    account_id: PathId, file_id: PathId, request: Request, engine: Storage, store: Bytes
) -> Response:
    """A picture of a chat's heading, which is public and never changes."""
    upload = await engine.read(lambda reader: _ready(reader, account_id, file_id))
    if upload.purpose is not Purpose.BRAND:
        raise NotFound
    return await answer(request, store, Place(account_id, file_id), upload, _FOREVER, "cross-origin")


@served.api_route("/photos/{account_id}/{file_id}", methods=_SHOWN)
async def show_photo(
    account_id: PathId, file_id: PathId, request: Request, engine: Storage, store: Bytes
) -> Response:
    """The photo of an active user, which is public and never changes."""

    def find(reader: Reader) -> Upload:
        if not accounts.has_photo(reader, accounts.open_account(reader, account_id), file_id):
            raise NotFound
        return _ready(reader, account_id, file_id)

    upload = await engine.read(find)
    return await answer(request, store, Place(account_id, file_id), upload, _FOREVER, "cross-origin")


def _ready(reader: Reader, account_id: int, file_id: int) -> Upload:
    upload = views.upload(reader, accounts.open_account(reader, account_id), file_id)
    if upload.state is not State.READY:
        raise NotFound
    return upload


async def answer(
    request: Request, store: Store, place: Place, upload: Upload, caching: str, readers: str
) -> Response:
    """Shown only what we have made ourselves; everything else is saved. Nothing in it may run or load anything."""
    tag = f'"{upload.sha256}"'
    headers = {
        "content-disposition": names.disposition(upload.name, inline=upload.width is not None),
        "content-security-policy": "default-src 'none'; sandbox",
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": readers,
        "cache-control": caching,
        "accept-ranges": "bytes",
        "etag": tag,
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    wanted = request.headers.get("range")
    if request.headers.get("if-range", tag) != tag:
        wanted = None
    try:
        part = ranges.byte_range(wanted, upload.size)
    except ranges.OutOfRange:
        return Response(status_code=416, headers={**headers, "content-range": f"bytes */{upload.size}"})
    start, end = part or (0, upload.size)
    headers["content-length"] = str(end - start)
    if part:
        headers["content-range"] = f"bytes {start}-{end - 1}/{upload.size}"
    status = 206 if part else 200
    if request.method == "HEAD":
        return Response(None, status, headers, upload.media_type)
    try:
        pieces = await store.read(place, start, end - start)
    except Lost:
        raise NotFound from None
    return StreamingResponse(pieces, status, headers, media_type=upload.media_type)
