"""What a scenario file gives: cases, each with subjects that are run in turn and compared with a limit."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

from bench import machine
from bench.generator import Figures
from bench.postgres import Postgres

if TYPE_CHECKING:
    from bench.product import Product

Subject = Callable[[], Figures]


@dataclass(frozen=True)
class Goal:
    """What the median of a subject's figure must reach or stay under."""

    subject: str
    figure: str
    at_least: float | None = None
    at_most: float | None = None
    times: str | None = None
    """The subject whose median is the unit; None for a plain value."""


@dataclass(frozen=True)
class Case:
    name: str
    title: str
    subjects: Mapping[str, Subject]
    limits: Mapping[str, str] = field(default_factory=dict[str, str])
    """For a subject, the subject that it is compared with."""
    goals: Sequence[Goal] = ()

    @property
    def bare(self) -> list[str]:
        """The subjects without the product."""
        return [name for name in self.subjects if name.startswith(("bare", "relay"))]


@dataclass(frozen=True)
class Setting:
    """What the cases of one run share."""

    seconds: float
    postgres: Postgres
    product: Product


@contextmanager
def folder() -> Generator[Path]:
    """An empty folder on the disk of the repository: elsewhere may be memory, which flushes for nothing."""
    parent = Path(__file__).parent / ".data"
    parent.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=parent) as path:
        yield Path(path)


@contextmanager
def serving(
    command: Sequence[str], port: int, *, path: str = "/readyz", environment: Mapping[str, str] | None = None
) -> Generator[Popen[bytes]]:
    """Runs a server on its core until the block ends; it is ready when `path` answers 2xx."""
    process = Popen(machine.on_core(machine.SERVER_CORE, command), env=environment)
    try:
        ready(process, f"http://127.0.0.1:{port}{path}")
        yield process
    finally:
        process.terminate()
        process.wait(20)


def ready(process: Popen[bytes], url: str) -> float:
    """Waits for a 2xx; seconds that it took."""
    begun = time.perf_counter()
    while time.perf_counter() - begun < 60:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            with urlopen(url, timeout=5):
                return time.perf_counter() - begun
        except (URLError, OSError):
            time.sleep(0.005)
    raise RuntimeError(f"{url} does not become ready")
