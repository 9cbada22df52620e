"""The tree of an article: one normal form, refused at its field, the same after JSON, HTML and Markdown."""

import json
import re
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings

from pocketdesk.kernel.refusal import Invalid
from pocketdesk.kernel.text import is_allowed_href
from pocketdesk.knowledge.content import (
    EMPTY,
    Body,
    Image,
    from_html,
    from_markdown,
    headings,
    image_ids,
    links,
    parse_body,
    plain_text,
    to_html,
    to_json,
    to_markdown,
)
from tests.hostile import CORPUS, rendered, stored
from tests.unit.trees import bodies


def says(*runs: Any) -> dict[str, Any]:
    return {"blocks": [{"type": "paragraph", "runs": list(runs)}]}


def link_of(article_id: int) -> str:
    return f"../a/how-{article_id}.md"


def article_at(href: str) -> int | None:
    found = re.fullmatch(r"\.\./a/how-(\d+)\.md", href)
    return int(found[1]) if found else None


def image_of(file_id: int) -> str:
    return f"images/{file_id}-(a b).png"


def image_at(source: str) -> Image | None:
    found = re.fullmatch(r"images/(\d+)-\(a b\)\.png", source)
    return Image(int(found[1]), "", "", 40, 30) if found else None


@settings(max_examples=200, deadline=None)
@given(bodies())
def test_a_tree_survives_json(body: Body) -> None:
    assert parse_body(json.loads(json.dumps(to_json(body)))) == body


@settings(max_examples=200, deadline=None)
@given(bodies())
def test_a_tree_survives_html(body: Body) -> None:
    assert from_html(to_html(body, link_of, image_of), image_at, article_at) == body


