"""Routes that bring articles in from elsewhere, and give them all out."""

from tempfile import TemporaryFile
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, UploadFile
from fastapi.responses import StreamingResponse

from pocketdesk.accounts.api import AgentCaller, Now, PathId, Storage, limiter, require
from pocketdesk.accounts.rules.limits import Limit
from pocketdesk.files.api import ROOM_BYTES, Bytes
from pocketdesk.files.outside import Place, Store
from pocketdesk.files.rules.uploads import NoRoom
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.knowledge import views as knowledge
from pocketdesk.knowledge.imports import actions, views
from pocketdesk.knowledge.imports.exporting import Folder, pieces
from pocketdesk.knowledge.imports.model import Kind
from pocketdesk.knowledge.imports.wire import ImportOut, KindWord, to_import

LARGEST_BYTES = 64 << 20
"""The whole request has room for little more (`app.http`)."""
PIECE_BYTES = 1 << 20
IMPORTS_BY_USER = Limit("import.user", 20, 60_000)

router = APIRouter(prefix="/accounts/{account_id}/knowledge", tags=["knowledge"])

Author = Annotated[AgentCaller, Depends(require("knowledge_edit", "knowledge_publish"))]
Editor = Annotated[AgentCaller, Depends(require("knowledge_edit"))]


def incoming(request: Request) -> Store:
    """Where files wait for their import."""
    return request.app.state.import_store


Incoming = Annotated[Store, Depends(incoming)]


@router.post("/bases/{base_id}/imports", status_code=202)
async def post_import(
    base_id: PathId,
    caller: Editor,
    request: Request,
    engine: Storage,
    store: Incoming,
    at: Now,
    file: UploadFile,
    kind: Annotated[KindWord, Form()],
    dry_run: Annotated[bool, Form()] = False,
    publish: Annotated[bool, Form()] = False,
) -> ImportOut:
    """Imports a file or a zip of a folder: as drafts, or (`publish`, needs `knowledge_publish`) published where they
    were. A dry run writes nothing and tells what would come in. The answer comes at once; ask again how far it is.
    """
    limiter(request, IMPORTS_BY_USER).take((caller.scope, caller.user_id), at)
    size = file.size or 0
    if not 1 <= size <= LARGEST_BYTES:
        raise Invalid({"file": "the file is empty" if size < 1 else f"at most {LARGEST_BYTES >> 20} MB"})
    if await store.free() < ROOM_BYTES:
        raise NoRoom
    asked = await engine.write(
        lambda unit: actions.ask_import(
            unit,
            caller.scope,
            caller.actor,
            base_id,
            Kind(kind),
            file.filename or "file",
            size,
            dry_run=dry_run,
            publish=publish,
        )
    )
    place, offset = Place(caller.scope.account_id, asked.id), 0
    while piece := await file.read(PIECE_BYTES):
        await store.write(place, offset, piece)
        offset += len(piece)
    return to_import(
        await engine.write(lambda unit: actions.begin_import(unit, caller.scope, caller.actor, asked.id))
    )


@router.get("/imports/{import_id}")
async def get_import(import_id: PathId, caller: Author, engine: Storage) -> ImportOut:
    """How far an import is, and what should be looked at."""
    return to_import(await engine.read(lambda reader: views.import_(reader, caller.scope, import_id)))


@router.get(
    "/bases/{base_id}/export",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}},
)
async def get_export(base_id: PathId, caller: Author, engine: Storage, files: Bytes) -> StreamingResponse:
    """All articles as a zip of Markdown with their images, as they are in their drafts. It can be imported again."""
    base = await engine.read(lambda reader: knowledge.base(reader, caller.scope, base_id))
    target = TemporaryFile()  # noqa: SIM115  (`pieces` closes it)
    try:
        await Folder(engine, files, caller.scope, base).write(target)
    except BaseException:
        target.close()
        raise
    headers = {"content-disposition": f'attachment; filename="{base.slug}.zip"'}
    return StreamingResponse(pieces(target), media_type="application/zip", headers=headers)
