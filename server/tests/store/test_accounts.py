"""What two processes do to one account at the same time; what others read in one statement."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from sqlalchemy import BigInteger, literal, select

from pocketdesk.accounts import actions as accounts
from pocketdesk.accounts import views as account_views
from pocketdesk.accounts.actions import Founded
from pocketdesk.accounts.events import (
    SessionEnded,
    TeamMembersChanged,
    UserDeactivated,
    UserStatusChanged,
)
from pocketdesk.accounts.model import Actor, Asked, Builtin, Issued, Status, UserChanges
from pocketdesk.accounts.rules.passwords import hash_password
from pocketdesk.inboxes import actions as inboxes
from pocketdesk.inboxes import views as inbox_views
from pocketdesk.inboxes.events import InboxArchived, InboxMembersChanged
from pocketdesk.inboxes.model import ChannelKind, InboxChanges
from pocketdesk.inboxes.rules import InboxIsArchived
from pocketdesk.kernel.events import Event
from pocketdesk.kernel.refusal import Refusal
from pocketdesk.people import actions as people
from pocketdesk.people import views as people_views
from pocketdesk.storage import Engine, Reader, UnitOfWork
from tests.databases import Clock

HASHED = hash_password("correct horse battery", bytes(16))


def _found(engine: Engine, name: str = "Nordlicht", email: str = "ana@example.org") -> Founded:
    return engine.write_and_wait(lambda unit: accounts.create_account(unit, name, "Ana", email, HASHED))


def race(url: str, clock: Clock, *works: Callable[[UnitOfWork], object]) -> list[str]:
    """Runs each in an engine of its own, as processes do, all begun before any goes on; how each ended."""
    begun = Barrier(len(works))

    def ended(engine: Engine, work: Callable[[UnitOfWork], object]) -> str:
        def together(unit: UnitOfWork) -> None:
            if engine.dialect == "postgresql":
                with suppress(BrokenBarrierError):
                    begun.wait(1)
            work(unit)

        try:
            engine.write_and_wait(together)
        except Refusal as refusal:
            return refusal.code
        return "done"

    engines = [Engine.open(url, clock=clock) for _ in works]
    try:
        for engine in engines:
            engine.write_and_wait(lambda unit: unit.new_id())  # a block of ids, or they would wait for that
        with ThreadPoolExecutor(len(works)) as pool:
            return sorted(pool.map(ended, engines, works))
    finally:
        for engine in engines:
            engine.close()


def test_M02_two_administrators_cannot_both_leave_at_once(
    engine: Engine, database_url: str, clock: Clock
) -> None:
    founded = _found(engine)
    scope = founded.scope
    administrator = engine.read_and_wait(
        lambda reader: account_views.builtin_set(reader, scope, Builtin.ADMINISTRATOR)
    )
    second = engine.write_and_wait(
        lambda unit: accounts.create_user(
            unit, scope, founded.actor, "Ben", "ben@example.org", administrator.id, password=HASHED
        )
    )
    for _ in range(5):
        pair = (founded.actor.user_id, second.id)
        ends = race(
            database_url,
            clock,
            *(
                lambda unit, id_=id_: accounts.change_user(
                    unit, scope, founded.actor, id_, UserChanges(deactivated=True)
                )
                for id_ in pair
            ),
        )
        assert ends == ["done", "last_administrator"]
        for id_ in pair:
            engine.write_and_wait(
                lambda unit, id_=id_: accounts.change_user(
                    unit, scope, founded.actor, id_, UserChanges(deactivated=False)
                )
            )


def test_B7_a_code_that_comes_twice_at_once_gives_nothing_that_lasts(
    engine: Engine, database_url: str, clock: Clock
) -> None:
    founded, uri = _found(engine), "https://shop.example/"
    made, _ = engine.write_and_wait(
        lambda unit: accounts.create_integration(
            unit, founded.scope, founded.actor, "Shop", [uri], ["tickets"]
        )
    )
    asked = Asked(uri, frozenset({"tickets"}), frozenset(), None, "code", None, None)
    client = engine.read_and_wait(lambda reader: account_views.client(reader, made.client_id))
    assert client
    code = engine.write_and_wait(lambda unit: accounts.allow(unit, client, founded.actor, asked))
    given: list[Issued | None] = []

    def exchange(unit: UnitOfWork) -> None:
        given.append(accounts.exchange_code(unit, client, code, uri, None))

    assert race(database_url, clock, exchange, exchange) == ["done", "done"]
    (issued,) = filter(None, given)
    assert engine.read_and_wait(
        lambda reader: (
            account_views.access_grant(reader, issued.access_token, clock.now),
            account_views.refresh_grant(reader, issued.refresh_token, clock.now),
        )
    ) == (None, None)


def test_the_first_run_happens_once_however_many_try(engine: Engine, database_url: str, clock: Clock) -> None:
    ends = race(
        database_url,
        clock,
        *(
            lambda unit, n=n: accounts.set_up(unit, "Nordlicht", "Ana", f"ana{n}@example.org", HASHED)
            for n in range(4)
        ),
    )
    assert ends == [*["already_set_up"] * 3, "done"]
    assert len(engine.read_and_wait(account_views.all_accounts)) == 1


def test_an_address_belongs_to_one_contact_however_many_try(
    engine: Engine, database_url: str, clock: Clock
) -> None:
    founded = _found(engine)
    ends = race(
        database_url,
        clock,
        *(
            lambda unit: people.create_contact(unit, founded.scope, founded.actor, "mia@example.org")
            for _ in range(4)
        ),
    )
    assert ends == [*["address_taken"] * 3, "done"]


def _events(engine: Engine, account_id: int) -> list[Event]:
    return engine.read_and_wait(
        lambda reader: [recorded.event for recorded in reader.events(account_id, 0, 100)]
    )


def test_what_ends_somebodys_view_stands_in_the_ledger(engine: Engine) -> None:
    founded = _found(engine)
    scope, actor = founded.scope, founded.actor

    def change(unit: UnitOfWork) -> tuple[int, int, int, int]:
        session = accounts.open_session(unit, founded.login_id, "test", "")
        found = account_views.session_of(unit, session, unit.now)
        assert found is not None
        accounts.end_session(unit, found.id)
        user = accounts.create_user(unit, scope, actor, "Ben", "ben@example.org", password=HASHED)
        team = accounts.create_team(unit, scope, actor, "T", [user.id])
        accounts.change_team(unit, scope, actor, team.id, main_member_ids=[], extra_member_ids=[user.id])
        accounts.change_team(unit, scope, actor, team.id, extra_member_ids=[])
        inbox = inboxes.create_inbox(unit, scope, actor, "Support").card.id
        inboxes.change_inbox(unit, scope, actor, inbox, InboxChanges(name="Care"))
        inboxes.change_inbox(unit, scope, actor, inbox, InboxChanges(member_user_ids=(), archived=True))
        accounts.change_user(unit, scope, actor, user.id, UserChanges(deactivated=True))
        return found.id, user.id, team.id, inbox

    session_id, user_id, team_id, inbox_id = engine.write_and_wait(change)
    assert _events(engine, scope.account_id) == [
        SessionEnded(actor.user_id, session_id),
        TeamMembersChanged(team_id, (user_id,)),
        InboxMembersChanged(inbox_id),
        InboxArchived(inbox_id),
        UserDeactivated(user_id),
    ]


def test_E10_a_status_that_changes_stands_in_the_ledger_with_who_set_it(engine: Engine) -> None:
    founded = _found(engine)
    scope, admin = founded.scope, founded.actor

    def change(unit: UnitOfWork) -> int:
        user = accounts.create_user(unit, scope, admin, "Ben", "ben@example.org", password=HASHED)
        ben = Actor(user.id, frozenset())
        for _ in range(2):
            accounts.change_user(unit, scope, admin, user.id, UserChanges(status=Status.AWAY))
        accounts.change_user(unit, scope, admin, user.id, UserChanges(name="Benjamin"))
        accounts.change_own(unit, scope, ben, None, Status.AVAILABLE)
        return user.id

    user_id = engine.write_and_wait(change)
    assert _events(engine, scope.account_id) == [
        UserStatusChanged(user_id, Status.AWAY, admin.user_id),
        UserStatusChanged(user_id, Status.AVAILABLE, None),
    ]


def test_L19_the_inboxes_of_a_user_are_part_of_another_statement(engine: Engine) -> None:
    first, second = _found(engine), _found(engine, "Other", "eve@example.org")

    def furnish(unit: UnitOfWork) -> int:
        inboxes.create_inbox(unit, second.scope, second.actor, "Foreign")
        inboxes.create_inbox(unit, first.scope, first.actor, "Not mine", member_user_ids=())
        team = accounts.create_team(unit, first.scope, first.actor, "T", [first.actor.user_id])
        return inboxes.create_inbox(
            unit, first.scope, first.actor, "Mine", member_user_ids=(), member_team_ids=[team.id]
        ).card.id

    inbox_id = engine.write_and_wait(furnish)

    def seen(account_id: int, user_id: int) -> list[int]:
        query = inbox_views.inbox_ids_query(literal(account_id, BigInteger), literal(user_id, BigInteger))
        mine = query.subquery()
        return engine.read_and_wait(lambda reader: [row[0] for row in reader.all(select(mine))])

    assert seen(first.scope.account_id, first.actor.user_id) == [inbox_id]
    assert seen(second.scope.account_id, first.actor.user_id) == []
    assert engine.read_and_wait(
        lambda reader: inbox_views.has_access(reader, first.scope, first.actor.user_id, inbox_id)
    )
    assert not engine.read_and_wait(
        lambda reader: inbox_views.has_access(reader, second.scope, first.actor.user_id, inbox_id)
    )


def test_M01_a_channel_is_made_when_there_is_none_and_seen_once(engine: Engine, clock: Clock) -> None:
    founded = _found(engine)
    scope, actor = founded.scope, founded.actor
    inbox_id = engine.write_and_wait(lambda unit: inboxes.create_inbox(unit, scope, actor, "Support").card.id)

    def channel() -> int:
        return engine.write_and_wait(
            lambda unit: inboxes.channel_for(unit, scope, actor, inbox_id, ChannelKind.MOBILE).id
        )

    channel_id = channel()
    assert channel() == channel_id
    seen = clock.now
    engine.write_and_wait(lambda unit: inboxes.see_channel(unit, scope, channel_id))
    clock.advance(1)
    engine.write_and_wait(lambda unit: inboxes.see_channel(unit, scope, channel_id))
    found = engine.read_and_wait(lambda reader: inbox_views.channel(reader, scope, channel_id))
    assert found.first_seen_at == seen
    engine.write_and_wait(
        lambda unit: inboxes.change_inbox(unit, scope, actor, inbox_id, InboxChanges(archived=True))
    )
    with pytest.raises(InboxIsArchived):
        channel()


def test_lists_read_many_people_in_one_query(engine: Engine) -> None:
    founded = _found(engine)
    scope = founded.scope

    def furnish(unit: UnitOfWork) -> tuple[list[int], list[int]]:
        visitors = [
            people.open_visitor_session(unit, scope, "support", {"platform": "ios"}, None).visitor_id
            for _ in range(20)
        ]
        contacts = [
            people.associate(unit, scope, visitor, f"v{visitor}@example.org", "V").id for visitor in visitors
        ]
        return visitors, contacts

    visitors, contacts = engine.write_and_wait(furnish)

    def read(reader: Reader) -> int:
        before = reader.queries
        assert set(people_views.visitor_cards(reader, scope, visitors)) == set(visitors)
        assert set(people_views.contact_cards(reader, scope, contacts)) == set(contacts)
        assert set(account_views.user_cards(reader, scope, [founded.actor.user_id])) == {
            founded.actor.user_id
        }
        assert people_views.visitor_cards(reader, scope, []) == {}
        return reader.queries - before

    assert engine.read_and_wait(read) == 3


@pytest.mark.parametrize("name", ["administrator", "agent"])
def test_the_command_line_acts_for_an_administrator(engine: Engine, name: str) -> None:
    founded = _found(engine)
    actor = engine.read_and_wait(lambda reader: account_views.administrator(reader, founded.scope))
    assert actor == Actor(founded.actor.user_id, founded.actor.permissions)
    found = engine.read_and_wait(
        lambda reader: account_views.builtin_set(reader, founded.scope, Builtin(name))
    )
    assert (found.builtin, found.name) == (Builtin(name), name.capitalize())
