"""First-run set-up, sessions, invitations and API tokens."""

from typing import Any

import pytest

from pocketdesk.accounts import actions, jobs
from pocketdesk.accounts.api.sessions import SIGN_IN_ANYWHERE, SIGN_IN_BY_ADDRESS, SIGN_IN_BY_LOGIN
from pocketdesk.accounts.model import Permission
from pocketdesk.accounts.rules import tokens
from pocketdesk.jobs import Leased
from pocketdesk.kernel.moments import DAY, HOUR
from pocketdesk.storage import Engine, UnitOfWork
from tests.api.desk import PASSWORD, Desk
from tests.databases import Clock

FIRST = {"account_name": "Nordlicht", "name": "Ana Duarte", "email": "Ana@Example.org", "password": PASSWORD}


def test_the_first_run_makes_an_account_once(desk: Desk) -> None:
    browser = desk.browser()
    assert browser.get("/api/v1/setup").json() == {"needed": True}
    answer = browser.post("/api/v1/setup", json=FIRST)
    assert answer.status_code == 201
    assert answer.json()["login"]["email"] == "ana@example.org"
    account = answer.json()["accounts"][0]
    assert account["name"] == "Nordlicht"
    assert account["user"]["permissions"] == sorted(Permission)
    assert browser.get("/api/v1/session").json() == answer.json()
    assert browser.get("/api/v1/setup").json() == {"needed": False}
    again = desk.browser().post("/api/v1/setup", json={**FIRST, "email": "mallory@example.org"})
    assert (again.status_code, again.json()["code"]) == (409, "already_set_up")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "aaaaaaaaaaaa"}, "password"),
        ({"password": "ana@example.org"}, "password"),
        ({"account_name": "  "}, "account_name"),
        ({"account_name": "a\u202eb"}, "account_name"),
        ({"name": "x" * 101}, "name"),
        ({"name": None}, "name"),
        ({"more": 1}, "more"),
    ],
)
def test_set_up_refuses_bad_input_at_its_field(desk: Desk, change: dict[str, Any], field: str) -> None:
    before = desk.rows()
    answer = desk.browser().post("/api/v1/setup", json={**FIRST, **change})
    assert answer.status_code == 422
    assert field in answer.json()["fields"]
    assert desk.rows() == before


def test_sign_in_and_out(desk: Desk) -> None:
    ana = desk.found()
    assert ana.browser.get("/api/v1/session").status_code == 200
    kept = dict(ana.browser.cookies)
    assert ana.browser.delete("/api/v1/session").status_code == 204
    assert ana.browser.get("/api/v1/session").status_code == 401
    thief = desk.browser()
    thief.cookies.update(kept)
    assert thief.get("/api/v1/session").status_code == 401


def test_a_wrong_password_and_an_unknown_address_look_alike(desk: Desk) -> None:
    desk.found()
    browser = desk.browser()
    answers = [
        browser.post("/api/v1/session", json={"email": email, "password": "not the password"})
        for email in ("ana@example.org", "nobody@example.org")
    ]
    bodies = [{**answer.json(), "correlation_id": ""} for answer in answers]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert bodies[0] == bodies[1]
    assert bodies[0]["code"] == "wrong_credentials"
    assert not any("set-cookie" in answer.headers for answer in answers)


def test_attempts_on_one_login_are_limited_and_others_are_not(desk: Desk, clock: Clock) -> None:
    desk.found()
    browser = desk.browser()
    guess = {"email": "ana@example.org", "password": "guess"}
    codes = [
        browser.post("/api/v1/session", json=guess).status_code for _ in range(SIGN_IN_BY_LOGIN.burst + 1)
    ]
    assert codes == [401] * SIGN_IN_BY_LOGIN.burst + [429]
    refused = browser.post("/api/v1/session", json={**guess, "password": PASSWORD})
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "60"
    other = browser.post("/api/v1/session", json={**guess, "email": "ben@example.org"})
    assert other.status_code == 401
    elsewhere = desk.browser("198.51.100.7").post("/api/v1/session", json={**guess, "password": PASSWORD})
    assert elsewhere.status_code == 200, "guesses from one address do not lock the owner out"
    clock.advance(SIGN_IN_BY_LOGIN.every_ms)
    assert browser.post("/api/v1/session", json={**guess, "password": PASSWORD}).status_code == 200


