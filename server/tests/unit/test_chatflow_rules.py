"""What chatflows may say, in which order they stand, how they look."""

import copy
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pocketdesk.chatflows import rules, texts, views
from pocketdesk.kernel import text
from pocketdesk.kernel.refusal import Invalid

LANGUAGES = ("ar", "de", "en")
FRESH = msgspec.to_builtins(rules.fresh("en", "support", 5))


def _changed(path: str, value: Any) -> dict[str, Any]:
    document = copy.deepcopy(FRESH)
    *parts, last = path.split(".")
    place = document
    for part in parts:
        place = place[part]
    place[last] = value
    return document


def _parse(value: object) -> Any:
    return rules.parse_document(value, LANGUAGES)


def test_A25_a_fresh_chatflow_has_exactly_these_settings() -> None:
    assert FRESH == {
        "chat": {
            "welcome": None,
            "assign": {
                "automatic": False,
                "to": "users_and_teams",
                "user_ids": (),
                "team_ids": (),
                "skill_ids": (),
                "fallback": "unassigned",
                "fallback_inbox_id": None,
                "wait_minutes": None,
                "wait_text": None,
            },
            "email_capture": {"ask": "never", "wait_s": 60, "text": None},
            "heading": {
                "kind": "users_and_teams",
                "user_ids": (5,),
                "team_ids": (),
                "brand_name": None,
                "brand_image_id": None,
                "alias": False,
            },
            "availability": None,
            "display": {
                "desktop": {"open": "prompt", "after_s": 0},
                "mobile": {"open": "launcher", "after_s": 0},
            },
            "close_button": True,
            "attachments": True,
        },
        "knowledge_base": {"enabled": False, "knowledge_base_id": None},
        "options": {
            "language": "en",
            "cookie_banner": {"when": "before_chat", "text": None},
            "process_consent": {"on": False, "type": "legitimate_interest", "text": None},
            "communicate_consent": {"on": False, "subscription_type_id": None, "label": None},
            "marketing_contacts": False,
            "survey_id": None,
        },
        "mobile": {"tag": "support"},
    }


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("mobile.tag", "   ", "document.mobile.tag"),
        ("mobile.tag", "x" * 101, "document.mobile.tag"),
        ("mobile.tag", "a\nb", "document.mobile.tag"),
        ("mobile.tag", 7, "document.mobile.tag"),
        ("options.language", "tlh", "document.options.language"),
        ("chat.welcome", "", "document.chat.welcome"),
        ("chat.welcome", "x" * 2_001, "document.chat.welcome"),
        ("chat.welcome", "a\x00b", "document.chat.welcome"),
        ("chat.welcome", "\u200b", "document.chat.welcome"),
        ("chat.welcome", "Hi {{contact.password}}", "document.chat.welcome"),
        ("chat.welcome", "Hi {{contact.name", "document.chat.welcome"),
        ("chat.welcome", "{{contact.name}}", "document.chat.welcome"),
        ("chat.welcome", "{{contact.name|x}}" * 11, "document.chat.welcome"),
        ("chat.welcome", f"Hi {{{{contact.name|{'x' * 101}}}}}", "document.chat.welcome"),
        ("chat.assign.automatic", True, "document.chat.assign.user_ids"),
        ("chat.assign.to", "anybody", "document.chat.assign.to"),
        ("chat.assign.fallback", "inbox", "document.chat.assign.fallback_inbox_id"),
        ("chat.assign.wait_minutes", 0, "document.chat.assign.wait_minutes"),
        ("chat.assign.wait_minutes", 1_441, "document.chat.assign.wait_minutes"),
        ("chat.assign.wait_text", "  ", "document.chat.assign.wait_text"),
        ("chat.assign.skill_ids", [0], "document.chat.assign.skill_ids.0"),
        ("chat.email_capture.ask", "always", "document.chat.email_capture.ask"),
        ("chat.email_capture.wait_s", 0, "document.chat.email_capture.wait_s"),
        ("chat.email_capture.text", "\n", "document.chat.email_capture.text"),
        ("chat.heading.kind", "brand", "document.chat.heading.brand_name"),
        ("chat.heading.brand_name", " ", "document.chat.heading.brand_name"),
        ("chat.heading.brand_name", "x" * 101, "document.chat.heading.brand_name"),
        ("chat.availability", {"kind": "always"}, "document.chat.availability.time_zone"),
        ("chat.display.desktop.open", "popup", "document.chat.display.desktop.open"),
        ("chat.display.mobile.after_s", 3_601, "document.chat.display.mobile.after_s"),
        ("options.cookie_banner.text", "", "document.options.cookie_banner.text"),
        ("options.cookie_banner.when", "never", "document.options.cookie_banner.when"),
        ("options.process_consent.type", "implied", "document.options.process_consent.type"),
        ("options.process_consent.text", " ", "document.options.process_consent.text"),
        ("options.communicate_consent.label", "", "document.options.communicate_consent.label"),
        ("options.survey_id", "1", "document.options.survey_id"),
        ("chat.close_button", "yes", "document.chat.close_button"),
        ("chat.heading.user_ids", ["x"], "document.chat.heading.user_ids.0"),
        ("chat.color", "red", "document.chat.color"),
        ("extra", 1, "document.extra"),
    ],
)
def test_A26_a_wrong_setting_is_refused_at_its_field(path: str, value: Any, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        _parse(_changed(path, value))
    assert list(refusal.value.fields) == [field]


@pytest.mark.parametrize(
    "path", ["chat.welcome", "chat", "options.language", "mobile.tag", "chat.display.mobile.after_s"]
)
def test_a_document_says_everything(path: str) -> None:
    document = copy.deepcopy(FRESH)
    *parts, last = path.split(".")
    place = document
    for part in parts:
        place = place[part]
    del place[last]
    with pytest.raises(Invalid) as refusal:
        _parse(document)
    assert list(refusal.value.fields) == [f"document.{path}"]


@pytest.mark.parametrize("value", [None, [], "document", 7, {}])
def test_what_is_no_document_is_refused(value: object) -> None:
    with pytest.raises(Invalid):
        _parse(value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.dictionaries(st.sampled_from(["chat", "options", "mobile", "tag", "welcome"]), inner)
            | st.lists(inner)
        ),
    )
)
def test_hostile_documents_are_refused_in_words(value: object) -> None:
    with pytest.raises(Invalid):
        _parse(value)


