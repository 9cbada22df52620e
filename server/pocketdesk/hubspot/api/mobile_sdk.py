"""What HubSpot's mobile SDKs call. They send no credentials, hence these routes bound all and answer nothing."""

from typing import Annotated, Literal

from fastapi import Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.api import Address, Now, SealingKey, Storage, limiter
from pocketdesk.accounts.rules.limits import Limit
from pocketdesk.accounts.rules.words import LONGEST_EMAIL
from pocketdesk.hubspot import actions
from pocketdesk.hubspot.api.routes import hubspot_router
from pocketdesk.people import actions as people
from pocketdesk.people.rules import LONGEST_PUSH_TOKEN, MOST_PROPERTIES
from pocketdesk.storage import UnitOfWork

CALLS_BY_ADDRESS = Limit("mobile_sdk.address", 5_000, 100)
"""Wide, because thousands of phones share one address of a mobile network."""
TOLD_BY_CONVERSATION = Limit("mobile_sdk.conversation", 30, 5_000)
TOKENS_BY_ACCOUNT = Limit("mobile_sdk.account", 10_000, 20)

LONGEST_PROOF = 8_192

router = hubspot_router()

_Portal = Annotated[int, Query(alias="portalId", ge=1, lt=2**53)]
_Thread = Annotated[int, Query(alias="threadId", ge=1, lt=2**53)]
_PushToken = Annotated[str, Field(min_length=1, max_length=LONGEST_PUSH_TOKEN)]


class _Metadata(BaseModel):
    """What an app tells of a conversation. Android sends blank words for what it has not, iOS leaves them out."""

    model_config = ConfigDict(extra="ignore")

    email: Annotated[str, Field(max_length=LONGEST_EMAIL)] | None = None
    visitorToken: Annotated[str, Field(max_length=LONGEST_PROOF)] | None = None  # noqa: N815
    metadata: Annotated[dict[str, str], Field(max_length=MOST_PROPERTIES)] = {}


class _DeviceToken(BaseModel):
    """A push token; APNs' as hexadecimal digits."""

    model_config = ConfigDict(extra="ignore")

    devicePushToken: _PushToken  # noqa: N815
    platform: Literal["android", "ios"]


@router.post("/livechat-public/v1/mobile-sdk/metadata", status_code=204)
async def post_metadata(
    body: _Metadata,
    portal_id: _Portal,
    thread_id: _Thread,
    request: Request,
    engine: Storage,
    at: Now,
    whence: Address,
    sealing_key: SealingKey,
) -> None:
    """Chat properties of a conversation. The answer is the same whether they were kept or not."""
    limiter(request, CALLS_BY_ADDRESS).take(whence, at)
    limiter(request, TOLD_BY_CONVERSATION).take((portal_id, thread_id), at)

    def tell(unit: UnitOfWork) -> None:
        scope = accounts.open_account(unit, portal_id)
        token, email = body.visitorToken or "", body.email or None
        actions.tell_of_conversation(unit, scope, thread_id, token, email, body.metadata, sealing_key)

    await engine.write(tell)


@router.post("/livechat-public/v1/mobile-sdk/device-token")
async def post_device_token(
    body: _DeviceToken, portal_id: _Portal, request: Request, engine: Storage, at: Now, whence: Address
) -> dict[str, str]:
    """A push token, which nothing is pushed to before a conversation names it. Android keeps what is answered."""
    limiter(request, CALLS_BY_ADDRESS).take(whence, at)
    limiter(request, TOKENS_BY_ACCOUNT).take(portal_id, at)
    provider = actions.PROVIDERS[body.platform]
    await engine.write(
        lambda unit: people.register_push_token(
            unit, accounts.open_account(unit, portal_id), provider, body.devicePushToken, body.platform
        )
    )
    return {"devicePushToken": body.devicePushToken, "platform": body.platform}


@router.delete("/livechat-public/v1/mobile-sdk/device-token/{token:path}", status_code=204)
async def delete_device_token(
    token: Annotated[str, Path(max_length=LONGEST_PUSH_TOKEN)],
    portal_id: _Portal,
    request: Request,
    engine: Storage,
    at: Now,
    whence: Address,
) -> None:
    """Log-out: nothing is pushed there any more. Android names no token where it has none."""
    limiter(request, CALLS_BY_ADDRESS).take(whence, at)
    if token:
        await engine.write(
            lambda unit: people.forget_push_token(unit, accounts.open_account(unit, portal_id), token)
        )
