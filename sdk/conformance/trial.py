"""One run of a client through the hostile relay, and what it shows of the rules."""

import asyncio
import json
import os
import random
import signal
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from relay import Findings, Relay

RULES = {
    "P-1": "frames and fields of a later version are ignored",
    "P-2": "the first frame is a hello",
    "P-12": "a position that is named was given",
    "P-14": "a stream that was reset is asked for without a position",
    "P-18": "what is shown has no hole, nothing twice, and the order of writing, at every moment",
    "P-31": "what got no answer is sent again as it was",
    "P-32": "the server keeps everything once and in the order in which it was written",
    "P-50": "after 4401 another credential is used, after every other close it connects again",
}


class Desk(Protocol):
    """The server behind the relay."""

    port: int
    origin: str
    account_id: int

    def kill(self) -> None: ...
    def start(self) -> None: ...
    def timeline(self, conversation_id: int) -> list[dict[str, Any]]: ...


@dataclass
class Verdict:
    """What a run has shown of the `rules`, by name what they mean."""

    rules: dict[str, str]
    findings: Findings
    troubles: dict[str, int]
    failure: str | None

    @property
    def passed(self) -> bool:
        """Every rule had its occasion and held."""
        return not (self.failure or self.findings.breaches or set(self.rules) - set(self.findings.occasions))


async def try_client(desk: Desk, command: list[str], *, seed: int, texts: int, seconds: float) -> Verdict:
    """Lets the client write `texts` messages while everything happens to it, kill -9 of the server once."""
    async with Relay(f"ws://127.0.0.1:{desk.port}/socket", random.Random(seed)) as relay:
        driver = await asyncio.create_subprocess_exec(
            *command, relay.url, desk.origin, str(desk.account_id), "support",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**22, start_new_session=True,
        )  # fmt: skip
        run = _Run(desk, relay, [f"number {number}" for number in range(texts)])
        failure = None
        try:
            async with asyncio.timeout(seconds):
                await run.watch(driver)
        except TimeoutError:
            failure = f"after {seconds:.0f} s {run.shown} of {texts} messages are shown"
        except ValueError as error:
            failure = f"the driver: {error}"
        finally:
            with suppress(ProcessLookupError):
                # With whatever it has started: a `node` may be a script around the real one.
                os.killpg(driver.pid, signal.SIGKILL)
            await driver.communicate()
        if run.conversation_id and not failure:
            kept = _texts(entry.get("message", entry) for entry in desk.timeline(run.conversation_id))
            relay.findings.check("P-32", kept == run.written, f"the server keeps {kept}")
        return Verdict(RULES, relay.findings, dict(relay.met), failure)


class _Run:
    def __init__(self, desk: Desk, relay: Relay, written: list[str]) -> None:
        self.desk = desk
        self.relay = relay
        self.written = written
        self.shown = 0
        self.conversation_id = 0
        self._has_died = False

    async def watch(self, driver: asyncio.subprocess.Process) -> None:
        """Writes everything and looks at each screen, until all of it is shown and nothing waits."""
        assert driver.stdin
        assert driver.stdout
        for text in self.written:
            driver.stdin.write(f"{text}\n".encode())
        async for line in driver.stdout:
            screen = json.loads(line)
            self._look(screen["conversations"])
            if self.shown * 2 >= len(self.written) and not self._has_died:
                self._has_died = True
                await asyncio.to_thread(self.desk.kill)
                await asyncio.to_thread(self.desk.start)
            if screen["refused"]:
                raise ValueError(f"the server refused {screen['refused']}")
            if self.shown == len(self.written) and not screen["waiting"] and self._all_met():
                return
        raise ValueError("it ended")

    def _all_met(self) -> bool:
        return self.relay.troubles <= set(self.relay.met)

    def _look(self, conversations: list[dict[str, Any]]) -> None:
        check = self.relay.findings.check
        check("P-18", len(conversations) <= 1, f"{len(conversations)} conversations are shown")
        for conversation in conversations[:1]:
            self.conversation_id = conversation["id"]
            shown = _texts(conversation["messages"])
            # A snapshot holds the newest ones only.
            last = self.written.index(shown[-1]) + 1 if shown else 0
            check("P-18", shown == self.written[last - len(shown) : last], f"shown is {shown}")
            self.shown = last
            if self.relay.met["of a later version"]:
                check("P-1", True, "")


def _texts(messages: Any) -> list[str]:
    """What visitors wrote, in order; the server's own messages left out."""
    found = [each["content"]["blocks"][0]["runs"][0]["text"] for each in messages if "content" in each]
    return [text for text in found if text.startswith("number ")]
