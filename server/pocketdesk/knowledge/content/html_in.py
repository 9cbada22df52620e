"""The tree from HTML that somebody else wrote: exports, folders of pages, what comes from the clipboard.

nh3 (a browser's own parsing rules) closes every tag and throws away what no article has; then the tree is built from
what is left, and goes through the one gate for all trees, `parse_body`. Nothing of the HTML itself is kept.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from html import unescape
from html.parser import HTMLParser
from typing import TypeAlias
from urllib.parse import parse_qs, urlsplit

import nh3

from pocketdesk.kernel.refusal import Invalid
from pocketdesk.kernel.text import clean, is_allowed_href
from pocketdesk.knowledge.content.parsing import is_code_language, parse_body, to_json
from pocketdesk.knowledge.content.tidy import is_empty, tidy_rows, tidy_runs
from pocketdesk.knowledge.content.tree import (
    DEEPEST,
    LARGEST_SIDE,
    LONGEST_LABEL,
    MOST_COLUMNS,
    PLAIN,
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
    Tone,
    Video,
)

LONGEST_HTML = 4_000_000  # characters
MOST_TAGS = 30_000
MOST_NESTED = 400
MOST_AMPERSANDS = 5_000
_DEEPEST_ELEMENT = 60

ImageAt = Callable[[str], Image | None]
"""The image that stands at an address of the HTML; its alternative text and caption come from the HTML."""
ArticleAt = Callable[[str], int | None]
"""The id of the article that an address of the HTML means."""


def no_image(_source: str) -> Image | None:
    """Where no images come with the HTML."""
    return None


def no_article(_href: str) -> int | None:
    """Where the HTML knows nothing of our articles."""
    return None


def from_html(
    html: str, image_at: ImageAt = no_image, article_at: ArticleAt = no_article, name: str = "body"
) -> Body:
    """The tree of the HTML. What has no place in an article is left out; its words stay.

    An image that is not to be had becomes a link to it where that is allowed. Raises `Invalid` that names the field
    where the article would be larger than one may be.
    """
    if len(html) > LONGEST_HTML:
        raise Invalid({name: f"at most {LONGEST_HTML} characters of HTML"})
    check_work(html, name)
    document = _Document()
    document.feed(_CLEANER.clean(html))
    document.close()
    reader = _Reader(image_at, article_at)
    reader.walk(document.root, PLAIN, None)
    return parse_body(to_json(Body(reader.done())), name)


_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
# What has no end, or mostly none.
_ALONE = frozenset(
    {
        "area",
        "base",
        "br",
        "col",
        "dd",
        "dt",
        "embed",
        "hr",
        "img",
        "input",
        "li",
        "link",
        "meta",
        "option",
        "p",
    }
    | {"param", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr"}
)


def check_work(html: str, name: str) -> None:
    """`Invalid` at the field for HTML made to be slow.

    Each element is looked for in all that are open; each ampersand costs as much as the words around it are long.
    """
    if html.count("&") > MOST_AMPERSANDS and unescape(html).count("&") > MOST_AMPERSANDS:
        raise Invalid({name: f"at most {MOST_AMPERSANDS} ampersands in HTML"})
    nested: list[str] = []
    for number, found in enumerate(_TAG.finditer(html)):
        if number == MOST_TAGS:
            raise Invalid({name: f"at most {MOST_TAGS} HTML tags"})
        tag = found[2].lower()
        if tag in _ALONE:
            continue
        if not found[1]:
            nested.append(tag)
        elif tag in nested:
            while nested.pop() != tag:
                pass
        if len(nested) > MOST_NESTED:
            raise Invalid({name: f"HTML elements stand in each other, more than {MOST_NESTED} deep"})


_CLEANER = nh3.Cleaner(
    tags={
        *(
            "a",
            "article",
            "aside",
            "b",
            "blockquote",
            "br",
            "caption",
            "center",
            "code",
            "dd",
            "del",
            "details",
        ),
        *(
            "div",
            "dl",
            "dt",
            "em",
            "figcaption",
            "figure",
            "footer",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
        ),
        *(
            "hr",
            "i",
            "iframe",
            "img",
            "kbd",
            "li",
            "main",
            "ol",
            "p",
            "pre",
            "s",
            "samp",
            "section",
            "source",
        ),
        *(
            "strike",
            "strong",
            "summary",
            "table",
            "tbody",
            "td",
            "tfoot",
            "th",
            "thead",
            "tr",
            "tt",
            "ul",
            "video",
        ),
    },
    clean_content_tags={
        "script",
        "style",
        "title",
        "template",
        "noscript",
        "svg",
        "math",
        "textarea",
        "select",
    },
    attributes={
        "a": {"href"},
        "aside": {"class", "data-tone"},
        "code": {"class"},
        "div": {"class"},
        "iframe": {"src"},
        "img": {"src", "alt", "title"},
        "p": {"class"},
        "pre": {"class"},
        "source": {"src"},
        "td": {"colspan"},
        "th": {"colspan"},
        "video": {"src"},
    },
    # A data address may be an image that the HTML brings along. No link keeps one: `is_allowed_href` decides those.
    url_schemes={"http", "https", "mailto", "tel", "data"},
    link_rel=None,
)


@dataclass(slots=True)
class _Element:
    tag: str
    attributes: dict[str, str]
    children: list["_Node"] = field(default_factory=list["_Node"])

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").lower().split()


_Node: TypeAlias = _Element | str

_VOID = frozenset({"br", "hr", "img", "source"})


class _Document(HTMLParser):
    """Elements as a tree. Reads only what nh3 wrote, where every tag is closed in its place."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Element("div", {})
        self._open = [self.root]
        self._too_deep = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len(self._open) > _DEEPEST_ELEMENT and tag not in _VOID:
            self._too_deep += 1
            return
        element = _Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if self._too_deep:
            self._too_deep -= 1
        elif len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


