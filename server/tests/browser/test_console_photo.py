"""A user's photo in the console: chosen, seen wherever the user is, taken away."""

import io
import re

from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser.desktop import (
    complaints,
    console,
    open_conversation,
    start_conversation,
)
from tests.server import Server


def _jpeg() -> FilePayload:
    picture = io.BytesIO()
    Image.new("RGB", (900, 600), "#b3541e").save(picture, "JPEG")
    return {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}


def _own_menu(page: Page, item: str) -> None:
    page.get_by_role("button", name=re.compile("^You are")).click()
    page.get_by_role("menuitem", name=item).click()


def test_D11_a_user_chooses_a_photo_and_colleagues_see_it(chromium: Browser, server: Server) -> None:
    start_conversation(server, "Where is my order?")
    with console(chromium, server, "/inbox") as page:
        _own_menu(page, "Your photo")
        dialog = page.get_by_role("dialog", name="Your photo")
        dialog.locator("input[type=file]").set_input_files([_jpeg()])
        expect(dialog.locator("img")).to_have_js_property("naturalWidth", 256)
        assert complaints(page) == []
        page.keyboard.press("Escape")
        expect(page.locator(".rail-me img")).to_have_js_property("naturalWidth", 256)
        open_conversation(page, "Where is my order?")
        page.get_by_role("textbox", name="Reply").fill("On its way")
        page.keyboard.press("Control+Enter")
        said = page.locator(".group").filter(has_text="On its way")
        expect(said.locator("img.face")).to_have_js_property("naturalWidth", 256)
        expect(page.locator(".assignee-mark img")).to_have_count(1)
        page.goto(f"{server.origin}/a/{server.account_id}/settings/users")
        expect(page.locator("li.row img")).to_have_js_property("naturalWidth", 256)
        assert complaints(page) == []
        _own_menu(page, "Your photo")
        page.get_by_role("dialog", name="Your photo").get_by_role("button", name="Remove").click()
        expect(page.locator(".rail-me img")).to_have_count(0)
        expect(page.locator("li.row img")).to_have_count(0)
