"""Surveys over HTTP: making them, what is fixed, what they gathered."""

from typing import Any

import pytest

from pocketdesk.kernel.moments import DAY, to_iso
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.surveys import actions, views
from pocketdesk.surveys.rules import SurveyAnswered
from tests.api.desk import Desk, Somebody


@pytest.fixture
def ana(desk: Desk) -> Somebody:
    desk.app.state.survey_users = lambda _reader, _scope, ids: {id_: [(7, "Shop")] for id_ in ids}
    return desk.found()


def make(ana: Somebody, delivery: str = "chat", **more: Any) -> dict[str, Any]:
    return ana.post("/surveys", {"name": "Chats", "delivery": delivery, **more})


def answer(
    desk: Desk,
    ana: Somebody,
    survey: dict[str, Any],
    rating: int,
    words: str | None = None,
    conversation_id: int | None = None,
    person_id: int | None = None,
    once: str | None = None,
) -> int:
    scope = AccountScope(ana.account_id)
    return desk.engine.write_and_wait(
        lambda unit: actions.submit(
            unit, scope, survey["id"], conversation_id, person_id, rating, words, once=once
        )
    ).id


def test_A01_surveys_need_the_permission(desk: Desk, ana: Somebody) -> None:
    survey = make(ana)
    agent = desk.hire(ana, "agent@example.org", "inboxes", "people")
    editor = desk.hire(ana, "editor@example.org", "chatflows")
    calls: list[tuple[str, str, Any]] = [
        ("GET", "", None),
        ("POST", "", {"name": "Mine", "delivery": "link"}),
        ("GET", "/defaults", None),
        ("GET", "/languages", None),
        *(("GET", f"/{survey['id']}{end}", None) for end in ("", "/results", "/submissions")),
        ("PATCH", f"/{survey['id']}", {"name": "Named"}),
    ]
    for method, path, body in calls:
        query = {"delivery": "chat"} if path == "/defaults" else {}
        assert agent.call(method, f"/surveys{path}", body, **query).status_code == 403, path
        assert editor.call(method, f"/surveys{path}", body, **query).status_code < 300, path


def test_another_accounts_surveys_do_not_exist(desk: Desk, ana: Somebody) -> None:
    survey = make(ana)
    answer(desk, ana, survey, 2, "Fine", 2**40)
    eve = desk.found("Other", "eve@example.org")
    assert eve.get("/surveys")["items"] == []
    for end in ("", "/results", "/submissions"):
        assert eve.call("GET", f"/surveys/{survey['id']}{end}").status_code == 404
    assert eve.call("PATCH", f"/surveys/{survey['id']}", {"name": "Mine"}).status_code == 404
    other = AccountScope(eve.account_id)
    assert desk.engine.read_and_wait(lambda reader: views.card(reader, other, survey["id"])) is None
    assert desk.engine.read_and_wait(lambda reader: views.of_conversation(reader, other, 2**40)) == ()


def test_H12_a_fresh_survey_speaks_its_language(ana: Somebody) -> None:
    defaults = ana.get("/surveys/defaults", delivery="link", language="nl")
    survey = make(ana, "link", language="nl")
    assert {key: survey[key] for key in defaults} == defaults
    assert survey["public_path"].startswith("/survey/")
    assert (survey["created_by"]["id"], survey["submissions"]) == (ana.user_id, 0)
    assert survey["chatflows"] == [{"id": 7, "name": "Shop"}]
    assert make(ana)["public_path"] is None
    assert "nl" in ana.get("/surveys/languages")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"delivery": "mail"}, "delivery"),
        ({"language": "tlh"}, "language"),
        ({"question": ""}, "question"),
        ({"labels": ["a", "b"]}, "labels"),
        ({"labels": ["a", "b", " "]}, "labels.2"),
        ({"follow_ups": ["x" * 301, None, None]}, "follow_ups.0"),
        ({"thank_yous": ["a", "b", ""]}, "thank_yous.2"),
        ({"public_key": "mine"}, "public_key"),
    ],
)
def test_H12_wrong_fields_make_no_survey(ana: Somebody, change: dict[str, Any], field: str) -> None:
    refused = ana.call("POST", "/surveys", {"name": "Chats", "delivery": "chat", **change})
    assert refused.status_code == 422
    assert any(found.startswith(field) for found in refused.json()["fields"]), refused.text
    assert ana.get("/surveys")["items"] == []


