"""What people write: a message's content as a tree of typed blocks, and nothing that a screen could run.

    {"blocks": [
        {"type": "paragraph", "runs": [
            {"type": "text", "text": "See ", "bold": true, "italic": true, "code": true},
            {"type": "link", "text": "the manual", "href": "https://example.com/manual"},
            {"type": "break"}]},
        {"type": "list", "ordered": false, "items": [[<block>, ...], ...]},
        {"type": "code", "text": "two\\nlines"},
        {"type": "file", "file_id": 5, "name": "bill.pdf", "media_type": "application/pdf", "size": 8192,
         "width": null, "height": null},
        {"type": "quick_replies", "replies": [
            {"label": "Yes", "value": "yes"},
            {"label": "The manual", "value": "manual", "url": "https://example.com/manual"}]}]}

Flags that are false are left out, and so is the `url` of a reply that has none. Clients send a file by its id alone;
what else is known of it is filled in by `with_files`. Files do not stand in lists; quick replies stand last, behind
what they answer.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast
from urllib.parse import urlsplit

from pocketdesk.kernel.refusal import Invalid

LONGEST = 5_000
DEEPEST = 4
MOST_BLOCKS = 200
MOST_RUNS = 2_000
MOST_FILES = 10
MOST_ARTICLES = 10
MOST_REPLIES = 10
LONGEST_LABEL = 80
LONGEST_VALUE = 200
LONGEST_HREF = 2_000
SCHEMES = frozenset({"http", "https", "mailto", "tel"})


@dataclass(frozen=True, slots=True)
class Text:
    """A stretch of words in one style; never empty, no line breaks."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to an allowed address (`SCHEMES`)."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Break:
    """A new line within a paragraph."""


Run: TypeAlias = Text | Link | Break


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Runs that flow together."""

    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class BulletList:
    """Items of blocks each, with bullets or (ordered) numbers."""

    ordered: bool
    items: tuple[tuple["Block", ...], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Lines shown as they are."""

    text: str


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with the words: only its id, until `with_files` has told the rest.

    Size in bytes; width and height of images in pixels.
    """

    file_id: int
    name: str = ""
    media_type: str = ""
    size: int = 0
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """A card of an article of a knowledge base: only which one, until `with_articles` has told the rest.

    `url`: the path of its page on this server; None if it has none that everybody may read.
    """

    article_id: int
    language: str
    title: str = ""
    subtitle: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class QuickReply:
    """One answer to choose: its words, what it stands for, and the https address that it opens, if it opens one."""

    label: str
    value: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class QuickReplies:
    """Answers to choose from, offered below the message as long as it is the last one."""

    replies: tuple[QuickReply, ...]


Block: TypeAlias = Paragraph | BulletList | Code | File | Article | QuickReplies


@dataclass(frozen=True, slots=True)
class Content:
    """A message's blocks; `parse_content` and `from_plain` are the ways to make one from outside input.

    Worked out once, when it is made: `plain`, the words alone, for previews, search, notifications and mail (paragraphs
    are parted by a blank line), `file_ids`, its files in their order, `articles`, its cards of articles, and
    `quick_replies`, the answers that it offers.
    """

    blocks: tuple[Block, ...]
    plain: str = field(init=False, repr=False, compare=False)
    file_ids: tuple[int, ...] = field(init=False, repr=False, compare=False)
    articles: tuple[Article, ...] = field(init=False, repr=False, compare=False)
    quick_replies: tuple[QuickReply, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "plain", "\n\n".join([_plain(block) for block in self.blocks]))
        files = tuple([block.file_id for block in self.blocks if isinstance(block, File)])
        object.__setattr__(self, "file_ids", files)
        articles = tuple([block for block in self.blocks if isinstance(block, Article)])
        object.__setattr__(self, "articles", articles)
        last = self.blocks[-1] if self.blocks else None
        object.__setattr__(self, "quick_replies", last.replies if isinstance(last, QuickReplies) else ())

    def plain_at(self, origin: str) -> str:
        """`plain` for reading elsewhere: paths of this server begin with its origin."""
        if not self.articles:
            return self.plain
        return "\n\n".join([_plain(block, origin) for block in self.blocks])


def parse_content(value: object, field: str = "content") -> Content:
    """Content from decoded JSON: `{"text": plain}` or `{"blocks": [...]}`. Raises `Invalid` that names the field."""
    match value:
        case {"text": str(plain), **rest} if not rest:
            return from_plain(plain, f"{field}.text")
        case {"blocks": list(blocks), **rest} if not rest:
            parser = _Parser()
            content = Content(parser.blocks(cast("list[object]", blocks), f"{field}.blocks", 1))
            return _within_limits(content, field)
        case _:
            raise Invalid({field: 'must be {"text": ...} or {"blocks": [...]}'})


def from_plain(text: str, field: str = "content") -> Content:
    """Content from typed words: blank lines part paragraphs, line breaks stay, web addresses become links."""
    if len(text) > 4 * LONGEST:
        raise Invalid({field: f"at most {LONGEST} characters"})
    words = clean(text).strip()
    # One line is what most people write.
    paragraphs = [part.strip("\n") for part in _BLANK_LINES.split(words)] if "\n" in words else [words]
    blocks = tuple(Paragraph(tuple(_runs(paragraph))) for paragraph in paragraphs if paragraph)
    return _within_limits(Content(blocks), field)


def with_files(content: Content, files: Iterable[File]) -> Content:
    """The content with what is known of its files."""
    known = {file.file_id: file for file in files}
    return Content(tuple(known[each.file_id] if isinstance(each, File) else each for each in content.blocks))


def with_articles(content: Content, articles: Iterable[Article]) -> Content:
    """The content with what is known of its cards of articles."""
    known = {article.article_id: article for article in articles}
    return Content(
        tuple(known[each.article_id] if isinstance(each, Article) else each for each in content.blocks)
    )


def as_sent(stored: dict[str, object]) -> dict[str, object]:
    """The JSON of a message's content as its client sent it: files and articles by their id alone."""
    blocks = cast("list[dict[str, object]]", stored["blocks"])
    return {"blocks": [_bare(block) for block in blocks]}


