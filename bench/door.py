"""The bare socket door: picows behind uvicorn's upgrade, on one port with HTTP.

The limits (echo, relay) serve through it, so that they and the product differ by product logic only.
"""

# picows does not export its protocol class, and uvicorn types none of what a subclass touches.
# pyright: reportAttributeAccessIssue=false, reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false, reportUntypedBaseClass=false, reportMissingSuperCall=false
from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
from picows import WSAutoPingStrategy, WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport
from picows.picows import WSProtocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

TEXT = WSMsgType.TEXT
MAX_FRAME = 65_536
LOGGER = logging.LoggerAdapter(logging.getLogger("bench.door"), {})
AsgiApp = Callable[
    [dict[str, Any], Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]
]


class Socket(WSListener):
    """One socket; a scenario's server subclasses it and overrides `received`."""

    __slots__ = ("transport",)

    def received(self, payload: bytes) -> None:
        raise NotImplementedError

    def left(self) -> None:
        """The socket is gone."""

    def send(self, payload: bytes) -> None:
        if self.transport is not None:
            self.transport.send(TEXT, payload)

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport: WSTransport | None = transport
        transport.underlying_transport.set_write_buffer_limits(high=65_536, low=16_384)
        transport.request.headers = transport.response.headers = None  # pyright: ignore[reportAttributeAccessIssue]

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == TEXT:
            self.received(frame.get_payload_as_bytes())
        elif frame.msg_type == WSMsgType.CLOSE:
            transport.send_close(WSCloseCode.OK)
            transport.disconnect()

    def on_ws_disconnected(self, transport: WSTransport) -> None:  # noqa: ARG002
        self.left()
        self.transport = None

    def pause_writing(self) -> None: ...
    def resume_writing(self) -> None: ...


class DoorProtocol(WSProtocol):
    __slots__ = ("connections",)

    def __init__(self, make_socket: Callable[[], Socket], connections: set[Any]) -> None:
        super().__init__(
            None, None, False, lambda _request: make_socket(), LOGGER, True, 5, False, 20, 20,
            WSAutoPingStrategy.PING_WHEN_IDLE, True, MAX_FRAME, None, 2048,
        )  # fmt: skip
        self.connections = connections

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.connections.add(self)
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.connections.discard(self)
        super().connection_lost(exc)

    def feed(self, octets: bytes) -> None:
        while octets:
            room = self.get_buffer(-1)
            taken = min(len(room), len(octets))
            room[:taken] = octets[:taken]
            self.buffer_updated(taken)
            octets = octets[taken:]

    def shutdown(self) -> None:
        self.transport.disconnect(graceful=False)


def door(make_socket: Callable[[], Socket]) -> type[HttpToolsProtocol]:
    """An HTTP protocol for uvicorn that gives every upgrade a socket of ours."""

    class DoorHttp(HttpToolsProtocol):
        def handle_websocket_upgrade(self) -> None:
            self.connections.discard(self)
            headers = dict(self.headers)
            protocol = DoorProtocol(make_socket, self.connections)
            self.transport.set_protocol(protocol)
            protocol.connection_made(self.transport)
            protocol.feed(
                b"GET %b HTTP/1.1\r\nhost: bench\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
                b"sec-websocket-key: %b\r\nsec-websocket-version: 13\r\n\r\n"
                % (self.url, headers[b"sec-websocket-key"])
            )
            self.parser = self.transport = self.flow = self.scope = self.headers = None  # pyright: ignore[reportAttributeAccessIssue]

    return DoorHttp


async def no_http(
    scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
) -> None:
    """Answers every request 204: ready."""
    if scope["type"] == "http":
        await receive()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})


def serve(port: int, make_socket: Callable[[], Socket] | None, app: AsgiApp = no_http) -> None:
    """Serves on 127.0.0.1 until a signal: sockets by the door, or without `make_socket` by uvicorn's own."""
    http = door(make_socket) if make_socket else HttpToolsProtocol
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, http=http, ws="websockets-sansio", loop="uvloop", lifespan="off",
        access_log=False, log_level="warning", ws_per_message_deflate=False, timeout_graceful_shutdown=1,
    )  # fmt: skip
    uvicorn.Server(config).run()
