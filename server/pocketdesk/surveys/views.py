"""What others read of surveys: their texts, their answers and what those add up to."""

import json
from collections.abc import Collection, Sequence
from datetime import tzinfo

from pocketdesk.kernel.page import Page, from_cursor, to_page
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Reader
from pocketdesk.storage.statement import Row
from pocketdesk.surveys import rules, store, texts
from pocketdesk.surveys.model import (
    Activity,
    Delivery,
    Rating,
    Results,
    Span,
    Submission,
    Survey,
    SurveyCard,
    Tally,
)

_LAST = 2**62

# Surveys.


def survey(reader: Reader, scope: AccountScope, survey_id: int) -> Survey:
    """One survey, archived ones too; `NotFound` if the account has none such."""
    row = reader.one(store.FIND, account_id=scope.account_id, id_=survey_id)
    if row is None:
        raise NotFound
    return _survey(row)


def surveys(
    reader: Reader,
    scope: AccountScope,
    limit: int,
    after: str | None = None,
    *,
    delivery: Delivery | None = None,
    archived: bool | None = None,
) -> Page[Survey]:
    """The surveys, newest first; only those of a delivery (H01), or only (or without) archived ones, if given."""
    before, before_id = from_cursor(after, int, int) if after else (_LAST, _LAST)
    query, table = store.LISTED, store.survey
    if delivery is not None:
        query = query.where(table.c.delivery == delivery.value)
    if archived is not None:
        query = query.where(table.c.archived_at.is_not(None) if archived else table.c.archived_at.is_(None))
    rows = reader.all(query, account_id=scope.account_id, before=before, before_id=before_id, limit=limit + 1)
    return to_page([_survey(row) for row in rows], limit, lambda found: (found.created_at, found.id))


def names(reader: Reader, scope: AccountScope, survey_ids: Collection[int]) -> dict[int, str]:
    """Names of those of the surveys that exist, by id, in one query."""
    if not survey_ids:
        return {}
    table = store.survey
    rows = reader.all(store.NAMES.where(table.c.account_id == scope.account_id, table.c.id.in_(survey_ids)))
    return {row[0]: row[1] for row in rows}


def card(reader: Reader, scope: AccountScope, survey_id: int) -> SurveyCard | None:
    """What a chat asks with this survey; None if there is no such chat survey, or it is archived."""
    row = reader.one(store.FIND, account_id=scope.account_id, id_=survey_id)
    found = _survey(row) if row else None
    return found.card if found and _is_for_chat(found) else None


def why_not_in_chat(reader: Reader, scope: AccountScope, survey_id: int) -> str | None:
    """Why a chatflow cannot be connected to a survey, for people; None if it can (H01)."""
    row = reader.one(store.FIND, account_id=scope.account_id, id_=survey_id)
    if row is None:
        return "no such survey"
    found = _survey(row)
    if found.delivery is not Delivery.CHAT:
        return "this survey is delivered by link, not in the chat"
    return "this survey is archived" if found.archived_at is not None else None


def _is_for_chat(found: Survey) -> bool:
    return found.delivery is Delivery.CHAT and found.archived_at is None


def of_public_key(reader: Reader, key: str) -> tuple[int, int] | None:
    """Ids of the account and of the survey whose public page has this key."""
    row = reader.one(store.FIND_PUBLIC, key=key)
    return (row[0], row[1]) if row else None


def default_card(language: str, delivery: Delivery) -> SurveyCard:
    """The texts with which a survey of this language begins; `Invalid` at `language` for one that we do not have."""
    rules.check_language(language, texts.languages())
    return rules.default_card(0, language, texts.of(language), delivery)


# Submissions.


def submissions(
    reader: Reader,
    scope: AccountScope,
    survey_id: int,
    limit: int,
    after: str | None = None,
    *,
    rating: Rating | None = None,
    commented: bool | None = None,
    since: int | None = None,
    until: int | None = None,
) -> Page[Submission]:
    """A survey's submissions, newest first; `NotFound` if there is no such survey.

    Only those with this rating, with (or without) written words, at or after `since`, before `until`.
    """
    survey(reader, scope, survey_id)
    before, before_id = from_cursor(after, int, int) if after else (_LAST, _LAST)
    query, table = store.PAGE, store.submission
    if rating is not None:
        query = query.where(table.c.rating == rating)
    if commented is not None:
        query = query.where(table.c.answer.is_not(None) if commented else table.c.answer.is_(None))
    if since is not None:
        query = query.where(table.c.at >= since)
    if until is not None:
        query = query.where(table.c.at < until)
    rows = reader.all(
        query,
        account_id=scope.account_id,
        id_=survey_id,
        before=before,
        before_id=before_id,
        limit=limit + 1,
    )
    return to_page([to_submission(row) for row in rows], limit, lambda found: (found.at, found.id))


