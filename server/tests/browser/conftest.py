"""Real pages in Debian's Chromium, on a whole server with built assets."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

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
