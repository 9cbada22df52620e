"""The gateway on real storage: nothing skipped, nothing twice, nothing to those who may not see it."""

import asyncio
import logging
from random import Random
from typing import Any

import pytest

from pocketdesk.realtime import feed, gateway
from pocketdesk.realtime.service import Realtime
from pocketdesk.realtime.session import Limits
from pocketdesk.storage import Engine
from pocketdesk.storage.ledger import trim
from tests.databases import Clock
from tests.realtime import toy
from tests.realtime.conftest import Memory, agent, running, visitor

pytestmark = pytest.mark.anyio

SAYER = toy.Somebody(1, "agent", "agent:9")


async def said(engine: Engine, words: str, room_id: int = 7, account_id: int = 1) -> None:
    """Somebody says something."""
    speaker = toy.Somebody(account_id, "agent", "agent:9")
    command = toy.Say(command_id=f"c-{words}", room_id=room_id, words=words)
    await engine.write(lambda unit: toy.say(unit, speaker, command))


async def opened(client: Memory, stream: str, **fields: Any) -> Any:
    """Subscribes; the snapshot."""
    client.say(type="subscribe", stream=stream, **fields)
    snapshot = await client.next()
    assert (snapshot["type"], snapshot["stream"]) == ("snapshot", stream), snapshot
    return snapshot


async def event(client: Memory) -> str:
    """The words of the next event."""
    return (await client.next("event"))["event"]["line"][1]


async def settled(client: Memory) -> list[Any]:
    """What has come by the time that a ping has been answered."""
    client.say(type="ping")
    frames = []
    while (frame := await client.next())["type"] != "pong":
        frames.append(frame)
    return frames


# Snapshot and live.


async def test_P11_a_snapshot_comes_with_its_position_and_then_live_events(realtime: Realtime) -> None:
    client, other = await agent(realtime), await visitor(realtime)
    other.say(type="say", command_id="a", room_id=7, words="one")
    assert await other.next() == {"type": "ack", "command_id": "a", "result": {"seq": 1}}
    snapshot = await opened(client, "room:7")
    assert snapshot == {
        "type": "snapshot",
        "stream": "room:7",
        "position": "1",
        "state": {"lines": [[1, "one"]]},
    }
    other.say(type="say", command_id="b", room_id=7, words="two")
    assert await client.next() == {
        "type": "event",
        "stream": "room:7",
        "position": "2",
        "event": {"kind": "line_said", "line": [2, "two"], "to": "agent"},
    }


async def test_P11_a_fact_is_encoded_once_per_class_of_viewers(sqlite_engine: Engine, clock: Clock) -> None:
    async with running(sqlite_engine, clock) as realtime:
        watchers = [await agent(realtime, number) for number in range(1, 6)] + [await visitor(realtime)]
        for watcher in watchers:
            await opened(watcher, "room:7")
        await said(sqlite_engine, "one")
        for watcher in watchers:
            assert await event(watcher) == "one"
        stream = realtime._ports.streams[0]
        assert isinstance(stream, toy.RoomStream)
        assert sorted(stream.encoded) == [(1, "agent"), (1, "visitor")]


async def test_P10_streams_that_are_not_there_or_not_yours_are_refused(realtime: Realtime) -> None:
    client = await visitor(realtime, 7)
    for stream in ("nothing", "room:x", "room:8", "rooms"):
        client.say(type="subscribe", stream=stream)
        refused = await client.next()
        assert (refused["type"], refused["stream"], refused["code"]) == ("refused", stream, "not_found")
        assert "command_id" not in refused
    assert client.connection.session.streams == set()


async def test_P19_an_ended_subscription_brings_nothing_more(realtime: Realtime) -> None:
    client = await agent(realtime)
    await opened(client, "room:7")
    client.say(type="unsubscribe", stream="room:7")
    await said(realtime.engine, "one")
    assert await settled(client) == []
    assert not realtime.gateway._feeds[1].hub._topics


async def test_P19_subscribing_again_replaces_the_subscription(realtime: Realtime) -> None:
    client = await agent(realtime)
    await opened(client, "room:7")
    await opened(client, "room:7")
    await said(realtime.engine, "one")
    assert [frame["type"] for frame in await settled(client)] == ["event"]


