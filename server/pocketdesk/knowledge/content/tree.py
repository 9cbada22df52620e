"""The body of an article as a tree of typed blocks, and nothing that a screen could run.

    {"blocks": [
        {"type": "heading", "level": 2, "runs": [<run>, ...]},                         levels 2 to 4
        {"type": "paragraph", "runs": [
            {"type": "text", "text": "See ", "bold": true, "italic": true, "strike": true, "code": true},
            {"type": "link", "text": "the manual", "href": "https://example.com/manual", "bold": true},
            {"type": "article_link", "text": "how to pay", "article_id": 7},
            {"type": "break"}]},
        {"type": "list", "ordered": false, "items": [[<block>, ...], ...]},
        {"type": "code", "text": "two\\nlines", "language": "python"},                  language may be ""
        {"type": "quote", "blocks": [<block>, ...]},
        {"type": "callout", "tone": "info", "blocks": [<block>, ...]},                 info, tip, warning, danger
        {"type": "table", "header": true, "rows": [[[<run>, ...], ...], ...]},         rows of cells of runs
        {"type": "image", "file_id": 5, "alt": "", "caption": "", "width": 800, "height": 600},   or null
        {"type": "video", "href": "https://example.com/film"},
        {"type": "divider"}]}

Flags that are false are left out. A tree is always in its normal form, whatever it was made from: white space is
single spaces that stand between words, neighbours in one style are one run, and paragraphs and headings without
words are gone (items, quotes and callouts may be empty). So one article has one tree, and comparing is `==`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

LONGEST = 200_000  # characters
DEEPEST = 8
MOST_BLOCKS = 5_000
MOST_RUNS = 40_000  # cells of tables included
MOST_COLUMNS = 50
LONGEST_LABEL = 500  # characters of an image's alternative text or caption
LONGEST_LANGUAGE = 40
LARGEST_SIDE = 20_000  # pixels
LARGEST_ID = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Style:
    """How words look."""

    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False


PLAIN = Style()


@dataclass(frozen=True, slots=True)
class Text:
    """A stretch of words in one style; never empty, no line breaks."""

    text: str
    style: Style = PLAIN


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to an allowed address (`kernel.text.is_allowed_href`)."""

    text: str
    href: str
    style: Style = PLAIN


@dataclass(frozen=True, slots=True)
class ArticleLink:
    """Words that lead to another article, wherever it is read."""

    text: str
    article_id: int
    style: Style = PLAIN


@dataclass(frozen=True, slots=True)
class Break:
    """A new line within a block."""


Run: TypeAlias = Text | Link | ArticleLink | Break
Runs: TypeAlias = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """Begins a section; level 2 to 4 (the title is level 1)."""

    level: int
    runs: Runs


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Runs that flow together."""

    runs: Runs


@dataclass(frozen=True, slots=True)
class BulletList:
    """Items of blocks each, with bullets or (ordered) numbers."""

    ordered: bool
    items: tuple[tuple["Block", ...], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Lines shown as they are; the language is "" where nobody said."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody else said."""

    blocks: tuple["Block", ...]


class Tone(StrEnum):
    """What a callout is for."""

    INFO = "info"
    TIP = "tip"
    WARNING = "warning"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Callout:
    """Blocks that stand out."""

    tone: Tone
    blocks: tuple["Block", ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with equally many cells; with `header` the first row names the columns."""

    header: bool
    rows: tuple[tuple[Runs, ...], ...]


@dataclass(frozen=True, slots=True)
class Image:
    """A file of ours that is shown; width and height in pixels where known."""

    file_id: int
    alt: str = ""
    caption: str = ""
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Video:
    """A film elsewhere. Shown as a card that leads there, so that reading asks no third party for anything."""

    href: str


@dataclass(frozen=True, slots=True)
class Divider:
    """A line between what was and what comes."""


Block: TypeAlias = Heading | Paragraph | BulletList | Code | Quote | Callout | Table | Image | Video | Divider


@dataclass(frozen=True, slots=True)
class Body:
    """An article's blocks in their normal form; `parse_body`, `from_html` and `from_markdown` make one."""

    blocks: tuple[Block, ...]


EMPTY = Body(())
