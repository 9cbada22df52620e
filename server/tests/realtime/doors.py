"""A real uvicorn with the real door in the test's own loop, and a client that may break every rule."""

import asyncio
import base64
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, cast

import uvicorn
from fastapi import FastAPI

from pocketdesk.app.socket import Door
from pocketdesk.realtime.service import Realtime

OURS = "https://ours.example"
KEY = base64.b64encode(bytes(16)).decode()


class Served:
    def __init__(self, door: Door, server: uvicorn.Server, port: int) -> None:
        self.door = door
        self.server = server
        self.port = port
        self.url = f"ws://127.0.0.1:{port}/socket"


@asynccontextmanager
async def served(realtime: Realtime, app: FastAPI | None = None, **words: Any) -> AsyncIterator[Served]:
    door = Door(realtime, **{"trusted_origins": {OURS}, **words})
    config = uvicorn.Config(
        app or FastAPI(),
        http=door.http_protocol,
        ws="none",
        lifespan="off",
        log_level="error",
        timeout_graceful_shutdown=3,
    )
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    task = asyncio.create_task(server._serve([listening]))
    while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
        await asyncio.sleep(0.005)
    try:
        yield Served(door, server, listening.getsockname()[1])
    finally:
        server.should_exit = True
        await task


class Raw:
    """A socket client that sends what it is told, well formed or not."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: str) -> None:
        self.reader = reader
        self.writer = writer
        self.head = head

    def send(
        self, opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0, mask: bool = True
    ) -> None:
        first = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
        bit = 0x80 if mask else 0
        size = len(payload)
        if size < 126:
            length = bytes([bit | size])
        elif size < 65_536:
            length = bytes([bit | 126]) + size.to_bytes(2, "big")
        else:
            length = bytes([bit | 127]) + size.to_bytes(8, "big")
        # A mask of zeros masks nothing.
        self.writer.write(first + length + (bytes(4) if mask else b"") + payload)

    def text(self, **frame: Any) -> None:
        self.send(1, json.dumps(frame).encode())

    async def next(self) -> tuple[int, bytes]:
        """Opcode and payload of the next frame."""
        async with asyncio.timeout(5):
            first, second = await self.reader.readexactly(2)
            size = second & 0x7F
            if size >= 126:
                size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8), "big")
            return first & 0x0F, await self.reader.readexactly(size)

    async def json(self) -> Any:
        opcode, payload = await self.next()
        assert opcode == 1, (opcode, payload)
        return json.loads(payload)

    async def closed(self) -> tuple[int, str]:
        """Code and reason of the close frame, after whatever comes before it; then the end of the stream."""
        while (frame := await self.next())[0] != 8:
            pass
        payload = frame[1]
        if len(payload) >= 2:
            self.send(8, payload[:2])
        async with asyncio.timeout(5):
            while await self.reader.read(65_536):
                pass
        return int.from_bytes(payload[:2], "big"), payload[2:].decode()

    def hold(self) -> None:
        """Takes nothing from the network."""
        self._transport().pause_reading()

    def go_on(self) -> None:
        self._transport().resume_reading()

    def _transport(self) -> asyncio.Transport:
        return cast("asyncio.Transport", self.writer.transport)

    async def leave(self) -> None:
        self.writer.close()


async def knock(port: int, *lines: str, path: str = "/socket", connection: str = "Upgrade") -> Raw:
    """Asks for an upgrade; `head` is what the server says."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    return await ask(reader, writer, *lines, path=path, connection=connection)


async def ask(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    *lines: str,
    path: str = "/socket",
    connection: str = "Upgrade",
) -> Raw:
    request = [
        f"GET {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Connection: {connection}",
        "Upgrade: websocket",
        f"Sec-WebSocket-Key: {KEY}",
        "Sec-WebSocket-Version: 13",
        *lines,
        "\r\n",
    ]
    writer.write("\r\n".join(request).encode())
    async with asyncio.timeout(5):
        head = await reader.readuntil(b"\r\n\r\n")
    return Raw(reader, writer, head.decode())


async def visiting(port: int, number: int = 7) -> Raw:
    """A visitor whom the server has welcomed."""
    client = await knock(port)
    client.text(type="hello", protocol=1, token=f"visitor:1:{number}")
    assert (await client.json())["type"] == "welcome"
    return client


def open_sockets() -> int:
    found = 0
    for file in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found += file.readlink().name.startswith("socket:")
    return found
