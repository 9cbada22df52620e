"""Two contacts become one on both engines: all that is kept moves, proof does not, and copies and erasures find it."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from pocketdesk.accounts import views as accounts
from pocketdesk.consent import actions as consent
from pocketdesk.consent import views as consents
from pocketdesk.consent.model import SubscriptionStatus
from pocketdesk.conversations import actions as conversations
from pocketdesk.conversations import views
from pocketdesk.conversations.model import VisitorViewer
from pocketdesk.help_center import actions as help_center
from pocketdesk.kernel.refusal import Invalid, NotFound
from pocketdesk.people import actions as people
from pocketdesk.people import rules
from pocketdesk.people import views as people_views
from pocketdesk.people.model import ContactCard, FurtherAddress, Proof
from pocketdesk.privacy import actions as privacy
from pocketdesk.privacy.model import Stage, Subject
from pocketdesk.privacy.rules import BeingErased
from pocketdesk.storage import Engine, metadata
from pocketdesk.surveys import views as surveys
from pocketdesk.tickets import actions as tickets
from pocketdesk.tickets import views as ticket_views
from pocketdesk.tickets.model import Draft
from tests.realtime.test_replay_law import Law, watch_everything
from tests.small_account import SmallAccount, open_small_account
from tests.store.test_privacy import Home, asking, home, settle

__all__ = ["asking", "home"]


@pytest.fixture
def account(engine: Engine) -> SmallAccount:
    return open_small_account(engine)


def _merge(account: SmallAccount, kept_id: int, other_id: int) -> ContactCard:
    return account.engine.write_and_wait(
        lambda unit: people.merge_contacts(
            unit, account.scope, account.admin, kept_id, other_id, privacy.hand_over
        )
    )


def _add(account: SmallAccount, word: str, name: str | None = None) -> ContactCard:
    return account.engine.write_and_wait(
        lambda unit: people.create_contact(unit, account.scope, account.admin, f"{word}@example.org", name)
    )


def _tell(account: SmallAccount, contact_id: int, name: str, text: str) -> None:
    account.engine.write_and_wait(
        lambda unit: people.set_contact_property(unit, account.scope, contact_id, name, text, "api")
    )


def _prove(account: SmallAccount, email: str, cookie: str | None = None) -> VisitorViewer:
    opened = account.engine.write_and_wait(
        lambda unit: people.open_proven_session(
            unit, account.scope, account.tag, {}, Proof(email), cookie, conversations.join_history
        )
    )
    return VisitorViewer(account.scope, opened.visitor_id)


def _seen(account: SmallAccount, visitor: VisitorViewer) -> set[int]:
    found = account.engine.read_and_wait(
        lambda reader: views.visitor_conversations(reader, account.scope, visitor.visitor_id)
    )
    return {each.conversation.id for each in found}


def _contact_of(account: SmallAccount, conversation_id: int) -> Any:
    return account.engine.read_and_wait(
        lambda reader: views.agent_conversation(reader, account.scope, account.ana.user_id, conversation_id)
    ).contact


def _typed(account: SmallAccount, email: str) -> int:
    """A conversation of somebody who typed an address."""
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    account.run(visitor, "give_email", conversation_id=conversation_id, email=email)
    return conversation_id


def _rows(engine: Engine) -> dict[str, list[Any]]:
    """Everything but counters, so that what changes nothing can be told."""
    return {
        table.name: sorted(
            engine.read_and_wait(lambda reader, table=table: reader.all(select(table))), key=repr
        )
        for table in metadata.sorted_tables
        if table.name != "id_counter"
    }


def test_B6_the_kept_contact_takes_over_what_it_lacks_and_the_other_leads_to_it(
    account: SmallAccount,
) -> None:
    mia, mo = _add(account, "mia"), _add(account, "mo", "Mo Sand")
    _tell(account, mia.id, "town", "Bremen")
    _tell(account, mia.id, "phone", "")
    for name, text in (("town", "Kiel"), ("phone", "+49 1"), ("phone", "+49 2"), ("hobby", "")):
        _tell(account, mo.id, name, text)
    account.engine.write_and_wait(
        lambda unit: people.give_to_owner(unit, account.scope, account.admin, mo.id, account.ben.user_id)
    )
    merged = _merge(account, mia.id, mo.id)
    assert (merged.id, merged.name, merged.email) == (mia.id, "Mo Sand", "mia@example.org")
    assert (merged.owner_user_id, merged.verified) == (account.ben.user_id, False)
    read = account.engine.read_and_wait
    assert read(lambda reader: people_views.contact_card(reader, account.scope, mo.id)) == merged
    assert read(lambda reader: people_views.contact_cards(reader, account.scope, [mo.id])) == {mo.id: merged}
    known = read(lambda reader: people_views.current_properties(reader, account.scope, [mia.id, mo.id]))
    assert {each.name: each.value for each in known.pop(mia.id)} == {"town": "Bremen", "phone": "+49 2"}
    assert known == {}
    past = read(lambda reader: people_views.contact_properties(reader, account.scope, mia.id))
    assert {each.value for each in past} == {"Bremen", "Kiel", "", "+49 1", "+49 2"}
    further = read(lambda reader: people_views.further(reader, account.scope, [mia.id, mo.id]))
    assert further == {mia.id: (FurtherAddress(mo.id, "mo@example.org"),)}
    # It is in lists once, and found by either address.
    listed = read(lambda reader: people_views.contacts(reader, account.scope, 10)).items
    assert listed == (merged,)
    for word in ("mia@", "mo@", "sand"):
        found = read(lambda reader, word=word: people_views.contacts(reader, account.scope, 10, None, word))
        assert found.items == (merged,)
    (entry, *_) = read(lambda reader: accounts.audit(reader, account.scope, 1)).items
    assert (entry.verb, entry.object_kind, entry.object_id) == ("merged", "contact", mia.id)
    assert entry.facts == {"contact_id": mo.id}


def test_B6_everything_that_names_the_other_contact_names_the_kept_one(asking: Home) -> None:
    mia, mo = settle(asking, "mia"), settle(asking, "mo")
    account = asking.account
    law = Law(account)
    for each in (mia, mo):
        law.watch(account.ana, f"conversation:{each.conversation_id}")
    watch_everything(law, mia.visitor, mo.visitor)
    _merge(account, mia.contact_id, mo.contact_id)
    asking.catch_up(law)
    law.resume_from_everywhere()
    left = {
        f"{table.name}.{column}"
        for table in metadata.sorted_tables
        for column in ("contact_id", "person_id")
        if column in table.c
        and asking.engine.read_and_wait(
            lambda reader, table=table, column=column: reader.all(
                select(table.c[column]).where(table.c[column] == mo.contact_id)
            )
        )
    }
    assert left == {"contact_email.contact_id"}, "the address stays, as a further one"
    for each in (mia, mo):
        contact = _contact_of(account, each.conversation_id)
        assert (contact.id, contact.verified) == (mia.contact_id, False)
    kept = [mia.contact_id]
    assert len(asking.read(surveys.of_people, kept)) == 2
    assert len(asking.read(ticket_views.of_people, kept)) == 2
    assert len(asking.read(consents.records, mia.contact_id)) == 4
    person = asking.read(views.person, account.ana.user_id, mia.conversation_id)
    assert [each.conversation.id for each in person.earlier] == [mo.conversation_id]


def test_B6_many_conversations_follow_by_jobs_and_say_at_once_with_whom_they_are(
    account: SmallAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pocketdesk.conversations.actions.joining.JOINED_AT_ONCE", 2)
    mia = _add(account, "mia")
    ids = [_typed(account, "mo@example.org") for _ in range(5)]
    mo_id = _contact_of(account, ids[0]).id
    _merge(account, mia.id, mo_id)
    table = metadata.tables["conversation"]

    def named() -> list[int]:
        rows = account.engine.read_and_wait(lambda reader: reader.all(select(table.c.contact_id)))
        return sorted(row[0] for row in rows)

    assert named() == sorted([mia.id] * 2 + [mo_id] * 3)
    assert {_contact_of(account, each).id for each in ids} == {mia.id}
    account.run_jobs()
    assert named() == [mia.id] * 5


def test_B6_what_was_merged_before_leads_on_in_one_step(account: SmallAccount) -> None:
    mia, mo, nea = (_add(account, word) for word in ("mia", "mo", "nea"))
    _merge(account, mo.id, nea.id)
    merged = _merge(account, mia.id, nea.id)  # by the old id: it is mo who goes
    read = account.engine.read_and_wait
    for each in (mo, nea):
        assert (
            read(lambda reader, each=each: people_views.contact_card(reader, account.scope, each.id))
            == merged
        )
    ids = read(lambda reader: people_views.ids_of_contact(reader, account.scope, mia.id))
    assert ids == (mia.id, mo.id, nea.id)
    # What is done by an old id is done to who is left.
    changed = account.engine.write_and_wait(
        lambda unit: people.change_contact(unit, account.scope, account.admin, nea.id, "Mia Sand")
    )
    assert (changed.id, changed.name) == (mia.id, "Mia Sand")
    ticket = account.engine.write_and_wait(
        lambda unit: tickets.create_ticket(
            unit, account.scope, account.admin, Draft("The parcel", contact_id=mo.id)
        )
    )
    assert ticket.draft.contact_id == mia.id


def test_C11_merging_proves_nothing(account: SmallAccount) -> None:
    """Whoever has proven one address reads what they could read before, whatever agents say."""
    mia, mo = _prove(account, "mia@example.org"), _prove(account, "mo@example.org")
    of_mia, of_mo = account.start(mia, "I am Mia"), account.start(mo, "I am Mo")
    mia_id, mo_id = (_contact_of(account, each).id for each in (of_mia, of_mo))
    merged = _merge(account, mia_id, mo_id)
    assert merged.visitor_id == mia.visitor_id
    assert [_seen(account, each) for each in (mia, mo)] == [{of_mia}, {of_mo}]
    with pytest.raises(NotFound):
        account.post(mo, of_mia, "Mine?")
    # A new token for either address leads to the visitor who has proven it, with the history that was theirs.
    assert _prove(account, "mo@example.org") == mo
    assert _prove(account, "mia@example.org") == mia
    # Agents see one contact, proven where the visitor has proven that contact's own address.
    later = account.start(mo, "Me again")
    assert _seen(account, mo) == {of_mo, later}
    for conversation_id, verified in ((of_mia, True), (of_mo, False), (later, False)):
        contact = _contact_of(account, conversation_id)
        assert (contact.id, contact.verified) == (mia_id, verified)
    # Signing one address out ends that one.
    account.engine.write_and_wait(
        lambda unit: people.sign_out_everywhere(unit, account.scope, account.admin, "mo@example.org")
    )
    sessions = metadata.tables["visitor_session"]
    rows = account.engine.read_and_wait(lambda reader: reader.all(select(sessions.c.visitor_id)))
    assert {row[0] for row in rows} == {mia.visitor_id}


def test_C11_proof_of_a_further_address_begins_as_itself(account: SmallAccount) -> None:
    """Nobody had proven the other address: who does so later is not the one who has proven the first."""
    mia = _prove(account, "mia@example.org")
    secret = account.start(mia, "Only for me")
    typed = _typed(account, "mo@example.org")
    _merge(account, _contact_of(account, secret).id, _contact_of(account, typed).id)
    anonymous = account.new_visitor()
    cookie = account.engine.write_and_wait(
        lambda unit: people.remember_visitor(unit, account.scope, anonymous.visitor_id, None)
    )
    before = account.start(anonymous, "Before signing in")
    mo = _prove(account, "mo@example.org", cookie)
    assert mo not in (mia, anonymous)
    assert _seen(account, mo) == {before}
    contact = _contact_of(account, before)
    assert (contact.email, contact.verified) == ("mia@example.org", False)
    # Who types a further address is the one contact, unproven.
    again = _contact_of(account, _typed(account, "mo@example.org"))
    assert (again.id, again.verified) == (contact.id, False)


@pytest.mark.parametrize("proven", ["mia@example.org", "mo@example.org"])
def test_C11_what_a_shared_device_said_for_one_address_does_not_join_another(
    account: SmallAccount, proven: str
) -> None:
    """A family's tablet: somebody typed one address there, somebody else proves the other."""
    shared = account.new_visitor()
    cookie = account.engine.write_and_wait(
        lambda unit: people.remember_visitor(unit, account.scope, shared.visitor_id, None)
    )
    typed, unknown = account.start(shared), account.start(shared)
    other = ({"mia@example.org", "mo@example.org"} - {proven}).pop()
    account.run(shared, "give_email", conversation_id=typed, email=other)
    mia, mo = (_contact_of(account, _typed(account, f"{word}@example.org")).id for word in ("mia", "mo"))
    _merge(account, mia, mo)
    somebody = _prove(account, proven, cookie)
    assert _seen(account, somebody) == {unknown}
    assert _contact_of(account, typed).id == mia


