"""axe finds nothing on any screen of the console, light and dark, wide and narrow."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desktop import Scheme, bubble, complaints, console, start_conversation, window
from tests.server import Server

SCREENS = {
    "/chatflows": "Chatflows",
    "/chatflows/new": "Where should people chat?",
    "/chatflows/new/mobile": "Create a mobile chatflow",
    "/contacts": "Contacts",
    "/settings/users": "Users",
    "/settings/teams": "Teams",
    "/settings/permissions": "Permission sets",
    "/settings/inboxes": "Inboxes and help desks",
    "/settings/privacy": "Privacy and consent",
    "/settings/routing": "Routing",
    "/settings/simulator": "Routing simulator",
    "/settings/surveys": "Surveys",
    "/settings/surveys/new": "Create a survey",
    "/settings/identity": "Identity of visitors",
    "/settings/tokens": "API tokens",
    "/settings/integrations": "Integrations",
    "/settings/push": "Push",
    "/settings/audit": "Audit log",
    "/settings/account": "Account",
    "/settings/notifications": "Notifications",
}


@pytest.fixture(scope="module")
def conversation(server: Server) -> int:
    """A conversation with everything that can stand in one."""
    found = start_conversation(server, "Where is my order? https://example.org/4711", platform="ios")
    for type_, fields in (
        ("associate_contact", {"email": "lea@example.org", "name": "Léa Moreau"}),
        ("post_comment", {"client_message_id": str(uuid4()), "content": {"text": "A regular."}}),
        ("post_message", {"client_message_id": str(uuid4()), "content": {"text": "On its way."}}),
        ("close_conversation", {}),
        ("reopen_conversation", {}),
    ):
        command = {"type": type_, "command_id": str(uuid4()), "conversation_id": found, **fields}
        account = {"X-Account": str(server.account_id)}
        (reply,) = server.call("POST", "/realtime/commands", {"commands": [command]}, **account)["replies"]
        assert reply["type"] == "ack", reply
    server.account("POST", "/teams", {"name": "Workshop", "main_member_ids": [], "extra_member_ids": []})
    return found


def settled(page: Page) -> list[str]:
    """What axe says once nothing is being loaded or faded in any more."""
    expect(page.locator("[aria-busy]")).to_have_count(0)
    return complaints(page)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (375, "dark")])
def test_axe_is_clean_on_every_screen(
    chromium: Browser, server: Server, conversation: int, width: int, scheme: Scheme
) -> None:
    found: dict[str, list[str]] = {}
    base = f"/a/{server.account_id}"
    with window(chromium, server, width=width, scheme=scheme) as page:
        page.goto("/sign-in")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        found["sign-in"] = settled(page)

    with console(chromium, server, f"/inbox/{conversation}", width=width, scheme=scheme) as page:
        expect(bubble(page, "On its way.")).to_be_visible()
        found["conversation"] = settled(page)
        page.keyboard.press("c")
        expect(page.get_by_label("Comment for your team")).to_be_focused()
        found["comment"] = settled(page)
        page.keyboard.press("Escape")
        page.get_by_role("button", name="More", exact=True).click()
        expect(page.get_by_role("menuitem", name="Download as text")).to_be_visible()
        found["conversation, more"] = settled(page)
        page.keyboard.press("Escape")
        page.get_by_role("button", name=re.compile("^Assigned to")).click()
        expect(page.get_by_role("option", name=re.compile("Ana Duarte"))).to_be_visible()
        found["assign"] = settled(page)
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        found["keys"] = settled(page)
        page.keyboard.press("Escape")
        page.keyboard.press("Control+k")
        expect(page.get_by_role("combobox", name="Find anything")).to_be_focused()
        found["palette"] = settled(page)
        page.keyboard.press("Escape")
        page.goto(f"{base}/inbox")
        page.get_by_role("button", name="Filters").click()
        expect(page.get_by_role("combobox", name="Contact")).to_be_visible()
        found["inbox, filters"] = settled(page)

        for path, heading in SCREENS.items():
            page.goto(f"{base}{path}")
            expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
            found[path] = settled(page)
            if path == "/chatflows/new/mobile":
                page.get_by_role("button", name="Next").click()
                expect(page.get_by_role("alert")).to_be_visible()
                found["wizard, problems"] = settled(page)
            if path in {"/chatflows", "/settings/users"}:
                page.get_by_role("button", name=re.compile("^More for")).first.click()
                expect(page.get_by_role("menuitem", name=re.compile("^(Edit|Clone)$"))).to_be_visible()
                found[f"{path}, more"] = settled(page)
                page.keyboard.press("Escape")
            if path == "/settings/tokens":
                page.get_by_role("button", name="Create a token").click()
                expect(page.get_by_role("dialog")).to_be_visible()
                found["a form in a dialog"] = settled(page)

        page.locator(".rail-me").click()
        expect(page.get_by_role("menuitem", name="Sign out")).to_be_visible()
        found["own menu"] = settled(page)
        page.keyboard.press("Escape")
        page.goto(f"{base}/settings/inboxes/{server.inbox_id}")
        expect(page.get_by_role("button", name=re.compile("^Download"))).to_be_visible()
        found["inbox settings"] = settled(page)
        for tab in ("chat", "options", "mobile"):
            page.goto(f"{base}/chatflows/{server.chatflow_id}/{tab}")
            expect(page.get_by_role("tabpanel")).to_be_visible()
            found[f"editor, {tab}"] = settled(page)
        page.goto(f"{base}/contacts")
        page.get_by_role("link", name=re.compile("Léa Moreau")).click()
        expect(page.get_by_role("heading", level=1, name="Léa Moreau")).to_be_visible()
        found["contact"] = settled(page)
    wrong = [f"{screen}: {each}" for screen, all_of_it in found.items() for each in all_of_it]
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)
