# ruff: noqa: S608  only words of this file go into the statements
"""The tables of full text and their SQL, where each engine has its own way of saying it.

`search_index` is derived from the documents, so no revision of Alembic knows it; it is made where it is missing.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Float,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    bindparam,
    column,
    delete,
    event,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.elements import TextClause

from pocketdesk.storage.schema import account_key, key, metadata
from pocketdesk.storage.statement import Statement

search_document = Table(
    "search_document",
    metadata,
    account_key(),
    key("id"),
    Column("collection_id", BigInteger, nullable=False),
    Column("subject_id", BigInteger, nullable=False),
    Column("language", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("access", Text, nullable=False),
    # Grows with everything that happens to a collection's documents, for those who keep an index of their own.
    Column("change", BigInteger, nullable=False),
    Column("scope", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("tags", Text, nullable=False),
    Column("subtitle", Text, nullable=False),
    Column("body", Text, nullable=False),
    # Words with their tokens, as JSON: what to take out of the vocabulary again.
    Column("words", Text, nullable=False),
    Index("uq_search_document", "account_id", "collection_id", "subject_id", "language", unique=True),
    Index("ix_search_document_change", "account_id", "collection_id", "change"),
)

search_collection = Table(
    "search_collection",
    metadata,
    account_key(),
    key("collection_id"),
    # Not to be mistaken for that of another installation or of an earlier life.
    Column("stamp", BigInteger, nullable=False),
    Column("change", BigInteger, nullable=False),
    Column("documents", Integer, nullable=False),
)

search_removal = Table(
    "search_removal",
    metadata,
    account_key(),
    key("collection_id"),
    key("change"),
    Column("document_id", BigInteger, nullable=False),
)

# Words are bytes, which both engines compare in one way.
search_word = Table(
    "search_word",
    metadata,
    account_key(),
    key("collection_id"),
    Column("language", Text, primary_key=True),
    Column("word", LargeBinary, primary_key=True),
    Column("backwards", LargeBinary, nullable=False),
    Column("token", Text, nullable=False),
    Column("in_public", Integer, nullable=False),
    Column("in_restricted", Integer, nullable=False),
    Index("ix_search_word_backwards", "account_id", "collection_id", "language", "backwards"),
    Index("ix_search_word_token", "account_id", "collection_id", "language", "token"),
    sqlite_with_rowid=False,
)

PUBLIC = "public"
"""The access of what everybody may find; any other is counted as restricted."""
WEIGHTS = (10.0, 6.0, 4.0, 1.0)
"""What a word counts in title, tags, subtitle and body."""
# From body to title. PostgreSQL does not saturate what it sums over fields, so its steps are smaller.
_RANKS = "{0.4, 0.6, 0.8, 1.0}"

# SQL that both engines understand.

_account_id = bindparam("account_id", type_=BigInteger)
_collection_id = bindparam("collection_id", type_=BigInteger)
_document_id = bindparam("document_id", type_=BigInteger)
_language = bindparam("language", type_=Text)

ADD = Statement(insert(search_document))
ADD_REMOVAL = Statement(insert(search_removal))
_this = (search_document.c.account_id == _account_id) & (search_document.c.id == _document_id)
DELETE = Statement(delete(search_document).where(_this))
ACCESS = Statement(select(search_document.c.access).where(_this))
SET_SCOPE = Statement(
    update(search_document)
    .where(_this)
    .values(
        access=bindparam("access_", type_=Text),
        scope=bindparam("scope_", type_=Text),
        change=bindparam("change_", type_=BigInteger),
    )
)
OF_SUBJECT = Statement(
    select(search_document.c.language, search_document.c.id).where(
        search_document.c.account_id == _account_id,
        search_document.c.collection_id == _collection_id,
        search_document.c.subject_id == bindparam("subject_id", type_=BigInteger),
    )
)
_into = insert(search_collection)
ADVANCE = Statement(
    _into.on_conflict_do_update(
        index_elements=[search_collection.c.account_id, search_collection.c.collection_id],
        set_={
            "change": search_collection.c.change + 1,
            "documents": search_collection.c.documents + _into.excluded.documents,
        },
    ).returning(search_collection.c.change)
)
STANDING = Statement(
    select(search_collection.c.stamp, search_collection.c.change, search_collection.c.documents).where(
        search_collection.c.account_id == _account_id, search_collection.c.collection_id == _collection_id
    )
)
LARGE = Statement(
    select(
        search_collection.c.account_id,
        search_collection.c.collection_id,
        search_collection.c.stamp,
        search_collection.c.change,
        search_collection.c.documents,
    ).where(search_collection.c.documents > bindparam("documents", type_=Integer))
)
_after = bindparam("after", type_=BigInteger)
CHANGES = Statement(
    select(
        search_document.c.id,
        search_document.c.subject_id,
        search_document.c.language,
        search_document.c.version,
        search_document.c.change,
        search_document.c.scope,
        search_document.c.title,
        search_document.c.tags,
        search_document.c.subtitle,
        search_document.c.body,
    )
    .where(
        search_document.c.account_id == _account_id,
        search_document.c.collection_id == _collection_id,
        search_document.c.change > _after,
    )
    .order_by(search_document.c.change)
    .limit(bindparam("limit", type_=BigInteger))
)
REMOVALS = Statement(
    select(search_removal.c.change, search_removal.c.document_id).where(
        search_removal.c.account_id == _account_id,
        search_removal.c.collection_id == _collection_id,
        search_removal.c.change > _after,
    )
)

MOST_WORDS = 16
_count = (
    search_word.c.in_public * bindparam("public", type_=Integer)
    + search_word.c.in_restricted * bindparam("restricted", type_=Integer)
).label("documents")
_words = select(search_word.c.word, search_word.c.token, _count).where(
    search_word.c.account_id == _account_id,
    search_word.c.collection_id == _collection_id,
    search_word.c.language == _language,
    _count > 0,
)
KNOWN = Statement(
    _words.where(
        search_word.c.word.in_([bindparam(f"word_{place}", type_=LargeBinary) for place in range(MOST_WORDS)])
    )
)
STEMS = Statement(
    select(search_word.c.token)
    .where(
        search_word.c.account_id == _account_id,
        search_word.c.collection_id == _collection_id,
        search_word.c.language == _language,
        search_word.c.token.in_([bindparam(f"token_{place}", type_=Text) for place in range(MOST_WORDS)]),
        _count > 0,
    )
    .distinct()
)
_from, _below = bindparam("from_", type_=LargeBinary), bindparam("below", type_=LargeBinary)
_commonest = _words.order_by(_count.desc(), search_word.c.word).limit(bindparam("limit", type_=BigInteger))
BEGINNING = Statement(_commonest.where(search_word.c.word >= _from, search_word.c.word < _below))
ENDING = Statement(_commonest.where(search_word.c.backwards >= _from, search_word.c.backwards < _below))


# SQL that each engine has of its own.

_FIELDS = ("scope", "title", "tags", "subtitle", "body")
_COLUMNS = ", ".join(_FIELDS)


def _typed(sql: str, **types: type[Text] | type[BigInteger] | type[Integer]) -> TextClause:
    return text(sql).bindparams(*(bindparam(name, type_=type_) for name, type_ in types.items()))


def _placed(field: str, weight: str) -> str:
    """A field's tokens with their places, in the text form of a tsvector. Tokens need no escaping."""
    return (
        "(SELECT coalesce(string_agg(quote_literal(token) || ':' || least(place, 16383)"
        f" || '{weight}', ' '), '')"
        f" FROM unnest(string_to_array({field}, ' ')) WITH ORDINALITY AS each(token, place))"
    )


