"""Proof on both engines: one visitor a contact, histories that join with it and never without, what agents see."""

from itertools import count
from typing import Any

import pytest

from pocketdesk.consent import views as consent
from pocketdesk.conversations import actions as conversations
from pocketdesk.conversations import views
from pocketdesk.conversations.actions.joining import JOINED_AT_ONCE
from pocketdesk.conversations.model import VisitorActor, VisitorViewer
from pocketdesk.files import actions as files
from pocketdesk.files import views as uploads
from pocketdesk.files.model import Owner, OwnerKind, Purpose
from pocketdesk.kernel import text
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.people import actions as people
from pocketdesk.people import views as people_views
from pocketdesk.people.model import Enforcement, OpenedSession, Proof
from pocketdesk.privacy import actions as privacy
from pocketdesk.privacy import views as privacy_views
from pocketdesk.privacy.model import Subject
from pocketdesk.storage import Engine, UnitOfWork
from tests.small_account import SmallAccount, open_small_account
from tests.store.test_accounts import race

MIA = Proof("mia@example.org", "Mia Sand")


@pytest.fixture
def account(engine: Engine) -> SmallAccount:
    return open_small_account(engine)


def _prove(account: SmallAccount, proof: Proof = MIA, cookie: str | None = None) -> OpenedSession:
    return account.engine.write_and_wait(
        lambda unit: people.open_proven_session(
            unit, account.scope, account.tag, {}, proof, cookie, conversations.join_history
        )
    )


def _viewer(account: SmallAccount, opened: OpenedSession) -> VisitorViewer:
    return VisitorViewer(account.scope, opened.visitor_id)


def _cookie(account: SmallAccount, visitor: VisitorViewer) -> str:
    return account.engine.write_and_wait(
        lambda unit: people.remember_visitor(unit, account.scope, visitor.visitor_id, None)
    )


def _seen(account: SmallAccount, visitor: VisitorViewer) -> set[int]:
    found = account.engine.read_and_wait(
        lambda reader: views.visitor_conversations(reader, account.scope, visitor.visitor_id)
    )
    return {each.conversation.id for each in found}


def _agent_sees(account: SmallAccount, conversation_id: int) -> Any:
    return account.engine.read_and_wait(
        lambda reader: views.agent_conversation(reader, account.scope, account.ana.user_id, conversation_id)
    )


def test_C14_earlier_threads_are_there_on_another_device(account: SmallAccount) -> None:
    phone, tablet = _viewer(account, _prove(account)), _viewer(account, _prove(account))
    assert phone == tablet
    first = account.start(phone, "From the phone")
    assert _seen(account, tablet) == {first}
    account.post(tablet, first, "From the tablet")
    assert _agent_sees(account, first).contact.verified is True


def test_D05_whoever_proves_who_they_are_is_not_asked_for_an_address(account: SmallAccount) -> None:
    account.configure(chat__email_capture__ask="after_first_message")
    kinds = {
        name: [
            entry.kind.value
            for entry in _agent_sees(account, account.start(visitor)).entries
            if hasattr(entry, "kind")
        ]
        for name, visitor in (
            ("anybody", account.new_visitor()),
            ("mia", _viewer(account, _prove(account))),
        )
    }
    assert kinds == {"anybody": ["email_asked"], "mia": []}


