"""Knowledge bases in the console: the wizard's third step, the editor's tab and preview, articles that agents send."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desktop import complaints, console, start_conversation
from tests.browser.shelf import Shelf
from tests.browser.stage import Agent
from tests.server import Server

pytestmark = pytest.mark.timeout(120)


def third_step(page: Page, tag: str) -> None:
    """Goes through the wizard to its last question."""
    page.get_by_role("link", name="Create chatflow").click()
    page.get_by_role("link", name="Mobile").click()
    page.get_by_role("radio", name="Support").click()
    page.get_by_role("combobox", name="Language").fill("Deu")
    page.get_by_role("option", name="Deutsch").click()
    page.get_by_label("Mobile tag").fill(tag)
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Step 3 of 3")).to_be_visible()


def add_base(page: Page, name: str) -> None:
    page.get_by_role("button", name="Add a knowledge base").click()
    dialog = page.get_by_role("dialog", name="Add a knowledge base")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_role("button", name="Add").click()
    expect(dialog).to_have_count(0)


def test_A08_a_help_tab_without_a_knowledge_base_is_refused_and_makes_nothing(
    chromium: Browser, server: Server
) -> None:
    Shelf(server, "Base of A08")
    before = server.account("GET", "/chatflows")["items"]
    with console(chromium, server, "/chatflows") as page:
        third_step(page, "a08")
        assert complaints(page) == []
        page.get_by_role("switch", name="Show a Help tab with articles").press("Space")
        page.get_by_role("button", name="Create").click()
        expect(page.get_by_role("alert")).to_contain_text("Choose a knowledge base")
        assert complaints(page) == []
        assert server.account("GET", "/chatflows")["items"] == before
        page.get_by_role("combobox", name="Knowledge base").click()
        page.get_by_role("option", name="Base of A08").click()
        page.get_by_role("button", name="Create").click()
        expect(page).to_have_url(re.compile(r"/chatflows/\d+/chat$"))
    made = server.account("GET", "/chatflows")["items"][-1]
    chosen = server.account("GET", f"/chatflows/{made['id']}")["document"]["knowledge_base"]
    assert (made["mobile_tag"], chosen["enabled"]) == ("a08", True)


def test_A09_a_knowledge_base_is_added_from_the_step_and_nothing_is_lost(
    chromium: Browser, server: Server
) -> None:
    with console(chromium, server, "/chatflows") as page:
        third_step(page, "a09")
        page.get_by_role("switch", name="Show a Help tab with articles").press("Space")
        page.get_by_role("button", name="Add a knowledge base").click()
        dialog = page.get_by_role("dialog", name="Add a knowledge base")
        dialog.get_by_role("button", name="Add").click()
        expect(dialog).to_contain_text("Enter a name.")
        assert complaints(page) == []
        expect(dialog.get_by_role("combobox", name="First language")).to_have_value("Deutsch")
        dialog.get_by_label("Name").fill("Hilfe")
        dialog.get_by_role("button", name="Add").click()
        expect(page.get_by_role("combobox", name="Knowledge base")).to_have_value("Hilfe")
        page.get_by_role("button", name="Back").click()
        expect(page.get_by_role("radio", name="Live agent")).to_be_checked()
        page.get_by_role("button", name="Back").click()
        expect(page.get_by_label("Mobile tag")).to_have_value("a09")
        page.get_by_role("button", name="Next").click()
        page.get_by_role("button", name="Next").click()
        expect(page.get_by_role("combobox", name="Knowledge base")).to_have_value("Hilfe")
        page.get_by_role("button", name="Create").click()
        expect(page).to_have_url(re.compile(r"/chatflows/\d+/chat$"))
    bases = server.account("GET", "/knowledge/bases")["items"]
    assert [each["languages"] for each in bases if each["name"] == "Hilfe"] == [["de"]]


def test_A11_A12_A13_K14_the_tab_chooses_a_base_and_the_preview_shows_it(
    chromium: Browser, server: Server, agent: Agent
) -> None:
    shelf = Shelf(server, "Base of K14")
    topic = shelf.category("Orders")
    shelf.publish("Change an order", "Open the app.", category_id=topic)
    flow_id = agent.chatflow("k14")
    with console(chromium, server, f"/chatflows/{flow_id}/knowledge_base") as page:
        expect(page.get_by_role("tab")).to_have_text(["Chat", "Knowledge base", "Options", "Mobile details"])
        preview = page.frame_locator("iframe[title=Preview]")
        expect(preview.locator("textarea")).to_be_visible()
        expect(preview.locator(".tabs")).to_have_count(0)
        page.get_by_role("switch", name="Show a Help tab with articles").press("Space")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("Choose a knowledge base")
        page.get_by_role("combobox", name="Knowledge base").click()
        page.get_by_role("option", name="Base of K14").click()
        expect(page.get_by_text("1 unsaved change: knowledge base")).to_be_visible()
        assert complaints(page) == []

        preview.get_by_role("button", name="Help").click()
        expect(preview.get_by_role("heading", name="Base of K14")).to_be_visible()
        preview.locator(".row", has_text="Orders").click()
        preview.locator(".row", has_text="Change an order").click()
        expect(preview.get_by_text("Open the app.")).to_be_visible()
        preview.locator(".pane:not(.is-behind)").get_by_role("button", name="Back").click()
        expect(preview.get_by_role("heading", name="Orders")).to_be_visible()
        address = page.url

        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("button", name="Save", exact=True)).to_have_count(0)
        assert page.url == address, "looking around in the preview goes nowhere"
    chosen = server.account("GET", f"/chatflows/{flow_id}")["document"]["knowledge_base"]
    assert chosen == {"enabled": True, "knowledge_base_id": shelf.id}
    assert shelf.insights()["total"]["views"] == 0, "a preview counts nothing"


def test_K14_a_base_is_added_in_the_tab_beside_other_unsaved_changes(
    chromium: Browser, server: Server, agent: Agent
) -> None:
    flow_id = agent.chatflow("k14b")
    with console(chromium, server, f"/chatflows/{flow_id}/chat") as page:
        page.get_by_label("Welcome message").fill("Welcome.")
        page.get_by_role("tab", name="Knowledge base").click()
        page.get_by_role("switch", name="Show a Help tab with articles").press("Space")
        add_base(page, "Added in the tab")
        expect(page.get_by_role("combobox", name="Knowledge base")).to_have_value("Added in the tab")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("button", name="Save", exact=True)).to_have_count(0)
    document = server.account("GET", f"/chatflows/{flow_id}")["document"]
    assert (document["chat"]["welcome"], document["knowledge_base"]["enabled"]) == ("Welcome.", True)


def test_L08_an_agent_finds_an_article_and_sends_it_with_some_words(
    chromium: Browser, server: Server, agent: Agent
) -> None:
    shelf = Shelf(server, "Base of L08")
    article_id = shelf.publish("Parcels and where they are", subtitle="By their number")
    shelf.draft("Parcels nobody sees")
    conversation = start_conversation(server, "Where is my parcel?")
    with console(chromium, server, f"/inbox/{conversation}") as page:
        field = page.get_by_label(re.compile("^Reply to"))
        field.fill("Here you are.")
        page.get_by_role("button", name="Insert an article").click()
        page.get_by_role("combobox", name="Search published articles").fill("parcels")
        expect(page.get_by_role("option")).to_have_count(1)
        assert complaints(page) == []
        page.keyboard.press("Enter")
        expect(field).to_be_focused()
        expect(page.get_by_role("button", name="Remove Parcels and where they are")).to_be_visible()
        page.keyboard.press("Control+Enter")
        card = page.locator("a.article-card")
        expect(card).to_contain_text("By their number")
        page.mouse.move(0, 0)
        expect(page.get_by_role("tooltip")).to_have_count(0)
        assert complaints(page) == []
    newest = server.timeline(conversation)[-1]
    paragraph, block = newest["content"]["blocks"]
    assert paragraph["runs"] == [{"type": "text", "text": "Here you are."}]
    assert (block["type"], block["article_id"]) == ("article", article_id)
