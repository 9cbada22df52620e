"""C26: each member, event and setting of HubSpot's widget API, one test a row, on somebody else's page in Chromium."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.browser.stage import Agent, other_site, until
from tests.server import Server

pytestmark = pytest.mark.timeout(60)

CONTAINER = "#hubspot-messages-iframe-container"
EVENTS = (
    "conversationStarted",
    "conversationClosed",
    "userSelectedThread",
    "unreadConversationCountChanged",
    "contactAssociated",
    "userInteractedWithWidget",
    "widgetLoaded",
    "widgetClosed",
    "quickReplyButtonClick",
)
HEAR = f"""window.heard = [];
window.hsConversationsOnReady = [() => {{
  for (const name of {json.dumps(EVENTS)}) HubSpotConversations.on(name, (payload) => heard.push([name, payload]));
}}];"""


class Host:
    """A shop's page with the loader on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.chat: FrameLocator = page.frame_locator(f"{CONTAINER} iframe")

    def do(self, script: str) -> Any:
        return self.page.evaluate(f"HubSpotConversations.{script}")

    def heard(self, name: str) -> Any:
        """The payload of an event, once it has come."""
        until(self.page, f"heard.some(([each]) => each === {name!r})")
        return self.page.evaluate(f"heard.findLast(([each]) => each === {name!r})[1]")

    @property
    def launcher(self) -> Any:
        return self.page.locator(f"{CONTAINER} .pd-launcher")

    def loaded(self) -> "Host":
        until(self.page, "window.HubSpotConversations && HubSpotConversations.widget.status().loaded")
        return self

    def begin(self, words: str = "Hello", chat: FrameLocator | None = None) -> int:
        """Opens the chat and writes; the conversation's id."""
        self.loaded().do("widget.open()")
        chat = chat or self.chat
        chat.locator("textarea").fill(words)
        chat.locator("button.send").click()
        expect(chat.locator(".own-state").last).to_contain_text("Sent")
        return self.heard("conversationStarted")["conversation"]["conversationId"]


Hosting = Callable[..., Host]


@pytest.fixture
def host(server: Server, chromium: Browser) -> Iterator[Hosting]:
    with _hosts(server, chromium) as make:
        yield make


@contextmanager
def _hosts(server: Server, chromium: Browser) -> Iterator[Hosting]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="en")
    sites: list[Any] = []

    def make(
        settings: Mapping[str, Any] | None = None, inside: str = "", tag: str = "support", policy: str = ""
    ) -> Host:
        html = (
            f"<!doctype html><html lang=en><meta charset=utf-8><title>A shop</title><h1>A shop</h1>{inside}"
            f"<script nonce=n>{HEAR}window.hsConversationsSettings = {json.dumps(settings or {})}</script>"
            f'<script id="hs-script-loader" src="{server.origin}/widget/{server.account_id}.js"'
            f' data-chatflow="{tag}" async defer></script></html>'
        )
        site = other_site({"/": html}, policy)
        sites.append(site)
        page = context.new_page()
        page.goto(site.__enter__())
        return Host(page)

    try:
        yield make
    finally:
        context.close()
        for site in sites:
            site.__exit__(None, None, None)


# Members.


def test_C26_load_waits_for_its_call_and_may_open(host: Hosting) -> None:
    shop = host({"loadImmediately": False})
    until(shop.page, "window.HubSpotConversations")
    assert shop.do("widget.status()") == {"loaded": False, "pending": False}
    shop.do("widget.load({ widgetOpen: true })")
    expect(shop.chat.locator("textarea")).to_be_visible()
    shop.do("widget.load()")
    expect(shop.page.locator(CONTAINER)).to_have_count(1)


def test_C26_load_alone_shows_the_launcher_and_counts_once_a_second(host: Hosting) -> None:
    shop = host({"loadImmediately": False})
    until(shop.page, "window.HubSpotConversations")
    shop.page.evaluate("""() => {
      HubSpotConversations.widget.load();
      HubSpotConversations.widget.remove();
      HubSpotConversations.widget.load();
    }""")
    expect(shop.page.locator(CONTAINER)).to_have_count(0)
    until(shop.page, "(HubSpotConversations.widget.load(), HubSpotConversations.widget.status().loaded)")
    expect(shop.launcher).to_be_visible()
    expect(shop.chat.locator("textarea")).to_be_hidden()


