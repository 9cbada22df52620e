"""Chatflows in the console: list, wizard, editor with its preview."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.desktop import console, phone
from tests.server import Server


def new_flow(server: Server, tag: str, name: str, *, is_on: bool = False) -> int:
    body = {
        "inbox_id": server.inbox_id,
        "language": "en",
        "mobile_tag": tag,
        "type": "live_agent",
        "name": name,
    }
    flow_id = server.account("POST", "/chatflows", body)["id"]
    if is_on:
        server.account("PATCH", f"/chatflows/{flow_id}", {"is_on": True})
    return flow_id


def names(page: Page) -> list[str]:
    expect(page.get_by_role("table")).to_be_visible()
    return page.locator(".flow-name").all_inner_texts()


def test_A02_A03_A04_A05_A10_A23_the_wizard_makes_a_chatflow_and_opens_its_chat_tab(
    chromium: Browser, server: Server
) -> None:
    with console(chromium, server, "/chatflows") as page:
        before = len(names(page))
        page.get_by_role("link", name="Create chatflow").click()
        page.get_by_role("link", name="Mobile").click()
        page.get_by_role("button", name="Next").click()
        problems = page.get_by_role("alert")
        expect(problems).to_contain_text("Choose an inbox or a help desk.")
        expect(problems).to_contain_text("Choose a language.")
        expect(problems).to_contain_text("Enter a mobile tag")

        page.get_by_role("radio", name="Support").click()
        page.get_by_role("combobox", name="Language").fill("Deu")
        page.get_by_role("option", name="Deutsch").click()
        page.get_by_label("Mobile tag").fill("   ")
        page.get_by_role("button", name="Next").click()
        expect(problems).to_contain_text("Enter a mobile tag")
        page.get_by_label("Mobile tag").fill(" hilfe ")
        page.get_by_role("button", name="Next").click()

        expect(page.get_by_text("Step 2 of 2")).to_be_visible()
        page.get_by_role("button", name="Back").click()
        expect(page.get_by_role("radio", name="Support")).to_be_checked()
        expect(page.get_by_label("Mobile tag")).to_have_value(" hilfe ")
        page.get_by_role("button", name="Next").click()
        expect(page.get_by_role("radio", name="Live agent")).to_be_checked()
        assert len(server.account("GET", "/chatflows")["items"]) == before
        page.get_by_role("button", name="Create").click()

        expect(page).to_have_url(re.compile(r"/chatflows/\d+/chat$"))
        expect(page.get_by_role("switch", name="Chatflow is on")).not_to_be_checked()
        flow = server.account("GET", "/chatflows")["items"][-1]
        assert (flow["mobile_tag"], flow["language"], flow["is_on"]) == ("hilfe", "de", False)


def test_A11_A12_A13_A14_A15_A20_D01_D14_the_editor_previews_saves_and_goes_live(
    chromium: Browser, server: Server
) -> None:
    flow_id = new_flow(server, "shop", "Shop")
    with console(chromium, server, f"/chatflows/{flow_id}/chat") as page:
        expect(page.get_by_role("tab")).to_have_text(["Chat", "Options", "Mobile details"])
        preview = page.frame_locator("iframe[title=Preview]")
        expect(preview.get_by_text("How can we help you?")).to_be_visible()
        expect(preview.get_by_role("button", name="Close")).to_be_visible()

        page.get_by_label("Welcome message").fill("Welcome to the shop.")
        expect(preview.get_by_text("Welcome to the shop.")).to_be_visible()
        page.get_by_role("switch", name="Close button").press("Space")
        expect(preview.get_by_role("button", name="Close")).to_have_count(0)
        expect(page.get_by_text("2 unsaved changes: welcome message, close button")).to_be_visible()

        page.get_by_role("tab", name="Mobile details").click()
        page.get_by_label("Mobile tag").fill("")
        page.get_by_role("tab", name="Chat").click()
        expect(page.get_by_label("Welcome message")).to_have_value("Welcome to the shop.")
        page.get_by_role("button", name="Save").click()
        expect(page).to_have_url(re.compile("/mobile$"))
        expect(page.get_by_text("Enter a mobile tag")).to_be_visible()
        page.get_by_label("Mobile tag").fill("boutique")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        expect(page.get_by_text(re.compile(r"\d unsaved change"))).to_have_count(0)

        page.get_by_role("button", name="Rename").click()
        page.get_by_label("Name of the chatflow").fill("Boutique")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Boutique")
        with phone(chromium, server, "boutique") as visitor:
            expect(visitor.get_by_text("Welcome to the shop.")).to_have_count(0)
        page.get_by_role("switch", name="Chatflow is on").press("Space")
        expect(page.get_by_text("Live: your app shows it for the tag “boutique”.")).to_be_visible()
        with phone(chromium, server, "BOUTIQUE") as visitor:
            expect(visitor.get_by_text("Welcome to the shop.")).to_be_visible()

        page.reload()
        page.get_by_role("tab", name="Chat").click()
        expect(page.get_by_label("Welcome message")).to_have_value("Welcome to the shop.")
        page.get_by_role("button", name="Reset to default").click()
        expect(preview.get_by_text("How can we help you?")).to_be_visible()
        page.get_by_role("button", name="Discard").click()
        expect(page.get_by_label("Welcome message")).to_have_value("Welcome to the shop.")
    assert server.account("GET", "/conversations")["items"] == []


def test_A12_leaving_with_unsaved_changes_asks_and_a_conflict_keeps_them(
    chromium: Browser, server: Server
) -> None:
    flow_id = new_flow(server, "two", "Two hands")
    with console(chromium, server, f"/chatflows/{flow_id}/chat") as page:
        page.get_by_label("Welcome message").fill("Mine")
        page.get_by_role("link", name="All chatflows").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("You changed: welcome message.")
        dialog.get_by_role("button", name="Stay here").click()

        flow = server.account("GET", f"/chatflows/{flow_id}")
        flow["document"]["options"]["language"] = "fr"
        version = {"If-Match": f'"{flow["version"]}"'}
        server.account("PUT", f"/chatflows/{flow_id}/document", {"document": flow["document"]}, **version)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("alert")).to_contain_text("Somebody else saved this chatflow meanwhile")
        page.get_by_role("button", name="Load the newest version").click()
        expect(page.get_by_role("alert")).to_have_count(0)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        saved = server.account("GET", f"/chatflows/{flow_id}")["document"]
        assert (saved["chat"]["welcome"], saved["options"]["language"]) == ("Mine", "fr")

        page.get_by_label("Welcome message").fill("Gone")
        page.get_by_role("link", name="All chatflows").click()
        page.get_by_role("button", name="Leave without saving").click()
        expect(page).to_have_url(re.compile("/chatflows$"))


def test_A18_A19_A24_clone_delete_undo_reorder_and_filter(chromium: Browser, server: Server) -> None:
    new_flow(server, "alpha", "Alpha")
    new_flow(server, "beta", "Beta", is_on=True)
    with console(chromium, server, "/chatflows") as page:
        before = names(page)
        more = page.get_by_role("button", name="More for Alpha")
        more.click()
        page.get_by_role("menuitem", name="Clone").click()
        page.get_by_role("dialog").get_by_role("button", name="Clone").click()
        expect(page.locator(".flow-name")).to_have_count(len(before) + 1)
        copy = server.account("GET", "/chatflows")["items"][-1]
        assert copy["name"] != "Alpha"
        assert (copy["mobile_tag"], copy["is_on"]) == ("alpha", False)

        more.click()
        page.get_by_role("menuitem", name="Delete").click()
        expect(page.get_by_role("link", name="Alpha", exact=True)).to_have_count(0)
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("link", name="Alpha", exact=True)).to_be_visible()

        more.click()
        page.get_by_role("menuitem", name="Move to top").click()
        expect(page.locator(".flow-name").first).to_have_text("Alpha")
        # By keyboard: pick up, one down, drop.
        page.get_by_role("button", name=re.compile("Change the priority of Alpha")).focus()
        page.keyboard.press("Space")
        expect(page.get_by_text("Alpha is now at place 1.")).to_be_attached()
        page.keyboard.press("ArrowDown")
        expect(page.get_by_text("Alpha is now at place 2.")).to_be_attached()
        with page.expect_response(re.compile("/move$")):
            page.keyboard.press("Space")
        expect(page.locator(".flow-name").nth(1)).to_have_text("Alpha")
        assert server.account("GET", "/chatflows")["items"][1]["name"] == "Alpha"

        page.get_by_role("searchbox").fill("bet")
        expect(page).to_have_url(re.compile("search=bet"))
        expect(page.locator(".flow-name")).to_have_text(["Beta"])
        page.reload()
        expect(page.locator(".flow-name")).to_have_text(["Beta"])
        page.get_by_role("combobox", name="Status").click()
        page.get_by_role("option", name="Off").click()
        expect(page.get_by_text("No chatflow fits these filters")).to_be_visible()
        page.get_by_role("button", name="Clear filters").click()
        expect(page.locator(".flow-name")).to_have_count(len(before) + 1)

        page.get_by_role("row", name=re.compile("Beta")).hover()
        page.get_by_role("link", name="Edit Beta").click()
        expect(page).to_have_url(re.compile(r"/chatflows/\d+/chat$"))


def test_at_375_the_preview_waits_behind_a_button(chromium: Browser, server: Server) -> None:
    with console(chromium, server, f"/chatflows/{server.chatflow_id}/chat", width=375) as page:
        expect(page.get_by_label("Welcome message")).to_be_visible()
        expect(page.locator("iframe")).to_have_count(0)
        page.get_by_role("button", name="Show preview").click()
        preview = page.frame_locator("iframe[title=Preview]")
        expect(preview.get_by_text("How can we help you?")).to_be_visible()
        page.get_by_role("button", name="Back to the settings").click()
        expect(page.get_by_label("Welcome message")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 375
