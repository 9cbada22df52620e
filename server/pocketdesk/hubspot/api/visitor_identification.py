"""Tokens that prove to the chat who a visitor is, at every path at which HubSpot has them."""

from typing import Annotated, Any

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from pocketdesk.accounts.api import Now, Storage, limiter
from pocketdesk.accounts.model import Permission
from pocketdesk.accounts.rules.words import LONGEST_EMAIL
from pocketdesk.hubspot.api.routes import HubspotCaller, hubspot_router, need
from pocketdesk.people import actions
from pocketdesk.people.api import TOKENS_BY_ACCOUNT

router = hubspot_router()

SCOPE = "conversations.visitor_identification.tokens.create"
PATHS = (
    "/conversations/v3/visitor-identification/tokens/create",
    *(
        f"/visitor-identification/{version}/tokens/create"
        for version in ("v3", "2025-09", "2026-03", "2026-09")
    ),
)

_Name = Annotated[str, Field(max_length=100)] | None


class _Whom(BaseModel):
    """Whom a token shall prove. What HubSpot's customer agent is told besides changes nothing here."""

    model_config = ConfigDict(extra="ignore")

    email: Annotated[str, Field(max_length=LONGEST_EMAIL)]
    firstName: _Name = None  # noqa: N815
    lastName: _Name = None  # noqa: N815


async def create_token(
    body: _Whom, request: Request, caller: HubspotCaller, engine: Storage, at: Now
) -> dict[str, Any]:
    """A token that holds for 12 hours; another one each time. Needs the right `identity` in HubSpot's scope's place."""
    need(caller, Permission.IDENTITY, SCOPE)
    limiter(request, TOKENS_BY_ACCOUNT).take(caller.scope.account_id, at)
    issued = await engine.write(
        lambda unit: actions.issue_identity_token(
            unit, caller.scope, body.email, body.firstName, body.lastName
        )
    )
    return {"token": issued.token}


for _path in PATHS:
    router.add_api_route(_path, create_token, methods=["POST"])
