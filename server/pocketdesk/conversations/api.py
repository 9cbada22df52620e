"""Routes of conversations: lists, timelines and people for agents; history for visitors; files and transcripts."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse
from msgspec import Struct

from pocketdesk.accounts.api import USUAL_LIMIT, Caller, Now, Origin, PageAfter, PageLimit, PathId, Storage
from pocketdesk.chatflows import texts
from pocketdesk.conversations import views, wire
from pocketdesk.conversations.model import Filters, Status, Transcript, View
from pocketdesk.files import views as files
from pocketdesk.files.api import LinkKey
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.people.api import Visitor
from pocketdesk.storage import Reader

router = APIRouter()
agents = APIRouter(prefix="/accounts/{account_id}/conversations", tags=["conversations"])
visitors = APIRouter(prefix="/visitor/conversations", tags=["visitor"])
visitor_files = APIRouter(prefix="/visitor/files", tags=["visitor"])

Moment = Annotated[int | None, Query(ge=0, lt=2**53, description="UTC milliseconds.")]
Before = Annotated[int | None, Query(ge=1, lt=2**53, description="Only entries with a smaller seq.")]
QueryId = Annotated[int | None, Query(ge=1, lt=2**53)]

Format = Annotated[Literal["txt", "html"], Query(alias="format")]
_WORDS = {"schema": {"type": "string"}}
_TRANSCRIPT: dict[str, Any] = {
    "response_class": Response,
    "responses": {
        200: {"description": "A file to save.", "content": {"text/plain": _WORDS, "text/html": _WORDS}}
    },
}


def _gives(shape: type[Struct]) -> dict[str, Any]:
    """A route that answers with a structure of `wire`, which the API's description knows by its name."""
    schema = {"$ref": f"#/components/schemas/{shape.__name__}"}
    what = {"description": shape.__doc__, "content": {"application/json": {"schema": schema}}}
    return {"response_class": Response, "responses": {200: what}}


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")


@agents.get("", **_gives(wire.ConversationsOut))
async def get_conversations(
    caller: Caller,
    engine: Storage,
    view: Annotated[View | None, Query()] = None,
    inbox_id: QueryId = None,
    status: Annotated[Status | None, Query()] = None,
    channel: Annotated[Literal["web", "mobile"] | None, Query()] = None,
    assignee: Annotated[
        str | None,
        Query(
            pattern=r"^(me|nobody|(user|team):[0-9]{1,15})$",
            description="`me`, `nobody`, `user:<id>` or `team:<id>`.",
        ),
    ] = None,
    contact_id: QueryId = None,
    search: Annotated[
        str,
        Query(
            max_length=100,
            pattern=r"^[^\x00]*$",
            description="Part of the last words, the contact's name or address.",
        ),
    ] = "",
    active_from: Annotated[Moment, Query(alias="from")] = None,
    active_to: Annotated[Moment, Query(alias="to")] = None,
    limit: PageLimit = USUAL_LIMIT,
    after: PageAfter = None,
) -> Response:
    """Conversations of the caller's inboxes, newest activity first. Filters combine with AND."""
    filters = Filters(
        view,
        inbox_id,
        status,
        channel,
        wire.assignee_of_word(assignee, caller.user_id) if assignee else None,
        contact_id,
        search,
        active_from,
        active_to,
    )

    def read(reader: Reader) -> bytes:
        page = views.conversations(reader, caller.scope, caller.user_id, filters, limit, after)
        return wire.encode(wire.page(page.items, page.after))

    return _json(await engine.read(read))


@agents.get("/{conversation_id}", **_gives(wire.ConversationStateOut))
async def get_conversation(conversation_id: PathId, caller: Caller, engine: Storage) -> Response:
    """The state of the stream `conversation:<id>`, and under `person` who it is with."""

    def read(reader: Reader) -> bytes:
        found = views.agent_conversation(reader, caller.scope, caller.user_id, conversation_id)
        who = views.person(reader, caller.scope, caller.user_id, conversation_id)
        return wire.encode(wire.agent_conversation(found, who))

    return _json(await engine.read(read))


@agents.get("/{conversation_id}/timeline", **_gives(wire.TimelineOut))
async def get_timeline(
    conversation_id: PathId,
    caller: Caller,
    engine: Storage,
    before: Before = None,
    limit: PageLimit = USUAL_LIMIT,
) -> Response:
    """Entries of a conversation, oldest first; the newest ones, or those before a seq."""

    def read(reader: Reader) -> bytes:
        entries, has_more = views.timeline(
            reader, caller.scope, caller.user_id, conversation_id, before, limit
        )
        return wire.encode(wire.TimelineOut([wire.agent_entry(entry) for entry in entries], has_more))

    return _json(await engine.read(read))


