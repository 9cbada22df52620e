"""Chatflows over HTTP: the wizard's create, the editor's save, order, what the page gets."""

import copy
from typing import Any

import pytest

from pocketdesk.chat_page.views import page_for_tag
from pocketdesk.chat_page.wire import to_page
from pocketdesk.chatflows import texts
from pocketdesk.kernel.scope import AccountScope
from tests.api.desk import Desk, Somebody


@pytest.fixture
def ana(desk: Desk) -> Somebody:
    return desk.found()


@pytest.fixture
def inbox_id(ana: Somebody) -> int:
    return ana.post("/inboxes", {"name": "Support"})["id"]


def _create(ana: Somebody, inbox_id: int, tag: str = "support", **more: Any) -> dict[str, Any]:
    body = {"inbox_id": inbox_id, "language": "en", "mobile_tag": tag, "type": "live_agent", **more}
    return ana.post("/chatflows", body)


def _on(ana: Somebody, inbox_id: int, tag: str = "support", **more: Any) -> dict[str, Any]:
    flow = _create(ana, inbox_id, tag, **more)
    return ana.patch(f"/chatflows/{flow['id']}", {"is_on": True})


def _served(desk: Desk, ana: Somebody, tag: str) -> int | str | None:
    """The id of the chatflow whose page a visitor gets, or the error."""
    page, error = desk.engine.read_and_wait(
        lambda reader: page_for_tag(reader, AccountScope(ana.account_id), tag, desk.clock())
    )
    return page.chatflow_id if page else error


def _page(desk: Desk, ana: Somebody, tag: str) -> dict[str, Any]:
    page, error = desk.engine.read_and_wait(
        lambda reader: page_for_tag(reader, AccountScope(ana.account_id), tag, desk.clock())
    )
    assert error is None
    assert page is not None
    return to_page(page).model_dump(mode="json")


def _save(ana: Somebody, flow: dict[str, Any], document: Any, version: int | None = None) -> Any:
    return ana.browser.put(
        f"/api/v1/accounts/{ana.account_id}/chatflows/{flow['id']}/document",
        json={"document": document},
        headers={"if-match": f'"{version or flow["version"]}"'},
    )


def _with(flow: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The flow's document with `chat__welcome="Hi"` changed."""
    document = copy.deepcopy(flow["document"])
    for path, value in changes.items():
        part, name = path.split("__")
        document[part][name] = value
    return document


def _order(ana: Somebody) -> list[tuple[int, int]]:
    return [(flow["priority"], flow["id"]) for flow in ana.get("/chatflows")["items"]]


def test_A09_an_archived_knowledge_base_cannot_be_chosen_and_is_not_shown(
    desk: Desk, ana: Somebody, inbox_id: int
) -> None:
    base = ana.post("/knowledge/bases", {"name": "Help", "languages": ["en"]})["id"]
    chosen = {"enabled": True, "knowledge_base_id": base}
    flow = _on(ana, inbox_id, knowledge_base=chosen)

    def shown() -> str | None:
        page, _ = desk.engine.read_and_wait(
            lambda reader: page_for_tag(reader, AccountScope(ana.account_id), "support", desk.clock())
        )
        assert page is not None
        return page.help

    assert shown() == "Help"
    ana.post(f"/knowledge/bases/{base}/archive")
    assert shown() is None
    field = "knowledge_base.knowledge_base_id"
    body = {"inbox_id": inbox_id, "language": "en", "mobile_tag": "other", "type": "live_agent"}
    refused = ana.call("POST", "/chatflows", body | {"knowledge_base": chosen})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, [field])
    refused = _save(ana, flow, _with(flow, chat__close_button=False))
    assert (refused.status_code, list(refused.json()["fields"])) == (422, [f"document.{field}"])
    # Without the tab the choice is only remembered.
    assert _save(ana, flow, _with(flow, knowledge_base__enabled=False)).status_code == 200


def test_A01_needs_the_permission(desk: Desk, ana: Somebody, inbox_id: int) -> None:
    flow = _create(ana, inbox_id)
    agent = desk.hire(ana, "agent@example.org", "inboxes")
    editor = desk.hire(ana, "editor@example.org", "chatflows")
    for who, allowed in ((agent, False), (editor, True)):
        answers = [
            who.call("GET", "/chatflows"),
            who.call("GET", f"/chatflows/{flow['id']}"),
            who.call("PATCH", f"/chatflows/{flow['id']}", {"name": "Named"}),
            who.call(
                "POST",
                "/chatflows",
                {"inbox_id": inbox_id, "language": "en", "mobile_tag": "x", "type": "live_agent"},
            ),
        ]
        assert [answer.status_code < 300 for answer in answers] == [allowed] * 4
        if not allowed:
            assert {answer.status_code for answer in answers} == {403}