_TSVECTOR = (
    "CAST((SELECT coalesce(string_agg(quote_literal(token), ' '), '')"
    " FROM unnest(string_to_array(scope, ' ')) AS each(token)) || ' ' || "
    + " || ' ' || ".join(_placed(field, weight) for field, weight in zip(_FIELDS[1:], "ABCD", strict=True))
    + " AS tsvector)"
)
_OF_ONE = " FROM search_document WHERE account_id = :account_id AND id = :document_id"
_ONE = {"account_id": BigInteger, "document_id": BigInteger}

INDEX = Statement(
    _typed(f"INSERT INTO search_index (rowid, {_COLUMNS}) SELECT id, {_COLUMNS}" + _OF_ONE, **_ONE),
    in_postgres=_typed(f"INSERT INTO search_index (id, words) SELECT id, {_TSVECTOR}" + _OF_ONE, **_ONE),
)
# FTS5 keeps no copy of what it was given: it has to be told again what to forget.
UNINDEX = Statement(
    _typed(
        f"INSERT INTO search_index (search_index, rowid, {_COLUMNS}) SELECT 'delete', id, {_COLUMNS}"
        + _OF_ONE,
        **_ONE,
    ),
    in_postgres=_typed("DELETE FROM search_index WHERE id = (SELECT id" + _OF_ONE + ")", **_ONE),
)

