"""What browser tests stand on: agents who answer, a line that can be cut, pages of other sites."""

import asyncio
import json
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import BrowserContext, Page, expect

from tests.faults.clients import Proxy
from tests.server import Server

AXE = Path(__file__).parents[3] / "web/node_modules/axe-core/axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SDK_AGENT = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"
    " HubspotMobileSDK/1.0.9"
)


def until(page: Page, truth: str, seconds: float = 10) -> None:
    """Waits until a script's expression is true. (Playwright's own wait evaluates inside the page, where our
    content security policy forbids it.)
    """
    ends = time.monotonic() + seconds
    while not page.evaluate(truth):
        assert time.monotonic() < ends, f"never true: {truth}"
        page.wait_for_timeout(20)


class Agent:
    """The administrator of the server's account, at work in the inbox."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.user_id: int = server.call("GET", "/session")["accounts"][0]["user"]["id"]

    def command(self, type_: str, **fields: Any) -> Mapping[str, Any]:
        """Sends one command; its result."""
        command = {"type": type_, "command_id": str(uuid.uuid4()), **fields}
        headers = {"X-Account": str(self._server.account_id)}
        (reply,) = self._server.call("POST", "/realtime/commands", {"commands": [command]}, **headers)[
            "replies"
        ]
        assert reply["type"] == "ack", reply
        return reply["result"]

    def say(self, conversation_id: int, words: str | Mapping[str, Any]) -> None:
        """Answers the visitor."""
        content = {"text": words} if isinstance(words, str) else words
        self.command(
            "post_message",
            conversation_id=conversation_id,
            client_message_id=str(uuid.uuid4()),
            content=content,
        )

    def upload(self, name: str, media_type: str, content: bytes, purpose: str = "message") -> int:
        """A file of the administrator's; its id."""
        body = {"name": name, "media_type": media_type, "size": len(content), "purpose": purpose}
        file_id: int = self._server.account("POST", "/files", body)["file_id"]
        self._server.put_bytes(f"/accounts/{self._server.account_id}/files/{file_id}?offset=0", content)
        return file_id

    def words(self, conversation_id: int) -> list[str]:
        """All messages of a conversation as plain lines, without the welcome."""
        entries = self._server.timeline(conversation_id)
        messages = [
            each for each in entries if each["kind"] == "message" and each["author"]["kind"] != "system"
        ]
        return [_plain(each["content"]) for each in messages]

    def chatflow(
        self, tag: str, language: str = "en", options: Mapping[str, Any] | None = None, **chat: Any
    ) -> int:
        """A chatflow that is on, with some settings of its chat and some options changed."""
        server = self._server
        body = {"inbox_id": server.inbox_id, "language": language, "mobile_tag": tag, "type": "live_agent"}
        made = server.account("POST", "/chatflows", body)
        if chat or options:
            document = made["document"]
            for part, changes in (("chat", chat), ("options", options or {})):
                for name, value in changes.items():
                    now = document[part][name]
                    document[part][name] = {**now, **value} if isinstance(now, dict) else value
            match = {"If-Match": f'"{made["version"]}"'}
            server.account("PUT", f"/chatflows/{made['id']}/document", {"document": document}, **match)
        server.account("PATCH", f"/chatflows/{made['id']}", {"is_on": True})
        return made["id"]


def _plain(content: Mapping[str, Any]) -> str:
    runs = [run for block in content["blocks"] for run in block.get("runs", ())]
    return "".join(run.get("text", "\n") for run in runs)


class Line:
    """The network between a browser and the server. `with Line(port) as line:`; `line.origin` leads through it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._proxy = Proxy(port)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._proxy.start(), self._loop).result(10)
        self.origin = f"http://127.0.0.1:{self._proxy.port}"
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._proxy.stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def cut(self) -> None:
        """Ends every connection at once; new ones get through."""
        done = threading.Event()
        self._loop.call_soon_threadsafe(lambda: (self._proxy.cut(), done.set()))
        assert done.wait(10)

    @contextmanager
    def down(self) -> Iterator[None]:
        """Nothing gets through."""
        self._proxy.upstream_port = 1
        self.cut()
        try:
            yield
        finally:
            self._proxy.upstream_port = self._port


@contextmanager
def other_site(pages: Mapping[str, str], policy: str = "") -> Iterator[str]:
    """A web site of somebody else with these pages, by path; its address. `policy`: its Content-Security-Policy."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = pages.get(self.path)
            self.send_response(200 if page is not None else 404)
            self.send_header("content-type", "text/html; charset=utf-8")
            if policy:
                self.send_header("content-security-policy", policy)
            self.end_headers()
            self.wfile.write((page or "").encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    site = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=site.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{site.server_address[1]}"
    finally:
        site.shutdown()
        site.server_close()
        thread.join(10)


def page_address(origin: str, account_id: int, tag: str = "support", extra: str = "") -> str:
    """Where an SDK of HubSpot's finds the chat page."""
    return (
        f"{origin}/conversations-visitor-embed?portalId={account_id}&hublet=eu1&env=prod"
        f"&email=&identificationToken=&chatflow={tag}{extra}"
    )


def axe_script(options: Mapping[str, Any] = RULES) -> str:
    """Runs axe, which the page has, once every movement that ends has ended: colours on their way are nobody's."""
    return f"""Promise.allSettled(document.getAnimations()
        .filter(each => each.effect.getComputedTiming().endTime !== Infinity)
        .map(each => each.finished)
    ).then(() => axe.run(document, {json.dumps(options)})).then(found => found.violations.map(each =>
        each.id + ': ' + each.nodes.map(node => node.target.join(' ') + ' ' + (node.any[0]?.message ?? '')).join('; ')
    ))"""


# What a visitor does again and again.


def opened(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    expect(page.locator("textarea")).to_be_visible()
    return page


def write(page: Page, words: str) -> None:
    page.fill("textarea", words)
    page.locator("button.send").click()
    expect(page.locator(".from-me .bubble").last).to_contain_text(words)


def begin(page: Page, words: str = "Hello") -> int:
    """The visitor's first message; the conversation's id, as the page's own API tells it."""
    page.evaluate("""() => { window.started = new Promise((resolve) =>
      HubSpotConversations.on('conversationStarted', (each) => resolve(each.conversation.conversationId))); }""")
    write(page, words)
    return page.evaluate("window.started")


def findings(page: Page) -> list[str]:
    """What axe finds in a page."""
    page.evaluate(AXE.read_text())
    return page.evaluate(axe_script())
