"""Conversations moving from HubSpot: whole, once, over, and told to nobody."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from pocketdesk.conversations import actions
from pocketdesk.conversations import views as conversations
from pocketdesk.conversations.actions import erasing
from pocketdesk.conversations.model import AgentConversation, Comment, Entry, Filters, Notice, Status, View
from pocketdesk.conversations.views import whole
from pocketdesk.hubspot.importing.conversations import NO_WORDS, SPAM, STILL_OPEN
from pocketdesk.hubspot.importing.model import Outcome, Tally
from pocketdesk.hubspot.importing.said import FILE, NO_USER
from pocketdesk.hubspot.importing.work import CONVERSATIONS
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.kernel.text import LONGEST, from_json
from pocketdesk.people import actions as people
from pocketdesk.people.model import Proof
from pocketdesk.storage import Reader, UnitOfWork, metadata
from tests.api.test_hubspot_import import Wall, bring, desk, fill, target, wall
from tests.api.test_hubspot_site_search import account, origin
from tests.facade import Program
from tests.small_account import SmallAccount

__all__ = ["account", "desk", "origin", "target", "wall"]

ROOT = "/conversations/v3/conversations"


def tally_of(target: SmallAccount, origin: str, desk: Program, **wishes: Any) -> Tally:
    report = bring(target, origin, desk.secret, **wishes)
    assert report.stopped is None
    assert report.agrees
    return report.kinds[CONVERSATIONS]


def came(target: SmallAccount) -> list[int]:
    """Ids of the conversations in the target's inbox, the newest first."""
    page = target.engine.read_and_wait(
        lambda reader: conversations.conversations(
            reader, target.scope, target.ana.user_id, Filters(status=Status.CLOSED), 100
        )
    )
    return [each.conversation.id for each in page.items]


def seen(target: SmallAccount, id_: int) -> AgentConversation:
    return target.engine.read_and_wait(
        lambda reader: conversations.agent_conversation(reader, target.scope, target.ana.user_id, id_)
    )


def lines(target: SmallAccount, id_: int) -> list[tuple[str, str, str]]:
    """What was said: by what kind of author, whether among agents, and the words."""
    entries: tuple[Entry, ...] = target.engine.read_and_wait(
        lambda reader: whole.entries_after(reader, target.scope, id_, 0, 1_000)
    )
    return [
        (
            each.author.kind,
            "comment" if isinstance(each, Comment) else "message",
            from_json(json.loads(each.content)).plain,
        )
        for each in entries
        if not isinstance(each, Notice)
    ]


def rows(target: SmallAccount) -> dict[str, list[Any]]:
    def read(reader: Reader) -> dict[str, list[Any]]:
        tables = [table for table in metadata.sorted_tables if table.name != "id_counter"]
        return {table.name: sorted(reader.all(select(table)), key=repr) for table in tables}

    return target.engine.read_and_wait(read)


def message(id_: str, text: str, **more: Any) -> dict[str, Any]:
    """A message as HubSpot tells it, from outside."""
    usual = {
        "id": id_,
        "type": "MESSAGE",
        "createdAt": f"2024-03-01T10:00:{len(id_):02d}Z",
        "createdBy": "V-77",
        "direction": "INCOMING",
        "senders": [{"actorId": "V-77", "name": "Mo"}],
        "text": text,
        "attachments": [],
        "truncationStatus": "NOT_TRUNCATED",
    }
    return {**usual, **more}


def told(wall: Wall, *messages: dict[str, Any], **more: Any) -> None:
    """The source has one conversation, with these messages."""
    thread = {
        "id": "900",
        "inboxId": "1",
        "associatedContactId": "77",
        "createdAt": "2024-03-01T10:00:00Z",
        "closedAt": "2024-03-02T10:00:00Z",
        "status": "CLOSED",
        "spam": False,
        **more,
    }
    wall.replaced[f"{ROOT}/inboxes"] = {"results": [{"id": "1", "name": "support"}]}
    wall.replaced[f"{ROOT}/threads"] = {"results": [thread]}
    wall.replaced[f"{ROOT}/threads/900/messages"] = {"results": list(messages)}
    faces = [
        {"id": "A-1", "type": "AGENT", "name": "Ben", "email": "BEN@abendrot.example"},
        {"id": "A-2", "type": "AGENT", "name": "Lena Meyer", "email": "lena@elsewhere.example"},
    ]
    wall.replaced[f"{ROOT}/actors/batch/read"] = {"results": faces}