_EACH = "json_each(document.words) AS each"
_EACH_PG = "json_array_elements(CAST(document.words AS json)) AS each(value)"
_WORD = "CAST(json_extract(each.value, '$[0]') AS BLOB)"
_WORD_PG = "convert_to(each.value->>0, 'UTF8')"


def _counting(word: str, backwards: str, token: str, each: str) -> TextClause:
    return _typed(
        "INSERT INTO search_word"
        " (account_id, collection_id, language, word, backwards, token, in_public, in_restricted)"
        f" SELECT account_id, collection_id, language, {word}, {backwards}, {token},"
        f" CASE WHEN access = '{PUBLIC}' THEN CAST(:sign AS integer) ELSE 0 END,"
        f" CASE WHEN access = '{PUBLIC}' THEN 0 ELSE CAST(:sign AS integer) END"
        f" FROM search_document AS document, {each}"
        " WHERE document.account_id = :account_id AND document.id = :document_id"
        " ON CONFLICT (account_id, collection_id, language, word) DO UPDATE SET"
        " in_public = search_word.in_public + excluded.in_public,"
        " in_restricted = search_word.in_restricted + excluded.in_restricted",
        account_id=BigInteger,
        document_id=BigInteger,
        sign=Integer,
    )


COUNT_WORDS = Statement(
    _counting(
        _WORD,
        "CAST(json_extract(each.value, '$[1]') AS BLOB)",
        "json_extract(each.value, '$[2]')",
        _EACH,
    ),
    in_postgres=_counting(_WORD_PG, "convert_to(each.value->>1, 'UTF8')", "each.value->>2", _EACH_PG),
)


def _dropping(word: str, each: str) -> TextClause:
    return _typed(
        "DELETE FROM search_word WHERE in_public = 0 AND in_restricted = 0"
        " AND (account_id, collection_id, language, word) IN"
        f" (SELECT account_id, collection_id, language, {word} FROM search_document AS document, {each}"
        " WHERE document.account_id = :account_id AND document.id = :document_id)",
        **_ONE,
    )


DROP_WORDS = Statement(_dropping(_WORD, _EACH), in_postgres=_dropping(_WORD_PG, _EACH_PG))

# One question as JSON: FTS5's words for it, PostgreSQL's, and the groups that PostgreSQL ranks by.
_ASKED = "CAST(CAST(:asked AS text) AS json)"
_FINDING = {
    "account_id": BigInteger,
    "collection_id": BigInteger,
    "asked": Text,
    "most": BigInteger,
    "skip": BigInteger,
}
_FOUND = (
    column("subject_id", BigInteger),
    column("language", Text),
    column("version", Integer),
    column("score", Float),
)


def _documents_with(words: str) -> str:
    """How many documents of the collection have one of these words, more or less: one in two forms counts twice."""
    return (
        "coalesce((SELECT CAST(sum(in_public + in_restricted) AS float8) FROM search_word"
        " WHERE account_id = :account_id AND collection_id = :collection_id"
        f" AND language = part.language AND {words}), 1)"
    )


