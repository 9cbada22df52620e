"""What wants looking after in a base: links that lead nowhere, translations that are missing or old."""

from collections import defaultdict
from typing import cast

from pocketdesk.kernel.page import Page, from_cursor, to_page
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge import rules, store
from pocketdesk.knowledge.model import Base, BrokenLink, Untranslated
from pocketdesk.storage import Reader

MOST_BROKEN = 500


def broken_links(reader: Reader, scope: AccountScope, base_id: int, now: int) -> tuple[BrokenLink, ...]:
    """Links of published articles to articles that nobody can read, as of now, and those on the outside that a job
    has found to lead nowhere.
    """
    rows = reader.all(store.DEAD_LINKS, account_id=scope.account_id, base_id=base_id, limit=MOST_BROKEN)
    inside = [
        BrokenLink(article_id, language, title, str(target_id), "gone" if is_gone else "unpublished", now)
        for article_id, language, title, target_id, is_gone in rows
    ]
    rows = reader.all(store.BAD_LINKS, account_id=scope.account_id, base_id=base_id, limit=MOST_BROKEN)
    return (*inside, *(BrokenLink(*row) for row in rows))


def untranslated(
    reader: Reader, scope: AccountScope, base: Base, limit: int, after: str | None = None
) -> Page[Untranslated]:
    """Articles that are published, but not in every language of the base, or in one before the base's first language
    was published anew; by id.
    """
    found: list[Untranslated] = []
    last = cast("int", from_cursor(after, int)[0]) if after else 0
    while len(found) <= limit:
        rows = reader.all(
            store.PUBLISHED_IN, account_id=scope.account_id, base_id=base.id, after=last, limit=1_000
        )
        published: defaultdict[int, dict[str, tuple[str, int]]] = defaultdict(dict)
        for article_id, language, title, at in rows:
            published[article_id][language] = (title, at)
        if len(rows) == 1_000:  # the last one may go on
            published.pop(rows[-1][0], None)
        for article_id, variants in published.items():
            missing, outdated = rules.wanting(
                base.languages, {each: at for each, (_, at) in variants.items()}
            )
            if missing or outdated:
                title = variants.get(base.primary, next(iter(variants.values())))[0]
                found.append(Untranslated(article_id, title, missing, outdated))
        if len(rows) < 1_000:
            break
        last = max(published)
    return to_page(found, limit, lambda each: (each.article_id,))


def outside_links(
    reader: Reader, scope: AccountScope, article_id: int, language: str
) -> tuple[tuple[int, str], ...]:
    """Where a published article leads on the outside: places among its links, and addresses."""
    rows = reader.all(store.OUTSIDE_LINKS, account_id=scope.account_id, id_=article_id, language_=language)
    return tuple((row[0], row[1]) for row in rows)