def test_C26_refresh_follows_the_tag_and_removes_what_leads_nowhere(host: Hosting, agent: Agent) -> None:
    agent.chatflow("loader-other", welcome="Another welcome")
    shop = host().loaded()
    shop.page.evaluate("hsConversationsSettings.chatflow = 'loader-other'")
    shop.do("widget.refresh()")
    expect(shop.chat.locator(".bubble")).to_have_text("Another welcome")
    shop.loaded()
    shop.page.evaluate("hsConversationsSettings.chatflow = 'nobody-has-this'")
    until(shop.page, "(HubSpotConversations.widget.refresh(), !document.querySelector('iframe'))")
    assert shop.do("widget.status().loaded") is False


def test_C26_refresh_keeps_a_chat_that_goes_on_and_opens_a_new_thread(host: Hosting) -> None:
    shop = host()
    shop.begin("First")
    shop.page.evaluate("hsConversationsSettings.chatflow = 'nobody-has-this'")
    shop.do("widget.refresh({ openToNewThread: true })")
    expect(shop.chat.locator(".from-me")).to_have_count(0)
    expect(shop.chat.locator("textarea")).to_be_visible()


def test_C26_open_opens_also_what_was_not_loaded(host: Hosting) -> None:
    shop = host({"loadImmediately": False})
    until(shop.page, "window.HubSpotConversations")
    shop.do("widget.open()")
    expect(shop.chat.locator("textarea")).to_be_visible()
    shop.do("widget.open()")
    expect(shop.page.locator(CONTAINER)).to_have_count(1)


def test_C26_close_closes_what_is_open(host: Hosting) -> None:
    shop = host().loaded()
    shop.do("widget.close()")
    assert shop.page.evaluate("heard.some(([name]) => name === 'widgetClosed')") is False
    shop.do("widget.open()")
    expect(shop.chat.locator("textarea")).to_be_visible()
    shop.do("widget.close()")
    expect(shop.chat.locator("textarea")).to_be_hidden()
    expect(shop.launcher).to_be_visible()


def test_C26_remove_takes_it_away_until_load(host: Hosting) -> None:
    shop = host().loaded()
    for _ in range(2):
        shop.do("widget.remove()")
        expect(shop.page.locator(CONTAINER)).to_have_count(0)
    shop.do("widget.load()")
    expect(shop.launcher).to_be_visible()


def test_C26_status_says_whether_it_is_loaded(host: Hosting) -> None:
    shop = host().loaded()
    assert shop.do("widget.status()") == {"loaded": True, "pending": False}
    shop.do("widget.remove()")
    assert shop.do("widget.status()") == {"loaded": False, "pending": False}


def test_C16_C26_clear_forgets_visitor_and_cookies_and_may_begin_anew(host: Hosting) -> None:
    shop = host()
    shop.begin("My secret")
    shop.page.evaluate("document.cookie = 'hs-messages-is-open=1; path=/'")
    shop.page.evaluate("document.cookie = 'hs-messages-hide-welcome-message=1; path=/'")
    shop.page.evaluate("document.querySelector('iframe').dataset.old = '1'")
    with shop.page.expect_response(lambda answer: answer.request.method == "DELETE") as ended:
        shop.do("clear({ resetWidget: true })")
    assert ended.value.status == 204
    expect(shop.page.locator("iframe[data-old]")).to_have_count(0)
    shop.loaded()
    assert "hs-messages" not in shop.page.evaluate("document.cookie")
    assert "messagesUtk" not in {cookie.get("name") for cookie in shop.page.context.cookies()}
    shop.do("widget.open()")
    expect(shop.chat.locator("textarea")).to_be_visible()
    expect(shop.chat.locator(".from-me")).to_have_count(0)


def test_C26_clear_alone_empties_the_widget_where_it_stands(host: Hosting) -> None:
    shop = host()
    shop.begin("My secret")
    shop.page.evaluate("document.querySelector('iframe').dataset.old = '1'")
    shop.do("clear()")
    expect(shop.chat.locator(".from-me")).to_have_count(0)
    expect(shop.page.locator("iframe[data-old]")).to_have_count(1)


def test_C26_on_and_off(host: Hosting) -> None:
    shop = host().loaded()
    shop.page.evaluate("""() => {
      window.counts = [0, 0];
      window.first = () => counts[0]++;
      HubSpotConversations.on('widgetClosed', first);
      HubSpotConversations.on('widgetClosed', () => { throw new Error('of the shop'); });
      HubSpotConversations.on('widgetClosed', () => counts[1]++);
      HubSpotConversations.on('somethingFromTheFuture', () => {});
    }""")
    for _ in range(2):
        shop.do("widget.open()")
        shop.do("widget.close()")
        shop.page.evaluate("HubSpotConversations.off('widgetClosed', first)")
    assert shop.page.evaluate("counts") == [1, 2]


