"""Rich text in and out, names, and what a search of HubSpot's means."""

import pytest

from pocketdesk.accounts.rules.limits import Limit, Limiter
from pocketdesk.hubspot.model import CrmObject, Filter, Question
from pocketdesk.hubspot.rules import answers, names_of, sort_key
from pocketdesk.hubspot.wire.rich_text import from_html, to_html
from pocketdesk.kernel import text


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("plain", "<p>plain</p>"),
        (
            "<p>a <b>b</b> <i>c</i> <code>d</code></p>",
            "<p>a <strong>b</strong> <em>c</em> <code>d</code></p>",
        ),
        ("<div>a<br>b</div><p>c</p>", "<p>a<br>b</p><p>c</p>"),
        ("<ol><li>one<li>two</ol>", "<ol><li><p>one</p></li><li><p>two</p></li></ol>"),
        (
            "<ul><li>a<ul><li>b</li></ul></li></ul>",
            "<ul><li><p>a</p><ul><li><p>b</p></li></ul></li></ul>",
        ),
        ("<pre>x\n  y</pre>", "<pre><code>x\n  y</code></pre>"),
        ('<a href="https://example.org/?a=1&amp;b=2" onclick="x()">go</a>', None),
        ("<p>a</p><script>alert(1)</script><style>p{}</style>", "<p>a</p>"),
        ('<a href="javascript:alert(1)">go</a>', "<p>go</p>"),
        ('<img src=x onerror="alert(1)">a', "<p>a</p>"),
        ("<p>&lt;script&gt;</p>", "<p>&lt;script&gt;</p>"),
        ("</p></ul></li></b>a", "<p>a</p>"),
        ("<b><i>a</b>b</i>", "<p><strong><em>a</em></strong><em>b</em></p>"),
    ],
)
def test_B3_rich_text_keeps_what_messages_may_have(html: str, expected: str | None) -> None:
    shown = to_html(text.parse_content({"blocks": from_html(html)}))
    assert shown == (expected or '<p><a href="https://example.org/?a=1&amp;b=2">go</a></p>')
    assert to_html(text.parse_content({"blocks": from_html(shown)})) == shown


def test_B3_an_agents_words_cannot_become_markup() -> None:
    words = '<img src=x onerror="alert(1)"> "quoted" & so on'
    assert "<img" not in to_html(text.from_plain(words))


@pytest.mark.parametrize(
    ("name", "first", "last", "expected"),
    [
        (None, "", "", (None, None)),
        ("Mia van der Sand", "Mia", "van der Sand", ("Mia", "van der Sand")),
        ("Mia Moor", "Mia", "van der Sand", ("Mia", "Moor")),  # renamed in the console meanwhile
        ("Mia", "", "", ("Mia", None)),
    ],
)
def test_B6_first_and_last_name(
    name: str | None, first: str, last: str, expected: tuple[str | None, str | None]
) -> None:
    assert names_of(name, first, last) == expected


SHOP = CrmObject(
    1, {"city": "Kiel", "age": "20", "email": "mia@shop.org", "at": "2026-01-02T00:00:00.000Z"}, 0, 0
)


@pytest.mark.parametrize(
    ("name", "operator", "values", "expected"),
    [
        ("city", "EQ", ("KIEL",), True),
        ("city", "NEQ", ("kiel",), False),
        ("age", "LT", ("100",), True),
        ("age", "GTE", ("20.0",), True),
        ("age", "BETWEEN", ("9", "20"), True),
        ("at", "LT", ("2026-01-02T01:30:00+01:00",), True),
        ("at", "GT", ("1767225600000",), True),
        ("city", "IN", ("Bonn", "Kiel"), True),
        ("none", "EQ", ("",), False),
        ("none", "NEQ", ("x",), True),
        ("none", "NOT_HAS_PROPERTY", (), True),
        ("email", "CONTAINS_TOKEN", ("shop",), True),
        ("email", "CONTAINS_TOKEN", ("sho",), False),
        ("email", "CONTAINS_TOKEN", ("sho*",), True),
        ("email", "NOT_CONTAINS_TOKEN", ("*@shop.org",), False),
        ("age", "EQ", ("nan",), False),
    ],
)
def test_B6_operators(name: str, operator: str, values: tuple[str, ...], expected: bool) -> None:
    assert answers(SHOP, Question(((Filter(name, operator, values),),))) is expected


def test_B6_those_without_the_property_come_last_either_way() -> None:
    bare = CrmObject(2, {}, 0, 0)
    for descending in (False, True):
        question = Question(sort="age", descending=descending)
        ordered = sorted([bare, SHOP], key=lambda each: sort_key(each, question), reverse=descending)
        assert ordered == [SHOP, bare]


def test_B0_how_much_of_a_limit_is_left() -> None:
    limiter = Limiter(Limit("test", 3, 100))
    assert limiter.left("a", 0) == 3
    limiter.take("a", 0)
    limiter.take("a", 0)
    assert (limiter.left("a", 0), limiter.left("a", 100), limiter.left("a", 150)) == (1, 2, 2)
    assert limiter.left("b", 0) == 3
