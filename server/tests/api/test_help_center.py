"""What readers of a knowledge base meet: the Help tab's routes and the public pages, on both databases."""

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest

from pocketdesk.accounts.rules.limits import Limit
from pocketdesk.help_center import texts
from pocketdesk.help_center.api import site, visitors
from pocketdesk.help_center.views import readers
from pocketdesk.kernel.moments import DAY, HOUR, MINUTE, from_iso
from pocketdesk.kernel.page import to_cursor
from pocketdesk.knowledge.api import questions
from pocketdesk.knowledge.content import parse_body
from pocketdesk.knowledge.model import EVERY_ACCESS
from pocketdesk.knowledge.outside.embeddings import Questions
from tests.api.desk import Desk, Somebody
from tests.articles import Author, new_base

NOON = from_iso("2026-11-25T12:00:00Z")
HUMAN = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"


@pytest.fixture
def ana(desk: Desk) -> Somebody:
    desk.clock.now = NOON
    return desk.found()


@pytest.fixture
def author(desk: Desk, ana: Somebody) -> Author:
    return new_base(desk.engine, ana.account_id, ana.user_id)


def show_in_chat(ana: Somebody, base_id: int, tag: str = "support", language: str = "en") -> dict[str, Any]:
    """A chatflow that is on, with a Help tab."""
    inbox_id = ana.post("/inboxes", {"name": f"Inbox {tag}"})["id"]
    made = ana.post(
        "/chatflows",
        {"inbox_id": inbox_id, "language": language, "mobile_tag": tag, "type": "live_agent"},
    )
    document = made["document"]
    document["knowledge_base"] = {"enabled": True, "knowledge_base_id": base_id}
    headers = {"If-Match": f'"{made["version"]}"'}
    path = f"/api/v1/accounts/{ana.account_id}/chatflows/{made['id']}/document"
    answer = ana.browser.put(path, json={"document": document}, headers=headers)
    assert answer.status_code == 200, answer.text
    return ana.patch(f"/chatflows/{made['id']}", {"is_on": True})


