"""What a shared inbox costs: 50 pairs talk in it, without and with 50 agents who watch list and counts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from bench.generator import Figures, Line, talk
from bench.product import Database
from bench.scenario import Case, Setting

PAIRS = WATCHERS = 50


def cases(setting: Setting) -> Iterator[Case]:
    def run(watchers: int, database: Database, rate: float) -> Figures:
        with setting.product.copy(database) as (installation, port, counted):
            streams = (f"list:open:{installation.inbox_id}", "counts")
            lines: list[Line] = installation.pairs(PAIRS)
            lines += [{"role": "watch", **installation.agent(PAIRS + n, *streams)} for n in range(watchers)]
            return talk(lines, port, counted, seconds=setting.seconds, rate=rate)

    for rate in (0, 500):
        yield Case(
            "inbox" + (f"-paced-{rate}" if rate else ""),
            f"{PAIRS} pairs in one inbox, "
            + (f"{rate:,} messages a second together" if rate else "one outstanding message each"),
            {
                "nobody watches, SQLite": partial(run, 0, "SQLite", rate),
                "50 agents watch, SQLite": partial(run, WATCHERS, "SQLite", rate),
                "nobody watches, PostgreSQL": partial(run, 0, "PostgreSQL", rate),
                "50 agents watch, PostgreSQL": partial(run, WATCHERS, "PostgreSQL", rate),
            },
            {
                "50 agents watch, SQLite": "nobody watches, SQLite",
                "50 agents watch, PostgreSQL": "nobody watches, PostgreSQL",
            },
        )
