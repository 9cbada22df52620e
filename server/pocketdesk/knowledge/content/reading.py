"""What a tree says: its words, its headings, where it leads and what it shows."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pocketdesk.knowledge.content.tidy import words
from pocketdesk.knowledge.content.tree import (
    ArticleLink,
    Block,
    Body,
    Break,
    BulletList,
    Callout,
    Code,
    Divider,
    Heading,
    Image,
    Link,
    Paragraph,
    Quote,
    Runs,
    Table,
    Text,
    Video,
)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading in the table of contents; `anchor` is its id in the page, one of a kind in the article."""

    level: int
    title: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Links:
    """Where an article leads, each target once, in the order of reading."""

    article_ids: tuple[int, ...]
    hrefs: tuple[str, ...]


def plain_text(body: Body) -> str:
    """The words alone, for search, previews and counting; blocks are parted by a blank line."""
    return "\n\n".join(text for block in body.blocks if (text := _plain(block)))


def headings(body: Body) -> tuple[Section, ...]:
    """The table of contents: the article's own headings, not those inside quotes, lists and callouts."""
    sections: list[Section] = []
    taken: set[str] = set()
    for block in body.blocks:
        if isinstance(block, Heading):
            title = words(block.runs, " ")
            sections.append(Section(block.level, title, _anchor(title, taken)))
    return tuple(sections)


def links(body: Body) -> Links:
    """Where the article leads, videos included."""
    article_ids: dict[int, None] = {}
    hrefs: dict[str, None] = {}
    for block in every_block(body.blocks):
        if isinstance(block, Video):
            hrefs[block.href] = None
        for runs in _runs_of(block):
            for run in runs:
                match run:
                    case ArticleLink(article_id=article_id):
                        article_ids[article_id] = None
                    case Link(href=href):
                        hrefs[href] = None
                    case Text() | Break():
                        pass
    return Links(tuple(article_ids), tuple(hrefs))


def image_ids(body: Body) -> tuple[int, ...]:
    """The files that the article shows, each once, in the order of reading."""
    return tuple(dict.fromkeys(each.file_id for each in every_block(body.blocks) if isinstance(each, Image)))


def every_block(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks and what stands in them, in the order of reading."""
    for block in blocks:
        yield block
        match block:
            case Quote(inner) | Callout(blocks=inner):
                yield from every_block(inner)
            case BulletList(items=items):
                for item in items:
                    yield from every_block(item)
            case _:
                pass


def _runs_of(block: Block) -> Iterator[Runs]:
    match block:
        case Paragraph(runs) | Heading(runs=runs):
            yield runs
        case Table(rows=rows):
            for row in rows:
                yield from row
        case _:
            pass


def _plain(block: Block) -> str:
    match block:
        case Paragraph(runs) | Heading(runs=runs):
            return words(runs)
        case Code(text):
            return text
        case Quote(blocks) | Callout(blocks=blocks):
            return "\n\n".join(filter(None, map(_plain, blocks)))
        case BulletList(ordered, items):
            lines: list[str] = []
            for number, item in enumerate(items, 1):
                mark = f"{number}. " if ordered else "- "
                text = "\n".join(filter(None, map(_plain, item)))
                lines.append(mark + text.replace("\n", "\n  "))
            return "\n".join(lines)
        case Table(rows=rows):
            return "\n".join(" | ".join(words(cell, " ") for cell in row) for row in rows)
        case Image(alt=alt, caption=caption):
            return caption or alt
        case Video() | Divider():
            return ""


_NOT_IN_ANCHORS = re.compile(r"[\W_]+")


def _anchor(title: str, taken: set[str]) -> str:
    """Letters and digits of any script with hyphens between; a number behind where it is there already.

    It begins with "s-", so that it is never the name of something in a page's scripts.
    """
    stem = "s-" + _NOT_IN_ANCHORS.sub("-", title.lower()).strip("-")[:60].rstrip("-")
    anchor, number = stem, 1
    while anchor in taken:
        number += 1
        anchor = f"{stem}-{number}"
    taken.add(anchor)
    return anchor
