"""What a survey may say, what a rating means, and how answers add up over days and weeks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import get_args

from pocketdesk.kernel.moments import DAY, to_datetime
from pocketdesk.kernel.refusal import Conflict, Invalid
from pocketdesk.kernel.text import from_plain
from pocketdesk.surveys.model import (
    QUARTER_MS,
    Delivery,
    Rating,
    Sentiment,
    Span,
    Step,
    SurveyCard,
    SurveyChanges,
    Tally,
)

LONGEST_QUESTION = 300
LONGEST_LABEL = 60
LONGEST_THANK_YOU = 500
LONGEST_ANSWER = 2_000
LONGEST_RANGE_MS = 732 * DAY
USUAL_RANGE_MS = 30 * DAY

_SENTIMENTS = (Sentiment.DETRACTOR, Sentiment.PASSIVE, Sentiment.PROMOTER)


class DeliveryFixed(Conflict):
    """How a survey is delivered is chosen when it is made."""

    code = "delivery_fixed"


class SurveyAnswered(Conflict):
    """It was answered already, and an answer is never written over."""

    code = "survey_answered"


def sentiment(rating: Rating) -> Sentiment:
    """0 is a detractor, 1 passive, 2 a promoter."""
    return _SENTIMENTS[rating]


def to_rating(number: int, field: str = "rating") -> Rating:
    """`Invalid` at `field` unless it is 0, 1 or 2."""
    for rating in get_args(Rating):
        if number == rating:
            return rating
    raise Invalid({field: "must be 0, 1 or 2"})


def clean_answer(answer: str | None, field: str = "answer") -> str | None:
    """What was written to a follow-up question; None for blank. `Invalid` if it is long."""
    if not answer or not answer.strip():
        return None
    return _clean(answer, field, LONGEST_ANSWER)


# Wording.


def default_card(survey_id: int, language: str, words: Mapping[str, str], delivery: Delivery) -> SurveyCard:
    """A survey with the texts of its language, of which `words` are all."""
    return SurveyCard(
        survey_id,
        language,
        words[f"question.{delivery.value}"],
        (words["label.0"], words["label.1"], words["label.2"]),
        (words["follow_up.0"], words["follow_up.1"], words["follow_up.2"]),
        (words["thank_you.0"], words["thank_you.1"], words["thank_you.2"]),
    )


def reword(card: SurveyCard, changes: SurveyChanges) -> SurveyCard:
    """The card with the changed texts. `Invalid` at the one that is blank, too long, or missing."""
    if changes.question is not None:
        card = replace(card, question=_clean_line(changes.question, "question", LONGEST_QUESTION))
    if changes.labels is not None:
        a, b, c = _three(changes.labels, "labels")
        card = replace(
            card,
            labels=(
                _clean_line(a, "labels.0", LONGEST_LABEL),
                _clean_line(b, "labels.1", LONGEST_LABEL),
                _clean_line(c, "labels.2", LONGEST_LABEL),
            ),
        )
        if len(set(card.labels)) < 3:
            raise Invalid({"labels": "must differ from each other"})
    if changes.follow_ups is not None:
        a, b, c = _three(changes.follow_ups, "follow_ups")
        card = replace(
            card,
            follow_ups=(
                _clean_maybe(a, "follow_ups.0"),
                _clean_maybe(b, "follow_ups.1"),
                _clean_maybe(c, "follow_ups.2"),
            ),
        )
    if changes.thank_yous is not None:
        a, b, c = _three(changes.thank_yous, "thank_yous")
        card = replace(
            card,
            thank_yous=(
                _clean(a, "thank_yous.0", LONGEST_THANK_YOU),
                _clean(b, "thank_yous.1", LONGEST_THANK_YOU),
                _clean(c, "thank_yous.2", LONGEST_THANK_YOU),
            ),
        )
    return card


def translate(card: SurveyCard, old: SurveyCard, new: SurveyCard) -> SurveyCard:
    """The card in another language: texts that nobody edited follow it, edited ones stay (D24).

    `old` and `new` carry the default texts of the two languages.
    """

    def follow(mine: str | None, before: str | None, after: str | None) -> str | None:
        return after if mine == before else mine

    def sure(mine: str, before: str, after: str) -> str:
        return after if mine == before else mine

    labels, follow_ups, thank_yous = card.labels, card.follow_ups, card.thank_yous
    return SurveyCard(
        card.id,
        new.language,
        sure(card.question, old.question, new.question),
        (
            sure(labels[0], old.labels[0], new.labels[0]),
            sure(labels[1], old.labels[1], new.labels[1]),
            sure(labels[2], old.labels[2], new.labels[2]),
        ),
        (
            follow(follow_ups[0], old.follow_ups[0], new.follow_ups[0]),
            follow(follow_ups[1], old.follow_ups[1], new.follow_ups[1]),
            follow(follow_ups[2], old.follow_ups[2], new.follow_ups[2]),
        ),
        (
            sure(thank_yous[0], old.thank_yous[0], new.thank_yous[0]),
            sure(thank_yous[1], old.thank_yous[1], new.thank_yous[1]),
            sure(thank_yous[2], old.thank_yous[2], new.thank_yous[2]),
        ),
    )


def check_language(language: str, languages: Sequence[str]) -> None:
    """`Invalid` at `language` unless it is one of `languages`."""
    if language not in languages:
        raise Invalid({"language": f"must be one of {', '.join(languages)}"})


def check_delivery(fixed: Delivery, wanted: Delivery | None) -> None:
    """`DeliveryFixed` if somebody wants to change it."""
    if wanted not in {None, fixed}:
        raise DeliveryFixed(fields={"delivery": "is fixed when the survey is made"})


# Results.


def check_range(since: int | None, until: int | None, now: int) -> tuple[int, int]:
    """The moments between which to count: the last 30 days unless they are given. `Invalid` at `from`."""
    end = now + 1 if until is None else until
    start = end - USUAL_RANGE_MS if since is None else since
    if start < 0 or start >= end:
        raise Invalid({"from": "must be before `to`"})
    if end - start > LONGEST_RANGE_MS:
        raise Invalid({"from": "at most two years before `to`"})
    return start, end


def trend(
    quarters: Iterable[tuple[int, Rating, int]], since: int, until: int, span: Span, zone: tzinfo
) -> tuple[Step, ...]:
    """Answers by local day or week (which begins on Monday), empty ones too, oldest first.

    `quarters` are counts of a rating by quarter of an hour since 1970.
    """
    counts: dict[date, list[int]] = {}
    day = _first_day(since, span, zone)
    last = _first_day(max(since, until - 1), span, zone)
    while day <= last:
        counts[day] = [0, 0, 0]
        day += timedelta(days=7 if span == "week" else 1)
    for quarter, rating, count in quarters:
        counts[_first_day(max(since, quarter * QUARTER_MS), span, zone)][rating] += count
    return tuple(
        Step(_midnight(day, zone), day.isoformat(), Tally((of_day[0], of_day[1], of_day[2])))
        for day, of_day in counts.items()
    )


def _first_day(at: int, span: Span, zone: tzinfo) -> date:
    day = to_datetime(at).astimezone(zone).date()
    return day - timedelta(days=day.weekday()) if span == "week" else day


def _midnight(day: date, zone: tzinfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp() * 1_000)


# Texts.


def _three(texts: Sequence[str] | Sequence[str | None], field: str) -> Sequence[str]:
    if len(texts) != 3:
        raise Invalid({field: "one for each of the three ratings"})
    return [text or "" for text in texts]


def _clean_maybe(text: str, field: str) -> str | None:
    return _clean_line(text, field, LONGEST_QUESTION) if text.strip() else None


def _clean_line(text: str, field: str, longest: int) -> str:
    return " ".join(_clean(text, field, longest).split())


def _clean(text: str, field: str, longest: int) -> str:
    cleaned = from_plain(text, field).plain
    if len(cleaned) > longest:
        raise Invalid({field: f"at most {longest} characters"})
    return cleaned
