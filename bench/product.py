"""The product under load: installs it once per database, seeds it, and starts fresh copies of that.

Seeding goes through the public doors. The copies that are measured are the shipped server with one
difference: `bench.unlimited` lifts the limits per visitor and address, because here a few hundred visitors do
the work of thousands.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import uuid
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Literal, Self

from bench import machine
from bench.generator import Line
from bench.postgres import Postgres
from bench.scenario import folder, serving

Database = Literal["SQLite", "PostgreSQL"]
TAG = "bench"
PASSWORD = "correct horse battery staple"
TEXT = "where is my order? " * 12 + "bench "
WELCOME, SNAPSHOT = '"type":"welcome"', '"type":"snapshot"'


def writes(conversation_id: int) -> Line:
    """How a visitor writes and what acknowledges it; the relay speaks the product's frames."""
    frame = {
        "type": "post_message",
        "conversation_id": conversation_id,
        "client_message_id": "%uuid%",
        "content": {"text": TEXT + "%seq%"},
        "command_id": "%uuid%",
    }
    return {"template": compact(frame), "ack": '"type":"ack"', "ack_id": '"command_id":"'}


READS: Line = {"deliver": '"message_posted"', "counter": TEXT[-10:]}


def compact(frame: Mapping[str, Any]) -> str:
    return json.dumps(frame, separators=(",", ":"))


class Http:
    """One kept-alive connection to the product; answers that are not 2xx raise."""

    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.origin = f"http://127.0.0.1:{port}"
        self.cookie = ""

    def __call__(self, method: str, path: str, body: object = None, *, bearer: str = "") -> Any:
        headers = {"Origin": self.origin, "Content-Type": "application/json"}
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        elif self.cookie:
            headers["Cookie"] = self.cookie
        self.connection.request(
            method, f"/api/v1{path}", json.dumps(body) if body is not None else None, headers
        )
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {content.decode()}")
        if cookie := answer.getheader("Set-Cookie"):
            self.cookie = cookie.partition(";")[0]
        return json.loads(content) if content else None


@dataclass
class Installation:
    """A seeded database at rest, and the keys of the people in it."""

    data: Path
    template: str = ""
    """Name of the PostgreSQL database; empty for SQLite, which is in `data`."""
    account_id: int = 0
    inbox_id: int = 0
    agents: list[str] = field(default_factory=list[str])
    """Cookies, each of another user."""
    visitors: list[str] = field(default_factory=list[str])
    """Bearers. The first `len(conversations)` have one conversation each."""
    conversations: list[int] = field(default_factory=list[int])

    def visitor(self, number: int) -> Line:
        """A visitor who is connected and follows the own conversations."""
        return socket(
            {"type": "hello", "protocol": 1, "token": self.visitors[number]},
            {"type": "subscribe", "stream": "visitor"},
        )

    def agent(self, number: int, *streams: str) -> Line:
        hello = {"type": "hello", "protocol": 1, "account_id": self.account_id}
        subscribes = [{"type": "subscribe", "stream": stream} for stream in streams]
        return socket(hello, *subscribes, headers=[f"Cookie: {self.agents[number]}"])

    def pairs(self, count: int) -> list[Line]:
        lines = list[Line]()
        for number, conversation in enumerate(self.conversations[:count]):
            agent = self.agent(number, f"conversation:{conversation}")
            lines.append({"role": "agent", "pair": number, **agent, **READS})
            lines.append({"role": "visitor", "pair": number, **self.visitor(number), **writes(conversation)})
        return lines


def socket(
    hello: Mapping[str, Any], *subscribes: Mapping[str, Any], headers: list[str] | None = None
) -> Line:
    setup = [{"send": compact(hello), "await": WELCOME}]
    setup += [{"send": compact(frame), "await": SNAPSHOT} for frame in subscribes]
    return {"path": "/socket", "setup": setup, "headers": headers or []}


@contextmanager
def running(data: Path, database: str, *, unlimited: bool = True) -> Generator[tuple[int, int]]:
    """Serves an installation; gives port and process id."""
    port = machine.free_port()
    environment = os.environ | {"POCKETDESK_DATA_DIR": str(data), "POCKETDESK_DATABASE_URL": database}
    module = "bench.unlimited" if unlimited else "pocketdesk"
    command = [sys.executable, "-m", module, "serve", "--host", "127.0.0.1", "--port", str(port)]
    with serving(command, port, environment=environment) as server:
        yield port, server.pid


class Product:
    """Seeded installations, one per database, for as long as a run of the bench lasts."""

    def __init__(self, postgres: Postgres, *, pairs: int = 500, idle: int = 5000) -> None:
        self.postgres = postgres
        self.pairs, self.idle = pairs, idle
        self.seeded: dict[Database, Installation] = {}
        self.stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()

    def installation(self, database: Database) -> Installation:
        if database not in self.seeded:
            data = self.stack.enter_context(folder())
            address = self.postgres.new_database() if database == "PostgreSQL" else ""
            installation = Installation(data, address.rpartition("/")[2])
            with running(data, address) as (port, _pid):
                seed(installation, Http(port), self.pairs, self.idle)
            self.seeded[database] = installation
        return self.seeded[database]

    @contextmanager
    def copy(self, database: Database) -> Generator[tuple[Installation, int, list[int]]]:
        """A fresh copy, served: the installation, the port, the processes whose CPU and memory count."""
        installation = self.installation(database)
        with folder() as data:
            shutil.copytree(installation.data, data, dirs_exist_ok=True)
            if database == "SQLite":
                with running(data, "") as (port, pid):
                    yield installation, port, [pid]
            else:
                with running(data, self.postgres.new_database(installation.template)) as (port, pid):
                    yield installation, port, [pid, self.postgres.pid]


def seed(installation: Installation, http: Http, pairs: int, idle: int) -> None:
    administrator = {"account_name": "Bench", "name": "Ada", "email": "ada@example.org", "password": PASSWORD}
    http("POST", "/setup", administrator)
    session = http("GET", "/session")
    installation.account_id = account = session["accounts"][0]["id"]
    at = f"/accounts/{account}"
    inbox = http("POST", f"{at}/inboxes", {"name": "Support", "type": "inbox"})
    installation.inbox_id = inbox["id"]
    http("POST", f"{at}/inboxes/{inbox['id']}/channels", {"kind": "mobile", "name": "App"})
    chatflow = {"inbox_id": inbox["id"], "language": "en", "mobile_tag": TAG, "type": "live_agent"}
    made = http("POST", f"{at}/chatflows", chatflow)
    http("PATCH", f"{at}/chatflows/{made['id']}", {"is_on": True})
    installation.agents = [http.cookie] * pairs
    visit = {"account_id": account, "mobile_tag": TAG, "properties": {"platform": "android"}}
    for number in range(max(pairs, idle)):
        bearer = http("POST", "/visitor/session", visit)["token"]
        installation.visitors.append(bearer)
        if number < pairs:
            start = {
                "type": "start_conversation",
                "command_id": str(uuid.uuid4()),
                "client_conversation_id": str(uuid.uuid4()),
                "client_message_id": str(uuid.uuid4()),
                "mobile_tag": TAG,
                "content": {"text": "Hello"},
            }
            (reply,) = http("POST", "/realtime/commands", {"commands": [start]}, bearer=bearer)["replies"]
            installation.conversations.append(reply["result"]["conversation_id"])