def from_json(stored: dict[str, object]) -> Content:
    """Content from the JSON that `to_json` gave, which needs no checking; nothing where it was erased."""
    blocks = cast("list[dict[str, Any]]", stored["blocks"])
    if not blocks:
        return Content(())
    content = parse_content(as_sent(stored))
    if content.file_ids:
        content = with_files(content, [File(**_fields(each)) for each in blocks if each["type"] == "file"])
    if content.articles:
        articles = [Article(**_fields(each)) for each in blocks if each["type"] == "article"]
        content = with_articles(content, articles)
    return content


def to_json(content: Content) -> dict[str, object]:
    """The JSON form; `parse_content(to_json(content)) == content`."""
    return {"blocks": [_block_to_json(block) for block in content.blocks]}


# What is written out.


def _plain(block: Block, origin: str = "") -> str:
    match block:
        case Paragraph(runs):
            return "".join(["\n" if isinstance(run, Break) else run.text for run in runs])
        case Code(text):
            return text
        case File(name=name):
            return f"[{name}]"
        case Article(article_id, title=title, url=url):
            return (title or f"#{article_id}") + (f"\n{origin}{url}" if url else "")
        case BulletList(ordered, items):
            lines: list[str] = []
            for number, item in enumerate(items, 1):
                mark = f"{number}. " if ordered else "- "
                text = "\n".join(map(_plain, item))
                lines.append(mark + text.replace("\n", "\n  "))
            return "\n".join(lines)
        case QuickReplies(replies):
            return "\n".join([f"- {each.label}" + (f": {each.url}" if each.url else "") for each in replies])


