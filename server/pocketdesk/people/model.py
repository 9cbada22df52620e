"""Who writes from outside: visitors, known by their device alone, and contacts, known by an address."""

from collections.abc import Mapping
from dataclasses import dataclass

from pocketdesk.kernel.scope import AccountScope


@dataclass(frozen=True, slots=True)
class VisitorSession:
    """A chat page that is open somewhere, proven by its bearer."""

    id: int
    account_id: int
    visitor_id: int
    created_at: int
    last_seen_at: int
    expires_at: int
    mobile_tag: str


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A new session. `token` is shown to the page once; `known`: a cookie brought an earlier visitor back."""

    scope: AccountScope
    id: int
    visitor_id: int
    token: str
    expires_at: int
    known: bool


@dataclass(frozen=True, slots=True)
class VisitorCard:
    """What agents see of a visitor in a list. `platform` is what the device said of itself."""

    id: int
    color: int
    created_at: int
    last_seen_at: int
    platform: str | None


@dataclass(frozen=True, slots=True)
class Visitor:
    """A visitor with everything that the device told."""

    card: VisitorCard
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ContactCard:
    """What agents see of a contact. `verified` tells whether the address was ever proven; typed ones are not."""

    id: int
    name: str | None
    email: str | None
    verified: bool
    created_at: int
    color: int
    marketing: bool = False
    """Whether the account counts the contact among its marketing contacts."""
    legal_basis: str | None = None
    """On what ground the contact's words are processed: `explicit` or `legitimate_interest`."""
    owner_user_id: int | None = None
    """Who looks after the contact."""


@dataclass(frozen=True, slots=True)
class VisitorTraces:
    """What is kept of a visitor besides words: when, from what device, with what in the browser. No secret is in it."""

    id: int
    created_at: int
    last_seen_at: int
    properties: Mapping[str, str]
    sessions: tuple[tuple[int, int, int, str], ...]
    """Created, last seen, expires (UTC milliseconds), mobile tag."""
    cookies: tuple[int, ...]
    """When each cookie was set."""


@dataclass(frozen=True, slots=True)
class ContactProperty:
    """Something known of a contact, from `set_at` on until it was superseded (None: it holds now)."""

    name: str
    value: str | float
    source: str
    set_at: int
    superseded_at: int | None
