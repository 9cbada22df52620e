"""Jobs in our own tables: leased once, retried with back-off, dead visibly, safe against a worker's death."""

import asyncio
from typing import Any

import pytest

from pocketdesk.jobs import Cron, Every, GiveUp, Job, Leased, Retry, Scheduled, Worker, store
from pocketdesk.jobs.model import INSTALLATION
from pocketdesk.jobs.worker import ATTEMPTS, LEASE_MS, pause_ms
from pocketdesk.kernel.moments import DAY, HOUR, MINUTE
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.storage import Engine, UnitOfWork
from tests.databases import Clock

pytestmark = pytest.mark.anyio


class Log:
    """Runs jobs by writing down their keys; answers with what it is told to."""

    def __init__(self, *endings: Any) -> None:
        self.keys: list[str] = []
        self.endings = list(endings)

    async def __call__(self, held: Leased) -> Any:
        self.keys.append(held.key)
        ending = self.endings.pop(0) if self.endings else None
        if isinstance(ending, Exception):
            raise ending
        return ending


def worker(engine: Engine, run: Any, schedules: Any = (), **more: Any) -> Worker:
    return Worker(engine, {"greet": run}, schedules, chance=lambda: 0.0, **more)


def greet(key: str, **more: Any) -> Any:
    return lambda unit: unit.enqueue(Job(7, "greet", key, **more))


def due_at(engine: Engine) -> int | None:
    return engine.read_and_wait(store.next_at)


async def test_a_job_runs_once_with_its_payload(engine: Engine) -> None:
    seen: list[Leased] = []

    async def run(held: Leased) -> None:
        seen.append(held)

    await engine.write(greet("a", payload={"contact_id": 5}))
    await worker(engine, run).run_due()
    await worker(engine, run).run_due()
    assert [(held.account_id, held.key, held.payload, held.attempt) for held in seen] == [
        (7, "a", {"contact_id": 5}, 1)
    ]
    assert due_at(engine) is None


async def test_a_job_of_a_failed_action_does_not_exist(engine: Engine) -> None:
    def act(unit: UnitOfWork) -> None:
        unit.enqueue(Job(7, "greet", "a"))
        raise NotFound

    with pytest.raises(NotFound):
        await engine.write(act)
    assert due_at(engine) is None


async def test_enqueueing_a_waiting_job_again_does_nothing(engine: Engine) -> None:
    log = Log()
    for _ in range(2):
        await engine.write(greet("a"))
    await engine.write(lambda unit: unit.enqueue(Job(8, "greet", "a")))
    await worker(engine, log).run_due()
    assert log.keys == ["a", "a"], "one for each account"


async def test_a_job_enqueued_while_it_runs_runs_once_more(engine: Engine) -> None:
    ran: list[int] = []

    async def run(held: Leased) -> None:
        ran.append(held.attempt)
        if len(ran) == 1:
            await engine.write(greet("a"))
            await engine.write(greet("a"))

    await engine.write(greet("a"))
    await worker(engine, run).run_due()
    assert ran == [1, 1]
    assert due_at(engine) is None


async def test_a_job_waits_for_its_time(engine: Engine, clock: Clock) -> None:
    log = Log()
    await engine.write(greet("later", run_at=clock.now + 10))
    await worker(engine, log).run_due()
    assert log.keys == []
    clock.advance(10)
    await worker(engine, log).run_due()
    assert log.keys == ["later"]


async def test_a_job_is_retried_with_a_growing_pause(engine: Engine, clock: Clock) -> None:
    log = Log(Retry("no answer"), RuntimeError("bug"), Retry("busy", after_ms=123), None)
    await engine.write(greet("a"))
    for pause in (2_000, 4_000, 123):
        await worker(engine, log).run_due()
        assert due_at(engine) == clock.now + pause
        clock.advance(pause)
    await worker(engine, log).run_due()
    assert len(log.keys) == 4
    assert due_at(engine) is None


def test_pauses_double_up_to_an_hour_and_vary() -> None:
    assert [pause_ms(attempt, 0) for attempt in (1, 2, 3, 11, 12, 500)] == [
        2_000,
        4_000,
        8_000,
        2_048_000,
        HOUR,
        HOUR,
    ]
    assert pause_ms(1, 1) == 1_000


