"""A visitor writes, the message is on disk, the visitor is acknowledged, an agent's socket has it.

At 1, 50 and 500 pairs with one outstanding message each, and 500 pairs that write 1,000 messages a second
together; on SQLite and PostgreSQL, server and database on one core. The limit is the bare durable relay.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial

from bench import machine, product
from bench.generator import Figures, Line, talk
from bench.product import Database
from bench.scenario import Case, Goal, Setting, folder, serving

LOADS = ((1, 0), (50, 0), (500, 0), (500, 1000))


def relay_lines(pairs: int) -> list[Line]:
    lines = list[Line]()
    for number in range(pairs):
        for role, talks in (("agent", product.READS), ("visitor", product.writes(number))):
            hello = product.socket({"type": "hello", "conversation_id": number, "role": role})
            lines.append({"role": role, "pair": number, **hello, **talks})
    return lines


def cases(setting: Setting) -> Iterator[Case]:
    def relay(socket: str, database: Database, pairs: int, rate: float) -> Figures:
        port = machine.free_port()
        with folder() as path:
            on_postgres = database == "PostgreSQL"
            address = setting.postgres.new_database() if on_postgres else str(path / "messages.db")
            command = [sys.executable, "-m", "bench.relay", str(port), socket, address]
            with serving(command, port) as server:
                counted = [server.pid, setting.postgres.pid] if on_postgres else [server.pid]
                return talk(relay_lines(pairs), port, counted, seconds=setting.seconds, rate=rate)

    def whole(database: Database, pairs: int, rate: float) -> Figures:
        with setting.product.copy(database) as (installation, port, counted):
            return talk(installation.pairs(pairs), port, counted, seconds=setting.seconds, rate=rate)

    for pairs, rate in LOADS:
        subjects: dict[str, Callable[[], Figures]] = {
            "relay picows SQLite": partial(relay, "picows", "SQLite", pairs, rate),
            "product SQLite": partial(whole, "SQLite", pairs, rate),
            "relay uvicorn SQLite": partial(relay, "uvicorn", "SQLite", pairs, rate),
            "relay picows PostgreSQL": partial(relay, "picows", "PostgreSQL", pairs, rate),
            "product PostgreSQL": partial(whole, "PostgreSQL", pairs, rate),
        }
        limits = {
            "product SQLite": "relay picows SQLite",
            "relay uvicorn SQLite": "relay picows SQLite",
            "product PostgreSQL": "relay picows PostgreSQL",
        }
        goals = list[Goal]()
        if pairs == 500 and not rate:
            goals += [
                Goal("product SQLite", "msg_per_s", at_least=0.25, times="relay picows SQLite"),
                Goal("product SQLite", "p99_ms", at_most=3, times="relay picows SQLite"),
                Goal("product PostgreSQL", "msg_per_s", at_least=0.12, times="relay picows PostgreSQL"),
            ]
        if rate:
            goals.append(Goal("product SQLite", "p99_ms", at_most=2, times="relay picows SQLite"))
        yield Case(
            f"pairs-{pairs}" + (f"-paced-{rate}" if rate else ""),
            f"{pairs} pairs, "
            + (f"{rate:,} messages a second together" if rate else "one outstanding message each"),
            subjects,
            limits,
            goals,
        )
