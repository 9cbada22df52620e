"""What is done in conversations: find it for whoever may, ask the rules for the turn, write what they say."""

from collections.abc import Mapping

import msgspec

from pocketdesk.accounts import views as accounts
from pocketdesk.chatflows import views as chatflows
from pocketdesk.chatflows.model import Missing, ServedFlow, Unknown
from pocketdesk.conversations import rules, store, views
from pocketdesk.conversations.events import (
    CommentPosted,
    ContactAssociated,
    ConversationAssigned,
    ConversationClosed,
    ConversationReopened,
    ConversationStarted,
    CursorMoved,
    MessagePosted,
)
from pocketdesk.conversations.model import (
    SYSTEM,
    AgentActor,
    AssignedTeam,
    AssignedUser,
    Assignee,
    Author,
    Comment,
    ContactCard,
    Conversation,
    Cursors,
    EnclosedEntry,
    EnclosedStart,
    Message,
    NamedAssignee,
    Nobody,
    Notice,
    NoticeKind,
    Posted,
    State,
    Status,
    VisitorActor,
)
from pocketdesk.inboxes import views as inboxes
from pocketdesk.inboxes.actions import see_channel
from pocketdesk.kernel import text
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import actions as people
from pocketdesk.storage import UnitOfWork
from pocketdesk.storage.statement import Row

# Writing.


def start_conversation(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: VisitorActor,
    client_conversation_id: str,
    client_message_id: str,
    mobile_tag: str,
    content: text.Content,
) -> Posted:
    """Begins a conversation with a visitor's first words: the welcome becomes entry 1, they become entry 2.

    A repetition gets the first result. `NoChatflow`, `NoMobileTag`, `MessageIdReused`.
    """
    words = _to_words(content)
    first = _started(unit, scope, actor, client_conversation_id)
    if first is not None:
        return _same(first, client_message_id, words)
    match chatflows.serve(unit, scope, mobile_tag):
        case Missing():
            raise rules.NoMobileTag
        case Unknown():
            raise rules.NoChatflow
        case ServedFlow() as flow:
            return _start(unit, scope, actor, flow, client_conversation_id, client_message_id, words)


def post_message(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: VisitorActor | AgentActor,
    conversation_id: int,
    client_message_id: str,
    content: text.Content,
) -> Posted:
    """Adds the visitor's or an agent's words. A repetition gets the first result; `MessageIdReused` if they differ.

    A visitor's words soon after closing reopen the conversation, later ones begin another: see where they landed.
    """
    words = _to_words(content)
    if isinstance(actor, VisitorActor):
        return _post_by_visitor(unit, scope, actor, conversation_id, client_message_id, words)
    row = _found(
        unit.one(
            store.AGENT_POSTS,
            account_id=scope.account_id,
            id_=conversation_id,
            user_id=actor.user_id,
            client_message_id_=client_message_id,
        )
    )
    if row[_SEQ] is not None:
        return _first(row, "agent", actor.user_id, words)
    author = views.agent_author(actor.user_id, row[_AFTER_TWIN])
    found = views.to_conversation(row)
    turn = rules.take_turn(found.state, rules.AgentWrites(actor), unit.now)
    _write_notices(unit, scope, found, turn, author)
    return _write_message(unit, scope, found, turn, author, client_message_id, words)


def _post_by_visitor(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: VisitorActor,
    conversation_id: int,
    client_message_id: str,
    words: tuple[str, str],
) -> Posted:
    row = _found(
        unit.one(
            store.VISITOR_POSTS,
            account_id=scope.account_id,
            id_=conversation_id,
            visitor_id_=actor.visitor_id,
            client_message_id_=client_message_id,
        )
    )
    if row[_SEQ] is not None:
        return _first(row, "visitor", actor.visitor_id, words)
    if row[_AFTER_TWIN] is not None and row[_AFTER_TWIN] != conversation_id:
        first = _started(unit, scope, actor, client_message_id)
        if first is not None and first[3] == client_message_id:
            return _same(first, client_message_id, words)
    found = views.to_conversation(row)
    hours = 0
    if found.state.status is Status.CLOSED:
        hours = inboxes.inbox_card(unit, scope, found.inbox_id).reopen_hours
    turn = rules.take_turn(found.state, rules.VisitorWrites(hours), unit.now)
    if turn.starts_anew:
        flow = chatflows.newest(unit, scope, found.chatflow_id)
        return _start(unit, scope, actor, flow, client_message_id, client_message_id, words)
    author = views.visitor_author(actor.visitor_id)
    _write_notices(unit, scope, found, turn, author)
    return _write_message(unit, scope, found, turn, author, client_message_id, words)


