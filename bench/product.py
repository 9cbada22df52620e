"""The product under load: installs it once per database, seeds it, and starts fresh copies of that.

Users are made by the product's own actions, because each sign-in is slow on purpose; the rest goes through the
public doors. The copies that are measured are the shipped server with one difference: `bench.unlimited` lifts the
limits per visitor and address, because here a few hundred visitors do the work of thousands.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from secrets import token_bytes, token_urlsafe
from typing import Any, Literal, Self
from uuid import uuid4

from bench import machine
from bench.generator import Line
from bench.postgres import Postgres
from bench.scenario import folder, serving
from pocketdesk.accounts import actions
from pocketdesk.accounts.rules.passwords import hash_password
from pocketdesk.storage import Engine, UnitOfWork

Database = Literal["SQLite", "PostgreSQL"]
TEAM = 200
"""Members at most of a team here."""
TAG = "bench"
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
    shipped = [str(Path(sys.executable).parent / "pocketdesk")]
    program = [sys.executable, "-m", "bench.unlimited"] if unlimited else shipped
    command = [*program, "serve", "--host", "127.0.0.1", "--port", str(port)]
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
            with running(data, address):
                pass  # makes the tables
            users = add_people(installation, address or str(data / "pocketdesk.sqlite3"), self.pairs)
            with running(data, address) as (port, _pid):
                add_conversations(installation, Http(port), users, self.pairs, self.idle)
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


def add_people(installation: Installation, database: str, count: int) -> list[int]:
    """The account and its users, each signed in; their ids."""

    def people(unit: UnitOfWork) -> list[int]:
        password = hash_password(token_urlsafe(), token_bytes(16))
        founded = actions.set_up(unit, "Bench", "Ada", "ada@example.org", password)
        installation.account_id = founded.scope.account_id
        logins, users = [founded.login_id], [founded.actor.user_id]
        for number in range(1, count):
            email = f"agent{number}@example.org"
            user = actions.create_user(
                unit, founded.scope, founded.actor, f"Agent {number}", email, password=password
            )
            logins.append(user.login_id)
            users.append(user.id)
        cookies = (actions.open_session(unit, login, "bench", "127.0.0.1") for login in logins)
        installation.agents = [f"session={cookie}" for cookie in cookies]
        return users

    engine = Engine.open(database, clock=lambda: time.time_ns() // 1_000_000)
    try:
        return engine.write_and_wait(people)
    finally:
        engine.close()


def add_conversations(
    installation: Installation, http: Http, users: list[int], pairs: int, idle: int
) -> None:
    """An inbox with everybody, a chatflow, visitors; the first `pairs` of them have written once."""
    http.cookie = installation.agents[0]
    account = f"/accounts/{installation.account_id}"
    teams = [
        {"name": f"Team {at}", "main_member_ids": users[at : at + TEAM], "extra_member_ids": []}
        for at in range(0, len(users), TEAM)
    ]
    team_ids = [http("POST", f"{account}/teams", team)["id"] for team in teams]
    inbox = {
        "name": "Support",
        "type": "inbox",
        "reopen_hours": 24,
        "member_user_ids": [],
        "member_team_ids": team_ids,
    }
    installation.inbox_id = http("POST", f"{account}/inboxes", inbox)["id"]
    http("POST", f"{account}/inboxes/{installation.inbox_id}/channels", {"kind": "mobile", "name": "App"})
    chatflow = {"inbox_id": installation.inbox_id, "language": "en", "mobile_tag": TAG, "type": "live_agent"}
    chatflow_id = http("POST", f"{account}/chatflows", chatflow)["id"]
    http("PATCH", f"{account}/chatflows/{chatflow_id}", {"is_on": True})
    # Who is asked about cookies cannot type before the answer, and here nobody answers.
    http("PATCH", f"{account}/privacy/settings", {"cookie_consent": False})
    visit = {"account_id": installation.account_id, "mobile_tag": TAG, "properties": {"platform": "android"}}
    for number in range(max(pairs, idle)):
        bearer = http("POST", "/visitor/session", visit)["token"]
        installation.visitors.append(bearer)
        if number < pairs:
            names = ("command_id", "client_conversation_id", "client_message_id")
            start = {"type": "start_conversation", **{name: str(uuid4()) for name in names}}
            start |= {"mobile_tag": TAG, "content": {"text": "Hello"}}
            (reply,) = http("POST", "/realtime/commands", {"commands": [start]}, bearer=bearer)["replies"]
            installation.conversations.append(reply["result"]["conversation_id"])
