"""Conversations between a visitor and the agents of an inbox."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

from msgspec import Struct

from pocketdesk.chatflows.rules import FULL_NAME_LANGUAGES
from pocketdesk.kernel.scope import AccountScope


class Status(StrEnum):
    """Whether anybody still works on it."""

    OPEN = "open"
    CLOSED = "closed"


# Who acts.


@dataclass(frozen=True, slots=True)
class AgentActor:
    """A user who acts in a conversation."""

    user_id: int


@dataclass(frozen=True, slots=True)
class VisitorActor:
    """The person outside."""

    visitor_id: int


@dataclass(frozen=True, slots=True)
class SystemActor:
    """Nobody in person: the chatflow's welcome, a rule."""


Actor: TypeAlias = AgentActor | VisitorActor | SystemActor


# Who holds the floor.


@dataclass(frozen=True, slots=True)
class Nobody:
    """Nobody yet: unassigned."""


@dataclass(frozen=True, slots=True)
class AssignedUser:
    """One user answers."""

    user_id: int


@dataclass(frozen=True, slots=True)
class AssignedTeam:
    """One of a team will answer."""

    team_id: int


Assignee: TypeAlias = Nobody | AssignedUser | AssignedTeam


# Who is looking.


@dataclass(frozen=True, slots=True)
class AgentViewer:
    """A user at the console; sees the conversations of the inboxes that the user belongs to."""

    scope: AccountScope
    user_id: int

    @property
    def account_id(self) -> int:
        return self.scope.account_id

    @property
    def view(self) -> str:
        return "agent"

    @property
    def key(self) -> str:
        return f"agent:{self.user_id}"


@dataclass(frozen=True, slots=True)
class VisitorViewer:
    """A person in the chat page; sees the visitor's own conversations."""

    scope: AccountScope
    visitor_id: int

    @property
    def account_id(self) -> int:
        return self.scope.account_id

    @property
    def view(self) -> str:
        return "visitor"

    @property
    def key(self) -> str:
        return f"visitor:{self.visitor_id}"


# The conversation.


class EmailStep(StrEnum):
    """How far asking a visitor for an address has come."""

    NOT_ASKED = "not_asked"
    ASKED = "asked"
    GIVEN = "given"
    SKIPPED = "skipped"


class State(Struct, frozen=True, gc=False):
    """What turns change. Every entry takes the next `seq`. Times in UTC milliseconds.

    Nouns that every message makes are Structs, because dataclasses take four times as long.
    """

    status: Status = Status.OPEN
    closed_at: int | None = None
    assignee: Assignee = Nobody()
    contact_id: int | None = None
    seq: int = 0
    last_message_seq: int = 0
    last_sent_at: int | None = None
    """When an agent wrote last."""
    last_received_at: int | None = None
    """When the visitor wrote last."""
    last_activity_at: int = 0
    waiting_since: int | None = None
    """Since when the visitor waits for an answer."""
    email: EmailStep = EmailStep.NOT_ASKED
    survey_id: int | None = None
    """The survey that waits for the visitor's answer."""
    queued_at: int | None = None
    """Since when routing looks for somebody who answers; None while it does not."""
    passed_user_id: int | None = None
    """Who let the visitor wait too long: routing asks others first."""


@dataclass(frozen=True, slots=True)
class Brand:
    """Under whose name agents write. `image` is the path of its picture."""

    name: str
    image: str | None


class Naming(Struct, frozen=True, gc=False):
    """How a visitor is told who writes: agents' first names, their full names, or a brand for all of them."""

    full_names: bool
    brand: Brand | None = None


class Conversation(Struct, frozen=True, gc=False):
    """One conversation. `visitor_id` says who may read it from outside, and never changes."""

    id: int
    inbox_id: int
    channel_account_id: int
    channel_kind: Literal["web", "mobile", "custom"]
    chatflow_id: int | None
    """None where no chatflow began it: it came through a custom channel."""
    chatflow_version: int | None
    visitor_id: int
    language: str
    created_at: int
    brand_name: str | None
    """The alias of its agents, if they have one."""
    brand_image: str | None
    cleared_version: int
    """The chatflow's version whose conditions for writing the visitor has met."""
    state: State

    @property
    def naming(self) -> Naming:
        """How its visitor sees agents' names: German and Japanese readers expect full ones."""
        brand = Brand(self.brand_name, self.brand_image) if self.brand_name is not None else None
        return Naming(self.language in FULL_NAME_LANGUAGES, brand)


# What stands in it.


class Author(Struct, frozen=True, gc=False):
    """Who wrote something, as a round picture and a name. Visitors have none here: it is their contact's."""

    kind: str
    id: int = 0
    name: str = ""
    initials: str = ""
    color: int = 0
    image: str | None = None
    """Path of a photo, or of a brand's picture."""


SYSTEM = Author("system")


class Message(Struct, frozen=True, gc=False):
    """Words between the visitor and the agents."""

    seq: int
    at: int
    author: Author
    client_message_id: str | None
    content: str
    """JSON of `kernel.text.Content`."""


class Comment(Struct, frozen=True, gc=False):
    """Words among agents. No encoder for visitors takes this type."""

    seq: int
    at: int
    author: Author
    client_message_id: str | None
    content: str


class NoticeKind(StrEnum):
    """What a notice tells."""

    ASSIGNED = "assigned"
    CLOSED = "closed"
    REOPENED = "reopened"
    CONTACT_ASSOCIATED = "contact_associated"
    EMAIL_ASKED = "email_asked"
    EMAIL_GIVEN = "email_given"
    EMAIL_SKIPPED = "email_skipped"
    SURVEY_ASKED = "survey_asked"
    SURVEY_ANSWERED = "survey_answered"
    WAIT_OVER = "wait_over"
    MOVED = "moved"
    CONSENT_GIVEN = "consent_given"
    UNDELIVERED = "undelivered"


