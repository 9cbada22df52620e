"""Tickets: one a conversation, and gone with the people whom they are for."""

import pytest

from pocketdesk.storage import Engine, UnitOfWork
from pocketdesk.tickets import actions, rules, views
from pocketdesk.tickets.model import Draft, Ticket, Which
from tests.small_account import SmallAccount, open_small_account


@pytest.fixture
def account(engine: Engine) -> SmallAccount:
    return open_small_account(engine)


def test_L11_a_conversation_has_one_ticket_which_is_for_its_contact(account: SmallAccount) -> None:
    visitor = account.new_visitor()
    conversation = account.start(visitor)
    account.run(visitor, "give_email", conversation_id=conversation, email="mia@example.org")

    def create(unit: UnitOfWork) -> Ticket:
        draft = Draft("The parcel", conversation_id=conversation)
        return actions.create_ticket(unit, account.scope, account.admin, draft)

    made = account.engine.write_and_wait(create)
    assert made.draft.contact_id is not None
    with pytest.raises(rules.HasTicket):
        account.engine.write_and_wait(create)
    found = account.engine.read_and_wait(
        lambda reader: views.of_conversation(reader, account.scope, conversation)
    )
    assert found == made


def test_a_persons_tickets_are_copied_and_erased_with_them(account: SmallAccount) -> None:
    visitor = account.new_visitor()
    conversation = account.start(visitor)
    kept = account.start(account.new_visitor())

    def work(unit: UnitOfWork) -> tuple[int, int]:
        who = unit, account.scope, account.admin
        actions.create_ticket(*who, Draft("Theirs", conversation_id=conversation))
        other = actions.create_ticket(*who, Draft("Another's", conversation_id=kept))
        assert [
            each.draft.subject for each in views.of_people(unit, account.scope, [visitor.visitor_id])
        ] == ["Theirs"]
        return actions.forget_people(unit, account.scope, [visitor.visitor_id]), other.id

    count, other_id = account.engine.write_and_wait(work)
    assert count == 1
    left = account.engine.read_and_wait(lambda reader: views.tickets(reader, account.scope, Which(), 10))
    assert [each.id for each in left.items] == [other_id]
