"""Realtime runs on real storage with the toy feature, and with clients in memory or on real sockets."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from pocketdesk.realtime.bus import Bus
from pocketdesk.realtime.connection import Connection
from pocketdesk.realtime.service import Bounds, Realtime
from pocketdesk.realtime.session import Limits
from pocketdesk.storage import Engine
from tests.databases import Clock, clock, create_tables, database_url, postgres_template, sqlite_template
from tests.realtime import toy

__all__ = ["clock", "database_url", "postgres_template", "sqlite_template"]

Frame = dict[str, Any]


class Memory:
    """A client in memory: the transport of a connection, and what came through it."""

    def __init__(self, realtime: Realtime, cookie: str | None = None) -> None:
        self.frames: list[Frame] = []
        self.closed: tuple[int, str] | None = None
        self.is_stuck = False
        self.reads = True
        self.probes = 0
        self._news = asyncio.Event()
        self._taken = 0
        self.connection = Connection(realtime, self, cookie)

    # The transport.

    def write(self, frame: bytes) -> None:
        self.frames.append(msgspec.json.decode(frame))
        self._news.set()

    def probe(self) -> None:
        self.probes += 1

    def pause_reading(self) -> None:
        self.reads = False

    def resume_reading(self) -> None:
        self.reads = True

    def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)
        self._news.set()
        self.connection.lost()

    def abort(self) -> None:
        self.close(1006, "")

    # The client.

    def say(self, **frame: Any) -> None:
        self.connection.received(msgspec.json.encode(frame))

    async def next(self, kind: str | None = None) -> Frame:
        """The next frame (of a kind) that was not taken yet."""

        async with asyncio.timeout(5):
            while True:
                while self._taken < len(self.frames):
                    frame = self.frames[self._taken]
                    self._taken += 1
                    if kind in {None, frame["type"]}:
                        return frame
                if self.closed:
                    raise ConnectionError(self.closed)
                self._news.clear()
                await self._news.wait()

    async def until_closed(self) -> tuple[int, str]:
        async with asyncio.timeout(5):
            while not self.closed:
                self._news.clear()
                await self._news.wait()
        return self.closed

    def rest(self) -> list[Frame]:
        """What came and was not taken."""
        rest, self._taken = self.frames[self._taken :], len(self.frames)
        return rest


Open = Callable[..., Any]


@pytest.fixture(scope="session")
def toy_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("toy") / "toy.db"
    shutil.copy(sqlite_template, path)
    create_tables(f"sqlite:///{path}", toy.tables)
    return path


@pytest.fixture
def sqlite_engine(toy_template: Path, tmp_path: Path, clock: Clock) -> Iterator[Engine]:
    path = tmp_path / "toy.db"
    shutil.copy(toy_template, path)
    engine = Engine.open(f"sqlite:///{path}", clock=clock, randbelow=Random(1).randrange)
    yield engine
    engine.close()


@asynccontextmanager
async def running(
    engine: Engine,
    clock: Clock,
    *,
    bus: Bus | None = None,
    limits: Limits | None = None,
    bounds: Bounds | None = None,
) -> AsyncIterator[Realtime]:
    realtime = Realtime(engine, toy.ports(), clock, bus=bus, limits=limits, bounds=bounds)
    await realtime.start()
    try:
        yield realtime
    finally:
        await realtime.stop()


@pytest.fixture
async def realtime(sqlite_engine: Engine, clock: Clock) -> AsyncIterator[Realtime]:
    async with running(sqlite_engine, clock) as started:
        yield started


async def agent(realtime: Realtime, number: int = 1, account_id: int = 1) -> Memory:
    """A signed-in agent."""
    client = Memory(realtime, f"agent={number}")
    client.say(type="hello", protocol=1, account_id=account_id)
    assert (await client.next())["type"] == "welcome"
    return client


async def visitor(realtime: Realtime, number: int = 7, account_id: int = 1) -> Memory:
    """A known visitor."""
    client = Memory(realtime)
    client.say(type="hello", protocol=1, token=f"visitor:{account_id}:{number}")
    assert (await client.next())["type"] == "welcome"
    return client
