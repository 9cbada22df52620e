"""Drives bench/wsload: script in, figures out, with the CPU that the server used meanwhile."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import machine

FOLDER = Path(__file__).parent / "wsload"
Line = Mapping[str, Any]
Figures = dict[str, float]


@contextmanager
def started(lines: Sequence[Line], port: int, *words: str) -> Generator[subprocess.Popen[str]]:
    subprocess.run(["make", "--silent", "-C", str(FOLDER)], check=True)
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as script:
        script.writelines(json.dumps(line) + "\n" for line in lines)
        script.flush()
        command = machine.on_core(
            machine.GENERATOR_CORE, [str(FOLDER / "wsload"), script.name, str(port), *words]
        )
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                reach(process, "connected")
                yield process
            finally:
                process.kill()


def reach(process: subprocess.Popen[str], phase: str) -> None:
    """Waits until the generator says that it is in this phase."""
    assert process.stderr
    if (said := process.stderr.readline().strip()) != phase:
        raise RuntimeError(said + process.stderr.read())


def finish(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, err = process.communicate("\n")
    if process.returncode:
        raise RuntimeError(err)
    return json.loads(out)


def talk(
    lines: Sequence[Line], port: int, server: Iterable[int], *, seconds: float, rate: float = 0
) -> Figures:
    """Messages between pairs, or echoes; `rate` a second over all pairs, 0 for one outstanding message each.

    `server` are the roots of the process trees whose CPU is counted.
    """
    server = tuple(server)
    with started(lines, port, "--seconds", str(seconds), "--rate", str(rate)) as process:
        reach(process, "begin")
        used, busy = machine.cpu_seconds(server), machine.busy_seconds()
        reach(process, "end")
        used, busy = machine.cpu_seconds(server) - used, machine.busy_seconds() - busy
        result = finish(process)
    broken = {
        name: result[name]
        for name in (
            "lost",
            "unacked",
            "duplicated",
            "reordered",
            "duplicate_acks",
            "unexpected_acks",
            "closed",
        )
        if result[name]
    }
    if broken:
        raise RuntimeError(f"messages went wrong: {broken}, close code {result['close_code']}")
    delivered = result["delivered"] or 1
    figures: Figures = {
        "msg_per_s": result["delivered_per_s"],
        "cpu_us_per_msg": used / delivered * 1e6,
        "p50_ms": result["delivery_ms"]["p50"],
        "p99_ms": result["delivery_ms"]["p99"],
        "max_ms": result["delivery_ms"]["max"],
    }
    if "ack_ms" in result:
        figures |= {"ack_p50_ms": result["ack_ms"]["p50"], "ack_p99_ms": result["ack_ms"]["p99"]}
    if "watch_in" in result:
        watchers = sum(line["role"] == "watch" for line in lines)
        figures["watcher_frames_per_s"] = result["watch_in"]["frames"] / seconds / watchers
        figures["watcher_kb_per_s"] = result["watch_in"]["bytes"] / seconds / watchers / 1000
    figures["server_cores"] = used / seconds
    figures["generator_cores"] = result["generator_cpu"]
    figures["other_cores"] = max(0.0, busy / seconds - figures["server_cores"] - figures["generator_cores"])
    return figures


@contextmanager
def held(lines: Sequence[Line], port: int) -> Generator[dict[str, Any]]:
    """Holds the connections open for the block; what the generator counted is in the dict afterwards."""
    counted: dict[str, Any] = {}
    with started(lines, port, "--hold") as process:
        yield counted
        counted |= finish(process)
    if counted["closed"]:
        raise RuntimeError(f"{counted['closed']} connections were closed, code {counted['close_code']}")
