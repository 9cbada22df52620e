"""Articles moving from HubSpot: one account's help centre is the source, and another account is where they go."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from pocketdesk.hubspot.importing import help_center
from pocketdesk.hubspot.importing.articles import IMAGE, NO_ARTICLE, NO_WORDS, NOT_NAMED, HelpCenters
from pocketdesk.hubspot.importing.asking import Asking, outbound_to
from pocketdesk.hubspot.importing.help_center import ELSEWHERE, check_help_center
from pocketdesk.hubspot.importing.model import Outcome, Report, Tally
from pocketdesk.hubspot.importing.shelving import SLUG_TAKEN
from pocketdesk.hubspot.importing.source import Source
from pocketdesk.hubspot.importing.telling import to_lines
from pocketdesk.hubspot.importing.work import ARTICLES, Work
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.knowledge import views
from pocketdesk.knowledge.content import Body, links, parse_body, plain_text, to_html, to_markdown
from pocketdesk.knowledge.imports.actions import CHANGED_HERE, DELETED_HERE
from pocketdesk.knowledge.model import Base, Filters, Variant
from pocketdesk.storage import Reader
from tests.api.test_hubspot_import import Wall, desk, target, wall
from tests.api.test_hubspot_site_search import account, origin
from tests.articles import Author, new_base
from tests.facade import Program
from tests.loopback import Door, serving
from tests.small_account import SmallAccount

__all__ = ["account", "desk", "origin", "target", "wall"]


def run(text: str, **style: Any) -> dict[str, Any]:
    return {"type": "text", "text": text, **style}


def words(text: str) -> dict[str, Any]:
    return {"type": "paragraph", "runs": [run(text)]}


EVERYTHING = [
    {"type": "heading", "level": 2, "runs": [run("What you need")]},
    {
        "type": "paragraph",
        "runs": [
            run("Plain, "),
            run("bold", bold=True),
            run(" and "),
            run("code <b>", code=True),
            {"type": "break"},
            {"type": "link", "text": "the manual", "href": "https://example.com/manual?a=1&b=2"},
        ],
    },
    {"type": "list", "ordered": True, "items": [[words("One")], [words("Two"), words("and more")]]},
    {"type": "list", "ordered": False, "items": [[words("A")], [words("B")]]},
    {"type": "code", "text": "if a < b:\n    print('&amp;')", "language": "python"},
    {"type": "heading", "level": 3, "runs": [run("Known <problems>")]},
    {"type": "quote", "blocks": [words("Somebody said so.")]},
    {"type": "callout", "tone": "warning", "blocks": [words("Mind the step.")]},
    {
        "type": "table",
        "header": True,
        "rows": [[[run("Size")], [run("Price")]], [[run("S")], [run("1 €", italic=True)]]],
    },
    {"type": "divider"},
    {"type": "video", "href": "https://example.com/film"},
]


@pytest.fixture
def author(account: SmallAccount) -> Author:
    return new_base(account.engine, account.scope.account_id, account.admin.user_id)


@dataclass
class Site:
    """A help centre of strangers: answers by path, as content type and words. A path that is not there is 404."""

    pages: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    leads: dict[str, str] = field(default_factory=dict[str, str])
    cut_after: int = 10**6
    """Requests until no other is answered."""
    asked: list[tuple[str, str | None]] = field(default_factory=list[tuple[str, str | None]])
    """Paths, and what stood there for who is asking."""
    origin: str = ""

    def html(self, path: str, body: str, head: str = "<meta property='og:type' content='article'>") -> None:
        self.pages[path] = "text/html; charset=utf-8", f"<html lang='en'><head>{head}</head><body>{body}"

    def sitemap(self, *paths: str, name: str = "/sitemap.xml", root: str = "urlset") -> None:
        one = {"urlset": "url", "sitemapindex": "sitemap"}[root]
        inner = "".join(
            f"<{one}><loc>{path if '//' in path else self.origin + path}</loc></{one}>" for path in paths
        )
        space = "http://www.sitemaps.org/schemas/sitemap/0.9"
        self.pages[name] = "application/xml", f'<{root} xmlns="{space}">{inner}</{root}>'


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()

    class Stranger(Door):
        def do_GET(self) -> None:
            site.asked.append((self.path, self.headers.get("authorization")))
            if len(site.asked) > site.cut_after:
                self.close_connection = True
                self.connection.close()
                return
            kind, body = site.pages.get(self.path, ("text/plain", ""))
            found = self.path in site.pages
            leads = {"location": site.leads[self.path]} if self.path in site.leads else {}
            status = 302 if leads else 200 if found else 404
            self.say(status, body.encode(), {**leads, "content-type": kind})

    with serving(Stranger) as site.origin:
        yield site


def bring(
    target: SmallAccount,
    api: str,
    secret: str,
    *centers: str,
    base: str | None = None,
    dry_run: bool = False,
    tell: Callable[[str], object] = lambda _line: None,
) -> Report:
    async def no_sleep(_seconds: float) -> None:
        pass

    async def run() -> Report:
        addresses = tuple(map(check_help_center, centers))
        outbound = outbound_to(api, *addresses)
        asking = Asking(outbound, tell, no_sleep)
        try:
            source = Source(api, secret, asking)
            account_id, help_centers = target.scope.account_id, HelpCenters(asking, addresses, base)
            return await Work(
                target.engine, account_id, source, tell, (), help_centers, dry_run=dry_run
            ).run()
        finally:
            await outbound.aclose()

    return asyncio.run(run())


def articles(target: SmallAccount, base: str | None = None) -> dict[tuple[str, str], Variant]:
    """What stands in the target's bases, by title and language."""

    def read(reader: Reader) -> dict[tuple[str, str], Variant]:
        found: dict[tuple[str, str], Variant] = {}
        for each in views.bases(reader, target.scope):
            if base is not None and each.name != base:
                continue
            page = views.articles(reader, target.scope, each.id, Filters(), 100)
            for card in page.items:
                for one in card.variants:
                    language = one.standing.language
                    variant = views.variant(reader, target.scope, card.article.id, language)
                    found[variant.draft.writing.title, language] = variant
        return found

    return target.engine.read_and_wait(read)


