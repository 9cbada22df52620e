"""What others read of conversations. Agents see those of their inboxes, visitors their own; others do not exist."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from sqlalchemy import or_

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.model import TeamCard, UserCard
from pocketdesk.accounts.rules.words import color_of, initials_of
from pocketdesk.chatflows import views as chatflows
from pocketdesk.conversations import store
from pocketdesk.conversations.events import (
    CommentPosted,
    ContactAssociated,
    ConversationAssigned,
    ConversationClosed,
    ConversationReopened,
    ConversationStarted,
    MessagePosted,
)
from pocketdesk.conversations.model import (
    SYSTEM,
    AgentConversation,
    AssignedTeam,
    AssignedUser,
    Assignee,
    Author,
    Comment,
    ContactCard,
    Conversation,
    Counts,
    Cursors,
    EnclosedEntry,
    EnclosedStart,
    Entry,
    Filters,
    ListRow,
    Message,
    Named,
    NamedAssignee,
    Nobody,
    Notice,
    NoticeKind,
    Person,
    State,
    Status,
    View,
    VisitorConversation,
)
from pocketdesk.inboxes import views as inboxes
from pocketdesk.kernel.events import Recorded
from pocketdesk.kernel.page import Page, from_cursor, to_page
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import views as people
from pocketdesk.people.model import ContactCard as PeopleCard
from pocketdesk.storage import Reader
from pocketdesk.storage.statement import Row

MOST_CONVERSATIONS = 20
VISITOR_WINDOW = 30
AGENT_WINDOW = 50
LIST_WINDOW = 50
MOST_EARLIER = 10
LONGEST_LAST_WORDS = 120
_LAST = 2**62

# One conversation, for those who may see it.


def of_agent(reader: Reader, scope: AccountScope, user_id: int, conversation_id: int) -> Conversation:
    """A conversation of one of the agent's inboxes; `NotFound` for any other."""
    row = reader.one(store.AGENT_FINDS, account_id=scope.account_id, id_=conversation_id, user_id=user_id)
    if row is None:
        raise NotFound
    return to_conversation(row)


def of_visitor(reader: Reader, scope: AccountScope, visitor_id: int, conversation_id: int) -> Conversation:
    """One of the visitor's own conversations; `NotFound` for any other."""
    row = reader.one(
        store.VISITOR_FINDS, account_id=scope.account_id, id_=conversation_id, visitor_id_=visitor_id
    )
    if row is None:
        raise NotFound
    return to_conversation(row)


def conversation_ids_of_visitor(reader: Reader, scope: AccountScope, visitor_id: int) -> list[int]:
    """Ids of the conversations that the visitor's stream shows."""
    rows = reader.all(
        store.OF_VISITOR, account_id=scope.account_id, visitor_id_=visitor_id, limit=MOST_CONVERSATIONS
    )
    return [row[0] for row in rows]


# The visitor's side.


def visitor_conversations(
    reader: Reader, scope: AccountScope, visitor_id: int
) -> tuple[VisitorConversation, ...]:
    """The visitor's newest conversations, newest first, each with its newest messages."""
    rows = reader.all(
        store.OF_VISITOR, account_id=scope.account_id, visitor_id_=visitor_id, limit=MOST_CONVERSATIONS
    )
    found = [to_conversation(row) for row in rows]
    pages = [_page_rows(reader, scope, each.id, _LAST, VISITOR_WINDOW, visitor=True) for each in found]
    names = _Names(reader, scope)
    names.want_entries(row for page, _ in pages for row in page)
    names.want_assignees(each.state.assignee for each in found)
    return tuple(
        _visitor_conversation(reader, scope, names, each, page, has_more=has_more)
        for each, (page, has_more) in zip(found, pages, strict=True)
    )


def visitor_entries(
    reader: Reader,
    scope: AccountScope,
    visitor_id: int,
    conversation_id: int,
    before: int | None,
    limit: int,
) -> tuple[Conversation, tuple[Message | Notice, ...], bool]:
    """Older messages of one of the visitor's conversations, oldest first, and whether there are still older ones."""
    found = of_visitor(reader, scope, visitor_id, conversation_id)
    page, has_more = _page_rows(reader, scope, found.id, before or _LAST, limit, visitor=True)
    names = _Names(reader, scope)
    names.want_entries(page)
    return found, _for_visitor(names, page), has_more


