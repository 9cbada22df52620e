"""A tiny feature for realtime's own tests: rooms in which lines are said, and a list of rooms.

A visitor's bearer is `visitor:<account>:<id>`, an agent's cookie `agent=<id>`. Agents see every room that is not
hidden, visitors the room of their own number.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    select,
    text,
    update,
)

from pocketdesk.kernel.events import Event, Recorded
from pocketdesk.kernel.refusal import NotFound, Unauthenticated
from pocketdesk.realtime.ports import Command, Credential, Ports, Topic, Viewer
from pocketdesk.storage import Reader, Statement, UnitOfWork, account_key, insert, key, metadata

tables = MetaData(naming_convention=metadata.naming_convention)
room = Table(
    "toy_room",
    tables,
    account_key(),
    key("id"),
    Column("seq", BigInteger, nullable=False),
    Column("hidden", Boolean, nullable=False, server_default=text("false")),
)
line = Table(
    "toy_line",
    tables,
    account_key(),
    key("room_id"),
    key("seq"),
    Column("command_id", Text, nullable=False),
    Column("words", Text, nullable=False),
    UniqueConstraint("account_id", "room_id", "command_id"),
)
banned = Table("toy_banned", tables, account_key(), Column("viewer", Text, primary_key=True))


@dataclass(frozen=True, slots=True)
class LineSaid(Event):
    kind = "test_line_said"
    conversation_id: int
    seq: int


@dataclass(frozen=True, slots=True)
class RoomHidden(Event):
    kind = "test_room_hidden"
    conversation_id: int


@dataclass(frozen=True, slots=True)
class ViewerBanned(Event):
    kind = "test_viewer_banned"
    viewer: str


@dataclass(frozen=True, slots=True)
class Poison(Event):
    """Nobody can encode it."""

    kind = "test_poison"
    conversation_id: int


@dataclass(frozen=True, slots=True)
class Somebody:
    account_id: int
    view: str
    key: str


class Say(Command, tag="say", frozen=True):
    room_id: int
    words: str


class Break(Command, tag="break", frozen=True):
    """An action with a defect."""


_account, _id = bindparam("account_id", type_=BigInteger), bindparam("id", type_=BigInteger)
_OPEN = Statement(
    insert(room)
    .values(account_id=_account, id=_id, seq=1)
    .on_conflict_do_update(index_elements=[room.c.account_id, room.c.id], set_={"seq": room.c.seq + 1})
    .returning(room.c.seq)
)
_SAID = Statement(
    select(line.c.seq).where(
        line.c.account_id == _account, line.c.room_id == _id, line.c.command_id == bindparam("command_id")
    )
)
_SAY = Statement(insert(line))
_ROOM = Statement(select(room.c.seq, room.c.hidden).where(room.c.account_id == _account, room.c.id == _id))
_LINES = Statement(
    select(line.c.seq, line.c.words)
    .where(line.c.account_id == _account, line.c.room_id == _id)
    .order_by(line.c.seq)
)
_ROOMS = Statement(
    select(room.c.id, room.c.seq, room.c.hidden).where(room.c.account_id == _account).order_by(room.c.id)
)
_HIDE = Statement(
    update(room).where(room.c.account_id == bindparam("a"), room.c.id == bindparam("b")).values(hidden=True)
)
_BAN = Statement(insert(banned))
_BANNED = Statement(
    select(banned.c.viewer).where(banned.c.account_id == _account, banned.c.viewer == bindparam("viewer"))
)


def say(unit: UnitOfWork, viewer: Viewer, command: Say) -> Mapping[str, Any]:
    known = unit.one(_SAID, account_id=viewer.account_id, id=command.room_id, command_id=command.command_id)
    if known:
        return {"seq": known[0]}
    if command.room_id <= 0:
        raise NotFound("no such room")
    opened = unit.one(_OPEN, account_id=viewer.account_id, id=command.room_id)
    assert opened
    (seq,) = opened
    unit.run(
        _SAY,
        account_id=viewer.account_id,
        room_id=command.room_id,
        seq=seq,
        command_id=command.command_id,
        words=command.words,
    )
    unit.record(viewer.account_id, LineSaid(command.room_id, seq), enclosed=command.words)
    return {"seq": seq}


def break_(unit: UnitOfWork, viewer: Viewer, command: Break) -> Mapping[str, Any]:
    raise ZeroDivisionError


def hide(unit: UnitOfWork, account_id: int, room_id: int) -> None:
    unit.run(_HIDE, a=account_id, b=room_id)
    unit.record(account_id, RoomHidden(room_id))


def ban(unit: UnitOfWork, account_id: int, viewer: str) -> None:
    unit.run(_BAN, account_id=account_id, viewer=viewer)
    unit.record(account_id, ViewerBanned(viewer))


def poison(unit: UnitOfWork, account_id: int, room_id: int) -> None:
    unit.record(account_id, Poison(room_id))


class RoomStream:
    name = "room"

    def __init__(self) -> None:
        self.encoded: list[tuple[int, str]] = []

    def topic(self, viewer: Viewer, address: str) -> Topic:
        match = re.fullmatch(r"room:([0-9]{1,15})", address)
        if not match:
            raise NotFound("no such room")
        return ("room", int(match[1]))

    def snapshot(self, reader: Reader, viewer: Viewer, address: str) -> bytes:
        if not self.may_see(reader, viewer, address):
            raise NotFound("no such room")
        lines = reader.all(_LINES, account_id=viewer.account_id, id=int(address[5:]))
        return msgspec.json.encode({"lines": [[seq, words] for seq, words in lines]})

    def may_see(self, reader: Reader, viewer: Viewer, address: str) -> bool:
        number = int(address[5:])
        if viewer.view == "visitor" and viewer.key != f"visitor:{number}":
            return False
        found = reader.one(_ROOM, account_id=viewer.account_id, id=number)
        return not (found and found[1])

    def conversation_ids(self, reader: Reader, viewer: Viewer, address: str) -> Sequence[int] | None:
        return [int(address[5:])]

    def topics(self, event: Event) -> Iterable[Topic]:
        if isinstance(event, LineSaid | Poison | RoomHidden):
            return (("room", event.conversation_id),)
        return ()

    def encode(self, recorded: Recorded, view: str) -> bytes | None:
        match recorded.event:
            case LineSaid(_, seq):
                self.encoded.append((recorded.position, view))
                assert isinstance(recorded.enclosed, str)
                return msgspec.json.encode(
                    {"kind": "line_said", "line": [seq, recorded.enclosed], "to": view}
                )
            case RoomHidden():
                return None
            case _:
                raise ValueError("cannot be encoded")


class AllStream(RoomStream):
    """Every line of the account; its facts are not found by conversation."""

    name = "all"

    def topic(self, viewer: Viewer, address: str) -> Topic:
        return "all"

    def snapshot(self, reader: Reader, viewer: Viewer, address: str) -> bytes:
        return b"{}"

    def may_see(self, reader: Reader, viewer: Viewer, address: str) -> bool:
        return viewer.view == "agent"

    def conversation_ids(self, reader: Reader, viewer: Viewer, address: str) -> Sequence[int] | None:
        return None

    def topics(self, event: Event) -> Iterable[Topic]:
        return ("all",) if isinstance(event, LineSaid) else ()


class PairStream(AllStream):
    """Rooms 7 and 8."""

    name = "pair"

    def topic(self, viewer: Viewer, address: str) -> Topic:
        return "pair"

    def conversation_ids(self, reader: Reader, viewer: Viewer, address: str) -> Sequence[int] | None:
        return [8, 7]

    def topics(self, event: Event) -> Iterable[Topic]:
        return ("pair",) if isinstance(event, LineSaid) and event.conversation_id in {7, 8} else ()


class Rooms:
    name = "rooms"

    def __init__(self) -> None:
        self.reads = 0

    def snapshot(self, reader: Reader, viewer: Viewer, address: str) -> bytes:
        if viewer.view != "agent":
            raise NotFound("no such list")
        return msgspec.json.encode({"rows": self._rows(reader, viewer.account_id)})

    def _rows(self, reader: Reader, account_id: int) -> list[dict[str, Any]]:
        rows = reader.all(_ROOMS, account_id=account_id)
        return [{"id": number, "row": None if hidden else {"seq": seq}} for number, seq, hidden in rows]

    def touched(self, event: Event) -> Iterable[int]:
        return (event.conversation_id,) if isinstance(event, LineSaid | RoomHidden) else ()

    def patches(
        self, reader: Reader, account_id: int, ids: Sequence[int], watchers: Sequence[tuple[Viewer, str]]
    ) -> Sequence[bytes | None]:
        self.reads += 1
        patch = msgspec.json.encode([row for row in self._rows(reader, account_id) if row["id"] in ids])
        return [patch for _ in watchers]


def authenticate(reader: Reader, credential: Credential, now: int) -> Viewer:
    if credential.token and (match := re.fullmatch(r"visitor:(\d+):(\d+)", credential.token)):
        viewer = Somebody(int(match[1]), "visitor", f"visitor:{match[2]}")
    elif credential.account_id and (match := re.fullmatch(r"agent=(\d+)", credential.cookie or "")):
        viewer = Somebody(credential.account_id, "agent", f"agent:{match[1]}")
    else:
        raise Unauthenticated
    if reader.one(_BANNED, account_id=viewer.account_id, viewer=viewer.key):
        raise Unauthenticated
    return viewer


def enclose(reader: Reader, account_id: int, facts: Sequence[Recorded]) -> Sequence[Recorded]:
    rooms = {fact.event.conversation_id for fact in facts if isinstance(fact.event, LineSaid)}
    words = {
        (number, seq): text
        for number in rooms
        for seq, text in reader.all(_LINES, account_id=account_id, id=number)
    }
    return [
        replace(fact, enclosed=words[fact.event.conversation_id, fact.event.seq])
        if isinstance(fact.event, LineSaid)
        else fact
        for fact in facts
    ]


def typing(
    reader: Reader, viewer: Viewer, conversation_id: int
) -> Iterable[tuple[str, Topic, Mapping[str, Any]]]:
    if viewer.view == "visitor" and viewer.key != f"visitor:{conversation_id}":
        raise NotFound
    topic = ("room", conversation_id)
    return [("agent", topic, {"name": viewer.key}), ("visitor", topic, {"name": viewer.view})]


def changes_access(event: Event) -> Callable[[Viewer], bool] | None:
    match event:
        case RoomHidden():
            return lambda _: True
        case ViewerBanned(banned):
            return lambda viewer: viewer.key == banned
        case _:
            return None


def ports() -> Ports:
    return Ports(
        authenticate=authenticate,
        commands={Say: say, Break: break_},
        streams=[RoomStream(), AllStream(), PairStream()],
        rows=[Rooms()],
        enclose=enclose,
        changes_access=changes_access,
        typing=typing,
    )
