"""Asking for a transcript by mail: who may, how often, and what is said if it cannot be."""

from dataclasses import replace
from typing import Any

import pytest

from pocketdesk.chatflows import api as chatflows
from pocketdesk.conversations.model import AgentViewer, VisitorViewer
from pocketdesk.kernel.moments import DAY
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.mail import api
from pocketdesk.mail.actions import TRANSCRIPT
from tests.api.desk import Desk, Somebody
from tests.small_account import SmallAccount, open_small_account


@pytest.fixture
def account(desk: Desk) -> SmallAccount:
    desk.app.include_router(api.router, prefix="/api/v1")
    desk.app.state.sends_mail = True
    return open_small_account(desk.engine)


class Phone:
    """A chat page with its bearer."""

    def __init__(self, desk: Desk, account: SmallAccount) -> None:
        self._browser = desk.browser()
        opening = {"account_id": account.scope.account_id, "mobile_tag": account.tag}
        opened = self._browser.post("/api/v1/visitor/session", json=opening).json()
        self.viewer = VisitorViewer(account.scope, opened["visitor_id"])
        self._bearer = {"authorization": f"Bearer {opened['token']}"}

    def ask(self, conversation_id: int) -> Any:
        path = f"/api/v1/visitor/conversations/{conversation_id}/transcript/mail"
        return self._browser.post(path, headers=self._bearer)


def known(account: SmallAccount, phone: Phone, email: str = "mia@example.org") -> int:
    """A conversation with somebody whose address is known."""
    conversation_id = account.start(phone.viewer)
    account.run(account.ana, "associate_contact", conversation_id=conversation_id, email=email)
    return conversation_id


def asked(desk: Desk) -> list[str]:
    """The conversations whose transcripts wait to be mailed."""
    return [row[3] for row in desk.rows()["job"] if row[2] == TRANSCRIPT]


def test_L15_a_visitor_asks_for_their_own_conversation_only(desk: Desk, account: SmallAccount) -> None:
    phone, other = Phone(desk, account), Phone(desk, account)
    conversation_id = known(account, phone)
    assert phone.ask(conversation_id).status_code == 204
    assert asked(desk) == [str(conversation_id)]
    before = desk.rows()
    assert other.ask(conversation_id).status_code == 404
    assert (
        desk.browser().post(f"/api/v1/visitor/conversations/{conversation_id}/transcript/mail").status_code
        == 401
    )
    assert desk.rows() == before


def test_L15_what_cannot_be_mailed_is_said(desk: Desk, account: SmallAccount) -> None:
    phone = Phone(desk, account)
    conversation_id = account.start(phone.viewer)
    refused = phone.ask(conversation_id)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_address")
    desk.app.state.sends_mail = False
    refused = phone.ask(conversation_id)
    assert (refused.status_code, refused.json()["code"]) == (409, "mail_off")
    assert asked(desk) == []


def test_L15_an_address_is_not_flooded(desk: Desk, account: SmallAccount) -> None:
    phone = Phone(desk, account)
    conversation_id = known(account, phone)
    assert [phone.ask(conversation_id).status_code for _ in range(4)] == [204] * 3 + [429]
    others = [Phone(desk, account) for _ in range(3)]
    answers = [each.ask(known(account, each)) for each in others]
    assert [each.status_code for each in answers] == [204, 204, 429], "five for an address, whoever asks"
    assert int(answers[2].headers["retry-after"]) > 0
    desk.clock.advance(DAY)
    assert others[2].ask(known(account, others[2])).status_code == 204


def test_L15_an_agent_of_the_inbox_has_it_mailed_to_the_contact(desk: Desk, account: SmallAccount) -> None:
    ana = desk.found("Other", "zoe@example.org")
    inbox_id = ana.post("/inboxes", {"name": "Support"})["id"]
    theirs = known(account, Phone(desk, account))
    before = desk.rows()
    for account_id in (ana.account_id, account.scope.account_id):
        somebody = Somebody(ana.browser, account_id, ana.user_id, ana.email)
        assert somebody.call("POST", f"/conversations/{theirs}/transcript/mail").status_code == 404
    assert desk.rows() == before
    flow = {"inbox_id": inbox_id, "language": "en", "mobile_tag": "support", "type": "live_agent"}
    desk.app.include_router(chatflows.router, prefix="/api/v1")
    ana.patch(f"/chatflows/{ana.post('/chatflows', flow)['id']}", {"is_on": True})
    viewer = AgentViewer(AccountScope(ana.account_id), ana.user_id)
    own = replace(account, scope=viewer.scope, ana=viewer)
    conversation_id = known(own, Phone(desk, own))
    assert ana.call("POST", f"/conversations/{conversation_id}/transcript/mail").status_code == 204
    assert asked(desk) == [str(conversation_id)]
    lone = desk.hire(ana, "lone@example.org")
    assert lone.call("POST", f"/conversations/{conversation_id}/transcript/mail").status_code == 404
