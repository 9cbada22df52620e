"""The HTML that the server answers with: the chat page, the web loader, the console's shell, built assets."""

import gzip
import html
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

from pocketdesk.app.http import host_of
from pocketdesk.chat_page.model import Page, PageError
from pocketdesk.chat_page.views import page_for_tag
from pocketdesk.chat_page.wire import to_page
from pocketdesk.chatflows import texts
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage.unit import Reader

STATIC = Path(__file__).parent / "static"
SDK_AGENTS = ("HubspotMobileSDK/", "PocketdeskSDK/")

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Bundle:
    """One built front end: its entry script and styles, as the build's manifest names them."""

    folder: str
    entry: str

    @cached_property
    def _chunks(self) -> dict[str, Any]:
        return json.loads((STATIC / self.folder / "manifest.json").read_text())

    def url(self, entry: str) -> str:
        """Address of another entry of the same build."""
        return f"/static/{self.folder}/{self._chunks[entry]['file']}"

    @cached_property
    def head(self) -> str:
        """Tags that load it: styles first, then the module."""
        chunk = self._chunks[self.entry]
        links = [
            f'<link rel="stylesheet" href="/static/{self.folder}/{css}">' for css in chunk.get("css", ())
        ]
        return "".join([*links, f'<script type="module" src="{self.url(self.entry)}"></script>'])


CHAT = Bundle("chat", "src/main.tsx")
CONSOLE = Bundle("console", "src/main.tsx")


class Assets(StaticFiles):
    """Built files: their names carry a hash, so they may be kept for a year."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        if answer.status_code in {200, 304}:
            answer.headers["cache-control"] = "public, max-age=31536000, immutable"
        return answer


@router.get("/conversations-visitor-embed")
async def chat_page(request: Request) -> Response:
    """The chat page for an account and a mobile tag. Always 200 and HTML: an SDK shows what it gets (P9, P15).

    `email` and `identificationToken` are never read from the query here; the page removes them from its address.
    """
    query = request.query_params
    account_id, tag = query.get("portalId", ""), query.get("chatflow", "")

    def served(reader: Reader) -> tuple[Page | None, PageError | None]:
        if not (account_id.isascii() and account_id.isdigit() and len(account_id) < 16):
            return None, "unknown_account"
        return page_for_tag(reader, AccountScope(int(account_id)), tag, request.app.state.clock())

    page, error = await request.app.state.engine.read(served)
    config = to_page(page).model_dump(mode="json") if page else None
    # A chatflow speaks its own language, and has every word of it; only without one does the device decide.
    language = page.language if page else texts.best_match(request.headers.get("accept-language", ""))
    agent = request.headers.get("user-agent", "")
    boot = {
        "config": config,
        "error": error,
        "texts": config.pop("texts") if config else texts.of(language),
        "language": language,
        "direction": texts.direction(language),
        "sdk": any(name in agent for name in SDK_AGENTS),
        "identity_in_url": bool(query.get("identificationToken")),
    }
    return _chat_html(request, boot, ancestors="*")


@router.get("/conversations-visitor-embed/{account_id:int}/worker.js")
async def push_worker() -> Response:
    """The service worker that shows an account's pushes; its path is its scope, in which there is no page."""
    return Response(
        (STATIC / "chat" / "worker.js").read_bytes(),
        media_type="text/javascript",
        headers={
            "cache-control": "no-cache",
            "content-security-policy": "default-src 'none'",
        },
    )


@router.get("/conversations-visitor-embed/preview")
async def preview_page(request: Request) -> Response:
    """The same page, waiting for unsaved settings from the console's editor around it."""
    language = "en"
    boot = {"preview": True, "texts": texts.of(language), "language": language, "direction": "ltr"}
    return _chat_html(request, boot, ancestors="'self'")


def _chat_html(request: Request, boot: dict[str, Any], *, ancestors: str) -> Response:
    language, direction = html.escape(boot["language"]), boot["direction"]
    # `<` is the only character that could end the script element.
    payload = json.dumps(boot, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    page = (
        f'<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover,'
        'interactive-widget=resizes-content">'
        '<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">'
        f"<title>{html.escape(boot['texts']['page.title'])}</title>"
        f'<script type="application/json" id="pocketdesk-boot">{payload}</script>{CHAT.head}</head>'
        '<body><div id="app"></div></body></html>'
    )
    host = host_of(request)
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        f"connect-src 'self' ws://{host} wss://{host}; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors {ancestors}"
    )
    headers = {"content-security-policy": policy, "cache-control": "no-store"}
    if ancestors == "*":
        headers["cross-origin-opener-policy"] = "unsafe-none"
    return _small(request, HTMLResponse(page, headers=headers))


def _small(request: Request, answer: Response) -> Response:
    """The answer, compressed where the browser takes that. Only for what holds no secret: sizes would tell of it."""
    answer.headers["vary"] = "accept-encoding"
    if "gzip" in request.headers.get("accept-encoding", ""):
        answer.body = gzip.compress(bytes(answer.body), 6, mtime=0)
        answer.headers["content-encoding"] = "gzip"
        answer.headers["content-length"] = str(len(answer.body))
    return answer


@router.get("/widget/{account_id}.js")
async def web_loader(account_id: int, request: Request) -> Response:
    """The script that a web page includes; it reads the account from its own address."""
    answer = Response(
        (STATIC / "chat" / "loader.js").read_bytes(),
        media_type="text/javascript",
        headers={
            "cache-control": "public, max-age=300",
            "cross-origin-resource-policy": "cross-origin",
            "x-account": str(account_id),
        },
    )
    return _small(request, answer)


@router.get("/")
@router.get("/sign-in")
@router.get("/set-up")
@router.get("/invite/{token}")
@router.get("/a/{path:path}")
async def console(request: Request) -> HTMLResponse:
    """The console's shell; the page routes itself."""
    return _console_html(request)


@router.get("/oauth/authorize")
@router.get("/oauth/{account_id:int}/authorize")
async def authorize_page(request: Request) -> HTMLResponse:
    """The console asks whether a program is let in. No other page may stand around the question."""
    return _console_html(request, ancestors="'none'")


@router.get("/demo")
async def demo_page(request: Request) -> HTMLResponse:
    """Phone and inbox side by side; there in demo mode only."""
    if not request.app.state.settings.demo:
        raise NotFound
    return _console_html(request)


def _console_html(request: Request, *, ancestors: str = "'self'") -> HTMLResponse:
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><title>Pocketdesk</title>'
        f'<link rel="icon" href="data:,">{CONSOLE.head}</head><body><div id="app"></div></body></html>'
    )
    host = host_of(request)
    policy = (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        f"connect-src 'self' ws://{host} wss://{host}; frame-src 'self'; object-src 'none'; base-uri 'none'; "
        f"form-action 'self'; frame-ancestors {ancestors}"
    )
    return HTMLResponse(page, headers={"content-security-policy": policy, "cache-control": "no-store"})
