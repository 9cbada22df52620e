"""What is done for pushes: keys kept sealed, the ledger read, one job per device, what came of each."""

import secrets
from typing import TypeAlias

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pocketdesk.accounts.actions import record_audit
from pocketdesk.accounts.model import Actor
from pocketdesk.accounts.rules.sealing import NONCE_BYTES, seal
from pocketdesk.conversations.events import MessagePosted
from pocketdesk.jobs import GiveUp, Job, Retry
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import actions as people
from pocketdesk.people.model import PushProvider
from pocketdesk.push import rules, store, views
from pocketdesk.push.model import Key, Provider, Pushed, Unregistered, WebPushKey
from pocketdesk.storage import Trimmed, UnitOfWork

READ = "push.read"
TELL = "push.tell"
SEND = "push.send"
READ_AT_ONCE = 200
ACCOUNTS_AT_ONCE = 100
LONGEST_FAILURE = 300

Sent: TypeAlias = Pushed | Unregistered | Retry | GiveUp
"""What came of handing a push to a service."""


def set_key(unit: UnitOfWork, scope: AccountScope, actor: Actor, sealing_key: bytes, key: Key) -> Provider:
    """Pushes by this key from now on, in place of the one before. It is stored sealed and never shown again."""
    kind = rules.kind_of(key)
    unit.run(store.DROP_PROVIDER, account_id=scope.account_id, kind_=kind.value)
    unit.run(
        store.ADD_PROVIDER,
        account_id=scope.account_id,
        kind=kind.value,
        name=rules.name_of(key),
        sealed_key=seal(
            sealing_key,
            secrets.token_bytes(NONCE_BYTES),
            msgspec.json.encode(key),
            rules.place_of(scope.account_id, kind),
        ),
        public_key=rules.public_key_of(key.private_key) if isinstance(key, WebPushKey) else None,
        created_at=unit.now,
        created_by=actor.user_id,
        sent_at=None,
        failed_at=None,
        failure=None,
    )
    unit.run(
        store.BEGIN,
        account_id=scope.account_id,
        with_content=True,
        position=unit.position(scope.account_id),
    )
    record_audit(unit, scope, actor.user_id, "set", "push_key", scope.account_id, {"kind": kind.value})
    return next(each for each in views.providers(unit, scope) if each.kind is kind)


def make_web_push_key(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, sealing_key: bytes, subject: str
) -> Provider:
    """A key of our own for web push. Browsers that subscribed with the one before have to do so again."""
    made = ec.generate_private_key(ec.SECP256R1())
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return set_key(unit, scope, actor, sealing_key, WebPushKey(rules.check_subject(subject), pem))


def remove_key(unit: UnitOfWork, scope: AccountScope, actor: Actor, kind: PushProvider) -> None:
    """Pushes nothing by this service any more. `NoProvider` if nothing was."""
    if unit.one(store.DROP_PROVIDER, account_id=scope.account_id, kind_=kind.value) is None:
        raise rules.NoProvider
    record_audit(unit, scope, actor.user_id, "removed", "push_key", scope.account_id, {"kind": kind.value})


def set_content(unit: UnitOfWork, scope: AccountScope, actor: Actor, *, with_content: bool) -> None:
    """Whether pushes carry the words of messages."""
    if views.with_content(unit, scope) is with_content:
        return
    unit.run(
        store.SET_CONTENT,
        account_id=scope.account_id,
        with_content=with_content,
        position=unit.position(scope.account_id),
    )
    facts = {"with_content": with_content}
    record_audit(unit, scope, actor.user_id, "changed", "push_settings", scope.account_id, facts)


def notice(unit: UnitOfWork, account_id: int) -> None:
    """Somebody wrote in an account: reads its ledger soon, if it can push."""
    if views.can_push(unit, account_id):
        unit.enqueue(Job(account_id, READ, ""))


def read_ledger(unit: UnitOfWork, scope: AccountScope) -> bool:
    """Has visitors told of what was written since the ledger was last read; whether there may be more."""
    unit.lock("push", scope.account_id, 0)
    position = views.position(unit, scope)
    try:
        facts = unit.events(scope.account_id, position, READ_AT_ONCE)
    except Trimmed:
        unit.run(store.MOVE, account_id=scope.account_id, position_=unit.horizon(scope.account_id))
        return True
    if not facts:
        return False
    written = [fact.event for fact in facts if isinstance(fact.event, MessagePosted)]
    for conversation_id in dict.fromkeys(event.conversation_id for event in written):
        unit.enqueue(
            Job(
                scope.account_id,
                TELL,
                str(conversation_id),
                {"conversation_id": conversation_id},
                run_at=unit.now + rules.QUIET_MS,
            )
        )
    unit.run(store.MOVE, account_id=scope.account_id, position_=facts[-1].position)
    return len(facts) == READ_AT_ONCE


def tell(unit: UnitOfWork, scope: AccountScope, conversation_id: int) -> None:
    """Has what is unread in a conversation pushed to each device of its visitor, one job each."""
    found = views.news(unit, scope, conversation_id, unit.now)
    for device in found.devices if found else ():
        facts = {"conversation_id": conversation_id, "device_id": device.id}
        unit.enqueue(Job(scope.account_id, SEND, f"{conversation_id}:{device.id}", facts))


def note_sent(unit: UnitOfWork, scope: AccountScope, device_id: int, kind: PushProvider, sent: Sent) -> None:
    """What became of a push: devices that are gone are forgotten, failures stand beside the key."""
    match sent:
        case Pushed():
            unit.run(store.SENT, account_id=scope.account_id, kind_=kind.value, now=unit.now)
        case Unregistered():
            people.prune_device(unit, scope, device_id)
        case _:
            unit.run(
                store.FAILED,
                account_id=scope.account_id,
                kind_=kind.value,
                now=unit.now,
                failure_=sent.reason[:LONGEST_FAILURE],
            )


def wake_all(unit: UnitOfWork, after: int) -> int | None:
    """Has the ledgers of some accounts read whose news nobody heard; the last account's id, None at the end."""
    rows = unit.all(store.ACCOUNTS, account_id=after, limit=ACCOUNTS_AT_ONCE)
    for (account_id,) in rows:
        unit.enqueue(Job(account_id, READ, ""))
    return rows[-1][0] if len(rows) == ACCOUNTS_AT_ONCE else None
