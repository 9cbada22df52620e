"""Who writes from outside: visitors, known by their device alone, and contacts, known by an address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pocketdesk.kernel.scope import AccountScope


class Identity(StrEnum):
    """What a chat page has said of who its visitor is, when its session began."""

    NONE = "none"
    """Nothing that could be proven: an anonymous visitor."""
    VERIFIED = "verified"
    """A token that holds: the visitor acts as a contact."""
    REFUSED = "refused"
    """A token that does not: somebody new, whom no cookie brings back."""


@dataclass(frozen=True, slots=True)
class VisitorSession:
    """A chat page that is open somewhere, proven by its bearer. `contact_id`: as whom the visitor acts, if proven."""

    id: int
    account_id: int
    visitor_id: int
    created_at: int
    last_seen_at: int
    expires_at: int
    mobile_tag: str
    identity: Identity
    contact_id: int | None


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A new session. `token` is shown to the page once; `known`: a cookie brought an earlier visitor back."""

    scope: AccountScope
    id: int
    visitor_id: int
    token: str
    expires_at: int
    known: bool
    identity: Identity = Identity.NONE


@dataclass(frozen=True, slots=True)
class VisitorCard:
    """What agents see of a visitor in a list. `platform` is what the device said of itself."""

    id: int
    color: int
    created_at: int
    last_seen_at: int
    platform: str | None
    name: str | None
    """What a program that brought the visitor's words says; apps and pages say nothing."""


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
    visitor_id: int | None = None
    """The visitor who is this contact, by proof."""
    archived_at: int | None = None
    """Since when the contact stands in no list; it comes back by hand, or when the person shows up again."""


@dataclass(frozen=True, slots=True)
class FurtherAddress:
    """What is left of a contact that was merged into another: its id, which leads on, and its address."""

    contact_id: int
    email: str | None


@dataclass(frozen=True, slots=True)
class VisitorTraces:
    """What is kept of a visitor besides words: when, from what device, with what in the browser. No secret is in it."""

    id: int
    created_at: int
    last_seen_at: int
    name: str | None
    properties: Mapping[str, str]
    sessions: tuple[tuple[int, int, int, str], ...]
    """Created, last seen, expires (UTC milliseconds), mobile tag."""
    cookies: tuple[int, ...]
    """When each cookie was set."""
    devices: tuple[tuple[str, str, str, int], ...] = ()
    """Platform, app version, locale, last seen."""


@dataclass(frozen=True, slots=True)
class ContactProperty:
    """Something known of a contact, from `set_at` on until it was superseded (None: it holds now)."""

    name: str
    value: str | float
    source: str
    set_at: int
    superseded_at: int | None


# Proof of who a visitor is.


class Enforcement(StrEnum):
    """What becomes of an address that a page gives without proof."""

    OFF = "off"
    """It is taken for the visitor's own, unverified, as if it had been typed."""
    REPORT = "report"
    """The same, and counted."""
    ENFORCE = "enforce"
    """It is not looked at, and counted: who proves nothing is anonymous."""


class Algorithm(StrEnum):
    """How a customer's server signs; each key has one, and is good for no other."""

    HS256 = "HS256"
    RS256 = "RS256"
    ES256 = "ES256"
    EDDSA = "EdDSA"


@dataclass(frozen=True, slots=True)
class IdentityKey:
    """A key with which a customer's server signs tokens, without its secret."""

    id: int
    kid: str
    name: str
    algorithm: Algorithm
    public_key: str | None
    created_at: int
    created_by: int
    last_used_at: int | None
    revoked_at: int | None


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """A key as tokens are checked with it: a JSON Web Key that holds for one algorithm."""

    id: int
    kid: str
    algorithm: Algorithm
    jwk: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Proof:
    """That a token holds: of whom it speaks, and by which key (None: it is one of ours). Only views make one."""

    email: str
    name: str | None = None
    key_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewIdentityKey:
    """A key that was just made; `secret` is shown this once."""

    key: IdentityKey
    secret: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token of ours, shown once."""

    token: str = field(repr=False)
    expires_at: int


@dataclass(frozen=True, slots=True)
class IdentityDay:
    """How many chat pages of one kind began on a day (UTC), by what they said of their visitor.

    `client` is the SDK with its version, or `web`; `app_version` what the app says of itself, or blank.
    """

    day: int
    """Days since 1970."""
    client: str
    app_version: str
    proven: int
    unproven: int
    """They gave an address without proof."""
    refused: int


# Apps around the page.


@dataclass(frozen=True, slots=True)
class AppCredential:
    """What a native shell keeps of a visitor's session: enough for its device, and for nothing that was said."""

    id: int
    scope: AccountScope
    visitor_id: int
    session_id: int
    last_seen_at: int


class PushProvider(StrEnum):
    """Whose service brings pushes to a device."""

    APNS = "apns"
    FCM = "fcm"
    WEBPUSH = "webpush"


@dataclass(frozen=True, slots=True)
class PushTarget:
    """Where pushes for a device go. `token` is the provider's word for it (a subscription's JSON for web push).

    `topic` is the app's bundle id, `sandbox` tells that the app was built for development; both for APNs alone.
    """

    provider: PushProvider
    token: str = field(repr=False)
    topic: str | None = None
    sandbox: bool = False


@dataclass(frozen=True, slots=True)
class Device:
    """A device on which a visitor uses the app. `is_bare`: nobody proved much, so pushes to it carry no words."""

    id: int
    visitor_id: int | None
    platform: str
    push: PushTarget | None
    app_version: str
    sdk_version: str
    locale: str
    seen_at: int
    is_bare: bool
