"""Tokens, slips and snippets of the search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pocketdesk.knowledge.search import finding, tokens, typos
from pocketdesk.knowledge.search.highlights import LONGEST, snippet
from pocketdesk.storage.words import Known, Match

LANGUAGES = st.sampled_from(
    ["en", "de", "fr", "sv", "tr", "ar", "fa", "hi", "ja", "ko", "zh-CN", "th", "ru", "xx"]
)


@given(st.text(max_size=200), LANGUAGES)
def test_tokens_fit_every_engine(text: str, language: str) -> None:
    for token in tokens.to_tokens(text, language).split(" "):
        assert not set(token) & set("@'\"\\ ()*:&|!<>")
        assert token == token.strip()
        assert not any("A" <= character <= "Z" for character in token)


@given(st.text(max_size=100), LANGUAGES)
def test_words_stand_where_they_say(text: str, language: str) -> None:
    for word in tokens.words(text, language):
        assert 0 <= word.start < word.end <= len(text)
        assert word.forms
    for _, forms in [(word, word.forms) for word in tokens.words(text, language)]:
        assert all(forms)


@given(st.text(max_size=80), LANGUAGES)
def test_what_is_asked_is_among_what_was_written(text: str, language: str) -> None:
    written = set(tokens.to_tokens(text, language).split(" "))
    assert all(word.token in written for word in tokens.words(text, language) if word.token)


@given(st.text(alphabet="abcdefghij", min_size=1, max_size=12), LANGUAGES)
def test_case_makes_no_difference(word: str, language: str) -> None:
    upper = word.replace("i", "İ").upper() if language == "tr" else word.upper()
    assert tokens.to_tokens(upper, language) == tokens.to_tokens(word, language)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("de", "Passwörter", "passwort"),
        ("de", "Straße", "strasse"),
        ("fr", "réglages", "REGLAGE"),
        ("es", "contraseñas", "contrasena"),
        ("ru", "ещё", "еще"),
        ("ar", "المُحادثة", "محادثه"),
        ("fa", "كاربر", "کاربر"),
        ("ja", "ﾊﾟｽﾜｰﾄﾞ", "パスワード"),
        ("en", "１２３", "123"),
        ("hi", "१२३", "123"),
    ],
)
def test_spellings_of_one_word_share_a_token(language: str, one: str, other: str) -> None:
    assert set(tokens.to_tokens(one, language).split()) & set(tokens.to_tokens(other, language).split())


def test_a_letter_with_a_mark_may_be_another_letter() -> None:
    (asked,) = tokens.words("får", "sv")
    assert asked.token not in tokens.to_tokens("far", "sv").split()
    (asked,) = tokens.words("far", "sv")
    assert asked.token in tokens.to_tokens("får", "sv").split()


@given(st.text("abcd", min_size=4, max_size=12), st.data())
def test_one_slip_leaves_a_half_and_counts_as_one(word: str, draw: st.DataObject) -> None:
    place = draw.draw(st.integers(0, len(word) - 1))
    kind = draw.draw(st.sampled_from(["left out", "added", "changed", "swapped"]))
    slipped = {
        "left out": word[:place] + word[place + 1 :],
        "added": word[:place] + "x" + word[place:],
        "changed": word[:place] + "x" + word[place + 1 :],
        "swapped": word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
    }[kind]
    assert typos.distance(slipped, word, 1) in {0, 1}
    if len(slipped) >= typos.SHORTEST:
        start, end = typos.halves(slipped)
        assert word.startswith(start) or word.endswith(end)


@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_distance_is_the_same_both_ways(one: str, other: str) -> None:
    assert typos.distance(one, other, 8) == typos.distance(other, one, 8)


def test_the_closest_word_and_of_equals_the_commonest() -> None:
    there = [Known("parcel", "parcel", 1), Known("parcels", "parcel", 9), Known("marcel", "marcel", 5)]
    chosen = typos.closest("parcfl", there)
    assert chosen is not None
    assert chosen.word == "parcel"
    chosen = typos.closest("arcel", [Known("parcel", "p", 1), Known("marcel", "m", 5)])
    assert chosen is not None
    assert chosen.word == "marcel"
    assert typos.closest("zebra", there) is None


@given(st.text(max_size=600), st.text(max_size=20), LANGUAGES)
def test_a_snippet_is_of_the_text_and_short(text: str, asked: str, language: str) -> None:
    shown = snippet(text, language, frozenset(tokens.to_tokens(asked, language).split()))
    joined = "".join(each.text for each in shown)
    assert len(joined) <= LONGEST + 2
    flat = " ".join(text.split())
    for each in shown:
        assert each.text == "…" or " ".join(each.text.split()) in flat


def test_a_snippet_begins_with_its_sentence() -> None:
    text = f"{'Nothing of interest. ' * 40}Here we ship the parcels of everybody. {'And so on. ' * 40}"
    shown = snippet(text, "en", frozenset({"parcel"}))
    assert [each.text for each in shown if each.hit] == ["parcels"]
    assert "".join(each.text for each in shown).startswith("…Here we ship the parcels of everybody.")


def test_fusing_words_and_meaning() -> None:
    def matches(*ids: int) -> list[Match]:
        return [Match(id_, "en", 1, 1.0) for id_ in ids]

    def order(certain: list[Match], some: list[Match], close: list[Match]) -> list[int]:
        return [match.subject_id for match in finding.fuse(certain, some, close)]

    assert order([], matches(1, 2), matches(3, 4))[:2] == [3, 4]
    assert order(matches(1), matches(1, 2), matches(3, 4))[0] == 1
    assert order([], matches(4, 1), matches(3, 4))[0] == 4
