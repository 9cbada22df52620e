"""The gateway on real storage: nothing skipped, nothing twice, nothing to those who may not see it."""

import pytest

from pocketdesk.realtime.service import Realtime
from tests.realtime.conftest import agent, visitor

pytestmark = pytest.mark.anyio


async def test_P20_a_snapshot_comes_with_its_position_and_then_live_events(realtime: Realtime) -> None:
    client, other = await agent(realtime), await visitor(realtime)
    other.say(type="say", command_id="a", room_id=7, words="one")
    assert await other.next() == {"type": "ack", "command_id": "a", "result": {"seq": 1}}
    client.say(type="subscribe", stream="room:7")
    snapshot = await client.next()
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
