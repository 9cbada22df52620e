"""Whole conversations, for copies and erasures of what is kept of a person. Callers have checked the right to them."""

from collections.abc import Collection

from pocketdesk.conversations import store
from pocketdesk.conversations.model import Conversation, Entry
from pocketdesk.conversations.views.nouns import Names, to_conversation
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Reader


def of_person(
    reader: Reader, scope: AccountScope, person_id: int, after: int, limit: int
) -> tuple[Conversation, ...]:
    """Conversations of a visitor or a contact, by id."""
    rows = reader.all(
        store.OF_PERSON, account_id=scope.account_id, person_id_=person_id, after=after, limit=limit
    )
    return tuple(map(to_conversation, rows))


def number_of_person(reader: Reader, scope: AccountScope, person_id: int) -> int:
    """How many conversations a visitor or a contact has."""
    row = reader.one(store.NUMBER_OF_PERSON, account_id=scope.account_id, person_id_=person_id)
    return row[0] if row else 0


def entries_after(
    reader: Reader, scope: AccountScope, conversation_id: int, after: int, limit: int
) -> tuple[Entry, ...]:
    """Entries of every kind after a seq, oldest first."""
    rows = reader.all(store.WHOLE, account_id=scope.account_id, id_=conversation_id, after=after, limit=limit)
    rows = sorted(rows, key=lambda row: row[1])[:limit]
    names = Names(reader, scope)
    names.want_entries(rows)
    return tuple(map(names.entry, rows))


def closed_before(
    reader: Reader, scope: AccountScope, before: int, after: tuple[int, int], limit: int
) -> tuple[tuple[int, int], ...]:
    """Closed_at and id of conversations that were closed before a moment and still have words, oldest first."""
    rows = reader.all(
        store.CLOSED_BEFORE,
        account_id=scope.account_id,
        before=before,
        after=after[0],
        after_id=after[1],
        limit=limit,
    )
    return tuple((row[0], row[1]) for row in rows)


def visitors_of_contacts(
    reader: Reader, scope: AccountScope, contact_ids: Collection[int], after: int, limit: int
) -> tuple[int, ...]:
    """Ids of visitors in conversations of some contacts, in order."""
    query = store.VISITORS_OF_CONTACTS.where(store.conversation.c.contact_id.in_(contact_ids))
    rows = reader.all(query, account_id=scope.account_id, after=after, limit=limit)
    return tuple(row[0] for row in rows)


def contacts_of_visitors(
    reader: Reader, scope: AccountScope, visitor_ids: Collection[int]
) -> dict[int, frozenset[int]]:
    """Who visitors turned out to be in any of their conversations; nobody knows of those that are missing."""
    if not visitor_ids:
        return {}
    query = store.CONTACTS_OF_VISITORS.where(store.conversation.c.visitor_id.in_(visitor_ids))
    found: dict[int, frozenset[int]] = {}
    for visitor_id, contact_id in reader.all(query, account_id=scope.account_id):
        found[visitor_id] = found.get(visitor_id, frozenset()) | {contact_id}
    return found