@settings(max_examples=300, deadline=None)
@given(bodies())
def test_a_tree_survives_markdown(body: Body) -> None:
    markdown = to_markdown(body, link_of, image_of)
    assert from_markdown(markdown, image_at, article_at) == body, markdown


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"blocks": {}}, "body"),
        ({"blocks": [], "more": 1}, "body"),
        ([], "body"),
        (says({"type": "text", "text": 1}), "body.blocks.0.runs.0"),
        (says({"type": "text", "text": "a", "bold": 1}), "body.blocks.0.runs.0"),
        (says({"type": "link", "text": "a", "href": "javascript:1"}), "body.blocks.0.runs.0.href"),
        (says({"type": "article_link", "text": "", "article_id": 1}), "body.blocks.0.runs.0.text"),
        (says({"type": "article_link", "text": "a", "article_id": True}), "body.blocks.0.runs.0.article_id"),
        ({"blocks": [{"type": "heading", "level": 1, "runs": []}]}, "body.blocks.0.level"),
        ({"blocks": [{"type": "heading", "level": True, "runs": []}]}, "body.blocks.0.level"),
        ({"blocks": [{"type": "list", "ordered": True, "items": []}]}, "body.blocks.0.items"),
        ({"blocks": [{"type": "list", "ordered": True, "items": [1]}]}, "body.blocks.0.items.0"),
        ({"blocks": [{"type": "code", "text": "", "language": "a b"}]}, "body.blocks.0.language"),
        ({"blocks": [{"type": "callout", "tone": "loud", "blocks": []}]}, "body.blocks.0.tone"),
        ({"blocks": [{"type": "table", "header": True, "rows": [[[]], [[], []]]}]}, "body.blocks.0.rows.1"),
        ({"blocks": [{"type": "table", "header": True, "rows": [[[]] * 51]}]}, "body.blocks.0.rows.0"),
        ({"blocks": [{"type": "image", "file_id": 0}]}, "body.blocks.0.file_id"),
        ({"blocks": [{"type": "image", "file_id": 1, "alt": "a" * 501}]}, "body.blocks.0.alt"),
        ({"blocks": [{"type": "image", "file_id": 1, "width": 0}]}, "body.blocks.0.width"),
        ({"blocks": [{"type": "video", "href": "mailto:a@example.org"}]}, "body.blocks.0.href"),
        ({"blocks": [{"type": "divider", "runs": []}]}, "body.blocks.0"),
    ],
)
def test_K08_what_is_wrong_is_refused_at_its_field(value: Any, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_body(value)
    assert list(refused.value.fields) == [field]


def nested(depth: int) -> dict[str, Any]:
    block: dict[str, Any] = {"type": "quote", "blocks": []}
    for _ in range(depth - 2):
        block = {"type": "quote", "blocks": [block]}
    return {"blocks": [block]}


@pytest.mark.parametrize(
    ("fits", "too_much"),
    [
        (nested(8), nested(9)),
        (says({"type": "text", "text": "a" * 200_000}), says({"type": "text", "text": "a" * 200_001})),
        ({"blocks": [{"type": "divider"}] * 5_000}, {"blocks": [{"type": "divider"}] * 5_001}),
        (says(*[{"type": "break"}] * 40_000), says(*[{"type": "break"}] * 40_001)),
        (
            {"blocks": [{"type": "table", "header": False, "rows": [[[]] * 50] * 800}]},
            {"blocks": [{"type": "table", "header": False, "rows": [[[]] * 50] * 801}]},
        ),
        (
            {"blocks": [{"type": "list", "ordered": False, "items": [[]] * 4_999}]},
            {"blocks": [{"type": "list", "ordered": False, "items": [[]] * 5_001}, {"type": "divider"}]},
        ),
    ],
)
def test_K08_an_article_has_limits(fits: dict[str, Any], too_much: dict[str, Any]) -> None:
    parse_body(fits)
    with pytest.raises(Invalid):
        parse_body(too_much)


def test_what_an_article_says() -> None:
    body = from_markdown(
        "## Pay\n\nSee [a](https://a.example) and [b](../a/how-7.md), [a](https://a.example).\n\n> ## Inside\n\n"
        "## Pay\n\n1. one\n   - two\n\n| a | b |\n|---|---|\n| c | d |\n\n![alt](images/3-(a%20b).png)"
        "\n\n![alt](<images/3-(a b).png> 'Said')\n\n<video src='https://v.example/x'></video>",
        image_at,
        article_at,
    )
    assert [(each.level, each.title, each.anchor) for each in headings(body)] == [
        (2, "Pay", "s-pay"),
        (2, "Pay", "s-pay-2"),
    ]
    assert (links(body).article_ids, links(body).hrefs) == (
        (7,),
        ("https://a.example", "https://v.example/x"),
    )
    assert image_ids(body) == (3,)
    assert plain_text(body) == (
        "Pay\n\nSee a and b, a.\n\nInside\n\nPay\n\n1. one\n  - two\n\na | b\nc | d\n\nalt\n\nSaid"
    )
    html = to_html(body, link_of, image_of)
    assert '<h2 id="s-pay-2">Pay</h2>' in html
    assert '<a href="../a/how-7.md">b</a>' in html
    assert (
        plain_text(EMPTY) == to_html(EMPTY, link_of, image_of) == to_markdown(EMPTY, link_of, image_of) == ""
    )


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<h1>a</h1><h6>b</h6>", "## a\n\n#### b\n"),
        ("<p>a <span>b</span>\n c</p><p>&nbsp;</p>", "a b c\n"),
        (
            "<ul><li>a<ul><li>b</li></ul></li><ul><li>c</li></ul></ul>",
            "- a\n\n  - b\n\n  <!-- -->\n\n  - c\n",
        ),
        ("<table><tr><th>a<th>b<tr><td colspan=2>c|d</table>", "| a | b |\n| --- | --- |\n| c\\|d |  |\n"),
        ("<pre><code class='hljs lang-py'>a\n  b</code></pre>", "```py\na\n  b\n```\n"),
        (
            "<iframe src='//www.youtube.com/embed/abc-1?start=9'></iframe>",
            '<video src="https://www.youtube.com/watch?v=abc-1&amp;t=9"></video>\n',
        ),
        ("<div class='alert alert-danger'>Hot</div>", "> [!CAUTION]\n> Hot\n"),
        ("<p>a<strong>b </strong>c</p>", "a<strong>b </strong>c\n"),
        ("<p>1. a<br>- b</p>", "1\\. a\\\n\\- b\n"),
        ("<p><a href='x.html'>gone</a> <a href='#s'>here</a></p>", "gone here\n"),
        ("<p><img src='https://a.example/i.png' alt=Map></p>", "[Map](https://a.example/i.png)\n"),
        ("<details><summary>Q</summary>A</details>", "Q\n\nA\n"),
    ],
)
def test_what_others_write_reads_well_as_markdown(html: str, markdown: str) -> None:
    assert to_markdown(from_html(html), link_of, image_of) == markdown


