"""What is done to chatflows. Every change stands in the audit log."""

from collections.abc import Sequence
from typing import cast

import msgspec

from pocketdesk.accounts.actions import record_audit
from pocketdesk.accounts.model import Actor
from pocketdesk.accounts.rules.words import clean_name
from pocketdesk.chatflows import rules, store, texts, views
from pocketdesk.chatflows.model import Chatflow, Document, KnowledgeBase
from pocketdesk.inboxes import actions as inboxes
from pocketdesk.inboxes.model import ChannelKind
from pocketdesk.kernel.refusal import Invalid, NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import UnitOfWork

KIND = "mobile"


def create_chatflow(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    inbox_id: int,
    language: str,
    mobile_tag: str,
    name: str | None = None,
    knowledge_base: KnowledgeBase | None = None,
) -> Chatflow:
    """Makes a mobile chatflow, off and last in order. The inbox's mobile channel carries it."""
    rules.check_language(language, texts.languages())
    mobile_tag = rules.clean_tag(mobile_tag)
    name = rules.new_name(name, unit.now)
    chosen = rules.clean_knowledge_base(knowledge_base or KnowledgeBase())
    if wrong := views.check_knowledge_base(unit, scope, chosen):
        raise Invalid(wrong)
    document = rules.fresh(language, mobile_tag, actor.user_id, chosen)
    return _add(unit, scope, actor, "created", name, inbox_id, document)


def clone_chatflow(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, chatflow_id: int, inbox_id: int | None = None
) -> Chatflow:
    """A copy with all settings, off and last in order; in the same inbox unless another is named."""
    source = views.chatflow(unit, scope, chatflow_id)
    name = rules.copy_name(source.name)
    return _add(unit, scope, actor, "cloned", name, inbox_id or source.inbox_id, source.document)


def save_document(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    chatflow_id: int,
    base_version: int,
    document: Document,
    checks: Sequence[views.Check] = (),
) -> Chatflow:
    """Writes the next version; if the chatflow is on, visitors meet it at once.

    `EditConflict` if the base is old, `Invalid` at the fields that the checks object to.
    """
    before = views.chatflow(unit, scope, chatflow_id)
    if before.version != base_version:
        raise rules.EditConflict(fields={"version": str(before.version)})
    if document == before.document:
        return before
    views.check_references(unit, scope, before.inbox_id, document, checks)
    row = unit.one(
        store.SAVE,
        account_id=scope.account_id,
        id_=chatflow_id,
        base=base_version,
        tag_key_=rules.tag_key(document.mobile.tag),
        now=unit.now,
        user_id=actor.user_id,
    )
    if row is None:  # somebody was faster between our look and our write
        raise rules.EditConflict
    _add_version(unit, scope, actor, chatflow_id, row[0], document)
    record_audit(unit, scope, actor.user_id, "saved", "chatflow", chatflow_id, {"version": row[0]})
    return views.chatflow(unit, scope, chatflow_id)


def change_chatflow(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    chatflow_id: int,
    name: str | None = None,
    is_on: bool | None = None,
) -> Chatflow:
    """Renames a chatflow, or turns it on or off at once. None leaves it as it is."""
    before = views.chatflow(unit, scope, chatflow_id)
    new_name = before.name if name is None else clean_name(name, longest=rules.LONGEST_NAME)
    new_is_on = before.is_on if is_on is None else is_on
    if (new_name, new_is_on) != (before.name, before.is_on):
        unit.run(
            store.SET,
            account_id=scope.account_id,
            id_=chatflow_id,
            name_=new_name,
            name_key_=new_name.casefold(),
            is_on_=new_is_on,
            now=unit.now,
            user_id=actor.user_id,
        )
        if new_name != before.name:
            record_audit(unit, scope, actor.user_id, "renamed", "chatflow", chatflow_id)
        if new_is_on != before.is_on:
            verb = "turned_on" if new_is_on else "turned_off"
            record_audit(unit, scope, actor.user_id, verb, "chatflow", chatflow_id)
    return views.chatflow(unit, scope, chatflow_id)


