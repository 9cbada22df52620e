"""The tables of jobs and schedules, and the only statements that touch them."""

from collections.abc import Collection
from dataclasses import replace

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    Table,
    Text,
    bindparam,
    delete,
    false,
    or_,
    select,
    true,
    update,
)

from pocketdesk.jobs.model import DeadJob, Job, Leased
from pocketdesk.storage import Reader, Statement, UnitOfWork, account_key, insert, key, metadata

job = Table(
    "job",
    metadata,
    account_key(),
    key(),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("payload", Text, nullable=False),
    # A leased job is due again when its lease ends: so a dead worker's jobs need nobody to look for them.
    Column("run_at", BigInteger, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("leased_by", BigInteger),
    Column("again", Boolean, nullable=False, server_default=false()),
    Column("last_failure", Text),
    Column("dead_at", BigInteger),
)
# What is done is removed, so what is not dead is open.
_open = job.c.dead_at.is_(None)
Index(
    "ux_job_open",
    job.c.account_id,
    job.c.kind,
    job.c.key,
    unique=True,
    sqlite_where=_open,
    postgresql_where=_open,
)
Index("ix_job_due", job.c.run_at, sqlite_where=_open, postgresql_where=_open)

schedule = Table(
    "schedule",
    metadata,
    Column("name", Text, primary_key=True),
    Column("next_at", BigInteger, nullable=False),
)

_new = insert(job).values(
    **{name: bindparam(name) for name in ("account_id", "id", "kind", "key", "payload", "run_at")}, attempt=0
)
_ENQUEUE = Statement(
    _new.on_conflict_do_update(
        index_elements=[job.c.account_id, job.c.kind, job.c.key],
        index_where=_open,
        # It runs already and may have looked before the news: once more then.
        set_={"again": true(), "payload": _new.excluded.payload},
        where=job.c.leased_by.is_not(None),
    )
)
_LEASE = Statement(
    update(job)
    .where(job.c.account_id == bindparam("account"), job.c.id == bindparam("number"))
    .values(
        leased_by=bindparam("worker"), run_at=bindparam("until"), attempt=job.c.attempt + 1, again=false()
    )
    .returning(job.c.kind, job.c.key, job.c.payload, job.c.attempt)
)
_held = (
    job.c.account_id == bindparam("account"),
    job.c.id == bindparam("number"),
    job.c.leased_by == bindparam("worker"),
    job.c.run_at == bindparam("until"),
    _open,
)
_FINISH = Statement(delete(job).where(*_held, ~job.c.again).returning(job.c.id))
_later = update(job).values(run_at=bindparam("at"), attempt=0, leased_by=None).returning(job.c.id)
_PUT_OFF = Statement(_later.where(*_held, ~job.c.again))
_RUN_AGAIN = Statement(_later.where(*_held))
_PUT_BACK = Statement(
    update(job)
    .where(*_held)
    .values(run_at=bindparam("at"), last_failure=bindparam("failure"), leased_by=None)
    .returning(job.c.id)
)
_BURY = Statement(
    update(job)
    .where(*_held)
    .values(dead_at=bindparam("at"), last_failure=bindparam("failure"), leased_by=None)
    .returning(job.c.id)
)
_RENEW = Statement(update(job).where(*_held).values(run_at=bindparam("at")).returning(job.c.id))
_NEXT = Statement(select(job.c.run_at).where(_open).order_by(job.c.run_at).limit(1))
_DEAD = Statement(
    select(job.c.id, job.c.kind, job.c.key, job.c.payload, job.c.attempt, job.c.last_failure, job.c.dead_at)
    .where(
        job.c.account_id == bindparam("account_id"), job.c.dead_at.is_not(None), job.c.id > bindparam("after")
    )
    .order_by(job.c.id)
    .limit(bindparam("limit", type_=Integer))
)
_REMOVE_DEAD = Statement(
    delete(job)
    .where(
        job.c.account_id == bindparam("account_id"), job.c.id == bindparam("id"), job.c.dead_at.is_not(None)
    )
    .returning(job.c.kind, job.c.key, job.c.payload)
)
_SCHEDULED = Statement(select(schedule.c.next_at).where(schedule.c.name == bindparam("name")))
_ADD_SCHEDULE = Statement(insert(schedule).on_conflict_do_nothing())
_MOVE_SCHEDULE = Statement(
    update(schedule)
    .where(schedule.c.name == bindparam("schedule_name"), schedule.c.next_at == bindparam("due_at"))
    .values(next_at=bindparam("at"))
    .returning(schedule.c.name)
)


def enqueue(unit: UnitOfWork, new: Job) -> None:
    """Adds a job, or marks the running one of the same key to run again; a waiting one is left as it is."""
    unit.run(
        _ENQUEUE,
        account_id=new.account_id,
        id=unit.new_id(),
        kind=new.kind,
        key=new.key,
        payload=msgspec.json.encode(new.payload).decode(),
        run_at=unit.now if new.run_at is None else new.run_at,
    )


def due(kinds: Collection[str]) -> Statement:
    """The statement that finds due jobs of these kinds; compiled once per worker."""
    return Statement(
        select(job.c.account_id, job.c.id)
        .where(_open, job.c.run_at <= bindparam("now"), or_(false(), *(job.c.kind == kind for kind in kinds)))
        .order_by(job.c.run_at)
        .limit(bindparam("limit", type_=Integer))
        .with_for_update(skip_locked=True)
    )


def lease(unit: UnitOfWork, find: Statement, worker: int, limit: int, until: int) -> list[Leased]:
    """Takes up to `limit` due jobs for a worker, until a time. No other worker gets them before that."""
    leased: list[Leased] = []
    for account_id, number in unit.all(find, now=unit.now, limit=limit):
        row = unit.one(_LEASE, account=account_id, number=number, worker=worker, until=until)
        if row is not None:
            kind, name, payload, attempt = row
            leased.append(
                Leased(account_id, number, kind, name, msgspec.json.decode(payload), attempt, worker, until)
            )
    return leased


def renew(unit: UnitOfWork, held: Leased, until: int) -> Leased | None:
    """Extends the lease; None if somebody else has taken the job meanwhile."""
    return replace(held, until=until) if unit.one(_RENEW, **_key(held), at=until) else None


def finish(unit: UnitOfWork, held: Leased) -> bool:
    """The work is done: removes the job, or lets it wait once more if it was enqueued while it ran."""
    return (
        unit.one(_FINISH, **_key(held)) is not None
        or unit.one(_RUN_AGAIN, **_key(held), at=unit.now) is not None
    )


def put_off(unit: UnitOfWork, held: Leased, at: int) -> bool:
    """Lets it go on at a time, or at once if it was enqueued while it ran; its attempts are counted anew."""
    return (
        unit.one(_PUT_OFF, **_key(held), at=at) is not None
        or unit.one(_RUN_AGAIN, **_key(held), at=unit.now) is not None
    )


def put_back(unit: UnitOfWork, held: Leased, run_at: int, failure: str) -> bool:
    """Lets it wait for its next attempt."""
    return unit.one(_PUT_BACK, **_key(held), at=run_at, failure=failure) is not None


def bury(unit: UnitOfWork, held: Leased, failure: str) -> bool:
    """Keeps it as dead, for somebody to look at."""
    return unit.one(_BURY, **_key(held), at=unit.now, failure=failure) is not None


def next_at(reader: Reader) -> int | None:
    """When the next job is due."""
    row = reader.one(_NEXT)
    return row[0] if row else None


def dead(reader: Reader, account_id: int, after: int, limit: int) -> list[DeadJob]:
    """Dead jobs of an account (0: the installation's own), by id."""
    rows = reader.all(_DEAD, account_id=account_id, after=after, limit=limit)
    return [
        DeadJob(account_id, number, kind, name, msgspec.json.decode(payload), attempts, failure, at)
        for number, kind, name, payload, attempts, failure, at in rows
    ]


def revive(unit: UnitOfWork, account_id: int, number: int) -> bool:
    """Enqueues a dead job anew; False if there is none."""
    row = unit.one(_REMOVE_DEAD, account_id=account_id, id=number)
    if row is None:
        return False
    kind, name, payload = row
    unit.enqueue(Job(account_id, kind, name, msgspec.json.decode(payload)))
    return True


def scheduled_at(unit: UnitOfWork, name: str) -> int | None:
    """When a schedule is due next; None if it is new."""
    row = unit.one(_SCHEDULED, name=name)
    return row[0] if row else None


def add_schedule(unit: UnitOfWork, name: str, next_at: int) -> None:
    """Remembers a new schedule."""
    unit.run(_ADD_SCHEDULE, name=name, next_at=next_at)


def move_schedule(unit: UnitOfWork, name: str, due_at: int, next_at: int) -> bool:
    """Moves a schedule on; False if another process was faster."""
    return unit.one(_MOVE_SCHEDULE, schedule_name=name, due_at=due_at, at=next_at) is not None


def _key(held: Leased) -> dict[str, int]:
    return {"account": held.account_id, "number": held.id, "worker": held.worker, "until": held.until}