@pytest.mark.parametrize("kept_first", [True, False])
@pytest.mark.parametrize("ended", ["kept", "other", "neither"])
def test_B9_of_two_subscriptions_an_end_wins(
    account: SmallAccount, clock: Any, ended: str, kept_first: bool
) -> None:
    mia, mo = _add(account, "mia"), _add(account, "mo")
    type_id = account.scope.account_id
    there = {"kept": mia, "other": mo}
    for who in there if kept_first else reversed(there):
        for subscribed in (True, False) if who == ended else (True,):
            clock.advance(10)
            account.engine.write_and_wait(
                lambda unit, who=who, subscribed=subscribed: consent.set_subscription(
                    unit, account.scope, account.admin, there[who], type_id, subscribed=subscribed
                )
            )
    newest = clock.now
    _merge(account, mia.id, mo.id)
    (found,) = account.engine.read_and_wait(
        lambda reader: consents.subscriptions(reader, account.scope, mia.id)
    )
    expected = SubscriptionStatus.SUBSCRIBED if ended == "neither" else SubscriptionStatus.UNSUBSCRIBED
    assert (found.status, found.email) == (expected, "mia@example.org")
    if ended != "neither":
        assert found.at >= newest, "no older word begins it again"
    gone = account.engine.read_and_wait(lambda reader: consents.subscriptions(reader, account.scope, mo.id))
    assert gone == ()