def bases(target: SmallAccount) -> tuple[Base, ...]:
    return tuple(target.engine.read_and_wait(lambda reader: views.bases(reader, target.scope)))


def said(body: Body, titles: dict[int, str] | None = None) -> str:
    """The body, with links to articles by their titles."""
    return to_markdown(body, (titles or {}).get, lambda _: None)


def centre(author: Author, origin: str) -> str:
    return f"{origin}/help/{author.scope.account_id}/{author.slug}"


def tally(report: Report) -> Tally:
    return report.kinds[ARTICLES]


def test_our_own_help_centre_comes_over_without_loss(
    origin: str, desk: Program, author: Author, target: SmallAccount
) -> None:
    paying = author.category("Paying")
    cards = author.category("Cards & co", paying)
    second = author.article("Refunds", "Money comes back.", subtitle="When and how", tags=["money", "post"])
    link = {"type": "article_link", "text": "refunds", "article_id": second}
    body = parse_body({"blocks": [*EVERYTHING, {"type": "paragraph", "runs": [run("See "), link]}]}, "body")
    first = author.article("All about <cards>", category_id=cards, body=body)
    author.translate(first, "de", "Alles über Karten", "Auf Deutsch.")
    author.article("Only for us", "secret", access="contacts")
    author.article("Not yet", "draft", published=False)
    where = centre(author, origin)

    looked = bring(target, origin, desk.secret, where, dry_run=True)
    assert tally(looked).outcomes[Outcome.BROUGHT] == 3
    assert bases(target) == ()
    heard: list[str] = []
    report = bring(target, origin, desk.secret, where, tell=heard.append)
    counts = tally(report)
    assert (report.stopped, report.agrees, counts.outcomes[Outcome.BROUGHT]) == (None, True, 3)
    assert counts.skipped.keys() == {NO_ARTICLE}, "the first pages and the categories"
    assert counts.given == counts.held == tally(looked).given != 0
    assert heard[-1] == f"{counts.found} pages of help centres seen"

    (base,) = bases(target)
    assert (base.name, base.is_public, set(base.languages)) == ("Nordlicht Help", False, {"en", "de"})
    came = articles(target)
    one, other = came["All about <cards>", "en"], came["Refunds", "en"]
    german = came["Alles über Karten", "de"]
    assert said(one.draft.writing.body, {other.article.id: "R"}) == said(body, {second: "R"})
    assert links(one.draft.writing.body).article_ids == (other.article.id,)
    assert one.article.id == german.article.id
    assert plain_text(german.draft.writing.body) == "Auf Deutsch."
    assert (one.draft.writing.slug, other.draft.writing.slug) == ("all-about-cards", "refunds")
    assert one.standing.published_version is None
    writing = other.draft.writing
    assert (writing.subtitle, writing.tags) == ("When and how", ("money", "post"))
    assert (one.draft.writing.subtitle, one.draft.writing.tags) == ("", ())
    shelf = target.engine.read_and_wait(lambda reader: views.categories(reader, target.scope, base.id))
    names = {each.id: each for each in shelf}
    mine = names[one.article.category_id or 0]
    assert [*mine.names.values(), *names[mine.parent_id or 0].names.values()] == ["Cards & co", "Paying"]

    again = tally(bring(target, origin, desk.secret, where))
    assert again.outcomes[Outcome.ALREADY_THERE] == 3
    assert again.outcomes[Outcome.BROUGHT] == again.outcomes[Outcome.COMPLETED] == 0
    assert (again.given, again.held) == (counts.given, counts.held)


