"""Consent on both databases: what is kept, what counts, what follows once an address is known."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import pytest

from pocketdesk.chatflows.model import CommunicateConsent, Options, ProcessConsent
from pocketdesk.chatflows.rules import fresh
from pocketdesk.consent import actions, rules, views
from pocketdesk.consent.model import (
    Basis,
    ConsentRecord,
    Kind,
    PrivacySettings,
    Standing,
    Subscription,
    SubscriptionStatus,
    SubscriptionType,
)
from pocketdesk.conversations.model import VisitorViewer
from pocketdesk.inboxes import views as inboxes
from pocketdesk.kernel.refusal import Invalid, NotFound
from pocketdesk.people import actions as people
from pocketdesk.people import views as people_views
from pocketdesk.storage import Engine, UnitOfWork
from tests.databases import Clock
from tests.small_account import SmallAccount, open_small_account

TEXTS = {
    "cookies.default": "Cookies?",
    "consent.explicit": "Do you agree?",
    "consent.legitimate": "We process this.",
    "consent.communicate": "Send me news",
}
ASKING = Options(
    language="en",
    process_consent=ProcessConsent(on=True, type="explicit"),
    communicate_consent=CommunicateConsent(on=True),
)


@dataclass
class Chat:
    """A visitor before a chatflow that asks for everything."""

    account: SmallAccount
    visitor: VisitorViewer
    channel_id: int
    options: Options = ASKING

    def choose(self, kind: Kind, choice: bool, text_hash: str | None = None) -> None:
        self.account.engine.write_and_wait(lambda unit: self._choose(unit, kind, choice, text_hash))

    def _choose(self, unit: UnitOfWork, kind: Kind, choice: bool, text_hash: str | None) -> None:
        texts = rules.page_texts(views.settings(unit, self.account.scope), self.options, TEXTS)
        shown = {
            Kind.COOKIES: texts.cookies,
            Kind.PROCESS: texts.process,
            Kind.COMMUNICATE: texts.communicate,
        }
        one = shown[kind]
        actions.record(
            unit,
            self.account.scope,
            self.visitor.visitor_id,
            kind,
            choice,
            text_hash or (one.text_hash if one else "0" * 32),
            texts,
            "en",
            self.account.chatflow_id,
            3,
            self.channel_id,
        )

    @property
    def engine(self) -> Engine:
        return self.account.engine

    def set(self, **changes: Any) -> None:
        def change(unit: UnitOfWork) -> None:
            after = replace(views.settings(unit, self.account.scope), **changes)
            actions.change_settings(unit, self.account.scope, self.account.admin, after)

        self.engine.write_and_wait(change)

    def records(self, person_id: int) -> tuple[ConsentRecord, ...]:
        return self.engine.read_and_wait(lambda reader: views.records(reader, self.account.scope, person_id))

    def subscriptions(self, contact_id: int) -> tuple[Subscription, ...]:
        scope = self.account.scope
        return self.engine.read_and_wait(lambda reader: views.subscriptions(reader, scope, contact_id))

    def types(self) -> tuple[SubscriptionType, ...]:
        return self.engine.read_and_wait(lambda reader: views.subscription_types(reader, self.account.scope))

    def new_type(self, name: str) -> int:
        scope, admin = self.account.scope, self.account.admin
        return self.engine.write_and_wait(
            lambda unit: actions.create_subscription_type(unit, scope, admin, name)
        ).id

    def check(self, type_id: int | None) -> Mapping[str, str]:
        offered = CommunicateConsent(on=True, subscription_type_id=type_id)
        document = fresh("en", "support", self.account.admin.user_id)
        options = msgspec.structs.replace(document.options, communicate_consent=offered)
        document = msgspec.structs.replace(document, options=options)
        scope, inbox_id = self.account.scope, self.account.inbox_id
        return self.engine.read_and_wait(
            lambda reader: views.check_document(reader, scope, inbox_id, document)
        )

    def standing(self) -> Standing:
        scope, visitor_id = self.account.scope, self.visitor.visitor_id
        return self.account.engine.read_and_wait(lambda reader: views.standing(reader, scope, [visitor_id]))

    def give_email(self, email: str, basis: Basis | None = None) -> int:
        def give(unit: UnitOfWork) -> int:
            scope = self.account.scope
            card = people.associate(unit, scope, self.visitor.visitor_id, email)
            actions.learn_email(unit, scope, self.visitor.visitor_id, card.id, card.email or "", basis)
            return card.id

        return self.account.engine.write_and_wait(give)


@pytest.fixture
def chat(engine: Engine) -> Chat:
    account = open_small_account(engine)
    visitor = account.new_visitor()
    return Chat(account, visitor, _channel(account))


def _channel(account: SmallAccount) -> int:
    return account.engine.read_and_wait(
        lambda reader: inboxes.channels(reader, account.scope, account.inbox_id)[0].id
    )


def test_G06_the_newest_choice_counts(chat: Chat, clock: Clock) -> None:
    assert chat.standing() == Standing()
    chat.choose(Kind.PROCESS, True)
    assert chat.standing() == Standing(process=True)
    clock.advance(1)
    chat.choose(Kind.PROCESS, False)
    chat.choose(Kind.COOKIES, True)
    assert chat.standing() == Standing(cookies=True, process=False)


def test_G12_a_record_proves_words_choice_time_flow_and_channel(chat: Chat, clock: Clock) -> None:
    chat.choose(Kind.PROCESS, True)
    (record,) = chat.records(chat.visitor.visitor_id)
    assert (record.text, record.choice, record.at, record.basis) == (
        "Do you agree?",
        True,
        clock.now,
        Basis.EXPLICIT,
    )
    assert record.text_hash == rules.text_hash("Do you agree?")
    assert (record.chatflow_id, record.chatflow_version) == (chat.account.chatflow_id, 3)
    assert (record.channel_account_id, record.language, record.email) == (chat.channel_id, "en", None)


def test_G12_the_words_stay_after_the_chatflow_shows_others(chat: Chat, clock: Clock) -> None:
    chat.choose(Kind.PROCESS, True)
    clock.advance(1)
    asked = ProcessConsent(on=True, type="explicit", text="Other words?")
    chat.options = msgspec.structs.replace(ASKING, process_consent=asked)
    chat.choose(Kind.PROCESS, True)
    found = chat.records(chat.visitor.visitor_id)
    assert [record.text for record in found] == ["Other words?", "Do you agree?"]


def test_G12_the_same_choice_about_the_same_words_is_kept_once(chat: Chat, clock: Clock) -> None:
    for _ in range(3):
        chat.choose(Kind.PROCESS, True)
        clock.advance(1)
    assert len(chat.records(chat.visitor.visitor_id)) == 1


def test_G08_a_choice_about_other_words_than_shown_is_refused(chat: Chat) -> None:
    with pytest.raises(rules.ConsentTextChanged):
        chat.choose(Kind.PROCESS, True, rules.text_hash("Old words"))
    assert chat.records(chat.visitor.visitor_id) == ()


def test_G01_nothing_is_recorded_once_the_switch_is_off(chat: Chat) -> None:
    chat.set(data_privacy=False)
    with pytest.raises(rules.ConsentTextChanged):
        chat.choose(Kind.PROCESS, True)


def test_G04_who_withdraws_cookies_is_brought_back_by_none(chat: Chat) -> None:
    scope, visitor_id = chat.account.scope, chat.visitor.visitor_id
    chat.choose(Kind.COOKIES, True)
    word = chat.engine.write_and_wait(lambda unit: people.remember_visitor(unit, scope, visitor_id, None))
    known = chat.engine.read_and_wait(lambda reader: people_views.visitor_of_cookie(reader, scope, word))
    assert known == visitor_id
    chat.choose(Kind.COOKIES, False)
    assert not chat.engine.read_and_wait(lambda reader: people_views.visitor_of_cookie(reader, scope, word))


def test_G10_unticked_subscribes_to_nothing(chat: Chat) -> None:
    chat.choose(Kind.COMMUNICATE, False)
    contact_id = chat.give_email("mia@example.org")
    assert chat.subscriptions(contact_id) == ()
    assert [record.choice for record in chat.records(contact_id)] == [False]


def test_G11_ticked_subscribes_once_the_address_is_known(chat: Chat) -> None:
    chat.choose(Kind.COMMUNICATE, True)
    contact_id = chat.give_email("Mia@Example.org")
    (subscription,) = chat.subscriptions(contact_id)
    assert subscription.subscription_type_id == chat.account.scope.account_id, "the default one"
    assert (subscription.email, subscription.status) == ("mia@example.org", SubscriptionStatus.SUBSCRIBED)
    (copy,) = chat.records(contact_id)
    (own,) = chat.records(chat.visitor.visitor_id)
    assert (copy.email, copy.text, copy.at) == ("mia@example.org", own.text, own.at)
    assert own.email is None
    assert subscription.record_id == own.id


def test_G11_learning_the_address_again_changes_nothing(chat: Chat, clock: Clock) -> None:
    chat.choose(Kind.COMMUNICATE, True)
    contact_id = chat.give_email("mia@example.org")
    before = chat.subscriptions(contact_id), chat.records(contact_id)
    clock.advance(5)
    assert chat.give_email("mia@example.org") == contact_id
    assert (chat.subscriptions(contact_id), chat.records(contact_id)) == before


def test_G11_the_chosen_type_and_not_the_default_one(chat: Chat) -> None:
    type_id = chat.new_type("Product news")
    offered = CommunicateConsent(on=True, subscription_type_id=type_id)
    chat.options = msgspec.structs.replace(ASKING, communicate_consent=offered)
    chat.choose(Kind.COMMUNICATE, True)
    contact_id = chat.give_email("mia@example.org")
    assert [one.subscription_type_id for one in chat.subscriptions(contact_id)] == [type_id]


def test_G11_withdrawing_later_ends_the_subscription(chat: Chat, clock: Clock) -> None:
    chat.choose(Kind.COMMUNICATE, True)
    contact_id = chat.give_email("mia@example.org")
    clock.advance(5)
    chat.choose(Kind.COMMUNICATE, False)
    chat.give_email("mia@example.org")
    assert [one.status for one in chat.subscriptions(contact_id)] == [SubscriptionStatus.UNSUBSCRIBED]


@pytest.mark.parametrize("basis", list(Basis))
def test_G13_the_contact_shows_the_legal_basis(chat: Chat, basis: Basis) -> None:
    contact_id = chat.give_email("mia@example.org", basis)
    card = chat.engine.read_and_wait(
        lambda reader: people_views.contact_card(reader, chat.account.scope, contact_id)
    )
    assert card.legal_basis == basis.value


def test_G13_a_newer_basis_supersedes_and_none_says_nothing(chat: Chat, clock: Clock) -> None:
    chat.give_email("mia@example.org", Basis.LEGITIMATE_INTEREST)
    clock.advance(1)
    chat.give_email("mia@example.org", Basis.EXPLICIT)
    clock.advance(1)
    contact_id = chat.give_email("mia@example.org")
    card = chat.engine.read_and_wait(
        lambda reader: people_views.contact_card(reader, chat.account.scope, contact_id)
    )
    assert card.legal_basis == "explicit"


@pytest.mark.parametrize("marketing", [False, True])
def test_G15_G16_only_new_contacts_become_marketing_contacts(chat: Chat, marketing: bool) -> None:
    scope = chat.account.scope

    def associate(email: str, marketing: bool) -> bool:
        visitor_id = chat.visitor.visitor_id
        return chat.engine.write_and_wait(
            lambda unit: people.associate(unit, scope, visitor_id, email, marketing=marketing)
        ).marketing

    assert associate("mia@example.org", marketing) is marketing
    assert associate("mia@example.org", not marketing) is marketing


def test_G18_settings_begin_with_privacy_on_and_nothing_erased(chat: Chat) -> None:
    scope = chat.account.scope
    read = chat.engine.read_and_wait
    assert read(lambda reader: views.settings(reader, scope)) == PrivacySettings(True, True, False)
    chat.set(cookie_consent=False, closed_days=90)
    assert read(lambda reader: views.settings(reader, scope)) == PrivacySettings(
        cookie_consent=False, closed_days=90
    )
    with pytest.raises(Invalid) as refused:
        chat.set(idle_days=0)
    assert list(refused.value.fields) == ["idle_days"]


def test_G19_types_are_created_renamed_archived_and_one_default_exists(chat: Chat) -> None:
    scope, admin, write = chat.account.scope, chat.account.admin, chat.engine.write_and_wait
    (default,) = chat.types()
    assert default.is_default
    type_id = chat.new_type("Product news")
    write(lambda unit: actions.change_subscription_type(unit, scope, admin, default.id, "Letters"))
    write(lambda unit: actions.change_subscription_type(unit, scope, admin, type_id, archived=True))
    assert [(one.name, one.archived_at is None) for one in chat.types()] == [
        ("Letters", True),
        ("Product news", False),
    ]
    with pytest.raises(rules.IsDefault):
        write(lambda unit: actions.change_subscription_type(unit, scope, admin, default.id, archived=True))


def test_G19_archived_and_unknown_types_cannot_be_chosen(chat: Chat) -> None:
    field = "options.communicate_consent.subscription_type_id"
    type_id = chat.new_type("Product news")
    assert chat.check(None) == chat.check(type_id) == chat.check(chat.account.scope.account_id) == {}
    assert list(chat.check(2**40)) == [field]
    chat.engine.write_and_wait(
        lambda unit: actions.change_subscription_type(
            unit, chat.account.scope, chat.account.admin, type_id, archived=True
        )
    )
    assert list(chat.check(type_id)) == [field]


def test_A01_another_account_has_nothing_of_it(chat: Chat) -> None:
    chat.choose(Kind.PROCESS, True)
    type_id = chat.new_type("Product news")
    other = open_small_account(chat.engine, account="Other")
    read = chat.engine.read_and_wait
    visitor_id = chat.visitor.visitor_id
    assert read(lambda reader: views.standing(reader, other.scope, [visitor_id])) == Standing()
    assert read(lambda reader: views.records(reader, other.scope, visitor_id)) == ()
    with pytest.raises(NotFound):
        read(lambda reader: views.subscription_type(reader, other.scope, type_id))
    with pytest.raises(NotFound):
        read(lambda reader: views.subscription_type(reader, other.scope, chat.account.scope.account_id))
