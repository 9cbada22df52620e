"""Who could get a conversation, read from both engines; and two processes that give the last one away at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from threading import Barrier, BrokenBarrierError

import msgspec
import pytest

from pocketdesk.accounts import actions as accounts
from pocketdesk.accounts import views as account_views
from pocketdesk.accounts.model import Actor, PasswordHash, Status, UserChanges
from pocketdesk.app import checks
from pocketdesk.chatflows import actions as chatflows
from pocketdesk.chatflows import views as chatflow_views
from pocketdesk.inboxes import actions as inboxes
from pocketdesk.inboxes import views as inbox_views
from pocketdesk.inboxes.model import InboxChanges
from pocketdesk.kernel.refusal import NotFound, Refusal
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.routing import actions, rules, views
from pocketdesk.routing.model import (
    Arrival,
    Candidate,
    Fluency,
    Hurdle,
    Policy,
    Reason,
    Skill,
    To,
    Unassigned,
    Use,
    Why,
)
from pocketdesk.routing.rules.skills import LANGUAGES, LanguageSkill, SkillInUse
from pocketdesk.storage import Engine, Reader, UnitOfWork
from tests.databases import Clock
from tests.small_account import open_small_account

PASSWORD = PasswordHash("not a hash")


@dataclass
class House:
    """An account with an inbox; users come as they are hired."""

    engine: Engine
    scope: AccountScope
    admin: Actor
    inbox_id: int

    def do(self, action: Callable[..., object], *arguments: object, **named: object) -> object:
        return self.engine.write_and_wait(lambda unit: action(unit, self.scope, *arguments, **named))

    def hire(self, name: str, *, sees_it: bool = True, can_receive: bool = True) -> int:
        def add(unit: UnitOfWork) -> int:
            email = f"{name.lower()}@account{self.scope.account_id}.example"
            user = accounts.create_user(
                unit, self.scope, self.admin, name, email, can_receive=can_receive, password=PASSWORD
            )
            if sees_it:
                card = inbox_views.inbox(unit, self.scope, self.inbox_id)
                changes = InboxChanges(member_user_ids=(*card.member_user_ids, user.id))
                inboxes.change_inbox(unit, self.scope, self.admin, self.inbox_id, changes)
            return user.id

        return self.engine.write_and_wait(add)

    def change(self, user_id: int, **changes: object) -> None:
        self.do(accounts.change_user, self.admin, user_id, UserChanges(**changes))  # type: ignore[arg-type]

    def skill(self, name: str) -> int:
        made = self.do(actions.create_skill, self.admin, name)
        assert isinstance(made, Skill)
        return made.id

    def language(self, code: str) -> int:
        self.do(actions.stock_languages)
        there = self.engine.read_and_wait(lambda reader: views.skills(reader, self.scope))
        return next(each.id for each in there if each.language == code)

    def can(self, user_id: int, capacity: int | None = None, **held: bool) -> None:
        skills = {int(name[1:]): is_main for name, is_main in held.items()}
        self.do(actions.set_user_routing, self.admin, user_id, capacity, skills)

    def candidates(self, policy: Policy, owner: int | None = None) -> tuple[Candidate, ...]:
        return self.engine.read_and_wait(
            lambda reader: views.candidates(reader, self.scope, self.inbox_id, policy, owner)
        )

    def ids(self, policy: Policy, owner: int | None = None) -> set[int]:
        return {each.user_id for each in self.candidates(policy, owner)}


def open_house(engine: Engine, name: str = "nordlicht") -> House:
    def found(unit: UnitOfWork) -> House:
        founded = accounts.create_account(unit, name, "Ana Duarte", f"ana@{name}.example", PASSWORD)
        inbox = inboxes.create_inbox(unit, founded.scope, founded.actor, "Support", member_user_ids=[])
        return House(engine, founded.scope, founded.actor, inbox.card.id)

    return engine.write_and_wait(found)


@pytest.fixture
def house(engine: Engine) -> House:
    return open_house(engine)


def test_F06_F07_only_users_with_the_flag_who_see_the_inbox(house: House) -> None:
    ben, stranger, seatless, gone = (
        house.hire("Ben"),
        house.hire("Eve", sees_it=False),
        house.hire("Kim", can_receive=False),
        house.hire("Gus"),
    )
    house.change(gone, deactivated=True)
    everybody = Policy(user_ids=(ben, stranger, seatless, gone))
    assert house.ids(everybody) == {ben}
    assert house.ids(everybody, owner=stranger) == {ben}
    assert house.ids(Policy(to="contact_owner", fallback="anybody"), owner=seatless) == {ben}


def test_F03_only_main_members_of_the_teams_that_are_named(house: House) -> None:
    main, extra, other = house.hire("Mia"), house.hire("Xan"), house.hire("Oda")

    def team(unit: UnitOfWork, name: str, main_id: int, extra_id: int) -> int:
        return accounts.create_team(unit, house.scope, house.admin, name, [main_id], [extra_id]).id

    day = house.engine.write_and_wait(lambda unit: team(unit, "Day", main, extra))
    night = house.engine.write_and_wait(lambda unit: team(unit, "Night", other, main))
    assert house.ids(Policy(team_ids=(day,))) == {main}
    assert house.ids(Policy(team_ids=(night, day))) == {main, other}
    assert house.ids(Policy(team_ids=(night,), user_ids=(extra,))) == {other, extra}
    house.do(accounts.delete_team, house.admin, day)
    assert house.ids(Policy(team_ids=(day,))) == set()


def test_F03_members_who_see_the_inbox_through_a_team(house: House) -> None:
    eve = house.hire("Eve", sees_it=False)

    def let_in(unit: UnitOfWork) -> int:
        team = accounts.create_team(unit, house.scope, house.admin, "Evening", [], [eve])
        changes = InboxChanges(member_team_ids=(team.id,))
        inboxes.change_inbox(unit, house.scope, house.admin, house.inbox_id, changes)
        return team.id

    team_id = house.engine.write_and_wait(let_in)
    assert house.ids(Policy(user_ids=(eve,))) == {eve}
    assert house.ids(Policy(team_ids=(team_id,))) == set(), "sees it, and is no main member"


def test_F04_the_owner_is_marked_and_others_only_come_for_the_fallback(house: House) -> None:
    ben, eve = house.hire("Ben"), house.hire("Eve")
    policy = Policy(to="contact_owner")
    assert [(each.user_id, each.is_owner) for each in house.candidates(policy, eve)] == [(eve, True)]
    assert house.candidates(policy) == ()
    anybody = house.candidates(Policy(to="contact_owner", fallback="anybody"), eve)
    assert [(each.user_id, each.is_owner, each.is_named) for each in anybody] == [
        (ben, False, False),
        (eve, True, False),
    ]


def test_F08_F11_status_capacity_and_skills_are_read_in_at_most_two_queries(house: House) -> None:
    ben, eve = house.hire("Ben"), house.hire("Eve")
    refunds, german = house.skill("Refunds"), house.language("de")
    house.do(actions.set_usual_capacity, house.admin, 5)
    house.can(ben, 2, **{f"s{refunds}": True, f"s{german}": False})
    house.change(eve, status=Status.AWAY)

    def read(reader: Reader) -> tuple[tuple[Candidate, ...], int]:
        policy = Policy(user_ids=(ben, eve), team_ids=(1, 2, 3), language="de-CH")
        return views.candidates(reader, house.scope, house.inbox_id, policy, None), reader.queries

    found, queries = house.engine.read_and_wait(read)
    assert queries == 2
    assert found == (
        Candidate(
            ben,
            Status.AVAILABLE,
            2,
            frozenset({refunds, german}),
            main_skill_ids=frozenset({refunds}),
            fluency=Fluency.SECONDARY,
        ),
        Candidate(eve, Status.AWAY, 5),
    )


def test_F10_who_was_given_one_is_remembered_and_nothing_else_changes(house: House, clock: Clock) -> None:
    ben, eve = house.hire("Ben"), house.hire("Eve")
    house.can(eve, 3)
    policy = Policy(user_ids=(ben, eve))
    clock.advance(1_000)
    for user_id in (ben, eve):
        house.do(actions.note_assigned, user_id)
    found = house.candidates(policy)
    assert [(each.capacity, each.last_assigned_at) for each in found] == [(None, clock.now), (3, clock.now)]
    house.can(eve, 4)
    assert house.candidates(policy)[1].last_assigned_at == clock.now


def test_accounts_do_not_see_each_others_users_skills_and_capacities(house: House) -> None:
    there = open_house(house.engine, "suedlicht")
    ben, mia = house.hire("Ben"), there.hire("Mia")
    skill = house.skill("Refunds")
    there.do(actions.set_usual_capacity, there.admin, 1)
    assert house.ids(Policy(user_ids=(ben, mia), fallback="anybody"), mia) == {ben}
    assert house.candidates(Policy(user_ids=(ben,)))[0].capacity is None
    foreign = house.engine.read_and_wait(
        lambda reader: views.candidates(
            reader, there.scope, house.inbox_id, Policy(user_ids=(ben, mia), fallback="anybody"), ben
        )
    )
    assert foreign == ()
    with pytest.raises(NotFound):
        there.do(actions.delete_skill, there.admin, skill)
    with pytest.raises(Refusal, match="no such skill"):
        there.can(mia, **{f"s{skill}": True})
    with pytest.raises(NotFound):
        there.can(ben, 3)
    with pytest.raises(NotFound):
        there.engine.read_and_wait(lambda reader: views.assignable(reader, there.scope, house.inbox_id))
    wrong = there.engine.read_and_wait(
        lambda reader: views.check_policy(
            reader,
            there.scope,
            there.inbox_id,
            Policy(
                user_ids=(ben, mia), skill_ids=(skill,), fallback="inbox", fallback_inbox_id=house.inbox_id
            ),
        )
    )
    assert wrong == {
        "user_ids.0": "no such user",
        "skill_ids.0": "no such skill",
        "fallback_inbox_id": "no such inbox",
    }


def test_F11_languages_come_with_every_account_once(house: House) -> None:
    for _ in range(2):
        house.do(actions.stock_languages)
    there = house.engine.read_and_wait(lambda reader: views.skills(reader, house.scope))
    assert sorted(each.language or "" for each in there) == sorted(LANGUAGES)
    german = house.language("de")
    with pytest.raises(LanguageSkill):
        house.do(actions.delete_skill, house.admin, german)
    with pytest.raises(LanguageSkill):
        house.do(actions.change_skill, house.admin, german, "Deutsch")
    with pytest.raises(Refusal, match="of this name"):
        house.skill("GERMAN")


def test_F12_a_skill_in_use_is_not_deleted_and_the_refusal_says_where(house: House) -> None:
    ben, skill = house.hire("Ben"), house.skill("Refunds")
    house.can(ben, **{f"s{skill}": True})
    flow = Use("chatflow", 77, "Support")
    with pytest.raises(SkillInUse) as refused:
        house.do(actions.delete_skill, house.admin, skill, [flow])
    assert refused.value.fields == {f"user.{ben}": "Ben", "chatflow.77": "Support"}
    house.can(ben)
    with pytest.raises(SkillInUse) as refused:
        house.do(actions.delete_skill, house.admin, skill, [flow])
    assert refused.value.fields == {"chatflow.77": "Support"}
    house.do(actions.delete_skill, house.admin, skill)
    with pytest.raises(NotFound):
        house.do(actions.delete_skill, house.admin, skill)


def test_A27_F06_the_picker_and_the_check_say_who_cannot_be_chosen_and_why(house: House) -> None:
    ben, stranger, seatless, gone = (
        house.hire("Ben"),
        house.hire("Eve", sees_it=False),
        house.hire("Kim", can_receive=False),
        house.hire("Gus"),
    )
    house.change(gone, deactivated=True)

    def more(unit: UnitOfWork) -> tuple[int, int, int]:
        pending = accounts.create_user(unit, house.scope, house.admin, "Pia", "pia@nordlicht.example")
        full = accounts.create_team(unit, house.scope, house.admin, "Full", [ben, stranger])
        empty = accounts.create_team(unit, house.scope, house.admin, "Empty", [stranger], [ben])
        return pending.id, full.id, empty.id

    pending, full, empty = house.engine.write_and_wait(more)
    users, teams = house.engine.read_and_wait(
        lambda reader: views.assignable(reader, house.scope, house.inbox_id)
    )
    assert {each.id: each.hurdle for each in users} == {
        house.admin.user_id: Hurdle.NO_ACCESS,
        ben: None,
        stranger: Hurdle.NO_ACCESS,
        seatless: Hurdle.CANNOT_RECEIVE,
        gone: Hurdle.DEACTIVATED,
        pending: Hurdle.NOT_JOINED,
    }
    assert {each.id: each.hurdle for each in teams} == {full: None, empty: Hurdle.NO_MEMBERS}

    def check(policy: Policy) -> dict[str, str]:
        return house.engine.read_and_wait(
            lambda reader: views.check_policy(reader, house.scope, house.inbox_id, policy)
        )

    policy = Policy(user_ids=(ben, seatless, stranger), team_ids=(empty, full))
    assert check(policy) == {
        "user_ids.1": "cannot receive conversations",
        "user_ids.2": "does not see the inbox",
        "team_ids.0": "has no main member who can be chosen",
    }
    assert check(Policy(automatic=False, user_ids=policy.user_ids, team_ids=policy.team_ids)) == {}
    assert check(Policy(automatic=False, user_ids=(2**40,))) == {"user_ids.0": "no such user"}
    assert check(Policy()) == {"user_ids": "choose at least one user or team"}
    assert check(Policy(to="contact_owner")) == {}


def test_F16_another_inbox_must_be_one_that_takes_conversations(house: House) -> None:
    ben = house.hire("Ben")
    other = house.engine.write_and_wait(
        lambda unit: inboxes.create_inbox(unit, house.scope, house.admin, "Sales")
    ).card.id

    def check(inbox_id: int | None) -> dict[str, str]:
        policy = Policy(user_ids=(ben,), fallback="inbox", fallback_inbox_id=inbox_id)
        return house.engine.read_and_wait(
            lambda reader: views.check_policy(reader, house.scope, house.inbox_id, policy)
        )

    assert check(other) == {}
    assert check(None) == {"fallback_inbox_id": "choose an inbox"}
    assert check(house.inbox_id) == {"fallback_inbox_id": "must be another inbox"}
    house.do(inboxes.change_inbox, house.admin, other, InboxChanges(archived=True))
    assert check(other) == {"fallback_inbox_id": "is archived"}


def test_F08_two_processes_do_not_both_give_away_the_last_free_capacity(
    house: House, database_url: str, clock: Clock
) -> None:
    """A capacity is the user's: conversations that begin in two inboxes at once share it."""
    for round_ in range(3):
        ben = house.hire(f"Ben{round_}")
        house.can(ben, 1)
        second = house.engine.write_and_wait(
            lambda unit, ben=ben: inboxes.create_inbox(
                unit, house.scope, house.admin, "Sales", member_user_ids=[ben]
            )
        ).card.id
        ends = _give_at_once(house, database_url, clock, ben, (house.inbox_id, second))
        assert Unassigned(Reason.FULL) in ends
        assert To(ben, Why.NAMED) in ends


