"""PostgreSQL: libpq's pipeline, used directly.

Statements are prepared once and sent without waiting for answers that nobody asked for: a write travels together with
the next read, so an action of one read and some writes costs one round trip. psycopg gives us libpq and the decoding of
rows; its cursors would cost four times the CPU (measured: 45 µs an action of three statements against 10 µs).
"""

import select
from collections import deque
from collections.abc import Callable, Sequence
from struct import Struct
from typing import Any, Final

import msgspec
import psycopg
from psycopg import pq
from psycopg.adapt import Transformer
from sqlalchemy import BigInteger, Boolean, Float, Integer, LargeBinary, String

from pocketdesk.storage.errors import CommitUnknown, Contended, Lost, StorageFailure, Violated
from pocketdesk.storage.statement import Compiled, Parameters, Row, Statement

_MOST_UNREAD = 512
_CONNECT_TIMEOUT_S = 5
# Who waits for another process's locks longer than that is run again, action by action (longer than the server takes to
# find those who wait in a circle, or it would end both of them instead of one). A process that stops in the middle of a
# transaction (paused, swapped out) loses its locks.
_SETTINGS = b"""
SET lock_timeout = '3s';
SET idle_in_transaction_session_timeout = '10s';
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'
"""

_OK: Final = frozenset({pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK})


class _Prepared:
    """A statement as libpq wants it."""

    __slots__ = ("encoders", "formats", "name", "sql", "values")

    def __init__(self, compiled: Compiled, name: bytes) -> None:
        self.name = name
        self.sql = compiled.sql.encode()
        self.values = compiled.values
        pairs = [_encoder(type_) for type_ in compiled.types]
        self.encoders = [encode for encode, _ in pairs]
        self.formats = [format_ for _, format_ in pairs]