# Events.


def test_C03_C26_conversationStarted_and_userSelectedThread_carry_a_number(host: Hosting) -> None:
    shop = host()
    conversation = shop.begin()
    assert isinstance(conversation, int)
    wanted = {"conversation": {"conversationId": conversation}}
    assert shop.heard("conversationStarted") == wanted
    assert shop.heard("userSelectedThread") == wanted


def test_C26_conversationClosed_is_the_agents_doing(host: Hosting, agent: Agent) -> None:
    shop = host()
    conversation = shop.begin()
    shop.do("widget.close()")
    assert shop.page.evaluate("heard.some(([name]) => name === 'conversationClosed')") is False
    agent.command("close_conversation", conversation_id=conversation)
    assert shop.heard("conversationClosed") == {"conversation": {"conversationId": conversation}}


def test_C26_unreadConversationCountChanged_counts_conversations(host: Hosting, agent: Agent) -> None:
    shop = host()
    conversation = shop.begin()
    shop.do("widget.close()")
    agent.say(conversation, "One")
    agent.say(conversation, "Two")
    assert shop.heard("unreadConversationCountChanged") == {"unreadCount": 1}
    expect(shop.launcher.locator("b")).to_have_text("1")
    shop.do("widget.open()")
    until(shop.page, "heard.at(-1)[1].unreadCount === 0")


def test_C26_contactAssociated_when_an_address_was_given(host: Hosting, agent: Agent) -> None:
    agent.chatflow("loader-capture", email_capture={"ask": "after_first_message"})
    shop = host(tag="loader-capture")
    shop.begin()
    shop.chat.locator("input[type=email]").fill("mia@example.org")
    shop.chat.locator("input[type=email]").press("Enter")
    assert isinstance(shop.heard("contactAssociated")["message"], str)


def test_C26_userInteractedWithWidget_says_how(host: Hosting) -> None:
    shop = host().loaded()
    shop.launcher.click()
    assert isinstance(shop.heard("userInteractedWithWidget")["message"], str)


def test_C26_widgetLoaded_and_widgetClosed(host: Hosting) -> None:
    shop = host().loaded()
    assert shop.heard("widgetLoaded") == {"message": "widget has loaded"}
    shop.do("widget.open()")
    shop.do("widget.close()")
    assert isinstance(shop.heard("widgetClosed")["message"], str)


def test_C26_quickReplyButtonClick_answers_with_the_label_and_leaves_the_draft(
    host: Hosting, agent: Agent
) -> None:
    shop = host()
    conversation = shop.begin()
    agent.say(
        conversation,
        {
            "blocks": [
                {"type": "paragraph", "runs": [{"type": "text", "text": "Did it arrive?"}]},
                {
                    "type": "quick_replies",
                    "replies": [
                        {"label": "It did", "value": "yes"},
                        {"label": "Track it", "value": "track", "url": "https://shop.example/track"},
                    ],
                },
            ]
        },
    )
    offered = shop.chat.get_by_role("list", name="Quick replies")
    track = offered.get_by_role("link", name="Track it")
    expect(track).to_have_attribute("href", "https://shop.example/track")
    expect(track).to_have_attribute("rel", "noopener noreferrer")
    shop.chat.locator("textarea").fill("By the way")
    offered.get_by_role("button", name="It did").press("Enter")
    assert shop.heard("quickReplyButtonClick") == {
        "name": "QUICK_REPLIES",
        "multiSelect": False,
        "value": ["yes"],
    }
    expect(offered).to_have_count(0)
    expect(shop.chat.get_by_role("log")).to_be_focused()
    expect(shop.chat.locator("textarea")).to_have_value("By the way")
    expect(shop.chat.get_by_role("log")).to_contain_text(re.compile(r"It did.*Sent$"))
    assert agent.words(conversation)[-1] == "It did"


# Settings.


def test_C26_loadImmediately_is_the_rule(host: Hosting) -> None:
    expect(host().loaded().launcher).to_be_visible()


def test_C26_inlineEmbedSelector_is_always_open_and_has_the_known_ids(host: Hosting) -> None:
    shop = host({"inlineEmbedSelector": "#chat"}, "<div id=chat></div>").loaded()
    chat = shop.page.frame_locator(
        "#chat > #hubspot-conversations-inline-parent > #hubspot-conversations-inline-iframe"
    )
    expect(chat.locator("textarea")).to_be_focused()
    expect(chat.get_by_role("button", name="Close chat")).to_have_count(0)
    shop.do("widget.close()")
    expect(chat.locator("textarea")).to_be_visible()
    expect(shop.page.locator(CONTAINER)).to_have_count(0)


