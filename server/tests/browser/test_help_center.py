"""The public help centre in a real browser: without scripts, from search to vote, axe clean in both directions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from pocketdesk.help_center import texts
from tests.browser.desktop import Scheme, complaints
from tests.browser.stage import Agent
from tests.pictures import still
from tests.server import Server

WORDS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "en": {
        "topics": ("Getting started", "Billing and invoices", "Privacy"),
        "articles": ("Cancel your plan", "Pay by card", "Download your invoices"),
    },
    "ar": {
        "topics": ("البداية", "الفواتير والدفع", "الخصوصية"),
        "articles": ("إلغاء اشتراكك", "الدفع بالبطاقة", "تنزيل فواتيرك"),
    },
    "ja": {
        "topics": ("はじめに", "お支払いと請求書", "プライバシー"),
        "articles": ("プランを解約する", "カードで支払う", "請求書をダウンロードする"),
    },
}


def run(text: str, **style: Any) -> dict[str, Any]:
    return {"type": "text", "text": text, **style}


def paragraph(*runs: dict[str, Any]) -> dict[str, Any]:
    return {"type": "paragraph", "runs": list(runs)}


def whole_body(words: str, image_id: int) -> dict[str, Any]:
    """One of every kind of block."""
    cells = [[run("Plan")], [run("Kept for")], [run("Refund")]]
    return {
        "blocks": [
            paragraph(
                run("Your plan stays "),
                run("active", bold=True),
                run(f" until the end of the period. {words}. "),
                {"type": "link", "text": "Our terms", "href": "https://example.com/terms"},
                run(" say more."),
            ),
            {"type": "heading", "level": 2, "runs": [run("Before you begin")]},
            {"type": "callout", "tone": "info", "blocks": [paragraph(run("Only an owner can cancel."))]},
            {
                "type": "list",
                "ordered": True,
                "items": [[paragraph(run("Open Settings."))], [paragraph(run("Choose Billing."))]],
            },
            {
                "type": "image",
                "file_id": image_id,
                "alt": "The page Billing",
                "caption": "Billing, in Settings",
                "width": 640,
                "height": 240,
            },
            {"type": "heading", "level": 2, "runs": [run("What happens to your data")]},
            {
                "type": "table",
                "header": True,
                "rows": [cells, [[run("Monthly")], [run("30 days")], [run("No")]]],
            },
            {"type": "callout", "tone": "warning", "blocks": [paragraph(run("Then nobody has it."))]},
            {"type": "callout", "tone": "danger", "blocks": [paragraph(run("Really nobody."))]},
            {"type": "callout", "tone": "tip", "blocks": [paragraph(run("Make a copy."))]},
            {"type": "heading", "level": 3, "runs": [run("Export everything")]},
            {
                "type": "code",
                "text": "curl https://api.example.com/v1/export --output all.zip",
                "language": "sh",
            },
            {"type": "quote", "blocks": [paragraph(run("It took me two minutes."))]},
            {"type": "video", "href": "https://example.com/film"},
            {"type": "divider"},
            paragraph(run("That is all.", italic=True), run(" "), run("run --it", code=True)),
        ]
    }


@dataclass
class Center:
    """A help centre with three categories and an article of every kind of block."""

    origin: str
    server: Server
    base_id: int
    slug: str

    def home(self, language: str = "en") -> str:
        return f"{self.origin}/help/{self.server.account_id}/{self.slug}/{language}/"

    def write(
        self, article_id: int, language: str, title: str, body: dict[str, Any], subtitle: str = ""
    ) -> None:
        place = f"/knowledge/articles/{article_id}/variants/{language}"
        revision = self.server.account("GET", place)["draft"]["revision"]
        draft = {"base_revision": revision, "title": title, "subtitle": subtitle, "slug": "", "tags": []}
        saved = self.server.account("PUT", f"{place}/draft", {**draft, "body": body})
        self.server.account("POST", f"{place}/publish", {"revision": saved["revision"]})


@pytest.fixture(scope="module")
def center(server: Server, agent: Agent) -> Center:
    languages = list(WORDS)
    made = server.account(
        "POST",
        "/knowledge/bases",
        {"name": "Nordlicht Help", "languages": [*languages, "de"], "accent": "#b4338a", "is_public": True},
    )
    center = Center(server.origin, server, made["id"], made["slug"])
    image_id = agent.upload("billing.png", "image/png", still(size=(640, 240)), "article")
    for place, topic in enumerate(WORDS["en"]["topics"]):
        names = {language: WORDS[language]["topics"][place] for language in languages}
        category = server.account("POST", f"/knowledge/bases/{center.base_id}/categories", {"names": names})
        assert topic in names.values()
        for number, title in enumerate(WORDS["en"]["articles"] if place < 2 else ()):
            created = server.account(
                "POST",
                f"/knowledge/bases/{center.base_id}/articles",
                {"language": "en", "title": title, "category_id": category["id"]},
            )
            for language in languages:
                if language != "en":
                    path = f"/knowledge/articles/{created['id']}/variants"
                    server.account("POST", path, {"language": language})
                written = WORDS[language]["articles"][number]
                subtitle = (
                    "What happens to your data, and when the last payment is due." if number == 0 else ""
                )
                center.write(created["id"], language, written, whole_body(written, image_id), subtitle)
    return center


def plain(chromium: Browser, width: int = 1440, scheme: Scheme = "light", **more: Any) -> BrowserContext:
    """A browser that runs no scripts."""
    return chromium.new_context(
        java_script_enabled=False,
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
        **more,
    )


def test_K03_K11_from_a_search_to_a_vote_without_scripts_or_third_parties(
    chromium: Browser, center: Center
) -> None:
    context = plain(chromium, 375)
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(center.home())
    expect(page.get_by_role("heading", name=texts.of("en")["ask"])).to_be_visible()
    page.get_by_role("searchbox").fill("cancel")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("cancel")
    expect(page.locator("mark").first).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Cancel your plan").first.click()
    expect(page.get_by_role("heading", level=1, name="Cancel your plan")).to_be_visible()
    expect(page.get_by_alt_text("The page Billing")).to_be_visible()
    assert page.get_by_alt_text("The page Billing").evaluate("image => image.naturalWidth") == 640
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_role("status")).to_have_text(texts.of("en")["vote.thanks"])
    expect(page.get_by_role("button", name="Yes")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("navigation", name=texts.of("en")["breadcrumbs"]).get_by_role("link").last.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert context.cookies() == []
    assert {url for url in asked if not url.startswith((center.origin, "data:"))} == set()
    assert said == [], "the content security policy has nothing to say"
    context.close()


def test_K10_the_language_switch_leads_to_the_same_article(chromium: Browser, center: Center) -> None:
    context = plain(chromium)
    page = context.new_page()
    page.goto(center.home() + "a/cancel-your-plan")
    page.locator(".tongues summary").click()
    page.get_by_role("link", name="العربية").click()
    expect(page.get_by_role("heading", level=1, name="إلغاء اشتراكك")).to_be_visible()
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.locator(".tongues summary").click()
    page.get_by_role("link", name="Deutsch").click()
    expect(page.get_by_text(texts.of("de")["fallback"])).to_be_visible()
    expect(page.get_by_role("heading", level=1, name="Cancel your plan")).to_be_visible()
    context.close()


def test_the_whole_way_can_be_gone_by_keyboard(chromium: Browser, center: Center) -> None:
    context = plain(chromium)
    page = context.new_page()
    page.goto(center.home())
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name=texts.of("en")["skip"])).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Getting started")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Getting started")).to_be_visible()
    context.close()


PAGES = ("", "c/getting-started", "a/cancel-your-plan", "search?q=cancel", "search?q=zzyzx", "a/nothing")


def pages_of(page: Page, center: Center, language: str) -> list[str]:
    """The same pages in another language, found as readers find them."""
    if language == "en":
        return list(PAGES)
    page.goto(center.home(language))
    found = page.locator(".topics a").first.get_attribute("href")
    assert found
    page.goto(center.origin + found)
    article = page.locator(".articles a").first.get_attribute("href")
    assert article
    short = [
        path.removeprefix(center.home(language).removeprefix(center.origin)) for path in (found, article)
    ]
    return ["", *short, f"search?q={WORDS[language]['articles'][0][:2]}", "search?q=zzyzx", "a/nothing"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1440])
@pytest.mark.parametrize("language", list(WORDS))
def test_axe_is_clean_and_nothing_is_too_wide(
    chromium: Browser, center: Center, language: str, width: int, scheme: Scheme
) -> None:
    context = chromium.new_context(
        bypass_csp=True, color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    found: list[str] = []
    for path in pages_of(page, center, language):
        page.goto(center.home(language) + path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        found += [f"{path}: {each}" for each in complaints(page)]
    assert found == []
    context.close()