class PostgresSession:
    """One connection. `failure` holds the first failure since `begin`."""

    def __init__(self, url: str, *, writes: bool) -> None:
        self._url = url
        isolation = b"READ COMMITTED, READ WRITE" if writes else b"REPEATABLE READ, READ ONLY"
        self._begin = b"BEGIN ISOLATION LEVEL " + isolation
        self._writes = writes
        self._connection: psycopg.Connection[Any] | None = None
        self._libpq: pq.abc.PGconn
        self.failure: StorageFailure | None = None

    def begin(self) -> None:
        """Opens a transaction, and the connection where there is none."""
        self.failure = None
        if self._connection is None:
            self._connect()
        # Words that nobody asked for are mostly the last ones: then it is not too late to connect anew.
        while self._poll.poll(0):
            self._guard(self._libpq.consume_input)
        self._send(self._begin)

    def commit(self) -> None:
        """Commits. `CommitUnknown` if the connection breaks before the answer is here."""
        self._commit()

    def rollback(self) -> None:
        """Undoes everything since `begin`; the connection is usable afterwards or gone."""
        if self._connection is None:
            return
        failure = self.failure
        try:
            self._send(b"ROLLBACK")
            self._sync()
        except StorageFailure:
            self.close()
        self.failure = failure

    def savepoint(self) -> None:
        """Begins a part that can be undone alone."""
        self._send(b"SAVEPOINT action")

    def release(self) -> None:
        """Ends the part; what it did stays. Waits until all its writes have been answered."""
        self._send(b"RELEASE action")
        self._sync()

    def rollback_to_savepoint(self) -> None:
        """Undoes the part."""
        self.failure = None
        self._send(b"ROLLBACK TO action")
        self._send(b"RELEASE action")
        self._sync()

    def one(self, statement: Statement, parameters: Parameters, /) -> Row | None:
        """The first row."""
        text = statement.postgres or statement.for_postgres()
        result = self._ask(statement, text, parameters)
        if not result.ntuples:
            return None
        row: Row = self._load(result, 1)[0]
        return text.mend(row) if text.mend else row

    def all(self, statement: Statement, parameters: Parameters, /) -> list[Row]:
        """All rows."""
        text = statement.postgres or statement.for_postgres()
        result = self._ask(statement, text, parameters)
        rows = self._load(result, result.ntuples)
        return list(map(text.mend, rows)) if text.mend else rows

    def run(self, statement: Statement, parameters: Parameters, /) -> None:
        """Sends it; a failure shows at the next answer that somebody waits for."""
        self._send_prepared(statement, statement.postgres or statement.for_postgres(), parameters)

    def run_many(self, statement: Statement, rows: Sequence[Parameters], /) -> None:
        """Sends it for each row of parameters."""
        text = statement.postgres or statement.for_postgres()
        for row in rows:
            self._send_prepared(statement, text, row)

    def lock(self, key: int, /) -> None:
        """Takes an advisory lock until the end of the transaction."""
        self._send_raw(b"SELECT pg_advisory_xact_lock($1::bigint)", [str(key).encode()])

    def commit_events(
        self, counts: Sequence[tuple[int, int]], rows: Sequence[dict[str, Any]], /
    ) -> dict[int, int]:
        """Adds to accounts' counters, inserts events (`position` counts from 1 within each account's share), commits.

        Returns the accounts' new positions. All that, with the writes still unsent, is one round trip.
        """
        if not self._knows_ledger:
            self._knows_ledger = True
            self._guard(self._libpq.send_prepare, b"ledger", _LEDGER)
            self._unread.append(_LEDGER)
        values = [msgspec.json.encode(counts), msgspec.json.encode(rows)]
        self._guard(self._libpq.send_query_prepared, b"ledger", values, None, 1)
        self._unread.append(None)
        moved = self._commit()[-2]
        return dict(self._load(moved, moved.ntuples))

    def close(self) -> None:
        """Closes the connection; the next `begin` opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    # The wire.

    def _commit(self) -> list[pq.abc.PGresult]:
        try:
            self._send(b"COMMIT")
            results = self._sync()
        except Lost as lost:
            if self._writes:
                self.failure = CommitUnknown(str(lost))
                raise self.failure from lost
            raise
        if results[-1].command_status != b"COMMIT":
            raise self._failed(StorageFailure("the transaction had failed before its commit"))
        return results

    def _connect(self) -> None:
        try:
            connection = psycopg.connect(
                self._url,
                autocommit=True,
                connect_timeout=_CONNECT_TIMEOUT_S,
                client_encoding="utf8",
                application_name=f"pocketdesk {'writer' if self._writes else 'reader'}",
            )
            if self._writes:
                connection.execute(_SETTINGS)
        except psycopg.Error as error:
            raise self._failed(Lost(str(error))) from error
        self._connection = connection
        self._libpq = libpq = connection.pgconn
        libpq.enter_pipeline_mode()
        self._poll = select.poll()
        self._poll.register(libpq.socket, select.POLLIN)
        self._poll_both = select.poll()
        self._poll_both.register(libpq.socket, select.POLLIN | select.POLLOUT)
        self._transformer = Transformer(connection)
        # What we are owed: for each statement sent, what it prepares, or None.
        self._unread: deque[Statement | bytes | None] = deque()
        self._prepared: dict[Statement, _Prepared] = {}
        self._count = 0
        self._knows_ledger = False

    def _ask(self, statement: Statement, text: Compiled, parameters: Parameters) -> pq.abc.PGresult:
        self._send_prepared(statement, text, parameters)
        return self._answer()

    def _send_prepared(self, statement: Statement, text: Compiled, parameters: Parameters) -> None:
        prepared = self._prepared.get(statement)
        if prepared is None:
            prepared = self._prepare(statement, text)
        values = [
            None if value is None else encode(value)
            for encode, value in zip(prepared.encoders, prepared.values(parameters), strict=True)
        ]
        self._guard(self._libpq.send_query_prepared, prepared.name, values, prepared.formats, 1)
        self._unread.append(None)
        if len(self._unread) > _MOST_UNREAD:
            self._answer()

    def _prepare(self, statement: Statement, text: Compiled) -> _Prepared:
        """A name for it on the server; statements for one use share the nameless one."""
        if statement.once:
            prepared = _Prepared(text, b"")
        else:
            self._count += 1
            prepared = self._prepared[statement] = _Prepared(text, b"s%d" % self._count)
        self._guard(self._libpq.send_prepare, prepared.name, prepared.sql)
        self._unread.append(statement)
        return prepared

    def _send(self, sql: bytes) -> None:
        self._send_raw(sql, [])

    def _send_raw(self, sql: bytes, values: Sequence[bytes]) -> None:
        self._guard(self._libpq.send_query_params, sql, values, None, None, 1)
        self._unread.append(None)

    def _answer(self) -> pq.abc.PGresult:
        """Waits for everything sent so far; the last one's result."""
        self._guard(self._libpq.send_flush_request)
        self._guard(self._flush)
        result = None
        unread = self._unread
        while unread:
            result = self._next_result()
            if result.status not in _OK:
                raise self._broken(result)
            unread.popleft()
        assert result is not None  # noqa: S101
        return result

    def _sync(self) -> list[pq.abc.PGresult]:
        """Ends a stretch of the pipeline: waits for everything, and makes it usable again after a failure."""
        self._guard(self._libpq.pipeline_sync)
        self._guard(self._flush)
        failure: StorageFailure | None = None
        results: list[pq.abc.PGresult] = []
        while self._unread:
            result = self._next_result()
            results.append(result)
            self._settle(result)
            if result.status not in _OK:
                failure = failure or self._failed(_to_failure(result))
        self._next_result()
        if failure is not None:
            raise failure
        return results

    def _broken(self, result: pq.abc.PGresult) -> StorageFailure:
        """Takes the pipeline through the failure to where it is usable again."""
        failure = self._failed(_to_failure(result))
        self._settle(result)
        try:
            self._sync()
        except Lost as lost:
            return lost
        except StorageFailure:
            pass
        return failure

    def _flush(self) -> None:
        while self._libpq.flush():
            # The server may be waiting for us to read before it reads on.
            if any(happened & select.POLLIN for _, happened in self._poll_both.poll()):
                self._libpq.consume_input()

    def _next_result(self) -> pq.abc.PGresult:
        libpq = self._libpq
        result = None
        # A null result ends each statement's results.
        while result is None:
            while libpq.is_busy():
                self._poll.poll()
                self._guard(self._libpq.consume_input)
            result = libpq.get_result()
            if libpq.status != pq.ConnStatus.OK:
                raise self._failed(Lost(libpq.get_error_message()))
        return result

    def _settle(self, result: pq.abc.PGresult) -> None:
        """Strikes what was owed; a statement that could not be prepared has to be prepared anew."""
        statement = self._unread.popleft()
        if result.status in _OK or statement is None:
            return
        if isinstance(statement, Statement):
            self._prepared.pop(statement, None)
        else:
            self._knows_ledger = False

    def _guard(self, call: Callable[..., object], *arguments: object) -> None:
        """Calls libpq; whatever it complains about means that the connection is lost."""
        try:
            call(*arguments)
        except psycopg.Error as error:
            raise self._failed(Lost(str(error))) from error

    def _load(self, result: pq.abc.PGresult, count: int) -> list[Row]:
        self._transformer.set_pgresult(result)
        return self._transformer.load_rows(0, count, tuple)

    def _failed(self, failure: StorageFailure) -> StorageFailure:
        if self.failure is None or isinstance(failure, Lost):
            self.failure = failure
        if isinstance(failure, Lost):
            self.close()
        return failure


