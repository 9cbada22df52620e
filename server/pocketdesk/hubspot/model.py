"""What HubSpot's shapes are made from."""

from dataclasses import dataclass

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
