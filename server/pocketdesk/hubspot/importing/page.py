"""The page of an article as everybody gets it: what it says of itself, and its body. Pure; all of it is a stranger's.

nh3 throws away what no article has before anything is read; the knowledge base's own way from HTML looks at the body
again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from html import escape
from html.parser import HTMLParser

import nh3

from pocketdesk.knowledge.content import check_work, head_of


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """A page. `body` is HTML whose addresses are whole; `calls_itself_article`: its marks are those of an article."""

    title: str
    subtitle: str
    description: str
    language: str
    keywords: tuple[str, ...]
    others: tuple[str, ...]
    """Addresses of its other languages, as they stand there."""
    calls_itself_article: bool
    body: str


def read_page(html: str, absolute: Callable[[str], str]) -> ArticlePage:
    """What is on a page; `absolute` makes an address whole. `Invalid` for HTML that is made to be slow."""
    check_work(html, "page")
    head = head_of(html)
    body = _Body(absolute)
    body.feed(_CLEANER.clean(html))
    body.close()
    rank, words = body.best()
    return ArticlePage(
        title=line(body.title) or line(head.meta.get("og:title", "")) or line(head.title),
        subtitle=line(body.subtitle) or (line(body.lead) if rank == _Place.HUBSPOT else ""),
        description=line(head.meta.get("description", "")),
        language=head.language,
        keywords=tuple(filter(None, map(line, head.meta.get("keywords", "").split(",")))),
        others=head.others,
        calls_itself_article=head.meta.get("og:type") == "article" or rank in _CERTAIN,
        body=words,
    )


def site_name(html: str) -> str:
    """What the site of this page is called; blank if it does not say. `Invalid` for HTML that is made to be slow."""
    head = head_of(html)
    return line(head.meta.get("og:site_name", "")) or line(head.title)


def line(words: str) -> str:
    """Words on one line, without signs that do not show."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())


class _Place(IntEnum):
    """Where a body may stand, the surest first."""

    HUBSPOT = 0
    MARKED = 1
    OURS = 2
    ARTICLE = 3
    MAIN = 4


_CERTAIN = frozenset({_Place.HUBSPOT, _Place.MARKED})
_VOID = frozenset({"br", "hr", "img", "source"})
_ADDRESSES = frozenset({"href", "src"})
_KEPT = frozenset({"href", "src", "alt", "title", "class", "colspan", "data-tone"})


@dataclass(slots=True)
class _Capture:
    """An element that is being copied, until as many are open again as before it."""

    depth: int
    parts: list[str] = field(default_factory=list[str])
    is_open: bool = True


class _Body(HTMLParser):
    """Copies what may be the body. Reads only what nh3 wrote, where every tag is closed in its place."""

    def __init__(self, absolute: Callable[[str], str]) -> None:
        super().__init__(convert_charrefs=True)
        self.title = self.subtitle = self.lead = ""
        self._absolute = absolute
        self._open: list[str] = []
        self._captures: dict[_Place, _Capture] = {}
        self._aside: tuple[str, int] | None = None
        """What is said of the article and not in it: which, and how many are open around it."""
        self._taken: set[str] = set()

    def best(self) -> tuple[_Place, str]:
        """Where the body stands, and its HTML; blank if there is none."""
        for rank, capture in sorted(self._captures.items()):
            return rank, "".join(capture.parts)
        return _Place.MAIN, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        classes = said.get("class", "").lower().split()
        if self._aside is None and tag not in _VOID and (name := self._what(tag, classes)):
            self._aside = name, len(self._open)
            self._taken.add(name)
        if self._aside is None or self._aside[0] == "lead":
            kept = "".join(f' {name}="{escape(value)}"' for name, value in self._told(said))
            self._write(f"<{tag}{kept}>")
        if tag in _VOID:
            return
        rank = self._rank(tag, said, classes)
        if rank is not None and rank not in self._captures:
            self._captures[rank] = _Capture(len(self._open))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or not self._open:
            return
        self._open.pop()
        for capture in self._captures.values():
            capture.is_open = capture.is_open and len(self._open) > capture.depth
        if self._aside is None or self._aside[0] == "lead":
            self._write(f"</{tag}>")
        if self._aside is not None and len(self._open) <= self._aside[1]:
            self._aside = None

    def handle_data(self, data: str) -> None:
        match self._aside:
            case ("title", _):
                self.title += data
            case ("subtitle", _):
                self.subtitle += data
            case ("lead", _):
                self.lead += data
                self._write(escape(data))
            case ("rest", _):
                pass
            case _:
                self._write(escape(data))

    def _write(self, words: str) -> None:
        for capture in self._captures.values():
            if capture.is_open:
                capture.parts.append(words)

    def _what(self, tag: str, classes: list[str]) -> str | None:
        """What begins here: the title; below it a subtitle, or a heading that may be one; or what no article needs."""
        if tag == "footer" and "blockquote" not in self._open:
            return "rest"
        if "title" not in self._taken:
            return "title" if tag == "h1" else None
        if self._captures.keys() & {_Place.HUBSPOT, _Place.MARKED, _Place.OURS}:
            return None
        if "subtitle" not in self._taken and "subtitle" in classes:
            return "subtitle"
        return "lead" if "lead" not in self._taken and tag == "h2" else None

    def _rank(self, tag: str, said: dict[str, str], classes: list[str]) -> _Place | None:
        if "kb-article" in classes:
            return _Place.HUBSPOT
        if said.get("itemprop") == "articleBody":
            return _Place.MARKED
        if tag == "div" and "body" in classes and "article" in self._open:
            return _Place.OURS
        if tag == "article":
            return _Place.ARTICLE
        return _Place.MAIN if tag == "main" or said.get("role") == "main" else None

    def _told(self, said: dict[str, str]) -> list[tuple[str, str]]:
        return [
            (name, self._absolute(value) if name in _ADDRESSES else value)
            for name, value in said.items()
            if name in _KEPT
        ]


_TAGS = (
    "a article aside b blockquote br caption center code dd del details div dl dt em figcaption figure footer h1 h2 h3"
    " h4 h5 h6 header hr i iframe img kbd li main ol p pre s samp section source strike strong summary table tbody td"
    " tfoot th thead tr tt ul video"
)
_CLEANER = nh3.Cleaner(
    tags={*_TAGS.split()},
    clean_content_tags={
        "button",
        "form",
        "math",
        "nav",
        "noscript",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
    },
    attributes={
        "*": {"class", "itemprop", "role"},
        "a": {"href"},
        "aside": {"data-tone"},
        "iframe": {"src"},
        "img": {"src", "alt", "title"},
        "source": {"src"},
        "td": {"colspan"},
        "th": {"colspan"},
        "video": {"src"},
    },
    url_schemes={"http", "https", "mailto", "tel", "data"},
    link_rel=None,
)
