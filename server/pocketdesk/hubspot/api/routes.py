"""What the routes have in common: how they refuse, who calls, how lists are cut into pages."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute

from pocketdesk.accounts.api import AgentCaller, Now, Storage, token_caller
from pocketdesk.hubspot.wire.errors import to_error
from pocketdesk.kernel.refusal import Invalid, Refusal, TooMany, Unauthenticated


class HubspotRoute(APIRoute):
    """Says no in HubSpot's words."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def answer_or_refuse(request: Request) -> Response:
            try:
                return await answer(request)
            except RequestValidationError as wrong:
                fields = {str(error["loc"][-1]): str(error["msg"]) for error in wrong.errors()}
                return _refuse(request, Invalid(fields), 400)
            except Refusal as refusal:
                return _refuse(request, refusal, 400 if refusal.status == 422 else refusal.status)

        return answer_or_refuse


def hubspot_router() -> APIRouter:
    """A room's routes."""
    return APIRouter(route_class=HubspotRoute, include_in_schema=False)


async def hubspot_caller(request: Request, engine: Storage, at: Now) -> AgentCaller:
    """Who calls: an API token of ours, in HubSpot's place for one, says in which account."""
    authorization = request.headers.get("authorization")
    if authorization is None:
        raise Unauthenticated
    return await token_caller(engine, authorization, at)


HubspotCaller: TypeAlias = Annotated[AgentCaller, Depends(hubspot_caller)]
Limit: TypeAlias = Annotated[int, Query(ge=1, le=100)]
Offset: TypeAlias = Annotated[int, Query(ge=0, le=10_000)]


def _refuse(request: Request, refusal: Refusal, status: int) -> JSONResponse:
    headers = {"retry-after": str(-(-refusal.retry_after_ms // 1000))} if isinstance(refusal, TooMany) else {}
    body = to_error(refusal, status, request.state.correlation_id)
    return JSONResponse(body, status, headers=headers)
