"""Who proves to be whom: sessions with tokens, keys that are write-only, enforcement in stages."""

import json
from typing import Any

import pytest
from joserfc import jwk, jwt
from sqlalchemy import select
from starlette.testclient import TestClient

from pocketdesk.consent import views as consent
from pocketdesk.jobs import Leased
from pocketdesk.kernel.moments import DAY, HOUR
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import jobs, store, views
from pocketdesk.people.api import COOKIE
from tests.api.desk import Desk, Somebody
from tests.databases import Clock

SESSION = "/api/v1/visitor/session"
REMEMBER = "/api/v1/visitor/remember"
MIA = "mia+app@example.org"


def _open(
    browser: TestClient, admin: Somebody, token: str | None = None, email: str | None = MIA, **more: Any
) -> Any:
    body = {"account_id": admin.account_id, "mobile_tag": "support", "identity_token": token, "email": email}
    answer = browser.post(SESSION, json=body | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


def _bearer(session: Any) -> dict[str, str]:
    return {"authorization": f"Bearer {session['token']}"}


def _issue(admin: Somebody, email: str = MIA, **names: str) -> str:
    return admin.post("/identity/tokens", {"email": email, **names})["token"]


def _contact(admin: Somebody, email: str = MIA) -> Any:
    (found,) = [each for each in admin.get("/contacts")["items"] if each["email"] == email]
    return found


def _jwt(desk: Desk, admin: Somebody, key: Any, header: dict[str, Any], **claims: Any) -> str:
    at = desk.clock.now // 1000
    given = {"email": MIA, "aud": str(admin.account_id), "iat": at, "exp": at + 600}
    return jwt.encode(header, given | claims, key)


def test_C10_C14_a_token_makes_the_visitor_that_contact_on_every_device(desk: Desk) -> None:
    ana = desk.found()
    first = _open(desk.browser(), ana, _issue(ana))
    second = _open(desk.browser(), ana, _issue(ana))
    assert (first["identity"], second["identity"]) == ("verified", "verified")
    assert first["visitor_id"] == second["visitor_id"]
    assert _contact(ana)["verified"] is True
    assert _open(desk.browser(), ana, None, None)["visitor_id"] != first["visitor_id"]


def test_C10_the_token_may_come_without_the_address(desk: Desk) -> None:
    ana = desk.found()
    assert _open(desk.browser(), ana, _issue(ana), None)["identity"] == "verified"
    assert _open(desk.browser(), ana, _issue(ana), "")["identity"] == "verified"


@pytest.mark.parametrize("email", [MIA, "MIA+app@Example.org", f" {MIA} "])
def test_C18_a_plus_in_the_address_is_part_of_it(desk: Desk, email: str) -> None:
    ana = desk.found()
    ana.post("/contacts", {"email": "mia@example.org"})
    assert _open(desk.browser(), ana, _issue(ana, MIA), email)["identity"] == "verified"
    assert _contact(ana, "mia@example.org")["verified"] is False
    assert _contact(ana, MIA)["verified"] is True


def test_each_token_is_another_and_safe_in_an_address(desk: Desk) -> None:
    ana = desk.found()
    tokens = {_issue(ana) for _ in range(5)}
    assert len(tokens) == 5
    assert all(token.replace("-", "").replace("_", "").isalnum() for token in tokens)
    assert not any(token in str(desk.rows()) for token in tokens)


def test_C11_a_token_is_no_credential_for_anything_else(desk: Desk) -> None:
    ana = desk.found()
    bearer = {"authorization": f"Bearer {_issue(ana)}"}
    phone = desk.browser()
    assert phone.post(REMEMBER, headers=bearer).status_code == 401
    assert phone.get(f"/api/v1/accounts/{ana.account_id}/users", headers=bearer).status_code == 401


def test_C11_what_does_not_hold_makes_somebody_new_and_says_no_more(desk: Desk) -> None:
    ana = desk.found("Nordlicht", "ana@example.org")
    eve = desk.found("Other", "eve@example.org")
    theirs = _open(desk.browser(), ana, _issue(ana))
    phone = desk.browser()
    anonymous = _open(phone, ana, None, None)
    phone.post(REMEMBER, headers=_bearer(anonymous))
    cookie = phone.cookies[COOKIE]
    good = _issue(ana)
    seen: set[int] = {theirs["visitor_id"], anonymous["visitor_id"]}
    for token, email in (
        ("nonsense", MIA),
        ("pdi_" + "A" * 43, MIA),
        (good + "x", MIA),
        (good, "eve@example.org"),
        (good, "not an address"),
        (good.removeprefix("pdi_"), MIA),
        (_issue(eve), MIA),
        ("x" * 16_000, MIA),
        ("a.b.c", MIA),
        ("\0", MIA),
    ):
        answer = _open(phone, ana, token, email)
        assert (answer["identity"], answer["known"]) == ("refused", False)
        assert answer["visitor_id"] not in seen
        assert set(answer) == {"token", "visitor_id", "expires_at", "known", "identity"}
        seen.add(answer["visitor_id"])
    assert phone.cookies[COOKIE] == cookie
    assert _open(phone, ana, None, None)["visitor_id"] == anonymous["visitor_id"]


def test_C12_a_token_holds_for_twelve_hours_and_then_its_row_goes(desk: Desk, clock: Clock) -> None:
    ana = desk.found()
    token = _issue(ana)
    clock.advance(12 * HOUR - 1)
    assert _open(desk.browser(), ana, token)["identity"] == "verified"
    clock.advance(1)
    assert _open(desk.browser(), ana, token)["identity"] == "refused"
    desk.run(jobs.runs(desk.engine)[jobs.SWEEP], Leased(0, 1, jobs.SWEEP, jobs.SWEEP, {}, 1, 1, 0))
    assert desk.rows()["identity_token"] == []


def test_C12_a_proven_session_ends_after_twelve_hours_of_use(desk: Desk, clock: Clock) -> None:
    ana = desk.found()
    session = _open(desk.browser(), ana, _issue(ana))
    assert session["expires_at"] == clock.now + 12 * HOUR
    for _ in range(5):
        clock.advance(2 * HOUR)
        assert desk.browser().post(REMEMBER, headers=_bearer(session)).status_code != 401
    clock.advance(2 * HOUR)
    assert desk.browser().post(REMEMBER, headers=_bearer(session)).status_code == 401


def test_C13_a_name_is_taken_only_where_none_is_known(desk: Desk) -> None:
    ana = desk.found()
    _open(desk.browser(), ana, _issue(ana, first_name="Mia", last_name="Sand"))
    assert _contact(ana)["name"] == "Mia Sand"
    _open(desk.browser(), ana, _issue(ana, first_name="Eve"))
    assert _contact(ana)["name"] == "Mia Sand"
    ana.post("/contacts", {"email": "leo@example.org"})
    _open(desk.browser(), ana, _issue(ana, "leo@example.org", first_name="Leo"), "leo@example.org")
    assert _contact(ana, "leo@example.org")["name"] == "Leo"


def test_G05_who_is_named_gets_no_cookie_and_loses_the_one_that_is_there(desk: Desk) -> None:
    desk.app.state.check_remembering = consent.check_remembering
    ana = desk.found()
    ana.browser.put(
        f"/api/v1/accounts/{ana.account_id}/privacy", json={"cookie_consent": False}
    )  # nobody would be asked
    phone = desk.browser()
    for token in (_issue(ana), "nonsense"):
        session = _open(phone, ana, token)
        answer = phone.post(REMEMBER, headers=_bearer(session))
        assert (answer.status_code, answer.json()["code"]) == (403, "not_remembered")
        assert COOKIE not in phone.cookies
    desk.app.state.check_remembering = lambda *_: None
    anonymous = _open(phone, ana, None, None)
    phone.post(REMEMBER, headers=_bearer(anonymous))
    kept = phone.cookies[COOKIE]
    assert _open(phone, ana, _issue(ana))["identity"] == "verified"
    assert COOKIE not in phone.cookies
    phone.cookies.set(COOKIE, kept, path="/api/v1/visitor")
    assert _open(phone, ana, None, None)["known"] is False, "the cookie's visitor is retired"
    assert phone.post(REMEMBER, headers=_bearer(anonymous)).status_code == 401


def test_C16_log_out_ends_the_session_and_leaves_somebody_new(desk: Desk) -> None:
    ana = desk.found()
    phone = desk.browser()
    session = _open(phone, ana, _issue(ana))
    assert phone.delete(SESSION, headers=_bearer(session)).status_code == 204
    assert phone.post(REMEMBER, headers=_bearer(session)).status_code == 401
    after = _open(phone, ana, None, None)
    assert (after["identity"], after["known"]) == ("none", False)
    assert after["visitor_id"] != session["visitor_id"]


# Keys.


def test_C10_a_secret_is_shown_once_and_signs(desk: Desk) -> None:
    ana = desk.found()
    made = ana.post("/identity/keys", {"name": "Shop"})
    secret, key = made["secret"], made["key"]
    assert key["algorithm"] == "HS256"
    assert secret not in str(desk.rows())
    assert str(jwk.OctKey.import_key(secret).as_dict()["k"]) not in str(desk.rows())
    assert secret not in ana.call("GET", "/identity").text
    token = _jwt(desk, ana, jwk.OctKey.import_key(secret), {"alg": "HS256", "kid": key["kid"]}, name="Mia")
    assert _open(desk.browser(), ana, token)["identity"] == "verified"
    assert _contact(ana)["name"] == "Mia"
    assert ana.get("/identity")["keys"][0]["last_used_at"] == desk.clock.now


def test_C10_keys_are_rotated_while_both_hold_and_revoking_ends_what_they_proved(desk: Desk) -> None:
    ana = desk.found()
    old, new = jwk.ECKey.generate_key("P-256"), jwk.OKPKey.generate_key("Ed25519")
    kept = ana.post(
        "/identity/keys", {"name": "Old", "kid": "2025", "public_key": old.as_pem(private=False).decode()}
    )
    ana.post(
        "/identity/keys", {"name": "New", "kid": "2026", "public_key": json.dumps(new.as_dict(private=False))}
    )
    by_old = _open(desk.browser(), ana, _jwt(desk, ana, old, {"alg": "ES256", "kid": "2025"}))
    by_new = _open(
        desk.browser(),
        ana,
        jwt.encode(
            {"alg": "EdDSA", "kid": "2026"},
            {"email": MIA, "aud": ana.account_id, "exp": desk.clock.now // 1000 + 60},
            new,
            algorithms=["EdDSA"],
        ),
    )
    assert by_old["visitor_id"] == by_new["visitor_id"]
    revoked = ana.post(f"/identity/keys/{kept['key']['id']}/revoke")
    assert revoked["revoked_at"] == desk.clock.now
    assert ana.post(f"/identity/keys/{kept['key']['id']}/revoke") == revoked
    assert desk.browser().post(REMEMBER, headers=_bearer(by_old)).status_code == 401
    assert desk.browser().post(REMEMBER, headers=_bearer(by_new)).status_code != 401
    again = _open(desk.browser(), ana, _jwt(desk, ana, old, {"alg": "ES256", "kid": "2025"}))
    assert again["identity"] == "refused"


def test_C11_a_key_proves_nothing_in_another_account(desk: Desk) -> None:
    ana = desk.found("Nordlicht", "ana@example.org")
    eve = desk.found("Other", "eve@example.org")
    key = jwk.ECKey.generate_key("P-256")
    eve.post("/identity/keys", {"name": "Eve", "public_key": key.as_pem(private=False).decode()})
    token = _jwt(desk, ana, key, {"alg": "ES256"})
    assert _open(desk.browser(), ana, token)["identity"] == "refused"
    assert _open(desk.browser(), eve, token)["identity"] == "refused", "it is not for that account"
    assert eve.call("POST", "/identity/keys/1/revoke").status_code == 404


def test_a_secret_of_another_installation_is_no_secret(desk: Desk) -> None:
    ana = desk.found()
    made = ana.post("/identity/keys", {"name": "Shop"})
    token = _jwt(desk, ana, jwk.OctKey.import_key(made["secret"]), {"alg": "HS256"})
    desk.app.state.sealing_key = b"0" * 32
    assert _open(desk.browser(), ana, token)["identity"] == "refused"


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "name"),
        ({"name": " "}, 422, "name"),
        ({"name": "A", "public_key": "none"}, 422, "public_key"),
        ({"name": "A", "public_key": "x" * 4_001}, 422, "public_key"),
        ({"name": "A", "kid": "a b"}, 422, "kid"),
        ({"name": "A", "kid": "taken"}, 409, "kid"),
        ({"name": "A", "secret": "mine"}, 422, "secret"),
    ],
)
def test_a_key_that_cannot_be_is_refused(desk: Desk, body: Any, status: int, field: str) -> None:
    ana = desk.found()
    ana.post("/identity/keys", {"name": "Shop", "kid": "taken"})
    before = desk.rows()
    answer = ana.call("POST", "/identity/keys", body)
    assert (answer.status_code, list(answer.json()["fields"])) == (status, [field])
    assert desk.rows() == before


