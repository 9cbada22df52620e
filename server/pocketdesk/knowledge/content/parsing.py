"""JSON in and out of the tree. What comes in is hostile until it has been rebuilt from the allowed parts."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import cast

from pocketdesk.kernel.refusal import Invalid
from pocketdesk.kernel.text import clean, is_allowed_href, visible
from pocketdesk.knowledge.content.tidy import is_empty, tidy_runs
from pocketdesk.knowledge.content.tree import (
    DEEPEST,
    LARGEST_ID,
    LARGEST_SIDE,
    LONGEST,
    LONGEST_LABEL,
    LONGEST_LANGUAGE,
    MOST_BLOCKS,
    MOST_COLUMNS,
    MOST_RUNS,
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

_FLAGS = ("bold", "italic", "strike", "code")
_TONES = frozenset(Tone)
_LANGUAGE = re.compile(rf"[A-Za-z0-9+#._-]{{0,{LONGEST_LANGUAGE}}}")
_HREF = "must be an http, https, mailto or tel address"


def parse_body(value: object, field: str = "body") -> Body:
    """The tree from decoded JSON, in its normal form. Raises `Invalid` that names the field."""
    match value:
        case {"blocks": list(blocks), **rest} if not rest:
            return Body(_Parser().blocks(cast("list[object]", blocks), f"{field}.blocks", 1))
        case _:
            raise Invalid({field: 'must be {"blocks": [...]}'})


def to_json(body: Body, source_of: Callable[[int], str | None] | None = None) -> dict[str, object]:
    """The JSON form; `parse_body(to_json(body)) == body`.

    With `source_of`, which knows the addresses of files, images carry theirs as `src` (null: not to be had), for
    readers. Such a form does not come back in.
    """
    return {"blocks": _blocks_to_json(body.blocks, source_of)}


def is_code_language(language: str) -> bool:
    """Whether a code block may say that it is written in it."""
    return _LANGUAGE.fullmatch(language) is not None


class _Parser:
    """Rebuilds blocks from JSON and counts what it has seen, so that no input makes more work than the limits."""

    def __init__(self) -> None:
        self._blocks_left = MOST_BLOCKS
        self._runs_left = MOST_RUNS
        self._characters_left = LONGEST

    def blocks(self, values: list[object], field: str, depth: int) -> tuple[Block, ...]:
        if depth > DEEPEST:
            raise Invalid({field: f"at most {DEEPEST} levels"})
        self._blocks_left -= len(values)
        if self._blocks_left < 0:
            raise Invalid({field: f"at most {MOST_BLOCKS} blocks"})
        parsed = [self._block(value, f"{field}.{place}", depth) for place, value in enumerate(values)]
        return tuple(block for block in parsed if not is_empty(block))

    def _block(self, value: object, field: str, depth: int) -> Block:
        match value:
            case {"type": "paragraph", "runs": runs, **rest} if not rest:
                return Paragraph(self._runs(cast("object", runs), f"{field}.runs"))
            case {"type": "heading", "level": int(level), "runs": runs, **rest} if not rest:
                if isinstance(level, bool) or not 2 <= level <= 4:
                    raise Invalid({f"{field}.level": "must be 2, 3 or 4"})
                return Heading(level, self._runs(cast("object", runs), f"{field}.runs"))
            case {"type": "list", "ordered": bool(ordered), "items": list(items), **rest} if not rest:
                if not items:
                    raise Invalid({f"{field}.items": "must not be empty"})
                return BulletList(ordered, self._items(cast("list[object]", items), f"{field}.items", depth))
            case {"type": "code", "text": str(text), "language": str(language), **rest} if not rest:
                if not is_code_language(language):
                    raise Invalid({f"{field}.language": "must be the name of a language"})
                return Code(self._words(text, f"{field}.text"), language)
            case {"type": "quote", "blocks": blocks, **rest} if not rest:
                return Quote(self._inner(cast("object", blocks), f"{field}.blocks", depth))
            case {"type": "callout", "tone": str(tone), "blocks": blocks, **rest} if not rest:
                if tone not in _TONES:
                    raise Invalid({f"{field}.tone": "must be info, tip, warning or danger"})
                return Callout(Tone(tone), self._inner(cast("object", blocks), f"{field}.blocks", depth))
            case {"type": "table", "header": bool(header), "rows": list(rows), **rest} if not rest:
                return Table(header, self._rows(cast("list[object]", rows), f"{field}.rows"))
            case {"type": "image", **rest}:
                return self._image(cast("Mapping[str, object]", rest), field)
            case {"type": "video", "href": str(href), **rest} if not rest:
                return Video(self._href(href, f"{field}.href", ("http://", "https://")))
            case {"type": "divider", **rest} if not rest:
                return Divider()
            case _:
                raise Invalid(
                    {
                        field: "must be a heading, paragraph, list, code block, quote, callout, table, image, video "
                        "or divider with its fields and no others"
                    }
                )

    def _items(self, items: list[object], field: str, depth: int) -> tuple[tuple[Block, ...], ...]:
        # An empty item is work too.
        self._blocks_left -= len(items)
        return tuple(self._inner(item, f"{field}.{place}", depth) for place, item in enumerate(items))

    def _inner(self, value: object, field: str, depth: int) -> tuple[Block, ...]:
        if not isinstance(value, list):
            raise Invalid({field: "must be a list of blocks"})
        return self.blocks(cast("list[object]", value), field, depth + 1)

    def _rows(self, rows: list[object], field: str) -> tuple[tuple[Runs, ...], ...]:
        if not rows:
            raise Invalid({field: "must not be empty"})
        parsed: list[tuple[Runs, ...]] = []
        for place, row in enumerate(rows):
            where = f"{field}.{place}"
            cells = cast("list[object]", row) if isinstance(row, list) else []
            if not 0 < len(cells) <= MOST_COLUMNS:
                raise Invalid({where: f"must be a list of 1 to {MOST_COLUMNS} cells"})
            if parsed and len(cells) != len(parsed[0]):
                raise Invalid({where: "must have as many cells as the other rows"})
            self._runs_left -= len(cells)
            parsed.append(tuple(self._runs(cell, f"{where}.{column}") for column, cell in enumerate(cells)))
        return tuple(parsed)

    def _image(self, fields: Mapping[str, object], field: str) -> Image:
        file_id = fields.get("file_id")
        if not isinstance(file_id, int) or isinstance(file_id, bool) or not 0 < file_id <= LARGEST_ID:
            raise Invalid({f"{field}.file_id": "must be the id of a file"})
        if not fields.keys() <= {"file_id", "alt", "caption", "width", "height"}:
            raise Invalid({field: "an image has file_id, alt, caption, width and height, and no others"})
        return Image(
            file_id,
            self._label(fields.get("alt", ""), f"{field}.alt"),
            self._label(fields.get("caption", ""), f"{field}.caption"),
            _side(fields.get("width"), f"{field}.width"),
            _side(fields.get("height"), f"{field}.height"),
        )

    def _label(self, value: object, field: str) -> str:
        if not isinstance(value, str) or len(value) > LONGEST_LABEL:
            raise Invalid({field: f"must be words of at most {LONGEST_LABEL} characters"})
        return " ".join(self._words(value, field).split())

    def _runs(self, values: object, field: str) -> Runs:
        if not isinstance(values, list):
            raise Invalid({field: "must be a list of runs"})
        runs = cast("list[object]", values)
        self._runs_left -= len(runs)
        if self._runs_left < 0:
            raise Invalid({field: f"at most {MOST_RUNS} runs"})
        return tidy_runs(
            run for place, value in enumerate(runs) for run in self._run(value, f"{field}.{place}")
        )

    def _run(self, value: object, field: str) -> Iterator[Run]:
        match value:
            case {"type": "text", "text": str(text), **flags}:
                style = _style(cast("Mapping[str, object]", flags), field)
                for place, line in enumerate(self._words(text, f"{field}.text").split("\n")):
                    if place:
                        yield Break()
                    yield Text(line, style)
            case {"type": "link", "text": str(text), "href": str(href), **flags}:
                to = self._href(href, f"{field}.href")
                words = self._words(text, f"{field}.text")
                yield Link(
                    words if visible(words) else to, to, _style(cast("Mapping[str, object]", flags), field)
                )
            case {"type": "article_link", "text": str(text), "article_id": int(article_id), **flags}:
                if isinstance(article_id, bool) or not 0 < article_id <= LARGEST_ID:
                    raise Invalid({f"{field}.article_id": "must be the id of an article"})
                words = self._words(text, f"{field}.text")
                if not visible(words):
                    raise Invalid({f"{field}.text": "must not be empty"})
                yield ArticleLink(words, article_id, _style(cast("Mapping[str, object]", flags), field))
            case {"type": "break", **rest} if not rest:
                yield Break()
            case _:
                raise Invalid({field: "must be a text, link, article link or break"})

    def _href(self, href: str, field: str, beginnings: tuple[str, ...] = ()) -> str:
        self._count(href, field)
        if not is_allowed_href(href) or (beginnings and not href.lower().startswith(beginnings)):
            raise Invalid({field: "must be an http or https address" if beginnings else _HREF})
        return href

    def _words(self, text: str, field: str) -> str:
        self._count(text, field)
        return clean(text)

    def _count(self, text: str, field: str) -> None:
        self._characters_left -= len(text)
        if self._characters_left < 0:
            raise Invalid({field: f"the article has more than {LONGEST} characters"})


def _style(flags: Mapping[str, object], field: str) -> Style:
    if not flags:
        return PLAIN
    if not all(flag in _FLAGS and isinstance(on, bool) for flag, on in flags.items()):
        raise Invalid({field: "words may be bold, italic, strike or code (true or false)"})
    return Style(**cast("Mapping[str, bool]", flags))


def _side(value: object, field: str) -> int | None:
    match value:
        case None:
            return None
        case int(side) if not isinstance(side, bool) and 0 < side <= LARGEST_SIDE:
            return side
        case _:
            raise Invalid({field: f"must be 1 to {LARGEST_SIDE} pixels, or null"})


def _blocks_to_json(
    blocks: tuple[Block, ...], source_of: Callable[[int], str | None] | None
) -> list[dict[str, object]]:
    return [_block_to_json(block, source_of) for block in blocks]


def _block_to_json(block: Block, source_of: Callable[[int], str | None] | None) -> dict[str, object]:
    match block:
        case Paragraph(runs):
            return {"type": "paragraph", "runs": _runs_to_json(runs)}
        case Heading(level, runs):
            return {"type": "heading", "level": level, "runs": _runs_to_json(runs)}
        case BulletList(ordered, items):
            inner = [_blocks_to_json(item, source_of) for item in items]
            return {"type": "list", "ordered": ordered, "items": inner}
        case Code(text, language):
            return {"type": "code", "text": text, "language": language}
        case Quote(blocks):
            return {"type": "quote", "blocks": _blocks_to_json(blocks, source_of)}
        case Callout(tone, blocks):
            return {"type": "callout", "tone": tone.value, "blocks": _blocks_to_json(blocks, source_of)}
        case Table(header, rows):
            cells = [[_runs_to_json(cell) for cell in row] for row in rows]
            return {"type": "table", "header": header, "rows": cells}
        case Image(file_id, alt, caption, width, height):
            image: dict[str, object] = {
                "type": "image",
                "file_id": file_id,
                "alt": alt,
                "caption": caption,
                "width": width,
                "height": height,
            }
            return image if source_of is None else image | {"src": source_of(file_id)}
        case Video(href):
            return {"type": "video", "href": href}
        case Divider():
            return {"type": "divider"}


def _runs_to_json(runs: Runs) -> list[dict[str, object]]:
    return [_run_to_json(run) for run in runs]


def _run_to_json(run: Run) -> dict[str, object]:
    match run:
        case Break():
            return {"type": "break"}
        case Text(text, style):
            return {"type": "text", "text": text} | _flags(style)
        case Link(text, href, style):
            return {"type": "link", "text": text, "href": href} | _flags(style)
        case ArticleLink(text, article_id, style):
            return {"type": "article_link", "text": text, "article_id": article_id} | _flags(style)


def _flags(style: Style) -> dict[str, object]:
    return {flag: True for flag in _FLAGS if getattr(style, flag)}
