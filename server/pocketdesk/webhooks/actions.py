"""What is done to webhooks and deliveries. Every change of a webhook stands in the audit log."""

import json
import secrets
from collections.abc import Collection
from dataclasses import replace

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.actions import record_audit
from pocketdesk.accounts.model import Actor
from pocketdesk.accounts.rules.sealing import NONCE_BYTES, seal
from pocketdesk.accounts.rules.words import clean_name
from pocketdesk.conversations import views as conversations
from pocketdesk.inboxes import views as inboxes
from pocketdesk.jobs import Job
from pocketdesk.kernel.moments import DAY, MINUTE
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Trimmed, UnitOfWork
from pocketdesk.storage.statement import Row
from pocketdesk.webhooks import rules, store, views
from pocketdesk.webhooks.model import Delivery, DeliveryState, Format, Outcome, Webhook

READ = "webhooks.read"
SEND = "webhooks.send"

KEPT_MS = 30 * DAY
READ_AT_ONCE = 200
SWEPT_AT_ONCE = 200
ACCOUNTS_AT_ONCE = 100
TRY_MS = MINUTE
"""Longer than a try can take: until then nobody else tries the same."""


def create_webhook(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    sealing_key: bytes,
    name: str,
    url: str,
    kinds: Collection[str],
    format_: Format,
    custom_channel_id: int | None = None,
) -> tuple[Webhook, str]:
    """Adds a webhook that is told what happens from now on, and the secret that nobody is shown again.

    `custom_channel_id`, with the format for it: told of that channel's conversations alone.
    """
    if len(views.webhooks(unit, scope)) >= rules.MOST_WEBHOOKS:
        raise rules.TooManyWebhooks
    webhook_id = unit.new_id()
    word, sealed = _new_secret(sealing_key, webhook_id)
    unit.run(
        store.ADD,
        account_id=scope.account_id,
        id=webhook_id,
        name=clean_name(name),
        url=rules.check_url(url),
        kinds=json.dumps(sorted(rules.check_kinds(kinds))),
        format=format_.value,
        secret=sealed,
        old_secret=None,
        old_secret_until=None,
        is_on=True,
        why_off=None,
        position=unit.position(scope.account_id),
        created_at=unit.now,
        created_by=actor.user_id,
        succeeded_at=None,
        deleted_at=None,
        custom_channel_id=custom_channel_id,
    )
    record_audit(unit, scope, actor.user_id, "created", "webhook", webhook_id)
    return views.webhook(unit, scope, webhook_id), word


def change_webhook(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    webhook_id: int,
    *,
    name: str | None = None,
    url: str | None = None,
    kinds: Collection[str] | None = None,
    is_on: bool | None = None,
) -> Webhook:
    """Changes what is given. One that is switched on goes on where it stopped."""
    unit.lock("webhook", scope.account_id, webhook_id)
    before = after = views.webhook(unit, scope, webhook_id)
    if name is not None:
        after = replace(after, name=clean_name(name))
    if url is not None:
        after = replace(after, url=rules.check_url(url))
    if kinds is not None:
        after = replace(after, kinds=rules.check_kinds(kinds))
    if is_on is not None and is_on != before.is_on:
        after = replace(after, is_on=is_on, why_off=None)
    if after == before:
        return before
    unit.run(
        store.SET,
        account_id=scope.account_id,
        id_=webhook_id,
        name_=after.name,
        url_=after.url,
        kinds_=json.dumps(sorted(after.kinds)),
        is_on_=after.is_on,
        why_off_=after.why_off,
    )
    record_audit(unit, scope, actor.user_id, "changed", "webhook", webhook_id)
    if after.is_on:
        _wake(unit, scope, after)
    return after


def renew_secret(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, sealing_key: bytes, webhook_id: int
) -> str:
    """A new secret. For a day both sign, so that the receiver can take its time."""
    unit.lock("webhook", scope.account_id, webhook_id)
    views.webhook(unit, scope, webhook_id)
    word, sealed = _new_secret(sealing_key, webhook_id)
    unit.run(
        store.SET_SECRET,
        account_id=scope.account_id,
        id_=webhook_id,
        secret_=sealed,
        until=unit.now + rules.OLD_SECRET_MS,
    )
    record_audit(unit, scope, actor.user_id, "renewed", "webhook", webhook_id)
    return word


