"""Files that people send, and pictures of the brand."""

from dataclasses import dataclass
from enum import StrEnum


class OwnerKind(StrEnum):
    """Who has uploaded a file."""

    VISITOR = "visitor"
    USER = "user"


class Purpose(StrEnum):
    """What a file is for: a message, a brand image or a user's photo, which everybody may see, or an article."""

    MESSAGE = "message"
    BRAND = "brand"
    PHOTO = "photo"
    ARTICLE = "article"


class State(StrEnum):
    """How far a file has come. One that has arrived whole but was not checked yet is still RECEIVING."""

    RECEIVING = "receiving"
    READY = "ready"
    REFUSED = "refused"
    ERASED = "erased"
    """The row is blank, and goes when the bytes are gone."""


class Family(StrEnum):
    """What one can do with a file: images are made anew and shown, all others are only saved."""

    IMAGE = "image"
    DOCUMENT = "document"
    AUDIO = "audio"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class FileCard:
    """What a message shows of a file that is ready. Width and height in pixels, of images only."""

    id: int
    name: str
    media_type: str
    size: int
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who uploads."""

    kind: OwnerKind
    id: int


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way, or arrived. `size` is what was announced until it is READY, and then what is stored."""

    id: int
    owner: Owner
    purpose: Purpose
    name: str
    media_type: str
    size: int
    received: int
    state: State
    refusal: str | None
    width: int | None
    height: int | None
    sha256: str | None

    @property
    def is_whole(self) -> bool:
        """Whether all bytes have arrived."""
        return self.received == self.size

    @property
    def card(self) -> FileCard:
        """What messages show of it."""
        return FileCard(self.id, self.name, self.media_type, self.size, self.width, self.height)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a page may offer to choose: extensions (`.jpg,.png`), and the most bytes of any file."""

    accept: str
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Sound:
    """What a check found in a file that may be shown or saved."""

    size: int
    sha256: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Unsound:
    """Why a file is refused, as a text for whoever sent it."""

    reason: str


Verdict = Sound | Unsound