@pytest.mark.parametrize("last", [GiveUp("gone"), NotFound("no such contact"), "attempts"])
async def test_a_dead_job_is_kept_and_can_be_revived(engine: Engine, clock: Clock, last: Any) -> None:
    log = Log(*([Retry("no answer")] * ATTEMPTS if last == "attempts" else [last]))
    await engine.write(greet("a", payload={"n": 1}))
    for _ in range(ATTEMPTS):
        await worker(engine, log).run_due()
        clock.advance(HOUR)
    (dead,) = engine.read_and_wait(lambda reader: store.dead(reader, 7, 0, 10))
    assert (dead.kind, dead.key, dead.payload, dead.attempts) == ("greet", "a", {"n": 1}, len(log.keys))
    assert dead.failure in {"gone", "not_found: no such contact", "no answer"}
    assert engine.read_and_wait(lambda reader: store.dead(reader, 8, 0, 10)) == []
    assert await engine.write(lambda unit: store.revive(unit, 7, dead.id))
    assert not await engine.write(lambda unit: store.revive(unit, 7, dead.id))
    before = len(log.keys)
    await worker(engine, log).run_due()
    assert len(log.keys) == before + 1


async def test_a_dead_workers_job_is_taken_when_its_lease_ends(engine: Engine, clock: Clock) -> None:
    find = store.due(["greet"])
    await engine.write(greet("a"))
    (held,) = await engine.write(lambda unit: store.lease(unit, find, 1, 10, unit.now + LEASE_MS))
    log = Log()
    await worker(engine, log).run_due()
    assert log.keys == [], "leased by the first worker"
    clock.advance(LEASE_MS)
    (again,) = await engine.write(lambda unit: store.lease(unit, find, 2, 10, unit.now + LEASE_MS))
    assert again.attempt == 2
    for late in (
        store.finish,
        lambda unit, job: store.put_back(unit, job, 0, "x"),
        lambda unit, job: store.bury(unit, job, "x"),
    ):
        assert not await engine.write(lambda unit, late=late: late(unit, held)), (
            "the first one comes too late"
        )
    assert await engine.write(lambda unit: store.renew(unit, held, 0)) is None
    assert await engine.write(lambda unit: store.finish(unit, again))


async def test_a_job_that_kills_its_workers_dies_in_the_end(engine: Engine, clock: Clock) -> None:
    find = store.due(["greet"])
    await engine.write(greet("a"))
    for _ in range(ATTEMPTS):
        await engine.write(lambda unit: store.lease(unit, find, 1, 10, unit.now + LEASE_MS))
        clock.advance(LEASE_MS)
    log = Log()
    await worker(engine, log).run_due()
    assert log.keys == []
    (dead,) = engine.read_and_wait(lambda reader: store.dead(reader, 7, 0, 10))
    assert dead.failure == "its workers died"


async def test_unknown_kinds_are_left_to_those_who_know_them(engine: Engine) -> None:
    log = Log()
    await engine.write(lambda unit: unit.enqueue(Job(7, "sing", "a")))
    await worker(engine, log).run_due()
    assert log.keys == []
    assert due_at(engine) is not None


async def test_two_workers_never_run_the_same_job(database_url: str, engine: Engine, clock: Clock) -> None:
    other = Engine.open(database_url, clock=clock)
    try:
        await engine.write(lambda unit: [unit.enqueue(Job(7, "greet", str(n))) for n in range(200)])
        log = Log()
        await asyncio.gather(
            worker(engine, log, concurrency=7).run_due(), worker(other, log, concurrency=7).run_due()
        )
        assert sorted(log.keys, key=int) == [str(n) for n in range(200)]
    finally:
        other.close()


async def test_a_running_worker_hears_of_new_jobs_at_once(engine: Engine) -> None:
    ran = asyncio.Event()

    async def run(held: Leased) -> None:
        ran.set()

    working = worker(engine, run)
    engine.on_enqueued = working.nudge
    task = asyncio.create_task(working.run())
    try:
        await engine.write(greet("a"))
        async with asyncio.timeout(10):
            await ran.wait()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_schedule_comes_back_once_for_all_processes(
    database_url: str, engine: Engine, clock: Clock
) -> None:
    other = Engine.open(database_url, clock=clock)
    log = Log()
    schedules = [Scheduled("greet", Every(MINUTE))]
    workers = [worker(engine, log, schedules), worker(other, log, schedules)]
    try:
        for _ in range(3):
            await asyncio.gather(*(one.run_due() for one in workers))
            clock.advance(MINUTE)
        assert len(log.keys) == 2
        clock.advance(DAY)
        await asyncio.gather(*(one.run_due() for one in workers))
        assert len(log.keys) == 3, "missed times count once"
    finally:
        other.close()


def test_cron_times_are_utc() -> None:
    assert Cron("30 3 * * *").after(0) == 3 * HOUR + 30 * MINUTE
    assert Cron("30 3 * * *").after(3 * HOUR + 30 * MINUTE) == DAY + 3 * HOUR + 30 * MINUTE


def test_the_installations_jobs_have_an_account_of_their_own(engine: Engine) -> None:
    engine.write_and_wait(lambda unit: unit.enqueue(Job(INSTALLATION, "greet", "a")))
    assert due_at(engine) is not None
