"""The chat page in one of our SDKs: everything that it and a native shell say to each other, in Chromium."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.shelf import Shelf, give_help
from tests.browser.stage import Agent, begin, page_address, until
from tests.browser.test_identity import OUR_AGENT, SHELL
from tests.server import Server

pytestmark = pytest.mark.timeout(60)

Phone = Callable[..., BrowserContext]
NOBODY = {"token": None, "email": None}


def _in_app(phone: Phone, server: Server, tag: str = "support", *answers: dict[str, Any]) -> Page:
    context = phone(user_agent=OUR_AGENT)
    context.add_init_script(SHELL % json.dumps(answers or [NOBODY]))
    page = context.new_page()
    page.goto(page_address(server.origin, server.account_id, tag))
    expect(page.locator("textarea")).to_be_enabled()
    return page


def _posted(page: Page, kind: str) -> list[dict[str, Any]]:
    return page.evaluate("(kind) => posted.filter((each) => each.type === kind)", kind)


def _tell(page: Page, **message: Any) -> None:
    page.evaluate("(message) => tell(message)", message)


def _heard(page: Page, kind: str, **fields: Any) -> None:
    want = json.dumps({"type": kind, **fields})
    until(page, f"posted.some((each) => JSON.stringify(each) === JSON.stringify({want}))")


def test_C07_C16_the_shell_gets_a_credential_that_ends_with_log_out(server: Server, phone: Phone) -> None:
    page = _in_app(phone, server)
    until(page, "posted.some((each) => each.type === 'credential')")
    (kept,) = _posted(page, "credential")
    headers = {"authorization": f"Bearer {kept['credential']}"}
    unread = f"{server.origin}/api/v1/app/unread"
    assert page.request.get(unread, headers=headers).json() == {"unread": 0, "messages": 0}
    _tell(page, type="log_out")
    until(page, "posted.at(-1).type === 'logged_out'")
    assert page.request.get(unread, headers=headers).status == 401
    _tell(page, type="identity", token=None, email=None)
    until(page, "posted.filter((each) => each.type === 'credential').length === 2")
    assert _posted(page, "credential")[1]["credential"] != kept["credential"]


def test_C07_no_shell_gets_no_credential(server: Server, phone: Phone) -> None:
    page = phone().new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_address(server.origin, server.account_id))
    begin(page)
    assert not any("app-credential" in each for each in asked)


def test_C03_D20_the_shell_hears_what_happens(server: Server, agent: Agent, phone: Phone) -> None:
    page = _in_app(phone, server)
    _heard(page, "unread", count=0)
    conversation = begin(page, "Hello")
    _heard(page, "conversation_started", conversation_id=conversation)
    _heard(page, "conversation_selected", conversation_id=conversation)
    _tell(page, type="paused")
    agent.say(conversation, "Are you there?")
    _heard(page, "unread", count=1)
    expect(page.locator(".from-them .bubble").last).to_have_text("Are you there?")
    _tell(page, type="resumed")
    until(page, "posted.filter((each) => each.type === 'unread').at(-1).count === 0")
    page.get_by_role("button", name="Close chat").click()
    assert page.evaluate("posted.at(-1)") == {"type": "close"}


def test_C22_without_the_control_nothing_closes(server: Server, agent: Agent, phone: Phone) -> None:
    agent.chatflow("bridge-closeless", close_button=False)
    page = _in_app(phone, server, "bridge-closeless")
    expect(page.get_by_role("button", name="Close chat")).to_have_count(0)
    page.keyboard.press("Escape")
    begin(page)
    assert _posted(page, "close") == []


def test_C21_where_there_is_no_chat_an_app_can_still_leave(server: Server, phone: Phone) -> None:
    context = phone(user_agent=OUR_AGENT)
    context.add_init_script(SHELL % json.dumps([NOBODY]))
    page = context.new_page()
    page.goto(page_address(server.origin, server.account_id, "nobody-has-this"))
    page.get_by_role("button", name="Close chat").click()
    until(page, "posted.at(-1).type === 'close'")


def test_C09_a_push_opens_that_conversation_and_nobody_elses(
    server: Server, agent: Agent, phone: Phone
) -> None:
    page = _in_app(phone, server)
    first = begin(page, "First")
    expect(page.locator(".own-state")).to_contain_text("Sent")
    page.get_by_role("button", name="Your conversations").click()
    page.get_by_role("button", name="New conversation").click()
    second = begin(page, "Second")
    expect(page.locator(".own-state")).to_contain_text("Sent")
    _tell(page, type="open_conversation", conversation_id=first)
    expect(page.locator(".log")).to_contain_text("First")
    _tell(page, type="open_conversation", conversation_id=second)
    expect(page.locator(".log")).to_contain_text("Second")
    _tell(page, type="open_conversation", conversation_id=2**52)
    expect(page.get_by_role("heading", name="Your conversations")).to_be_visible()
    # Opened by the push: the shell says so before the conversations are known.
    said = json.dumps({"type": "open_conversation", "conversation_id": first})
    page.add_init_script(
        "const post = PocketdeskApp.postMessage;"
        "PocketdeskApp.postMessage = (text) => {"
        f" post(text); if (JSON.parse(text).type === 'ready') setTimeout(() => tell({said})); }};"
    )
    page.wait_for_load_state("networkidle")
    page.reload()
    expect(page.locator(".log")).to_contain_text("First")


def test_C09_hubspots_sdks_find_the_newest_conversation_with_news(
    server: Server, agent: Agent, phone: Phone
) -> None:
    context = phone()
    page = context.new_page()
    page.goto(page_address(server.origin, server.account_id))
    ids: list[int] = []
    for words in ("Older", "Newer", "Newest"):
        if ids:
            page.get_by_role("button", name="Your conversations").click()
            page.get_by_role("button", name="New conversation").click()
        ids.append(begin(page, words))
        expect(page.locator(".own-state")).to_contain_text("Sent")
    page.wait_for_load_state("networkidle")
    page.goto(f"{server.origin}/healthz")
    agent.say(ids[1], "News in the newer one")
    agent.say(ids[0], "And in the older one, later")
    page.goto(page_address(server.origin, server.account_id))
    expect(page.locator(".log")).to_contain_text("And in the older one, later")


def test_C09_K05_the_shell_leads_to_help_and_articles(server: Server, agent: Agent, phone: Phone) -> None:
    shelf = Shelf(server)
    article = shelf.publish("Change an order", "Open the app.", category_id=shelf.category("Orders"))
    give_help(server, agent.chatflow("bridge-help"), shelf.id)
    page = _in_app(phone, server, "bridge-help")
    _tell(page, type="open_article", article_id=article, language="en")
    pane = page.locator(".pane:not(.is-behind)")
    expect(pane.get_by_role("heading", level=1)).to_have_text("Change an order")
    _tell(page, type="open_conversation", conversation_id=2**52)
    expect(pane.get_by_role("heading", name="Your conversations")).to_be_visible()
    _tell(page, type="open_help")
    expect(pane.get_by_role("heading", level=1)).to_have_text("Change an order")
    _tell(page, type="open_help")
    expect(pane.get_by_role("heading", level=1)).to_have_text("Acme Help")


def test_C20_links_are_the_apps_to_open(server: Server, agent: Agent, phone: Phone) -> None:
    page = _in_app(phone, server)
    before = len(page.context.pages)
    conversation = begin(page)
    agent.say(conversation, "See https://example.com/track?a=1&b=2")
    page.locator(".bubble a").click()
    _heard(page, "open_link", url="https://example.com/track?a=1&b=2")
    assert len(page.context.pages) == before


def test_C03_what_a_shell_says_amiss_changes_nothing(server: Server, phone: Phone) -> None:
    page = _in_app(phone, server)
    begin(page, "Still here")
    for noise in ("", "null", "[]", '{"type":"open_conversation","conversation_id":"7"}', '{"type":"later"}'):
        page.evaluate("(text) => PocketdeskPage.receive(text)", noise)
    for message in ({"type": "open_help"}, {"type": "open_article", "article_id": 7}):
        _tell(page, **message)  # this chatflow has no Help tab
    expect(page.locator(".from-me .bubble")).to_contain_text("Still here")
