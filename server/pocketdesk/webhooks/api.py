"""Routes of webhooks and their deliveries, for users with the permission `tokens`: for those who connect programs."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request

from pocketdesk.accounts.api import (
    USUAL_LIMIT,
    AgentCaller,
    Now,
    PageAfter,
    PageLimit,
    PathId,
    SealingKey,
    Storage,
    limiter,
    require,
)
from pocketdesk.accounts.rules.limits import Limit
from pocketdesk.kernel.moments import MINUTE
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Reader, UnitOfWork
from pocketdesk.webhooks import actions, views
from pocketdesk.webhooks.model import DeliveryState, Format, Webhook
from pocketdesk.webhooks.outside import Sender
from pocketdesk.webhooks.wire import (
    DeliveriesOut,
    DeliveryOut,
    MadeWebhookOut,
    NewWebhook,
    OutcomeOut,
    ReplayBody,
    SecretOut,
    WebhookOut,
    WebhookPatch,
    WebhooksOut,
    to_deliveries,
    to_delivery,
    to_outcome,
    to_webhook,
    trial,
)

router = APIRouter(prefix="/accounts/{account_id}/webhooks", tags=["webhooks"])

TRIALS = Limit("webhook.trial", 20, MINUTE)

Editor = Annotated[AgentCaller, Depends(require("tokens"))]
Position = Annotated[int, Path(ge=1, lt=2**53, description="The fact's place in the ledger.")]


async def sender(request: Request) -> Sender:
    """What sends deliveries in this process."""
    return request.app.state.webhook_sender


Sends = Annotated[Sender, Depends(sender)]


@router.get("")
async def get_webhooks(caller: Editor, engine: Storage) -> WebhooksOut:
    """All webhooks, oldest first."""

    def read(reader: Reader) -> WebhooksOut:
        found = views.webhooks(reader, caller.scope)
        names = views.names(reader, caller.scope, found)
        return WebhooksOut(items=[to_webhook(each, names) for each in found])

    return await engine.read(read)


@router.post("", status_code=201)
async def post_webhook(body: NewWebhook, caller: Editor, engine: Storage, key: SealingKey) -> MadeWebhookOut:
    """Makes a webhook. Its secret is in this answer only. 409 `too_many_webhooks`."""

    def make(unit: UnitOfWork) -> MadeWebhookOut:
        made, secret = actions.create_webhook(
            unit, caller.scope, caller.actor, key, body.name, body.url, body.kinds, Format(body.format)
        )
        return MadeWebhookOut(**_whole(unit, caller.scope, made).model_dump(), secret=secret)

    return await engine.write(make)


@router.get("/{webhook_id}")
async def get_webhook(webhook_id: PathId, caller: Editor, engine: Storage) -> WebhookOut:
    """One webhook."""
    return await engine.read(
        lambda reader: _whole(reader, caller.scope, views.webhook(reader, caller.scope, webhook_id))
    )


@router.patch("/{webhook_id}")
async def patch_webhook(
    webhook_id: PathId, body: WebhookPatch, caller: Editor, engine: Storage
) -> WebhookOut:
    """Changes a webhook, or switches it on or off. Switched on, it goes on where it stopped."""

    def change(unit: UnitOfWork) -> WebhookOut:
        changed = actions.change_webhook(
            unit,
            caller.scope,
            caller.actor,
            webhook_id,
            name=body.name,
            url=body.url,
            kinds=body.kinds,
            is_on=body.is_on,
        )
        return _whole(unit, caller.scope, changed)

    return await engine.write(change)


@router.delete("/{webhook_id}", status_code=204)
async def delete_webhook(webhook_id: PathId, caller: Editor, engine: Storage) -> None:
    """Ends a webhook at once."""
    await engine.write(lambda unit: actions.delete_webhook(unit, caller.scope, caller.actor, webhook_id))


@router.post("/{webhook_id}/secret")
async def post_secret(webhook_id: PathId, caller: Editor, engine: Storage, key: SealingKey) -> SecretOut:
    """Makes a new secret, shown this once. For a day deliveries are signed with the one before as well."""
    secret = await engine.write(
        lambda unit: actions.renew_secret(unit, caller.scope, caller.actor, key, webhook_id)
    )
    return SecretOut(secret=secret)


@router.post("/{webhook_id}/try")
async def post_try(
    webhook_id: PathId,
    request: Request,
    caller: Editor,
    engine: Storage,
    at: Now,
    key: SealingKey,
    sends: Sends,
) -> OutcomeOut:
    """Sends a delivery of type `webhook.tried` and says how it went. Nothing is kept of it."""
    limiter(request, TRIALS).take((caller.scope.account_id, caller.user_id), at)
    webhook, secrets = await engine.read(
        lambda reader: (
            views.webhook(reader, caller.scope, webhook_id),
            views.signing_secrets(reader, caller.scope, webhook_id, key, at),
        )
    )
    return to_outcome(await sends.post(webhook.url, *trial(webhook_id, caller.scope.account_id, secrets, at)))


@router.post("/{webhook_id}/replay", status_code=202)
async def post_replay(webhook_id: PathId, body: ReplayBody, caller: Editor, engine: Storage) -> None:
    """Tells everything anew that happened since a moment, as far as events are kept. 409 `webhook_off`."""
    await engine.write(lambda unit: actions.replay(unit, caller.scope, caller.actor, webhook_id, body.since))


@router.get("/{webhook_id}/deliveries")
async def get_deliveries(
    webhook_id: PathId,
    caller: Editor,
    engine: Storage,
    state: Annotated[Literal["waiting", "delivered", "failed"] | None, Query()] = None,
    limit: PageLimit = USUAL_LIMIT,
    after: PageAfter = None,
) -> DeliveriesOut:
    """What the webhook was told or is to be told, newest fact first."""
    wanted = DeliveryState(state) if state else None
    return to_deliveries(
        await engine.read(
            lambda reader: views.deliveries(reader, caller.scope, webhook_id, limit, after, wanted)
        )
    )


@router.post("/{webhook_id}/deliveries/{position}/send")
async def post_send(webhook_id: PathId, position: Position, caller: Editor, engine: Storage) -> DeliveryOut:
    """Sends one delivery (again), soon. 409 `webhook_off`."""
    return to_delivery(
        await engine.write(lambda unit: actions.send_again(unit, caller.scope, webhook_id, position))
    )


def _whole(reader: Reader, scope: AccountScope, found: Webhook) -> WebhookOut:
    return to_webhook(found, views.names(reader, scope, [found]))
