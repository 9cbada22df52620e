"""Content: whatever comes in is refused or rebuilt from harmless parts."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pocketdesk.kernel.refusal import Invalid
from pocketdesk.kernel.text import (
    DEEPEST,
    LONGEST,
    MOST_BLOCKS,
    Article,
    Break,
    Content,
    File,
    Link,
    Paragraph,
    QuickReply,
    Text,
    as_sent,
    from_json,
    from_plain,
    is_allowed_href,
    parse_content,
    to_json,
    with_articles,
    with_files,
)


def paragraph(*runs: Any) -> dict[str, Any]:
    return {"type": "paragraph", "runs": list(runs)}


def text(words: str, **style: Any) -> dict[str, Any]:
    return {"type": "text", "text": words, **style}


def blocks(*values: Any) -> dict[str, Any]:
    return {"blocks": list(values)}


def refused(value: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        parse_content(value)
    return caught.value.fields


EVERYTHING = blocks(
    paragraph(
        text("See "),
        text("this", bold=True, italic=True),
        {"type": "break"},
        {"type": "link", "text": "the manual", "href": "https://example.com/a?b=c#d"},
        text("x=1", code=True),
    ),
    {
        "type": "list",
        "ordered": True,
        "items": [
            [paragraph(text("one"))],
            [
                paragraph(text("two")),
                {"type": "list", "ordered": False, "items": [[paragraph(text("deep"))]]},
            ],
        ],
    },
    {"type": "code", "text": "for x in y:\n\tprint(x)"},
)


def test_every_part_survives_the_way_in_and_out() -> None:
    assert to_json(parse_content(EVERYTHING)) == EVERYTHING


def test_the_words_alone() -> None:
    assert parse_content(EVERYTHING).plain == (
        "See this\nthe manualx=1\n\n1. one\n2. two\n  - deep\n\nfor x in y:\n\tprint(x)"
    )


def a_file(file_id: object = 5, **more: Any) -> dict[str, Any]:
    return {"type": "file", "file_id": file_id, **more}


def test_D17_files_come_by_their_id_and_leave_with_what_is_known_of_them() -> None:
    sent = blocks(a_file(5), paragraph(text("The bill")), a_file(6))
    content = parse_content(sent)
    assert content.file_ids == (5, 6)
    bill, photo = File(5, "bill.pdf", "application/pdf", 80), File(6, "a.png", "image/png", 9, 40, 30)
    stored = to_json(with_files(content, [photo, bill]))
    assert with_files(content, [photo, bill]).plain == "[bill.pdf]\n\nThe bill\n\n[a.png]"
    assert stored["blocks"][0] == a_file(  # pyright: ignore[reportIndexIssue]
        5, name="bill.pdf", media_type="application/pdf", size=80, width=None, height=None
    )
    assert as_sent(stored) == sent


def test_D17_a_message_may_be_files_alone_and_at_most_ten() -> None:
    assert parse_content(blocks(*map(a_file, range(1, 11)))).file_ids == tuple(range(1, 11))
    assert refused(blocks(*map(a_file, range(1, 12)))) == {"content.blocks.10.file_id": "at most 10 files"}


def an_article(article_id: object = 7, language: object = "pt-BR", **more: Any) -> dict[str, Any]:
    return {"type": "article", "article_id": article_id, "language": language, **more}


def test_L08_articles_come_by_their_id_and_leave_with_what_is_known_of_them() -> None:
    sent = blocks(paragraph(text("See")), an_article(7), an_article(8, "en"))
    content = parse_content(sent)
    assert [each.article_id for each in content.articles] == [7, 8]
    pay = Article(7, "pt-BR", "Pagar", "Com cartão", "/help/1/acme/pt-BR/a/pagar")
    known = with_articles(content, [pay, Article(8, "en", "Secret")])
    assert known.plain == "See\n\nPagar\n/help/1/acme/pt-BR/a/pagar\n\nSecret"
    assert known.plain_at("https://h.test").split("\n")[3] == "https://h.test/help/1/acme/pt-BR/a/pagar"
    stored = to_json(known)
    assert from_json(stored) == known
    assert as_sent(stored) == sent


@pytest.mark.parametrize(
    "block",
    [
        an_article(0),
        an_article(True),
        an_article("7"),
        an_article(7, ""),
        an_article(7, "en\n"),
        an_article(7, 'en"><script>'),
        an_article(7, None),
        an_article(7, title="Free money"),
        {"type": "article", "article_id": 7},
        {"type": "list", "ordered": False, "items": [[an_article()]]},
    ],
)
def test_L08_an_article_is_named_by_id_and_language_and_nothing_else(block: dict[str, Any]) -> None:
    assert refused(blocks(block))


def test_L08_at_most_ten_articles_and_each_once() -> None:
    assert len(parse_content(blocks(*map(an_article, range(1, 11)))).articles) == 10
    assert refused(blocks(*map(an_article, range(1, 12))))
    assert refused(blocks(an_article(7), an_article(7, "en")))


@pytest.mark.parametrize("id_", [0, -1, 2**53, "5", None, True, 5.0])
def test_D18_a_file_is_named_by_an_id_and_nothing_else(id_: object) -> None:
    assert refused(blocks(a_file(id_)))


def test_D18_a_file_stands_once_not_in_lists_and_tells_nothing_of_itself() -> None:
    assert refused(blocks(a_file(5), a_file(5)))
    assert refused(blocks({"type": "list", "ordered": False, "items": [[a_file(5)]]}))
    assert refused(blocks(a_file(5, name="<script>")))


def replies(*values: Any) -> dict[str, Any]:
    return {"type": "quick_replies", "replies": list(values)}


YES = {"label": "Yes", "value": "yes"}
MANUAL = {"label": "The manual", "value": "manual", "url": "https://example.com/manual"}


def test_C26_quick_replies_stand_behind_what_they_answer() -> None:
    content = parse_content(blocks(paragraph(text("Well?")), replies(YES, MANUAL)))
    assert content.quick_replies == (
        QuickReply("Yes", "yes"),
        QuickReply("The manual", "manual", MANUAL["url"]),
    )
    assert content.plain == "Well?\n\n- Yes\n- The manual: https://example.com/manual"
    assert from_json(to_json(content)) == content
    assert to_json(content) == blocks(paragraph(text("Well?")), replies(YES, MANUAL))
    cleaned = parse_content(
        blocks(paragraph(text("Well?")), replies({"label": " a\nb\u202e ", "value": " c "}))
    )
    assert cleaned.quick_replies == (QuickReply("a b", "c"),)


@pytest.mark.parametrize(
    ("reply", "field"),
    [
        ({}, ""),
        ("Yes", ""),
        ({"label": "Yes"}, ""),
        ({**YES, "color": "red"}, ""),
        ({**YES, "label": 5}, ""),
        ({**YES, "label": " \u200b"}, ".label"),
        ({**YES, "label": "x" * 81}, ".label"),
        ({**YES, "value": ""}, ".value"),
        ({**YES, "value": "x" * 201}, ".value"),
        ({**YES, "url": "http://example.com"}, ".url"),
        ({**YES, "url": "javascript:alert(1)"}, ".url"),
        ({**YES, "url": "https://"}, ".url"),
        ({**YES, "url": 5}, ""),
    ],
)
def test_C26_a_quick_reply_is_refused_where_it_is_wrong(reply: Any, field: str) -> None:
    said = refused(blocks(paragraph(text("Well?")), replies(YES, reply)))
    assert said.keys() == {"content.blocks.1.replies.1" + field}


def test_C26_quick_replies_are_few_and_stand_last() -> None:
    words = paragraph(text("Well?"))
    assert len(parse_content(blocks(words, replies(*[YES] * 10))).quick_replies) == 10
    assert refused(blocks(words, replies(*[YES] * 11))).keys() == {"content.blocks.1.replies"}
    assert refused(blocks(words, replies())).keys() == {"content.blocks.1.replies"}
    assert refused(blocks(replies(YES))).keys() == {"content.blocks.0"}
    assert refused(blocks(words, replies(YES), words)).keys() == {"content.blocks.1"}
    assert refused(blocks(words, replies(YES), replies(YES))).keys() == {"content.blocks.1"}
    in_a_list = {"type": "list", "ordered": False, "items": [[words, replies(YES)]]}
    assert refused(blocks(in_a_list)).keys() == {"content.blocks.0.items.0.1"}


WIRE = Path(__file__).parents[3] / "sdk" / "wire" / "quick_replies.json"


def test_C26_the_vectors_that_clients_read_hold(subtests: pytest.Subtests) -> None:
    for case in json.loads(WIRE.read_text("utf-8"))["cases"]:
        with subtests.test(case["name"]):
            if "refused" in case:
                assert refused(case["sent"]).keys() == {case["refused"]}
            else:
                content = parse_content(case["sent"])
                assert (to_json(content), content.plain) == (case["sent"], case["plain"])


def test_plain_words_become_paragraphs_breaks_and_links() -> None:
    assert from_plain("  Hi\r\nthere (https://example.com/a_(b)?).\n \n\n\nBye ") == Content(
        (
            Paragraph(
                (
                    Text("Hi"),
                    Break(),
                    Text("there ("),
                    Link("https://example.com/a_(b)", "https://example.com/a_(b)"),
                    Text("?)."),
                )
            ),
            Paragraph((Text("Bye"),)),
        )
    )


def test_text_is_short_for_plain_words() -> None:
    assert parse_content({"text": "a\n\nb"}) == from_plain("a\n\nb")


@pytest.mark.parametrize(
    "words", ["", " ", "\n\n", "\u200b", "\u2066\u2069", "\x00", "\u202e", "\u00a0\u3000", "\ufeff"]
)
def test_nothing_visible_is_refused(words: str) -> None:
    assert refused({"text": words}) == {"content.text": "must not be empty"}
    assert refused(blocks(paragraph(text(words)))) == {"content": "must not be empty"}


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("a\u202eb\u202ac\u202c", "abc"),
        ("a\ud800b", "ab"),
        ("\u2067אב\u2069 a", "\u2067אב\u2069 a"),
        ("\u2067אב", "\u2067אב\u2069"),
        ("a\u2069b", "ab"),
        ("\u2066a\nb\u2069", "\u2066a\u2069\nb"),
        ("a\u2028b", "a\nb"),
        ("tab\there", "tab\there"),
        ("👩‍👩‍👧 ok", "👩‍👩‍👧 ok"),
    ],
)
def test_what_is_cleaned_and_what_stays(raw: str, kept: str) -> None:
    assert from_plain(raw).plain == kept
    assert parse_content(blocks(paragraph(text(raw)))).plain == kept
    kept.encode()


@pytest.mark.parametrize(
    "href", ["https://a", "http://a/ü", "HTTPS://A.example", "mailto:a@b.c", "tel:+4930"]
)
def test_links_that_lead_somewhere(href: str) -> None:
    assert is_allowed_href(href)


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        " https://a",
        "data:text/html,x",
        "vbscript:x",
        "//a.example",
        "/path",
        "https:",
        "https://",
        "https:///path",
        "https://[",
        "mailto:",
        "tel://x",
        "https://a b",
        "https://a\u202e",
        "file:///etc/passwd",
        "https://" + "a" * 3_000,
        "",
    ],
)
def test_links_that_do_not(href: str) -> None:
    assert not is_allowed_href(href)
    value = blocks(paragraph({"type": "link", "text": "x", "href": href}))
    assert set(refused(value)) == {"content.blocks.0.runs.0.href"}


def nested(depth: int) -> dict[str, Any]:
    block = paragraph(text("x"))
    for _ in range(depth - 1):
        block = {"type": "list", "ordered": False, "items": [[block]]}
    return blocks(block)


def test_limits_are_reached_but_not_passed() -> None:
    parse_content({"text": "x" * LONGEST})
    assert refused({"text": "x" * (LONGEST + 1)}) == {"content.text": f"at most {LONGEST} characters"}
    parse_content(nested(DEEPEST))
    assert list(refused(nested(DEEPEST + 1)).values()) == [f"at most {DEEPEST} levels"]
    parse_content(blocks(*[paragraph(text("x"))] * MOST_BLOCKS))
    assert refused(blocks(*[paragraph(text("x"))] * (MOST_BLOCKS + 1))) == {
        "content.blocks": "at most 200 blocks"
    }
    assert refused({"text": "x\n\n" * (MOST_BLOCKS + 1)}) == {"content.text": "at most 200 blocks"}
    assert list(refused(blocks(paragraph(*[{"type": "break"}] * 2_001))).values()) == ["at most 2000 runs"]
    assert "content.text" in refused({"text": "\x00" * 1_000_000})


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (None, "content"),
        ("words", "content"),
        ({}, "content"),
        ({"text": 5}, "content"),
        ({"text": "a", "blocks": []}, "content"),
        ({"text": "a", "html": "<b>"}, "content"),
        (blocks(), "content.blocks"),
        (blocks(7), "content.blocks.0"),
        (blocks({"type": "html", "text": "x"}), "content.blocks.0"),
        (blocks({**paragraph(text("x")), "class": "y"}), "content.blocks.0"),
        (blocks(paragraph("x")), "content.blocks.0.runs.0"),
        (blocks(paragraph(text("x", bold=1))), "content.blocks.0.runs.0"),
        (blocks(paragraph(text("x", onclick=True))), "content.blocks.0.runs.0"),
        (blocks({"type": "list", "ordered": 1, "items": [[paragraph(text("x"))]]}), "content.blocks.0"),
        (blocks({"type": "list", "ordered": True, "items": []}), "content.blocks.0"),
        (blocks({"type": "list", "ordered": True, "items": ["x"]}), "content.blocks.0.items.0"),
        (blocks({"type": "list", "ordered": True, "items": [[]]}), "content.blocks.0.items.0"),
    ],
)
def test_anything_else_is_refused_where_it_stands(value: Any, field: str) -> None:
    assert list(refused(value)) == [field]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "blocks", "runs", "items", "ordered", "href", "x"]), inner
        )
    ),
    max_leaves=15,
)
run = st.one_of(
    st.builds(text, st.text(), bold=st.booleans()),
    st.builds(lambda words: {"type": "link", "text": words, "href": "https://a.example"}, st.text()),
    st.just({"type": "break"}),
)
block = st.recursive(
    st.builds(lambda runs: paragraph(*runs), st.lists(run, max_size=4))
    | st.builds(lambda words: {"type": "code", "text": words}, st.text()),
    lambda inner: st.builds(
        lambda items, ordered: {"type": "list", "ordered": ordered, "items": items},
        st.lists(st.lists(inner, min_size=1, max_size=2), min_size=1, max_size=3),
        st.booleans(),
    ),
    max_leaves=8,
)


@given(json_values | st.builds(lambda values: {"blocks": values}, st.lists(block | json_values, max_size=3)))
def test_no_input_breaks_it_and_what_it_takes_is_stable(value: Any) -> None:
    try:
        content = parse_content(value)
    except Invalid:
        return
    assert parse_content(json.loads(json.dumps(to_json(content)))) == content
    words = content.plain
    words.encode()
    assert 0 < len(words) <= LONGEST


@given(st.text())
def test_plain_words_lose_nothing_that_can_be_seen(words: str) -> None:
    try:
        content = from_plain(words)
    except Invalid:
        return
    assert parse_content(to_json(content)) == content
    assert from_plain(content.plain) == content
