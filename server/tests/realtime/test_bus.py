"""Several processes over one PostgreSQL: hints by a real NATS server, or none at all."""

import asyncio
import signal
import subprocess
import sysconfig
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random

import pytest

from pocketdesk.realtime.bus import SUBJECT, Bus, Hint, NatsBus, News, NoBus, Typed
from pocketdesk.realtime.service import Realtime
from pocketdesk.storage import Engine
from tests.databases import Clock, create_tables
from tests.postgres import Cluster
from tests.realtime import toy
from tests.realtime.conftest import agent, running, visitor
from tests.realtime.test_gateway import event, opened, said, settled
from tests.server import free_port

pytestmark = pytest.mark.anyio


class Nats:
    """A real NATS server that can be stopped and started."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"nats://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        program = Path(sysconfig.get_path("scripts")) / "nats-server"
        self._process = subprocess.Popen(  # noqa: ASYNC220
            [program, "--addr", "127.0.0.1", "--port", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        async with asyncio.timeout(10):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                except OSError:
                    await asyncio.sleep(0.01)
                else:
                    writer.close()
                    return

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None


@pytest.fixture
async def nats() -> AsyncIterator[Nats]:
    server = Nats()
    await server.start()
    yield server
    server.stop()


@pytest.fixture
def postgres(postgres_cluster: Cluster, postgres_template: str) -> Iterator[str]:
    url = postgres_cluster.new_database(postgres_template)
    create_tables(url, toy.tables)
    yield url
    postgres_cluster.drop(url)


async def processes(stack: AsyncExitStack, url: str, clock: Clock, *buses: Bus) -> list[Realtime]:
    """One realtime per bus, each with an engine of its own on the same database."""
    started: list[Realtime] = []
    for number, bus in enumerate(buses):
        engine = Engine.open(url, clock=clock, randbelow=Random(number).randrange)
        stack.callback(engine.close)
        started.append(await stack.enter_async_context(running(engine, clock, bus=bus)))
    return started


async def connected(*buses: NatsBus) -> None:
    async with asyncio.timeout(10):
        while not all(bus._client and bus._client.is_connected for bus in buses):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_P80_two_processes_show_one_truth(postgres: str, clock: Clock, nats: Nats) -> None:
    async with AsyncExitStack() as stack:
        buses = NatsBus(nats.url), NatsBus(nats.url)
        one, two = await processes(stack, postgres, clock, *buses)
        await connected(*buses)
        here, there = await agent(one), await agent(two)
        for client in (here, there):
            await opened(client, "room:7")
        writers = [
            said(realtime.engine, f"{name}{number}")
            for number in range(30)
            for name, realtime in (("a", one), ("b", two))
        ]
        await asyncio.gather(*writers)
        seen = [[await event(client) for _ in range(60)] for client in (here, there)]
        assert seen[0] == seen[1]
        assert sorted(seen[0]) == sorted(f"{name}{number}" for name in "ab" for number in range(30))
        fresh = await agent(two, 2)
        state = (await opened(fresh, "room:7"))["state"]["lines"]
        assert [words for _, words in state] == seen[0]
        assert await settled(here) == await settled(there) == []


async def test_P80_typing_and_access_cross_processes(postgres: str, clock: Clock, nats: Nats) -> None:
    async with AsyncExitStack() as stack:
        buses = NatsBus(nats.url), NatsBus(nats.url)
        one, two = await processes(stack, postgres, clock, *buses)
        await connected(*buses)
        watcher, typist = await agent(one), await visitor(two)
        await opened(watcher, "room:7")
        typist.say(type="typing", conversation_id=7)
        assert (await watcher.next())["author"] == {"name": "visitor:7"}
        await two.engine.write(lambda unit: toy.ban(unit, 1, "agent:1"))
        assert await watcher.until_closed() == (4401, "unauthenticated")


async def test_P80_lost_hints_cost_a_moment(
    postgres: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pocketdesk.realtime.gateway.SWEEP_S", 0.02)
    async with AsyncExitStack() as stack:
        one, two = await processes(stack, postgres, clock, NoBus(), NoBus())
        client = await agent(one)
        await opened(client, "room:7")
        for number in range(20):
            await said((one, two)[number % 2].engine, f"{number}")
        assert [await event(client) for _ in range(20)] == [f"{number}" for number in range(20)]


async def test_P80_a_bus_that_comes_late_or_goes_away_stops_nobody(
    nats: Nats, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pocketdesk.realtime.bus.RETRY_S", 0.05)
    nats.stop()
    heard: asyncio.Queue[Hint] = asyncio.Queue()
    speaker, listener = NatsBus(nats.url), NatsBus(nats.url)
    await speaker.start(lambda _: None)
    await listener.start(heard.put_nowait)
    speaker.publish(News(1, 1))
    await nats.start()
    await connected(speaker, listener)
    for position in range(2, 50):
        speaker.publish(News(1, position))
    typed = Typed(1, 7, "visitor:7", (("agent", ("room", 7), {"name": "x"}),))
    speaker.publish(typed)
    hints = [await asyncio.wait_for(heard.get(), 5) for _ in range(2)]
    assert hints == [News(1, 49), typed], "of several news the newest; topics are what they were"
    nats.stop()
    for position in range(50, 60):
        speaker.publish(News(1, position))
        await asyncio.sleep(0)
    await nats.start()
    await connected(speaker, listener)
    speaker.publish(News(1, 60))
    async with asyncio.timeout(10):
        while (await heard.get()) != News(1, 60):
            pass
    assert listener._client
    await listener._client.publish(SUBJECT, b"not a hint")
    await speaker.stop()
    await listener.stop()