def post_comment(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: AgentActor,
    conversation_id: int,
    client_message_id: str,
    content: text.Content,
) -> Posted:
    """Adds an agent's words for the other agents. A repetition gets the first result."""
    words = _to_words(content)
    row = _found(
        unit.one(
            store.AGENT_COMMENTS,
            account_id=scope.account_id,
            id_=conversation_id,
            user_id=actor.user_id,
            client_message_id_=client_message_id,
        )
    )
    if row[_SEQ] is not None:
        return _first(row, "agent", actor.user_id, words)
    found = views.to_conversation(row)
    turn = rules.take_turn(found.state, rules.AgentComments(), unit.now)
    seq = turn.after.seq
    unit.run(
        store.ADD_COMMENT,
        account_id=scope.account_id,
        conversation_id=found.id,
        seq=seq,
        author_id=actor.user_id,
        client_message_id=client_message_id,
        content=words[0],
        plain_text=words[1],
        at=unit.now,
    )
    unit.run(store.SET_SEQ, account_id=scope.account_id, id_=found.id, seq_=seq)
    author = views.agent_author(actor.user_id, row[_AFTER_TWIN])
    entry = Comment(seq, unit.now, author, client_message_id, words[0])
    unit.record(scope.account_id, CommentPosted(found.id, seq), EnclosedEntry(entry, found.shows_full_names))
    return Posted(found.id, seq, unit.now)


# Who holds the floor, and whether anybody still does. Each is idempotent by its target.


def assign(
    unit: UnitOfWork, scope: AccountScope, actor: AgentActor, conversation_id: int, to: Assignee
) -> NamedAssignee:
    """Gives a conversation to a user, a team or nobody. `AssigneeWithoutAccess` if they do not see the inbox."""
    found, author = _take(unit, scope, actor, conversation_id)
    may = to == found.state.assignee or _sees(unit, scope, to, found.inbox_id)
    turn = rules.take_turn(found.state, rules.Assign(to, may), unit.now)
    named = views.named_assignee(unit, scope, to)
    _write_notices(unit, scope, found, turn, author, assignee=named)
    _save(unit, scope, found, turn.after)
    return named


def close_conversation(
    unit: UnitOfWork, scope: AccountScope, actor: AgentActor, conversation_id: int
) -> Status:
    """Is done with it."""
    found, author = _take(unit, scope, actor, conversation_id)
    return _turn(unit, scope, found, author, rules.Close())


def reopen_conversation(
    unit: UnitOfWork, scope: AccountScope, actor: AgentActor, conversation_id: int
) -> Status:
    """Takes it up again."""
    found, author = _take(unit, scope, actor, conversation_id)
    return _turn(unit, scope, found, author, rules.Reopen())


def associate_contact(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: AgentActor,
    conversation_id: int,
    email: str,
    name: str | None = None,
) -> ContactCard:
    """Makes it the conversation of the contact with this address, who is added (unverified) if there is none."""
    found, author = _take(unit, scope, actor, conversation_id)
    card = people.associate(unit, scope, found.visitor_id, email, name)
    contact = ContactCard(card.id, card.name, card.email, card.verified)
    turn = rules.take_turn(found.state, rules.Associate(contact.id), unit.now)
    if turn.notices:
        _write_notices(unit, scope, found, turn, author, contact=contact)
        unit.run(
            store.SET_CONTACT,
            account_id=scope.account_id,
            id_=found.id,
            seq_=turn.after.seq,
            contact_id_=contact.id,
        )
    return contact


# How far somebody has come.


def move_cursor(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: VisitorActor | AgentActor,
    conversation_id: int,
    received_seq: int | None,
    read_seq: int | None,
) -> Cursors:
    """Moves the actor's cursors forward, never beyond the conversation. What is read has been received."""
    place = {"account_id": scope.account_id, "id_": conversation_id}
    match actor:
        case VisitorActor(visitor_id):
            kind, participant_id = "visitor", visitor_id
            found = unit.one(
                store.VISITOR_TAKES_CURSOR,
                **place,
                kind=kind,
                participant_id_=participant_id,
                visitor_id_=participant_id,
            )
        case AgentActor(user_id):
            kind, participant_id = "agent", user_id
            found = unit.one(
                store.AGENT_TAKES_CURSOR,
                **place,
                kind=kind,
                participant_id_=participant_id,
                user_id=participant_id,
            )
    visitor_id, seq, old_received, old_read = _found(found)
    read = rules.move(old_read, read_seq, seq)
    received = max(rules.move(old_received, received_seq, seq), read)
    if (received, read) != (old_received, old_read):
        unread = views.unread(unit, scope, conversation_id, read) if kind == "visitor" else 0
        unit.run(
            store.PUT_CURSOR,
            account_id=scope.account_id,
            conversation_id=conversation_id,
            participant_kind=kind,
            participant_id=participant_id,
            received_seq=received,
            read_seq=read,
        )
        unit.record(
            scope.account_id,
            CursorMoved(conversation_id, visitor_id, kind, participant_id, received, read, unread),
        )
    return Cursors(received, read)


