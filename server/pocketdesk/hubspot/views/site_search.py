"""Articles as site search finds them."""

from collections.abc import Sequence
from contextlib import suppress

from pocketdesk.hubspot.model import SiteArticle, SiteResults
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge import views as knowledge
from pocketdesk.knowledge.model import Access, Base, Category, Published, Reading
from pocketdesk.knowledge.rules.addresses import article_path
from pocketdesk.knowledge.search import Hit, Vector, find
from pocketdesk.storage import Reader

PUBLIC = frozenset({Access.PUBLIC.value})
DEEPEST = 1_000


def site_search(
    reader: Reader,
    scope: AccountScope,
    words: str,
    language: str | None,
    offset: int,
    limit: int,
    vector: Vector | None = None,
) -> SiteResults:
    """Public articles of the account's open help centres about something; without a language, in each one's first."""
    total = 0
    found: list[tuple[Base, str, Hit]] = []
    for base in _open(reader, scope):
        asked = language or base.primary
        answer = find(
            reader, scope, base.id, asked, words, PUBLIC, min(offset + limit, DEEPEST), vector=vector
        )
        total += answer.total
        found += [(base, asked, hit) for hit in answer.hits]
    found.sort(key=lambda each: -each[2].score)
    return SiteResults(total, _articles(reader, scope, found[offset : offset + limit]))


def indexed(reader: Reader, scope: AccountScope, article_id: int) -> Reading:
    """A public article of an open help centre; `NotFound` if there is none such."""
    for base in _open(reader, scope):
        with suppress(NotFound):
            return knowledge.reading(reader, scope, article_id, base.languages, PUBLIC, base_id=base.id)
    raise NotFound


def _open(reader: Reader, scope: AccountScope) -> list[Base]:
    return [each for each in knowledge.bases(reader, scope) if each.is_public and each.archived_at is None]


def _articles(
    reader: Reader, scope: AccountScope, found: Sequence[tuple[Base, str, Hit]]
) -> tuple[SiteArticle, ...]:
    groups: dict[tuple[int, str], list[int]] = {}
    for base, _, hit in found:
        groups.setdefault((base.id, hit.language), []).append(hit.article_id)
    cards: dict[tuple[int, str], Published] = {}
    for (base_id, language), ids in groups.items():
        there = knowledge.published_cards(reader, scope, ids, language, language, PUBLIC, base_id=base_id)
        cards |= {(article_id, language): card for article_id, card in there.items()}
    shelves = {
        base_id: {each.id: each for each in knowledge.categories(reader, scope, base_id)}
        for base_id in {base_id for base_id, _ in groups}
    }
    return tuple(
        _article(scope, base, hit, card, _names(base, asked, shelves[base.id], hit.category_id))
        for base, asked, hit in found
        if (card := cards.get((hit.article_id, hit.language)))
    )


def _article(
    scope: AccountScope, base: Base, hit: Hit, card: Published, names: tuple[str | None, str | None]
) -> SiteArticle:
    return SiteArticle(
        hit.article_id,
        hit.score,
        hit.language,
        article_path(scope.account_id, base.slug, hit.language, card.slug),
        hit.title,
        hit.subtitle,
        "".join(each.text for each in hit.snippet),
        hit.tags,
        *names,
        card.published_at,
    )


def _names(
    base: Base, language: str, shelf: dict[int, Category], category_id: int | None
) -> tuple[str | None, str | None]:
    found = shelf.get(category_id or 0)
    if found is None:
        return None, None
    name = found.name_in(language, base.primary)
    above = shelf.get(found.parent_id or 0)
    return (above.name_in(language, base.primary), name) if above else (name, None)
