"""What happened in conversations. The class fixes the audience; texts and names are read from the rows."""

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from pocketdesk.kernel.events import Event


@dataclass(frozen=True, slots=True)
class ConversationStarted(Event):
    """A visitor wrote for the first time: entries 1 (welcome) and 2 (the visitor's words)."""

    kind = "conversation_started"
    visitors_see: ClassVar[bool] = True
    conversation_id: int
    visitor_id: int


@dataclass(frozen=True, slots=True)
class MessagePosted(Event):
    """The visitor or an agent wrote."""

    kind = "message_posted"
    visitors_see: ClassVar[bool] = True
    conversation_id: int
    visitor_id: int
    seq: int


@dataclass(frozen=True, slots=True)
class CommentPosted(Event):
    """An agent wrote to the other agents."""

    kind = "comment_posted"
    visitors_see: ClassVar[bool] = False
    conversation_id: int
    seq: int


@dataclass(frozen=True, slots=True)
class ConversationAssigned(Event):
    """Somebody else holds the floor, or nobody; the notice says who."""

    kind = "conversation_assigned"
    visitors_see: ClassVar[bool] = True
    conversation_id: int
    visitor_id: int
    seq: int


@dataclass(frozen=True, slots=True)
class ConversationClosed(Event):
    """An agent is done with it."""

    kind = "conversation_closed"
    visitors_see: ClassVar[bool] = True
    conversation_id: int
    visitor_id: int
    seq: int


@dataclass(frozen=True, slots=True)
class ConversationReopened(Event):
    """An agent took it up again, or the visitor wrote soon enough."""

    kind = "conversation_reopened"
    visitors_see: ClassVar[bool] = True
    conversation_id: int
    visitor_id: int
    seq: int


@dataclass(frozen=True, slots=True)
class ContactAssociated(Event):
    """It is known who the visitor is."""

    kind = "contact_associated"
    visitors_see: ClassVar[bool] = False
    conversation_id: int
    seq: int


@dataclass(frozen=True, slots=True)
class CursorMoved(Event):
    """Somebody has received or read further. `unread`: agents' messages that the visitor has not read yet."""

    kind = "cursor_moved"
    visitors_see: ClassVar[bool] = True
    conversation_id: int
    visitor_id: int
    participant_kind: str
    participant_id: int
    received_seq: int
    read_seq: int
    unread: int


EntryEvent: TypeAlias = (
    MessagePosted
    | CommentPosted
    | ConversationAssigned
    | ConversationClosed
    | ConversationReopened
    | ContactAssociated
)
ConversationEvent: TypeAlias = ConversationStarted | EntryEvent | CursorMoved
