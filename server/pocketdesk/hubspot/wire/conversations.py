"""Conversations, messages and who wrote them, in HubSpot's shapes."""

import json
from collections.abc import Callable
from typing import Any

from pocketdesk.conversations.model import (
    AssignedUser,
    Author,
    Comment,
    Conversation,
    Entry,
    Kept,
    Message,
    Notice,
    NoticeKind,
    Status,
)
from pocketdesk.hubspot.model import LIVE_CHAT, SYSTEM, Face, Party, Thread
from pocketdesk.hubspot.wire.rich_text import to_html
from pocketdesk.hubspot.wire.webhooks import message_id
from pocketdesk.inboxes.model import Channel, CustomChannel, DeliveryIdentifier, InboxCard
from pocketdesk.kernel import text
from pocketdesk.kernel.moments import to_iso

LinkOf = Callable[[int], str]
"""An address of a file that is good for a while."""

_TYPES = {
    NoticeKind.ASSIGNED: "ASSIGNMENT",
    NoticeKind.CLOSED: "THREAD_STATUS_CHANGE",
    NoticeKind.REOPENED: "THREAD_STATUS_CHANGE",
    NoticeKind.MOVED: "THREAD_INBOX_CHANGE",
}
"""The notices that HubSpot knows."""


def to_inbox(card: InboxCard) -> dict[str, Any]:
    """An inbox. When it changed is not kept: it counts as changed when it was archived."""
    return _known(
        id=str(card.id),
        name=card.name,
        type=card.type.value.upper(),
        createdAt=to_iso(card.created_at),
        updatedAt=to_iso(card.archived_at or card.created_at),
        archived=card.archived_at is not None,
        archivedAt=_iso(card.archived_at),
    )


def to_channel(found: CustomChannel | None = None) -> dict[str, Any]:
    """A channel that a program brings, or else the one that we have in common with HubSpot."""
    if found is None:
        return {"id": LIVE_CHAT, "name": "Live chat"}
    return {"id": str(found.id), "name": found.name}


def to_custom_channel(found: CustomChannel, webhook_url: str | None) -> dict[str, Any]:
    """A channel that a program brings, with all that the program said of it."""
    return _known(
        id=str(found.id),
        name=found.name,
        capabilities=found.capabilities,
        channelDescription=found.description,
        channelLogoUrl=found.logo_url,
        channelAccountConnectionRedirectUrl=found.redirect_url,
        webhookUrl=webhook_url,
        createdAt=to_iso(found.created_at),
    )


def to_channel_account(found: Channel) -> dict[str, Any]:
    """One of our channels. One that a program brings is authorized as long as it is not archived."""
    return _known(
        id=str(found.id),
        channelId=LIVE_CHAT if found.custom_channel_id is None else str(found.custom_channel_id),
        name=found.name,
        inboxId=str(found.inbox_id),
        active=found.archived_at is None,
        authorized=found.custom_channel_id is None or found.archived_at is None,
        deliveryIdentifier=_identifier(found.identifier) if found.identifier else None,
        createdAt=to_iso(found.created_at),
        archived=found.archived_at is not None,
        archivedAt=_iso(found.archived_at),
    )


def to_thread(kept: Kept, channel_id: str) -> dict[str, Any]:
    """A conversation."""
    found, state = kept.conversation, kept.conversation.state
    assignee = state.assignee
    return _known(
        id=str(found.id),
        createdAt=to_iso(found.created_at),
        closedAt=_iso(state.closed_at),
        status="OPEN" if state.status is Status.OPEN else "CLOSED",
        originalChannelId=channel_id,
        originalChannelAccountId=str(found.channel_account_id),
        latestMessageTimestamp=to_iso(state.last_activity_at),
        latestMessageSentTimestamp=_iso(state.last_sent_at),
        latestMessageReceivedTimestamp=_iso(state.last_received_at),
        assignedTo=agent_id(assignee.user_id) if isinstance(assignee, AssignedUser) else None,
        spam=kept.spam,
        inboxId=str(found.inbox_id),
        associatedContactId=str(person_id(found)),
        archived=kept.archived_at is not None,
    )


