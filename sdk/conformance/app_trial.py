"""One run of an app's shell through the hostile relay before `/api/v1/app`, and what it shows of the rules."""

import asyncio
import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol
from urllib.error import HTTPError
from uuid import uuid4

from app_relay import AppRelay
from trial import Verdict

RULES = {
    "S-1": "the last push token stands, and no other",
    "S-2": "the last value of each property stands",
    "S-3": "a credential that was answered with 401 is not used again",
    "S-4": "who is told when to come back does not come before",
    "S-5": "what failed is asked again after a pause, and ever more rarely",
    "S-6": "nothing goes where a redirect leads",
    "S-7": "what is shown as unread was once the server's word; anything else is as no answer",
    "S-8": "what is shown as unread is the server's number in the end",
    "S-9": "after log-out neither device nor credential stands, though the app was ended at once",
}
STEPS = 20
MOST_STEPS = 80
OUTAGE = 60
MOST_IN_OUTAGE = 10
"""Calls of one kind while the server is out for so many seconds by the app's clock."""


class Desk(Protocol):
    """The server behind the relay."""

    port: int
    account_id: int

    def kill(self) -> None: ...
    def start(self) -> None: ...
    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any: ...
    def visitor_token(self, mobile_tag: str = "support") -> str: ...
    def rows(self, query: str) -> list[tuple[Any, ...]]: ...


class Impatient(Exception):
    """What was waited for did not come."""


async def try_app(
    desk: Desk, command: list[str], folder: str, *, seed: int, haste: float, seconds: float
) -> Verdict:
    """Lets the app register, tell, ask and leave while everything happens to it."""
    async with AppRelay(desk.port, random.Random(seed), haste) as relay:
        run = _Run(
            desk, relay, [*command, relay.origin, str(desk.account_id), "support", folder, f"{haste:g}"]
        )
        failure = None
        try:
            async with asyncio.timeout(seconds):
                await run.go()
        except TimeoutError:
            failure = f"not within {seconds:.0f} s"
        except Impatient as late:
            failure = str(late)
        except (ValueError, KeyError, BrokenPipeError, ConnectionResetError) as error:
            failure = f"the driver: {error!r}"
        return Verdict(RULES, relay.findings, dict(relay.met), failure)


