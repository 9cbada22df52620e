"""A relay in front of the socket door: it does to a client what docs/spec/protocol.md allows it to meet, and
notes how the client takes it.
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import WebSocketException
from websockets.protocol import State

Frame = dict[str, Any]


@dataclass
class Findings:
    """How often each rule had its occasion, and what was done against it."""

    occasions: Counter[str] = field(default_factory=Counter[str])
    breaches: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def check(self, rule: str, holds: bool, otherwise: str) -> None:
        """One occasion of a rule; `otherwise` says what was seen where it does not hold."""
        self.occasions[rule] += 1
        if not holds:
            self.breaches.append((rule, otherwise))


class Relay:
    """Passes frames on. Each frame of the server meets a trouble with the chance `rate`; `met` counts them."""

    CODES: ClassVar = {"restarts": 1012, "is unavailable": 1013, "finds it slow": 4430, "expires": 4401}

    def __init__(self, upstream: str, dice: random.Random, rate: float = 0.25) -> None:
        self.upstream = upstream
        self.dice = dice
        self.rate = rate
        self.met: Counter[str] = Counter()
        self.findings = Findings()
        self.given: dict[str, set[str]] = {}
        self.commands: dict[str, Frame] = {}
        self.expired: set[str] = set()
        self._troubles: dict[str, Callable[[_Wire, Frame], Awaitable[None]]] = {
            "cut": self._cut,
            "delayed": self._delay,
            "ack lost": self._cut,
            "ack late": self._hold_ack,
            "ack doubled": self._double_ack,
            "reset": self._reset,
            "of a later version": self._add_unknown,
            **dict.fromkeys(self.CODES, self._close),
        }

    async def __aenter__(self) -> Self:
        self._server: Server = await serve(self._relay, "127.0.0.1", 0)
        self.url = f"ws://127.0.0.1:{next(iter(self._server.sockets)).getsockname()[1]}/socket"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    @property
    def troubles(self) -> set[str]:
        """All that can happen."""
        return set(self._troubles)

    async def _relay(self, client: ServerConnection) -> None:
        with suppress(OSError, WebSocketException):
            async with connect(self.upstream, ping_interval=None) as server:
                wire = _Wire(client, server)
                up = asyncio.create_task(self._up(wire))
                try:
                    async for text in server:
                        await self._down(wire, json.loads(text))
                finally:
                    up.cancel()
                    with suppress(asyncio.CancelledError):
                        await up
        client.transport.abort()

    async def _up(self, wire: "_Wire") -> None:
        with suppress(WebSocketException):
            async for text in wire.client:
                self._look(wire, json.loads(text))
                await wire.server.send(text)
        await wire.server.close()

    def _look(self, wire: "_Wire", frame: Frame) -> None:
        """What the client sends, held against the rules."""
        check, kind = self.findings.check, frame.get("type")
        if not wire.is_greeted:
            wire.is_greeted = True
            check("P-2", kind == "hello", f"the first frame is {frame}")
            wire.token = str(frame.get("token"))
            if self.expired:
                check("P-50", wire.token not in self.expired, "a credential that expired is used again")
        elif kind == "subscribe":
            stream, position = frame["stream"], frame.get("position")
            if stream in wire.ended:
                check("P-14", position is None, f"after a reset of {stream} a position is named: {position}")
            elif position is not None:
                check("P-12", position in self.given.get(stream, set()), f"{position} was never given")
        elif "command_id" in frame:
            before = self.commands.setdefault(frame["command_id"], frame)
            if before is not frame:
                check("P-31", before == frame, f"sent again with other content: {before}, then {frame}")

    async def _down(self, wire: "_Wire", frame: Frame) -> None:
        if frame["type"] == "snapshot":
            wire.ended.discard(frame["stream"])
        if frame.get("stream") in wire.ended or wire.client.state is not State.OPEN:
            return
        # A welcome passes: a server that never welcomes anybody is not hostile but gone.
        if frame["type"] == "welcome" or self.dice.random() >= self.rate:
            await self._give(wire, frame)
            return
        is_ack = frame["type"] == "ack"
        fitting = [each for each in self._troubles if each.startswith("ack") <= is_ack]
        if not frame.get("stream"):
            fitting.remove("reset")
        # The rarest first, so that a short run meets them all.
        wire.trouble = min(fitting, key=lambda each: (self.met[each], self.dice.random()))
        self.met[wire.trouble] += 1
        await self._troubles[wire.trouble](wire, frame)

    async def _give(self, wire: "_Wire", *frames: Frame) -> None:
        """Hands frames over, and behind them the acks that were held back."""
        frames = (*frames, *wire.held)
        wire.held.clear()
        for frame in frames:
            if "position" in frame:
                self.given.setdefault(frame["stream"], set()).add(frame["position"])
            with suppress(WebSocketException):
                await wire.client.send(json.dumps(frame))

    async def _cut(self, wire: "_Wire", _frame: Frame) -> None:
        wire.client.transport.abort()

    async def _close(self, wire: "_Wire", frame: Frame) -> None:
        await self._give(wire, frame)
        await wire.client.close(self.CODES[wire.trouble])
        # Echoed: only then the client knows.
        if wire.client.close_code == self.CODES["expires"]:
            self.expired.add(wire.token)

    async def _delay(self, wire: "_Wire", frame: Frame) -> None:
        await asyncio.sleep(self.dice.random() / 10)
        await self._give(wire, frame)

    async def _hold_ack(self, wire: "_Wire", frame: Frame) -> None:
        """Behind the event of its command, or of another one; but a server answers, sooner or later."""
        wire.held.append(frame)
        asyncio.get_running_loop().call_later(0.2, lambda: asyncio.ensure_future(self._give(wire)))

    async def _double_ack(self, wire: "_Wire", frame: Frame) -> None:
        await self._give(wire, frame, frame)

    async def _reset(self, wire: "_Wire", frame: Frame) -> None:
        wire.ended.add(frame["stream"])
        await self._give(wire, {"type": "reset", "stream": frame["stream"], "reason": "trimmed"})

    async def _add_unknown(self, wire: "_Wire", frame: Frame) -> None:
        later = {"type": "of_a_later_version", "stream": "visitor", "position": "never given"}
        with suppress(WebSocketException):
            await wire.client.send(json.dumps(later))
        await self._give(wire, {**frame, "of_a_later_version": [1]})


class _Wire:
    """One client's way to the server, and what happens on it."""

    def __init__(self, client: ServerConnection, server: ClientConnection) -> None:
        self.client = client
        self.server = server
        self.is_greeted = False
        self.token = ""
        self.trouble = ""
        self.ended: set[str] = set()
        self.held: list[Frame] = []
