"""Answers told by the browser: the offer, the service worker, the way to the conversation, and the way out."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.stage import Agent, opened, page_address, until, write
from tests.server import Server

pytestmark = pytest.mark.timeout(60)

# Chromium subscribes with a service of its maker's only; everything else is the browser's own.
SUBSCRIPTION = """
window.held = null;
const made = () => ({
  endpoint: 'https://push.example.org/to/this-browser',
  toJSON: () => ({
    endpoint: 'https://push.example.org/to/this-browser', expirationTime: null, keys: {p256dh: 'BAAA', auth: 'AAAA'}
  }),
  unsubscribe: async () => { window.held = null; return true; },
});
PushManager.prototype.getSubscription = async () => window.held;
PushManager.prototype.subscribe = async (options) => { window.subscribedWith = options; return window.held = made(); };
"""


# Touches the notification that is shown, or one with these facts. Without a hand, no window takes the focus.
TOUCH = """async (facts) => {
    if (facts) await registration.showNotification('Ana', {data: facts});
    const [notification] = await registration.getNotifications();
    const touch = new NotificationEvent('notificationclick', {notification});
    const done = new Promise((resolve) => { touch.waitUntil = (work) => work.then(resolve, resolve); });
    dispatchEvent(touch);
    await done;
}"""


@pytest.fixture
def key(server: Server) -> Iterator[None]:
    """The account pushes to browsers."""
    server.account("PUT", "/push/webpush", {"subject": "mailto:push@example.org"})
    yield
    server.account("DELETE", "/push/webpush")


@pytest.fixture
def visit(chromium: Browser, server: Server) -> Iterator[BrowserContext]:
    with chromium.new_context(viewport={"width": 375, "height": 700}, locale="en") as context:
        context.grant_permissions(["notifications"], origin=server.origin)
        context.add_init_script(SUBSCRIPTION)
        yield context


def _notifications(page: Page, server: Server) -> Any:
    return page.evaluate(
        """async (scope) => {
            const registration = await navigator.serviceWorker.getRegistration(scope);
            return (await registration.getNotifications()).map(({title, body, tag}) => ({title, body, tag}));
        }""",
        f"/conversations-visitor-embed/{server.account_id}/",
    )


class Pusher:
    """Brings pushes to the page's service worker, as the browser does."""

    def __init__(self, page: Page, server: Server) -> None:
        self._server = server
        self._devtools = page.context.new_cdp_session(page)
        self._registrations: list[str] = []
        self._devtools.on("ServiceWorker.workerRegistrationUpdated", self._note)
        self._devtools.send("ServiceWorker.enable")

    def _note(self, event: Any) -> None:
        self._registrations += [each["registrationId"] for each in event["registrations"]]

    def push(self, page: Page, conversation_id: int, title: str, body: str) -> None:
        while not self._registrations:
            page.wait_for_timeout(20)
        facts = {
            "title": title,
            "body": body,
            "badge": 1,
            "pd_account": str(self._server.account_id),
            "pd_conversation": str(conversation_id),
            "pd_tag": "support",
        }
        self._devtools.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": self._server.origin,
                "registrationId": self._registrations[0],
                "data": json.dumps(facts),
            },
        )


def _device_calls(page: Page) -> list[tuple[str, str, Any]]:
    calls: list[tuple[str, str, Any]] = []
    page.on(
        "request",
        lambda asked: (
            calls.append((asked.method, asked.url.partition("/api/v1")[2], asked.post_data_json))
            if "/api/v1/app/" in asked.url
            else None
        ),
    )
    return calls