def test_B9_a_subscription_that_only_the_other_had_stays_that_addresss(account: SmallAccount) -> None:
    mia, mo = _add(account, "mia"), _add(account, "mo")
    account.engine.write_and_wait(
        lambda unit: consent.set_subscription(
            unit, account.scope, account.admin, mo, account.scope.account_id, subscribed=True
        )
    )
    _merge(account, mia.id, mo.id)
    (found,) = account.engine.read_and_wait(
        lambda reader: consents.subscriptions(reader, account.scope, mia.id)
    )
    assert (found.status, found.email) == (SubscriptionStatus.SUBSCRIBED, "mo@example.org")


def test_B6_one_visitors_consent_that_both_have_a_copy_of_is_kept_twice(asking: Home) -> None:
    account = asking.account
    visitor = account.new_visitor()
    account.consent_to(visitor, "process")
    first, second = account.start(visitor), account.start(visitor)
    for conversation_id, word in ((first, "mia"), (second, "mo")):
        account.run(
            account.ana, "associate_contact", conversation_id=conversation_id, email=f"{word}@example.org"
        )
    kept, other = (_contact_of(account, each).id for each in (first, second))
    _merge(account, kept, other)
    records = asking.read(consents.records, kept)
    assert {each.email for each in records} == {"mia@example.org", "mo@example.org"}


