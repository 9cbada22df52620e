"""Who an app says its visitor is: by address, by our bridge, by the loader; signing out; what stands in the log."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwk, jwt
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.desktop import complaints, console
from tests.browser.stage import SDK_AGENT, Agent, begin, findings, opened, other_site, until, write
from tests.server import Server

pytestmark = pytest.mark.timeout(90)

Phone = Callable[..., BrowserContext]
OUR_AGENT = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"
    " PocketdeskSDK/0.1.0 (android)"
)
SHELL = """
window.posted = [];
window.answers = %s;
window.tell = (message) => PocketdeskPage.receive(JSON.stringify(message));
window.PocketdeskApp = { postMessage(text) {
  const message = JSON.parse(text);
  posted.push(message);
  if (message.type === "ready" || message.type === "identity_needed") {
    const answer = answers.shift();
    if (answer) setTimeout(() => tell({ type: "identity", ...answer }));
  }
} };
"""


@pytest.fixture(scope="module", autouse=True)
def _asking(server: Server) -> None:
    """This account asks about cookies, before anything else."""
    server.account("PATCH", "/privacy/settings", {"cookie_consent": True})


def _token(server: Server, email: str, **names: str) -> str:
    return server.account("POST", "/identity/tokens", {"email": email, **names})["token"]


def _address(server: Server, email: str = "", token: str = "", tag: str = "support") -> str:
    return (
        f"{server.origin}/conversations-visitor-embed?portalId={server.account_id}&hublet=eu1&env=prod"
        f"&email={email}&identificationToken={token}&chatflow={tag}"
    )


def _by_bridge(phone: Phone, server: Server, *answers: dict[str, Any]) -> Page:
    """The page in one of our SDKs, whose app answers so."""
    context = phone(user_agent=OUR_AGENT)
    context.add_init_script(SHELL % json.dumps(answers))
    page = context.new_page()
    page.goto(f"{server.origin}/conversations-visitor-embed?portalId={server.account_id}&chatflow=support")
    return page


def _posted(page: Page) -> list[str]:
    return page.evaluate("posted.map((each) => each.type)")


def _contact(server: Server, conversation: int) -> Any:
    return server.account("GET", f"/conversations/{conversation}")["conversation"]["contact"]


def test_C10_C14_C18_D05_G05_a_token_in_the_address_is_exchanged_and_gone(
    server: Server, agent: Agent, phone: Phone
) -> None:
    agent.chatflow("known", email_capture={"ask": "after_first_message", "text": None})
    token = _token(server, "mia+app@example.org", first_name="Mia")
    page = opened(phone(user_agent=SDK_AGENT), _address(server, "mia%2Bapp@example.org", token, "known"))
    expect(page.locator("textarea")).to_be_enabled()
    expect(page.get_by_role("region", name="Cookies")).to_have_count(0)
    assert "mia" not in page.url
    assert token not in page.url
    assert "known" in page.url
    conversation = begin(page, "From the phone")
    agent.say(conversation, "Good morning, Mia")
    expect(page.locator(".log")).to_contain_text("Good morning, Mia")
    expect(page.locator(".log")).not_to_contain_text("e-mail")
    assert page.context.cookies() == []
    contact = _contact(server, conversation)
    assert (contact["email"], contact["name"], contact["verified"]) == ("mia+app@example.org", "Mia", True)
    again = _token(server, "mia+app@example.org")
    address = _address(server, "mia+app@example.org", again, "known")
    tablet = opened(phone(user_agent=SDK_AGENT), address)
    expect(tablet.locator(".log")).to_contain_text("From the phone")
    write(tablet, "From the tablet")
    expect(page.locator(".log")).to_contain_text("From the tablet")
    assert findings(tablet) == []


def test_C11_a_stale_token_and_the_cookie_of_the_device_bring_nobody_back(
    server: Server, phone: Phone
) -> None:
    context = phone(user_agent=SDK_AGENT)
    first = opened(context, _address(server))
    first.get_by_role("button", name="Accept").click()
    with first.expect_response(lambda answer: answer.url.endswith("/remember")):
        begin(first, "Somebody's secret")
    first.close()
    (kept,) = context.cookies()
    second = opened(context, _address(server, "mia@example.org", "pdi_" + "A" * 43))
    begin(second, "Who am I?")
    expect(second.locator(".log")).not_to_contain_text("Somebody's secret")
    second.wait_for_load_state("networkidle")
    assert context.cookies() == [kept], "nor is its own kept"
    second.close()
    third = opened(context, _address(server))
    expect(third.locator(".log")).to_contain_text("Somebody's secret")
    expect(third.locator(".log")).not_to_contain_text("Who am I?")


def test_C14_what_the_device_said_before_joins_with_proof(server: Server, phone: Phone) -> None:
    context = phone(user_agent=SDK_AGENT)
    page = opened(context, _address(server))
    page.get_by_role("button", name="Accept").click()
    with page.expect_response(lambda answer: answer.url.endswith("/remember")):
        conversation = begin(page, "Before signing in")
    assert _contact(server, conversation) is None
    page.close()
    page = opened(context, _address(server, "leo@example.org", _token(server, "leo@example.org")))
    expect(page.locator(".log")).to_contain_text("Before signing in")
    assert context.cookies() == []
    assert _contact(server, conversation)["verified"] is True
    write(page, "And after")


def test_C17_the_bridge_hands_the_token_over_outside_the_address(server: Server, phone: Phone) -> None:
    email = "zoe@example.org"
    token = _token(server, email)
    context = phone(user_agent=OUR_AGENT)
    context.add_init_script(SHELL % json.dumps([{"token": token, "email": email}]))
    addresses: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: addresses.append(request.url))
    page.goto(f"{server.origin}/conversations-visitor-embed?portalId={server.account_id}&chatflow=support")
    expect(page.locator("textarea")).to_be_enabled()
    conversation = begin(page, "In your app")
    assert _contact(server, conversation)["email"] == email
    assert _posted(page)[0] == "ready"
    assert not any(token in each or "zoe" in each for each in addresses)
    assert context.cookies() == []
    kept = "JSON.stringify({...localStorage, ...sessionStorage})"
    assert token not in page.evaluate(kept)


def test_C17_nothing_begins_before_the_app_has_said_who_it_is(server: Server, phone: Phone) -> None:
    page = _by_bridge(phone, server)
    sessions: list[str] = []
    page.on("request", lambda request: sessions.append(request.url) if "/session" in request.url else None)
    until(page, "posted.some((each) => each.type === 'ready')")
    page.wait_for_load_state("networkidle")
    assert sessions == []
    page.evaluate("tell({ type: 'identity', token: null, email: null })")
    expect(page.get_by_role("region", name="Cookies")).to_be_visible()
    assert len(sessions) == 1


def test_C12_a_token_that_is_too_old_is_asked_for_again(server: Server, phone: Phone) -> None:
    email = "ida@example.org"
    fresh = {"token": _token(server, email), "email": email}
    page = _by_bridge(phone, server, {"token": "pdi_" + "A" * 43, "email": email}, fresh)
    expect(page.locator("textarea")).to_be_enabled()
    conversation = begin(page, "Again")
    assert _posted(page).count("identity_needed") == 1
    assert _contact(server, conversation)["verified"] is True
    # Signed out in the console: the page asks once more, and goes on where it was.
    server.account("POST", "/identity/sign-out", {"email": email})
    until(page, "posted.filter((each) => each.type === 'identity_needed').length === 2")
    another = json.dumps({"type": "identity", "token": _token(server, email), "email": email})
    page.evaluate(f"tell({another})")
    expect(page.locator(".log")).to_contain_text("Again")
    write(page, "Still me")
    assert _contact(server, conversation)["verified"] is True


def test_C16_signing_out_forgets_everything(server: Server, phone: Phone) -> None:
    email = "kim@example.org"
    page = _by_bridge(phone, server, {"token": _token(server, email), "email": email})
    expect(page.locator("textarea")).to_be_enabled()
    begin(page, "Only for me")
    page.fill("textarea", "a draft")
    with page.expect_response(
        lambda answer: answer.url.endswith("/session") and answer.request.method == "DELETE"
    ) as ended:
        page.evaluate("tell({ type: 'log_out' })")
    bearer = ended.value.request.headers["authorization"]
    until(page, "posted.at(-1).type === 'logged_out'")
    expect(page.locator(".log")).not_to_contain_text("Only for me")
    assert page.input_value("textarea") == ""
    assert page.context.cookies() == []
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    answer = page.request.get(
        f"{server.origin}/api/v1/visitor/chat?mobile_tag=support", headers={"authorization": bearer}
    )
    assert answer.status == 401
    page.evaluate("tell({ type: 'identity', token: null, email: null })")
    expect(page.get_by_role("region", name="Cookies")).to_be_visible()
    expect(page.locator(".log")).not_to_contain_text("Only for me")
    other = json.dumps(
        {"type": "identity", "token": _token(server, "lou@example.org"), "email": "lou@example.org"}
    )
    page.evaluate(f"tell({other})")
    expect(page.locator("textarea")).to_be_enabled()
    expect(page.locator(".log")).not_to_contain_text("Only for me")
    assert _contact(server, begin(page, "Somebody else"))["email"] == "lou@example.org"


def test_C10_a_web_page_names_its_visitor_through_the_loader(server: Server, phone: Phone) -> None:
    email = "pat@example.org"
    settings = json.dumps(
        {
            "identificationEmail": email,
            "identificationToken": _token(server, email),
            "inlineEmbedSelector": "#chat",
        }
    )
    page_html = (
        f"<!doctype html><meta name=viewport content='width=device-width'><div id=chat style='height:600px'></div>"
        f"<script>window.hsConversationsSettings = {settings}</script>"
        f"<script async src='{server.origin}/widget/{server.account_id}.js?chatflow=support'></script>"
    )
    with other_site({"/": page_html}) as origin:
        page = phone().new_page()
        page.goto(origin)
        frame = page.frame_locator("iframe")
        frame.locator("textarea").fill("From the web")
        frame.locator("button.send").click()
        expect(frame.locator(".own-state")).to_contain_text("Sent")
    (row,) = [
        each
        for each in server.account("GET", "/conversations?view=open")["items"]
        if "From the web" in each["last_words"]
    ]
    assert _contact(server, row["id"])["verified"] is True


def _name_visitor(server: Server, agent: str, version: str, email: str, token: str | None = None) -> Any:
    body = {
        "account_id": server.account_id,
        "mobile_tag": "support",
        "properties": {"app_version": version},
        "email": email,
        "identity_token": token,
    }
    return server.call("POST", "/visitor/session", body, **{"User-Agent": agent})


def test_the_console_keeps_keys_and_goes_to_required_proof_in_steps(
    chromium: Browser, server: Server, phone: Phone
) -> None:
    email = "gil@example.org"
    server.account("PUT", "/identity", {"enforcement": "off"})
    with console(chromium, server, "/settings/identity") as page:
        expect(page.get_by_text("Nothing is counted while")).to_be_visible()
        page.get_by_label("Accept and count").click()
        expect(page.get_by_text("No app has named a visitor yet.")).to_be_visible()
        _name_visitor(server, OUR_AGENT, "5.0", email)
        _name_visitor(server, OUR_AGENT, "5.1", email, _token(server, email))
        page.get_by_role("button", name="Add a key").click()
        page.get_by_label("Name").fill("Shop")
        page.get_by_role("button", name="Create").click()
        shown = page.get_by_role("dialog", name="Copy the secret now")
        secret = shown.get_by_label("Secret").input_value()
        shown.get_by_role("button", name="Done").click()
        page.get_by_role("button", name="Add a key").click()
        page.get_by_label("Name").fill("Broken")
        page.get_by_text("Public key", exact=True).first.click()
        page.get_by_role("textbox", name="Public key").fill("no key")
        page.get_by_role("button", name="Create").click()
        expect(page.get_by_role("dialog")).to_contain_text("Must be a public key in PEM")
        page.keyboard.press("Escape")
        page.reload()
        rows = page.get_by_role("table", name="").first.get_by_role("row")
        expect(rows.nth(1)).to_contain_text("PocketdeskSDK 0.1.0 (android)5.0010")
        expect(rows.nth(2)).to_contain_text("PocketdeskSDK 0.1.0 (android)5.1100")
        assert secret not in page.content()
        assert complaints(page) == []

        now = int(time.time())
        claims = {"email": email, "aud": str(server.account_id), "iat": now, "exp": now + 600}
        signed = jwt.encode({"alg": "HS256"}, claims, jwk.OctKey.import_key(secret))
        chat = opened(phone(user_agent=SDK_AGENT), _address(server, email, signed))
        conversation = begin(chat, "Signed by the shop")
        assert _contact(server, conversation)["verified"] is True
        chat.close()

        page.get_by_role("listitem").filter(has_text="Shop").get_by_role("button", name="Revoke").click()
        page.get_by_role("dialog").get_by_role("textbox").fill("Shop")
        page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
        expect(page.get_by_role("listitem").filter(has_text="Shop")).to_contain_text("revoked")
        assert _name_visitor(server, OUR_AGENT, "5.1", email, signed)["identity"] == "refused"
        page.get_by_label("Require proof").click()
        expect(page.get_by_text("Addresses without proof are not looked at any more.")).to_be_visible()
        assert server.account("GET", "/identity")["enforcement"] == "enforce"
        page.get_by_role("button", name="Undo").last.click()
        expect(page.get_by_label("Accept and count")).to_be_checked()
        page.get_by_label("E-mail").fill(email)
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_text(f"{email} is signed out everywhere.")).to_be_visible()


def test_agents_see_what_is_proven_and_what_is_only_said(
    chromium: Browser, server: Server, phone: Phone
) -> None:
    server.account("PUT", "/identity", {"enforcement": "off"})
    email = "ada@example.org"
    proven = begin(
        opened(phone(user_agent=SDK_AGENT), _address(server, email, _token(server, email))), "Proven"
    )
    said = opened(phone(user_agent=SDK_AGENT), _address(server, email))
    said.get_by_role("button", name="Accept").click()
    claimed = begin(said, "Only said")
    for conversation, word in ((proven, "verified"), (claimed, "not verified")):
        with console(chromium, server, f"/inbox/{conversation}") as page:
            about = page.get_by_role("complementary").filter(has_text=email)
            expect(about.get_by_text(word, exact=True)).to_be_visible()
            line = page.locator(f"#row-{conversation}")
            expect(line.get_by_role("img", name="verified")).to_have_count(int(conversation == proven))


def test_nothing_of_a_token_or_an_address_stands_in_the_log(server: Server, phone: Phone) -> None:
    token = _token(server, "secret-address@example.org")
    page = opened(phone(user_agent=SDK_AGENT), _address(server, "secret-address@example.org", token))
    begin(page, "Hello")

    def broken(route: Route) -> None:
        route.continue_(post_data=json.dumps({"account_id": "x", "identity_token": token, "email": token}))

    page.route("**/api/v1/visitor/session", broken)
    page.goto(_address(server, "secret-address@example.org", token))
    page.request.get(_address(server, "secret-address@example.org", token, "no-such-tag"))
    page.request.get(f"{server.origin}/no-such-page?identificationToken={token}")
    log = server.log
    assert "ready" in log or "schema" in log, "it is the log"
    assert token not in log
    assert "secret-address" not in log
