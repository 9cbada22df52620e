"""The way in: first run, sign-in, invitation, and what a person without rights sees."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desktop import console, sign_in, window
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
        expect(page.locator(".code pre").first).to_contain_text(server.origin)
