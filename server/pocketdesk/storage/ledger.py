"""The ledger: every account's events in order, each with a position that readers can follow without ever skipping one.

Positions are allotted under a lock on the account's counter just before the commit, and the lock is held until after
it. So a reader who sees a position sees every smaller one, however many processes write.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol, TypeAlias, cast
from zlib import crc32

import msgspec
from sqlalchemy import BigInteger, Column, Index, Table, Text, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from pocketdesk.kernel.events import Event, Recorded, Unknown, event_class
from pocketdesk.storage.errors import Trimmed
from pocketdesk.storage.schema import account_key, key, metadata
from pocketdesk.storage.statement import Row, Statement

Pending: TypeAlias = tuple[int, int, Event, object, str]
"""account_id, at, event, enclosed, facts"""

event = Table(
    "event",
    metadata,
    account_key(),
    key("position"),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("conversation_id", BigInteger),
    Column("facts", Text, nullable=False),
    Index(None, "account_id", "conversation_id", "position"),
    sqlite_with_rowid=False,
)

account_counter = Table(
    "account_counter",
    metadata,
    account_key(),
    Column("position", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# Apart from the counter, so that trimming never waits for those who write.
event_horizon = Table(
    "event_horizon",
    metadata,
    account_key(),
    Column("position", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)


class _Reader(Protocol):
    def one(self, statement: Statement, /, **parameters: object) -> Row | None: ...
    def all(self, statement: Statement, /, **parameters: object) -> list[Row]: ...


class _Unit(_Reader, Protocol):
    def run(self, statement: Statement, /, **parameters: object) -> None: ...


class _Session(Protocol):
    def commit(self) -> None: ...
    def commit_events(
        self, counts: Sequence[tuple[int, int]], rows: Sequence[dict[str, Any]], /
    ) -> dict[int, int]: ...


_account_id = bindparam("account_id", type_=BigInteger)
_after = bindparam("after", type_=BigInteger)
_limit = bindparam("limit", type_=BigInteger)
_in_order = (
    select(event.c.position, event.c.at, event.c.kind, event.c.facts)
    .where(event.c.account_id == _account_id, event.c.position > _after)
    .order_by(event.c.position)
    .limit(_limit)
)

ADVANCE = Statement(
    (_count := insert(account_counter))
    .on_conflict_do_update(
        index_elements=[account_counter.c.account_id],
        set_={"position": account_counter.c.position + _count.excluded.position},
    )
    .returning(account_counter.c.position)
)
"""Adds `position` to the account's counter and returns it; the counter stays locked until the commit."""

APPEND = Statement(insert(event))

_POSITION = Statement(select(account_counter.c.position).where(account_counter.c.account_id == _account_id))
_HORIZON = Statement(select(event_horizon.c.position).where(event_horizon.c.account_id == _account_id))
_EVENTS = Statement(_in_order)
_OF_CONVERSATION = Statement(
    _in_order.where(event.c.conversation_id == bindparam("conversation_id", type_=BigInteger))
)
_OLD = Statement(
    select(event.c.position, event.c.at)
    .where(event.c.account_id == _account_id)
    .order_by(event.c.position)
    .limit(_limit)
)
_REMOVE = Statement(delete(event).where(event.c.account_id == _account_id, event.c.position <= _after))
_SET_HORIZON = Statement(
    (_moved := insert(event_horizon)).on_conflict_do_update(
        index_elements=[event_horizon.c.account_id],
        set_={"position": _moved.excluded.position},
        where=event_horizon.c.position < _moved.excluded.position,
    )
)
_ACCOUNTS = Statement(
    select(account_counter.c.account_id)
    .where(account_counter.c.account_id > _after)
    .order_by(account_counter.c.account_id)
    .limit(_limit)
)


