"""Limit: a socket that sends back 400 bytes, one outstanding per connection."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial

from bench import machine
from bench.generator import Figures, talk
from bench.scenario import Case, Setting, serving

TEXT = "x" * 400


def cases(setting: Setting) -> Iterator[Case]:
    for connections in (1, 50, 500):

        def run(socket: str, connections: int = connections) -> Figures:
            port = machine.free_port()
            lines = [
                {"role": "echo", "pair": number, "path": "/socket", "template": TEXT}
                for number in range(connections)
            ]
            with serving([sys.executable, "-m", "bench.echo", str(port), socket], port) as server:
                return talk(lines, port, [server.pid], seconds=setting.seconds)

        yield Case(
            f"echo-{connections}",
            f"400 bytes and back, {connections} connections",
            {"bare picows": partial(run, "picows"), "bare uvicorn": partial(run, "uvicorn")},
            {"bare uvicorn": "bare picows"},
        )
