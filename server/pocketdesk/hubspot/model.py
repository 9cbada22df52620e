"""What HubSpot's shapes are made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pocketdesk.consent.model import Subscription, SubscriptionType
from pocketdesk.conversations.model import ContactCard, Kept
from pocketdesk.kernel.text import Content


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
class Thread:
    """A conversation with what its messages are shown with. `read_seq`: how far its visitor has read."""

    kept: Kept
    contact: ContactCard | None
    read_seq: int


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
    """Of HubSpot's objects those that we show. There are no tickets yet, so their lists are empty."""

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