def test_H02_delivery_is_fixed(ana: Somebody) -> None:
    survey = make(ana)
    refused = ana.call("PATCH", f"/surveys/{survey['id']}", {"delivery": "link", "name": "Named"})
    assert (refused.status_code, refused.json()["code"]) == (409, "delivery_fixed")
    assert list(refused.json()["fields"]) == ["delivery"]
    assert ana.get(f"/surveys/{survey['id']}") == survey
    same = ana.patch(f"/surveys/{survey['id']}", {"delivery": "chat", "name": "Named"})
    assert (same["delivery"], same["name"]) == ("chat", "Named")


def test_H01_only_chat_surveys_that_are_not_archived_can_be_connected(desk: Desk, ana: Somebody) -> None:
    chat, link, old = make(ana), make(ana, "link"), make(ana)
    ana.patch(f"/surveys/{old['id']}", {"archived": True})
    listed = ana.get("/surveys", delivery="chat", archived=False)["items"]
    assert [each["id"] for each in listed] == [chat["id"]]
    scope = AccountScope(ana.account_id)

    def why_not(survey_id: int) -> str | None:
        return desk.engine.read_and_wait(lambda reader: views.why_not_in_chat(reader, scope, survey_id))

    assert why_not(chat["id"]) is None
    assert all(why_not(id_) for id_ in (link["id"], old["id"], 2**40))
    cards = [
        desk.engine.read_and_wait(lambda reader, id_=each["id"]: views.card(reader, scope, id_))
        for each in (chat, link, old)
    ]
    assert [found is not None for found in cards] == [True, False, False]


def test_the_list_goes_newest_first_in_pages(desk: Desk, ana: Somebody) -> None:
    ids: list[int] = []
    for _ in range(3):
        ids.append(make(ana)["id"])
        desk.clock.advance(1)
    first = ana.get("/surveys", limit=2)
    rest = ana.get("/surveys", limit=2, after=first["after"])
    assert [each["id"] for each in first["items"] + rest["items"]] == ids[::-1]
    assert rest["after"] is None


def test_H08_H09_every_answer_is_kept_and_shown(desk: Desk, ana: Somebody) -> None:
    survey = make(ana)
    contact = ana.post("/contacts", {"email": "mia@example.org", "name": "Mia Voss"})
    first = answer(desk, ana, survey, 0, "It took long.", 2**40, contact["id"])
    desk.clock.advance(1)
    second = answer(desk, ana, survey, 2, None, 2**40, contact["id"])
    items = ana.get(f"/surveys/{survey['id']}/submissions")["items"]
    assert [(each["id"], each["rating"], each["sentiment"], each["answer"]) for each in items] == [
        (second, 2, "promoter", None),
        (first, 0, "detractor", "It took long."),
    ]
    assert {each["conversation_id"] for each in items} == {2**40}
    assert items[0]["contact"] == {"id": contact["id"], "name": "Mia Voss"}
    scope = AccountScope(ana.account_id)
    in_thread = desk.engine.read_and_wait(lambda reader: views.of_conversation(reader, scope, 2**40))
    assert [each.id for each in in_thread] == [first, second]
    told = ana.get(f"/surveys/{survey['id']}")
    assert (told["submissions"], told["promoters"]) == (2, 1)


def test_H10_what_can_be_answered_once_is_answered_once(desk: Desk, ana: Somebody) -> None:
    survey = make(ana)
    answer(desk, ana, survey, 2, conversation_id=2**40, once="closing 7")
    before = desk.rows()
    with pytest.raises(SurveyAnswered):
        answer(desk, ana, survey, 0, conversation_id=2**40, once="closing 7")
    assert desk.rows() == before
    answer(desk, ana, survey, 0, conversation_id=2**40, once="closing 9")
    assert ana.get(f"/surveys/{survey['id']}/results")["tally"]["counts"] == [1, 0, 1]


