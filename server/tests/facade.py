"""Calls at HubSpot's paths, as its clients send them."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from pocketdesk.accounts import actions as accounts
from pocketdesk.accounts.model import Actor, Permission
from pocketdesk.storage import Engine
from tests.small_account import SmallAccount


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: dict[str, str]


@dataclass(frozen=True)
class Program:
    """Something with a token."""

    origin: str
    secret: str

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> Answer:
        """Any call; the answer, whatever it is."""
        url = f"{self.origin}{path}" + (f"?{urlencode(query, doseq=True)}" if query else "")
        request = Request(
            url,
            None if body is None else json.dumps(body).encode(),
            {"authorization": f"Bearer {self.secret}", "content-type": "application/json"},
            method=method,
        )
        try:
            with urlopen(request, timeout=20) as answer:
                text = answer.read()
                headers = {name.lower(): value for name, value in answer.headers.items()}
                return Answer(answer.status, json.loads(text) if text else None, headers)
        except HTTPError as refused:
            headers = {name.lower(): value for name, value in refused.headers.items()}
            return Answer(refused.code, json.loads(refused.read()), headers)

    def good(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """A call that succeeds; what it answers."""
        answer = self.call(method, path, body, **query)
        assert answer.status < 300, answer
        return answer.body

    def pages(self, path: str, **query: Any) -> list[Any]:
        """Everything of a list, page after page."""
        found: list[Any] = []
        while True:
            page = self.good("GET", path, **query)
            found += page["results"]
            if "paging" not in page:
                return found
            query["after"] = page["paging"]["next"]["after"]


def program(origin: str, account: SmallAccount, *scopes: Permission, actor: Actor | None = None) -> Program:
    """A program with a token of the account's administrator, or of another user."""
    return Program(origin, token(account.engine, account, actor or account.admin, *scopes))


def token(engine: Engine, account: SmallAccount, actor: Actor, *scopes: Permission) -> str:
    """A new token's secret."""
    _, secret = engine.write_and_wait(
        lambda unit: accounts.create_token(unit, account.scope, actor, "program", list(scopes))
    )
    return secret
