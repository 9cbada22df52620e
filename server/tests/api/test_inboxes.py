"""Inboxes, who sees them, their channels and configuration files."""

import json
import plistlib
from html.parser import HTMLParser

import pytest

from pocketdesk.inboxes import views
from pocketdesk.kernel.scope import AccountScope
from tests.api.desk import Desk, Somebody


def _seen(desk: Desk, somebody: Somebody) -> frozenset[int]:
    scope = AccountScope(somebody.account_id)
    return desk.engine.read_and_wait(lambda reader: views.inboxes_of(reader, scope, somebody.user_id))


def _members(desk: Desk, admin: Somebody, inbox_id: int) -> frozenset[int]:
    scope = AccountScope(admin.account_id)
    return desk.engine.read_and_wait(lambda reader: views.members_of(reader, scope, inbox_id))


def test_M01_an_inbox_and_a_help_desk(desk: Desk) -> None:
    ana = desk.found()
    inbox = ana.post("/inboxes", {"name": "Support", "type": "inbox"})
    assert (inbox["reopen_hours"], inbox["member_user_ids"], inbox["is_member"]) == (24, [ana.user_id], True)
    desk_ = ana.post("/inboxes", {"name": "Help", "type": "help_desk", "member_user_ids": []})
    assert (desk_["type"], desk_["is_member"]) == ("help_desk", False)
    assert [found["name"] for found in ana.get("/inboxes")["items"]] == ["Support"]
    assert [found["name"] for found in ana.get("/inboxes", scope="all")["items"]] == ["Support", "Help"]
    page = ana.get("/inboxes", scope="all", limit=1)
    assert ana.get("/inboxes", scope="all", after=page["after"])["items"] == [desk_]
    renamed = ana.patch(f"/inboxes/{inbox['id']}", {"name": "Care", "reopen_hours": 0})
    assert (renamed["name"], renamed["reopen_hours"]) == ("Care", 0)


def test_L19_users_see_inboxes_of_their_own_and_of_their_teams(desk: Desk) -> None:
    ana = desk.found()
    ben = desk.hire(ana, "ben@example.org")
    carl = desk.hire(ana, "carl@example.org")
    team = ana.post(
        "/teams", {"name": "T", "main_member_ids": [ben.user_id], "extra_member_ids": [carl.user_id]}
    )
    own = ana.post("/inboxes", {"name": "Own", "member_user_ids": [ben.user_id]})["id"]
    teams = ana.post("/inboxes", {"name": "Team", "member_user_ids": [], "member_team_ids": [team["id"]]})[
        "id"
    ]
    assert _seen(desk, ben) == {own, teams}
    assert _seen(desk, carl) == {teams}
    assert _seen(desk, ana) == set()
    assert _members(desk, ana, teams) == {ben.user_id, carl.user_id}
    assert _members(desk, ana, own) == {ben.user_id}
    assert carl.call("GET", f"/inboxes/{own}").status_code == 404
    assert carl.get(f"/inboxes/{teams}")["is_member"] is True
    ana.patch(f"/teams/{team['id']}", {"extra_member_ids": []})
    assert _seen(desk, carl) == set()
    ana.delete(f"/teams/{team['id']}")
    assert _seen(desk, ben) == {own}
    assert ana.get(f"/inboxes/{teams}")["member_team_ids"] == []
    ana.patch(f"/users/{ben.user_id}", {"deactivated": True})
    assert _seen(desk, ben) == set()
    assert _members(desk, ana, own) == set()


def test_L19_the_chatflows_permission_lists_all_inboxes_and_opens_none(desk: Desk) -> None:
    ana = desk.found()
    editor = desk.hire(ana, "editor@example.org", "chatflows")
    agent = desk.hire(ana, "agent@example.org")
    inbox = ana.post("/inboxes", {"name": "Support"})["id"]
    assert [found["id"] for found in editor.get("/inboxes", scope="all")["items"]] == [inbox]
    assert editor.get("/inboxes", scope="mine")["items"] == []
    assert _seen(desk, editor) == set()
    assert agent.call("GET", "/inboxes", scope="all").status_code == 403
    assert agent.get("/inboxes", scope="mine")["items"] == []


def test_M01_an_archived_inbox_keeps_its_members_and_takes_no_new_channel(desk: Desk) -> None:
    ana = desk.found()
    inbox = ana.post("/inboxes", {"name": "Support"})["id"]
    archived = ana.patch(f"/inboxes/{inbox}", {"archived": True})
    assert archived["archived_at"] == desk.clock.now
    assert _seen(desk, ana) == {inbox}
    refused = ana.call("POST", f"/inboxes/{inbox}/channels", {"kind": "mobile", "name": "App"})
    assert (refused.status_code, refused.json()["code"]) == (409, "inbox_archived")
    assert ana.patch(f"/inboxes/{inbox}", {"archived": False})["archived_at"] is None
    assert [entry["verb"] for entry in ana.get("/audit")["items"][:3]] == ["restored", "archived", "created"]