ALLOWED: dict[str, set[str]] = {
    **{
        tag: set()
        for tag in (
            *(
                "blockquote",
                "br",
                "del",
                "em",
                "figcaption",
                "figure",
                "hr",
                "li",
                "ol",
                "pre",
                "strong",
                "table",
            ),
            *("tbody", "td", "thead", "tr", "ul"),
        )
    },
    **{tag: {"id"} for tag in ("h2", "h3", "h4")},
    "a": {"href", "rel"},
    "aside": {"class", "data-tone"},
    "code": {"class"},
    "div": {"class"},
    "img": {"src", "alt", "width", "height", "loading"},
    "p": {"class"},
    "th": {"scope"},
}


class _Look(HTMLParser):
    """Every tag and attribute is one of ours, and every address leads where links may."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        assert known.keys() <= ALLOWED[tag], (tag, known)
        for value in (known.get("href"), known.get("src")):
            assert value is None or value.startswith("/help/") or is_allowed_href(value), value
        assert (known.get("id") or "s-").startswith("s-")

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)


def test_K13_the_corpus_is_large_and_of_every_kind() -> None:
    kinds = Counter(kind for kind, _ in CORPUS)
    assert len(CORPUS) >= 200
    assert min(kinds["html"], kinds["markdown"], kinds["json"]) >= 50
    assert len({json.dumps(each) for each in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize(("kind", "said"), CORPUS, ids=[f"{kind}-{n}" for n, (kind, _) in enumerate(CORPUS)])
def test_K13_nothing_hostile_is_stored_or_rendered(kind: str, said: Any) -> None:
    try:
        body = stored(kind, said)
    except Invalid:
        assert kind == "json"
        return
    assert parse_body(to_json(body)) == body
    assert all(map(is_allowed_href, links(body).hrefs))
    _Look().feed(rendered(body))
    assert from_html(rendered(body), lambda _: Image(1, "", "", 40, 30)) is not None
    to_markdown(body, link_of, image_of)


def _grows_evenly(read: Callable[[str], object], monster: str) -> None:
    """Twice as much takes about twice as long: four times would be what makes a server stand still."""

    def took(words: str) -> float:
        began = time.process_time()
        with suppress(Invalid):
            read(words)
        return time.process_time() - began

    assert took(monster) < 3 * took(monster[: len(monster) // 2]) + 0.5


@pytest.mark.parametrize(
    "monster",
    [
        "<div>" * 100_000,
        "<b>" * 100_000 + "x",
        "<p>" * 100_000 + "x",
        "<table><tr><td>" * 20_000,
        "<a href=https://a.example>" * 50_000 + "x",
        "<!--" * 100_000,
        "<" * 400_000,
        "&" * 400_000,
        "&amp" * 100_000,
        "&lt;" * 100_000,
    ],
    ids=["div", "b", "p", "table", "a", "comment", "less", "ampersand", "reference", "referred"],
)
def test_K13_html_that_is_made_to_be_slow_is_not(monster: str) -> None:
    _grows_evenly(from_html, monster)


@pytest.mark.parametrize(
    "monster",
    [
        "[" * 50_000,
        "> " * 20_000,
        "- " * 20_000,
        "*a_ " * 30_000,
        "`" * 99_999,
        "![" * 30_000,
        "<a " * 50_000,
        "|" * 50_000 + "\n|-|",
    ],
    ids=["bracket", "quote", "list", "emphasis", "ticks", "image", "tag", "table"],
)
def test_K13_markdown_that_is_made_to_be_slow_is_not(monster: str) -> None:
    _grows_evenly(from_markdown, monster)
