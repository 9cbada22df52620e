"""Chatflows: what a visitor of an app meets, and the immutable versions of their settings."""

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

import msgspec

from pocketdesk.inboxes.model import Availability, Part, Words

Seconds: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=3_600)]
Id: TypeAlias = Annotated[int, msgspec.Meta(ge=1, lt=2**53)]
Ids: TypeAlias = Annotated[tuple[Id, ...], msgspec.Meta(max_length=100)]
Name: TypeAlias = Annotated[str, msgspec.Meta(max_length=400)]

# The document: what a version holds. Every key is always there. A text that is None follows the language.


class Assign(Part, frozen=True):
    """To whom new conversations are given. With `automatic` off they stay unassigned.

    `fallback` says what happens when nobody of them can take it; after `wait_minutes` without an answer the visitor
    reads `wait_text` and the conversation is offered anew.
    """

    automatic: bool = False
    to: Literal["users_and_teams", "contact_owner"] = "users_and_teams"
    user_ids: Ids = ()
    team_ids: Ids = ()
    skill_ids: Ids = ()
    fallback: Literal["unassigned", "anybody", "inbox"] = "unassigned"
    fallback_inbox_id: Id | None = None
    wait_minutes: Annotated[int, msgspec.Meta(ge=1, le=1_440)] | None = None
    wait_text: Words | None = None


class EmailCapture(Part, frozen=True):
    """When an unknown visitor is asked for an address. `wait_s`: seconds without an answer, for `after_wait`."""

    ask: Literal["never", "after_first_message", "after_wait"] = "never"
    wait_s: Annotated[int, msgspec.Meta(ge=1, le=3_600)] = 60
    text: Words | None = None


class Heading(Part, frozen=True):
    """Whose faces stand above the chat. The users and teams stand in for a contact without an owner.

    `alias`: the brand's name and image, where there is one, stand for every agent throughout the conversation.
    """

    kind: Literal["users_and_teams", "contact_owner", "brand"] = "users_and_teams"
    user_ids: Ids = ()
    team_ids: Ids = ()
    brand_name: Name | None = None
    brand_image_id: Id | None = None
    alias: bool = False


class Opening(Part, frozen=True):
    """How the chat shows itself on a web page, and after how long."""

    open: Literal["chat", "prompt", "launcher"]
    after_s: Seconds = 0


class Display(Part, frozen=True):
    """How the chat shows itself on wide and on small screens."""

    desktop: Opening = Opening(open="prompt")
    mobile: Opening = Opening(open="launcher")


class Chat(Part, frozen=True):
    """The tab *Chat*. `welcome` may hold tokens; `availability` None is the channel's."""

    welcome: Words | None = None
    assign: Assign = Assign()
    email_capture: EmailCapture = EmailCapture()
    heading: Heading = Heading()
    availability: Availability | None = None
    display: Display = Display()
    close_button: bool = True
    attachments: bool = True


class KnowledgeBase(Part, frozen=True):
    """The tab *Knowledge base*."""

    enabled: bool = False
    knowledge_base_id: Id | None = None


class CookieBanner(Part, frozen=True):
    """When the visitor is asked for consent to cookies."""

    when: Literal["before_chat", "on_exit_intent"] = "before_chat"
    text: Words | None = None


class ProcessConsent(Part, frozen=True):
    """Consent to the processing of what the visitor writes. An explicit one is given before the first message."""

    on: bool = False
    type: Literal["legitimate_interest", "explicit"] = "legitimate_interest"
    text: Words | None = None


class CommunicateConsent(Part, frozen=True):
    """Consent to being written to: a box beside `label`, never ticked beforehand. Without a type: the default one."""

    on: bool = False
    subscription_type_id: Id | None = None
    label: Words | None = None


class Options(Part, frozen=True):
    """The tab *Options*. `marketing_contacts`: contacts that this chatflow makes are marketing contacts."""

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
