"""What a job is, and how running one can end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from pocketdesk.storage import UnitOfWork

INSTALLATION = 0
"""The account of jobs that belong to no account."""


@dataclass(frozen=True, slots=True)
class Job:
    """Slow or outside work, to be done after the commit that it is enqueued in.

    `key` says what it is about: while a job of the same account, kind and key waits, enqueueing another does nothing;
    while one runs, it is run once more afterwards. `payload` carries ids and small facts, not texts. `run_at` is the
    earliest time in UTC milliseconds; None means now.
    """

    account_id: int
    kind: str
    key: str
    payload: Mapping[str, object] = field(default_factory=dict[str, object])
    run_at: int | None = None

    def store(self, unit: "UnitOfWork") -> None:
        """Adds it; `unit.enqueue(job)` calls this."""
        from pocketdesk.jobs.store import enqueue

        enqueue(unit, self)


@dataclass(frozen=True, slots=True)
class Leased:
    """A job that a worker holds until a time; after that, another may take it."""

    account_id: int
    id: int
    kind: str
    key: str
    payload: dict[str, object]
    attempt: int
    """1 at its first run."""
    worker: int
    until: int


@dataclass(frozen=True, slots=True)
class DeadJob:
    """A job that was given up, with the last failure."""

    account_id: int
    id: int
    kind: str
    key: str
    payload: dict[str, object]
    attempts: int
    failure: str
    at: int


@dataclass(frozen=True, slots=True)
class Retry:
    """It did not work out this time. `after_ms` replaces the back-off, when a service said when to come back."""

    reason: str
    after_ms: int | None = None


@dataclass(frozen=True, slots=True)
class GiveUp:
    """It will never work out: the job is kept as dead."""

    reason: str


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing failed, and it is not done: it goes on at a time (UTC ms)."""

    at: int


Ending: TypeAlias = Retry | GiveUp | Later | None
"""How a run ends; None: it is done."""
