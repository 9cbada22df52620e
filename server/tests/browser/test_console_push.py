"""Push in the console: a key for each service set, refused, replaced and removed; whether words are shown."""

import json
import re
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.desktop import Scheme, complaints, console
from tests.databases import Clock
from tests.server import Server
from tests.simulators.push import GoogleDevices, pem_of


@pytest.fixture(autouse=True)
def nothing_set_up(server: Server) -> Iterator[None]:
    """Each test begins with no key, and with the words of messages."""
    yield
    for each in server.account("GET", "/push")["providers"]:
        server.account("DELETE", f"/push/{each['kind']}")
    server.account("PATCH", "/push", {"with_content": True})


def service(page: Page, name: str) -> Locator:
    """The row of a service."""
    return page.get_by_role("listitem").filter(has=page.get_by_text(name, exact=True))


def open_dialog(page: Page, name: str) -> Locator:
    page.get_by_role("button", name=f"Set up {name}").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


def choose(page: Page, dialog: Locator, name: str, content: str) -> None:
    with page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Choose the file").click()
    chooser.value.set_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content.encode()}
    )


def submit(dialog: Locator, verb: str = "Set up") -> None:
    dialog.get_by_role("button", name=verb, exact=True).click()


def wrong(field: Locator, words: str) -> None:
    """The field itself says what is wrong."""
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(words_in(words))


def words_in(words: str) -> re.Pattern[str]:
    return re.compile(re.escape(words))


def test_apples_key_from_a_file_is_replaced_by_a_pasted_one_and_removed(
    chromium: Browser, server: Server
) -> None:
    key = pem_of(ec.generate_private_key(ec.SECP256R1()))
    with console(chromium, server, "/settings/push") as page:
        expect(service(page, "Apple")).to_contain_text("Not set up")
        dialog = open_dialog(page, "Apple")
        submit(dialog)
        wrong(dialog.get_by_label("Key file"), "Choose the .p8 file, or paste its text.")
        choose(page, dialog, "AuthKey_ABC1234567.p8", key)
        expect(dialog.get_by_label("Key ID")).to_have_value("ABC1234567")
        dialog.get_by_label("Team ID").fill("SHORT")
        submit(dialog)
        wrong(dialog.get_by_label("Team ID"), "Must be ten capital letters and digits.")
        dialog.get_by_label("Team ID").fill("def7654321")
        submit(dialog)
        expect(page.get_by_text("Pushes for Apple are set up.")).to_be_visible()
        row = service(page, "Apple")
        expect(row).to_contain_text("DEF7654321 · ABC1234567")
        expect(row).to_contain_text("by Ana")
        expect(row).to_contain_text("Nothing sent yet")

        page.get_by_role("button", name="More for Apple").click()
        page.get_by_role("menuitem", name="Replace").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_label("Key file")).to_have_value("")
        dialog.get_by_label("Key file").fill(pem_of(rsa.generate_private_key(65_537, 2_048)))
        dialog.get_by_label("Key ID").fill("NEW1234567")
        dialog.get_by_label("Team ID").fill("DEF7654321")
        submit(dialog, "Replace")
        wrong(dialog.get_by_label("Key file"), "Must be the .p8 file of a token key.")
        expect(row).to_contain_text("ABC1234567")
        dialog.get_by_label("Key file").fill(pem_of(ec.generate_private_key(ec.SECP256R1())))
        submit(dialog, "Replace")
        expect(row).to_contain_text("DEF7654321 · NEW1234567")

        page.get_by_role("button", name="More for Apple").click()
        page.get_by_role("menuitem", name="Remove").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("button", name="Remove")).to_be_disabled()
        dialog.get_by_role("textbox").fill("Apple")
        dialog.get_by_role("button", name="Remove").click()
        expect(page.get_by_text("Nothing is pushed to Apple any more.")).to_be_visible()
        expect(row).to_contain_text("Not set up")
    assert server.account("GET", "/push")["providers"] == []


def test_androids_service_account_and_one_that_is_none(chromium: Browser, server: Server) -> None:
    google = GoogleDevices(Clock())
    with console(chromium, server, "/settings/push") as page:
        dialog = open_dialog(page, "Android")
        field = dialog.get_by_label("Service account")
        choose(page, dialog, "google-services.json", json.dumps({"project_info": {"project_id": "shop"}}))
        submit(dialog)
        wrong(field, "Must name a project_id and a client_email.")
        choose(page, dialog, "photo.json", "x" * 9_000)
        wrong(field, "This file is too large to be a key.")
        choose(page, dialog, "shop-firebase-adminsdk.json", google.service_account)
        submit(dialog)
        expect(service(page, "Android")).to_contain_text("nordlicht-shop")


def test_browsers_get_a_new_key_with_each_address(chromium: Browser, server: Server) -> None:
    with console(chromium, server, "/settings/push") as page:
        dialog = open_dialog(page, "Browsers")
        field = dialog.get_by_label("Contact for push services")
        field.fill("example.org")
        submit(dialog)
        wrong(field, "Enter an e-mail address, or a web address that begins with https://.")
        field.fill("ops@ex ample.org")
        submit(dialog)
        wrong(field, "Must be mailto:... or https://...")
        field.fill("ops@example.org")
        submit(dialog)
        expect(service(page, "Browsers")).to_contain_text("mailto:ops@example.org")
        page.get_by_role("button", name="More for Browsers").click()
        page.get_by_role("menuitem", name="Replace").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("This makes a new key.")
        expect(dialog.get_by_label("Contact for push services")).to_have_value("ops@example.org")


def test_the_words_of_messages_are_switched_off_and_back(chromium: Browser, server: Server) -> None:
    with console(chromium, server, "/settings/push") as page:
        switch = page.get_by_role("switch", name="Show the words of messages")
        expect(switch).to_be_checked()
        switch.press("Space")
        expect(page.get_by_text("Pushes no longer show the words of messages.")).to_be_visible()
        expect(switch).not_to_be_checked()
        assert server.account("GET", "/push")["with_content"] is False
        page.get_by_role("button", name="Undo").click()
        expect(switch).to_be_checked()
        assert server.account("GET", "/push")["with_content"] is True


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (375, "dark")])
def test_axe_finds_nothing(chromium: Browser, server: Server, width: int, scheme: Scheme) -> None:
    server.account("PUT", "/push/webpush", {"subject": "https://example.org/contact"})
    with console(chromium, server, "/settings/push", width=width, scheme=scheme) as page:
        expect(service(page, "Browsers")).to_contain_text("https://example.org/contact")
        assert complaints(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        dialog = open_dialog(page, "Apple")
        submit(dialog)
        expect(dialog.get_by_role("alert")).to_be_visible()
        assert complaints(page) == []
