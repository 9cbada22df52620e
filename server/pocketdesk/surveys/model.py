"""Surveys of customer satisfaction and their submissions."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

from pocketdesk.kernel.moments import MINUTE

QUARTER_MS = 15 * MINUTE
"""Answers are counted by quarters of an hour: every zone's midnight falls on one."""

Rating: TypeAlias = Literal[0, 1, 2]
"""0 is the worst, 2 the best."""

BEST: Rating = 2

Three: TypeAlias = tuple[str, str, str]
"""A text for each rating, from 0 to 2."""
MaybeThree: TypeAlias = tuple[str | None, str | None, str | None]

Span: TypeAlias = Literal["day", "week"]


class Delivery(StrEnum):
    """How a survey reaches people: at the end of a conversation, or by the address of its page. Fixed for good."""

    CHAT = "chat"
    LINK = "link"


class Sentiment(StrEnum):
    """What a rating says of the person who gave it."""

    DETRACTOR = "detractor"
    PASSIVE = "passive"
    PROMOTER = "promoter"


@dataclass(frozen=True, slots=True)
class SurveyCard:
    """What somebody who is asked sees. A rating whose follow-up question is None asks nothing more."""

    id: int
    language: str
    question: str
    labels: Three
    follow_ups: MaybeThree
    thank_yous: Three


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey. `public_key` is the last part of its page's address, for delivery by link only."""

    card: SurveyCard
    name: str
    delivery: Delivery
    public_key: str | None
    archived_at: int | None
    created_at: int
    created_by: int
    modified_at: int
    modified_by: int

    @property
    def id(self) -> int:
        return self.card.id


@dataclass(frozen=True, slots=True)
class SurveyChanges:
    """What shall change of a survey; None leaves it as it is."""

    name: str | None = None
    delivery: Delivery | None = None
    language: str | None = None
    question: str | None = None
    labels: tuple[str, ...] | None = None
    follow_ups: tuple[str | None, ...] | None = None
    thank_yous: tuple[str, ...] | None = None
    archived: bool | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """One answer. `answer` is what was written to the follow-up question; `person_id` a visitor or a contact."""

    id: int
    survey_id: int
    conversation_id: int | None
    person_id: int | None
    rating: Rating
    answer: str | None
    at: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each rating was given, from 0 to 2."""

    counts: tuple[int, int, int] = (0, 0, 0)

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Step:
    """One day or week of a trend. `starts_at` is its local midnight in UTC milliseconds, `date` the local date."""

    starts_at: int
    date: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class Results:
    """What was answered between two moments. `comments`: how many wrote something."""

    since: int
    until: int
    tally: Tally
    comments: int
    trend: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Activity:
    """How much a survey was answered, ever."""

    submissions: int = 0
    last_at: int | None = None
    promoters: int = 0
