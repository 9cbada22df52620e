"""The storage engine: one writer thread that commits waiting actions together, and a few threads that read."""

import asyncio
import logging
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Generic, Literal, Protocol, TypeVar

from pocketdesk.kernel.events import Recorded
from pocketdesk.storage import ledger
from pocketdesk.storage.errors import CommitUnknown, Contended, Lost, StorageFailure, Unavailable
from pocketdesk.storage.ids import Ids
from pocketdesk.storage.unit import Group, Reader, Session, UnitOfWork

T = TypeVar("T")
Dialect = Literal["sqlite", "postgresql"]
Deliver = Callable[[Callable[[], None]], object]
News = dict[int, list[Recorded]]

READERS = 4
PATIENCE_S = 30.0
_TRIES = 4

_log = logging.getLogger(__name__)


class Outcome(Generic[T]):
    """How a submitted action ended, after its commit."""

    __slots__ = ("error", "value")

    def __init__(self, value: T | None = None, error: BaseException | None = None) -> None:
        self.value = value
        self.error = error

    def result(self) -> T:
        """The action's value; raises what the action raised."""
        if self.error is not None:
            raise self.error
        return self.value  # pyright: ignore[reportReturnType]


class Connection(Session, Protocol):
    """What the engine asks of a driver, beyond what actions may."""

    failure: StorageFailure | None

    def begin(self) -> None: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def savepoint(self) -> None: ...
    def release(self) -> None: ...
    def rollback_to_savepoint(self) -> None: ...
    def commit_events(
        self, counts: Sequence[tuple[int, int]], rows: Sequence[dict[str, Any]], /
    ) -> dict[int, int]: ...
    def close(self) -> None: ...


class _Waiting:
    """An action on its way through the writer."""

    __slots__ = ("direct", "done", "outcome", "work")

    def __init__(
        self, work: Callable[[UnitOfWork], Any], done: Callable[[Outcome[Any]], object], *, direct: bool
    ) -> None:
        self.work = work
        self.done = done
        self.direct = direct
        self.outcome: Outcome[Any]


