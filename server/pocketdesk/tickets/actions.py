"""What is done with tickets."""

import json
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TypeVar

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.actions import record_audit
from pocketdesk.accounts.model import Actor
from pocketdesk.conversations import views as conversations
from pocketdesk.kernel.refusal import Invalid, NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import views as people
from pocketdesk.storage import UnitOfWork
from pocketdesk.tickets import rules, store, views
from pocketdesk.tickets.model import Draft, Ticket

Found = TypeVar("Found")


def create_ticket(unit: UnitOfWork, scope: AccountScope, actor: Actor, draft: Draft) -> Ticket:
    """Makes a ticket. Without a contact it is for the one of its conversation.

    `Invalid` at what cannot be, or is not there for this user; `HasTicket` if its conversation has one.
    """
    after = _checked(unit, scope, actor, rules.clean(draft), None)
    ticket_id = unit.new_id()
    unit.run(
        store.ADD,
        account_id=scope.account_id,
        id=ticket_id,
        **_columns(after),
        created_at=unit.now,
        changed_at=unit.now,
        closed_at=rules.closed_at(None, after.stage, unit.now),
        archived_at=None,
        merged_into_id=None,
    )
    record_audit(unit, scope, actor.user_id, "created", "ticket", ticket_id)
    return views.ticket(unit, scope, ticket_id)


def change_ticket(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, ticket_id: int, change: Callable[[Draft], Draft]
) -> Ticket:
    """Makes of a ticket what `change` makes of it. `NotFound`, and what `create_ticket` refuses."""
    before = _locked(unit, scope, ticket_id)
    after = rules.clean(change(before.draft))
    if after == before.draft:
        return before
    rules.check_conversation(before.draft, after)
    after = _checked(unit, scope, actor, after, before.draft)
    _write(unit, scope, before, after)
    record_audit(unit, scope, actor.user_id, "changed", "ticket", before.id)
    return views.ticket(unit, scope, before.id)


def archive_ticket(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, ticket_id: int, *, archived: bool = True
) -> Ticket:
    """Takes a ticket out of all lists, or brings it back."""
    before = _locked(unit, scope, ticket_id)
    if (before.archived_at is not None) == archived:
        return before
    at = unit.now if archived else None
    unit.run(store.ARCHIVE, account_id=scope.account_id, id_=before.id, archived_at_=at)
    verb = "archived" if archived else "restored"
    record_audit(unit, scope, actor.user_id, verb, "ticket", before.id)
    return views.ticket(unit, scope, before.id)


def merge_tickets(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    kept_id: int,
    other_id: int,
    field: str = "ticket_id",
) -> Ticket:
    """Makes one ticket of two. `kept_id` stays and takes over what it lacks; the other leads to it from now on.

    Both conversations lead to it. A second contact is only known to the audit log, and to who is erased. `NotFound`;
    `Invalid` at `field`, which names the other. Nothing brings them apart again.
    """
    found = [views.ticket(unit, scope, each).id for each in (kept_id, other_id)]
    locked = {each: _locked(unit, scope, each) for each in sorted(found)}
    kept, other = (locked[each] for each in found)
    rules.check_merge(kept, other, field)
    after = rules.merged(kept.draft, other.draft)
    if after.conversation_id != kept.draft.conversation_id:
        unit.run(store.PART, account_id=scope.account_id, id_=other.id)
    unit.run(store.LEAD_ON, account_id=scope.account_id, id_=other.id, to=kept.id)
    _write(unit, scope, kept, after)
    facts = {"ticket_id": other.id, "contact_id": other.draft.contact_id}
    record_audit(unit, scope, actor.user_id, "merged", "ticket", kept.id, facts)
    return views.ticket(unit, scope, kept.id)


def give(unit: UnitOfWork, scope: AccountScope, contact_id: int, to_contact_id: int) -> None:
    """The tickets of a contact are another contact's from now on: they are one."""
    unit.run(store.GIVE, account_id=scope.account_id, id_=contact_id, to=to_contact_id)


def forget_people(unit: UnitOfWork, scope: AccountScope, person_ids: Collection[int]) -> int:
    """Deletes the tickets of some contacts and visitors; how many."""
    query = store.DROP_OF_PEOPLE.where(views.of_people_clause(scope, person_ids))
    return len(unit.all(query, account_id=scope.account_id))


def _locked(unit: UnitOfWork, scope: AccountScope, ticket_id: int) -> Ticket:
    """A ticket, or the one that stands for it, locked. `NotFound`."""
    standing = views.ticket(unit, scope, ticket_id)
    return views.there(unit.one(store.LOCK, account_id=scope.account_id, id_=standing.id))


def _write(unit: UnitOfWork, scope: AccountScope, before: Ticket, after: Draft) -> None:
    unit.run(
        store.CHANGE,
        account_id=scope.account_id,
        id_=before.id,
        **{f"{name}_": value for name, value in _columns(after).items()},
        now=unit.now,
        closed_at_=rules.closed_at(before, after.stage, unit.now),
    )


def _columns(draft: Draft) -> dict[str, object]:
    return {
        "subject": draft.subject,
        "content": draft.content,
        "stage": draft.stage.value,
        "priority": draft.priority.value if draft.priority else None,
        "owner_user_id": draft.owner_user_id,
        "contact_id": draft.contact_id,
        "conversation_id": draft.conversation_id,
        "properties": json.dumps(draft.properties),
    }


def _checked(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, draft: Draft, before: Draft | None
) -> Draft:
    """What is new in a draft exists for this user; the conversation's contact fills in where none is named."""
    owner = draft.owner_user_id
    if owner is not None and (before is None or before.owner_user_id != owner):
        card = accounts.user_cards(unit, scope, [owner]).get(owner)
        if card is None or not card.is_active:
            raise Invalid({"owner_user_id": "no such user"})
    contact_id, conversation_id = draft.contact_id, draft.conversation_id
    if contact_id is not None and (before is None or before.contact_id != contact_id):
        card = _or_invalid("contact_id", lambda: people.contact_card(unit, scope, contact_id))
        draft = replace(draft, contact_id=card.id)
    if conversation_id is None or (before is not None and before.conversation_id == conversation_id):
        return draft
    found = _or_invalid(
        "conversation_id", lambda: conversations.of_agent(unit, scope, actor.user_id, conversation_id)
    )
    unit.lock("tickets", scope.account_id, conversation_id)
    if views.of_conversation(unit, scope, conversation_id) is not None:
        raise rules.HasTicket(fields={"conversation_id": "this conversation has a ticket"})
    return replace(draft, contact_id=draft.contact_id or found.state.contact_id)


def _or_invalid(field: str, look: Callable[[], Found]) -> Found:
    """What is there; what is not, or not for this user, is the fault of the field that names it."""
    try:
        return look()
    except NotFound:
        raise Invalid({field: "there is none such"}) from None
