"""What chatflows may say, in which order they stand, how they look."""

import copy
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pocketdesk.chatflows import rules
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
            "assign": {"automatic": False},
            "email_capture": {"ask": "never"},
            "heading": {"kind": "users_and_teams", "user_ids": (5,), "team_ids": ()},
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


def test_settings_without_effect_yet_cannot_change() -> None:
    before = rules.fresh("en", "support", 5)
    for path, value in (
        ("chat.attachments", False),
        ("options.marketing_contacts", True),
        ("chat.heading.user_ids", [6]),
    ):
        with pytest.raises(Invalid) as refusal:
            rules.check_changes(before, _parse(_changed(path, value)))
        assert list(refusal.value.fields) == [f"document.{path}"]
    for path, value in (
        ("chat.welcome", "Hi"),
        ("chat.close_button", False),
        ("options.language", "ar"),
        ("mobile.tag", "sales"),
    ):
        rules.check_changes(before, _parse(_changed(path, value)))


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


@given(st.integers(0, 0xFFFFFF))
def test_D15_words_on_the_accent_are_readable(color: int) -> None:
    accent = f"#{color:06x}"
    assert rules.contrast(accent, rules.accent_text(accent)) >= 4.5


def test_D12_german_and_japanese_visitors_see_full_names() -> None:
    assert rules.shown_name("Ana Duarte", "de") == "Ana Duarte"
    assert rules.shown_name("Ana Duarte", "en") == "Ana"
