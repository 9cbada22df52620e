"""The turn: properties over all commands, states and times."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pocketdesk.conversations import rules
from pocketdesk.conversations.model import (
    AgentActor,
    AssignedTeam,
    AssignedUser,
    Nobody,
    NoticeKind,
    State,
    Status,
)
from pocketdesk.kernel.moments import HOUR

NOW = 1_700_000_000_000
moments = st.integers(NOW - 100 * HOUR, NOW)
assignees = st.one_of(
    st.just(Nobody()), st.builds(AssignedUser, st.integers(1, 3)), st.builds(AssignedTeam, st.integers(1, 3))
)
commands = st.one_of(
    st.builds(rules.VisitorWrites, st.integers(0, 48)),
    st.builds(rules.AgentWrites, st.builds(AgentActor, st.integers(1, 3))),
    st.just(rules.AgentComments()),
    st.builds(rules.Assign, assignees, st.just(True)),
    st.just(rules.Close()),
    st.just(rules.Reopen()),
    st.builds(rules.Associate, st.integers(1, 3)),
)


@st.composite
def states(draw: st.DrawFn) -> State:
    status = draw(st.sampled_from(Status))
    seq = draw(st.integers(2, 100))
    return State(
        status=status,
        closed_at=draw(moments) if status is Status.CLOSED else None,
        assignee=draw(assignees),
        contact_id=draw(st.none() | st.integers(1, 3)),
        seq=seq,
        last_message_seq=draw(st.integers(2, seq)),
        last_sent_at=draw(st.none() | moments),
        last_received_at=draw(st.none() | moments),
        last_activity_at=draw(moments),
        waiting_since=draw(st.none() | moments) if status is Status.OPEN else None,
    )


def test_the_table_knows_every_command_in_every_status() -> None:
    kinds = rules.Command.__args__  # type: ignore[attr-defined]
    assert set(rules.TABLE) == set(product(kinds, Status))


@given(states(), commands)
def test_each_entry_takes_the_next_seq(state: State, command: rules.Command) -> None:
    turn = rules.take_turn(state, command, NOW)
    seqs = [notice.seq for notice in turn.notices] + ([turn.words_seq] if turn.words_seq else [])
    assert seqs == list(range(state.seq + 1, turn.after.seq + 1))


@given(states(), commands)
def test_closed_and_when_it_was_closed_go_together(state: State, command: rules.Command) -> None:
    after = rules.take_turn(state, command, NOW).after
    assert (after.status is Status.CLOSED) == (after.closed_at is not None)


@given(states(), commands)
def test_nobody_waits_in_a_closed_conversation(state: State, command: rules.Command) -> None:
    after = rules.take_turn(state, command, NOW).after
    assert after.status is Status.OPEN or after.waiting_since is None


@given(states(), commands)
def test_a_turn_without_entries_changes_nothing(state: State, command: rules.Command) -> None:
    turn = rules.take_turn(state, command, NOW)
    if turn.after.seq == state.seq:
        assert turn.after == state
        assert not turn.notices


@given(
    states(),
    st.one_of(
        st.just(rules.Close()), st.just(rules.Reopen()), st.builds(rules.Assign, assignees, st.just(True))
    ),
)
def test_state_commands_are_idempotent(state: State, command: rules.Command) -> None:
    once = rules.take_turn(state, command, NOW).after
    assert rules.take_turn(once, command, NOW + 1) == rules.Turn(once)


@given(states(), st.integers(1, 3))
def test_F13_a_reply_claims_what_is_nobodys_and_only_that(state: State, user_id: int) -> None:
    after = rules.take_turn(state, rules.AgentWrites(AgentActor(user_id)), NOW).after
    unassigned = isinstance(state.assignee, Nobody)
    assert after.assignee == (AssignedUser(user_id) if unassigned else state.assignee)
    assert after.status is Status.OPEN
    assert after.waiting_since is None


@given(states(), st.integers(0, 48))
def test_L04_the_visitors_words_reopen_within_the_hours_and_start_anew_later(
    state: State, hours: int
) -> None:
    turn = rules.take_turn(state, rules.VisitorWrites(hours), NOW)
    late = state.closed_at is not None and NOW - state.closed_at > hours * HOUR
    assert turn.starts_anew == late
    if late:
        assert turn.after == state
    else:
        assert turn.after.status is Status.OPEN
        assert turn.words_seq == turn.after.last_message_seq == turn.after.seq
        reopened = [notice.kind for notice in turn.notices] == [NoticeKind.REOPENED]
        assert reopened == (state.status is Status.CLOSED)


@given(states())
def test_the_visitor_waits_since_the_first_unanswered_words(state: State) -> None:
    first = rules.take_turn(
        replace(state, status=Status.OPEN, closed_at=None), rules.VisitorWrites(0), NOW
    ).after
    second = rules.take_turn(first, rules.VisitorWrites(0), NOW + 5).after
    assert second.waiting_since == first.waiting_since == (state.waiting_since or NOW)


@given(states(), assignees)
def test_L22_somebody_without_access_is_never_assigned(
    state: State, to: Nobody | AssignedUser | AssignedTeam
) -> None:
    if to != state.assignee:
        with pytest.raises(rules.AssigneeWithoutAccess):
            rules.take_turn(state, rules.Assign(to, has_access=False), NOW)


@given(st.integers(0, 50), st.none() | st.integers(0, 100), st.integers(0, 50))
def test_cursors_never_go_back_nor_beyond(at: int, to: int | None, more: int) -> None:
    seq = at + more
    assert at <= rules.move(at, to, seq) <= seq
