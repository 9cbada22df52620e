"""The way in: first run, sign-in, invitation, and what a person without rights sees."""

import json
import plistlib
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desktop import console, sign_in, window
from tests.browser.stage import SDK_AGENT, opened, page_address
from tests.server import EMAIL, PASSWORD, Server


def test_the_first_person_sets_pocketdesk_up_and_is_in(chromium: Browser, tmp_path: Path) -> None:
    empty = Server(tmp_path)
    empty.start()
    try:
        with window(chromium, empty) as page:
            page.goto("/")
            expect(page).to_have_url(re.compile("/set-up$"))
            page.get_by_role("button", name="Create the account").click()
            expect(page.get_by_role("alert")).to_contain_text("4 things need your attention")
            page.get_by_label("Account name").fill("Nordlicht")
            page.get_by_label("Your name").fill("Ana Duarte")
            page.get_by_label("E-mail").fill(EMAIL)
            page.get_by_label("Choose a password").fill(PASSWORD)
            page.get_by_role("button", name="Create the account").click()
            expect(page).to_have_url(re.compile(r"/a/\d+/inbox$"))
            page.goto("/set-up")
            expect(page.get_by_role("heading", level=1)).to_have_text("Pocketdesk is already set up.")
    finally:
        empty.stop()


def test_sign_in_says_what_is_wrong_and_leads_where_one_wanted_to_go(
    chromium: Browser, server: Server
) -> None:
    with window(chromium, server) as page:
        wanted = f"/a/{server.account_id}/contacts?search=ana"
        page.goto(wanted)
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
        sign_in(page, password="wrong")
        expect(page.get_by_role("alert")).to_be_visible()
        sign_in(page)
        expect(page).to_have_url(f"{server.origin}{wanted}")
        page.get_by_role("button", name=re.compile("You are")).click()
        page.get_by_role("menuitem", name="Sign out").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
        page.goto(wanted)
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_M02_an_invited_user_joins_by_link_and_sees_what_the_permission_set_allows(
    chromium: Browser, server: Server
) -> None:
    with console(chromium, server, "/settings/users") as admin, window(chromium, server) as page:
        admin.get_by_role("button", name="Invite a user").click()
        dialog = admin.get_by_role("dialog")
        dialog.get_by_label("Name").fill("Ben Okoro")
        dialog.get_by_label("E-mail").fill("ben@example.org")
        dialog.get_by_role("button", name="Invite a user").click()
        link = admin.get_by_role("textbox", name="Invitation link").input_value()
        admin.get_by_role("button", name="Done").click()
        expect(admin.get_by_role("listitem").filter(has_text="Ben Okoro")).to_contain_text("Invited")

        page.goto(link)
        expect(page.get_by_role("heading", level=1)).to_have_text("Join Nordlicht")
        page.get_by_label("Choose a password").fill("another good one")
        page.get_by_role("button", name="Join").click()
        expect(page.get_by_text("You are not a member of any inbox")).to_be_visible()

        # A01: without the right there is no way in, and the server says no.
        expect(page.get_by_role("link", name="Chatflows")).to_have_count(0)
        page.goto(f"/a/{server.account_id}/chatflows")
        expect(page.get_by_text("You may not open this screen")).to_be_visible()
        assert page.request.get(f"/api/v1/accounts/{server.account_id}/chatflows").status == 403

        page.goto(link)
        expect(page.get_by_text("This invitation does not work any more")).to_be_visible()


@pytest.mark.parametrize("path", ["/inbox/1", "/chatflows/999/chat", "/nowhere"])
def test_an_address_that_leads_nowhere_says_so(chromium: Browser, server: Server, path: str) -> None:
    with console(chromium, server, path) as page:
        expect(page.get_by_text(re.compile("nothing here|cannot see this conversation"))).to_be_visible()


def test_C01_C27_the_configuration_file_comes_with_a_word_about_plain_http(
    chromium: Browser, server: Server
) -> None:
    with console(chromium, server, f"/settings/inboxes/{server.inbox_id}") as page:
        expect(page.get_by_text("This address is plain http").first).to_be_visible()
        expect(page.get_by_role("link", name="How to bring https").first).to_have_attribute(
            "href", re.compile("/docs/https$")
        )
        expect(page.locator(".code pre").first).to_contain_text(server.origin)


def test_C01_A1_configuration_is_copied_and_downloaded_for_either_sdk(
    chromium: Browser, server: Server
) -> None:
    with console(chromium, server, f"/settings/inboxes/{server.inbox_id}") as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        section = page.locator(".sdk").first
        code = section.locator(".code")
        expect(code).to_have_accessible_name("pocketdesk-info.json")
        section.get_by_role("button", name="Copy").click()
        copied = json.loads(page.evaluate("navigator.clipboard.readText()"))
        assert copied == {
            "server_url": server.origin,
            "account_id": server.account_id,
            "mobile_tag": "support",
        }
        section.get_by_text("HubSpot's SDK", exact=True).click()
        expect(code).to_have_accessible_name("hubspot-info.json")
        with page.expect_download() as android:
            section.get_by_role("button", name="Download hubspot-info.json").click()
        wanted = {
            "portalId": str(server.account_id),
            "hublet": "na1",
            "environment": "prod",
            "defaultChatFlow": "support",
        }
        assert json.loads(android.value.path().read_text()) == wanted
        section.get_by_text("iOS", exact=True).click()
        expect(code).to_have_accessible_name("Hubspot-Info.plist")
        with page.expect_download() as ios:
            section.get_by_role("button", name="Download Hubspot-Info.plist").click()
        assert plistlib.loads(ios.value.path().read_bytes()) == wanted


def test_C19_the_channel_turns_green_when_an_sdk_has_come(chromium: Browser, server: Server) -> None:
    with console(chromium, server, f"/settings/inboxes/{server.inbox_id}") as page:
        head = page.locator(".channel-head", has_text="Mobile app")
        expect(head).to_contain_text("Not seen yet")
        app = chromium.new_context(user_agent=SDK_AGENT)
        opened(app, page_address(server.origin, server.account_id))
        expect(app.pages[0].locator("textarea")).to_be_enabled()
        app.pages[0].wait_for_load_state("networkidle")
        app.close()
        page.reload()
        expect(head).to_contain_text("Connected")
        expect(head).to_contain_text("HubspotMobileSDK 1.0.9")