def all_submissions(
    reader: Reader, scope: AccountScope, limit: int, after: str | None = None
) -> Page[Submission]:
    """The submissions of all surveys, oldest first."""
    (start,) = from_cursor(after, int) if after else (0,)
    rows = reader.all(store.BY_ID, account_id=scope.account_id, after=start, limit=limit + 1)
    return to_page([to_submission(row) for row in rows], limit, lambda found: (found.id,))


def submissions_by_id(reader: Reader, scope: AccountScope, ids: Collection[int]) -> dict[int, Submission]:
    """Those of the submissions that exist in the account, by id, in one query."""
    if not ids:
        return {}
    table = store.submission
    rows = reader.all(store.SUBMISSIONS.where(table.c.account_id == scope.account_id, table.c.id.in_(ids)))
    return {row[0]: to_submission(row) for row in rows}


def submission_of(reader: Reader, scope: AccountScope, survey_id: int, once: str) -> Submission | None:
    """The answer that was given under a word which allows for one only."""
    row = reader.one(store.OF_ONCE, account_id=scope.account_id, id_=survey_id, once_=once)
    return to_submission(row) if row else None


def of_conversation(reader: Reader, scope: AccountScope, conversation_id: int) -> tuple[Submission, ...]:
    """What was answered in a conversation, oldest first (H08)."""
    rows = reader.all(store.OF_CONVERSATION, account_id=scope.account_id, conversation=conversation_id)
    return tuple(map(to_submission, rows))


def of_people(reader: Reader, scope: AccountScope, person_ids: Sequence[int]) -> tuple[Submission, ...]:
    """What some people (visitors, contacts) answered, oldest first: for an export."""
    if not person_ids:
        return ()
    table = store.submission
    query = store.SUBMISSIONS.where(table.c.account_id == scope.account_id, table.c.person_id.in_(person_ids))
    rows = reader.all(query.order_by(table.c.at, table.c.id))
    return tuple(map(to_submission, rows))


def results(
    reader: Reader,
    scope: AccountScope,
    survey_id: int,
    since: int,
    until: int,
    span: Span,
    zone: tzinfo,
) -> Results:
    """What a survey's answers between two moments add up to; `NotFound` if there is no such survey."""
    survey(reader, scope, survey_id)
    rows = reader.all(store.QUARTERS, account_id=scope.account_id, id_=survey_id, since=since, until=until)
    counts = [0, 0, 0]
    for _, rating, count, _ in rows:
        counts[rating] += count
    quarters = [(quarter, rating, count) for quarter, rating, count, _ in rows]
    return Results(
        since,
        until,
        Tally((counts[0], counts[1], counts[2])),
        sum(row[3] for row in rows),
        rules.trend(quarters, since, until, span, zone),
    )


def activity(reader: Reader, scope: AccountScope, survey_ids: Collection[int]) -> dict[int, Activity]:
    """How much some surveys were answered, in one query; surveys without an answer are left out."""
    if not survey_ids:
        return {}
    table = store.submission
    query = store.ACTIVITY.where(table.c.account_id == scope.account_id, table.c.survey_id.in_(survey_ids))
    return {row[0]: Activity(row[1], row[2], int(row[3])) for row in reader.all(query)}


def _survey(row: Row) -> Survey:
    id_, language, question, labels, follow_ups, thank_yous, name, delivery, *rest = row
    first = SurveyCard(
        id_,
        language,
        question,
        tuple(json.loads(labels)),
        tuple(json.loads(follow_ups)),
        tuple(json.loads(thank_yous)),
    )
    return Survey(first, name, Delivery(delivery), *rest)


def to_submission(row: Row) -> Submission:
    """A row of `store.SUBMISSIONS`."""
    return Submission(*row)
