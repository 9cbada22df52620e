"""What programs are told of the channels that they bring."""

from typing import Any

import msgspec

from pocketdesk.conversations.model import Message
from pocketdesk.hubspot.model import Thread
from pocketdesk.hubspot.wire.conversations import LinkOf, to_message
from pocketdesk.hubspot.wire.webhooks import sign
from pocketdesk.webhooks import rules
from pocketdesk.webhooks.model import Told


def outgoing(
    told: Told,
    message: Message,
    thread: Thread,
    thread_word: str | None,
    secrets: tuple[bytes, ...],
    origin: str,
    link_of: LinkOf,
    now: int,
) -> tuple[dict[str, str], bytes]:
    """An agent's words that are to be brought out: one object, not a list. `thread_word`: the program's own thread."""
    event: dict[str, Any] = {
        "type": "OUTGOING_CHANNEL_MESSAGE_CREATED",
        "portalId": told.account_id,
        "channelId": int(thread.channel_id),
        "channelAccountId": str(thread.kept.conversation.channel_account_id),
        "eventId": str(told.delivery.position),
        "eventTimestamp": told.delivery.at,
        "channelIntegrationThreadIds": [thread_word] if thread_word else [],
        "message": to_message(message, thread, origin, link_of),
    }
    body = msgspec.json.encode(event)
    return sign(rules.to_word(secrets[0]), "POST", told.webhook.url, body, now), body
