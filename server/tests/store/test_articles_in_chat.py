"""L08 on both engines: cards of articles in messages, filled by the server, for whoever may read them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pocketdesk.conversations import actions as conversations
from pocketdesk.conversations import views
from pocketdesk.conversations.model import Message, VisitorViewer
from pocketdesk.conversations.rules import MessageIdReused
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.people import actions as people
from pocketdesk.people.model import Proof
from pocketdesk.storage import Engine, UnitOfWork
from tests.articles import Author, new_base
from tests.small_account import SmallAccount, open_small_account


@pytest.fixture
def account(engine: Engine) -> SmallAccount:
    return open_small_account(engine)


def _author(account: SmallAccount, *, is_public: bool = True) -> Author:
    scope, user_id = account.scope, account.admin.user_id
    return new_base(account.engine, scope.account_id, user_id, "Acme Help", ["en", "de"], is_public=is_public)


def _publish(account: SmallAccount, title: str = "Pay by card", access: str = "public") -> int:
    return _author(account).article(title, subtitle="Cards and invoices", access=access)


def _card(article_id: int, language: str = "en") -> dict[str, Any]:
    return {"blocks": [{"type": "article", "article_id": article_id, "language": language}]}


def _last(account: SmallAccount, conversation_id: int) -> Message:
    """The newest entry, as an agent sees it."""
    entries, _ = account.engine.read_and_wait(
        lambda reader: views.timeline(reader, account.scope, account.ana.user_id, conversation_id, None, 10)
    )
    return next(each for each in reversed(entries) if isinstance(each, Message))


def _proven(account: SmallAccount) -> VisitorViewer:
    opened = account.engine.write_and_wait(
        lambda unit: people.open_proven_session(
            unit,
            account.scope,
            account.tag,
            {},
            Proof("mia@example.org", "Mia Sand"),
            None,
            conversations.join_history,
        )
    )
    return VisitorViewer(account.scope, opened.visitor_id)


@contextmanager
def _counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    ran: list[str] = []
    with monkeypatch.context() as patch:
        for name in ("one", "all", "run", "run_many"):
            original = getattr(UnitOfWork, name)

            def counted(self: UnitOfWork, *given: Any, _original: Any = original, **parameters: Any) -> Any:
                ran.append(str(given[0]))
                return _original(self, *given, **parameters)

            patch.setattr(UnitOfWork, name, counted)
        yield ran


def test_L08_an_agent_sends_a_card_that_the_server_fills(account: SmallAccount) -> None:
    author = _author(account)
    article_id = author.article("Pay by card", subtitle="Cards and invoices")
    conversation_id = account.start(account.new_visitor())
    sent = {"client_message_id": account.uuid(), "content": _card(article_id)}
    posted = account.post(account.ana, conversation_id, "", **sent)
    assert account.post(account.ana, conversation_id, "", **sent) == posted
    with pytest.raises(MessageIdReused):
        account.post(account.ana, conversation_id, "", **{**sent, "content": _card(article_id, "de")})
    (block,) = json.loads(_last(account, conversation_id).content)["blocks"]
    url = f"/help/{account.scope.account_id}/{author.slug}/en/a/pay-by-card"
    assert block == {
        "type": "article",
        "article_id": article_id,
        "language": "en",
        "title": "Pay by card",
        "subtitle": "Cards and invoices",
        "url": url,
    }
    said = account.engine.read_and_wait(
        lambda reader: views.transcript(reader, account.scope, conversation_id, "https://chat.test")
    )
    assert said.lines[-1].words == f"Pay by card\nhttps://chat.test{url}"


def test_L08_a_card_keeps_what_was_sent_when_the_article_changes(account: SmallAccount) -> None:
    author = _author(account)
    article_id = author.article("Pay by card")
    conversation_id = account.start(account.new_visitor())
    account.post(account.ana, conversation_id, "", content=_card(article_id))
    author.unpublish(article_id)
    assert "Pay by card" in _last(account, conversation_id).content


def test_L08_K06_only_published_articles_can_be_sent(account: SmallAccount) -> None:
    draft_id = _author(account).article("Not yet", published=False)
    conversation_id = account.start(account.new_visitor())
    for article_id in (draft_id, 999_999):
        for send in ("post_message", "post_comment"):
            with pytest.raises(Invalid) as refusal:
                account.run(
                    account.ana,
                    send,
                    conversation_id=conversation_id,
                    client_message_id=account.uuid(),
                    content=_card(article_id),
                )
            assert list(refusal.value.fields) == ["content.blocks.0.article_id"]
    assert "Hello" in _last(account, conversation_id).content


def test_L08_an_article_for_contacts_goes_to_proven_contacts_only(account: SmallAccount) -> None:
    article_id = _publish(account, "Prices", "contacts")
    stranger = account.start(account.new_visitor())
    with pytest.raises(Invalid):
        account.post(account.ana, stranger, "", content=_card(article_id))
    comment = {"conversation_id": stranger, "client_message_id": account.uuid(), "content": _card(article_id)}
    account.run(account.ana, "post_comment", **comment)
    known = account.start(_proven(account))
    account.post(account.ana, known, "", content=_card(article_id))
    (block,) = json.loads(_last(account, known).content)["blocks"]
    assert (block["title"], block["url"]) == ("Prices", None), "it has no page that everybody may read"


def test_L08_a_card_names_no_page_where_there_is_no_help_centre(account: SmallAccount) -> None:
    article_id = _author(account, is_public=False).article("Pay by card")
    conversation_id = account.start(account.new_visitor())
    account.post(account.ana, conversation_id, "", content=_card(article_id))
    assert json.loads(_last(account, conversation_id).content)["blocks"][0]["url"] is None


def test_L08_visitors_send_none(account: SmallAccount) -> None:
    article_id = _publish(account)
    visitor = account.new_visitor()
    with pytest.raises(Invalid):
        account.start(visitor, content=_card(article_id))
    conversation_id = account.start(visitor)
    with pytest.raises(Invalid):
        account.post(visitor, conversation_id, "", content=_card(article_id))


def test_L08_articles_of_neighbours_are_out_of_reach(account: SmallAccount, engine: Engine) -> None:
    neighbour = open_small_account(engine, account="Suedwind")
    article_id = _publish(neighbour, "Secret")
    conversation_id = account.start(account.new_visitor())
    with pytest.raises(Invalid):
        account.post(account.ana, conversation_id, "", content=_card(article_id))


def test_L08_messages_without_articles_ask_nothing_of_the_knowledge_base(
    account: SmallAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    article_id = _publish(account)
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    account.post(account.ana, conversation_id, "Good day")
    with _counted(monkeypatch) as plain:
        account.post(account.ana, conversation_id, "How can I help?")
    with _counted(monkeypatch) as theirs:
        account.post(visitor, conversation_id, "With my bill")
    with _counted(monkeypatch) as carded:
        account.post(account.ana, conversation_id, "", content=_card(article_id))
    assert (len(plain), len(theirs)) == (3, 3), "find, add, save"
    assert len(carded) > len(plain)
