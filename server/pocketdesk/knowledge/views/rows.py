"""Rows as nouns."""

import msgspec

from pocketdesk.knowledge.content import Body, parse_body, to_json
from pocketdesk.knowledge.model import (
    Access,
    Article,
    Base,
    Category,
    Draft,
    Published,
    Standing,
    VariantCard,
    Version,
    VersionCard,
    Writing,
)
from pocketdesk.storage.statement import Row

_words = msgspec.json.Decoder(tuple[str, ...]).decode
_names = msgspec.json.Decoder(dict[str, str]).decode


def to_text(value: object) -> str:
    """What a column of JSON holds."""
    return msgspec.json.encode(value).decode()


def body_to_text(body: Body) -> str:
    """A body as its column holds it."""
    return to_text(to_json(body))


def to_body(text: str) -> Body:
    """A body from its column."""
    return parse_body(msgspec.json.decode(text))


def to_words(text: str) -> tuple[str, ...]:
    """Tags, languages or synonyms from their column."""
    return _words(text)


def to_base(row: Row) -> Base:
    """A row of `BASES`."""
    id_, name, slug, languages, *rest = row
    return Base(id_, name, slug, _words(languages), *rest)


def to_category(row: Row) -> Category:
    """A row of `CATEGORIES`."""
    id_, base_id, parent_id, place, slug, names = row
    return Category(id_, base_id, parent_id, place, slug, _names(names))


def to_article(row: Row) -> Article:
    """A row of `ARTICLES`."""
    id_, base_id, category_id, access, *times = row
    return Article(id_, base_id, category_id, Access(access), *times)


def to_standing(row: Row) -> Standing:
    """The columns of `STANDING`."""
    return Standing(*row)


def to_draft(row: Row) -> Draft:
    """The columns of `DRAFT`."""
    title, subtitle, slug, tags, body, revision, at, by = row
    return Draft(Writing(title, subtitle, slug, _words(tags), to_body(body)), revision, at, by)


def to_variant_card(row: Row) -> VariantCard:
    """A row of `VARIANT_CARDS`, without the article's id."""
    *standing, title, slug, at, by = row
    return VariantCard(Standing(*standing), title, slug, at, by)


def to_version_card(row: Row) -> VersionCard:
    """The columns of `VERSION_CARD`."""
    number, title, subtitle, slug, tags, at, by = row
    return VersionCard(number, title, subtitle, slug, _words(tags), at, by)


def to_version(article_id: int, language: str, row: Row) -> Version:
    """A row of `FIND_VERSION`."""
    number, title, subtitle, slug, tags, body, plain_text, at, by = row
    writing = Writing(title, subtitle, slug, _words(tags), to_body(body))
    return Version(article_id, language, number, writing, plain_text, at, by)


def to_published(row: Row) -> Published:
    """The columns of `PUBLISHED`."""
    article_id, base_id, category_id, access, *rest = row
    return Published(article_id, base_id, category_id, Access(access), *rest)
