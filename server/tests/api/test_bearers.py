"""C11, C16: whatever is wrong with a bearer, every route that takes one says the same: nothing."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from pocketdesk.conversations import api as conversations
from pocketdesk.hubspot import api as hubspot
from pocketdesk.kernel.moments import DAY
from tests.api.desk import Desk, Somebody

SESSION = "/api/v1/visitor/session"
OPEN = {
    ("POST", SESSION),  # begins one
}
ROOMS = (
    "/api/v1/visitor/",
    "/api/v1/app/",
    "/crm/",
    "/conversations/",
    "/communication-preferences/",
    "/files/v3",
)


def _routes(desk: Desk) -> set[tuple[str, str]]:
    """Each route once, by one of the paths it stands at."""
    found: dict[tuple[str, Any], str] = {}
    for route in iter_route_contexts(desk.app.routes):
        path = re.sub(r"{[^}]*}", "5", route.path or "")
        if path.startswith(ROOMS):
            found |= {(method, route.endpoint): path for method in route.methods or ()}
    return {(method, path) for (method, _), path in found.items()} - OPEN


def _is_silent(browser: TestClient, method: str, path: str, words: dict[str, str]) -> None:
    """Every word gets the answer that no word gets."""
    answers: set[str] = set()
    for word in ("", *words.values()):
        headers = {"authorization": f"Bearer {word}"} if word else {}
        answer = browser.request(method, path, headers=headers)
        assert answer.status_code == 401, (path, word, answer.text)
        assert "set-cookie" not in answer.headers
        answers.add(re.sub(r'"correlation_?[iI]d":"[^"]*"', "", answer.text))
    assert len(answers) == 1


def test_C11_C16_a_bearer_that_does_not_hold_opens_no_route(desk: Desk, subtests: pytest.Subtests) -> None:
    desk.app.include_router(conversations.router, prefix="/api/v1")
    desk.app.include_router(hubspot.router)
    ana = desk.found()
    gone_page, gone_shell = _phone(desk, ana)
    old_page, old_shell = _phone(desk, ana)
    good = {"authorization": f"Bearer {gone_page}"}
    assert desk.browser().delete(SESSION, headers=good).status_code == 204
    program = ana.post("/tokens", {"name": "P", "scopes": ["people"]})
    ana.delete(f"/tokens/{program['token']['id']}")
    ended, expired = (_connected(desk, ana) for _ in range(2))
    desk.browser().delete(f"/oauth/v1/refresh-tokens/{ended['refresh_token']}")
    desk.clock.now += 91 * DAY
    page, shell = _phone(desk, ana)
    secret = desk.sign_in(ana.email, ana.account_id, ana.user_id).post(
        "/tokens", {"name": "P", "scopes": ["people"]}
    )["secret"]
    wrong = {
        "forged": "x" * len(page),
        "ended page": gone_page,
        "ended shell": gone_shell,
        "expired page": old_page,
        "expired shell": old_shell,
        "revoked program": program["secret"],
        "ended access token": ended["access_token"],
        "ended refresh token": ended["refresh_token"],
        "expired access token": expired["access_token"],
        "refresh token": expired["refresh_token"],
        "one other character": _other(page),
        "cut": page[:-1],
    }
    foreign = {
        "/api/v1/visitor/": {"shell": shell, "program": secret},
        "/api/v1/app/": {"page": page, "program": secret},
        "/": {"page": page, "shell": shell},
    }
    found = sorted(_routes(desk))
    assert len(found) > 100
    before, browser = desk.rows(), desk.browser()
    for method, path in found:
        with subtests.test(f"{method} {path}"):
            room = next(each for each in foreign if path.startswith(each))
            _is_silent(browser, method, path, wrong | foreign[room])
    assert desk.rows() == before


def _phone(desk: Desk, ana: Somebody) -> tuple[str, str]:
    """The bearers of a page and of the shell around it."""
    browser = desk.browser()
    begun = browser.post(SESSION, json={"account_id": ana.account_id, "mobile_tag": "support"})
    token = begun.json()["token"]
    headers = {"authorization": f"Bearer {token}"}
    return token, browser.post("/api/v1/visitor/app-credential", headers=headers).json()["credential"]


def _connected(desk: Desk, ana: Somebody) -> dict[str, str]:
    """The tokens of an integration that Ana let in."""
    asked = {"redirect_uri": "https://shop.example/", "scope": "crm.objects.contacts.read"}
    new = {"name": "Shop", "redirect_uris": [asked["redirect_uri"]], "scopes": [asked["scope"]]}
    made = ana.post("/integrations", new)
    shown = {"client_id": made["integration"]["client_id"]}
    answer = ana.browser.post("/api/v1/oauth/authorization", json={**asked, **shown, "allow": True})
    (code,) = parse_qs(urlsplit(answer.json()["redirect_to"]).query)["code"]
    form = {**shown, "client_secret": made["secret"], "redirect_uri": asked["redirect_uri"], "code": code}
    return desk.browser().post("/oauth/v1/token", data={**form, "grant_type": "authorization_code"}).json()


def _other(word: str) -> str:
    return ("a" if word[0] != "a" else "b") + word[1:]
