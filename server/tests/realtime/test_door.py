"""What the door relies on in uvicorn and picows, and what it promises itself, on real sockets."""

import json
from typing import Any

import pytest
from websockets.asyncio.client import connect

from pocketdesk.realtime.service import Realtime
from tests.realtime.doors import served

pytestmark = pytest.mark.anyio


async def say(client: Any, **frame: Any) -> None:
    await client.send(json.dumps(frame))


async def take(client: Any) -> Any:
    return json.loads(await client.recv())


async def test_a_message_goes_round(realtime: Realtime) -> None:
    async with served(realtime) as door, connect(door.url) as client:
        await say(client, type="hello", protocol=1, token="visitor:1:7")
        await say(client, type="subscribe", stream="room:7")
        assert (await take(client))["type"] == "welcome"
        assert (await take(client))["type"] == "snapshot"
        await say(client, type="say", command_id="a", room_id=7, words="x" * 9_000)
        assert (await take(client))["event"]["line"] == [1, "x" * 9_000]
        assert (await take(client))["type"] == "ack"