async def test_accounts_do_not_hear_of_each_other(realtime: Realtime) -> None:
    ours, theirs = await agent(realtime, account_id=1), await agent(realtime, account_id=2)
    await opened(ours, "room:7")
    await opened(theirs, "room:7")
    await said(realtime.engine, "one", account_id=2)
    assert await event(theirs) == "one"
    assert await settled(ours) == []


async def test_nothing_is_left_of_those_who_went(realtime: Realtime) -> None:
    clients = [await agent(realtime), await visitor(realtime)]
    for client in clients:
        await opened(client, "room:7")
        client.connection.lost()
    assert realtime.gateway._feeds == {}
    assert realtime.viewers == 0
    await said(realtime.engine, "one")


# Resume.


async def test_P13_a_resumed_stream_gets_everything_it_missed_and_then_goes_on(realtime: Realtime) -> None:
    client = await agent(realtime)
    await opened(client, "room:7")
    await said(realtime.engine, "one")
    position = (await client.next("event"))["position"]
    client.connection.lost()
    for number in range(40):
        await said(realtime.engine, f"missed {number}")
        await said(realtime.engine, f"elsewhere {number}", room_id=8)
    again = await agent(realtime)
    again.say(type="subscribe", stream="room:7", position=position)
    assert [await event(again) for _ in range(40)] == [f"missed {number}" for number in range(40)]
    await said(realtime.engine, "live")
    assert await event(again) == "live"


async def test_P13_nothing_missed_is_nothing_said(realtime: Realtime) -> None:
    await said(realtime.engine, "one")
    client = await agent(realtime)
    client.say(type="subscribe", stream="room:7", position="1")
    await said(realtime.engine, "two")
    assert await event(client) == "two"


async def test_P13_a_stream_of_several_conversations_resumes_in_order(realtime: Realtime) -> None:
    for number in range(12):
        await said(realtime.engine, f"{number}", room_id=7 + number % 3)
    client = await agent(realtime)
    client.say(type="subscribe", stream="pair", position="3")
    assert [await event(client) for _ in range(6)] == ["3", "4", "6", "7", "9", "10"]


@pytest.mark.parametrize("position", [None, "1"])
async def test_P11_what_happens_while_the_opening_is_read_is_held(
    realtime: Realtime, monkeypatch: pytest.MonkeyPatch, position: str | None
) -> None:
    await said(realtime.engine, "one")
    client, other = await agent(realtime, 1), await agent(realtime, 2)
    await opened(other, "room:7")
    read = realtime.engine.read
    opening, gate = asyncio.Event(), asyncio.Event()

    async def slow(work: Any) -> Any:
        found = await read(work)
        opening.set()
        await gate.wait()
        return found

    with monkeypatch.context() as patched:
        patched.setattr(realtime.engine, "read", slow)
        client.say(type="subscribe", stream="room:7", **({} if position is None else {"position": position}))
        await opening.wait()
    await said(realtime.engine, "two")
    await said(realtime.engine, "three")
    assert [await event(other) for _ in range(2)] == ["two", "three"]
    assert client.rest() == []
    gate.set()
    if position is None:
        assert (await client.next())["state"]["lines"] == [[1, "one"]]
    assert [await event(client) for _ in range(2)] == ["two", "three"]


async def test_P13_facts_without_a_conversation_are_found_too(realtime: Realtime) -> None:
    for number in range(5):
        await said(realtime.engine, f"{number}", room_id=number + 1)
    client = await agent(realtime)
    client.say(type="subscribe", stream="all", position="2")
    assert [await event(client) for _ in range(3)] == ["2", "3", "4"]


