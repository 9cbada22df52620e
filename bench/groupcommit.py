"""Group commit without a product: a thread that stores all waiting messages in one flushed transaction.

`python -m bench.groupcommit DATABASE WRITERS SECONDS` is the limit without sockets: that many writers in one
event loop, each with one message waiting; prints one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

import psycopg
import uvloop

GROUP = 1024
TABLES = """
create table conversation (id bigint primary key, seq bigint not null, last_activity_at bigint not null);
create table message (
    conversation_id bigint not null, seq bigint not null, author_id bigint not null, at bigint not null,
    text text not null, primary key (conversation_id, seq)
);
"""


class Posting(NamedTuple):
    """One message; the first five fields are stored."""

    conversation: int
    seq: int
    author: int
    at: int
    text: str
    position: int
    command_id: str
    sender: Any


class Store:
    """Stores what is put into it and hands it back in the event loop once it is on disk."""

    def __init__(self, committed: Callable[[list[Posting]], None]) -> None:
        self.waiting: SimpleQueue[Posting] = SimpleQueue()
        self.committed = committed
        self.loop: asyncio.AbstractEventLoop | None = None

    def put(self, posting: Posting) -> None:
        if self.loop is None:
            self.loop = asyncio.get_running_loop()
            threading.Thread(target=self.run, args=(self.loop,), daemon=True).start()
        self.waiting.put(posting)

    def run(self, loop: asyncio.AbstractEventLoop) -> None:
        self.open()
        while True:
            group = [self.waiting.get()]
            try:
                while len(group) < GROUP:
                    group.append(self.waiting.get_nowait())
            except Empty:
                pass
            self.write(group)
            loop.call_soon_threadsafe(self.committed, group)

    def open(self) -> None:
        raise NotImplementedError

    def write(self, group: list[Posting]) -> None:
        raise NotImplementedError


class SqliteStore(Store):
    def __init__(self, path: str, committed: Callable[[list[Posting]], None]) -> None:
        super().__init__(committed)
        self.path = path

    def open(self) -> None:
        self.connection = sqlite3.connect(self.path, isolation_level=None)
        for statement in ("pragma journal_mode = wal", "pragma synchronous = full", *TABLES.split(";")[:2]):
            self.connection.execute(statement)

    def write(self, group: list[Posting]) -> None:
        connection = self.connection
        connection.execute("begin immediate")
        connection.executemany(
            "insert into message values (?, ?, ?, ?, ?)", [posting[:5] for posting in group]
        )
        connection.executemany(
            "insert into conversation values (?, ?, ?) on conflict (id) "
            "do update set seq = excluded.seq, last_activity_at = excluded.last_activity_at",
            [(posting[0], posting[1], posting[3]) for posting in group],
        )
        connection.execute("commit")


class PostgresStore(Store):
    def __init__(self, address: str, committed: Callable[[list[Posting]], None]) -> None:
        super().__init__(committed)
        self.address = address

    def open(self) -> None:
        self.connection = psycopg.connect(self.address, autocommit=True)
        self.connection.execute(TABLES.encode())
        self.cursor = self.connection.cursor(binary=False)

    def write(self, group: list[Posting]) -> None:
        conversations, seqs, authors, times, texts, *_ = zip(*group, strict=True)
        last = {posting[0]: posting for posting in group}
        self.cursor.execute(
            "with added as (insert into message select * from unnest("
            "%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[])) "
            "insert into conversation select * from unnest(%s::bigint[], %s::bigint[], %s::bigint[]) "
            "on conflict (id) do update set seq = excluded.seq, last_activity_at = excluded.last_activity_at",
            (
                numbers(conversations), numbers(seqs), numbers(authors), numbers(times), strings(texts),
                numbers(last), numbers([p[1] for p in last.values()]), numbers([p[3] for p in last.values()]),
            ),
            prepare=True,
        )  # fmt: skip


def numbers(values: Any) -> str:
    """An array literal; psycopg's own list adapter costs several times as much."""
    return "{" + ",".join(map(str, values)) + "}"


def strings(values: Any) -> str:
    return '{"' + '","'.join([v.replace("\\", "\\\\").replace('"', '\\"') for v in values]) + '"}'


def open_store(database: str, committed: Callable[[list[Posting]], None]) -> Store:
    kind = PostgresStore if database.startswith("postgresql") else SqliteStore
    return kind(database, committed)


async def probe(database: str, writers: int, seconds: float) -> dict[str, float]:
    """Commits per second and latency in ms, each writer with one message waiting."""
    finished, latencies, count = asyncio.Event(), list[float](), 0
    started = [0.0] * writers
    warm, end = time.perf_counter() + 0.3, time.perf_counter() + 0.3 + seconds
    text = "where is my order? " * 20

    def committed(postings: list[Posting]) -> None:
        nonlocal count
        now = time.perf_counter()
        if now >= end:
            finished.set()
            return
        for posting in postings:
            if now >= warm:
                count += 1
                latencies.append(now - started[posting.conversation])
            started[posting.conversation] = now
            store.put(posting._replace(seq=posting.seq + 1))

    store = open_store(database, committed)
    for number in range(writers):
        started[number] = time.perf_counter()
        store.put(Posting(number, 1, number, time.time_ns() // 1_000_000, text, 0, "", None))
    await finished.wait()
    latencies.sort()
    return {
        "commits_per_s": round(count / seconds, 1),
        "p50_ms": round(latencies[len(latencies) // 2] * 1000, 3),
        "p99_ms": round(latencies[len(latencies) * 99 // 100] * 1000, 3),
    }


if __name__ == "__main__":
    print(json.dumps(uvloop.run(probe(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))))
