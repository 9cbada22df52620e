"""Articles as their authors see them: drafts, versions, and how far each language is."""

from collections.abc import Collection, Mapping
from typing import cast

from sqlalchemy import and_, or_, select
from sqlalchemy.sql.elements import ColumnElement

from pocketdesk.kernel.page import Page, from_cursor, to_page
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge import rules, store
from pocketdesk.knowledge.model import (
    Article,
    ArticleCard,
    Filters,
    State,
    Variant,
    VariantCard,
    Version,
    VersionCard,
)
from pocketdesk.knowledge.views.rows import (
    to_article,
    to_draft,
    to_standing,
    to_variant_card,
    to_version,
    to_version_card,
)
from pocketdesk.storage import Reader

_STANDING = len(store.STANDING)

# One article.


def article(reader: Reader, scope: AccountScope, article_id: int) -> Article:
    """One article, deleted or not; `NotFound` if the account has none such."""
    row = reader.one(store.FIND_ARTICLE, account_id=scope.account_id, id_=article_id)
    if row is None:
        raise NotFound
    return to_article(row)


def article_card(reader: Reader, scope: AccountScope, article_id: int) -> ArticleCard:
    """One article with its languages, deleted or not; `NotFound` if the account has none such."""
    found = article(reader, scope, article_id)
    return ArticleCard(found, _variants(reader, scope, [article_id])[article_id])


def variant(reader: Reader, scope: AccountScope, article_id: int, language: str) -> Variant:
    """An article's draft in a language and how far it is; `NotFound` if it is not written in it."""
    found = article(reader, scope, article_id)
    row = reader.one(store.FIND_VARIANT, account_id=scope.account_id, id_=article_id, language_=language)
    if row is None:
        raise NotFound
    standing = to_standing(row[:_STANDING])
    number = standing.published_version
    published = None if number is None else version_card(reader, scope, article_id, language, number)
    return Variant(found, standing, to_draft(row[_STANDING:]), published)


def version_card(
    reader: Reader, scope: AccountScope, article_id: int, language: str, number: int
) -> VersionCard:
    """A version without its body; `NotFound` if there is none such."""
    row = reader.one(
        store.FIND_VERSION_CARD,
        account_id=scope.account_id,
        id_=article_id,
        language_=language,
        number_=number,
    )
    if row is None:
        raise NotFound
    return to_version_card(row)


def version(reader: Reader, scope: AccountScope, article_id: int, language: str, number: int) -> Version:
    """A version; `NotFound` if there is none such."""
    row = reader.one(
        store.FIND_VERSION, account_id=scope.account_id, id_=article_id, language_=language, number_=number
    )
    if row is None:
        raise NotFound
    return to_version(article_id, language, row)


def versions(
    reader: Reader, scope: AccountScope, article_id: int, language: str, limit: int, after: str | None = None
) -> Page[VersionCard]:
    """What was published or scheduled of an article in a language, newest first."""
    before = cast("int", from_cursor(after, int)[0]) if after else 2**31 - 1
    rows = reader.all(
        store.VERSIONS,
        account_id=scope.account_id,
        id_=article_id,
        language_=language,
        before=max(0, min(before, 2**31 - 1)),
        limit=limit + 1,
    )
    return to_page([to_version_card(row) for row in rows], limit, lambda card: (card.number,))


def image_flags(
    reader: Reader, scope: AccountScope, article_id: int, language: str
) -> dict[int, tuple[bool, bool, bool]]:
    """The images of an article in a language: whether the draft, what is published, any version shows each."""
    rows = reader.all(store.IMAGES, account_id=scope.account_id, id_=article_id, language_=language)
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def slug_owner(reader: Reader, scope: AccountScope, base_id: int, language: str, slug: str) -> int | None:
    """The id of the article that has this address now, or had it while it was published."""
    row = reader.one(
        store.SLUG_OWNER, account_id=scope.account_id, base_id=base_id, language_=language, slug_=slug
    )
    return row[0] if row else None


# Lists.


def articles(
    reader: Reader,
    scope: AccountScope,
    base_id: int,
    filters: Filters,
    limit: int,
    after: str | None = None,
) -> Page[ArticleCard]:
    """Articles of a base, last changed first. Filters combine with AND; state, language and words with one variant."""
    table = store.article
    query = store.ARTICLES.where(
        table.c.knowledge_base_id == base_id,
        table.c.deleted_at.is_not(None) if filters.deleted else table.c.deleted_at.is_(None),
    )
    if filters.category_id is not None:
        below = select(store.category.c.id).where(
            store.category.c.account_id == scope.account_id,
            or_(
                store.category.c.id == filters.category_id, store.category.c.parent_id == filters.category_id
            ),
        )
        query = query.where(
            table.c.category_id.in_(below) if filters.category_id else table.c.category_id.is_(None)
        )
    if filters.access is not None:
        query = query.where(table.c.access == filters.access.value)
    if conditions := _of_variants(filters):
        query = query.where(
            select(store.variant.c.article_id)
            .where(
                store.variant.c.account_id == table.c.account_id,
                store.variant.c.article_id == table.c.id,
                *conditions,
            )
            .exists()
        )
    if after:
        at, id_ = cast("tuple[int, int]", from_cursor(after, int, int))
        query = query.where(or_(table.c.modified_at < at, and_(table.c.modified_at == at, table.c.id < id_)))
    query = query.order_by(table.c.modified_at.desc(), table.c.id.desc()).limit(limit + 1)
    found = [to_article(row) for row in reader.all(query, account_id=scope.account_id)]
    page = to_page(found, limit, lambda each: (each.modified_at, each.id))
    variants = _variants(reader, scope, [each.id for each in page.items])
    return Page(tuple(ArticleCard(each, variants[each.id]) for each in page.items), page.after)


def _of_variants(filters: Filters) -> list[ColumnElement[bool]]:
    table = store.variant
    conditions: list[ColumnElement[bool]] = []
    if filters.language is not None:
        conditions.append(table.c.language == filters.language)
    if words := rules.title_key(filters.search):
        conditions.append(table.c.draft_title_key.contains(words, autoescape=True))
    is_published, is_scheduled = table.c.published_version.is_not(None), table.c.scheduled_at.is_not(None)
    is_same = table.c.published_revision == table.c.draft_revision
    match filters.state:
        case State.SCHEDULED:
            conditions.append(is_scheduled)
        case State.DRAFT:
            conditions += [~is_scheduled, ~is_published]
        case State.PUBLISHED:
            conditions += [~is_scheduled, is_published, is_same]
        case State.CHANGED:
            conditions += [~is_scheduled, is_published, ~is_same]
        case None:
            pass
    return conditions


def _variants(
    reader: Reader, scope: AccountScope, article_ids: Collection[int]
) -> Mapping[int, tuple[VariantCard, ...]]:
    if not article_ids:
        return {}
    query = store.VARIANT_CARDS.where(store.variant.c.article_id.in_(article_ids)).order_by(
        store.variant.c.language
    )
    found: dict[int, list[VariantCard]] = {id_: [] for id_ in article_ids}
    for article_id, *row in reader.all(query, account_id=scope.account_id):
        found[article_id].append(to_variant_card(tuple(row)))
    return {id_: tuple(cards) for id_, cards in found.items()}
