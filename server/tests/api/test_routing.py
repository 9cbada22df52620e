"""Skills, capacities, the picker and the simulator, as the console calls them."""

from typing import Any

import msgspec
import pytest

from pocketdesk.inboxes.model import Availability
from pocketdesk.kernel.moments import DAY, HOUR, MINUTE
from pocketdesk.routing.model import Arrival, Use
from tests.api.desk import Desk, Somebody

ALWAYS = msgspec.to_builtins(Availability())


@pytest.fixture
def ana(desk: Desk) -> Somebody:
    return desk.found()


def _code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def _skill(somebody: Somebody, name: str) -> dict[str, Any]:
    return next(each for each in somebody.get("/routing/skills")["items"] if each["name"] == name)


def test_F11_languages_ship_as_skills_and_stay(desk: Desk, ana: Somebody) -> None:
    found = ana.get("/routing/skills")["items"]
    assert len(found) > 40
    assert {"en", "nl", "ar", "ja"} <= {each["language"] for each in found}
    before = desk.rows()
    assert ana.get("/routing/skills")["items"] == found
    assert desk.rows() == before, "made once"
    german = _skill(ana, "German")
    assert _code(ana.call("DELETE", f"/routing/skills/{german['id']}")) == (409, "language_skill")
    assert _code(ana.call("PATCH", f"/routing/skills/{german['id']}", {"name": "D"})) == (
        409,
        "language_skill",
    )


def test_F11_skills_stand_in_categories(ana: Somebody) -> None:
    made = ana.post("/routing/skills", {"name": " Refunds ", "category": "Orders"})
    assert (made["name"], made["category"], made["language"], made["users"]) == ("Refunds", "Orders", None, 0)
    ana.post("/routing/skills", {"name": "Billing"})
    assert [each["name"] for each in ana.get("/routing/skills")["items"]][:2] == ["Refunds", "Afrikaans"]
    renamed = ana.patch(f"/routing/skills/{made['id']}", {"name": "Returns", "category": ""})
    assert (renamed["name"], renamed["category"]) == ("Returns", None)
    again = ana.call("PATCH", f"/routing/skills/{made['id']}", {"name": "BILLING"})
    assert (again.status_code, again.json()["fields"]) == (422, {"name": "there is a skill of this name"})
    assert ana.patch(f"/routing/skills/{made['id']}", {"name": "returns"})["name"] == "returns"
    verbs = [(entry["verb"], entry["object_kind"]) for entry in ana.get("/audit")["items"]]
    assert verbs[:4] == [
        ("changed", "skill"),
        ("changed", "skill"),
        ("created", "skill"),
        ("created", "skill"),
    ]


def test_F12_a_skill_in_use_says_where(desk: Desk, ana: Somebody) -> None:
    skill = ana.post("/routing/skills", {"name": "Refunds"})["id"]
    ana.put(f"/routing/users/{ana.user_id}", {"capacity": None, "skills": [{"skill_id": skill}]})
    desk.app.state.skill_uses = lambda _reader, _scope, id_: (
        [Use("chatflow", 9, "Shop")] if id_ == skill else []
    )
    assert _skill(ana, "Refunds")["users"] == 1
    refused = ana.call("DELETE", f"/routing/skills/{skill}")
    assert _code(refused) == (409, "skill_in_use")
    assert refused.json()["fields"] == {f"user.{ana.user_id}": "Ana Duarte", "chatflow.9": "Shop"}
    ana.put(f"/routing/users/{ana.user_id}", {"capacity": None, "skills": []})
    assert _code(ana.call("DELETE", f"/routing/skills/{skill}")) == (409, "skill_in_use")
    desk.app.state.skill_uses = lambda *_: []
    ana.delete(f"/routing/skills/{skill}")
    assert _code(ana.call("DELETE", f"/routing/skills/{skill}")) == (404, "not_found")


def test_F08_capacities_of_the_account_and_of_users(desk: Desk, ana: Somebody) -> None:
    ben = desk.hire(ana, "ben@example.org")
    skill = _skill(ana, "German")["id"]
    assert ana.get("/routing/settings") == {"capacity": None}
    assert ana.call("PUT", "/routing/settings", {"capacity": 5}).json() == {"capacity": 5}
    assert ana.get("/routing/settings") == {"capacity": 5}
    held = {"capacity": 2, "skills": [{"skill_id": skill, "is_main": False}]}
    put = ana.put(f"/routing/users/{ben.user_id}", held)
    assert put == {"user_id": ben.user_id, "name": "Ben Okri", **held}
    first = ben.get("/routing/users", limit=1)
    assert first["items"] == [{"user_id": ana.user_id, "name": "Ana Duarte", "capacity": None, "skills": []}]
    assert ben.get("/routing/users", after=first["after"])["items"] == [put]
    before = desk.rows()
    ana.put(f"/routing/users/{ben.user_id}", held)
    ana.put("/routing/settings", {"capacity": 5})
    assert desk.rows() == before, "what is so already is not written again"


def test_A27_the_picker_says_who_can_be_chosen_and_why_others_not(desk: Desk, ana: Somebody) -> None:
    ben = desk.hire(ana, "ben@example.org")
    inbox = ana.post("/inboxes", {"name": "Support"})["id"]
    team = ana.post("/teams", {"name": "Day", "main_member_ids": [ben.user_id]})["id"]
    ana.patch(f"/users/{ben.user_id}", {"can_receive": False})
    assert ana.get("/routing/assignable", inbox_id=inbox) == {
        "users": [
            {"id": ana.user_id, "name": "Ana Duarte", "can_be_chosen": True, "why_not": None},
            {"id": ben.user_id, "name": "Ben Okri", "can_be_chosen": False, "why_not": "cannot_receive"},
        ],
        "teams": [{"id": team, "name": "Day", "can_be_chosen": False, "why_not": "no_members"}],
    }
    assert _code(ana.call("GET", "/routing/assignable", inbox_id=2**40)) == (404, "not_found")