def test_C26_disableInitialInputFocus_leaves_the_focus_where_it_is(host: Hosting) -> None:
    shop = host({"inlineEmbedSelector": "#chat", "disableInitialInputFocus": True}, "<div id=chat></div>")
    shop.loaded()
    chat = shop.page.frame_locator("#hubspot-conversations-inline-iframe")
    expect(chat.locator("textarea")).to_be_enabled()
    assert shop.page.evaluate("document.activeElement.tagName") == "BODY"


def test_C26_disableAttachment_hides_the_button(host: Hosting) -> None:
    for disabled in (False, True):
        shop = host({"disableAttachment": disabled}).loaded()
        shop.do("widget.open()")
        expect(shop.chat.locator("textarea")).to_be_visible()
        expect(shop.chat.get_by_role("button", name="Attach a file")).to_have_count(0 if disabled else 1)


def test_C26_hideNewThreadLink_offers_no_other_conversation(host: Hosting) -> None:
    for hidden in (False, True):
        shop = host({"hideNewThreadLink": hidden})
        shop.loaded().do("widget.open()")
        expect(shop.chat.locator("textarea")).to_be_visible()
        if not hidden:
            shop.begin()
        shop.chat.get_by_role("button", name="Your conversations").click()
        offered = shop.chat.get_by_role("button", name="New conversation")
        expect(offered).to_have_count(0 if hidden else 1)


@pytest.fixture
def asking(server: Server) -> Iterator[None]:
    """The account asks about cookies."""
    server.account("PATCH", "/privacy/settings", {"cookie_consent": True})
    yield
    server.account("PATCH", "/privacy/settings", {"cookie_consent": False})


@pytest.mark.usefixtures("asking")
@pytest.mark.parametrize(
    ("value", "own", "is_first"),
    [
        (False, "on_exit_intent", False),
        (False, "before_chat", True),
        (True, "on_exit_intent", True),
        ("ON_WIDGET_LOAD", "on_exit_intent", True),
        ("ON_EXIT_INTENT", "before_chat", False),
    ],
)
def test_C26_G03_enableWidgetCookieBanner(
    host: Hosting, agent: Agent, value: Any, own: str, is_first: bool
) -> None:
    tag = f"loader-{own}-{value}".lower()
    agent.chatflow(tag, options={"cookie_banner": {"when": own}})
    shop = host({"enableWidgetCookieBanner": value}, tag=tag).loaded()
    shop.do("widget.open()")
    expect(shop.chat.locator("textarea")).to_be_visible()
    expect(shop.chat.get_by_role("region", name="Cookies")).to_have_count(1 if is_first else 0)


def test_C26_avoidInlineStyles_under_a_strict_policy(host: Hosting, server: Server) -> None:
    policy = f"default-src 'none'; script-src 'nonce-n' {server.origin}; frame-src {server.origin}"
    looks: dict[bool, tuple[str, str]] = {}
    for avoid in (False, True):
        shop = host({"avoidInlineStyles": avoid}, policy=policy)
        shop.page.evaluate("""() => { window.broken = [];
          document.addEventListener('securitypolicyviolation', (each) => broken.push(each.violatedDirective)); }""")
        shop.loaded()
        style = f"getComputedStyle(document.querySelector('{CONTAINER}'))"
        looks[avoid] = (shop.page.evaluate(f"{style}.position"), shop.page.evaluate("broken.join()"))
    assert looks[True] == ("fixed", "")
    assert looks[False][0] == "static"


def test_C10_C26_identification_names_the_visitor_on_this_page_only(host: Hosting, server: Server) -> None:
    email = "loader-mia@example.org"
    token = server.account("POST", "/identity/tokens", {"email": email})["token"]
    shop = host({"identificationEmail": email, "identificationToken": token})
    conversation = shop.begin("It is me")
    contact = server.account("GET", f"/conversations/{conversation}")["conversation"]["contact"]
    assert (contact["email"], contact["verified"]) == (email, True)
    anonymous = host().loaded()
    anonymous.do("widget.open()")
    expect(anonymous.chat.locator("textarea")).to_be_visible()
    expect(anonymous.chat.locator(".from-me")).to_have_count(0)
