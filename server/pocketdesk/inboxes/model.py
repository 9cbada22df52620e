"""Where conversations arrive, who works on them, and the channels that lead there."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

import msgspec

Words: TypeAlias = Annotated[str, msgspec.Meta(max_length=2_000)]


class InboxType(StrEnum):
    """Inbox and help desk differ by name only."""

    INBOX = "inbox"
    HELP_DESK = "help_desk"


class ChannelKind(StrEnum):
    """What a channel connects."""

    WEB = "web"
    MOBILE = "mobile"
    CUSTOM = "custom"
    """Whatever a program brings: the program shows agents' answers where they belong."""


class Font(StrEnum):
    """Typefaces that every device has, by their character."""

    SYSTEM = "system"
    SERIF = "serif"
    ROUNDED = "rounded"
    MONO = "mono"


# When somebody is there.


class Part(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A part of settings that are kept as JSON. Every key is always present."""


class OpenHours(Part, frozen=True):
    """Part of a day, by the clock on the wall: from the minute `opens` until before the minute `closes`.

    `day` 0 is Monday. What goes on after midnight are hours of the next day.
    """

    day: Annotated[int, msgspec.Meta(ge=0, le=6)]
    opens: Annotated[int, msgspec.Meta(ge=0, le=1_439)]
    closes: Annotated[int, msgspec.Meta(ge=1, le=1_440)]


class Holiday(Part, frozen=True):
    """A day without hours."""

    date: dt.date
    name: Annotated[str, msgspec.Meta(max_length=100)] = ""


class Availability(Part, frozen=True):
    """When visitors meet somebody, and what they meet otherwise. A text that is None is that of the language.

    `users`: while at least one user who may be assigned is available, else `away` says what is shown.
    `hours`: within the hours of the zone, but for holidays, else `outside` says it; who is available plays no part.
    """

    kind: Literal["always", "users", "hours"] = "always"
    time_zone: Annotated[str, msgspec.Meta(max_length=100)] = "UTC"
    hours: Annotated[tuple[OpenHours, ...], msgspec.Meta(max_length=70)] = ()
    holidays: Annotated[tuple[Holiday, ...], msgspec.Meta(max_length=100)] = ()
    reply_time: Literal["none", "minutes", "hours", "day"] = "none"
    away: Literal["hide", "message", "nothing"] = "message"
    away_text: Words | None = None
    outside: Literal["hide", "return_time", "message", "nothing"] = "return_time"
    outside_text: Words | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody is there at a moment, and what a visitor is shown. `returns_at` only beside `return_time`.

    `text` None beside `message`: the text of the language.
    """

    state: Literal["open", "away", "closed"]
    show: Literal["chat", "hide", "message", "return_time"]
    text: str | None = None
    returns_at: int | None = None
    reply_time: Literal["none", "minutes", "hours", "day"] = "none"


# Inboxes and channels.


@dataclass(frozen=True, slots=True)
class DeliveryIdentifier:
    """What somebody or something is reached by outside, by its type: a telephone number, an address."""

    type: str
    value: str


@dataclass(frozen=True, slots=True)
class CustomChannel:
    """A channel that a program brings, which accounts of it connect with inboxes.

    `takes_answers`: whether the program brings agents' answers out. `capabilities` are the program's own words on what
    it can do, kept as they came.
    """

    id: int
    name: str
    description: str | None
    logo_url: str | None
    redirect_url: str | None
    capabilities: Mapping[str, object]
    takes_answers: bool
    created_at: int
    archived_at: int | None


@dataclass(frozen=True, slots=True)
class Channel:
    """One way into an inbox, with its look. `first_seen_at` is None until the first visitor came through it."""

    id: int
    inbox_id: int
    kind: ChannelKind
    name: str
    accent: str
    """`#rrggbb` in lower case."""
    font: Font
    availability: Availability
    archived_at: int | None
    created_at: int
    first_seen_at: int | None
    sdk: str | None = None
    """The mobile SDK that was here last, like `PocketdeskSDK 1.2.0 (android)`."""
    sdk_seen_at: int | None = None
    custom_channel_id: int | None = None
    """Of a custom channel: which. None for one that only holds what came from elsewhere."""
    identifier: DeliveryIdentifier | None = None


@dataclass(frozen=True, slots=True)
class InboxCard:
    """What an inbox is, without its members. A conversation closed less than `reopen_hours` ago reopens."""

    id: int
    name: str
    type: InboxType
    reopen_hours: int
    archived_at: int | None
    created_at: int


@dataclass(frozen=True, slots=True)
class Inbox:
    """An inbox with its members and channels, archived channels too."""

    card: InboxCard
    member_user_ids: tuple[int, ...]
    member_team_ids: tuple[int, ...]
    channels: tuple[Channel, ...]


@dataclass(frozen=True, slots=True)
class InboxChanges:
    """What shall change of an inbox; None leaves it as it is."""

    name: str | None = None
    reopen_hours: int | None = None
    member_user_ids: tuple[int, ...] | None = None
    member_team_ids: tuple[int, ...] | None = None
    archived: bool | None = None


@dataclass(frozen=True, slots=True)
class ChannelChanges:
    """What shall change of a channel; None leaves it as it is."""

    name: str | None = None
    accent: str | None = None
    font: Font | None = None
    availability: Availability | None = None
    archived: bool | None = None
    identifier: DeliveryIdentifier | None = None


class Flavor(StrEnum):
    """Whose SDK a configuration file is for."""

    POCKETDESK = "pocketdesk"
    HUBSPOT = "hubspot"


class Platform(StrEnum):
    """What a configuration file is for."""

    ANDROID = "android"
    IOS = "ios"
    REACT_NATIVE = "react_native"
    WEB = "web"


@dataclass(frozen=True, slots=True)
class SdkConfig:
    """A file, or a line of HTML, that leads an app or a page to this server. Nothing in it is secret."""

    filename: str
    content: str
    media_type: str