@pytest.fixture
def shop(desk: Desk, ana: Somebody) -> dict[str, Any]:
    """A simulation of an inbox with Ana and Ben."""
    ben = desk.hire(ana, "ben@example.org")
    inbox = ana.post("/inboxes", {"name": "Shop", "member_user_ids": [ana.user_id, ben.user_id]})["id"]
    return {
        "inbox_id": inbox,
        "arrivals": {"kind": "synthetic", "hours": 24, "per_hour": 10.0},
        "handling": {"mean_s": 300},
        "policies": [{"user_ids": [ana.user_id]}, {"user_ids": [ana.user_id, ben.user_id]}],
    }


def test_F10_two_policies_over_the_same_made_up_day(desk: Desk, ana: Somebody, shop: dict[str, Any]) -> None:
    before = desk.rows()
    found = ana.post("/routing/simulate", shop)
    assert desk.rows() == before
    assert 180 < found["arrivals"] < 300
    one, both = found["forecasts"]
    assert [each["answered"] for each in one["staff"]] == [found["arrivals"], 0]
    shares = [each["answered"] for each in both["staff"]]
    assert sum(shares) == found["arrivals"]
    assert abs(shares[0] - shares[1]) < 30
    assert both["waits"]["p90_ms"] < one["waits"]["p90_ms"]
    assert both["unassigned_share"] == 0.0
    assert [each["name"] for each in both["staff"]] == ["Ana Duarte", "Ben Okri"]
    assert len(both["moments"]) == len(both["staff"][0]["open"])
    assert ana.post("/routing/simulate", shop) == found
    assert ana.post("/routing/simulate", {**shop, "seed": 2}) != found


def test_F08_capacities_and_hours_of_staff_are_tried_out(ana: Somebody, shop: dict[str, Any]) -> None:
    # 1 January 2024 is a Monday.
    monday = 1_704_067_200_000
    hours = [{"day": 0, "opens": 9 * 60, "closes": 17 * 60}]
    found = ana.post(
        "/routing/simulate",
        {
            **shop,
            "arrivals": {"kind": "synthetic", "hours": 24, "per_hour": 12, "starts_at": monday},
            "handling": {"mean_s": 600, "shape": "fixed"},
            "policies": [{"user_ids": [ana.user_id], "capacity": 1}, {"user_ids": [ana.user_id]}],
            "availability": {**ALWAYS, "kind": "hours", "hours": hours},
            "staff": [{"user_id": ana.user_id, "hours": hours}],
        },
    )
    tight, loose = found["forecasts"]
    assert [each["name"] for each in tight["staff"]] == ["Ana Duarte"]
    assert (tight["staff"][0]["busiest"], loose["staff"][0]["busiest"] > 5) == (1, True)
    reasons = {each["reason"]: each["count"] for each in loose["unassigned"]}
    assert set(reasons) == {"closed"}
    assert {each["reason"] for each in tight["unassigned"]} == {"closed", "full"}
    assert loose["unassigned_share"] == reasons["closed"] / found["arrivals"]
    assert loose["unanswered"] > 0, "some come after five"
    gone = ana.call("POST", "/routing/simulate", {**shop, "staff": [{"user_id": ana.user_id, "hours": []}]})
    assert (gone.status_code, list(gone.json()["fields"])) == (422, ["staff.0.hours"])


def test_past_arrivals_come_through_the_port(desk: Desk, ana: Somebody, shop: dict[str, Any]) -> None:
    asked: list[tuple[int, ...]] = []
    now = desk.clock.now

    def past(_reader: object, scope: Any, *where: int) -> list[Arrival]:
        asked.append((scope.account_id, *where))
        return [Arrival(now - 2 * HOUR, 0, "de"), Arrival(now - 2 * HOUR + MINUTE, 0, "nl")]

    desk.app.state.past_arrivals = past
    body = {**shop, "arrivals": {"kind": "past", "days": 7}, "handling": {"mean_s": 300, "shape": "fixed"}}
    found = ana.post("/routing/simulate", body)
    assert asked == [(ana.account_id, shop["inbox_id"], now - 7 * DAY, now)]
    assert found["arrivals"] == 2
    one, both = found["forecasts"]
    assert (one["waits"]["longest_ms"], both["waits"]["longest_ms"]) == (4 * MINUTE, 0)
    desk.app.state.past_arrivals = lambda *_: []
    empty = ana.post("/routing/simulate", body)
    assert (empty["arrivals"], empty["forecasts"][0]["unassigned_share"]) == (0, 0.0)
    desk.app.state.past_arrivals = lambda *_: [Arrival(now, 0)] * 5_001
    refused = ana.call("POST", "/routing/simulate", body)
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["arrivals"])


def test_F06_a_policy_that_cannot_be_is_refused_at_its_field(
    desk: Desk, ana: Somebody, shop: dict[str, Any]
) -> None:
    ben_id = shop["policies"][1]["user_ids"][1]
    ana.patch(f"/users/{ben_id}", {"can_receive": False})
    refused = ana.call("POST", "/routing/simulate", shop)
    assert refused.json()["fields"] == {"policies.1.user_ids.1": "cannot receive conversations"}


def test_simulations_are_limited(desk: Desk, ana: Somebody, shop: dict[str, Any]) -> None:
    answers = [ana.call("POST", "/routing/simulate", shop).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
    desk.clock.advance(2_000)
    ana.post("/routing/simulate", shop)