class Engine:
    """Storage of one installation in one process.

    `on_committed` is called once per commit with the events of each account in order of their positions, before the
    actions of that commit hear of their success. `on_enqueued` is called when a commit has added jobs. Both are
    called where `deliver` runs what it is given (the event loop), so set them before the first write.
    """

    def __init__(
        self,
        dialect: Dialect,
        connect: Callable[[bool], Connection],
        *,
        clock: Callable[[], int],
        randbelow: Callable[[int], int],
        group_limit: int,
    ) -> None:
        self.dialect: Dialect = dialect
        self.on_committed: Callable[[News], None] | None = None
        self.on_enqueued: Callable[[], None] | None = None
        self.commits = 0
        """Transactions committed so far, and (below) the actions that ran and the events that they recorded."""
        self.actions = 0
        self.recorded = 0
        self._clock = clock
        self._group_limit = group_limit
        self._writer = connect(True)
        self._connect = connect
        self._ids = Ids(randbelow)
        self._randbelow = randbelow
        self._deliver: Deliver = lambda call: call()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = threading.Event()
        self._waiting: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._local = threading.local()
        self._reading: list[Connection] = []
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="storage-reader")
        self._thread = threading.Thread(target=self._write_groups, name="storage-writer", daemon=True)
        self._thread.start()

    @staticmethod
    def open(
        url: str,
        *,
        clock: Callable[[], int],
        randbelow: Callable[[int], int] = secrets.randbelow,
        group_limit: int | None = None,
    ) -> "Engine":
        """Opens `sqlite:///path`, a plain file path, or `postgresql://...`. Connections are made when first needed.

        `clock` returns UTC milliseconds; `randbelow(n)` a random integer below n that nobody can guess;
        `group_limit` is the most actions that share a commit (default 512 on SQLite, 64 on PostgreSQL, where others
        wait for the rows that a group has locked).
        """
        if url.startswith(("postgresql://", "postgres://")):
            from pocketdesk.storage.postgres import PostgresSession

            return Engine(
                "postgresql",
                lambda writes: PostgresSession(url, writes=writes),
                clock=clock,
                randbelow=randbelow,
                group_limit=group_limit or 64,
            )
        from pocketdesk.storage.sqlite import SqliteSession

        path = Path(url.removeprefix("sqlite:///"))
        return Engine(
            "sqlite",
            lambda writes: SqliteSession(path, writes=writes),
            clock=clock,
            randbelow=randbelow,
            group_limit=group_limit or 512,
        )

    # Writing.

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """From now on everything is delivered on this loop, one hop per commit.

        The first `write` does it too. RuntimeError if another loop is attached and still open.
        """
        if self._loop is not None and self._loop is not loop and not self._loop.is_closed():
            raise RuntimeError("the engine delivers to another event loop")
        self._loop = loop
        self._deliver = loop.call_soon_threadsafe

    def submit(self, work: Callable[[UnitOfWork], T], done: Callable[[Outcome[T]], object]) -> None:
        """Hands an action to the writer and returns at once. `done` is called after its commit, or its failure."""
        self._put(_Waiting(work, done, direct=False))

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        """Runs an action and waits for its commit. Raises what the action raises, or a `StorageFailure`.

        To cancel it is to stop waiting: the action may be stored all the same.
        """
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self.attach(loop)
        future: asyncio.Future[T] = loop.create_future()

        def done(outcome: Outcome[T]) -> None:
            if future.cancelled():
                return
            if outcome.error is not None:
                future.set_exception(outcome.error)
            else:
                future.set_result(outcome.value)  # pyright: ignore[reportArgumentType]

        self.submit(work, done)
        return await future

    def write_and_wait(self, work: Callable[[UnitOfWork], T]) -> T:
        """Like `write`, for threads without an event loop: it blocks the caller."""
        finished = threading.Event()
        outcomes: list[Outcome[T]] = []

        def done(outcome: Outcome[T]) -> None:
            outcomes.append(outcome)
            finished.set()

        self._put(_Waiting(work, done, direct=True))
        finished.wait()
        return outcomes[0].result()

    # Reading.

    async def read(self, work: Callable[[Reader], T]) -> T:
        """Runs a view on a snapshot of its own. Raises what the view raises, or a `StorageFailure`."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_and_wait, work)

    def read_and_wait(self, work: Callable[[Reader], T]) -> T:
        """Like `read`, on the caller's own thread."""
        session = self._reader()
        for attempt in range(_TRIES):
            try:
                session.begin()
                value = work(Reader(session))
                session.commit()
            except BaseException as error:
                session.rollback()
                failure = session.failure
                if isinstance(failure, Lost | Contended) and attempt < _TRIES - 1:
                    self._closing.wait(0.05 * attempt)
                    continue
                if failure is not None:
                    raise failure from error
                raise
            return value
        raise AssertionError

    def close(self) -> None:
        """Finishes what waits, then closes all connections."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._waiting.put(None)
        self._thread.join()
        # Put in while we were closing.
        late = [one for one in self._drain() if one is not None]
        for one in late:
            one.outcome = Outcome(error=Unavailable("the engine is closed"))
        self._hand_over(late, {}, enqueued=False)
        self._readers.shutdown()
        for session in self._reading:
            session.close()
        # The last one to leave tidies SQLite's log away, and only the writer may.
        self._writer.close()

    def _drain(self) -> Iterator[_Waiting | None]:
        with suppress(Empty):
            while True:
                yield self._waiting.get_nowait()

    def _reader(self) -> Connection:
        session: Connection | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = self._connect(False)
            self._reading.append(session)
        return session

    def _put(self, waiting: _Waiting) -> None:
        if self._closing.is_set():
            raise Unavailable("the engine is closed")
        self._waiting.put(waiting)

    # The writer's thread.

    def _write_groups(self) -> None:
        get, limit = self._waiting.get, self._group_limit
        get_more = self._waiting.get_nowait
        open_ = True
        while open_:
            group: list[_Waiting] = []
            next_ = get()
            try:
                while next_ is not None:
                    group.append(next_)
                    if len(group) == limit:
                        break
                    next_ = get_more()
                else:
                    open_ = False
            except Empty:
                pass
            if group:
                self._settle(group)

    def _settle(self, group: list[_Waiting]) -> None:
        """Gives every action of the group its outcome.

        First all in one transaction without savepoints. If that fails because of one of them, again with a savepoint
        around each. If other processes hold what the group needs, each in a transaction of its own, so that nobody
        holds anything while waiting for something else.
        """
        if self._try(group, apart=False):
            return
        if not isinstance(self._writer.failure, Contended) and self._try(group, apart=True):
            return
        for waiting in group:
            self._settle_alone(waiting)

    def _settle_alone(self, waiting: _Waiting) -> None:
        failure: StorageFailure | None = None
        for attempt in range(_TRIES):
            if attempt:
                # By chance, or two processes that met once would meet again.
                self._closing.wait(self._randbelow(20 * 2**attempt) / 1_000)
            if self._try([waiting], apart=True):
                return
            failure = self._writer.failure
            if not isinstance(failure, Lost | Contended):
                break
        waiting.outcome = Outcome(error=failure or StorageFailure("could not be committed"))
        self._hand_over([waiting], {}, enqueued=False)

    def _try(self, waiting: list[_Waiting], *, apart: bool) -> bool:
        """One transaction. False, with nothing written, if the actions have to be run again in another way."""
        session = self._writer
        if (failure := self._begin()) is not None:
            for one in waiting:
                one.outcome = Outcome(error=failure)
            self._hand_over(waiting, {}, enqueued=False)
            return True
        group = Group()
        try:
            if self._ids.is_low():
                self._ids.take_block(session)
            if not (self._run_apart if apart else self._run_together)(waiting, group):
                self._undo()
                return False
            news = ledger.commit(session, group.events)
        except CommitUnknown as unknown:
            self._ids.forget()
            session.rollback()
            for one in waiting:
                if one.outcome.error is None:
                    one.outcome = Outcome(error=unknown)
            self._hand_over(waiting, {}, enqueued=False)
            return True
        except StorageFailure:
            self._undo()
            return False
        except BaseException as error:  # noqa: BLE001
            # A bug of ours. The writer must outlive it, and nobody may wait for ever.
            _log.exception("the writer failed")
            self._undo()
            for one in waiting:
                one.outcome = Outcome(error=error)
            self._hand_over(waiting, {}, enqueued=False)
            return True
        self._ids.keep()
        self.commits += 1
        self.actions += len(waiting)
        self.recorded += len(group.events)
        self._hand_over(waiting, news, enqueued=group.enqueued)
        return True

    def _begin(self) -> Unavailable | None:
        """Begins a transaction, however often the database has to be called for it."""
        pause, waited = 0.05, 0.0
        while True:
            try:
                self._writer.begin()
            except StorageFailure as failure:
                _log.warning("storage cannot begin a transaction: %s", failure)
                if waited >= PATIENCE_S or self._closing.is_set():
                    return Unavailable(str(failure))
                self._closing.wait(pause)
                waited += pause
                pause = min(2 * pause, 2.0)
            else:
                return None

    def _undo(self) -> None:
        self._ids.forget()
        self._writer.rollback()

    def _run_together(self, waiting: list[_Waiting], group: Group) -> bool:
        session, ids, clock, events = self._writer, self._ids, self._clock, group.events
        for one in waiting:
            unit = UnitOfWork(session, group, ids, clock())
            mark = len(events)
            try:
                one.outcome = Outcome(one.work(unit))
            except BaseException as error:  # noqa: BLE001  the action's own, handed to its caller
                if unit.wrote or session.failure is not None:
                    return False
                del events[mark:]
                one.outcome = Outcome(error=error)
            if session.failure is not None:
                return False
        return True

    def _run_apart(self, waiting: list[_Waiting], group: Group) -> bool:
        session, events = self._writer, group.events
        for one in waiting:
            unit = UnitOfWork(session, group, self._ids, self._clock())
            mark = len(events)
            session.savepoint()
            try:
                value = one.work(unit)
                if session.failure is not None:
                    # It caught what it must not catch: part of what it did is missing.
                    raise session.failure  # noqa: TRY301
                session.release()
            except BaseException as error:  # noqa: BLE001  the action's own, handed to its caller
                failure = session.failure
                if isinstance(failure, Lost | Contended):
                    return False
                self._ids.forget()
                session.rollback_to_savepoint()
                del events[mark:]
                one.outcome = Outcome(error=failure or error)
            else:
                one.outcome = Outcome(value)
        return True

    def _hand_over(self, waiting: list[_Waiting], news: News, *, enqueued: bool) -> None:
        def deliver() -> None:
            if news and self.on_committed is not None:
                _guarded(self.on_committed, news)
            if enqueued and self.on_enqueued is not None:
                _guarded(self.on_enqueued)
            for one in waiting:
                if not one.direct:
                    _guarded(one.done, one.outcome)

        direct = [one for one in waiting if one.direct]
        if news or enqueued or len(direct) < len(waiting):
            try:
                self._deliver(deliver)
            except RuntimeError:
                _log.warning("the event loop is closed: nobody hears of a commit")
        for one in direct:
            _guarded(one.done, one.outcome)


def _guarded(call: Callable[..., object], *arguments: object) -> None:
    try:
        call(*arguments)
    except Exception:  # noqa: BLE001  whatever a listener does, the others are told
        _log.exception("a listener of storage failed")
