"""Who the visitor is, and what they are asked: for an address, and in the end how it was."""

from pocketdesk.accounts.rules.words import clean_email
from pocketdesk.chatflows import views as chatflows
from pocketdesk.chatflows.model import ServedFlow
from pocketdesk.conversations import rules, views
from pocketdesk.conversations.actions import consenting, turn
from pocketdesk.conversations.actions.assigning import anybody_available, available
from pocketdesk.conversations.model import (
    SYSTEM,
    AgentActor,
    ContactCard,
    Conversation,
    EmailStep,
    NoticeKind,
    VisitorActor,
)
from pocketdesk.inboxes.rules import standing
from pocketdesk.jobs import Job
from pocketdesk.kernel.moments import SECOND
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import actions as people
from pocketdesk.storage import UnitOfWork
from pocketdesk.surveys import actions as answering
from pocketdesk.surveys import views as surveys
from pocketdesk.surveys.rules import SurveyAnswered, clean_answer

ASK_EMAIL = "conversations.ask_email"

# An address.


def ask_first(unit: UnitOfWork, scope: AccountScope, found: Conversation, flow: ServedFlow) -> None:
    """Asks a visitor who has just begun to write for an address, now or later, as the chatflow says."""
    capture = flow.document.chat.email_capture
    if found.state.contact_id is not None:
        return
    if capture.ask == "after_first_message":
        _ask(unit, scope, found, flow, unless_answered=False)
    elif capture.ask == "after_wait":
        at = unit.now + capture.wait_s * SECOND
        unit.enqueue(
            Job(scope.account_id, ASK_EMAIL, str(found.id), {"conversation_id": found.id}, run_at=at)
        )


def take_claim(
    unit: UnitOfWork, scope: AccountScope, found: Conversation, flow: ServedFlow, email: str
) -> None:
    """An app says who the visitor is, without proof: as if the visitor had typed the address."""
    terms = consenting.terms(unit, scope, flow)
    contact = _contact(unit, scope, found, terms, email, None)
    taken = rules.take_turn(found.state, rules.GiveEmail(email, contact.id), unit.now)
    turn.write(unit, scope, found, taken, views.visitor_author(found.visitor_id), contact=contact)
    consenting.learn(unit, scope, terms, found.visitor_id, contact)


def ask_email(unit: UnitOfWork, scope: AccountScope, conversation_id: int) -> None:
    """Asks a visitor for an address whom nobody has answered yet, if the chatflow still wants it."""
    found = turn.take_for_system(unit, scope, conversation_id)
    if found is None:
        return
    flow = views.flow_of(unit, scope, found)
    if flow.document.chat.email_capture.ask == "after_wait":
        _ask(unit, scope, found, flow, unless_answered=True)


def give_email(
    unit: UnitOfWork, scope: AccountScope, actor: VisitorActor, conversation_id: int, email: str
) -> str:
    """The visitor's address, as it is kept. `Invalid` at `email`; `EmailKnown` if the visitor gave another one before.

    Its contact becomes the conversation's, unverified, for whoever types an address has proven nothing; unless agents
    have said who it is.
    """
    found = turn.take_for_visitor(unit, scope, actor, conversation_id)
    address = clean_email(email)
    if found.state.email is EmailStep.GIVEN:
        told = views.newest_notice(unit, scope, found.id, NoticeKind.EMAIL_GIVEN)
        if told is None or told["email"] != address:
            raise rules.EmailKnown
        return address
    terms = consenting.terms(unit, scope, views.flow_of(unit, scope, found))
    known = views.contact(unit, scope, found.state.contact_id, found.visitor_id)
    contact = known or _contact(unit, scope, found, terms, address, None)
    taken = rules.take_turn(found.state, rules.GiveEmail(address, contact.id), unit.now)
    turn.write(unit, scope, found, taken, views.visitor_author(actor.visitor_id), contact=contact)
    if known is None:
        consenting.learn(unit, scope, terms, found.visitor_id, contact)
    return address