def test_G17_a_merged_contact_is_copied_and_erased_with_all_that_it_was(asking: Home) -> None:
    mia, mo, leo = (settle(asking, word) for word in ("geheim", "quark", "leinsamen"))
    account = asking.account
    proven = _prove(account, "quark@example.org")
    asking.engine.write_and_wait(
        lambda unit: help_center.vote_as_person(
            unit, account.scope, 1, 2, "en", proven.visitor_id, helpful=True
        )
    )
    old = asking.export(Subject.CONTACT, mo.contact_id)
    others = asking.found("leinsamen")
    _merge(account, mia.contact_id, mo.contact_id)
    copy = asking.export(Subject.CONTACT, mo.contact_id)
    assert copy.subject_id == mia.contact_id
    parts = asking.opened(copy)
    person = json.loads(parts["person.json"])
    assert person["contact"]["email"] == "geheim@example.org"
    assert person["contact"]["further_emails"] == ["quark@example.org"]
    assert {each["id"] for each in person["visitors"]} == {
        mia.visitor.visitor_id,
        mo.visitor.visitor_id,
        proven.visitor_id,
    }
    assert {"geheimville", "quarkville"} <= {each["value"] for each in person["properties"]}
    assert [len(person[place]) for place in ("survey_answers", "tickets", "article_votes")] == [2, 2, 1]
    told = {
        int(name.split("/")[1].removesuffix(".json")) for name in parts if name.startswith("conversations/")
    }
    assert told == {mia.conversation_id, mo.conversation_id}
    done = asking.erase(Subject.CONTACT, mo.contact_id)
    assert (done.stage, done.subject_id) == (Stage.DONE, mia.contact_id)
    assert (done.counts["contact"], done.counts["contact_email"]) == (2, 2)
    assert asking.found("geheim", "quark") == {}
    assert asking.found("leinsamen") == others
    assert not [path for path in (asking.folder / "exports").rglob(str(old.id)) if path.is_file()]
    for each in (mia, mo):
        with pytest.raises(NotFound):
            asking.read(people_views.contact_card, each.contact_id)
    assert asking.read(people_views.contact_card, leo.contact_id).email == "leinsamen@example.org"


