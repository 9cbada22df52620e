"""Conversations of the inboxes that a token's user sees: inboxes, channels, threads, messages, actors."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

from fastapi import Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from pocketdesk.accounts.api import AgentCaller, Now, Origin, Storage
from pocketdesk.conversations import views as conversations
from pocketdesk.conversations.model import Comment, Message, Status, Which
from pocketdesk.files import views as files
from pocketdesk.files.api import LinkKey
from pocketdesk.hubspot import actions, views
from pocketdesk.hubspot.api.bodies import Attachment, Identifier, content_of
from pocketdesk.hubspot.api.routes import HubspotCaller, hubspot_router
from pocketdesk.hubspot.model import LIVE_CHAT, Draft, Thread
from pocketdesk.hubspot.wire.conversations import (
    LinkOf,
    to_actor,
    to_channel,
    to_channel_account,
    to_inbox,
    to_message,
    to_original,
    to_thread,
)
from pocketdesk.hubspot.wire.pages import missing, to_batch, to_list
from pocketdesk.hubspot.wire.rich_text import LONGEST_HTML
from pocketdesk.inboxes import views as inboxes
from pocketdesk.kernel.moments import from_iso
from pocketdesk.kernel.page import from_cursor, to_cursor
from pocketdesk.kernel.refusal import Invalid, NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.kernel.text import LONGEST, MOST_FILES
from pocketdesk.people import views as people
from pocketdesk.storage import Reader, UnitOfWork

T = TypeVar("T")

PREFIXES = (
    "/conversations/v3/conversations",
    "/conversations/conversations/v3",
    "/conversations/conversations/2026-09",
    "/conversations/conversations/2026-09-beta",
)

router = hubspot_router()
routes = hubspot_router()
"""Below each of `PREFIXES`."""

Id: TypeAlias = Annotated[int, Path(ge=1, lt=2**53)]
QueryId: TypeAlias = Annotated[int | None, Query(ge=1, lt=2**53)]
After: TypeAlias = Annotated[str | None, Query(max_length=1_000)]
Most: TypeAlias = Annotated[int, Query(ge=1, le=500)]
Archived: TypeAlias = Annotated[bool, Query()]
Sort: TypeAlias = Annotated[list[str], Query(max_length=5)]
MessageId: TypeAlias = Annotated[str, Path(max_length=50)]

_SORTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "id": lambda each: int(each["id"]),
    "name": lambda each: each["name"],
    "createdAt": lambda each: each.get("createdAt", ""),
    "updatedAt": lambda each: each.get("updatedAt", ""),
}

# Inboxes and channels: there are few, so a page is cut out of all of them.


@routes.get("/inboxes")
async def get_inboxes(
    caller: HubspotCaller,
    engine: Storage,
    limit: Most = 100,
    after: After = None,
    sort: Sort = [],  # noqa: B006
    archived: Archived = False,
) -> dict[str, Any]:
    """The inboxes."""
    cards = await engine.read(lambda reader: views.inboxes_of(reader, caller.scope, caller.user_id))
    shown = [to_inbox(card) for card in cards if (card.archived_at is not None) == archived]
    return cut(shown, limit, after, sort)


@routes.get("/inboxes/{inbox_id}")
async def get_inbox(inbox_id: Id, caller: HubspotCaller, engine: Storage) -> dict[str, Any]:
    """One inbox."""
    cards = await engine.read(lambda reader: views.inboxes_of(reader, caller.scope, caller.user_id))
    return to_inbox(_one(cards, lambda card: card.id == inbox_id))


@routes.get("/channels")
async def get_channels(
    caller: HubspotCaller,
    engine: Storage,
    limit: Most = 100,
    after: After = None,
    sort: Sort = [],  # noqa: B006
) -> dict[str, Any]:
    """Live chat, and the channels that programs bring."""
    custom = await engine.read(lambda reader: inboxes.custom_channels(reader, caller.scope))
    return cut([to_channel(), *map(to_channel, custom)], limit, after, sort)


@routes.get("/channels/{channel_id}")
async def get_channel(channel_id: Id, caller: HubspotCaller, engine: Storage) -> dict[str, Any]:
    """One channel."""
    if str(channel_id) == LIVE_CHAT:
        return to_channel()
    return to_channel(
        await engine.read(lambda reader: inboxes.custom_channel(reader, caller.scope, channel_id))
    )


@routes.get("/channel-accounts")
async def get_channel_accounts(
    caller: HubspotCaller,
    engine: Storage,
    channel_ids: Annotated[list[str], Query(alias="channelId", max_length=100)] = [],  # noqa: B006
    inbox_ids: Annotated[list[str], Query(alias="inboxId", max_length=100)] = [],  # noqa: B006
    limit: Most = 100,
    after: After = None,
    sort: Sort = [],  # noqa: B006
    archived: Archived = False,
) -> dict[str, Any]:
    """Our channels, for pages and apps."""
    found = await engine.read(lambda reader: views.channels(reader, caller.scope, caller.user_id))
    shown = [
        to_channel_account(each)
        for each in found
        if (each.archived_at is not None) == archived
        and (not inbox_ids or str(each.inbox_id) in inbox_ids)
        and (not channel_ids or views.channel_id(each) in channel_ids)
    ]
    return cut(shown, limit, after, sort)


@routes.get("/channel-accounts/{channel_account_id}")
async def get_channel_account(
    channel_account_id: Id, caller: HubspotCaller, engine: Storage
) -> dict[str, Any]:
    """One of our channels."""
    found = await engine.read(lambda reader: views.channels(reader, caller.scope, caller.user_id))
    return to_channel_account(_one(found, lambda each: each.id == channel_account_id))


# Threads.


@routes.get("/threads")
async def get_threads(
    caller: HubspotCaller,
    engine: Storage,
    limit: Most = 100,
    after: After = None,
    archived: Archived = False,
    inbox_id: Annotated[QueryId, Query(alias="inboxId")] = None,
    contact_id: Annotated[QueryId, Query(alias="associatedContactId")] = None,
    ticket_id: Annotated[QueryId, Query(alias="associatedTicketId")] = None,
    status: Annotated[Literal["OPEN", "CLOSED"] | None, Query(alias="threadStatus")] = None,
    active_after: Annotated[str | None, Query(alias="latestMessageTimestampAfter", max_length=40)] = None,
    sort: Sort = [],  # noqa: B006
) -> dict[str, Any]:
    """Conversations by age, or by their last message."""
    wrong: dict[str, str] = {}
    if contact_id is not None and status is None:
        wrong["threadStatus"] = "is needed beside associatedContactId"
    if contact_id is not None and inbox_id is not None:
        wrong["inboxId"] = "cannot stand beside associatedContactId"
    name = sort[0] if sort else "id"
    by_activity, descending = name.lstrip("-") == "latestMessageTimestamp", name.startswith("-")
    if len(sort) > 1 or name.removeprefix("-") not in {"id", "latestMessageTimestamp"}:
        wrong["sort"] = "is id or latestMessageTimestamp"
    elif descending and contact_id is None:
        wrong["sort"] = "descends only beside associatedContactId"
    if by_activity and active_after is None and contact_id is None:
        wrong["latestMessageTimestampAfter"] = "is needed to sort by latestMessageTimestamp"
    since = _moment("latestMessageTimestampAfter", active_after, wrong)
    if wrong:
        raise Invalid(wrong)
    which = Which(archived, inbox_id, contact_id, Status(status.lower()) if status else None, since)

    def read(reader: Reader) -> dict[str, Any]:
        wanted = which
        if contact_id is not None:
            card = people.contact_cards(reader, caller.scope, [contact_id]).get(contact_id)
            wanted = replace(which, person_id=card.id if card else contact_id)
        if ticket_id is not None:
            ids = views.conversations_of_ticket(reader, caller.scope, ticket_id)
            if not ids:
                return to_list([], None)
            wanted = replace(wanted, conversation_ids=ids)
        page = conversations.kept_page(
            reader,
            caller.scope,
            caller.user_id,
            wanted,
            limit,
            after,
            by_activity=by_activity,
            descending=descending,
        )
        came_by = views.channel_ids(reader, caller.scope, page.items)
        shown = [to_thread(each, came_by[each.conversation.channel_account_id]) for each in page.items]
        return to_list(shown, page.after)

    return await engine.read(read)


@routes.get("/threads/{thread_id}")
async def get_thread(
    thread_id: Id, caller: HubspotCaller, engine: Storage, archived: Archived = False
) -> dict[str, Any]:
    """One conversation; an archived one only where that is asked for."""
    found = await engine.read(
        lambda reader: views.thread(reader, caller.scope, caller.user_id, thread_id, archived=archived)
    )
    return to_thread(found.kept, found.channel_id)


class _Changes(BaseModel):
    """What shall become of a conversation."""

    model_config = ConfigDict(extra="ignore", strict=True)

    status: Literal["OPEN", "CLOSED"] | None = None
    archived: Literal[False] | None = None


@routes.patch("/threads/{thread_id}")
async def patch_thread(
    thread_id: Id, body: _Changes, caller: HubspotCaller, engine: Storage, archived: Archived = False
) -> dict[str, Any]:
    """Opens, closes or restores a conversation."""
    status = Status(body.status.lower()) if body.status else None

    def change(unit: UnitOfWork) -> Thread:
        return actions.change(
            unit,
            caller.scope,
            caller.user_id,
            thread_id,
            status,
            archived=archived,
            restore=body.archived is False,
        )

    found = await engine.write(change)
    return to_thread(found.kept, found.channel_id)


@routes.delete("/threads/{thread_id}", status_code=204)
async def delete_thread(thread_id: Id, caller: HubspotCaller, engine: Storage) -> None:
    """Archives a conversation."""
    await engine.write(lambda unit: actions.archive(unit, caller.scope, caller.user_id, thread_id))


class _Assignee(BaseModel):
    """Who shall answer."""

    model_config = ConfigDict(extra="ignore")

    actorId: Annotated[str, Field(min_length=1, max_length=320)]  # noqa: N815


@routes.api_route("/threads/{thread_id}/assignee", methods=["PUT", "POST"])
async def put_assignee(
    thread_id: Id, body: _Assignee, caller: HubspotCaller, engine: Storage
) -> dict[str, Any]:
    """Assigns a conversation to a user, by actor id or address."""
    found = await engine.write(
        lambda unit: actions.give(unit, caller.scope, caller.user_id, thread_id, body.actorId)
    )
    return to_thread(found.kept, found.channel_id)


@routes.delete("/threads/{thread_id}/assignee", status_code=204)
async def delete_assignee(thread_id: Id, caller: HubspotCaller, engine: Storage) -> None:
    """Takes a conversation from whom it is assigned to."""
    await engine.write(lambda unit: actions.give(unit, caller.scope, caller.user_id, thread_id, None))


# Messages.


@routes.get("/threads/{thread_id}/messages")
async def get_messages(
    thread_id: Id,
    caller: HubspotCaller,
    engine: Storage,
    origin: Origin,
    key: LinkKey,
    at: Now,
    limit: Most = 100,
    after: After = None,
    sort: Sort = [],  # noqa: B006
    archived: Archived = False,
) -> dict[str, Any]:
    """What stands in a conversation, newest first if not said otherwise. A page may have fewer than asked for."""
    if sort not in ([], ["createdAt"], ["-createdAt"]):
        raise Invalid({"sort": "is createdAt or -createdAt"})
    link_of = links(key, origin, caller.scope, at)

    def read(reader: Reader) -> dict[str, Any]:
        thread = views.thread(reader, caller.scope, caller.user_id, thread_id)
        if archived and thread.kept.archived_at is None:  # single messages are never archived
            return to_list([], None)
        page = views.messages(
            reader,
            caller.scope,
            caller.user_id,
            thread_id,
            limit,
            after,
            newest_first=sort != ["createdAt"],
        )
        shown = (to_message(each, thread, origin, link_of) for each in page.items)
        return to_list([each for each in shown if each is not None], page.after)

    return await engine.read(read)


@routes.get("/threads/{thread_id}/messages/{message_id}")
async def get_message(
    thread_id: Id,
    message_id: MessageId,
    caller: HubspotCaller,
    engine: Storage,
    origin: Origin,
    key: LinkKey,
    at: Now,
) -> dict[str, Any]:
    """One message."""
    link_of = links(key, origin, caller.scope, at)
    return await engine.read(lambda reader: _message(reader, caller, thread_id, message_id, origin, link_of))


@routes.get("/threads/{thread_id}/messages/{message_id}/original-content")
async def get_original(
    thread_id: Id, message_id: MessageId, caller: HubspotCaller, engine: Storage, origin: Origin
) -> dict[str, Any]:
    """The words of a message."""

    def read(reader: Reader) -> dict[str, Any]:
        conversations.of_agent(reader, caller.scope, caller.user_id, thread_id)
        found = views.message(reader, caller.scope, thread_id, message_id)
        if not isinstance(found, Message | Comment):
            raise NotFound
        return to_original(found, origin)

    return await engine.read(read)


class _Recipient(BaseModel):
    model_config = ConfigDict(extra="ignore")

    actorId: Annotated[str, Field(max_length=320)] | None = None  # noqa: N815
    deliveryIdentifier: Identifier | None = None  # noqa: N815
    deliveryIdentifiers: Annotated[list[Identifier], Field(max_length=20)] | None = None  # noqa: N815


class _NewMessage(BaseModel):
    """A message, or a comment that its visitor never sees."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["MESSAGE", "COMMENT"]
    text: Annotated[str, Field(max_length=4 * LONGEST)] = ""
    richText: Annotated[str, Field(max_length=LONGEST_HTML)] | None = None  # noqa: N815
    senderActorId: Annotated[str, Field(max_length=320)] | None = None  # noqa: N815
    channelId: Annotated[str, Field(max_length=50)] | None = None  # noqa: N815
    channelAccountId: Annotated[str, Field(max_length=50)] | None = None  # noqa: N815
    recipients: Annotated[list[_Recipient], Field(max_length=20)] | None = None
    attachments: Annotated[list[Attachment], Field(max_length=MOST_FILES + 1)] | None = None


