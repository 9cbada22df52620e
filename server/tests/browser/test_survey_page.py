"""The public page of a survey in a real browser: without scripts, by keyboard alone, axe clean."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desktop import Scheme, complaints
from tests.server import Server


def make(server: Server, language: str) -> dict[str, Any]:
    return server.account("POST", "/surveys", {"name": "Service", "delivery": "link", "language": language})


def test_H06_H07_H12_answered_by_keyboard_without_scripts_or_third_parties(
    chromium: Browser, server: Server
) -> None:
    survey = make(server, "en")
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 375, "height": 812})
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(server.origin + survey["public_path"])
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name=survey["labels"][1])).to_be_checked()
    expect(page.get_by_label(survey["follow_ups"][0])).to_be_hidden()
    page.keyboard.press("Tab")
    expect(page.get_by_label(survey["follow_ups"][1])).to_be_focused()
    page.keyboard.type("More hours")
    assert context.cookies() == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=survey["thank_yous"][1])).to_be_visible()
    assert {url.removeprefix(server.origin) for url in asked if not url.startswith("data:")} == {
        survey["public_path"]
    }
    assert said == [], "the content security policy has nothing to say"
    page.goto(server.origin + survey["public_path"])
    expect(page.get_by_role("heading", name=survey["thank_yous"][1])).to_be_visible()
    context.close()
    (kept,) = server.account("GET", f"/surveys/{survey['id']}/submissions")["items"]
    assert (kept["rating"], kept["answer"]) == (1, "More hours")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("ar", 375)])
def test_H12_axe_is_clean(
    chromium: Browser, server: Server, language: str, width: int, scheme: Scheme
) -> None:
    survey = make(server, language)
    context = chromium.new_context(
        bypass_csp=True, color_scheme=scheme, viewport={"width": width, "height": 812}
    )
    page = context.new_page()
    page.goto(server.origin + survey["public_path"])
    found = complaints(page)
    for label in survey["labels"][::-1]:
        page.get_by_role("radio", name=label, exact=True).check()
    found += complaints(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button").click()
    expect(page.get_by_role("heading", name=survey["thank_yous"][0])).to_be_visible()
    assert found + complaints(page) == []
    context.close()
