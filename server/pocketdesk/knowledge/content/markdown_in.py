"""The tree from Markdown: CommonMark with tables, strikethrough and alerts, by way of HTML."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from pocketdesk.kernel.refusal import Invalid
from pocketdesk.knowledge.content.html_in import ArticleAt, ImageAt, from_html, no_article, no_image
from pocketdesk.knowledge.content.tree import Body, Tone

LONGEST_MARKDOWN = 500_000  # characters
MOST_SIGNS = 5_000  # in one paragraph
ALERTS = {Tone.INFO: "NOTE", Tone.TIP: "TIP", Tone.WARNING: "WARNING", Tone.DANGER: "CAUTION"}
_TONES = {f"[!{word}]": tone for tone, word in ALERTS.items()} | {"[!IMPORTANT]": Tone.WARNING}


def from_markdown(
    markdown: str, image_at: ImageAt = no_image, article_at: ArticleAt = no_article, name: str = "body"
) -> Body:
    """The tree of the Markdown, whose HTML is read like any other (`from_html`)."""
    if len(markdown) > LONGEST_MARKDOWN:
        raise Invalid({name: f"at most {LONGEST_MARKDOWN} characters of Markdown"})
    return from_html(str(_READER.render(markdown, {"name": name})), image_at, article_at, name)


class _Reader(MarkdownIt):
    """Leaves addresses as they are: which are allowed is decided when the tree is built."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802
        return True


_SIGNS = re.compile(r"[\[\]*_`<~]")


def _check_work(state: StateCore) -> None:
    """`Invalid` for a paragraph that is made to be slow: each sign is looked for in all that come after it."""
    for token in state.tokens:
        if token.type == "inline" and sum(1 for _ in _SIGNS.finditer(token.content)) > MOST_SIGNS:
            raise Invalid({state.env["name"]: f"a paragraph has more than {MOST_SIGNS} signs of Markdown"})


def _alerts(state: StateCore) -> None:
    """Quotes that begin with [!NOTE] or the like are callouts. Looks before escapes are read, so \\[!NOTE] is none."""
    tokens = state.tokens
    for place, token in enumerate(tokens[:-2]):
        if token.type != "blockquote_open" or tokens[place + 1].type != "paragraph_open":
            continue
        words = tokens[place + 2]
        first, _, others = words.content.partition("\n")
        tone = _TONES.get(first.strip().upper())
        if tone is None:
            continue
        words.content = others
        closing = next(
            later
            for later in tokens[place:]
            if later.type == "blockquote_close" and later.level == token.level
        )
        token.tag = closing.tag = "aside"
        token.attrs = {"class": "callout", "data-tone": tone.value}


def _headless_tables(state: StateCore) -> None:
    """A table whose header is empty has none: Markdown cannot say so otherwise."""
    kept: list[Token] = []
    inside = False
    for place, token in enumerate(state.tokens):
        if token.type == "thead_open":
            inside = _is_blank(state.tokens, place)
        if not inside:
            kept.append(token)
        if token.type == "thead_close":
            inside = False
    state.tokens = kept


def _is_blank(tokens: list[Token], place: int) -> bool:
    """Whether no cell of the header that begins there says anything."""
    while tokens[place].type != "thead_close":
        if tokens[place].type == "inline" and tokens[place].content.strip():
            return False
        place += 1
    return True


def _reader() -> MarkdownIt:
    reader = _Reader("commonmark", {"html": True}).enable(["table", "strikethrough"])
    reader.core.ruler.after("block", "work", _check_work)
    reader.core.ruler.after("work", "alerts", _alerts)
    reader.core.ruler.after("alerts", "headless_tables", _headless_tables)
    return reader


_READER = _reader()