def test_A08_K14_a_help_tab_needs_a_knowledge_base() -> None:
    with pytest.raises(Invalid) as refusal:
        _parse(_changed("knowledge_base.enabled", True))
    assert refusal.value.fields == {"document.knowledge_base.knowledge_base_id": "choose a knowledge base"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("chat.email_capture", {"ask": "after_wait", "wait_s": 30, "text": "Where do we reach you?"}),
        ("chat.heading.user_ids", (6, 7)),
        ("chat.display.desktop", {"open": "chat", "after_s": 5}),
        ("chat.attachments", False),
        ("options.process_consent", {"on": True, "type": "explicit", "text": None}),
        ("options.marketing_contacts", True),
        ("options.survey_id", 12),
        ("knowledge_base", {"enabled": True, "knowledge_base_id": 7}),
        ("knowledge_base", {"enabled": False, "knowledge_base_id": 7}),
    ],
)
def test_A12_D03_D13_D17_G06_G15_H01_settings_stay_as_they_were_said(path: str, value: Any) -> None:
    said = _changed(path, value)
    assert msgspec.to_builtins(_parse(said)) == said


def test_nobody_is_chosen_twice() -> None:
    assert _parse(_changed("chat.assign.user_ids", [7, 6, 7])).chat.assign.user_ids == (7, 6)