def _give_at_once(
    house: House, url: str, clock: Clock, user_id: int, inbox_ids: tuple[int, int]
) -> list[object]:
    policy = Policy(user_ids=(user_id,))
    begun = Barrier(2)

    def give(unit: UnitOfWork, inbox_id: int) -> object:
        if house.engine.dialect == "postgresql":
            with suppress(BrokenBarrierError):
                begun.wait(1)
        actions.hold(unit, house.scope)
        found = views.candidates(unit, house.scope, inbox_id, policy, None)
        # Conversations stand above routing: an audit entry stands for one that is open.
        entries = account_views.audit(unit, house.scope, 100).items
        open_ = sum(entry.verb == "opened" and entry.object_id == user_id for entry in entries)
        choice = rules.choose(found, rules.loads_of(found, {user_id: open_}), policy, is_open=True)
        if isinstance(choice, To):
            accounts.record_audit(unit, house.scope, house.admin.user_id, "opened", "note", user_id)
            actions.note_assigned(unit, house.scope, choice.user_id)
        return choice

    def alone(engine: Engine, inbox_id: int) -> object:
        return engine.write_and_wait(lambda unit: give(unit, inbox_id))

    engines = [Engine.open(url, clock=clock) for _ in inbox_ids]
    try:
        for engine in engines:
            engine.write_and_wait(lambda unit: unit.new_id())  # a block of ids, or they would wait for that
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(alone, engines, inbox_ids))
    finally:
        for engine in engines:
            engine.close()


