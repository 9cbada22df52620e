"""The fallback through a real server: the same frames, the same resume, over plain requests."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI

from pocketdesk.app import http, polling
from pocketdesk.realtime.service import Bounds, Realtime
from pocketdesk.storage import Engine
from tests.databases import Clock
from tests.realtime import toy
from tests.realtime.conftest import agent, running
from tests.realtime.doors import OURS, served, visiting

pytestmark = pytest.mark.anyio

VISITOR = {"Authorization": "Bearer visitor:1:7"}
AGENT = {"Cookie": "agent=5", "X-Account": "1", "Origin": OURS}


class Fallback:
    """A client that knows plain requests only."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def post(self, path: str, body: Any, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        reader, writer = await self.open(path, body, headers)
        async with asyncio.timeout(10):
            answer = await reader.read()
        writer.close()
        head, _, text = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), json.loads(text)

    async def open(
        self, path: str, body: Any, headers: dict[str, str] | None = None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        lines = {"Host": "x", "Connection": "close", "Content-Length": str(len(text)), **(headers or VISITOR)}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(f"POST /realtime/{path} HTTP/1.1\r\n{head}\r\n".encode() + text)
        return reader, writer

    async def say(self, words: str, **headers: str) -> Any:
        command = {"type": "say", "command_id": f"c-{words}", "room_id": 7, "words": words}
        status, answer = await self.post("commands", {"commands": [command]}, headers or None)
        assert status == 200, answer
        return answer["replies"]

    async def poll(self, position: str | None = None, wait_ms: int = 0, stream: str = "room:7") -> list[Any]:
        wanted = {"stream": stream} if position is None else {"stream": stream, "position": position}
        status, answer = await self.post("poll", {"streams": [wanted], "wait_ms": wait_ms})
        assert status == 200, answer
        return answer["frames"]


@asynccontextmanager
async def fallback(realtime: Realtime) -> AsyncIterator[Fallback]:
    app = FastAPI()
    app.state.realtime = realtime
    app.state.clock = realtime.clock
    app.state.trusted_origins = frozenset({OURS})
    app.state.settings = SimpleNamespace(origin=OURS)
    http.install(app)
    app.include_router(polling.router)
    async with served(realtime, app) as door:
        yield Fallback(door.port)


async def test_P70_commands_are_run_in_order_and_answered_like_on_a_socket(realtime: Realtime) -> None:
    async with fallback(realtime) as client:
        commands = [
            {"type": "say", "command_id": "a", "room_id": 7, "words": "one"},
            {"type": "say", "command_id": "b", "room_id": 0, "words": "nowhere"},
            {"type": "say", "command_id": "c", "room_id": "7"},
            {"type": "typing", "conversation_id": 7},
            {"type": "say", "command_id": "a", "room_id": 7, "words": "one"},
        ]
        status, answer = await client.post("commands", {"commands": commands})
        assert status == 200
        first, nowhere, malformed, again = answer["replies"]
        assert first == again == {"type": "ack", "command_id": "a", "result": {"seq": 1}}
        assert (nowhere["type"], nowhere["command_id"], nowhere["status"]) == ("refused", "b", 404)
        assert (malformed["command_id"], malformed["status"], list(malformed["fields"])) == (
            "c",
            422,
            ["room_id"],
        )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"no json", "body"),
        (b"\xff", "body"),
        ({}, "commands"),
        ({"commands": []}, "commands"),
        ({"commands": "all"}, "commands"),
        ({"commands": [{"type": "ping"}]}, "commands.0.type"),
        (
            {"commands": [{"type": "say", "command_id": "a", "room_id": 7, "words": "x"}, {"type": "what"}]},
            "commands.1",
        ),
        ({"commands": [{"type": "typing", "conversation_id": 1}] * 51}, "commands"),
        ({"commands": [{"type": "ping"}], "more": 1}, "more"),
    ],
)
async def test_P70_a_body_of_the_wrong_form_changes_nothing(
    realtime: Realtime, body: Any, field: str
) -> None:
    async with fallback(realtime) as client:
        status, answer = await client.post("commands", body)
        assert (status, answer["code"], list(answer["fields"])) == (422, "invalid", [field])
        assert await realtime.engine.read(lambda reader: reader.position(1)) == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"streams": [{"stream": "room:7", "position": "x"}]}, "streams[0].position"),
        ({"streams": [{"stream": "room:7"}], "wait_ms": 26_000}, "wait_ms"),
        ({"streams": [{"stream": "room:7"}] * 21}, "streams"),
        ({"wait_ms": 0}, "streams"),
    ],
)
async def test_P71_a_poll_of_the_wrong_form_is_refused_by_field(
    realtime: Realtime, body: Any, field: str
) -> None:
    async with fallback(realtime) as client:
        status, answer = await client.post("poll", body)
        assert (status, list(answer["fields"])) == (422, [field])


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": "Bearer nobody"}, 401),
        ({"X-Account": "1"}, 401),
        ({**AGENT, "Cookie": "agent=x"}, 401),
        ({**AGENT, "Origin": "https://evil.example"}, 403),
        ({"Cookie": "agent=5", "X-Account": "1"}, 403),
        ({**AGENT, "X-Account": "one"}, 422),
        (AGENT, 200),
    ],
)
async def test_P70_callers_are_known_as_on_a_socket(
    realtime: Realtime, headers: dict[str, str], status: int
) -> None:
    async with fallback(realtime) as client:
        for path, body in (
            ("poll", {"streams": [], "wait_ms": 0}),
            ("commands", {"commands": [{"type": "typing", "conversation_id": 7}]}),
        ):
            assert (await client.post(path, body, headers))[0] == status


