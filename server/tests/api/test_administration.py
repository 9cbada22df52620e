"""Users, teams, permission sets and the audit log."""

from typing import Any

from pocketdesk.accounts.model import Permission
from tests.api.desk import PASSWORD, Desk, Somebody
from tests.databases import Clock


def _set_named(admin: Somebody, name: str) -> int:
    return next(found["id"] for found in admin.get("/permission-sets")["items"] if found["name"] == name)


def _code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_M02_deactivating_a_user_ends_their_sessions_at_once(desk: Desk) -> None:
    ana = desk.found()
    ben = desk.hire(ana, "ben@example.org")
    assert ben.get("/users")["items"][1]["name"] == "Ben Okri"
    gone = ana.patch(f"/users/{ben.user_id}", {"deactivated": True})
    assert gone["deactivated_at"] == desk.clock.now
    assert ben.call("GET", "/users").status_code == 401
    assert desk.rows()["login_session"].__len__() == 1
    refused = desk.browser().post("/api/v1/session", json={"email": ben.email, "password": PASSWORD})
    assert _code(refused) == (401, "wrong_credentials")
    ana.patch(f"/users/{ben.user_id}", {"deactivated": False})
    assert desk.sign_in(ben.email, ben.account_id, ben.user_id).get("/users")


def test_M02_a_user_who_leaves_one_account_stays_in_the_other(desk: Desk) -> None:
    ana = desk.found("Nordlicht", "ana@example.org")
    eve = desk.found("Other", "eve@example.org")
    invited = ana.post("/users", {"name": "Eve", "email": "eve@example.org"})
    path = invited["invite_path"].replace("/invite/", "/api/v1/invitations/")
    eve.browser.post(path, json={"name": "Eve", "password": PASSWORD})
    ana.patch(f"/users/{invited['user']['id']}", {"deactivated": True})
    assert eve.browser.get(f"/api/v1/accounts/{ana.account_id}/users").status_code == 404
    assert eve.get("/users")


def test_M02_the_last_administrator_cannot_be_removed(desk: Desk) -> None:
    ana = desk.found()
    agent, administrator = _set_named(ana, "Agent"), _set_named(ana, "Administrator")
    before = desk.rows()
    for change in ({"deactivated": True}, {"permission_set_id": agent}):
        assert _code(ana.call("PATCH", f"/users/{ana.user_id}", change)) == (409, "last_administrator")
    assert desk.rows() == before
    pending = ana.post(
        "/users", {"name": "Ben", "email": "ben@example.org", "permission_set_id": administrator}
    )
    refused = ana.call("PATCH", f"/users/{ana.user_id}", {"deactivated": True})
    assert _code(refused) == (409, "last_administrator"), "an invited one does not count yet"
    path = pending["invite_path"].replace("/invite/", "/api/v1/invitations/")
    desk.browser().post(path, json={"name": "Ben", "password": PASSWORD})
    assert ana.patch(f"/users/{ana.user_id}", {"permission_set_id": agent})["permissions"] == []


def test_M02_nobody_grants_what_they_do_not_hold(desk: Desk) -> None:
    ana = desk.found()
    ben = desk.hire(ana, "ben@example.org", "people")
    administrator = _set_named(ana, "Administrator")
    own_set = ben.get(f"/users/{ben.user_id}")["permission_set_id"]
    before = desk.rows()
    for method, path, body in (
        ("PATCH", f"/users/{ben.user_id}", {"permission_set_id": administrator}),
        ("POST", "/users", {"name": "C", "email": "c@example.org", "permission_set_id": administrator}),
        ("POST", "/permission-sets", {"name": "All", "permissions": ["people", "audit"]}),
        ("PATCH", f"/permission-sets/{own_set}", {"permissions": ["people", "audit"]}),
        ("PATCH", f"/users/{ana.user_id}", {"deactivated": True}),
        ("PATCH", f"/users/{ana.user_id}", {"permission_set_id": own_set}),
    ):
        assert _code(ben.call(method, path, body)) == (403, "not_held"), path
    assert desk.rows() == before