def delete_webhook(unit: UnitOfWork, scope: AccountScope, actor: Actor, webhook_id: int) -> None:
    """Ends it at once; its deliveries are forgotten within a day."""
    views.webhook(unit, scope, webhook_id)
    unit.run(store.DELETE, account_id=scope.account_id, id_=webhook_id, now=unit.now)
    record_audit(unit, scope, actor.user_id, "deleted", "webhook", webhook_id)


def replay(unit: UnitOfWork, scope: AccountScope, actor: Actor, webhook_id: int, since: int) -> Webhook:
    """Tells everything anew that has happened since a moment, as far as the ledger reaches.

    `WebhookOff` if it is off.
    """
    unit.lock("webhook", scope.account_id, webhook_id)
    found = _on(unit, scope, webhook_id)
    position = unit.position_at(scope.account_id, since)
    unit.run(store.MOVE, account_id=scope.account_id, id_=webhook_id, position_=position)
    record_audit(unit, scope, actor.user_id, "replayed", "webhook", webhook_id, {"since": since})
    unit.enqueue(Job(scope.account_id, READ, ""))
    return replace(found, position=position)


def send_again(unit: UnitOfWork, scope: AccountScope, webhook_id: int, position: int) -> Delivery:
    """Tries one delivery (again) at once, whatever became of it. `WebhookOff` if the webhook is off."""
    _on(unit, scope, webhook_id)
    found = views.delivery(unit, scope, webhook_id, position)
    unit.run(store.SEND_AGAIN, account_id=scope.account_id, id_=webhook_id, position_=position, now=unit.now)
    # Beside the job that may wait for a later try; a claim keeps the two apart.
    _send(unit, scope, webhook_id, found.conversation_id, f"again:{position}")
    return views.delivery(unit, scope, webhook_id, position)


def notice(unit: UnitOfWork, account_id: int) -> None:
    """Something happened in an account: reads the ledger soon, if a webhook of it listens."""
    if views.anybody_listens(unit, account_id):
        unit.enqueue(Job(account_id, READ, ""))


def read_ledger(unit: UnitOfWork, scope: AccountScope) -> bool:
    """Makes deliveries of what the account's webhooks have not been told yet; whether there may be more."""
    more = False
    for webhook in views.webhooks(unit, scope):
        if webhook.is_on:
            unit.lock("webhook", scope.account_id, webhook.id)
            more |= _read_for(unit, scope, views.webhook(unit, scope, webhook.id))
    return more


def claim(unit: UnitOfWork, scope: AccountScope, found: Delivery) -> Delivery | None:
    """Takes a delivery for one try; None if somebody else was faster."""
    row = unit.one(
        store.CLAIM,
        account_id=scope.account_id,
        id_=found.webhook_id,
        position_=found.position,
        attempts_=found.attempts,
        now=unit.now,
        until=unit.now + TRY_MS,
    )
    return replace(found, attempts=row[0], next_at=unit.now + TRY_MS) if row else None


def end_try(unit: UnitOfWork, scope: AccountScope, found: Delivery, outcome: Outcome) -> Delivery:
    """Notes how a try ended, and switches a webhook off that is gone, or to which nothing gets through."""
    webhook = views.webhook(unit, scope, found.webhook_id)
    state, next_at, why_off = rules.next_step(webhook, found, outcome, unit.now)
    row = unit.one(
        store.END,
        account_id=scope.account_id,
        id_=webhook.id,
        position_=found.position,
        attempts_=found.attempts,
        state_=state.value,
        next_at_=next_at,
        status_=outcome.status,
        failure_=outcome.failure[: rules.LONGEST_FAILURE] if outcome.failure else None,
        took_ms_=outcome.took_ms,
        ended_at_=None if state is DeliveryState.WAITING else unit.now,
    )
    if row is None:
        return found
    if state is DeliveryState.DELIVERED:
        unit.run(store.SUCCEEDED, account_id=scope.account_id, id_=webhook.id, now=unit.now)
    if why_off is not None:
        unit.run(store.SWITCH_OFF, account_id=scope.account_id, id_=webhook.id, why_off_=why_off.value)
    return replace(found, state=state, next_at=next_at)


