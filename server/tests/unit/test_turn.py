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
    Author,
    Brand,
    EmailStep,
    Naming,
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
    st.builds(rules.Route, st.none() | st.builds(AssignedUser, st.integers(1, 3)), st.just("named")),
    st.builds(rules.EndWait, st.just("Sorry"), st.none() | st.just(AssignedUser(3)), st.just("away")),
    st.builds(rules.Move, st.just(1), st.just(2), st.booleans()),
    st.builds(rules.Close, st.none() | st.just(rules.Survey(7, {"question": "How was it?"}))),
    st.just(rules.Reopen()),
    st.builds(rules.Associate, st.integers(1, 3)),
    st.builds(rules.AskEmail, st.just("Your address?"), st.booleans()),
    st.builds(rules.GiveEmail, st.just("mia@example.org"), st.integers(1, 3)),
    st.just(rules.SkipEmail()),
    st.just(rules.Consent({"kind": "process", "choice": True})),
)


@st.composite
def states(draw: st.DrawFn) -> State:
    status = draw(st.sampled_from(Status))
    seq = draw(st.integers(2, 100))
    assignee = draw(assignees)
    waits = status is Status.OPEN and isinstance(assignee, Nobody)
    return State(
        status=status,
        closed_at=draw(moments) if status is Status.CLOSED else None,
        assignee=assignee,
        contact_id=draw(st.none() | st.integers(1, 3)),
        seq=seq,
        last_message_seq=draw(st.integers(2, seq)),
        last_sent_at=draw(st.none() | moments),
        last_received_at=draw(st.none() | moments),
        last_activity_at=draw(moments),
        waiting_since=draw(st.none() | moments) if status is Status.OPEN else None,
        email=draw(st.sampled_from(EmailStep)),
        survey_id=draw(st.none() | st.just(7)),
        queued_at=draw(st.none() | moments) if waits else None,
        passed_user_id=draw(st.none() | st.integers(1, 3)) if waits else None,
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
        assert not turn.notices
        if not isinstance(command, rules.Route):  # which may begin to wait for somebody
            assert turn.after == state


@given(states(), commands)
def test_only_open_conversations_of_nobody_wait_for_routing(state: State, command: rules.Command) -> None:
    after = rules.take_turn(state, command, NOW).after
    waits = after.status is Status.OPEN and isinstance(after.assignee, Nobody)
    assert after.queued_at is None or waits


@given(states(), st.integers(1, 3))
def test_F01_routing_gives_only_what_is_nobodys(state: State, user_id: int) -> None:
    after = rules.take_turn(state, rules.Route(AssignedUser(user_id), "named"), NOW).after
    free = state.status is Status.OPEN and isinstance(state.assignee, Nobody)
    assert after.assignee == (AssignedUser(user_id) if free else state.assignee)
    assert rules.take_turn(state, rules.Route(None, "away"), NOW).after.assignee == state.assignee


@given(states(), st.none() | st.just(AssignedUser(3)))
def test_F17_a_wait_that_is_over_is_told_and_goes_to_somebody_else_or_back(
    state: State, to: AssignedUser | None
) -> None:
    before = replace(state, status=Status.OPEN, closed_at=None, assignee=AssignedUser(2), queued_at=None)
    turn = rules.take_turn(before, rules.EndWait("Sorry", to, "away"), NOW)
    assert [new.kind for new in turn.notices] == [NoticeKind.WAIT_OVER, NoticeKind.ASSIGNED]
    assert turn.after.assignee == (to or Nobody())
    assert turn.after.queued_at == (None if to else NOW)
    assert turn.after.passed_user_id == 2


@given(states(), moments)
def test_F17_only_who_has_not_answered_since_lets_somebody_wait(state: State, assigned_at: int) -> None:
    answered = state.last_sent_at is not None and state.last_sent_at >= assigned_at
    waits = state.status is Status.OPEN and state.assignee == AssignedUser(2) and not answered
    assert rules.has_waited(state, 2, assigned_at) == waits


@given(states())
def test_D05_only_the_unknown_are_asked_for_an_address_and_once(state: State) -> None:
    asked = rules.take_turn(state, rules.AskEmail("Your address?"), NOW)
    unknown = state.contact_id is None and state.email is EmailStep.NOT_ASKED
    assert bool(asked.notices) == (unknown and state.status is Status.OPEN)
    assert not rules.take_turn(asked.after, rules.AskEmail("Your address?"), NOW).notices


@given(states())
def test_D03_after_an_answer_nobody_is_asked_any_more(state: State) -> None:
    answered = replace(state, last_sent_at=NOW)
    assert not rules.take_turn(answered, rules.AskEmail("Your address?", unless_answered=True), NOW).notices


@given(states())
def test_H10_a_closing_is_answered_once_and_H09_the_next_one_asks_again(state: State) -> None:
    survey = rules.Survey(7, {"question": "How was it?"})
    fresh = replace(state, status=Status.OPEN, closed_at=None)
    closed = rules.take_turn(fresh, rules.Close(survey), NOW)
    assert [new.kind for new in closed.notices] == [NoticeKind.CLOSED, NoticeKind.SURVEY_ASKED]
    answered = rules.take_turn(closed.after, rules.AnswerSurvey({"rating": 2}), NOW).after
    with pytest.raises(rules.SurveyNotAsked):
        rules.take_turn(answered, rules.AnswerSurvey({"rating": 0}), NOW)
    reopened = rules.take_turn(answered, rules.Reopen(), NOW).after
    assert rules.take_turn(reopened, rules.Close(survey), NOW).after.survey_id == 7


def test_D10_a_brand_hides_which_agent_writes() -> None:
    agent = Author("agent", 5, "Ana Duarte", "AD", 3)
    brand = Naming(full_names=True, brand=Brand("Harbour Shop", "/brand/2/9"))
    seen = rules.seen_by_visitor(agent, brand)
    assert seen == Author("agent", 0, "Harbour Shop", "HS", 0, "/brand/2/9")
    assert rules.seen_by_visitor(agent, Naming(full_names=False)).name == "Ana"
    visitor = Author("visitor", 7)
    assert rules.seen_by_visitor(visitor, brand) == visitor


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
