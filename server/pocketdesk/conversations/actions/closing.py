"""Being done with a conversation, and taking it up again. Each is idempotent by its target."""

from pocketdesk.consent import views as consents
from pocketdesk.conversations import rules, store, views
from pocketdesk.conversations.actions import assigning, turn
from pocketdesk.conversations.model import SYSTEM, AgentActor, Conversation, Status
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import views as people
from pocketdesk.storage import UnitOfWork
from pocketdesk.surveys import views as surveys

MOST_LEFT = 20
"""Conversations that a page shows, so that a visitor has hardly more open ones."""


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


def close_left(unit: UnitOfWork, scope: AccountScope, visitor_id: int) -> None:
    """Closes what a visitor has left who declined cookies: without proof nobody can come back to it."""
    if consents.standing(unit, scope, [visitor_id]).cookies is not False:
        return
    if people.identified_as(unit, scope, visitor_id) is not None:
        return
    place = {"account_id": scope.account_id, "visitor_id_": visitor_id}
    for (conversation_id,) in unit.all(store.OPEN_OF_VISITOR, **place, limit=MOST_LEFT):
        found = turn.take_for_system(unit, scope, conversation_id)
        if found is not None:
            turn.write(unit, scope, found, rules.take_turn(found.state, rules.Close(), unit.now), SYSTEM)
    assigning.offer_soon(unit, scope)


def archive_conversation(
    unit: UnitOfWork, scope: AccountScope, actor: AgentActor, conversation_id: int
) -> None:
    """Puts a conversation away: it is closed, without asking the visitor how it was, and marked as archived."""
    found, author = turn.take_for_agent(unit, scope, actor, conversation_id)
    taken = rules.take_turn(found.state, rules.Close(), unit.now)
    turn.write(unit, scope, found, taken, author)
    if taken.notices:
        assigning.offer_soon(unit, scope)
    if views.kept(unit, scope, actor.user_id, conversation_id).archived_at is None:
        unit.run(store.SET_ARCHIVED, account_id=scope.account_id, id_=found.id, archived_at_=unit.now)


def restore_conversation(
    unit: UnitOfWork, scope: AccountScope, actor: AgentActor, conversation_id: int
) -> None:
    """Takes a conversation out of the archive; it stays closed."""
    found, _ = turn.take_for_agent(unit, scope, actor, conversation_id)
    unit.run(store.SET_ARCHIVED, account_id=scope.account_id, id_=found.id, archived_at_=None)


def reopen_conversation(
    unit: UnitOfWork, scope: AccountScope, actor: AgentActor, conversation_id: int
) -> Status:
    """Takes it up again."""
    found, author = turn.take_for_agent(unit, scope, actor, conversation_id)
    taken = rules.take_turn(found.state, rules.Reopen(), unit.now)
    return turn.write(unit, scope, found, taken, author).state.status


def _survey(unit: UnitOfWork, scope: AccountScope, found: Conversation) -> rules.Survey | None:
    survey_id = views.flow_of(unit, scope, found).document.options.survey_id
    card = surveys.card(unit, scope, survey_id) if survey_id is not None else None
    return rules.Survey(card.id, views.survey_facts(card)) if card else None