def _block_to_json(block: Block) -> dict[str, object]:
    match block:
        case Paragraph(runs):
            return {"type": "paragraph", "runs": [_run_to_json(run) for run in runs]}
        case Code(text):
            return {"type": "code", "text": text}
        case BulletList(ordered, items):
            inner = [[_block_to_json(block) for block in item] for item in items]
            return {"type": "list", "ordered": ordered, "items": inner}
        case File(file_id, name, media_type, size, width, height):
            return {
                "type": "file",
                "file_id": file_id,
                "name": name,
                "media_type": media_type,
                "size": size,
                "width": width,
                "height": height,
            }
        case Article(article_id, language, title, subtitle, url):
            return {
                "type": "article",
                "article_id": article_id,
                "language": language,
                "title": title,
                "subtitle": subtitle,
                "url": url,
            }
        case QuickReplies(replies):
            return {"type": "quick_replies", "replies": [_reply_to_json(reply) for reply in replies]}


def _reply_to_json(reply: QuickReply) -> dict[str, object]:
    written: dict[str, object] = {"label": reply.label, "value": reply.value}
    return {**written, "url": reply.url} if reply.url else written


_SENT: Mapping[object, tuple[str, ...]] = {
    "file": ("type", "file_id"),
    "article": ("type", "article_id", "language"),
}
"""What clients send of blocks that the server fills."""


def _bare(block: dict[str, object]) -> dict[str, object]:
    names = _SENT.get(block["type"])
    return {name: block[name] for name in names} if names else block


def _fields(block: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in block.items() if name != "type"}


def _run_to_json(run: Run) -> dict[str, object]:
    match run:
        case Break():
            return {"type": "break"}
        case Link(text, href):
            return {"type": "link", "text": text, "href": href}
        case Text(text, bold, italic, code):
            styled: dict[str, object] = {"type": "text", "text": text}
            if bold:
                styled["bold"] = True
            if italic:
                styled["italic"] = True
            if code:
                styled["code"] = True
            return styled


_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}")
_FLAGS = ("bold", "italic", "code")


# What comes in. Everything here is hostile until it has been rebuilt from the allowed parts.


