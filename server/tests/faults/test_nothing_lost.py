"""Kill the server or cut its sockets at random moments under load: nothing acknowledged is lost or doubled."""

import asyncio
import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.faults.clients import Client, Proxy
from tests.server import Server

KILLS = int(os.environ.get("POCKETDESK_FAULT_KILLS", "5"))
VISITORS = 6


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    database = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with Server(tmp_path, database_url=database) as running:
        yield running


async def _talk(visitor: Client, name: str, stop: asyncio.Event, dice: random.Random) -> None:
    """A visitor starts a conversation and goes on writing; up to three messages are under way at a time."""
    start = {
        "type": "start_conversation",
        "client_conversation_id": str(uuid4()),
        "client_message_id": str(uuid4()),
        "mobile_tag": "support",
        "content": {"text": f"{name} 0"},
    }
    await visitor.say(start)
    await visitor.until(lambda: visitor.acknowledged, 60)
    conversation_id = next(iter(visitor.acknowledged.values()))["result"]["conversation_id"]
    number = 0
    while not stop.is_set():
        number += 1
        await visitor.say(
            {
                "type": "post_message",
                "conversation_id": conversation_id,
                "client_message_id": str(uuid4()),
                "content": {"text": f"{name} {number}"},
            }
        )
        await visitor.until(lambda: len(visitor.outbox) < 3, 60)
        await asyncio.sleep(dice.random() * 0.02)


async def _answer(agent: Client, stop: asyncio.Event, dice: random.Random) -> None:
    """The agent answers whichever conversation it likes."""
    number = 0
    while not stop.is_set():
        if agent.seen and len(agent.outbox) < 5:
            number += 1
            await agent.say(
                {
                    "type": "post_message",
                    "conversation_id": dice.choice(list(agent.seen)),
                    "client_message_id": str(uuid4()),
                    "content": {"text": f"agent {number}"},
                }
            )
        await asyncio.sleep(dice.random() * 0.03)


async def _open_conversations(agent: Client, visitors: Sequence[Client], stop: asyncio.Event) -> None:
    """The agent opens every conversation as soon as its visitor knows it."""
    opened: set[int] = set()
    while not stop.is_set():
        for visitor in visitors:
            for number in set(visitor.seen) - opened:
                opened.add(number)
                await agent.subscribe(f"conversation:{number}")
        await asyncio.sleep(0.05)


def _texts(entries: dict[int, Any], key: str) -> list[str]:
    return [entries[seq][key] for seq in sorted(entries) if key in entries[seq]]


def _judge(server: Server, visitors: Sequence[Client], agent: Client) -> int:
    """Compares what was acknowledged, what both sides saw live, and what the database holds; counts it."""
    checked = 0
    everything_said = [command for client in (*visitors, agent) for command in client.acknowledged.values()]
    assert not agent.refused, agent.refused[:3]
    for visitor in visitors:
        assert not visitor.refused, visitor.refused[:3]
        assert not visitor.doubled, visitor.doubled[:3]
        (conversation_id,) = visitor.seen
        stored = server.timeline(conversation_id)
        assert [entry["seq"] for entry in stored] == list(range(1, len(stored) + 1)), "a gap in the sequence"
        ids = [entry["client_message_id"] for entry in stored if entry.get("client_message_id")]
        assert len(ids) == len(set(ids)), "a message is there twice"
        for side in (*visitors, agent):
            said = [
                command["client_message_id"]
                for command in side.acknowledged.values()
                if command["result"]["conversation_id"] == conversation_id
            ]
            assert [each for each in ids if each in set(said)] == said, (
                "acknowledged, but lost or out of order"
            )
        messages = {entry["seq"]: entry["content"] for entry in stored if entry["kind"] == "message"}
        for side, who in ((visitor, "visitor"), (agent, "agent")):
            live = {
                seq: entry["content"]
                for seq, entry in side.seen[conversation_id].items()
                if "content" in entry
            }
            assert live == messages, f"the {who} saw something else"
        checked += len(messages)
    assert not agent.doubled, agent.doubled[:3]
    assert len(everything_said) >= KILLS
    return checked


@pytest.mark.anyio
@pytest.mark.timeout(60 + 30 * KILLS)
@pytest.mark.parametrize("fault", ["kill", "cut"])
async def test_nothing_is_lost_doubled_or_out_of_order(server: Server, fault: str) -> None:
    dice = random.Random(20261125)
    proxy = Proxy(server.port)
    await proxy.start()
    url = f"ws://127.0.0.1:{proxy.port}/socket"
    visitors = [
        Client(url, {"type": "hello", "protocol": 1, "token": server.visitor_token("support")}, ["visitor"])
        for _ in range(VISITORS)
    ]
    agent = Client(
        url,
        {"type": "hello", "protocol": 1, "account_id": server.account_id},
        [],
        headers={"Cookie": server.cookie, "Origin": server.origin},
    )
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        lines = [group.create_task(client.run()) for client in (*visitors, agent)]
        work = [group.create_task(_talk(each, f"visitor {n}", stop, dice)) for n, each in enumerate(visitors)]
        work += [
            group.create_task(_open_conversations(agent, visitors, stop)),
            group.create_task(_answer(agent, stop, dice)),
        ]
        await asyncio.gather(*(visitor.until(lambda v=visitor: v.seen, 60) for visitor in visitors))
        for _ in range(KILLS):
            await asyncio.sleep(0.1 + dice.random())
            if fault == "kill":
                await asyncio.to_thread(server.kill)
                await asyncio.to_thread(server.start)
            else:
                proxy.cut()
        await asyncio.sleep(0.5)
        stop.set()
        await asyncio.gather(*work)
        for client in (*visitors, agent):
            await client.until(lambda c=client: not c.outbox, 60)
        await asyncio.gather(*(_caught_up(server, side, visitors) for side in (*visitors, agent)))
        for line in lines:
            line.cancel()
    await proxy.stop()
    assert all(client.connects > 1 for client in (*visitors, agent)), "the fault reached nobody"
    assert _judge(server, visitors, agent) > VISITORS * KILLS


async def _caught_up(server: Server, side: Client, visitors: Sequence[Client]) -> None:
    """Waits until a side shows as many messages as the database has, in each conversation it watches."""
    for number in list(side.seen):
        there = len(
            [
                entry
                for entry in await asyncio.to_thread(server.timeline, number)
                if entry["kind"] == "message"
            ]
        )
        await side.until(lambda n=number, t=there: len(_texts(side.seen[n], "content")) >= t, 60)
