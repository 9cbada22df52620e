"""What others read of tickets."""

import json
from collections.abc import Collection

from sqlalchemy import func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from pocketdesk.conversations import views as conversations
from pocketdesk.kernel.page import Page, from_cursor, to_page
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Reader
from pocketdesk.storage.statement import Row
from pocketdesk.tickets import store
from pocketdesk.tickets.model import Draft, Priority, Stage, Ticket, Which

_LAST = 2**62


def ticket(reader: Reader, scope: AccountScope, ticket_id: int) -> Ticket:
    """One ticket; `NotFound` if the account has none such. A merged one leads to the one that stands for it."""
    row = reader.one(store.FIND, account_id=scope.account_id, id_=ticket_id)
    return there(row[1:] if row else None)


def tickets(
    reader: Reader, scope: AccountScope, which: Which, limit: int, after: str | None = None
) -> Page[Ticket]:
    """Tickets, newest first."""
    before, before_id = from_cursor(after, int, int) if after else (_LAST, _LAST)
    query, table = store.PAGE, store.ticket
    if which.stage is not None:
        query = query.where(table.c.stage == which.stage.value)
    if which.contact_id is not None:
        query = query.where(table.c.contact_id == which.contact_id)
    rows = reader.all(
        query,
        account_id=scope.account_id,
        archived=which.archived,
        before=before,
        before_id=before_id,
        limit=limit + 1,
    )
    return to_page([to_ticket(row) for row in rows], limit, lambda each: (each.created_at, each.id))


def tickets_by_id(reader: Reader, scope: AccountScope, ids: Collection[int]) -> dict[int, Ticket]:
    """Those of the tickets that there are, archived ones too, by the id that was asked for, in one query."""
    if not ids:
        return {}
    table = store.asked
    query = store.TICKETS.where(table.c.account_id == scope.account_id, table.c.id.in_(ids))
    return {row[0]: to_ticket(row[1:]) for row in reader.all(query)}


def of_conversation(reader: Reader, scope: AccountScope, conversation_id: int) -> Ticket | None:
    """The ticket that came from a conversation, or that stands for it now."""
    row = reader.one(store.OF_CONVERSATION, account_id=scope.account_id, conversation_id_=conversation_id)
    return to_ticket(row[1:]) if row else None


def conversation_ids(
    reader: Reader, scope: AccountScope, ticket_id: int, limit: int, after: str | None = None
) -> Page[int]:
    """The conversations of a ticket and of those that were merged into it."""
    (last,) = from_cursor(after, int) if after else (0,)
    rows = reader.all(
        store.CONVERSATIONS, account_id=scope.account_id, id_=ticket_id, after=last, limit=limit + 1
    )
    ids = [row[0] for row in rows]
    return to_page(ids, limit, lambda id_: (id_,))


def of_people(reader: Reader, scope: AccountScope, person_ids: Collection[int]) -> tuple[Ticket, ...]:
    """All tickets of some contacts and visitors, by conversation too, archived ones too, oldest first."""
    query = store.OF_PEOPLE.where(of_people_clause(scope, person_ids))
    return tuple(to_ticket(row) for row in reader.all(query, account_id=scope.account_id))


def of_people_clause(scope: AccountScope, person_ids: Collection[int]) -> ColumnElement[bool]:
    """Whether a ticket is for one of these people, or came from a conversation of theirs, as SQL.

    Or a ticket that was merged with it: what was said of them may stand in either.
    """
    table = store.asked
    theirs = select(func.coalesce(table.c.merged_into_id, table.c.id)).where(
        table.c.account_id == scope.account_id,
        or_(
            table.c.contact_id.in_(person_ids),
            table.c.conversation_id.in_(conversations.ids_of_visitors_query(scope.account_id, person_ids)),
        ),
    )
    return store.STANDING.in_(theirs)


def there(row: Row | None) -> Ticket:
    """The ticket of a row; `NotFound` without one."""
    if row is None:
        raise NotFound
    return to_ticket(row)


def to_ticket(row: Row) -> Ticket:
    """A row of a ticket's columns."""
    id_, subject, content, stage, priority, owner, contact_id, conversation_id, properties, *times = row
    draft = Draft(
        subject,
        content,
        Stage(stage),
        Priority(priority) if priority else None,
        owner,
        contact_id,
        conversation_id,
        json.loads(properties),
    )
    return Ticket(id_, draft, *times)