def test_an_account_has_ten_keys_at_most(desk: Desk) -> None:
    ana = desk.found()
    keys = [ana.post("/identity/keys", {"name": f"K{n}"})["key"] for n in range(10)]
    answer = ana.call("POST", "/identity/keys", {"name": "more"})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_keys")
    ana.post(f"/identity/keys/{keys[0]['id']}/revoke")
    ana.post("/identity/keys", {"name": "more"})


def test_signing_somebody_out_ends_sessions_and_tokens(desk: Desk) -> None:
    ana = desk.found()
    token = _issue(ana)
    session = _open(desk.browser(), ana, token)
    ana.post("/identity/sign-out", {"email": MIA})
    assert desk.browser().post(REMEMBER, headers=_bearer(session)).status_code == 401
    assert _open(desk.browser(), ana, token)["identity"] == "refused"
    assert _open(desk.browser(), ana, _issue(ana))["visitor_id"] == session["visitor_id"]
    ana.post("/identity/sign-out", {"email": "nobody@example.org"})


def test_another_address_of_the_contact_has_to_be_proven_anew(desk: Desk) -> None:
    ana = desk.found()
    session = _open(desk.browser(), ana, _issue(ana))
    contact = _contact(ana)
    ana.patch(f"/contacts/{contact['id']}", {"email": "mia@new.example"})
    assert desk.browser().post(REMEMBER, headers=_bearer(session)).status_code == 401
    assert _contact(ana, "mia@new.example")["verified"] is False
    renewed = _open(desk.browser(), ana, _issue(ana, "mia@new.example"), "mia@new.example")
    assert renewed["visitor_id"] == session["visitor_id"]


