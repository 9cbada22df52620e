"""The socket door: picows' frames behind uvicorn's upgrade, on the port that HTTP has too.

`/socket` goes around ASGI, so what middleware does for HTTP is done here: origins, forwarded addresses, bounds. Why
this and how fast: docs/decisions/socket-door.md. uvicorn and picows are pinned, because the door uses parts of both
that they do not promise; tests/realtime/test_door.py holds what we rely on.
"""

# picows does not export its protocol class, and uvicorn types little of what a subclass touches.
# pyright: reportUnknownMemberType=false, reportUntypedBaseClass=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportIncompatibleVariableOverride=false

from __future__ import annotations

import asyncio
import ipaddress
import logging
from collections.abc import Callable, Collection, Sequence
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from picows import (
    WSAutoPingStrategy,
    WSCloseCode,
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    WSUpgradeRequest,
    WSUpgradeResponse,
    WSUpgradeResponseWithListener,
)
from picows.picows import WSProtocol  # pyright: ignore[reportAttributeAccessIssue]
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from pocketdesk.accounts.rules.limits import network_of
from pocketdesk.realtime.connection import Connection
from pocketdesk.realtime.service import Realtime
from pocketdesk.realtime.wire import LARGEST_FRAME

PATH: Final = b"/socket"
READ_BUFFER: Final = 2_048
"""Bytes of an idle socket's read buffer; it grows up to the largest frame and stays."""
HIGH_WATER: Final = 65_536
LOW_WATER: Final = 16_384
GOODBYE_S: Final = 1.0
"""How long a peer may take to answer our close."""
COPIES_BELOW: Final = 8_192
"""picows hands larger frames to the transport as a header in a buffer of its own, which its next frame overwrites
while uvloop still waits to write it. So those are given in one piece."""
GATHERS_BELOW: Final = 65_536
"""Bytes of frames that wait for the end of the loop's turn, to be written with one system call."""

# A LoggerAdapter, because picows makes a child of a plain Logger for every connection.
_log = logging.LoggerAdapter(logging.getLogger("pocketdesk.socket"), {})
_log.logger.setLevel(logging.WARNING)

_TEXT, _BINARY, _CONTINUATION = WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.CONTINUATION
_CLOSE, _PING, _PONG = WSMsgType.CLOSE, WSMsgType.PING, WSMsgType.PONG

Headers: TypeAlias = Sequence[tuple[bytes, bytes]]


class Door:
    """What all sockets of one process share. Belongs into `uvicorn.Config(app, http=door.http_protocol)`."""

    def __init__(
        self,
        realtime: Realtime,
        *,
        trusted_origins: Collection[str] = (),
        trusted_proxies: Collection[str] = (),
    ) -> None:
        self.realtime = realtime
        self.sockets: set[Socket] = set()
        self._trusted_origins = frozenset(trusted_origins)
        self._trusted_proxies = tuple(ipaddress.ip_network(network) for network in trusted_proxies)
        self._addresses: dict[str, int] = {}
        self._unwritten: list[Socket] = []
        self.http_protocol: type[HttpToolsProtocol] = _http_protocol(self)

    def admit(self, peer: str, headers: Headers) -> Socket | None:
        """A socket for an upgrade; None if there are too many."""
        address = network_of(self.client_of(peer, headers))
        bounds = self.realtime.bounds
        count = self._addresses.get(address, 0)
        if count >= bounds.per_address or len(self.sockets) >= bounds.sockets:
            return None
        self._addresses[address] = count + 1
        socket = Socket(self, address, self._cookie_of(headers))
        self.sockets.add(socket)
        return socket

    def write_soon(self, socket: Socket) -> None:
        """Writes what a socket has gathered, at the end of the loop's turn."""
        if not self._unwritten:
            asyncio.get_running_loop().call_soon(self._write)
        self._unwritten.append(socket)

    def _write(self) -> None:
        sockets, self._unwritten = self._unwritten, []
        for socket in sockets:
            socket.flush()

    def left(self, socket: Socket, address: str) -> None:
        """A socket is gone."""
        self.sockets.discard(socket)
        if self._addresses[address] == 1:
            del self._addresses[address]
        else:
            self._addresses[address] -= 1

    def client_of(self, peer: str, headers: Headers) -> str:
        """The client's address: the peer, or behind proxies that we trust the last one that is none of them."""
        if not self._is_trusted(peer):
            return peer
        hops = b",".join(value for name, value in headers if name == b"x-forwarded-for").decode("latin-1")
        for hop in reversed(hops.split(",")):
            if hop.strip() and not self._is_trusted(peer := hop.strip()):
                break
        return peer

    def _is_trusted(self, address: str) -> bool:
        if not self._trusted_proxies:
            return False
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._trusted_proxies)

    def _cookie_of(self, headers: Headers) -> str | None:
        """The cookies, unless a page of another origin opened the socket.

        A browser names the page's origin on every upgrade. Without one it is a program, which no page can make send
        somebody's cookies.
        """
        origins = [value.decode("latin-1") for name, value in headers if name == b"origin"]
        if any(origin not in self._trusted_origins for origin in origins):
            return None
        return "; ".join(value.decode("latin-1") for name, value in headers if name == b"cookie") or None


