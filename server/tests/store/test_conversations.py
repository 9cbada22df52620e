"""Conversations on both engines: what an action costs, repetitions, races, access, indexes."""

import threading
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest
import sqlalchemy

from pocketdesk.accounts import actions as accounts
from pocketdesk.conversations import actions, store, views
from pocketdesk.conversations.model import (
    AgentActor,
    AgentViewer,
    AssignedUser,
    Filters,
    Nobody,
    Status,
    View,
    VisitorActor,
    VisitorViewer,
)
from pocketdesk.conversations.rules import (
    MOST_STARTS,
    AssigneeWithoutAccess,
    MessageIdReused,
    NoChatflow,
    NoMobileTag,
)
from pocketdesk.conversations.streams import enclose, typing
from pocketdesk.inboxes import actions as inboxes
from pocketdesk.inboxes.model import InboxChanges
from pocketdesk.kernel import text
from pocketdesk.kernel.moments import HOUR, MINUTE
from pocketdesk.kernel.refusal import Invalid, NotFound, TooMany
from pocketdesk.storage import Engine, Reader, UnitOfWork
from tests.databases import Clock
from tests.small_account import SmallAccount, open_small_account


@pytest.fixture
def account(engine: Engine) -> SmallAccount:
    return open_small_account(engine)


def _state(account: SmallAccount, conversation_id: int) -> Any:
    read = account.engine.read_and_wait
    return read(
        lambda reader: views.of_agent(reader, account.scope, account.ana.user_id, conversation_id)
    ).state


def _timeline(account: SmallAccount, conversation_id: int) -> list[Any]:
    entries, _ = account.engine.read_and_wait(
        lambda reader: views.timeline(reader, account.scope, account.ana.user_id, conversation_id, None, 100)
    )
    return list(entries)


# What a message costs.


@pytest.mark.parametrize("who", ["visitor", "ana"])
def test_a_message_costs_one_read_and_two_writes(account: SmallAccount, who: str) -> None:
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    account.post(account.ana, conversation_id, "Claims it")
    actor = VisitorActor(visitor.visitor_id) if who == "visitor" else AgentActor(account.ana.user_id)

    def post(unit: UnitOfWork) -> int:
        content = text.from_plain("Words")
        actions.post_message(unit, account.scope, actor, conversation_id, account.uuid(), content)
        return unit.queries

    assert account.engine.write_and_wait(post) == 3


def test_a_repeated_message_costs_one_read(account: SmallAccount) -> None:
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    id_, content = account.uuid(), text.from_plain("Words")

    def post(unit: UnitOfWork) -> tuple[int, bool]:
        actor = VisitorActor(visitor.visitor_id)
        actions.post_message(unit, account.scope, actor, conversation_id, id_, content)
        return unit.queries, unit.wrote

    assert account.engine.write_and_wait(post) == (3, True)
    assert account.engine.write_and_wait(post) == (1, False)


# Starting.


def test_first_words_follow_the_welcome(account: SmallAccount) -> None:
    visitor = account.new_visitor()
    conversation_id = account.start(visitor, "Where is my order?")
    assert 2**31 <= conversation_id < 2**53
    welcome, words = _timeline(account, conversation_id)
    assert (welcome.seq, welcome.author.kind) == (1, "system")
    assert (words.seq, words.author.kind, words.author.id) == (2, "visitor", visitor.visitor_id)


def test_D06_F01_a_new_conversation_has_no_contact_and_no_assignee(account: SmallAccount) -> None:
    state = _state(account, account.start(account.new_visitor()))
    assert (state.contact_id, state.assignee) == (None, Nobody())


def test_B07_B08_unknown_and_missing_tags_start_nothing(account: SmallAccount) -> None:
    visitor = account.new_visitor()
    with pytest.raises(NoChatflow):
        account.start(visitor, mobile_tag="sales")
    with pytest.raises(NoMobileTag):
        account.start(visitor, mobile_tag="  ")


