"""Which facts webhooks are told, when a delivery is tried again, and how it is signed."""

import base64
import hashlib
import hmac
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from pocketdesk.conversations import events
from pocketdesk.kernel.events import Event
from pocketdesk.kernel.moments import DAY, HOUR, MINUTE, SECOND
from pocketdesk.kernel.refusal import Conflict, Invalid
from pocketdesk.webhooks.model import Delivery, DeliveryState, Kind, Outcome, Webhook, WhyOff

LONGEST_URL = 2_000
MOST_WEBHOOKS = 50
SECRET_BYTES = 32
OLD_SECRET_MS = DAY
LONGEST_FAILURE = 300

PAUSES_MS = (
    5 * SECOND,
    30 * SECOND,
    2 * MINUTE,
    10 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    4 * HOUR,
    6 * HOUR,
    10 * HOUR,
)
"""After the first try, the second, and so on: eleven tries within about a day."""

_KINDS: Mapping[type[Event], Kind] = {
    events.ConversationStarted: Kind.CONVERSATION_STARTED,
    events.MessagePosted: Kind.MESSAGE_POSTED,
    events.CommentPosted: Kind.COMMENT_POSTED,
    events.ConversationAssigned: Kind.CONVERSATION_ASSIGNED,
    events.ConversationMoved: Kind.CONVERSATION_MOVED,
    events.ConversationClosed: Kind.CONVERSATION_CLOSED,
    events.ConversationReopened: Kind.CONVERSATION_REOPENED,
    events.ConversationErased: Kind.CONVERSATION_ERASED,
    events.ContactAssociated: Kind.CONTACT_ASSOCIATED,
    events.ConsentGiven: Kind.CONSENT_GIVEN,
    events.SurveyAnswered: Kind.SURVEY_ANSWERED,
}


class TooManyWebhooks(Conflict):
    """The account has as many webhooks as it may have."""

    code = "too_many_webhooks"


class WebhookOff(Conflict):
    """Nothing is sent to a webhook that is off."""

    code = "webhook_off"


def told(event: Event) -> tuple[Kind, int] | None:
    """As what webhooks hear of a fact, and of which conversation; None for what they are not told."""
    kind = _KINDS.get(type(event))
    return (kind, event.conversation_id) if kind and isinstance(event, events.ConversationEvent) else None


def wants(webhook: Webhook, kind: Kind) -> bool:
    """Whether it is to be told of this."""
    return not webhook.kinds or kind in webhook.kinds


def check_url(url: str) -> str:
    """The address without blanks around it; `Invalid` at `url` if no delivery can ever go there."""
    url = url.strip()
    if len(url) > LONGEST_URL:
        raise Invalid({"url": f"at most {LONGEST_URL} characters"})
    try:
        parts = urlsplit(url)
        has_host, has_password, _ = bool(parts.hostname), parts.username is not None, parts.port
    except ValueError:
        raise Invalid({"url": "must be an http or https address"}) from None
    if parts.scheme not in {"http", "https"} or not has_host or not url.isascii() or " " in url:
        raise Invalid({"url": "must be an http or https address"})
    if has_password or parts.fragment:
        raise Invalid({"url": "must have no password and no fragment in it"})
    return url


def check_kinds(kinds: Collection[str]) -> frozenset[Kind]:
    """The kinds by their words; `Invalid` at `kinds` for one that does not exist."""
    try:
        return frozenset(map(Kind, kinds))
    except ValueError:
        raise Invalid({"kinds": f"each must be one of {', '.join(Kind)}"}) from None


def next_step(
    webhook: Webhook, delivery: Delivery, outcome: Outcome, now: int
) -> tuple[DeliveryState, int, WhyOff | None]:
    """What becomes of a delivery after a try that `delivery.attempts` counts: its state, and when it is tried again.

    The third is why the webhook is switched off, if it is: the address is gone, or nothing at all has got through since
    this delivery's fact.
    """
    if outcome.failure is None:
        return DeliveryState.DELIVERED, now, None
    if outcome.is_gone:
        return DeliveryState.FAILED, now, WhyOff.GONE
    if delivery.attempts <= len(PAUSES_MS):
        pause = PAUSES_MS[delivery.attempts - 1]
        return DeliveryState.WAITING, now + max(pause, min(outcome.after_ms or 0, DAY)), None
    is_dead = (webhook.succeeded_at or webhook.created_at) < delivery.at
    return DeliveryState.FAILED, now, WhyOff.FAILING if is_dead else None


def to_word(secret: bytes) -> str:
    """A secret as people keep it (Standard Webhooks)."""
    return "whsec_" + base64.b64encode(secret).decode()


def sign(secrets: Collection[bytes], word: str, at: int, body: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks (standardwebhooks.com). `word` names the fact, `at` is now in milliseconds."""
    seconds = str(at // SECOND)
    signed = b".".join((word.encode(), seconds.encode(), body))
    signatures = [
        "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode() for secret in secrets
    ]
    return {"webhook-id": word, "webhook-timestamp": seconds, "webhook-signature": " ".join(signatures)}