_STYLES = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("s", "del", "strike"), "strike"),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), "code"),
}
# What others call their callouts, and which of ours that is.
_CALLOUT = frozenset({"callout", "admonition", "alert", "intercom-interblocks-callout"})
_TONES = {
    **dict.fromkeys(("tip", "hint", "success"), Tone.TIP),
    **dict.fromkeys(("warning", "caution", "important", "attention"), Tone.WARNING),
    **dict.fromkeys(("danger", "error"), Tone.DANGER),
}


class _Reader:
    """Blocks from elements: runs gather until a block begins or ends."""

    def __init__(self, image_at: ImageAt, article_at: ArticleAt) -> None:
        self._image_at = image_at
        self._article_at = article_at
        self._sinks: list[list[Block]] = [[]]
        self._runs: list[Run] = []

    def done(self) -> tuple[Block, ...]:
        self._end_paragraph()
        return tuple(self._sinks[0])

    def walk(self, element: _Element, style: Style, to: str | int | None) -> None:
        """Takes over what stands in the element; `to` is where the link around it leads."""
        for child in element.children:
            if isinstance(child, str):
                self._runs.append(_run(clean(child), style, to))
            elif child.tag == "br":
                self._runs.append(Break())
            elif child.tag in _STYLES:
                self.walk(child, replace(style, **{_STYLES[child.tag]: True}), to)
            elif child.tag == "a":
                self.walk(child, style, self._destination(child.attributes.get("href", "")) or to)
            else:
                self._block(child, style, to)

    def _block(self, element: _Element, style: Style, to: str | int | None) -> None:
        match element.tag:
            case "img":
                self._image(element, style, to)
            case "hr":
                self._put(Divider())
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                self._heading(element, style, to)
            case "ul" | "ol" if len(self._sinks) < DEEPEST:
                self._list(element, style, to)
            case "pre":
                self._code(element)
            case "table":
                self._table(element, style, to)
            case "figure":
                self._figure(element, style, to)
            case "iframe" | "video" | "source":
                self._video(element, style, to)
            case "blockquote" if len(self._sinks) < DEEPEST:
                self._put(Quote(self._inside(element, style, to)))
            case "aside" | "div" if len(self._sinks) < DEEPEST and (tone := _tone(element)):
                self._put(Callout(tone, self._inside(element, style, to)))
            case "p" if "video" in element.classes and (href := _only_link(element)):
                self._put(Video(href))
            case _:
                self._end_paragraph()
                self.walk(element, style, to)
                self._end_paragraph()

    def _put(self, block: Block) -> None:
        self._end_paragraph()
        self._sinks[-1].append(block)

    def _end_paragraph(self) -> None:
        block = Paragraph(tidy_runs(self._runs))
        self._runs = []
        if not is_empty(block):
            self._sinks[-1].append(block)

    def _inside(self, element: _Element, style: Style, to: str | int | None) -> tuple[Block, ...]:
        """The blocks of the element, apart from those around it."""
        self._end_paragraph()
        self._sinks.append([])
        self.walk(element, style, to)
        self._end_paragraph()
        return tuple(self._sinks.pop())

    def _flat(self, element: _Element, style: Style, to: str | int | None) -> tuple[Runs, list[Block]]:
        """The element as runs, its blocks as lines; and what of it cannot be runs."""
        runs: list[Run] = []
        rest: list[Block] = []
        for block in self._inside(element, style, to):
            match block:
                case Paragraph(inner) | Heading(runs=inner):
                    lines = inner
                case Image() | Video():
                    rest.append(block)
                    continue
                case _:
                    lines = tuple(_lines(block))
            if runs and lines:
                runs.append(Break())
            runs += lines
        return tidy_runs(runs), rest

    def _heading(self, element: _Element, style: Style, to: str | int | None) -> None:
        runs, rest = self._flat(element, style, to)
        heading = Heading(min(max(int(element.tag[1]), 2), 4), runs)
        self._sinks[-1] += [heading, *rest]

    def _list(self, element: _Element, style: Style, to: str | int | None) -> None:
        self._end_paragraph()
        items: list[tuple[Block, ...]] = []
        for child in element.children:
            if isinstance(child, _Element) and child.tag == "li":
                items.append(self._inside(child, style, to))
                continue
            # Lists right inside lists are wrong and everywhere: they belong to the item before.
            stray = self._inside(_Element("li", {}, [child]), style, to)
            if stray and items:
                items[-1] += stray
            elif stray:
                items.append(stray)
        if items:
            self._put(BulletList(element.tag == "ol", tuple(items)))

    def _code(self, element: _Element) -> None:
        text = clean("".join(_texts(element))).removesuffix("\n")
        inner = [child for child in element.children if isinstance(child, _Element)]
        names = [name for each in (element, *inner) for name in each.classes]
        language = next(
            (name.partition("-")[2] for name in names if name.startswith(("language-", "lang-"))), ""
        )
        self._put(Code(text, language if is_code_language(language) else ""))

    def _table(self, element: _Element, style: Style, to: str | int | None) -> None:
        self._end_paragraph()
        rows: list[tuple[Runs, ...]] = []
        rest: list[Block] = []
        header = False
        for row in _rows(element):
            cells: list[Runs] = []
            named = True
            for cell in row.children:
                if not isinstance(cell, _Element):
                    continue
                named = named and cell.tag == "th"
                runs, others = self._flat(cell, style, to)
                span = cell.attributes.get("colspan", "")
                cells += [runs, *[()] * (int(span) - 1 if span.isdecimal() and len(span) < 3 else 0)]
                rest += others
            if cells:
                header = header or (named and not rows)
                rows.append(tuple(cells[:MOST_COLUMNS]))
        for caption in _captions(element, "caption"):
            self._end_paragraph()
            self.walk(caption, style, to)
        if rows:
            self._put(Table(header, tidy_rows(rows)))
        self._sinks[-1] += rest

    def _figure(self, element: _Element, style: Style, to: str | int | None) -> None:
        captions = list(_captions(element, "figcaption"))
        inner = _Element("div", {}, [child for child in element.children if child not in captions])
        self._end_paragraph()
        blocks = list(self._inside(inner, style, to))
        caption = _label(" ".join(text for each in captions for text in _texts(each)))
        images = [place for place, block in enumerate(blocks) if isinstance(block, Image)]
        if caption and images and isinstance(last := blocks[images[-1]], Image):
            blocks[images[-1]] = replace(last, caption=caption)
        elif caption:
            blocks.append(Paragraph(tidy_runs([Text(caption)])))
        self._sinks[-1] += blocks

    def _image(self, element: _Element, style: Style, to: str | int | None) -> None:
        source = element.attributes.get("src", "")
        alt = _label(element.attributes.get("alt", ""))
        image = self._image_at(source)
        if image is not None:
            caption = _label(element.attributes.get("title", ""))
            self._put(replace(image, alt=alt, caption=caption, **_known_size(image)))
            return
        href = _absolute(source)
        if to is None and is_allowed_href(href):
            to = href
        label = alt or (str(to) if to is not None else "")
        self._runs.append(_run(label, style, to))

    def _video(self, element: _Element, style: Style, to: str | int | None) -> None:
        href = _film(element.attributes.get("src", ""))
        if is_allowed_href(href) and href.startswith(("http://", "https://")):
            self._put(Video(href))
        elif element.tag != "source":
            # The sources of a video stand inside it; of several, the first will do.
            before = len(self._sinks[-1])
            self.walk(element, style, to)
            self._end_paragraph()
            films = [block for block in self._sinks[-1][before:] if isinstance(block, Video)]
            self._sinks[-1][before:] = films[:1] or self._sinks[-1][before:]

    def _destination(self, href: str) -> str | int | None:
        href = "".join(href.split())
        if not href:
            return None
        article_id = self._article_at(href)
        if article_id is not None:
            return article_id
        absolute = _absolute(href)
        return absolute if is_allowed_href(absolute) else None