def test_starting_again_gives_the_first_result(account: SmallAccount) -> None:
    visitor = account.new_visitor()
    ids = {"client_conversation_id": account.uuid(), "client_message_id": account.uuid()}
    first = account.start(visitor, "Hello", **ids)
    assert account.start(visitor, "Hello", **ids) == first
    with pytest.raises(MessageIdReused) as reused:
        account.start(visitor, "Something else", **ids)
    assert reused.value.fields["conversation_id"] == str(first)
    other = account.new_visitor()
    assert account.start(other, "Hello", **ids) != first


def test_a_taken_conversation_id_is_drawn_again(account: SmallAccount, monkeypatch: Any) -> None:
    visitor = account.new_visitor()
    first = account.start(visitor)
    draws = iter([first, first, first + 1])
    monkeypatch.setattr(UnitOfWork, "random_id", lambda _: next(draws))
    assert account.start(visitor) == first + 1


# Repetitions.


def test_C24_a_repeated_message_gets_the_first_result(account: SmallAccount, clock: Clock) -> None:
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    id_ = account.uuid()
    first = account.post(visitor, conversation_id, "Words", client_message_id=id_)
    account.post(account.ana, conversation_id, "An answer between")
    clock.advance(HOUR)
    assert account.post(visitor, conversation_id, "Words", client_message_id=id_.upper()) == first
    assert len([each for each in _timeline(account, conversation_id) if each.seq == first["seq"]]) == 1


def test_the_same_id_with_other_words_is_refused_with_the_first_result(account: SmallAccount) -> None:
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    id_ = account.uuid()
    first = account.post(visitor, conversation_id, "Words", client_message_id=id_)
    for viewer, words in ((visitor, "Other words"), (account.ana, "Words")):
        with pytest.raises(MessageIdReused) as reused:
            account.post(viewer, conversation_id, words, client_message_id=id_)
        assert reused.value.fields == {name: str(value) for name, value in first.items()}
    assert _state(account, conversation_id).seq == first["seq"]


def test_bad_content_is_refused_at_its_field(account: SmallAccount) -> None:
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    for content in ({"text": " "}, {"text": "x" * 5_001}, {"html": "<b>"}, {}):
        with pytest.raises(Invalid) as refusal:
            account.post(visitor, conversation_id, "", content=content)
        assert all(field.startswith("content") for field in refusal.value.fields)


# Open and closed.


def test_C26_only_agents_offer_quick_replies_and_only_to_visitors(account: SmallAccount) -> None:
    content = {
        "blocks": [
            {"type": "paragraph", "runs": [{"type": "text", "text": "Did it help?"}]},
            {"type": "quick_replies", "replies": [{"label": "Yes", "value": "yes"}]},
        ]
    }
    visitor = account.new_visitor()
    id_ = account.start(visitor)
    before = _timeline(account, id_)

    def say(viewer: AgentViewer | VisitorViewer, kind: str) -> dict[str, Any]:
        ids = {"conversation_id": id_, "client_message_id": account.uuid()}
        return account.run(viewer, kind, **ids, content=content)

    for viewer, kind in ((visitor, "post_message"), (account.ana, "post_comment")):
        with pytest.raises(Invalid) as refused:
            say(viewer, kind)
        assert refused.value.fields.keys() == {"content"}
    assert _timeline(account, id_) == before
    say(account.ana, "post_message")
    assert '"quick_replies"' in _timeline(account, id_)[-1].content


def test_L04_words_soon_after_closing_reopen(account: SmallAccount, clock: Clock) -> None:
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    account.run(account.ana, "close_conversation", conversation_id=conversation_id)
    clock.advance(24 * HOUR)
    landed = account.post(visitor, conversation_id, "One more thing")
    assert landed["conversation_id"] == conversation_id
    assert _state(account, conversation_id).status is Status.OPEN


