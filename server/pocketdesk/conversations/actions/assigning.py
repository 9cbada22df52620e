"""Who holds the floor: by hand, by routing, after too long a wait, and in another inbox."""

from msgspec.structs import replace

from pocketdesk.accounts import views as accounts
from pocketdesk.chatflows import views as chatflows
from pocketdesk.chatflows.model import ServedFlow
from pocketdesk.conversations import rules, store, views
from pocketdesk.conversations.actions import turn
from pocketdesk.conversations.model import (
    SYSTEM,
    AgentActor,
    AssignedTeam,
    AssignedUser,
    Assignee,
    Author,
    Conversation,
    Named,
    NamedAssignee,
    Nobody,
    NoticeKind,
)
from pocketdesk.inboxes import views as inboxes
from pocketdesk.inboxes.model import Availability
from pocketdesk.inboxes.rules import InboxIsArchived, is_open
from pocketdesk.jobs import Job
from pocketdesk.kernel.moments import MINUTE
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import views as people
from pocketdesk.routing import actions as routing
from pocketdesk.routing import rules as routing_rules
from pocketdesk.routing import views as candidates
from pocketdesk.routing.model import Choice, Elsewhere, Policy, To, Unassigned
from pocketdesk.storage import UnitOfWork

END_WAIT = "conversations.end_wait"
OFFER = "conversations.offer"
OWNER_AWAY = "mail.owner_away"
"""The job of the feature above that writes to a contact's owner."""
OFFERED_AT_ONCE = 50
LOOKED_AT = 1_000

# By hand.


def assign(
    unit: UnitOfWork, scope: AccountScope, actor: AgentActor, conversation_id: int, to: Assignee
) -> NamedAssignee:
    """Gives a conversation to a user, a team or nobody. `AssigneeWithoutAccess` if they do not see the inbox."""
    found, author = turn.take_for_agent(unit, scope, actor, conversation_id)
    may = to == found.state.assignee or _sees(unit, scope, to, found.inbox_id)
    taken = rules.take_turn(found.state, rules.Assign(to, may), unit.now)
    named = views.named_assignee(unit, scope, to)
    turn.write(unit, scope, found, taken, author, assignee=named)
    return named


def move_conversation(
    unit: UnitOfWork, scope: AccountScope, actor: AgentActor, conversation_id: int, inbox_id: int
) -> Named:
    """Puts a conversation into another of the agent's inboxes. Its assignee stays, if they see that one too.

    `NotFound` for inboxes that the agent does not see, `InboxIsArchived`.
    """
    found, author = turn.take_for_agent(unit, scope, actor, conversation_id)
    if not inboxes.has_access(unit, scope, actor.user_id, inbox_id):
        raise NotFound
    card = inboxes.inbox_card(unit, scope, inbox_id)
    inbox = Named(card.id, card.name)
    if inbox_id != found.inbox_id:
        if card.archived_at is not None:
            raise InboxIsArchived
        _move(unit, scope, found, author, inbox)
    return inbox


# By routing.


def seek(unit: UnitOfWork, scope: AccountScope, found: Conversation, flow: ServedFlow) -> Conversation:
    """Gives an unassigned conversation to whom routing chooses, if its chatflow wants that.

    Where nobody is free the conversation waits, and is offered again.
    """
    if not flow.document.chat.assign.automatic:
        return found
    match _choose(unit, scope, found, flow, passed_user_id=found.state.passed_user_id):
        case To(user_id, why):
            command = rules.Route(AssignedUser(user_id), why.value)
        case Unassigned(reason):
            command = rules.Route(None, reason.value)
        case Elsewhere(inbox_id, reason):
            card = inboxes.inbox_card(unit, scope, inbox_id)
            if card.archived_at is None:
                return _move(unit, scope, found, SYSTEM, Named(card.id, card.name))
            command = rules.Route(None, reason.value)
    return _hand_over(unit, scope, found, flow, command)