def test_push_is_offered_after_writing_and_leads_to_the_conversation(
    visit: BrowserContext, server: Server, key: None
) -> None:
    page = opened(visit, page_address(server.origin, server.account_id))
    calls = _device_calls(page)
    offer = page.get_by_role("button", name="Tell me when you answer")
    expect(offer).to_have_count(0)
    write(page, "Where is my parcel?")
    expect(offer).to_be_visible(timeout=15_000)
    assert calls == []
    assert visit.service_workers == [], "before the click nothing is put into the browser"
    offer.click()
    expect(page.get_by_text("We will tell you here when we answer")).to_be_visible()
    asked = page.evaluate("subscribedWith")
    assert (asked["userVisibleOnly"], len(asked["applicationServerKey"])) == (True, 87)
    ((method, path, body),) = calls
    assert (method, path, body["platform"], body["push"]["provider"]) == (
        "PUT",
        "/app/device",
        "web",
        "webpush",
    )
    assert json.loads(body["push"]["token"])["keys"] == {"p256dh": "BAAA", "auth": "AAAA"}
    conversation_id = _conversation(page)

    # A page that is seen says it itself, and takes whoever touches a notification to the conversation.
    Pusher(page, server).push(page, conversation_id + 1, "Ana", "not said twice")
    worker = visit.service_workers[0]
    page.get_by_role("button", name="Your conversations").click()
    worker.evaluate(TOUCH, {"pd_account": str(server.account_id), "pd_conversation": str(conversation_id)})
    expect(page.locator(".from-me .bubble").last).to_contain_text("Where is my parcel?")

    page.goto(f"{server.origin}/sign-in")
    Pusher(page, server).push(page, conversation_id, "Ana", "It left today")
    found = _notifications(page, server)
    while not found:
        page.wait_for_timeout(20)
        found = _notifications(page, server)
    tag = f"pd-{server.account_id}-{conversation_id}"
    assert found == [{"title": "Ana", "body": "It left today", "tag": tag}]
    worker.evaluate("clients.openWindow = async (address) => { self.opened = address; }")
    worker.evaluate(TOUCH)
    query = f"portalId={server.account_id}&chatflow=support#conversation={conversation_id}"
    address = worker.evaluate("self.opened")
    assert address == f"/conversations-visitor-embed?{query}"
    assert _notifications(page, server) == []
    page.goto(server.origin + address)
    expect(page.locator(".from-me .bubble").last).to_contain_text("Where is my parcel?")
    assert "#" not in page.url


def _conversation(page: Page) -> int:
    page.evaluate("HubSpotConversations.on('userSelectedThread', (said) => { window.selected = said; })")
    until(page, "window.selected")
    return page.evaluate("selected.conversation.conversationId")


def test_push_is_turned_off_in_the_menu_and_by_log_out(
    visit: BrowserContext, server: Server, key: None
) -> None:
    page = opened(visit, page_address(server.origin, server.account_id))
    calls = _device_calls(page)
    write(page, "Hello")
    menu = page.get_by_role("button", name="More")
    for _ in range(2):
        menu.click()
        page.get_by_role("menuitem", name="Tell me when you answer").click()
        expect(page.get_by_role("menu")).to_have_count(0)
        menu.click()
        page.get_by_role("menuitem", name="Stop telling me about answers").click()
        expect(page.get_by_role("menu")).to_have_count(0)
    menu.click()
    page.get_by_role("menuitem", name="Tell me when you answer").click()
    expect(page.get_by_role("menu")).to_have_count(0)
    assert [method for method, _, _ in calls] == ["PUT", "DELETE", "PUT", "DELETE", "PUT"]
    assert len({path for method, path, _ in calls if method == "DELETE"}) == 1
    with page.expect_response(re.compile("/api/v1/visitor/session$")):
        page.evaluate("HubSpotConversations.clear()")
    assert calls[-1][:2] == ("DELETE", "/app/session")
    assert page.evaluate("held") is None
    until(page, "navigator.serviceWorker.getRegistrations().then((all) => all.length === 0)")


@pytest.mark.parametrize("already", [True, False], ids=["denied before", "denied when asked"])
def test_who_denies_is_not_asked_again_and_nothing_is_put_into_the_browser(
    chromium: Browser, server: Server, key: None, already: bool
) -> None:
    with chromium.new_context(viewport={"width": 375, "height": 700}, locale="en") as visit:
        visit.add_init_script(SUBSCRIPTION)
        page = visit.new_page()
        if already:  # what is not granted here is denied
            visit.grant_permissions(["geolocation"], origin=server.origin)
        else:  # what somebody presses in the browser's own dialog
            page.add_init_script("Notification.requestPermission = async () => 'denied';")
        page.goto(page_address(server.origin, server.account_id))
        assert page.evaluate("Notification.permission") == ("denied" if already else "default")
        calls = _device_calls(page)
        with page.expect_response(re.compile("/push-key$")):
            write(page, "Hello")
        offer = page.get_by_role("button", name="Tell me when you answer")
        if not already:
            offer.click()
            expect(page.get_by_text("Your browser does not allow notifications")).to_be_visible()
        page.get_by_role("button", name="More").click()
        expect(page.get_by_role("menu")).to_be_visible()
        expect(page.get_by_role("menuitem", name="Tell me when you answer")).to_have_count(0)
        expect(offer).to_have_count(0)
        assert calls == []
        assert visit.service_workers == []


def test_push_is_not_offered_where_the_account_has_no_key(
    visit: BrowserContext, server: Server, agent: Agent
) -> None:
    page = opened(visit, page_address(server.origin, server.account_id))
    with page.expect_response(re.compile("/push-key$")) as answer:
        write(page, "Hello")
    assert answer.value.json() == {"public_key": None}
    agent.say(_conversation(page), "Good morning")
    expect(page.locator(".from-them .bubble").last).to_contain_text("Good morning")
    assert visit.service_workers == []