def test_L04_words_later_start_a_new_conversation_once(account: SmallAccount, clock: Clock) -> None:
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    account.run(account.ana, "close_conversation", conversation_id=conversation_id)
    clock.advance(24 * HOUR + 1)
    id_ = account.uuid()
    landed = account.post(visitor, conversation_id, "Hello again", client_message_id=id_)
    assert landed["conversation_id"] != conversation_id
    assert landed["seq"] == 2
    account.run(account.ana, "reopen_conversation", conversation_id=conversation_id)
    assert account.post(visitor, conversation_id, "Hello again", client_message_id=id_) == landed
    assert _state(account, conversation_id).last_message_seq == 2
    with pytest.raises(MessageIdReused):
        account.post(visitor, conversation_id, "Other words", client_message_id=id_)


def test_L04_the_hours_are_a_setting_of_the_inbox(account: SmallAccount, clock: Clock) -> None:
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    change = InboxChanges(reopen_hours=0)
    account.engine.write_and_wait(
        lambda unit: inboxes.change_inbox(unit, account.scope, account.admin, account.inbox_id, change)
    )
    account.run(account.ana, "close_conversation", conversation_id=conversation_id)
    assert account.post(visitor, conversation_id, "At the same moment")["conversation_id"] == conversation_id
    account.run(account.ana, "close_conversation", conversation_id=conversation_id)
    clock.advance(1)
    assert account.post(visitor, conversation_id, "A moment later")["conversation_id"] != conversation_id


def test_closing_twice_writes_one_notice(account: SmallAccount) -> None:
    conversation_id = account.start(account.new_visitor())
    for _ in range(2):
        result = account.run(account.ana, "close_conversation", conversation_id=conversation_id)
        assert result == {"status": "closed"}
    assert _state(account, conversation_id).seq == 3


# Assigning.


def test_F13_the_first_reply_claims(account: SmallAccount) -> None:
    conversation_id = account.start(account.new_visitor())
    account.post(account.ben, conversation_id, "Hello")
    account.post(account.ana, conversation_id, "Hello too")
    assert _state(account, conversation_id).assignee == AssignedUser(account.ben.user_id)


def test_L22_only_those_who_see_the_inbox_are_assigned(account: SmallAccount) -> None:
    conversation_id = account.start(account.new_visitor())

    def assign(kind: str, id_: int | None = None) -> dict[str, Any]:
        assignee = {"kind": kind} if id_ is None else {"kind": kind, "id": id_}
        return account.run(account.ana, "assign", conversation_id=conversation_id, assignee=assignee)

    for kind, id_ in (
        ("user", account.eve.user_id),
        ("team", account.team_id),
        ("user", 10**9),
        ("team", 10**9),
    ):
        with pytest.raises(AssigneeWithoutAccess):
            assign(kind, id_)
    with pytest.raises(Invalid):
        assign("user")
    change = InboxChanges(member_team_ids=(account.team_id,))
    account.engine.write_and_wait(
        lambda unit: inboxes.change_inbox(unit, account.scope, account.admin, account.inbox_id, change)
    )
    assert assign("team", account.team_id)["assignee"]["name"] == "Evening"
    assert assign("user", account.eve.user_id)["assignee"]["name"] == "Eve Lind"
    assert assign("nobody") == {"assignee": {"kind": "nobody"}}
    assert assign("nobody") == {"assignee": {"kind": "nobody"}}
    assert _state(account, conversation_id).seq == 5


@pytest.fixture
def rivals(database_url: str, clock: Clock) -> Iterator[tuple[Engine, Engine]]:
    """Two engines on one database, as two processes have them."""
    engines = tuple(Engine.open(database_url, clock=clock, randbelow=Random(n).randrange) for n in (1, 2))
    yield engines[0], engines[1]
    for engine in engines:
        engine.close()


