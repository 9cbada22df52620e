"""HubSpot's `richText`: HTML in and out of a message's tree. What comes in is rebuilt from what messages may have."""

from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Any

import nh3

from pocketdesk.kernel import text

LONGEST_HTML = 100_000
"""Characters that `from_html` may be given: many times what a message holds, and read within a moment."""
_STYLES = {"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "code": "code"}
_PARTS = frozenset({"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"})
_CLEANER = nh3.Cleaner(
    tags={*_STYLES, *_PARTS, "a", "br", "ul", "ol", "li", "pre", "span"},
    attributes={"a": {"href"}},
    url_schemes=set(text.SCHEMES),
    link_rel=None,
)


def to_html(content: text.Content) -> str:
    """A message as HTML; files and articles go beside it."""
    return "".join(map(_block, content.blocks))


def from_html(html: str) -> list[dict[str, Any]]:
    """HTML as blocks, as `text.parse_content` takes them: it still has to look at them."""
    builder = _Builder()
    builder.feed(_CLEANER.clean(html))
    builder.close()
    return builder.blocks()


def _block(block: text.Block) -> str:
    match block:
        case text.Paragraph(runs):
            return f"<p>{''.join(map(_run, runs))}</p>"
        case text.Code(words):
            return f"<pre><code>{escape(words)}</code></pre>"
        case text.BulletList(ordered, items):
            tag = "ol" if ordered else "ul"
            inner = "".join(["<li>" + "".join(map(_block, item)) + "</li>" for item in items])
            return f"<{tag}>{inner}</{tag}>"
        case _:
            return ""


def _run(run: text.Run) -> str:
    match run:
        case text.Break():
            return "<br>"
        case text.Link(words, href):
            return f'<a href="{escape(href)}">{escape(words)}</a>'
        case text.Text(words, bold, italic, code):
            html = escape(words)
            for on, tag in ((code, "code"), (italic, "em"), (bold, "strong")):
                html = f"<{tag}>{html}</{tag}>" if on else html
            return html


@dataclass
class _Level:
    """Blocks of the message, or of an item of a list, on their way."""

    blocks: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    runs: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def flush(self) -> None:
        while self.runs and self.runs[-1]["type"] == "break":
            self.runs.pop()
        if self.runs:
            self.blocks.append({"type": "paragraph", "runs": self.runs})
        self.runs = []


class _Builder(HTMLParser):
    """Reads only what nh3 wrote, where every tag is closed in its place."""

    def __init__(self) -> None:
        super().__init__()
        self._levels = [_Level()]
        self._lists: list[dict[str, Any]] = []
        self._styles: list[str] = []
        self._href: str | None = None
        self._pre: list[str] | None = None

    def blocks(self) -> list[dict[str, Any]]:
        while len(self._levels) > 1:
            self._end_item()
        self._levels[0].flush()
        return self._levels[0].blocks

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        level = self._levels[-1]
        if tag in _STYLES:
            self._styles.append(_STYLES[tag])
        elif tag == "a":
            self._href = dict(attrs).get("href")
        elif tag == "br":
            level.runs.append({"type": "break"})
        elif tag == "pre":
            level.flush()
            self._pre = []
        elif tag in {"ul", "ol"}:
            level.flush()
            self._lists.append({"type": "list", "ordered": tag == "ol", "items": []})
        elif tag == "li" and self._lists:
            self._levels.append(_Level())
        elif tag in _PARTS:
            level.flush()

    def handle_endtag(self, tag: str) -> None:
        if tag in _STYLES:
            self._styles.pop()
        elif tag == "a":
            self._href = None
        elif tag == "pre":
            words, self._pre = "".join(self._pre or []), None
            if words:
                self._levels[-1].blocks.append({"type": "code", "text": words})
        elif tag in {"ul", "ol"} and self._lists:
            found = self._lists.pop()
            if found["items"]:
                self._levels[-1].blocks.append(found)
        elif tag == "li" and len(self._levels) > 1:
            self._end_item()
        elif tag in _PARTS:
            self._levels[-1].flush()

    def handle_data(self, data: str) -> None:
        if self._pre is not None:
            self._pre.append(data)
            return
        words = " ".join(data.split("\n"))
        runs = self._levels[-1].runs
        if not words.strip() and not runs:
            return
        if self._href:
            runs.append({"type": "link", "text": words, "href": self._href})
        else:
            runs.append({"type": "text", "text": words, **dict.fromkeys(self._styles, True)})

    def _end_item(self) -> None:
        level = self._levels.pop()
        level.flush()
        if level.blocks and self._lists:
            self._lists[-1]["items"].append(level.blocks)