def offer_soon(unit: UnitOfWork, scope: AccountScope) -> None:
    """Somebody may be free now: conversations that wait are offered again, if there are any."""
    if unit.one(store.QUEUE, account_id=scope.account_id, after=0, after_id=0, limit=1):
        unit.enqueue(_offering(scope.account_id))


def offer_in_all_accounts(unit: UnitOfWork) -> None:
    """Like `offer_soon`, wherever somebody waits: hours begin, and hints get lost."""
    for (account_id,) in unit.all(store.QUEUEING_ACCOUNTS):
        unit.enqueue(_offering(account_id))


def offer(unit: UnitOfWork, scope: AccountScope, after: tuple[int, int] = (0, 0)) -> None:
    """Offers waiting conversations to those who are free now, the longest wait first.

    From the place `after` in that order (queued_at and id); for what is too much at once another job follows.
    """
    rows = unit.all(
        store.QUEUE, account_id=scope.account_id, after=after[0], after_id=after[1], limit=LOOKED_AT
    )
    if rows:
        routing.hold(unit, scope)  # before any conversation, or two who offer could wait for each other
    hopeless: set[tuple[int, int, str]] = set()
    offered = 0
    for queued_at, conversation_id, inbox_id, chatflow_id, language, passed_user_id in rows:
        alike = (inbox_id, chatflow_id, language)
        if passed_user_id is None and alike in hopeless:
            after = queued_at, conversation_id
            continue
        if offered == OFFERED_AT_ONCE:
            break
        if _offer_one(unit, scope, conversation_id):
            hopeless.add(alike)
        after = queued_at, conversation_id
        offered += 1
    else:
        if len(rows) < LOOKED_AT:
            return
    unit.enqueue(_offering(scope.account_id, after))


def _offer_one(unit: UnitOfWork, scope: AccountScope, conversation_id: int) -> bool:
    """Whether nobody was found, nor will be for the next one of the same chatflow."""
    found = turn.take_for_system(unit, scope, conversation_id)
    if found is None or found.state.queued_at is None:
        return False
    flow = views.flow_of(unit, scope, found)
    assign = flow.document.chat.assign
    if not assign.automatic:
        turn.save(unit, scope, found, rules.unqueued(found.state))
        return False
    after = seek(unit, scope, found, flow).state
    return after.queued_at is not None and after.passed_user_id is None and assign.to != "contact_owner"


def _offering(account_id: int, after: tuple[int, int] = (0, 0)) -> Job:
    place = {"after": after[0], "after_id": after[1]}
    return Job(account_id, OFFER, ":".join(map(str, after)), place)


def end_wait(unit: UnitOfWork, scope: AccountScope, conversation_id: int, user_id: int, seq: int) -> None:
    """Takes a conversation from a user who has not answered since entry `seq` assigned it, and finds somebody else.

    Nothing happens if anything else happened to the assignment meanwhile.
    """
    routing.hold(unit, scope)
    found = turn.take_for_system(unit, scope, conversation_id)
    if found is None:
        return
    row = unit.one(
        store.LAST_NOTICE,
        account_id=scope.account_id,
        id_=found.id,
        kind_=NoticeKind.ASSIGNED.value,
    )
    if row is None or row[0] != seq or not rules.has_waited(found.state, user_id, row[1]):
        return
    flow = views.flow_of(unit, scope, found)
    text = chatflows.wait_text(flow.document)
    choice = _choose(unit, scope, found, flow, passed_user_id=user_id)
    match choice:
        case To(other_id, why):
            command = rules.EndWait(text, AssignedUser(other_id), why.value)
        case Unassigned(reason) | Elsewhere(reason=reason):
            command = rules.EndWait(text, None, reason.value)
    found = _hand_over(unit, scope, found, flow, command)
    if isinstance(choice, Elsewhere):
        seek(unit, scope, found, flow)


def available(unit: UnitOfWork, scope: AccountScope, flow: ServedFlow) -> Availability:
    """When somebody is there: what the chatflow says, or else its channel."""
    own = flow.document.chat.availability
    return own or inboxes.channel(unit, scope, flow.channel_account_id).availability


