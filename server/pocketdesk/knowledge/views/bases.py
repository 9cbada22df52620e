"""Knowledge bases, their categories and synonyms."""

from collections.abc import Iterable

from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge import store
from pocketdesk.knowledge.model import Base, Category, Shelf
from pocketdesk.knowledge.views.rows import to_base, to_category, to_words
from pocketdesk.storage import Reader


def bases(reader: Reader, scope: AccountScope) -> tuple[Base, ...]:
    """Every knowledge base, archived ones too, oldest first."""
    return tuple(map(to_base, reader.all(store.ALL_BASES, account_id=scope.account_id)))


def base(reader: Reader, scope: AccountScope, base_id: int) -> Base:
    """One knowledge base, archived or not; `NotFound` if the account has none such."""
    row = reader.one(store.FIND_BASE, account_id=scope.account_id, id_=base_id)
    if row is None:
        raise NotFound
    return to_base(row)


def base_by_slug(reader: Reader, scope: AccountScope, slug: str) -> Base | None:
    """The knowledge base with this address, archived or not."""
    row = (
        reader.one(store.BASE_BY_SLUG, account_id=scope.account_id, slug_=slug)
        if slug.isprintable()
        else None
    )
    return to_base(row) if row else None


def article_counts(reader: Reader, scope: AccountScope) -> dict[int, int]:
    """How many articles knowledge bases have, drafts too, by id; those without any are left out."""
    return {row[0]: row[1] for row in reader.all(store.ARTICLES_IN_BASES, account_id=scope.account_id)}


def languages_used(reader: Reader, scope: AccountScope, base_id: int) -> frozenset[str]:
    """The languages in which articles of a base are written."""
    rows = reader.all(store.LANGUAGES_USED, account_id=scope.account_id, base_id=base_id)
    return frozenset(row[0] for row in rows)


def categories(reader: Reader, scope: AccountScope, base_id: int) -> tuple[Category, ...]:
    """The categories of a base, in the order of their places among their siblings."""
    return tuple(map(to_category, reader.all(store.CATEGORIES, account_id=scope.account_id, base_id=base_id)))


def category(reader: Reader, scope: AccountScope, category_id: int) -> Category:
    """One category; `NotFound` if the account has none such."""
    row = reader.one(store.BASE_OF_CATEGORY, account_id=scope.account_id, id_=category_id)
    if row is None:
        raise NotFound
    return next(each for each in categories(reader, scope, row[0]) if each.id == category_id)


def shelves(reader: Reader, scope: AccountScope, base_id: int) -> tuple[tuple[Shelf, ...], int]:
    """The tree of categories with how many articles are in each, drafts too; and how many are in none."""
    rows = reader.all(store.ARTICLES_IN_CATEGORIES, account_id=scope.account_id, base_id=base_id)
    counts: dict[int | None, int] = {row[0]: row[1] for row in rows}
    return to_shelves(categories(reader, scope, base_id), counts), counts.get(None, 0)


def to_shelves(found: Iterable[Category], counts: dict[int | None, int]) -> tuple[Shelf, ...]:
    """Categories as a tree, from how many articles are in each itself."""
    found = tuple(found)
    below: dict[int, list[Shelf]] = {}
    for each in found:
        if each.parent_id is not None:
            below.setdefault(each.parent_id, []).append(Shelf(each, counts.get(each.id, 0)))
    return tuple(
        Shelf(
            each,
            counts.get(each.id, 0) + sum(child.articles for child in below.get(each.id, ())),
            tuple(below.get(each.id, ())),
        )
        for each in found
        if each.parent_id is None
    )


def synonyms(reader: Reader, scope: AccountScope, base_id: int) -> tuple[tuple[str, ...], ...]:
    """Lists of words that mean the same in a base."""
    rows = reader.all(store.SYNONYMS, account_id=scope.account_id, base_id=base_id)
    return tuple(to_words(row[0]) for row in rows)
