"""Limit: a socket that sends back what it gets. `python -m bench.echo PORT picows|uvicorn`."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import Any

from bench.door import Socket, no_http, serve


class Echo(Socket):
    __slots__ = ()

    def received(self, payload: bytes) -> None:
        self.send(payload)


async def echo(
    scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
) -> None:
    """The same as a bare ASGI application."""
    if scope["type"] != "websocket":
        await no_http(scope, receive, send)
        return
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message["text"]})


if __name__ == "__main__":
    port, socket = int(sys.argv[1]), sys.argv[2]
    serve(port, Echo if socket == "picows" else None, echo)
