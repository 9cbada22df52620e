"""Webhooks as HubSpot's clients set them: an address, and a subscription for each kind of event.

Each of our webhooks in HubSpot's format is an app of its own, whose id is the webhook's. It has the same five
subscriptions for ever, which are active or not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pocketdesk.kernel.moments import to_iso
from pocketdesk.webhooks.model import Kind, Webhook

AT_ONCE = 10
"""What we say of deliveries at once; each conversation's go out one after the other."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A kind of event at HubSpot, and which of our facts it is made from."""

    event: str
    kinds: frozenset[Kind]
    property_name: str | None = None


SUBSCRIPTIONS: Mapping[int, Subscription] = {
    1: Subscription("conversation.creation", frozenset({Kind.CONVERSATION_STARTED})),
    2: Subscription("conversation.newMessage", frozenset({Kind.MESSAGE_POSTED, Kind.COMMENT_POSTED})),
    3: Subscription("conversation.propertyChange", frozenset({Kind.CONVERSATION_ASSIGNED}), "assignedTo"),
    4: Subscription(
        "conversation.propertyChange",
        frozenset({Kind.CONVERSATION_CLOSED, Kind.CONVERSATION_REOPENED}),
        "status",
    ),
    5: Subscription("conversation.privacyDeletion", frozenset({Kind.CONVERSATION_ERASED})),
}
EVERYTHING = frozenset[Kind]().union(*(each.kinds for each in SUBSCRIPTIONS.values()))


def subscription_id(event: str, property_name: str | None) -> int | None:
    """The subscription for an event; None if we have no such event."""
    for id_, each in SUBSCRIPTIONS.items():
        if (each.event, each.property_name) == (event, property_name):
            return id_
    return None


def subscription_of(kind: Kind) -> int:
    """The subscription by which HubSpot is told of a fact that it knows."""
    return next(id_ for id_, each in SUBSCRIPTIONS.items() if kind in each.kinds)


def told(webhook: Webhook) -> frozenset[Kind]:
    """What a webhook is told of what HubSpot knows; one that is off is told nothing."""
    if not webhook.is_on:
        return frozenset()
    return (webhook.kinds & EVERYTHING) if webhook.kinds else EVERYTHING


def to_settings(webhook: Webhook) -> dict[str, Any]:
    """Where deliveries go."""
    return {
        "targetUrl": webhook.url,
        "throttling": {"maxConcurrentRequests": AT_ONCE},
        "createdAt": to_iso(webhook.created_at),
        "updatedAt": to_iso(webhook.created_at),
    }


def to_subscription(id_: int, webhook: Webhook) -> dict[str, Any]:
    """One kind of event, and whether the webhook is told of it."""
    found = SUBSCRIPTIONS[id_]
    named = {} if found.property_name is None else {"propertyName": found.property_name}
    return {
        "id": str(id_),
        "eventType": found.event,
        "active": found.kinds <= told(webhook),
        "createdAt": to_iso(webhook.created_at),
        "updatedAt": to_iso(webhook.created_at),
        **named,
    }
