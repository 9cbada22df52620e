"""Time until a visitor can type: the chat page in Chromium on slow 4G, beside a page with only a text field.

The network is Chromium's own emulation (562.5 ms round trip, 1.5 Mbit/s down, 0.69 up), the phone a Pixel 7,
the cache empty, the processor unthrottled. Usable: a text field is there, visible and enabled.
"""

# Playwright leaves much untyped.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownLambdaType=false
from __future__ import annotations

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from playwright.sync_api import Page, sync_playwright

from bench import machine
from bench.generator import Figures
from bench.product import TAG
from bench.scenario import Case, Setting

SLOW_4G = {"offline": False, "latency": 562.5, "downloadThroughput": 188_743, "uploadThroughput": 86_400}
USABLE = """
const look = () => {
  const field = document.querySelector('textarea, input[type=text], [contenteditable=true], [role=textbox]');
  if (field && !field.disabled && field.getClientRects().length) window.usable = performance.now();
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


class EmptyPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        page = b"<!doctype html><title>Empty</title><link rel=icon href=data:,><textarea></textarea>"
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing."""


def until(page: Page, wanted: str) -> float:
    """What a script's expression comes to, once it is there. Playwright's own wait evaluates inside the page, where
    the product's content security policy forbids it.
    """
    ends = time.monotonic() + 30
    while not (found := page.evaluate(wanted)):
        if time.monotonic() > ends:
            raise RuntimeError(f"{wanted} never came")
        page.wait_for_timeout(5)
    return found


def visit(url: str) -> Figures:
    with sync_playwright() as engines:
        browser = engines.chromium.launch(executable_path="/usr/bin/chromium")
        phone = {
            name: value
            for name, value in engines.devices["Pixel 7"].items()
            if name != "default_browser_type"
        }
        page = browser.new_context(**phone).new_page()
        page.add_init_script(USABLE)
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.send("Network.emulateNetworkConditions", SLOW_4G)
        received = list[int]()
        network.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
        page.goto(url)
        usable = until(page, "window.usable")
        figures: Figures = {
            "usable_ms": usable,
            "requests": len(received),
            "kb_received": sum(received) / 1000,
        }
        browser.close()
    return figures


def cases(setting: Setting) -> Iterator[Case]:
    def empty() -> Figures:
        with ThreadingHTTPServer(("127.0.0.1", machine.free_port()), EmptyPage) as server:
            Thread(target=server.serve_forever, daemon=True).start()
            figures = visit(f"http://127.0.0.1:{server.server_port}/")
            server.shutdown()
        return figures

    def chat() -> Figures:
        with setting.product.copy("SQLite") as (installation, port, _):
            embed = f"conversations-visitor-embed?portalId={installation.account_id}&chatflow={TAG}"
            return visit(f"http://127.0.0.1:{port}/{embed}")

    yield Case(
        "page",
        "chat page on slow 4G until one can type",
        {"bare empty page": empty, "product": chat},
        {"product": "bare empty page"},
    )