def test_A10_A25_a_new_chatflow_is_off_last_and_fresh(ana: Somebody, inbox_id: int) -> None:
    _create(ana, inbox_id)
    flow = _create(ana, inbox_id, " Sales ", name="Shop")
    assert (flow["name"], flow["is_on"], flow["priority"], flow["version"]) == ("Shop", False, 2, 1)
    assert (flow["mobile_tag"], flow["language"], flow["type"]) == ("Sales", "en", "live_agent")
    assert flow["document"]["chat"]["heading"]["user_ids"] == [ana.user_id]
    assert flow["document"]["chat"]["welcome"] is None
    assert flow["defaults"]["welcome"] == texts.of("en")["welcome.default"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"mobile_tag": ""}, "mobile_tag"),
        ({"mobile_tag": "  \t"}, "mobile_tag"),
        ({"mobile_tag": "x" * 101}, "mobile_tag"),
        ({"language": "tlh"}, "language"),
        ({"inbox_id": 999_999}, "inbox_id"),
        ({"type": "robot"}, "type"),
        ({"color": "red"}, "color"),
    ],
)
def test_A03_A04_A05_wrong_fields_make_no_chatflow(
    ana: Somebody, inbox_id: int, change: dict[str, Any], field: str
) -> None:
    body = {"inbox_id": inbox_id, "language": "en", "mobile_tag": "support", "type": "live_agent"}
    answer = ana.call("POST", "/chatflows", body | change)
    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == [field]
    assert ana.get("/chatflows")["items"] == []


def test_creating_makes_the_inboxs_mobile_channel_once(ana: Somebody, inbox_id: int) -> None:
    _create(ana, inbox_id)
    _create(ana, inbox_id)
    channels = ana.get(f"/inboxes/{inbox_id}/channels")["items"]
    assert [channel["kind"] for channel in channels] == ["mobile"]


def test_A06_B01_B02_B06_the_best_enabled_one_is_served(desk: Desk, ana: Somebody, inbox_id: int) -> None:
    first, second = _on(ana, inbox_id), _on(ana, inbox_id, "SUPPORT")
    assert _served(desk, ana, " Support ") == first["id"]
    ana.patch(f"/chatflows/{first['id']}", {"is_on": False})
    assert _served(desk, ana, "support") == second["id"]
    ana.patch(f"/chatflows/{second['id']}", {"is_on": False})
    assert _served(desk, ana, "support") == "unknown_tag"


def test_B07_B08_there_is_never_another_chatflow_instead(desk: Desk, ana: Somebody, inbox_id: int) -> None:
    _on(ana, inbox_id)
    assert _served(desk, ana, "sales") == "unknown_tag"
    assert _served(desk, ana, "  ") == "missing_tag"
    nobody = desk.engine.read_and_wait(
        lambda reader: page_for_tag(reader, AccountScope(10**9), "support", desk.clock())
    )
    assert nobody == (None, "unknown_account")


def test_B03_B04_moving_keeps_numbers_without_gaps(desk: Desk, ana: Somebody, inbox_id: int) -> None:
    a, b, c, d = (_on(ana, inbox_id)["id"] for _ in range(4))
    for id_, to, expected in (
        (d, "top", [d, a, b, c]),
        (d, "bottom", [a, b, c, d]),
        (a, 3, [b, c, a, d]),
        (a, 99, [b, c, d, a]),
        (a, 1, [a, b, c, d]),
    ):
        ana.post(f"/chatflows/{id_}/move", {"to": to})
        assert _order(ana) == list(enumerate(expected, 1))
        assert _served(desk, ana, "support") == expected[0]
    assert ana.call("POST", f"/chatflows/{a}/move", {"to": 0}).status_code == 422