def commit(session: _Session, pending: Sequence[Pending]) -> dict[int, list[Recorded]]:
    """Allots positions, inserts the events and commits; what was recorded, by account and in order."""
    if not pending:
        session.commit()
        return {}
    counts: dict[int, int] = {}
    rows: list[dict[str, Any]] = []
    for account_id, at, fact, _, facts in pending:
        counts[account_id] = place = counts.get(account_id, 0) + 1
        rows.append(
            {
                "account_id": account_id,
                "position": place,
                "at": at,
                "kind": fact.kind,
                "conversation_id": getattr(fact, "conversation_id", None),
                "facts": facts,
            }
        )
    # In the order of their ids: two writers can wait for each other's counters, but never in a circle.
    last = session.commit_events(sorted(counts.items()), rows)
    position = {account_id: last[account_id] - count for account_id, count in counts.items()}
    recorded: dict[int, list[Recorded]] = {account_id: [] for account_id in counts}
    for account_id, at, fact, enclosed, _ in pending:
        position[account_id] = place = position[account_id] + 1
        recorded[account_id].append(Recorded(place, at, fact, enclosed))
    return recorded


def encode(fact: Event) -> str:
    """The event's fields as JSON."""
    return _encode(fact).decode()


def position(reader: _Reader, account_id: int) -> int:
    """The newest position in the reader's snapshot."""
    row = reader.one(_POSITION, account_id=account_id)
    return row[0] if row else 0


def position_at(reader: _Reader, account_id: int, at: int) -> int:
    """A position such that what happened at or after a moment (UTC ms) has positions behind it.

    Times of writers differ by a little, positions do not go back: so the place is searched between two halves, and what
    happened around the moment may be on either side.
    """
    low, high = horizon(reader, account_id), position(reader, account_id)
    while low < high:
        middle = (low + high) // 2
        rows = reader.all(_EVENTS, account_id=account_id, after=middle, limit=1)
        if rows and rows[0][1] < at:
            low = rows[0][0]
        else:
            high = middle
    return low


def horizon(reader: _Reader, account_id: int) -> int:
    """The position up to which events have been removed."""
    row = reader.one(_HORIZON, account_id=account_id)
    return row[0] if row else 0


def events(
    reader: _Reader, account_id: int, after: int, limit: int, conversation_id: int | None
) -> list[Recorded]:
    """Events after a position. Raises `Trimmed`."""
    if after < horizon(reader, account_id):
        raise Trimmed
    if conversation_id is None:
        rows = reader.all(_EVENTS, account_id=account_id, after=after, limit=limit)
    else:
        rows = reader.all(
            _OF_CONVERSATION, account_id=account_id, after=after, limit=limit, conversation_id=conversation_id
        )
    return [Recorded(place, at, _decode(kind, facts)) for place, at, kind, facts in rows]


def trim(unit: _Unit, account_id: int, before: int, limit: int = 500) -> bool:
    """Removes up to `limit` events older than `before` (UTC ms) from the beginning; True if there may be more."""
    old = [place for place, at in unit.all(_OLD, account_id=account_id, limit=limit) if at < before]
    if old:
        unit.run(_REMOVE, account_id=account_id, after=old[-1])
        unit.run(_SET_HORIZON, account_id=account_id, position=old[-1])
    return len(old) == limit


def accounts(reader: _Reader, after: int, limit: int) -> list[int]:
    """Ids of accounts that have events, in order."""
    return [account_id for (account_id,) in reader.all(_ACCOUNTS, after=after, limit=limit)]


def lock_key(place: str, account_id: int, number: int) -> int:
    """A 64-bit number for an advisory lock. Two names may share one: that costs a wait, nothing else."""
    high = crc32(f"{place}:{account_id}".encode())
    low = crc32(str(number).encode(), high)
    return (high << 32 | low) - 2**63


_encode = msgspec.json.Encoder().encode


def _decode(kind: str, facts: str) -> Event:
    try:
        decoder = _decoder(kind)
    except KeyError:
        return Unknown(kind)
    return decoder.decode(facts)


@cache
def _decoder(kind: str) -> msgspec.json.Decoder[Event]:
    return cast("msgspec.json.Decoder[Any]", msgspec.json.Decoder(event_class(kind)))
