"""Copies and erasures of what is kept of a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pocketdesk.consent.model import ConsentRecord, Subscription
from pocketdesk.help_center.model import Vote
from pocketdesk.people.model import ContactCard, ContactProperty, FurtherAddress, VisitorTraces
from pocketdesk.surveys.model import Submission
from pocketdesk.tickets.model import Ticket


class Subject(StrEnum):
    """What is copied or erased."""

    CONTACT = "contact"
    """With all visitors who are known as this contact alone."""
    VISITOR = "visitor"
    CONVERSATION = "conversation"
    FILES = "files"
    """All files of the account that are too old."""


class Reason(StrEnum):
    """Why something is erased."""

    REQUEST = "request"
    RETENTION = "retention"


class Stage(StrEnum):
    """How far an erasure has come; it takes the stages in this order."""

    DOORS = "doors"
    """Nobody comes in as this person any more."""
    WORDS = "words"
    FILES = "files"
    CONSENTS = "consents"
    ANSWERS = "answers"
    COPIES = "copies"
    PROFILE = "profile"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Erasure:
    """An erasure and its receipt. `counts`: how many rows were reached, by place."""

    id: int
    subject: Subject
    subject_id: int
    reason: Reason
    asked_by: int | None
    stage: Stage
    cursor: int
    """Up to which visitor the stage `doors` has come."""
    person_ids: tuple[int, ...]
    """The contact and visitors whom it concerns."""
    counts: Mapping[str, int]
    started_at: int
    finished_at: int | None


class ExportState(StrEnum):
    """How far a copy is."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    GONE = "gone"
    """Too old, or its person was erased: the file is deleted."""


@dataclass(frozen=True, slots=True)
class Export:
    """A copy of everything about a person as a zip file. `done` of `total` parts are in it."""

    id: int
    subject: Subject
    subject_id: int
    asked_by: int
    state: ExportState
    done: int
    total: int
    size: int | None
    created_at: int
    finished_at: int | None
    expires_at: int | None


@dataclass(frozen=True, slots=True)
class Profile:
    """What is kept of a person besides conversations and files."""

    contact: ContactCard | None
    properties: tuple[ContactProperty, ...]
    visitors: tuple[VisitorTraces, ...]
    consents: tuple[ConsentRecord, ...]
    subscriptions: tuple[Subscription, ...]
    submissions: tuple[Submission, ...]
    votes: tuple[Vote, ...]
    """Whether articles helped."""
    tickets: tuple[Ticket, ...]
    further: tuple[FurtherAddress, ...] = ()
    """What was merged into the contact."""


@dataclass(frozen=True, slots=True)
class NamedConsent:
    """A consent record with the names of where it was given."""

    record: ConsentRecord
    chatflow: str | None
    channel: str | None
    subscription_type: str | None
