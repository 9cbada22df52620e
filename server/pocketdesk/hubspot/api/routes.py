"""What the routes have in common: how they refuse, who calls, how lists are cut into pages."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute

from pocketdesk.accounts.api import AgentCaller, Now, Storage, limiter, token_caller
from pocketdesk.accounts.model import Permission
from pocketdesk.accounts.rules import limits
from pocketdesk.accounts.rules.oauth import InvalidClient
from pocketdesk.hubspot import rules
from pocketdesk.hubspot.wire.errors import to_error
from pocketdesk.kernel.moments import DAY, SECOND
from pocketdesk.kernel.refusal import Forbidden, Invalid, Refusal, TooMany, Unauthenticated
from pocketdesk.storage import Engine

CALLS_BY_ACCOUNT = limits.Limit("hubspot.account", 200, 50)
"""Programs that bring thousands of contacts over shall not wait long, and not push others aside."""


class HubspotRoute(APIRoute):
    """Says no in HubSpot's words."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def answer_or_refuse(request: Request) -> Response:
            try:
                good = await answer(request)
            except RequestValidationError as wrong:
                fields = {str(error["loc"][-1]): str(error["msg"]) for error in wrong.errors()}
                return _refuse(request, Invalid(fields), 400)
            except Refusal as refusal:
                return _refuse(request, refusal, 400 if refusal.status == 422 else refusal.status)
            good.headers.update(getattr(request.state, "hubspot_rate", {}))
            return good

        return answer_or_refuse


def hubspot_router() -> APIRouter:
    """A room's routes."""
    return APIRouter(route_class=HubspotRoute, include_in_schema=False)


async def hubspot_caller(request: Request, engine: Storage, at: Now) -> AgentCaller:
    """Who calls: a token of ours, in HubSpot's place for one, says in which account."""
    return await caller_of(request, engine, at, request.headers.get("authorization"))


async def caller_of(request: Request, engine: Engine, at: int, authorization: str | None) -> AgentCaller:
    """The same, wherever the token stood; counts the call."""
    if authorization is None:
        raise Unauthenticated
    caller = await token_caller(engine, authorization, at)
    calls, account_id = limiter(request, CALLS_BY_ACCOUNT), caller.scope.account_id
    calls.take(account_id, at)
    request.state.hubspot_rate = _rate(calls.left(account_id, at))
    if caller.allowed is not None:
        rules.check_allowed(caller.allowed, request.method, request.scope["path"])
    return caller


def _rate(left: int) -> dict[str, str]:
    """HubSpot's headers. We count no days: what they say of one is what the limit lets through until then."""
    burst, every_ms = CALLS_BY_ACCOUNT.burst, CALLS_BY_ACCOUNT.every_ms
    return {
        "x-hubspot-ratelimit-max": str(10 * SECOND // every_ms),
        "x-hubspot-ratelimit-remaining": str(left),
        "x-hubspot-ratelimit-interval-milliseconds": str(10 * SECOND),
        "x-hubspot-ratelimit-daily": str(burst + DAY // every_ms),
        "x-hubspot-ratelimit-daily-remaining": str(left + DAY // every_ms),
    }


def need(caller: AgentCaller, permission: Permission, scope: str) -> None:
    """Refuses those without a right; `scope` is HubSpot's, in whose place it stands."""
    if permission not in caller.permissions:
        raise Forbidden(f"needs the right {permission.value}, which stands for the scope {scope}")


HubspotCaller: TypeAlias = Annotated[AgentCaller, Depends(hubspot_caller)]
Limit: TypeAlias = Annotated[int, Query(ge=1, le=100)]
Offset: TypeAlias = Annotated[int, Query(ge=0, le=10_000)]


def _refuse(request: Request, refusal: Refusal, status: int) -> JSONResponse:
    headers: dict[str, str] = dict(getattr(request.state, "hubspot_rate", {}))
    if isinstance(refusal, InvalidClient):
        headers["www-authenticate"] = "Basic"
    if isinstance(refusal, TooMany):
        headers["retry-after"] = str(-(-refusal.retry_after_ms // 1000))
    body = to_error(refusal, status, request.state.correlation_id)
    return JSONResponse(body, status, headers=headers)