def test_identity_needs_its_right_and_a_token_of_the_api_may_have_it_alone(desk: Desk) -> None:
    ana = desk.found()
    ben = desk.hire(ana, "ben@example.org", "chatflows", "people", "tokens")
    for method, path, body in (
        ("GET", "/identity", None),
        ("PUT", "/identity", {"enforcement": "enforce"}),
        ("POST", "/identity/keys", {"name": "A"}),
        ("POST", "/identity/tokens", {"email": MIA}),
        ("POST", "/identity/sign-out", {"email": MIA}),
    ):
        assert ben.call(method, path, body).status_code == 403
    word = ana.post("/tokens", {"name": "Shop", "scopes": ["identity"]})["secret"]
    answer = desk.browser().post(
        f"/api/v1/accounts/{ana.account_id}/identity/tokens",
        json={"email": MIA},
        headers={"authorization": f"Bearer {word}"},
    )
    assert answer.status_code == 201


# Enforcement.


def _days(admin: Somebody) -> dict[tuple[str, str], tuple[int, int, int]]:
    return {
        (each["client"], each["app_version"]): (each["proven"], each["unproven"], each["refused"])
        for each in admin.get("/identity")["days"]
    }


def _claimed(desk: Desk, admin: Somebody, session: Any) -> str | None:
    table = store.visitor
    query = select(table.c.claimed_email).where(
        table.c.account_id == admin.account_id, table.c.id == session["visitor_id"]
    )
    ((email,),) = desk.engine.read_and_wait(lambda reader: reader.all(query))
    return email