def test_what_authors_have_changed_here_stays(
    origin: str, desk: Program, author: Author, target: SmallAccount
) -> None:
    titles = ("Edited", "Deleted", "Changed there", "Left alone")
    ids = {title: author.article(title, f"{title}, as it was.") for title in titles}
    where = centre(author, origin)
    assert tally(bring(target, origin, desk.secret, where)).outcomes[Outcome.BROUGHT] == 4
    (base,) = bases(target)
    here = Author(target.engine, target.scope, target.admin, base.id, base.slug)
    came = articles(target)
    here.draft(came["Edited", "en"].article.id, "Edited", "Better words.", slug="edited")
    here.delete(came["Deleted", "en"].article.id)
    here.change(name="Renamed", is_public=True)
    for title in ("Edited", "Changed there"):
        author.draft(ids[title], title, "New words there.")
        author.publish(ids[title])

    report = bring(target, origin, desk.secret, where)
    counts = tally(report)
    assert counts.outcomes[Outcome.ALREADY_THERE] == 2
    assert counts.outcomes[Outcome.COMPLETED] == 1
    assert counts.left_out[CHANGED_HERE] == 1
    assert counts.skipped[DELETED_HERE] == 1
    assert report.agrees
    assert counts.held != 0
    now = articles(target, "Renamed")
    assert plain_text(now["Edited", "en"].draft.writing.body) == "Better words."
    assert plain_text(now["Changed there", "en"].draft.writing.body) == "New words there."
    assert len(bases(target)) == 1


def test_a_base_can_be_named_and_no_address_is_taken_from_another_article(
    origin: str, desk: Program, author: Author, target: SmallAccount
) -> None:
    author.article("Refunds", "Money comes back.")
    author.translate(author.article("Cards", "We take them."), "de", "Karten", "Ja.")
    mine = new_base(target.engine, target.scope.account_id, target.admin.user_id, "Handbook", ["en"])
    mine.article("Refunds", "Our own.")
    report = bring(target, origin, desk.secret, centre(author, origin), base="HANDBOOK")
    counts = tally(report)
    assert (counts.outcomes[Outcome.BROUGHT], report.agrees) == (2, True)
    assert counts.left_out[SLUG_TAKEN] == 1
    assert counts.skipped["the knowledge base has no language de"] == 1, "readers see which languages it has"
    titles = sorted(
        (each.draft.writing.title, each.draft.writing.slug) for each in _variants(target, mine.base_id)
    )
    assert titles == [("Cards", "cards"), ("Refunds", ""), ("Refunds", "")] or titles[0] == ("Cards", "cards")
    assert [each.name for each in bases(target)] == ["Handbook"]


def test_without_a_help_centre_nothing_is_looked_for(
    origin: str, desk: Program, author: Author, target: SmallAccount
) -> None:
    author.article("Refunds", "Money comes back.")
    report = bring(target, origin, desk.secret)
    assert (tally(report).found, tally(report).left_out) == (0, {NOT_NAMED: 1})
    assert bring(target, origin, desk.secret, f"{origin}/help/1/nowhere").stopped is not None