def _race(*calls: Callable[[], Any]) -> list[Any]:
    barrier = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(place: int) -> None:
        barrier.wait()
        results[place] = calls[place]()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_D21_one_visitor_begins_so_many_conversations_an_hour_and_no_more(
    account: SmallAccount, clock: Clock
) -> None:
    visitor = account.new_visitor()
    begun = [account.start(visitor) for _ in range(MOST_STARTS)]
    clock.advance(10 * MINUTE)
    with pytest.raises(TooMany) as refused:
        account.start(visitor)
    assert refused.value.retry_after_ms == 50 * MINUTE
    account.start(account.new_visitor())
    account.post(visitor, begun[0], "Those that there are go on")
    clock.advance(50 * MINUTE)
    account.start(visitor)


def test_F14_of_two_who_claim_at_once_one_is_the_owner(rivals: tuple[Engine, Engine]) -> None:
    one = open_small_account(rivals[0])
    conversation_ids = [one.start(one.new_visitor()) for _ in range(12)]

    def claim(engine: Engine, viewer: AgentViewer, conversation_id: int) -> Callable[[], Any]:
        content, id_ = text.from_plain("Mine"), one.uuid()
        actor = AgentActor(viewer.user_id)
        return lambda: engine.write_and_wait(
            lambda unit: actions.post_message(unit, one.scope, actor, conversation_id, id_, content)
        )

    for conversation_id in conversation_ids:
        _race(claim(rivals[0], one.ana, conversation_id), claim(rivals[1], one.ben, conversation_id))
        entries = _timeline(one, conversation_id)
        assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5]
        notices = [entry for entry in entries if not hasattr(entry, "content")]
        assert len(notices) == 1
        assert _state(one, conversation_id).assignee == AssignedUser(notices[0].author.id)


def test_one_message_that_arrives_twice_at_once_is_there_once(rivals: tuple[Engine, Engine]) -> None:
    one = open_small_account(rivals[0])
    visitor = one.new_visitor()
    actor = VisitorActor(visitor.visitor_id)
    conversation_id = one.start(visitor)
    for number in range(10):
        content, id_ = text.from_plain(f"Words {number}"), one.uuid()

        def post(engine: Engine, content: text.Content = content, id_: str = id_) -> Any:
            return engine.write_and_wait(
                lambda unit: actions.post_message(unit, one.scope, actor, conversation_id, id_, content)
            )

        first, second = _race(lambda: post(rivals[0]), lambda: post(rivals[1]))
        assert first == second
    assert _state(one, conversation_id).seq == 12


def test_one_start_that_arrives_twice_at_once_is_one_conversation(rivals: tuple[Engine, Engine]) -> None:
    one = open_small_account(rivals[0])
    for _ in range(6):
        visitor = one.new_visitor()
        actor = VisitorActor(visitor.visitor_id)
        ids = one.uuid(), one.uuid()

        def start(engine: Engine, actor: VisitorActor = actor, ids: tuple[str, str] = ids) -> Any:
            content = text.from_plain("Hello")
            return engine.write_and_wait(
                lambda unit: actions.start_conversation(unit, one.scope, actor, *ids, "support", content)
            )

        first, second = _race(lambda: start(rivals[0]), lambda: start(rivals[1]))
        assert first == second


# Who may.


def test_L19_conversations_of_other_inboxes_and_accounts_do_not_exist(account: SmallAccount) -> None:
    neighbour = open_small_account(account.engine, account="Sudwind")
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    fields: dict[str, dict[str, Any]] = {
        "post_message": {"client_message_id": account.uuid(), "content": {"text": "Hello"}},
        "post_comment": {"client_message_id": account.uuid(), "content": {"text": "Hello"}},
        "move_cursor": {"read_seq": 1},
        "assign": {"assignee": {"kind": "nobody"}},
        "close_conversation": {},
        "reopen_conversation": {},
        "associate_contact": {"email": "x@example.org"},
    }
    for type_, given in fields.items():
        for viewer in (account.eve, neighbour.ana):
            with pytest.raises(NotFound):
                account.run(viewer, type_, conversation_id=conversation_id, **given)
    for type_ in ("post_message", "move_cursor"):
        for stranger in (account.new_visitor(), neighbour.new_visitor()):
            with pytest.raises(NotFound):
                account.run(stranger, type_, conversation_id=conversation_id, **fields[type_])
    assert _state(account, conversation_id).seq == 2


