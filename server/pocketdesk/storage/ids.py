"""Integer ids below 2^53, in blocks per process, so that a new id costs no round trip."""

from collections.abc import Callable
from typing import Protocol

from sqlalchemy import BigInteger, Column, Table, Text, bindparam
from sqlalchemy.dialects.postgresql import insert

from pocketdesk.storage.schema import metadata
from pocketdesk.storage.statement import Parameters, Row, Statement

BLOCK = 4_096
_SMALLEST_DRAWN = 2**31
_LARGEST = 2**53

id_counter = Table(
    "id_counter",
    metadata,
    Column("name", Text, primary_key=True),
    Column("used", BigInteger, nullable=False),
)

_into = insert(id_counter).values(name="id", used=bindparam("size", type_=BigInteger))
_TAKE_BLOCK = Statement(
    _into.on_conflict_do_update(
        index_elements=[id_counter.c.name], set_={"used": id_counter.c.used + _into.excluded.used}
    ).returning(id_counter.c.used)
)


class _Session(Protocol):
    def one(self, statement: Statement, parameters: Parameters, /) -> Row | None: ...


class Ids:
    """The ids of one writer. A block that was taken in a transaction which rolls back is dropped with it."""

    __slots__ = ("_below", "_fresh", "_last", "_randbelow")

    def __init__(self, randbelow: Callable[[int], int]) -> None:
        self._last = self._below = 0
        self._fresh = False
        self._randbelow = randbelow

    def is_low(self) -> bool:
        """Whether the next group may run out, and should rather begin with a new block."""
        return self._below - self._last < BLOCK // 8

    def take_block(self, session: _Session) -> None:
        """Takes the next block from the counter, in the session's transaction."""
        row = session.one(_TAKE_BLOCK, {"size": BLOCK})
        assert row is not None  # noqa: S101
        self._below = row[0] + 1
        self._last = row[0] - BLOCK
        self._fresh = True

    def next(self, session: _Session) -> int:
        """A new id."""
        if self._last + 1 >= self._below:
            self.take_block(session)
        self._last += 1
        return self._last

    def draw(self) -> int:
        """A random id in 2^31..2^53."""
        return _SMALLEST_DRAWN + self._randbelow(_LARGEST - _SMALLEST_DRAWN)

    def keep(self) -> None:
        """The transaction is committed: what was taken in it is ours."""
        self._fresh = False

    def forget(self) -> None:
        """The transaction or savepoint is rolled back: a block taken in it is not ours."""
        if self._fresh:
            self._last = self._below = 0
            self._fresh = False