def _run(text: str, style: Style, to: str | int | None) -> Run:
    match to:
        case str(href):
            return Link(text, href, style)
        case int(article_id):
            return ArticleLink(text, article_id, style)
        case None:
            return Text(text, style)


def _lines(block: Block) -> Iterator[Run]:
    """A block as lines, where only lines may stand."""
    match block:
        case Paragraph(runs) | Heading(runs=runs):
            yield from runs
        case Code(text):
            for place, line in enumerate(text.split("\n")):
                if place:
                    yield Break()
                yield Text(line, Style(code=True))
        case Quote(blocks) | Callout(blocks=blocks):
            yield from _joined(blocks)
        case BulletList(ordered, items):
            for number, item in enumerate(items, 1):
                if number > 1:
                    yield Break()
                yield Text(f"{number}. " if ordered else "• ")
                yield from _joined(item)
        case Table(rows=rows):
            for place, row in enumerate(rows):
                if place:
                    yield Break()
                for column, cell in enumerate(row):
                    if column:
                        yield Text(" · ")
                    yield from cell
        case Image(alt=alt):
            yield Text(alt)
        case Video(href):
            yield Link(href, href)
        case Divider():
            pass


def _joined(blocks: tuple[Block, ...]) -> Iterator[Run]:
    for place, block in enumerate(blocks):
        if place:
            yield Break()
        yield from _lines(block)


