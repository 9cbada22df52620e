"""K13: what is rendered of an article runs nothing in a real browser, also on a page without any policy."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page, Route

from pocketdesk.kernel.refusal import Invalid
from tests.hostile import CORPUS, rendered, stored

TOUCH = """() => {
    const clean = (address) => ["http:", "https:", "mailto:", "tel:"].includes(address.protocol);
    const links = [...document.querySelectorAll("a[href], area[href]")];
    for (const element of document.querySelectorAll("*")) {
        for (const kind of ["pointerover", "mouseover", "focus", "toggle", "animationstart", "error", "load", "submit"])
            element.dispatchEvent(new Event(kind, { bubbles: true, cancelable: true }));
        // A link that leads elsewhere would take the page away; any other runs what it holds.
        if (!links.includes(element) || !clean(element))
            element.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    }
    return links.filter((link) => !clean(link)).map((link) => link.outerHTML);
}"""
SETTLED = (
    "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
)


class Watch:
    """A page without a policy that counts what runs, what is asked for, and what opens."""

    def __init__(self, browser: Browser) -> None:
        self.fired: list[str] = []
        self.asked: list[str] = []
        self.now = ""
        self.page: Page = browser.new_page()
        self.page.expose_function("fire", lambda *_: self.fired.append(self.now))
        self.page.on("dialog", self._opened)
        self.page.on("popup", self._popped_up)
        self.page.route("**/*", self._refuse)

    def _opened(self, dialog: Dialog) -> None:
        self.fired.append(self.now)
        dialog.dismiss()

    def _popped_up(self, page: Page) -> None:
        self.fired.append(self.now)
        page.close()

    def _refuse(self, route: Route) -> None:
        if route.request.url.startswith("https://desk.example/help/images/"):
            route.fulfill(content_type="image/gif", body=b"GIF89a")
            return
        self.asked.append(self.now)
        route.abort()

    def show(self, name: str, html: str) -> list[str]:
        """Puts HTML on the page and touches everything; links that lead where none may."""
        self.now = name
        self.page.set_content(
            f"<!doctype html><base href='https://desk.example/'><body>{html}", wait_until="load"
        )
        found: list[str] = self.page.evaluate(TOUCH)
        self.page.evaluate(SETTLED)
        return found


@pytest.fixture(scope="module")
def watch(chromium: Browser) -> Iterator[Watch]:
    watch = Watch(chromium)
    yield watch
    watch.page.close()


def clean(kind: str, said: Any) -> str | None:
    try:
        return rendered(stored(kind, said))
    except Invalid:
        return None


@pytest.mark.timeout(180)
def test_K13_nothing_of_the_corpus_runs_in_chromium(watch: Watch) -> None:
    bad: list[str] = []
    for number, (kind, said) in enumerate(CORPUS):
        html = clean(kind, said)
        if html is not None:
            bad += watch.show(f"{kind} {number}", html)
    assert (watch.fired, watch.asked, bad) == ([], [], [])


@pytest.mark.timeout(180)
def test_K13_the_same_corpus_runs_where_nobody_has_cleaned_it(watch: Watch) -> None:
    """Without this, the test above could not fail."""
    before = len(watch.fired)
    for number, (kind, said) in enumerate(CORPUS[:80]):
        if kind == "html":
            try:
                watch.show(f"control {number}", said)
            except Exception:  # noqa: BLE001  (what runs here may take the page away)
                watch.page.goto("about:blank")
    assert len({*watch.fired[before:]}) >= 40
