"""The SQL of what is counted: votes, days of articles and of searches, and where articles stand.

Articles, bases and persons are plain ids: an article that is deleted keeps its numbers.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    and_,
    bindparam,
    case,
    cast,
    delete,
    func,
    literal,
    literal_column,
    null,
    select,
    update,
)

from pocketdesk.help_center.model import Source
from pocketdesk.kernel.moments import DAY
from pocketdesk.storage import Statement, insert, key, metadata


def _account_key() -> Column[int]:
    return Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False)


article_vote = Table(
    "article_vote",
    metadata,
    _account_key(),
    key("id"),
    Column("knowledge_base_id", BigInteger, nullable=False),
    Column("article_id", BigInteger, nullable=False),
    Column("language", Text, nullable=False),
    # "person:<id>", "reader:<keyed hash>", and "gone:<id of the vote>" once nothing tells who it was.
    Column("voter", Text, nullable=False),
    # A visitor or a contact.
    Column("person_id", BigInteger),
    Column("helpful", Boolean, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("uq_article_vote_voter", "account_id", "article_id", "voter", unique=True),
    Index("ix_article_vote_at", "account_id", "knowledge_base_id", "at"),
)
_known = article_vote.c.person_id.is_not(None)
Index(
    "ix_article_vote_person_id",
    article_vote.c.account_id,
    article_vote.c.person_id,
    sqlite_where=_known,
    postgresql_where=_known,
)
_reader = article_vote.c.voter.like("reader:%")
Index("ix_article_vote_reader", article_vote.c.at, sqlite_where=_reader, postgresql_where=_reader)

article_day = Table(
    "article_day",
    metadata,
    _account_key(),
    key("knowledge_base_id"),
    # Days since 1970, in UTC.
    Column("day", Integer, primary_key=True, autoincrement=False),
    key("article_id"),
    Column("language", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("views", Integer, nullable=False),
    # How often a reading was measured, and how long all of them took.
    Column("reads", Integer, nullable=False),
    Column("read_ms", BigInteger, nullable=False),
    Column("chats", Integer, nullable=False),
    CheckConstraint(f"source IN ({', '.join(repr(each.value) for each in Source)})", name="source"),
)

search_day = Table(
    "search_day",
    metadata,
    _account_key(),
    key("knowledge_base_id"),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("language", Text, primary_key=True),
    # Blank: all those beyond the most that are kept a day.
    Column("term", Text, primary_key=True),
    Column("searches", Integer, nullable=False),
    Column("without_result", Integer, nullable=False),
    Column("clicks", Integer, nullable=False),
)
Index("ix_search_day_day", search_day.c.day)

article_standing = Table(
    "article_standing",
    metadata,
    _account_key(),
    key("article_id"),
    Column("knowledge_base_id", BigInteger, nullable=False),
    Column("heat", Float, nullable=False),
    Column("helpful", Integer, nullable=False),
    Column("unhelpful", Integer, nullable=False),
    Column("rated", Float, nullable=False),
    Index("ix_article_standing_heat", "account_id", "knowledge_base_id", "heat"),
    Index("ix_article_standing_rated", "account_id", "knowledge_base_id", "rated"),
)

_account_id = bindparam("account_id", type_=BigInteger)
_base_id = bindparam("base_id", type_=BigInteger)
_article_id = bindparam("article_id_", type_=BigInteger)
_limit = bindparam("limit", type_=BigInteger)
_since = bindparam("since", type_=BigInteger)
_until = bindparam("until", type_=BigInteger)

# Votes.

VOTE_OF = Statement(
    select(article_vote.c.id, article_vote.c.helpful).where(
        article_vote.c.account_id == _account_id,
        article_vote.c.article_id == _article_id,
        article_vote.c.voter == bindparam("voter_", type_=Text),
    )
)
ADD_VOTE = Statement(insert(article_vote))
SET_VOTE = Statement(
    update(article_vote)
    .where(article_vote.c.account_id == _account_id, article_vote.c.id == bindparam("id_", type_=BigInteger))
    .values(
        helpful=bindparam("helpful_", type_=Boolean),
        language=bindparam("language_", type_=Text),
        at=bindparam("now", type_=BigInteger),
    )
)
_to_voter = bindparam("to_voter", type_=Text)
_of_person = and_(
    article_vote.c.account_id == _account_id,
    article_vote.c.person_id == bindparam("id_", type_=BigInteger),
)
_theirs = article_vote.alias("theirs")
DROP_DOUBLE_VOTES = Statement(
    delete(article_vote).where(
        _of_person,
        article_vote.c.article_id.in_(
            select(_theirs.c.article_id).where(
                _theirs.c.account_id == _account_id, _theirs.c.voter == _to_voter
            )
        ),
    )
)
"""Votes on articles on which the other has voted, too."""
GIVE_VOTES = Statement(
    update(article_vote)
    .where(_of_person)
    .values(person_id=bindparam("to", type_=BigInteger), voter=_to_voter)
)
VOTES = select(
    article_vote.c.article_id, article_vote.c.language, article_vote.c.helpful, article_vote.c.at
).where(article_vote.c.account_id == _account_id)
_gone = literal("gone:").concat(cast(article_vote.c.id, Text))
SOME_OF_PERSON = select(article_vote.c.id).where(article_vote.c.account_id == _account_id).limit(_limit)
FORGET_VOTES = (
    update(article_vote).where(article_vote.c.account_id == _account_id).values(person_id=null(), voter=_gone)
)
FORGET_READERS = Statement(
    update(article_vote)
    .where(
        _reader,
        article_vote.c.id.in_(
            select(article_vote.c.id)
            .where(_reader, article_vote.c.at < bindparam("before", type_=BigInteger))
            .limit(_limit)
        ),
    )
    .values(voter=_gone)
    .returning(article_vote.c.id)
)

# Counting: one row a day, which grows.


def _growing(table: Table, *counted: str, **more: Any) -> Statement:
    adding = insert(table).values({column.name: bindparam(column.name) for column in table.c})
    grown = {name: table.c[name] + adding.excluded[name] for name in counted}
    return Statement(
        adding.on_conflict_do_update(index_elements=list(table.primary_key), set_={**grown, **more})
    )


COUNT_ARTICLE = _growing(article_day, "views", "reads", "read_ms", "chats")
COUNT_SEARCH = _growing(search_day, "searches", "without_result", "clicks")
WARM = _growing(article_standing, "heat")
TERM = Statement(
    select(search_day.c.searches).where(
        search_day.c.account_id == _account_id,
        search_day.c.knowledge_base_id == _base_id,
        search_day.c.day == bindparam("day_", type_=Integer),
        search_day.c.language == bindparam("language_", type_=Text),
        search_day.c.term == bindparam("term_", type_=Text),
    )
)
TERMS_OF_DAY = Statement(
    select(func.count()).where(
        search_day.c.account_id == _account_id,
        search_day.c.knowledge_base_id == _base_id,
        search_day.c.day == bindparam("day_", type_=Integer),
        search_day.c.language == bindparam("language_", type_=Text),
    )
)
STANDING = Statement(
    select(article_standing.c.helpful, article_standing.c.unhelpful).where(
        article_standing.c.account_id == _account_id, article_standing.c.article_id == _article_id
    )
)
_rating = insert(article_standing).values(
    {column.name: bindparam(column.name) for column in article_standing.c}
)
RATE = Statement(
    _rating.on_conflict_do_update(
        index_elements=list(article_standing.primary_key),
        set_={name: _rating.excluded[name] for name in ("helpful", "unhelpful", "rated")},
    )
)
OLDEST_TERMS = Statement(
    select(search_day.c.account_id, search_day.c.knowledge_base_id, search_day.c.day, search_day.c.language)
    .where(search_day.c.day < bindparam("before", type_=Integer))
    .order_by(search_day.c.day)
    .limit(1)
)
FORGET_TERMS = Statement(
    delete(search_day).where(
        search_day.c.account_id == _account_id,
        search_day.c.knowledge_base_id == _base_id,
        search_day.c.day == bindparam("day_", type_=Integer),
        search_day.c.language == bindparam("language_", type_=Text),
    )
)

# Best first.


def _best(column: Column[Any]) -> Statement:
    return Statement(
        select(article_standing.c.article_id)
        .where(
            article_standing.c.account_id == _account_id,
            article_standing.c.knowledge_base_id == _base_id,
            column > 0,
        )
        .order_by(column.desc(), article_standing.c.article_id)
        .limit(_limit)
    )


HOTTEST = _best(article_standing.c.heat)
BEST_RATED = _best(article_standing.c.rated)

# Insights. Those that vary by language get a condition more.

ARTICLE_DAYS = (
    article_day.c.account_id == _account_id,
    article_day.c.knowledge_base_id == _base_id,
    article_day.c.day >= _since,
    article_day.c.day <= _until,
)
SEARCH_DAYS = (
    search_day.c.account_id == _account_id,
    search_day.c.knowledge_base_id == _base_id,
    search_day.c.day >= _since,
    search_day.c.day <= _until,
)
VOTE_DAYS = (
    article_vote.c.account_id == _account_id,
    article_vote.c.knowledge_base_id == _base_id,
    article_vote.c.at >= _since,
    article_vote.c.at < _until,
)
_counted = tuple(func.sum(article_day.c[name]) for name in ("views", "reads", "read_ms", "chats"))
_voted = (
    func.sum(case((article_vote.c.helpful, 1), else_=0)),
    func.sum(case((article_vote.c.helpful, 0), else_=1)),
)
_sought = tuple(func.sum(search_day.c[name]) for name in ("searches", "without_result", "clicks"))
BY_DAY = select(article_day.c.day, *_counted).where(*ARTICLE_DAYS).group_by(article_day.c.day)
BY_SOURCE = (
    select(article_day.c.source, func.sum(article_day.c.views))
    .where(*ARTICLE_DAYS)
    .group_by(article_day.c.source)
)
BY_ARTICLE = (
    select(article_day.c.article_id, *_counted).where(*ARTICLE_DAYS).group_by(article_day.c.article_id)
)
VIEWS, CHATS = _counted[0], _counted[3]
_vote_day = article_vote.c.at // literal_column(str(DAY), BigInteger)
VOTES_BY_DAY = select(_vote_day.label("day"), *_voted).where(*VOTE_DAYS).group_by("day")
VOTES_BY_ARTICLE = (
    select(article_vote.c.article_id, *_voted).where(*VOTE_DAYS).group_by(article_vote.c.article_id)
)
UNHELPFUL = _voted[1]
SEARCHES_BY_DAY = select(search_day.c.day, *_sought).where(*SEARCH_DAYS).group_by(search_day.c.day)
BY_TERM = select(search_day.c.term, *_sought).where(*SEARCH_DAYS).group_by(search_day.c.term)
SEARCHES, WITHOUT_RESULT, CLICKS = _sought