def test_B3_conversations_come_once_with_their_words_and_are_over(
    desk: Program, account: SmallAccount, target: SmallAccount
) -> None:
    fill(desk, 2)
    visitor = account.new_visitor()
    id_ = account.start(visitor, "Where is my parcel?")
    account.post(account.ben, id_, "On its way")
    account.run(
        account.ben,
        "post_comment",
        conversation_id=id_,
        client_message_id=account.uuid(),
        content={"text": "Slow"},
    )
    account.run(account.ben, "associate_contact", conversation_id=id_, email="c1@example.org", name=None)
    account.run(account.ben, "close_conversation", conversation_id=id_)
    other_visitor = account.new_visitor()
    other = account.start(other_visitor, "Still open")
    before = rows(target)
    looked = tally_of(target, desk.origin, desk, dry_run=True)
    assert looked.outcomes == {Outcome.BROUGHT: 2}
    assert rows(target) == before, "a dry run only looks"

    first = tally_of(target, desk.origin, desk)
    assert first.outcomes == {Outcome.BROUGHT: 2}
    assert first.given == first.held == looked.given != 0
    assert first.left_out[STILL_OPEN] == 1
    found = {lines(target, each)[1][2]: each for each in came(target)}
    assert set(found) == {"Where is my parcel?", "Still open"}
    parcel = seen(target, found["Where is my parcel?"])
    assert parcel.conversation.state.status is Status.CLOSED
    assert (parcel.chatflow, parcel.channel.name, parcel.takes_answers) == (None, "HubSpot", False)
    assert parcel.contact is not None
    assert parcel.contact.email == "c1@example.org"
    # Ben has another address here, so the words stand under his name; of comments somebody must be the author.
    assert lines(target, found["Where is my parcel?"])[1:] == [
        ("visitor", "message", "Where is my parcel?"),
        ("system", "message", "Ben Okoro:\n\nOn its way"),
        ("agent", "comment", "Ben Okoro:\n\nSlow"),
    ]
    assert first.left_out[NO_USER] == 2
    told_of = [
        row for row in rows(target)["event"] if row[0] == target.scope.account_id and row[4] is not None
    ]
    assert told_of == [], "nobody is told of what was said"

    again = tally_of(target, desk.origin, desk)
    assert again.outcomes == {Outcome.ALREADY_THERE: 2}
    assert again.given == again.held == first.given

    # What is said there later comes to the end, also behind what was noted here meanwhile.
    account.post(other_visitor, other, "Hello?")
    target.run(
        target.ana,
        "post_comment",
        conversation_id=found["Still open"],
        client_message_id=target.uuid(),
        content={"text": "Ours"},
    )
    third = tally_of(target, desk.origin, desk)
    assert third.outcomes == {Outcome.ALREADY_THERE: 1, Outcome.COMPLETED: 1}
    assert [words for _, _, words in lines(target, found["Still open"])][1:] == [
        "Still open",
        "Ours",
        "Hello?",
    ]