def move_chatflow(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, chatflow_id: int, to: rules.Place
) -> Chatflow:
    """Gives a chatflow another place in the order, from 1."""
    order = _lock_order(unit, scope)
    if chatflow_id not in order:
        raise NotFound
    before = order[chatflow_id]
    _put_order(unit, scope, order, rules.moved(list(order), chatflow_id, to))
    after = views.chatflow(unit, scope, chatflow_id)
    if after.priority != before:
        facts = {"priority": after.priority}
        record_audit(unit, scope, actor.user_id, "moved", "chatflow", chatflow_id, facts)
    return after


def delete_chatflow(unit: UnitOfWork, scope: AccountScope, actor: Actor, chatflow_id: int) -> None:
    """Takes a chatflow away at once; conversations that it began stay. `restore_chatflow` brings it back."""
    order = _lock_order(unit, scope)
    if chatflow_id not in order:
        raise NotFound
    unit.run(store.SET_DELETED, account_id=scope.account_id, id_=chatflow_id, deleted_at_=unit.now)
    _put_order(unit, scope, order, [each for each in order if each != chatflow_id])
    record_audit(unit, scope, actor.user_id, "deleted", "chatflow", chatflow_id)


def restore_chatflow(unit: UnitOfWork, scope: AccountScope, actor: Actor, chatflow_id: int) -> Chatflow:
    """Brings a deleted chatflow back to where it stood, as far as there is such a place; on if it was on."""
    order = _lock_order(unit, scope)
    found = views.chatflow(unit, scope, chatflow_id, deleted=True)
    if found.deleted_at is None:
        return found
    unit.run(store.SET_DELETED, account_id=scope.account_id, id_=chatflow_id, deleted_at_=None)
    _put_order(
        unit,
        scope,
        {**order, chatflow_id: found.priority},
        rules.moved(list(order), chatflow_id, found.priority),
    )
    record_audit(unit, scope, actor.user_id, "restored", "chatflow", chatflow_id)
    return views.chatflow(unit, scope, chatflow_id)


def _add(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    verb: str,
    name: str,
    inbox_id: int,
    document: Document,
) -> Chatflow:
    try:
        channel = inboxes.channel_for(unit, scope, actor, inbox_id, ChannelKind.MOBILE)
    except NotFound:
        raise Invalid({"inbox_id": "no such inbox"}) from None
    order = _lock_order(unit, scope)
    chatflow_id = unit.new_id()
    unit.run(
        store.ADD,
        account_id=scope.account_id,
        id=chatflow_id,
        name=name,
        name_key=name.casefold(),
        kind=KIND,
        inbox_id=inbox_id,
        channel_account_id=channel.id,
        is_on=False,
        priority=len(order) + 1,
        tag_key=rules.tag_key(document.mobile.tag),
        version=1,
        created_at=unit.now,
        created_by=actor.user_id,
        modified_at=unit.now,
        modified_by=actor.user_id,
        deleted_at=None,
    )
    _add_version(unit, scope, actor, chatflow_id, 1, document)
    record_audit(unit, scope, actor.user_id, verb, "chatflow", chatflow_id)
    return views.chatflow(unit, scope, chatflow_id)


def _add_version(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    chatflow_id: int,
    version: int,
    document: Document,
) -> None:
    unit.run(
        store.ADD_VERSION,
        account_id=scope.account_id,
        chatflow_id=chatflow_id,
        version=version,
        document=msgspec.json.encode(document).decode(),
        created_at=unit.now,
        created_by=actor.user_id,
    )


def _lock_order(unit: UnitOfWork, scope: AccountScope) -> dict[int, int]:
    """Priorities by id, in order; nobody else changes them until the end of this transaction."""
    unit.lock("chatflow_order", scope.account_id, 0)
    rows = unit.all(store.ORDER, account_id=scope.account_id, kind_=KIND)
    return dict(cast("list[tuple[int, int]]", rows))


def _put_order(unit: UnitOfWork, scope: AccountScope, before: dict[int, int], after: Sequence[int]) -> None:
    unit.run_many(
        store.SET_PRIORITY,
        [
            {"account_id": scope.account_id, "id_": each, "priority_": place}
            for place, each in enumerate(after, 1)
            if before[each] != place
        ],
    )
