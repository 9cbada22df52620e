"""What HubSpot's shapes are made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pocketdesk.consent.model import Subscription, SubscriptionType
from pocketdesk.conversations.model import ContactCard, Kept
from pocketdesk.inboxes.model import DeliveryIdentifier
from pocketdesk.kernel.text import Content
from pocketdesk.tickets.model import Stage


@dataclass(frozen=True, slots=True)
class SiteArticle:
    """An article of a help centre, as a search found it. `path` is its public page, below the server's address."""

    id: int
    score: float
    language: str
    path: str
    title: str
    subtitle: str
    excerpt: str
    tags: tuple[str, ...]
    category: str | None
    subcategory: str | None
    published_at: int


@dataclass(frozen=True, slots=True)
class SiteResults:
    """A stretch of what a search found, and how much there is in all."""

    total: int
    articles: tuple[SiteArticle, ...]


# Conversations.

LIVE_CHAT = "1000"
"""HubSpot's id of the channel that chats come through, on pages and in apps."""


@dataclass(frozen=True, slots=True)
class Face:
    """Somebody who appears in conversations, by HubSpot's id. `image` is a path on this server."""

    id: str
    kind: str
    name: str | None
    email: str | None
    image: str | None = None


SYSTEM = Face("S-hubspot", "SYSTEM", "Pocketdesk", None)
"""Nobody in person: the welcome, routing."""


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody on a channel that a program brings, as the program knows them."""

    identifier: DeliveryIdentifier
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation with what its messages are shown with. `read_seq`: how far its visitor has read.

    `channel_id` is HubSpot's word for the channel that it came through; `party` its visitor on a custom one.
    `undelivered` is the newest message that did not arrive there, and why.
    """

    kept: Kept
    contact: ContactCard | None
    read_seq: int
    channel_id: str = LIVE_CHAT
    party: Party | None = None
    undelivered: tuple[int, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """Words that a program brings from its channel. `thread` is its word for where they belong, if it has threads.

    `by_user`: who of ours said it out there (an actor's id or an address); None: the party outside. `word` names it
    for good, so that a repetition is known as one.
    """

    channel_account_id: int
    party: Party
    content: Content
    thread: str | None = None
    by_user: str | None = None
    word: str | None = None
    contact_id: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What a program wants to say in a conversation. Ids are HubSpot's; None: not said."""

    content: Content
    is_comment: bool
    sender: str | None = None
    channel_id: str | None = None
    channel_account_id: str | None = None
    recipients: tuple[str, ...] = ()


# Objects: contacts, tickets, what people answered to surveys.


class ObjectKind(StrEnum):
    """Of HubSpot's objects those that we show."""

    CONTACTS = "contacts"
    TICKETS = "tickets"
    FEEDBACK_SUBMISSIONS = "feedback_submissions"


@dataclass(frozen=True, slots=True)
class CrmObject:
    """An object with all of its properties. Times in UTC milliseconds."""

    id: int
    properties: Mapping[str, str | None]
    created_at: int
    updated_at: int
    archived_at: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """What an object is tied to when it is made: something of a kind by its id; None is a conversation."""

    kind: ObjectKind | None
    id: int


TIES: Mapping[tuple[ObjectKind | None, ObjectKind | None], int] = {
    (ObjectKind.CONTACTS, ObjectKind.TICKETS): 15,
    (ObjectKind.TICKETS, ObjectKind.CONTACTS): 16,
    (None, ObjectKind.TICKETS): 31,
    (ObjectKind.TICKETS, None): 32,
}
"""HubSpot's numbers of what can be tied to what, from and to; None is a conversation."""


@dataclass(frozen=True, slots=True)
class Tie:
    """From what to what an association leads; None is a conversation."""

    start: ObjectKind | None
    end: ObjectKind | None

    @property
    def type_id(self) -> int:
        """HubSpot's number of it."""
        return TIES[self.start, self.end]

    @property
    def back(self) -> "Tie":
        """The same, seen from the other side."""
        return Tie(self.end, self.start)

    def of_ticket(self, start_id: int, end_id: int) -> tuple[int, Link]:
        """The ticket at one end, and what it is tied to at the other."""
        if self.start is ObjectKind.TICKETS:
            return start_id, Link(self.end, end_id)
        return end_id, Link(self.start, start_id)


PIPELINE = "0"
"""HubSpot's id of the one pipeline that tickets go through."""
STAGES: Mapping[Stage, str] = {stage: str(number) for number, stage in enumerate(Stage, 1)}
"""HubSpot's ids of a pipeline's stages, in their order."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a property was from a moment on, and who said so."""

    value: str
    source: str
    at: int


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition on a property. `values` of `BETWEEN` are the lowest and the highest."""

    name: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What a search wants: any of the groups, in each all filters; `words` inside any property."""

    groups: tuple[tuple[Filter, ...], ...] = ()
    words: str = ""
    sort: str | None = None
    descending: bool = False


# Communication preferences.


@dataclass(frozen=True, slots=True)
class Preference:
    """How an address stands to a subscription type. `subscription` None: nobody ever said."""

    email: str
    type: SubscriptionType
    subscription: Subscription | None
