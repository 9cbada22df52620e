"""The simulator: small days worked out by hand, and what must hold for all of them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from pocketdesk.inboxes.model import OpenHours
from pocketdesk.kernel.moments import HOUR, MINUTE
from pocketdesk.routing.model import (
    Arrival,
    Forecast,
    Handling,
    Plan,
    Policy,
    Reason,
    Shift,
    Staff,
    Waits,
)
from pocketdesk.routing.rules.shifts import shifts_between
from pocketdesk.routing.rules.simulation import MOMENTS, handled, simulate, synthetic


def play(
    arrivals: Sequence[Arrival],
    *staff: Staff,
    policy: Policy | None = None,
    named: Sequence[int] | None = None,
    opens: int = 0,
    notice_ms: int = 0,
) -> Forecast:
    """With hours from `opens` on."""
    meant = frozenset(each.user_id for each in staff) if named is None else frozenset(named)
    plan = Plan(policy or Policy(), meant)
    return simulate(arrivals, staff, plan, lambda at: at >= opens, notice_ms, [opens])


def at(*minutes: int, takes: int = 10) -> list[Arrival]:
    return [Arrival(minute * MINUTE, takes * MINUTE) for minute in minutes]


def answered(forecast: Forecast) -> dict[int, int]:
    return {each.user_id: each.answered for each in forecast.loads}


def test_an_agent_turns_to_one_after_the_other() -> None:
    found = play(at(0, 1, 2), Staff(1))
    assert found.waits == Waits(9 * MINUTE, 18 * MINUTE, 18 * MINUTE)
    assert (found.arrivals, found.assigned, found.unanswered) == (3, 3, 0)
    assert found.loads[0].busiest == 3
    assert found.loads[0].open[0] == 1
    assert found.loads[0].open[-1] == 0
    assert len(found.moments) == len(found.loads[0].open) == MOMENTS


def test_F10_equals_share_the_day() -> None:
    found = play(at(*range(0, 120, 20)), Staff(1), Staff(2), Staff(3))
    assert answered(found) == {1: 2, 2: 2, 3: 2}
    assert found.waits == Waits(0, 0, 0)


def test_F08_what_is_over_capacity_is_offered_when_somebody_is_done() -> None:
    found = play(at(0, 1, 2), Staff(1, capacity=1), notice_ms=30 * MINUTE)
    assert found.unassigned == {Reason.FULL: 2}
    assert found.loads[0].busiest == 1
    assert found.waits == Waits(9 * MINUTE, 18 * MINUTE, 18 * MINUTE)
    assert found.unanswered == 0


def test_F09_a_conversation_that_is_done_frees_a_place_for_the_oldest_that_waits() -> None:
    arrivals = [*at(0, 1, takes=30), *at(2, 3, takes=1)]
    found = play(arrivals, Staff(1, capacity=1), Staff(2, capacity=1), notice_ms=HOUR)
    assert found.unassigned == {Reason.FULL: 2}
    assert found.waits == Waits(0, 28 * MINUTE, 28 * MINUTE), "each of them takes one, at 30 and at 31"


def test_F01_without_automatic_assignment_the_idle_take_what_they_notice() -> None:
    off = Policy(automatic=False)
    found = play(at(0, 1, 2), Staff(1, capacity=1), policy=off, notice_ms=30 * MINUTE)
    assert found.unassigned == {Reason.OFF: 3}
    assert found.waits == Waits(39 * MINUTE, 48 * MINUTE, 48 * MINUTE)


def test_F11_what_one_waits_for_does_not_hold_up_the_others() -> None:
    needed = Policy(to="contact_owner")
    arrivals = [
        Arrival(0, MINUTE, owner_id=7),
        Arrival(1, MINUTE, owner_id=1),
        Arrival(2, MINUTE, owner_id=1),
    ]
    found = play(arrivals, Staff(1, capacity=1), policy=needed, notice_ms=HOUR)
    assert found.unassigned == {Reason.NOBODY: 1, Reason.FULL: 1}
    assert found.waits == Waits(MINUTE - 1, HOUR, HOUR)


def test_E07_outside_hours_nobody_gets_it_until_they_begin() -> None:
    found = play(at(0, 30), Staff(1), opens=20 * MINUTE, notice_ms=HOUR)
    assert found.unassigned == {Reason.CLOSED: 1}
    assert found.waits == Waits(0, 20 * MINUTE, 20 * MINUTE)
    noticed = play(at(0, 30), Staff(1), opens=20 * MINUTE, notice_ms=15 * MINUTE)
    assert noticed.waits.longest == 15 * MINUTE, "who is there may take it by hand"


def test_F02_nobody_works_outside_their_shift_but_they_finish_what_they_began() -> None:
    shifts = (Shift(10 * MINUTE, 20 * MINUTE), Shift(HOUR, 2 * HOUR))
    found = play(at(0, 12, 13), Staff(1, shifts=shifts))
    assert found.unassigned == {Reason.AWAY: 1}
    # The first from 10 to 20, the second (theirs since 12) when they are back, the third after it.
    assert found.waits == Waits(48 * MINUTE, 57 * MINUTE, 57 * MINUTE)
    gone = play(at(0, 12), Staff(1, shifts=(Shift(10 * MINUTE, 11 * MINUTE),)))
    assert (gone.unanswered, gone.waits.longest) == (1, 10 * MINUTE)


def test_F11_languages_and_skills_decide_as_in_earnest() -> None:
    german = Staff(2, languages={"de": True}, skills={5: True})
    arrivals = [Arrival(0, MINUTE, "de"), Arrival(1, MINUTE, "nl"), Arrival(HOUR, MINUTE, "de")]
    assert answered(play(arrivals, Staff(1), german)) == {1: 1, 2: 2}
    needed = Policy(skill_ids=(5,))
    assert answered(play(arrivals, Staff(1), german, policy=needed)) == {1: 0, 2: 3}


def test_F04_F16_owners_and_other_inboxes() -> None:
    policy = Policy(to="contact_owner", fallback="inbox", fallback_inbox_id=9)
    arrivals = [Arrival(0, MINUTE, owner_id=2), Arrival(1, MINUTE, owner_id=7), Arrival(2, MINUTE)]
    found = play(arrivals, Staff(1), Staff(2), policy=policy)
    assert answered(found) == {1: 0, 2: 1}
    assert (found.moved, found.unanswered) == (2, 0)


def test_two_policies_are_compared_over_the_same_arrivals() -> None:
    arrivals = synthetic(0, 8, 12.0, Handling(8 * MINUTE), 7)
    staff = [Staff(1, 5), Staff(2, 5), Staff(3, 5)]
    one = play(arrivals, *staff, named=[1], notice_ms=5 * MINUTE)
    all_ = play(arrivals, *staff, notice_ms=5 * MINUTE)
    assert one.arrivals == all_.arrivals > 60
    assert all_.waits.p90 < one.waits.p90
    assert max(answered(all_).values()) - min(answered(all_).values()) <= 6


def test_no_arrivals_and_no_staff() -> None:
    assert play([], Staff(1)).waits == Waits(0, 0, 0)
    nobody = play(at(0, 5))
    assert (nobody.unanswered, nobody.unassigned, nobody.loads) == (2, {Reason.NOBODY: 2}, ())


def test_arrivals_are_the_same_for_the_same_seed_and_about_as_many_as_asked_for() -> None:
    handling = Handling(5 * MINUTE)
    first = synthetic(1_000, 100, 10.0, handling, 1, "de")
    assert first == synthetic(1_000, 100, 10.0, handling, 1, "de")
    assert first != synthetic(1_000, 100, 10.0, handling, 2, "de")
    assert 900 < len(first) < 1_100
    assert 4 * MINUTE < sum(each.handling_ms for each in first) / len(first) < 6 * MINUTE
    assert all(1_000 <= each.at < 1_000 + 100 * HOUR for each in first)
    assert [each.at for each in first] == sorted(each.at for each in first)
    past = handled(first, Handling(MINUTE, "fixed"), 3)
    assert {each.handling_ms for each in past} == {MINUTE}
    assert [(each.at, each.language) for each in past] == [(each.at, each.language) for each in first]


def test_E02_shifts_follow_the_clock_on_the_wall() -> None:
    def moment(day: int, hour: int, minute: int = 0) -> int:
        return int(datetime(2026, 10, day, hour, minute, tzinfo=UTC).timestamp()) * 1_000

    hours = [OpenHours(day=day, opens=9 * 60, closes=17 * 60) for day in (5, 6)]
    # The night between is the one in which the clocks go back in Amsterdam.
    found = shifts_between(hours, "Europe/Amsterdam", moment(24, 0), moment(26, 0))
    assert found == (Shift(moment(24, 7), moment(24, 15)), Shift(moment(25, 8), moment(25, 16)))
    late = shifts_between([OpenHours(day=0, opens=1_380, closes=1_440)], "UTC", moment(26, 0), moment(27, 0))
    assert late == (Shift(moment(26, 23), moment(27, 0)),)
    # 2:45 is 3:45 on the day on which the clocks go forward: what closes at 3:15 never opens.
    swallowed = [OpenHours(day=6, opens=165, closes=195)]
    march = int(datetime(2026, 3, 29, tzinfo=UTC).timestamp()) * 1_000
    assert shifts_between(swallowed, "Europe/Amsterdam", march, march + 24 * HOUR) == ()


@st.composite
def days(draw: st.DrawFn) -> tuple[list[Arrival], list[Staff], Plan, int]:
    minutes = st.integers(0, 600)
    arrivals = draw(
        st.lists(
            st.builds(
                Arrival,
                minutes,
                st.integers(1, 60),
                st.sampled_from(["de", None]),
                st.integers(1, 6) | st.none(),
            ),
            max_size=25,
        )
    )
    some_shifts = st.lists(st.builds(Shift, minutes, minutes), max_size=3).map(_apart)
    ids = draw(st.lists(st.integers(1, 5), unique=True, max_size=5))
    staff = [
        Staff(
            user_id,
            draw(st.none() | st.integers(1, 3)),
            draw(st.dictionaries(st.integers(1, 2), st.booleans())),
            draw(st.dictionaries(st.just("de"), st.booleans())),
            draw(st.none() | some_shifts),
        )
        for user_id in ids
    ]
    policy = draw(
        st.builds(
            Policy,
            to=st.sampled_from(["users_and_teams", "contact_owner"]),
            skill_ids=st.lists(st.integers(1, 2), max_size=1).map(tuple),
            fallback=st.sampled_from(["unassigned", "anybody", "inbox"]),
            fallback_inbox_id=st.none() | st.just(9),
        )
    )
    named = draw(st.frozensets(st.sampled_from(ids))) if ids else frozenset[int]()
    return arrivals, staff, Plan(policy, named), draw(st.integers(0, 600))


def _apart(found: list[Shift]) -> tuple[Shift, ...]:
    """In order and without overlaps."""
    shifts: list[Shift] = []
    for each in sorted(found, key=lambda shift: shift.start):
        if each.start < each.end and (not shifts or shifts[-1].end <= each.start):
            shifts.append(each)
    return tuple(shifts)


@given(days(), st.integers(0, 30))
def test_nothing_is_lost_and_nobody_has_more_than_they_can_take(
    day: tuple[list[Arrival], list[Staff], Plan, int], notice_ms: int
) -> None:
    arrivals, staff, plan, opens = day
    found = simulate(arrivals, staff, plan, lambda at: at >= opens, notice_ms, [opens])
    assert found == simulate(
        arrivals[::-1], staff[::-1], plan, lambda at: at >= opens, notice_ms, [opens]
    ) or len({each.at for each in arrivals}) < len(arrivals), (
        "the same in whatever order they are given, but for those of one moment"
    )
    assert found.arrivals == len(arrivals)
    begun = found.assigned + sum(found.unassigned.values())
    assert begun <= found.arrivals <= begun + found.moved
    answers = sum(each.answered for each in found.loads)
    assert answers + found.unanswered + found.moved == found.arrivals
    assert found.waits.p50 <= found.waits.p90 <= found.waits.longest
    by_id = {each.user_id: each for each in staff}
    for load in found.loads:
        capacity = by_id[load.user_id].capacity
        assert capacity is None or load.busiest <= capacity
        if by_id[load.user_id].shifts == ():
            assert load.busiest == 0
    if staff and all(each.shifts is None for each in staff):
        assert found.unanswered == 0
