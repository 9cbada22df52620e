"""An article's tree as clients send it and as it comes back: sdk/wire/article.json."""

import json
import os
from pathlib import Path
from typing import Any

from pocketdesk.knowledge.content import parse_body, to_json

GOLDEN = Path(__file__).parents[3] / "sdk" / "wire" / "article.json"
ABOUT = (
    "Articles as a client may send them, and in the normal form in which they come back. Written by "
    "server/tests/unit/test_article_wire.py (UPDATE_GOLDENS=1 writes it anew); the console's editor must keep each "
    "`kept` as it is, and make it of `sent`."
)


def text(words: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": words, **style}


def line(*runs: dict[str, Any]) -> dict[str, Any]:
    return {"type": "paragraph", "runs": list(runs)}


LINK = {"type": "link", "text": "the terms", "href": "https://example.org/terms?a=b#c", "bold": True}
ARTICLE = {"type": "article_link", "text": "how to pay", "article_id": 7, "italic": True}
CASES: dict[str, list[dict[str, Any]]] = {
    "nothing": [],
    "words in every style": [
        line(
            text("a "),
            text("b", bold=True),
            text("c", italic=True, strike=True),
            text("d", code=True, bold=True),
            {"type": "break"},
            LINK,
            text(" or "),
            ARTICLE,
        )
    ],
    "headings": [
        {"type": "heading", "level": level, "runs": [text(f"Level {level}")]} for level in (2, 3, 4)
    ],
    "white space": [
        line(text("  many   spaces "), text(" and", bold=True), {"type": "break"}, text(" more "))
    ],
    "neighbours alike": [line(text("one "), text("run"))],
    "breaks at the ends": [line({"type": "break"}, text("a"), {"type": "break"}, {"type": "break"})],
    "empty blocks": [line(), line(text(" ")), {"type": "heading", "level": 2, "runs": []}, line(text("a"))],
    "lists in lists": [
        {
            "type": "list",
            "ordered": True,
            "items": [
                [line(text("a")), {"type": "list", "ordered": False, "items": [[line(text("b"))], []]}]
            ],
        }
    ],
    "code": [{"type": "code", "text": "if x:\n    y()\n", "language": "python"}],
    "quote and callouts": [
        {"type": "quote", "blocks": [line(text("a"))]},
        *(
            {"type": "callout", "tone": tone, "blocks": [line(text(tone))]}
            for tone in ("info", "tip", "warning", "danger")
        ),
        {"type": "callout", "tone": "tip", "blocks": []},
    ],
    "tables": [
        {"type": "table", "header": True, "rows": [[[text("A")], [text("B")]], [[], [LINK]]]},
        {"type": "table", "header": False, "rows": [[[text("a"), {"type": "break"}, text("b")]]]},
    ],
    "atoms": [
        {"type": "image", "file_id": 5, "alt": "A  box", "caption": "", "width": 800, "height": 600},
        {"type": "image", "file_id": 6, "alt": "", "caption": "Here", "width": None, "height": None},
        {"type": "video", "href": "https://video.example/1"},
        {"type": "divider"},
    ],
    "scripts of the world": [line(text("مرحبا 日本語 🚲 é"))],
}


def test_K08_the_tree_is_kept_in_its_normal_form() -> None:
    cases = [
        {"name": name, "sent": {"blocks": blocks}, "kept": to_json(parse_body({"blocks": blocks}, "body"))}
        for name, blocks in CASES.items()
    ]
    found = json.dumps({"about": ABOUT, "cases": cases}, indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_GOLDENS"):
        GOLDEN.write_text(found)
    assert found == GOLDEN.read_text()
