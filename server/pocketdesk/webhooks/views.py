"""What others read of webhooks: how they are set, what went out, and what is to go out next."""

import json
from collections.abc import Sequence

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.rules.sealing import unseal
from pocketdesk.conversations import views as conversations
from pocketdesk.conversations.model import ListRow
from pocketdesk.kernel.events import Recorded
from pocketdesk.kernel.page import Page, from_cursor, to_page
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Reader, Trimmed
from pocketdesk.storage.statement import Row
from pocketdesk.webhooks import rules, store
from pocketdesk.webhooks.model import Delivery, DeliveryState, Format, Kind, Secrets, Webhook, WhyOff

_LAST = 2**62


def webhooks(reader: Reader, scope: AccountScope) -> list[Webhook]:
    """All of an account, oldest first: there are few."""
    rows = reader.all(store.ALL, account_id=scope.account_id, limit=rules.MOST_WEBHOOKS)
    return [_webhook(row) for row in rows]


def webhook(reader: Reader, scope: AccountScope, webhook_id: int) -> Webhook:
    """One; `NotFound` if the account has none such."""
    row = reader.one(store.FIND, account_id=scope.account_id, id_=webhook_id)
    if row is None:
        raise NotFound
    return _webhook(row)


def of_custom_channel(reader: Reader, scope: AccountScope, custom_channel_id: int) -> Webhook | None:
    """The one that is told what agents say on a custom channel."""
    for found in webhooks(reader, scope):
        if found.custom_channel_id == custom_channel_id:
            return found
    return None


def secrets_of(reader: Reader, scope: AccountScope, webhook_id: int) -> Secrets:
    """What its deliveries are signed with, sealed; `NotFound` if the account has no such webhook."""
    row = reader.one(store.SECRETS, account_id=scope.account_id, id_=webhook_id)
    if row is None:
        raise NotFound
    return Secrets(*row)


def signing_secrets(
    reader: Reader, scope: AccountScope, webhook_id: int, sealing_key: bytes, now: int
) -> tuple[bytes, ...]:
    """What signs now, the newest first; none if the installation's secret is no longer the one that sealed them."""
    found = secrets_of(reader, scope, webhook_id)
    sealed = [found.current]
    if found.old is not None and (found.old_until or 0) > now:
        sealed.append(found.old)
    opened = (unseal(sealing_key, each, f"webhook:{webhook_id}") for each in sealed)
    return tuple(secret for secret in opened if secret is not None)


def anybody_listens(reader: Reader, account_id: int) -> bool:
    """Whether an account has a webhook that is on."""
    return reader.one(store.ANY_ON, account_id=account_id) is not None


def deliveries(
    reader: Reader,
    scope: AccountScope,
    webhook_id: int,
    limit: int,
    after: str | None = None,
    state: DeliveryState | None = None,
) -> Page[Delivery]:
    """What was told to a webhook or waits to be, newest fact first; only in one state, if given."""
    webhook(reader, scope, webhook_id)
    (before,) = from_cursor(after, int) if after else (_LAST,)
    query = store.LISTED
    if state is not None:
        query = query.where(store.webhook_delivery.c.state == state.value)
    rows = reader.all(query, account_id=scope.account_id, id_=webhook_id, before=before, limit=limit + 1)
    return to_page([_delivery(row) for row in rows], limit, lambda found: (found.position,))


def delivery(reader: Reader, scope: AccountScope, webhook_id: int, position: int) -> Delivery:
    """One; `NotFound` if there is none such."""
    row = reader.one(store.FIND_DELIVERY, account_id=scope.account_id, id_=webhook_id, position_=position)
    if row is None:
        raise NotFound
    return _delivery(row)


def head(reader: Reader, scope: AccountScope, webhook_id: int, conversation_id: int) -> Delivery | None:
    """What is to go out next of one conversation."""
    row = reader.one(store.HEAD, account_id=scope.account_id, id_=webhook_id, conversation_id=conversation_id)
    return _delivery(row) if row else None


def fact(reader: Reader, scope: AccountScope, found: Delivery) -> tuple[Recorded, ListRow] | None:
    """A delivery's fact with the rows that it speaks of, and its conversation as it is now.

    None if it cannot be told any more: the ledger or the conversation is gone.
    """
    try:
        facts = reader.events(scope.account_id, found.position - 1, 1, found.conversation_id)
    except Trimmed:
        return None
    row = conversations.rows_of(reader, scope, [found.conversation_id]).get(found.conversation_id)
    if row is None or not facts or facts[0].position != found.position:
        return None
    return conversations.enclose(reader, scope, facts)[0], row


def names(reader: Reader, scope: AccountScope, found: Sequence[Webhook]) -> dict[int, str]:
    """Who made them, by id."""
    cards = accounts.user_cards(reader, scope, {each.created_by for each in found})
    return {id_: card.name for id_, card in cards.items()}


def _webhook(row: Row) -> Webhook:
    id_, name, url, kinds, format_, is_on, why_off, *rest = row
    return Webhook(
        id_,
        name,
        url,
        frozenset(map(Kind, json.loads(kinds))),
        Format(format_),
        is_on,
        WhyOff(why_off) if why_off else None,
        *rest,
    )


def _delivery(row: Row) -> Delivery:
    webhook_id, position, kind, conversation_id, at, state, *rest = row
    return Delivery(webhook_id, position, Kind(kind), conversation_id, at, DeliveryState(state), *rest)
