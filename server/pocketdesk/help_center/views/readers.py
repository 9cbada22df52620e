"""What readers meet, each within what they may see: in one language, with the access that they have proven.

Which article is published, and for whom, knowledge tells; nothing here widens that (K06, K07).
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from typing import cast

from pocketdesk.chatflows import views as chatflows
from pocketdesk.chatflows.model import Document, ServedFlow
from pocketdesk.help_center import rules, store
from pocketdesk.help_center.model import Article, Found, Front, Hit, Recommended, Topic, TopicPage, Visit
from pocketdesk.kernel.page import MOST, from_cursor, to_cursor
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge import views as knowledge
from pocketdesk.knowledge.content import image_ids, links
from pocketdesk.knowledge.model import EVERY_ACCESS, Access, Base, Category, Published, Shelf
from pocketdesk.knowledge.search import Vector, find
from pocketdesk.storage import Reader, Statement

PUBLIC = frozenset({Access.PUBLIC.value})
MOST_OTHERS = 50
CANDIDATES = 60
"""So many of the best are looked at for those that a reader may see."""

# Which base, in which language.


def visit_of_tag(reader: Reader, scope: AccountScope, tag: str, language: str, *, verified: bool) -> Visit:
    """The help that the chat of an app shows; `NotFound` where it shows none (K01).

    Without a language it is the chatflow's. `verified`: the visitor has proven to be a contact.
    """
    flow = chatflows.serve(reader, scope, tag)
    base = base_of(reader, scope, flow.document) if isinstance(flow, ServedFlow) else None
    if base is None or not isinstance(flow, ServedFlow):
        raise NotFound
    found = rules.best_language(base.languages, language or flow.document.options.language)
    return Visit(base, found, EVERY_ACCESS if verified else PUBLIC)


def base_of(reader: Reader, scope: AccountScope, document: Document) -> Base | None:
    """The knowledge base that a chatflow's Help tab shows, if it has the tab and the base is there."""
    setting = document.knowledge_base
    if not setting.enabled or setting.knowledge_base_id is None:
        return None
    try:
        base = knowledge.base(reader, scope, setting.knowledge_base_id)
    except NotFound:
        return None
    return base if base.archived_at is None else None


def open_base(reader: Reader, scope: AccountScope, slug: str) -> Base:
    """The base whose help centre has this address; `NotFound` if there is none, or it is not open."""
    base = knowledge.base_by_slug(reader, scope, slug)
    if base is None or not base.is_public or base.archived_at is not None:
        raise NotFound
    return base


def visit_of_base(base: Base, language: str) -> Visit:
    """Somebody on the public pages, who has proven nothing; `NotFound` for a language that the base does not have."""
    if language not in base.languages:
        raise NotFound
    return Visit(base, language, PUBLIC)


# Lists.


def front(reader: Reader, scope: AccountScope, visit: Visit) -> Front:
    """What the help begins with (K02, K04)."""
    return Front(
        visit,
        Recommended(
            rated=_best(reader, scope, visit, store.BEST_RATED),
            viewed=viewed(reader, scope, visit),
            newest=_published(reader, scope, visit, rules.MOST_RECOMMENDED),
        ),
        topics(reader, scope, visit),
        _published(reader, scope, visit, MOST_OTHERS, uncategorised=True),
    )


def viewed(reader: Reader, scope: AccountScope, visit: Visit) -> tuple[Published, ...]:
    """What is read most now."""
    return _best(reader, scope, visit, store.HOTTEST)


def topics(reader: Reader, scope: AccountScope, visit: Visit) -> tuple[Topic, ...]:
    """Categories that hold something for this reader, as a tree; those with nothing are not there (K07)."""
    base = visit.base
    counts = knowledge.published_counts(reader, scope, base.id, visit.language, base.primary, visit.access)
    shelves = knowledge.to_shelves(knowledge.categories(reader, scope, base.id), counts)
    return _topics(visit, shelves)