@routes.post("/threads/{thread_id}/messages", status_code=201)
async def post_message(
    thread_id: Id,
    body: _NewMessage,
    caller: HubspotCaller,
    engine: Storage,
    origin: Origin,
    key: LinkKey,
    at: Now,
) -> dict[str, Any]:
    """Says something in a conversation."""
    draft = Draft(
        content_of(body.text, body.richText, body.attachments or ()),
        body.type == "COMMENT",
        body.senderActorId,
        body.channelId,
        body.channelAccountId,
        tuple(each.actorId for each in body.recipients or () if each.actorId is not None),
    )
    link_of = links(key, origin, caller.scope, at)

    def send(unit: UnitOfWork) -> dict[str, Any]:
        posted = actions.send(unit, caller.scope, caller.user_id, caller.permissions, thread_id, draft)
        return _message(unit, caller, thread_id, f"{thread_id}-{posted.seq}", origin, link_of)

    return await engine.write(send)


# Actors.


@routes.get("/actors/{actor_id}")
async def get_actor(
    actor_id: Annotated[str, Path(max_length=320)], caller: HubspotCaller, engine: Storage, origin: Origin
) -> dict[str, Any]:
    """Somebody who appears in conversations."""
    found = await engine.read(lambda reader: views.faces(reader, caller.scope, [actor_id]))
    if actor_id not in found:
        raise NotFound
    return to_actor(found[actor_id], origin)