def test_L05_comments_are_in_nothing_that_a_visitor_reads(account: SmallAccount) -> None:
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    account.run(
        account.ana,
        "post_comment",
        conversation_id=conversation_id,
        client_message_id=account.uuid(),
        content={"text": "Do not tell"},
    )
    state, page = account.engine.read_and_wait(
        lambda reader: (
            views.visitor_conversations(reader, account.scope, visitor.visitor_id),
            views.visitor_entries(reader, account.scope, visitor.visitor_id, conversation_id, None, 100),
        )
    )
    assert "Do not tell" not in repr(state) + repr(page)
    assert [entry.seq for entry in page[1]] == [1, 2]


# Cursors and contacts.


def test_cursors_only_move_forward_and_not_beyond_the_conversation(account: SmallAccount) -> None:
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)

    def move(**fields: int) -> dict[str, Any]:
        return account.run(visitor, "move_cursor", conversation_id=conversation_id, **fields)

    assert move(received_seq=1) == {"received_seq": 1, "read_seq": 0}
    assert move(read_seq=99) == {"received_seq": 2, "read_seq": 2}
    assert move(received_seq=0, read_seq=1) == {"received_seq": 2, "read_seq": 2}


def test_D20_unread_counts_agents_messages_after_the_cursor(account: SmallAccount) -> None:
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    account.post(account.ana, conversation_id, "One")
    account.post(account.ana, conversation_id, "Two")
    read = account.engine.read_and_wait

    def unread() -> int:
        return read(lambda reader: views.visitor_conversations(reader, account.scope, visitor.visitor_id))[
            0
        ].unread

    assert unread() == 2
    account.run(visitor, "move_cursor", conversation_id=conversation_id, read_seq=4)
    assert unread() == 1


def test_L09_a_known_address_associates_and_an_unknown_one_makes_a_contact(account: SmallAccount) -> None:
    first, second = account.start(account.new_visitor()), account.start(account.new_visitor())
    given = {"email": "Mia@Example.org", "name": "Mia Berg"}
    made = account.run(account.ana, "associate_contact", conversation_id=first, **given)["contact"]
    assert made["email"] == "mia@example.org"
    assert made["verified"] is False
    found = account.run(account.ana, "associate_contact", conversation_id=second, email="mia@example.org")
    assert found["contact"] == made
    seq = _state(account, second).seq
    account.run(account.ana, "associate_contact", conversation_id=second, email="mia@example.org")
    assert _state(account, second).seq == seq
    with pytest.raises(Invalid):
        account.run(account.ana, "associate_contact", conversation_id=second, email="nobody")


def test_L10_the_next_conversation_of_an_associated_visitor_is_the_contacts_too(
    account: SmallAccount,
) -> None:
    visitor = account.new_visitor()
    first = account.start(visitor)
    given = {"conversation_id": first, "email": "mia@example.org"}
    contact = account.run(account.ana, "associate_contact", **given)["contact"]
    second = account.start(visitor)
    assert _state(account, second).contact_id == contact["id"]
    person = account.engine.read_and_wait(
        lambda reader: views.person(reader, account.scope, account.ana.user_id, second)
    )
    assert [row.conversation.id for row in person.earlier] == [first]


# Lists.


def _ids(account: SmallAccount, viewer: AgentViewer, filters: Filters, limit: int = 50) -> list[int]:
    page = account.engine.read_and_wait(
        lambda reader: views.conversations(reader, account.scope, viewer.user_id, filters, limit)
    )
    return [row.conversation.id for row in page.items]


