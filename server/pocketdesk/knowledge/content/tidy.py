"""The normal form of runs and blocks, so that one article has one tree."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from pocketdesk.kernel.text import visible
from pocketdesk.knowledge.content.tree import (
    ArticleLink,
    Block,
    Break,
    Heading,
    Link,
    Paragraph,
    Run,
    Runs,
    Text,
)

_SPACE = re.compile(r"[ \t\n\f\r]+")


def tidy_runs(runs: Iterable[Run]) -> Runs:
    """The runs with single spaces between words only, neighbours alike as one, no breaks at the ends; or none."""
    kept: list[Run] = []
    for run in runs:
        if isinstance(run, Break):
            _trim(kept)
            if kept:
                kept.append(run)
            continue
        text = _SPACE.sub(" ", run.text)
        if text.startswith(" ") and _ends_in_space(kept):
            text = text[1:]
        if not text:
            continue
        last = kept[-1] if kept else None
        if (
            last is not None
            and not isinstance(last, Break)
            and replace(last, text="") == replace(run, text="")
        ):
            kept[-1] = replace(last, text=last.text + text)
        else:
            kept.append(replace(run, text=text))
    _trim(kept)
    while kept and isinstance(kept[-1], Break):
        kept.pop()
        _trim(kept)
    return _without_blind_links(kept) if visible(words(kept)) else ()


def target(run: Run) -> str | int | None:
    """Where the run leads: an address, the id of an article, or nowhere."""
    match run:
        case Link(href=href):
            return href
        case ArticleLink(article_id=article_id):
            return article_id
        case Text() | Break():
            return None


def words(runs: Iterable[Run], line: str = "\n") -> str:
    """The words alone; `line` stands for a break."""
    return "".join(line if isinstance(run, Break) else run.text for run in runs)


def is_empty(block: Block) -> bool:
    """Whether the normal form leaves the block out."""
    return isinstance(block, Paragraph | Heading) and not block.runs


def tidy_rows(rows: Iterable[Sequence[Runs]]) -> tuple[tuple[Runs, ...], ...]:
    """The rows with equally many cells, the short ones filled up."""
    cells = [tuple(row) for row in rows]
    width = max(map(len, cells), default=0)
    return tuple(row + ((),) * (width - len(row)) for row in cells)


def _trim(kept: list[Run]) -> None:
    """Without the space at the end."""
    if kept and not isinstance(last := kept[-1], Break) and last.text.endswith(" "):
        text = last.text[:-1]
        if text:
            kept[-1] = replace(last, text=text)
        else:
            kept.pop()


def _ends_in_space(kept: list[Run]) -> bool:
    return not kept or isinstance(last := kept[-1], Break) or last.text.endswith(" ")


def _without_blind_links(runs: list[Run]) -> Runs:
    """Links without a visible word become words: nobody could follow them."""
    kept: list[Run] = []
    for place, same in groupby(runs, target):
        group = list(same)
        if place is not None and not visible(words(group)):
            kept += [Text(run.text, run.style) for run in group if not isinstance(run, Break)]
        else:
            kept += group
    return _merged(kept) if len(kept) > 1 else tuple(kept)


def _merged(runs: list[Run]) -> Runs:
    merged: list[Run] = []
    for run in runs:
        last = merged[-1] if merged else None
        if isinstance(run, Text) and isinstance(last, Text) and last.style == run.style:
            merged[-1] = Text(last.text + run.text, run.style)
        else:
            merged.append(run)
    return tuple(merged)
