"""Visitors' sessions and the cookie that restores them; contacts."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from pocketdesk.jobs import Leased
from pocketdesk.kernel.moments import HOUR
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import actions, jobs, rules, views
from pocketdesk.people.api import REMEMBER_BY_VISITOR, SESSION_BY_ADDRESS, SESSION_BY_DEVICE
from pocketdesk.storage import Engine
from tests.api.desk import Desk, Somebody
from tests.databases import Clock

SESSION = "/api/v1/visitor/session"


def _open(browser: TestClient, admin: Somebody, **more: Any) -> Any:
    body = {"account_id": admin.account_id, "mobile_tag": "support", **more}
    answer = browser.post(SESSION, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def _bearer(session: Any) -> dict[str, str]:
    return {"authorization": f"Bearer {session['token']}"}


def test_C15_the_same_cookie_brings_the_visitor_back_and_a_new_one_starts_empty(desk: Desk) -> None:
    ana = desk.found()
    phone = desk.browser()
    first = _open(phone, ana)
    assert first["known"] is False
    assert not phone.cookies, "opening the page sets nothing"
    assert phone.post("/api/v1/visitor/remember", headers=_bearer(first)).status_code == 204
    again = _open(phone, ana)
    assert (again["known"], again["visitor_id"]) == (True, first["visitor_id"])
    assert again["token"] != first["token"]
    other = _open(desk.browser(), ana)
    assert (other["known"], other["visitor_id"] != first["visitor_id"]) == (False, True)


def test_D19_forgetting_ends_session_and_cookie(desk: Desk) -> None:
    ana = desk.found()
    phone = desk.browser()
    first = _open(phone, ana)
    phone.post("/api/v1/visitor/remember", headers=_bearer(first))
    kept = phone.cookies["messagesUtk"]
    assert phone.delete(SESSION, headers=_bearer(first)).status_code == 204
    assert "messagesUtk" not in phone.cookies
    assert phone.post("/api/v1/visitor/remember", headers=_bearer(first)).status_code == 401
    phone.cookies.set("messagesUtk", kept, path="/api/v1/visitor")
    assert _open(phone, ana)["known"] is False


def test_C15_the_cookie_proves_nothing_by_itself(desk: Desk) -> None:
    ana = desk.found()
    phone = desk.browser()
    first = _open(phone, ana)
    phone.post("/api/v1/visitor/remember", headers=_bearer(first))
    assert phone.post("/api/v1/visitor/remember").status_code == 401
    assert ana.browser.post("/api/v1/visitor/remember").status_code == 401, "nor does the console's"
    assert phone.get(f"/api/v1/accounts/{ana.account_id}/users", headers=_bearer(first)).status_code == 401


def test_C15_a_cookie_of_another_account_or_a_made_up_one_restores_nobody(desk: Desk) -> None:
    ana = desk.found("Nordlicht", "ana@example.org")
    eve = desk.found("Other", "eve@example.org")
    phone = desk.browser()
    phone.post("/api/v1/visitor/remember", headers=_bearer(_open(phone, ana)))
    assert _open(phone, eve)["known"] is False
    assert _open(phone, ana)["known"] is True
    stranger = desk.browser()
    stranger.cookies.set("messagesUtk", "0" * 43)
    assert _open(stranger, ana)["known"] is False


def test_C15_remembering_again_keeps_the_cookie(desk: Desk) -> None:
    ana = desk.found()
    phone = desk.browser()
    session = _open(phone, ana)
    phone.post("/api/v1/visitor/remember", headers=_bearer(session))
    cookie = phone.cookies["messagesUtk"]
    phone.post("/api/v1/visitor/remember", headers=_bearer(session))
    assert phone.cookies["messagesUtk"] == cookie
    assert len(desk.rows()["visitor_cookie"]) == 1
    assert cookie not in str(desk.rows())


def test_the_visitors_cookie_over_http_and_over_https(engine: Engine, clock: Clock) -> None:
    for secure, ending in ((False, "SameSite=Lax"), (True, "SameSite=None; Secure; Partitioned")):
        with Desk(engine, clock, secure=secure) as desk:
            ana = desk.found("A", f"ana{secure}@example.org")
            phone = desk.browser()
            answer = phone.post("/api/v1/visitor/remember", headers=_bearer(_open(phone, ana)))
            cookie = answer.headers["set-cookie"]
            assert cookie.startswith("messagesUtk=")
            assert cookie.endswith(f"; Max-Age=15552000; Path=/api/v1/visitor; HttpOnly; {ending}")


def test_an_unknown_account_is_not_found(desk: Desk) -> None:
    desk.found()
    before = desk.rows()
    answer = desk.browser().post(SESSION, json={"account_id": 2**52, "mobile_tag": "support"})
    assert answer.status_code == 404
    assert desk.rows() == before


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"properties": {f"k{n}": "v" for n in range(51)}}, "properties"),
        ({"properties": {"k" * 65: "v"}}, f"properties.{'k' * 65}"),
        ({"properties": {"": "v"}}, "properties."),
        ({"properties": {"a\nb": "v"}}, "properties.a\nb"),
        ({"properties": {"key": "v" * 501}}, "properties.key"),
        ({"properties": {"key": 5}}, "properties.key"),
        ({"properties": {"key": "a\x00"}}, "properties.key"),
        ({"properties": []}, "properties"),
        ({"mobile_tag": "x" * 101}, "mobile_tag"),
        ({"mobile_tag": "a\x07"}, "mobile_tag"),
        ({"account_id": "1"}, "account_id"),
        ({"account_id": 2**60}, "account_id"),
        ({"account_id": True}, "account_id"),
        ({"visitor_id": 1}, "visitor_id"),
    ],
)
def test_what_a_device_tells_has_limits(desk: Desk, change: dict[str, Any], field: str) -> None:
    ana = desk.found()
    before = desk.rows()
    body = {"account_id": ana.account_id, "mobile_tag": "support", **change}
    answer = desk.browser().post(SESSION, json=body)
    assert answer.status_code == 422
    assert any(name == field or name.startswith(field) for name in answer.json()["fields"]), answer.text
    assert desk.rows() == before


def test_what_a_device_tells_replaces_what_it_told_before(desk: Desk) -> None:
    ana = desk.found()
    scope = AccountScope(ana.account_id)
    phone = desk.browser()
    first = _open(phone, ana, properties={"platform": "android", "battery_level": "80", "plan": "🌱 gold"})
    phone.post("/api/v1/visitor/remember", headers=_bearer(first))

    def told() -> dict[str, str]:
        found = desk.engine.read_and_wait(lambda reader: views.visitor(reader, scope, first["visitor_id"]))
        assert found.card.platform == "android"
        return dict(found.properties)

    assert told() == {"platform": "android", "battery_level": "80", "plan": "🌱 gold"}
    _open(phone, ana)
    assert told() == {"platform": "android", "battery_level": "80", "plan": "🌱 gold"}
    _open(phone, ana, properties={"platform": "android", "battery_level": "79"})
    assert told() == {"platform": "android", "battery_level": "79"}


def test_a_visitors_session_lives_while_it_is_used(desk: Desk, clock: Clock) -> None:
    ana = desk.found()
    phone = desk.browser()
    session = _open(phone, ana)
    for _ in range(3):
        clock.advance(rules.SESSION_MS - HOUR)
        assert phone.post("/api/v1/visitor/remember", headers=_bearer(session)).status_code == 204
    clock.advance(rules.SESSION_MS)
    assert phone.post("/api/v1/visitor/remember", headers=_bearer(session)).status_code == 401


async def _sweep(engine: Engine) -> None:
    run = jobs.runs(engine)[jobs.SWEEP]
    assert await run(Leased(0, 1, jobs.SWEEP, jobs.SWEEP, {}, 1, 1, 0)) is None


def test_visitors_who_never_wrote_are_forgotten_after_two_days(desk: Desk, clock: Clock) -> None:
    ana = desk.found()
    scope = AccountScope(ana.account_id)
    kept, written = desk.browser(), desk.browser()
    remembered = _open(kept, ana, properties={"platform": "ios"})
    kept.post("/api/v1/visitor/remember", headers=_bearer(remembered))
    writer = _open(written, ana)
    desk.engine.write_and_wait(lambda unit: actions.keep_visitor(unit, scope, writer["visitor_id"]))
    for _ in range(actions.SWEPT_AT_ONCE + 5):
        _open(desk.browser(), ana, properties={"platform": "ios"})
    clock.advance(rules.UNUSED_MS)
    fresh = _open(desk.browser(), ana)
    clock.advance(1)
    desk.run(_sweep, desk.engine)
    left = {row[1] for row in desk.rows()["visitor"]}
    assert left == {remembered["visitor_id"], writer["visitor_id"], fresh["visitor_id"]}
    assert len(desk.rows()["chat_property"]) == 1
    assert len(desk.rows()["visitor_session"]) == 3
    with pytest.raises(NotFound):
        desk.engine.write_and_wait(lambda unit: actions.keep_visitor(unit, scope, 12345))


def test_sessions_from_one_device_and_one_address_are_limited(desk: Desk, clock: Clock) -> None:
    ana = desk.found()
    phone = desk.browser("203.0.113.9")
    phone.post("/api/v1/visitor/remember", headers=_bearer(_open(phone, ana)))
    body = {"account_id": ana.account_id, "mobile_tag": "support"}
    codes = [phone.post(SESSION, json=body).status_code for _ in range(SESSION_BY_DEVICE.burst + 1)]
    assert codes == [201] * SESSION_BY_DEVICE.burst + [429]
    neighbour = desk.browser("203.0.113.9")
    assert neighbour.post(SESSION, json=body).status_code == 201, "a shared address locks nobody out"
    clock.advance(SESSION_BY_DEVICE.every_ms)
    assert phone.post(SESSION, json=body).status_code == 201
    by_address = desk.app.state.limiters[SESSION_BY_ADDRESS.name]
    for _ in range(SESSION_BY_ADDRESS.burst):
        by_address.take("203.0.113.77", clock.now)
    assert desk.browser("203.0.113.77").post(SESSION, json=body).status_code == 429


def test_remembering_is_limited(desk: Desk) -> None:
    ana = desk.found()
    phone = desk.browser()
    session = _open(phone, ana)
    codes: list[int] = []
    for _ in range(REMEMBER_BY_VISITOR.burst + 1):
        phone.cookies.clear()
        codes.append(phone.post("/api/v1/visitor/remember", headers=_bearer(session)).status_code)
    assert codes == [204] * REMEMBER_BY_VISITOR.burst + [429]


# Contacts.


def test_contacts_are_found_by_address_without_case_and_with_the_plus(desk: Desk) -> None:
    ana = desk.found()
    made = ana.post("/contacts", {"email": "Mia+app@Example.org", "name": "Mia Çelik"})
    assert (made["email"], made["verified"]) == ("mia+app@example.org", False)
    taken = ana.call("POST", "/contacts", {"email": "MIA+APP@example.ORG"})
    assert (taken.status_code, taken.json()["code"]) == (409, "address_taken")
    assert ana.post("/contacts", {"email": "mia@example.org"})["id"] != made["id"]
    for words in ("çELik", "MIA+app", "mia  Çe"):
        assert [found["id"] for found in ana.get("/contacts", search=words)["items"]] == [made["id"]], words
    for words in ("%", "_", "/", "nobody"):
        assert ana.get("/contacts", search=words)["items"] == [], words


def test_contacts_come_in_pages_newest_first(desk: Desk, clock: Clock) -> None:
    ana = desk.found()
    for number in range(5):
        ana.post("/contacts", {"email": f"c{number}@example.org"})
        clock.advance(number % 2)
    seen: list[str] = []
    after: str | None = None
    while True:
        page = ana.get("/contacts", limit=2, **({"after": after} if after else {}))
        seen += [found["email"] for found in page["items"]]
        after = page["after"]
        if after is None:
            break
    assert seen == [f"c{number}@example.org" for number in (4, 3, 2, 1, 0)]


def test_a_contact_changes_name_and_address(desk: Desk) -> None:
    ana = desk.found()
    made = ana.post("/contacts", {"email": "mia@example.org", "name": "Mia"})
    other = ana.post("/contacts", {"email": "leo@example.org"})
    changed = ana.patch(f"/contacts/{made['id']}", {"name": " ", "email": "mia2@example.org"})
    assert (changed["name"], changed["email"]) == (None, "mia2@example.org")
    assert ana.get(f"/contacts/{made['id']}") == {**changed, "further": []}
    taken = ana.call("PATCH", f"/contacts/{made['id']}", {"email": "leo@example.org"})
    assert list(taken.json()["fields"]) == ["email"]
    assert ana.get(f"/contacts/{other['id']}")["email"] == "leo@example.org"


def test_an_archived_contact_is_in_no_list_and_comes_back(desk: Desk) -> None:
    ana = desk.found()
    mia, leo = (ana.post("/contacts", {"email": f"{name}@example.org"}) for name in ("mia", "leo"))
    put_away = ana.patch(f"/contacts/{mia['id']}", {"archived": True})
    assert put_away["archived_at"] == desk.clock.now
    assert [each["id"] for each in ana.get("/contacts")["items"]] == [leo["id"]]
    assert ana.get("/contacts", search="mia")["items"] == []
    assert ana.get("/contacts", archived="true")["items"] == [put_away]
    assert ana.get(f"/contacts/{mia['id']}") == {**put_away, "further": []}
    refused = ana.call("POST", "/contacts", {"email": "mia@example.org"})
    assert refused.status_code == 409
    assert refused.json()["fields"] == {"email": "an archived contact has this address"}
    assert ana.patch(f"/contacts/{mia['id']}", {"archived": False})["archived_at"] is None
    assert len(ana.get("/contacts")["items"]) == 2
    done = [each["verb"] for each in ana.get("/audit")["items"] if each["object_kind"] == "contact"]
    assert done[:2] == ["restored", "archived"]


def test_associating_finds_or_adds_an_unverified_contact(desk: Desk) -> None:
    ana = desk.found()
    scope = AccountScope(ana.account_id)
    visitor_id = _open(desk.browser(), ana)["visitor_id"]

    def associate(email: str, name: str | None) -> Any:
        return desk.engine.write_and_wait(
            lambda unit: actions.associate(unit, scope, visitor_id, email, name)
        )

    first = associate("Mia@Example.org", None)
    assert (first.email, first.name, first.verified) == ("mia@example.org", None, False)
    named = associate("mia@example.org", "Mia")
    assert (named.id, named.name) == (first.id, "Mia")
    assert associate("mia@example.org", "Somebody else").name == "Mia"
    assert len(desk.rows()["contact"]) == 1
    foreign = desk.found("Other", "eve@example.org")
    with pytest.raises(NotFound):
        desk.engine.write_and_wait(
            lambda unit: actions.associate(
                unit, AccountScope(foreign.account_id), visitor_id, "a@example.org"
            )
        )


@pytest.mark.parametrize(
    ("properties", "status"),
    [
        ('{"a\\ud800": "b"}', 422),
        ('{"a": "\\udfff"}', 422),
        ("NaN", 422),
        ("[" * 3_000, 400),
        ('{"a": "b", "a": "c"}', 201),
    ],
)
def test_text_that_is_no_text_is_refused(desk: Desk, properties: str, status: int) -> None:
    ana = desk.found()
    answer = desk.browser().post(
        SESSION,
        content=f'{{"account_id": {ana.account_id}, "mobile_tag": "x", "properties": {properties}}}',
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == status, answer.text


def test_a_form_of_another_site_is_not_json(desk: Desk) -> None:
    ana = desk.found()
    body = f'{{"account_id": {ana.account_id}, "mobile_tag": "x"}}'
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        answer = desk.browser().post(SESSION, content=body, headers={"content-type": kind})
        assert answer.status_code == 422
    assert desk.rows()["visitor"] == []


def test_two_contacts_become_one_and_the_other_id_leads_to_it(desk: Desk) -> None:
    ana = desk.found()
    mia, leo = (ana.post("/contacts", {"email": f"{name}@example.org"}) for name in ("mia", "leo"))
    ana.patch(f"/contacts/{leo['id']}", {"name": "Leo Sand", "owner_user_id": ana.user_id})
    before = desk.rows()
    for wrong, status in (({"contact_id": mia["id"]}, 422), ({"contact_id": 1}, 404)):
        refused = ana.call("POST", f"/contacts/{mia['id']}/merge", wrong)
        assert refused.status_code == status
    ana.patch(f"/contacts/{leo['id']}", {"archived": True})
    put_away = ana.call("POST", f"/contacts/{mia['id']}/merge", {"contact_id": leo["id"]})
    assert (put_away.status_code, list(put_away.json()["fields"])) == (422, ["contact_id"])
    ana.patch(f"/contacts/{leo['id']}", {"archived": False})
    assert desk.rows()["contact"] == before["contact"]
    merged = ana.post(f"/contacts/{mia['id']}/merge", {"contact_id": leo["id"]})
    assert merged == {**mia, "name": "Leo Sand", "owner_user_id": ana.user_id}
    further = [{"contact_id": leo["id"], "email": "leo@example.org"}]
    for each in (mia, leo):
        assert ana.get(f"/contacts/{each['id']}") == {**merged, "further": further}
    assert ana.get(f"/contacts/{leo['id']}/consents") == {"items": [], "subscriptions": []}
    assert ana.get("/contacts")["items"] == [merged]
    assert ana.get("/contacts", search="leo@")["items"] == [merged]
    taken = ana.call("POST", "/contacts", {"email": "leo@example.org"})
    assert (taken.status_code, taken.json()["fields"]) == (
        409,
        {"email": "a merged contact has this address"},
    )
    asked = ana.post("/privacy/erasures", {"kind": "contact", "id": leo["id"]})
    assert asked["subject_id"] == mia["id"]
    nea = ana.post("/contacts", {"email": "nea@example.org"})
    for kept, other in ((mia, nea), (nea, mia)):
        refused = ana.call("POST", f"/contacts/{kept['id']}/merge", {"contact_id": other["id"]})
        assert (refused.status_code, refused.json()["code"]) == (409, "being_erased")
