"""The tree as Markdown that reads well and comes back as the same tree.

What Markdown cannot say stands there as HTML: line breaks in tables and headings, emphasis where asterisks would not
be taken for it, videos.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from html import escape
from itertools import groupby

from pocketdesk.knowledge.content.html_out import AddressOf, in_tags, to_html
from pocketdesk.knowledge.content.markdown_in import ALERTS
from pocketdesk.knowledge.content.tidy import target, words
from pocketdesk.knowledge.content.tree import (
    PLAIN,
    Block,
    Body,
    Break,
    BulletList,
    Callout,
    Code,
    Divider,
    Heading,
    Image,
    Paragraph,
    Quote,
    Run,
    Runs,
    Style,
    Table,
    Video,
)


def to_markdown(body: Body, link_of: AddressOf, image_of: AddressOf) -> str:
    """The article's Markdown, without its title; ends with a line break unless it is empty.

    Links to articles without an address are words only; images without one are left out.
    """
    text = _Writer(link_of, image_of).blocks(body.blocks)
    return f"{text}\n" if text else ""


class _Writer:
    def __init__(self, link_of: AddressOf, image_of: AddressOf) -> None:
        self._link_of = link_of
        self._image_of = image_of

    def blocks(self, blocks: Iterable[Block]) -> str:
        parts: list[str] = []
        before: Block | None = None
        for block in blocks:
            text = self._block(block)
            if not text:
                continue
            # Two lists of one kind would become one.
            if (
                isinstance(before, BulletList)
                and isinstance(block, BulletList)
                and before.ordered == block.ordered
            ):
                parts.append("<!-- -->")
            parts.append(text)
            before = block
        return "\n\n".join(parts)

    def _block(self, block: Block) -> str:
        match block:
            case Paragraph(runs):
                return self._runs(runs, "\\\n")
            case Heading(level, runs):
                return "#" * level + " " + self._runs(runs, "<br>", "#")
            case BulletList(ordered, items):
                return self._list(ordered, items)
            case Code(text, language):
                fence = "`" * max(3, _longest_ticks(text) + 1)
                return f"{fence}{language}\n{text}\n{fence}"
            case Quote(blocks):
                return _quoted(self.blocks(blocks))
            case Callout(tone, blocks):
                # Only a paragraph may follow at once: a table would take the first line for its header.
                between = "\n" if blocks and isinstance(blocks[0], Paragraph) else "\n\n"
                return _quoted(f"[!{ALERTS[tone]}]{between}{self.blocks(blocks)}".rstrip("\n"))
            case Table():
                return self._table(block)
            case Image():
                return self._image(block)
            case Video(href):
                return f'<video src="{escape(href)}"></video>'
            case Divider():
                return "***"

    def _list(self, ordered: bool, items: tuple[tuple[Block, ...], ...]) -> str:
        texts: list[str] = []
        inner = [self.blocks(item) for item in items]
        # Lists of lists of nothing would be three dashes in a row, and those part an article.
        bullet = "+ " if any(text.startswith("-") for text in inner) else "- "
        for number, text in enumerate(inner, 1):
            mark = f"{number}. " if ordered else bullet
            first, *others = text.split("\n")
            indent = " " * len(mark)
            lines = [mark + first if first else mark[:-1], *(line and indent + line for line in others)]
            texts.append("\n".join(lines))
        return ("\n\n" if any("\n" in text for text in texts) else "\n").join(texts)

    def _table(self, table: Table) -> str:
        if table.header and not any(words(cell) for cell in table.rows[0]):
            return to_html(Body((table,)), self._link_of, self._image_of)
        rows = [[self._runs(cell, "<br>").replace("|", "\\|") for cell in row] for row in table.rows]
        head, lines = (rows[0], rows[1:]) if table.header else ([""] * len(rows[0]), rows)
        return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *lines))

    def _image(self, image: Image) -> str:
        source = self._image_of(image.file_id)
        if source is None:
            return ""
        caption = _escaped(image.caption).replace('"', '\\"')
        title = f' "{caption}"' if caption else ""
        return f"![{_escaped(image.alt)}]({_destination(source)}{title})"

    def _runs(self, runs: Runs, line: str, more: str = "") -> str:
        parts: list[str] = []
        text = _Line(line, more)
        groups = [(place, list(same)) for place, same in groupby(runs, target)]
        for number, (place, group) in enumerate(groups):
            address = self._link_of(place) if isinstance(place, int) else place
            if address is not None:
                parts.append(f"[{text.linked(group)}]({_destination(address)})")
            else:
                # What leads to no address is words beside words.
                before = _edge(groups[number - 1][1], -1) if number else ""
                after = _edge(groups[number + 1][1], 0) if number + 1 < len(groups) else ""
                parts.append(text.words(group, before, after))
        return "".join(parts)


class _Line:
    """Runs as Markdown; `line` is what breaks a line, `more` what must be escaped besides."""

    def __init__(self, line: str, more: str) -> None:
        self._break = line
        self._more = more

    def linked(self, runs: list[Run]) -> str:
        """Inside the brackets of a link, where asterisks count only beside letters."""
        edges = [_edge([run], 0) + _edge([run], -1) for run in runs]
        return self._styled(runs, "", "", [all(map(str.isalnum, edge)) for edge in edges])

    def words(self, runs: list[Run], before: str, after: str) -> str:
        """Between one link and the next; `before` and `after` are the letters that stand there, if any."""
        return self._styled(runs, before, after, [True] * len(runs), starts=not before)

    def _styled(
        self, runs: list[Run], before: str, after: str, may: list[bool], *, starts: bool = False
    ) -> str:
        parts: list[str] = []
        for number, run in enumerate(runs):
            if isinstance(run, Break):
                parts.append(self._break)
                starts = True
                continue
            left = _edge([runs[number - 1]], -1) if number else before
            right = _edge([runs[number + 1]], 0) if number + 1 < len(runs) else after
            inner = _code_span(run.text) if run.style.code else _escaped(run.text, self._more)
            if run.style == PLAIN:
                parts.append(_at_line_start(inner) if starts else inner)
            elif may[number] and _stands_alone(left, run.text, right):
                parts.append(_marked(inner, run.style))
            else:
                parts.append(in_tags(inner, replace(run.style, code=False)))
            starts = False
        return "".join(parts)


def _edge(runs: list[Run], place: int) -> str:
    """The letter at one end of the runs; nothing where a line begins or ends."""
    run = runs[place]
    return "" if isinstance(run, Break) else run.text[place]


def _stands_alone(left: str, text: str, right: str) -> bool:
    """Whether asterisks around the text would be taken for emphasis and for nothing else."""
    return (not left or left.isspace()) and (not right or right.isspace()) and text == text.strip()


def _marked(inner: str, style: Style) -> str:
    for on, mark in ((style.italic, "*"), (style.bold, "**"), (style.strike, "~~")):
        if on:
            inner = f"{mark}{inner}{mark}"
    return inner


def _code_span(text: str) -> str:
    ticks = "`" * (_longest_ticks(text) + 1)
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    # A space alone is not taken away, so it needs no other beside it.
    return f"{ticks}{pad if text.strip(' ') else ''}{text}{pad if text.strip(' ') else ''}{ticks}"


def _longest_ticks(text: str) -> int:
    return max(map(len, _TICKS.findall(text)), default=0)


_TICKS = re.compile("`+")
_SPECIAL = re.compile(r"[\\`*\[\]<~]|(?<![^\W_])_|_(?![^\W_])|!$|&(?=#?\w+;)")
_ODD_SPACE = re.compile(r"[^\S ]")
_LINE_START = re.compile(r"[-+=:|>#]")
_NUMBERED = re.compile(r"(\d{1,9})([.)])")
_BARE_ADDRESS = re.compile(r"[\w:/?#@!$',;=.~%+-]+", re.ASCII)


def _escaped(text: str, more: str = "") -> str:
    text = _SPECIAL.sub(lambda found: "&amp;" if found[0] == "&" else "\\" + found[0], text)
    for character in more:
        text = text.replace(character, "\\" + character)
    return _ODD_SPACE.sub(lambda found: f"&#{ord(found[0])};", text)


def _at_line_start(text: str) -> str:
    """What would begin a list, a heading or the like does not."""
    if _LINE_START.match(text):
        return "\\" + text
    return _NUMBERED.sub(r"\1\\\2", text, count=1) if _NUMBERED.match(text) else text


def _destination(address: str) -> str:
    if _BARE_ADDRESS.fullmatch(address):
        return address
    inner = re.sub(r"[\\<>]", r"\\\g<0>", address)
    return "<" + re.sub(r"&(?=#?\w+;)", "&amp;", inner) + ">"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))