def test_an_import_that_was_cut_off_goes_on_when_started_again(
    site: Site, desk: Program, target: SmallAccount
) -> None:
    paths = [f"/kb/article-{number:02}" for number in range(20)]
    site.sitemap(*paths)
    for number, path in enumerate(paths):
        follows = paths[(number + 1) % 20]
        site.html(path, f"<article><h1>No {number}</h1><p>See <a href='{follows}#top'>next</a></p></article>")
    site.cut_after = 14
    first = bring(target, desk.origin, desk.secret, site.origin)
    came = tally(first).outcomes[Outcome.BROUGHT]
    assert 0 < came < 20
    assert "kb/article" in (first.stopped or "")
    assert first.agrees
    site.cut_after = 10**6
    second = bring(target, desk.origin, desk.secret, site.origin)
    counts = tally(second)
    assert (second.stopped, second.agrees, counts.found) == (None, True, 20)
    assert counts.outcomes[Outcome.BROUGHT] == 20 - came
    assert counts.outcomes[Outcome.ALREADY_THERE] + counts.outcomes[Outcome.COMPLETED] == came
    here = articles(target)
    ids = {each.article.id for each in here.values()}
    assert len(here) == len(ids) == 20
    led = {links(each.draft.writing.body).article_ids for each in here.values()}
    assert {one for each in led for one in each} == ids
    third = tally(bring(target, desk.origin, desk.secret, site.origin))
    assert third.outcomes == {Outcome.ALREADY_THERE: 20}
    assert third.given == counts.given


def test_a_page_as_hubspot_makes_it_with_what_site_search_knows(
    site: Site, wall: Wall, desk: Program, target: SmallAccount
) -> None:
    site.sitemap("/knowledge/reset", "/blog/news")
    site.html(
        "/knowledge/reset",
        "<header><nav>Menu</nav><h1><span>Reset a password</span></h1></header>"
        "<main><h2>In two minutes</h2><div class='kb-article extra'><p>Ask for a <em>mail</em>.</p>"
        "<h1>Then</h1><img src='/hs-fs/a.png?width=9' alt='the page'><script>alert(1)</script></div>"
        "<form><button>Yes</button></form><h2>Related</h2></main><footer>Imprint</footer>",
        "<title>Reset a password</title><meta name='description' content='Ask for a mail.'>",
    )
    site.html("/blog/news", "<article><h1>News</h1><p>words</p></article>")
    entry = {
        "id": 7,
        "url": f"{site.origin}/knowledge/reset?hsLang=en",
        "title": '<span class="x">Reset</span> a password',
        "description": 'Ask for a <span class="x">mail</span>...',
        "language": "en-us",
        "category": "Log-in &amp; co",
        "subcategory": None,
        "tags": ["<b>account</b>", ""],
    }
    wall.replaced["/cms/v3/site-search/search"] = {"total": 1, "results": [entry]}
    report = bring(target, wall.origin, desk.secret, f"{site.origin}/knowledge")
    counts = tally(report)
    assert (report.stopped, report.agrees, counts.outcomes[Outcome.BROUGHT]) == (None, True, 1)
    assert (counts.skipped, counts.left_out) == ({ELSEWHERE: 1}, {IMAGE: 1})
    ((key, found),) = articles(target).items()
    assert key == ("Reset a password", "en-US")
    writing = found.draft.writing
    assert (writing.subtitle, writing.slug, writing.tags) == ("In two minutes", "reset", ("account",))
    assert said(writing.body) == (
        f"Ask for a <em>mail</em>.\n\n## Then\n\n[the page]({site.origin}/hs-fs/a.png?width=9)\n"
    )
    assert any("type=KNOWLEDGE_ARTICLE" in path and "q=Reset" in path for path in wall.paths)
    assert {secret for _, secret in site.asked} == {None}, "a help centre never sees the token"


