"""Where conversations arrive, who works on them, and the channels that lead there."""

from dataclasses import dataclass
from enum import StrEnum


class InboxType(StrEnum):
    """A help desk will carry tickets too; until then the two differ by name only."""

    INBOX = "inbox"
    HELP_DESK = "help_desk"


class ChannelKind(StrEnum):
    """What a channel connects."""

    WEB = "web"
    MOBILE = "mobile"


class Font(StrEnum):
    """Typefaces that every device has, by their character."""

    SYSTEM = "system"
    SERIF = "serif"
    ROUNDED = "rounded"
    MONO = "mono"


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
    archived_at: int | None
    created_at: int
    first_seen_at: int | None


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
    archived: bool | None = None


class Platform(StrEnum):
    """What a configuration file is for."""

    ANDROID = "android"
    IOS = "ios"
    WEB = "web"


@dataclass(frozen=True, slots=True)
class SdkConfig:
    """A file, or a line of HTML, that leads an app or a page to this server. Nothing in it is secret."""

    filename: str
    content: str
    media_type: str