def test_L02_views_hold_what_they_say(account: SmallAccount, clock: Clock) -> None:
    ids: list[int] = []
    for _ in range(4):
        clock.advance(1)
        ids.append(account.start(account.new_visitor()))
    unassigned, mine, bens, closed = ids
    account.post(account.ana, mine, "Hello")
    clock.advance(1)
    account.post(account.ben, bens, "Hello")
    account.run(account.ana, "close_conversation", conversation_id=closed)
    expected = {
        View.UNASSIGNED: [unassigned],
        View.MINE: [mine],
        View.OPEN: [bens, mine, unassigned],
        View.CLOSED: [closed],
        View.MOBILE: [bens, mine, unassigned],
        View.WEB: [],
    }
    for view, there in expected.items():
        rows, more = account.engine.read_and_wait(
            lambda reader, view=view: views.list_page(reader, account.scope, account.ana.user_id, view)
        )
        assert [row.conversation.id for row in rows] == there, view
        assert not more
        assert _ids(account, account.ana, Filters(view=view)) == there
    assert _ids(account, account.eve, Filters()) == []


def test_L03_filters_combine_with_and(account: SmallAccount, clock: Clock) -> None:
    first = account.start(account.new_visitor(), "Where is my parcel?")
    clock.advance(1_000)
    second = account.start(account.new_visitor(), "The parcel is broken")
    clock.advance(1_000)
    third = account.start(account.new_visitor(), "100% happy")
    account.post(account.ana, second, "Sorry! We send a new parcel")
    given = {"email": "mia@example.org", "name": "Mia Berg"}
    contact = account.run(account.ana, "associate_contact", conversation_id=third, **given)["contact"]
    account.run(account.ana, "close_conversation", conversation_id=first)
    me = AssignedUser(account.ana.user_id)
    cases = [
        (Filters(search="PARCEL"), {first, second}),
        (Filters(search="parcel", status=Status.OPEN), {second}),
        (Filters(search="parcel", assignee=Nobody()), {first}),
        (Filters(search="mia b"), {third}),
        (Filters(search="example.org"), {third}),
        (Filters(search="100%"), {third}),
        (Filters(search="%"), {third}),
        (Filters(assignee=me), {second}),
        (Filters(contact_id=contact["id"]), {third}),
        (Filters(contact_id=contact["id"], assignee=me), set()),
        (Filters(channel_kind="mobile"), {first, second, third}),
        (Filters(channel_kind="web"), set()),
        (Filters(active_from=clock.now), {second, third}),
        (Filters(active_to=clock.now), {first}),
        (Filters(inbox_id=account.inbox_id), {first, second, third}),
    ]
    for filters, there in cases:
        assert set(_ids(account, account.ana, filters)) == there, filters
    with pytest.raises(NotFound):
        _ids(account, account.ana, Filters(inbox_id=account.other_inbox_id))


def test_pages_of_a_list_hold_each_conversation_once(account: SmallAccount, clock: Clock) -> None:
    for number in range(7):
        clock.advance(number % 2)
        account.start(account.new_visitor())
    seen: list[int] = []
    after = None
    while True:
        page = account.engine.read_and_wait(
            lambda reader, after=after: views.conversations(
                reader, account.scope, account.ana.user_id, Filters(), 3, after
            )
        )
        seen += [row.conversation.id for row in page.items]
        after = page.after
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 7


def test_a_name_that_is_not_known_is_null(account: SmallAccount) -> None:
    account.start(account.new_visitor(platform="Android"))
    rows, _ = account.engine.read_and_wait(
        lambda reader: views.list_page(reader, account.scope, account.ana.user_id, View.OPEN)
    )
    assert (rows[0].name, rows[0].platform) == (None, "Android")


def test_a_deactivated_user_sees_no_conversation(account: SmallAccount) -> None:
    from pocketdesk.accounts.model import UserChanges

    conversation_id = account.start(account.new_visitor())
    change = UserChanges(deactivated=True)
    account.engine.write_and_wait(
        lambda unit: accounts.change_user(unit, account.scope, account.admin, account.ben.user_id, change)
    )
    with pytest.raises(NotFound):
        account.post(account.ben, conversation_id, "Still here")