def test_attempts_on_one_login_from_everywhere_are_limited(desk: Desk, clock: Clock) -> None:
    desk.found()
    guess = {"email": "Ana@example.org", "password": "guess"}
    desk.browser().post("/api/v1/session", json=guess)
    anywhere = desk.app.state.limiters[SIGN_IN_ANYWHERE.name]
    for _ in range(SIGN_IN_ANYWHERE.burst - 3):  # one was Ana's own sign-in, one the guess
        anywhere.take("ana@example.org", clock.now)
    codes = [
        desk.browser(f"198.51.100.{number}").post("/api/v1/session", json=guess).status_code
        for number in range(3)
    ]
    assert codes == [401, 429, 429]


def test_attempts_from_one_address_are_limited(desk: Desk, clock: Clock) -> None:
    browser = desk.browser("198.51.100.7")
    guess = {"email": "a@example.org", "password": "x"}
    assert browser.post("/api/v1/session", json=guess).status_code == 401
    by_address = desk.app.state.limiters[SIGN_IN_BY_ADDRESS.name]
    for _ in range(SIGN_IN_BY_ADDRESS.burst - 2):
        by_address.take("198.51.100.7", clock.now)
    codes = [
        browser.post("/api/v1/session", json={**guess, "email": f"a{number}@example.org"}).status_code
        for number in range(3)
    ]
    assert codes == [401, 429, 429]
    elsewhere = desk.browser("198.51.100.8")
    assert elsewhere.post("/api/v1/session", json=guess).status_code == 401


