"""Real pages in Debian's Chromium, on a whole server with built assets."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser.stage import Agent
from tests.server import Server


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for the tests of a file, each of which opens windows of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium")
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with one account, shared by the tests of a file. Nobody is asked about cookies in it."""
    with Server(tmp_path_factory.mktemp("server")) as running:
        running.account("PATCH", "/privacy/settings", {"cookie_consent": False})
        yield running


@pytest.fixture(scope="module")
def agent(server: Server) -> Agent:
    return Agent(server)


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes phones. What goes wrong in their consoles fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def make(**options: Any) -> BrowserContext:
        usual: dict[str, Any] = {
            "viewport": {"width": 375, "height": 812},
            "has_touch": True,
            "is_mobile": True,
            "locale": "en",
        }
        context = chromium.new_context(**{**usual, **options})
        context.set_default_timeout(10_000)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on(
            "console", lambda line: complaints.append(line.text) if "Security Policy" in line.text else None
        )
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert complaints == []
