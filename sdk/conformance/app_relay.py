"""A relay in front of `/api/v1/app`: it does to an app's shell what networks and servers do to it, and notes what the
shell asks.
"""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

from relay import Findings

LATER = {"of_a_later_version": [{"unread": 900}], "unread_by_kind": {"unread": 900}}
GARBLED = (
    b'{"unread": 900',
    b"<html>Welcome to our Wi-Fi</html>",
    b'{"unread": "900", "messages": []}',
    b"null",
)
WAITS = {"unread": 90}
SHORTEST_WAIT = 30
FEWEST_SECONDS = 1.0
"""Between a failure and the same call once more, by the app's clock."""
UNDER_WAY = 0.5
"""Seconds in which what was sent before an answer came, or what the app said, may still be on its way."""


@dataclass
class Call:
    """What a shell asks. `kind` is the first word behind `/api/v1/app`."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float = field(default_factory=time.monotonic)
    is_repeated: bool = False

    @property
    def kind(self) -> str:
        return self.path.removeprefix("/api/v1/app/").partition("/")[0]

    @property
    def credential(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")


@dataclass
class Answer:
    """What comes back; `headers` without those of the connection."""

    status: int
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""

    def __bytes__(self) -> bytes:
        headers = {**self.headers, "connection": "close"}
        if self.status not in {204, 304}:
            headers["content-length"] = str(len(self.body))
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"HTTP/1.1 {self.status} Said\r\n{lines}\r\n".encode() + self.body


@dataclass
class _Failure:
    """What a shell got no good answer to."""

    call: Call
    is_cut: bool
    at: float = field(default_factory=time.monotonic)


@dataclass
class _Line:
    """A connection of the shell's."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class AppRelay:
    """Passes calls on. Each meets a trouble with the chance `rate`, or all of them those in `next`, in that order.

    `haste`: so many times as fast as others' the app's clock runs.
    """

    def __init__(self, port: int, dice: random.Random, haste: float) -> None:
        self.port = port
        self.dice = dice
        self.haste = haste
        self.rate = 0.0
        self.next: list[str] = []
        self.outage: str | None = None
        self.met: Counter[str] = Counter()
        self._had: Counter[tuple[str, str]] = Counter()
        self.calls: list[Call] = []
        self.findings = Findings()
        self.given_unread = {0}
        self._said_at = 0.0
        self._ended: dict[str, float] = {}
        self._quiet: dict[tuple[str, str], float] = {}
        self._failed: dict[tuple[str, str], _Failure] = {}
        self._open: set[asyncio.Task[None]] = set()
        self._troubles: dict[str, Callable[[Call, _Line], Awaitable[None]]] = {
            "cut before": self._cut_before,
            "cut after": self._cut_after,
            "cut within": self._cut_within,
            "silent": self._stay_silent,
            "late": self._come_late,
            "doubled": self._double,
            "fails": self._fail,
            "too many": self._limit,
            "redirect": self._redirect,
            "garbled": self._garble,
            "of a later version": self._add_unknown,
        }

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._stranger = await asyncio.start_server(self._meet_stranger, "127.0.0.1", 0)
        self.origin = f"http://127.0.0.1:{_port(self._server)}"
        self._elsewhere = f"http://localhost:{_port(self._stranger)}/api/v1/app"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self._stranger.close()
        for task in tuple(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    @property
    def troubles(self) -> set[str]:
        """All that can happen."""
        return set(self._troubles)

    def hear(self) -> None:
        """The app has said something new: what it leads to is no retry."""
        self._said_at = time.monotonic()

    def forget(self) -> None:
        """The app was ended: what it does next is no retry either, but what ended stays so."""
        self._failed.clear()
        self._quiet.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._open.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, ValueError):
                call = await _read(reader)
                self._look(call)
                await self._meet(call, _Line(reader, writer))
        finally:
            self._open.discard(task)
            writer.close()

    def _look(self, call: Call) -> None:
        """What the shell asks, held against the rules."""
        check, key = self.findings.check, (call.kind, call.credential)
        asked = f"{call.method} {call.path}"
        self.calls.append(call)
        if not call.path.startswith("/api/v1/app/"):
            check("S-6", False, f"{asked} is where a redirect leads")
        if (end := self._ended.get(call.credential)) is not None:
            late = call.at - end
            check("S-3", late < UNDER_WAY, f"{asked} {late:.1f} s after its credential was answered with 401")
        if (until := self._quiet.pop(key, None)) is not None:
            early = (until - call.at) * self.haste
            check("S-4", early < FEWEST_SECONDS, f"{asked} comes {early:.0f} s before it was told to")
        if (failed := self._failed.pop(key, None)) is None:
            return
        # HTTP's libraries repeat an idempotent call whose line was cut, once; that is nobody's retry.
        call.is_repeated = failed.is_cut and not failed.call.is_repeated and failed.call.body == call.body
        if not call.is_repeated and self._said_at < failed.call.at - UNDER_WAY:
            pause = (call.at - failed.at) * self.haste
            check("S-5", pause >= FEWEST_SECONDS, f"{asked} comes again {pause:.1f} s after it failed")

    async def _meet(self, call: Call, line: "_Line") -> None:
        trouble = self.outage
        if trouble is None and self.next:
            trouble = self.next.pop(0)
        if trouble is None and self.dice.random() < self.rate:
            # The rarest first, so that a short run meets them all.
            trouble = min(self._troubles, key=lambda each: (self._had[call.kind, each], self.dice.random()))
        if trouble is None:
            await self._give(call, await self._ask(call), line)
            return
        self.met[trouble] += 1
        self._had[call.kind, trouble] += 1
        await self._troubles[trouble](call, line)

    async def _ask(self, call: Call) -> Answer:
        """The server's own answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        headers = {**call.headers, "host": f"127.0.0.1:{self.port}", "connection": "close"}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        try:
            writer.write(f"{call.method} {call.path} HTTP/1.1\r\n{lines}\r\n".encode() + call.body)
            head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        finally:
            writer.close()
        first, *rest = head.decode().split("\r\n")
        if not first:
            raise ConnectionError("the server has gone")
        answer = Answer(int(first.split()[1]), dict(map(_header, rest)), body)
        if call.kind == "unread" and answer.status == 200:
            self.given_unread.add(json.loads(body)["unread"])
        for name in ("content-length", "connection", "transfer-encoding"):
            answer.headers.pop(name, None)
        return answer

    async def _give(self, call: Call, answer: Answer, line: "_Line") -> None:
        line.writer.write(bytes(answer))
        await line.writer.drain()
        if answer.status == 401:
            self._ended.setdefault(call.credential, time.monotonic())

    def _note_failure(self, call: Call, *, is_cut: bool = False) -> None:
        self._failed[call.kind, call.credential] = _Failure(call, is_cut)

    async def _cut_before(self, call: Call, line: "_Line") -> None:
        self._note_failure(call, is_cut=True)
        line.writer.transport.abort()

    async def _cut_after(self, call: Call, line: "_Line") -> None:
        await self._ask(call)
        await self._cut_before(call, line)

    async def _cut_within(self, call: Call, line: "_Line") -> None:
        whole = bytes(await self._ask(call))
        line.writer.write(whole[: len(whole) // 2])
        await line.writer.drain()
        await self._cut_before(call, line)

    async def _stay_silent(self, call: Call, line: "_Line") -> None:
        """Nothing comes, until the shell has had enough."""
        await self._ask(call)
        await line.reader.read()

    async def _come_late(self, call: Call, line: "_Line") -> None:
        answer = await self._ask(call)
        await asyncio.sleep(self.dice.uniform(1, 6) / self.haste)
        await self._give(call, answer, line)

    async def _double(self, call: Call, line: "_Line") -> None:
        """Something on the way sends it once more."""
        await self._ask(call)
        await self._give(call, await self._ask(call), line)

    async def _fail(self, call: Call, line: "_Line") -> None:
        self._note_failure(call)
        status = self.dice.choice((500, 502, 503))
        await self._give(call, Answer(status, {"content-type": "text/html"}, b"<h1>Oh dear</h1>"), line)

    async def _limit(self, call: Call, line: "_Line") -> None:
        wait = WAITS.get(call.kind, SHORTEST_WAIT)
        self._quiet[call.kind, call.credential] = time.monotonic() + wait / self.haste
        refusal = json.dumps({"code": "too_many", "message": "too many", "fields": {}}).encode()
        await self._give(call, Answer(429, {"retry-after": str(wait)}, refusal), line)

    async def _redirect(self, call: Call, line: "_Line") -> None:
        self.findings.check("S-6", True, "")
        self._note_failure(call)
        place = self.dice.choice((self._elsewhere, f"{self.origin}/elsewhere"))
        await self._give(call, Answer(self.dice.choice((302, 307)), {"location": place}), line)

    async def _garble(self, call: Call, line: "_Line") -> None:
        """Whatever stands between has an answer of its own."""
        self._note_failure(call)
        # What else there is than numbers is no answer to `unread` alone.
        kinds = GARBLED if call.kind == "unread" else GARBLED[:2]
        body = self.dice.choice(kinds)
        await self._give(call, Answer(200, {"content-type": "application/json"}, body), line)

    async def _add_unknown(self, call: Call, line: "_Line") -> None:
        answer = await self._ask(call)
        if answer.status == 200:
            answer.body = json.dumps({**json.loads(answer.body), **LATER}).encode()
        elif answer.status == 204:
            answer = Answer(200, {"content-type": "application/json"}, json.dumps(LATER).encode())
        answer.headers["x-of-a-later-version"] = "1"
        await self._give(call, answer, line)

    async def _meet_stranger(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, ValueError):
            call = await _read(reader)
            told = "with its credential" if call.credential else "without its credential"
            self.findings.check("S-6", False, f"{call.method} {call.path} goes to another host, {told}")
            writer.write(bytes(Answer(204)))
            await writer.drain()
        writer.close()


async def _read(reader: asyncio.StreamReader) -> Call:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *rest = head.strip().split("\r\n")
    method, path, _ = first.split()
    headers = dict(map(_header, rest))
    return Call(method, path, headers, await reader.readexactly(int(headers.get("content-length", "0"))))


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.lower(), value.strip()


def _port(server: asyncio.Server) -> Any:
    return server.sockets[0].getsockname()[1]
