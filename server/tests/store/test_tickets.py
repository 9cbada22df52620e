"""Tickets: one a conversation, and gone with the people whom they are for."""

import pytest

from pocketdesk.accounts import views as accounts
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.storage import Engine, UnitOfWork
from pocketdesk.tickets import actions, rules, views
from pocketdesk.tickets.model import Draft, Priority, Stage, Ticket, Which
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


def test_L16_of_two_tickets_either_persons_erasure_takes_both(account: SmallAccount) -> None:
    """What was said of either may stand in the one that is left."""
    mia, leo, nea = (account.new_visitor() for _ in range(3))
    conversations = [account.start(each) for each in (mia, leo, nea)]

    def work(unit: UnitOfWork) -> tuple[list[int], int, list[int]]:
        who = unit, account.scope, account.admin
        first, second, other = (
            actions.create_ticket(*who, Draft(f"Of {each}", conversation_id=each)) for each in conversations
        )
        merged = actions.merge_tickets(*who, first.id, second.id)
        assert (merged.id, merged.draft.conversation_id) == (first.id, conversations[0])
        assert views.conversation_ids(unit, account.scope, first.id, 10).items == tuple(
            sorted(conversations[:2])
        )
        found = [each.id for each in views.of_people(unit, account.scope, [leo.visitor_id])]
        gone = actions.forget_people(unit, account.scope, [leo.visitor_id])
        left = views.tickets(unit, account.scope, Which(), 10).items
        assert [each.id for each in left] == [other.id]
        return found, gone, [first.id]

    found, gone, first = account.engine.write_and_wait(work)
    assert (found, gone) == (first, 2)
    for each in conversations[:2]:
        assert (
            account.engine.read_and_wait(
                lambda reader, each=each: views.of_conversation(reader, account.scope, each)
            )
            is None
        )


def test_L16_what_a_ticket_lacks_comes_from_the_other_and_the_chain_stays_short(
    account: SmallAccount,
) -> None:
    def work(unit: UnitOfWork) -> None:
        who = unit, account.scope, account.admin
        first = actions.create_ticket(*who, Draft("First", properties={"a": "1"}))
        second = actions.create_ticket(
            *who,
            Draft(
                "Second",
                "Words",
                Stage.CLOSED,
                Priority.HIGH,
                account.ana.user_id,
                properties={"a": "2", "b": "3"},
            ),
        )
        third = actions.create_ticket(*who, Draft("Third"))
        merged = actions.merge_tickets(*who, first.id, second.id)
        assert merged.draft == Draft(
            "First",
            "Words",
            Stage.NEW,
            Priority.HIGH,
            account.ana.user_id,
            properties={"a": "1", "b": "3"},
        )
        assert actions.merge_tickets(*who, third.id, second.id).id == third.id, "by the old id"
        by_id = views.tickets_by_id(unit, account.scope, [first.id, second.id, third.id])
        assert {each.id for each in by_id.values()} == {third.id}
        assert len(by_id) == 3
        with pytest.raises(Invalid):
            actions.merge_tickets(*who, third.id, first.id)
        (entry, *_) = accounts.audit(unit, account.scope, 1).items
        assert (entry.verb, entry.object_kind, entry.object_id) == ("merged", "ticket", third.id)

    account.engine.write_and_wait(work)
