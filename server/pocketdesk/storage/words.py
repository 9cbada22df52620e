"""Full text on both engines, from tokens that the features make: FTS5 on SQLite, tsvector on PostgreSQL.

A *document* is a text in one language that belongs to a subject in a collection (an article in a knowledge base). Its
tokens are kept in four fields, parted by spaces. Who may find a document stands in the index too, as tokens that begin
with `@`, which no word does: one look-up decides on words and rights alike.

The *vocabulary* has every word of a collection with the number of documents that have it, for whom they are meant.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import msgspec

from pocketdesk.storage import words_sql as sql
from pocketdesk.storage.unit import Reader, UnitOfWork

Alternative: TypeAlias = tuple[str, ...]
"""Tokens that a document has all of; at least one."""
Group: TypeAlias = tuple[Alternative, ...]
"""One thing asked for: any of the alternatives."""


@dataclass(frozen=True, slots=True)
class Document:
    """What is written: fields as tokens parted by spaces, and the vocabulary: words without case with their tokens.

    A word whose token is "" is a gram: it is counted, and never what somebody meant to type.
    """

    collection_id: int
    subject_id: int
    language: str
    version: int
    access: str
    title: str
    tags: str
    subtitle: str
    body: str
    words: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Part:
    """Things asked for in one language of a collection; not in documents whose subject has one in `unless` as well."""

    account_id: int
    collection_id: int
    language: str
    access: tuple[str, ...]
    groups: tuple[Group, ...]
    unless: str | None = None

    @property
    def scopes(self) -> tuple[str, ...]:
        """The tokens of which a document must have one."""
        return tuple(
            scope(self.account_id, self.collection_id, self.language, each) for each in sorted(self.access)
        )

    @property
    def without(self) -> str | None:
        """The token that a document must not have."""
        return None if self.unless is None else elsewhere(self.account_id, self.collection_id, self.unless)


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked: documents of one of the parts that have every group, or any."""

    parts: tuple[Part, ...]
    every: bool


@dataclass(frozen=True, slots=True)
class Match:
    """A document that was found; a higher score is a better one."""

    subject_id: int
    language: str
    version: int
    score: float


@dataclass(frozen=True, slots=True)
class Known:
    """A word of the vocabulary, its token, and how many documents (that the asker may find) have it."""

    word: str
    token: str
    documents: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a collection's index is: its stamp, the number of its last change, how many documents it has."""

    stamp: int
    change: int
    documents: int


@dataclass(frozen=True, slots=True)
class Changed:
    """A document as it is indexed: tokens by field, `scope` among them. `id` stays while its subject has it."""

    id: int
    subject_id: int
    language: str
    version: int
    change: int
    fields: Mapping[str, str]


def scope(account_id: int, collection_id: int, language: str, access: str) -> str:
    """The token of all documents of a collection in a language for one kind of readers."""
    return f"@{account_id}.{collection_id}.{language}.{access}"


def elsewhere(account_id: int, collection_id: int, language: str) -> str:
    """The token of all documents whose subject has one in that other language too."""
    return f"@{account_id}.{collection_id}.-{language}"


# Writing.


def put(unit: UnitOfWork, account_id: int, document: Document) -> None:
    """Writes a document, in place of the one that its subject had in this language."""
    collection_id, subject_id, language = document.collection_id, document.subject_id, document.language
    unit.lock("search_collection", account_id, collection_id)
    there = _documents(unit, account_id, collection_id, subject_id)
    if language in there:
        _take_out(unit, account_id, there[language])
        unit.run(sql.DELETE, account_id=account_id, document_id=there[language])
    document_id = there.get(language) or unit.new_id()
    others = [each for each in there if each != language]
    unit.run(
        sql.ADD,
        account_id=account_id,
        id=document_id,
        collection_id=collection_id,
        subject_id=subject_id,
        language=language,
        version=document.version,
        access=document.access,
        change=_advance(unit, account_id, collection_id, int(language not in there)),
        scope=_scopes(account_id, collection_id, language, document.access, others),
        title=document.title,
        tags=document.tags,
        subtitle=document.subtitle,
        body=document.body,
        words=_encode_words(document.words),
    )
    _put_in(unit, account_id, document_id)
    if language not in there:
        _rewrite(unit, account_id, collection_id, {each: there[each] for each in others}, (*others, language))


def remove(
    unit: UnitOfWork, account_id: int, collection_id: int, subject_id: int, language: str | None = None
) -> None:
    """Removes a subject's document in a language, or in all of them."""
    unit.lock("search_collection", account_id, collection_id)
    there = _documents(unit, account_id, collection_id, subject_id)
    gone = {each: there.pop(each) for each in list(there) if language in {None, each}}
    for document_id in gone.values():
        _take_out(unit, account_id, document_id)
        unit.run(sql.DELETE, account_id=account_id, document_id=document_id)
        unit.run(
            sql.ADD_REMOVAL,
            account_id=account_id,
            collection_id=collection_id,
            change=_advance(unit, account_id, collection_id, -1),
            document_id=document_id,
        )
    if gone:
        _rewrite(unit, account_id, collection_id, there, tuple(there))