def test_G17_an_erasure_finds_conversations_that_have_not_followed_yet(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pocketdesk.conversations.actions.joining.JOINED_AT_ONCE", 1)
    account = home.account
    mia = _add(account, "mia")
    ids = [_typed(account, "geheim@example.org") for _ in range(4)]
    _merge(account, mia.id, _contact_of(account, ids[0]).id)
    home.erase(Subject.CONTACT, mia.id)
    assert home.found("geheim", "mia@example.org") == {}


def test_B6_what_cannot_be_merged_changes_nothing(account: SmallAccount, subtests: pytest.Subtests) -> None:
    mia, mo, gone, forgotten, put_away = (
        _add(account, word) for word in ("mia", "mo", "gone", "forgotten", "away")
    )
    stranger = _add(open_small_account(account.engine, account="Other"), "stranger")
    write = account.engine.write_and_wait
    write(lambda unit: people.archive_contact(unit, account.scope, account.admin, put_away.id))
    write(lambda unit: privacy.ask_erasure(unit, account.scope, account.admin, Subject.CONTACT, forgotten.id))
    write(lambda unit: people.erase_contact(unit, account.scope, gone.id))
    before = _rows(account.engine)
    for kept_id, other_id, refusal in (
        (mia.id, mia.id, Invalid),
        (mia.id, put_away.id, Invalid),
        (put_away.id, mia.id, Invalid),
        (mia.id, 1, NotFound),
        (1, mia.id, NotFound),
        (mia.id, gone.id, NotFound),
        (mia.id, stranger.id, NotFound),
        (stranger.id, mia.id, NotFound),
        (mia.id, forgotten.id, BeingErased),
        (forgotten.id, mia.id, BeingErased),
    ):
        with subtests.test(f"{kept_id} {other_id}"), pytest.raises(refusal):
            _merge(account, kept_id, other_id)
        assert _rows(account.engine) == before
    _merge(account, mia.id, mo.id)
    with pytest.raises(Invalid):
        _merge(account, mia.id, mo.id)
    # A further address is nobody else's, and does not become the contact's own.
    for act in (
        lambda unit: people.create_contact(unit, account.scope, account.admin, "mo@example.org"),
        lambda unit: people.change_contact(
            unit, account.scope, account.admin, mia.id, email="mo@example.org"
        ),
    ):
        with pytest.raises(rules.AddressTaken):
            write(act)