def test_hostile_help_centres_bring_nothing_bad_and_hold_nothing_up(
    site: Site, desk: Program, target: SmallAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(help_center, "LARGEST_PAGE", 300_000)
    site.sitemap("/a.xml", "/sitemap.xml", "/bomb.xml", "//elsewhere.example/x.xml", root="sitemapindex")
    site.sitemap("/sitemap.xml", "/a.xml", "/b.xml", name="/a.xml", root="sitemapindex")
    bomb = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><urlset><url><loc>&c;</loc></url></urlset>'
    site.pages["/bomb.xml"] = "application/xml", bomb
    paths = ["/bad", "/giant", "/deep", "/wide", "/file", "/away", "/round", "/empty", "/gone", "/bad/#again"]
    elsewhere = ["http://169.254.169.254/latest", f"{site.origin}@elsewhere.example/x", "javascript:alert(1)"]
    site.sitemap(*paths, *(each if "//" in each else f"//{each}" for each in elsewhere), name="/b.xml")
    site.html(
        "/bad",
        "<![<![x><article><h1>Bad\u202e\u0007 page</h1><p onclick='x()'>Words <a href='javascript:alert(1)'>one</a>"
        "<a href='java&#9;script:alert(1)'>two</a><a href='http://[bad'>three</a> <a href='/gone'>four</a>"
        "<script>alert(1)</script><style>p{}</style><img src=x onerror='alert(1)'></p>"
        "<iframe src='javascript:alert(1)'></iframe><svg><script>alert(2)</script></svg>"
        "<object data='x'>five</object><form action='http://elsewhere.example'><input name='p'></form></article>",
        "<meta property='og:type' content='article'><meta name='keywords' content='\u202e, ok, <b>'>"
        "<link rel='alternate' hreflang='de' href='http://elsewhere.example/de'>",
    )
    site.html("/giant", f"<article><h1>Giant</h1><p>{'x' * 300_000}</p></article>")
    site.html("/deep", "<article>" + "<div>" * 5_000)
    site.html("/wide", "<article>" + "<br>" * 40_000)
    site.pages["/file"] = "application/pdf", "%PDF"
    site.leads = {"/away": "http://169.254.169.254/", "/round": "/round"}
    site.html("/empty", "<article><h1>Empty</h1><script>alert(1)</script></article>")
    heard: list[str] = []
    report = bring(target, desk.origin, desk.secret, site.origin, tell=heard.append)
    counts = tally(report)
    assert (report.stopped, report.agrees) == (None, True)
    assert f"{site.origin}/gone: status 404" in heard
    assert all(each.isprintable() for each in heard)
    assert counts.outcomes == {Outcome.BROUGHT: 1, Outcome.SKIPPED: 8 + 3}
    assert counts.skipped[ELSEWHERE] == 3
    assert counts.skipped[NO_WORDS] == 1
    for reason in ("bytes", "deep", "tags", "no page of HTML", "another host", "circles", "404"):
        assert sum(reason in each for each in counts.skipped) == 1, (reason, counts.skipped)
    assert sum(each.startswith("a sitemap") for each in counts.left_out) == 2
    ((key, found),) = articles(target).items()
    assert key == ("Bad page", "en")
    writing = found.draft.writing
    assert (writing.tags, links(writing.body).hrefs) == (
        ("ok",),
        (f"{site.origin}/gone", f"{site.origin}/x"),
    )
    html = to_html(writing.body, lambda _: None, lambda _: None)
    assert "Words onetwothree" in html
    for bad in ("script", "onerror", "onclick", "alert", "style", "object", "form"):
        assert bad not in html
    assert all(line.isprintable() for line in to_lines(report))
    assert len(site.asked) < 40


@pytest.mark.parametrize(
    "address",
    [
        "http://help.example.org",
        "ftp://127.0.0.1",
        "https://u:p@example.org",
        "https://example.org/?q=1",
        "https://example.org/#x",
        "http://[bad",
        "https://",
        "help.example.org",
        "",
    ],
)
def test_help_centres_are_read_sealed_or_inside_this_machine(address: str) -> None:
    with pytest.raises(Invalid):
        check_help_center(address)
    assert check_help_center("HTTPS://Help.Example.org:443/kb/") == "https://help.example.org/kb"
    assert check_help_center("http://[::1]:8080/") == "http://[::1]:8080"


def _variants(target: SmallAccount, base_id: int) -> list[Variant]:
    def read(reader: Reader) -> list[Variant]:
        page = views.articles(reader, target.scope, base_id, Filters(), 100)
        return [
            views.variant(reader, target.scope, card.article.id, each.standing.language)
            for card in page.items
            for each in card.variants
        ]

    return target.engine.read_and_wait(read)