class _Parser:
    """Rebuilds blocks from JSON and counts what it has seen, so that no input makes more work than the limits."""

    def __init__(self) -> None:
        self._blocks_left = MOST_BLOCKS
        self._runs_left = MOST_RUNS
        self._characters_left = 4 * LONGEST
        self._files: set[int] = set()
        self._articles: set[int] = set()

    def blocks(self, values: list[object], field: str, depth: int) -> tuple[Block, ...]:
        if depth > DEEPEST:
            raise Invalid({field: f"at most {DEEPEST} levels"})
        self._blocks_left -= len(values)
        if self._blocks_left < 0:
            raise Invalid({field: f"at most {MOST_BLOCKS} blocks"})
        if not values:
            raise Invalid({field: "must not be empty"})
        blocks = tuple(self._block(value, f"{field}.{place}", depth) for place, value in enumerate(values))
        for place, block in enumerate(blocks):
            if isinstance(block, QuickReplies) and not 0 < place == len(blocks) - 1:
                raise Invalid({f"{field}.{place}": "quick replies stand last, behind what they answer"})
        return blocks

    def _block(self, value: object, field: str, depth: int) -> Block:
        match value:
            case {"type": "paragraph", "runs": list(runs), **rest} if not rest:
                return Paragraph(tuple(self._runs(cast("list[object]", runs), f"{field}.runs")))
            case {"type": "code", "text": str(text), **rest} if not rest:
                return Code(self._words(text, f"{field}.text"))
            case {"type": "list", "ordered": bool(ordered), "items": list(items), **rest} if (
                items and not rest
            ):
                return BulletList(
                    ordered,
                    tuple(
                        self._item(item, f"{field}.items.{place}", depth)
                        for place, item in enumerate(cast("list[object]", items))
                    ),
                )
            case {"type": "file", "file_id": int(file_id), **rest} if not rest and depth == 1:
                return self._file(file_id, f"{field}.file_id")
            case {"type": "article", "article_id": int(article_id), "language": str(language), **rest} if (
                not rest and depth == 1
            ):
                return self._article(article_id, language, field)
            case {"type": "quick_replies", "replies": list(replies), **rest} if not rest and depth == 1:
                return self._quick_replies(cast("list[object]", replies), f"{field}.replies")
            case _:
                raise Invalid(
                    {
                        field: "must be a paragraph, list, code block or (not in a list) file, article "
                        "or quick replies"
                    }
                )

    def _file(self, file_id: int, field: str) -> File:
        if isinstance(file_id, bool) or not 0 < file_id < 2**53:
            raise Invalid({field: "must be the id of a file"})
        if file_id in self._files:
            raise Invalid({field: "is there already"})
        if len(self._files) == MOST_FILES:
            raise Invalid({field: f"at most {MOST_FILES} files"})
        self._files.add(file_id)
        return File(file_id)

    def _article(self, article_id: int, language: str, field: str) -> Article:
        if isinstance(article_id, bool) or not 0 < article_id < 2**53:
            raise Invalid({f"{field}.article_id": "must be the id of an article"})
        if not _LANGUAGE.fullmatch(language):
            raise Invalid({f"{field}.language": "must be the code of a language"})
        if article_id in self._articles:
            raise Invalid({f"{field}.article_id": "is there already"})
        if len(self._articles) == MOST_ARTICLES:
            raise Invalid({f"{field}.article_id": f"at most {MOST_ARTICLES} articles"})
        self._articles.add(article_id)
        return Article(article_id, language)

    def _quick_replies(self, replies: list[object], field: str) -> QuickReplies:
        if not 0 < len(replies) <= MOST_REPLIES:
            raise Invalid({field: f"1 to {MOST_REPLIES} replies"})
        return QuickReplies(
            tuple(self._quick_reply(reply, f"{field}.{place}") for place, reply in enumerate(replies))
        )

    def _quick_reply(self, reply: object, field: str) -> QuickReply:
        match reply:
            case {"label": str(label), "value": str(value), **rest} if not rest:
                url = None
            case {"label": str(label), "value": str(value), "url": str(url), **rest} if not rest:
                if not (url.startswith("https:") and is_allowed_href(url)):
                    raise Invalid({f"{field}.url": "must be an https address"})
            case _:
                raise Invalid({field: "must have a label and a value, and may have a url"})
        label = self._line(label, f"{field}.label", LONGEST_LABEL)
        return QuickReply(label, self._line(value, f"{field}.value", LONGEST_VALUE), url)

    def _line(self, text: str, field: str, longest: int) -> str:
        line = self._words(text, field).replace("\n", " ").strip()
        if not visible(line):
            raise Invalid({field: "must not be empty"})
        if len(line) > longest:
            raise Invalid({field: f"at most {longest} characters"})
        return line

    def _item(self, value: object, field: str, depth: int) -> tuple[Block, ...]:
        if not isinstance(value, list):
            raise Invalid({field: "must be a list of blocks"})
        return self.blocks(cast("list[object]", value), field, depth + 1)

    def _runs(self, values: list[object], field: str) -> Iterator[Run]:
        self._runs_left -= len(values)
        if self._runs_left < 0:
            raise Invalid({field: f"at most {MOST_RUNS} runs"})
        for place, value in enumerate(values):
            yield from self._run(value, f"{field}.{place}")

    def _run(self, value: object, field: str) -> Iterator[Run]:
        match value:
            case {"type": "text", "text": str(text), **flags}:
                if not all(flag in _FLAGS and isinstance(on, bool) for flag, on in flags.items()):
                    raise Invalid({field: "a text may be bold, italic or code (true or false)"})
                style = cast("Mapping[str, bool]", flags)
                for place, line in enumerate(self._words(text, f"{field}.text").split("\n")):
                    if place:
                        yield Break()
                    if line:
                        yield Text(line, **style)
            case {"type": "link", "text": str(text), "href": str(href), **rest} if not rest:
                words = self._words(text, f"{field}.text").replace("\n", " ")
                if not is_allowed_href(href):
                    raise Invalid({f"{field}.href": "must be an http, https, mailto or tel address"})
                yield Link(words if visible(words) else href, href)
            case {"type": "break", **rest} if not rest:
                yield Break()
            case _:
                raise Invalid({field: "must be a text, link or break"})

    def _words(self, text: str, field: str) -> str:
        self._characters_left -= len(text)
        if self._characters_left < 0:
            raise Invalid({field: f"at most {LONGEST} characters"})
        return clean(text)