def test_M02_permission_sets_show_the_rights_in_effect(desk: Desk) -> None:
    ana = desk.found()
    items = ana.get("/permission-sets")["items"]
    everything = sorted(Permission)
    assert [(found["name"], found["builtin"], found["permissions"]) for found in items] == [
        ("Administrator", True, everything),
        ("Agent", True, []),
    ]
    made = ana.post("/permission-sets", {"name": "Editors", "permissions": ["chatflows", "chatflows"]})
    assert made["permissions"] == ["chatflows"]
    ben = ana.post("/users", {"name": "Ben", "email": "b@example.org", "permission_set_id": made["id"]})[
        "user"
    ]
    ana.patch(f"/permission-sets/{made['id']}", {"permissions": ["inboxes"]})
    assert ana.get(f"/users/{ben['id']}")["permissions"] == ["inboxes"]
    assert _code(ana.call("DELETE", f"/permission-sets/{made['id']}")) == (409, "in_use")
    ana.patch(f"/users/{ben['id']}", {"permission_set_id": _set_named(ana, "Agent")})
    ana.delete(f"/permission-sets/{made['id']}")
    assert len(ana.get("/permission-sets")["items"]) == 2


def test_M02_builtin_permission_sets_stay(desk: Desk) -> None:
    ana = desk.found()
    agent = _set_named(ana, "Agent")
    before = desk.rows()
    assert _code(ana.call("PATCH", f"/permission-sets/{agent}", {"name": "X"})) == (409, "builtin")
    assert _code(ana.call("DELETE", f"/permission-sets/{agent}")) == (409, "builtin")
    assert desk.rows() == before


def test_M02_teams_have_main_and_extra_members(desk: Desk) -> None:
    ana = desk.found()
    ben = desk.hire(ana, "ben@example.org")
    team = ana.post(
        "/teams", {"name": "Night", "main_member_ids": [ana.user_id], "extra_member_ids": [ben.user_id]}
    )
    assert team["main_member_ids"] == [ana.user_id]
    assert team["extra_member_ids"] == [ben.user_id]
    both = {"main_member_ids": [ana.user_id], "extra_member_ids": [ana.user_id]}
    refused = ana.call("PATCH", f"/teams/{team['id']}", both)
    assert "extra_member_ids" in refused.json()["fields"]
    moved = ana.patch(
        f"/teams/{team['id']}", {"name": "Late", "main_member_ids": [ben.user_id], "extra_member_ids": []}
    )
    assert (moved["name"], moved["main_member_ids"], moved["extra_member_ids"]) == ("Late", [ben.user_id], [])
    ana.delete(f"/teams/{team['id']}")
    assert ana.get("/teams")["items"] == []
    assert ana.call("PATCH", f"/teams/{team['id']}", {"name": "X"}).status_code == 404


def _status(somebody: Somebody) -> tuple[str, Any]:
    """What their own session says."""
    session = somebody.browser.get("/api/v1/session").json()
    user = next(each["user"] for each in session["accounts"] if each["id"] == somebody.account_id)
    return user["status"], user["status_set_by"]


def test_E10_somebody_set_away_sees_by_whom_and_can_return(desk: Desk, clock: Clock) -> None:
    ana = desk.found()
    ben = desk.hire(ana, "ben@example.org")
    assert _status(ben) == ("available", None)
    clock.advance(1_000)
    set_away = ana.patch(f"/users/{ben.user_id}", {"status": "away"})
    assert (set_away["status"], set_away["status_at"]) == ("away", clock.now)
    assert set_away["status_set_by"] == ana.user_id
    assert _status(ben) == ("away", {"id": ana.user_id, "name": "Ana Duarte"})
    assert ben.patch("/me", {"status": "available"})["status_set_by"] is None
    assert _status(ben) == ("available", None)
    latest = ana.get("/audit")["items"][0]
    assert (latest["actor"]["id"], latest["object_id"]) == (ana.user_id, ben.user_id)
    assert latest["facts"]["status"] == "away"


def test_E10_staying_away_by_ones_own_word_ends_the_override(desk: Desk) -> None:
    ana = desk.found()
    ben = desk.hire(ana, "ben@example.org")
    ana.patch(f"/users/{ben.user_id}", {"status": "away"})
    ana.patch(f"/users/{ben.user_id}", {"name": "Benjamin"})
    assert _status(ben)[1], "another change leaves it"
    ben.patch("/me", {"status": "away"})
    assert _status(ben) == ("away", None)
    ana.patch(f"/users/{ben.user_id}", {"status": "away"})
    assert _status(ben) == ("away", None), "nothing that was not so before"


def test_E10_without_the_right_nobody_sets_anothers_status(desk: Desk) -> None:
    ana = desk.found()
    ben = desk.hire(ana, "ben@example.org", "inboxes")
    refused = ben.call("PATCH", f"/users/{ana.user_id}", {"status": "away"})
    assert _code(refused) == (403, "forbidden")
    assert _status(ana) == ("available", None)