def reassign(unit: UnitOfWork, account_id: int, collection_id: int, subject_id: int, access: str) -> None:
    """Gives all documents of a subject to other readers."""
    unit.lock("search_collection", account_id, collection_id)
    there = _documents(unit, account_id, collection_id, subject_id)
    _rewrite(unit, account_id, collection_id, there, tuple(there), access)


def touch(unit: UnitOfWork, account_id: int, collection_id: int) -> None:
    """Counts a change that is in no document, for those who keep something of their own beside them."""
    unit.lock("search_collection", account_id, collection_id)
    _advance(unit, account_id, collection_id, 0)


def _documents(reader: Reader, account_id: int, collection_id: int, subject_id: int) -> dict[str, int]:
    rows = reader.all(
        sql.OF_SUBJECT, account_id=account_id, collection_id=collection_id, subject_id=subject_id
    )
    return dict(rows)


def _rewrite(
    unit: UnitOfWork,
    account_id: int,
    collection_id: int,
    documents: dict[str, int],
    languages: tuple[str, ...],
    access: str | None = None,
) -> None:
    """Says anew for whom documents of one subject are meant and in which other languages there are some."""
    for language, document_id in documents.items():
        _take_out(unit, account_id, document_id)
        row = unit.one(sql.ACCESS, account_id=account_id, document_id=document_id)
        assert row is not None  # noqa: S101
        now = access or row[0]
        others = [each for each in languages if each != language]
        unit.run(
            sql.SET_SCOPE,
            account_id=account_id,
            document_id=document_id,
            access_=now,
            scope_=_scopes(account_id, collection_id, language, now, others),
            change_=_advance(unit, account_id, collection_id, 0),
        )
        _put_in(unit, account_id, document_id)


def _scopes(account_id: int, collection_id: int, language: str, access: str, others: Sequence[str]) -> str:
    return " ".join(
        [
            scope(account_id, collection_id, language, access),
            *(elsewhere(account_id, collection_id, each) for each in sorted(others)),
        ]
    )


def _encode_words(words: Sequence[tuple[str, str]]) -> str:
    """JSON of each word with its reverse and its token; the word "" counts the documents."""
    # What has no token of its own is a gram: it stands for itself, and nobody mistypes it.
    triples = {word: (word, word[::-1] if token else "", token or word) for word, token in words}
    return msgspec.json.encode([("", "", ""), *triples.values()]).decode()


def _put_in(unit: UnitOfWork, account_id: int, document_id: int) -> None:
    unit.run(sql.INDEX, account_id=account_id, document_id=document_id)
    unit.run(sql.COUNT_WORDS, account_id=account_id, document_id=document_id, sign=1)


def _take_out(unit: UnitOfWork, account_id: int, document_id: int) -> None:
    unit.run(sql.UNINDEX, account_id=account_id, document_id=document_id)
    unit.run(sql.COUNT_WORDS, account_id=account_id, document_id=document_id, sign=-1)
    unit.run(sql.DROP_WORDS, account_id=account_id, document_id=document_id)


def _advance(unit: UnitOfWork, account_id: int, collection_id: int, documents: int) -> int:
    row = unit.one(
        sql.ADVANCE,
        account_id=account_id,
        collection_id=collection_id,
        stamp=unit.random_id(),
        change=1,
        documents=documents,
    )
    assert row is not None  # noqa: S101
    return row[0]


# Reading.


def find(reader: Reader, query: Query, limit: int, skip: int = 0) -> list[Match]:
    """The best documents, best first."""
    first = query.parts[0]
    rows = reader.all(
        sql.FIND,
        account_id=first.account_id,
        collection_id=first.collection_id,
        asked=msgspec.json.encode((_fts5(query), _tsquery(query), _asked(query))).decode(),
        most=limit,
        skip=skip,
    )
    return [Match(*row) for row in rows]


def count(reader: Reader, query: Query, most: int) -> int:
    """How many documents there are; no further than `most`."""
    asked = msgspec.json.encode((_fts5(query), _tsquery(query))).decode()
    row = reader.one(sql.COUNT, asked=asked, most=most)
    return row[0] if row else 0


