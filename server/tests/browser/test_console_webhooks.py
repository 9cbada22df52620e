"""Webhooks in the console: made, tried, switched off and on, with every delivery to look at."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desktop import complaints, console, start_conversation
from tests.receiver import Receiver, receiver
from tests.server import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that may call this machine."""
    folder = tmp_path_factory.mktemp("server")
    with Server(folder, POCKETDESK_OUTBOUND_ALLOW='["127.0.0.1"]') as running:
        yield running


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def make(page: Page, name: str, url: str) -> None:
    page.get_by_role("button", name="Create a webhook").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Create a webhook").click()
    expect(dialog.get_by_text("Enter an address").first).to_be_visible()
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Address").fill(url)
    dialog.get_by_role("button", name="Create a webhook").click()
    expect(page.get_by_label("Secret", exact=True)).to_have_value(re.compile("^whsec_"))
    page.get_by_role("button", name="Done").click()


def test_a_webhook_from_its_making_to_its_deliveries(
    chromium: Browser, server: Server, there: Receiver
) -> None:
    with console(chromium, server, "/settings/webhooks") as page:
        make(page, "Shop", f"{there.origin}/hook")
        page.get_by_role("link", name="Shop").click()
        expect(page.get_by_role("heading", name="Shop")).to_be_visible()
        page.get_by_role("button", name="Send a trial").click()
        expect(page.get_by_text("It got through: status 200")).to_be_visible()
        expect(page.get_by_text("Nothing here")).to_be_visible()

        there.refuses.add("lost words")
        start_conversation(server, "found words")
        start_conversation(server, "lost words")
        started = page.get_by_role("row").filter(has_text="Conversation started")
        for _ in range(20):
            page.get_by_role("button", name="Refresh").click()
            if started.count() == 2 and started.filter(has_text="status 500").count():
                break
            page.wait_for_timeout(200)
        expect(started).to_have_count(2)
        expect(started.filter(has_text="Delivered")).to_have_count(1)
        failed = started.filter(has_text="status 500")
        expect(failed).to_contain_text("next try")
        assert complaints(page) == []

        there.refuses.clear()
        failed.get_by_role("button", name="Send again").click()
        expect(page.get_by_text("It is on its way.")).to_be_visible()
        for _ in range(20):
            page.get_by_role("button", name="Refresh").click()
            if started.filter(has_text="Delivered").count() == 2:
                break
            page.wait_for_timeout(200)
        expect(started.filter(has_text="Delivered")).to_have_count(2)

        page.get_by_role("switch", name="On").press("Space")
        expect(page.get_by_text("“Shop” is off.")).to_be_visible()
        expect(started.first.get_by_role("button", name="Send again")).to_be_disabled()


def test_what_nobody_may_call_says_so(chromium: Browser, server: Server) -> None:
    with console(chromium, server, "/settings/webhooks", width=375, scheme="dark") as page:
        make(page, "Metadata", "http://169.254.169.254/latest")
        assert complaints(page) == []
        page.get_by_role("link", name="Metadata").click()
        page.get_by_role("button", name="Send a trial").click()
        expect(page.get_by_text("may not be called")).to_be_visible()
        page.get_by_role("button", name="More for Metadata").click()
        page.get_by_role("menuitem", name="Delete").click()
        page.get_by_role("dialog").get_by_role("textbox").fill("Metadata")
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(page.get_by_text("“Metadata” is deleted.")).to_be_visible()
        expect(page.get_by_role("link", name="Metadata")).to_have_count(0)
