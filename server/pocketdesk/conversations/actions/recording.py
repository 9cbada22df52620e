"""Conversations that were held elsewhere, written down as they were. Nobody is told anything."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from pocketdesk.conversations import rules, store, views
from pocketdesk.conversations.actions import turn
from pocketdesk.conversations.model import (
    SYSTEM,
    AgentActor,
    Conversation,
    State,
    Status,
    SystemActor,
    VisitorActor,
)
from pocketdesk.inboxes.model import Channel
from pocketdesk.kernel import text
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import actions as people
from pocketdesk.storage import UnitOfWork


@dataclass(frozen=True, slots=True)
class PastWords:
    """What somebody said at a moment (UTC ms). A comment was for agents only, and needs one who wrote it."""

    at: int
    by: AgentActor | VisitorActor | SystemActor
    content: text.Content
    word: str
    """By which it is found again; not longer than a client's message id."""
    is_comment: bool = False


@dataclass(frozen=True, slots=True)
class Recording:
    """What became of a past conversation: how many of its words were new here. `is_new`: it was not here before."""

    conversation_id: int
    written: int
    is_new: bool


def record_conversation(
    unit: UnitOfWork,
    scope: AccountScope,
    channel: Channel,
    visitor_id: int,
    contact_id: int | None,
    language: str,
    word: str,
    said: Sequence[PastWords],
    closed_at: int,
) -> Recording:
    """Writes down a conversation that is over, with the moments and authors it had. `said` is in order.

    One that the visitor has of this word already gets the words that it lacks at its end; `WordsAreErased` if what it
    said was erased here. No event is recorded: nothing is pushed, mailed or sent to webhooks, and open screens show it
    when they are loaded anew.
    """
    row = unit.one(
        store.FIND_WORD, account_id=scope.account_id, visitor_id_=visitor_id, client_conversation_id_=word
    )
    if row is not None:
        return _complete(unit, scope, row[0], said)
    people.keep_visitor(unit, scope, visitor_id)
    began = said[0].at if said else closed_at
    empty = State(status=Status.CLOSED, closed_at=closed_at, contact_id=contact_id, last_activity_at=began)
    conversation = Conversation(
        turn.free_id(unit, scope),
        channel.inbox_id,
        channel.id,
        channel.kind.value,
        None,
        None,
        visitor_id,
        language,
        began,
        None,
        None,
        0,
        _after(empty, said),
    )
    turn.add(unit, scope, conversation, word)
    for seq, each in enumerate(said, 1):
        _write(unit, scope, conversation, seq, each)
    return Recording(conversation.id, len(said), is_new=True)


def _complete(unit: UnitOfWork, scope: AccountScope, id_: int, said: Sequence[PastWords]) -> Recording:
    found = turn.take_for_system(unit, scope, id_)
    if found is None or unit.one(store.IS_ERASED, account_id=scope.account_id, id_=id_):
        raise rules.WordsAreErased
    there = {row[0] for row in unit.all(store.WORDS, account_id=scope.account_id, id_=id_)}
    new = [each for each in said if each.word not in there]
    if new:
        for seq, each in enumerate(new, found.state.seq + 1):
            _write(unit, scope, found, seq, each)
        turn.save(unit, scope, found, _after(found.state, new))
    return Recording(id_, len(new), is_new=False)


def _after(state: State, said: Sequence[PastWords]) -> State:
    """The state once these words stand at the end."""
    sent = [each.at for each in said if isinstance(each.by, AgentActor) and not each.is_comment]
    received = [each.at for each in said if isinstance(each.by, VisitorActor)]
    messages = [seq for seq, each in enumerate(said, state.seq + 1) if not each.is_comment]
    return replace(
        state,
        seq=state.seq + len(said),
        last_message_seq=messages[-1] if messages else state.last_message_seq,
        last_sent_at=sent[-1] if sent else state.last_sent_at,
        last_received_at=received[-1] if received else state.last_received_at,
        last_activity_at=max(sent + received, default=state.last_activity_at),
    )


def _write(unit: UnitOfWork, scope: AccountScope, found: Conversation, seq: int, said: PastWords) -> None:
    packed = turn.encode(text.to_json(said.content)).decode()
    match said.by:
        case AgentActor(user_id) if said.is_comment:
            unit.run(
                store.ADD_COMMENT,
                account_id=scope.account_id,
                conversation_id=found.id,
                seq=seq,
                author_id=user_id,
                client_message_id=said.word,
                content=packed,
                plain_text=said.content.plain,
                at=said.at,
            )
            return
        case AgentActor(user_id):
            author = views.agent_author(scope, user_id, "", None)
        case VisitorActor(visitor_id):
            author = views.visitor_author(visitor_id)
        case SystemActor():
            author = SYSTEM
    turn.add_message(unit, scope, found.id, seq, author, said.word, said.content, packed, said.at)
