"""ClamAV's daemon, which looks for malware in what it is sent (`INSTREAM`)."""

import asyncio
import re
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

PIECE_BYTES = 64 * 1024
PATIENCE_S = 30.0
LONGEST_REPLY = 4_096


@dataclass(frozen=True, slots=True)
class Clean:
    """It knows nothing against these bytes."""


@dataclass(frozen=True, slots=True)
class Infected:
    """It has found malware of this name."""

    name: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """It did not answer, or not with a verdict: nobody knows."""

    reason: str


Answer = Clean | Infected | Unanswered

_UNIX = re.compile(r"/.+")
_TCP = re.compile(r"(?P<host>[A-Za-z0-9.\-]+|\[[0-9A-Fa-f:.]+\]):(?P<port>\d{1,5})")


def is_address(address: str) -> bool:
    """Whether it is `host:port`, `[::1]:port`, or the absolute path of a socket."""
    found = _TCP.fullmatch(address)
    return bool(_UNIX.fullmatch(address)) or (found is not None and 1 <= int(found["port"]) <= 65_535)


class Clamd:
    """One daemon; each question goes over a connection of its own."""

    def __init__(self, address: str, patience_s: float = PATIENCE_S) -> None:
        self._address = address
        self._patience_s = patience_s

    async def scan(self, path: Path) -> Answer:
        """What it says of a file's bytes."""
        content = await asyncio.to_thread(path.read_bytes)
        pieces = [content[start : start + PIECE_BYTES] for start in range(0, len(content), PIECE_BYTES)]
        reply = await self._ask(b"zINSTREAM\0", pieces)
        if isinstance(reply, Unanswered):
            return reply
        if reply == "stream: OK":
            return Clean()
        if reply.startswith("stream: ") and reply.endswith(" FOUND"):
            return Infected(reply.removeprefix("stream: ").removesuffix(" FOUND"))
        return Unanswered(reply)

    async def ping(self) -> Clean | Unanswered:
        """Whether it answers at all."""
        reply = await self._ask(b"zPING\0", None)
        if reply == "PONG":
            return Clean()
        return reply if isinstance(reply, Unanswered) else Unanswered(reply)

    async def _ask(self, question: bytes, pieces: list[bytes] | None) -> str | Unanswered:
        try:
            async with asyncio.timeout(self._patience_s), self._connected() as (reader, writer):
                writer.write(question)
                if pieces is not None:
                    await _stream(writer, pieces)
                reply = await reader.readuntil(b"\0")
        except TimeoutError:
            return Unanswered(f"no answer from clamd within {self._patience_s:.0f} s")
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as wrong:
            return Unanswered(f"clamd at {self._address}: {wrong}")
        return reply.rstrip(b"\0\n").decode("utf-8", "replace")

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        found = _TCP.fullmatch(self._address)
        if found:
            host = found["host"].strip("[]")
            reader, writer = await asyncio.open_connection(host, int(found["port"]), limit=LONGEST_REPLY)
        else:
            reader, writer = await asyncio.open_unix_connection(self._address, limit=LONGEST_REPLY)
        try:
            yield reader, writer
        finally:
            writer.close()


async def _stream(writer: asyncio.StreamWriter, pieces: list[bytes]) -> None:
    """Each piece behind its length; a length of nothing ends it. It may answer and hang up before that."""
    try:
        for piece in pieces:
            writer.write(struct.pack("!I", len(piece)) + piece)
            await writer.drain()
        writer.write(struct.pack("!I", 0))
        await writer.drain()
    except ConnectionError:
        pass
