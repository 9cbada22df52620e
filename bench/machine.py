"""The machine under the figures: what it is, who uses its cores and memory, and where each part runs."""

from __future__ import annotations

import os
import platform
import resource
import socket
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from random import randrange

CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, GENERATOR_CORE = CORES[0], CORES[-1]
PACKAGES = (
    "uvicorn",
    "uvloop",
    "httptools",
    "picows",
    "msgspec",
    "psycopg",
    "sqlalchemy",
    "fastapi",
    "pydantic",
)


def prepare() -> None:
    """Allows this process and its children as many sockets as there may be, and leaves the server's core."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    os.sched_setaffinity(0, {GENERATOR_CORE})


def on_core(core: int, command: Iterable[str]) -> list[str]:
    return ["taskset", "-c", str(core), *command]


def free_port() -> int:
    """A port below those that connections get, so that nothing takes it meanwhile."""
    while True:
        port = randrange(21_000, 32_000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def tree(root: int) -> list[int]:
    """A process and all its descendants."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(stat.parent.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def cpu_seconds(roots: Iterable[int]) -> float:
    """CPU time used so far by the threads of these process trees."""
    total = 0
    for root in roots:
        for pid in tree(root):
            for schedstat in Path(f"/proc/{pid}/task").glob("*/schedstat"):
                try:
                    total += int(schedstat.read_text().split()[0])
                except OSError:
                    continue
    return total / 1e9


def pss_bytes(roots: Iterable[int]) -> int:
    """Memory of these process trees, shared pages counted in parts."""
    total = 0
    for root in roots:
        for pid in tree(root):
            try:
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            except OSError:
                continue
            total += (
                next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) * 1024
            )
    return total


def busy_seconds() -> float:
    """CPU time used so far by everything on this machine."""
    user, nice, system, _idle, _wait, irq, softirq, *_ = map(
        int, Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    )
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def facts() -> dict[str, object]:
    cpu = next(
        line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")
    )
    memory = int(Path("/proc/meminfo").read_text().split()[1])
    return {
        "cpu": cpu.partition(":")[2].strip(),
        "cores": len(CORES),
        "memory_gib": round(memory / 2**20, 1),
        "kernel": platform.release(),
        "system": platform.freedesktop_os_release()["PRETTY_NAME"],
        "file_system": output("stat", "-f", "-c", "%T", "."),
        "python": sys.version.split()[0],
        "packages": {name: version(name) for name in PACKAGES},
        "postgresql": output("/usr/lib/postgresql/15/bin/postgres", "--version")
        .rpartition(") ")[2]
        .split(" ")[0]
        or output("/usr/lib/postgresql/15/bin/postgres", "--version"),
        "commit": output("git", "describe", "--always", "--dirty"),
        "load": os.getloadavg()[0],
    }
