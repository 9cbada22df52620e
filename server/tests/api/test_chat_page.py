"""What chat pages, the preview and the explanation begin with, on both databases."""

import copy
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest

from pocketdesk.chat_page.views import page_for_tag
from pocketdesk.chat_page.wire import to_page
from pocketdesk.chatflows import texts
from pocketdesk.conversations import actions as conversations
from pocketdesk.conversations.model import AgentActor, VisitorActor
from pocketdesk.files import actions as files
from pocketdesk.files.model import Owner, OwnerKind, Purpose, Sound
from pocketdesk.kernel.moments import HOUR, from_iso
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.kernel.text import from_plain
from pocketdesk.storage import UnitOfWork
from pocketdesk.surveys import actions as surveys
from pocketdesk.surveys.model import Delivery
from tests.api.desk import Desk, Somebody

WEDNESDAY_NOON = from_iso("2026-11-25T12:00:00Z")
NINE_TO_FIVE = [{"day": day, "opens": 540, "closes": 1_020} for day in range(5)]
ALWAYS: dict[str, Any] = {
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


@pytest.fixture
def ana(desk: Desk) -> Somebody:
    desk.clock.now = WEDNESDAY_NOON
    return desk.found()


@pytest.fixture
def inbox_id(ana: Somebody) -> int:
    return ana.post("/inboxes", {"name": "Support"})["id"]


@pytest.fixture
def flow(ana: Somebody, inbox_id: int) -> dict[str, Any]:
    """A chatflow that is on."""
    body = {"inbox_id": inbox_id, "language": "en", "mobile_tag": "support", "type": "live_agent"}
    made = ana.post("/chatflows", body)
    return ana.patch(f"/chatflows/{made['id']}", {"is_on": True})


def _with(document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The document with `chat__heading__kind="brand"` changed."""
    changed = copy.deepcopy(document)
    for path, value in changes.items():
        *parts, last = path.split("__")
        place = changed
        for part in parts:
            place = place[part]
        assert last in place, path
        place[last] = value
    return changed


def _try(ana: Somebody, flow: dict[str, Any], **changes: Any) -> Any:
    version = ana.get(f"/chatflows/{flow['id']}")["version"]
    return ana.browser.put(
        f"/api/v1/accounts/{ana.account_id}/chatflows/{flow['id']}/document",
        json={"document": _with(flow["document"], **changes)},
        headers={"if-match": f'"{version}"'},
    )


def _save(ana: Somebody, flow: dict[str, Any], **changes: Any) -> dict[str, Any]:
    answer = _try(ana, flow, **changes)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _page(desk: Desk, ana: Somebody, tag: str = "support") -> dict[str, Any]:
    page, error = desk.engine.read_and_wait(
        lambda reader: page_for_tag(reader, AccountScope(ana.account_id), tag, desk.clock())
    )
    assert error is None
    assert page is not None
    return to_page(page).model_dump(mode="json")


def _words(content: dict[str, Any]) -> str:
    return "".join(run.get("text", "\n") for block in content["blocks"] for run in block["runs"])


def _channel(ana: Somebody, inbox_id: int, **availability: Any) -> None:
    channel = ana.get(f"/inboxes/{inbox_id}/channels")["items"][0]
    ana.patch(f"/channels/{channel['id']}", {"availability": ALWAYS | availability})


def _away(ana: Somebody, *users: Somebody) -> None:
    for user in users:
        ana.patch(f"/users/{user.user_id}", {"status": "away"})


def _image(desk: Desk, ana: Somebody, purpose: Purpose = Purpose.BRAND) -> int:
    """A brand image that has arrived."""
    scope, owner = AccountScope(ana.account_id), Owner(OwnerKind.USER, ana.user_id)

    def upload(unit: UnitOfWork) -> int:
        begun = files.begin_upload(unit, scope, owner, purpose, "logo.png", 10, "image/png")
        files.settle(unit, scope, begun.id, Sound(10, "0" * 64, 64, 64))
        return begun.id

    return desk.engine.write_and_wait(upload)


# What a fresh chatflow's page says.


def test_A25_the_page_of_a_fresh_chatflow(desk: Desk, ana: Somebody, flow: dict[str, Any]) -> None:
    page = _page(desk, ana)
    words = texts.of("en")
    assert page.pop("texts") == words
    assert page == {
        "account_id": ana.account_id,
        "chatflow_id": flow["id"],
        "version": 1,
        "mobile_tag": "support",
        "language": "en",
        "direction": "ltr",
        "heading": {
            "name": "Ana",
            "initials": "A",
            "people": [{"name": "Ana", "initials": "A", "color": ana.user_id % 8, "image": None}],
            "image": None,
            "alias": False,
        },
        "welcome": {
            "blocks": [
                {"type": "paragraph", "runs": [{"type": "text", "text": words["welcome.default"]}]},
            ]
        },
        "close_button": True,
        "attachments": page["attachments"],
        "availability": {
            "state": "open",
            "show": "chat",
            "text": None,
            "returns_at": None,
            "reply_time": "none",
        },
        "display": {
            "desktop": {"open": "prompt", "after_s": 0},
            "mobile": {"open": "launcher", "after_s": 0},
        },
        "consent": {
            "cookies": {
                "when": "before_chat",
                "text": words["cookies.default"],
                "text_hash": sha256(words["cookies.default"].encode()).hexdigest()[:32],
            },
            "process": None,
            "communicate": None,
        },
        "help": None,
        "accent": "#0f62fe",
        "accent_text": "#ffffff",
        "font": "system",
    }
    assert page["attachments"]["max_bytes"] > 1_000_000
    assert ".png" in page["attachments"]["accept"]


def test_D01_strangers_read_the_welcome_without_names(
    desk: Desk, ana: Somebody, flow: dict[str, Any]
) -> None:
    _save(ana, flow, chat__welcome="Hi {{contact.first_name|there}}, how are you {{contact.name}}?")
    assert _words(_page(desk, ana)["welcome"]) == "Hi there, how are you?"


def test_D13_D14_D17_display_close_button_and_attachments(
    desk: Desk, ana: Somebody, flow: dict[str, Any]
) -> None:
    _save(
        ana,
        flow,
        chat__display__desktop={"open": "chat", "after_s": 5},
        chat__display__mobile={"open": "prompt", "after_s": 30},
        chat__attachments=False,
        chat__close_button=False,
    )
    page = _page(desk, ana)
    assert page["display"] == {
        "desktop": {"open": "chat", "after_s": 5},
        "mobile": {"open": "prompt", "after_s": 30},
    }
    assert (page["attachments"], page["close_button"]) == (None, False)


def test_D15_colour_and_typeface_are_the_channels(
    desk: Desk, ana: Somebody, inbox_id: int, flow: dict[str, Any]
) -> None:
    channel = ana.get(f"/inboxes/{inbox_id}/channels")["items"][0]
    assert channel["contrast_warning"] is None
    changed = ana.patch(f"/channels/{channel['id']}", {"accent": "#FFD000", "font": "serif"})
    assert changed["contrast_warning"] == pytest.approx(1.47, abs=0.02)
    page = _page(desk, ana)
    assert (page["accent"], page["accent_text"], page["font"]) == ("#ffd000", "#000000", "serif")


# Who stands above the chat.


def test_D08_of_more_than_three_people_three_are_shown(
    desk: Desk, ana: Somebody, flow: dict[str, Any]
) -> None:
    others = [desk.hire(ana, f"user{place}@example.org") for place in range(3)]
    team = ana.post("/teams", {"name": "T", "main_member_ids": [other.user_id for other in others]})["id"]
    _save(ana, flow, chat__heading__user_ids=[ana.user_id], chat__heading__team_ids=[team])
    heading = _page(desk, ana)["heading"]
    assert [face["color"] for face in heading["people"]] == [
        user.user_id % 8 for user in (ana, others[0], others[1])
    ]
    assert heading["name"] == "Ana, Ben, Ben"
    ana.patch(f"/users/{others[0].user_id}", {"deactivated": True})
    assert [face["color"] for face in _page(desk, ana)["heading"]["people"]] == [
        user.user_id % 8 for user in (ana, others[1], others[2])
    ]
    _save(ana, flow, chat__heading__user_ids=[], chat__heading__team_ids=[])
    assert _page(desk, ana)["heading"] == {
        "name": "Nordlicht",
        "initials": "N",
        "people": [],
        "image": None,
        "alias": False,
    }


def test_D11_the_faces_above_the_chat_are_photos(desk: Desk, ana: Somebody, flow: dict[str, Any]) -> None:
    photo = _image(desk, ana, Purpose.PHOTO)
    path = f"/photos/{ana.account_id}/{photo}"
    ana.put("/me/photo", {"file_id": photo})
    assert [face["image"] for face in _page(desk, ana)["heading"]["people"]] == [path]
    _save(ana, flow, chat__heading__kind="brand", chat__heading__brand_name="N", chat__heading__alias=True)
    assert path not in str(_page(desk, ana))


def test_D09_D10_a_brand_has_a_name_an_image_and_perhaps_an_alias(
    desk: Desk, ana: Somebody, flow: dict[str, Any]
) -> None:
    image = _image(desk, ana)
    brand = {"chat__heading__kind": "brand", "chat__heading__brand_name": "Nordlicht Care"}
    _save(ana, flow, **brand, chat__heading__brand_image_id=image)
    assert _page(desk, ana)["heading"] == {
        "name": "Nordlicht Care",
        "initials": "NC",
        "people": [],
        "image": f"/brand/{ana.account_id}/{image}",
        "alias": False,
    }
    _save(ana, flow, **brand, chat__heading__alias=True)
    heading = _page(desk, ana)["heading"]
    assert (heading["initials"], heading["image"], heading["alias"]) == ("NC", None, True)


def test_D22_without_an_owner_the_chosen_people_stand_in(
    desk: Desk, ana: Somebody, flow: dict[str, Any]
) -> None:
    _save(ana, flow, chat__heading__kind="contact_owner")
    assert _page(desk, ana)["heading"]["name"] == "Ana"
    _save(ana, flow, chat__heading__kind="contact_owner", chat__heading__user_ids=[])
    assert _page(desk, ana)["heading"]["name"] == "Nordlicht"


# Whether somebody is there.


def test_E01_E05_by_users_it_is_away_while_nobody_of_the_rule_is_available(
    desk: Desk, ana: Somebody, inbox_id: int, flow: dict[str, Any]
) -> None:
    ben = desk.hire(ana, "ben@example.org")
    for user in (ana, ben):
        ana.patch(f"/users/{user.user_id}", {"can_receive": True, "status": "available"})
    ana.patch(f"/inboxes/{inbox_id}", {"member_user_ids": [ana.user_id, ben.user_id]})
    _channel(ana, inbox_id, kind="users", reply_time="minutes")
    flow = _save(ana, flow, chat__assign__automatic=True, chat__assign__user_ids=[ben.user_id])
    there = _page(desk, ana)["availability"]
    assert (there["state"], there["show"], there["reply_time"]) == ("open", "chat", "minutes")
    _away(ana, ben)
    away = _page(desk, ana)["availability"]
    assert (away["state"], away["show"], away["text"]) == ("away", "message", texts.of("en")["away.default"])
    _save(ana, flow, options__language="nl")
    assert _page(desk, ana)["availability"]["text"] == texts.of("nl")["away.default"]
    for settings, show, text in (
        ({"away": "hide"}, "hide", None),
        ({"away": "nothing"}, "chat", None),
        ({"away_text": "Gone fishing"}, "message", "Gone fishing"),
    ):
        _channel(ana, inbox_id, kind="users", **settings)
        found = _page(desk, ana)["availability"]
        assert (found["state"], found["show"], found["text"]) == ("away", show, text)
    _save(ana, flow, chat__assign__automatic=False, chat__assign__user_ids=[])
    assert _page(desk, ana)["availability"]["state"] == "open", "anybody of the inbox: Ana is available"
    _away(ana, ana)
    assert _page(desk, ana)["availability"]["state"] == "away"


def test_E02_E03_E04_E06_E07_by_hours(desk: Desk, ana: Somebody, inbox_id: int, flow: dict[str, Any]) -> None:
    ana.patch(f"/users/{ana.user_id}", {"can_receive": True, "status": "available"})
    _channel(ana, inbox_id, kind="hours", hours=NINE_TO_FIVE, reply_time="hours")
    assert _page(desk, ana)["availability"] == {
        "state": "open",
        "show": "chat",
        "text": None,
        "returns_at": None,
        "reply_time": "hours",
    }
    desk.clock.advance(5 * HOUR)
    assert _page(desk, ana)["availability"] == {
        "state": "closed",
        "show": "return_time",
        "text": None,
        "returns_at": from_iso("2026-11-26T09:00:00Z"),
        "reply_time": "none",
    }
    for settings, show, text in (
        ({"outside": "hide"}, "hide", None),
        ({"outside": "nothing"}, "chat", None),
        ({"outside": "message"}, "message", texts.of("en")["closed.default"]),
        ({"outside": "message", "outside_text": "Tomorrow"}, "message", "Tomorrow"),
    ):
        _channel(ana, inbox_id, kind="hours", hours=NINE_TO_FIVE, **settings)
        found = _page(desk, ana)["availability"]
        assert (found["state"], found["show"], found["text"]) == ("closed", show, text)
    _channel(ana, inbox_id)
    assert _page(desk, ana)["availability"]["state"] == "open"


def test_E11_a_chatflow_may_keep_hours_of_its_own(
    desk: Desk, ana: Somebody, inbox_id: int, flow: dict[str, Any]
) -> None:
    desk.clock.advance(5 * HOUR)
    own = ALWAYS | {"kind": "hours", "hours": NINE_TO_FIVE, "outside": "hide"}
    _save(ana, flow, chat__availability=own)
    assert _page(desk, ana)["availability"]["show"] == "hide"
    _channel(ana, inbox_id, kind="hours", hours=NINE_TO_FIVE)
    _save(ana, flow, chat__availability=ALWAYS)
    assert _page(desk, ana)["availability"]["state"] == "open"


def test_B05_the_best_one_is_served_though_its_team_is_away(
    desk: Desk, ana: Somebody, inbox_id: int, flow: dict[str, Any]
) -> None:
    body = {"inbox_id": inbox_id, "language": "en", "mobile_tag": "support", "type": "live_agent"}
    other = ana.post("/chatflows", body)
    ana.patch(f"/chatflows/{other['id']}", {"is_on": True})
    _save(ana, flow, chat__availability=ALWAYS | {"kind": "hours", "hours": NINE_TO_FIVE})
    desk.clock.advance(5 * HOUR)
    page = _page(desk, ana)
    assert (page["chatflow_id"], page["availability"]["state"]) == (flow["id"], "closed")


# What visitors are asked.


def test_G01_G02_G07_G08_G10_G18_consent_texts_with_their_hashes(
    desk: Desk, ana: Somebody, flow: dict[str, Any]
) -> None:
    own = "We keep what you write for a month."
    flow = _save(
        ana,
        flow,
        options__cookie_banner={"when": "on_exit_intent", "text": None},
        options__process_consent={"on": True, "type": "explicit", "text": own},
        options__communicate_consent={"on": True, "subscription_type_id": None, "label": None},
        options__language="nl",
    )
    words = texts.of("nl")
    asked = _page(desk, ana)["consent"]
    assert asked["cookies"]["text"] == words["cookies.default"]
    assert asked["cookies"]["when"] == "on_exit_intent"
    assert asked["process"] == {
        "type": "explicit",
        "text": own,
        "text_hash": sha256(own.encode()).hexdigest()[:32],
    }
    assert asked["communicate"]["label"] == words["consent.communicate"]
    _save(ana, flow, options__process_consent={"on": True, "type": "legitimate_interest", "text": None})
    assert _page(desk, ana)["consent"]["process"]["text"] == words["consent.legitimate"]
    ana.patch("/privacy/settings", {"cookie_consent": False})
    assert _page(desk, ana)["consent"]["cookies"] is None
    ana.patch("/privacy/settings", {"data_privacy": False})
    assert _page(desk, ana)["consent"] == {"cookies": None, "process": None, "communicate": None}


def test_D23_D24_texts_that_nobody_wrote_follow_the_language(
    desk: Desk, ana: Somebody, flow: dict[str, Any]
) -> None:
    for language in texts.languages():
        saved = _save(ana, flow, options__language=language)
        words = texts.of(language)
        assert saved["defaults"] == {
            "welcome": words["welcome.default"],
            "wait": words["wait.default"],
            "email_capture": words["capture.default"],
            "away": words["away.default"],
            "outside": words["closed.default"],
            "cookies": words["cookies.default"],
            "process_explicit": words["consent.explicit"],
            "process_legitimate_interest": words["consent.legitimate"],
            "communicate": words["consent.communicate"],
        }
        page = _page(desk, ana)
        assert _words(page["welcome"]) == words["welcome.default"]
        assert page["texts"] == words


# Once there is a visitor.


def _visit(desk: Desk, ana: Somebody, tag: str = "support") -> Any:
    phone: Any = desk.browser()
    opened = phone.post(
        "/api/v1/visitor/session", json={"account_id": ana.account_id, "mobile_tag": tag, "properties": {}}
    ).json()
    phone.headers["authorization"] = f"Bearer {opened['token']}"
    phone.visitor_id = opened["visitor_id"]
    return phone


def test_the_page_asks_what_is_known_of_its_visitor(desk: Desk, ana: Somebody, flow: dict[str, Any]) -> None:
    phone = _visit(desk, ana)
    before = desk.rows()
    answer = phone.get("/api/v1/visitor/chat", params={"mobile_tag": "SUPPORT"})
    page = _page(desk, ana)
    assert answer.json() == {
        "welcome": page["welcome"],
        "heading": page["heading"],
        "availability": page["availability"],
        "consents": {"cookies": None, "process": None, "communicate": None},
        "email_known": False,
        "can_mail": False,
    }
    assert desk.rows() == before
    for tag, code in (("sales", "no_chatflow"), (" ", "no_mobile_tag")):
        refused = phone.get("/api/v1/visitor/chat", params={"mobile_tag": tag})
        assert (refused.json()["code"], list(refused.json()["fields"])) == (code, ["mobile_tag"])
    del phone.headers["authorization"]
    assert phone.get("/api/v1/visitor/chat", params={"mobile_tag": "support"}).status_code == 401


def _write(desk: Desk, ana: Somebody, phone: Any) -> int:
    """A conversation that the phone begins; its id."""
    scope, actor = AccountScope(ana.account_id), VisitorActor(phone.visitor_id)
    posted = desk.engine.write_and_wait(
        lambda unit: conversations.start_conversation(
            unit, scope, actor, str(uuid4()), str(uuid4()), "support", from_plain("Hello")
        )
    )
    return posted.conversation_id


def test_D01_D05_D22_a_known_contact_is_greeted_and_sees_their_owner(
    desk: Desk, ana: Somebody, flow: dict[str, Any]
) -> None:
    ben = desk.hire(ana, "ben@example.org")
    _save(
        ana,
        flow,
        chat__welcome="Hi {{contact.first_name|there}}!",
        chat__heading__kind="contact_owner",
        options__language="de",
    )
    contact = ana.post("/contacts", {"email": "mia@example.org", "name": "Mia Sol"})
    owned = ana.patch(f"/contacts/{contact['id']}", {"owner_user_id": ben.user_id})
    assert owned["owner_user_id"] == ben.user_id
    typed, told = _visit(desk, ana), _visit(desk, ana)
    scope = AccountScope(ana.account_id)
    begun = {phone: _write(desk, ana, phone) for phone in (typed, told)}
    desk.engine.write_and_wait(
        lambda unit: conversations.give_email(
            unit, scope, VisitorActor(typed.visitor_id), begun[typed], "mia@example.org"
        )
    )
    desk.engine.write_and_wait(
        lambda unit: conversations.associate_contact(
            unit, scope, AgentActor(ana.user_id), begun[told], "mia@example.org"
        )
    )
    for phone, words, people in ((typed, "Hi there!", ["Ana Duarte"]), (told, "Hi Mia!", ["Ben Okri"])):
        found = phone.get("/api/v1/visitor/chat", params={"mobile_tag": "support"}).json()
        assert (_words(found["welcome"]), found["email_known"]) == (words, True)
        assert found["can_mail"] is False  # no mail goes out of here
        assert [face["name"] for face in found["heading"]["people"]] == people
        shown = ana.get("/chatflows/explain", mobile_tag="support", visitor_id=phone.visitor_id)
        assert shown["visitor"] == found
    ana.patch(f"/users/{ben.user_id}", {"deactivated": True})
    found = told.get("/api/v1/visitor/chat", params={"mobile_tag": "support"}).json()
    assert [face["name"] for face in found["heading"]["people"]] == ["Ana Duarte"]
    assert ana.patch(f"/contacts/{contact['id']}", {"name": "Mia"})["owner_user_id"] == ben.user_id
    refused = ana.call("PATCH", f"/contacts/{contact['id']}", {"owner_user_id": 999_999})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["owner_user_id"])
    assert ana.patch(f"/contacts/{contact['id']}", {"owner_user_id": None})["owner_user_id"] is None


# The preview.


def test_A13_the_preview_shows_settings_that_are_not_saved(
    desk: Desk, ana: Somebody, inbox_id: int, flow: dict[str, Any]
) -> None:
    _channel(ana, inbox_id, kind="hours", hours=NINE_TO_FIVE)
    desk.clock.advance(5 * HOUR)
    ana.get("/chatflows")
    before = desk.rows()
    document = _with(
        flow["document"],
        chat__welcome="Hoi {{contact.first_name}}",
        chat__attachments=False,
        chat__heading__kind="brand",
        chat__heading__brand_name="Nordlicht",
        chat__heading__alias=True,
        options__language="ar",
        options__process_consent={"on": True, "type": "explicit", "text": None},
    )
    page = ana.post("/chatflows/preview", {"document": document, "inbox_id": inbox_id})
    assert (page["chatflow_id"], page["version"], page["direction"]) == (None, None, "rtl")
    assert _words(page["welcome"]) == "Hoi"
    assert (page["attachments"], page["heading"]["alias"]) == (None, True)
    assert page["consent"]["process"]["text"] == texts.of("ar")["consent.explicit"]
    assert page["availability"]["state"] == "closed"
    for change, inbox, field in (
        ({"chat__heading__user_ids": [999_999]}, inbox_id, "document.chat.heading.user_ids.0"),
        ({"chat__welcome": "{{x}}"}, inbox_id, "document.chat.welcome"),
        ({}, 999_999, "inbox_id"),
    ):
        body = {"document": _with(document, **change), "inbox_id": inbox}
        refused = ana.call("POST", "/chatflows/preview", body)
        assert (refused.status_code, list(refused.json()["fields"])) == (422, [field])
    assert desk.rows() == before


# What a document may name.


def test_F06_F07_G19_H01_what_is_named_in_vain_is_refused_at_its_field(
    desk: Desk, ana: Somebody, inbox_id: int, flow: dict[str, Any], subtests: pytest.Subtests
) -> None:
    stranger = desk.hire(ana, "stranger@example.org")
    ana.patch(f"/users/{stranger.user_id}", {"can_receive": True})
    link = desk.engine.write_and_wait(
        lambda unit: surveys.create_survey(
            unit, AccountScope(ana.account_id), _actor(ana), "Link", Delivery.LINK, "en"
        )
    )
    archived = ana.post("/privacy/subscription-types", {"name": "Old"})["id"]
    ana.patch(f"/privacy/subscription-types/{archived}", {"archived": True})
    attachment = _image(desk, ana, Purpose.MESSAGE)
    elsewhere = _image(desk, desk.found("Sudwind", "bo@example.org"))
    brand = {"chat__heading__kind": "brand", "chat__heading__brand_name": "N"}
    automatic = {"chat__assign__automatic": True}
    communicate = {"on": True, "subscription_type_id": archived, "label": None}
    before = desk.rows()
    for changes, field in (
        ({**automatic, "chat__assign__user_ids": [stranger.user_id]}, "chat.assign.user_ids.0"),
        ({**automatic, "chat__assign__user_ids": [999_999]}, "chat.assign.user_ids.0"),
        ({**automatic, "chat__assign__team_ids": [999_999]}, "chat.assign.team_ids.0"),
        ({"chat__assign__skill_ids": [999_999]}, "chat.assign.skill_ids.0"),
        (
            {"chat__assign__fallback": "inbox", "chat__assign__fallback_inbox_id": 999_999},
            "chat.assign.fallback_inbox_id",
        ),
        ({"chat__heading__user_ids": [999_999]}, "chat.heading.user_ids.0"),
        ({"chat__heading__team_ids": [999_999]}, "chat.heading.team_ids.0"),
        ({**brand, "chat__heading__brand_image_id": attachment}, "chat.heading.brand_image_id"),
        ({**brand, "chat__heading__brand_image_id": elsewhere}, "chat.heading.brand_image_id"),
        ({"options__survey_id": link.id}, "options.survey_id"),
        ({"options__survey_id": 999_999}, "options.survey_id"),
        ({"options__communicate_consent": communicate}, "options.communicate_consent.subscription_type_id"),
    ):
        with subtests.test(field):
            answer = _try(ana, flow, **changes)
            assert (answer.status_code, list(answer.json()["fields"])) == (422, [f"document.{field}"])
            assert desk.rows() == before


def _actor(somebody: Somebody) -> Any:
    from pocketdesk.accounts.model import Actor

    return Actor(somebody.user_id, frozenset())


def test_A16_H01_the_list_names_the_survey(desk: Desk, ana: Somebody, flow: dict[str, Any]) -> None:
    assert ana.get("/chatflows")["items"][0]["survey"] is None
    survey = desk.engine.write_and_wait(
        lambda unit: surveys.create_survey(
            unit, AccountScope(ana.account_id), _actor(ana), "How was it?", Delivery.CHAT, "en"
        )
    )
    saved = _save(ana, flow, options__survey_id=survey.id)
    assert saved["survey"] == {"id": survey.id, "name": "How was it?"}
    assert ana.get("/chatflows")["items"][0]["survey"] == saved["survey"]


# Why.


def test_B09_the_explanation(desk: Desk, ana: Somebody, inbox_id: int, flow: dict[str, Any]) -> None:
    made: list[int] = []
    for tag, is_on in (("support", True), ("support", False), ("Sales", True), ("SUPPORT", True)):
        body = {"inbox_id": inbox_id, "language": "en", "mobile_tag": tag, "type": "live_agent"}
        made.append(ana.post("/chatflows", body)["id"])
        ana.patch(f"/chatflows/{made[-1]}", {"is_on": is_on})
    ana.delete(f"/chatflows/{made[3]}")
    found = ana.get("/chatflows/explain", mobile_tag=" Support")
    assert found["served"] == {
        "id": flow["id"],
        "name": flow["name"],
        "mobile_tag": "support",
        "is_on": True,
        "priority": 1,
    }
    assert {each["chatflow"]["id"]: each["reasons"] for each in found["others"]} == {
        made[0]: ["lower_priority"],
        made[1]: ["off"],
        made[2]: ["other_tag"],
        made[3]: ["deleted"],
    }
    assert found["availability"]["state"] == "open"
    assert found["consent"]["cookies"]["when"] == "before_chat"
    assert found["visitor"] is None
    nothing = ana.get("/chatflows/explain", mobile_tag="nobody")
    assert (nothing["served"], nothing["availability"], nothing["consent"]) == (None, None, None)
    assert len(nothing["others"]) == 4
    assert ana.get("/chatflows/explain", mobile_tag=" ")["served"] is None
    hostile = ana.get("/chatflows/explain", mobile_tag="a\x00b")
    assert hostile["served"] is None


def test_B09_the_explanation_for_a_visitor(desk: Desk, ana: Somebody, flow: dict[str, Any]) -> None:
    opened = desk.browser().post(
        "/api/v1/visitor/session",
        json={"account_id": ana.account_id, "mobile_tag": "support", "properties": {}},
    )
    visitor_id = opened.json()["visitor_id"]
    found = ana.get("/chatflows/explain", mobile_tag="support", visitor_id=visitor_id)
    assert found["visitor"]["email_known"] is False
    assert found["visitor"]["consents"] == {"cookies": None, "process": None, "communicate": None}
    unknown = ana.call("GET", "/chatflows/explain", mobile_tag="support", visitor_id=999_999)
    assert (unknown.status_code, list(unknown.json()["fields"])) == (422, ["visitor_id"])


def test_A01_preview_and_explanation_need_the_permission(
    desk: Desk, ana: Somebody, inbox_id: int, flow: dict[str, Any]
) -> None:
    agent = desk.hire(ana, "agent@example.org", "inboxes")
    body = {"document": flow["document"], "inbox_id": inbox_id}
    assert agent.call("POST", "/chatflows/preview", body).status_code == 403
    assert agent.call("GET", "/chatflows/explain", mobile_tag="support").status_code == 403
    bo = desk.found("Sudwind", "bo@example.org")
    assert bo.call("POST", "/chatflows/preview", body).status_code == 422
    assert bo.get("/chatflows/explain", mobile_tag="support") == {
        "served": None,
        "others": [],
        "availability": None,
        "consent": None,
        "visitor": None,
    }