def _visitor_conversation(
    reader: Reader,
    scope: AccountScope,
    names: "_Names",
    found: Conversation,
    page: Sequence[Row],
    *,
    has_more: bool,
) -> VisitorConversation:
    own = theirs = Cursors()
    for kind, _, received_seq, read_seq in reader.all(
        store.CURSORS, account_id=scope.account_id, id_=found.id
    ):
        if kind == "visitor":
            own = Cursors(received_seq, read_seq)
        else:
            theirs = Cursors(max(theirs.received_seq, received_seq), max(theirs.read_seq, read_seq))
    return VisitorConversation(
        found,
        names.assignee(found.state.assignee),
        _for_visitor(names, page),
        has_more,
        own,
        theirs,
        unread(reader, scope, found.id, own.read_seq),
    )


def _for_visitor(names: "_Names", page: Sequence[Row]) -> tuple[Message | Notice, ...]:
    entries = map(names.entry, page)
    return tuple(entry for entry in entries if isinstance(entry, Message | Notice))


def unread(reader: Reader, scope: AccountScope, conversation_id: int, read_seq: int) -> int:
    """How many messages of agents come after a visitor's cursor."""
    row = reader.one(store.UNREAD, account_id=scope.account_id, id_=conversation_id, read_seq_=read_seq)
    return row[0] if row else 0


# The agents' side.


def agent_conversation(
    reader: Reader, scope: AccountScope, user_id: int, conversation_id: int
) -> AgentConversation:
    """A conversation with its newest entries, as one of the inbox's agents sees it; `NotFound` for others."""
    found = of_agent(reader, scope, user_id, conversation_id)
    page, has_more = _page_rows(reader, scope, found.id, _LAST, AGENT_WINDOW)
    visitor = own = Cursors()
    for kind, participant_id, received_seq, read_seq in reader.all(
        store.CURSORS, account_id=scope.account_id, id_=found.id
    ):
        if kind == "visitor":
            visitor = Cursors(received_seq, read_seq)
        elif participant_id == user_id:
            own = Cursors(received_seq, read_seq)
    names = _Names(reader, scope)
    names.want_entries(page)
    names.want_assignees([found.state.assignee])
    inbox = inboxes.inbox_cards(reader, scope, [found.inbox_id])[found.inbox_id]
    channel = inboxes.channel_cards(reader, scope, [found.channel_account_id])[found.channel_account_id]
    chatflow = chatflows.names(reader, scope, [found.chatflow_id])[found.chatflow_id]
    return AgentConversation(
        found,
        Named(inbox.id, inbox.name),
        Named(channel.id, channel.name),
        Named(found.chatflow_id, chatflow),
        names.assignee(found.state.assignee),
        contact(reader, scope, found.state.contact_id),
        tuple(map(names.entry, page)),
        has_more,
        visitor,
        own,
    )


def timeline(
    reader: Reader,
    scope: AccountScope,
    user_id: int,
    conversation_id: int,
    before: int | None,
    limit: int,
) -> tuple[tuple[Entry, ...], bool]:
    """Older entries of a conversation, oldest first, and whether there are still older ones."""
    found = of_agent(reader, scope, user_id, conversation_id)
    page, has_more = _page_rows(reader, scope, found.id, before or _LAST, limit)
    names = _Names(reader, scope)
    names.want_entries(page)
    return tuple(map(names.entry, page)), has_more


def person(reader: Reader, scope: AccountScope, user_id: int, conversation_id: int) -> Person:
    """Who a conversation is with, and the conversations before that the agent may see."""
    found = of_agent(reader, scope, user_id, conversation_id)
    visitor = people.visitor(reader, scope, found.visitor_id)
    key = {
        "account_id": scope.account_id,
        "id_": found.id,
        "user_id": user_id,
        "limit": MOST_EARLIER,
    }
    keys = reader.all(store.EARLIER_OF_VISITOR, **key, visitor_id_=found.visitor_id)
    if found.state.contact_id is not None:
        keys += reader.all(store.EARLIER_OF_CONTACT, **key, contact_id_=found.state.contact_id)
    ids = list(dict.fromkeys(id_ for _, id_ in sorted(keys, reverse=True)))[:MOST_EARLIER]
    rows = rows_of(reader, scope, ids)
    return Person(
        found.visitor_id,
        visitor.card.created_at,
        visitor.properties,
        contact(reader, scope, found.state.contact_id),
        tuple(rows[id_] for id_ in ids),
    )


