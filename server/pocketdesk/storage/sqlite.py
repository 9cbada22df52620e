"""SQLite: one connection that writes, a few that read."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pocketdesk.storage import ledger
from pocketdesk.storage.errors import CommitUnknown, Contended, Lost, StorageFailure, Violated
from pocketdesk.storage.statement import Parameters, Row, Statement

_BUSY_TIMEOUT_MS = 5_000
_CACHED_STATEMENTS = 512
# SQLite copies the log back into the database inside the commit that fills these pages (64 MB). Measured with 5,000
# actions a second: p99 4.2 ms at 250 pages, 4.1 at the default 1,000, 3.5 at 4,000, 3.2 at 16,000 (8 ms at most), and a
# third less work than at 4,000, because a page that many commits change is copied once. A second connection that does
# it in the background lets the log grow to hundreds of megabytes and gains nothing.
_CHECKPOINT_PAGES = 16_000
# The leaves of the indexes in use, or each action would read them anew (the default is 2 MB).
_CACHE_KIB = 16_384
_WRITER = (
    "foreign_keys = ON",
    "journal_mode = WAL",
    "synchronous = FULL",
    f"wal_autocheckpoint = {_CHECKPOINT_PAGES}",
    f"cache_size = -{_CACHE_KIB}",
)
_READER = ("query_only = ON",)


class SqliteSession:
    """One connection. `failure` holds the first failure since `begin`."""

    def __init__(self, path: Path, *, writes: bool) -> None:
        self._path = path
        self._writes = writes
        self._connection: sqlite3.Connection | None = None
        self.failure: StorageFailure | None = None

    def begin(self) -> None:
        """Opens a transaction, and the connection where there is none."""
        self.failure = None
        try:
            if self._connection is None:
                self._connect()
            self._execute("BEGIN IMMEDIATE" if self._writes else "BEGIN")
        except (sqlite3.Error, OSError) as error:
            raise self._failed(error) from error

    def commit(self) -> None:
        """Commits; `CommitUnknown` if the disk fails meanwhile."""
        try:
            self._execute("COMMIT")
        except sqlite3.Error as error:
            if self._writes and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_IOERR:
                self.failure = CommitUnknown(str(error))
                raise self.failure from error
            raise self._failed(error) from error

    def rollback(self) -> None:
        """Undoes everything since `begin`; the connection is usable afterwards or gone."""
        try:
            if self._connection is not None and self._connection.in_transaction:
                self._execute("ROLLBACK")
        except sqlite3.Error:
            self.close()

    def savepoint(self) -> None:
        """Begins a part that can be undone alone."""
        self._control("SAVEPOINT action")

    def release(self) -> None:
        """Ends the part; what it did stays."""
        self._control("RELEASE action")

    def rollback_to_savepoint(self) -> None:
        """Undoes the part."""
        if self._connection is None or not self._connection.in_transaction:
            # Some failures (a full disk) undo the whole transaction on their own.
            raise self.failure or StorageFailure("the transaction is gone")
        self.failure = None
        self._control("ROLLBACK TO action")
        self._control("RELEASE action")

    def one(self, statement: Statement, parameters: Parameters, /) -> Row | None:
        """The first row."""
        text = statement.sqlite or statement.for_sqlite()
        try:
            row: Row | None = self._execute(text.sql, text.values(parameters)).fetchone()
        except (sqlite3.Error, OverflowError) as error:
            raise self._failed(error) from error
        return text.mend(row) if row is not None and text.mend else row

    def all(self, statement: Statement, parameters: Parameters, /) -> list[Row]:
        """All rows."""
        text = statement.sqlite or statement.for_sqlite()
        try:
            rows: list[Row] = self._execute(text.sql, text.values(parameters)).fetchall()
        except (sqlite3.Error, OverflowError) as error:
            raise self._failed(error) from error
        return list(map(text.mend, rows)) if text.mend else rows

    def run(self, statement: Statement, parameters: Parameters, /) -> None:
        """Runs it."""
        text = statement.sqlite or statement.for_sqlite()
        try:
            self._execute(text.sql, text.values(parameters))
        except (sqlite3.Error, OverflowError) as error:
            raise self._failed(error) from error

    def run_many(self, statement: Statement, rows: Sequence[Parameters], /) -> None:
        """Runs it for each row of parameters."""
        text = statement.sqlite or statement.for_sqlite()
        try:
            self._many(text.sql, map(text.values, rows))
        except (sqlite3.Error, OverflowError) as error:
            raise self._failed(error) from error

    def lock(self, key: int, /) -> None:
        """Nothing to do: a transaction that writes is alone."""

    def commit_events(
        self, counts: Sequence[tuple[int, int]], rows: Sequence[dict[str, Any]], /
    ) -> dict[int, int]:
        """Adds to accounts' counters, inserts events (`position` counts from 1 within each account's share), commits.

        Returns the accounts' new positions.
        """
        last: dict[int, int] = {}
        before: dict[int, int] = {}
        for account_id, count in counts:
            row = self.one(ledger.ADVANCE, {"account_id": account_id, "position": count})
            assert row is not None  # noqa: S101
            last[account_id] = row[0]
            before[account_id] = row[0] - count
        for event in rows:
            event["position"] += before[event["account_id"]]
        self.run_many(ledger.APPEND, rows)
        self.commit()
        return last

    def close(self) -> None:
        """Closes the connection; the next `begin` opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> None:
        connection = sqlite3.connect(
            f"{self._path.absolute().as_uri()}?mode={'rwc' if self._writes else 'ro'}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=_CACHED_STATEMENTS,
            timeout=_BUSY_TIMEOUT_MS / 1_000,
        )
        try:
            for pragma in _WRITER if self._writes else _READER:
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.Error:
            connection.close()
            raise
        self._connection = connection
        # One cursor for everything: running the next statement ends the one before.
        cursor = connection.cursor()
        self._execute = cursor.execute
        self._many = cursor.executemany

    def _control(self, sql: str) -> None:
        try:
            self._execute(sql)
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> StorageFailure:
        failure = _to_failure(error)
        if self.failure is None:
            self.failure = failure
        if isinstance(failure, Lost):
            self.close()
        return failure


_KINDS = {
    sqlite3.SQLITE_CONSTRAINT_UNIQUE: "unique",
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY: "unique",
    sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY: "foreign_key",
    sqlite3.SQLITE_CONSTRAINT_CHECK: "check",
    sqlite3.SQLITE_CONSTRAINT_NOTNULL: "not_null",
}


def _to_failure(error: Exception) -> StorageFailure:
    code = getattr(error, "sqlite_errorcode", None)
    if code in _KINDS:
        return Violated(_KINDS[code], str(error).partition(": ")[2], str(error))
    if code is not None:
        if code & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return Contended(str(error))
        if code & 0xFF in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOTADB}:
            return Lost(str(error))
    return StorageFailure(f"{type(error).__name__}: {error}")
