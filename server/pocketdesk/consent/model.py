"""What visitors agree to: the account's privacy settings, the texts that were shown, the choices, subscriptions."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Kind(StrEnum):
    """What a consent is about."""

    COOKIES = "cookies"
    """Being remembered on the device."""
    PROCESS = "process"
    """That what is written here is stored and answered."""
    COMMUNICATE = "communicate"
    """Being written to, as a subscription type says."""


class Basis(StrEnum):
    """On what ground a person's words are processed."""

    EXPLICIT = "explicit"
    LEGITIMATE_INTEREST = "legitimate_interest"


@dataclass(frozen=True, slots=True)
class PrivacySettings:
    """What an account decided. Retention counts in days; None keeps for ever."""

    data_privacy: bool = True
    """Off: chatflows show none of their consent blocks, and nothing is asked."""
    cookie_consent: bool = True
    """Whether visitors are asked before a cookie is set."""
    marketing_contacts: bool = False
    """Whether the account tells marketing contacts from others."""
    closed_days: int | None = None
    """Conversations closed for longer are erased."""
    idle_days: int | None = None
    """Anonymous visitors not seen for longer are erased."""
    file_days: int | None = None
    """Files older than this are deleted; the messages stay."""


# What consent needs to know of a chatflow's options. They come from above, so they are known by their shape only.


class CookieBanner(Protocol):
    """When visitors are asked for a cookie, and in which words (None: the usual ones)."""

    @property
    def when(self) -> str:
        """`before_chat` or `on_exit_intent`."""
        ...

    @property
    def text(self) -> str | None: ...


class ProcessConsent(Protocol):
    """Whether and how visitors learn that their words are processed."""

    @property
    def on(self) -> bool: ...
    @property
    def type(self) -> str:
        """`explicit` or `legitimate_interest`."""
        ...

    @property
    def text(self) -> str | None: ...


class CommunicateConsent(Protocol):
    """Whether visitors are offered a subscription (None: the default type), and beside which words."""

    @property
    def on(self) -> bool: ...
    @property
    def subscription_type_id(self) -> int | None: ...
    @property
    def label(self) -> str | None: ...


class Options(Protocol):
    """The options of a chatflow, as far as consent cares."""

    @property
    def cookie_banner(self) -> CookieBanner: ...
    @property
    def process_consent(self) -> ProcessConsent: ...
    @property
    def communicate_consent(self) -> CommunicateConsent: ...
    @property
    def marketing_contacts(self) -> bool: ...


class WithOptions(Protocol):
    """A chatflow's document, as far as consent cares."""

    @property
    def options(self) -> Options: ...


# What a page shows.


@dataclass(frozen=True, slots=True)
class CookieText:
    """The banner that asks for a cookie: `before_chat` or `on_exit_intent`."""

    when: str
    text: str
    text_hash: str


@dataclass(frozen=True, slots=True)
class ProcessText:
    """What says how words are processed. With `explicit` it has a button, and nothing is accepted before."""

    basis: Basis
    text: str
    text_hash: str


@dataclass(frozen=True, slots=True)
class CommunicateText:
    """The checkbox that asks for a subscription; never ticked by us. `subscription_type_id` None: the default one."""

    subscription_type_id: int | None
    text: str
    text_hash: str


@dataclass(frozen=True, slots=True)
class PageTexts:
    """What a chatflow asks of its visitors; None where it does not, or the account does not let it."""

    cookies: CookieText | None = None
    process: ProcessText | None = None
    communicate: CommunicateText | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's newest choices; None where there was none."""

    cookies: bool | None = None
    process: bool | None = None
    communicate: bool | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """That words may be accepted, and on what ground; None: nobody asked. Only `rules.may_write` makes one."""

    basis: Basis | None


# What is kept.


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """One choice with everything that proves it. `text` is what was read, word for word."""

    id: int
    person_id: int
    kind: Kind
    choice: bool
    text_hash: str
    text: str
    language: str
    basis: Basis | None
    subscription_type_id: int | None
    chatflow_id: int
    chatflow_version: int
    channel_account_id: int
    at: int
    email: str | None


@dataclass(frozen=True, slots=True)
class SubscriptionType:
    """A kind of mail that somebody can subscribe to. Archived ones cannot be chosen any more."""

    id: int
    name: str
    description: str
    is_default: bool
    created_at: int
    archived_at: int | None


class SubscriptionStatus(StrEnum):
    """Whether an address may be written to."""

    SUBSCRIBED = "subscribed"
    UNSUBSCRIBED = "unsubscribed"


@dataclass(frozen=True, slots=True)
class Subscription:
    """That a contact's address is subscribed to a type, since when and by which consent record."""

    contact_id: int
    subscription_type_id: int
    email: str
    status: SubscriptionStatus
    source: str
    record_id: int | None
    at: int
