"""What the door relies on in uvicorn and picows, and what it promises itself, on real sockets."""

import asyncio
import gc
import json
from typing import Any

import pytest
from fastapi import FastAPI
from websockets.asyncio.client import connect

from pocketdesk.app import socket as door_module
from pocketdesk.app.socket import Door, Socket
from pocketdesk.realtime.service import Bounds, Realtime
from pocketdesk.realtime.session import Limits
from pocketdesk.storage import Engine
from tests.databases import Clock
from tests.realtime.conftest import running
from tests.realtime.doors import OURS, Raw, ask, knock, open_sockets, served, visiting

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def quick_goodbyes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients that a test leaves behind answer no close."""
    monkeypatch.setattr(door_module, "GOODBYE_S", 0.05)


async def until(condition: Any) -> None:
    """Waits until the other side of the sockets has got so far."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.002)


# A client as browsers are.


async def test_P1_a_browser_like_client_talks(realtime: Realtime) -> None:
    async with served(realtime) as door, connect(door.url) as client:
        await client.send(json.dumps({"type": "hello", "protocol": 1, "token": "visitor:1:7"}))
        await client.send(json.dumps({"type": "subscribe", "stream": "room:7"}))
        kinds = [json.loads(await client.recv())["type"] for _ in range(2)]
        assert kinds == ["welcome", "snapshot"]
        await client.send(json.dumps({"type": "say", "command_id": "a", "room_id": 7, "words": "häy"}))
        assert json.loads(await client.recv())["event"]["line"] == [1, "häy"]
        assert json.loads(await client.recv())["type"] == "ack"


@pytest.mark.parametrize("connection", ["Upgrade", "upgrade", "keep-alive, Upgrade"])
async def test_the_upgrade_is_taken_as_every_browser_asks(realtime: Realtime, connection: str) -> None:
    async with served(realtime) as door:
        client = await knock(door.port, f"Cookie: a={'x' * 20_000}", connection=connection)
        assert client.head.startswith("HTTP/1.1 101 ")
        assert "sec-websocket-extensions" not in client.head.lower(), "no compression is agreed"


async def test_an_upgrade_follows_a_request_on_the_same_connection(realtime: Realtime) -> None:
    app = FastAPI()
    app.get("/hello")(lambda: "hello")
    async with served(realtime, app) as door:
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b'"hello"' in await reader.readuntil(b'"hello"')
        client = await ask(reader, writer)
        client.text(type="hello", protocol=1, token="visitor:1:7")
        assert (await client.json())["type"] == "welcome"


async def test_other_paths_have_no_socket(realtime: Realtime) -> None:
    async with served(realtime) as door:
        client = await knock(door.port, path="/elsewhere")
        assert client.head.startswith("HTTP/1.1 404 ")
        assert not door.door.sockets


async def test_a_bad_upgrade_is_refused(realtime: Realtime) -> None:
    async with served(realtime) as door:
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(b"GET /socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 400 ")
        await until(lambda: not door.door.sockets)


# Frames.


async def test_parts_of_a_message_are_joined(realtime: Realtime) -> None:
    async with served(realtime) as door:
        client = await visiting(door.port)
        text = json.dumps({"type": "say", "command_id": "a", "room_id": 7, "words": "x" * 5_000}).encode()
        client.send(1, text[:10], fin=False)
        client.send(9, b"between")
        client.send(0, text[10:4_000], fin=False)
        client.send(0, text[4_000:])
        assert await client.next() == (10, b"between")
        assert (await client.json())["type"] == "ack"


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([(2, b"binary", {})], 1003),
        ([(1, b"x", {"rsv": 4})], 1002),
        ([(1, b"x", {"rsv": 1})], 1002),
        ([(0, b"continues nothing", {})], 1002),
        ([(1, b"a", {"fin": False}), (1, b"another", {})], 1002),
        ([(1, b"\xff\xfe", {})], 1007),
        ([(1, b"a" * 65_537, {})], 1009),
        ([(1, b"a" * 40_000, {"fin": False}), (0, b"a" * 40_000, {})], 1009),
        ([(1, b"{}", {})], 4400),
        ([(1, b'{"type":"hello","protocol":1,"token":"t"}', {})], 4400),
    ],
)
async def test_P1_a_frame_that_breaks_the_rules_closes_this_socket_alone(
    realtime: Realtime, frames: list[Any], code: int
) -> None:
    async with served(realtime) as door:
        other, client = await visiting(door.port, 8), await visiting(door.port)
        for opcode, payload, words in frames:
            client.send(opcode, payload, **words)
        closed, reason = await client.closed()
        assert closed == code
        assert reason
        other.text(type="ping")
        assert await other.json() == {"type": "pong"}


