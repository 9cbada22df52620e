"""What attackers would put into an article: HTML, Markdown and JSON. Whatever of it runs calls `fire()`."""

import json
from pathlib import Path
from typing import Any

from pocketdesk.knowledge.content import Body, Image, from_html, from_markdown, parse_body, to_html

Snippet = tuple[str, Any]
CORPUS: list[Snippet] = [
    (kind, said) for kind, said in json.loads(Path(__file__).with_name("hostile.json").read_text("utf-8"))
]


def image_at(source: str) -> Image | None:
    """Everything that may be a file next to the page is one."""
    return None if ":" in source or source.startswith("//") else Image(1, "", "", 40, 30)


def stored(kind: str, said: Any) -> Body:
    """What would be kept of it; `Invalid` where it is refused, which only JSON is."""
    if kind == "html":
        return from_html(said, image_at)
    if kind == "markdown":
        return from_markdown(said, image_at)
    return parse_body(said)


def rendered(body: Body) -> str:
    """What readers would get."""
    return to_html(
        body, lambda number: f"/help/1/shop/en/a/{number}", lambda number: f"/help/images/1/{number}"
    )
