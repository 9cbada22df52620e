"""Memory of an empty server and of 5,000 idle sockets: signed-in visitors who follow their conversations."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

from bench import machine
from bench.generator import Figures, Line, held
from bench.scenario import Case, Goal, Setting, serving

SOCKETS = 5000


def memory(lines: list[Line], port: int, server: int) -> Figures:
    time.sleep(1)  # start-up's own work ends
    empty = machine.pss_bytes([server])
    with held(lines, port) as counted:
        time.sleep(1)  # what the last sign-ins left ends
        full = machine.pss_bytes([server])
    return {
        "empty_mb": empty / 1e6,
        "kb_per_socket": (full - empty) / len(lines) / 1000,
        "connects_per_s": counted["connects_per_s"],
    }


def cases(setting: Setting) -> Iterator[Case]:
    def bare() -> Figures:
        port = machine.free_port()
        lines: list[Line] = [{"role": "idle", "path": "/socket"}] * SOCKETS
        with serving([sys.executable, "-m", "bench.echo", str(port), "picows"], port) as server:
            return memory(lines, port, server.pid)

    def product() -> Figures:
        with setting.product.copy("SQLite") as (installation, port, (server, *_)):
            lines: list[Line] = [{"role": "idle", **installation.visitor(n)} for n in range(SOCKETS)]
            return memory(lines, port, server)

    yield Case(
        "idle",
        f"{SOCKETS:,} idle sockets (connects include sign-in and subscription)",
        {"bare picows": bare, "product SQLite": product},
        {"product SQLite": "bare picows"},
        [
            Goal("product SQLite", "kb_per_socket", at_most=20),
            Goal("product SQLite", "empty_mb", at_most=130),
        ],
    )
