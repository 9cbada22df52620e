"""What counts and how much, which language a reader gets, which colours can be read, and the words of the pages."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pocketdesk.chatflows import texts as chat
from pocketdesk.help_center import rules, texts
from pocketdesk.help_center.rules import LONGEST_TYPING_MS, TYPING_MS, Sought, Typing
from pocketdesk.inboxes.rules import contrast
from pocketdesk.kernel.scope import AccountScope
from tests.unit.test_texts import PLACEHOLDER, PLURALS, plurals

HEX = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("de", "de"),
        ("DE", "de"),
        ("de-CH", "de"),
        ("pt", "pt-BR"),
        ("pt-BR", "pt-BR"),
        ("xx", "en"),
        ("", "en"),
    ],
)
def test_K10_the_nearest_language_of_the_base(asked: str, found: str) -> None:
    assert rules.best_language(("en", "de", "pt-BR"), asked) == found


def test_K04_few_votes_prove_little() -> None:
    order = [(90, 10), (9, 1), (4, 0), (50, 50), (1, 0), (1, 9), (0, 0), (0, 5)]
    scores = [rules.rated(*votes) for votes in order]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] == 0.0
    assert rules.rated(90, 10) < 0.9


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_K04_ratings_stay_between_nothing_and_one(helpful: int, unhelpful: int) -> None:
    assert 0 <= rules.rated(helpful, unhelpful) <= rules.rated(helpful + 1, unhelpful) <= 1


def test_K12_terms_have_no_case_no_addresses_and_no_long_numbers() -> None:
    assert rules.term("  Cancel\t my PLAN ") == "cancel my plan"
    assert rules.term("order of Mia@Example.org") == "order of @"
    assert rules.term("call +49 (170) 123-4567 now") == "call # now"
    assert rules.term("error 404") == "error 404"
    assert rules.term("x" * 500) == "x" * rules.LONGEST_TERM
    assert rules.term("a\x00b\u202ec") == "abc"


@given(st.text(max_size=300))
def test_K12_any_term_is_short_and_clean(words: str) -> None:
    term = rules.term(words)
    assert len(term) <= rules.LONGEST_TERM
    assert "\x00" not in term
    assert term == term.strip()


def sought(term: str, at: int, reader: str = "mia") -> Sought:
    return Sought(reader, AccountScope(1), 2, "en", term, in_vain=False, at=at)


def test_K12_only_what_typing_ends_with_is_sought() -> None:
    typing = Typing()
    assert [typing.note(sought(word, at)) for at, word in enumerate(("p", "pl", "pan", "plan"))] == [()] * 4
    assert typing.note(sought("q", 5, "leo")) == ()
    assert typing.take("mia", "plan") == (sought("plan", 3),)
    assert typing.take("mia", "plan") == ()
    later = 10 + TYPING_MS
    assert typing.note(sought("refund", later, "leo")) == (sought("q", 5, "leo"),)
    assert typing.note(sought("refunds", later + TYPING_MS, "leo")) == (), "it grows"
    assert typing.settled(later + LONGEST_TYPING_MS) == ()
    last = later + TYPING_MS
    assert typing.settled(last + LONGEST_TYPING_MS) == (sought("refunds", last, "leo"),)


def test_K12_so_many_may_type_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_TYPING", 2)
    typing = Typing()
    done = [typing.note(sought("x", 1, reader)) for reader in ("a", "b", "c")]
    assert done == [(), (), (sought("x", 1, "a"),)]


@given(HEX)
def test_any_accent_can_be_read(accent: str) -> None:
    for colors, text in zip(rules.colors(accent), ("#161b1d", "#edf1f1"), strict=True):
        grounds = rules.LIGHT if text == "#161b1d" else rules.DARK
        for ground in (*grounds, colors.soft):
            assert contrast(colors.link, ground) >= rules.READABLE
        assert contrast(text, colors.soft) >= 7


def test_a_readable_accent_stays_as_it_is() -> None:
    assert rules.colors("#0b665c")[0].link == "#0b665c"


@pytest.mark.parametrize(
    ("agent", "is_robot"),
    [
        ("", True),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", True),
        ("facebookexternalhit/1.1", True),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36", False),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", False),
    ],
)
def test_K12_robots_say_so(agent: str, is_robot: bool) -> None:
    assert rules.is_robot(agent) is is_robot


def test_K11_readers_are_told_apart_by_a_secret() -> None:
    key = rules.reader_key(b"secret", 1, 2, "192.0.2.1", "Firefox")
    assert key == rules.reader_key(b"secret", 1, 2, "192.0.2.1", "Firefox")
    others = {
        rules.reader_key(b"other", 1, 2, "192.0.2.1", "Firefox"),
        rules.reader_key(b"secret", 1, 3, "192.0.2.1", "Firefox"),
        rules.reader_key(b"secret", 1, 2, "192.0.2.2", "Firefox"),
        rules.reader_key(b"secret", 1, 2, "192.0.2.1", "Safari"),
    }
    assert len(others | {key}) == 5


# Words.


def test_the_pages_speak_every_language_of_the_chat_page() -> None:
    assert texts.languages() == chat.languages()


@pytest.mark.parametrize("language", PLURALS)
def test_no_text_is_missing_left_over_or_wrongly_filled(language: str) -> None:
    english, theirs = texts.of("en"), texts.of(language)
    plain = {key for key in english if not key.startswith("articles.")}
    assert set(theirs) == plain | {f"articles.{form}" for form in PLURALS[language]}
    assert "articles" in plurals(theirs)
    for key, text in theirs.items():
        assert text == text.strip()
        assert not re.search(r"[<>&!！]", text), key
        if key in plain:
            assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(english[key])), key


@pytest.mark.parametrize("language", PLURALS)
def test_every_number_of_articles_has_its_form(language: str) -> None:
    for count in (*range(120), 1_000, 1_000_000):
        assert "{" not in texts.articles(language, count)


def test_unknown_languages_get_the_words_of_the_nearest() -> None:
    assert texts.of("de-AT") == texts.of("de")
    assert texts.of("zh-Hant") == texts.of("zh-TW")
    assert texts.of("sw") == texts.of("en")
    assert (texts.name("de"), texts.name("sw"), texts.name("qqq")) == ("Deutsch", "Kiswahili", "qqq")
    assert [texts.direction(each) for each in ("ps", "sw", "qqq", "ar")] == ["rtl", "ltr", "ltr", "rtl"]