FIND = Statement(
    _typed(
        """
        SELECT document.subject_id, document.language, document.version, -found.score AS score FROM (
            SELECT rowid AS id, rank AS score FROM search_index
            WHERE search_index MATCH json_extract(:asked, '$[0]') ORDER BY rank LIMIT :most OFFSET :skip
        ) AS found
        JOIN search_document AS document ON document.account_id = :account_id AND document.id = found.id
        WHERE document.collection_id = :collection_id ORDER BY found.score, document.id
        """,
        **_FINDING,
    ).columns(*_FOUND),
    # PostgreSQL ranks by how often words stand in a document, not by how rare they are: the vocabulary knows that.
    in_postgres=_typed(
        f"""
        WITH asked AS MATERIALIZED (
            SELECT part.query, ln(1 + {_documents_with("word = ''")}
                / greatest(1, {_documents_with("token = ANY(part.tokens)")})) AS weight
            FROM json_array_elements({_ASKED}->2) AS each(value)
            CROSS JOIN LATERAL (SELECT
                each.value->>0 AS language,
                CAST(each.value->>1 AS tsquery) AS query,
                ARRAY(SELECT json_array_elements_text(each.value->2)) AS tokens
            ) AS part
        )
        SELECT document.subject_id, document.language, document.version, found.score FROM (
            SELECT id, (
                SELECT CAST(sum(asked.weight * ts_rank(CAST('{_RANKS}' AS float4[]), words, asked.query, 1))
                    AS float8)
                FROM asked
            ) AS score
            FROM search_index WHERE words @@ CAST({_ASKED}->>1 AS tsquery)
            ORDER BY score DESC, id LIMIT :most OFFSET :skip
        ) AS found
        JOIN search_document AS document ON document.account_id = :account_id AND document.id = found.id
        WHERE document.collection_id = :collection_id ORDER BY found.score DESC, document.id
        """,
        **_FINDING,
    ).columns(*_FOUND),
)
_COUNTED = column("documents", BigInteger)
COUNT = Statement(
    _typed(
        "SELECT count(*) AS documents FROM (SELECT rowid FROM search_index"
        " WHERE search_index MATCH json_extract(:asked, '$[0]') LIMIT :most) AS found",
        asked=Text,
        most=BigInteger,
    ).columns(_COUNTED),
    in_postgres=_typed(
        "SELECT count(*) AS documents FROM (SELECT id FROM search_index"
        f" WHERE words @@ CAST({_ASKED}->>1 AS tsquery) LIMIT :most) AS found",
        asked=Text,
        most=BigInteger,
    ).columns(_COUNTED),
)


# The derived tables.

_BM25 = ", ".join(map(str, (0.0, *WEIGHTS)))
_MAKE_SQLITE = (
    # Tokens are parted by spaces alone: every sign that one may have belongs to it.
    f"""
    CREATE VIRTUAL TABLE search_index USING fts5({_COLUMNS},
    content = 'search_document', content_rowid = 'id', tokenize = "ascii tokenchars '@.-_'")
    """,
    f"INSERT INTO search_index (search_index, rank) VALUES ('rank', 'bm25({_BM25})')",
    "INSERT INTO search_index (search_index) VALUES ('rebuild')",
)
_MAKE_POSTGRES = (
    "CREATE TABLE search_index (id bigint PRIMARY KEY, words tsvector NOT NULL)",
    f"INSERT INTO search_index (id, words) SELECT id, {_TSVECTOR} FROM search_document",
    "CREATE INDEX ix_search_index_words ON search_index USING gin (words)",
)
DERIVED = frozenset(
    {"search_index", *(f"search_index_{part}" for part in ("config", "data", "docsize", "idx"))}
)
"""Tables that are made from others: no revision of the schema knows them."""


def make_index(connection: Connection) -> None:
    """Makes the engine's own index of the documents where it is missing."""
    there = set(inspect(connection).get_table_names())
    if "search_document" in there and "search_index" not in there:
        for statement in _MAKE_SQLITE if connection.dialect.name == "sqlite" else _MAKE_POSTGRES:
            connection.exec_driver_sql(statement)


def drop_index(connection: Connection) -> None:
    """Drops it; nothing is lost."""
    connection.exec_driver_sql("DROP TABLE IF EXISTS search_index")


@event.listens_for(search_document, "after_create")
def _(_: Table, connection: Connection, **__: object) -> None:
    make_index(connection)