def test_B3_authors_files_and_long_words_of_hubspot(wall: Wall, desk: Program, target: SmallAccount) -> None:
    long = "word " * (LONGEST // 2)
    told(
        wall,
        message("a", "Hi", richText="<p>Hi <b>there</b><script>alert(1)</script></p>"),
        message("bb", "Hello", createdBy="A-1", direction="OUTGOING", senders=[{"actorId": "A-1"}]),
        message("ccc", "I am a bot", createdBy="L-5", direction="OUTGOING", senders=[{"actorId": "L-5"}]),
        message("dddd", "Note", type="COMMENT", createdBy="A-2", senders=[], direction=None),
        message("eeeee", "Welcome", type="WELCOME_MESSAGE", createdBy="S-hubspot", senders=[]),
        message("ffffff", "", type="THREAD_STATUS_CHANGE", newStatus="CLOSED"),
        message("ggggggg", long),
        message("hhhhhhhh", "", attachments=[{"type": "FILE", "fileId": "1", "name": "bill.pdf"}]),
    )
    tally = tally_of(target, wall.origin, desk)
    assert tally.outcomes == {Outcome.BROUGHT: 1}
    (id_,) = came(target)
    shown, _ = target.engine.read_and_wait(
        lambda reader: conversations.list_page(reader, target.scope, target.ana.user_id, View.CLOSED)
    )
    assert [(row.conversation.id, row.name) for row in shown] == [(id_, "Mo")]
    said = lines(target, id_)
    assert said[:5] == [
        ("visitor", "message", "Hi there"),
        ("agent", "message", "Hello"),
        ("system", "message", "I am a bot"),
        ("agent", "comment", "Lena Meyer:\n\nNote"),
        ("system", "message", "Welcome"),
    ]
    assert [len(words) <= LONGEST for _, _, words in said[5:]] == [True, True, True, True]
    assert " ".join(words for _, _, words in said[5:8]) == long.strip()
    assert said[8:] == [("visitor", "message", "bill.pdf")]
    assert (tally.left_out[NO_USER], tally.left_out[FILE]) == (1, 1)
    opened = seen(target, id_)
    assert opened.entries[1].author.id == target.ben.user_id
    state = opened.conversation.state
    assert (opened.conversation.created_at, state.closed_at) == (1_709_287_201_000, 1_709_373_600_000)
    assert state.last_received_at == 1_709_287_208_000


def test_B3_where_conversations_go(wall: Wall, desk: Program, target: SmallAccount) -> None:
    told(wall, message("a", "Hi"), inboxId="2")
    wall.replaced[f"{ROOT}/inboxes"] = {"results": [{"id": "2", "name": "Berlin"}]}
    assert tally_of(target, wall.origin, desk).skipped == {"there is no inbox 'Berlin' here": 1}
    with pytest.raises(Invalid) as refused:
        bring(target, wall.origin, desk.secret, inbox="Paris")
    assert set(refused.value.fields) == {"inbox"}
    assert tally_of(target, wall.origin, desk, inbox="orders").outcomes == {Outcome.BROUGHT: 1}
    (id_,) = came(target)
    assert seen(target, id_).conversation.inbox_id == target.third_inbox_id
    told(wall, message("a", "Hi"), spam=True)
    assert tally_of(target, wall.origin, desk).skipped == {SPAM: 1}
    told(wall, message("a", "", type="ASSIGNMENT"))
    assert tally_of(target, wall.origin, desk).skipped == {NO_WORDS: 1}


def test_B3_hostile_conversations_are_cleaned_and_hold_nothing_up(
    wall: Wall, desk: Program, target: SmallAccount
) -> None:
    told(
        wall,
        message("a", "A\u202eB\u0007\ud800", senders=[{"name": "\ud800<b>\n", "actorId": "V-77"}]),
        message("bb", "x", richText="<p>" * 3_000 + "deep"),
        message(
            "ccc", "x", richText="<img src=x onerror=alert(1)>\ud800<a href='javascript:alert(1)'>go</a>"
        ),
        message("dddd", "no moment", createdAt="yesterday"),
        message("eeeee", "before time", createdAt="0001-01-01T00:00:00Z"),
        message("ffffff", " "),
        message("ggggggg", "\n".join(["https://example.org/?a=1"] * 3_000)),
    )
    tally = tally_of(target, wall.origin, desk)
    assert tally.found == 1
    (id_,) = came(target)
    said = " ".join(words for _, _, words in lines(target, id_))
    assert "go" in said
    assert not {"\u202e", "\x07", "javascript", "onerror"} & set(said.split())
    told(wall, message("x\ud800", "Hi"))
    assert "form" in (bring(target, wall.origin, desk.secret).stopped or "")


def test_C10_B3_no_proof_brings_a_past_conversation_into_an_app(
    desk: Program, account: SmallAccount, target: SmallAccount
) -> None:
    """Who wrote there was not proven to be that contact: agents see it, and nobody's phone."""
    fill(desk, 2)
    id_ = account.start(account.new_visitor(), "Secret")
    account.run(account.ben, "associate_contact", conversation_id=id_, email="c1@example.org", name=None)
    tally_of(target, desk.origin, desk)
    (brought,) = came(target)
    contact = seen(target, brought).contact
    assert contact is not None
    assert (contact.email, contact.verified) == ("c1@example.org", False)

    def sign_in(unit: UnitOfWork) -> int:
        proof = Proof("c1@example.org")
        opened = people.open_proven_session(
            unit, target.scope, target.tag, {}, proof, None, actions.join_history
        )
        return opened.visitor_id

    visitor_id = target.engine.write_and_wait(sign_in)
    assert seen(target, brought).conversation.visitor_id != visitor_id
    mine = target.engine.read_and_wait(
        lambda reader: conversations.visitor_conversations(reader, target.scope, visitor_id)
    )
    assert mine == ()


def test_B3_words_that_were_erased_here_stay_erased(wall: Wall, desk: Program, target: SmallAccount) -> None:
    told(wall, message("a", "Secret"))
    tally_of(target, wall.origin, desk)
    (id_,) = came(target)
    target.engine.write_and_wait(lambda unit: erasing.erase_some_closed(unit, target.scope, id_))
    told(wall, message("a", "Secret"), message("bb", "More"))
    assert tally_of(target, wall.origin, desk).skipped == {"its words were erased here": 1}
    assert lines(target, id_) == [("visitor", "message", "")]
