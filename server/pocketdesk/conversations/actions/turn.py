"""What the verbs share: a conversation for whoever may have it, and writing down what its turn says."""

import msgspec
from msgspec.structs import replace

from pocketdesk.conversations import rules, store, views
from pocketdesk.conversations.events import notice_event
from pocketdesk.conversations.model import (
    AgentActor,
    Author,
    ContactCard,
    Conversation,
    EnclosedEntry,
    Message,
    Named,
    NamedAssignee,
    Notice,
    NoticeKind,
    State,
    VisitorActor,
)
from pocketdesk.kernel import text
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import UnitOfWork
from pocketdesk.storage.statement import Row

encode = msgspec.json.Encoder().encode


def there(row: Row | None) -> Row:
    """The row, or `NotFound`."""
    if row is None:
        raise NotFound
    return row


def take_for_agent(
    unit: UnitOfWork, scope: AccountScope, actor: AgentActor, conversation_id: int
) -> tuple[Conversation, Author]:
    """A conversation of the agent's inboxes, locked until the end of the transaction, and the agent as an author."""
    row = there(
        unit.one(store.AGENT_TAKES, account_id=scope.account_id, id_=conversation_id, user_id=actor.user_id)
    )
    return views.to_conversation(row), views.agent_author(scope, actor.user_id, *row[-2:])


def take_for_visitor(
    unit: UnitOfWork, scope: AccountScope, actor: VisitorActor, conversation_id: int
) -> Conversation:
    """One of the visitor's own conversations, locked."""
    row = unit.one(
        store.VISITOR_TAKES,
        account_id=scope.account_id,
        id_=conversation_id,
        visitor_id_=actor.visitor_id,
    )
    return views.to_conversation(there(row))


def take_for_system(unit: UnitOfWork, scope: AccountScope, conversation_id: int) -> Conversation | None:
    """Any conversation, locked; None if it is gone meanwhile."""
    row = unit.one(store.SYSTEM_TAKES, account_id=scope.account_id, id_=conversation_id)
    return views.to_conversation(row) if row else None


def free_id(unit: UnitOfWork, scope: AccountScope) -> int:
    """An id for a conversation that the account has not given yet."""
    conversation_id = unit.random_id()
    while unit.one(store.IS_TAKEN, account_id=scope.account_id, id_=conversation_id):
        conversation_id = unit.random_id()
    return conversation_id


def add(unit: UnitOfWork, scope: AccountScope, found: Conversation, client_conversation_id: str) -> None:
    """Writes a new conversation."""
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
        email=state.email.value,
        survey_id=state.survey_id,
        queued_at=state.queued_at,
        passed_user_id=state.passed_user_id,
        brand_name=found.brand_name,
        brand_image=found.brand_image,
        cleared_version=found.cleared_version,
    )


def add_message(
    unit: UnitOfWork,
    scope: AccountScope,
    conversation_id: int,
    seq: int,
    author: Author,
    client_message_id: str | None,
    content: text.Content,
    packed: str,
    at: int | None = None,
) -> Message:
    """Writes a message. `packed` is its content as it is kept; `at` is when it was said, if not now."""
    at = unit.now if at is None else at
    unit.run(
        store.ADD_MESSAGE,
        account_id=scope.account_id,
        conversation_id=conversation_id,
        seq=seq,
        author_kind=author.kind,
        author_id=author.id or None,
        client_message_id=client_message_id,
        content=packed,
        plain_text=content.plain,
        at=at,
    )
    return Message(seq, at, author, client_message_id, packed)


def write(
    unit: UnitOfWork,
    scope: AccountScope,
    found: Conversation,
    turn: rules.Turn,
    author: Author,
    *,
    assignee: NamedAssignee | None = None,
    contact: ContactCard | None = None,
    inbox: Named | None = None,
) -> Conversation:
    """Writes a turn without words; the conversation as it is then. For whom it tells of see `write_notices`."""
    write_notices(unit, scope, found, turn, author, assignee=assignee, contact=contact, inbox=inbox)
    save(unit, scope, found, turn.after)
    return replace(found, state=turn.after)


def write_notices(
    unit: UnitOfWork,
    scope: AccountScope,
    found: Conversation,
    turn: rules.Turn,
    author: Author,
    *,
    assignee: NamedAssignee | None = None,
    contact: ContactCard | None = None,
    inbox: Named | None = None,
) -> None:
    """`assignee`, `contact`, `inbox`: of whom or what a notice tells; who claims a conversation is its own assignee."""
    for new in turn.notices:
        unit.run(
            store.ADD_NOTICE,
            account_id=scope.account_id,
            conversation_id=found.id,
            seq=new.seq,
            kind=new.kind.value,
            actor_kind=author.kind,
            actor_id=author.id or None,
            facts=encode(new.facts).decode(),
            at=unit.now,
        )
        entry = Notice(new.seq, unit.now, new.kind, author, new.facts)
        enclosed = EnclosedEntry(entry, found.naming)
        match new.kind:
            case NoticeKind.ASSIGNED:
                own = NamedAssignee("user", author.id, author.name, author)
                enclosed = replace(enclosed, assignee=assignee or own)
            case NoticeKind.CONTACT_ASSOCIATED:
                enclosed = replace(enclosed, contact=contact)
            case NoticeKind.MOVED:
                enclosed = replace(enclosed, inbox=inbox)
            case _:
                pass
        event = notice_event(new.kind, found.id, found.visitor_id, new.seq)
        unit.record(scope.account_id, event, enclosed)


def save(unit: UnitOfWork, scope: AccountScope, found: Conversation, after: State) -> None:
    """Writes what a turn has changed; for most messages that is only that somebody wrote."""
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
    if _standing(after) == _standing(before):
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
        contact_id_=after.contact_id,
        email_=after.email.value,
        survey_id_=after.survey_id,
        queued_at_=after.queued_at,
        passed_user_id_=after.passed_user_id,
    )


def _standing(state: State) -> tuple[object, ...]:
    """What words alone do not change."""
    return (
        state.status,
        state.assignee,
        state.contact_id,
        state.email,
        state.survey_id,
        state.queued_at,
        state.passed_user_id,
    )
