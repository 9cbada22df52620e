"""The search itself."""

from dataclasses import dataclass, replace
from typing import Protocol

import msgspec

from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge.search import store, tokens
from pocketdesk.knowledge.search.asking import understand
from pocketdesk.knowledge.search.highlights import snippet
from pocketdesk.knowledge.search.large import large_finder
from pocketdesk.knowledge.search.meaning import NEAREST, Vector, near
from pocketdesk.knowledge.search.results import Found, Hit
from pocketdesk.storage import Reader, words
from pocketdesk.storage.words import Match, Part, Query, Vocabulary

ENOUGH = 5
"""Articles that have all the words. Where there are fewer, those that have some of them follow."""
DEEPEST = 1_000
"""Hits that one can page through, and that are counted."""
CERTAIN, CLOSE, SOME = 5.0, 3.0, 1.0
"""How much it counts to have all the words, to be near in meaning, to have some of the words."""


class Finder(Protocol):
    """What looks into the index."""

    def find(self, query: Query, limit: int, skip: int = 0) -> list[Match]:
        """The best documents, best first."""
        ...

    def count(self, query: Query, most: int) -> int:
        """How many documents there are; no further than `most`."""
        ...


@dataclass(frozen=True, slots=True)
class DatabaseFinder:
    """The database's own index."""

    reader: Reader

    def find(self, query: Query, limit: int, skip: int = 0) -> list[Match]:
        """The best documents, best first."""
        return words.find(self.reader, query, limit, skip)

    def count(self, query: Query, most: int) -> int:
        """How many documents there are; no further than `most`."""
        return words.count(self.reader, query, most)


def find(
    reader: Reader,
    scope: AccountScope,
    base_id: int,
    language: str,
    q: str,
    access: frozenset[str],
    limit: int = 10,
    after: int = 0,
    vector: Vector | None = None,
) -> Found:
    """Published articles about something, for readers with this access.

    Each article is looked for in the language, or in the base's first one where it is not published in it. `after` is
    the number of hits to pass over. With the question's `vector`, what means the same is found as well.
    """
    row = reader.one(store.LANGUAGES, account_id=scope.account_id, base_id=base_id)
    if row is None or not access:
        return Found(0, ())
    languages = _words(row[0])
    rows = reader.all(store.SYNONYMS, account_id=scope.account_id, base_id=base_id)
    synonyms = [_words(each) for (each,) in rows]
    own = _served(language, languages)
    parts: list[Part] = []
    corrected: str | None = None
    is_known = False
    for each in dict.fromkeys((own, languages[0])):
        asked = understand(
            Vocabulary(reader, scope.account_id, base_id, each, access), q, synonyms, mends=not is_known
        )
        # What is a word of the one language is no slip in the other.
        is_known = is_known or asked.is_known
        corrected = corrected or asked.corrected
        if asked.groups:
            unless = own if each != own else None
            parts.append(Part(scope.account_id, base_id, each, tuple(sorted(access)), asked.groups, unless))
    close = (
        near(reader, scope.account_id, base_id, vector, own, languages[0], access)
        if vector is not None
        else []
    )
    if not parts and not close:
        return Found(0, ())
    skip = min(max(after, 0), DEEPEST)
    finder = large_finder(reader, scope.account_id, base_id) or DatabaseFinder(reader)
    if close:
        certain, some = _apart(finder, tuple(parts)) if parts else ([], [])
        fused = fuse(certain, some, close)
        total, matches = len(fused), fused[skip : skip + limit]
    else:
        total, matches = _ranked(finder, tuple(parts), limit, skip)
    wanted = {
        part.language: frozenset(token for group in part.groups for each in group for token in each)
        for part in parts
    }
    hits = tuple(
        hit for match in matches if (hit := _hit(reader, scope, base_id, access, match, wanted)) is not None
    )
    end = skip + len(matches)
    return Found(total, hits, corrected, end if matches and end < min(total, DEEPEST) else None)


def _words(stored: str) -> tuple[str, ...]:
    return msgspec.json.decode(stored, type=tuple[str, ...])


def _served(language: str, languages: tuple[str, ...]) -> str:
    """The base's language that answers to one: itself, or its nearest relative (`pt` for `pt-BR`)."""
    if language in languages:
        return language
    rules = tokens.to_rules(language)
    return next((each for each in languages if tokens.to_rules(each) == rules), languages[0])


def _ranked(finder: Finder, parts: tuple[Part, ...], limit: int, skip: int) -> tuple[int, list[Match]]:
    """How many there are, and a stretch of them: first what has all the words, then, if that is little, the rest."""
    some = Query(parts, every=False)
    if all(len(part.groups) == 1 for part in parts):
        return finder.count(some, DEEPEST), finder.find(some, limit, skip)
    every = Query(parts, every=True)
    total = finder.count(every, DEEPEST)
    if total >= ENOUGH:
        return total, finder.find(every, limit, skip)
    best = finder.find(every, ENOUGH) if total else []
    first = {match.subject_id for match in best}
    rest = finder.find(some, skip + limit + len(best))
    together = best + [match for match in rest if match.subject_id not in first]
    return finder.count(some, DEEPEST), together[skip : skip + limit]


def _apart(finder: Finder, parts: tuple[Part, ...]) -> tuple[list[Match], list[Match]]:
    """The best that have all the words, and the best that have some."""
    every = finder.find(Query(parts, every=True), NEAREST)
    return every, finder.find(Query(parts, every=False), NEAREST)


def fuse(certain: list[Match], some: list[Match], close: list[Match]) -> list[Match]:
    """One order out of three: having all words counts most, then being near in meaning, then having some of the words.

    Each place counts its share: the first 1/11, the second 1/12, ... Fused as equals, words would hurt questions that
    use others (docs/decisions/search.md).
    """
    shares: dict[int, float] = {}
    shown: dict[int, Match] = {}
    for weight, matches in ((CERTAIN, certain), (CLOSE, close), (SOME, some)):
        for place, match in enumerate(matches, 11):
            shares[match.subject_id] = shares.get(match.subject_id, 0.0) + weight / place
            shown.setdefault(match.subject_id, match)
    order = sorted(shares, key=lambda article_id: (-shares[article_id], article_id))
    return [replace(shown[article_id], score=shares[article_id]) for article_id in order]


def _hit(
    reader: Reader,
    scope: AccountScope,
    base_id: int,
    access: frozenset[str],
    match: Match,
    wanted: dict[str, frozenset[str]],
) -> Hit | None:
    row = reader.one(
        store.VERSION,
        account_id=scope.account_id,
        base_id=base_id,
        article_id=match.subject_id,
        language=match.language,
        number=match.version,
    )
    # The index has said so already; this is the last door.
    if row is None or row[4] not in access:
        return None
    title, subtitle, plain_text, category_id, _, tags = row
    shown = snippet(plain_text, match.language, wanted.get(match.language, frozenset()))
    return Hit(
        match.subject_id, match.language, match.score, title, subtitle, shown, category_id, _words(tags)
    )
