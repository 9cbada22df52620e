"""Pages and sitemaps of help centres, as strangers write them."""

import pytest

from pocketdesk.hubspot.importing.help_center import plain_address, whole_address
from pocketdesk.hubspot.importing.page import line, read_page, site_name
from pocketdesk.hubspot.importing.sitemaps import Unreadable, read_sitemap
from pocketdesk.knowledge.content import from_html, plain_text

HERE = "https://help.example.org/kb/pay"


def words(html: str) -> str:
    """The body that is found on a page, as words."""
    return plain_text(from_html(read_page(html, lambda href: whole_address(HERE, href)).body))


@pytest.mark.parametrize(
    "html",
    [
        "<div class='kb-article'>A<p>B</div><article>x</article>",
        "<main>x<article>x<div itemprop='articleBody'>A<p>B</div></article></main>",
        "<main>x<article>x<div class='wide body'>A<p>B</div>x</article></main>",
        "<main>x<article><nav>x</nav>A<p>B</p><form>x</form><footer>x</footer></article>x</main><article>x",
        "<nav>x</nav><div role='main'><h1>x</h1>A<p>B</p></div><aside>x</aside>",
    ],
)
def test_the_surest_place_is_the_body(html: str) -> None:
    assert words(f"<html><body><header>x</header>{html}") == "A\n\nB"


def test_a_page_without_a_place_for_a_body_has_none() -> None:
    assert words("<h1>A</h1><p>B</p>") == ""


def test_title_and_subtitle_stand_above_the_body_and_not_in_it() -> None:
    page = read_page(
        "<title>T | Shop</title><article><h1>Pay <i>here</i></h1><p class='big subtitle'>By card</p>"
        "<h2>First</h2><p>Words<blockquote>Said<footer>by Mia</footer></blockquote></article>",
        str,
    )
    assert (page.title, page.subtitle) == ("Pay here", "By card")
    assert plain_text(from_html(page.body)) == "First\n\nWords\n\nSaid\n\nby Mia"
    above = read_page("<h1>Pay</h1><h2>By card</h2><div class='kb-article'><h2>First</h2></div>", str)
    assert (above.title, above.subtitle, plain_text(from_html(above.body))) == ("Pay", "By card", "First")
    bare = read_page("<title>Pay</title><main><h2>First</h2></main>", str)
    assert (bare.title, bare.subtitle, plain_text(from_html(bare.body))) == ("Pay", "", "First")


def test_what_a_page_says_of_itself() -> None:
    page = read_page(
        "<!doctype html><html class='x' lang=\"de-AT\"><head><meta property='og:title' content='A &amp; B'>"
        "<meta name='Description' content='Short'><meta name='keywords' content='a, b ,,\u202e'>"
        "<link rel='alternate' hreflang='en' href='/en'><link rel='alternate' href='/feed'></head><main>x",
        str,
    )
    assert (page.title, page.description, page.language) == ("A & B", "Short", "de-AT")
    assert (page.keywords, page.others, page.calls_itself_article) == (("a", "b"), ("/en",), False)
    assert (
        site_name("<meta property='og:site_name' content=' Shop\u0007Help '><title>T</title>") == "Shop Help"
    )
    assert line("a\u202eb\n c") == "a b c"


def test_addresses_on_a_page_become_whole() -> None:
    html = "<main><a href='../faq'>a</a><a href='//cdn.example.org/x'>b</a><a href='http://[x'>c</a></main>"
    body = read_page(html, lambda href: whole_address(HERE, href)).body
    assert 'href="https://help.example.org/faq"' in body
    assert 'href="https://cdn.example.org/x"' in body
    assert "<a>c</a>" in body


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("HTTPS://Help.Example.org:443/kb/Pay/?a=1#b", "https://help.example.org/kb/Pay"),
        ("http://[::1]:80/", "http://[::1]"),
        ("https://help.example.org:8443", "https://help.example.org:8443"),
        ("https://u@help.example.org/", ""),
        ("https://help.example.org:x/", ""),
        ("https://help.example.org/a b", ""),
        ("javascript:alert(1)", ""),
        ("/kb/pay", ""),
    ],
)
def test_one_spelling_for_the_addresses_of_a_page(url: str, plain: str) -> None:
    assert plain_address(url) == plain


def test_sitemaps_name_pages_with_their_languages_or_sitemaps() -> None:
    pages = read_sitemap(
        b"<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:x='xhtml'"
        b" xmlns:i='image'><url><loc>\n a&amp;b </loc><x:link rel='alternate' hreflang='de' href='c'/>"
        b"<i:image><i:loc>no</i:loc></i:image></url><url><loc>d</loc></url><url><loc>e</loc></url></urlset>",
        2,
    )
    assert (pages.pages, pages.maps) == ({"a&b": ["c"], "d": []}, [])
    maps = read_sitemap(b"<sitemapindex><sitemap><loc>a</loc></sitemap><loc>no</loc></sitemapindex>", 9)
    assert (maps.pages, maps.maps) == ({}, ["a"])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no",
        b"<urlset>",
        b"<html><loc>a</loc></html>",
        b"<!DOCTYPE urlset><urlset/>",
        b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><urlset><url><loc>&b;</loc></url></urlset>",
        b"<?xml version='1.0' encoding='nonsense'?><urlset/>",
        b"<urlset>" + b"<url>" * 100,
        b"\xff\xfe<",
    ],
)
def test_what_is_no_sitemap_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        read_sitemap(content, 10)
