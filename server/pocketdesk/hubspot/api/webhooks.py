"""Settings of webhooks, and what they are told. HubSpot's clients send their key in the query here."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from fastapi import Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from pocketdesk.accounts.api import AgentCaller, Now, Storage
from pocketdesk.accounts.model import Permission
from pocketdesk.hubspot.api.routes import caller_of, hubspot_router, need
from pocketdesk.hubspot.wire.pages import to_batch
from pocketdesk.hubspot.wire.settings import (
    SUBSCRIPTIONS,
    subscription_id,
    to_settings,
    to_subscription,
    told,
)
from pocketdesk.kernel.refusal import Invalid, NotFound
from pocketdesk.storage import Reader, UnitOfWork
from pocketdesk.webhooks import actions, views
from pocketdesk.webhooks.model import Format, Webhook

PREFIXES = tuple(f"/webhooks/{version}/{{app_id}}" for version in ("v3", "2025-09", "2026-03", "2026-09"))

router = hubspot_router()
routes = hubspot_router()

AppId: TypeAlias = Annotated[int, Path(ge=1, lt=2**53)]
SubscriptionId: TypeAlias = Annotated[int, Path(ge=1, lt=2**53)]


async def editor(
    request: Request,
    engine: Storage,
    at: Now,
    hapikey: Annotated[str | None, Query(max_length=200)] = None,
) -> AgentCaller:
    """Who calls, by a token in the header or, as HubSpot's own clients do it here alone, in the query."""
    caller = await caller_of(
        request, engine, at, request.headers.get("authorization") or (hapikey and f"Bearer {hapikey}")
    )
    need(caller, Permission.TOKENS, "developer key")
    return caller


Editor: TypeAlias = Annotated[AgentCaller, Depends(editor)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Settings(_Body):
    """Throttling is ours to choose."""

    targetUrl: Annotated[str, Field(max_length=2_000)]  # noqa: N815


class _New(_Body):
    eventType: Annotated[str, Field(max_length=100)]  # noqa: N815
    propertyName: Annotated[str, Field(max_length=100)] | None = None  # noqa: N815
    active: bool = False


class _Active(_Body):
    active: bool


class _Change(_Active):
    id: Annotated[int, Field(ge=1, lt=2**53)]


class _Changes(_Body):
    inputs: Annotated[list[_Change], Field(max_length=100)]


@routes.get("/settings")
async def get_settings(app_id: AppId, caller: Editor, engine: Storage) -> dict[str, Any]:
    """Where deliveries go."""
    return to_settings(await engine.read(lambda reader: _webhook(reader, caller, app_id)))


@routes.put("/settings")
async def put_settings(app_id: AppId, body: _Settings, caller: Editor, engine: Storage) -> dict[str, Any]:
    """Lets deliveries go elsewhere."""

    def change(unit: UnitOfWork) -> Webhook:
        _webhook(unit, caller, app_id)
        try:
            return actions.change_webhook(unit, caller.scope, caller.actor, app_id, url=body.targetUrl)
        except Invalid as wrong:
            raise Invalid({"targetUrl": "; ".join(wrong.fields.values())}) from None

    return to_settings(await engine.write(change))


@routes.delete("/settings", status_code=204)
async def delete_settings(app_id: AppId, caller: Editor, engine: Storage) -> None:
    """Ends the webhook."""

    def end(unit: UnitOfWork) -> None:
        _webhook(unit, caller, app_id)
        actions.delete_webhook(unit, caller.scope, caller.actor, app_id)

    await engine.write(end)


@routes.get("/subscriptions")
async def get_subscriptions(app_id: AppId, caller: Editor, engine: Storage) -> dict[str, Any]:
    """The five subscriptions."""
    found = await engine.read(lambda reader: _webhook(reader, caller, app_id))
    return {"results": [to_subscription(id_, found) for id_ in SUBSCRIPTIONS]}


@routes.post("/subscriptions", status_code=201)
async def post_subscription(app_id: AppId, body: _New, caller: Editor, engine: Storage) -> dict[str, Any]:
    """The subscription for an event, active as wanted. `Invalid` at `eventType` for what never happens here."""
    id_ = subscription_id(body.eventType, body.propertyName)
    if id_ is None:
        raise Invalid({"eventType": "webhooks here are not told of this"})
    found = await engine.write(lambda unit: _activate(unit, caller, app_id, {id_: body.active}))
    return to_subscription(id_, found)


@routes.post("/subscriptions/batch/update")
async def update_subscriptions(
    app_id: AppId, body: _Changes, caller: Editor, engine: Storage, at: Now
) -> dict[str, Any]:
    """Several subscriptions at once: all, or none."""
    wanted = {each.id: each.active for each in body.inputs}
    found = await engine.write(lambda unit: _activate(unit, caller, app_id, wanted))
    return to_batch([to_subscription(id_, found) for id_ in wanted], [], at, at)


@routes.get("/subscriptions/{subscription_id}")
async def get_subscription(
    app_id: AppId, subscription_id: SubscriptionId, caller: Editor, engine: Storage
) -> dict[str, Any]:
    """One subscription."""
    found = await engine.read(lambda reader: _webhook(reader, caller, app_id))
    return to_subscription(_there(subscription_id), found)


@routes.patch("/subscriptions/{subscription_id}")
async def patch_subscription(
    app_id: AppId, subscription_id: SubscriptionId, body: _Active, caller: Editor, engine: Storage
) -> dict[str, Any]:
    """Whether the webhook is told of it."""
    found = await engine.write(lambda unit: _activate(unit, caller, app_id, {subscription_id: body.active}))
    return to_subscription(subscription_id, found)


@routes.delete("/subscriptions/{subscription_id}", status_code=204)
async def delete_subscription(
    app_id: AppId, subscription_id: SubscriptionId, caller: Editor, engine: Storage
) -> None:
    """The webhook is not told of it any more."""
    await engine.write(lambda unit: _activate(unit, caller, app_id, {subscription_id: False}))


def _webhook(reader: Reader, caller: AgentCaller, app_id: int) -> Webhook:
    found = views.webhook(reader, caller.scope, app_id)
    if found.format not in {Format.HUBSPOT, Format.HUBSPOT_V2}:
        raise NotFound
    return found


def _there(id_: int) -> int:
    if id_ not in SUBSCRIPTIONS:
        raise NotFound
    return id_


def _activate(unit: UnitOfWork, caller: AgentCaller, app_id: int, wanted: Mapping[int, bool]) -> Webhook:
    """A webhook that is told nothing any more is off, because one without kinds is told everything."""
    kinds = told(_webhook(unit, caller, app_id))
    for id_, is_active in wanted.items():
        of_it = SUBSCRIPTIONS[_there(id_)].kinds
        kinds = kinds | of_it if is_active else kinds - of_it
    if not kinds:
        return actions.change_webhook(unit, caller.scope, caller.actor, app_id, is_on=False)
    return actions.change_webhook(unit, caller.scope, caller.actor, app_id, kinds=kinds, is_on=True)


for _prefix in PREFIXES:
    router.include_router(routes, prefix=_prefix)