def test_C14_what_the_device_said_before_joins_with_proof_and_everybody_sees_it(
    account: SmallAccount,
) -> None:
    anonymous = account.new_visitor()
    account.consent_to(anonymous, "cookies", choice=True)
    cookie = _cookie(account, anonymous)
    early = account.start(anonymous, "Before signing in")
    account.post(account.ana, early, "Answer")
    account.run(anonymous, "move_cursor", conversation_id=early, received_seq=4, read_seq=4)
    assert _agent_sees(account, early).contact is None
    opened = _prove(account, cookie=cookie)
    mia = _viewer(account, opened)
    assert mia.visitor_id != anonymous.visitor_id
    assert _seen(account, mia) == {early}
    (conversation,) = account.engine.read_and_wait(
        lambda reader: views.visitor_conversations(reader, account.scope, mia.visitor_id)
    )
    assert (conversation.own.read_seq, conversation.unread) == (4, 0)
    found = _agent_sees(account, early)
    assert (found.contact.email, found.contact.verified) == ("mia@example.org", True)
    assert found.conversation.visitor_id == mia.visitor_id
    assert "contact_associated" in [entry.kind for entry in found.entries if hasattr(entry, "kind")]
    account.post(mia, early, "And after")
    with pytest.raises(NotFound):
        account.post(anonymous, early, "Nobody is that any more")
    assert (
        account.engine.read_and_wait(
            lambda reader: people_views.visitor_of_cookie(reader, account.scope, cookie)
        )
        is None
    )
    for person_id, records in ((mia.visitor_id, 1), (anonymous.visitor_id, 0)):
        found = account.engine.read_and_wait(
            lambda reader, person_id=person_id: consent.records(reader, account.scope, person_id)
        )
        assert len(found) == records


def test_C11_what_others_said_of_the_contact_stays_theirs(account: SmallAccount) -> None:
    """Whoever typed the address has proven nothing, in either direction."""
    eve = account.new_visitor()
    typed = account.start(eve, "I am Mia")
    account.run(eve, "give_email", conversation_id=typed, email="mia@example.org")
    mia = _viewer(account, _prove(account))
    own = account.start(mia, "I really am")
    assert _seen(account, mia) == {own}
    assert _seen(account, eve) == {typed}
    contacts = [_agent_sees(account, each).contact for each in (typed, own)]
    assert contacts[0].id == contacts[1].id
    assert [each.verified for each in contacts] == [False, True], "agents see which one is proven"


def test_C11_conversations_known_as_somebody_elses_do_not_join(account: SmallAccount) -> None:
    shared = account.new_visitor()
    cookie = _cookie(account, shared)
    leos = account.start(shared, "I am Leo")
    account.run(shared, "give_email", conversation_id=leos, email="leo@example.org")
    unknown = account.engine.write_and_wait(
        lambda unit: people_views.contact_of_email(unit, account.scope, "leo@example.org")
    )
    mia = _viewer(account, _prove(account, cookie=cookie))
    assert _seen(account, mia) == set()
    assert unknown is not None
    assert _agent_sees(account, leos).contact.id == unknown.id
    with pytest.raises(NotFound):
        account.post(mia, leos, "Mine?")


def test_a_conversation_that_was_hers_unproven_is_proven_then(account: SmallAccount) -> None:
    anonymous = account.new_visitor()
    cookie = _cookie(account, anonymous)
    typed = account.start(anonymous, "Hello")
    account.run(anonymous, "give_email", conversation_id=typed, email="mia@example.org")
    assert _agent_sees(account, typed).contact.verified is False
    assert _seen(account, _viewer(account, _prove(account, cookie=cookie))) == {typed}
    assert _agent_sees(account, typed).contact.verified is True