def _texts(node: _Node) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif node.tag == "br":
        yield "\n"
    else:
        for child in node.children:
            yield from _texts(child)


def _rows(element: _Element) -> Iterator[_Element]:
    for child in element.children:
        if isinstance(child, _Element) and child.tag == "tr":
            yield child
        elif isinstance(child, _Element) and child.tag in {"thead", "tbody", "tfoot"}:
            yield from _rows(child)


def _captions(element: _Element, tag: str) -> Iterator[_Element]:
    return (child for child in element.children if isinstance(child, _Element) and child.tag == tag)


def _label(text: str) -> str:
    return " ".join(clean(text).split())[:LONGEST_LABEL].strip()


def _known_size(image: Image) -> dict[str, int | None]:
    fits = all(side is not None and 0 < side <= LARGEST_SIDE for side in (image.width, image.height))
    return {} if fits else {"width": None, "height": None}


def _tone(element: _Element) -> Tone | None:
    said = element.attributes.get("data-tone", "")
    if said in frozenset(Tone):
        return Tone(said)
    names = {
        name.removeprefix("callout-").removeprefix("alert-").removeprefix("admonition-")
        for name in element.classes
    }
    if not _CALLOUT & set(element.classes):
        return None
    return next((_TONES[name] for name in sorted(names) if name in _TONES), Tone.INFO)


def _only_link(element: _Element) -> str | None:
    match element.children:
        case [_Element("a", {"href": href})] if is_allowed_href(href) and href.lower().startswith(
            ("http://", "https://")
        ):
            return href
        case _:
            return None


def _absolute(href: str) -> str:
    return f"https:{href}" if href.startswith("//") else href


_PLAYER = re.compile(r"/(?:embed|v|video)/([\w-]+)")


def _film(source: str) -> str:
    """Where people watch what a player's address shows."""
    href = _absolute("".join(source.split()))
    try:
        parts = urlsplit(href)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    found = _PLAYER.search(parts.path)
    if found and host in {"youtube.com", "youtube-nocookie.com"}:
        start = parse_qs(parts.query).get("start", [""])[0]
        return f"https://www.youtube.com/watch?v={found[1]}" + (f"&t={start}" if start.isdecimal() else "")
    if found and host == "player.vimeo.com":
        return f"https://vimeo.com/{found[1]}"
    if found and host == "loom.com":
        return f"https://www.loom.com/share/{found[1]}"
    return href
