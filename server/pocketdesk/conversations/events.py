"""What happened in conversations. The class fixes the audience; texts and names are read from the rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from pocketdesk.conversations.model import NoticeKind
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
class EmailAsked(Event):
    """The visitor was asked for an address."""

    kind = "email_asked"
    visitors_see: ClassVar[bool] = True
    conversation_id: int
    visitor_id: int
    seq: int


@dataclass(frozen=True, slots=True)
class EmailGiven(Event):
    """The visitor gave an address."""

    kind = "email_given"
    visitors_see: ClassVar[bool] = True
    conversation_id: int
    visitor_id: int
    seq: int


@dataclass(frozen=True, slots=True)
class EmailSkipped(Event):
    """The visitor was asked for an address and gave none."""

    kind = "email_skipped"
    visitors_see: ClassVar[bool] = True
    conversation_id: int
    visitor_id: int
    seq: int


@dataclass(frozen=True, slots=True)
class SurveyAsked(Event):
    """It was closed, and the visitor is asked how it was."""

    kind = "survey_asked"
    visitors_see: ClassVar[bool] = True
    conversation_id: int
    visitor_id: int
    seq: int


@dataclass(frozen=True, slots=True)
class SurveyAnswered(Event):
    """The visitor said how it was."""

    kind = "survey_answered"
    visitors_see: ClassVar[bool] = True
    conversation_id: int
    visitor_id: int
    seq: int


@dataclass(frozen=True, slots=True)
class WaitOver(Event):
    """The assignee let the visitor wait too long."""

    kind = "wait_over"
    visitors_see: ClassVar[bool] = True
    conversation_id: int
    visitor_id: int
    seq: int


@dataclass(frozen=True, slots=True)
class ConversationMoved(Event):
    """It stands in another inbox now; the notice says in which."""

    kind = "conversation_moved"
    visitors_see: ClassVar[bool] = False
    conversation_id: int
    seq: int


@dataclass(frozen=True, slots=True)
class ConsentGiven(Event):
    """The visitor agreed to something, or declined it."""

    kind = "consent_given"
    visitors_see: ClassVar[bool] = False
    conversation_id: int
    seq: int


@dataclass(frozen=True, slots=True)
class MessageUndelivered(Event):
    """A program could not bring an agent's words out. A notice says so."""

    kind = "message_undelivered"
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


@dataclass(frozen=True, slots=True)
class ConversationErased(Event):
    """Its entries from one seq to another are blank, and at the end (`whole`) it is with nobody known any more."""

    kind = "conversation_erased"
    visitors_see: ClassVar[bool] = True
    conversation_id: int
    visitor_id: int
    from_seq: int
    to_seq: int
    whole: bool


@dataclass(frozen=True, slots=True)
class HistoryJoined(Event):
    """An anonymous visitor's conversation became that of a visitor who has proven who they are."""

    kind = "history_joined"
    visitors_see: ClassVar[bool] = True
    conversation_id: int
    visitor_id: int


NoticeEvent: TypeAlias = (
    ConversationAssigned
    | ConversationClosed
    | ConversationReopened
    | ContactAssociated
    | EmailAsked
    | EmailGiven
    | EmailSkipped
    | SurveyAsked
    | SurveyAnswered
    | WaitOver
    | ConversationMoved
    | ConsentGiven
    | MessageUndelivered
)
VisitorEvent: TypeAlias = (
    ConversationStarted
    | MessagePosted
    | ConversationAssigned
    | ConversationClosed
    | ConversationReopened
    | EmailAsked
    | EmailGiven
    | EmailSkipped
    | SurveyAsked
    | SurveyAnswered
    | WaitOver
    | CursorMoved
    | ConversationErased
    | HistoryJoined
)
"""What visitors see."""
ConversationEvent: TypeAlias = (
    ConversationStarted
    | MessagePosted
    | CommentPosted
    | NoticeEvent
    | CursorMoved
    | ConversationErased
    | HistoryJoined
)

_SHOWN: Mapping[NoticeKind, Callable[[int, int, int], NoticeEvent]] = {
    NoticeKind.ASSIGNED: ConversationAssigned,
    NoticeKind.CLOSED: ConversationClosed,
    NoticeKind.REOPENED: ConversationReopened,
    NoticeKind.EMAIL_ASKED: EmailAsked,
    NoticeKind.EMAIL_GIVEN: EmailGiven,
    NoticeKind.EMAIL_SKIPPED: EmailSkipped,
    NoticeKind.SURVEY_ASKED: SurveyAsked,
    NoticeKind.SURVEY_ANSWERED: SurveyAnswered,
    NoticeKind.WAIT_OVER: WaitOver,
}
_INTERNAL: Mapping[NoticeKind, Callable[[int, int], NoticeEvent]] = {
    NoticeKind.CONTACT_ASSOCIATED: ContactAssociated,
    NoticeKind.MOVED: ConversationMoved,
    NoticeKind.CONSENT_GIVEN: ConsentGiven,
    NoticeKind.UNDELIVERED: MessageUndelivered,
}


def notice_event(kind: NoticeKind, conversation_id: int, visitor_id: int, seq: int) -> NoticeEvent:
    """The fact that a notice of this kind tells."""
    if internal := _INTERNAL.get(kind):
        return internal(conversation_id, seq)
    return _SHOWN[kind](conversation_id, visitor_id, seq)