async def test_P40_a_flood_closes_this_socket_alone(realtime: Realtime) -> None:
    async with served(realtime) as door:
        other, client = await visiting(door.port, 8), await visiting(door.port)
        for _ in range(5_000):
            client.text(type="ping")
        assert await client.closed() == (4429, "flooding")
        pinging = await visiting(door.port)
        for _ in range(5_000):
            pinging.send(9, b"x")
        assert await pinging.closed() == (4429, "flooding")
        other.text(type="ping")
        assert await other.json() == {"type": "pong"}


async def test_P5_pings_are_answered_and_count_as_life(realtime: Realtime) -> None:
    async with served(realtime) as door:
        client = await visiting(door.port)
        client.send(9, b"are you there")
        assert await client.next() == (10, b"are you there")
        (sock,) = door.door.sockets
        sock.probe()
        assert await client.next() == (9, b"")
        client.send(10)
        client.text(type="ping")
        assert await client.json() == {"type": "pong"}


async def test_P2_no_hello_no_socket(sqlite_engine: Engine, clock: Clock) -> None:
    async with running(sqlite_engine, clock, limits=Limits(hello_ms=0)) as realtime, served(realtime) as door:
        client = await knock(door.port)
        assert await client.closed() == (4408, "hello_timeout")


async def test_P41_large_and_small_frames_to_a_slow_reader_arrive_whole(realtime: Realtime) -> None:
    """picows' own way for large frames leaves the header of one that waits to be overwritten by that of the next."""
    async with served(realtime) as door:
        client = await visiting(door.port)
        client.hold()
        (sock,) = door.door.sockets
        sizes = [9_000 + number if number % 2 else number for number in range(2_000)]
        for size in sizes:
            sock.write(b"%d" % (size % 10) * size)
        client.go_on()
        for size in sizes:
            opcode, payload = await client.next()
            assert (opcode, len(payload)) == (1, size)
            assert set(payload) <= {ord(str(size % 10))}


# Closing.


@pytest.mark.parametrize(
    ("payload", "answer"),
    [
        (b"", b""),
        (b"\x03\xe8", b"\x03\xe8"),
        (b"\x10\xe1bye", b"\x10\xe1"),  # 4321
        (b"\x03\xee", b"\x03\xea"),  # 1006 may not be sent: 1002
        (b"\x00\x00", b"\x03\xea"),
        (b"\x13\x88", b"\x03\xea"),  # 5000
        (b"\x03", b"\x03\xea"),
        (b"\x03\xe8\xff", b"\x03\xef"),  # a reason that is not UTF-8: 1007
    ],
)
async def test_P50_a_close_is_answered(realtime: Realtime, payload: bytes, answer: bytes) -> None:
    async with served(realtime) as door:
        client = await visiting(door.port)
        client.send(8, payload)
        opcode, words = await client.next()
        assert (opcode, words[:2]) == (8, answer)
        assert await client.reader.read() == b""
        await until(lambda: not door.door.sockets)
        assert realtime.viewers == 0


async def test_P50_who_does_not_answer_our_close_is_cut_off(realtime: Realtime) -> None:
    async with served(realtime) as door:
        client = await visiting(door.port)
        client.text(type="nonsense")
        assert await client.next() == (8, b"\x11\x30bad_frame")
        assert await client.reader.read() == b""
        await until(lambda: not door.door.sockets)


async def test_P50_a_restart_says_so(realtime: Realtime) -> None:
    async with served(realtime) as door:
        clients = [await visiting(door.port, number) for number in range(1, 30)]
        silent = await knock(door.port)
        door.server.should_exit = True
        for client in [*clients, silent]:
            assert await client.closed() == (1012, "restart")
        await until(lambda: not door.door.sockets)


# Slow readers.