_LEDGER = b"""
WITH given AS MATERIALIZED (
    SELECT (pair->>0)::bigint AS account_id, (pair->>1)::bigint AS count, place
    FROM json_array_elements($1::json) WITH ORDINALITY AS given(pair, place)
), moved AS (
    INSERT INTO account_counter AS counter (account_id, position)
    SELECT account_id, count FROM given ORDER BY place
    ON CONFLICT (account_id) DO UPDATE SET position = counter.position + excluded.position
    RETURNING account_id, position
), added AS (
    INSERT INTO event (account_id, position, at, kind, conversation_id, facts)
    SELECT account_id, moved.position - given.count + fact.position, fact.at, kind, conversation_id, facts
    FROM json_to_recordset($2::json) AS fact(
        account_id bigint, position bigint, at bigint, kind text, conversation_id bigint, facts text)
    JOIN moved USING (account_id) JOIN given USING (account_id)
)
SELECT account_id, position FROM moved
"""

_int8 = Struct("!q").pack
_int4 = Struct("!i").pack
_float8 = Struct("!d").pack


def _encoder(type_: object) -> tuple[Callable[[Any], bytes], int]:
    """How values of a column's type travel, and in which of libpq's formats (0 text, 1 binary)."""
    match type_:
        case BigInteger():
            return _int8, 1
        case Integer():
            return _int4, 1
        case Boolean():
            return lambda value: b"\1" if value else b"\0", 1
        case Float():
            return _float8, 1
        case String():
            return str.encode, 1
        case LargeBinary():
            return bytes, 1
        case _:
            # A parameter without a type: the server finds out what the text means.
            return lambda value: str(value).encode(), 0


_KINDS = {
    "23505": "unique",
    "23503": "foreign_key",
    "23514": "check",
    "23502": "not_null",
}


def _to_failure(result: pq.abc.PGresult) -> StorageFailure:
    field = result.error_field
    state = (field(pq.DiagnosticField.SQLSTATE) or b"").decode()
    message = (field(pq.DiagnosticField.MESSAGE_PRIMARY) or result.error_message).decode(errors="replace")
    if state in _KINDS:
        name = field(pq.DiagnosticField.CONSTRAINT_NAME) or field(pq.DiagnosticField.COLUMN_NAME) or b""
        return Violated(_KINDS[state], name.decode(), message)
    if state in {"40001", "40P01", "55P03"}:
        return Contended(message)
    # Shutdown, crash, and everything about connections.
    if state.startswith(("08", "57P")):
        return Lost(message)
    return StorageFailure(f"{state}: {message}")
