"""Clients that retry from an outbox and keep what they see, as phones and consoles do; and a proxy that cuts them."""

import asyncio
import json
import uuid
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake, WebSocketException

Frame = dict[str, Any]


@dataclass
class Client:
    """One socket client. `outbox` holds commands until they are acknowledged; `seen` is what the screen would show."""

    url: str
    hello: Frame
    streams: list[str]
    headers: dict[str, str] = field(default_factory=dict)
    outbox: OrderedDict[str, Frame] = field(default_factory=OrderedDict)
    acknowledged: dict[str, Frame] = field(default_factory=dict)
    refused: list[Frame] = field(default_factory=list)
    positions: dict[str, str] = field(default_factory=dict)
    seen: dict[int, dict[int, Frame]] = field(default_factory=dict)
    doubled: list[Frame] = field(default_factory=list)
    connects: int = 0

    def __post_init__(self) -> None:
        self._news = asyncio.Condition()
        self._socket: Any = None

    async def run(self) -> None:
        """Connects, and connects again, for ever."""
        while True:
            with suppress(OSError, WebSocketException, InvalidHandshake, asyncio.TimeoutError):
                async with connect(
                    self.url, additional_headers=self.headers, open_timeout=5, ping_interval=None
                ) as socket:
                    await self._talk(socket)
            self._socket = None
            await asyncio.sleep(0.02)

    async def _talk(self, socket: Any) -> None:
        await socket.send(json.dumps(self.hello))
        welcome = json.loads(await asyncio.wait_for(socket.recv(), 5))
        assert welcome["type"] == "welcome", welcome
        self.connects += 1
        for stream in self.streams:
            frame = {"type": "subscribe", "stream": stream}
            if stream in self.positions:
                frame["position"] = self.positions[stream]
            await socket.send(json.dumps(frame))
        for command in list(self.outbox.values()):
            await socket.send(json.dumps(command))
        self._socket = socket
        async for text in socket:
            self._take(json.loads(text))
            async with self._news:
                self._news.notify_all()

    def _take(self, frame: Frame) -> None:
        match frame["type"]:
            case "snapshot":
                self.positions[frame["stream"]] = frame["position"]
                self._replace(frame["stream"], frame["state"])
            case "event":
                self.positions[frame["stream"]] = frame["position"]
                self._apply(frame["stream"], frame["event"])
            case "reset":
                self.positions.pop(frame["stream"], None)
            case "ack":
                if command := self.outbox.pop(frame["command_id"], None):
                    self.acknowledged[frame["command_id"]] = {**command, "result": frame["result"]}
            case "refused":
                self.outbox.pop(frame["command_id"], None)
                self.refused.append(frame)
            case _:
                pass

    def _replace(self, stream: str, state: Frame) -> None:
        if stream == "visitor":
            for conversation in state["conversations"]:
                entries = {entry["seq"]: entry for entry in conversation["messages"]}
                self.seen[conversation["id"]] = self.seen.get(conversation["id"], {}) | entries
        elif stream.startswith("conversation:"):
            number = state["conversation"]["id"]
            self.seen[number] = self.seen.get(number, {}) | {
                entry["seq"]: entry for entry in state["timeline"]
            }

    def _apply(self, stream: str, event: Frame) -> None:
        if stream == "visitor" and event["kind"] == "conversation_started":
            self._replace("visitor", {"conversations": [event["conversation"]]})
            return
        entry = event.get("message") or event.get("entry")
        if entry is None:
            return
        number = event.get("conversation_id") or int(stream.partition(":")[2])
        known = self.seen.setdefault(number, {})
        if entry["seq"] in known:
            self.doubled.append(entry)
        known[entry["seq"]] = entry

    async def subscribe(self, stream: str) -> None:
        """Watches one more stream, from now on and after each reconnect."""
        self.streams.append(stream)
        if self._socket is not None:
            with suppress(WebSocketException, OSError):
                await self._socket.send(json.dumps({"type": "subscribe", "stream": stream}))

    async def say(self, command: Frame) -> None:
        """Puts a command into the outbox and tries to send it at once."""
        command.setdefault("command_id", str(uuid.uuid4()))
        self.outbox[command["command_id"]] = command
        if self._socket is not None:
            with suppress(WebSocketException, OSError):
                await self._socket.send(json.dumps(command))

    async def until(self, condition: Any, seconds: float = 60) -> None:
        """Waits until `condition()` holds, looking again after each frame."""
        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(condition)


class Proxy:
    """A TCP proxy in front of a server; `cut()` drops every connection, also in the middle of a frame."""

    def __init__(self, upstream_port: int) -> None:
        self.upstream_port = upstream_port
        self.port = 0
        self._open: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.upstream_port)
        except OSError:
            writer.close()
            return
        ends = {writer, up_writer}
        self._open |= ends
        await asyncio.gather(
            self._pump(reader, up_writer), self._pump(up_reader, writer), return_exceptions=True
        )
        self._open -= ends

    @staticmethod
    async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(1500):
                writer.write(chunk)
                await writer.drain()
        writer.close()

    def cut(self) -> int:
        """Aborts all connections at once; how many ends there were."""
        ends = list(self._open)
        for writer in ends:
            writer.transport.abort()
        return len(ends)

    async def stop(self) -> None:
        self.cut()
        self._server.close()