@pytest.mark.parametrize("seed", range(4))
async def test_P18_snapshot_and_events_are_the_fresh_snapshot(
    sqlite_engine: Engine, clock: Clock, seed: int
) -> None:
    """Writers, watchers, cuts and resumes in any order: everyone ends with all lines, in order, once."""
    chance = Random(seed)
    async with running(sqlite_engine, clock) as realtime:
        screens = [Screen(realtime, number) for number in range(1, 5)]
        for number in range(120):
            action = chance.random()
            screen = chance.choice(screens)
            if action < 0.15:
                await screen.connect()
            elif action < 0.25:
                screen.cut()
            elif action < 0.3:
                await asyncio.sleep(0)
            else:
                asyncio.ensure_future(said(sqlite_engine, f"{number}"))  # noqa: RUF006
        await said(sqlite_engine, "last")
        fresh = await agent(realtime, 9)
        state = (await opened(fresh, "room:7"))["state"]["lines"]
        for screen in screens:
            await screen.connect()
            await screen.until("last")
            assert screen.lines == state


class Screen:
    """A client that keeps what it has over cuts, as the web client does."""

    def __init__(self, realtime: Realtime, number: int) -> None:
        self.realtime = realtime
        self.number = number
        self.client: Memory | None = None
        self.position: str | None = None
        self.lines: list[list[Any]] = []

    async def connect(self) -> None:
        self.cut()
        self.client = await agent(self.realtime, self.number)
        fields = {} if self.position is None else {"position": self.position}
        self.client.say(type="subscribe", stream="room:7", **fields)

    def cut(self) -> None:
        if self.client:
            for frame in self.client.rest():
                self.take(frame)
            self.client.connection.lost()
            self.client = None

    def take(self, frame: Any) -> None:
        if frame["type"] == "snapshot":
            self.lines = frame["state"]["lines"]
        elif frame["type"] == "event":
            self.lines.append(frame["event"]["line"])
        else:
            assert frame["type"] == "welcome", frame
            return
        self.position = frame["position"]

    async def until(self, words: str) -> None:
        assert self.client
        while not self.lines or self.lines[-1][1] != words:
            self.take(await self.client.next())


async def test_P14_what_the_ledger_no_longer_has_resets(realtime: Realtime, clock: Clock) -> None:
    for number in range(3):
        await said(realtime.engine, f"{number}")
    await realtime.engine.write(lambda unit: trim(unit, 1, clock.now + 1))
    client = await agent(realtime)
    client.say(type="subscribe", stream="room:7", position="1")
    assert await client.next() == {"type": "reset", "stream": "room:7", "reason": "trimmed"}
    assert len((await opened(client, "room:7"))["state"]["lines"]) == 3


async def test_P14_a_position_from_another_life_resets(realtime: Realtime) -> None:
    client = await agent(realtime)
    client.say(type="subscribe", stream="room:7", position="999")
    assert (await client.next())["reason"] == "trimmed"


@pytest.mark.parametrize("stream", ["room:7", "all"])
async def test_P14_who_missed_too_much_starts_with_a_snapshot(
    realtime: Realtime, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "MOST_MISSED", 4)
    monkeypatch.setattr(feed, "MOST_SCANNED", 6)
    for number in range(10):
        await said(realtime.engine, f"{number}")
    client = await agent(realtime)
    client.say(type="subscribe", stream=stream, position="3")
    assert await client.next() == {"type": "reset", "stream": stream, "reason": "trimmed"}
    client.say(type="subscribe", stream=stream, position="6")
    assert [await event(client) for _ in range(4)] == ["6", "7", "8", "9"]


async def test_P15_who_may_no_longer_see_a_stream_cannot_resume_it(realtime: Realtime) -> None:
    await said(realtime.engine, "one")
    await realtime.engine.write(lambda unit: toy.hide(unit, 1, 7))
    await said(realtime.engine, "secret")
    client = await agent(realtime)
    client.say(type="subscribe", stream="room:7", position="0")
    assert await client.next() == {"type": "reset", "stream": "room:7", "reason": "access_changed"}


# Access.


async def test_P15_a_stream_ends_for_those_who_may_no_longer_see_it(realtime: Realtime) -> None:
    client = await agent(realtime)
    await said(realtime.engine, "one")
    await opened(client, "room:7")
    await opened(client, "room:8")
    await opened(client, "rooms")
    hiding = realtime.engine.write(lambda unit: toy.hide(unit, 1, 7))
    await asyncio.gather(hiding, said(realtime.engine, "secret"), said(realtime.engine, "public", room_id=8))
    resets = [await client.next() for _ in range(2)]
    assert {reset["stream"] for reset in resets} == {"room:7", "rooms"}
    assert {reset["reason"] for reset in resets} == {"access_changed"}
    assert await event(client) == "public"
    assert await settled(client) == []


