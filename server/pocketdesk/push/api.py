"""Routes of push: keys for users with the permission `inboxes`, what is unread for apps."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.api import AgentCaller, SealingKey, Storage, require
from pocketdesk.conversations import views as conversations
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people.api import App, Visitor
from pocketdesk.people.model import PushProvider
from pocketdesk.push import actions, rules, views
from pocketdesk.push.model import Provider
from pocketdesk.push.wire import (
    ApnsIn,
    FcmIn,
    KindWord,
    ProviderOut,
    PushKeyOut,
    PushOut,
    PushPatch,
    UnreadOut,
    WebPushIn,
    to_provider,
)
from pocketdesk.storage import Engine, Reader, UnitOfWork

router = APIRouter()
providers = APIRouter(prefix="/accounts/{account_id}/push", tags=["push"])
apps = APIRouter(prefix="/app", tags=["app"])
visitors = APIRouter(prefix="/visitor", tags=["visitor"])

Keeper = Annotated[AgentCaller, Depends(require("inboxes"))]


@providers.get("")
async def get_push(caller: Keeper, engine: Storage) -> PushOut:
    """By which services the account pushes, and whether with the words of messages."""
    return await engine.read(lambda reader: _whole(reader, caller.scope))


@providers.patch("")
async def patch_push(body: PushPatch, caller: Keeper, engine: Storage) -> PushOut:
    """Says whether pushes carry the words of messages."""

    def change(unit: UnitOfWork) -> PushOut:
        actions.set_content(unit, caller.scope, caller.actor, with_content=body.with_content)
        return _whole(unit, caller.scope)

    return await engine.write(change)


@providers.put("/apns")
async def put_apns(body: ApnsIn, caller: Keeper, engine: Storage, key: SealingKey) -> ProviderOut:
    """Pushes to Apple's devices with this token key."""
    given = rules.parse_apns(body.key_id, body.team_id, body.private_key)
    return await _set(
        engine, caller.scope, lambda unit: actions.set_key(unit, caller.scope, caller.actor, key, given)
    )


@providers.put("/fcm")
async def put_fcm(body: FcmIn, caller: Keeper, engine: Storage, key: SealingKey) -> ProviderOut:
    """Pushes to Android's devices with this service account."""
    given = rules.parse_fcm(body.service_account)
    return await _set(
        engine, caller.scope, lambda unit: actions.set_key(unit, caller.scope, caller.actor, key, given)
    )


@providers.put("/webpush")
async def put_webpush(body: WebPushIn, caller: Keeper, engine: Storage, key: SealingKey) -> ProviderOut:
    """Pushes to browsers, with a new key. Those that subscribed with an earlier one have to do so again."""
    return await _set(
        engine,
        caller.scope,
        lambda unit: actions.make_web_push_key(unit, caller.scope, caller.actor, key, body.subject),
    )


@providers.delete("/{kind}", status_code=204)
async def delete_provider(kind: KindWord, caller: Keeper, engine: Storage) -> None:
    """Pushes nothing by this service any more. 404 if nothing was."""
    await engine.write(lambda unit: actions.remove_key(unit, caller.scope, caller.actor, PushProvider(kind)))


@visitors.get("/push-key")
async def get_push_key(visitor: Visitor, engine: Storage) -> PushKeyOut:
    """What the page's browser can subscribe with."""
    return PushKeyOut(public_key=await engine.read(lambda reader: views.public_key(reader, visitor.scope)))


@apps.get("/unread", response_model=UnreadOut)
async def get_unread(app: App, request: Request, engine: Storage) -> Response:
    """What is unread, for a badge. Ask while the app is in front; `If-None-Match` saves the rest."""
    unread, messages = await engine.read(
        lambda reader: conversations.unread_of_visitor(reader, app.scope, app.visitor_id)
    )
    tag = f'"{unread}-{messages}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"etag": tag})
    told = UnreadOut(unread=unread, messages=messages)
    return Response(
        told.model_dump_json(),
        media_type="application/json",
        headers={"etag": tag, "cache-control": "no-store"},
    )


async def _set(engine: Engine, scope: AccountScope, change: Callable[[UnitOfWork], Provider]) -> ProviderOut:
    def write(unit: UnitOfWork) -> ProviderOut:
        made = change(unit)
        return to_provider(made, _names(unit, scope, made))

    return await engine.write(write)


def _whole(reader: Reader, scope: AccountScope) -> PushOut:
    found = views.providers(reader, scope)
    names = _names(reader, scope, *found)
    return PushOut(
        with_content=views.with_content(reader, scope),
        providers=[to_provider(each, names) for each in found],
    )


def _names(reader: Reader, scope: AccountScope, *found: Provider) -> dict[int, str]:
    cards = accounts.user_cards(reader, scope, {each.created_by for each in found})
    return {id_: card.name for id_, card in cards.items()}


for _some in (providers, apps, visitors):
    router.include_router(_some)
