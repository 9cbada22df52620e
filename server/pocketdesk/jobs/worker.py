"""The worker: leases due jobs, runs them, and says how they ended."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from pocketdesk.jobs import schedule, store
from pocketdesk.jobs.model import Ending, GiveUp, Later, Leased, Retry
from pocketdesk.jobs.schedule import Scheduled
from pocketdesk.kernel.moments import HOUR, MINUTE, SECOND
from pocketdesk.kernel.refusal import Refusal
from pocketdesk.storage import Engine, StorageFailure, UnitOfWork

Run: TypeAlias = Callable[[Leased], Awaitable[Ending]]
"""Runs a job of one kind. It may be run twice (a worker died, a lease ran out), and must bear it."""

LEASE_MS = MINUTE
POLL_MS = SECOND
ATTEMPTS = 12
_FIRST_PAUSE_MS = 2 * SECOND
_LONGEST_PAUSE_MS = HOUR

_log = logging.getLogger(__name__)


def pause_ms(attempt: int, chance: float) -> int:
    """How long a job waits after its nth attempt: doubling from 2 s to an hour, less up to a half by chance (0..1)."""
    return int(min(_FIRST_PAUSE_MS * 2 ** min(attempt - 1, 20), _LONGEST_PAUSE_MS) * (1 - chance / 2))


class Worker:
    """Runs jobs of the kinds it knows, `concurrency` at a time, in the event loop of `run`.

    `chance` returns a random number in 0..1 for the back-off.
    """

    def __init__(
        self,
        engine: Engine,
        runs: Mapping[str, Run],
        schedules: Sequence[Scheduled] = (),
        *,
        chance: Callable[[], float],
        concurrency: int = 16,
    ) -> None:
        self._engine = engine
        self._runs = runs
        self._schedules = schedules
        self._chance = chance
        self._concurrency = concurrency
        self._name = secrets.randbits(62)
        self._due = store.due(runs.keys())
        self._running: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()

    def nudge(self) -> None:
        """There may be new jobs: set this as the engine's `on_enqueued`."""
        self._news.set()

    async def run(self) -> None:
        """Works until it is cancelled; what runs then is cancelled too, and due again when its lease ends."""
        try:
            while True:
                self._news.clear()
                try:
                    more = await self._start_due()
                except StorageFailure as failure:
                    _log.warning("jobs wait for the database: %s", failure)
                    more = False
                if not more:
                    await self._wait()
        finally:
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)

    async def run_due(self) -> None:
        """Runs what is due now, and what that makes due, to its end."""
        while await self._start_due() or self._running:
            await asyncio.gather(*self._running)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(POLL_MS / 1_000):
                await self._news.wait()
        except TimeoutError:
            pass

    async def _start_due(self) -> bool:
        """Starts due jobs while there is room; True if there may be more at once."""
        room = self._concurrency - len(self._running)
        if room <= 0:
            return False

        def lease(unit: UnitOfWork) -> list[Leased]:
            schedule.tick(unit, self._schedules)
            return store.lease(unit, self._due, self._name, room, unit.now + LEASE_MS)

        leased = await self._engine.write(lease)
        for held in leased:
            task = asyncio.create_task(self._run_one(held), name=f"job {held.kind} {held.id}")
            self._running.add(task)
            task.add_done_callback(self._ended)
        return len(leased) == room and room < self._concurrency

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._news.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            # Only storage can fail here; the lease runs out and the job comes back.
            _log.error("a job's ending could not be stored", exc_info=error)

    async def _run_one(self, held: Leased) -> None:
        ending: Ending
        if held.attempt > ATTEMPTS:
            ending = GiveUp("its workers died")
        else:
            running = asyncio.ensure_future(self._runs[held.kind](held))
            try:
                while not (await asyncio.wait({running}, timeout=LEASE_MS / 2_000))[0]:
                    renewed = await self._engine.write(partial(_renew, held))
                    if renewed is None:
                        _log.warning("job %s %s was taken by another worker", held.kind, held.id)
                        return
                    held = renewed
            finally:
                running.cancel()
            ending = _ending(held, running)
        await self._engine.write(partial(self._end, held, ending))

    def _end(self, held: Leased, ending: Ending, unit: UnitOfWork) -> None:
        match ending:
            case None:
                store.finish(unit, held)
            case Later(at):
                store.put_off(unit, held, at)
            case Retry(reason, after_ms) if held.attempt < ATTEMPTS:
                pause = pause_ms(held.attempt, self._chance()) if after_ms is None else after_ms
                store.put_back(unit, held, unit.now + pause, reason)
            case Retry(reason) | GiveUp(reason):
                _log.error("job %s %s of account %s is dead: %s", held.kind, held.id, held.account_id, reason)
                store.bury(unit, held, reason)


def _renew(held: Leased, unit: UnitOfWork) -> Leased | None:
    return store.renew(unit, held, unit.now + LEASE_MS)


def _ending(held: Leased, ran: asyncio.Future[Ending]) -> Ending:
    error = ran.exception()
    if error is None:
        return ran.result()
    if isinstance(error, Refusal):
        return GiveUp(f"{error.code}: {error.message}")
    _log.error("job %s %s failed", held.kind, held.id, exc_info=error)
    return Retry(f"{type(error).__name__}: {error}")