async def test_P15_who_is_no_longer_known_is_closed(realtime: Realtime) -> None:
    client, other, idle = await agent(realtime, 1), await agent(realtime, 2), await agent(realtime, 1)
    await opened(client, "room:7")
    await opened(other, "room:7")
    await opened(other, "rooms")
    await realtime.engine.write(lambda unit: toy.ban(unit, 1, "agent:1"))
    assert await client.until_closed() == (4401, "unauthenticated")
    assert await idle.until_closed() == (4401, "unauthenticated")
    await said(realtime.engine, "one")
    assert (await other.next())["type"] == "event", "nobody else's streams begin anew"
    again = Memory(realtime, "agent=1")
    again.say(type="hello", protocol=1, account_id=1)
    assert await again.until_closed() == (4401, "unauthenticated")


async def test_P15_credentials_are_looked_at_now_and_then(realtime: Realtime) -> None:
    client = await agent(realtime)
    values = {"account_id": 1, "viewer": "agent:1"}
    await realtime.engine.write(lambda unit: unit.run(toy._BAN, **values))
    await realtime.gateway._feeds[1].recheck_credentials()
    assert client.closed == (4401, "unauthenticated")


async def test_P15_a_change_between_sign_in_and_joining_is_seen(
    realtime: Realtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await agent(realtime, 2)
    authenticate = realtime.authenticate

    async def slow(credential: Any) -> Any:
        known = await authenticate(credential)
        await realtime.engine.write(lambda unit: toy.ban(unit, 1, "agent:1"))
        await asyncio.sleep(0.05)
        return known

    monkeypatch.setattr(realtime, "authenticate", slow)
    client = Memory(realtime, "agent=1")
    client.say(type="hello", protocol=1, account_id=1)
    assert await client.until_closed() == (4401, "unauthenticated")
    assert client.frames == []


async def test_P50_a_defect_at_sign_in_is_told(realtime: Realtime, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(credential: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(realtime, "authenticate", broken)
    client = Memory(realtime)
    client.say(type="hello", protocol=1, token="visitor:1:7")
    assert await client.until_closed() == (1011, "internal")


# Rows.


async def test_P20_rows_are_patched_and_coalesced(realtime: Realtime) -> None:
    rows = realtime._ports.rows[0]
    assert isinstance(rows, toy.Rooms)
    watchers = [await agent(realtime, number) for number in range(1, 4)]
    for watcher in watchers:
        await opened(watcher, "rooms")
    for number in range(50):
        await said(realtime.engine, f"{number}", room_id=1 + number % 2)
    for watcher in watchers:
        state: dict[int, Any] = {}
        while {number: row["seq"] for number, row in state.items()} != {1: 25, 2: 25}:
            patch = await watcher.next("rows")
            state |= {row["id"]: row["row"] for row in patch["rows"]}
    assert rows.reads <= 5, "at most ten a second, and one read for all"


async def test_P20_a_patch_older_than_the_snapshot_is_not_shown(realtime: Realtime) -> None:
    first, late = await agent(realtime, 1), await agent(realtime, 2)
    await opened(first, "rooms")
    await asyncio.gather(*(said(realtime.engine, f"{number}", room_id=1) for number in range(20)))
    shown = (await opened(late, "rooms"))["state"]["rows"][0]["row"]["seq"]
    await asyncio.gather(*(said(realtime.engine, f"x{number}", room_id=1) for number in range(20)))
    while shown < 40:
        seq = (await late.next("rows"))["rows"][0]["row"]["seq"]
        assert seq >= shown
        shown = seq


async def test_P20_a_resumed_window_gets_the_rows_that_changed(realtime: Realtime) -> None:
    await said(realtime.engine, "one", room_id=1)
    await said(realtime.engine, "two", room_id=2)
    client = await agent(realtime)
    client.say(type="subscribe", stream="rooms", position="1")
    patch = await client.next()
    assert patch == {
        "type": "rows",
        "stream": "rooms",
        "position": "2",
        "rows": [{"id": 2, "row": {"seq": 1}}],
    }
    client.say(type="subscribe", stream="rooms", position="2")
    assert await settled(client) == []


async def test_P20_more_rows_than_one_round_takes_come_in_the_next(
    realtime: Realtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "MOST_ROWS", 3)
    monkeypatch.setattr(feed, "PATCH_S", 0.001)
    client = await agent(realtime)
    await opened(client, "rooms")
    await asyncio.gather(*(said(realtime.engine, f"{number}", room_id=number) for number in range(1, 11)))
    known: set[int] = set()
    while len(known) < 10:
        patch = (await client.next("rows"))["rows"]
        assert len(patch) <= 3
        known |= {row["id"] for row in patch}


# Commands.


async def test_P31_a_repeated_command_gets_the_first_result(realtime: Realtime) -> None:
    client = await agent(realtime)
    await opened(client, "room:7")
    for _ in range(2):
        client.say(type="say", command_id="a", room_id=7, words="one")
        assert (await client.next("ack"))["result"] == {"seq": 1}
    assert [frame["type"] for frame in client.frames].count("event") == 1


async def test_P30_a_refused_command_says_why(realtime: Realtime) -> None:
    client = await agent(realtime)
    client.say(type="say", command_id="a", room_id=0, words="x")
    assert await client.next() == {
        "type": "refused",
        "command_id": "a",
        "code": "not_found",
        "status": 404,
        "message": "no such room",
        "fields": {},
    }


async def test_P35_a_defect_of_ours_is_answered_and_harms_nobody(
    realtime: Realtime, caplog: pytest.LogCaptureFixture
) -> None:
    client = await agent(realtime)
    client.say(type="break", command_id="a")
    refused = await client.next()
    assert (refused["code"], refused["status"]) == ("internal", 500)
    assert "ZeroDivisionError" in caplog.text
    client.say(type="say", command_id="b", room_id=7, words="x")
    assert (await client.next())["type"] == "ack"


async def test_P32_commands_of_one_client_run_in_their_order(realtime: Realtime) -> None:
    client = await agent(realtime)
    await opened(client, "room:7")
    for number in range(30):
        client.say(type="say", command_id=f"{number}", room_id=7, words=f"{number}")
    acks = [await client.next("ack") for _ in range(30)]
    assert [(ack["command_id"], ack["result"]["seq"]) for ack in acks] == [
        (f"{number}", number + 1) for number in range(30)
    ]


async def test_P35_without_a_database_the_answer_is_try_again(realtime: Realtime) -> None:
    client = await agent(realtime)
    realtime.engine.close()
    client.say(type="say", command_id="a", room_id=7, words="x")
    refused = await client.next()
    assert (refused["code"], refused["status"]) == ("unavailable", 503)


# Trouble.


async def test_P17_a_fact_that_cannot_be_encoded_stops_nobody(
    realtime: Realtime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "pocketdesk.realtime.feed")
    client, other = await agent(realtime, 1), await agent(realtime, 2)
    await opened(client, "room:7")
    await opened(other, "room:8")
    await realtime.engine.write(lambda unit: toy.poison(unit, 1, 7))
    assert await client.next() == {"type": "reset", "stream": "room:7", "reason": "fault"}
    await opened(client, "room:7")
    await said(realtime.engine, "on", room_id=7)
    await said(realtime.engine, "and on", room_id=8)
    assert await event(client) == "on"
    assert await event(other) == "and on"
    again = await agent(realtime)
    again.say(type="subscribe", stream="room:7", position="0")
    assert await again.next() == {"type": "reset", "stream": "room:7", "reason": "fault"}


async def test_P41_a_slow_reader_loses_its_stream_and_nobody_else_notices(
    sqlite_engine: Engine, clock: Clock
) -> None:
    async with running(sqlite_engine, clock, limits=Limits(queue_bytes=2_000)) as realtime:
        slow, quick = await agent(realtime, 1), await agent(realtime, 2)
        await opened(slow, "room:7")
        await opened(quick, "room:7")
        slow.connection.blocked()
        for number in range(40):
            await said(sqlite_engine, f"{number}")
        assert [await event(quick) for _ in range(40)] == [f"{number}" for number in range(40)]
        assert slow.rest() == []
        assert slow.connection.session._queued < 200
        slow.connection.unblocked()
        assert await slow.next() == {"type": "reset", "stream": "room:7", "reason": "slow"}
        await said(sqlite_engine, "more")
        assert len((await opened(slow, "room:7"))["state"]["lines"]) == 41


async def test_P41_a_stuck_reader_is_closed_by_the_clock(sqlite_engine: Engine, clock: Clock) -> None:
    async with running(sqlite_engine, clock, limits=Limits(stalled_ms=0)) as realtime:
        client = await agent(realtime)
        client.connection.blocked()
        realtime.wheel.turn(realtime.now() + 2_000)
        assert client.closed == (4430, "too_slow")


async def test_P5_a_silent_client_is_probed_and_let_go(sqlite_engine: Engine, clock: Clock) -> None:
    async with running(sqlite_engine, clock, limits=Limits(idle_ms=0, pong_ms=0)) as realtime:
        client = await agent(realtime)
        realtime.wheel.turn(realtime.now() + 6_000)
        assert client.probes >= 1
        realtime.wheel.turn(realtime.now() + 9_000)
        assert client.closed == (1006, "")


async def test_P42_one_viewer_has_only_so_many_sockets(realtime: Realtime) -> None:
    clients = [await agent(realtime) for _ in range(realtime.bounds.per_viewer)]
    more = Memory(realtime, "agent=1")
    more.say(type="hello", protocol=1, account_id=1)
    assert await more.until_closed() == (4429, "too_many_sockets")
    clients[0].connection.lost()
    await agent(realtime)


# Typing.


async def test_P60_typing_reaches_those_who_watch_and_is_not_stored(realtime: Realtime) -> None:
    watcher, typist, elsewhere = await agent(realtime), await visitor(realtime), await agent(realtime, 2)
    second = await visitor(realtime)
    await opened(watcher, "room:7")
    await opened(second, "room:7")
    await opened(elsewhere, "room:8")
    typist.say(type="typing", conversation_id=7)
    typist.say(type="typing", conversation_id=7)
    assert await watcher.next() == {
        "type": "typing",
        "conversation_id": 7,
        "author": {"name": "visitor:7"},
        "for_ms": 6_000,
    }
    assert await settled(watcher) == await settled(elsewhere) == await settled(second) == []
    assert await realtime.engine.read(lambda reader: reader.position(1)) == 0


async def test_P60_typing_where_one_may_not_is_ignored(realtime: Realtime) -> None:
    watcher, stranger = await agent(realtime), await visitor(realtime, 8)
    await opened(watcher, "room:7")
    stranger.say(type="typing", conversation_id=7)
    await asyncio.gather(*realtime.gateway._tasks)
    assert await settled(watcher) == []


# Behind the scenes.


async def test_news_that_come_while_the_feed_is_busy_are_neither_lost_nor_doubled(
    realtime: Realtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "MOST_BACKLOG", 5)
    client = await agent(realtime)
    await opened(client, "room:7")
    account = realtime.gateway._feeds[1]
    gate = asyncio.Event()

    async def wait() -> None:
        await gate.wait()

    account._worker = realtime.gateway.spawn(wait())
    for number in range(20):
        await said(realtime.engine, f"{number}")
    assert account._waiting <= 5
    gate.set()
    await account._worker
    account._worker = None
    account._wake()
    assert [await event(client) for _ in range(20)] == [f"{number}" for number in range(20)]


async def test_a_commit_that_nobody_told_is_found_by_looking(
    realtime: Realtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await agent(realtime)
    await opened(client, "room:7")
    realtime.engine.on_committed = None
    await said(realtime.engine, "one")
    await realtime.gateway._feeds[1].look()
    assert await event(client) == "one"


async def test_the_sweep_looks_at_every_feed(
    sqlite_engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "SWEEP_S", 0.01)
    async with running(sqlite_engine, clock) as realtime:
        client = await agent(realtime)
        await opened(client, "room:7")
        sqlite_engine.on_committed = None
        await said(sqlite_engine, "one")
        assert await event(client) == "one"
