"""Being done with a conversation, and taking it up again. Each is idempotent by its target."""

from pocketdesk.chatflows import views as chatflows
from pocketdesk.conversations import rules, views
from pocketdesk.conversations.actions import assigning, turn
from pocketdesk.conversations.model import AgentActor, Conversation, Status
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import UnitOfWork
from pocketdesk.surveys import views as surveys


def close_conversation(
    unit: UnitOfWork, scope: AccountScope, actor: AgentActor, conversation_id: int
) -> Status:
    """Is done with it. If the chatflow has a survey, the visitor is asked; whoever waits may get the free place."""
    found, author = turn.take_for_agent(unit, scope, actor, conversation_id)
    survey = _survey(unit, scope, found) if found.state.status is Status.OPEN else None
    taken = rules.take_turn(found.state, rules.Close(survey), unit.now)
    turn.write(unit, scope, found, taken, author)
    if taken.notices:
        assigning.offer_soon(unit, scope)
    return taken.after.status


def reopen_conversation(
    unit: UnitOfWork, scope: AccountScope, actor: AgentActor, conversation_id: int
) -> Status:
    """Takes it up again."""
    found, author = turn.take_for_agent(unit, scope, actor, conversation_id)
    taken = rules.take_turn(found.state, rules.Reopen(), unit.now)
    return turn.write(unit, scope, found, taken, author).state.status


def _survey(unit: UnitOfWork, scope: AccountScope, found: Conversation) -> rules.Survey | None:
    survey_id = chatflows.newest(unit, scope, found.chatflow_id).document.options.survey_id
    card = surveys.card(unit, scope, survey_id) if survey_id is not None else None
    return rules.Survey(card.id, views.survey_facts(card)) if card else None
