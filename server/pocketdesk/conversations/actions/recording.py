"""Conversations that were held elsewhere, written down as they were. Nobody is told anything."""

from collections.abc import Sequence
from dataclasses import dataclass

from pocketdesk.conversations import store, views
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
) -> int | None:
    """Writes down a conversation that is over, with the moments and authors it had; its id. `said` is in order.

    None if the visitor has one of this word already. No event is recorded: nothing is pushed, mailed or sent to
    webhooks, and open screens show it when they are loaded anew.
    """
    found = unit.one(
        store.FIND_WORD, account_id=scope.account_id, visitor_id_=visitor_id, client_conversation_id_=word
    )
    if found is not None:
        return None
    people.keep_visitor(unit, scope, visitor_id)
    sent = [each.at for each in said if isinstance(each.by, AgentActor) and not each.is_comment]
    received = [each.at for each in said if isinstance(each.by, VisitorActor)]
    messages = [seq for seq, each in enumerate(said, 1) if not each.is_comment]
    began = said[0].at if said else closed_at
    state = State(
        status=Status.CLOSED,
        closed_at=closed_at,
        contact_id=contact_id,
        seq=len(said),
        last_message_seq=messages[-1] if messages else 0,
        last_sent_at=sent[-1] if sent else None,
        last_received_at=received[-1] if received else None,
        last_activity_at=max(sent + received, default=began),
    )
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
        state,
    )
    turn.add(unit, scope, conversation, word)
    for seq, each in enumerate(said, 1):
        _write(unit, scope, conversation, seq, each)
    return conversation.id


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
