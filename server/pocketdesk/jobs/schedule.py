"""Work that comes back: every so often, or by a cron expression in UTC."""

from collections.abc import Sequence
from dataclasses import dataclass

from cronsim import CronSim

from pocketdesk.jobs import store
from pocketdesk.jobs.model import INSTALLATION, Job
from pocketdesk.kernel.moments import to_datetime
from pocketdesk.storage import UnitOfWork


@dataclass(frozen=True, slots=True)
class Every:
    """Every `ms` milliseconds."""

    ms: int

    def after(self, now: int) -> int:
        """The next time after now."""
        return now + self.ms


@dataclass(frozen=True, slots=True)
class Cron:
    """At the times of a cron expression (`"30 3 * * *"`), UTC."""

    expression: str

    def after(self, now: int) -> int:
        """The next time after now."""
        return int(next(CronSim(self.expression, to_datetime(now))).timestamp() * 1_000)


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A job of the installation, without payload, that is enqueued at certain times; `kind` is its key too."""

    kind: str
    times: Every | Cron


def tick(unit: UnitOfWork, schedules: Sequence[Scheduled]) -> None:
    """Enqueues what is due. However many processes do this: each time counts once; missed times count once together."""
    for one in schedules:
        due_at = store.scheduled_at(unit, one.kind)
        if due_at is None:
            store.add_schedule(unit, one.kind, one.times.after(unit.now))
        elif due_at <= unit.now and store.move_schedule(unit, one.kind, due_at, one.times.after(unit.now)):
            unit.enqueue(Job(INSTALLATION, one.kind, one.kind))
