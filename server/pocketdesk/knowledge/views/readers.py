"""Articles as readers get them: published, of the access that they have, in their language or the base's first one.

`access`: the words of `Access` that the reader may see; what is beyond is filtered in the query itself (K06, K07).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import cast

from sqlalchemy import and_, or_

from pocketdesk.kernel.page import Page, from_cursor, to_page
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge import store
from pocketdesk.knowledge.content import image_ids
from pocketdesk.knowledge.model import EVERY_ACCESS, Published, Reading
from pocketdesk.knowledge.views.bases import base
from pocketdesk.knowledge.views.rows import to_body, to_published, to_words
from pocketdesk.storage import Reader

_CARD = len(store.PUBLISHED)


def published(
    reader: Reader,
    scope: AccountScope,
    base_id: int,
    language: str,
    primary: str,
    access: Collection[str],
    limit: int,
    after: str | None = None,
    *,
    category_ids: Collection[int] | None = None,
    uncategorised: bool = False,
    oldest_first: bool = False,
) -> Page[Published]:
    """The articles of a base that a reader may see, by when they were first published, newest first.

    `category_ids` narrows them to these categories, `uncategorised` to those in none.
    """
    article, variant = store.article, store.variant
    query = store.LISTED.where(
        variant.c.knowledge_base_id == base_id,
        article.c.access.in_(access),
        store.in_language(language, primary),
    )
    if category_ids is not None:
        query = query.where(article.c.category_id.in_(category_ids))
    if uncategorised:
        query = query.where(article.c.category_id.is_(None))
    at, id_ = variant.c.first_published_at, variant.c.article_id
    if after:
        last_at, last_id = cast("tuple[int, int]", from_cursor(after, int, int))
        beyond = (at > last_at, id_ > last_id) if oldest_first else (at < last_at, id_ < last_id)
        query = query.where(or_(beyond[0], and_(at == last_at, beyond[1])))
    order = (at, id_) if oldest_first else (at.desc(), id_.desc())
    query = query.order_by(*order).limit(limit + 1)
    rows = reader.all(query, account_id=scope.account_id)
    return to_page(
        [to_published(row) for row in rows], limit, lambda card: (card.first_published_at, card.article_id)
    )


def published_cards(
    reader: Reader,
    scope: AccountScope,
    article_ids: Collection[int],
    language: str,
    primary: str,
    access: Collection[str],
    *,
    base_id: int | None = None,
) -> dict[int, Published]:
    """Those of the articles that a reader may see, by id, in one query; of one base, if given."""
    if not article_ids:
        return {}
    article, variant = store.article, store.variant
    query = store.LISTED.where(
        variant.c.article_id.in_(article_ids),
        article.c.access.in_(access),
        store.in_language(language, primary),
    )
    if base_id is not None:
        query = query.where(variant.c.knowledge_base_id == base_id)
    return {row[0]: to_published(row) for row in reader.all(query, account_id=scope.account_id)}


def published_counts(
    reader: Reader, scope: AccountScope, base_id: int, language: str, primary: str, access: Collection[str]
) -> dict[int | None, int]:
    """How many articles a reader may see in each category itself, and (None) in none; empty ones are left out."""
    query = store.COUNTED.where(
        store.variant.c.knowledge_base_id == base_id,
        store.article.c.access.in_(access),
        store.in_language(language, primary),
    )
    return {row[0]: row[1] for row in reader.all(query, account_id=scope.account_id)}


def reading(
    reader: Reader,
    scope: AccountScope,
    article_id: int,
    languages: Sequence[str],
    access: Collection[str] = EVERY_ACCESS,
    *,
    base_id: int | None = None,
) -> Reading:
    """A published article in the first of the languages that it has; `NotFound` if a reader may not see it."""
    query = store.READ.where(
        store.variant.c.article_id == article_id,
        store.variant.c.language.in_(languages),
        store.article.c.access.in_(access),
    )
    if base_id is not None:
        query = query.where(store.variant.c.knowledge_base_id == base_id)
    found = {row[4]: row for row in reader.all(query, account_id=scope.account_id)}
    row = next((found[language] for language in languages if language in found), None)
    if row is None:
        raise NotFound
    tags, body, plain_text = row[_CARD:]
    content = to_body(body)
    return Reading(
        to_published(row[:_CARD]),
        to_words(tags),
        content,
        plain_text,
        slugs_of(reader, scope, [article_id])[article_id],
        frozenset(image_ids(content)),
    )


def slugs_of(
    reader: Reader, scope: AccountScope, article_ids: Collection[int]
) -> Mapping[int, Mapping[str, str]]:
    """Where published articles stand, by id and language, in one query; for those that were found by other means."""
    found: dict[int, dict[str, str]] = {id_: {} for id_ in article_ids}
    if article_ids:
        query = store.SLUGS.where(store.variant.c.article_id.in_(article_ids))
        for id_, language, slug in reader.all(query, account_id=scope.account_id):
            found[id_][language] = slug
    return found


def article_at(
    reader: Reader, scope: AccountScope, base_id: int, languages: Sequence[str], slug: str
) -> int | None:
    """The id of the article at an address in the first of the languages that has one there, or once had.

    Whether it may be read, and where it stands now, is told by `reading`.
    """
    if not slug.isprintable():
        return None
    query = store.ADDRESSES.where(store.article_slug.c.language.in_(languages))
    found = {
        row[0]: row[1] for row in reader.all(query, account_id=scope.account_id, base_id=base_id, slug_=slug)
    }
    return next((found[language] for language in languages if language in found), None)


def find_card(
    reader: Reader,
    scope: AccountScope,
    article_id: int,
    language: str,
    access: Collection[str] = EVERY_ACCESS,
) -> Published | None:
    """One published article for a card in a chat, in the language or its base's first one; None if there is none."""
    row = reader.one(store.FIND_ARTICLE, account_id=scope.account_id, id_=article_id)
    found = base(reader, scope, row[1]) if row else None
    if found is None or found.archived_at is not None:
        return None
    cards = published_cards(reader, scope, [article_id], language, found.primary, access)
    return cards.get(article_id)


def is_shown(reader: Reader, scope: AccountScope, file_id: int) -> bool:
    """Whether an image is part of a published article that everybody may read."""
    return reader.one(store.IS_SHOWN, account_id=scope.account_id, file_id_=file_id) is not None
