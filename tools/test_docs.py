"""The documentation's pages: rendered, and linked without gaps."""

import pytest

from tools import docs


def page(name: str, source: str) -> docs.Page:
    return docs.render(name, source)


def test_headings_are_anchors_and_links_between_files_are_links_between_pages() -> None:
    one = page("one", "# One\n\n## Who can be `chosen`?\n\n[two](two.md#b) and [up](#who-can-be-chosen)\n")
    assert (one.title, one.anchors) == ("One", {"who-can-be-chosen"})
    assert one.links == ("/docs/two#b", "/docs/one#who-can-be-chosen")
    assert '<h2 id="who-can-be-chosen">' in one.body
    assert 'href="/docs/two#b"' in one.body


def test_a_link_that_leads_nowhere_is_found_in_pages_and_in_the_console() -> None:
    found = {"one": page("one", "# One\n\n## A\n\n[gone](two.md) [here](#a) [no](#b)")}
    console = {"docs.ts": 'const a = "/docs/one#a", b = "/docs/one#c", c = `/docs/three`;'}
    assert list(docs.broken(found, console)) == [
        "docs/howto/one.md: /docs/two",
        "docs/howto/one.md: /docs/one#b",
        "docs.ts: /docs/one#c",
        "docs.ts: /docs/three",
    ]


def test_raw_html_is_text() -> None:
    assert "<script>" not in page("one", "# One\n\n<script>alert(1)</script>\n").body


@pytest.mark.parametrize(
    "source", ["# A\n\n## B\n\n## B\n", "# A\n\n[x](http://other.example)", "[x](../x.md)"]
)
def test_what_cannot_be_served_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match=r"one\.md"):
        page("one", source)