SHOWN_TO_VISITORS = frozenset(NoticeKind) - {
    NoticeKind.ASSIGNED,
    NoticeKind.CONTACT_ASSOCIATED,
    NoticeKind.MOVED,
    NoticeKind.CONSENT_GIVEN,
    NoticeKind.UNDELIVERED,
}
"""The notices that stand in the visitor's timeline, with all their facts."""


class Notice(Struct, frozen=True, gc=False):
    """A line about what happened. `facts` name the new assignee or contact, or hold what was asked or answered."""

    seq: int
    at: int
    kind: NoticeKind
    author: Author
    facts: Mapping[str, object]


Entry: TypeAlias = Message | Comment | Notice


@dataclass(frozen=True, slots=True)
class Named:
    """Something with an id and a name."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class NamedAssignee:
    """The assignee as screens show it; `author` is the user's picture, for a user."""

    kind: str
    id: int | None = None
    name: str | None = None
    author: Author | None = None


@dataclass(frozen=True, slots=True)
class ContactCard:
    """Who a conversation is with, as far as known."""

    id: int
    name: str | None
    email: str | None
    verified: bool


@dataclass(frozen=True, slots=True)
class Cursors:
    """How far somebody has received and read: a `seq` each, 0 before the first."""

    received_seq: int = 0
    read_seq: int = 0


# What goes with a fact to those who encode it (and is fetched again when facts are replayed).


class EnclosedEntry(Struct, frozen=True, gc=False):
    """The entry that a fact speaks of, and how its visitor sees names."""

    entry: Entry
    naming: Naming
    assignee: NamedAssignee | None = None
    contact: ContactCard | None = None
    inbox: Named | None = None


class EnclosedStart(Struct, frozen=True, gc=False):
    """A new conversation with its first messages."""

    conversation: Conversation
    messages: tuple[Message, ...]


# What screens get.


@dataclass(frozen=True, slots=True)
class VisitorConversation:
    """One conversation as its visitor sees it: the newest messages, oldest of them first."""

    conversation: Conversation
    assignee: NamedAssignee
    entries: tuple[Message | Notice, ...]
    has_more: bool
    own: Cursors
    theirs: Cursors
    unread: int


@dataclass(frozen=True, slots=True)
class AgentConversation:
    """One conversation as an agent sees it: the newest entries, oldest of them first."""

    conversation: Conversation
    inbox: Named
    channel: Named
    takes_answers: bool
    """Whether words of agents reach anybody; what came from elsewhere is only read."""
    chatflow: Named | None
    assignee: NamedAssignee
    contact: ContactCard | None
    visitor_name: str | None
    """What the program that brought the words calls the visitor."""
    entries: tuple[Entry, ...]
    has_more: bool
    visitor: Cursors
    own: Cursors


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line of a list."""

    conversation: Conversation
    assignee: NamedAssignee
    name: str | None
    """The contact's name, where it is known."""
    is_verified: bool
    """Whether this very visitor has proven to be that contact."""
    color: int
    last_words: str
    last_author: str
    platform: str | None


class View(StrEnum):
    """The lists of the inbox."""

    UNASSIGNED = "unassigned"
    MINE = "mine"
    OPEN = "open"
    CLOSED = "closed"
    MOBILE = "mobile"
    WEB = "web"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to, besides the inboxes that the agent sees. All of it combines with AND."""

    view: View | None = None
    inbox_id: int | None = None
    status: Status | None = None
    channel_kind: str | None = None
    assignee: Assignee | None = None
    contact_id: int | None = None
    search: str = ""
    active_from: int | None = None
    """Only with an activity at or after this moment (UTC ms)."""
    active_to: int | None = None
    """Only with the last activity before this moment (UTC ms)."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation, since when it is archived (UTC ms), and whether it is spam."""

    conversation: Conversation
    archived_at: int | None
    spam: bool


@dataclass(frozen=True, slots=True)
class Which:
    """What a list is narrowed to. `person_id`: a contact, or a visitor of whom no contact is known."""

    archived: bool = False
    inbox_id: int | None = None
    person_id: int | None = None
    status: Status | None = None
    active_after: int | None = None
    """Only with an activity after this moment (UTC ms)."""
    conversation_ids: Collection[int] | None = None
    """These alone, if they are among the others that are wanted."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who a conversation is with: the visitor, what the device told, the contact, what was said before."""

    visitor_id: int
    created_at: int
    properties: Mapping[str, str]
    contact: ContactCard | None
    earlier: tuple[ListRow, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many open conversations an agent sees, by view and by inbox."""

    unassigned: int
    mine: int
    open: int
    inboxes: Mapping[int, int]


class Posted(Struct, frozen=True, gc=False):
    """Where an entry landed; a repetition of the command gets the same."""

    conversation_id: int
    seq: int
    at: int


@dataclass(frozen=True, slots=True)
class RefusedOne:
    """One of many conversations where something could not be done, and why."""

    conversation_id: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Done:
    """What became of doing the same in many conversations."""

    conversation_ids: tuple[int, ...]
    refused: tuple[RefusedOne, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """Words of a transcript, and under which name they were shown; None: the visitor's own."""

    at: int
    name: str | None
    words: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a visitor and the agents said to each other, as the visitor has seen it. `name`: with whom it was."""

    conversation_id: int
    language: str
    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A conversation as a simulation needs it. Times in UTC milliseconds; None: that never happened."""

    arrived_at: int
    first_reply_at: int | None
    closed_at: int | None
    language: str
    user_id: int | None
    """Who answers it, in the end."""
