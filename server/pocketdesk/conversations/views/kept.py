"""Conversations by age, with how they are kept: for programs that go through all of them."""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import and_, or_, tuple_

from pocketdesk.conversations import store
from pocketdesk.conversations.model import Cursors, Entry, Kept, Which
from pocketdesk.conversations.views.nouns import to_conversation
from pocketdesk.conversations.views.whole import entries_after
from pocketdesk.kernel.page import Page, from_cursor, to_page
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Reader
from pocketdesk.storage.statement import Row


def kept(reader: Reader, scope: AccountScope, user_id: int, conversation_id: int) -> Kept:
    """A conversation of one of the agent's inboxes; `NotFound` for any other."""
    row = reader.one(store.KEPT_ONE, account_id=scope.account_id, id_=conversation_id, user_id=user_id)
    if row is None:
        raise NotFound
    return _kept(row)


def kept_page(
    reader: Reader,
    scope: AccountScope,
    user_id: int,
    which: Which,
    limit: int,
    after: str | None = None,
    *,
    by_activity: bool = False,
    descending: bool = False,
) -> Page[Kept]:
    """Conversations of the agent's inboxes by id, or by their last activity."""
    table = store.conversation
    query = store.KEPT.where(
        table.c.archived_at.is_not(None) if which.archived else table.c.archived_at.is_(None)
    )
    if which.inbox_id is not None:
        query = query.where(table.c.inbox_id == which.inbox_id)
    if which.person_id is not None:
        unknown = and_(table.c.contact_id.is_(None), table.c.visitor_id == which.person_id)
        query = query.where(or_(table.c.contact_id == which.person_id, unknown))
    if which.status is not None:
        query = query.where(table.c.status == which.status.value)
    if which.active_after is not None:
        query = query.where(table.c.last_activity_at > which.active_after)
    if which.conversation_ids is not None:
        query = query.where(table.c.id.in_(which.conversation_ids))
    columns = (table.c.last_activity_at, table.c.id) if by_activity else (table.c.id,)
    if after is not None:
        place = tuple_(*cast("tuple[int, ...]", from_cursor(after, *(int for _ in columns))))
        query = query.where(tuple_(*columns) < place if descending else tuple_(*columns) > place)
    order = [each.desc() if descending else each.asc() for each in columns]
    rows = reader.all(query.order_by(*order).limit(limit + 1), account_id=scope.account_id, user_id=user_id)
    return to_page(
        [_kept(row) for row in rows],
        limit,
        lambda found: (
            (found.conversation.state.last_activity_at, found.conversation.id)
            if by_activity
            else (found.conversation.id,)
        ),
    )


def entry(reader: Reader, scope: AccountScope, conversation_id: int, seq: int) -> Entry:
    """One entry; `NotFound` if there is none such. The caller has checked who may see the conversation."""
    found: Sequence[Entry] = entries_after(reader, scope, conversation_id, seq - 1, 1)
    if not found or found[0].seq != seq:
        raise NotFound
    return found[0]


def visitor_cursors(reader: Reader, scope: AccountScope, conversation_id: int) -> Cursors:
    """How far the visitor has received and read."""
    rows = reader.all(store.CURSORS, account_id=scope.account_id, id_=conversation_id)
    return next((Cursors(row[2], row[3]) for row in rows if row[0] == "visitor"), Cursors())


def _kept(row: Row) -> Kept:
    return Kept(to_conversation(row), row[-2], row[-1])