def test_A19_deleting_closes_the_gap_and_restoring_brings_it_back(
    desk: Desk, ana: Somebody, inbox_id: int
) -> None:
    a, b, c = (_on(ana, inbox_id)["id"] for _ in range(3))
    ana.delete(f"/chatflows/{a}")
    assert _order(ana) == [(1, b), (2, c)]
    assert _served(desk, ana, "support") == b
    for method, path in (("GET", ""), ("POST", "/move"), ("PATCH", ""), ("DELETE", "")):
        body = {"to": "top"} if path else {"is_on": True} if method == "PATCH" else None
        assert ana.call(method, f"/chatflows/{a}{path}", body).status_code == 404
    ana.post(f"/chatflows/{a}/restore")
    assert _order(ana) == [(1, a), (2, b), (3, c)]
    assert _served(desk, ana, "support") == a
    ana.delete(f"/chatflows/{c}")
    ana.delete(f"/chatflows/{b}")
    ana.post(f"/chatflows/{c}/restore")
    assert _order(ana) == [(1, a), (2, c)]


def test_A12_A14_saving_is_a_new_version_that_is_served_at_once(
    desk: Desk, ana: Somebody, inbox_id: int
) -> None:
    flow = _on(ana, inbox_id)
    saved = _save(ana, flow, _with(flow, chat__welcome="Moin!", chat__close_button=False)).json()
    assert saved["version"] == 2
    page = _page(desk, ana, "support")
    assert (page["version"], page["close_button"]) == (2, False)
    assert page["welcome"]["blocks"][0]["runs"][0]["text"] == "Moin!"
    again = _save(ana, saved, saved["document"]).json()
    assert again["version"] == 2


def test_an_edit_from_an_old_version_is_refused(ana: Somebody, inbox_id: int) -> None:
    flow = _create(ana, inbox_id)
    _save(ana, flow, _with(flow, chat__welcome="One"))
    answer = _save(ana, flow, _with(flow, chat__welcome="Two"))
    assert (answer.status_code, answer.json()["code"]) == (409, "edit_conflict")
    blind = ana.call("PUT", f"/chatflows/{flow['id']}/document", {"document": flow["document"]})
    assert (blind.status_code, blind.json()["code"]) == (428, "precondition_required")
    assert ana.get(f"/chatflows/{flow['id']}")["document"]["chat"]["welcome"] == "One"


def test_A15_A26_another_tag_leads_to_it(desk: Desk, ana: Somebody, inbox_id: int) -> None:
    flow = _on(ana, inbox_id)
    refused = _save(ana, flow, _with(flow, mobile__tag=" "))
    assert refused.status_code == 422
    assert list(refused.json()["fields"]) == ["document.mobile.tag"]
    _save(ana, flow, _with(flow, mobile__tag="Shop"))
    assert _served(desk, ana, "shop") == flow["id"]
    assert _served(desk, ana, "support") == "unknown_tag"


def test_D23_D24_the_language_changes_texts_and_what_nobody_wrote(
    desk: Desk, ana: Somebody, inbox_id: int
) -> None:
    flow = _on(ana, inbox_id)
    flow = _save(ana, flow, _with(flow, options__language="ar")).json()
    page = _page(desk, ana, "support")
    assert (page["language"], page["direction"]) == ("ar", "rtl")
    assert page["welcome"]["blocks"][0]["runs"][0]["text"] == texts.of("ar")["welcome.default"]
    assert flow["defaults"]["welcome"] == texts.of("ar")["welcome.default"]
    flow = _save(ana, flow, _with(flow, chat__welcome="Hi")).json()
    _save(ana, flow, _with(flow, options__language="ja"))
    assert _page(desk, ana, "support")["welcome"]["blocks"][0]["runs"][0]["text"] == "Hi"


def test_D08_D12_the_heading_shows_the_creator(desk: Desk, ana: Somebody, inbox_id: int) -> None:
    flow = _on(ana, inbox_id)
    assert _page(desk, ana, "support")["heading"]["name"] == "Ana"
    _save(ana, flow, _with(flow, options__language="de"))
    heading = _page(desk, ana, "support")["heading"]
    assert heading["people"] == [
        {"name": "Ana Duarte", "initials": "AD", "color": ana.user_id % 8, "image": None}
    ]


def test_A13_preview_shows_unsaved_settings_and_keeps_nothing(
    desk: Desk, ana: Somebody, inbox_id: int
) -> None:
    flow = _create(ana, inbox_id)
    before = desk.rows()
    document = _with(flow, chat__welcome="Unsaved", options__language="fr")
    config = ana.post("/chatflows/preview", {"document": document, "inbox_id": inbox_id})
    assert (config["language"], config["chatflow_id"]) == ("fr", None)
    assert config["welcome"]["blocks"][0]["runs"][0]["text"] == "Unsaved"
    assert desk.rows() == before
    wrong = ana.call("POST", "/chatflows/preview", {"document": document, "inbox_id": 999_999})
    assert list(wrong.json()["fields"]) == ["inbox_id"]