@pytest.mark.parametrize("enforcement", ["off", "report", "enforce"])
def test_enforcement_goes_in_stages(desk: Desk, enforcement: str) -> None:
    ana = desk.found()
    ana.put("/identity", {"enforcement": enforcement})
    ana.put("/identity", {"enforcement": enforcement})
    app = desk.browser(**{"user-agent": "Mozilla PocketdeskSDK/1.2.0 (ios)"})
    proven = _open(app, ana, _issue(ana), properties={"app_version": "5.1"})
    unproven = _open(app, ana, None, "leo@example.org", properties={"app_version": "5.0"})
    _open(app, ana, "nonsense", properties={"app_version": "5.0"})
    _open(desk.browser(), ana, None, None)
    _open(desk.browser(**{"user-agent": "HubspotMobileSDK/1.0.7"}), ana, "", "leo@example.org")
    sdk = "PocketdeskSDK 1.2.0 (ios)"
    counted = {
        (sdk, "5.1"): (1, 0, 0),
        (sdk, "5.0"): (0, 1, 1),
        ("HubspotMobileSDK 1.0.7", ""): (0, 1, 0),
    }
    assert _days(ana) == ({} if enforcement == "off" else counted)
    assert (proven["identity"], unproven["identity"]) == ("verified", "none")
    assert _claimed(desk, ana, unproven) == (None if enforcement == "enforce" else "leo@example.org")


