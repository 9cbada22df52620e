"""Surveys as JSON: what routes take and what they give."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field

from pocketdesk.accounts.wire import Answer, Body, Name
from pocketdesk.kernel.page import Page
from pocketdesk.surveys import rules
from pocketdesk.surveys.model import (
    Activity,
    Results,
    Submission,
    Survey,
    SurveyCard,
    SurveyChanges,
    Tally,
)

DeliveryWord = Literal["chat", "link"]
SentimentWord = Literal["detractor", "passive", "promoter"]
Language = Annotated[str, Field(min_length=2, max_length=10)]
Question = Annotated[str, Field(min_length=1, max_length=rules.LONGEST_QUESTION)]
Label = Annotated[str, Field(min_length=1, max_length=rules.LONGEST_LABEL)]
FollowUp = Annotated[str, Field(max_length=rules.LONGEST_QUESTION)]
ThankYou = Annotated[str, Field(min_length=1, max_length=rules.LONGEST_THANK_YOU)]
Labels = Annotated[list[Label], Field(min_length=3, max_length=3)]
FollowUps = Annotated[list[FollowUp | None], Field(min_length=3, max_length=3)]
ThankYous = Annotated[list[ThankYou], Field(min_length=3, max_length=3)]


class NewSurvey(Body):
    """A survey to make; `delivery` is fixed from then on. Texts that are left out are those of the language.

    The three of each list are for the ratings 0, 1 and 2, the worst first. No follow-up question: null.
    """

    name: Name
    delivery: DeliveryWord
    language: Language = "en"
    question: Question | None = None
    labels: Labels | None = None
    follow_ups: FollowUps | None = None
    thank_yous: ThankYous | None = None


class SurveyPatch(Body):
    """What changes of a survey. Another `delivery` than it has is refused with 409 `delivery_fixed`."""

    name: Name | None = None
    delivery: DeliveryWord | None = None
    language: Language | None = None
    question: Question | None = None
    labels: Labels | None = None
    follow_ups: FollowUps | None = None
    thank_yous: ThankYous | None = None
    archived: bool | None = None


class WordingOut(Answer):
    """What somebody who is asked sees, in one language. The lists go from rating 0, the worst, to 2."""

    language: str
    question: str
    labels: list[str]
    follow_ups: list[str | None]
    thank_yous: list[str]


class NamedOut(Answer):
    """Something with an id and a name."""

    id: int
    name: str


class SurveyOut(WordingOut):
    """A survey. `public_path` is the path of its page, for delivery by link; `chatflows` are those connected to it.

    `promoters` of all its `submissions` gave the best rating.
    """

    id: int
    name: str
    delivery: DeliveryWord
    public_path: str | None
    archived_at: int | None
    created_at: int
    created_by: NamedOut
    modified_at: int
    modified_by: NamedOut
    submissions: int
    promoters: int
    last_submission_at: int | None
    chatflows: list[NamedOut]


class SurveysOut(Answer):
    """A page of surveys, newest first."""

    items: list[SurveyOut]
    after: str | None


class SubmissionOut(Answer):
    """One answer. `contact` is who gave it, if a contact of the account did."""

    id: int
    at: int
    rating: Literal[0, 1, 2]
    sentiment: SentimentWord
    answer: str | None
    conversation_id: int | None
    contact: NamedOut | None


class SubmissionsOut(Answer):
    """A page of answers, newest first."""

    items: list[SubmissionOut]
    after: str | None


class TallyOut(Answer):
    """How often each rating was given, from 0 to 2, and which share of all answers that is (null: no answer)."""

    total: int
    counts: list[int]
    shares: list[float] | None


class StepOut(TallyOut):
    """One day or week of the trend: its local date, and when it begins in UTC milliseconds."""

    date: str
    starts_at: int


class ResultsOut(Answer):
    """What was answered between two moments. `comments` are the newest written answers; `submissions` has the rest."""

    since: int
    until: int
    tally: TallyOut
    commented: int
    trend: list[StepOut]
    comments: SubmissionsOut


def to_changes(body: NewSurvey | SurveyPatch) -> SurveyChanges:
    """The texts that a request brings."""
    return SurveyChanges(
        question=body.question,
        labels=None if body.labels is None else tuple(body.labels),
        follow_ups=None if body.follow_ups is None else tuple(body.follow_ups),
        thank_yous=None if body.thank_yous is None else tuple(body.thank_yous),
    )


def to_wording(card: SurveyCard) -> WordingOut:
    """The texts of a survey."""
    return WordingOut(
        language=card.language,
        question=card.question,
        labels=list(card.labels),
        follow_ups=list(card.follow_ups),
        thank_yous=list(card.thank_yous),
    )


def to_survey(
    survey: Survey,
    users: Mapping[int, str],
    activity: Activity,
    chatflows: Sequence[tuple[int, str]],
) -> SurveyOut:
    """A survey, with the names of those who made and changed it and of the chatflows that use it."""
    return SurveyOut(
        **to_wording(survey.card).model_dump(),
        id=survey.id,
        name=survey.name,
        delivery=survey.delivery.value,
        public_path=f"/survey/{survey.public_key}" if survey.public_key else None,
        archived_at=survey.archived_at,
        created_at=survey.created_at,
        created_by=NamedOut(id=survey.created_by, name=users[survey.created_by]),
        modified_at=survey.modified_at,
        modified_by=NamedOut(id=survey.modified_by, name=users[survey.modified_by]),
        submissions=activity.submissions,
        promoters=activity.promoters,
        last_submission_at=activity.last_at,
        chatflows=[NamedOut(id=id_, name=name) for id_, name in chatflows],
    )


def to_submissions(page: Page[Submission], contacts: Mapping[int, str]) -> SubmissionsOut:
    """A page of answers; `contacts` are names by id."""
    return SubmissionsOut(items=[_submission(each, contacts) for each in page.items], after=page.after)


def to_results(results: Results, comments: SubmissionsOut) -> ResultsOut:
    """What a survey's answers add up to."""
    return ResultsOut(
        since=results.since,
        until=results.until,
        tally=_tally(results.tally),
        commented=results.comments,
        trend=[
            StepOut(date=step.date, starts_at=step.starts_at, **_tally(step.tally).model_dump())
            for step in results.trend
        ],
        comments=comments,
    )


def _submission(found: Submission, contacts: Mapping[int, str]) -> SubmissionOut:
    person_id = found.person_id
    contact = None
    if person_id is not None and person_id in contacts:
        contact = NamedOut(id=person_id, name=contacts[person_id])
    return SubmissionOut(
        id=found.id,
        at=found.at,
        rating=found.rating,
        sentiment=rules.sentiment(found.rating).value,
        answer=found.answer,
        conversation_id=found.conversation_id,
        contact=contact,
    )


def _tally(tally: Tally) -> TallyOut:
    total = tally.total
    shares = [round(count / total, 4) for count in tally.counts] if total else None
    return TallyOut(total=total, counts=list(tally.counts), shares=shares)