def test_H08_results_add_up(desk: Desk, ana: Somebody) -> None:
    survey, other = make(ana), make(ana)
    empty = ana.get(f"/surveys/{survey['id']}/results")
    assert (empty["tally"]["total"], empty["tally"]["shares"]) == (0, None)
    answer(desk, ana, survey, 0, "Too early to count")
    desk.clock.advance(3 * DAY)
    start = desk.clock.now
    for rating, words in ((2, "Quick"), (2, None), (1, "Fine")):
        answer(desk, ana, survey, rating, words, 2**40)
        desk.clock.advance(1)
    answer(desk, ana, other, 0, "Elsewhere")
    found = ana.get(f"/surveys/{survey['id']}/results", **{"from": start, "to": start + DAY, "by": "day"})
    assert found["tally"] == {"total": 3, "counts": [0, 1, 2], "shares": [0.0, 0.3333, 0.6667]}
    assert found["commented"] == 2
    assert [each["answer"] for each in found["comments"]["items"]] == ["Fine", "Quick"]
    assert [(step["date"], step["counts"]) for step in found["trend"]] == [
        (to_iso(start)[:10], [0, 1, 2]),
        (to_iso(start + DAY)[:10], [0, 0, 0]),
    ]
    page = ana.get(f"/surveys/{survey['id']}/submissions", commented=True, limit=2)
    assert [each["answer"] for each in page["items"]] == ["Fine", "Quick"]
    last = ana.get(f"/surveys/{survey['id']}/submissions", commented=True, limit=2, after=page["after"])
    assert [each["answer"] for each in last["items"]] == ["Too early to count"]
    filtered = ana.get(f"/surveys/{survey['id']}/submissions", rating="1", **{"from": start})
    assert [each["answer"] for each in filtered["items"]] == ["Fine"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": 5, "to": 5}, "from"),
        ({"from": 0, "to": 2**50}, "from"),
        ({"from": -1}, "from"),
        ({"by": "month"}, "by"),
        *(
            ({"time_zone": zone}, "time_zone")
            for zone in ("Mars/Base", "../../etc/passwd", "Europe", "a\x00b", "")
        ),
    ],
)
def test_H08_a_wrong_range_is_refused_at_its_field(ana: Somebody, query: Any, field: str) -> None:
    refused = ana.call("GET", f"/surveys/{make(ana)['id']}/results", **query)
    assert (refused.status_code, list(refused.json()["fields"])) == (422, [field]), refused.text


def test_a_change_of_wording_stands_in_the_audit_log(ana: Somebody) -> None:
    survey = make(ana)
    changed = ana.patch(
        f"/surveys/{survey['id']}", {"question": " How  was it? ", "follow_ups": ["Why?", None, ""]}
    )
    assert (changed["question"], changed["follow_ups"]) == ("How was it?", ["Why?", None, None])
    german = ana.patch(f"/surveys/{survey['id']}", {"language": "de"})
    assert german["question"] == "How was it?"
    assert german["labels"] == ana.get("/surveys/defaults", delivery="chat", language="de")["labels"]
    ana.patch(f"/surveys/{survey['id']}", {"archived": True})
    ana.patch(f"/surveys/{survey['id']}", {"archived": True})
    ana.patch(f"/surveys/{survey['id']}", {"archived": False})
    verbs = [each["verb"] for each in ana.get("/audit")["items"] if each["object_kind"] == "survey"]
    assert verbs == ["restored", "archived", "changed", "changed", "created"]


def test_G17_forgetting_people_keeps_their_ratings(desk: Desk, ana: Somebody) -> None:
    survey = make(ana)
    scope = AccountScope(ana.account_id)
    answer(desk, ana, survey, 0, "My name is Mia", 2**40, 77)
    answer(desk, ana, survey, 2, "I am Leo", 2**40, 78)
    mine = desk.engine.read_and_wait(lambda reader: views.of_people(reader, scope, [77]))
    assert [each.answer for each in mine] == ["My name is Mia"]
    for left in (1, 0):
        assert desk.engine.write_and_wait(lambda unit: actions.forget_people(unit, scope, [77])) == left
    items = ana.get(f"/surveys/{survey['id']}/submissions")["items"]
    assert sorted((each["rating"], each["answer"]) for each in items) == [(0, None), (2, "I am Leo")]