def test_M01_a_channel_has_a_look(desk: Desk) -> None:
    ana = desk.found()
    inbox = ana.post("/inboxes", {"name": "Support"})["id"]
    channel = ana.post(f"/inboxes/{inbox}/channels", {"kind": "mobile", "name": "Our app"})
    assert (channel["accent"], channel["font"], channel["first_seen_at"]) == ("#0f62fe", "system", None)
    look = {"name": "App", "accent": "#AA0044", "font": "serif", "archived": True}
    changed = ana.patch(f"/channels/{channel['id']}", look)
    assert (changed["accent"], changed["font"], changed["name"]) == ("#aa0044", "serif", "App")
    assert changed["archived_at"] == desk.clock.now
    assert ana.get(f"/inboxes/{inbox}/channels")["items"] == [changed]
    assert ana.get(f"/inboxes/{inbox}")["channels"] == [changed]


@pytest.mark.parametrize("accent", ["red", "#12345", "#1234567", "#12345g", "url(x)"])
def test_M01_an_accent_is_a_colour(desk: Desk, accent: str) -> None:
    ana = desk.found()
    inbox = ana.post("/inboxes", {"name": "Support"})["id"]
    channel = ana.post(f"/inboxes/{inbox}/channels", {"kind": "web", "name": "Page"})
    refused = ana.call("PATCH", f"/channels/{channel['id']}", {"accent": accent})
    assert list(refused.json()["fields"]) == ["accent"]


def test_C01_configuration_names_server_account_and_tag(desk: Desk) -> None:
    ana = desk.found()
    inbox = ana.post("/inboxes", {"name": "Support"})["id"]
    mobile = ana.post(f"/inboxes/{inbox}/channels", {"kind": "mobile", "name": "App"})["id"]
    web = ana.post(f"/inboxes/{inbox}/channels", {"kind": "web", "name": "Page"})["id"]
    tag = "a\"<b>&'日本"
    wanted = {"server_url": desk.origin, "account_id": ana.account_id, "mobile_tag": tag}
    android = ana.get(f"/channels/{mobile}/sdk-config", platform="android", mobile_tag=tag)
    assert (android["filename"], android["media_type"]) == ("pocketdesk-info.json", "application/json")
    assert json.loads(android["content"]) == wanted
    ios = ana.get(f"/channels/{mobile}/sdk-config", platform="ios", mobile_tag=tag)
    assert ios["filename"] == "Pocketdesk-Info.plist"
    assert plistlib.loads(ios["content"].encode()) == wanted
    page = ana.get(f"/channels/{web}/sdk-config", platform="web", mobile_tag=tag)
    assert _script(page["content"]) == {
        "src": f"{desk.origin}/widget/{ana.account_id}.js",
        "data-chatflow": tag,
        "async": None,
    }
    native = ana.get(f"/channels/{mobile}/sdk-config", platform="react_native", mobile_tag=tag)
    assert json.loads(native["content"]) == wanted
    for channel, platform in ((mobile, "web"), (web, "ios"), (web, "android"), (web, "symbian")):
        refused = ana.call("GET", f"/channels/{channel}/sdk-config", platform=platform)
        assert list(refused.json()["fields"]) == ["platform"]
    refused = ana.call("GET", f"/channels/{mobile}/sdk-config", platform="ios", mobile_tag="a\x00b")
    assert list(refused.json()["fields"]) == ["mobile_tag"]


def test_C01_A1_configuration_for_hubspots_sdks_has_their_four_keys_as_text(desk: Desk) -> None:
    ana = desk.found()
    inbox = ana.post("/inboxes", {"name": "Support"})["id"]
    mobile = ana.post(f"/inboxes/{inbox}/channels", {"kind": "mobile", "name": "App"})["id"]
    wanted = {
        "portalId": str(ana.account_id),
        "hublet": "na1",
        "environment": "prod",
        "defaultChatFlow": "support",
    }
    asked = {"mobile_tag": "support", "flavor": "hubspot"}
    android = ana.get(f"/channels/{mobile}/sdk-config", platform="android", **asked)
    assert (android["filename"], json.loads(android["content"])) == ("hubspot-info.json", wanted)
    ios = ana.get(f"/channels/{mobile}/sdk-config", platform="ios", **asked)
    assert (ios["filename"], plistlib.loads(ios["content"].encode())) == ("Hubspot-Info.plist", wanted)
    refused = ana.call("GET", f"/channels/{mobile}/sdk-config", platform="react_native", **asked)
    assert list(refused.json()["fields"]) == ["flavor"]