def test_E09_one_is_set_by_oneself_whatever_the_route(desk: Desk) -> None:
    ana = desk.found()
    assert ana.patch(f"/users/{ana.user_id}", {"status": "away"})["status_set_by"] is None


def test_M02_everybody_changes_their_own_name_and_status(desk: Desk, clock: Clock) -> None:
    ana = desk.found()
    ben = desk.hire(ana, "ben@example.org")
    clock.advance(1_000)
    changed = ben.patch("/me", {"name": "  Benjamin   Okri ", "status": "away"})
    assert (changed["name"], changed["initials"]) == ("Benjamin Okri", "BO")
    assert (changed["status"], changed["status_at"]) == ("away", clock.now)
    assert ben.get(f"/users/{ben.user_id}") == changed


def test_users_come_in_pages(desk: Desk) -> None:
    ana = desk.found()
    for number in range(4):
        ana.post("/users", {"name": f"U{number}", "email": f"u{number}@example.org"})
    first = ana.get("/users", limit=3)
    second = ana.get("/users", limit=3, after=first["after"])
    assert [user["name"] for user in first["items"] + second["items"]] == [
        "Ana Duarte",
        "U0",
        "U1",
        "U2",
        "U3",
    ]
    assert second["after"] is None
    for cursor in ("x", "eyJ9", "WyJhIl0", "W10"):
        refused = ana.call("GET", "/users", after=cursor)
        assert (refused.status_code, list(refused.json()["fields"])) == (422, ["after"])


def test_the_same_address_is_one_user(desk: Desk) -> None:
    ana = desk.found()
    refused = ana.call("POST", "/users", {"name": "Ana", "email": "ANA@example.org"})
    assert _code(refused) == (409, "already_member")


def test_A22_the_audit_log_says_who_did_what_and_when(desk: Desk, clock: Clock) -> None:
    ana = desk.found()
    clock.advance(5_000)
    team = ana.post("/teams", {"name": "Night"})
    clock.advance(5_000)
    ana.delete(f"/teams/{team['id']}")
    newest, made, *rest = ana.get("/audit")["items"]
    assert (newest["verb"], newest["object_kind"], newest["object_id"]) == ("deleted", "team", team["id"])
    assert newest["actor"] == {"id": ana.user_id, "name": "Ana Duarte"}
    assert newest["at"] == clock.now
    assert (made["verb"], made["at"]) == ("created", clock.now - 5_000)
    assert [entry["object_kind"] for entry in rest] == ["account"]
    page = ana.get("/audit", limit=1)
    assert ana.get("/audit", limit=1, after=page["after"])["items"] == [made]


def test_A22_a_refused_change_leaves_no_entry(desk: Desk) -> None:
    ana = desk.found()
    before = ana.get("/audit")
    ana.call("PATCH", f"/users/{ana.user_id}", {"deactivated": True})
    ana.call("POST", "/teams", {"name": " "})
    assert ana.get("/audit") == before


def test_accounts_never_see_each_other(desk: Desk) -> None:
    ana = desk.found("Nordlicht", "ana@example.org")
    eve = desk.found("Other", "eve@example.org")
    team = ana.post("/teams", {"name": "Night"})
    assert eve.call("PATCH", f"/teams/{team['id']}", {"name": "Mine"}).status_code == 404
    assert eve.call("GET", f"/users/{ana.user_id}").status_code == 404
    stolen = eve.call("POST", "/teams", {"name": "Mine", "main_member_ids": [ana.user_id]})
    assert list(stolen.json()["fields"]) == ["main_member_ids.0"]
    foreign_set = _set_named(ana, "Agent")
    refused = eve.call("PATCH", f"/users/{eve.user_id}", {"permission_set_id": foreign_set})
    assert list(refused.json()["fields"]) == ["permission_set_id"]
    assert [user["email"] for user in eve.get("/users")["items"]] == ["eve@example.org"]


def test_A28_nothing_depends_on_a_plan(desk: Desk) -> None:
    """Any number of users may receive conversations; the flag is a person's, not a seat that is paid for."""
    ana = desk.found()
    users = [
        ana.post("/users", {"name": f"U{number}", "email": f"u{number}@example.org"})["user"]
        for number in range(12)
    ]
    assert all(user["can_receive"] for user in users)
    assert ana.patch(f"/users/{users[0]['id']}", {"can_receive": False})["can_receive"] is False