def wake_all(unit: UnitOfWork, after: int) -> int | None:
    """Has the ledgers of some accounts read whose news nobody heard; the last account's id, None at the end."""
    rows = unit.all(store.ACCOUNTS_ON, account_id=after, limit=ACCOUNTS_AT_ONCE)
    for (account_id,) in rows:
        scope = accounts.open_account(unit, account_id)
        newest = unit.position(account_id)
        if any(each.is_on and each.position < newest for each in views.webhooks(unit, scope)):
            unit.enqueue(Job(account_id, READ, ""))
    return rows[-1][0] if len(rows) == ACCOUNTS_AT_ONCE else None


def sweep(unit: UnitOfWork) -> bool:
    """Forgets some deliveries of facts older than 30 days, and deleted webhooks; whether there may be more."""
    old = unit.all(store.OLD, before=unit.now - KEPT_MS, limit=SWEPT_AT_ONCE)
    _drop(unit, old)
    forgotten = unit.one(store.FORGOTTEN)
    if forgotten is None:
        return len(old) == SWEPT_AT_ONCE
    account_id, webhook_id = forgotten
    rest = unit.all(store.OF_FORGOTTEN, account_id=account_id, id_=webhook_id, limit=SWEPT_AT_ONCE)
    _drop(unit, rest)
    if len(rest) < SWEPT_AT_ONCE:
        unit.run(store.REMOVE, account_id=account_id, id_=webhook_id)
    return True


def _drop(unit: UnitOfWork, rows: list[Row]) -> None:
    names = ("account_id", "id_", "position_")
    unit.run_many(store.DROP, [dict(zip(names, row, strict=True)) for row in rows])


def _on(unit: UnitOfWork, scope: AccountScope, webhook_id: int) -> Webhook:
    found = views.webhook(unit, scope, webhook_id)
    if not found.is_on:
        raise rules.WebhookOff
    return found


def _new_secret(sealing_key: bytes, webhook_id: int) -> tuple[str, str]:
    secret = secrets.token_bytes(rules.SECRET_BYTES)
    return rules.to_word(secret), seal(
        sealing_key, secrets.token_bytes(NONCE_BYTES), secret, f"webhook:{webhook_id}"
    )


def _read_for(unit: UnitOfWork, scope: AccountScope, webhook: Webhook) -> bool:
    try:
        facts = unit.events(scope.account_id, webhook.position, READ_AT_ONCE)
    except Trimmed:
        unit.run(
            store.MOVE,
            account_id=scope.account_id,
            id_=webhook.id,
            position_=unit.horizon(scope.account_id),
        )
        return True
    if not facts:
        return False
    new = [
        (fact, *told) for fact in facts if (told := rules.told(fact.event)) and rules.wants(webhook, told[0])
    ]
    if webhook.custom_channel_id is not None:
        accounts_of = inboxes.channels_of_custom(unit, scope, webhook.custom_channel_id)
        came_by = conversations.channel_accounts(unit, scope, {id_ for _, _, id_ in new})
        own = {each.id for each in accounts_of}
        new = [each for each in new if came_by.get(each[2]) in own]
    unit.run_many(
        store.ADD_DELIVERY,
        [
            {
                "account_id": scope.account_id,
                "webhook_id": webhook.id,
                "position": fact.position,
                "kind": kind.value,
                "conversation_id": conversation_id,
                "at": fact.at,
                "next_at": unit.now,
            }
            for fact, kind, conversation_id in new
        ],
    )
    for conversation_id in dict.fromkeys(conversation_id for _, _, conversation_id in new):
        _send(unit, scope, webhook.id, conversation_id)
    unit.run(store.MOVE, account_id=scope.account_id, id_=webhook.id, position_=facts[-1].position)
    return len(facts) == READ_AT_ONCE


def _wake(unit: UnitOfWork, scope: AccountScope, webhook: Webhook) -> None:
    unit.enqueue(Job(scope.account_id, READ, ""))
    lanes = unit.all(store.LANES, account_id=scope.account_id, id_=webhook.id, limit=READ_AT_ONCE)
    for (conversation_id,) in lanes:
        _send(unit, scope, webhook.id, conversation_id)


def _send(
    unit: UnitOfWork, scope: AccountScope, webhook_id: int, conversation_id: int, word: str = ""
) -> None:
    """One job per webhook and conversation: so what happened in a conversation goes out in its order."""
    facts = {"webhook_id": webhook_id, "conversation_id": conversation_id}
    unit.enqueue(Job(scope.account_id, SEND, f"{webhook_id}:{conversation_id}:{word}", facts))
