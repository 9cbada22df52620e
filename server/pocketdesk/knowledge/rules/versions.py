"""How two versions differ, block by block and, within a paragraph or heading, word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Literal

from pocketdesk.knowledge.content import EMPTY, Body, plain_text
from pocketdesk.knowledge.content.tree import Block, Break, Heading, Paragraph, Run, Runs
from pocketdesk.knowledge.model import Writing

MOST_WORDS = 4_000
"""Longer paragraphs are compared as wholes."""
_ALIKE = 0.4
_WORD = re.compile(r"\w+|[^\w\s]|\s+")

Mark = Literal["same", "added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class RunChange:
    """A stretch of words that is in both versions, only in the later one, or only in the earlier one."""

    change: Literal["same", "added", "removed"]
    run: Run


@dataclass(frozen=True, slots=True)
class BlockChange:
    """A block of the later version, or one that is gone from the earlier one.

    `before` only of a changed one; `runs` only of a changed paragraph or heading.
    """

    change: Mark
    block: Block
    before: Block | None = None
    runs: tuple[RunChange, ...] | None = None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What a title, subtitle, slug or the tags said before and say now."""

    field: Literal["title", "subtitle", "slug", "tags"]
    before: str
    after: str


def compared(
    before: Writing | None, after: Writing
) -> tuple[tuple[FieldChange, ...], tuple[BlockChange, ...]]:
    """What a version says otherwise than one before it, or than none."""
    before = before or Writing("", "", "", (), EMPTY)
    return changed_fields(before, after), difference(before.body, after.body)


def changed_fields(before: Writing, after: Writing) -> tuple[FieldChange, ...]:
    """Those of an article's fields that differ."""
    pairs: tuple[tuple[Literal["title", "subtitle", "slug", "tags"], str, str], ...] = (
        ("title", before.title, after.title),
        ("subtitle", before.subtitle, after.subtitle),
        ("slug", before.slug, after.slug),
        ("tags", ", ".join(before.tags), ", ".join(after.tags)),
    )
    return tuple(FieldChange(name, one, other) for name, one, other in pairs if one != other)


def difference(before: Body, after: Body) -> tuple[BlockChange, ...]:
    """Every block of both bodies, in the order of reading."""
    return tuple(_blocks(before.blocks, after.blocks))


def _blocks(before: Sequence[Block], after: Sequence[Block]) -> Iterator[BlockChange]:
    for kind, start, end, first, last in SequenceMatcher(None, before, after).get_opcodes():
        if kind == "equal":
            yield from (BlockChange("same", block) for block in after[first:last])
        else:
            yield from _replaced(before[start:end], after[first:last])


def _replaced(before: Sequence[Block], after: Sequence[Block]) -> Iterator[BlockChange]:
    """Blocks that came in the place of others: those that resemble one that went are that one, changed."""
    gone = 0
    for block in after:
        near = range(gone, min(gone + 8, len(before)))
        match = next((place for place in near if _resembles(before[place], block)), None)
        if match is None:
            yield BlockChange("added", block)
            continue
        yield from (BlockChange("removed", each) for each in before[gone:match])
        yield BlockChange("changed", block, before[match], _runs(before[match], block))
        gone = match + 1
    yield from (BlockChange("removed", each) for each in before[gone:])


def _resembles(one: Block, other: Block) -> bool:
    if type(one) is not type(other):
        return False
    words, others = (plain_text(Body((block,))).split()[:400] for block in (one, other))
    if not words or not others:
        return not words and not others
    return SequenceMatcher(None, words, others).ratio() >= _ALIKE


def _runs(before: Block, after: Block) -> tuple[RunChange, ...] | None:
    if not isinstance(before, Paragraph | Heading) or not isinstance(after, Paragraph | Heading):
        return None
    old, new = _split(before.runs), _split(after.runs)
    if max(len(old), len(new)) > MOST_WORDS:
        return None
    changes: list[RunChange] = []
    for kind, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            changes += _joined("same", new[first:last])
        else:
            changes += _joined("removed", old[start:end])
            changes += _joined("added", new[first:last])
    return tuple(changes)


def _split(runs: Runs) -> list[Run]:
    """Each word as a run of its own."""
    return [
        part
        for run in runs
        for part in (
            [run] if isinstance(run, Break) else [replace(run, text=each) for each in _WORD.findall(run.text)]
        )
    ]


def _joined(change: Literal["same", "added", "removed"], parts: Sequence[Run]) -> Iterator[RunChange]:
    """Neighbours that look alike as one run."""
    run: Run | None = None
    for part in parts:
        if (
            run is not None
            and not isinstance(run, Break)
            and not isinstance(part, Break)
            and type(run) is type(part)
            and replace(part, text=run.text) == run
        ):
            run = replace(run, text=run.text + part.text)
            continue
        if run is not None:
            yield RunChange(change, run)
        run = part
    if run is not None:
        yield RunChange(change, run)