def anybody_available(unit: UnitOfWork, scope: AccountScope, found: Conversation, flow: ServedFlow) -> bool:
    """Whether one of those to whom the chatflow may give the conversation is there."""
    policy, owner_id = _policy(unit, scope, found, flow)
    return candidates.anybody_available(unit, scope, found.inbox_id, policy, owner_id)


def _choose(
    unit: UnitOfWork,
    scope: AccountScope,
    found: Conversation,
    flow: ServedFlow,
    *,
    passed_user_id: int | None,
) -> Choice:
    routing.hold(unit, scope)
    policy, owner_id = _policy(unit, scope, found, flow)
    named = candidates.candidates(unit, scope, found.inbox_id, policy, owner_id)
    able = [each for each in named if each.user_id != passed_user_id]
    open_by_user = dict[int, int](
        (user_id, number) for user_id, number in unit.all(store.LOADS, account_id=scope.account_id)
    )
    loads = routing_rules.loads_of(able, open_by_user)
    hours = is_open(available(unit, scope, flow), unit.now)
    absent_id = routing_rules.absent_owner(named, policy)
    if absent_id is not None and found.state.queued_at is None:
        fact = {"conversation_id": found.id, "user_id": absent_id}
        unit.enqueue(Job(scope.account_id, OWNER_AWAY, str(found.id), fact))
    return routing_rules.choose(able, loads, policy, is_open=hours)


def _policy(
    unit: UnitOfWork, scope: AccountScope, found: Conversation, flow: ServedFlow
) -> tuple[Policy, int | None]:
    """What the chatflow says of assigning, and who owns the contact, where that counts."""
    assign = flow.document.chat.assign
    policy = routing_rules.policy_of(assign, found.language)
    contact_id = found.state.contact_id
    if assign.to != "contact_owner" or contact_id is None:
        return policy, None
    return policy, people.owner_of_contact(unit, scope, contact_id)


def _hand_over(
    unit: UnitOfWork,
    scope: AccountScope,
    found: Conversation,
    flow: ServedFlow,
    command: rules.Route | rules.EndWait,
) -> Conversation:
    """Writes what routing has decided, and has a look later whether the new assignee answers."""
    taken = rules.take_turn(found.state, command, unit.now)
    named = views.named_assignee(unit, scope, command.to or Nobody()) if taken.notices else None
    after = turn.write(unit, scope, found, taken, SYSTEM, assignee=named)
    if command.to is not None and taken.notices:
        routing.note_assigned(unit, scope, command.to.user_id)
        minutes = flow.document.chat.assign.wait_minutes
        if minutes is not None:
            seq = after.state.seq
            facts = {"conversation_id": found.id, "user_id": command.to.user_id, "seq": seq}
            at = unit.now + minutes * MINUTE
            unit.enqueue(Job(scope.account_id, END_WAIT, f"{found.id}:{seq}", facts, run_at=at))
    return after


# Both.


def _move(
    unit: UnitOfWork, scope: AccountScope, found: Conversation, author: Author, inbox: Named
) -> Conversation:
    keeps = _sees(unit, scope, found.state.assignee, inbox.id)
    taken = rules.take_turn(found.state, rules.Move(found.inbox_id, inbox.id, keeps), unit.now)
    unit.run(store.SET_INBOX, account_id=scope.account_id, id_=found.id, inbox_id_=inbox.id)
    nobody = NamedAssignee("nobody")
    after = turn.write(unit, scope, found, taken, author, assignee=nobody, inbox=inbox)
    return replace(after, inbox_id=inbox.id)


def _sees(unit: UnitOfWork, scope: AccountScope, to: Assignee, inbox_id: int) -> bool:
    match to:
        case Nobody():
            return True
        case AssignedUser(user_id):
            return inboxes.has_access(unit, scope, user_id, inbox_id)
        case AssignedTeam(team_id):
            card = accounts.team_cards(unit, scope, [team_id]).get(team_id)
            there = card is not None and not card.is_deleted
            return there and team_id in inboxes.inbox(unit, scope, inbox_id).member_team_ids
