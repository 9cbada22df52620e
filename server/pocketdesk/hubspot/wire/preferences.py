"""Communication preferences, in the shapes of HubSpot's third version and of the later ones."""

from collections.abc import Sequence
from typing import Any

from pocketdesk.consent.model import SubscriptionStatus, SubscriptionType
from pocketdesk.hubspot.model import Preference
from pocketdesk.kernel.moments import to_iso


def to_definition(found: SubscriptionType) -> dict[str, Any]:
    """A subscription type."""
    return {
        "id": str(found.id),
        "name": found.name,
        "description": found.description,
        "isActive": found.archived_at is None,
        "isDefault": found.is_default,
        "isInternal": False,
        "communicationMethod": "Email",
        "createdAt": to_iso(found.created_at),
        "updatedAt": to_iso(found.archived_at or found.created_at),
    }


def to_old_status(found: Preference) -> dict[str, Any]:
    """How an address stands to a type, in the third version."""
    is_on = found.subscription is not None and found.subscription.status is SubscriptionStatus.SUBSCRIBED
    return {
        "id": str(found.type.id),
        "name": found.type.name,
        "description": found.type.description,
        "status": "SUBSCRIBED" if is_on else "NOT_SUBSCRIBED",
        "sourceOfStatus": "SUBSCRIPTION_STATUS",
    }


def to_status(found: Preference) -> dict[str, Any]:
    """How an address stands to a type."""
    there = found.subscription
    return {
        "channel": "EMAIL",
        "subscriberIdString": found.email,
        "subscriptionId": found.type.id,
        "subscriptionName": found.type.name,
        "status": there.status.value.upper() if there else "NOT_SPECIFIED",
        "source": there.source.upper() if there else "NONE",
        "timestamp": to_iso(there.at if there else found.type.created_at),
    }


def to_wide(email: str, found: Sequence[Preference]) -> list[dict[str, Any]]:
    """That an address wants nothing at all, if it has said so of everything."""
    ended = [
        each.subscription.at
        for each in found
        if each.subscription and each.subscription.status is SubscriptionStatus.UNSUBSCRIBED
    ]
    if not ended or len(ended) < len(found):
        return []
    return [
        {
            "channel": "EMAIL",
            "subscriberIdString": email,
            "status": "UNSUBSCRIBED",
            "wideStatusType": "PORTAL_WIDE",
            "timestamp": to_iso(max(ended)),
        }
    ]
