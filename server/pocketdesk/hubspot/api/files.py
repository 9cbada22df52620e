"""Files for messages: a token's user sends them, and sees those."""

import asyncio
from typing import Annotated, Any

from fastapi import Path, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from pocketdesk.accounts.api import Address, AgentCaller, Now, Origin, Storage
from pocketdesk.files import views
from pocketdesk.files.api import LinkKey, upload_whole
from pocketdesk.files.model import Owner, OwnerKind, State, Upload
from pocketdesk.files.rules import kinds, links
from pocketdesk.hubspot import rules
from pocketdesk.hubspot.api.routes import HubspotCaller, hubspot_router
from pocketdesk.hubspot.wire.files import to_file, to_signed_url
from pocketdesk.kernel.refusal import Invalid, NotFound
from pocketdesk.storage import Reader

PREFIXES = tuple(f"/files/{version}/files" for version in ("v3", "2025-09", "2026-03", "2026-09"))
LONGEST_NAME = 255
SENDING_S = 60

router = hubspot_router()
routes = hubspot_router()

Id = Annotated[int, Path(ge=1, lt=2**53)]


@routes.post("", status_code=201)
async def post_file(
    request: Request, caller: HubspotCaller, key: LinkKey, origin: Origin, at: Now, whence: Address
) -> dict[str, Any]:
    """Keeps a file, for a message that names it later. Folders and options change nothing: every file is private."""
    name, media_type, content = await _form(request)
    try:
        found = await upload_whole(request, at, whence, caller, name, media_type, content)
    except Invalid as wrong:
        raise Invalid({"file": "; ".join(wrong.fields.values())}) from None
    return to_file(found, _url(found, caller, key, origin, at), at)


@routes.get("/{file_id}")
async def get_file(
    file_id: Id, caller: HubspotCaller, engine: Storage, key: LinkKey, origin: Origin, at: Now
) -> dict[str, Any]:
    """A file that the token's user has sent."""
    found = await engine.read(lambda reader: _sent(reader, caller, file_id))
    return to_file(found, _url(found, caller, key, origin, at), at)


@routes.get("/{file_id}/signed-url")
async def get_signed_url(
    file_id: Id, caller: HubspotCaller, engine: Storage, key: LinkKey, origin: Origin, at: Now
) -> dict[str, Any]:
    """An address of such a file, for half an hour to an hour."""
    found = await engine.read(lambda reader: _sent(reader, caller, file_id))
    url = _url(found, caller, key, origin, at)
    opened = links.opened(key, url.rpartition("/")[2], at) if url else None
    if url is None or opened is None:
        raise NotFound
    return to_signed_url(found, url, opened[2])


@routes.api_route("/{file_id}", methods=["PUT", "PATCH", "DELETE"])
async def refuse(_caller: HubspotCaller) -> None:
    """Refuses: what a message carries stays as it is."""
    raise rules.NotHere("files are not changed or deleted here; they go with their conversation")


async def _form(request: Request) -> tuple[str, str, bytes]:
    """Name, media type and bytes of the file in a form. Read only now that it is known who sends it."""
    try:
        async with asyncio.timeout(SENDING_S), request.form(max_files=1, max_fields=10) as form:
            file, name = form.get("file"), form.get("fileName")
            if not isinstance(file, UploadFile):
                raise Invalid({"file": "is needed, in a form of parts"})
            content = await file.read()
            own = file.filename or ""
            told = file.content_type or ""
    except (HTTPException, TimeoutError):
        raise Invalid({"file": f"a form with one file of at most {kinds.FILE_BYTES} bytes"}) from None
    if isinstance(name, str) and name:
        own = name if "." in name or "." not in own else f"{name}.{own.rpartition('.')[2]}"
    if not own or len(own) > LONGEST_NAME:
        raise Invalid({"fileName": f"must have 1 to {LONGEST_NAME} characters"})
    if not 1 <= len(content) <= kinds.FILE_BYTES:
        raise Invalid({"file": f"must have 1 to {kinds.FILE_BYTES} bytes"})
    return own, told[:200], content


def _sent(reader: Reader, caller: AgentCaller, file_id: int) -> Upload:
    found = views.upload_of(reader, caller.scope, Owner(OwnerKind.USER, caller.user_id), file_id)
    if found.state is State.ERASED:
        raise NotFound
    return found


def _url(found: Upload, caller: AgentCaller, key: bytes, origin: str, at: int) -> str | None:
    """Only what has been checked is shown."""
    if found.state is not State.READY:
        return None
    return origin + views.link(key, caller.scope, found.id, at)


for _prefix in PREFIXES:
    router.include_router(routes, prefix=_prefix)