def topic_page(
    reader: Reader, scope: AccountScope, visit: Visit, category_id: int, limit: int, after: str | None = None
) -> TopicPage:
    """A category; `NotFound` if it holds nothing for this reader."""
    parent, topic = _place(topics(reader, scope, visit), lambda category: category.id == category_id)
    page = knowledge.published(
        reader,
        scope,
        visit.base.id,
        visit.language,
        visit.base.primary,
        visit.access,
        limit,
        after,
        category_ids=[category_id],
        oldest_first=True,
    )
    return TopicPage(topic, parent, page.items, page.after)


def topic_of_slug(reader: Reader, scope: AccountScope, visit: Visit, slug: str) -> Topic:
    """The category at an address; `NotFound` if there is none, or it holds nothing for this reader."""
    return _place(topics(reader, scope, visit), lambda category: category.slug == slug)[1]


def first_of_each(
    reader: Reader, scope: AccountScope, visit: Visit, some: Iterable[Topic], limit: int
) -> dict[int, tuple[Published, ...]]:
    """The first articles of some categories, by id."""
    return {
        topic.category.id: topic_page(reader, scope, visit, topic.category.id, limit).articles
        for topic in some
    }


def all_pages(reader: Reader, scope: AccountScope, visit: Visit, limit: int) -> tuple[Published, ...]:
    """Every article, newest first, up to a limit: for the sitemap."""
    found: list[Published] = []
    after: str | None = None
    while len(found) < limit:
        page = knowledge.published(
            reader, scope, visit.base.id, visit.language, visit.base.primary, visit.access, 500, after
        )
        found += page.items
        after = page.after
        if after is None:
            break
    return tuple(found[:limit])


def newest(reader: Reader, scope: AccountScope, visit: Visit, limit: int) -> tuple[Published, ...]:
    """The last published articles, for the feed."""
    return _published(reader, scope, visit, limit)


# One article.


def article(
    reader: Reader, scope: AccountScope, visit: Visit, article_id: int, path_of: Callable[[int, Access], str]
) -> Article:
    """An article to read; `NotFound` unless it is published for this reader. `path_of`: where its pictures are had."""
    base = visit.base
    found = knowledge.reading(
        reader, scope, article_id, (visit.language, base.primary), visit.access, base_id=base.id
    )
    slugs = {each: found.slugs[each] for each in base.languages if each in found.slugs}
    linked = knowledge.published_cards(
        reader,
        scope,
        links(found.body).article_ids,
        visit.language,
        base.primary,
        visit.access,
        base_id=base.id,
    )
    return Article(
        replace(found, slugs=slugs),
        _trail(reader, scope, visit, found.card.category_id),
        {file_id: path_of(file_id, found.card.access) for file_id in image_ids(found.body)},
        linked,
    )


def at_address(reader: Reader, scope: AccountScope, visit: Visit, slug: str) -> int:
    """The article that has, or had, an address in the visit's language or in the base's first one; else `NotFound`."""
    languages = (visit.language, visit.base.primary)
    found = knowledge.article_at(reader, scope, visit.base.id, languages, slug)
    if found is None:
        raise NotFound
    return found


def related(reader: Reader, scope: AccountScope, visit: Visit, card: Published) -> tuple[Published, ...]:
    """Others of the same category, those that are read most now first."""
    if card.category_id is None:
        return ()
    siblings = _published(reader, scope, visit, MOST, category_ids=[card.category_id])
    ranks = {id_: rank for rank, id_ in enumerate(_ids(reader, scope, visit, store.HOTTEST, MOST))}
    others = [each for each in siblings if each.article_id != card.article_id]
    others.sort(key=lambda each: ranks.get(each.article_id, MOST))
    return tuple(others[: rules.MOST_RELATED])


