"""From the command to the first ready answer: a new installation that creates its tables, and an old one."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

from bench import machine
from bench.generator import Figures
from bench.product import running
from bench.scenario import Case, Goal, Setting, folder, serving


def figures(begun: float, pid: int) -> Figures:
    return {"ready_s": time.perf_counter() - begun, "cpu_s": machine.cpu_seconds([pid])}


def cases(_setting: Setting) -> Iterator[Case]:
    def bare() -> Figures:
        port = machine.free_port()
        begun = time.perf_counter()
        with serving([sys.executable, "-m", "bench.echo", str(port), "picows"], port) as server:
            return figures(begun, server.pid)

    def new() -> Figures:
        with folder() as data:
            begun = time.perf_counter()
            with running(data, "", unlimited=False) as (_port, pid):
                return figures(begun, pid)

    def again() -> Figures:
        with folder() as data:
            with running(data, "", unlimited=False):
                pass
            begun = time.perf_counter()
            with running(data, "", unlimited=False) as (_port, pid):
                return figures(begun, pid)

    yield Case(
        "start",
        "start to ready (files in the page cache)",
        {"bare picows": bare, "product, new": new, "product, again": again},
        {"product, new": "bare picows", "product, again": "bare picows"},
        [Goal("product, again", "ready_s", at_most=3), Goal("product, new", "ready_s", at_most=3)],
    )
