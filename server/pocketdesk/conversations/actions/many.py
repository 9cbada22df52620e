"""The same for many conversations at once: for each that lets itself, and the others keep their reason."""

from collections.abc import Callable, Sequence

from pocketdesk.conversations.actions.assigning import assign
from pocketdesk.conversations.actions.closing import close_conversation, reopen_conversation
from pocketdesk.conversations.model import AgentActor, Assignee, Done, RefusedOne
from pocketdesk.kernel.refusal import Refusal
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import UnitOfWork


def assign_many(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: AgentActor,
    conversation_ids: Sequence[int],
    to: Assignee,
) -> Done:
    """Gives conversations to a user, a team or nobody."""
    return _each(conversation_ids, lambda id_: assign(unit, scope, actor, id_, to))


def close_many(
    unit: UnitOfWork, scope: AccountScope, actor: AgentActor, conversation_ids: Sequence[int]
) -> Done:
    """Is done with conversations."""
    return _each(conversation_ids, lambda id_: close_conversation(unit, scope, actor, id_))


def reopen_many(
    unit: UnitOfWork, scope: AccountScope, actor: AgentActor, conversation_ids: Sequence[int]
) -> Done:
    """Takes conversations up again."""
    return _each(conversation_ids, lambda id_: reopen_conversation(unit, scope, actor, id_))


def _each(conversation_ids: Sequence[int], do: Callable[[int], object]) -> Done:
    """In the order of their ids, so that two who do this at once do not wait for each other."""
    done: list[int] = []
    refused: list[RefusedOne] = []
    for conversation_id in sorted(set(conversation_ids)):
        try:
            do(conversation_id)
        except Refusal as why:  # before it has written anything
            refused.append(RefusedOne(conversation_id, why.code, why.message))
        else:
            done.append(conversation_id)
    return Done(tuple(done), tuple(refused))