# What the verbs share.

_SEQ = len(store.COLUMNS)
"""In rows of `store.VISITOR_POSTS` and its like: where the columns of the earlier entry begin."""
_AFTER_TWIN = _SEQ + 5


_encode = msgspec.json.Encoder().encode


def _to_words(content: text.Content) -> tuple[str, str]:
    """Content as the tables keep it: JSON, and the words alone."""
    return _encode(text.to_json(content)).decode(), text.plain_text(content)


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row


def _first(row: Row, kind: str, author_id: int, words: tuple[str, str]) -> Posted:
    """The result of the first time that this client's id came."""
    seq, at, first_kind, first_author_id, content = row[_SEQ:_AFTER_TWIN]
    posted = Posted(row[0], seq, at)
    if (first_kind, first_author_id, content) != (kind, author_id, words[0]):
        raise rules.MessageIdReused(fields=_fields(posted))
    return posted


def _started(
    unit: UnitOfWork, scope: AccountScope, actor: VisitorActor, client_conversation_id: str
) -> Row | None:
    return unit.one(
        store.FIND_STARTED,
        account_id=scope.account_id,
        visitor_id_=actor.visitor_id,
        client_conversation_id_=client_conversation_id,
    )


def _same(first: Row, client_message_id: str, words: tuple[str, str]) -> Posted:
    """The result of the first time that this conversation was begun."""
    conversation_id, seq, at, first_message_id, content = first
    posted = Posted(conversation_id, seq, at)
    if (first_message_id, content) != (client_message_id, words[0]):
        raise rules.MessageIdReused(fields=_fields(posted))
    return posted


def _fields(posted: Posted) -> dict[str, str]:
    return {
        "conversation_id": str(posted.conversation_id),
        "seq": str(posted.seq),
        "at": str(posted.at),
    }


def _start(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: VisitorActor,
    flow: ServedFlow,
    client_conversation_id: str,
    client_message_id: str,
    words: tuple[str, str],
) -> Posted:
    people.keep_visitor(unit, scope, actor.visitor_id)
    channel = inboxes.channel(unit, scope, flow.channel_account_id)
    if channel.first_seen_at is None:
        see_channel(unit, scope, channel.id)
    known = unit.one(store.CONTACT_OF_VISITOR, account_id=scope.account_id, visitor_id_=actor.visitor_id)
    conversation_id = unit.random_id()
    while unit.one(store.IS_TAKEN, account_id=scope.account_id, id_=conversation_id):
        conversation_id = unit.random_id()
    found = Conversation(
        conversation_id,
        flow.inbox_id,
        flow.channel_account_id,
        channel.kind.value,
        flow.id,
        flow.version,
        actor.visitor_id,
        flow.document.options.language,
        unit.now,
        rules.first_turn(known[0] if known else None, unit.now),
    )
    state = found.state
    kind, assignee_id = views.assignee_columns(state.assignee)
    unit.run(
        store.START,
        account_id=scope.account_id,
        id=found.id,
        inbox_id=found.inbox_id,
        channel_account_id=found.channel_account_id,
        channel_kind=found.channel_kind,
        chatflow_id=found.chatflow_id,
        chatflow_version=found.chatflow_version,
        visitor_id=found.visitor_id,
        contact_id=state.contact_id,
        client_conversation_id=client_conversation_id,
        language=found.language,
        created_at=found.created_at,
        status=state.status.value,
        closed_at=state.closed_at,
        assignee_kind=kind,
        assignee_id=assignee_id,
        seq=state.seq,
        last_message_seq=state.last_message_seq,
        last_sent_at=state.last_sent_at,
        last_received_at=state.last_received_at,
        last_activity_at=state.last_activity_at,
        waiting_since=state.waiting_since,
    )
    welcome = _to_words(chatflows.welcome(flow.document))
    author = views.visitor_author(actor.visitor_id)
    messages = (
        _add_message(unit, scope, found, 1, SYSTEM, None, welcome),
        _add_message(unit, scope, found, 2, author, client_message_id, words),
    )
    unit.record(
        scope.account_id,
        ConversationStarted(found.id, found.visitor_id),
        EnclosedStart(found, messages),
    )
    return Posted(found.id, 2, unit.now)


def _take(
    unit: UnitOfWork, scope: AccountScope, actor: AgentActor, conversation_id: int
) -> tuple[Conversation, Author]:
    """The conversation, locked until the end of the transaction, and the agent as an author."""
    row = _found(
        unit.one(
            store.AGENT_TAKES,
            account_id=scope.account_id,
            id_=conversation_id,
            user_id=actor.user_id,
        )
    )
    return views.to_conversation(row), views.agent_author(actor.user_id, row[-1])


