"""The words around what was looked for, cut out of the original text."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from pocketdesk.knowledge.search import tokens
from pocketdesk.knowledge.search.results import Stretch

LONGEST = 180
"""Characters of a snippet, more or less: it ends between words."""
LOOKED_AT = 20_000
"""Characters of an article in which snippets are looked for."""
_EDGE = 40
"""Characters that stand before the first hit, at most."""
_SPACE = re.compile(r"\s+")
_SENTENCE = re.compile(r"[.!?。！？।…:]\s+|\n")


def snippet(text: str, language: str, wanted: frozenset[str]) -> tuple[Stretch, ...]:
    """The stretch with most different hits, the earliest of several; the beginning where there is none."""
    text = text[:LOOKED_AT]
    spans = _merged(tokens.places(text, language, wanted))
    begin = _best(spans)
    start = _start(text, spans[begin][0]) if spans else 0
    end = _end(text, start + LONGEST)
    stretches: list[Stretch] = []
    reached = start
    for first, last, _ in spans[begin:]:
        if last > end:
            break
        _add(stretches, text[reached:first], hit=False)
        _add(stretches, text[first:last], hit=True)
        reached = last
    _add(stretches, text[reached:end], hit=False)
    return _trimmed(stretches, cut_before=start > 0, cut_after=end < len(text))


def _merged(places: Iterator[tuple[int, int, str]]) -> list[tuple[int, int, frozenset[str]]]:
    """Places in their order; those that overlap are one."""
    spans: list[tuple[int, int, frozenset[str]]] = []
    for start, end, token in sorted(places):
        if spans and start < spans[-1][1]:
            first, last, found = spans[-1]
            spans[-1] = (first, max(last, end), found | {token})
        else:
            spans.append((start, end, frozenset({token})))
    return spans


def _best(spans: list[tuple[int, int, frozenset[str]]]) -> int:
    """Which span the snippet begins with."""
    starts = [start for start, *_ in spans]
    best, most = 0, 0
    for place, start in enumerate(starts):
        within = spans[place : bisect_right(starts, start + LONGEST - _EDGE)]
        found = len(frozenset[str]().union(*(each for *_, each in within)))
        if found > most:
            best, most = place, found
    return best


def _start(text: str, hit: int) -> int:
    """Where the sentence of the first hit begins, or else a word not far before it."""
    if hit <= _EDGE:
        return 0
    before = text[hit - _EDGE : hit]
    ends = [match.end() for match in _SENTENCE.finditer(before)]
    if ends:
        return hit - _EDGE + ends[-1]
    space = _SPACE.search(before)
    return hit - _EDGE + (space.end() if space else _EDGE // 2)


def _end(text: str, end: int) -> int:
    if end >= len(text):
        return len(text)
    space = max(text.rfind(" ", end - _EDGE, end), text.rfind("\n", end - _EDGE, end))
    return space if space > 0 else end


def _add(stretches: list[Stretch], text: str, *, hit: bool) -> None:
    if text:
        stretches.append(Stretch(_SPACE.sub(" ", text), hit))


def _trimmed(stretches: list[Stretch], *, cut_before: bool, cut_after: bool) -> tuple[Stretch, ...]:
    """Without spaces at the ends, and with dots where the text goes on."""
    if not stretches:
        return ()
    first, last = stretches[0], stretches[-1]
    stretches[0] = Stretch(first.text.lstrip(), first.hit)
    last = stretches[-1]
    stretches[-1] = Stretch(last.text.rstrip(), last.hit)
    dots = Stretch("…")
    return tuple(
        each
        for each in (*([dots] if cut_before else []), *stretches, *([dots] if cut_after else []))
        if each.text
    )