def test_days_are_told_apart_and_forgotten_in_the_end(desk: Desk, clock: Clock) -> None:
    ana = desk.found()
    ana.put("/identity", {"enforcement": "report"})
    for _ in range(2):
        _open(desk.browser(), ana, "nonsense")
    clock.advance(DAY)
    _open(desk.browser(), ana, "nonsense")
    today = clock.now // DAY * DAY
    assert [(each["day"], each["refused"]) for each in ana.get("/identity")["days"]] == [
        (today, 1),
        (today - DAY, 2),
    ]
    assert len(ana.get("/identity", days=1)["days"]) == 1
    clock.advance(100 * DAY)
    desk.run(jobs.runs(desk.engine)[jobs.SWEEP], Leased(0, 1, jobs.SWEEP, jobs.SWEEP, {}, 1, 1, 0))
    assert desk.rows()["identity_day"] == []


def test_versions_that_somebody_makes_up_are_counted_together(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pocketdesk.people.rules.MOST_CLIENTS", 3)
    ana = desk.found()
    ana.put("/identity", {"enforcement": "report"})
    for version in ("1", "2", "3", "4", "5", "1"):
        _open(desk.browser(), ana, "nonsense", properties={"app_version": version})
    assert _days(ana) == {
        ("web", "1"): (0, 0, 2),
        ("web", "2"): (0, 0, 1),
        ("web", "3"): (0, 0, 1),
        ("other", ""): (0, 0, 2),
    }


def test_what_is_wrong_with_the_device_leaves_nothing_of_a_proof(desk: Desk) -> None:
    ana = desk.found()
    token = _issue(ana)
    before = desk.rows()
    body = {"account_id": ana.account_id, "mobile_tag": "a\x07", "identity_token": token, "email": MIA}
    assert desk.browser().post(SESSION, json=body).status_code == 422
    assert desk.rows() == before


def test_the_contact_of_a_caller_is_known_to_other_routes(desk: Desk) -> None:
    ana = desk.found()
    session = _open(desk.browser(), ana, _issue(ana))
    found = desk.engine.read_and_wait(
        lambda reader: views.visitor_of_bearer(reader, session["token"], desk.clock.now)
    )
    assert found is not None
    assert found.contact_id == _contact(ana)["id"]
    scope = AccountScope(ana.account_id)
    assert (
        desk.engine.read_and_wait(lambda reader: views.visitor_of_contact(reader, scope, _contact(ana)["id"]))
        == session["visitor_id"]
    )