def contact(reader: Reader, scope: AccountScope, contact_id: int | None) -> ContactCard | None:
    """The card of a conversation's contact."""
    if contact_id is None:
        return None
    return _contact(people.contact_cards(reader, scope, [contact_id]), contact_id)


def _contact(cards: dict[int, PeopleCard], contact_id: int | None) -> ContactCard | None:
    card = cards.get(contact_id) if contact_id is not None else None
    return ContactCard(card.id, card.name, card.email, card.verified) if card else None


# Lists.


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
    names = _Names(reader, scope)
    names.want_assignees(each.state.assignee for each, _, _ in known)
    contact_ids = {each.state.contact_id for each, _, _ in known} - {None}
    contacts = people.contact_cards(reader, scope, cast("set[int]", contact_ids))
    visitors = people.visitor_cards(reader, scope, {each.visitor_id for each, _, _ in known})
    rows: dict[int, ListRow] = {}
    for each, author_kind, words in known:
        card = contacts.get(each.state.contact_id or 0)
        rows[each.id] = ListRow(
            each,
            names.assignee(each.state.assignee),
            card.name or card.email if card else None,
            color_of(each.state.contact_id or each.visitor_id),
            " ".join(words.split())[:LONGEST_LAST_WORDS],
            author_kind,
            visitors[each.visitor_id].platform,
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
            (_assignee(kind, id_), number)
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


# Replayed facts.


def enclose(reader: Reader, scope: AccountScope, facts: Sequence[Recorded]) -> list[Recorded]:
    """The facts with the rows that they speak of, in a fixed number of queries. Others stay as they are."""
    places: dict[str, set[tuple[int, int]]] = {"message": set(), "comment": set(), "notice": set()}
    for recorded in facts:
        match recorded.event:
            case ConversationStarted(conversation_id=id_):
                places["message"] |= {(id_, 1), (id_, 2)}
            case MessagePosted(conversation_id=id_, seq=seq):
                places["message"].add((id_, seq))
            case CommentPosted(conversation_id=id_, seq=seq):
                places["comment"].add((id_, seq))
            case (
                ConversationAssigned(conversation_id=id_, seq=seq)
                | ConversationClosed(conversation_id=id_, seq=seq)
                | ConversationReopened(conversation_id=id_, seq=seq)
                | ContactAssociated(conversation_id=id_, seq=seq)
            ):
                places["notice"].add((id_, seq))
            case _:
                pass
    ids = {id_ for found in places.values() for id_, _ in found}
    if not ids:
        return list(facts)
    table = store.conversation
    query = store.CONVERSATIONS.where(table.c.account_id == scope.account_id, table.c.id.in_(ids))
    known = {row[0]: to_conversation(row) for row in reader.all(query)}
    rows: dict[tuple[int, int], Row] = {}
    for entries in (store.message, store.comment, store.notice):
        if wanted := places[entries.name]:
            for row in reader.all(store.entries_at(entries, wanted), account_id=scope.account_id):
                rows[row[0], row[1]] = row
    names = _Names(reader, scope)
    names.want_entries(rows.values())
    told = {place: json.loads(row[7]) for place, row in rows.items() if row[3] in _NOTICES}
    names.want_assignees(
        _assignee(each["kind"], each.get("id", 0)) for each in told.values() if "kind" in each
    )
    contacts = people.contact_cards(
        reader, scope, {each["contact_id"] for each in told.values() if "contact_id" in each}
    )
    enclosed: list[Recorded] = []
    for recorded in facts:
        event = recorded.event
        if isinstance(event, ConversationStarted):
            conversation = known[event.conversation_id]
            first = [names.entry(rows[event.conversation_id, seq]) for seq in (1, 2)]
            messages = tuple(each for each in first if isinstance(each, Message))
            enclosed.append(replace(recorded, enclosed=EnclosedStart(conversation, messages)))
        elif (place := (getattr(event, "conversation_id", 0), getattr(event, "seq", 0))) in rows:
            facts_ = told.get(place, {})
            entry = EnclosedEntry(
                names.entry(rows[place]),
                known[place[0]].shows_full_names,
                names.assignee(_assignee(facts_["kind"], facts_.get("id", 0))) if "kind" in facts_ else None,
                _contact(contacts, facts_.get("contact_id")),
            )
            enclosed.append(replace(recorded, enclosed=entry))
        else:
            enclosed.append(recorded)
    return enclosed


# From rows to nouns.


def to_conversation(row: Row) -> Conversation:
    """From `store.COLUMNS`, whatever follows them."""
    return Conversation(
        *row[:9],
        state=State(
            Status(row[9]),
            row[10],
            _assignee(row[11], row[12]),
            *row[13:20],
        ),
    )


def assignee_columns(assignee: Assignee) -> tuple[str, int]:
    """An assignee as the table keeps it: kind and id, 0 for nobody."""
    match assignee:
        case Nobody():
            return "nobody", 0
        case AssignedUser(user_id):
            return "user", user_id
        case AssignedTeam(team_id):
            return "team", team_id


def agent_author(user_id: int, name: str) -> Author:
    """A user as the author of an entry."""
    return Author("agent", user_id, name, initials_of(name), color_of(user_id))


def visitor_author(visitor_id: int) -> Author:
    """A visitor as the author of an entry."""
    return Author("visitor", visitor_id, color=color_of(visitor_id))


def named_assignee(reader: Reader, scope: AccountScope, assignee: Assignee) -> NamedAssignee:
    """An assignee with its name."""
    names = _Names(reader, scope)
    names.want_assignees([assignee])
    return names.assignee(assignee)


_NOBODY = Nobody()
_NOTICES = frozenset(NoticeKind)


def _assignee(kind: str, id_: int) -> Assignee:
    if kind == "user":
        return AssignedUser(id_)
    return AssignedTeam(id_) if kind == "team" else _NOBODY


def _page_rows(
    reader: Reader,
    scope: AccountScope,
    conversation_id: int,
    before: int,
    limit: int,
    *,
    visitor: bool = False,
) -> tuple[list[Row], bool]:
    rows = reader.all(
        store.VISITOR_TIMELINE if visitor else store.TIMELINE,
        account_id=scope.account_id,
        id_=conversation_id,
        before=before,
        limit=limit + 1,
    )
    rows.sort(key=lambda row: row[1])
    return rows[-limit:], len(rows) > limit


@dataclass(slots=True)
class _Cards:
    users: dict[int, UserCard]
    teams: dict[int, TeamCard]


class _Names:
    """Names of those who appear on a screen: first say who is wanted, then ask. One query for users, one for teams."""

    def __init__(self, reader: Reader, scope: AccountScope) -> None:
        self._reader = reader
        self._scope = scope
        self._users: set[int] = set()
        self._teams: set[int] = set()
        self._cards: _Cards | None = None

    def want_entries(self, rows: Iterable[Row]) -> None:
        self._users.update(row[5] for row in rows if row[4] == "agent")

    def want_assignees(self, assignees: Iterable[Assignee]) -> None:
        for assignee in assignees:
            match assignee:
                case AssignedUser(user_id):
                    self._users.add(user_id)
                case AssignedTeam(team_id):
                    self._teams.add(team_id)
                case Nobody():
                    pass

    def entry(self, row: Row) -> Entry:
        _, seq, at, kind, author_kind, author_id, client_message_id, content = row
        author = self._author(author_kind, author_id)
        if kind == "message":
            return Message(seq, at, author, client_message_id, content)
        if kind == "comment":
            return Comment(seq, at, author, client_message_id, content)
        return Notice(seq, at, NoticeKind(kind), author, json.loads(content))

    def assignee(self, assignee: Assignee) -> NamedAssignee:
        match assignee:
            case Nobody():
                return NamedAssignee("nobody")
            case AssignedUser(user_id):
                author = self._author("agent", user_id)
                return NamedAssignee("user", user_id, author.name, author)
            case AssignedTeam(team_id):
                return NamedAssignee("team", team_id, self._known().teams[team_id].name)

    def _author(self, kind: str, id_: int | None) -> Author:
        if kind == "agent" and id_ is not None:
            card = self._known().users[id_]
            return Author("agent", id_, card.name, card.initials, card.color)
        return visitor_author(id_) if kind == "visitor" and id_ is not None else SYSTEM

    def _known(self) -> _Cards:
        if self._cards is None:
            self._cards = _Cards(
                accounts.user_cards(self._reader, self._scope, self._users),
                accounts.team_cards(self._reader, self._scope, self._teams),
            )
        return self._cards
