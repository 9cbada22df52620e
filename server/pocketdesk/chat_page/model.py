"""What a chat page shows before anybody has written, and why a tag leads to one chatflow and not to another."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

from pocketdesk.chatflows.model import Chatflow, Display
from pocketdesk.consent.model import PageTexts
from pocketdesk.consent.model import Standing as Choices
from pocketdesk.files.model import Limits
from pocketdesk.inboxes.model import Font, Standing
from pocketdesk.kernel.text import Content

PageError: TypeAlias = Literal["unknown_account", "missing_tag", "unknown_tag"]
"""Why there is no page."""


@dataclass(frozen=True, slots=True)
class Face:
    """Somebody who stands above the chat. `color` is one of the page's eight."""

    name: str
    initials: str
    color: int
    image: str | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """Who one talks to: people, or a brand with the path of its image. `alias`: the brand stands for every agent."""

    name: str
    people: tuple[Face, ...] = ()
    image: str | None = None
    alias: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """What the chat page begins with, whoever the visitor is. Without id and version for unsaved settings.

    `texts` are the language's; `availability.text` and the consent texts are what is to be shown, word for word;
    `help` is the name of the knowledge base that the Help tab shows, None without the tab.
    """

    account_id: int
    chatflow_id: int | None
    version: int | None
    mobile_tag: str
    language: str
    direction: Literal["ltr", "rtl"]
    heading: Heading
    welcome: Content
    close_button: bool
    attachments: Limits | None
    availability: Standing
    display: Display
    consent: PageTexts
    help: str | None
    accent: str
    accent_text: str
    font: Font
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """Whom a visitor is known as. Whoever merely typed an address has one, and is nobody yet."""

    name: str | None = None
    owner_user_id: int | None = None
    has_email: bool = False


@dataclass(frozen=True, slots=True)
class VisitorPage:
    """What changes on the page once it knows whose device it is on."""

    welcome: Content
    heading: Heading
    consents: Choices
    email_known: bool
    availability: Standing


class WhyNot(StrEnum):
    """Why a tag does not lead to a chatflow."""

    DELETED = "deleted"
    OTHER_TAG = "other_tag"
    OFF = "off"
    LOWER_PRIORITY = "lower_priority"


@dataclass(frozen=True, slots=True)
class NotServed:
    """A chatflow that a tag does not lead to, with every reason."""

    chatflow: Chatflow
    reasons: tuple[WhyNot, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Which chatflow a tag leads to, why not to the others, and what a visitor meets there."""

    served: Chatflow | None
    others: tuple[NotServed, ...]
    page: Page | None
    visitor: VisitorPage | None
