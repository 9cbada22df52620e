"""What an anonymous visitor said becomes that of the visitor who has proven who they are, on the same device."""

from msgspec.structs import replace

from pocketdesk.consent import actions as consent
from pocketdesk.conversations import rules, store, views
from pocketdesk.conversations.actions import turn
from pocketdesk.conversations.events import HistoryJoined
from pocketdesk.conversations.model import ContactCard
from pocketdesk.files import actions as files
from pocketdesk.jobs import Job
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import UnitOfWork
from pocketdesk.surveys import actions as surveys

JOIN = "conversations.join"
JOINED_AT_ONCE = 20


def join_history(
    unit: UnitOfWork, scope: AccountScope, visitor_id: int, to_visitor_id: int, contact_id: int
) -> None:
    """Gives an anonymous visitor's conversations, files, consents and answers to the visitor who is that contact.

    Conversations that are known as somebody else's stay where they are: only agents read those on. Many are joined
    later, by a job.
    """
    contact = views.contact(unit, scope, contact_id, to_visitor_id)
    if contact is None:
        return
    files.give(unit, scope, visitor_id, to_visitor_id)
    consent.give(unit, scope, visitor_id, to_visitor_id)
    surveys.give(unit, scope, visitor_id, to_visitor_id)
    if contact.email is not None:
        consent.learn_email(unit, scope, to_visitor_id, contact_id, contact.email)
    rows = unit.all(
        store.JOINABLE,
        account_id=scope.account_id,
        visitor_id_=visitor_id,
        contact_id_=contact_id,
        limit=JOINED_AT_ONCE + 1,
    )
    for (conversation_id,) in rows[:JOINED_AT_ONCE]:
        _join(unit, scope, conversation_id, to_visitor_id, contact)
    if len(rows) > JOINED_AT_ONCE:
        facts = {"visitor_id": visitor_id, "to_visitor_id": to_visitor_id, "contact_id": contact_id}
        unit.enqueue(Job(scope.account_id, JOIN, f"{visitor_id}:{rows[-1][0]}", facts))


def _join(
    unit: UnitOfWork, scope: AccountScope, conversation_id: int, to_visitor_id: int, contact: ContactCard
) -> None:
    found = turn.take_for_system(unit, scope, conversation_id)
    if found is None:
        return
    place = {"account_id": scope.account_id, "id_": conversation_id, "to_visitor_id": to_visitor_id}
    unit.run(store.JOIN, **place)
    unit.run(store.JOIN_CURSOR, **place)
    joined = replace(found, visitor_id=to_visitor_id)
    taken = rules.take_turn(joined.state, rules.Associate(contact.id), unit.now)
    turn.write(unit, scope, joined, taken, views.visitor_author(to_visitor_id), contact=contact)
    unit.record(scope.account_id, HistoryJoined(conversation_id, to_visitor_id))