def _sees(unit: UnitOfWork, scope: AccountScope, to: Assignee, inbox_id: int) -> bool:
    match to:
        case Nobody():
            return True
        case AssignedUser(user_id):
            return inboxes.has_access(unit, scope, user_id, inbox_id)
        case AssignedTeam(team_id):
            card = accounts.team_cards(unit, scope, [team_id]).get(team_id)
            there = card is not None and not card.is_deleted
            return there and team_id in inboxes.inbox(unit, scope, inbox_id).member_team_ids


def _turn(
    unit: UnitOfWork,
    scope: AccountScope,
    found: Conversation,
    author: Author,
    command: rules.Command,
) -> Status:
    turn = rules.take_turn(found.state, command, unit.now)
    _write_notices(unit, scope, found, turn, author)
    _save(unit, scope, found, turn.after)
    return turn.after.status


def _write_message(
    unit: UnitOfWork,
    scope: AccountScope,
    found: Conversation,
    turn: rules.Turn,
    author: Author,
    client_message_id: str,
    words: tuple[str, str],
) -> Posted:
    seq = turn.after.last_message_seq
    entry = _add_message(unit, scope, found, seq, author, client_message_id, words)
    _save(unit, scope, found, turn.after)
    unit.record(
        scope.account_id,
        MessagePosted(found.id, found.visitor_id, seq),
        EnclosedEntry(entry, found.shows_full_names),
    )
    return Posted(found.id, seq, unit.now)


def _add_message(
    unit: UnitOfWork,
    scope: AccountScope,
    found: Conversation,
    seq: int,
    author: Author,
    client_message_id: str | None,
    words: tuple[str, str],
) -> Message:
    unit.run(
        store.ADD_MESSAGE,
        account_id=scope.account_id,
        conversation_id=found.id,
        seq=seq,
        author_kind=author.kind,
        author_id=author.id or None,
        client_message_id=client_message_id,
        content=words[0],
        plain_text=words[1],
        at=unit.now,
    )
    return Message(seq, unit.now, author, client_message_id, words[0])


_EVENTS: Mapping[NoticeKind, type[ConversationAssigned | ConversationClosed | ConversationReopened]] = {
    NoticeKind.ASSIGNED: ConversationAssigned,
    NoticeKind.CLOSED: ConversationClosed,
    NoticeKind.REOPENED: ConversationReopened,
}


def _write_notices(
    unit: UnitOfWork,
    scope: AccountScope,
    found: Conversation,
    turn: rules.Turn,
    author: Author,
    *,
    assignee: NamedAssignee | None = None,
    contact: ContactCard | None = None,
) -> None:
    """`assignee` and `contact`: whom a notice tells of; who claims a conversation is its own assignee."""
    for new in turn.notices:
        facts: dict[str, object] = {}
        named: NamedAssignee | None = None
        if new.assignee is not None:
            named = assignee or NamedAssignee("user", author.id, author.name, author)
            facts = rules.assignee_facts(new.assignee)
        elif contact is not None:
            facts = {"contact_id": contact.id}
        unit.run(
            store.ADD_NOTICE,
            account_id=scope.account_id,
            conversation_id=found.id,
            seq=new.seq,
            kind=new.kind.value,
            actor_kind=author.kind,
            actor_id=author.id or None,
            facts=_encode(facts).decode(),
            at=unit.now,
        )
        entry = Notice(new.seq, unit.now, new.kind, author, facts)
        enclosed = EnclosedEntry(entry, found.shows_full_names, named, contact)
        event = (
            ContactAssociated(found.id, new.seq)
            if new.kind is NoticeKind.CONTACT_ASSOCIATED
            else _EVENTS[new.kind](found.id, found.visitor_id, new.seq)
        )
        unit.record(scope.account_id, event, enclosed)


def _save(unit: UnitOfWork, scope: AccountScope, found: Conversation, after: State) -> None:
    before = found.state
    if after == before:
        return
    words = {
        "account_id": scope.account_id,
        "id_": found.id,
        "seq_": after.seq,
        "last_message_seq_": after.last_message_seq,
        "last_sent_at_": after.last_sent_at,
        "last_received_at_": after.last_received_at,
        "last_activity_at_": after.last_activity_at,
        "waiting_since_": after.waiting_since,
    }
    if after.status is before.status and after.assignee == before.assignee:
        unit.run(store.SET_WORDS, **words)
        return
    kind, assignee_id = views.assignee_columns(after.assignee)
    unit.run(
        store.SET_STATE,
        **words,
        status_=after.status.value,
        closed_at_=after.closed_at,
        assignee_kind_=kind,
        assignee_id_=assignee_id,
    )