@pytest.mark.parametrize(
    ("words", "name", "expected"),
    [
        ("Hi {{contact.first_name}}!", "Ana Duarte", "Hi Ana!"),
        ("Hi {{ contact.name }}!", "Ana Duarte", "Hi Ana Duarte!"),
        ("Hi {{contact.first_name|there}}!", None, "Hi there!"),
        ("Hi {{contact.first_name|there}}!", "", "Hi there!"),
        ("Hi, {{contact.first_name}}!", None, "Hi!"),
        ("Hi {{contact.first_name}}, welcome", None, "Hi, welcome"),
        ("{{contact.first_name}}, welcome", None, "welcome"),
        ("One\n{{contact.name}}, two", None, "One\ntwo"),
        ("Hi {{contact.name}}", "{{contact.name}}", "Hi {{contact.name}}"),
        ("No token", "Ana", "No token"),
    ],
)
def test_D01_the_welcome_names_a_known_contact(words: str, name: str | None, expected: str) -> None:
    rules.check_tokens(words, "welcome")
    assert rules.filled(words, name) == expected


@given(st.text(max_size=300), st.none() | st.text(max_size=300))
def test_D01_whatever_welcome_is_accepted_can_be_shown_to_everybody(words: str, name: str | None) -> None:
    try:
        said = _parse(_changed("chat.welcome", words)).chat.welcome
    except Invalid:
        return
    assert text.from_plain(rules.filled(said, name)).plain


def test_A26_tags_are_trimmed_and_compared_without_case() -> None:
    assert rules.clean_tag("  Support ") == "Support"
    assert rules.tag_key(" SUPPORT") == rules.tag_key("support ")
    assert rules.tag_key("Straße") == rules.tag_key("STRASSE")
    assert rules.tag_key("caf\u00e9") == rules.tag_key("CAFE\u0301")


@given(
    st.permutations(range(1, 8)),
    st.integers(1, 7),
    st.one_of(st.sampled_from(["top", "bottom"]), st.integers(1, 99)),
)
def test_B03_B04_moving_keeps_everybody_and_the_order_of_the_others(
    order: list[int], one: int, to: Any
) -> None:
    after = rules.moved(order, one, to)
    assert [each for each in after if each != one] == [each for each in order if each != one]
    place = 1 if to == "top" else 7 if to == "bottom" else min(to, 7)
    assert after[place - 1] == one


def test_D12_german_and_japanese_visitors_see_full_names() -> None:
    assert rules.shown_name("Ana Duarte", "de") == "Ana Duarte"
    assert rules.shown_name("Ana Duarte", "en") == "Ana"


def test_D07_while_an_away_message_is_shown_the_address_is_asked_for_in_the_languages_words() -> None:
    capture = FRESH["chat"]["email_capture"]
    own = _parse(_changed("chat.email_capture", capture | {"text": "Where do we reach you?"}))
    assert views.email_text(own, away=False) == "Where do we reach you?"
    assert views.email_text(own, away=True) == texts.of("en")["capture.default"]
    assert views.email_text(_parse(FRESH), away=False) == texts.of("en")["capture.default"]


def test_D23_D24_written_texts_stay_and_others_follow_the_language() -> None:
    said = _changed("options.language", "de")
    said["chat"]["assign"]["wait_text"] = "Still here"
    own = _parse(said)
    assert views.wait_text(own) == "Still here"
    assert views.email_text(own, away=False) == texts.of("de")["capture.default"]
    assert views.welcome(own, "Ana").plain == texts.of("de")["welcome.default"]
    assert views.wait_text(_parse(_changed("options.language", "ar"))) == texts.of("ar")["wait.default"]


def test_D10_only_a_brand_is_an_alias() -> None:
    brand = {"kind": "brand", "brand_name": "Nordlicht", "alias": True}
    assert rules.alias_of(rules.fresh("en", "support", 5)) is None
    assert rules.alias_of(_parse(_changed("chat.heading.alias", True))) is None
    heading = FRESH["chat"]["heading"] | brand
    assert rules.alias_of(_parse(_changed("chat.heading", heading))) == "Nordlicht"
    assert rules.alias_of(_parse(_changed("chat.heading", heading | {"alias": False}))) is None