@agents.get("/{conversation_id}/person", **_gives(wire.PersonOut))
async def get_person(conversation_id: PathId, caller: Caller, engine: Storage) -> Response:
    """Who a conversation is with, and earlier conversations that the caller may see."""

    def read(reader: Reader) -> bytes:
        return wire.encode(wire.person(views.person(reader, caller.scope, caller.user_id, conversation_id)))

    return _json(await engine.read(read))


@visitors.get("/{conversation_id}/messages", **_gives(wire.VisitorTimelineOut))
async def get_messages(
    conversation_id: PathId,
    visitor: Visitor,
    engine: Storage,
    before: Before = None,
    limit: PageLimit = USUAL_LIMIT,
) -> Response:
    """Messages of one of the visitor's conversations, oldest first; the newest ones, or those before a seq."""

    def read(reader: Reader) -> bytes:
        found, entries, has_more = views.visitor_entries(
            reader, visitor.scope, visitor.visitor_id, conversation_id, before, limit
        )
        items = [wire.visitor_entry(entry, found.naming) for entry in entries]
        return wire.encode(wire.VisitorTimelineOut(items, has_more))

    return _json(await engine.read(read))


# Files and transcripts.


@visitor_files.post("/links")
async def post_links(
    body: wire.FileLinksIn, visitor: Visitor, engine: Storage, key: LinkKey, at: Now
) -> wire.FileLinksOut:
    """Links to files of one of the visitor's conversations, good for an hour at most. Unknown files have none."""

    def read(reader: Reader) -> wire.FileLinksOut:
        shown = views.file_ids_for_visitor(reader, visitor.scope, visitor.visitor_id, body.conversation_id)
        known = files.attached(reader, visitor.scope, body.conversation_id, shown & set(body.file_ids))
        return wire.FileLinksOut(
            links={str(file_id): files.link(key, visitor.scope, file_id, at) for file_id in known}
        )

    return await engine.read(read)


@agents.get(
    "/{conversation_id}/files/{file_id}",
    status_code=302,
    response_class=Response,
    responses={302: {"description": "To the file, by a link that is good for an hour at most."}},
)
async def get_file(
    conversation_id: PathId, file_id: PathId, caller: Caller, engine: Storage, key: LinkKey, at: Now
) -> Response:
    """Leads to a file of a conversation."""

    def read(reader: Reader) -> str:
        views.of_agent(reader, caller.scope, caller.user_id, conversation_id)
        if file_id not in files.attached(reader, caller.scope, conversation_id, [file_id]):
            raise NotFound
        return files.link(key, caller.scope, file_id, at)

    return RedirectResponse(await engine.read(read), 302, {"cache-control": "no-store"})


@agents.get("/{conversation_id}/transcript", **_TRANSCRIPT)
async def get_transcript(
    conversation_id: PathId, caller: Caller, engine: Storage, origin: Origin, format_: Format = "txt"
) -> Response:
    """All messages of a conversation as a file, under the names that its visitor sees; no comments."""

    def read(reader: Reader) -> Transcript:
        found = views.of_agent(reader, caller.scope, caller.user_id, conversation_id)
        return views.transcript(reader, caller.scope, found.id, origin)

    return _as_file(await engine.read(read), format_)


@visitors.get("/{conversation_id}/transcript", **_TRANSCRIPT)
async def get_own_transcript(
    conversation_id: PathId, visitor: Visitor, engine: Storage, origin: Origin, format_: Format = "txt"
) -> Response:
    """All messages of one of the visitor's conversations as a file."""

    def read(reader: Reader) -> Transcript:
        found = views.of_visitor(reader, visitor.scope, visitor.visitor_id, conversation_id)
        return views.transcript(reader, visitor.scope, found.id, origin)

    return _as_file(await engine.read(read), format_)


def _as_file(found: Transcript, format_: str) -> Response:
    words = texts.of(found.language)
    title, you = words["transcript.title"].format(name=found.name), words["message.you"]
    if format_ == "html":
        body = wire.transcript_html(found, title, you, texts.direction(found.language))
    else:
        body = wire.transcript_text(found, title, you)
    headers = {
        "content-disposition": f'attachment; filename="conversation-{found.conversation_id}.{format_}"',
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
    }
    return Response(body, headers=headers, media_type="text/html" if format_ == "html" else "text/plain")


router.include_router(agents)
router.include_router(visitors)
router.include_router(visitor_files)
