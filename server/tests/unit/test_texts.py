"""The chat page's words: each language complete, with the forms that its numbers need."""

import re
from collections import defaultdict

import pytest

from pocketdesk.chatflows import texts

PLURALS = {
    "ar": {"zero", "one", "two", "few", "many", "other"},
    "bg": {"one", "other"},
    "ca": {"one", "many", "other"},
    "cs": {"one", "few", "many", "other"},
    "da": {"one", "other"},
    "de": {"one", "other"},
    "el": {"one", "other"},
    "en": {"one", "other"},
    "es": {"one", "many", "other"},
    "et": {"one", "other"},
    "fa": {"one", "other"},
    "fi": {"one", "other"},
    "fr": {"one", "many", "other"},
    "he": {"one", "two", "other"},
    "hi": {"one", "other"},
    "hr": {"one", "few", "other"},
    "hu": {"one", "other"},
    "id": {"other"},
    "it": {"one", "many", "other"},
    "ja": {"other"},
    "ko": {"other"},
    "lt": {"one", "few", "many", "other"},
    "lv": {"zero", "one", "other"},
    "ms": {"other"},
    "nb": {"one", "other"},
    "nl": {"one", "other"},
    "pl": {"one", "few", "many", "other"},
    "pt": {"one", "many", "other"},
    "pt-BR": {"one", "many", "other"},
    "ro": {"one", "few", "other"},
    "ru": {"one", "few", "many", "other"},
    "sk": {"one", "few", "many", "other"},
    "sl": {"one", "two", "few", "other"},
    "sr": {"one", "few", "other"},
    "sv": {"one", "other"},
    "th": {"other"},
    "tr": {"one", "other"},
    "uk": {"one", "few", "many", "other"},
    "ur": {"one", "other"},
    "vi": {"other"},
    "zh-CN": {"other"},
    "zh-TW": {"other"},
}
"""What Intl.PluralRules tells apart (CLDR 44 cardinals)."""
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}
FORMS = {form for forms in PLURALS.values() for form in forms}
WORDS = {"ar": {"zero", "one", "two"}, "he": {"one", "two"}}
"""Forms that may say their number in words. Elsewhere even `one` can be 21, and `two` 102."""
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def plurals(words: dict[str, str]) -> dict[str, dict[str, str]]:
    """Texts that depend on a number, by their stem."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for key, text in words.items():
        stem, _, form = key.rpartition(".")
        if form in FORMS and f"{stem}.other" in words:
            found[stem][form] = text
    return dict(found)


def test_D23_every_language_is_in_the_table_and_reads_its_way() -> None:
    assert len(texts.languages()) >= 40
    assert texts.languages() == tuple(sorted(PLURALS))
    for code in texts.languages():
        assert texts.direction(code) == ("rtl" if code in RIGHT_TO_LEFT else "ltr"), code


@pytest.mark.parametrize("language", PLURALS)
def test_D23_no_text_is_missing_or_left_over(language: str) -> None:
    english, theirs = texts.of("en"), texts.of(language)
    stems = plurals(english)
    plain = {key for key in english if key.rpartition(".")[0] not in stems}
    forms = {f"{stem}.{form}" for stem in stems for form in PLURALS[language]}
    assert set(theirs) == plain | forms
    assert all(text.strip() == text and text for text in theirs.values())


@pytest.mark.parametrize("language", PLURALS)
def test_D23_every_text_names_what_the_english_one_names(language: str) -> None:
    english, theirs = texts.of("en"), texts.of(language)
    stems = plurals(english)
    for key, text in theirs.items():
        stem, _, form = key.rpartition(".")
        named = set(PLACEHOLDER.findall(text))
        if stem in stems:
            assert named <= {"count"}
            assert named or form in WORDS.get(language, set()), key
        else:
            assert named == set(PLACEHOLDER.findall(english[key])), key


def test_texts_raise_no_voice_and_hold_no_markup() -> None:
    for language in texts.languages():
        for key, text in texts.of(language).items():
            assert not re.search(r"[<>&!！]", text), (language, key)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-CH,de;q=0.9", "de"),
        ("zh", "zh-CN"),
        ("zh-Hans-HK", "zh-CN"),
        ("zh-CN,zh-TW;q=0.9", "zh-CN"),
        ("zh_CN_#Hans", "zh-CN"),
        ("zh-Hant", "zh-TW"),
        ("zh-HK", "zh-TW"),
        ("zh_TW_#Hant;q=0.5, tlh", "zh-TW"),
        ("pt-PT,pt;q=0.9", "pt"),
        ("pt_BR", "pt-BR"),
        ("iw_IL", "he"),
        ("tlh, *;q=0.1", "en"),
    ],
)
def test_C23_a_device_finds_its_language_by_script_and_region(header: str, language: str) -> None:
    assert texts.best_match(header) == language
