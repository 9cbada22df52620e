"""What the deciders do to conversations, on both engines: assignment, waits, gates, addresses, surveys, files."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from pocketdesk.accounts import actions as accounts
from pocketdesk.accounts.model import Status as Presence
from pocketdesk.accounts.model import UserChanges
from pocketdesk.consent import actions as consent
from pocketdesk.consent import views as consents
from pocketdesk.consent.model import PrivacySettings
from pocketdesk.consent.rules import ConsentRequired, ConsentTextChanged
from pocketdesk.conversations import actions, store, views
from pocketdesk.conversations.model import (
    AgentActor,
    AgentViewer,
    AssignedUser,
    EmailStep,
    Nobody,
    Notice,
    Status,
    View,
    VisitorActor,
    VisitorViewer,
)
from pocketdesk.conversations.reactions import react
from pocketdesk.conversations.rules import AttachmentsOff, EmailKnown, SurveyNotAsked
from pocketdesk.conversations.streams import STREAMS, typing
from pocketdesk.files import actions as files
from pocketdesk.files.model import Owner, OwnerKind, Purpose, Sound
from pocketdesk.inboxes import actions as inboxes
from pocketdesk.inboxes.model import InboxChanges
from pocketdesk.jobs import store as jobs
from pocketdesk.kernel import text
from pocketdesk.kernel.moments import HOUR, MINUTE, SECOND
from pocketdesk.kernel.refusal import Invalid, NotFound
from pocketdesk.people import actions as people
from pocketdesk.people import views as contacts
from pocketdesk.routing import actions as routing
from pocketdesk.storage import Engine, UnitOfWork
from pocketdesk.surveys import views as surveys
from pocketdesk.surveys.rules import SurveyAnswered
from tests.databases import Clock
from tests.small_account import SmallAccount, open_small_account
from tests.store.test_conversations import query_plan


@pytest.fixture
def account(engine: Engine) -> SmallAccount:
    return open_small_account(engine)


def _state(account: SmallAccount, conversation_id: int, viewer: AgentViewer | None = None) -> Any:
    user_id = (viewer or account.ana).user_id
    read = account.engine.read_and_wait
    return read(lambda reader: views.of_agent(reader, account.scope, user_id, conversation_id)).state


def _notices(account: SmallAccount, conversation_id: int) -> list[tuple[str, dict[str, Any]]]:
    entries, _ = account.engine.read_and_wait(
        lambda reader: views.timeline(reader, account.scope, account.ana.user_id, conversation_id, None, 100)
    )
    return [(entry.kind.value, dict(entry.facts)) for entry in entries if isinstance(entry, Notice)]


def _kinds(account: SmallAccount, conversation_id: int) -> list[str]:
    return [kind for kind, _ in _notices(account, conversation_id)]


def _assign_to(account: SmallAccount, *users: AgentViewer, **more: Any) -> None:
    ids = [user.user_id for user in users]
    account.configure(chat__assign__automatic=True, chat__assign__user_ids=ids, **more)


def _set_status(account: SmallAccount, user: AgentViewer, status: Presence) -> None:
    change = UserChanges(status=status)
    account.engine.write_and_wait(
        lambda unit: accounts.change_user(unit, account.scope, account.admin, user.user_id, change)
    )


def _limit(account: SmallAccount, capacity: int | None) -> None:
    account.engine.write_and_wait(
        lambda unit: routing.set_usual_capacity(unit, account.scope, account.admin, capacity)
    )


def _offer(account: SmallAccount) -> None:
    account.engine.write_and_wait(actions.offer_in_all_accounts)
    account.run_jobs()


def _jobs(account: SmallAccount, kind: str) -> list[dict[str, Any]]:
    def waiting(unit: UnitOfWork) -> list[dict[str, Any]]:
        leased = jobs.lease(unit, jobs.due([kind]), 1, 100, unit.now + 1)
        return [job.payload for job in leased]

    return account.engine.write_and_wait(waiting)


# What it costs.


@pytest.mark.parametrize("who", ["visitor", "ana"])
def test_a_message_costs_no_more_where_everything_is_on(account: SmallAccount, who: str) -> None:
    account.add_survey()
    _assign_to(
        account,
        account.ana,
        chat__assign__wait_minutes=5,
        chat__email_capture__ask="after_first_message",
        chat__heading__kind="brand",
        chat__heading__brand_name="Harbour Shop",
        chat__heading__alias=True,
        options__process_consent__on=True,
        options__process_consent__type="explicit",
    )
    visitor = account.new_visitor()
    account.consent_to(visitor, "process")
    conversation_id = account.start(visitor)
    viewer = visitor if who == "visitor" else account.ana
    asks: list[int] = []

    def post(unit: UnitOfWork) -> None:
        actor = VisitorActor(visitor.visitor_id) if viewer is visitor else AgentActor(account.ana.user_id)
        content = text.from_plain("Words")
        actions.post_message(unit, account.scope, actor, conversation_id, account.uuid(), content)
        asks.append(unit.queries)

    account.engine.write_and_wait(post)
    assert asks[-1] == 3


# Assignment.


def test_F02_a_chosen_user_who_is_available_gets_it_and_one_who_is_away_never(account: SmallAccount) -> None:
    _assign_to(account, account.ana, account.ben)
    _set_status(account, account.ana, Presence.AWAY)
    for _ in range(3):
        assert _state(account, account.start(account.new_visitor())).assignee == AssignedUser(
            account.ben.user_id
        )
    conversation_id = account.start(account.new_visitor())
    [(kind, facts)] = _notices(account, conversation_id)
    assert (kind, facts) == ("assigned", {"kind": "user", "id": account.ben.user_id, "reason": "named"})


def test_F07_a_chosen_user_who_does_not_see_the_inbox_gets_nothing(account: SmallAccount) -> None:
    _assign_to(account, account.eve)
    state = _state(account, account.start(account.new_visitor()))
    assert state.assignee == Nobody()
    assert state.queued_at is not None


def test_F10_equal_agents_get_chats_in_turn(account: SmallAccount, clock: Clock) -> None:
    _assign_to(account, account.ana, account.ben)
    got = []
    for _ in range(6):
        clock.advance(SECOND)
        got.append(_state(account, account.start(account.new_visitor())).assignee.user_id)
    assert sorted(got.count(user.user_id) for user in (account.ana, account.ben)) == [3, 3]


def test_F08_who_is_full_is_skipped_and_F09_closing_frees_a_place(account: SmallAccount) -> None:
    _assign_to(account, account.ben)
    _limit(account, 1)
    first, second = (account.start(account.new_visitor()) for _ in range(2))
    assert _state(account, first).assignee == AssignedUser(account.ben.user_id)
    assert _state(account, second).assignee == Nobody()
    _offer(account)
    assert _state(account, second).assignee == Nobody()
    to = {"kind": "user", "id": account.ben.user_id}
    third = account.start(account.new_visitor())
    account.run(account.ana, "assign", conversation_id=third, assignee=to)
    assert _state(account, third).assignee == AssignedUser(account.ben.user_id)
    for conversation_id in (first, third):
        account.run(account.ben, "close_conversation", conversation_id=conversation_id)
    account.run_jobs()
    assert _state(account, second).assignee == AssignedUser(account.ben.user_id)
    assert _state(account, second).queued_at is None


def test_E07_outside_hours_nobody_is_routed_to_until_they_begin(account: SmallAccount, clock: Clock) -> None:
    hours = {
        **_AVAILABILITY,
        "kind": "hours",
        "hours": [{"day": day, "opens": 9 * 60, "closes": 17 * 60} for day in range(7)],
    }
    _assign_to(account, account.ben, chat__availability=hours)
    conversation_id = account.start(account.new_visitor())  # at 22:13
    assert _state(account, conversation_id).assignee == Nobody()
    clock.advance(HOUR)
    _offer(account)
    assert _state(account, conversation_id).assignee == Nobody()
    clock.advance(10 * HOUR)
    _offer(account)
    assert _state(account, conversation_id).assignee == AssignedUser(account.ben.user_id)


_AVAILABILITY: dict[str, Any] = {
    "kind": "always",
    "time_zone": "UTC",
    "hours": [],
    "holidays": [],
    "reply_time": "none",
    "away": "message",
    "away_text": None,
    "outside": "return_time",
    "outside_text": None,
}


def test_E09_somebody_who_becomes_available_gets_what_waits_longest_first(
    account: SmallAccount, clock: Clock
) -> None:
    _assign_to(account, account.ben)
    _limit(account, 1)
    _set_status(account, account.ben, Presence.AWAY)
    first = account.start(account.new_visitor())
    clock.advance(SECOND)
    second = account.start(account.new_visitor())
    _set_status(account, account.ben, Presence.AVAILABLE)
    _offer(account)
    assert _state(account, first).assignee == AssignedUser(account.ben.user_id)
    assert _state(account, second).assignee == Nobody()


@pytest.mark.anyio
async def test_E09_whoever_becomes_available_is_offered_what_waits_at_once(account: SmallAccount) -> None:
    engine = account.engine
    _assign_to(account, account.ben)
    _set_status(account, account.ben, Presence.AWAY)
    conversation_id = account.start(account.new_visitor())
    engine.attach(asyncio.get_running_loop())
    engine.on_committed = react(engine)
    change = UserChanges(status=Presence.AVAILABLE)
    await engine.write(
        lambda unit: accounts.change_user(unit, account.scope, account.admin, account.ben.user_id, change)
    )
    for _ in range(3):  # the reaction is one of these writes
        await engine.write(lambda _: None)
    account.run_jobs()
    assert _state(account, conversation_id).assignee == AssignedUser(account.ben.user_id)


def test_a_long_queue_is_offered_in_parts_and_nobody_in_it_is_forgotten(
    account: SmallAccount, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pocketdesk.conversations.actions import assigning

    monkeypatch.setattr(assigning, "OFFERED_AT_ONCE", 2)
    monkeypatch.setattr(assigning, "LOOKED_AT", 4)
    _assign_to(account, account.eve)
    hopeless = [account.start(account.new_visitor()) for _ in range(5)]
    _assign_to(account, account.ben, chat__assign__wait_minutes=1)
    _set_status(account, account.ben, Presence.AWAY)
    clock.advance(1)
    last = [account.start(account.new_visitor()) for _ in range(2)]
    _set_status(account, account.ben, Presence.AVAILABLE)
    _offer(account)
    assert {_state(account, id_).assignee for id_ in (*hopeless, *last)} == {
        AssignedUser(account.ben.user_id)
    }


def test_F01_what_agents_leave_to_nobody_is_not_routed_again(account: SmallAccount) -> None:
    _assign_to(account, account.ben)
    conversation_id = account.start(account.new_visitor())
    account.run(account.ana, "assign", conversation_id=conversation_id, assignee={"kind": "nobody"})
    _offer(account)
    assert _state(account, conversation_id).assignee == Nobody()


def test_what_waits_is_let_go_where_nothing_is_assigned_any_more(account: SmallAccount) -> None:
    _assign_to(account, account.eve)
    conversation_id = account.start(account.new_visitor())
    account.configure(chat__assign__automatic=False)
    _offer(account)
    assert _state(account, conversation_id).queued_at is None


def test_F04_the_contacts_owner_gets_it_and_F05_hears_of_it_when_away(account: SmallAccount) -> None:
    visitor = account.new_visitor()
    first = account.start(visitor)
    given = {"conversation_id": first, "email": "mia@example.org"}
    contact_id = account.run(account.ana, "associate_contact", **given)["contact"]["id"]
    account.engine.write_and_wait(
        lambda unit: people.give_to_owner(unit, account.scope, account.admin, contact_id, account.ben.user_id)
    )
    account.configure(chat__assign__automatic=True, chat__assign__to="contact_owner")
    assert _state(account, account.start(visitor)).assignee == AssignedUser(account.ben.user_id)
    _set_status(account, account.ben, Presence.AWAY)
    conversation_id = account.start(visitor)
    assert _state(account, conversation_id).assignee == Nobody()
    fact = {"conversation_id": conversation_id, "user_id": account.ben.user_id}
    assert _jobs(account, "mail.owner_away") == [fact]


def test_F16_the_fallback_moves_it_to_another_inbox(account: SmallAccount) -> None:
    _assign_to(
        account,
        account.eve,
        chat__assign__fallback="inbox",
        chat__assign__fallback_inbox_id=account.third_inbox_id,
    )
    conversation_id = account.start(account.new_visitor())
    moved = {"from": account.inbox_id, "to": account.third_inbox_id}
    assert _notices(account, conversation_id) == [("moved", moved)]
    assert _state(account, conversation_id).queued_at is None
    whole = account.engine.read_and_wait(
        lambda reader: views.agent_conversation(reader, account.scope, account.ana.user_id, conversation_id)
    )
    assert whole.inbox.name == "Orders"


def test_F16_agents_move_it_where_they_belong_and_who_sees_it_there_keeps_it(account: SmallAccount) -> None:
    conversation_id = account.start(account.new_visitor())
    account.post(account.ben, conversation_id, "Mine")

    def move(viewer: AgentViewer, inbox_id: int) -> Any:
        return account.run(viewer, "move_conversation", conversation_id=conversation_id, inbox_id=inbox_id)

    for viewer, inbox_id in (
        (account.ana, account.other_inbox_id),
        (account.eve, account.other_inbox_id),
        (account.ana, 10**9),
    ):
        with pytest.raises(NotFound):
            move(viewer, inbox_id)
    assert move(account.ana, account.third_inbox_id)["inbox"]["name"] == "Orders"
    assert move(account.ana, account.third_inbox_id)["inbox"]["name"] == "Orders"
    assert _state(account, conversation_id).assignee == AssignedUser(account.ben.user_id)
    change = InboxChanges(member_user_ids=(account.ana.user_id,))
    account.engine.write_and_wait(
        lambda unit: inboxes.change_inbox(unit, account.scope, account.admin, account.inbox_id, change)
    )
    move(account.ana, account.inbox_id)
    assert _state(account, conversation_id).assignee == Nobody()
    assert _kinds(account, conversation_id) == ["assigned", "moved", "moved", "assigned"]
    with pytest.raises(NotFound):
        account.post(account.ben, conversation_id, "Not any more")


def test_F17_who_lets_somebody_wait_passes_it_on_with_a_word(account: SmallAccount, clock: Clock) -> None:
    _assign_to(account, account.ana, account.ben, chat__assign__wait_minutes=5)
    account.configure(chat__assign__wait_text="One moment more")
    conversation_id = account.start(account.new_visitor())
    first = _state(account, conversation_id).assignee
    clock.advance(5 * MINUTE - 1)
    account.run_jobs()
    assert _state(account, conversation_id).assignee == first
    clock.advance(1)
    account.run_jobs()
    second = _state(account, conversation_id).assignee
    assert {first.user_id, second.user_id} == {account.ana.user_id, account.ben.user_id}
    assert _notices(account, conversation_id)[1] == ("wait_over", {"text": "One moment more"})
    clock.advance(5 * MINUTE)
    account.run_jobs()
    assert _state(account, conversation_id).assignee == first


def test_F17_without_another_candidate_it_waits_and_not_for_the_same_one(
    account: SmallAccount, clock: Clock
) -> None:
    _assign_to(account, account.ben, chat__assign__wait_minutes=5)
    conversation_id = account.start(account.new_visitor())
    clock.advance(5 * MINUTE)
    account.run_jobs()
    _offer(account)
    state = _state(account, conversation_id)
    assert (state.assignee, state.passed_user_id) == (Nobody(), account.ben.user_id)
    _assign_to(account, account.ana, account.ben)
    _offer(account)
    assert _state(account, conversation_id).assignee == AssignedUser(account.ana.user_id)


@pytest.mark.parametrize("meanwhile", ["answered", "closed", "assigned"])
def test_F17_nothing_is_taken_from_whom_the_wait_does_not_concern(
    account: SmallAccount, clock: Clock, meanwhile: str
) -> None:
    _assign_to(account, account.ben, chat__assign__wait_minutes=5)
    conversation_id = account.start(account.new_visitor())
    clock.advance(MINUTE)
    if meanwhile == "answered":
        account.post(account.ben, conversation_id, "Here I am")
    elif meanwhile == "closed":
        account.run(account.ben, "close_conversation", conversation_id=conversation_id)
    else:
        for user in (account.ana, account.ben):
            to = {"kind": "user", "id": user.user_id}
            account.run(account.ana, "assign", conversation_id=conversation_id, assignee=to)
    before = _state(account, conversation_id)
    clock.advance(5 * MINUTE)
    account.run_jobs()
    assert _state(account, conversation_id) == before


def test_words_that_reopen_look_for_somebody_again(account: SmallAccount) -> None:
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    account.run(account.ana, "close_conversation", conversation_id=conversation_id)
    _assign_to(account, account.ben)
    account.post(visitor, conversation_id, "One more thing")
    assert _state(account, conversation_id).assignee == AssignedUser(account.ben.user_id)


@pytest.fixture
def rivals(database_url: str, clock: Clock) -> Iterator[tuple[Engine, Engine]]:
    """Two engines on one database, as two processes have them."""
    engines = tuple(Engine.open(database_url, clock=clock, randbelow=Random(n).randrange) for n in (1, 2))
    yield engines[0], engines[1]
    for engine in engines:
        engine.close()


def test_F08_two_processes_never_give_away_the_last_free_place_twice(rivals: tuple[Engine, Engine]) -> None:
    account = open_small_account(rivals[0])
    _assign_to(account, account.ben)
    _limit(account, 4)
    visitors = [account.new_visitor() for _ in range(12)]
    started: list[int] = []
    barrier = threading.Barrier(2)

    def start(engine: Engine, mine: list[VisitorViewer], ids: Iterator[tuple[str, str]]) -> None:
        barrier.wait()
        for visitor in mine:
            actor, pair = VisitorActor(visitor.visitor_id), next(ids)
            content = text.from_plain("Hello")
            work: Callable[[UnitOfWork], Any] = lambda unit, actor=actor, pair=pair, content=content: (  # noqa: E731
                actions.start_conversation(unit, account.scope, actor, *pair, "support", content)
            )
            started.append(engine.write_and_wait(work).conversation_id)

    halves = (visitors[:6], visitors[6:])
    ids = [iter([(account.uuid(), account.uuid()) for _ in half]) for half in halves]
    threads = [
        threading.Thread(target=start, args=(engine, half, pairs))
        for engine, half, pairs in zip(rivals, halves, ids, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assigned = [_state(account, id_).assignee for id_ in started]
    assert assigned.count(AssignedUser(account.ben.user_id)) == 4
    assert assigned.count(Nobody()) == 8


# Consent.


def _explicit(account: SmallAccount, *, on: bool = True) -> None:
    account.configure(options__process_consent__on=on, options__process_consent__type="explicit")


def test_G06_nothing_is_accepted_before_the_visitor_agrees(account: SmallAccount) -> None:
    _explicit(account)
    visitor = account.new_visitor()
    with pytest.raises(ConsentRequired):
        account.start(visitor)
    assert account.consent_to(visitor, "process", choice=False)["consents"]["process"] is False
    with pytest.raises(ConsentRequired):
        account.start(visitor)
    assert account.consent_to(visitor, "process")["consents"]["process"] is True
    account.post(visitor, account.start(visitor), "Words")


def test_G06_what_began_before_asks_too_and_consent_can_be_taken_back(account: SmallAccount) -> None:
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    _explicit(account)
    with pytest.raises(ConsentRequired):
        account.post(visitor, conversation_id, "Words")
    account.consent_to(visitor, "process")
    account.post(visitor, conversation_id, "Words")
    account.consent_to(visitor, "process", choice=False)
    with pytest.raises(ConsentRequired):
        account.post(visitor, conversation_id, "Words")
    _explicit(account, on=False)
    account.post(visitor, conversation_id, "Words")
    given = [facts for kind, facts in _notices(account, conversation_id) if kind == "consent_given"]
    assert given == [{"kind": "process", "choice": True}, {"kind": "process", "choice": False}]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("choice", "after"), [(False, Status.CLOSED), (True, Status.OPEN), (None, Status.OPEN)]
)
async def test_G04_what_a_visitor_without_a_cookie_leaves_is_over(
    account: SmallAccount, choice: bool | None, after: Status
) -> None:
    engine = account.engine
    visitor = account.new_visitor()
    if choice is not None:
        account.consent_to(visitor, "cookies", choice)
    conversation_id = account.start(visitor)
    others = account.start(account.new_visitor())
    engine.attach(asyncio.get_running_loop())
    engine.on_committed = react(engine)
    await engine.write(lambda unit: people.forget_visitor(unit, account.scope, visitor.visitor_id, 1, None))
    for _ in range(3):  # the reaction is one of these writes
        await engine.write(lambda _: None)
    assert _state(account, conversation_id).status is after
    assert _state(account, others).status is Status.OPEN


def test_G07_legitimate_interest_needs_no_click(account: SmallAccount) -> None:
    account.configure(options__process_consent__on=True)
    account.start(account.new_visitor())


def test_G01_nobody_is_asked_while_the_switch_is_off_and_again_when_it_is_on(account: SmallAccount) -> None:
    _explicit(account)

    def switch(*, on: bool) -> None:
        after = PrivacySettings(data_privacy=on)
        account.engine.write_and_wait(
            lambda unit: consent.change_settings(unit, account.scope, account.admin, after)
        )

    switch(on=False)
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    account.post(visitor, conversation_id, "Words")
    switch(on=True)
    with pytest.raises(ConsentRequired):
        account.post(visitor, conversation_id, "Words")


def test_G12_consent_to_words_that_are_no_longer_shown_is_refused(account: SmallAccount) -> None:
    _explicit(account)
    fields = {"kind": "process", "choice": True, "mobile_tag": account.tag, "text_hash": "0" * 32}
    with pytest.raises(ConsentTextChanged):
        account.run(account.new_visitor(), "give_consent", **fields)


@pytest.mark.parametrize("first", ["consent", "email"])
def test_G11_who_ticked_is_subscribed_once_the_address_is_known(account: SmallAccount, first: str) -> None:
    account.configure(options__communicate_consent__on=True)
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    steps = [
        lambda: account.consent_to(visitor, "communicate"),
        lambda: account.run(visitor, "give_email", conversation_id=conversation_id, email="mia@example.org"),
    ]
    for step in steps if first == "consent" else reversed(steps):
        step()
    contact_id = _state(account, conversation_id).contact_id
    [subscribed] = account.engine.read_and_wait(
        lambda reader: consents.subscriptions(reader, account.scope, contact_id)
    )
    assert (subscribed.email, subscribed.status.value) == ("mia@example.org", "subscribed")


def test_G10_unticked_is_no_subscription(account: SmallAccount) -> None:
    account.configure(options__communicate_consent__on=True)
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    account.run(visitor, "give_email", conversation_id=conversation_id, email="mia@example.org")
    contact_id = _state(account, conversation_id).contact_id
    assert not account.engine.read_and_wait(
        lambda reader: consents.subscriptions(reader, account.scope, contact_id)
    )


@pytest.mark.parametrize(
    ("on", "there_before", "marketing"), [(False, False, False), (True, False, True), (True, True, False)]
)
def test_G15_G16_new_contacts_are_what_the_chatflow_says_and_others_stay(
    account: SmallAccount, on: bool, there_before: bool, marketing: bool
) -> None:
    settings = PrivacySettings(marketing_contacts=True)
    account.engine.write_and_wait(
        lambda unit: consent.change_settings(unit, account.scope, account.admin, settings)
    )
    account.configure(options__marketing_contacts=on)
    if there_before:
        account.engine.write_and_wait(
            lambda unit: people.create_contact(unit, account.scope, account.admin, "mia@example.org")
        )
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    account.run(visitor, "give_email", conversation_id=conversation_id, email="mia@example.org")
    contact_id = _state(account, conversation_id).contact_id
    card = account.engine.read_and_wait(
        lambda reader: contacts.contact_card(reader, account.scope, contact_id)
    )
    assert card.marketing is marketing


# Addresses.


def test_D03_never_asks_never(account: SmallAccount, clock: Clock) -> None:
    conversation_id = account.start(account.new_visitor())
    clock.advance(HOUR)
    account.run_jobs()
    assert _kinds(account, conversation_id) == []


def test_D02_D03_after_the_first_message_it_asks_in_the_saved_text_once(account: SmallAccount) -> None:
    account.configure(
        chat__email_capture__ask="after_first_message", chat__email_capture__text="Where do we reach you?"
    )
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    account.post(visitor, conversation_id, "And another thing")
    assert _notices(account, conversation_id) == [("email_asked", {"text": "Where do we reach you?"})]


def test_D03_after_a_wait_it_asks_exactly_then(account: SmallAccount, clock: Clock) -> None:
    account.configure(chat__email_capture__ask="after_wait", chat__email_capture__wait_s=90)
    visitors = [account.new_visitor() for _ in range(2)]
    silent, answered = (account.start(visitor) for visitor in visitors)
    account.post(account.ana, answered, "Hello")
    clock.advance(90 * SECOND - 1)
    account.run_jobs()
    assert _kinds(account, silent) == []
    clock.advance(1)
    account.run_jobs()
    assert _kinds(account, silent) == ["email_asked"]
    assert _kinds(account, answered) == ["assigned"]


def test_D04_an_invalid_address_is_refused_and_a_valid_one_makes_an_unverified_contact(
    account: SmallAccount,
) -> None:
    account.configure(chat__email_capture__ask="after_first_message")
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)

    def give(email: str) -> Any:
        return account.run(visitor, "give_email", conversation_id=conversation_id, email=email)

    for wrong in ("", "mia", "mia@", "mia@example"):
        with pytest.raises(Invalid) as refused:
            give(wrong)
        assert list(refused.value.fields) == ["email"]
    assert _state(account, conversation_id).email is EmailStep.ASKED
    assert give("Mia@Example.org") == {"email": "mia@example.org"}
    assert give("mia@example.org") == {"email": "mia@example.org"}
    with pytest.raises(EmailKnown):
        give("tom@example.org")
    kinds = ["email_asked", "email_given", "contact_associated"]
    assert _kinds(account, conversation_id) == kinds
    whole = account.engine.read_and_wait(
        lambda reader: views.agent_conversation(reader, account.scope, account.ana.user_id, conversation_id)
    )
    assert whole.contact is not None
    assert (whole.contact.email, whole.contact.verified) == ("mia@example.org", False)
    with pytest.raises(NotFound):
        account.run(account.new_visitor(), "give_email", conversation_id=conversation_id, email="x@y.org")


def test_D04_a_typed_address_opens_no_history_and_tells_no_name(account: SmallAccount) -> None:
    mia, stranger = account.new_visitor(), account.new_visitor()
    first = account.start(mia, "My secret order")
    given = {"email": "mia@example.org", "name": "Mia Berg"}
    account.run(account.ana, "associate_contact", conversation_id=first, **given)
    account.configure(chat__welcome="Hello {{contact.first_name|there}}")
    second = account.start(stranger)
    account.run(stranger, "give_email", conversation_id=second, email="mia@example.org")
    third = account.start(stranger)
    state = account.engine.read_and_wait(
        lambda reader: STREAMS[0].snapshot(reader, stranger, "visitor")
    ).decode()
    assert "My secret order" not in state
    assert "Mia" not in state
    assert "Hello there" in state
    assert _state(account, third).contact_id == _state(account, first).contact_id
    account.start(mia)
    state = account.engine.read_and_wait(lambda reader: STREAMS[0].snapshot(reader, mia, "visitor")).decode()
    assert "Hello Mia" in state


def test_D04_a_typed_address_does_not_change_whom_agents_have_associated(account: SmallAccount) -> None:
    account.configure(chat__email_capture__ask="after_first_message")
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    account.run(account.ana, "associate_contact", conversation_id=conversation_id, email="mia@example.org")
    before = _state(account, conversation_id).contact_id
    account.run(visitor, "give_email", conversation_id=conversation_id, email="tom@example.org")
    assert _state(account, conversation_id).contact_id == before
    assert _kinds(account, conversation_id) == ["email_asked", "contact_associated", "email_given"]
    tom = account.engine.read_and_wait(
        lambda reader: contacts.contact_of_email(reader, account.scope, "tom@example.org")
    )
    assert tom is None


def test_D05_who_is_known_is_not_asked(account: SmallAccount, clock: Clock) -> None:
    visitor = account.new_visitor()
    first = account.start(visitor)
    account.run(account.ana, "associate_contact", conversation_id=first, email="mia@example.org")
    account.configure(chat__email_capture__ask="after_first_message")
    assert "email_asked" not in _kinds(account, account.start(visitor))
    account.configure(chat__email_capture__ask="after_wait")
    second = account.start(account.new_visitor())
    account.run(account.ana, "associate_contact", conversation_id=second, email="mia@example.org")
    clock.advance(HOUR)
    account.run_jobs()
    assert "email_asked" not in _kinds(account, second)


def test_D06_who_skips_stays_unknown_and_is_not_asked_again(account: SmallAccount) -> None:
    account.configure(chat__email_capture__ask="after_first_message")
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    for _ in range(2):
        account.run(visitor, "skip_email", conversation_id=conversation_id)
    assert _kinds(account, conversation_id) == ["email_asked", "email_skipped"]
    assert _state(account, conversation_id).contact_id is None


def test_D07_while_an_away_message_is_shown_it_asks_in_the_usual_words(account: SmallAccount) -> None:
    _assign_to(
        account,
        account.ben,
        chat__email_capture__ask="after_first_message",
        chat__email_capture__text="We answer at once!",
        chat__availability={**_AVAILABILITY, "kind": "users"},
    )
    there = account.start(account.new_visitor())
    assert _notices(account, there)[-1] == ("email_asked", {"text": "We answer at once!"})
    _set_status(account, account.ben, Presence.AWAY)
    away = account.start(account.new_visitor())
    assert _notices(account, away)[-1][1]["text"].startswith("What is your e-mail address?")


# Surveys.


def test_H03_closing_asks_how_it_was_and_H08_the_answer_stands_in_the_conversation(
    account: SmallAccount,
) -> None:
    survey_id = account.add_survey()
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    answer = {"conversation_id": conversation_id, "rating": 0, "answer": " It took long "}
    with pytest.raises(SurveyNotAsked):
        account.run(visitor, "submit_survey", **answer)
    account.run(account.ana, "close_conversation", conversation_id=conversation_id)
    kinds = _notices(account, conversation_id)
    assert [kind for kind, _ in kinds] == ["closed", "survey_asked"]
    assert [rating["value"] for rating in kinds[1][1]["survey"]["ratings"]] == [0, 1, 2]
    told = account.run(visitor, "submit_survey", **answer)
    assert (told["rating"], told["answer"]) == (0, "It took long")
    assert told["thank_you"]
    assert account.run(visitor, "submit_survey", **answer) == told
    with pytest.raises(SurveyAnswered):
        account.run(visitor, "submit_survey", conversation_id=conversation_id, rating=2, answer=None)
    assert _notices(account, conversation_id)[-1] == ("survey_answered", told)
    found = account.engine.read_and_wait(
        lambda reader: surveys.submissions(reader, account.scope, survey_id, 10)
    )
    assert [(each.rating, each.answer) for each in found.items] == [(0, "It took long")]


def test_H09_the_next_closing_asks_again_and_the_first_answer_stays(account: SmallAccount) -> None:
    survey_id = account.add_survey()
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    for rating in (0, 2):
        account.run(account.ana, "close_conversation", conversation_id=conversation_id)
        account.run(visitor, "submit_survey", conversation_id=conversation_id, rating=rating)
        account.post(visitor, conversation_id, "One more thing")
    found = account.engine.read_and_wait(
        lambda reader: surveys.submissions(reader, account.scope, survey_id, 10)
    )
    assert sorted(each.rating for each in found.items) == [0, 2]


def test_H03_without_a_survey_nothing_is_asked(account: SmallAccount) -> None:
    conversation_id = account.start(account.new_visitor())
    account.run(account.ana, "close_conversation", conversation_id=conversation_id)
    assert _kinds(account, conversation_id) == ["closed"]


# Files.


def _upload(account: SmallAccount, kind: OwnerKind, owner_id: int, name: str = "bill.pdf") -> int:
    owner = Owner(kind, owner_id)

    def work(unit: UnitOfWork) -> int:
        upload = files.begin_upload(unit, account.scope, owner, Purpose.MESSAGE, name, 90, "")
        files.receive(unit, account.scope, owner, upload.id, 0, 90)
        files.settle(unit, account.scope, upload.id, Sound(90, "ab" * 32))
        return upload.id

    return account.engine.write_and_wait(work)


def _files(*ids: int, words: str = "") -> dict[str, Any]:
    said = [{"type": "paragraph", "runs": [{"type": "text", "text": words}]}] if words else []
    return {"blocks": [*said, *({"type": "file", "file_id": id_} for id_ in ids)]}


def test_D17_both_sides_send_files_and_a_repetition_gets_the_first_result(account: SmallAccount) -> None:
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    mine = _upload(account, OwnerKind.VISITOR, visitor.visitor_id)
    theirs = _upload(account, OwnerKind.USER, account.ana.user_id, "answer.pdf")
    id_ = account.uuid()
    first = account.post(visitor, conversation_id, "", content=_files(mine), client_message_id=id_)
    assert account.post(visitor, conversation_id, "", content=_files(mine), client_message_id=id_) == first
    account.post(account.ana, conversation_id, "", content=_files(theirs, words="Here"))
    state = account.engine.read_and_wait(
        lambda reader: STREAMS[0].snapshot(reader, visitor, "visitor")
    ).decode()
    assert '"name":"bill.pdf","media_type":"application/pdf","size":90,"width":null' in state
    assert '"name":"answer.pdf"' in state
    rows = account.engine.read_and_wait(
        lambda reader: views.list_page(reader, account.scope, account.ana.user_id, View.OPEN)
    )[0]
    assert rows[0].last_words == "Here [answer.pdf]"


def test_D17_a_conversation_may_begin_with_a_file(account: SmallAccount) -> None:
    visitor = account.new_visitor()
    file_id = _upload(account, OwnerKind.VISITOR, visitor.visitor_id)
    ids = {"client_conversation_id": account.uuid(), "client_message_id": account.uuid()}
    first = account.start(visitor, content=_files(file_id), **ids)
    assert account.start(visitor, content=_files(file_id), **ids) == first


def test_D18_files_of_others_and_files_in_use_are_refused_at_the_field(account: SmallAccount) -> None:
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    foreign = _upload(account, OwnerKind.VISITOR, account.new_visitor().visitor_id)
    used = _upload(account, OwnerKind.VISITOR, visitor.visitor_id)
    account.post(visitor, conversation_id, "", content=_files(used))
    before = _state(account, conversation_id)
    for id_ in (foreign, used, 10**9):
        with pytest.raises(Invalid) as refused:
            account.post(visitor, conversation_id, "", content=_files(id_))
        assert all(field.startswith("content.") for field in refused.value.fields)
    assert _state(account, conversation_id) == before


def test_D17_where_attachments_are_off_visitors_send_none_and_agents_do(account: SmallAccount) -> None:
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    account.configure(chat__attachments=False)
    file_id = _upload(account, OwnerKind.VISITOR, visitor.visitor_id)
    with pytest.raises(AttachmentsOff):
        account.post(visitor, conversation_id, "", content=_files(file_id))
    with pytest.raises(AttachmentsOff):
        account.start(visitor, content=_files(file_id))
    theirs = _upload(account, OwnerKind.USER, account.ana.user_id)
    account.post(account.ana, conversation_id, "", content=_files(theirs))


# Alias and transcript.


def test_D10_a_brand_stands_for_every_agent_throughout_and_agents_see_who_it_was(
    account: SmallAccount,
) -> None:
    account.configure(
        chat__heading__kind="brand", chat__heading__brand_name="Harbour Shop", chat__heading__alias=True
    )
    visitor = account.new_visitor()
    conversation_id = account.start(visitor, "Where is my order?")
    account.post(account.ana, conversation_id, "On its way")
    account.configure(chat__heading__alias=False)
    note = {"client_message_id": account.uuid(), "content": {"text": "A difficult one"}}
    account.run(account.ben, "post_comment", conversation_id=conversation_id, **note)
    account.post(account.ben, conversation_id, "It is there")
    read = account.engine.read_and_wait
    state = read(lambda reader: STREAMS[0].snapshot(reader, visitor, "visitor")).decode()
    told = {
        view: author for view, _, author in read(lambda reader: typing(reader, account.ana, conversation_id))
    }
    said = read(lambda reader: views.transcript(reader, account.scope, conversation_id, "https://h.test"))
    for shown in (state, repr(told["visitor"]), repr(said)):
        assert "Harbour Shop" in shown
        assert "Ana" not in shown
        assert "Ben" not in shown
    assert '"id":0,"name":"Harbour Shop","initials":"HS"' in state
    assert told["agent"]["name"] == "Ana Duarte"
    agents = read(
        lambda reader: STREAMS[1].snapshot(reader, account.ana, f"conversation:{conversation_id}")
    ).decode()
    assert "Ben Okoro" in agents
    assert "Harbour Shop" not in agents


def test_D11_without_an_alias_agents_have_their_own_name_and_photo(account: SmallAccount) -> None:
    photo = account.wear_photo(account.ana.user_id)
    visitor = account.new_visitor()
    conversation_id = account.start(visitor, "Where is my order?")
    account.post(account.ana, conversation_id, "On its way")
    to = {"kind": "user", "id": account.ana.user_id}
    account.run(account.ben, "assign", conversation_id=conversation_id, assignee=to)
    account.post(account.ben, conversation_id, "It is there")
    read = account.engine.read_and_wait

    def seen() -> tuple[dict[str, Any], dict[str, Any]]:
        state = json.loads(read(lambda reader: STREAMS[0].snapshot(reader, visitor, "visitor")))
        typist = read(lambda reader: typing(reader, account.ana, conversation_id))
        return state["conversations"][0], {view: author for view, _, author in typist}

    conversation, told = seen()
    by = {entry["author"]["name"]: entry["author"] for entry in conversation["messages"] if "author" in entry}
    assert (by["Ana"]["image"], "image" in by["Ben"]) == (photo, False)
    assert conversation["assignee"]["image"] == photo
    assert {view: author["image"] for view, author in told.items()} == {"agent": photo, "visitor": photo}
    account.configure(
        chat__heading__kind="brand", chat__heading__brand_name="Harbour Shop", chat__heading__alias=True
    )
    later = account.start(account.new_visitor(), "And mine?")
    account.post(account.ana, later, "Soon")
    account.run(account.ben, "assign", conversation_id=later, assignee=to)
    hidden = read(lambda reader: views.of_agent(reader, account.scope, account.ana.user_id, later)).visitor_id
    state = read(
        lambda reader: STREAMS[0].snapshot(reader, VisitorViewer(account.scope, hidden), "visitor")
    ).decode()
    assert "Harbour Shop" in state
    assert "photos" not in state, "D10: a brand's agents have no faces"
    agents = read(lambda reader: STREAMS[1].snapshot(reader, account.ben, f"conversation:{later}")).decode()
    assert photo in agents


def test_L15_the_transcript_holds_all_messages_and_L05_no_comment(account: SmallAccount) -> None:
    visitor = account.new_visitor()
    conversation_id = account.start(visitor, "Where is my order?")
    note = {"client_message_id": account.uuid(), "content": {"text": "A difficult one"}}
    account.run(account.ben, "post_comment", conversation_id=conversation_id, **note)
    account.post(account.ana, conversation_id, "On its way")
    said = account.engine.read_and_wait(
        lambda reader: views.transcript(reader, account.scope, conversation_id, "https://h.test")
    )
    assert [(line.name, line.words) for line in said.lines[1:]] == [
        (None, "Where is my order?"),
        ("Ana", "On its way"),
    ]
    assert said.lines[0].name == said.name == "Nordlicht"
    neighbour = open_small_account(account.engine, account="Sudwind")
    with pytest.raises(NotFound):
        account.engine.read_and_wait(
            lambda reader: views.transcript(reader, neighbour.scope, conversation_id, "https://h.test")
        )


# Many at once.


def test_L22_many_are_assigned_closed_and_reopened_at_once(account: SmallAccount) -> None:
    ids = [account.start(account.new_visitor()) for _ in range(3)]
    to = {"kind": "user", "id": account.ben.user_id}
    done = account.run(account.ana, "bulk", conversation_ids=ids, do={"kind": "assign", "assignee": to})
    assert (sorted(done["done"]), done["refused"]) == (sorted(ids), [])
    account.run(account.ana, "bulk", conversation_ids=ids[:2], do={"kind": "close"})
    assert [_state(account, id_).status for id_ in ids] == [Status.CLOSED, Status.CLOSED, Status.OPEN]
    account.run(account.ana, "bulk", conversation_ids=ids, do={"kind": "reopen"})
    assert {_state(account, id_).status for id_ in ids} == {Status.OPEN}
    assert _kinds(account, ids[2]) == ["assigned"]


def test_L22_what_cannot_be_done_for_one_is_told_and_the_others_are_done(account: SmallAccount) -> None:
    mine = account.start(account.new_visitor())
    neighbour = open_small_account(account.engine, account="Sudwind")
    theirs = neighbour.start(neighbour.new_visitor())
    told = account.run(account.ana, "bulk", conversation_ids=[theirs, mine], do={"kind": "close"})
    assert told["done"] == [mine]
    assert [(each["id"], each["code"]) for each in told["refused"]] == [(theirs, "not_found")]
    to = {"kind": "user", "id": account.eve.user_id}
    told = account.run(account.ana, "bulk", conversation_ids=[mine], do={"kind": "assign", "assignee": to})
    assert [each["code"] for each in told["refused"]] == ["assignee_without_access"]


# The past.


def test_past_arrivals_tell_what_a_simulation_needs(account: SmallAccount, clock: Clock) -> None:
    begin = clock.now
    first = account.start(account.new_visitor())
    clock.advance(MINUTE)
    account.post(account.ben, first, "Hello")
    account.post(account.ben, first, "Hello again")
    clock.advance(MINUTE)
    account.run(account.ben, "close_conversation", conversation_id=first)
    account.start(account.new_visitor())

    def past(start: int, end: int) -> list[Any]:
        found = account.engine.read_and_wait(
            lambda reader: views.past_arrivals(reader, account.scope, account.inbox_id, start, end)
        )
        return [
            (each.arrived_at, each.first_reply_at, each.closed_at, each.language, each.user_id)
            for each in found
        ]

    answered = (begin, begin + MINUTE, begin + 2 * MINUTE, "en", account.ben.user_id)
    assert past(begin, clock.now) == [answered]
    assert past(begin, clock.now + 1) == [answered, (clock.now, None, None, "en", None)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_waiting_conversations_and_loads_are_found_by_an_index(database_url: str) -> None:
    common = {"account_id": 1}
    queue = query_plan(database_url, store.QUEUE, common | {"after": 0, "after_id": 0, "limit": 50})
    assert "ix_conversation_queue" in queue
    assert "TEMP B-TREE" not in queue
    loads = query_plan(database_url, store.LOADS, common)
    assert "SCAN" not in loads
    assert "ix_conversation_assignee" in loads