def vote_of(reader: Reader, scope: AccountScope, article_id: int, voter: str) -> bool | None:
    """Whether somebody said that an article helped; None if nothing was said."""
    row = reader.one(store.VOTE_OF, account_id=scope.account_id, article_id_=article_id, voter_=voter)
    return row[1] if row else None


def card(reader: Reader, scope: AccountScope, visit: Visit, article_id: int) -> Published:
    """One article in a list; `NotFound` unless it is published for this reader."""
    base = visit.base
    found = knowledge.published_cards(
        reader, scope, [article_id], visit.language, base.primary, visit.access, base_id=base.id
    )
    if article_id not in found:
        raise NotFound
    return found[article_id]


# Search.


def search(
    reader: Reader,
    scope: AccountScope,
    visit: Visit,
    words: str,
    limit: int,
    after: str | None = None,
    vector: Vector | None = None,
) -> Found:
    """What words find; nothing for no words (K03)."""
    if not words.strip():
        return Found(words, 0, None, (), None)
    base = visit.base
    start = cast("int", from_cursor(after, int)[0]) if after else 0
    found = find(reader, scope, base.id, visit.language, words, visit.access, limit, start, vector)
    cards = knowledge.published_cards(
        reader,
        scope,
        [hit.article_id for hit in found.hits],
        visit.language,
        base.primary,
        visit.access,
        base_id=base.id,
    )
    hits = tuple(
        Hit(cards[hit.article_id], tuple((each.text, each.hit) for each in hit.snippet))
        for hit in found.hits
        if hit.article_id in cards
    )
    rest = None if found.after is None else to_cursor((found.after,))
    return Found(words, found.total, found.corrected, hits, rest)


def every_topic(some: Iterable[Topic]) -> Iterator[Topic]:
    """Categories and those below them."""
    for topic in some:
        yield topic
        yield from every_topic(topic.children)


def _published(
    reader: Reader,
    scope: AccountScope,
    visit: Visit,
    limit: int,
    *,
    category_ids: Collection[int] | None = None,
    uncategorised: bool = False,
) -> tuple[Published, ...]:
    base = visit.base
    return knowledge.published(
        reader,
        scope,
        base.id,
        visit.language,
        base.primary,
        visit.access,
        limit,
        category_ids=category_ids,
        uncategorised=uncategorised,
    ).items


def _ids(reader: Reader, scope: AccountScope, visit: Visit, query: Statement, limit: int) -> tuple[int, ...]:
    rows = reader.all(query, account_id=scope.account_id, base_id=visit.base.id, limit=limit)
    return tuple(row[0] for row in rows)


def _best(reader: Reader, scope: AccountScope, visit: Visit, query: Statement) -> tuple[Published, ...]:
    base, ids = visit.base, _ids(reader, scope, visit, query, CANDIDATES)
    cards = knowledge.published_cards(
        reader, scope, ids, visit.language, base.primary, visit.access, base_id=base.id
    )
    return tuple(cards[id_] for id_ in ids if id_ in cards)[: rules.MOST_RECOMMENDED]


def _topics(visit: Visit, shelves: Iterable[Shelf]) -> tuple[Topic, ...]:
    return tuple(
        Topic(
            shelf.category,
            shelf.category.name_in(visit.language, visit.base.primary),
            shelf.articles,
            _topics(visit, shelf.children),
        )
        for shelf in shelves
        if shelf.articles
    )


def _place(some: Iterable[Topic], is_it: Callable[[Category], bool]) -> tuple[Topic | None, Topic]:
    for topic in some:
        if is_it(topic.category):
            return None, topic
        for child in topic.children:
            if is_it(child.category):
                return topic, child
    raise NotFound


def _trail(reader: Reader, scope: AccountScope, visit: Visit, category_id: int | None) -> tuple[Topic, ...]:
    if category_id is None:
        return ()
    parent, topic = _place(topics(reader, scope, visit), lambda category: category.id == category_id)
    return (topic,) if parent is None else (parent, topic)
