"""Routes of the account's privacy settings and subscription types."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends

from pocketdesk.accounts.api import AgentCaller, Caller, PathId, Storage, require
from pocketdesk.consent import actions, views
from pocketdesk.consent.wire import (
    NewSubscriptionType,
    PrivacyOut,
    PrivacyPatch,
    SubscriptionTypeOut,
    SubscriptionTypePatch,
    SubscriptionTypesOut,
    to_privacy,
    to_subscription_type,
)
from pocketdesk.storage import Reader, UnitOfWork

router = APIRouter(prefix="/accounts/{account_id}/privacy", tags=["privacy"])

Keeper = Annotated[AgentCaller, Depends(require("people"))]


@router.get("/settings")
async def get_privacy_settings(caller: Caller, engine: Storage) -> PrivacyOut:
    """The account's privacy settings."""
    return to_privacy(await engine.read(lambda reader: views.settings(reader, caller.scope)))


@router.patch("/settings")
async def patch_privacy_settings(body: PrivacyPatch, caller: Keeper, engine: Storage) -> PrivacyOut:
    """Changes the account's privacy settings."""
    changes = {name: getattr(body, name) for name in body.model_fields_set}

    def change(unit: UnitOfWork) -> PrivacyOut:
        after = replace(views.settings(unit, caller.scope), **changes)
        return to_privacy(actions.change_settings(unit, caller.scope, caller.actor, after))

    return await engine.write(change)


@router.get("/subscription-types")
async def get_subscription_types(caller: Caller, engine: Storage) -> SubscriptionTypesOut:
    """The account's subscription types, archived ones too; the default one comes first."""

    def read(reader: Reader) -> SubscriptionTypesOut:
        found = views.subscription_types(reader, caller.scope)
        return SubscriptionTypesOut(items=[to_subscription_type(each) for each in found])

    return await engine.read(read)


@router.post("/subscription-types", status_code=201)
async def post_subscription_type(
    body: NewSubscriptionType, caller: Keeper, engine: Storage
) -> SubscriptionTypeOut:
    """Adds a subscription type. 409 `too_many_types` beyond a hundred."""
    return to_subscription_type(
        await engine.write(
            lambda unit: actions.create_subscription_type(
                unit, caller.scope, caller.actor, body.name, body.description
            )
        )
    )


@router.patch("/subscription-types/{type_id}")
async def patch_subscription_type(
    type_id: PathId, body: SubscriptionTypePatch, caller: Keeper, engine: Storage
) -> SubscriptionTypeOut:
    """Renames, archives or restores a subscription type. 409 `is_default` when the default one would be archived."""
    return to_subscription_type(
        await engine.write(
            lambda unit: actions.change_subscription_type(
                unit, caller.scope, caller.actor, type_id, body.name, body.description, body.archived
            )
        )
    )