async def test_P41_a_reader_who_stops_is_not_waited_for(sqlite_engine: Engine, clock: Clock) -> None:
    async with (
        running(sqlite_engine, clock, limits=Limits(queue_bytes=300_000, frames_per_s=1e6)) as realtime,
        served(realtime) as door,
    ):
        slow, quick, writer = [await visiting(door.port) for _ in range(3)]
        for client in (slow, quick):
            client.text(type="subscribe", stream="room:7")
            await client.json()
        # Its TCP window stays shut: the stream reader stops reading at its limit.
        slow.hold()
        words = "x" * 50_000
        count = 160
        for number in range(count):
            writer.text(type="say", command_id=f"{number}", room_id=7, words=words)
            assert (await writer.json())["type"] == "ack"
            assert (await quick.json())["event"]["line"][0] == number + 1
        slow.go_on()
        seen = []
        while (frame := await slow.json())["type"] == "event":
            seen.append(frame["event"]["line"][0])
        assert frame == {"type": "reset", "stream": "room:7", "reason": "slow"}
        assert seen == list(range(1, len(seen) + 1)), "whatever came, came without gaps"
        assert len(seen) < count


# Who may come.


@pytest.mark.parametrize(
    ("lines", "welcome"),
    [
        (["Cookie: agent=5"], True),
        (["Cookie: agent=5", f"Origin: {OURS}"], True),
        (["Cookie: agent=5", "Origin: https://evil.example"], False),
        (["Cookie: agent=5", "Origin: null"], False),
        (["Cookie: agent=5", f"Origin: {OURS}", "Origin: https://evil.example"], False),
        ([], False),
    ],
)
async def test_P2_cookies_count_for_pages_of_ours_alone(
    realtime: Realtime, lines: list[str], welcome: bool
) -> None:
    async with served(realtime) as door:
        client = await knock(door.port, *lines)
        client.text(type="hello", protocol=1, account_id=1)
        if welcome:
            assert (await client.json())["viewer"]["key"] == "agent:5"
        else:
            assert await client.closed() == (4401, "unauthenticated")


async def test_P2_a_bearer_comes_from_any_page(realtime: Realtime) -> None:
    async with served(realtime) as door:
        client = await knock(door.port, "Origin: https://an.app.example")
        client.text(type="hello", protocol=1, token="visitor:1:7")
        assert (await client.json())["viewer"]["key"] == "visitor:7"


async def test_P42_one_address_has_only_so_many_sockets(sqlite_engine: Engine, clock: Clock) -> None:
    async with (
        running(sqlite_engine, clock, bounds=Bounds(per_address=2)) as realtime,
        served(realtime, trusted_proxies={"127.0.0.1"}) as door,
    ):
        clients = [await knock(door.port, "X-Forwarded-For: 203.0.113.9") for _ in range(3)]
        assert [client.head.split()[1] for client in clients] == ["101", "101", "429"]
        assert (await knock(door.port, "X-Forwarded-For: 203.0.113.10")).head.split()[1] == "101"
        await clients[0].leave()
        await until(lambda: len(door.door.sockets) == 2)
        assert (await knock(door.port, "X-Forwarded-For: 203.0.113.9")).head.split()[1] == "101"


async def test_P42_forwarded_addresses_count_from_trusted_proxies_alone(realtime: Realtime) -> None:
    door = Door(realtime, trusted_proxies={"10.0.0.0/8"})
    spoofed = [(b"x-forwarded-for", b"1.1.1.1, 203.0.113.9, 10.0.0.2")]
    assert door.client_of("198.51.100.7", spoofed) == "198.51.100.7"
    assert door.client_of("10.0.0.1", spoofed) == "203.0.113.9"
    assert door.client_of("10.0.0.1", []) == "10.0.0.1"
    assert door.client_of(
        "10.0.0.1", [(b"x-forwarded-for", b"203.0.113.9"), (b"x-forwarded-for", b"10.1.1.1")]
    ) == ("203.0.113.9")


# Nothing stays behind.


async def test_connections_leave_nothing_behind(realtime: Realtime) -> None:
    async with served(realtime) as door:
        await _churn(door.port)
        await until(lambda: not door.door.sockets)
        gc.collect()
        sockets = open_sockets()
        gc.disable()
        try:
            for _ in range(3):
                await _churn(door.port)
            await until(lambda: not door.door.sockets and open_sockets() <= sockets)
            left = [thing for thing in gc.get_objects() if isinstance(thing, Socket)]
            assert left == []
        finally:
            gc.enable()
        assert door.door._addresses == {}
        assert realtime.viewers == 0
        assert realtime.gateway._feeds == {}


async def _churn(port: int) -> None:
    clients: list[Raw] = [await visiting(port, number) for number in range(1, 11)]
    for place, client in enumerate(clients):
        client.text(type="subscribe", stream=f"room:{place + 1}")
        if place % 3 == 0:
            client.send(8, b"\x03\xe8")
        elif place % 3 == 1:
            client.writer.transport.abort()
        else:
            client.send(1, b"{", fin=False)
    for client in clients:
        await client.leave()