def to_message(entry: Entry, thread: Thread, origin: str, link_of: LinkOf) -> dict[str, Any] | None:
    """An entry as a message; None for what HubSpot has no type for."""
    kept, contact, read_seq = thread.kept, thread.contact, thread.read_seq
    found = kept.conversation
    common: dict[str, Any] = {
        "id": message_id(found.id, entry.seq),
        "conversationsThreadId": str(found.id),
        "createdAt": to_iso(entry.at),
        "createdBy": _actor_id(entry.author, found),
        "client": {"clientType": "SYSTEM" if entry.author.kind == "system" else "HUBSPOT"},
        "senders": [],
        "recipients": [],
        "archived": kept.archived_at is not None,
    }
    if isinstance(entry, Notice):
        kind = _TYPES.get(entry.kind)
        return {**common, "type": kind, **_told(entry)} if kind else None
    content = text.from_json(json.loads(entry.content))
    words = {
        "text": _said(content, origin),
        "richText": to_html(content),
        "attachments": _attachments(content, link_of),
    }
    if isinstance(entry, Comment):
        return {**common, **words, "type": "COMMENT"}
    if entry.author.kind == "system":
        return {**common, **words, "type": "WELCOME_MESSAGE"}
    party = thread.party or Party(_opaque(found.visitor_id))
    name = contact.name if contact and contact.name else party.name
    visitor = _party(visitor_id(found), name, party.identifier)
    agent = _party(common["createdBy"], entry.author.name, _opaque(entry.author.id))
    comes_in = entry.author.kind == "visitor"
    status: dict[str, Any] = {"statusType": "RECEIVED" if comes_in else "SENT"}
    if not comes_in and read_seq >= entry.seq:
        status = {"statusType": "READ"}
    elif thread.undelivered and thread.undelivered[0] == entry.seq:
        why = {"errorMessage": thread.undelivered[1] or "", "errorMessageTokens": {}}
        status = {"statusType": "FAILED", "failureDetails": why}
    return {
        **common,
        **words,
        "type": "MESSAGE",
        "senders": [{**(visitor if comes_in else agent), "senderField": "FROM"}],
        "recipients": [] if comes_in else [{**visitor, "recipientField": "TO"}],
        "direction": "INCOMING" if comes_in else "OUTGOING",
        "client": {"clientType": "INTEGRATION"} if comes_in and thread.party else common["client"],
        "channelId": thread.channel_id,
        "channelAccountId": str(found.channel_account_id),
        "truncationStatus": "NOT_TRUNCATED",
        "status": status,
    }


def to_original(entry: Message | Comment, origin: str) -> dict[str, Any]:
    """A message whole. We shorten none, so it is what the message said."""
    content = text.from_json(json.loads(entry.content))
    return {"text": _said(content, origin), "richText": to_html(content)}


def to_actor(face: Face, origin: str) -> dict[str, Any]:
    """Somebody who appears in conversations."""
    image = origin + face.image if face.image else None
    return _known(id=face.id, type=face.kind, name=face.name, email=face.email, avatar=image)


def agent_id(user_id: int) -> str:
    """A user's id as an actor."""
    return f"A-{user_id}"


def person_id(found: Conversation) -> int:
    """The contact whose conversation it is, or the visitor as long as none is known: their ids are of one kind."""
    return found.state.contact_id or found.visitor_id


def visitor_id(found: Conversation) -> str:
    """Whoever wrote from outside, as an actor."""
    return f"V-{person_id(found)}"


def _actor_id(author: Author, found: Conversation) -> str:
    if author.kind == "agent":
        return agent_id(author.id)
    return visitor_id(found) if author.kind == "visitor" else SYSTEM.id


def _told(notice: Notice) -> dict[str, Any]:
    facts = notice.facts
    match notice.kind:
        case NoticeKind.ASSIGNED:
            return {"assignedTo": f"A-{facts['id']}"} if facts.get("kind") == "user" else {}
        case NoticeKind.MOVED:
            return {"fromInboxId": str(facts["from"]), "toInboxId": str(facts["to"])}
        case _:
            return {"newStatus": "CLOSED" if notice.kind is NoticeKind.CLOSED else "OPEN"}


def _party(actor_id: str, name: str | None, identifier: DeliveryIdentifier) -> dict[str, Any]:
    return _known(actorId=actor_id, name=name, deliveryIdentifier=_identifier(identifier))


def _opaque(id_: int) -> DeliveryIdentifier:
    return DeliveryIdentifier("CHANNEL_SPECIFIC_OPAQUE_ID", str(id_))


def _identifier(found: DeliveryIdentifier) -> dict[str, str]:
    return {"type": found.type, "value": found.value}


def _said(content: text.Content, origin: str) -> str:
    """The words alone: quick replies go beside them."""
    if content.quick_replies:
        content = text.Content(content.blocks[:-1])
    return content.plain_at(origin)


def _attachments(content: text.Content, link_of: LinkOf) -> list[dict[str, Any]]:
    files: list[dict[str, Any]] = [
        {
            "type": "FILE",
            "fileId": str(block.file_id),
            "name": block.name,
            "url": link_of(block.file_id),
            "fileUsageType": _usage(block.media_type),
        }
        for block in content.blocks
        if isinstance(block, text.File)
    ]
    replies = [
        {"label": each.label, "value": each.url or each.value, "valueType": "URL" if each.url else "TEXT"}
        for each in content.quick_replies
    ]
    return [*files, {"type": "QUICK_REPLIES", "quickReplies": replies}] if replies else files


def _usage(media_type: str) -> str:
    family = media_type.partition("/")[0].upper()
    return family if family in {"IMAGE", "AUDIO"} else "OTHER"


def _iso(at: int | None) -> str | None:
    return None if at is None else to_iso(at)


def _known(**parts: Any) -> dict[str, Any]:
    """Without what is not known: HubSpot leaves it out."""
    return {name: value for name, value in parts.items() if value is not None}
