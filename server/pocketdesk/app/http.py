"""What every HTTP answer has in common: error envelope, correlation id, security headers."""

import re
import secrets
from collections.abc import Mapping
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pocketdesk.kernel.refusal import Refusal, TooMany

log = structlog.get_logger()

MOST_BYTES = 256 * 1024
"""Largest body of a request; uploads come in pieces of this size."""
_LARGER = {
    # The draft of an article: 200,000 characters in any script, and what JSON needs around them.
    re.compile(r"/api/v1/accounts/\d+/knowledge/articles/\d+/variants/[^/]+/draft"): 4 * 1024 * 1024,
    # A whole file, as HubSpot's clients send it, and the form around it.
    re.compile(r"/files/[\w-]+/files"): (25 + 1) * 1024 * 1024,
    # A folder of articles with its images, and the form around it.
    re.compile(r"/api/v1/accounts/\d+/knowledge/bases/\d+/imports"): (64 + 1) * 1024 * 1024,
}

_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "unsupported_media_type"}
_SECURE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


def envelope(
    request: Request,
    status: int,
    code: str,
    message: str,
    fields: Mapping[str, str],
    headers: Mapping[str, str],
    enclosed: Mapping[str, object] | None = None,
) -> JSONResponse:
    """The one shape of an error: `{code, message, fields, correlation_id}`, and what a refusal encloses."""
    body = {
        **(enclosed or {}),
        "code": code,
        "message": message,
        "fields": dict(fields),
        "correlation_id": request.state.correlation_id,
    }
    return JSONResponse(body, status, headers=dict(headers))


def install(app: FastAPI) -> None:
    """Translates refusals, malformed input and bugs, and wraps the app in the common headers."""

    @app.exception_handler(Refusal)
    async def refused(request: Request, refusal: Refusal) -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        headers: dict[str, str] = {}
        if isinstance(refusal, TooMany):
            headers["retry-after"] = str(-(-refusal.retry_after_ms // 1000))
        return envelope(
            request,
            refusal.status,
            refusal.code,
            refusal.message,
            refusal.fields,
            headers,
            refusal.enclosed,
        )

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, wrong: RequestValidationError) -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        fields = {_field(error["loc"]): str(error["msg"]) for error in wrong.errors()}
        return envelope(request, 422, "invalid", "the request does not have the right form", fields, {})

    @app.exception_handler(HTTPException)
    async def plain(request: Request, wrong: HTTPException) -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        code = _CODES.get(wrong.status_code, "refused")
        return envelope(request, wrong.status_code, code, str(wrong.detail), {}, wrong.headers or {})

    app.add_middleware(Envelope)


def _field(place: tuple[Any, ...]) -> str:
    """`("body", "members", 3)` is `members.3`; a path or query parameter goes by its name."""
    return ".".join(map(str, place[1:])) or str(place[0])


class Envelope:
    """Outermost: gives each request its correlation id, bounds its body, turns bugs into a 500 that names the id."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        correlation_id = secrets.token_hex(8)
        scope.setdefault("state", {})["correlation_id"] = correlation_id
        started = False
        taken = 0
        most = next((size for path, size in _LARGER.items() if path.fullmatch(scope["path"])), MOST_BYTES)

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise HTTPException(413, f"a request has at most {most} bytes")
            return message

        async def finished(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers["x-correlation-id"] = correlation_id
                for name, value in _SECURE.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith(("/api/", "/oauth/")):
                    headers.setdefault("cache-control", "no-store")
            await send(message)

        try:
            await self.app(scope, bounded, finished)
        except Exception as bug:
            # The query may carry an identity token, and the path a signed link: only the route is logged.
            path = getattr(scope.get("route"), "path", "")
            log.exception("bug", path=path, correlation_id=correlation_id, bug=type(bug).__name__)
            if started:
                raise
            answer = envelope(Request(scope), 500, "internal", "Something went wrong on our side.", {}, {})
            await answer(scope, receive, finished)


_HOST = re.compile(r"[A-Za-z0-9.\-]{1,253}(:\d{1,5})?|\[[0-9a-fA-F:]{2,45}\](:\d{1,5})?")


def host_of(request: Request) -> str:
    """The Host header when it is a plain authority, else the one of the settings; safe inside a CSP header."""
    host = request.headers.get("host", "")
    return host if _HOST.fullmatch(host) else request.app.state.settings.origin.partition("://")[2]
