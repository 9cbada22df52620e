"""Routes of identity: keys of customers' servers, tokens of ours, enforcement and its counts."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from pocketdesk.accounts.api import AgentCaller, Now, PathId, SealingKey, Storage, limiter, require
from pocketdesk.accounts.rules.limits import Limit
from pocketdesk.people import actions, rules, views
from pocketdesk.people.model import Enforcement, IdentityDay, IdentityKey, NewIdentityKey
from pocketdesk.people.wire import (
    EmailBody,
    IdentityIn,
    IdentityKeyOut,
    IdentityOut,
    IdentityTokenOut,
    NewIdentityKeyBody,
    NewIdentityKeyOut,
    NewIdentityToken,
    to_identity,
    to_identity_key,
    to_identity_token,
    to_new_identity_key,
)
from pocketdesk.storage import Reader, UnitOfWork

identity = APIRouter(prefix="/accounts/{account_id}/identity", tags=["identity"])

TOKENS_BY_ACCOUNT = Limit("identity_token.account", 1_000, 20)
USUAL_DAYS = 14

Keeper = Annotated[AgentCaller, Depends(require("identity"))]


@identity.get("")
async def get_identity(
    caller: Keeper,
    engine: Storage,
    at: Now,
    days: Annotated[
        int, Query(ge=1, le=rules.COUNTED_DAYS, description="Days that are counted.")
    ] = USUAL_DAYS,
) -> IdentityOut:
    """The account's keys without their secrets, what becomes of addresses without proof, and how many there were."""

    def read(reader: Reader) -> tuple[Enforcement, tuple[IdentityKey, ...], tuple[IdentityDay, ...]]:
        return (
            views.enforcement(reader, caller.scope),
            views.identity_keys(reader, caller.scope),
            views.identity_days(reader, caller.scope, days, at),
        )

    return to_identity(*await engine.read(read))


@identity.put("", status_code=204)
async def put_identity(body: IdentityIn, caller: Keeper, engine: Storage) -> None:
    """Says what becomes of an address that a page gives without proof: nothing yet, counted, or not looked at."""
    await engine.write(
        lambda unit: actions.change_enforcement(
            unit, caller.scope, caller.actor, Enforcement(body.enforcement)
        )
    )


@identity.post("/keys", status_code=201)
async def post_identity_key(
    body: NewIdentityKeyBody, caller: Keeper, engine: Storage, key: SealingKey
) -> NewIdentityKeyOut:
    """Adds a public key; without one, makes a secret (HS256), which this answer shows and no other ever does."""

    def add(unit: UnitOfWork) -> NewIdentityKey:
        who = unit, caller.scope, caller.actor, body.name
        if body.public_key is not None:
            return actions.add_public_key(*who, body.public_key, body.kid)
        return actions.add_secret_key(*who, key, body.kid)

    return to_new_identity_key(await engine.write(add))


@identity.post("/keys/{key_id}/revoke")
async def post_identity_key_revoke(key_id: PathId, caller: Keeper, engine: Storage) -> IdentityKeyOut:
    """Takes nothing that this key signs any more; sessions that it has proven, and their sockets, end at once."""
    return to_identity_key(
        await engine.write(lambda unit: actions.revoke_key(unit, caller.scope, caller.actor, key_id))
    )


@identity.post("/tokens", status_code=201)
async def post_identity_token(
    body: NewIdentityToken, request: Request, caller: Keeper, engine: Storage, at: Now
) -> IdentityTokenOut:
    """A token that proves this address to the chat page for 12 hours. For your own server: never call it in an app."""
    limiter(request, TOKENS_BY_ACCOUNT).take(caller.scope.account_id, at)
    return to_identity_token(
        await engine.write(
            lambda unit: actions.issue_identity_token(
                unit, caller.scope, body.email, body.first_name, body.last_name
            )
        )
    )


@identity.post("/sign-out", status_code=204)
async def post_identity_sign_out(body: EmailBody, caller: Keeper, engine: Storage) -> None:
    """Ends every session that was proven for this address, with its sockets, and every token of ours for it."""
    await engine.write(lambda unit: actions.sign_out_everywhere(unit, caller.scope, caller.actor, body.email))
