"""Deliveries of webhooks as HubSpot's receivers expect them: a list of events, signed in its versions 1 or 2, and 3.

The webhook's secret, as it was shown, is the client secret of the signatures.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from pocketdesk.conversations import wire as conversations
from pocketdesk.conversations.model import Comment, EnclosedEntry, Message
from pocketdesk.hubspot.wire.settings import subscription_of
from pocketdesk.webhooks import rules
from pocketdesk.webhooks.model import Delivery, Format, Kind, Told

_TYPES: Mapping[Kind, str] = {
    Kind.CONVERSATION_STARTED: "conversation.creation",
    Kind.MESSAGE_POSTED: "conversation.newMessage",
    Kind.COMMENT_POSTED: "conversation.newMessage",
    Kind.CONVERSATION_ASSIGNED: "conversation.propertyChange",
    Kind.CONVERSATION_CLOSED: "conversation.propertyChange",
    Kind.CONVERSATION_REOPENED: "conversation.propertyChange",
    Kind.CONVERSATION_ERASED: "conversation.privacyDeletion",
}


def hubspot(told: Told, secrets: tuple[bytes, ...], now: int) -> tuple[dict[str, str], bytes] | None:
    """One event in a list; None for what HubSpot has no event for. The webhook's format tells which signature."""
    kind = _TYPES.get(told.delivery.kind)
    if kind is None:
        return None
    event: dict[str, Any] = {
        "eventId": told.delivery.position,
        "subscriptionId": subscription_of(told.delivery.kind),
        "portalId": told.account_id,
        "appId": told.webhook.id,
        "occurredAt": told.delivery.at,
        "subscriptionType": kind,
        "attemptNumber": told.delivery.attempts - 1,
        "objectId": told.delivery.conversation_id,
        "changeSource": "CRM",
        **_facts(told),
    }
    body = msgspec.json.encode([event])
    version = "v2" if told.webhook.format is Format.HUBSPOT_V2 else "v1"
    return sign(rules.to_word(secrets[0]), "POST", told.webhook.url, body, now, version), body


def sign(
    secret: str, method: str, url: str, body: bytes, now: int, version: Literal["v1", "v2"] = "v1"
) -> dict[str, str]:
    """The headers of version 3 and an older one (docs of HubSpot: validating requests). `now` is UTC milliseconds."""
    request = f"{method}{url}".encode() + body
    signed = request + str(now).encode()
    third = base64.b64encode(hmac.digest(secret.encode(), signed, hashlib.sha256)).decode()
    older = request if version == "v2" else body
    return {
        "X-HubSpot-Signature-Version": version,
        "X-HubSpot-Signature": hashlib.sha256(secret.encode() + older).hexdigest(),
        "X-HubSpot-Signature-v3": third,
        "X-HubSpot-Request-Timestamp": str(now),
    }


def _facts(told: Told) -> dict[str, Any]:
    delivery: Delivery = told.delivery
    enclosed = told.recorded.enclosed
    match delivery.kind, enclosed:
        case Kind.CONVERSATION_STARTED, _:
            return {"changeFlag": "CREATED"}
        case Kind.CONVERSATION_CLOSED, _:
            return {"propertyName": "status", "propertyValue": "CLOSED"}
        case Kind.CONVERSATION_REOPENED, _:
            return {"propertyName": "status", "propertyValue": "OPEN"}
        case Kind.CONVERSATION_ASSIGNED, EnclosedEntry(assignee=assignee):
            shown = conversations.agent_assignee(assignee) if assignee else None
            user_id = str(shown.id) if shown and shown.kind == "user" else ""
            return {"propertyName": "assignedTo", "propertyValue": user_id}
        case _, EnclosedEntry(entry=Message(seq=seq)):
            return {"messageId": message_id(delivery.conversation_id, seq), "messageType": "MESSAGE"}
        case _, EnclosedEntry(entry=Comment(seq=seq)):
            return {"messageId": message_id(delivery.conversation_id, seq), "messageType": "COMMENT"}
        case _:
            return {}


def message_id(conversation_id: int, seq: int) -> str:
    """A message's id at HubSpot's paths: we address it by its conversation and its place there."""
    return f"{conversation_id}-{seq}"
