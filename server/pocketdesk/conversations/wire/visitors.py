"""States and facts as visitors see them. There is no encoder for comments here."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import UNSET, Raw

from pocketdesk.conversations.events import (
    ConversationAssigned,
    ConversationErased,
    ConversationStarted,
    CursorMoved,
    MessagePosted,
    NoticeEvent,
)
from pocketdesk.conversations.model import (
    Author,
    Cursors,
    EnclosedEntry,
    EnclosedStart,
    Message,
    NamedAssignee,
    Naming,
    Notice,
    VisitorConversation,
)
from pocketdesk.conversations.rules import seen_by_visitor
from pocketdesk.conversations.wire.shapes import (
    AuthorOut,
    VisitorConversationOut,
    VisitorEntryOut,
    encode,
    to_author,
)
from pocketdesk.kernel.events import Recorded


def _visitor_author(author: Author, naming: Naming) -> AuthorOut:
    return to_author(seen_by_visitor(author, naming))


def visitor_entry(entry: Message | Notice, naming: Naming) -> VisitorEntryOut:
    """A message or notice as the visitor sees it. There is none for comments."""
    if isinstance(entry, Notice):
        return VisitorEntryOut(entry.seq, entry.at, notice={"kind": entry.kind.value, **entry.facts})
    own = entry.client_message_id if entry.author.kind == "visitor" else None
    return VisitorEntryOut(
        entry.seq,
        entry.at,
        _visitor_author(entry.author, naming),
        Raw(entry.content.encode()),
        UNSET if own is None else own,
    )


def author_out(author: Author) -> Mapping[str, Any]:
    """Who is typing, as agents see them."""
    return msgspec.to_builtins(to_author(author))


def visitor_author_out(author: Author, naming: Naming) -> Mapping[str, Any]:
    """Who is typing, as the visitor sees them."""
    return msgspec.to_builtins(_visitor_author(author, naming))


def visitor_assignee(assignee: NamedAssignee, naming: Naming) -> AuthorOut | None:
    """Who answers, if it is a person."""
    return _visitor_author(assignee.author, naming) if assignee.author else None


def visitor_conversation(found: VisitorConversation) -> VisitorConversationOut:
    """A conversation as its visitor sees it."""
    conversation, naming = found.conversation, found.conversation.naming
    return VisitorConversationOut(
        conversation.id,
        conversation.state.status.value,
        conversation.created_at,
        found.entries[-1].seq,
        visitor_assignee(found.assignee, naming),
        [visitor_entry(entry, naming) for entry in found.entries],
        found.has_more,
        found.own.read_seq,
        found.theirs.received_seq,
        found.theirs.read_seq,
        found.unread,
    )


def visitor_state(found: Iterable[VisitorConversation]) -> bytes:
    """The state of the stream `visitor`."""
    return encode({"conversations": [visitor_conversation(each) for each in found]})


def for_visitor(recorded: Recorded) -> bytes | None:
    """A fact as the visitor sees it; None if visitors do not, or its rows are gone."""
    event, enclosed = recorded.event, recorded.enclosed
    match event, enclosed:
        case MessagePosted(), EnclosedEntry(Message() as entry, naming):
            return encode(
                {
                    "kind": event.kind,
                    "conversation_id": event.conversation_id,
                    "message": visitor_entry(entry, naming),
                }
            )
        case ConversationAssigned(), EnclosedEntry(assignee=NamedAssignee() as assignee, naming=naming):
            return encode(
                {
                    "kind": event.kind,
                    "conversation_id": event.conversation_id,
                    "assignee": visitor_assignee(assignee, naming),
                }
            )
        case _, EnclosedEntry(Notice() as entry, naming) if isinstance(event, NoticeEvent):
            if not event.visitors_see:
                return None
            return encode(
                {
                    "kind": event.kind,
                    "conversation_id": event.conversation_id,
                    "message": visitor_entry(entry, naming),
                }
            )
        case ConversationStarted(), EnclosedStart(conversation, messages):
            started = VisitorConversation(
                conversation,
                NamedAssignee("nobody"),
                messages,
                has_more=False,
                own=Cursors(),
                theirs=Cursors(),
                unread=0,
            )
            whole = msgspec.structs.replace(visitor_conversation(started), status="open")
            return encode({"kind": event.kind, "conversation": whole})
        case CursorMoved(), _:
            return encode(
                {
                    "kind": event.kind,
                    "conversation_id": event.conversation_id,
                    "whose": "me" if event.participant_kind == "visitor" else "them",
                    "received_seq": event.received_seq,
                    "read_seq": event.read_seq,
                    **({"unread": event.unread} if event.participant_kind == "visitor" else {}),
                }
            )
        case ConversationErased(), _:
            return encode(
                {
                    "kind": event.kind,
                    "conversation_id": event.conversation_id,
                    "from_seq": event.from_seq,
                    "to_seq": event.to_seq,
                }
            )
        case _:
            return None