def test_F12_the_chatflows_that_need_a_skill_are_found_and_past_conversations_too(
    engine: Engine, clock: Clock
) -> None:
    account = open_small_account(engine)
    other = open_small_account(engine, account="Suedlicht")
    began = clock.now
    account.start(account.new_visitor())
    clock.advance(60_000)
    account.start(account.new_visitor())
    other.start(other.new_visitor())

    def need_it(unit: UnitOfWork) -> int:
        skill = actions.create_skill(unit, account.scope, account.admin, "Refunds")
        flow = chatflow_views.chatflow(unit, account.scope, account.chatflow_id)
        assign = msgspec.structs.replace(flow.document.chat.assign, skill_ids=(skill.id,))
        chat = msgspec.structs.replace(flow.document.chat, assign=assign)
        document = msgspec.structs.replace(flow.document, chat=chat)
        chatflows.save_document(unit, account.scope, account.admin, flow.id, flow.version, document)
        return skill.id

    skill_id = engine.write_and_wait(need_it)

    def read(reader: Reader) -> tuple[Sequence[Use], Sequence[Use], Sequence[Arrival], Sequence[Arrival]]:
        until = clock.now + 1
        return (
            checks.skill_uses(reader, account.scope, skill_id),
            checks.skill_uses(reader, other.scope, skill_id),
            checks.past_arrivals(reader, account.scope, account.inbox_id, began, until),
            checks.past_arrivals(reader, other.scope, account.inbox_id, began, until),
        )

    used, elsewhere, past, foreign = engine.read_and_wait(read)
    assert [(use.kind, use.id) for use in used] == [("chatflow", account.chatflow_id)]
    assert (elsewhere, foreign) == ([], [])
    assert past == [Arrival(began, 0, "en"), Arrival(began + 60_000, 0, "en")]