async def test_P71_a_poll_starts_with_a_snapshot_and_goes_on_from_its_position(realtime: Realtime) -> None:
    async with fallback(realtime) as client:
        await client.say("one")
        (snapshot,) = await client.poll()
        assert (snapshot["type"], snapshot["state"]["lines"]) == ("snapshot", [[1, "one"]])
        assert await client.poll(snapshot["position"]) == []
        await client.say("two")
        await client.say("three")
        events = await client.poll(snapshot["position"])
        assert [event["event"]["line"] for event in events] == [[2, "two"], [3, "three"]]


async def test_P71_a_poll_waits_for_news(realtime: Realtime) -> None:
    async with fallback(realtime) as client:
        (snapshot,) = await client.poll()
        waiting = asyncio.create_task(client.poll(snapshot["position"], 20_000))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await client.say("news")
        (event,) = await waiting
        assert event["event"]["line"] == [1, "news"]


async def test_P71_a_stream_that_is_refused_is_told(realtime: Realtime) -> None:
    async with fallback(realtime) as client:
        (refused,) = await client.poll(stream="room:8", wait_ms=20_000)
        assert (refused["type"], refused["stream"], refused["status"]) == ("refused", "room:8", 404)


async def test_P71_polls_end_with_access_and_with_the_server(realtime: Realtime) -> None:
    async with fallback(realtime) as client:
        body = {"streams": [{"stream": "room:7"}], "wait_ms": 0}
        agents = {"streams": [{"stream": "room:7", "position": "0"}], "wait_ms": 20_000}
        assert (await client.post("poll", body, AGENT))[0] == 200
        waiting = asyncio.create_task(client.post("poll", agents, AGENT))
        await asyncio.sleep(0.05)
        await realtime.engine.write(lambda unit: toy.ban(unit, 1, "agent:5"))
        status, answer = await waiting
        assert (status, answer["code"]) == (401, "unauthenticated")
        waiting = asyncio.create_task(client.poll("1", 20_000))
        await asyncio.sleep(0.05)
    assert await waiting == [], "a restart keeps nobody"


async def test_P71_who_hangs_up_is_forgotten(realtime: Realtime) -> None:
    async with fallback(realtime) as client:
        _, writer = await client.open("poll", {"streams": [{"stream": "room:7", "position": "0"}]})
        async with asyncio.timeout(5):
            while not realtime.viewers:  # noqa: ASYNC110
                await asyncio.sleep(0.002)
            writer.close()
            while realtime.viewers:  # noqa: ASYNC110
                await asyncio.sleep(0.002)


async def test_P71_polls_are_bounded(sqlite_engine: Engine, clock: Clock) -> None:
    async with (
        running(sqlite_engine, clock, bounds=Bounds(per_viewer=1)) as realtime,
        fallback(realtime) as client,
    ):
        await visiting(client.port)
        status, answer = await client.post("poll", {"streams": []})
        assert (status, answer["code"]) == (429, "too_many")


async def test_P70_commands_are_limited_per_viewer(realtime: Realtime, clock: Clock) -> None:
    typing = {"commands": [{"type": "typing", "conversation_id": 7}] * 50}
    async with fallback(realtime) as client:
        statuses = [(await client.post("commands", typing))[0] for _ in range(5)]
        assert statuses == [200] * 4 + [429]
        clock.advance(1_000)
        assert (await client.post("commands", typing))[0] == 200


async def test_P60_typing_by_request_reaches_sockets_once_in_a_while(
    realtime: Realtime, clock: Clock
) -> None:
    async with fallback(realtime) as client:
        watcher = await agent(realtime)
        watcher.say(type="subscribe", stream="room:7")
        await watcher.next("snapshot")
        for _ in range(3):
            await client.post("commands", {"commands": [{"type": "typing", "conversation_id": 7}]})
        clock.advance(3_000)
        status, answer = await client.post(
            "commands", {"commands": [{"type": "typing", "conversation_id": 7}]}
        )
        assert (status, answer) == (200, {"replies": []})
        assert [frame["type"] for frame in watcher.rest()] == ["typing", "typing"]


async def test_P72_sockets_and_polls_are_one_conversation(realtime: Realtime) -> None:
    async with fallback(realtime) as client:
        socket = await visiting(client.port)
        socket.text(type="subscribe", stream="room:7")
        position = (await socket.json())["position"]
        await client.say("by request")
        event = await socket.json()
        assert event["event"]["line"] == [1, "by request"]
        assert await client.poll(position) == [event]
