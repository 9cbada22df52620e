"""How a knowledge base was used: sums of days, for the console's charts and lists."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Select
from sqlalchemy.sql.elements import ColumnElement

from pocketdesk.help_center import rules, store
from pocketdesk.help_center.model import Counts, Day, Insights, Read, Source, Term, Vote
from pocketdesk.kernel.moments import DAY
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge import views as knowledge
from pocketdesk.knowledge.model import EVERY_ACCESS
from pocketdesk.storage import Reader
from pocketdesk.storage.statement import Row

LISTED = 100

_Place: TypeAlias = Mapping[str, int]
_Query: TypeAlias = Select[*tuple[Any, ...]]


def insights(
    reader: Reader, scope: AccountScope, base_id: int, first: int, last: int, language: str | None = None
) -> Insights:
    """How a base was used from one day (counted in UTC from 1970) to another, in all languages or in one.

    Votes count on the day on which they were last changed. `NotFound` if there is no such base.
    """
    base = knowledge.base(reader, scope, base_id)
    place = {"account_id": scope.account_id, "base_id": base_id}
    days = {**place, "since": first, "until": last}
    moments = {**place, "since": first * DAY, "until": (last + 1) * DAY}
    visits = reader.all(_in(store.BY_DAY, store.article_day.c.language, language), **days)
    voted = reader.all(_in(store.VOTES_BY_DAY, store.article_vote.c.language, language), **moments)
    sought = reader.all(_in(store.SEARCHES_BY_DAY, store.search_day.c.language, language), **days)
    by_article = _in(store.BY_ARTICLE, store.article_day.c.language, language)
    votes_by_article = _in(store.VOTES_BY_ARTICLE, store.article_vote.c.language, language)
    read_most = _ids(reader, _most(by_article, store.VIEWS, store.article_day.c.article_id), days)
    chatted = _ids(
        reader, _most(by_article.having(store.CHATS > 0), store.CHATS, store.article_day.c.article_id), days
    )
    doubted = _ids(
        reader,
        _most(
            votes_by_article.having(store.UNHELPFUL > 0),
            store.UNHELPFUL,
            store.article_vote.c.article_id,
        ),
        moments,
    )
    ids = list({*read_most, *chatted, *doubted})
    counts = _counts_of(reader, by_article, votes_by_article, ids, days, moments)
    cards = knowledge.published_cards(
        reader, scope, ids, language or base.primary, base.primary, EVERY_ACCESS, base_id=base_id
    )

    def reads(some: Iterable[int]) -> tuple[Read, ...]:
        return tuple(
            Read(id_, cards[id_].title if id_ in cards else None, counts.get(id_, Counts())) for id_ in some
        )

    by_term = _in(store.BY_TERM, store.search_day.c.language, language)
    unopened = store.SEARCHES - store.WITHOUT_RESULT - store.CLICKS
    by_source = _in(store.BY_SOURCE, store.article_day.c.language, language)
    views = {row[0]: row[1] for row in reader.all(by_source, **days)}
    return Insights(
        since=rules.to_date(first),
        until=rules.to_date(last),
        total=_sum(visits, voted),
        searches=Term("", *_added(sought, 3)),
        days=_days(first, last, visits, voted, sought),
        sources={source: views.get(source.value, 0) for source in Source},
        read_most=reads(read_most),
        ended_in_chat=reads(chatted),
        least_helpful=reads(doubted),
        top_terms=_terms(reader, _most(by_term, store.SEARCHES, store.search_day.c.term), days),
        without_result=_terms(
            reader,
            _most(by_term.having(store.WITHOUT_RESULT > 0), store.WITHOUT_RESULT, store.search_day.c.term),
            days,
        ),
        without_click=_terms(
            reader, _most(by_term.having(unopened > 0), unopened, store.search_day.c.term), days
        ),
    )


def votes_of_people(reader: Reader, scope: AccountScope, person_ids: Sequence[int]) -> tuple[Vote, ...]:
    """How some persons voted, oldest first: for an export."""
    if not person_ids:
        return ()
    table = store.article_vote
    query = store.VOTES.where(table.c.person_id.in_(person_ids)).order_by(table.c.at, table.c.id)
    return tuple(Vote(*row) for row in reader.all(query, account_id=scope.account_id))


def _in(query: _Query, column: ColumnElement[str], language: str | None) -> _Query:
    return query if language is None else query.where(column == language)


def _most(query: _Query, by: ColumnElement[int], then: ColumnElement[Any]) -> _Query:
    return query.order_by(by.desc(), then).limit(LISTED)


def _ids(reader: Reader, query: _Query, place: _Place) -> list[int]:
    return [row[0] for row in reader.all(query, **place)]


def _terms(reader: Reader, query: _Query, place: _Place) -> tuple[Term, ...]:
    return tuple(Term(*row) for row in reader.all(query, **place))


def _counts_of(
    reader: Reader,
    by_article: _Query,
    votes_by_article: _Query,
    ids: Sequence[int],
    days: _Place,
    moments: _Place,
) -> dict[int, Counts]:
    if not ids:
        return {}
    visits = reader.all(by_article.where(store.article_day.c.article_id.in_(ids)), **days)
    votes = reader.all(votes_by_article.where(store.article_vote.c.article_id.in_(ids)), **moments)
    voted = {row[0]: (row[1], row[2]) for row in votes}
    visited = {row[0]: row[1:] for row in visits}
    return {id_: _counts(visited.get(id_), voted.get(id_)) for id_ in ids}


def _counts(visits: Row | None, votes: Row | None) -> Counts:
    views, reads, read_ms, chats = visits or (0, 0, 0, 0)
    helpful, unhelpful = votes or (0, 0)
    return Counts(views, reads, read_ms, chats, helpful, unhelpful)


def _sum(visits: Sequence[Row], voted: Sequence[Row]) -> Counts:
    return _counts(_added(visits, 4), _added(voted, 2))


def _added(rows: Sequence[Row], width: int) -> tuple[int, ...]:
    return tuple(sum(row[place] for row in rows) for place in range(1, width + 1))


def _days(
    first: int, last: int, visits: Sequence[Row], voted: Sequence[Row], sought: Sequence[Row]
) -> tuple[Day, ...]:
    visited = {row[0]: row[1:] for row in visits}
    votes = {row[0]: row[1:] for row in voted}
    searches = {row[0]: row[1:] for row in sought}
    return tuple(
        Day(
            rules.to_date(day),
            _counts(visited.get(day), votes.get(day)),
            searches.get(day, (0, 0))[0],
            searches.get(day, (0, 0))[1],
        )
        for day in range(first, last + 1)
    )
