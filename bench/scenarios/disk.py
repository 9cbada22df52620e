"""Limits without a socket: a flush of the disk, and group commit from 1, 50 and 500 waiting writers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator

from bench import machine
from bench.generator import Figures
from bench.scenario import Case, Setting, folder


def flushes() -> Figures:
    """Append 4 KiB and fdatasync, again and again."""
    took = list[float]()
    with folder() as path, (path / "probe").open("wb", buffering=0) as file:
        for _ in range(1000):
            begun = time.perf_counter()
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - begun)
    took.sort()
    return {"flushes_per_s": len(took) / sum(took), "p50_ms": took[500] * 1000, "p99_ms": took[990] * 1000}


def cases(setting: Setting) -> Iterator[Case]:
    yield Case("flush", "append 4 KiB and fdatasync, one after the other", {"bare disk": flushes})

    def commits(writers: int, database: str) -> Figures:
        words = [sys.executable, "-m", "bench.groupcommit", database, str(writers), str(setting.seconds)]
        return json.loads(subprocess.check_output(machine.on_core(machine.SERVER_CORE, words)))

    for writers in (1, 50, 500):

        def sqlite(writers: int = writers) -> Figures:
            with folder() as path:
                return commits(writers, str(path / "messages.db"))

        def postgres(writers: int = writers) -> Figures:
            return commits(writers, setting.postgres.new_database())

        yield Case(
            f"commit-{writers}",
            f"group commit of message and conversation, {writers} waiting writers, no sockets",
            {"bare SQLite": sqlite, "bare PostgreSQL": postgres},
        )
