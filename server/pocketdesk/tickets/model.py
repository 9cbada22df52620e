"""What a ticket is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Where a ticket stands in its pipeline, in that order. There is one pipeline an account."""

    NEW = "new"
    WAITING_ON_CONTACT = "waiting_on_contact"
    WAITING_ON_US = "waiting_on_us"
    CLOSED = "closed"


class Priority(StrEnum):
    """How much a ticket hurries."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody says of a ticket. `conversation_id`: the one that it came from; a conversation has one ticket."""

    subject: str
    content: str = ""
    stage: Stage = Stage.NEW
    priority: Priority | None = None
    owner_user_id: int | None = None
    """Who sees to it."""
    contact_id: int | None = None
    """Whom it is for."""
    conversation_id: int | None = None
    properties: Mapping[str, str] | None = None
    """What programs keep of it besides, by name. None: nothing."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket. Times in UTC milliseconds."""

    id: int
    draft: Draft
    created_at: int
    changed_at: int
    closed_at: int | None
    """Since when it is done."""
    archived_at: int | None
    """Since when it stands in no list."""


@dataclass(frozen=True, slots=True)
class Which:
    """Which tickets are wanted; None does not narrow."""

    archived: bool = False
    stage: Stage | None = None
    contact_id: int | None = None