def is_allowed_href(href: str) -> bool:
    """Whether a link may lead there: one of `SCHEMES`, printable ASCII or letters, and a host where one belongs."""
    if len(href) > LONGEST_HREF or not all(
        character.isprintable() and not character.isspace() for character in href
    ):
        return False
    try:
        parts = urlsplit(href)
        host = parts.hostname
    except ValueError:
        return False
    if parts.scheme not in SCHEMES or not href.lower().startswith(parts.scheme + ":"):
        return False
    return bool(host) if parts.scheme in {"http", "https"} else bool(parts.path) and not parts.netloc


def _within_limits(content: Content, field: str) -> Content:
    if len(content.plain) > LONGEST:
        raise Invalid({field: f"at most {LONGEST} characters"})
    if len(content.blocks) > MOST_BLOCKS:
        raise Invalid({field: f"at most {MOST_BLOCKS} blocks"})
    if not visible(content.plain):
        raise Invalid({field: "must not be empty"})
    return content


def visible(text: str) -> bool:
    """Whether a reader sees anything of it."""
    return text[:1].isalnum() or any(unicodedata.category(character)[0] not in "ZC" for character in text)


# Control characters (but newline and tab), lone surrogates, noncharacters, and the bidirectional embeddings and
# overrides, which can make text read otherwise than it is stored. Isolates do their job without that danger.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\ufeff\ufdd0-\ufdef\ufffe\uffff]"
)
_NEW_LINE = re.compile("\r\n?|[\u2028\u2029\x85\x0b\x0c]")
_ISOLATES = re.compile("[\u2066-\u2069]")
_OPENING = "\u2066\u2067\u2068"
_CLOSING = "\u2069"


# Anything of the above: most words have none of it.
_ODD = re.compile(f"[{_UNWANTED.pattern[1:-1]}\u2028\u2029\u2066-\u2069]")


def clean(text: str) -> str:
    """The text as it may be stored: new lines as \\n, without unseen characters and such that turn what follows."""
    if not _ODD.search(text):
        return text
    text = _UNWANTED.sub("", _NEW_LINE.sub("\n", text))
    return "\n".join(map(_balanced, text.split("\n"))) if _ISOLATES.search(text) else text


def _balanced(line: str) -> str:
    """One line whose isolates all end within it, so that no line can turn the one after it."""
    kept: list[str] = []
    depth = 0
    for character in line:
        if character == _CLOSING and not depth:
            continue
        depth += (character in _OPENING) - (character == _CLOSING)
        kept.append(character)
    return "".join(kept) + _CLOSING * depth


_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_ADDRESS = re.compile(r"\bhttps?://[^\s<>\"'`{}|\\^\[\]\u2066-\u2069]+", re.IGNORECASE)


def _runs(paragraph: str) -> list[Run]:
    runs: list[Run] = []
    for place, line in enumerate(paragraph.split("\n")):
        if place:
            runs.append(Break())
        start = 0
        for match in _ADDRESS.finditer(line) if "://" in line else ():
            href = _without_punctuation(match[0])
            if not is_allowed_href(href):
                continue
            if match.start() > start:
                runs.append(Text(line[start : match.start()]))
            runs.append(Link(href, href))
            start = match.start() + len(href)
        if start < len(line):
            runs.append(Text(line[start:]))
    return runs


def _without_punctuation(address: str) -> str:
    """What ends a sentence does not belong to the address; a closing parenthesis does if one opened inside."""
    while address and (
        address[-1] in ".,:;!?…。、，！？" or (address[-1] == ")" and address.count(")") > address.count("("))
    ):
        address = address[:-1]
    return address