def test_the_cookie_over_http_and_over_https(engine: Engine, clock: Clock) -> None:
    with Desk(engine, clock) as plain:
        plain.found()
        cookie = (
            plain.browser()
            .post("/api/v1/session", json={"email": "ana@example.org", "password": PASSWORD})
            .headers["set-cookie"]
        )
        assert cookie.startswith("session=")
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Secure" not in cookie
    with Desk(engine, clock, secure=True) as secure:
        browser = secure.browser()
        cookie = browser.post(
            "/api/v1/session", json={"email": "ana@example.org", "password": PASSWORD}
        ).headers["set-cookie"]
        assert cookie.startswith("__Host-session=")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        assert browser.get("/api/v1/session").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://desk.example.evil"},
    ],
)
def test_a_page_of_another_site_changes_nothing(desk: Desk, headers: dict[str, str]) -> None:
    ana = desk.found()
    before = desk.rows()
    for method, path, body in (
        ("PATCH", f"/accounts/{ana.account_id}/me", {"name": "Eve"}),
        ("DELETE", "/session", None),
        ("POST", "/session", {"email": "ana@example.org", "password": PASSWORD}),
        ("POST", "/setup", FIRST),
    ):
        answer = ana.browser.request(method, f"/api/v1{path}", json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin"), path
    assert desk.rows() == before


def test_a_session_ends_when_nobody_uses_it(desk: Desk, clock: Clock) -> None:
    ana = desk.found()
    for _ in range(3):
        clock.advance(tokens.SESSION_IDLE_MS - HOUR)
        ana.get("/users")
    clock.advance(tokens.SESSION_IDLE_MS)
    assert ana.call("GET", "/users").status_code == 401


def test_a_session_ends_at_last_however_much_it_is_used(desk: Desk, clock: Clock) -> None:
    ana = desk.found()
    for _ in range(tokens.SESSION_LONGEST_MS // (10 * DAY) - 1):
        clock.advance(10 * DAY)
        ana.get("/users")
    clock.advance(10 * DAY)
    assert ana.call("GET", "/users").status_code == 401


def test_being_seen_is_written_once_a_minute(desk: Desk, clock: Clock) -> None:
    ana = desk.found()

    def seen() -> int:
        return ana.get(f"/users/{ana.user_id}")["last_seen_at"]

    start = clock.now
    assert seen() == start
    clock.advance(59_999)
    assert seen() == start
    clock.advance(1)
    assert seen() == start + 60_000


def test_M02_an_invitation_is_accepted_once_with_a_new_password(desk: Desk) -> None:
    ana = desk.found()
    invited = ana.post("/users", {"name": "Ben", "email": "ben@example.org"})
    assert invited["user"]["joined_at"] is None
    assert invited["is_mailed"] is False
    path = f"/api/v1/invitations/{invited['invite_path'].removeprefix('/invite/')}"
    browser = desk.browser()
    assert browser.get(path).json() == {
        "account_name": "Nordlicht",
        "name": "Ben",
        "email": "ben@example.org",
        "has_password": False,
    }
    weak = browser.post(path, json={"name": "Ben Okri", "password": "short"})
    assert "password" in weak.json()["fields"]
    assert browser.post(path, json={"name": "Ben Okri", "password": PASSWORD}).status_code == 200
    assert browser.get("/api/v1/session").json()["accounts"][0]["user"]["name"] == "Ben Okri"
    assert browser.get(path).json()["code"] == "invitation_gone"
    assert browser.post(path, json={"name": "Eve", "password": PASSWORD}).status_code == 404


def test_M02_an_invitation_says_whether_a_mail_goes_out_too(desk: Desk) -> None:
    ana = desk.found()
    desk.app.state.sends_mail = True
    invited = ana.post("/users", {"name": "Ben", "email": "ben@example.org"})
    assert invited["is_mailed"] is True
    assert ana.post(f"/users/{invited['user']['id']}/invitation")["is_mailed"] is True


def test_M02_an_invitation_lasts_a_week_and_can_be_renewed(desk: Desk, clock: Clock) -> None:
    ana = desk.found()
    invited = ana.post("/users", {"name": "Ben", "email": "ben@example.org"})
    first = invited["invite_path"].replace("/invite/", "/api/v1/invitations/")
    clock.advance(tokens.INVITATION_MS)
    assert desk.browser().get(first).status_code == 404
    ana = desk.sign_in(ana.email, ana.account_id, ana.user_id)
    renewed = ana.post(f"/users/{invited['user']['id']}/invitation")
    second = renewed["invite_path"].replace("/invite/", "/api/v1/invitations/")
    assert desk.browser().get(second).status_code == 200
    ana.post(f"/users/{invited['user']['id']}/invitation")
    assert desk.browser().get(second).status_code == 404


def test_a_link_does_not_open_a_login_that_exists(desk: Desk) -> None:
    """The administrator of one account makes a link for somebody who works in another, and keeps it."""
    desk.found("Nordlicht", "ana@example.org")
    mallory = desk.found("Evil", "mallory@example.org")
    invited = mallory.post("/users", {"name": "Ana", "email": "ANA@example.org"})
    path = invited["invite_path"].replace("/invite/", "/api/v1/invitations/")
    assert desk.browser().get(path).json()["has_password"] is True
    stolen = desk.browser().post(path, json={"name": "Ana", "password": "mallory's own password"})
    assert (stolen.status_code, stolen.json()["code"]) == (401, "wrong_credentials")
    honest = desk.browser()
    answer = honest.post(path, json={"name": "Ana", "password": PASSWORD})
    assert [account["name"] for account in answer.json()["accounts"]] == ["Nordlicht", "Evil"]


def test_an_invited_user_has_no_way_in_before_accepting(desk: Desk) -> None:
    """Two accounts invite the same new person: the first link sets the password, and opens only its own account."""
    ana = desk.found("Nordlicht", "ana@example.org")
    eve = desk.found("Evil", "eve@example.org")
    ana.post("/users", {"name": "Ben", "email": "ben@example.org"})
    invited = eve.post("/users", {"name": "Ben", "email": "ben@example.org"})
    path = invited["invite_path"].replace("/invite/", "/api/v1/invitations/")
    browser = desk.browser()
    answer = browser.post(path, json={"name": "Ben", "password": PASSWORD})
    assert [account["name"] for account in answer.json()["accounts"]] == ["Evil"]
    assert browser.get(f"/api/v1/accounts/{ana.account_id}/users").status_code == 404


def test_api_tokens_are_shown_once_scoped_and_stop_when_revoked(desk: Desk) -> None:
    ana = desk.found()
    made = ana.post("/tokens", {"name": "Export", "scopes": ["people"]})
    secret = made["secret"]
    assert secret.startswith("pdk_")
    assert secret not in str(ana.get("/tokens"))
    assert not any(secret in str(rows) for rows in desk.rows().values())
    program = desk.browser(authorization=f"Bearer {secret}", origin="")
    base = f"/api/v1/accounts/{ana.account_id}"
    assert program.post(f"{base}/teams", json={"name": "Night shift"}).status_code == 201
    assert program.get(f"{base}/audit").status_code == 403
    assert ana.get("/tokens")["items"][0]["last_used_at"] == desk.clock.now
    ana.delete(f"/tokens/{made['token']['id']}")
    assert program.get(f"{base}/users").status_code == 401
    assert ana.call("DELETE", f"/tokens/{made['token']['id']}").status_code == 404


def test_a_token_never_does_more_than_its_maker_may(desk: Desk) -> None:
    ana = desk.found()
    ben = desk.hire(ana, "ben@example.org", "tokens", "people")
    refused = ben.call("POST", "/tokens", {"name": "Audit", "scopes": ["audit"]})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_held")
    assert "scopes" in refused.json()["fields"]
    secret = ben.post("/tokens", {"name": "People", "scopes": ["people"]})["secret"]
    program = desk.browser(authorization=f"Bearer {secret}")
    path = f"/api/v1/accounts/{ana.account_id}/teams"
    assert program.post(path, json={"name": "A"}).status_code == 201
    agent = next(found for found in ana.get("/permission-sets")["items"] if found["name"] == "Agent")
    ana.patch(f"/users/{ben.user_id}", {"permission_set_id": agent["id"]})
    assert program.post(path, json={"name": "B"}).status_code == 403
    ana.patch(f"/users/{ben.user_id}", {"deactivated": True})
    assert program.get(path).status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer x", "Basic pdk_x", "Bearer pdk_", "pdk_abc", ""])
def test_a_malformed_token_is_no_token(desk: Desk, header: str) -> None:
    ana = desk.found()
    answer = ana.browser.get(f"/api/v1/accounts/{ana.account_id}/users", headers={"authorization": header})
    assert answer.status_code == 401


async def _sweep(engine: Engine) -> None:
    await jobs.runs(engine)[jobs.SWEEP](Leased(0, 1, jobs.SWEEP, jobs.SWEEP, {}, 1, 1, 0))


def test_what_nobody_can_use_any_more_is_swept(desk: Desk, clock: Clock) -> None:
    ana = desk.found()
    ana.post("/users", {"name": "Ben", "email": "ben@example.org"})
    login_id = ana.browser.get("/api/v1/session").json()["login"]["id"]

    def many(unit: UnitOfWork) -> None:
        for _ in range(actions.SWEPT_AT_ONCE + 5):
            actions.open_session(unit, login_id, "browser", "192.0.2.1")

    desk.engine.write_and_wait(many)
    clock.advance(tokens.SESSION_IDLE_MS - 1)
    assert ana.get("/users")
    desk.run(_sweep, desk.engine)
    assert len(desk.rows()["login_session"]) == actions.SWEPT_AT_ONCE + 6
    assert desk.rows()["invitation"] == []
    clock.advance(1)
    desk.run(_sweep, desk.engine)
    assert len(desk.rows()["login_session"]) == 1
    assert ana.get("/users")
