"""Routes of surveys and their results, for users with the permission `chatflows`."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Annotated, Literal, TypeAlias
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.api import (
    USUAL_LIMIT,
    AgentCaller,
    Now,
    PageAfter,
    PageLimit,
    PathId,
    Storage,
    require,
)
from pocketdesk.kernel.page import Page
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import views as people
from pocketdesk.storage import Reader
from pocketdesk.surveys import actions, rules, texts, views
from pocketdesk.surveys.model import Activity, Delivery, Submission, Survey, SurveyChanges
from pocketdesk.surveys.wire import (
    DeliveryWord,
    NewSurvey,
    ResultsOut,
    SubmissionsOut,
    SurveyOut,
    SurveyPatch,
    SurveysOut,
    WordingOut,
    to_changes,
    to_results,
    to_submissions,
    to_survey,
    to_wording,
)

Users: TypeAlias = Callable[[Reader, AccountScope, Collection[int]], Mapping[int, Sequence[tuple[int, str]]]]
"""Which chatflows are connected to some surveys: ids and names by survey. `app.state.survey_users` holds one."""

COMMENTS = 20

router = APIRouter(prefix="/accounts/{account_id}/surveys", tags=["surveys"])

Editor = Annotated[AgentCaller, Depends(require("chatflows"))]
Moment = Annotated[int | None, Query(ge=0, lt=2**53, description="UTC milliseconds.")]


def users_of(request: Request) -> Users:
    """How this process knows who uses a survey."""
    return request.app.state.survey_users


UsedBy = Annotated[Users, Depends(users_of)]


@router.get("")
async def get_surveys(
    caller: Editor,
    engine: Storage,
    used_by: UsedBy,
    delivery: Annotated[DeliveryWord | None, Query()] = None,
    archived: Annotated[bool | None, Query(description="Only archived ones, or only others.")] = None,
    limit: PageLimit = USUAL_LIMIT,
    after: PageAfter = None,
) -> SurveysOut:
    """The surveys, newest first. Filters combine with AND."""

    def read(reader: Reader) -> SurveysOut:
        page = views.surveys(
            reader,
            caller.scope,
            limit,
            after,
            delivery=Delivery(delivery) if delivery else None,
            archived=archived,
        )
        return SurveysOut(items=_whole(reader, caller.scope, page.items, used_by), after=page.after)

    return await engine.read(read)


@router.post("", status_code=201)
async def post_survey(body: NewSurvey, caller: Editor, engine: Storage, used_by: UsedBy) -> SurveyOut:
    """Makes a survey of customer satisfaction."""
    return await engine.write(
        lambda unit: _one(
            unit,
            caller.scope,
            actions.create_survey(
                unit,
                caller.scope,
                caller.actor,
                body.name,
                Delivery(body.delivery),
                body.language,
                to_changes(body),
            ),
            used_by,
        )
    )


@router.get("/defaults")
async def get_defaults(
    caller: Editor,  # noqa: ARG001  the permission is asked for
    delivery: Annotated[DeliveryWord, Query()],
    language: Annotated[str, Query(min_length=2, max_length=10)] = "en",
) -> WordingOut:
    """The texts with which a survey of a language begins."""
    return to_wording(views.default_card(language, Delivery(delivery)))


@router.get("/languages")
async def get_languages(caller: Editor) -> list[str]:  # noqa: ARG001  the permission is asked for
    """Codes of the languages in which there are default texts."""
    return list(texts.languages())


@router.get("/{survey_id}")
async def get_survey(survey_id: PathId, caller: Editor, engine: Storage, used_by: UsedBy) -> SurveyOut:
    """One survey, archived ones too."""
    return await engine.read(
        lambda reader: _one(reader, caller.scope, views.survey(reader, caller.scope, survey_id), used_by)
    )


@router.patch("/{survey_id}")
async def patch_survey(
    survey_id: PathId, body: SurveyPatch, caller: Editor, engine: Storage, used_by: UsedBy
) -> SurveyOut:
    """Renames, rewords, archives or restores a survey. 409 `delivery_fixed` for another delivery."""
    texts_ = to_changes(body)
    changes = SurveyChanges(
        name=body.name,
        delivery=Delivery(body.delivery) if body.delivery else None,
        language=body.language,
        question=texts_.question,
        labels=texts_.labels,
        follow_ups=texts_.follow_ups,
        thank_yous=texts_.thank_yous,
        archived=body.archived,
    )
    return await engine.write(
        lambda unit: _one(
            unit,
            caller.scope,
            actions.change_survey(unit, caller.scope, caller.actor, survey_id, changes),
            used_by,
        )
    )


@router.get("/{survey_id}/results")
async def get_results(
    survey_id: PathId,
    caller: Editor,
    engine: Storage,
    at: Now,
    since: Annotated[Moment, Query(alias="from")] = None,
    until: Annotated[Moment, Query(alias="to")] = None,
    by: Annotated[Literal["day", "week"], Query()] = "day",
    time_zone: Annotated[str, Query(max_length=64, description="Whose days they are.")] = "UTC",
) -> ResultsOut:
    """How people answered from one moment to before another, the last 30 days unless given: counts, shares, trend."""
    start, end = rules.check_range(since, until, at)
    zone = _zone(time_zone)

    def read(reader: Reader) -> ResultsOut:
        found = views.results(reader, caller.scope, survey_id, start, end, by, zone)
        comments = views.submissions(
            reader, caller.scope, survey_id, COMMENTS, commented=True, since=start, until=end
        )
        return to_results(found, _submissions(reader, caller.scope, comments))

    return await engine.read(read)


@router.get("/{survey_id}/submissions")
async def get_submissions(
    survey_id: PathId,
    caller: Editor,
    engine: Storage,
    rating: Annotated[Literal["0", "1", "2"] | None, Query()] = None,
    commented: Annotated[bool | None, Query(description="Only with written words, or without.")] = None,
    since: Annotated[Moment, Query(alias="from")] = None,
    until: Annotated[Moment, Query(alias="to")] = None,
    limit: PageLimit = USUAL_LIMIT,
    after: PageAfter = None,
) -> SubmissionsOut:
    """A survey's answers, newest first. Filters combine with AND."""

    def read(reader: Reader) -> SubmissionsOut:
        page = views.submissions(
            reader,
            caller.scope,
            survey_id,
            limit,
            after,
            rating=rules.to_rating(int(rating)) if rating else None,
            commented=commented,
            since=since,
            until=until,
        )
        return _submissions(reader, caller.scope, page)

    return await engine.read(read)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Invalid({"time_zone": "no such time zone"}) from None


def _one(reader: Reader, scope: AccountScope, survey: Survey, used_by: Users) -> SurveyOut:
    return _whole(reader, scope, [survey], used_by)[0]


def _whole(reader: Reader, scope: AccountScope, surveys: Sequence[Survey], used_by: Users) -> list[SurveyOut]:
    ids = [each.id for each in surveys]
    users = accounts.user_cards(
        reader, scope, {id_ for each in surveys for id_ in (each.created_by, each.modified_by)}
    )
    names = {id_: card.name for id_, card in users.items()}
    activity = views.activity(reader, scope, ids)
    chatflows = used_by(reader, scope, ids)
    return [
        to_survey(each, names, activity.get(each.id, Activity()), chatflows.get(each.id, ()))
        for each in surveys
    ]


def _submissions(reader: Reader, scope: AccountScope, page: Page[Submission]) -> SubmissionsOut:
    cards = people.contact_cards(
        reader, scope, {each.person_id for each in page.items if each.person_id is not None}
    )
    return to_submissions(page, {id_: card.name or card.email or "" for id_, card in cards.items()})
