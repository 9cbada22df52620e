"""The turn: what a command does to a conversation. The table says which steps; the code below takes them."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, TypeAlias

from msgspec.structs import replace

from pocketdesk.conversations.model import (
    AgentActor,
    AssignedTeam,
    AssignedUser,
    Assignee,
    Nobody,
    NoticeKind,
    State,
    Status,
)
from pocketdesk.kernel.moments import HOUR
from pocketdesk.kernel.refusal import Conflict, NotFound, Refusal

# Commands, as far as the rules care: who wants what, not the words.


@dataclass(frozen=True, slots=True)
class VisitorWrites:
    """`reopen_hours`: how long after closing the visitor's words still belong to this conversation."""

    reopen_hours: int


@dataclass(frozen=True, slots=True)
class AgentWrites:
    """A reply by one of the inbox's agents."""

    by: AgentActor


@dataclass(frozen=True, slots=True)
class AgentComments:
    """An internal comment."""


@dataclass(frozen=True, slots=True)
class Assign:
    """To a user, a team or nobody. `has_access`: whether they may see conversations of this inbox."""

    to: Assignee
    has_access: bool


@dataclass(frozen=True, slots=True)
class Close:
    """Done with it."""


@dataclass(frozen=True, slots=True)
class Reopen:
    """Not done yet."""


@dataclass(frozen=True, slots=True)
class Associate:
    """The visitor is this contact."""

    contact_id: int


Command: TypeAlias = VisitorWrites | AgentWrites | AgentComments | Assign | Close | Reopen | Associate


class Step(Enum):
    """What a turn is made of. Each step that takes place adds one entry."""

    REOPEN = auto()
    CLAIM = auto()
    MESSAGE_IN = auto()
    MESSAGE_OUT = auto()
    COMMENT = auto()
    ASSIGN = auto()
    CLOSE = auto()
    ASSOCIATE = auto()


OPEN, CLOSED = Status.OPEN, Status.CLOSED

TABLE: Final[dict[tuple[type[Command], Status], tuple[Step, ...]]] = {
    (VisitorWrites, OPEN): (Step.MESSAGE_IN,),
    (VisitorWrites, CLOSED): (Step.REOPEN, Step.MESSAGE_IN),  # within `reopen_hours`; later it starts anew
    (AgentWrites, OPEN): (Step.CLAIM, Step.MESSAGE_OUT),
    (AgentWrites, CLOSED): (Step.REOPEN, Step.CLAIM, Step.MESSAGE_OUT),
    (AgentComments, OPEN): (Step.COMMENT,),
    (AgentComments, CLOSED): (Step.COMMENT,),
    (Assign, OPEN): (Step.ASSIGN,),
    (Assign, CLOSED): (Step.ASSIGN,),
    (Close, OPEN): (Step.CLOSE,),
    (Close, CLOSED): (),
    (Reopen, OPEN): (),
    (Reopen, CLOSED): (Step.REOPEN,),
    (Associate, OPEN): (Step.ASSOCIATE,),
    (Associate, CLOSED): (Step.ASSOCIATE,),
}


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A notice to write. `assignee` or `contact_id` where it tells of one."""

    seq: int
    kind: NoticeKind
    assignee: Assignee | None = None
    contact_id: int | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """What is to be written: first the notices, then the words at `words_seq`, and the state after all of it."""

    after: State
    notices: tuple[NewNotice, ...] = ()
    words_seq: int | None = None
    starts_anew: bool = False
    """The words belong into a new conversation; nothing happens in this one."""


class MessageIdReused(Conflict):
    """The client's message id came before, with other words. `fields` tell where the first ones are."""

    code = "message_id_reused"


class NoChatflow(NotFound):
    """No enabled chatflow has this tag."""

    code = "no_chatflow"


class NoMobileTag(Refusal):
    """The app gave no tag."""

    code = "no_mobile_tag"
    status = 422


class AssigneeWithoutAccess(Refusal):
    """Only those who can see the inbox can be assigned its conversations."""

    code = "assignee_without_access"
    status = 422


def take_turn(state: State, command: Command, now: int) -> Turn:
    """What the command does at `now` (UTC ms). Raises `AssigneeWithoutAccess`."""
    if isinstance(command, VisitorWrites) and _is_over(state, command.reopen_hours, now):
        return Turn(state, starts_anew=True)
    after = state
    notices: tuple[NewNotice, ...] = ()
    words_seq: int | None = None
    for step in TABLE[type(command), state.status]:
        seq = after.seq + 1
        match step, command:
            case Step.MESSAGE_IN, _:
                words_seq = seq
                after = replace(
                    after,
                    seq=seq,
                    last_message_seq=seq,
                    last_received_at=now,
                    last_activity_at=now,
                    waiting_since=now if after.waiting_since is None else after.waiting_since,
                )
            case Step.MESSAGE_OUT, _:
                words_seq = seq
                after = replace(
                    after,
                    seq=seq,
                    last_message_seq=seq,
                    last_sent_at=now,
                    last_activity_at=now,
                    waiting_since=None,
                )
            case Step.COMMENT, _:
                words_seq = seq
                after = replace(after, seq=seq)
            case Step.REOPEN, _:
                notices += (NewNotice(seq, NoticeKind.REOPENED),)
                after = replace(after, seq=seq, status=Status.OPEN, closed_at=None)
            case Step.CLOSE, _:
                notices += (NewNotice(seq, NoticeKind.CLOSED),)
                after = replace(after, seq=seq, status=Status.CLOSED, closed_at=now, waiting_since=None)
            case Step.CLAIM, AgentWrites(by):
                if isinstance(after.assignee, Nobody):
                    to = AssignedUser(by.user_id)
                    notices += (NewNotice(seq, NoticeKind.ASSIGNED, assignee=to),)
                    after = replace(after, seq=seq, assignee=to)
            case Step.ASSIGN, Assign(to, has_access):
                if to != after.assignee:
                    if not has_access:
                        raise AssigneeWithoutAccess(fields={"assignee": "has no access to this inbox"})
                    notices += (NewNotice(seq, NoticeKind.ASSIGNED, assignee=to),)
                    after = replace(after, seq=seq, assignee=to)
            case Step.ASSOCIATE, Associate(contact_id):
                if contact_id != after.contact_id:
                    notices += (NewNotice(seq, NoticeKind.CONTACT_ASSOCIATED, contact_id=contact_id),)
                    after = replace(after, seq=seq, contact_id=contact_id)
            case _:
                raise AssertionError(step, command)
    return Turn(after, notices, words_seq)


def first_turn(contact_id: int | None, now: int) -> State:
    """The state of a conversation that a visitor's first words have just begun: the welcome is entry 1, they are 2."""
    return State(
        contact_id=contact_id,
        seq=2,
        last_message_seq=2,
        last_received_at=now,
        last_activity_at=now,
        waiting_since=now,
    )


def move(at: int, to: int | None, seq: int) -> int:
    """Where a cursor stands after somebody wants it at `to`: never back, never beyond the conversation's `seq`."""
    return at if to is None else max(at, min(to, seq))


def _is_over(state: State, reopen_hours: int, now: int) -> bool:
    closed_at = state.closed_at
    return closed_at is not None and now - closed_at > reopen_hours * HOUR


def assignee_facts(assignee: Assignee) -> dict[str, object]:
    """An assignee as a notice keeps it, and as it looks on the wire."""
    match assignee:
        case Nobody():
            return {"kind": "nobody"}
        case AssignedUser(user_id):
            return {"kind": "user", "id": user_id}
        case AssignedTeam(team_id):
            return {"kind": "team", "id": team_id}
