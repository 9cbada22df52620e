"""Webhooks, and the deliveries to them."""

from dataclasses import dataclass
from enum import StrEnum

from pocketdesk.conversations.model import ListRow
from pocketdesk.kernel.events import Recorded


class Kind(StrEnum):
    """What a webhook can be told of."""

    CONVERSATION_STARTED = "conversation.started"
    MESSAGE_POSTED = "message.posted"
    COMMENT_POSTED = "comment.posted"
    CONVERSATION_ASSIGNED = "conversation.assigned"
    CONVERSATION_MOVED = "conversation.moved"
    CONVERSATION_CLOSED = "conversation.closed"
    CONVERSATION_REOPENED = "conversation.reopened"
    CONVERSATION_ERASED = "conversation.erased"
    CONTACT_ASSOCIATED = "contact.associated"
    CONSENT_GIVEN = "consent.given"
    SURVEY_ANSWERED = "survey.answered"


class Format(StrEnum):
    """How deliveries look: Standard Webhooks with our names, or as HubSpot's clients expect them."""

    STANDARD = "standard"
    HUBSPOT = "hubspot"
    HUBSPOT_V2 = "hubspot_v2"
    """The same, signed in version 2 instead of 1."""
    CHANNEL = "channel"
    """What agents say on a custom channel, for the program that brings it out."""


class WhyOff(StrEnum):
    """Why a webhook is off although nobody switched it off."""

    FAILING = "failing"
    """Nothing got through for a whole round of tries."""
    GONE = "gone"
    """The server said that the address is gone for good (410)."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that is told what happens. `kinds` empty: everything. `position` is up to where the ledger was read.

    `succeeded_at` is when a delivery last got through. `old_secret_until` is until when the secret before is good too.
    """

    id: int
    name: str
    url: str
    kinds: frozenset[Kind]
    format: Format
    is_on: bool
    why_off: WhyOff | None
    position: int
    created_at: int
    created_by: int
    succeeded_at: int | None
    old_secret_until: int | None
    custom_channel_id: int | None = None
    """Told of nothing but the conversations of this channel."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a webhook's deliveries are signed with, sealed. `old` signs beside it until a moment (UTC ms)."""

    current: str
    old: str | None
    old_until: int | None


class DeliveryState(StrEnum):
    """How far a delivery has come."""

    WAITING = "waiting"
    """For its first try, or for another."""
    DELIVERED = "delivered"
    FAILED = "failed"
    """Every try failed; it can be sent again by hand."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One fact on its way to one webhook. `position` is the fact's in the ledger.

    `status` is the HTTP status of the last try, if there was an answer; `failure` says why it failed; `took_ms` how
    long it took. Its text is not kept: it is read from the rows at every try.
    """

    webhook_id: int
    position: int
    kind: Kind
    conversation_id: int
    at: int
    state: DeliveryState
    attempts: int
    next_at: int
    status: int | None
    failure: str | None
    took_ms: int | None
    ended_at: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one try ended. `failure` None: it got through. `after_ms`: when the server wants to be asked again."""

    status: int | None
    failure: str | None
    took_ms: int
    after_ms: int | None = None

    @property
    def is_gone(self) -> bool:
        """Whether the server wants no more of it, ever."""
        return self.status == 410


@dataclass(frozen=True, slots=True)
class Told:
    """What one delivery says: a fact and its conversation as it is now."""

    account_id: int
    webhook: Webhook
    delivery: Delivery
    recorded: Recorded
    conversation: ListRow
