"""Positions: ordered, never skipped by a reader, agreed on by all processes; and what happens to old events."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select, update

from pocketdesk.jobs import Job, Worker, trim_ledger
from pocketdesk.jobs.model import INSTALLATION
from pocketdesk.kernel.events import Recorded, Unknown
from pocketdesk.kernel.moments import DAY
from pocketdesk.storage import Engine, Trimmed, UnitOfWork, ledger
from tests.databases import Clock
from tests.store import load
from tests.store.notes import NoteWritten, add_pad, pad, write_note


@pytest.fixture
def engine(notes_url: str, clock: Clock) -> Iterator[Engine]:
    engine = Engine.open(notes_url, clock=clock)
    engine.write_and_wait(
        lambda unit: [add_pad(unit, account, number) for account in (1, 2) for number in range(1, 9)]
    )
    yield engine
    engine.close()


@pytest.fixture
def other(engine: Engine, notes_url: str, clock: Clock) -> Iterator[Engine]:
    """Like another process on the same database."""
    other = Engine.open(notes_url, clock=clock)
    yield other
    other.close()


def tail(engine: Engine, account_id: int, after: int = 0) -> list[Recorded]:
    """Everything after a position, page by page."""
    found: list[Recorded] = []
    while page := engine.read_and_wait(
        lambda reader: reader.events(account_id, found[-1].position if found else after, 7)
    ):
        found.extend(page)
    return found


def positions(engine: Engine, account_id: int) -> list[int]:
    return [recorded.position for recorded in tail(engine, account_id)]


def written(recorded: Recorded) -> NoteWritten:
    assert isinstance(recorded.event, NoteWritten)
    return recorded.event


def record(account_id: int, *seqs: int) -> Any:
    return lambda unit: [unit.record(account_id, NoteWritten(5, seq)) for seq in seqs]


def test_each_account_counts_for_itself(engine: Engine) -> None:
    engine.write_and_wait(lambda unit: [record(1, 1, 2)(unit), record(2, 9)(unit), record(1, 3)(unit)])
    engine.write_and_wait(record(2, 10))
    assert [(r.position, written(r).seq) for r in tail(engine, 1)] == [(1, 1), (2, 2), (3, 3)]
    assert [(r.position, written(r).seq) for r in tail(engine, 2)] == [(1, 9), (2, 10)]
    assert [engine.read_and_wait(lambda reader, a=a: reader.position(a)) for a in (1, 2, 3)] == [3, 2, 0]


def test_events_of_one_conversation(engine: Engine) -> None:
    engine.write_and_wait(
        lambda unit: [unit.record(1, NoteWritten(conversation, conversation)) for conversation in (5, 6, 5)]
    )
    found = engine.read_and_wait(lambda reader: reader.events(1, 0, 10, conversation_id=5))
    assert [r.position for r in found] == [1, 3]
    assert engine.read_and_wait(lambda reader: reader.events(2, 0, 10, conversation_id=5)) == []


@pytest.mark.parametrize(
    "database_url", ["postgresql"], indirect=True
)  # SQLite has one writer: nothing overlaps
def test_a_transaction_held_open_hides_nothing_from_readers(engine: Engine, other: Engine) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def slow(unit: UnitOfWork) -> None:
        unit.record(1, NoteWritten(1, 100))
        unit.one(select(pad.c.seq).where(pad.c.account_id == 1, pad.c.id == 1).with_for_update())
        inside.set()
        go_on.wait(5)

    finished = threading.Event()
    engine.submit(slow, lambda _: finished.set())
    assert inside.wait(5)
    for seq in range(3):
        other.write_and_wait(record(1, seq))
        assert positions(other, 1) == list(range(1, seq + 2)), (
            "those who commit meanwhile are seen at once, in order"
        )
    seen = tail(other, 1)
    go_on.set()
    assert finished.wait(5)
    seen += tail(other, 1, after=seen[-1].position)
    assert seen == tail(other, 1), "the slow one comes after what was seen, not before"
    assert [written(r).seq for r in seen] == [0, 1, 2, 100]


def test_a_reader_never_skips_an_event_of_several_processes(engine: Engine, notes_url: str) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.store.load", notes_url, str(pad_id), "150"],
            env=load.ENVIRONMENT,
            stdout=subprocess.DEVNULL,
        )
        for pad_id in (1, 2, 3)
    ]
    seen: dict[int, list[Recorded]] = {1: [], 2: []}
    running = True
    while running:
        running = any(writer.poll() is None for writer in writers)  # asked before the last look
        for account_id, list_ in seen.items():
            list_.extend(tail(engine, account_id, list_[-1].position if list_ else 0))
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    for account_id, list_ in seen.items():
        assert list_ == tail(engine, account_id)
        assert len(list_) == 3 * 150
        for pad_id in (1, 2, 3):
            own = [written(r).seq for r in list_ if written(r).conversation_id == pad_id]
            assert own == list(range(1, 151))


def test_old_events_go_and_the_horizon_tells(engine: Engine, clock: Clock) -> None:
    for seq in range(6):
        engine.write_and_wait(record(1, seq))
        clock.advance(DAY)
    before = clock.now - 2 * DAY
    assert engine.write_and_wait(lambda unit: ledger.trim(unit, 1, before, limit=3)) is True
    assert engine.write_and_wait(lambda unit: ledger.trim(unit, 1, before, limit=3)) is False
    assert engine.read_and_wait(lambda reader: (reader.horizon(1), reader.position(1))) == (4, 6)
    assert [r.position for r in tail(engine, 1, after=4)] == [5, 6]
    with pytest.raises(Trimmed):
        tail(engine, 1, after=3)
    engine.write_and_wait(record(1, 7))
    assert [r.position for r in tail(engine, 1, after=4)] == [5, 6, 7]


def test_a_wholly_trimmed_account_goes_on_counting(engine: Engine, clock: Clock) -> None:
    engine.write_and_wait(record(1, 1, 2))
    engine.write_and_wait(lambda unit: ledger.trim(unit, 1, clock.now + 1))
    assert engine.read_and_wait(lambda reader: (reader.horizon(1), reader.position(1))) == (2, 2)
    engine.write_and_wait(record(1, 3))
    assert [r.position for r in tail(engine, 1, after=2)] == [3]


@pytest.mark.anyio
async def test_the_trim_job_keeps_thirty_days_of_every_account(engine: Engine, clock: Clock) -> None:
    for account_id in (1, 2):
        await engine.write(record(account_id, *range(501)))
    clock.advance(30 * DAY)
    for account_id in (1, 2):
        await engine.write(record(account_id, 999))
    clock.advance(1)
    await engine.write(lambda unit: unit.enqueue(Job(INSTALLATION, "trim_ledger", "trim_ledger")))
    await Worker(engine, {"trim_ledger": trim_ledger(engine)}, chance=lambda: 0.0).run_due()
    assert [await engine.read(lambda reader, a=a: reader.horizon(a)) for a in (1, 2)] == [501, 501]


def test_a_fact_of_another_version_keeps_its_place(engine: Engine) -> None:
    engine.write_and_wait(record(1, 1, 2, 3))
    foreign = (
        update(ledger.event).where(ledger.event.c.position == 2).values(kind="of_tomorrow", facts='{"x": []}')
    )
    grown = update(ledger.event).where(ledger.event.c.position == 3)
    engine.write_and_wait(lambda unit: unit.run(foreign))
    engine.write_and_wait(
        lambda unit: unit.run(grown.values(facts='{"conversation_id": 5, "seq": 3, "new": 1}'))
    )
    events = [recorded.event for recorded in tail(engine, 1)]
    assert events == [NoteWritten(5, 1), Unknown("of_tomorrow"), NoteWritten(5, 3)]


def test_a_fact_that_is_no_plain_value_fails_its_action_only(engine: Engine) -> None:
    def bad(unit: UnitOfWork) -> None:
        unit.record(1, NoteWritten(object(), 1))  # pyright: ignore[reportArgumentType]

    with pytest.raises(TypeError):
        engine.write_and_wait(bad)
    engine.write_and_wait(record(1, 1))
    assert positions(engine, 1) == [1]


def test_it_is_the_writers_ids_that_differ(engine: Engine, other: Engine) -> None:
    drawn: list[int] = []
    for one in (engine, other, engine):
        drawn += one.write_and_wait(lambda unit: [unit.new_id() for _ in range(5_000)])
    assert len(set(drawn)) == len(drawn)
    assert max(drawn) < 2**53


def test_ids_of_a_failed_action_are_never_given_twice(engine: Engine, other: Engine) -> None:
    drawn: list[int] = []

    def fail(unit: UnitOfWork) -> None:
        write_note(unit, 1, 1, "x")
        drawn.extend(unit.new_id() for _ in range(5_000))
        raise RuntimeError

    for _ in range(2):
        drawn.clear()
        with pytest.raises(RuntimeError):
            engine.write_and_wait(fail)
    kept = engine.write_and_wait(lambda unit: [unit.new_id() for _ in range(5_000)])
    kept += other.write_and_wait(lambda unit: [unit.new_id() for _ in range(5_000)])
    kept += engine.write_and_wait(lambda unit: [unit.new_id() for _ in range(5_000)])
    assert len(set(kept)) == len(kept)


def test_random_ids_lie_where_nobody_guesses(engine: Engine) -> None:
    drawn = engine.write_and_wait(lambda unit: [unit.random_id() for _ in range(100)])
    assert len(set(drawn)) == 100
    assert all(2**31 <= one < 2**53 for one in drawn)
