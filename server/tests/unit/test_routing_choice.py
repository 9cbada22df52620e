"""Whom routing chooses: each row by an example, and what must hold whatever the facts are."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pocketdesk.accounts.model import Status
from pocketdesk.routing.model import (
    Candidate,
    Choice,
    Elsewhere,
    Fluency,
    Load,
    Policy,
    Reason,
    To,
    Unassigned,
    Why,
)
from pocketdesk.routing.rules import absent_owner, choose, fluency, loads_of

AVAILABLE, AWAY = Status.AVAILABLE, Status.AWAY
GERMAN = 7


def somebody(user_id: int, **facts: object) -> Candidate:
    return replace(Candidate(user_id, AVAILABLE, None), **facts)  # type: ignore[arg-type]


def ask(
    *candidates: Candidate, policy: Policy | None = None, is_open: bool = True, **loads: int | tuple[int, int]
) -> Choice:
    """`u1=3`: user 1 has three open conversations; `u1=(3, 50)`: and got the last one at 50."""
    found = {
        int(name[1:]): Load(load) if isinstance(load, int) else Load(*load) for name, load in loads.items()
    }
    return choose(candidates, found, policy or Policy(), is_open=is_open)


def test_F01_without_automatic_assignment_nobody_gets_it() -> None:
    assert ask(somebody(1), policy=Policy(automatic=False)) == Unassigned(Reason.OFF)


def test_F02_an_available_user_gets_it_and_an_away_one_never() -> None:
    assert ask(somebody(1, status=AWAY), somebody(2)) == To(2, Why.NAMED)
    assert ask(somebody(1, status=AWAY)) == Unassigned(Reason.AWAY)
    assert ask() == Unassigned(Reason.NOBODY)


def test_E07_hours_come_before_status() -> None:
    for fallback in ("unassigned", "anybody", "inbox"):
        policy = Policy(fallback=fallback, fallback_inbox_id=9)
        assert ask(somebody(1), policy=policy, is_open=False) == Unassigned(Reason.CLOSED)


def test_F04_the_contacts_available_owner_gets_it() -> None:
    policy = Policy(to="contact_owner")
    assert ask(somebody(1), somebody(2, is_owner=True), policy=policy) == To(2, Why.OWNER)
    assert ask(somebody(1), policy=policy) == Unassigned(Reason.NOBODY)


def test_F05_an_away_owner_is_told_and_the_fallback_applies() -> None:
    policy = Policy(to="contact_owner", fallback="anybody")
    owner = somebody(2, is_owner=True, status=AWAY)
    assert ask(somebody(1, is_named=False), owner, policy=policy) == To(1, Why.FALLBACK)
    assert absent_owner([owner], policy) == 2
    assert absent_owner([replace(owner, status=AVAILABLE)], policy) is None
    assert absent_owner([owner], Policy()) is None
    assert absent_owner([owner], replace(policy, automatic=False)) is None


def test_F08_capacity_skips_the_full_and_all_full_is_unassigned() -> None:
    one, two = somebody(1, capacity=2), somebody(2, capacity=3)
    assert ask(one, two, u1=2, u2=2) == To(2, Why.NAMED)
    assert ask(one, two, u1=2, u2=3) == Unassigned(Reason.FULL)
    assert ask(somebody(1, capacity=0)) == Unassigned(Reason.FULL)
    assert ask(one, u1=5) == Unassigned(Reason.FULL), "manual assignment may go beyond"


def test_F10_least_load_for_ones_capacity_first() -> None:
    small, large = somebody(1, capacity=2), somebody(2, capacity=10)
    assert ask(small, large, u1=1, u2=3) == To(2, Why.NAMED)
    assert ask(small, large, u1=1, u2=6) == To(1, Why.NAMED)


def test_F10_somebody_without_a_limit_does_not_get_everything() -> None:
    limited, free = somebody(1, capacity=4), somebody(2)
    assert ask(limited, free, u1=1, u2=3) == To(1, Why.NAMED)
    assert ask(limited, free, u1=2, u2=1) == To(2, Why.NAMED)


def test_F10_among_equals_who_waited_longest() -> None:
    one, two = somebody(1), somebody(2)
    assert ask(one, two, u1=(1, 70), u2=(1, 60)) == To(2, Why.NAMED)
    assert ask(one, two, u1=(1, 0), u2=1) == To(2, Why.NAMED), "never is longest"
    assert ask(two, one) == To(1, Why.NAMED), "and last the lower id, in whatever order they come"


def test_F11_every_needed_skill_is_needed() -> None:
    policy = Policy(skill_ids=(5, 6))
    half, both = somebody(1, skill_ids=frozenset({5})), somebody(2, skill_ids=frozenset({5, 6, 8}))
    assert ask(half, both, policy=policy) == To(2, Why.NAMED)
    assert ask(half, policy=policy) == Unassigned(Reason.SKILL)
    assert ask(half, replace(both, status=AWAY), policy=policy) == Unassigned(Reason.AWAY)


def test_F11_main_skills_before_secondary_ones() -> None:
    policy = Policy(skill_ids=(GERMAN,))
    secondary = somebody(1, skill_ids=frozenset({GERMAN}))
    main = somebody(2, skill_ids=frozenset({GERMAN}), main_skill_ids=frozenset({GERMAN}), capacity=2)
    assert ask(secondary, main, policy=policy, u2=1) == To(2, Why.NAMED)
    assert ask(secondary, main, policy=policy, u2=2) == To(1, Why.NAMED)


def test_F11_the_language_decides_who_is_first_and_excludes_nobody() -> None:
    main, secondary, none = (
        somebody(3 - fluent, fluency=fluent, capacity=1)
        for fluent in (Fluency.MAIN, Fluency.SECONDARY, Fluency.NONE)
    )
    assert ask(main, secondary, none) == To(3, Why.NAMED)
    assert ask(main, secondary, none, u3=1) == To(2, Why.NAMED)
    assert ask(main, secondary, none, u3=1, u2=1) == To(1, Why.NAMED)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("de", Fluency.MAIN),
        ("de-AT", Fluency.MAIN),
        ("PT_br", Fluency.SECONDARY),
        ("nl", Fluency.NONE),
        (None, Fluency.NONE),
    ],
)
def test_F11_regions_of_a_language_do_not_count(language: str | None, expected: Fluency) -> None:
    assert fluency({"de": True, "pt": False}, language) is expected


def test_F11_the_fallback_takes_whoever_lacks_least() -> None:
    policy = Policy(skill_ids=(5, 6), fallback="anybody")
    assert ask(somebody(1), somebody(2, skill_ids=frozenset({6})), policy=policy) == To(2, Why.FALLBACK)


def test_F16_the_fallback_may_be_another_inbox() -> None:
    policy = Policy(fallback="inbox", fallback_inbox_id=9)
    assert ask(somebody(1, capacity=1), policy=policy, u1=1) == Elsewhere(9, Reason.FULL)
    assert ask(somebody(1, capacity=1), policy=policy) == To(1, Why.NAMED)
    assert ask(policy=replace(policy, fallback_inbox_id=None)) == Unassigned(Reason.NOBODY)


# Whatever the facts are.

users = st.integers(1, 8)
some_skills = st.frozensets(st.integers(1, 3))


@st.composite
def crowds(draw: st.DrawFn) -> tuple[Candidate, ...]:
    crowd: list[Candidate] = []
    for user_id in draw(st.lists(users, unique=True)):
        held = draw(some_skills)
        crowd.append(
            Candidate(
                user_id,
                draw(st.sampled_from(Status)),
                draw(st.none() | st.integers(0, 4)),
                held,
                draw(st.booleans()),
                draw(st.booleans()),
                held & draw(some_skills),
                draw(st.sampled_from(Fluency)),
            )
        )
    return tuple(crowd)


loads = st.dictionaries(users, st.builds(Load, st.integers(0, 5), st.none() | st.integers(0, 9)))
policies = st.builds(
    Policy,
    automatic=st.sampled_from([True, True, True, False]),
    to=st.sampled_from(["users_and_teams", "contact_owner"]),
    skill_ids=some_skills.map(lambda held: tuple(sorted(held))),
    fallback=st.sampled_from(["unassigned", "anybody", "inbox"]),
    fallback_inbox_id=st.none() | st.just(9),
)


@given(crowds(), loads, policies, st.booleans())
def test_F07_F08_F11_whoever_is_chosen_may_be(
    crowd: tuple[Candidate, ...], loads: Mapping[int, Load], policy: Policy, is_open: bool
) -> None:
    choice = choose(crowd, loads, policy, is_open=is_open)
    if not isinstance(choice, To):
        return
    assert policy.automatic
    assert is_open
    found = next(each for each in crowd if each.user_id == choice.user_id)
    assert found.status is AVAILABLE
    assert found.capacity is None or loads.get(found.user_id, Load()).open < found.capacity
    if choice.why is Why.FALLBACK:
        assert policy.fallback == "anybody"
    else:
        assert found.is_owner if policy.to == "contact_owner" else found.is_named
        assert found.skill_ids >= set(policy.skill_ids)


@given(crowds(), loads, policies)
def test_somebody_who_may_be_chosen_is_not_passed_over(
    crowd: tuple[Candidate, ...], loads: Mapping[int, Load], policy: Policy
) -> None:
    able = [
        each
        for each in crowd
        if (each.is_owner if policy.to == "contact_owner" else each.is_named)
        and each.skill_ids >= set(policy.skill_ids)
        and each.status is AVAILABLE
        and (each.capacity is None or loads.get(each.user_id, Load()).open < each.capacity)
    ]
    choice = choose(crowd, loads, policy, is_open=True)
    if policy.automatic and able:
        assert isinstance(choice, To)
        assert choice.why is not Why.FALLBACK
    elif policy.fallback == "inbox" and policy.fallback_inbox_id and policy.automatic:
        assert isinstance(choice, Elsewhere)


@given(st.data(), crowds(), loads, policies)
def test_F10_the_same_facts_give_the_same_answer_in_any_order(
    data: st.DataObject, crowd: tuple[Candidate, ...], loads: Mapping[int, Load], policy: Policy
) -> None:
    shuffled = data.draw(st.permutations(crowd))
    assert choose(shuffled, loads, policy, is_open=True) == choose(crowd, loads, policy, is_open=True)


@given(st.integers(1, 6), st.integers(1, 40), st.none() | st.integers(1, 12), st.data())
def test_F10_equals_get_the_same_within_one_and_nobody_more_than_they_can_take(
    people: int, arrivals: int, capacity: int | None, data: st.DataObject
) -> None:
    """Whether conversations stay open or are closed at once: over any stretch, none is two ahead of another."""
    stay = data.draw(st.booleans())
    crowd = [Candidate(number, AVAILABLE, capacity) for number in range(1, people + 1)]
    got = dict.fromkeys(range(1, people + 1), 0)
    for now in range(arrivals):
        loads = loads_of(crowd, got if stay else {})
        choice = choose(crowd, loads, Policy(), is_open=True)
        if not isinstance(choice, To):
            assert capacity is not None
            assert stay
            assert set(got.values()) == {capacity}
            return
        got[choice.user_id] += 1
        place = choice.user_id - 1
        crowd[place] = replace(crowd[place], last_assigned_at=now)
        assert max(got.values()) - min(got.values()) <= 1
        assert capacity is None or not stay or max(got.values()) <= capacity


@given(st.lists(st.integers(1, 5), min_size=2, max_size=5), st.data())
def test_F10_nobody_starves(capacities: list[int], data: st.DataObject) -> None:
    """However conversations end, everybody with room gets one before the others together have had too many."""
    crowd = [Candidate(number, AVAILABLE, capacity) for number, capacity in enumerate(capacities)]
    open_: dict[int, int] = dict.fromkeys(range(len(crowd)), 0)
    since = dict.fromkeys(range(len(crowd)), 0)
    for now in range(80):
        busy = [user_id for user_id, count in open_.items() if count]
        if busy and data.draw(st.booleans()):
            open_[data.draw(st.sampled_from(busy))] -= 1
        choice = choose(crowd, loads_of(crowd, open_), Policy(), is_open=True)
        if not isinstance(choice, To):
            assert all(open_[each.user_id] == each.capacity for each in crowd)
            continue
        open_[choice.user_id] += 1
        crowd[choice.user_id] = replace(crowd[choice.user_id], last_assigned_at=now)
        for user_id in since:
            waits = open_[user_id] == 0 and user_id != choice.user_id
            since[user_id] = since[user_id] + 1 if waits else 0
        # Whoever has nothing to do is before everybody who has something, and idle ones take turns.
        assert max(since.values()) < len(crowd) + 1
