"""Lists of conversations, and how many there are."""

from collections.abc import Collection, Iterable
from typing import Any, cast

from sqlalchemy import or_

from pocketdesk.accounts.rules.words import color_of
from pocketdesk.conversations import store
from pocketdesk.conversations.model import (
    AssignedUser,
    Assignee,
    Counts,
    Filters,
    ListRow,
    Nobody,
    Status,
    View,
)
from pocketdesk.conversations.views.nouns import (
    Names,
    assignee_columns,
    to_assignee,
    to_contact,
    to_conversation,
)
from pocketdesk.inboxes import views as inboxes
from pocketdesk.kernel.page import Page, from_cursor, to_page
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import views as people
from pocketdesk.storage import Reader
from pocketdesk.storage.statement import Row

LIST_WINDOW = 50
LONGEST_LAST_WORDS = 120
_LAST = 2**62


def list_page(
    reader: Reader,
    scope: AccountScope,
    user_id: int,
    view: View,
    inbox_id: int | None = None,
    limit: int = LIST_WINDOW,
) -> tuple[tuple[ListRow, ...], bool]:
    """The top of a view over the agent's inboxes (or one of them), newest activity first; whether there is more.

    `NotFound` for an inbox that the agent does not see.
    """
    place: dict[str, object] = {
        "account_id": scope.account_id,
        "before": _LAST,
        "before_id": _LAST,
        "limit": limit + 1,
    }
    if view is View.MINE:
        place["user_id"] = user_id
    keys: list[Row] = []
    for each in _inboxes(reader, scope, user_id, inbox_id):
        for stretch in store.LISTS[view]:
            keys += reader.all(stretch, **place, inbox_id_=each)
    keys.sort(reverse=True)
    ids = [id_ for _, id_ in keys[:limit]]
    rows = rows_of(reader, scope, ids)
    return tuple(rows[id_] for id_ in ids), len(keys) > limit


def conversations(
    reader: Reader,
    scope: AccountScope,
    user_id: int,
    filters: Filters,
    limit: int,
    after: str | None = None,
) -> Page[ListRow]:
    """Conversations of the agent's inboxes, newest activity first."""
    before, before_id = from_cursor(after, int, int) if after else (_LAST, _LAST)
    query = _filtered(filters, user_id)
    keys: list[Row] = []
    for each in _inboxes(reader, scope, user_id, filters.inbox_id):
        keys += reader.all(
            query,
            account_id=scope.account_id,
            inbox_id_=each,
            before=before,
            before_id=before_id,
            limit=limit + 1,
        )
    keys.sort(reverse=True)
    page = to_page(keys, limit, lambda key: (key[0], key[1]))
    rows = rows_of(reader, scope, [id_ for _, id_ in page.items])
    return Page(tuple(rows[id_] for _, id_ in page.items), page.after)


def rows_of(reader: Reader, scope: AccountScope, ids: Collection[int]) -> dict[int, ListRow]:
    """Lines of lists by conversation, in a fixed number of queries. The caller has checked who may see them."""
    if not ids:
        return {}
    table = store.conversation
    found = reader.all(store.ROWS.where(table.c.account_id == scope.account_id, table.c.id.in_(ids)))
    known = [(to_conversation(row), row[-2], row[-1]) for row in found]
    names = Names(reader, scope)
    names.want_assignees(each.state.assignee for each, _, _ in known)
    contact_ids = {each.state.contact_id for each, _, _ in known} - {None}
    contacts = people.contact_cards(reader, scope, cast("set[int]", contact_ids))
    visitors = people.visitor_cards(reader, scope, {each.visitor_id for each, _, _ in known})
    rows: dict[int, ListRow] = {}
    for each, author_kind, words in known:
        card = to_contact(contacts, each.state.contact_id, each.visitor_id)
        visitor = visitors[each.visitor_id]
        rows[each.id] = ListRow(
            each,
            names.assignee(each.state.assignee),
            card.name or card.email if card else visitor.name,
            card is not None and card.verified,
            color_of(each.state.contact_id or each.visitor_id),
            " ".join(words.split())[:LONGEST_LAST_WORDS],
            author_kind,
            visitor.platform,
        )
    return rows


def belongs(row: ListRow, view: View, user_id: int) -> bool:
    """Whether a line stands in a view of an agent who sees its inbox."""
    state = row.conversation.state
    if view is View.CLOSED:
        return state.status is Status.CLOSED
    if state.status is not Status.OPEN:
        return False
    match view:
        case View.UNASSIGNED:
            return isinstance(state.assignee, Nobody)
        case View.MINE:
            return state.assignee == AssignedUser(user_id)
        case View.MOBILE | View.WEB:
            return row.conversation.channel_kind == view.value
        case _:
            return True


def inbox_counts(
    reader: Reader, scope: AccountScope, inbox_ids: Iterable[int]
) -> dict[int, list[tuple[Assignee, int]]]:
    """How many open conversations each assignee has, by inbox."""
    return {
        inbox_id: [
            (to_assignee(kind, id_), number)
            for kind, id_, number in reader.all(store.COUNTS, account_id=scope.account_id, inbox_id_=inbox_id)
        ]
        for inbox_id in inbox_ids
    }


def counts(found: dict[int, list[tuple[Assignee, int]]], inbox_ids: Iterable[int], user_id: int) -> Counts:
    """The numbers that an agent with these inboxes sees."""
    unassigned = mine = 0
    by_inbox: dict[int, int] = {}
    me = AssignedUser(user_id)
    for inbox_id in sorted(inbox_ids):
        by_inbox[inbox_id] = sum(number for _, number in found[inbox_id])
        for assignee, number in found[inbox_id]:
            unassigned += number if assignee == Nobody() else 0
            mine += number if assignee == me else 0
    return Counts(unassigned, mine, sum(by_inbox.values()), by_inbox)


def _inboxes(reader: Reader, scope: AccountScope, user_id: int, inbox_id: int | None) -> frozenset[int]:
    seen = inboxes.inboxes_of(reader, scope, user_id)
    if inbox_id is None:
        return seen
    if inbox_id not in seen:
        raise NotFound
    return frozenset({inbox_id})


def _filtered(filters: Filters, user_id: int) -> Any:
    table = store.conversation
    query = store.FILTERED
    match filters.view:
        case View.CLOSED:
            query = query.where(table.c.status == "closed")
        case View():
            query = query.where(table.c.status == "open")
        case None:
            pass
    match filters.view:
        case View.UNASSIGNED:
            query = query.where(table.c.assignee_kind == "nobody")
        case View.MINE:
            query = query.where(table.c.assignee_kind == "user", table.c.assignee_id == user_id)
        case View.MOBILE | View.WEB:
            query = query.where(table.c.channel_kind == filters.view.value)
        case _:
            pass
    if filters.status is not None:
        query = query.where(table.c.status == filters.status.value)
    if filters.channel_kind is not None:
        query = query.where(table.c.channel_kind == filters.channel_kind)
    if filters.assignee is not None:
        kind, id_ = assignee_columns(filters.assignee)
        query = query.where(table.c.assignee_kind == kind, table.c.assignee_id == id_)
    if filters.contact_id is not None:
        query = query.where(table.c.contact_id == filters.contact_id)
    if filters.active_from is not None:
        query = query.where(table.c.last_activity_at >= filters.active_from)
    if filters.active_to is not None:
        query = query.where(table.c.last_activity_at < filters.active_to)
    if words := " ".join(filters.search.split()):
        contact_ids = people.contact_ids_query(table.c.account_id, words)
        query = query.where(or_(store.last_words_contain(words), table.c.contact_id.in_(contact_ids)))
    return query
