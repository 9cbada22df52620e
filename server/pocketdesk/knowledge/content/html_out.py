"""The tree as HTML. What is written here is clean already; nh3 looks at it again, so that one slip is not enough."""

from collections.abc import Callable, Iterable
from html import escape
from itertools import groupby

import nh3

from pocketdesk.kernel.text import is_allowed_href
from pocketdesk.knowledge.content.reading import headings
from pocketdesk.knowledge.content.tidy import target
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
    Run,
    Runs,
    Style,
    Table,
    Text,
    Video,
)

AddressOf = Callable[[int], str | None]
"""Where an article is read or an image is had, by its id; None: nowhere for this reader."""

_CLEANER = nh3.Cleaner(
    tags={
        *(
            "a",
            "aside",
            "blockquote",
            "br",
            "code",
            "del",
            "div",
            "em",
            "figcaption",
            "figure",
            "h2",
            "h3",
            "h4",
        ),
        *("hr", "img", "li", "ol", "p", "pre", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
    },
    attributes={
        "a": {"href", "rel"},
        "aside": {"data-tone"},
        "code": {"class"},
        "h2": {"id"},
        "h3": {"id"},
        "h4": {"id"},
        "img": {"src", "alt", "width", "height", "loading"},
        "th": {"scope"},
    },
    allowed_classes={"aside": {"callout"}, "div": {"table"}, "p": {"video"}},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
)

# Of what an article links to we know nothing, and it need not know where its readers come from.
_ELSEWHERE = ' rel="nofollow noopener noreferrer"'


def to_html(body: Body, link_of: AddressOf, image_of: AddressOf) -> str:
    """The article's HTML, without its title. Headings carry the ids that `headings` tells.

    Links to articles without an address are words only, and images without one show their caption.
    """
    anchors = iter(headings(body))
    writer = _Writer(link_of, image_of)
    parts = [
        writer.heading(block, next(anchors).anchor) if isinstance(block, Heading) else writer.block(block)
        for block in body.blocks
    ]
    return _CLEANER.clean("\n".join(parts))


class _Writer:
    def __init__(self, link_of: AddressOf, image_of: AddressOf) -> None:
        self._link_of = link_of
        self._image_of = image_of

    def heading(self, block: Heading, anchor: str) -> str:
        return f'<h{block.level} id="{escape(anchor)}">{self._runs(block.runs)}</h{block.level}>'

    def block(self, block: Block) -> str:
        match block:
            case Paragraph(runs):
                return f"<p>{self._runs(runs)}</p>"
            case Heading(level, runs):
                return f"<h{level}>{self._runs(runs)}</h{level}>"
            case BulletList(ordered, items):
                tag = "ol" if ordered else "ul"
                inner = "\n".join(f"<li>{self._blocks(item)}</li>" for item in items)
                return f"<{tag}>\n{inner}\n</{tag}>"
            case Code(text, language):
                name = f' class="language-{escape(language)}"' if language else ""
                return f"<pre><code{name}>{escape(text)}\n</code></pre>"
            case Quote(blocks):
                return f"<blockquote>{self._blocks(blocks)}</blockquote>"
            case Callout(tone, blocks):
                return f'<aside class="callout" data-tone="{tone.value}">{self._blocks(blocks)}</aside>'
            case Table():
                return self._table(block)
            case Image():
                return self._image(block)
            case Video(href):
                return f'<p class="video"><a href="{escape(href)}"{_ELSEWHERE}>{escape(href)}</a></p>'
            case Divider():
                return "<hr>"

    def _blocks(self, blocks: Iterable[Block]) -> str:
        return "\n".join(map(self.block, blocks))

    def _table(self, table: Table) -> str:
        head, rows = (table.rows[:1], table.rows[1:]) if table.header else ((), table.rows)
        names = "".join(self._row(row, '<th scope="col">', "</th>") for row in head)
        lines = "\n".join(self._row(row, "<td>", "</td>") for row in rows)
        head_part = f"<thead>{names}</thead>\n" if names else ""
        return f'<div class="table"><table>\n{head_part}<tbody>{lines}</tbody>\n</table></div>'

    def _row(self, row: tuple[Runs, ...], before: str, after: str) -> str:
        return "<tr>" + "".join(before + self._runs(cell) + after for cell in row) + "</tr>"

    def _image(self, image: Image) -> str:
        source = self._image_of(image.file_id)
        caption = f"<figcaption>{escape(image.caption)}</figcaption>" if image.caption else ""
        if source is None:
            return f"<figure>{caption}</figure>" if caption else ""
        size = f' width="{image.width}" height="{image.height}"' if image.width and image.height else ""
        shown = f'<img src="{escape(source)}" alt="{escape(image.alt)}"{size} loading="lazy">'
        return f"<figure>{shown}{caption}</figure>"

    def _runs(self, runs: Runs) -> str:
        return "".join(self._led(place, list(same)) for place, same in groupby(runs, target))

    def _led(self, place: str | int | None, runs: list[Run]) -> str:
        """Neighbours that lead to one place, in one link."""
        inner = "".join(map(_styled, runs))
        match place:
            case str(href) if is_allowed_href(href):
                return f'<a href="{escape(href)}"{_ELSEWHERE}>{inner}</a>'
            case int(article_id) if (href := self._link_of(article_id)) is not None:
                return f'<a href="{escape(href)}">{inner}</a>'
            case _:
                return inner


def _styled(run: Run) -> str:
    match run:
        case Break():
            return "<br>"
        case Text(text, style) | Link(text, _, style) | ArticleLink(text, _, style):
            return in_tags(escape(text), style)


def in_tags(inner: str, style: Style) -> str:
    """HTML in the tags of a style."""
    for on, tag in (
        (style.code, "code"),
        (style.strike, "del"),
        (style.italic, "em"),
        (style.bold, "strong"),
    ):
        if on:
            inner = f"<{tag}>{inner}</{tag}>"
    return inner