def skip_email(unit: UnitOfWork, scope: AccountScope, actor: VisitorActor, conversation_id: int) -> None:
    """The visitor gives no address."""
    found = turn.take_for_visitor(unit, scope, actor, conversation_id)
    taken = rules.take_turn(found.state, rules.SkipEmail(), unit.now)
    turn.write(unit, scope, found, taken, views.visitor_author(actor.visitor_id))


def associate_contact(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: AgentActor,
    conversation_id: int,
    email: str,
    name: str | None = None,
) -> ContactCard:
    """Makes it the conversation of the contact with this address, who is added (unverified) if there is none."""
    found, author = turn.take_for_agent(unit, scope, actor, conversation_id)
    terms = consenting.terms(unit, scope, views.flow_of(unit, scope, found))
    contact = _contact(unit, scope, found, terms, email, name)
    taken = rules.take_turn(found.state, rules.Associate(contact.id), unit.now)
    if taken.notices:
        turn.write(unit, scope, found, taken, author, contact=contact)
        consenting.learn(unit, scope, terms, found.visitor_id, contact)
    return contact


# In the end.


def submit_survey(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: VisitorActor,
    conversation_id: int,
    rating: int,
    answer: str | None,
) -> rules.Facts:
    """How the visitor found it: what the notice tells, also when the same answer comes again.

    `SurveyAnswered` for another answer after the same closing, `SurveyNotAsked` before the first.
    """
    found = turn.take_for_visitor(unit, scope, actor, conversation_id)
    survey_id = found.state.survey_id
    if survey_id is None:
        return _answered(unit, scope, found, rating, clean_answer(answer))
    card = surveys.survey(unit, scope, survey_id).card
    person_id = found.state.contact_id or found.visitor_id
    kept = answering.submit(unit, scope, survey_id, found.id, person_id, rating, answer)
    facts: rules.Facts = {
        "rating": kept.rating,
        "answer": kept.answer,
        "thank_you": card.thank_yous[kept.rating],
    }
    taken = rules.take_turn(found.state, rules.AnswerSurvey(facts), unit.now)
    turn.write(unit, scope, found, taken, views.visitor_author(actor.visitor_id))
    return facts


def _answered(
    unit: UnitOfWork, scope: AccountScope, found: Conversation, rating: int, answer: str | None
) -> rules.Facts:
    facts = views.newest_notice(unit, scope, found.id, NoticeKind.SURVEY_ANSWERED)
    if facts is None:
        raise rules.SurveyNotAsked
    if (facts["rating"], facts["answer"]) != (rating, answer):
        raise SurveyAnswered
    return facts


def _ask(
    unit: UnitOfWork, scope: AccountScope, found: Conversation, flow: ServedFlow, *, unless_answered: bool
) -> None:
    own = flow.document.chat.email_capture.text is not None
    away = own and _shows_away_message(unit, scope, found, flow)
    text = chatflows.email_text(flow.document, away=away)
    taken = rules.take_turn(found.state, rules.AskEmail(text, unless_answered), unit.now)
    turn.write(unit, scope, found, taken, SYSTEM)


def _shows_away_message(unit: UnitOfWork, scope: AccountScope, found: Conversation, flow: ServedFlow) -> bool:
    """Whether the page says that nobody is there."""
    availability = available(unit, scope, flow)
    there = availability.kind != "users" or anybody_available(unit, scope, found, flow)
    return standing(availability, unit.now, anybody_available=there).show == "message"


def _contact(
    unit: UnitOfWork,
    scope: AccountScope,
    found: Conversation,
    terms: consenting.Terms,
    email: str,
    name: str | None,
) -> ContactCard:
    marketing = terms.makes_marketing_contacts
    card = people.associate(unit, scope, found.visitor_id, email, name, marketing=marketing)
    return ContactCard(card.id, card.name, card.email, card.visitor_id == found.visitor_id)