def test_A18_a_clone_has_all_settings_and_may_live_elsewhere(ana: Somebody, inbox_id: int) -> None:
    flow = _on(ana, inbox_id)
    flow = _save(ana, flow, _with(flow, chat__welcome="Moin!")).json()
    other = ana.post("/inboxes", {"name": "Sales"})["id"]
    clone = ana.post(f"/chatflows/{flow['id']}/clone", {"inbox_id": other})
    assert clone["document"] == flow["document"]
    assert clone["inbox"] == {"id": other, "name": "Sales"}
    assert (clone["is_on"], clone["priority"]) == (False, 2)
    assert clone["name"] != flow["name"]
    assert ana.post(f"/chatflows/{flow['id']}/clone", {})["inbox"]["id"] == inbox_id


def test_A16_A17_A20_the_list_narrows_with_and(ana: Somebody, inbox_id: int) -> None:
    other = ana.post("/inboxes", {"name": "Sales"})["id"]
    shop = _on(ana, inbox_id, name="Shop")["id"]
    sale = _create(ana, other, name="100% SALE")["id"]
    ana.patch(f"/chatflows/{shop}", {"name": "The Shop"})

    def ids(**filters: Any) -> list[int]:
        return [flow["id"] for flow in ana.get("/chatflows", **filters)["items"]]

    assert ids() == [shop, sale]
    assert ids(search="shop") == [shop]
    assert ids(search="100% s") == [sale]
    assert ids(status="on") == [shop]
    assert ids(inbox_id=other, status="on") == []
    assert ids(inbox_id=other, created_by=ana.user_id) == [sale]
    assert ids(inbox_id=other, created_by=ana.user_id + 1) == []
    assert ids(type="live_agent", search="s", status="off") == [sale]
    refused = ana.call("GET", "/chatflows", type="robot")
    assert list(refused.json()["fields"]) == ["type"]
    page = ana.get("/chatflows", limit=1)
    assert [flow["name"] for flow in page["items"]] == ["The Shop"]
    rest = ana.get("/chatflows", limit=1, after=page["after"])
    assert ([flow["id"] for flow in rest["items"]], rest["after"]) == ([sale], None)


def test_A22_changes_are_in_the_audit_log(ana: Somebody, inbox_id: int) -> None:
    flow = _on(ana, inbox_id)
    _save(ana, flow, _with(flow, chat__welcome="Moin!"))
    ana.delete(f"/chatflows/{flow['id']}")
    verbs = [entry["verb"] for entry in ana.get("/audit")["items"] if entry["object_kind"] == "chatflow"]
    assert sorted(verbs) == ["created", "deleted", "saved", "turned_on"]


def test_another_accounts_chatflows_do_not_exist(desk: Desk, ana: Somebody, inbox_id: int) -> None:
    flow = _on(ana, inbox_id)
    bo = desk.found("Sudwind", "bo@example.org")
    assert bo.get("/chatflows")["items"] == []
    before = desk.rows()
    body = {"inbox_id": inbox_id, "language": "en", "mobile_tag": "support", "type": "live_agent"}
    answers = [
        bo.call("GET", f"/chatflows/{flow['id']}"),
        bo.call("PATCH", f"/chatflows/{flow['id']}", {"name": "Mine"}),
        bo.call("POST", f"/chatflows/{flow['id']}/clone", {}),
        bo.call("POST", f"/chatflows/{flow['id']}/move", {"to": "top"}),
        bo.call("POST", f"/chatflows/{flow['id']}/restore"),
        bo.call("DELETE", f"/chatflows/{flow['id']}"),
        _save(bo, flow, flow["document"]),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert bo.call("POST", "/chatflows", body).status_code == 422
    assert _served(desk, bo, "support") == "unknown_tag"
    assert desk.rows() == before


def test_languages_say_their_own_names(ana: Somebody) -> None:
    items = ana.get("/chatflows/languages")["items"]
    said = {item["code"]: (item["name"], item["direction"]) for item in items}
    assert tuple(said) == texts.languages()
    assert (said["pl"], said["ar"]) == (("Polski", "ltr"), ("العربية", "rtl"))
