"""A real uvicorn with the real door, in the test's own loop."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI

from pocketdesk.app.socket import Door
from pocketdesk.realtime.service import Realtime


@asynccontextmanager
async def served(realtime: Realtime, app: FastAPI | None = None, **words: Any) -> AsyncIterator["Served"]:
    door = Door(realtime, **{"trusted_origins": {"https://ours.example"}, **words})
    config = uvicorn.Config(
        app or FastAPI(),
        http=door.http_protocol,
        ws="websockets-sansio",
        lifespan="off",
        log_level="error",
        timeout_graceful_shutdown=3,
    )
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    task = asyncio.create_task(server._serve([listening]))
    while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
        await asyncio.sleep(0.005)
    running = Served(door, server, listening.getsockname()[1])
    try:
        yield running
    finally:
        server.should_exit = True
        await task


class Served:
    def __init__(self, door: Door, server: uvicorn.Server, port: int) -> None:
        self.door = door
        self.server = server
        self.port = port
        self.url = f"ws://127.0.0.1:{port}/socket"
