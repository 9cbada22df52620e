"""Routes by which an account answers a person: a copy of everything, being forgotten, what was agreed to."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.api import (
    USUAL_LIMIT,
    AgentCaller,
    Caller,
    Now,
    PageAfter,
    PageLimit,
    PathId,
    Storage,
    require,
)
from pocketdesk.files.outside import Lost, Place, Store
from pocketdesk.kernel.moments import to_datetime
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.privacy import actions, rules, views
from pocketdesk.privacy.model import Export, ExportState, Subject
from pocketdesk.privacy.wire import (
    ConsentsOut,
    ErasureOut,
    ErasuresOut,
    ExportOut,
    ExportsOut,
    PersonBody,
    to_consents,
    to_erasure,
    to_erasures,
    to_export,
    to_exports,
)
from pocketdesk.storage import Reader

router = APIRouter(prefix="/accounts/{account_id}", tags=["privacy"])
served = APIRouter(include_in_schema=False)
"""Outside the API: what a link to a copy leads to."""

Keeper = Annotated[AgentCaller, Depends(require("people"))]


def copy_key(request: Request) -> bytes:
    """The key for links to copies."""
    return rules.link_key(request.app.state.file_key)


CopyKey = Annotated[bytes, Depends(copy_key)]


def copy_store(request: Request) -> Store:
    """Where copies are."""
    return request.app.state.export_store


Copies = Annotated[Store, Depends(copy_store)]


@router.get("/contacts/{contact_id}/consents")
async def get_consents(contact_id: PathId, caller: Caller, engine: Storage) -> ConsentsOut:
    """What a contact has agreed to and declined, with the words that were read, newest first; and subscriptions."""
    consents, subscriptions = await engine.read(
        lambda reader: views.consents_of_contact(reader, caller.scope, contact_id)
    )
    return to_consents(consents, subscriptions)


@router.post("/privacy/exports", status_code=202)
async def post_export(body: PersonBody, caller: Keeper, engine: Storage) -> ExportOut:
    """Begins a copy of everything that is kept of a person; ask for it again to see how far it is."""
    return to_export(
        await engine.write(
            lambda unit: actions.ask_export(unit, caller.scope, caller.actor, Subject(body.kind), body.id)
        )
    )


@router.get("/privacy/exports")
async def get_exports(
    caller: Keeper, engine: Storage, limit: PageLimit = USUAL_LIMIT, after: PageAfter = None
) -> ExportsOut:
    """Copies, newest first, without links."""
    return to_exports(await engine.read(lambda reader: views.exports(reader, caller.scope, limit, after)))


@router.get("/privacy/exports/{export_id}")
async def get_export(export_id: PathId, caller: Keeper, engine: Storage, key: CopyKey, at: Now) -> ExportOut:
    """One copy; when it is ready, with a link that works for whoever has it, for an hour at most."""
    found = await engine.read(lambda reader: views.export(reader, caller.scope, export_id))
    link = None
    if found.state is ExportState.READY:
        link = rules.link(key, caller.scope.account_id, export_id, at)
    return to_export(found, link)


@router.post("/privacy/erasures", status_code=202)
async def post_erasure(body: PersonBody, caller: Keeper, engine: Storage) -> ErasureOut:
    """Begins to erase everything that is kept of a person. Nothing brings it back."""
    return to_erasure(
        await engine.write(
            lambda unit: actions.ask_erasure(unit, caller.scope, caller.actor, Subject(body.kind), body.id)
        )
    )


@router.get("/privacy/erasures")
async def get_erasures(
    caller: Keeper, engine: Storage, limit: PageLimit = USUAL_LIMIT, after: PageAfter = None
) -> ErasuresOut:
    """Erasures with their receipts, newest first."""
    return to_erasures(await engine.read(lambda reader: views.erasures(reader, caller.scope, limit, after)))


@router.get("/privacy/erasures/{erasure_id}")
async def get_erasure(erasure_id: PathId, caller: Keeper, engine: Storage) -> ErasureOut:
    """One erasure with its receipt."""
    return to_erasure(await engine.read(lambda reader: views.erasure(reader, caller.scope, erasure_id)))


@served.get(rules.PATH + "{word}")
async def get_copy(word: str, engine: Storage, store: Copies, key: CopyKey, at: Now) -> StreamingResponse:
    """The zip file that a link leads to; `NotFound` when the link is too old, or the copy is gone."""
    place = rules.opened(key, word, at)
    if place is None:
        raise NotFound
    account_id, export_id = place

    def look(reader: Reader) -> Export:
        return views.export(reader, accounts.open_account(reader, account_id), export_id)

    found = await engine.read(look)
    if found.state is not ExportState.READY or found.size is None:
        raise NotFound
    try:
        pieces = await store.read(Place(account_id, export_id), 0, found.size)
    except Lost:
        raise NotFound from None
    day = to_datetime(found.created_at).date().isoformat()
    return StreamingResponse(
        pieces,
        media_type="application/zip",
        headers={
            "content-length": str(found.size),
            "content-disposition": f'attachment; filename="{found.subject}-{found.subject_id}-{day}.zip"',
            "cache-control": "no-store",
            "content-security-policy": "sandbox; default-src 'none'",
        },
    )