def test_many_conversations_join_in_the_end_and_twins_stay_apart(account: SmallAccount) -> None:
    mia = _viewer(account, _prove(account))
    twin = account.uuid()
    own = account.start(mia, client_conversation_id=twin)
    everything = {own}
    numbers = count(1)
    for _ in range(2):
        anonymous = account.new_visitor()
        cookie = _cookie(account, anonymous)
        ids = {account.start(anonymous, f"{next(numbers)}", client_conversation_id=twin)}
        ids |= {account.start(anonymous, f"{next(numbers)}") for _ in range(JOINED_AT_ONCE // 2)}
        everything |= ids
        _prove(account, cookie=cookie)
    account.run_jobs()
    owned = {_agent_sees(account, each).conversation.visitor_id for each in everything}
    assert owned == {mia.visitor_id}


def test_more_than_fit_one_transaction_join_by_jobs(
    account: SmallAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pocketdesk.conversations.actions.joining.JOINED_AT_ONCE", 2)
    anonymous = account.new_visitor()
    cookie = _cookie(account, anonymous)
    ids = {account.start(anonymous, str(number)) for number in range(5)}
    mia = _viewer(account, _prove(account, cookie=cookie))
    assert len(_seen(account, mia)) == 2
    account.run_jobs()
    assert _seen(account, mia) == ids


def test_what_was_uploaded_before_can_be_sent_after(account: SmallAccount) -> None:
    anonymous = account.new_visitor()
    cookie = _cookie(account, anonymous)
    owner = Owner(OwnerKind.VISITOR, anonymous.visitor_id)
    account.engine.write_and_wait(
        lambda unit: files.begin_upload(unit, account.scope, owner, Purpose.MESSAGE, "a.txt", 5, "text/plain")
    )
    mia = Owner(OwnerKind.VISITOR, _prove(account, cookie=cookie).visitor_id)
    found = account.engine.read_and_wait(lambda reader: uploads.uploads_of(reader, account.scope, mia, 0, 10))
    assert [each.owner for each in found] == [mia]


def test_however_many_devices_prove_at_once_there_is_one_contact_and_one_visitor(
    engine: Engine, database_url: str, clock: Any
) -> None:
    account = open_small_account(engine)
    ends = race(
        database_url,
        clock,
        *(
            lambda unit: people.open_proven_session(
                unit, account.scope, account.tag, {}, MIA, None, conversations.join_history
            )
            for _ in range(4)
        ),
    )
    assert ends == ["done"] * 4
    contact = engine.read_and_wait(
        lambda reader: people_views.contact_of_email(reader, account.scope, MIA.email)
    )
    assert contact is not None
    assert contact.visitor_id is not None


@pytest.mark.parametrize("later", [Enforcement.REPORT, Enforcement.ENFORCE])
def test_an_address_without_proof_counts_as_typed_until_proof_is_enforced(
    account: SmallAccount, later: Enforcement
) -> None:
    opened = account.engine.write_and_wait(
        lambda unit: people.open_claiming_session(
            unit, account.scope, account.tag, {}, None, "mia@example.org", Enforcement.OFF
        )
    )
    account.engine.write_and_wait(
        lambda unit: people.change_enforcement(unit, account.scope, account.admin, later)
    )
    mia = _viewer(account, _prove(account))
    hers = account.start(mia, "Mine")
    claiming = _viewer(account, opened)
    conversation_id = account.start(claiming, "I say that I am Mia")
    contact = _agent_sees(account, conversation_id).contact
    if later is Enforcement.ENFORCE:
        assert contact is None
    else:
        assert (contact.email, contact.verified) == ("mia@example.org", False)
    assert _seen(account, claiming) == {conversation_id}
    assert _seen(account, mia) == {hers}


def test_a_message_of_a_proven_visitor_costs_what_any_other_does(account: SmallAccount) -> None:
    mia = _viewer(account, _prove(account))
    conversation_id = account.start(mia)

    def post(unit: UnitOfWork) -> int:
        content = text.from_plain("Words")
        actor = VisitorActor(mia.visitor_id)
        conversations.post_message(unit, account.scope, actor, conversation_id, account.uuid(), content)
        return unit.queries

    assert account.engine.write_and_wait(post) == 3


def test_who_is_erased_is_nobody_on_any_device_and_may_begin_anew(account: SmallAccount) -> None:
    anonymous = account.new_visitor()
    cookie = _cookie(account, anonymous)
    account.start(anonymous, "Before")
    opened = _prove(account, cookie=cookie)
    contact = account.engine.read_and_wait(
        lambda reader: people_views.contact_of_email(reader, account.scope, MIA.email)
    )
    assert contact is not None
    ids = account.engine.read_and_wait(
        lambda reader: privacy_views.person_ids(reader, account.scope, Subject.CONTACT, contact.id)
    )
    assert ids == (contact.id, opened.visitor_id)
    asked = account.engine.write_and_wait(
        lambda unit: privacy.ask_erasure(unit, account.scope, account.admin, Subject.CONTACT, contact.id)
    )
    for _ in range(30):
        account.engine.write_and_wait(lambda unit: privacy.erase_some(unit, account.scope, asked.id))
    gone = account.engine.read_and_wait(
        lambda reader: people_views.visitor_of_bearer(reader, opened.token, 1_700_000_000_000)
    )
    assert gone is None
    again = _prove(account)
    assert again.visitor_id != opened.visitor_id
    assert _seen(account, _viewer(account, again)) == set()
