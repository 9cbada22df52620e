"""Chatflows: what a visitor of an app meets, and the immutable versions of their settings."""

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

import msgspec

Text: TypeAlias = Annotated[str, msgspec.Meta(max_length=2_000)]
Seconds: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=3_600)]
Id: TypeAlias = Annotated[int, msgspec.Meta(ge=1, lt=2**53)]
Ids: TypeAlias = Annotated[tuple[Id, ...], msgspec.Meta(max_length=20)]


class Part(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A part of a document. Every key is always present."""


class Assign(Part, frozen=True):
    """Whether new conversations are given to somebody."""

    automatic: bool = False


class EmailCapture(Part, frozen=True):
    """When the visitor is asked for an address."""

    ask: Literal["never"] = "never"


class Heading(Part, frozen=True):
    """Whose faces stand above the chat."""

    kind: Literal["users_and_teams"] = "users_and_teams"
    user_ids: Ids = ()
    team_ids: Ids = ()


class Opening(Part, frozen=True):
    """How the chat shows itself on a web page, and after how long."""

    open: Literal["chat", "prompt", "launcher"]
    after_s: Seconds = 0


class Display(Part, frozen=True):
    """How the chat shows itself on wide and on small screens."""

    desktop: Opening = Opening(open="prompt")
    mobile: Opening = Opening(open="launcher")


class Chat(Part, frozen=True):
    """The tab *Chat*. `welcome` None: the text of the language."""

    welcome: Text | None = None
    assign: Assign = Assign()
    email_capture: EmailCapture = EmailCapture()
    heading: Heading = Heading()
    display: Display = Display()
    close_button: bool = True
    attachments: bool = True


class KnowledgeBase(Part, frozen=True):
    """The tab *Knowledge base*."""

    enabled: bool = False
    knowledge_base_id: Id | None = None


class CookieBanner(Part, frozen=True):
    """When the visitor is asked for consent to cookies. `text` None: the text of the language."""

    when: Literal["before_chat", "on_exit_intent"] = "before_chat"
    text: Text | None = None


class ProcessConsent(Part, frozen=True):
    """Consent to the processing of what the visitor writes."""

    on: bool = False
    type: Literal["legitimate_interest", "explicit"] = "legitimate_interest"
    text: Text | None = None


class CommunicateConsent(Part, frozen=True):
    """Consent to being written to."""

    on: bool = False
    subscription_type_id: Id | None = None
    label: Text | None = None


class Options(Part, frozen=True):
    """The tab *Options*."""

    language: Annotated[str, msgspec.Meta(max_length=10)]
    cookie_banner: CookieBanner = CookieBanner()
    process_consent: ProcessConsent = ProcessConsent()
    communicate_consent: CommunicateConsent = CommunicateConsent()
    marketing_contacts: bool = False
    survey_id: Id | None = None


class Mobile(Part, frozen=True):
    """The tab *Mobile details*."""

    tag: Annotated[str, msgspec.Meta(max_length=400)]


class Document(Part, frozen=True):
    """All settings of a chatflow."""

    chat: Chat
    knowledge_base: KnowledgeBase
    options: Options
    mobile: Mobile


@dataclass(frozen=True, slots=True)
class Chatflow:
    """A chatflow with its newest version. `priority` is 1 for the first of its account and kind."""

    id: int
    name: str
    kind: str
    inbox_id: int
    channel_account_id: int
    is_on: bool
    priority: int
    version: int
    document: Document
    created_at: int
    created_by: int
    modified_at: int
    modified_by: int
    deleted_at: int | None


@dataclass(frozen=True, slots=True)
class ServedFlow:
    """The chatflow that an app's tag leads to now."""

    id: int
    version: int
    inbox_id: int
    channel_account_id: int
    document: Document


@dataclass(frozen=True, slots=True)
class Unknown:
    """No enabled chatflow has this tag."""


@dataclass(frozen=True, slots=True)
class Missing:
    """The app gave no tag."""


Resolution: TypeAlias = ServedFlow | Unknown | Missing


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of chatflows is narrowed to; None and blank narrow nothing."""

    search: str = ""
    inbox_id: int | None = None
    created_by: int | None = None
    is_on: bool | None = None