def standing(reader: Reader, account_id: int, collection_id: int) -> Standing | None:
    """How far a collection's index is; None while it has never had a document."""
    row = reader.one(sql.STANDING, account_id=account_id, collection_id=collection_id)
    return Standing(*row) if row else None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a collection in one language, of documents that somebody with this access may find."""

    reader: Reader
    account_id: int
    collection_id: int
    language: str
    access: Collection[str]

    def known(self, words: Sequence[str]) -> dict[str, Known]:
        """Which of some words (at most 16) there are."""
        if not words:
            return {}
        given = (list(words) * sql.MOST_WORDS)[: sql.MOST_WORDS]
        asked = {f"word_{place}": word.encode() for place, word in enumerate(given)}
        rows = self.reader.all(sql.KNOWN, **self._place(), **asked)
        return {each.word: each for each in map(_to_known, rows)}

    def stems(self, tokens: Sequence[str]) -> frozenset[str]:
        """Which of some tokens (at most 16) there are."""
        if not tokens:
            return frozenset()
        given = (list(tokens) * sql.MOST_WORDS)[: sql.MOST_WORDS]
        asked = {f"token_{place}": token for place, token in enumerate(given)}
        return frozenset(token for (token,) in self.reader.all(sql.STEMS, **self._place(), **asked))

    def beginning(self, start: str, limit: int) -> list[Known]:
        """The commonest words that begin like this."""
        rows = self.reader.all(sql.BEGINNING, **self._place(), **_range(start), limit=limit)
        return list(map(_to_known, rows))

    def ending(self, end: str, limit: int) -> list[Known]:
        """The commonest words that end like this."""
        rows = self.reader.all(sql.ENDING, **self._place(), **_range(end[::-1]), limit=limit)
        return list(map(_to_known, rows))

    def _place(self) -> dict[str, object]:
        return {
            "account_id": self.account_id,
            "collection_id": self.collection_id,
            "language": self.language,
            "public": int(sql.PUBLIC in self.access),
            "restricted": int(any(each != sql.PUBLIC for each in self.access)),
        }


def _range(start: str) -> dict[str, bytes]:
    return {"from_": start.encode(), "below": start.encode() + b"\xff"}


def _to_known(row: tuple[bytes, str, int]) -> Known:
    return Known(bytes(row[0]).decode(), row[1], row[2])


# For those who keep an index of their own.


def collections_above(reader: Reader, documents: int) -> dict[tuple[int, int], Standing]:
    """The collections, of all accounts, with more documents than that: account and collection."""
    rows = reader.all(sql.LARGE, documents=documents)
    return {(row[0], row[1]): Standing(*row[2:]) for row in rows}


def changes(reader: Reader, account_id: int, collection_id: int, after: int, limit: int) -> list[Changed]:
    """Documents as they are now that were last written after a change, in the order of that."""
    rows = reader.all(
        sql.CHANGES, account_id=account_id, collection_id=collection_id, after=after, limit=limit
    )
    names = ("scope", "title", "tags", "subtitle", "body")
    return [Changed(*row[:5], fields=dict(zip(names, row[5:], strict=True))) for row in rows]


def removals(reader: Reader, account_id: int, collection_id: int, after: int) -> list[tuple[int, int]]:
    """Which documents were removed after a change: the change that did it, and the document's id."""
    return reader.all(sql.REMOVALS, account_id=account_id, collection_id=collection_id, after=after)


# What is asked, in the words of each engine.


def _fts5(query: Query) -> str:
    """FTS5's own language. Tokens hold no quotation marks."""
    joined = " AND " if query.every else " OR "
    spoken: list[str] = []
    for part in query.parts:
        groups = joined.join(
            f"({' OR '.join(_all_of(each) for each in dict.fromkeys(group))})" for group in part.groups
        )
        scopes = " OR ".join(map(_quoted, part.scopes))
        unless = f" NOT {_quoted(part.without)}" if part.without else ""
        spoken.append(f"((({scopes}) AND ({groups})){unless})")
    return " OR ".join(spoken)


def _quoted(token: str) -> str:
    return f'"{token}"'


def _all_of(alternative: Alternative) -> str:
    return f"({' AND '.join(map(_quoted, alternative))})"


def _tsquery(query: Query) -> str:
    joined = " & " if query.every else " | "
    spoken: list[str] = []
    for part in query.parts:
        groups = joined.join(map(_tsgroup, part.groups))
        scopes = " | ".join(map(_lexeme, part.scopes))
        unless = f" & !{_lexeme(part.without)}" if part.without else ""
        spoken.append(f"(({scopes}) & ({groups}){unless})")
    return " | ".join(spoken)


def _lexeme(token: str) -> str:
    return f"'{token}'"


def _tsgroup(group: Group) -> str:
    return " | ".join(f"({' & '.join(map(_lexeme, each))})" for each in dict.fromkeys(group)).join("()")


def _asked(query: Query) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Each group as PostgreSQL ranks by it: what to look for, the language, and the tokens that make it rare."""
    return tuple(
        (part.language, _tsgroup(group), tuple(dict.fromkeys(token for each in group for token in each)))
        for part in query.parts
        for group in part.groups
    )
