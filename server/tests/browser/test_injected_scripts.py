"""A5, A12: what HubSpot's SDKs inject, driven in Chromium as a phone without storage and dialogs would.

WebKit's half, over a real bridge, is in test_chat_page_webkit.py.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.browser.shelf import Shelf, give_help
from tests.browser.stage import SDK_AGENT, Agent, other_site, page_address, until, write
from tests.browser.test_chat_page import ANDROID_BRIDGE, ANDROID_SCRIPT, WITHOUT_STORAGE, host_page
from tests.browser.test_identity import OUR_AGENT, SHELL
from tests.server import Server

pytestmark = pytest.mark.timeout(60)

Phone = Callable[..., BrowserContext]
IOS_AGENT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
    " HubspotMobileSDK/1.0.7"
)
IOS_SCRIPT = Path(__file__).with_name("ios_app.js").read_text()
IOS_BRIDGE = """window.calls = [];
window.webkit = { messageHandlers: {
  nativeApp: { postMessage: (value) => calls.push(structuredClone(value)) },
  closeChatHandler: { postMessage: (value) => calls.push(["closed", structuredClone(value)]) },
} };"""
AT_DOCUMENT_END = (
    f"document.addEventListener('DOMContentLoaded', () => {{ {IOS_SCRIPT} }}, {{ once: true }});"
)


def _android(phone: Phone, address: str, *, early: bool, times: int = 1) -> Page:
    context = phone(user_agent=SDK_AGENT)
    for script in (WITHOUT_STORAGE, ANDROID_BRIDGE, *([ANDROID_SCRIPT] if early else [])):
        context.add_init_script(script)
    page = context.new_page()
    page.goto(address)
    if not early:
        until(page, "window.HubSpotConversations")
        for _ in range(times):
            page.evaluate(ANDROID_SCRIPT)
    return page


def _ios(phone: Phone, address: str, *, early: bool) -> Page:
    context = phone(user_agent=IOS_AGENT)
    for script in (WITHOUT_STORAGE, IOS_BRIDGE, *([AT_DOCUMENT_END] if early else [])):
        context.add_init_script(script)
    page = context.new_page()
    page.goto(address)
    if not early:
        until(page, "window.HubSpotConversations")
        page.evaluate(IOS_SCRIPT)
    return page


@pytest.mark.parametrize("early", [False, True], ids=["late", "early"])
def test_A5_A12_android_hears_numbers_and_the_close_event(server: Server, phone: Phone, early: bool) -> None:
    page = _android(phone, page_address(server.origin, server.account_id), early=early)
    expect(page.locator("textarea")).to_be_enabled()
    write(page, "From Android")
    until(page, "calls.some(([name]) => name === 'id')")
    text = page.evaluate("calls.find(([name]) => name === 'id')[1]")
    assert text.isdecimal()  # P1: with quotes it would be no thread of ours
    assert int(text) < 2**53
    page.get_by_role("button", name="Close chat").click()
    calls = page.evaluate("calls")
    assert [each[0] for each in calls][-2:] == ["sdkCloseButtonClick", "closed"]
    assert [each[0] for each in calls].count("id") == 1


def test_A5_android_may_inject_more_than_once(server: Server, phone: Phone) -> None:
    page = _android(phone, page_address(server.origin, server.account_id), early=False, times=2)
    expect(page.locator("textarea")).to_be_enabled()
    write(page, "Twice")
    until(page, "calls.filter(([name]) => name === 'id').length === 2")
    ids = page.evaluate("calls.filter(([name]) => name === 'id').map((each) => each[1])")
    assert len(set(ids)) == 1


@pytest.mark.parametrize("early", [False, True], ids=["late", "early"])
def test_A5_A12_ios_hears_whole_numbers_and_the_close_event(
    server: Server, phone: Phone, early: bool
) -> None:
    page = _ios(phone, page_address(server.origin, server.account_id), early=early)
    expect(page.locator("textarea")).to_be_enabled()
    write(page, "From iOS")
    until(page, "calls.some((each) => each.conversation)")
    ids = page.evaluate("calls.flatMap((each) => each.conversation?.conversationId ?? [])")
    assert len(set(ids)) == 1
    assert all(isinstance(each, int) and 0 < each < 2**53 for each in ids)
    page.get_by_role("button", name="Close chat").click()
    name, payload = page.evaluate("calls.at(-1)")
    assert name == "closed"
    assert isinstance(payload, dict)  # P4


def test_A5_P7_a_script_in_every_frame_finds_the_api_once(server: Server, phone: Phone) -> None:
    context = phone(user_agent=IOS_AGENT)
    context.add_init_script(IOS_BRIDGE)
    context.add_init_script(AT_DOCUMENT_END)
    page = context.new_page()
    with other_site(
        {"/": host_page(server, {"inlineEmbedSelector": "#chat"}, "<div id=chat></div>")}
    ) as site:
        page.goto(site)
        chat = page.frame_locator("#hubspot-conversations-inline-iframe")
        expect(chat.locator("textarea")).to_be_enabled()
        chat.locator("textarea").fill("In a frame")
        chat.locator("button.send").click()
        until(page, "calls.some((each) => each.conversation)")
        assert len(page.frames) == 2
        assert page.frames[1].evaluate("calls") == []


def test_A5_P5_whoever_comes_back_is_told_again_to_late_listeners(server: Server, phone: Phone) -> None:
    address = page_address(server.origin, server.account_id)
    page = _ios(phone, address, early=False)
    expect(page.locator("textarea")).to_be_enabled()
    write(page, "Before")
    expect(page.locator(".own-state")).to_contain_text("Sent")
    page.wait_for_load_state("networkidle")
    page.goto(address)
    expect(page.locator(".from-me .bubble")).to_contain_text("Before")
    page.evaluate(IOS_SCRIPT)
    until(page, "calls.some((each) => each.conversation)")


@pytest.mark.parametrize("whose", ["HubSpot's", "ours"])
def test_P10_C20_a_whole_chat_never_leaves_the_page(
    server: Server, agent: Agent, phone: Phone, tmp_path: Path, whose: str
) -> None:
    """Android's SDK would open the system's browser, iOS' would replace the chat."""
    shelf = Shelf(server)
    linked = {"type": "link", "text": "the shop", "href": "https://example.com/shop"}
    shelf.publish(
        "Change an order",
        "Open the app.",
        {"type": "paragraph", "runs": [linked]},
        category_id=shelf.category("Orders"),
    )
    tag = "whole-ours" if whose == "ours" else "whole-hubspot"
    give_help(server, agent.chatflow(tag), shelf.id)
    context = phone(user_agent=OUR_AGENT if whose == "ours" else SDK_AGENT)
    nobody: dict[str, Any] = {"token": None, "email": None}
    for script in (
        WITHOUT_STORAGE,
        ANDROID_BRIDGE,
        *([SHELL % json.dumps([nobody])] if whose == "ours" else []),
    ):
        context.add_init_script(script)
    page = context.new_page()
    navigations: list[str] = []

    def see(request: Request) -> None:
        if request.is_navigation_request() and request.frame == page.main_frame:
            navigations.append(request.url)

    page.on("request", see)
    page.goto(page_address(server.origin, server.account_id, tag))
    page.evaluate("window.isSame = true")
    page.evaluate(ANDROID_SCRIPT)
    expect(page.locator("textarea")).to_be_enabled()
    write(page, "Where is my order?")
    until(page, "calls.some(([name]) => name === 'id')")
    conversation = int(page.evaluate("calls.find(([name]) => name === 'id')[1]"))
    agent.say(conversation, "Here: https://example.com/track")
    expect(page.locator(".from-them .bubble").last).to_contain_text("Here")
    _press_a_link(page, ".bubble a", in_app=whose == "ours")
    picture = tmp_path / "tree.png"
    Image.new("RGB", (60, 40), "#2a7").save(picture)
    page.locator("input[type=file]").set_input_files(picture)
    write(page, "A picture")
    expect(page.locator("a.picture img")).to_be_visible()
    expect(page.locator("a.picture")).to_have_attribute("target", "_blank")
    page.locator(".tab").last.click()
    page.locator(".pane:not(.is-behind) [data-row^=category]").click()
    page.locator(".pane:not(.is-behind) .row", has_text="Change an order").click()
    expect(page.get_by_role("heading", name="Change an order")).to_be_visible()
    _press_a_link(page, ".pane:not(.is-behind) a[href^='https://example.com/shop']", in_app=whose == "ours")
    page.go_back()
    if whose == "ours":
        page.evaluate("tell({ type: 'log_out' })")
        until(page, "posted.at(-1).type === 'logged_out'")
    else:
        page.evaluate("HubSpotConversations.clear()")
    expect(page.locator(".from-me")).to_have_count(0)
    assert page.evaluate("window.isSame") is True
    assert navigations == [page_address(server.origin, server.account_id, tag)]


def _press_a_link(page: Page, css: str, *, in_app: bool) -> None:
    """It opens elsewhere: our shells are told, HubSpot's web views see a new window."""
    if in_app:
        before = page.evaluate("posted.filter((each) => each.type === 'open_link').length")
        page.locator(css).first.click()
        until(page, f"posted.filter((each) => each.type === 'open_link').length === {before + 1}")
        return
    with page.expect_popup() as opened:
        page.locator(css).first.click()
    opened.value.close()