@pytest.mark.parametrize(
    ("agent", "sdk"),
    [
        ("Mozilla/5.0 (Linux; Android 14) HubspotMobileSDK/1.0.9", "HubspotMobileSDK 1.0.9"),
        ("Mozilla/5.0 (iPhone) HubspotMobileSDK", "HubspotMobileSDK"),
        ("Mozilla/5.0 PocketdeskSDK/1.2.0 (android)", "PocketdeskSDK 1.2.0 (android)"),
    ],
)
def test_C19_a_mobile_channel_is_seen_with_the_first_session_of_an_sdk(
    desk: Desk, agent: str, sdk: str
) -> None:
    ana = desk.found()
    inbox = ana.post("/inboxes", {"name": "Support"})["id"]
    flow = ana.post("/chatflows", NEW_CHATFLOW | {"inbox_id": inbox})
    ana.patch(f"/chatflows/{flow['id']}", {"is_on": True})

    def begin(agent: str, tag: str = "support") -> None:
        body = {"account_id": ana.account_id, "mobile_tag": tag}
        answer = desk.browser().post("/api/v1/visitor/session", json=body, headers={"user-agent": agent})
        assert answer.status_code == 201

    def seen() -> list[tuple[str | None, int | None]]:
        channels = ana.get(f"/inboxes/{inbox}/channels")["items"]
        return [(channel["sdk"], channel["sdk_seen_at"]) for channel in channels]

    begin("Mozilla/5.0 (Linux; Android 14) Chrome/120.0")
    begin(agent, tag="nobody has this")
    assert seen() == [(None, None)]
    begin(agent)
    first = desk.clock.now
    assert seen() == [(sdk, first)]
    desk.clock.now += 60_000
    begin("PocketdeskSDK/2.0 (ios)")
    assert seen() == [(sdk, first)]
    desk.clock.now += 10 * 60_000
    begin("PocketdeskSDK/2.0 (ios)")
    assert seen() == [("PocketdeskSDK 2.0 (ios)", desk.clock.now)]


NEW_CHATFLOW = {"language": "en", "mobile_tag": "support", "type": "live_agent"}
ALWAYS = {
    "kind": "always",
    "time_zone": "UTC",
    "hours": [],
    "holidays": [],
    "reply_time": "none",
    "away": "message",
    "away_text": None,
    "outside": "return_time",
    "outside_text": None,
}


def test_E02_E03_E04_a_channel_says_when_somebody_is_there(desk: Desk) -> None:
    ana = desk.found()
    inbox = ana.post("/inboxes", {"name": "Support"})["id"]
    channel = ana.post(f"/inboxes/{inbox}/channels", {"kind": "mobile", "name": "App"})
    assert channel["availability"] == ALWAYS
    hours = {
        **ALWAYS,
        "kind": "hours",
        "time_zone": "Europe/Amsterdam",
        "hours": [{"day": 0, "opens": 540, "closes": 1_440}],
        "holidays": [{"date": "2026-12-25", "name": "Christmas"}],
        "reply_time": "minutes",
        "outside_text": "See you",
    }
    changed = ana.patch(f"/channels/{channel['id']}", {"availability": hours})
    assert changed["availability"] == hours
    assert ana.get(f"/inboxes/{inbox}/channels")["items"][0] == changed
    renamed = ana.patch(f"/channels/{channel['id']}", {"name": "Phone"})
    assert renamed["availability"] == hours
    before = desk.rows()
    for change, field in (
        ({"time_zone": "Mars/Olympus"}, "availability.time_zone"),
        ({"hours": [{"day": 0, "opens": 600, "closes": 600}]}, "availability.hours.0.closes"),
        ({"hours": [{"day": 0, "opens": 540, "closes": 1_440}] * 2}, "availability.hours.1.opens"),
        ({"outside_text": " "}, "availability.outside_text"),
        ({"stray": 1}, "availability.stray"),
    ):
        refused = ana.call("PATCH", f"/channels/{channel['id']}", {"availability": {**hours, **change}})
        assert (refused.status_code, list(refused.json()["fields"])) == (422, [field])
    assert desk.rows() == before


def _script(content: str) -> dict[str, str | None]:
    found: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, dict(attrs)))

    Reader().feed(content)
    assert [tag for tag, _ in found] == ["script"]
    return found[0][1]