def query_plan(url: str, statement: Any, parameters: dict[str, Any]) -> str:
    compiled = statement.for_sqlite()
    database = sqlalchemy.create_engine(url)
    with database.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled.sql}", compiled.values(parameters))
        return "\n".join(row[3] for row in rows)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_lists_and_counts_are_read_from_indexes_in_order(database_url: str) -> None:
    page = {"account_id": 1, "inbox_id_": 2, "before": 2**62, "before_id": 2**62, "limit": 51}
    statements: list[tuple[Any, dict[str, Any]]] = [
        (statement, page | ({"user_id": 5} if view is View.MINE else {}))
        for view, stretches in store.LISTS.items()
        for statement in stretches
    ]
    statements.append((store.COUNTS, {"account_id": 1, "inbox_id_": 2}))
    for statement, parameters in statements:
        plan = query_plan(database_url, statement, parameters)
        assert "USING COVERING INDEX ix_conversation" in plan
        assert "SCAN" not in plan
        assert "TEMP B-TREE" not in plan
    timelines = {"account_id": 1, "id_": 2, "before": 2**62, "limit": 51}
    for statement in (store.TIMELINE, store.VISITOR_TIMELINE):
        plan = query_plan(database_url, statement, timelines)
        assert "TEMP B-TREE" not in plan
        assert plan.count("USING INDEX sqlite_autoindex") == plan.count("SEARCH") >= 2
    started = {"account_id": 1, "visitor_id_": 2, "limit": 20}
    assert "TEMP B-TREE" not in query_plan(database_url, store.OF_VISITOR, started)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_message_path_searches_keys_only(database_url: str) -> None:
    common = {"account_id": 1, "id_": 2, "client_message_id_": "x"}
    for statement, more in (
        (store.VISITOR_POSTS, {"visitor_id_": 3}),
        (store.AGENT_POSTS, {"user_id": 3}),
        (store.AGENT_COMMENTS, {"user_id": 3}),
    ):
        plan = query_plan(database_url, statement, common | more)
        assert "SCAN" not in plan, plan


def test_D16_typing_reaches_the_other_side_under_the_name_it_knows(account: SmallAccount) -> None:
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    read = account.engine.read_and_wait
    told = {
        view: (topic, author)
        for view, topic, author in read(lambda reader: typing(reader, account.ana, conversation_id))
    }
    assert told["visitor"][0] == ("visitor", visitor.visitor_id)
    assert told["visitor"][1]["name"] == "Ana"
    assert told["agent"][0] == ("conversation", conversation_id)
    assert told["agent"][1]["name"] == "Ana Duarte"
    [(view, topic, author)] = read(lambda reader: list(typing(reader, visitor, conversation_id)))
    assert (view, topic, author["kind"]) == ("agent", ("conversation", conversation_id), "visitor")
    for stranger in (account.eve, account.new_visitor()):
        with pytest.raises(NotFound):
            read(lambda reader, who=stranger: list(typing(reader, who, conversation_id)))


def test_replay_encloses_in_a_fixed_number_of_queries(account: SmallAccount) -> None:
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)

    def cost() -> tuple[int, int]:
        def work(reader: Reader) -> tuple[int, int]:
            facts = reader.events(account.scope.account_id, 0, 500)
            before = reader.queries
            enclose(reader, account.scope.account_id, facts)
            return len(facts), reader.queries - before

        return account.engine.read_and_wait(work)

    def everything() -> None:
        words = {"client_message_id": account.uuid(), "content": {"text": "Note"}}
        account.run(account.ana, "post_comment", conversation_id=conversation_id, **words)
        account.post(account.ana, conversation_id, "Words")
        given = {"conversation_id": conversation_id, "email": f"{account.uuid()}@example.org"}
        account.run(account.ana, "associate_contact", **given)
        account.run(account.ana, "close_conversation", conversation_id=conversation_id)

    everything()
    few = cost()
    for _ in range(5):
        everything()
    many = cost()
    assert many[0] > 3 * few[0]
    assert many[1] == few[1] <= 9
