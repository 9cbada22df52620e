"""An agent's and a visitor's browser windows, and what the tests do in them again and again."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.server import EMAIL, PASSWORD, Server

AXE = Path(__file__).parents[3] / "web/node_modules/axe-core/axe.min.js"
Scheme = Literal["light", "dark"]


@contextmanager
def window(
    browser: Browser, server: Server, *, width: int = 1440, height: int = 900, scheme: Scheme = "light"
) -> Iterator[Page]:
    """A page that starts at the server's origin, of somebody who is not signed in; no error may occur in it."""
    context = browser.new_context(
        base_url=server.origin,
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        reduced_motion="reduce",
        has_touch=width < 600,
        locale="en-GB",
    )
    context.set_default_timeout(8_000)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []


@contextmanager
def console(
    browser: Browser, server: Server, path: str = "/inbox", *, width: int = 1440, scheme: Scheme = "light"
) -> Iterator[Page]:
    """The console of the administrator, signed in, at a path of the account."""
    with window(browser, server, width=width, height=812 if width < 600 else 900, scheme=scheme) as page:
        lend_session(page.context, server)
        page.goto(f"/a/{server.account_id}{path}")
        yield page


@contextmanager
def phone(browser: Browser, server: Server, tag: str = "support") -> Iterator[Page]:
    """The chat page as an app shows it."""
    with window(browser, server, width=375, height=812) as page:
        page.goto(f"/conversations-visitor-embed?portalId={server.account_id}&chatflow={tag}")
        yield page


def lend_session(context: BrowserContext, server: Server) -> None:
    """Signs the window in with the session that the test's own calls use."""
    name, _, value = server.cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": server.origin}])


def sign_in(page: Page, email: str = EMAIL, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def visitor_writes(page: Page, text: str) -> None:
    page.get_by_role("textbox").fill(text)
    page.get_by_role("button", name="Send").click()


def row(page: Page, words: str) -> Locator:
    """The inbox row that shows these words."""
    return page.get_by_role("region", name="Conversations").get_by_role(
        "link", name=re.compile(re.escape(words))
    )


def open_conversation(page: Page, words: str) -> None:
    row(page, words).click()
    expect(page.get_by_role("log")).to_contain_text(words)


def bubble(page: Page, words: str) -> Locator:
    """What somebody wrote, in the open conversation."""
    return page.get_by_role("log").locator(".bubble", has_text=words)


def start_conversation(server: Server, words: str, **properties: str) -> int:
    """A new visitor's first words, by the door that browsers use when sockets are blocked."""
    from uuid import uuid4

    token = server.call(
        "POST",
        "/visitor/session",
        {"account_id": server.account_id, "mobile_tag": "support", "properties": properties},
    )["token"]
    command = {
        "type": "start_conversation",
        "command_id": str(uuid4()),
        "client_conversation_id": str(uuid4()),
        "client_message_id": str(uuid4()),
        "mobile_tag": "support",
        "content": {"text": words},
    }
    answer = server.call(
        "POST", "/realtime/commands", {"commands": [command]}, Authorization=f"Bearer {token}"
    )
    return answer["replies"][0]["result"]["conversation_id"]


def complaints(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands, by the rules of WCAG 2.2 AA and its own best practices."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations'], iframes: false})")
    return [
        f"{each['id']}: {node['html'][:120]} {node['any'][0]['message'] if node['any'] else ''}"
        for each in found["violations"]
        for node in each["nodes"]
    ]
