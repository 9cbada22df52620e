"""How far somebody has received and read."""

from pocketdesk.conversations import rules, store, views
from pocketdesk.conversations.actions import turn
from pocketdesk.conversations.events import CursorMoved
from pocketdesk.conversations.model import AgentActor, Cursors, VisitorActor
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import UnitOfWork


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
    visitor_id, seq, old_received, old_read = turn.there(found)
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
