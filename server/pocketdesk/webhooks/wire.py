"""Deliveries as JSON (Standard Webhooks), and webhooks as routes take and give them."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from pydantic import Field

from pocketdesk.accounts.wire import Answer, Body, Name
from pocketdesk.conversations import wire as conversations
from pocketdesk.kernel.moments import to_iso
from pocketdesk.kernel.page import Page
from pocketdesk.webhooks import rules
from pocketdesk.webhooks.model import Delivery, Kind, Outcome, Told, Webhook

KindWord = Literal[
    "conversation.started",
    "message.posted",
    "comment.posted",
    "conversation.assigned",
    "conversation.moved",
    "conversation.closed",
    "conversation.reopened",
    "conversation.erased",
    "contact.associated",
    "consent.given",
    "survey.answered",
]
FormatWord = Literal["standard", "hubspot", "hubspot_v2", "channel"]
Url = Annotated[str, Field(min_length=1, max_length=rules.LONGEST_URL)]
Kinds = Annotated[list[KindWord], Field(max_length=len(Kind), description="Empty: everything.")]


# Deliveries.


def standard(told: Told, secrets: tuple[bytes, ...], now: int) -> tuple[dict[str, str], bytes]:
    """A delivery by Standard Webhooks: `type`, `timestamp`, and under `data` the fact and its conversation as it is.

    `webhook-id` is the same at every try, so that the receiver can tell a repetition.
    """
    fact = msgspec.json.decode(conversations.for_agent(told.recorded) or b"{}")
    fact.pop("kind", None)
    row = conversations.row_out(told.conversation)
    body = msgspec.json.encode(
        {
            "type": told.delivery.kind.value,
            "timestamp": to_iso(told.delivery.at),
            "account_id": told.account_id,
            "position": str(told.delivery.position),
            "data": {"conversation": row, **fact},
        }
    )
    word = f"{told.webhook.id}.{told.delivery.position}"
    return rules.sign(secrets, word, now, body), body


def trial(
    webhook_id: int, account_id: int, secrets: tuple[bytes, ...], now: int
) -> tuple[dict[str, str], bytes]:
    """A delivery that tells nothing: to see whether it gets through."""
    body = msgspec.json.encode(
        {"type": "webhook.tried", "timestamp": to_iso(now), "account_id": account_id, "data": {}}
    )
    return rules.sign(secrets, f"{webhook_id}.try.{now}", now, body), body


# Routes.


class NewWebhook(Body):
    """A webhook to make. Nothing that happened before is told."""

    name: Name
    url: Url
    kinds: Kinds = Field(default_factory=list)
    format: Literal["standard", "hubspot", "hubspot_v2"] = "standard"


class WebhookPatch(Body):
    """What changes of a webhook."""

    name: Name | None = None
    url: Url | None = None
    kinds: Kinds | None = None
    is_on: bool | None = None


class ReplayBody(Body):
    """From when everything is told anew (UTC ms)."""

    since: Annotated[int, Field(ge=0, lt=2**53)]


class WebhookOut(Answer):
    """A webhook. `why_off`: why it was switched off, if nobody did it. Until `old_secret_until` the secret before signs
    too.
    """

    id: int
    name: str
    url: str
    kinds: list[KindWord]
    format: FormatWord
    is_on: bool
    why_off: Literal["failing", "gone"] | None
    created_at: int
    created_by: str
    succeeded_at: int | None
    old_secret_until: int | None


class WebhooksOut(Answer):
    """All webhooks of an account."""

    items: list[WebhookOut]


class MadeWebhookOut(WebhookOut):
    """A webhook and its secret, which is shown this once."""

    secret: str


class SecretOut(Answer):
    """A new secret, which is shown this once."""

    secret: str


class OutcomeOut(Answer):
    """How a try ended; `failure` null: it got through."""

    status: int | None
    failure: str | None
    took_ms: int


class DeliveryOut(Answer):
    """One fact on its way to a webhook, named by its position in the ledger."""

    position: str
    kind: KindWord
    conversation_id: int
    at: int
    state: Literal["waiting", "delivered", "failed"]
    attempts: int
    next_at: int | None
    status: int | None
    failure: str | None
    took_ms: int | None
    ended_at: int | None


class DeliveriesOut(Answer):
    """A page of deliveries, newest fact first."""

    items: list[DeliveryOut]
    after: str | None


def to_webhook(found: Webhook, names: Mapping[int, str]) -> WebhookOut:
    """A webhook for the console."""
    return WebhookOut(
        id=found.id,
        name=found.name,
        url=found.url,
        kinds=sorted(kind.value for kind in found.kinds),
        format=found.format.value,
        is_on=found.is_on,
        why_off=found.why_off.value if found.why_off else None,
        created_at=found.created_at,
        created_by=names.get(found.created_by, ""),
        succeeded_at=found.succeeded_at,
        old_secret_until=found.old_secret_until,
    )


def to_outcome(found: Outcome) -> OutcomeOut:
    """How a trial ended."""
    return OutcomeOut(status=found.status, failure=found.failure, took_ms=found.took_ms)


def to_delivery(found: Delivery) -> DeliveryOut:
    """A delivery for the console."""
    return DeliveryOut(
        position=str(found.position),
        kind=found.kind.value,
        conversation_id=found.conversation_id,
        at=found.at,
        state=found.state.value,
        attempts=found.attempts,
        next_at=found.next_at if found.ended_at is None else None,
        status=found.status,
        failure=found.failure,
        took_ms=found.took_ms,
        ended_at=found.ended_at,
    )


def to_deliveries(page: Page[Delivery]) -> DeliveriesOut:
    """A page of deliveries."""
    return DeliveriesOut(items=[to_delivery(each) for each in page.items], after=page.after)
