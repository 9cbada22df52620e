"""What was said with one becomes what was said with another, because they have turned out to be one person.

An anonymous visitor's words become those of the visitor who has proven who they are, on the same device. When agents
merge two contacts, conversations only say with whom they are: their visitor stays, and so does who reads them.
"""

from msgspec.structs import replace

from pocketdesk.consent import actions as consent
from pocketdesk.conversations import rules, store, views
from pocketdesk.conversations.actions import turn
from pocketdesk.conversations.events import HistoryJoined
from pocketdesk.conversations.model import SYSTEM, ContactCard
from pocketdesk.files import actions as files
from pocketdesk.help_center import actions as help_center
from pocketdesk.jobs import Job
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import views as people
from pocketdesk.storage import UnitOfWork
from pocketdesk.surveys import actions as surveys

JOIN = "conversations.join"
HAND_OVER = "conversations.hand_over"
JOINED_AT_ONCE = 20


def join_history(
    unit: UnitOfWork, scope: AccountScope, visitor_id: int, to_visitor_id: int, contact_id: int
) -> None:
    """Gives an anonymous visitor's conversations, files, consents, answers and votes to the one who is that contact.

    Conversations that are known as somebody else's stay where they are: only agents read those on. So do those of a
    contact into which others were merged: they may be of another of its addresses than the one that was proven. Many
    are joined later, by a job.
    """
    contact = views.contact(unit, scope, contact_id, to_visitor_id)
    if contact is None:
        return
    files.give(unit, scope, visitor_id, to_visitor_id)
    consent.give(unit, scope, visitor_id, to_visitor_id)
    surveys.give(unit, scope, visitor_id, to_visitor_id)
    help_center.give(unit, scope, visitor_id, to_visitor_id)
    if contact.email is not None:
        consent.learn_email(unit, scope, to_visitor_id, contact_id, contact.email)
    rows = unit.all(
        store.JOINABLE,
        account_id=scope.account_id,
        visitor_id_=visitor_id,
        contact_id_=None if people.further(unit, scope, [contact.id]) else contact.id,
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


def hand_over(unit: UnitOfWork, scope: AccountScope, contact_id: int, to_contact_id: int) -> None:
    """Makes a contact's conversations those of another, the newest first; many are handed over later, by a job."""
    rows = unit.all(
        store.OF_CONTACT, account_id=scope.account_id, contact_id_=contact_id, limit=JOINED_AT_ONCE + 1
    )
    for (conversation_id,) in rows[:JOINED_AT_ONCE]:
        found = turn.take_for_system(unit, scope, conversation_id)
        contact = views.contact(unit, scope, to_contact_id, found.visitor_id) if found else None
        if found is not None and contact is not None:
            taken = rules.take_turn(found.state, rules.Associate(contact.id), unit.now)
            turn.write(unit, scope, found, taken, SYSTEM, contact=contact)
    if len(rows) > JOINED_AT_ONCE:
        facts = {"contact_id": contact_id, "to_contact_id": to_contact_id}
        unit.enqueue(Job(scope.account_id, HAND_OVER, f"{contact_id}:{rows[-1][0]}", facts))