class Socket(WSListener):  # pyright: ignore[reportGeneralTypeIssues]
    """One WebSocket; the session's transport."""

    __slots__ = (
        "_address",
        "_connection",
        "_cookie",
        "_door",
        "_gathered",
        "_parts",
        "_size",
        "_size_gathered",
        "_transport",
    )

    def __init__(self, door: Door, address: str, cookie: str | None) -> None:
        self._door = door
        self._address = address
        self._cookie = cookie
        self._connection: Connection | None = None
        self._transport: WSTransport | None = None
        self._parts: list[bytes] | None = None
        self._size = 0
        self._gathered: list[bytes] | None = None
        self._size_gathered = 0

    # picows speaks.

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        transport.underlying_transport.set_write_buffer_limits(high=HIGH_WATER, low=LOW_WATER)
        transport.request.headers = transport.response.headers = None  # pyright: ignore[reportAttributeAccessIssue]
        self._connection = Connection(self._door.realtime, self, self._cookie)
        self._cookie = None

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        connection = self._connection
        if connection is None:
            return
        kind = frame.msg_type
        if (
            kind == _TEXT
            and frame.fin
            and self._parts is None
            and not (frame.rsv1 or frame.rsv2 or frame.rsv3)
        ):
            connection.received(frame.get_payload_as_bytes())
        elif frame.rsv1 or frame.rsv2 or frame.rsv3:
            connection.close(1002, "reserved bits")
        elif kind == _CLOSE:
            self._answer_close(transport, frame.get_payload_as_bytes())
        elif kind == _PING:
            if connection.heard():
                self.flush()
                transport.send_pong(frame.get_payload_as_bytes())
        elif kind == _PONG:
            connection.heard()
        elif kind == _BINARY:
            connection.close(1003, "text only")
        else:
            self._join(connection, frame)

    def _join(self, connection: Connection, frame: WSFrame) -> None:
        """A part of a message: each counts like a message, and together they are no larger than one."""
        parts = self._parts
        if (parts is None) == (frame.msg_type == _CONTINUATION):
            connection.close(1002, "fragments out of order")
            return
        if parts is None:
            parts = self._parts = []
            self._size = 0
        self._size += frame.payload_size
        if self._size > LARGEST_FRAME:
            self._parts = None
            connection.close(1009, "frame_too_large")
            return
        parts.append(frame.get_payload_as_bytes())
        if frame.fin:
            self._parts = None
            connection.received(b"".join(parts))
        else:
            connection.heard()

    def _answer_close(self, transport: WSTransport, payload: bytes) -> None:
        self.flush()
        self._transport = None
        if not transport.is_close_frame_sent:
            transport.send(_CLOSE, _closing_words(payload))
        transport.disconnect()

    def on_ws_disconnected(self, transport: WSTransport) -> None:  # noqa: ARG002
        connection, self._connection, self._transport = self._connection, None, None
        self._parts = self._gathered = None
        if connection is not None:
            connection.lost()

    def pause_writing(self) -> None:
        if self._connection is not None:
            self._connection.blocked()

    def resume_writing(self) -> None:
        if self._connection is not None:
            self._connection.unblocked()

    # The session's transport.

    def write(self, frame: bytes) -> None:
        """Sends a text message: an event and the answer to its command leave together."""
        if self._gathered is None:
            self._gathered = [frame]
            self._size_gathered = len(frame)
            self._door.write_soon(self)
        else:
            self._gathered.append(frame)
            self._size_gathered += len(frame)
        if self._size_gathered > GATHERS_BELOW:
            self.flush()

    def flush(self) -> None:
        """Writes what was gathered."""
        frames, self._gathered = self._gathered, None
        transport = self._transport
        if frames is None or transport is None or transport.is_close_frame_sent:
            return
        if len(frames) == 1 and len(frames[0]) <= COPIES_BELOW:
            transport.send(_TEXT, frames[0])
        else:
            octets = b"".join([part for frame in frames for part in (_head(len(frame)), frame)])
            transport.underlying_transport.write(octets)

    def probe(self) -> None:
        """Sends a ping."""
        self.flush()
        if self._transport is not None:
            self._transport.send_ping()

    def pause_reading(self) -> None:
        """Takes nothing from the network."""
        if self._transport is not None and not self._transport.underlying_transport.is_closing():
            self._transport.underlying_transport.pause_reading()

    def resume_reading(self) -> None:
        """Takes what the network has."""
        if self._transport is not None and not self._transport.underlying_transport.is_closing():
            self._transport.underlying_transport.resume_reading()

    def close(self, code: int, reason: str) -> None:
        """Sends a close frame and waits a little for the answer, so that the peer gets to read ours."""
        transport = self._transport
        if transport is None:
            return
        self.flush()
        transport.send_close(code, reason)  # pyright: ignore[reportArgumentType]
        asyncio.get_running_loop().call_later(GOODBYE_S, self.abort)
        if not transport.underlying_transport.is_reading():
            transport.underlying_transport.resume_reading()

    def abort(self) -> None:
        """Hangs up."""
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.disconnect(False)

    def gone(self) -> None:
        """The connection has ended, also one that was never upgraded."""
        self._door.left(self, self._address)

    def restart(self) -> None:
        """The server goes down; clients come back at once."""
        if self._connection is not None:
            self._connection.close(WSCloseCode.SERVICE_RESTART.value, "restart")


