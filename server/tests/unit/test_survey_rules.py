"""Surveys: what they may say, what a rating means, how answers add up."""

import re
from dataclasses import replace
from datetime import UTC
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from pocketdesk.chatflows import texts as chat_texts
from pocketdesk.kernel.moments import DAY, HOUR, from_iso
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.surveys import rules, texts
from pocketdesk.surveys.model import Delivery, Rating, Sentiment, SurveyCard, SurveyChanges

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
PLACEHOLDER = re.compile(r"\{(\w*)\}")


def card(language: str = "en", delivery: Delivery = Delivery.CHAT) -> SurveyCard:
    return rules.default_card(1, language, texts.of(language), delivery)


def test_H05_a_rating_tells_the_sentiment() -> None:
    assert [rules.sentiment(rating) for rating in get_args(Rating)] == [
        Sentiment.DETRACTOR,
        Sentiment.PASSIVE,
        Sentiment.PROMOTER,
    ]


@pytest.mark.parametrize("number", [-1, 3, 10])
def test_H04_there_are_three_ratings(number: int) -> None:
    with pytest.raises(Invalid) as refused:
        rules.to_rating(number)
    assert list(refused.value.fields) == ["rating"]


def test_D23_surveys_speak_every_language_of_the_chat_page() -> None:
    assert texts.languages() == chat_texts.languages()
    for language in texts.languages():
        assert texts.direction(language) == chat_texts.direction(language), language


def test_every_language_has_every_text_with_its_placeholders() -> None:
    english = texts.of("en")
    for language in texts.languages():
        words = texts.of(language)
        assert set(words) == set(english), language
        assert all(text and text == text.strip() for text in words.values()), language
        for key, text in words.items():
            assert PLACEHOLDER.findall(text) == PLACEHOLDER.findall(english[key]), (language, key)
            assert not re.search(r"[<>&!！]", text), (language, key)
        for delivery in Delivery:
            own = card(language, delivery)
            changes = SurveyChanges(
                question=own.question,
                labels=own.labels,
                follow_ups=own.follow_ups,
                thank_yous=own.thank_yous,
            )
            assert rules.reword(own, changes) == own, "what we propose passes our own rules"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"question": " \n"}, "question"),
        ({"question": "\u200b"}, "question"),
        ({"question": "x" * 301}, "question"),
        ({"labels": ("Bad", "", "Good")}, "labels.1"),
        ({"labels": ("Bad", "Good")}, "labels"),
        ({"labels": ("Same", "Same", "Good")}, "labels"),
        ({"labels": ("Bad", "Fine", "x" * 61)}, "labels.2"),
        ({"follow_ups": ("Why?", None, "x" * 301)}, "follow_ups.2"),
        ({"thank_yous": (" ", "Thanks", "Thanks")}, "thank_yous.0"),
    ],
)
def test_H07_blank_and_long_texts_are_refused_at_their_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.reword(card(), SurveyChanges(**changes))
    assert list(refused.value.fields) == [field]


def test_H06_a_rating_may_ask_nothing_more() -> None:
    changed = rules.reword(card(), SurveyChanges(follow_ups=("Why?", "  ", None)))
    assert changed.follow_ups == ("Why?", None, None)


def test_D24_in_another_language_only_untouched_texts_change() -> None:
    english, german = card("en"), card("de")
    edited = replace(english, question="Happy?", labels=(english.labels[0], "So-so", english.labels[2]))
    moved = rules.translate(edited, english, german)
    assert moved == replace(german, question="Happy?", labels=(german.labels[0], "So-so", german.labels[2]))


def test_H06_an_answer_is_optional_and_bounded() -> None:
    assert rules.clean_answer(None) is None
    assert rules.clean_answer(" \n ") is None
    assert rules.clean_answer(" slow\r\nbut kind ") == "slow\nbut kind"
    with pytest.raises(Invalid) as refused:
        rules.clean_answer("x" * 2_001)
    assert list(refused.value.fields) == ["answer"]


def quarter(iso: str) -> int:
    return from_iso(iso) // (15 * 60_000)


def test_H08_the_trend_goes_by_local_days_across_a_change_of_clocks() -> None:
    since, until = from_iso("2026-10-24T12:00:00Z"), from_iso("2026-10-26T12:00:00Z")
    counts: list[tuple[int, Rating, int]] = [
        (quarter("2026-10-24T21:45:00Z"), 2, 3),
        (quarter("2026-10-24T22:00:00Z"), 0, 1),
        (quarter("2026-10-25T22:45:00Z"), 1, 2),
        (quarter("2026-10-25T23:00:00Z"), 2, 5),
    ]
    steps = rules.trend(counts, since, until, "day", AMSTERDAM)
    assert [(step.date, step.tally.counts) for step in steps] == [
        ("2026-10-24", (0, 0, 3)),
        ("2026-10-25", (1, 2, 0)),
        ("2026-10-26", (0, 0, 5)),
    ]
    assert steps[2].starts_at - steps[1].starts_at == 25 * HOUR
    assert steps[1].starts_at == from_iso("2026-10-24T22:00:00Z")


def test_H08_weeks_begin_on_monday_and_empty_ones_are_shown() -> None:
    since, until = from_iso("2026-11-11T08:00:00Z"), from_iso("2026-11-25T08:00:00Z")
    steps = rules.trend([(quarter("2026-11-22T23:00:00Z"), 1, 1)], since, until, "week", UTC)
    assert [(step.date, step.tally.total) for step in steps] == [
        ("2026-11-09", 0),
        ("2026-11-16", 1),
        ("2026-11-23", 0),
    ]


def test_H08_a_quarter_that_began_before_the_range_counts_in_its_first_day() -> None:
    since = from_iso("2026-11-25T00:05:00Z")
    steps = rules.trend([(quarter("2026-11-25T00:00:00Z"), 1, 1)], since, since + DAY, "day", UTC)
    assert steps[0].tally.total == 1


@pytest.mark.parametrize(("since", "until"), [(5, 5), (6, 5), (0, 733 * DAY), (-1, 5)])
def test_H08_a_range_must_be_one(since: int, until: int) -> None:
    with pytest.raises(Invalid) as refused:
        rules.check_range(since, until, 900 * DAY)
    assert list(refused.value.fields) == ["from"]


def test_H08_the_usual_range_is_the_last_thirty_days() -> None:
    assert rules.check_range(None, None, 100 * DAY) == (70 * DAY + 1, 100 * DAY + 1)
