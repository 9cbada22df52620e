"""Rules for the server's Python, read from the syntax tree."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import PurePosixPath

from tools.lint.rule import Rule, Source, prefixed

PRODUCT = "server/pocketdesk/"


def _calls(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every call with its dotted name: `unit.commit` of `unit.commit()`, `commit` of `f().commit()`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            parts: list[str] = []
            target = node.func
            while isinstance(target, ast.Attribute):
                parts.append(target.attr)
                target = target.value
            if isinstance(target, ast.Name):
                parts.append(target.id)
            yield node.lineno, ".".join(reversed(parts))


def _strings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every string that acts; those that only document are left out."""
    said = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.lineno, node.value


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every imported thing with its dotted name: `from a import b` gives `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{name.name}") for name in node.names)


def _known_as(tree: ast.Module) -> dict[str, str]:
    """What names stand for: `dt` for `datetime.datetime` after `from datetime import datetime as dt`."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {name.asname or name.name: name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {name.asname or name.name: f"{node.module}.{name.name}" for name in node.names}
    return names


class CommitInStorage(Rule):
    """Only the unit of work commits: an action that commits halfway leaves half-done things behind."""

    name = "commit"
    good = (
        ("server/pocketdesk/storage/engine.py", "connection.commit()"),
        ("server/pocketdesk/conversations/actions.py", "unit.add(MessagePosted())"),
    )
    bad = (
        ("server/pocketdesk/conversations/actions.py", "unit.connection.commit()"),
        ("server/pocketdesk/jobs/queue.py", 'cursor.execute("commit")'),
    )

    def covers(self, path: str) -> bool:
        return prefixed(path, PRODUCT) and path.endswith(".py") and not prefixed(path, PRODUCT + "storage/")

    def breaches(self, source: Source) -> Iterator[tuple[int, str]]:
        for line, name in _calls(source.tree):
            if name.split(".")[-1] == "commit":
                yield line, "only storage commits"
        for line, text in _strings(source.tree):
            if text.strip(" ;").upper() == "COMMIT":
                yield line, "only storage commits"


class ScopeFromAccounts(Rule):
    """An AccountScope proves that the door let somebody into an account, so only the door makes one."""

    name = "scope"
    good = (
        ("server/pocketdesk/accounts/actions.py", "scope = AccountScope(row.account_id)"),
        ("server/pocketdesk/people/views.py", "def visitors(reader: Reader, scope: AccountScope): ..."),
    )
    bad = (
        ("server/pocketdesk/people/views.py", "scope = AccountScope(7)"),
        ("server/pocketdesk/realtime/hub.py", "scope = scopes.AccountScope(account_id)"),
    )

    def covers(self, path: str) -> bool:
        allowed = (PRODUCT + "kernel/", PRODUCT + "accounts/", PRODUCT + "app/")
        return prefixed(path, PRODUCT) and path.endswith(".py") and not prefixed(path, *allowed)

    def breaches(self, source: Source) -> Iterator[tuple[int, str]]:
        for line, name in _calls(source.tree):
            if name.split(".")[-1] == "AccountScope":
                yield line, "only kernel, accounts and app make an AccountScope"


class PassedInTime(Rule):
    """Time and chance come in as arguments, so that a test can choose them."""

    name = "clock"
    asked = frozenset(
        {
            "datetime.date.today",
            "datetime.datetime.now",
            "datetime.datetime.today",
            "datetime.datetime.utcnow",
            "time.time",
            "time.time_ns",
            "uuid.uuid1",
            "uuid.uuid4",
            "uuid.uuid7",
        }
    )
    good = (
        ("server/pocketdesk/app/clock.py", "import time\nnow = time.time_ns()"),
        ("server/pocketdesk/jobs/queue.py", "import time\nstarted = time.perf_counter()"),
        ("server/pocketdesk/people/actions.py", "def seen(unit): return unit.now"),
    )
    bad = (
        ("server/pocketdesk/people/actions.py", "import time\nnow = time.time()"),
        (
            "server/pocketdesk/people/actions.py",
            "from datetime import UTC, datetime as dt\nnow = dt.now(UTC)",
        ),
        ("server/pocketdesk/people/actions.py", "import datetime\nnow = datetime.datetime.now()"),
        ("server/pocketdesk/people/actions.py", "from uuid import uuid4\nname = uuid4()"),
        ("server/pocketdesk/people/actions.py", "import random\nn = random.randrange(9)"),
        ("server/pocketdesk/people/actions.py", "from random import choice\nn = choice([1, 2])"),
    )

    def covers(self, path: str) -> bool:
        allowed = (
            PRODUCT + "app/clock.py",
            PRODUCT + "app/ids.py",
            PRODUCT + "app/demo/",
            PRODUCT + "storage/",
        )
        return prefixed(path, PRODUCT) and path.endswith(".py") and not prefixed(path, *allowed)

    def breaches(self, source: Source) -> Iterator[tuple[int, str]]:
        names = _known_as(source.tree)
        for line, name in _calls(source.tree):
            first, _, rest = name.partition(".")
            meant = f"{names.get(first, first)}.{rest}".rstrip(".")
            if meant in self.asked or (meant.startswith("random.") and first in names):
                yield line, f"{meant} is for app/clock and app/ids: take it as an argument"


class TellingNames(Rule):
    """Names say what a thing is; these words fit everything."""

    name = "names"
    banned = frozenset(
        word + ending
        for word in (
            "base",
            "common",
            "data",
            "handler",
            "helper",
            "info",
            "manager",
            "misc",
            "processor",
            "util",
        )
        for ending in ("", "s")
    )
    good = (
        ("server/pocketdesk/people/merge.py", "class MergedPerson: ...\nclass Database: ..."),
        ("server/pocketdesk/chatflows/model.py", "class KnowledgeBase: ..."),
        ("server/pocketdesk/knowledge/model.py", "class BaseChanges: ..."),
        ("web/console/src/inbox/Timeline.tsx", "export class Outbox {}"),
    )
    bad = (
        ("server/pocketdesk/people/utils.py", ""),
        ("server/pocketdesk/people/merge.py", "class MergeHandler: ..."),
        ("server/pocketdesk/people/merge.py", "class HTTPBase: ..."),
        ("web/console/src/inboxHelpers.ts", ""),
        ("web/client/src/session.ts", "export class SessionManager {}"),
    )
    terms = re.compile("knowledge[ _-]?base", re.IGNORECASE)
    # Where a knowledge base is what all is about, it is called a base.
    home, term = re.compile("(^|/)knowledge/"), frozenset({"base", "bases"})
    classes = re.compile(r"\bclass\s+([A-Za-z_]\w*)")
    words = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

    def covers(self, path: str) -> bool:
        return path.endswith((".py", ".ts", ".tsx")) and not prefixed(path, "tools/lint/")

    def breaches(self, source: Source) -> Iterator[tuple[int, str]]:
        stem = PurePosixPath(source.path).name.split(".")[0]
        named = [(1, stem), *((1, part) for part in PurePosixPath(source.path).parts[:-1])]
        if source.suffix == ".py":
            named += [
                (node.lineno, node.name) for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef)
            ]
        else:
            for number, line in enumerate(source.code, 1):
                named += [(number, name) for name in self.classes.findall(line)]
        banned = self.banned - self.term if self.home.search(source.path) else self.banned
        for line, name in named:
            for word in self.words.findall(self.terms.sub("", name)):
                if word.lower() in banned:
                    yield line, f"`{name}`: `{word.lower()}` says nothing; name what it is"


class DialectInStorage(Rule):
    """Which database it is, only storage asks; everybody else writes for both."""

    name = "dialect"
    good = (
        ("server/pocketdesk/storage/engine.py", 'if dialect == "sqlite": ...'),
        ("server/pocketdesk/people/store.py", '"""Runs on SQLite and postgresql."""'),
    )
    bad = (
        ("server/pocketdesk/people/store.py", 'if name == "sqlite": ...'),
        ("server/pocketdesk/people/store.py", "if connection.dialect.name in names: ..."),
        ("server/pocketdesk/people/store.py", "from sqlalchemy.dialects.postgresql import insert"),
        ("server/pocketdesk/people/store.py", "import sqlite3"),
    )
    drivers = re.compile(r"sqlite3|psycopg|sqlalchemy\.dialects")

    def covers(self, path: str) -> bool:
        allowed = (PRODUCT + "storage/", PRODUCT + "app/settings", PRODUCT + "app/doctor")
        return prefixed(path, PRODUCT) and path.endswith(".py") and not prefixed(path, *allowed)

    def breaches(self, source: Source) -> Iterator[tuple[int, str]]:
        for line, name in _imports(source.tree):
            if self.drivers.match(name):
                yield line, f"{name} is for storage"
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Attribute) and node.attr == "dialect":
                yield node.lineno, "only storage asks for the dialect"
        for line, text in _strings(source.tree):
            if re.search(r"sqlite|postgres", text, re.IGNORECASE):
                yield line, "only storage, app/settings and app/doctor name a database"


class PlainKernel(Rule):
    """The kernel stands on the standard library alone, so that everything can stand on it."""

    name = "kernel"
    good = (
        ("server/pocketdesk/kernel/page.py", "import json\nfrom pocketdesk.kernel.refusal import Invalid"),
    )
    bad = (
        ("server/pocketdesk/kernel/page.py", "import msgspec"),
        ("server/pocketdesk/kernel/page.py", "from pydantic import BaseModel"),
    )

    def covers(self, path: str) -> bool:
        return prefixed(path, PRODUCT + "kernel/") and path.endswith(".py")

    def breaches(self, source: Source) -> Iterator[tuple[int, str]]:
        for line, name in _imports(source.tree):
            top = name.split(".")[0]
            if top != "pocketdesk" and top not in sys.stdlib_module_names:
                yield line, f"the kernel does not import {top}"


class OneWayOut(Rule):
    """Requests to other servers go through `outbound`, the one client that checks where they lead."""

    name = "outbound"
    good = (
        ("server/pocketdesk/app/http.py", "from http import HTTPStatus"),
        ("server/pocketdesk/outbound/client.py", "import httpcore2\nfrom httpx2 import URL"),
        ("server/pocketdesk/knowledge/links.py", "from pocketdesk.outbound import Outbound, Request"),
    )
    bad = (
        ("server/pocketdesk/jobs/call.py", "import httpx2"),
        ("server/pocketdesk/jobs/call.py", "from httpcore2 import AsyncConnectionPool"),
        ("server/pocketdesk/outbound/client.py", "import aiohttp"),
        ("server/pocketdesk/jobs/call.py", "from websockets.asyncio.client import connect"),
        ("server/pocketdesk/jobs/call.py", "from urllib.request import urlopen"),
        ("server/pocketdesk/jobs/call.py", "import http.client"),
    )
    clients = re.compile(
        r"(httpx2?|httpcore2?|niquests|requests|aiohttp|urllib3|urllib\.request|http\.client|xmlrpc\.client"
        r"|websockets?|smtplib|ftplib|poplib|imaplib|pycurl)\b"
    )
    ours = re.compile(r"(httpx2|httpcore2)\b")

    def covers(self, path: str) -> bool:
        return prefixed(path, PRODUCT) and path.endswith(".py")

    def breaches(self, source: Source) -> Iterator[tuple[int, str]]:
        for line, name in _imports(source.tree):
            if self.clients.match(name) and not (
                prefixed(source.path, PRODUCT + "outbound/") and self.ours.match(name)
            ):
                yield line, f"{name}: the server calls others through `outbound`"


RULES: list[Rule] = [
    CommitInStorage(),
    ScopeFromAccounts(),
    PassedInTime(),
    TellingNames(),
    DialectInStorage(),
    PlainKernel(),
    OneWayOut(),
]