def _head(size: int) -> bytes:
    """The header of a whole, unmasked text frame."""
    if size < 126:
        return bytes((0x81, size))
    if size < 65_536:
        return b"\x81\x7e" + size.to_bytes(2, "big")
    return b"\x81\x7f" + size.to_bytes(8, "big")


def _closing_words(payload: bytes) -> bytes:
    """What a close is answered with: the same code, if it is one that may be sent.

    picows has seen to closes that are too short or not UTF-8.
    """
    code = int.from_bytes(payload[:2], "big")
    if not payload or 1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999:
        return payload[:2]
    return (1002).to_bytes(2, "big")


class _Frames(WSProtocol):  # pyright: ignore[reportGeneralTypeIssues]
    """picows' protocol, as a connection of uvicorn's."""

    __slots__ = ("_connections", "_socket")

    def __init__(
        self, connections: set[Any], factory: Callable[[WSUpgradeRequest], Any], socket: Socket | None
    ) -> None:
        super().__init__(
            None,  # host and port
            None,  # path
            False,
            factory,
            _log,
            True,
            5,  # seconds for the handshake
            False,
            20,
            20,
            WSAutoPingStrategy.PING_WHEN_IDLE,
            False,
            LARGEST_FRAME,
            None,  # headers of the answer
            READ_BUFFER,
        )
        self._connections = connections
        self._socket = socket

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Takes its place among uvicorn's connections, which is what a shutdown waits for."""
        self._connections.add(self)
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Must always reach picows, which writes to the bare file descriptor."""
        self._connections.discard(self)
        super().connection_lost(exc)
        socket, self._socket = self._socket, None
        if socket is not None:
            socket.gone()

    def feed(self, octets: bytes) -> None:
        """Takes bytes that were read before this protocol was there."""
        while octets:
            room = self.get_buffer(-1)
            taken = min(len(room), len(octets))
            room[:taken] = octets[:taken]
            self.buffer_updated(taken)
            octets = octets[taken:]

    def shutdown(self) -> None:
        """uvicorn goes down."""
        if self._socket is not None:
            self._socket.restart()
        else:
            self.transport.disconnect(False)


def _http_protocol(door: Door) -> type[HttpToolsProtocol]:
    class DoorHttp(HttpToolsProtocol):
        """uvicorn's protocol, which hands upgrades at our path over to picows."""

        def shutdown(self) -> None:
            door.realtime.end_polls()
            super().shutdown()

        def _should_upgrade(self) -> bool:
            return self._is_ours() or super()._should_upgrade()

        def _is_ours(self) -> bool:
            return (
                self.url.partition(b"?")[0] == PATH
                and self.scope["method"] == "GET"
                and self._get_upgrade() == b"websocket"
            )

        def handle_websocket_upgrade(self) -> None:
            if not self._is_ours():
                super().handle_websocket_upgrade()
                return
            self.connections.discard(self)
            headers, transport = self.headers, self.transport
            socket = door.admit(self.client[0] if self.client else "", headers)
            frames = _Frames(self.connections, lambda _request: socket or _TOO_MANY, socket)
            transport.set_protocol(frames)
            frames.connection_made(transport)
            frames.feed(_request(headers))
            # The parser and this protocol hold each other.
            self.parser = self.transport = self.flow = self.scope = self.headers = None  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]

    return DoorHttp


def _request(headers: Headers) -> bytes:
    """The upgrade, as small as picows needs it: it takes no `keep-alive, Upgrade`, which Firefox sends, and no large
    cookies."""
    wanted = {b"sec-websocket-key": b"", b"sec-websocket-version": b""}
    for name, value in headers:
        if name in wanted:
            wanted[name] = value[:64]
    return (
        b"GET /socket HTTP/1.1\r\nhost: socket\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
        b"sec-websocket-key: %b\r\nsec-websocket-version: %b\r\n\r\n" % tuple(wanted.values())
    )


_TOO_MANY = WSUpgradeResponseWithListener(
    WSUpgradeResponse.create_error_response(HTTPStatus.TOO_MANY_REQUESTS, b"too many sockets"), None
)
