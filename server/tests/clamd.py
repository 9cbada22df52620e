"""A malware scanner in this process that speaks clamd's protocol, and knows one virus: the test file of EICAR."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

# In two parts, so that no scanner takes this file for the virus.
EICAR = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}" + "$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").encode()


class Clamd:
    """What the daemon does with each connection. `mood` makes it fail: "silent", "rude", "loading"."""

    def __init__(self, longest: int = 26 * 2**20) -> None:
        self.mood = ""
        self.longest = longest
        self.seen: list[bytes] = []
        self.address = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            command = await reader.readuntil(b"\0")
            if self.mood == "rude":
                return
            if self.mood == "silent":
                await reader.read()
                return
            if self.mood == "loading":
                writer.write(b"stream: Engine is loading. ERROR\0")
            elif command == b"zPING\0":
                writer.write(b"PONG\0")
            elif command == b"zINSTREAM\0":
                writer.write(await self._scan(reader) + b"\0")
            else:
                writer.write(b"UNKNOWN COMMAND\0")
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _scan(self, reader: asyncio.StreamReader) -> bytes:
        content = b""
        while length := struct.unpack("!I", await reader.readexactly(4))[0]:
            if len(content) + length > self.longest:
                return b"INSTREAM size limit exceeded. ERROR"
            content += await reader.readexactly(length)
        self.seen.append(content)
        return b"stream: Win.Test.EICAR_HDB-1 FOUND" if EICAR in content else b"stream: OK"


@asynccontextmanager
async def serving(clamd: Clamd, path: str | None = None) -> AsyncIterator[Clamd]:
    """Lets it listen on a free port, or on a socket of the file system."""
    if path is None:
        server = await asyncio.start_server(clamd.answer, "127.0.0.1", _free_port())
        clamd.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    else:
        server = await asyncio.start_unix_server(clamd.answer, path)
        clamd.address = path
    async with server:
        yield clamd


def _free_port() -> int:
    from tests.server import free_port

    return free_port()