class _Session:
    """One visitor of the server, as the chat page in the app begins it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.bearer = desk.visitor_token()
        issued = desk.call("POST", "/visitor/app-credential", **self._proof)
        self.credential: str = issued["credential"]
        self.unread = 0

    @property
    def _proof(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.bearer}", "Cookie": ""}

    def write_and_answer(self) -> None:
        """One more conversation with something unread."""
        ids = {name: str(uuid4()) for name in ("command_id", "client_message_id", "client_conversation_id")}
        start = {"type": "start_conversation", "mobile_tag": "support", "content": {"text": "hello"}, **ids}
        [reply] = self._command(start, self._proof)
        answer = {
            "type": "post_message",
            "command_id": str(uuid4()),
            "client_message_id": str(uuid4()),
            "conversation_id": reply["result"]["conversation_id"],
            "content": {"text": "how can I help?"},
        }
        self._command(answer, {"X-Account": str(self.desk.account_id)})
        self.unread += 1

    def _command(self, command: dict[str, Any], proof: dict[str, str]) -> list[dict[str, Any]]:
        replies = self.desk.call("POST", "/realtime/commands", {"commands": [command]}, **proof)["replies"]
        if replies[0]["type"] != "ack":
            raise RuntimeError(f"the server refused {command}: {replies}")
        return replies

    def end(self) -> None:
        """As a page does at log-out, and the console when it signs somebody out."""
        self.desk.call("DELETE", "/visitor/session", **self._proof)

    def holds(self) -> bool:
        """Whether the server knows the credential still."""
        try:
            self.desk.call("GET", "/app/unread", Authorization=f"Bearer {self.credential}", Cookie="")
        except HTTPError as refusal:
            if refusal.code != 401:
                raise
            return False
        return True


class _App:
    """The driver: what it is told, and what it shows."""

    def __init__(self, relay: AppRelay, process: asyncio.subprocess.Process) -> None:
        self.relay = relay
        self.process = process
        self.unread = 0
        self.holds = False
        self.left = 0

    async def say(self, *words: str) -> None:
        self.relay.hear()
        assert self.process.stdin
        self.process.stdin.write(f"{' '.join(words)}\n".encode())
        await self.process.stdin.drain()

    async def listen(self) -> None:
        assert self.process.stdout
        async for line in self.process.stdout:
            shown = json.loads(line)
            self.unread, self.holds, self.left = shown["unread"], shown["holds"], shown["left"]
            known = type(self.unread) is int and self.unread in self.relay.given_unread
            self.relay.findings.check("S-7", known, f"{self.unread} is shown as unread")
        raise ValueError("it ended")


class _Run:
    def __init__(self, desk: Desk, relay: AppRelay, command: list[str]) -> None:
        self.desk = desk
        self.relay = relay
        self.command = command
        self.push = ""
        self.properties: dict[str, str] = {}

    async def go(self) -> None:
        session = await asyncio.to_thread(_Session, self.desk)
        async with self._started() as app:
            await app.say("front")
            await app.say("credential", session.credential)
            await self._use(app, session)
            session = await self._expire(app, session)
            await self._lose_server(app, session)
            await self._sit_out(app, session)
            await self._leave(app)
        self.relay.forget()
        async with self._started() as app:
            await self._stay_away(app, session)

    @asynccontextmanager
    async def _started(self) -> AsyncIterator[_App]:
        process = await asyncio.create_subprocess_exec(
            *self.command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        app = _App(self.relay, process)
        self._listening = asyncio.create_task(app.listen())
        try:
            yield app
        finally:
            self._listening.cancel()
            with suppress(ProcessLookupError):
                # With whatever it has started: a `node` may be a script around the real one.
                os.killpg(process.pid, signal.SIGKILL)
            with suppress(asyncio.CancelledError, ValueError, KeyError):
                await self._listening
            await process.wait()

    async def _use(self, app: _App, session: _Session) -> None:
        """Everything that an app says, while each call may meet each trouble."""
        self.relay.rate = 0.6
        for step in range(MOST_STEPS):
            if step >= STEPS and self.relay.troubles <= set(self.relay.met):
                break
            await self._say_more(app, step)
            if step in {2, 5, 8}:
                await asyncio.to_thread(session.write_and_answer)
            await asyncio.sleep(self.relay.dice.uniform(1, 6) / self.relay.haste)
        self.relay.rate = 0
        await self._settle(app, session)

    async def _say_more(self, app: _App, step: int) -> None:
        match step % 3:
            case 0:
                await self._push(app)
            case 1:
                await self._tell(app)
            case _:
                await app.say("back")
                await app.say("front")

    async def _push(self, app: _App) -> None:
        self.push = f"token-{uuid4().hex}"
        await app.say("push", self.push)

    async def _tell(self, app: _App) -> None:
        # Another name for each session, for the server keeps those of one that ended.
        name = f"plan_{len(self.properties) or 1}"
        self.properties[name] = uuid4().hex
        await app.say("properties", json.dumps({name: self.properties[name]}))

    async def _expire(self, app: _App, session: _Session) -> _Session:
        """The session ends at the server; the app notices, and the page brings another."""
        await asyncio.to_thread(session.end)
        await self._push(app)
        try:
            await self._until(lambda: not app.holds, "it gives up a credential that was answered with 401")
        except Impatient as late:
            self.relay.findings.check("S-3", False, str(late))
        other = await asyncio.to_thread(_Session, self.desk)
        await app.say("credential", other.credential)
        await asyncio.to_thread(other.write_and_answer)
        self.properties = {f"session_{uuid4().hex[:8]}": "2"}
        await app.say("properties", json.dumps(self.properties))
        await self._settle(app, other)
        self.relay.findings.check("S-3", True, "")
        return other

    async def _lose_server(self, app: _App, session: _Session) -> None:
        """kill -9 while the app speaks, and another start."""
        await self._push(app)
        await asyncio.to_thread(self.desk.kill)
        await self._push(app)
        await asyncio.to_thread(self.desk.start)
        await self._settle(app, session)

    async def _sit_out(self, app: _App, session: _Session) -> None:
        """A server that is out for a minute is not asked as if it were there."""
        self.relay.outage = "fails"
        before = len(self.relay.calls)
        await self._push(app)
        await self._tell(app)
        await asyncio.sleep(OUTAGE / self.relay.haste)
        self.relay.outage = None
        often = Counter(call.kind for call in self.relay.calls[before:])
        for kind, count in often.items():
            self.relay.findings.check(
                "S-5", count <= MOST_IN_OUTAGE, f"{kind} {count} times in a minute's outage"
            )
        await self._settle(app, session)

    async def _leave(self, app: _App) -> None:
        """Log-out without a network, and the end of the app right behind it."""
        self.relay.outage = "cut before"
        await app.say("forget")
        await self._until(lambda: app.left == 1, "it says that the visitor has left")
        self.relay.findings.check("S-9", app.unread == 0, f"after log-out {app.unread} is shown as unread")

    async def _stay_away(self, app: _App, session: _Session) -> None:
        """The next start tells the server, whatever comes between, and nobody is registered by it."""
        self.relay.outage = None
        self.relay.next = ["redirect", "fails", "cut before", "garbled", "too many"]
        await app.say("front")
        await self._push(app)

        async def is_gone() -> bool:
            return not await asyncio.to_thread(session.holds)

        try:
            # Rarely, for the server counts these calls as the app's.
            await self._until(is_gone, "its credential is dead", pause=0.5)
        except Impatient as late:
            self.relay.findings.check("S-9", False, str(late))
            return
        left, seen = self._push_tokens(), len(self.relay.calls)
        self.relay.findings.check("S-9", not left, f"after log-out the server pushes to {left}")
        await asyncio.sleep(30 / self.relay.haste)
        # One last call may be under way: the answer to the one that ended it may have been lost.
        more = [f"{call.method} {call.path}" for call in self.relay.calls[seen + 1 :]]
        self.relay.findings.check("S-9", not more, f"after log-out comes {more}")

    async def _settle(self, app: _App, session: _Session) -> None:
        """With an honest line everything comes to be as the app said last."""
        check = self.relay.findings.check

        def tells() -> bool:
            return self.properties.items() <= self._told().items()

        for rule, is_so, seen in (
            (
                "S-1",
                lambda: self._push_tokens() == [self.push],
                lambda: f"{self._push_tokens()}, not {self.push}",
            ),
            ("S-2", tells, lambda: f"{self._told()}, not {self.properties}"),
            ("S-8", lambda: app.unread == session.unread, lambda: f"{app.unread}, not {session.unread}"),
        ):
            try:
                await self._until(is_so, rule)
                check(rule, True, "")
            except Impatient:
                check(rule, False, f"in the end it is {seen()}")

    def _push_tokens(self) -> list[str]:
        return [token for (token,) in self.desk.rows("SELECT push_token FROM device")]

    def _told(self) -> dict[str, str]:
        return dict(self.desk.rows("SELECT name, value FROM chat_property"))

    async def _until(
        self, is_so: Callable[[], Any], meaning: str, seconds: float = 12, pause: float = 0.02
    ) -> None:
        deadline = time.monotonic() + seconds
        while True:
            found = is_so()
            if await found if asyncio.iscoroutine(found) else found:
                return
            if self._listening.done():
                self._listening.result()
            if time.monotonic() > deadline:
                raise Impatient(f"not within {seconds:.0f} s: {meaning}")
            await asyncio.sleep(pause)