class Phone:
    """A visitor's chat page with its Help tab."""

    def __init__(self, desk: Desk, account_id: int, tag: str = "support") -> None:
        self.browser = desk.browser()
        self.tag = tag
        opened = self.browser.post(
            "/api/v1/visitor/session", json={"account_id": account_id, "mobile_tag": tag, "properties": {}}
        ).json()
        self.visitor_id = opened["visitor_id"]
        self.browser.headers["authorization"] = f"Bearer {opened['token']}"

    def ask(self, path: str = "", **query: Any) -> Any:
        return self.browser.get(f"/api/v1/visitor/help{path}", params={"mobile_tag": self.tag, **query})

    def get(self, path: str = "", **query: Any) -> Any:
        answer = self.ask(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def tell(self, path: str, body: dict[str, Any], **query: Any) -> int:
        return self.browser.post(
            f"/api/v1/visitor/help{path}", json=body, params={"mobile_tag": self.tag, **query}
        ).status_code


@pytest.fixture
def phone(desk: Desk, ana: Somebody, author: Author) -> Phone:
    show_in_chat(ana, author.base_id)
    return Phone(desk, ana.account_id)


def titles(cards: list[dict[str, Any]]) -> list[str]:
    return [card["title"] for card in cards]


# The Help tab.


def test_K01_only_a_chatflow_with_a_base_has_help(desk: Desk, ana: Somebody, author: Author) -> None:
    plain = {
        "inbox_id": ana.post("/inboxes", {"name": "Other"})["id"],
        "language": "en",
        "mobile_tag": "plain",
        "type": "live_agent",
    }
    ana.patch(f"/chatflows/{ana.post('/chatflows', plain)['id']}", {"is_on": True})
    show_in_chat(ana, author.base_id)
    assert Phone(desk, ana.account_id).get()["base"] == {"id": author.base_id, "name": "Nordlicht Help"}
    for tag in ("plain", "unknown", ""):
        other = Phone(desk, ana.account_id, "support")
        other.tag = tag
        for path in ("", "/search", "/articles/1", "/categories/1"):
            assert other.ask(path, q="x").status_code == 404, (tag, path)
    author.change(archived=True)
    assert Phone(desk, ana.account_id).ask().status_code == 404


def test_K02_categories_with_right_counts_lead_to_articles(author: Author, phone: Phone) -> None:
    billing, apps = author.category("Billing"), author.category("Apps")
    phones = author.category("Phones", apps)
    author.category("Empty")
    first = author.article("Pay by card", subtitle="Any card", category_id=billing)
    author.article("Send an invoice", category_id=billing)
    author.article("Not yet", category_id=billing, published=False)
    author.article("On a phone", category_id=phones)
    author.article("On its own")
    found = phone.get()
    assert found["categories"] == [
        {"id": billing, "name": "Billing", "articles": 2, "children": []},
        {
            "id": apps,
            "name": "Apps",
            "articles": 1,
            "children": [{"id": phones, "name": "Phones", "articles": 1, "children": []}],
        },
    ]
    assert titles(found["others"]) == ["On its own"]
    page = phone.get(f"/categories/{billing}")
    assert page == {
        "id": billing,
        "name": "Billing",
        "parent": None,
        "articles": [
            {"article_id": first, "language": "en", "title": "Pay by card", "subtitle": "Any card"},
            page["articles"][1],
        ],
        "after": None,
        "children": [],
    }
    assert titles(page["articles"]) == ["Pay by card", "Send an invoice"]
    below = phone.get(f"/categories/{phones}")
    assert (below["parent"], titles(below["articles"])) == ({"id": apps, "name": "Apps"}, ["On a phone"])
    one = phone.get(f"/categories/{billing}", limit=1)
    assert titles(phone.get(f"/categories/{billing}", limit=1, after=one["after"])["articles"]) == [
        "Send an invoice"
    ]


def test_K03_search_finds_by_title_body_and_tags_and_says_when_nothing_is_there(
    author: Author, phone: Phone
) -> None:
    by_title = author.article("Cancel your plan", "Do it in the settings.")
    by_body = author.article("Leaving", "You may cancel whenever you like.")
    by_tag = author.article("Goodbye", "So long.", tags=["cancel"])
    author.article("Unrelated", "Nothing to see.")
    found = phone.get("/search", q="cancel")
    assert {hit["article_id"] for hit in found["hits"]} == {by_title, by_body, by_tag}
    assert found["total"] == 3
    snippet = next(hit["snippet"] for hit in found["hits"] if hit["article_id"] == by_body)
    assert "cancel" in {piece["text"].casefold() for piece in snippet if piece["hit"]}
    assert phone.get("/search", q="zzyzx") == {"total": 0, "corrected": None, "hits": [], "after": None}
    assert phone.get("/search", q="  ")["hits"] == []


def test_K04_recommended_are_rated_viewed_and_newest(
    desk: Desk, ana: Somebody, author: Author, phone: Phone
) -> None:
    ids = []
    for number in range(7):
        desk.clock.advance(HOUR)
        ids.append(author.article(f"Article {number}"))
    assert titles(phone.get()["recommended"]["newest"]) == [f"Article {n}" for n in (6, 5, 4, 3, 2)]
    assert phone.get()["recommended"]["rated"] == phone.get()["recommended"]["viewed"] == []
    others = [Phone(desk, ana.account_id) for _ in range(3)]
    for reader in (phone, *others):
        assert reader.tell(f"/articles/{ids[0]}/vote", {"helpful": True}) == 204
    phone.tell(f"/articles/{ids[1]}/vote", {"helpful": True})
    phone.tell(f"/articles/{ids[2]}/vote", {"helpful": False})
    assert titles(phone.get()["recommended"]["rated"]) == ["Article 0", "Article 1"]
    for reader in others:
        assert reader.tell(f"/articles/{ids[3]}/read", {"ms": 20_000}) == 204
    desk.clock.advance(100 * DAY)
    late = [Phone(desk, ana.account_id) for _ in range(2)]
    for reader in late:
        reader.tell(f"/articles/{ids[4]}/read", {"ms": 20_000})
    assert titles(late[0].get()["recommended"]["viewed"]) == ["Article 4", "Article 3"]
    author.unpublish(ids[4])
    assert titles(late[0].get()["recommended"]["viewed"]) == ["Article 3"]


def test_K10_an_article_is_in_the_language_asked_for_or_in_the_first_one(
    desk: Desk, ana: Somebody, author: Author
) -> None:
    show_in_chat(ana, author.base_id, language="de")
    phone = Phone(desk, ana.account_id)
    topic = author.category({"en": "Billing", "de": "Abrechnung"})
    both = author.article("Pay", "With a card.", category_id=topic)
    author.translate(both, "de", "Bezahlen", "Mit Karte.")
    only = author.article("Refunds", "Within a month.", category_id=topic)
    found = phone.get()
    assert found["language"] == "de"
    assert found["categories"][0]["name"] == "Abrechnung"
    assert titles(phone.get(f"/categories/{topic}")["articles"]) == ["Bezahlen", "Refunds"]
    assert phone.get(f"/articles/{both}")["title"] == "Bezahlen"
    assert phone.get(f"/articles/{both}", language="en")["title"] == "Pay"
    assert phone.get(f"/articles/{both}", language="de-AT")["title"] == "Bezahlen"
    assert phone.get(f"/articles/{both}", language="fr")["title"] == "Pay"
    fallback = phone.get(f"/articles/{only}")
    assert (fallback["language"], fallback["languages"]) == ("en", ["en"])
    assert phone.get(f"/articles/{both}")["languages"] == ["en", "de"]


def test_an_article_brings_its_tree_its_way_and_its_own_address(
    desk: Desk, ana: Somebody, author: Author, phone: Phone
) -> None:
    topic = author.category("Billing")
    hidden = author.article("Hidden", published=False)
    other = author.article("Other")
    blocks = {
        "blocks": [
            {
                "type": "paragraph",
                "runs": [
                    {"type": "article_link", "text": "there", "article_id": other},
                    {"type": "text", "text": " or "},
                    {"type": "article_link", "text": "nowhere", "article_id": hidden, "bold": True},
                ],
            }
        ]
    }
    one = author.article("Pay", category_id=topic, body=parse_body(blocks, "body"))
    found = phone.get(f"/articles/{one}")
    assert found["body"]["blocks"][0]["runs"] == [
        {"type": "article_link", "text": "there", "article_id": other},
        {"type": "text", "text": " or "},
        {"type": "text", "text": "nowhere", "bold": True},
    ]
    assert found["category"] == {"id": topic, "name": "Billing"}
    assert found["vote"] is None
    assert found["url"] == f"{desk.origin}/help/{ana.account_id}/{author.slug}/en/a/pay"
    assert desk.browser().get(found["url"]).status_code == 200
    author.change(is_public=False)
    assert phone.get(f"/articles/{one}")["url"] is None
    assert desk.browser().get(found["url"]).status_code == 404


def test_K11_a_visitor_has_one_vote_and_may_change_it(
    desk: Desk, ana: Somebody, author: Author, phone: Phone
) -> None:
    one = author.article("Pay")
    for helpful in (True, True, False, True):
        assert phone.tell(f"/articles/{one}/vote", {"helpful": helpful}) == 204
        assert phone.get(f"/articles/{one}")["vote"] is helpful
    other = Phone(desk, ana.account_id)
    assert other.get(f"/articles/{one}")["vote"] is None
    other.tell(f"/articles/{one}/vote", {"helpful": False})
    total = insights(ana, author)["total"]
    assert (total["helpful"], total["unhelpful"]) == (1, 1)
    (row,) = [each for each in desk.rows()["article_standing"] if one in each]
    assert row[4:6] == (1, 1)


@pytest.mark.parametrize("path", ["vote", "read", "chat"])
def test_only_what_a_visitor_may_read_is_counted(desk: Desk, author: Author, phone: Phone, path: str) -> None:
    body = {"vote": {"helpful": True}, "read": {"ms": 5}, "chat": {}}[path]
    draft = author.article("Draft", published=False)
    private = author.article("Private", access="contacts")
    before = desk.rows()
    for article_id in (draft, private, 2**40):
        assert phone.tell(f"/articles/{article_id}/{path}", body) == 404
        assert phone.tell("/search/click", {"q": "x", "article_id": article_id}) == 404
    after = desk.rows()
    for table in ("article_day", "article_vote", "article_standing", "search_day"):
        assert after[table] == before[table] == []


def test_help_is_limited(desk: Desk, author: Author, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "ASKS", Limit("asks", 3, 10_000))
    monkeypatch.setattr(visitors, "TELLS", Limit("tells", 2, 10_000))
    one = author.article("Pay")
    assert [phone.ask().status_code for _ in range(4)] == [200] * 3 + [429]
    assert [phone.tell(f"/articles/{one}/read", {"ms": 1}) for _ in range(3)] == [204] * 2 + [429]


# Insights.


def insights(ana: Somebody, author: Author, **query: Any) -> Any:
    return ana.get(f"/knowledge/bases/{author.base_id}/insights", **query)


def test_K12_insights_of_a_range(desk: Desk, ana: Somebody, author: Author, phone: Phone) -> None:
    pay, leave = author.article("Pay"), author.article("Leave", "You can cancel.")
    other = Phone(desk, ana.account_id)
    phone.tell(f"/articles/{pay}/read", {"ms": 10_000})
    phone.tell(f"/articles/{pay}/read", {"ms": 2_000})
    other.tell(f"/articles/{pay}/read", {"ms": 30_000, "source": "agent"})
    other.tell(f"/articles/{pay}/read", {"ms": 86_400_000 // 2, "source": "agent"})
    phone.tell(f"/articles/{pay}/chat", {})
    phone.tell(f"/articles/{pay}/chat", {})
    phone.tell(f"/articles/{leave}/vote", {"helpful": False})
    desk.clock.advance(DAY)
    phone.tell(f"/articles/{leave}/read", {"ms": 4_000})
    found = insights(ana, author)
    assert (found["since"], found["until"]) == ("2026-10-28", "2026-11-26")
    average = round((10_000 + 2_000 + 30_000 + 30 * MINUTE + 4_000) / 3)
    assert found["total"] == {
        "views": 3,
        "average_read_ms": average,
        "helpful": 0,
        "unhelpful": 1,
        "chats": 1,
    }
    assert [(each["title"], each["views"]) for each in found["articles"]] == [("Pay", 2), ("Leave", 1)]
    assert [each["article_id"] for each in found["ended_in_chat"]] == [pay]
    assert [each["article_id"] for each in found["least_helpful"]] == [leave]
    assert {each["source"]: each["views"] for each in found["sources"]} == {
        "chat": 2,
        "agent": 1,
        "help_center": 0,
        "api": 0,
    }
    days = {each["day"]: each for each in found["days"]}
    assert len(days) == 30
    assert (days["2026-11-25"]["views"], days["2026-11-26"]["views"]) == (2, 1)
    assert (days["2026-11-25"]["unhelpful"], days["2026-11-26"]["unhelpful"]) == (1, 0)
    only = insights(ana, author, **{"from": "2026-11-26", "to": "2026-11-26"})
    assert (only["total"]["views"], only["total"]["average_read_ms"], len(only["days"])) == (1, 4_000, 1)
    assert insights(ana, author, language="de")["total"]["views"] == 0
    author.delete(pay)
    assert insights(ana, author)["articles"][0]["title"] is None


def test_K12_terms_are_counted_once_the_reader_is_done(
    desk: Desk, ana: Somebody, author: Author, phone: Phone
) -> None:
    one = author.article("Cancel your plan")
    other = Phone(desk, ana.account_id)
    for words in ("c", "can", "cance", "cancel"):
        phone.get("/search", q=words)
        desk.clock.advance(400)
    other.get("/search", q="zzyzx  ME@example.org")
    desk.clock.advance(MINUTE)
    for _ in range(2):
        phone.get("/search", q="Plan")
        assert phone.tell("/search/click", {"q": "plan", "article_id": one}) == 204
    found = insights(ana, author)
    assert found["top_terms"] == [
        {"term": "cancel", "searches": 1, "without_result": 0, "without_click": 1},
        {"term": "plan", "searches": 1, "without_result": 0, "without_click": 0},
        {"term": "zzyzx @", "searches": 1, "without_result": 1, "without_click": 0},
    ]
    assert [each["term"] for each in found["terms_without_result"]] == ["zzyzx @"]
    assert [each["term"] for each in found["terms_without_click"]] == ["cancel"]
    assert found["searches"] == {"searches": 3, "without_result": 1, "without_click": 1}


@pytest.mark.parametrize(
    "query",
    [
        {"from": "yesterday"},
        {"from": "2026-02-30"},
        {"to": "9999-99-99"},
        {"from": "2026-11-26", "to": "2026-11-25"},
        {"from": "2020-01-01", "to": "2026-01-01"},
    ],
)
def test_K12_a_wrong_range_is_refused(ana: Somebody, author: Author, query: dict[str, str]) -> None:
    answer = ana.call("GET", f"/knowledge/bases/{author.base_id}/insights", **query)
    assert answer.status_code == 422
    assert set(answer.json()["fields"]) <= {"from", "to"}


# The public pages.


def home(author: Author, language: str = "en") -> str:
    return f"/help/{author.scope.account_id}/{author.slug}/{language}/"


def test_the_pages_lead_from_the_start_to_an_article_and_back(desk: Desk, author: Author) -> None:
    topic = author.category("Billing")
    author.article("Pay by card", "Any card.", subtitle="Any <b>card</b>", category_id=topic)
    reader = desk.browser(**{"user-agent": HUMAN})
    start = reader.get(f"/help/{author.scope.account_id}/{author.slug}", follow_redirects=False)
    assert (start.status_code, start.headers["location"]) == (302, home(author))
    assert reader.get(home(author), headers={"accept-language": "de-CH"}).status_code == 200
    german = reader.get(
        f"/help/{author.scope.account_id}/{author.slug}/",
        headers={"accept-language": "de-CH,en;q=0.5"},
        follow_redirects=False,
    )
    assert german.headers["location"] == home(author, "de")
    front = reader.get(home(author)).text
    assert '<html lang="en" dir="ltr">' in front
    assert f'href="{home(author)}c/billing"' in front
    assert "1 article<" in front
    category = reader.get(f"{home(author)}c/billing").text
    assert "Any &lt;b&gt;card" in category
    assert f'href="{home(author)}a/pay-by-card"' in category
    page = reader.get(f"{home(author)}a/pay-by-card").text
    assert "<p>Any card.</p>" in page
    assert f'<li><a href="{home(author)}c/billing"><bdi>Billing</bdi></a></li>' in page
    arabic = reader.get(home(author, "ar")).text
    assert '<html lang="ar" dir="rtl">' in arabic
    assert texts.of("ar")["ask"] in arabic


def test_pages_are_small_safe_and_kept_by_browsers(desk: Desk, author: Author) -> None:
    topic = author.category("Billing")
    for number in range(120):
        author.article(f"Article {number}", "word " * 60, subtitle="About it " * 8, category_id=topic)
    reader = desk.browser(**{"user-agent": HUMAN})
    paths = [
        home(author),
        f"{home(author)}c/billing",
        f"{home(author)}a/article-7",
        f"{home(author)}search?q=word",
    ]
    for path in paths:
        page = reader.get(path)
        assert page.status_code == 200
        assert len(page.content) <= 50_000, path
        policy = page.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "script-src" not in policy
        assert "unsafe" not in policy
        assert "set-cookie" not in page.headers
        scripts = re.findall(r"<script[^>]*>", page.text)
        assert scripts in ([], ['<script type="application/ld+json">'])
        assert not re.search(r"""(src|href)="(https?:)?//(?!desk\.example)""", page.text)
        tag = page.headers["etag"]
        assert page.headers["cache-control"] == "no-cache"
        assert reader.get(path, headers={"if-none-match": tag}).status_code == 304
        plain = reader.get(path, headers={"accept-encoding": "identity"})
        assert (plain.text, plain.headers.get("content-encoding")) == (page.text, None)
        assert page.headers["content-encoding"] == "gzip"
        assert reader.head(path).status_code == 200


def test_search_engines_get_the_address_the_languages_and_the_facts(desk: Desk, author: Author) -> None:
    topic = author.category({"en": "Billing", "de": "Abrechnung"})
    one = author.article('Pay </script><b>"now"', subtitle="By card", category_id=topic)
    author.translate(one, "de", "Jetzt bezahlen", "Mit Karte.")
    reader = desk.browser(**{"user-agent": HUMAN})
    page = reader.get(f"{home(author)}a/pay-script-b-now").text
    origin = desk.origin
    assert f'<link rel="canonical" href="{origin}{home(author)}a/pay-script-b-now">' in page
    assert f'hreflang="de" href="{origin}{home(author, "de")}a/jetzt-bezahlen"' in page
    assert f'hreflang="x-default" href="{origin}{home(author)}a/pay-script-b-now"' in page
    assert '<meta property="og:type" content="article">' in page
    assert '<meta name="description" content="By card">' in page
    facts = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert facts
    article, trail = json.loads(facts[1])["@graph"]
    assert (article["@type"], article["headline"]) == ("Article", 'Pay </script><b>"now"')
    assert [step["name"] for step in trail["itemListElement"]] == ["All topics", "Billing"]
    sitemap = ET.fromstring(reader.get(f"/help/{author.scope.account_id}/{author.slug}/sitemap.xml").text)
    places = {each.text for each in sitemap.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")}
    assert {origin + home(author), f"{origin}{home(author)}c/billing"} <= places
    assert {
        f"{origin}{home(author)}a/pay-script-b-now",
        f"{origin}{home(author, 'de')}a/jetzt-bezahlen",
    } <= places
    feed = ET.fromstring(reader.get(f"{home(author)}feed.xml").text)
    atom = "{http://www.w3.org/2005/Atom}"
    assert [each.findtext(f"{atom}title") for each in feed.iter(f"{atom}entry")] == ['Pay </script><b>"now"']
    assert "Disallow: /api/" in reader.get("/robots.txt").text
    assert '<meta name="robots" content="noindex">' in reader.get(f"{home(author)}search?q=pay").text
    for place in places:
        assert place
        assert reader.get(place).status_code == 200


def test_K10_a_page_falls_back_to_the_first_language_and_says_so(desk: Desk, author: Author) -> None:
    author.article("Pay", "With a card.")
    reader = desk.browser(**{"user-agent": HUMAN})
    page = reader.get(f"{home(author, 'ar')}a/pay").text
    assert texts.of("ar")["fallback"] in page
    assert '<article lang="en" dir="ltr">' in page
    assert f'<link rel="canonical" href="{desk.origin}{home(author)}a/pay">' in page
    assert f'href="{home(author, "ar")}a/pay"' in reader.get(home(author, "ar")).text


def test_a_former_address_leads_to_the_new_one(desk: Desk, author: Author) -> None:
    one = author.article("Pay", "With a card.")
    author.draft(one, "Pay now", "With a card.", slug="pay-now")
    author.publish(one)
    author.translate(one, "de", "Bezahlen", "Mit Karte.")
    reader = desk.browser(**{"user-agent": HUMAN})
    for path, target in (
        (f"{home(author)}a/pay", f"{home(author)}a/pay-now"),
        (f"{home(author, 'de')}a/pay-now", f"{home(author, 'de')}a/bezahlen"),
    ):
        moved = reader.get(path, follow_redirects=False)
        assert (moved.status_code, moved.headers["location"]) == (301, target)
    assert reader.get(home(author)[:-1], follow_redirects=False).headers["location"] == home(author)


def test_K11_a_vote_by_form_counts_once_for_a_network_and_browser(
    desk: Desk, ana: Somebody, author: Author
) -> None:
    one = author.article("Pay")
    path = f"{home(author)}a/pay"
    reader = desk.browser(**{"user-agent": HUMAN})
    for word in ("yes", "yes", "no"):
        sent = reader.post(f"{path}/vote", data={"helpful": word}, follow_redirects=False)
        assert (sent.status_code, sent.headers["location"]) == (303, f"{path}?voted={word}#vote")
        assert "set-cookie" not in sent.headers
    assert texts.of("en")["vote.thanks"] in reader.get(f"{path}?voted=no").text
    desk.browser("198.51.100.9", **{"user-agent": HUMAN}).post(f"{path}/vote", data={"helpful": "yes"})
    total = insights(ana, author)["total"]
    assert (total["helpful"], total["unhelpful"], total["views"]) == (1, 1, 0)
    voters = [row for row in desk.rows()["article_vote"] if one in row]
    assert not any("192.0.2.1" in str(row) or "Firefox" in str(row) for row in voters)
    for body in (b"", b"helpful=maybe", b"\xff", b"&" * 500):
        kind = {"content-type": "application/x-www-form-urlencoded"}
        answer = reader.post(f"{path}/vote", content=body, headers=kind, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{path}#vote")
    foreign = reader.post(f"{path}/vote", data={"helpful": "yes"}, headers={"sec-fetch-site": "cross-site"})
    assert foreign.status_code == 403
    assert insights(ana, author)["total"]["unhelpful"] == 1


def test_K12_pages_count_people_once_and_robots_never(desk: Desk, ana: Somebody, author: Author) -> None:
    author.article("Pay", "With a card.")
    path = f"{home(author)}a/pay"
    for agent in (HUMAN, HUMAN, "Googlebot/2.1", "curl/8.0", ""):
        desk.browser(**{"user-agent": agent}).get(path)
    human = desk.browser("198.51.100.9", **{"user-agent": HUMAN})
    human.head(path)
    human.get(path, headers={"sec-purpose": "prefetch"})
    assert insights(ana, author)["total"]["views"] == 1
    human.get(f"{home(author)}search", params={"q": "Card"})
    human.get(f"{home(author)}search", params={"q": "zzyzx"})
    human.get(f"{path}?q=card")
    found = insights(ana, author)
    assert (found["total"]["views"], found["total"]["average_read_ms"]) == (2, None)
    assert found["searches"] == {"searches": 2, "without_result": 1, "without_click": 0}
    desk.clock.advance(HOUR)
    human.get(path)
    assert insights(ana, author)["total"]["views"] == 3


def test_K12_insights_are_for_those_who_write_or_publish(desk: Desk, ana: Somebody, author: Author) -> None:
    path = f"/knowledge/bases/{author.base_id}/insights"
    for right, status in (("knowledge_edit", 200), ("knowledge_publish", 200), ("chatflows", 403)):
        somebody = desk.hire(ana, f"{right}@example.org", right)
        assert somebody.call("GET", path).status_code == status
    assert desk.found("Other", "zoe@example.org").call("GET", path).status_code == 404


def test_what_is_not_there_says_so_kindly(desk: Desk, author: Author) -> None:
    author.article("Pay")
    reader = desk.browser(**{"user-agent": HUMAN, "accept-language": "nl"})
    account_id = author.scope.account_id
    for path in (
        f"{home(author)}a/nothing",
        f"{home(author)}c/nothing",
        f"{home(author)}search?q=x&after=nonsense",
    ):
        page = reader.get(path)
        assert page.status_code == 404
        assert texts.of("en")["missing.title"] in page.text
        assert 'name="robots" content="noindex"' in page.text
    for path in (
        f"/help/{account_id}/nothing/en/",
        f"/help/{account_id}/{author.slug}/xx/",
        f"/help/{2**52}/{author.slug}/en/",
        f"/help/x/{author.slug}/en/",
        f"/help/{account_id}/nothing",
        f"/help/{account_id}/nothing/sitemap.xml",
        f"/help/{account_id}/{author.slug}/xx/feed.xml",
        f"/help/{account_id}/%00/en/a/%00",
        "/help/what/ever/there/is/more",
    ):
        page = reader.get(path)
        assert page.status_code == 404, path
        assert texts.of("nl")["missing.title"] in page.text
        assert page.headers["content-security-policy"]


def test_looks_and_votes_from_one_network_are_limited(
    desk: Desk, author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "LOOKS", Limit("looks", 3, 10_000))
    monkeypatch.setattr(site, "VOTES", Limit("votes", 2, 10_000))
    author.article("Pay")
    reader = desk.browser(**{"user-agent": HUMAN})
    looks = [reader.get(home(author)) for _ in range(4)]
    assert [look.status_code for look in looks] == [200] * 3 + [429]
    assert texts.of("en")["limit.text"] in looks[-1].text
    assert int(looks[-1].headers["retry-after"]) > 0
    votes = [
        reader.post(f"{home(author)}a/pay/vote", data={"helpful": "yes"}, follow_redirects=False)
        for _ in range(3)
    ]
    assert [vote.status_code for vote in votes] == [303] * 2 + [429]


class Model:
    """Knows one vector, and what it was asked for."""

    model = "one"

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def embed(self, texts: Sequence[str], patience_s: float = 30.0) -> list[list[float]]:
        self.asked += texts
        return [[1.0, 0.0] for _ in texts]


def test_K03_the_model_is_asked_behind_the_limits_and_for_each_question_once(
    desk: Desk, author: Author, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    author.change(is_public=True)
    author.article("Pay by card")
    model = Model()
    desk.app.state.questions = Questions(model)
    monkeypatch.setattr(questions, "QUESTIONS", Limit("search.questions", 2, HOUR))
    for words in ("pay", "pay b", " pay  b ", "pay by", "pay by card"):
        assert phone.get("/search", q=words)["total"] == 1, "without a vector words answer alone"
    assert model.asked == ["pay", "pay b"]
    path = f"/help/{author.scope.account_id}/{author.slug}/en/search"
    monkeypatch.setattr(site, "LOOKS", Limit("help_center.looks", 1, HOUR))
    looks = [desk.browser().get(path, params={"q": words}).status_code for words in ("card", "cards")]
    assert (looks, model.asked) == ([200, 429], ["pay", "pay b", "card"])


HOSTILE = (
    "\x00",
    "a\x00b",
    "\u202e",
    "%",
    "_",
    "'",
    '"',
    "*",
    "^",
    "NEAR(",
    "\\",
    "{words}",
    "𝔘𝔫𝔦",
    "x" * 5_000,
)


@pytest.mark.parametrize("words", HOSTILE)
def test_whatever_is_sought_or_asked_for_nothing_breaks(
    desk: Desk, author: Author, phone: Phone, words: str
) -> None:
    topic = author.category("Billing")
    one = author.article("Pay {words}", category_id=topic)
    assert phone.ask("/search", q=words).status_code in {200, 422}
    assert phone.tell("/search/click", {"q": words, "article_id": one}) in {204, 422}
    for query in ({"language": words}, {"mobile_tag": words}, {"after": words}):
        assert phone.ask(f"/categories/{topic}", **query).status_code in {200, 404, 422}
    reader = desk.browser(**{"user-agent": HUMAN})
    for path in ("search", "a/pay-words", "c/billing", "a/pay-words?voted=yes"):
        for name in ("q", "after", "voted"):
            assert reader.get(home(author) + path, params={name: words}).status_code in {200, 404}
    for part in ("a", "c"):
        assert reader.get(f"{home(author)}{part}/{quote(words, safe='')}").status_code in {200, 404}
    assert reader.get(
        f"{home(author)}search", params={"q": words, "after": to_cursor((2**62,))}
    ).status_code in {
        200,
        404,
    }


# Nothing but what is published for everybody.

STATES = ("draft", "scheduled", "unpublished", "deleted", "contacts", "changed")


def every_output(desk: Desk, author: Author, phone: Phone, words: list[str]) -> Iterator[str]:
    """Everything that somebody who has proven nothing can read of a base, wherever links lead."""
    front = phone.ask()
    yield front.text
    for language in ("en", "de", "fr"):
        yield phone.ask("", language=language).text
        for word in words:
            yield phone.ask("/search", q=word, language=language).text
    todo = [front.json()["categories"]]
    while todo:
        for topic in todo.pop():
            yield phone.ask(f"/categories/{topic['id']}").text
            todo.append(topic["children"])
    reader = desk.browser(**{"user-agent": HUMAN})
    account_id = author.scope.account_id
    seen: set[str] = set()
    paths = [
        f"/help/{account_id}/{author.slug}/sitemap.xml",
        "/robots.txt",
        *(home(author, language) for language in ("en", "de")),
        *(f"{home(author, language)}feed.xml" for language in ("en", "de")),
        *(f"{home(author, language)}search?q={word}" for word in words for language in ("en", "de")),
    ]
    while paths:
        path = paths.pop()
        if path in seen:
            continue
        seen.add(path)
        page = reader.get(path)
        # What was sought stands on the page: it is the reader's own.
        text = page.text
        if "search?q=" in path:
            text = text.replace(path.partition("=")[2], "")
        yield text
        found = re.findall(r'(?:href="|<loc>)(?:http://desk\.example)?(/[^"<#]*)', page.text)
        paths += [each.replace("&amp;", "&") for each in found if "/search" not in each]


def test_K06_K07_nothing_hidden_appears_anywhere(
    desk: Desk, ana: Somebody, author: Author, phone: Phone
) -> None:
    hidden: dict[str, int] = {}
    shown = author.category("Shown")
    author.article("Plainpublic", "Plainpublic words.", category_id=shown)
    for state in STATES:
        alone = author.category(f"Secretcategory{state}") if state != "changed" else shown
        word = f"Secret{state}"
        one = author.article(
            word if state != "changed" else "Changedpublic",
            f"{word}body text." if state != "changed" else "Open words.",
            subtitle=f"{word}subtitle" if state != "changed" else "",
            tags=[f"{word}tag"] if state != "changed" else [],
            category_id=alone,
            access="contacts" if state == "contacts" else "public",
            published=state not in {"draft", "scheduled"},
        )
        hidden[state] = one
        match state:
            case "scheduled":
                author.schedule(one)
            case "unpublished":
                author.unpublish(one)
            case "deleted":
                author.delete(one)
            case "changed":
                author.draft(one, f"{word}", f"{word}body", tags=[f"{word}tag"], slug="secretchanged")
            case _:
                pass
    german = author.article("Englishpublic", "English words.")
    author.translate(german, "de", "Secretgerman", "Secretgermanbody.", published=False)
    alien = new_base(desk.engine, ana.account_id, ana.user_id, "Other", ["en"], is_public=False)
    alien.article("Secretalien", "Secretalienbody.")
    stranger = desk.found("Elsewhere", "zoe@example.org")
    abroad = new_base(desk.engine, stranger.account_id, stranger.user_id, "Abroad", ["en"])
    foreign = abroad.article("Secretabroad", "Secretabroadbody.")
    names = [*STATES, "german", "alien", "abroad"]
    words = [f"Secret{name}{part}" for name in names for part in ("", "body", "tag")]
    outputs = list(every_output(desk, author, phone, words))
    assert len(outputs) > 100
    assert sum("<!doctype html>" in text for text in outputs) > 60
    assert any("Plainpublic" in text and "Changedpublic" in text for text in outputs)
    for text in outputs:
        found = re.search(r"secret(?!\w*%)\w+", text, re.IGNORECASE)
        assert found is None, (found, text[:300])
    for name, one in {**hidden, "foreign": foreign}.items():
        if name != "changed":
            assert phone.ask(f"/articles/{one}").status_code == 404, name
    for name in names:
        for path in (f"a/secret{name}", f"c/secretcategory{name}"):
            assert desk.browser().get(home(author) + path).status_code == 404
    assert phone.get()["categories"] == [{"id": shown, "name": "Shown", "articles": 2, "children": []}]


def test_K07_who_has_proven_who_they_are_sees_what_is_for_contacts(
    desk: Desk, ana: Somebody, author: Author, phone: Phone
) -> None:
    private = author.category("Private")
    one = author.article("For you", category_id=private, access="contacts")
    assert phone.get()["categories"] == []
    visit = desk.engine.read_and_wait(
        lambda reader: readers.visit_of_tag(reader, author.scope, "support", "", verified=True)
    )
    assert visit.access == EVERY_ACCESS
    front = desk.engine.read_and_wait(lambda reader: readers.front(reader, author.scope, visit))
    assert [(topic.name, topic.articles) for topic in front.topics] == [("Private", 1)]
    assert front.recommended.newest[0].article_id == one
    found = desk.engine.read_and_wait(lambda reader: readers.search(reader, author.scope, visit, "you", 10))
    assert [hit.card.article_id for hit in found.hits] == [one]


def test_gzip_holds_the_page(desk: Desk, author: Author) -> None:
    with desk.browser().stream("GET", home(author), headers={"accept-encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert b"<!doctype html>" in gzip.decompress(raw)
