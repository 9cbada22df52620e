"""The decoder of images: one process per image, confined, thrown away afterwards."""

import asyncio
import json
import logging
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("reencode.py")
_AT_ONCE = 2

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """What an image may take. `pixels` counts all frames together; `fit` scales down to that many pixels, 0: never.

    `square` keeps the middle.
    """

    pixels: int = 50_000_000
    side: int = 16_384
    frames: int = 500
    duration: int = 60_000
    """Milliseconds."""
    fit: int = 0
    square: bool = False
    bytes: int = 25 * 2**20
    """Of what is made."""
    memory: int = 1_280 * 2**20
    seconds: int = 20


@dataclass(frozen=True, slots=True)
class Made:
    """An image was made anew; its size in pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class NotMade:
    """The image is refused; why, as a text for whoever sent it."""

    reason: str


class Images:
    """Makes images anew, a few at a time; the others wait."""

    def __init__(self, limits: ImageLimits | None = None) -> None:
        self._limits = limits or ImageLimits()
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="images")

    async def remake(
        self, source: Path, target: Path, kind: str, fit: int = 0, *, square: bool = False
    ) -> Made | NotMade:
        """Writes to `target` what can be seen in `source`, an image of the kind JPEG, PNG, WEBP or GIF."""
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, self._remake, source, target, kind, fit, square
        )

    def close(self) -> None:
        """Takes no more; what is being made is finished."""
        self._threads.shutdown(wait=False)

    def _remake(self, source: Path, target: Path, kind: str, fit: int, square: bool) -> Made | NotMade:
        limits = self._limits
        words = json.dumps({**asdict(limits), "fit": fit, "square": square, "format": kind})
        with source.open("rb") as image, target.open("wb") as made:
            try:
                # Both arguments are ours; no name, no environment and no open file of this process goes along.
                ran = subprocess.run(  # noqa: S603
                    [sys.executable, "-I", str(SCRIPT), words],
                    stdin=image,
                    stdout=made,
                    stderr=subprocess.PIPE,
                    env={},
                    cwd="/",
                    timeout=2 * limits.seconds,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                return NotMade("the image takes too long to open")
        answer = _answer(ran)
        if ran.returncode == 0 and "width" in answer:
            return Made(answer["width"], answer["height"])
        _log.info("an image was refused: %s", answer or f"exit code {ran.returncode}")
        return NotMade(self._reason(answer.get("refused", "")))

    def _reason(self, word: str) -> str:
        limits = self._limits
        return {
            "pixels": f"at most {limits.pixels // 1_000_000} megapixels",
            "side": f"at most {limits.side} pixels on a side",
            "frames": f"at most {limits.frames} frames",
            "bytes": f"at most {limits.bytes // 2**20} MB when saved again",
            "duration": f"at most {limits.duration // 1_000} seconds",
        }.get(word, "not a readable image")


def _answer(ran: subprocess.CompletedProcess[bytes]) -> dict[str, Any]:
    """What the process has said; nothing if it was killed, or broke."""
    try:
        return json.loads(ran.stderr) if ran.returncode in {0, 1} else {}
    except ValueError:
        return {}
