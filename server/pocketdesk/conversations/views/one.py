"""One conversation, for those who may see it."""

import json
from collections.abc import Collection, Sequence
from typing import cast

from sqlalchemy import Select, select

from pocketdesk.chatflows import views as chatflows
from pocketdesk.conversations import store
from pocketdesk.conversations.model import (
    AgentConversation,
    Conversation,
    Cursors,
    Entry,
    Message,
    Named,
    Notice,
    Person,
    Posted,
    VisitorConversation,
)
from pocketdesk.conversations.views.lists import rows_of
from pocketdesk.conversations.views.nouns import Names, contact, to_conversation
from pocketdesk.inboxes import views as inboxes
from pocketdesk.kernel import text
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import views as people
from pocketdesk.storage import Reader
from pocketdesk.storage.statement import Row

MOST_CONVERSATIONS = 20
VISITOR_WINDOW = 30
AGENT_WINDOW = 50
MOST_EARLIER = 10
MOST_WITH_FILES = 1_000
_LAST = 2**62


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


def of_account(reader: Reader, scope: AccountScope, conversation_id: int) -> Conversation:
    """Any conversation of the account, for what stands above agents and visitors; `NotFound` if there is none such."""
    table = store.conversation
    row = reader.one(
        store.CONVERSATIONS.where(table.c.account_id == scope.account_id, table.c.id == conversation_id)
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


def posted_before(
    reader: Reader, scope: AccountScope, visitor_id: int, client_message_id: str
) -> Posted | None:
    """Where a message of this client's id landed, in whatever conversation of the visitor."""
    row = reader.one(
        store.FIND_MESSAGE,
        account_id=scope.account_id,
        visitor_id_=visitor_id,
        client_message_id_=client_message_id,
    )
    return Posted(*row) if row else None


def channel_accounts(
    reader: Reader, scope: AccountScope, conversation_ids: Collection[int]
) -> dict[int, int]:
    """Through which channel conversations came, by their ids, in one query."""
    if not conversation_ids:
        return {}
    table = store.conversation
    query = store.CHANNEL_ACCOUNTS.where(
        table.c.account_id == scope.account_id, table.c.id.in_(conversation_ids)
    )
    return dict(cast("list[tuple[int, int]]", reader.all(query)))


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
    names = Names(reader, scope)
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
    names = Names(reader, scope)
    names.want_entries(page)
    return found, _for_visitor(names, page), has_more


def file_ids_for_visitor(
    reader: Reader, scope: AccountScope, visitor_id: int, conversation_id: int
) -> frozenset[int]:
    """The files in the messages of one of the visitor's conversations. Those in comments are not among them."""
    of_visitor(reader, scope, visitor_id, conversation_id)
    rows = reader.all(
        store.WITH_FILES, account_id=scope.account_id, id_=conversation_id, limit=MOST_WITH_FILES
    )
    contents = (text.from_json(json.loads(content)) for (content,) in rows)
    return frozenset(id_ for content in contents for id_ in content.file_ids)


def _visitor_conversation(
    reader: Reader,
    scope: AccountScope,
    names: Names,
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


def _for_visitor(names: Names, page: Sequence[Row]) -> tuple[Message | Notice, ...]:
    entries = map(names.entry, page)
    return tuple(entry for entry in entries if isinstance(entry, Message | Notice))


def unread(reader: Reader, scope: AccountScope, conversation_id: int, read_seq: int) -> int:
    """How many messages of agents come after a visitor's cursor."""
    row = reader.one(store.UNREAD, account_id=scope.account_id, id_=conversation_id, read_seq_=read_seq)
    return row[0] if row else 0


def unread_of_visitor(reader: Reader, scope: AccountScope, visitor_id: int) -> tuple[int, int]:
    """In how many conversations of a visitor there are unread messages of agents, and how many messages."""
    row = reader.one(store.UNREAD_OF_VISITOR, account_id=scope.account_id, visitor_id_=visitor_id)
    return (row[0], row[1]) if row else (0, 0)


def unread_messages(reader: Reader, scope: AccountScope, found: Conversation) -> tuple[Message, ...]:
    """The newest messages of agents that the visitor has not read, oldest first."""
    rows = reader.all(store.CURSORS, account_id=scope.account_id, id_=found.id)
    read_seq = max((row[3] for row in rows if row[0] == "visitor"), default=0)
    page, _ = _page_rows(reader, scope, found.id, _LAST, VISITOR_WINDOW, visitor=True)
    names = Names(reader, scope)
    names.want_entries(page)
    return tuple(
        each
        for each in _for_visitor(names, page)
        if isinstance(each, Message) and each.author.kind == "agent" and each.seq > read_seq
    )


def ids_of_visitors_query(account_id: int, visitor_ids: Collection[int]) -> Select[tuple[int]]:
    """The ids of some visitors' conversations, as SQL to be part of another feature's statement."""
    table = store.conversation
    return select(table.c.id).where(table.c.account_id == account_id, table.c.visitor_id.in_(visitor_ids))


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
    names = Names(reader, scope)
    names.want_entries(page)
    names.want_assignees([found.state.assignee])
    inbox = inboxes.inbox_cards(reader, scope, [found.inbox_id])[found.inbox_id]
    channel = inboxes.channel_cards(reader, scope, [found.channel_account_id])[found.channel_account_id]
    flow_id = found.chatflow_id
    name, takes_answers = None, True
    if found.channel_kind == "custom":
        takes_answers = inboxes.takes_answers(reader, scope, channel.id)
        name = people.visitor_cards(reader, scope, [found.visitor_id])[found.visitor_id].name
    flow = Named(flow_id, chatflows.names(reader, scope, [flow_id])[flow_id]) if flow_id is not None else None
    return AgentConversation(
        found,
        Named(inbox.id, inbox.name),
        Named(channel.id, channel.name),
        takes_answers,
        flow,
        names.assignee(found.state.assignee),
        contact(reader, scope, found.state.contact_id, found.visitor_id),
        name,
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
    names = Names(reader, scope)
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
        contact(reader, scope, found.state.contact_id, found.visitor_id),
        tuple(rows[id_] for id_ in ids),
    )


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
