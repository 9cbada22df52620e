"""Consent on both databases: what is kept, what counts, what follows once an address is known."""

from dataclasses import dataclass

import msgspec
import pytest

from pocketdesk.accounts.rules.rights import EVERYTHING
from pocketdesk.chatflows.model import CommunicateConsent, Options, ProcessConsent
from pocketdesk.consent import actions, rules, views
from pocketdesk.consent.model import Basis, Kind, PrivacySettings, Standing, SubscriptionStatus
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
        shown = {Kind.COOKIES: texts.cookies, Kind.PROCESS: texts.process, Kind.COMMUNICATE: texts.communicate}
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