class _Actors(BaseModel):
    model_config = ConfigDict(extra="ignore")

    inputs: Annotated[list[Annotated[str, Field(max_length=320)]], Field(max_length=100)]


@routes.post("/actors/batch/read")
async def read_actors(
    body: _Actors, response: Response, caller: HubspotCaller, engine: Storage, origin: Origin, at: Now
) -> dict[str, Any]:
    """Several actors; 207 where some are not there."""
    wanted = list(dict.fromkeys(body.inputs))
    found = await engine.read(lambda reader: views.faces(reader, caller.scope, wanted))
    lost = [id_ for id_ in wanted if id_ not in found]
    if lost:
        response.status_code = 207
    errors = [missing("actor", lost)] if lost else []
    return to_batch([to_actor(found[id_], origin) for id_ in wanted if id_ in found], errors, at, at)


# Underneath.


def _message(
    reader: Reader, caller: AgentCaller, thread_id: int, id_: str, origin: str, link_of: LinkOf
) -> dict[str, Any]:
    thread = views.thread(reader, caller.scope, caller.user_id, thread_id)
    shown = to_message(views.message(reader, caller.scope, thread_id, id_), thread, origin, link_of)
    if shown is None:
        raise NotFound
    return shown


def links(key: bytes, origin: str, scope: AccountScope, at: int) -> LinkOf:
    """Addresses of files of an account, signed at a moment (UTC ms)."""
    return lambda file_id: origin + files.link(key, scope, file_id, at)


def _moment(name: str, word: str | None, wrong: dict[str, str]) -> int | None:
    if word is None:
        return None
    try:
        return from_iso(word)
    except ValueError:
        wrong[name] = "must be an ISO 8601 time with an offset"
        return None


def cut(shown: list[dict[str, Any]], limit: int, after: str | None, sort: Sequence[str]) -> dict[str, Any]:
    """A page of what is whole at hand; the cursor counts what came before."""
    for name in reversed(sort):
        key = _SORTS.get(name.removeprefix("-"))
        if key is None:
            raise Invalid({"sort": f"is one of {', '.join(_SORTS)}"})
        shown.sort(key=key, reverse=name.startswith("-"))
    (start,) = from_cursor(after, int) if after else (0,)
    if not isinstance(start, int) or start < 0:
        raise Invalid({"after": "not a cursor of this list"})
    end = start + limit
    return to_list(shown[start:end], to_cursor((end,)) if end < len(shown) else None, len(shown))


def _one(found: Sequence[T], is_it: Callable[[T], bool]) -> T:
    for each in found:
        if is_it(each):
            return each
    raise NotFound


for _prefix in PREFIXES:
    router.include_router(routes, prefix=_prefix)
