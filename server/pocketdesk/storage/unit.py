"""What an action or a view gets to work with: a snapshot to read, or a transaction to write into."""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy.sql.elements import ClauseElement

from pocketdesk.kernel.events import Event, Recorded
from pocketdesk.storage import ledger
from pocketdesk.storage.ids import Ids
from pocketdesk.storage.statement import Parameters, Row, Statement, to_statement


class Session(Protocol):
    """One connection of a driver, in a transaction. Reports failures as `StorageFailure`."""

    def one(self, statement: Statement, parameters: Parameters, /) -> Row | None: ...
    def all(self, statement: Statement, parameters: Parameters, /) -> list[Row]: ...
    def run(self, statement: Statement, parameters: Parameters, /) -> None: ...
    def run_many(self, statement: Statement, rows: Sequence[Parameters], /) -> None: ...
    def lock(self, key: int, /) -> None: ...


class Reader:
    """Reads from one snapshot. Rows are plain tuples; text, numbers and booleans are the same on both engines."""

    __slots__ = ("_session", "queries")

    def __init__(self, session: Session) -> None:
        self._session = session
        self.queries = 0
        """Statements run so far, for tests that count them."""

    def one(self, statement: Statement | ClauseElement, /, **parameters: object) -> Row | None:
        """The first row, or None."""
        self.queries += 1
        return self._session.one(to_statement(statement), parameters)

    def all(self, statement: Statement | ClauseElement, /, **parameters: object) -> list[Row]:
        """All rows. Put a limit into the statement."""
        self.queries += 1
        return self._session.all(to_statement(statement), parameters)

    def position(self, account_id: int) -> int:
        """The position of the account's newest event that this snapshot contains; 0 before the first."""
        return ledger.position(self, account_id)

    def position_at(self, account_id: int, at: int) -> int:
        """The position behind which everything stands that happened at or after a moment (UTC ms)."""
        return ledger.position_at(self, account_id, at)

    def horizon(self, account_id: int) -> int:
        """Events up to this position are gone; those after it can be read."""
        return ledger.horizon(self, account_id)

    def events(
        self, account_id: int, after: int, limit: int, conversation_id: int | None = None
    ) -> list[Recorded]:
        """Up to `limit` events after a position, in order; of one conversation, if given.

        Raises `Trimmed` if some of them are gone already.
        """
        return ledger.events(self, account_id, after, limit, conversation_id)


class Storable(Protocol):
    """Something that writes itself into a unit of work: a job."""

    def store(self, unit: "UnitOfWork", /) -> None: ...


class Group:
    """What the actions of one transaction leave to do at its end."""

    __slots__ = ("enqueued", "events")

    def __init__(self) -> None:
        self.events: list[ledger.Pending] = []
        self.enqueued = False


class UnitOfWork(Reader):
    """One action's part of a transaction. The action may be run again, so it has no effects but those in here.

    An action that raises leaves nothing behind. It must not catch a `StorageFailure`: writes may be sent later than
    they are called, so the failure may belong to another one.
    """

    __slots__ = ("_group", "_ids", "now", "wrote")

    def __init__(self, session: Session, group: Group, ids: Ids, now: int) -> None:
        self._session = session
        self._group = group
        self._ids = ids
        self.queries = 0
        self.now = now
        """The action's time in UTC milliseconds; the same for everything that it does."""
        self.wrote = False
        """Whether it has run a statement that may have changed rows."""

    def one(self, statement: Statement | ClauseElement, /, **parameters: object) -> Row | None:
        """The first row, or None; also of what an insert, update or delete returns."""
        self.queries += 1
        statement = to_statement(statement)
        if statement.writes:
            self.wrote = True
        return self._session.one(statement, parameters)

    def all(self, statement: Statement | ClauseElement, /, **parameters: object) -> list[Row]:
        """All rows; also of what an insert, update or delete returns."""
        self.queries += 1
        statement = to_statement(statement)
        if statement.writes:
            self.wrote = True
        return self._session.all(statement, parameters)

    def run(self, statement: Statement | ClauseElement, /, **parameters: object) -> None:
        """Runs an insert, update or delete whose result nobody needs; on PostgreSQL it waits for no answer.

        To know whether a row was changed, let the statement return something and use `one`.
        """
        self.queries += 1
        self.wrote = True
        self._session.run(to_statement(statement), parameters)

    def run_many(self, statement: Statement, rows: Sequence[Parameters], /) -> None:
        """Runs it for each row of parameters; at most 500 rows an action."""
        if rows:
            self.queries += 1
            self.wrote = True
            self._session.run_many(statement, rows)

    def lock(self, place: str, account_id: int, number: int) -> None:
        """Waits until no other transaction holds the lock of this name, and holds it until the end of this one.

        SQLite has one writer at a time, so there is nothing to wait for.
        """
        self._session.lock(ledger.lock_key(place, account_id, number))

    def new_id(self) -> int:
        """A new integer below 2^53, unique in the whole installation; not secret, not without gaps."""
        return self._ids.next(self._session)

    def random_id(self) -> int:
        """A random integer in 2^31..2^53 that nobody can guess from others. May be taken: draw again then."""
        return self._ids.draw()

    def record(self, account_id: int, event: Event, enclosed: object = None) -> None:
        """Adds a fact to the account's ledger, in the same commit. It gets its position just before that.

        `enclosed`: the row or rows just written, for those who encode the event in this process.
        """
        self._group.events.append((account_id, self.now, event, enclosed, ledger.encode(event)))

    def enqueue(self, job: Storable) -> None:
        """Adds a job in the same commit; a worker in this process hears of it at once."""
        job.store(self)
        self._group.enqueued = True
