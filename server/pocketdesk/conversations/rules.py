"""The turn: what a command does to a conversation. The table says which steps; the code below takes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final, TypeAlias

from msgspec.structs import replace

from pocketdesk.accounts.rules.words import initials_of
from pocketdesk.conversations.model import (
    AgentActor,
    AssignedTeam,
    AssignedUser,
    Assignee,
    Author,
    EmailStep,
    Naming,
    Nobody,
    NoticeKind,
    State,
    Status,
)
from pocketdesk.kernel.moments import HOUR
from pocketdesk.kernel.refusal import Conflict, NotFound, Refusal, TooMany

MOST_STARTS = 20
"""Conversations that one visitor may begin within an hour."""

Facts: TypeAlias = Mapping[str, object]
"""What a notice tells, as JSON."""

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
class Route:
    """Routing has looked for somebody: found (`why`), or not. Nothing happens if there is an assignee already."""

    to: AssignedUser | None
    why: str


@dataclass(frozen=True, slots=True)
class EndWait:
    """The assignee has not answered in time; `to`: whom routing found instead."""

    text: str
    to: AssignedUser | None
    why: str


@dataclass(frozen=True, slots=True)
class Move:
    """To another inbox. `keeps_assignee`: whether the assignee may see conversations there."""

    from_inbox_id: int
    to_inbox_id: int
    keeps_assignee: bool


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey to be answered, with the card that the visitor sees."""

    id: int
    card: Facts


@dataclass(frozen=True, slots=True)
class Close:
    """Done with it; `survey`: what the visitor is asked then."""

    survey: Survey | None = None


@dataclass(frozen=True, slots=True)
class Reopen:
    """Not done yet."""


@dataclass(frozen=True, slots=True)
class Associate:
    """The visitor is this contact."""

    contact_id: int


@dataclass(frozen=True, slots=True)
class AskEmail:
    """The visitor shall give an address, unless it is known who they are; or, if so wanted, an agent has answered."""

    text: str
    unless_answered: bool = False


@dataclass(frozen=True, slots=True)
class GiveEmail:
    """The visitor's address, and the contact whose it is; where agents know better who it is, that stands."""

    email: str
    contact_id: int


@dataclass(frozen=True, slots=True)
class SkipEmail:
    """The visitor gives no address."""


@dataclass(frozen=True, slots=True)
class AnswerSurvey:
    """How the visitor found it; `facts` hold the rating, the answer and what is said in return."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Consent:
    """The visitor agreed to something, or declined it."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Undelivered:
    """An agent's words did not reach the visitor; `facts` say which, and why."""

    facts: Facts


Command: TypeAlias = (
    VisitorWrites
    | AgentWrites
    | AgentComments
    | Assign
    | Route
    | EndWait
    | Move
    | Close
    | Reopen
    | Associate
    | AskEmail
    | GiveEmail
    | SkipEmail
    | AnswerSurvey
    | Consent
    | Undelivered
)


class Step(Enum):
    """What a turn is made of. Each step that takes place adds one entry."""

    REOPEN = auto()
    CLAIM = auto()
    MESSAGE_IN = auto()
    MESSAGE_OUT = auto()
    COMMENT = auto()
    ASSIGN = auto()
    ROUTE = auto()
    TELL_WAIT_IS_OVER = auto()
    PASS_ON = auto()
    MOVE = auto()
    RELEASE = auto()
    CLOSE = auto()
    ASK_SURVEY = auto()
    ANSWER_SURVEY = auto()
    ASSOCIATE = auto()
    ASK_EMAIL = auto()
    GIVE_EMAIL = auto()
    SKIP_EMAIL = auto()
    CONSENT = auto()
    TELL_UNDELIVERED = auto()


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
    (Route, OPEN): (Step.ROUTE,),
    (Route, CLOSED): (),
    (EndWait, OPEN): (Step.TELL_WAIT_IS_OVER, Step.PASS_ON),
    (EndWait, CLOSED): (),
    (Move, OPEN): (Step.MOVE, Step.RELEASE),
    (Move, CLOSED): (Step.MOVE, Step.RELEASE),
    (Close, OPEN): (Step.CLOSE, Step.ASK_SURVEY),
    (Close, CLOSED): (),
    (Reopen, OPEN): (),
    (Reopen, CLOSED): (Step.REOPEN,),
    (Associate, OPEN): (Step.ASSOCIATE,),
    (Associate, CLOSED): (Step.ASSOCIATE,),
    (AskEmail, OPEN): (Step.ASK_EMAIL,),
    (AskEmail, CLOSED): (),
    (GiveEmail, OPEN): (Step.GIVE_EMAIL, Step.ASSOCIATE),
    (GiveEmail, CLOSED): (Step.GIVE_EMAIL, Step.ASSOCIATE),
    (SkipEmail, OPEN): (Step.SKIP_EMAIL,),
    (SkipEmail, CLOSED): (Step.SKIP_EMAIL,),
    (AnswerSurvey, OPEN): (Step.ANSWER_SURVEY,),  # reopened meanwhile
    (AnswerSurvey, CLOSED): (Step.ANSWER_SURVEY,),
    (Consent, OPEN): (Step.CONSENT,),
    (Consent, CLOSED): (Step.CONSENT,),
    (Undelivered, OPEN): (Step.TELL_UNDELIVERED,),
    (Undelivered, CLOSED): (Step.TELL_UNDELIVERED,),
}


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A notice to write."""

    seq: int
    kind: NoticeKind
    facts: Facts = field(default_factory=dict[str, object])


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


class WordsAreErased(Conflict):
    """What was said in a conversation is erased, and stays so."""

    code = "words_are_erased"

    def __init__(self) -> None:
        super().__init__("its words were erased here")


class NoChatflow(NotFound):
    """No enabled chatflow has this tag."""

    code = "no_chatflow"


class NoMobileTag(Refusal):
    """The app gave no tag."""

    code = "no_mobile_tag"
    status = 422


class AttachmentsOff(Refusal):
    """Visitors send no files here."""

    code = "attachments_off"
    status = 422


class EmailKnown(Conflict):
    """The visitor gave an address already; whoever wants another one tells the agents."""

    code = "email_known"


class SurveyNotAsked(Conflict):
    """Nobody asked the visitor how it was."""

    code = "survey_not_asked"


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
            case Step.CLAIM, AgentWrites(by):
                if isinstance(after.assignee, Nobody):
                    to = AssignedUser(by.user_id)
                    notices += (NewNotice(seq, NoticeKind.ASSIGNED, assignee_facts(to)),)
                    after = _given(after, seq, to)
            case Step.ASSIGN, Assign(to, has_access):
                if to != after.assignee:
                    if not has_access:
                        raise AssigneeWithoutAccess(fields={"assignee": "has no access to this inbox"})
                    notices += (NewNotice(seq, NoticeKind.ASSIGNED, assignee_facts(to)),)
                    after = _given(after, seq, to)
            case Step.ROUTE, Route(to, why):
                if isinstance(after.assignee, Nobody):
                    if to is None:
                        after = replace(after, queued_at=now if after.queued_at is None else after.queued_at)
                    else:
                        notices += (NewNotice(seq, NoticeKind.ASSIGNED, assignee_facts(to, why)),)
                        after = _given(after, seq, to)
            case Step.TELL_WAIT_IS_OVER, EndWait(text):
                notices += (NewNotice(seq, NoticeKind.WAIT_OVER, {"text": text}),)
                after = replace(after, seq=seq)
            case Step.PASS_ON, EndWait(_, to, why):
                passed = after.assignee.user_id if isinstance(after.assignee, AssignedUser) else None
                notices += (NewNotice(seq, NoticeKind.ASSIGNED, assignee_facts(to or Nobody(), why)),)
                after = replace(
                    _given(after, seq, to or Nobody()),
                    queued_at=now if to is None else None,
                    passed_user_id=passed,
                )
            case Step.MOVE, Move(from_inbox_id, to_inbox_id):
                if from_inbox_id != to_inbox_id:
                    facts = {"from": from_inbox_id, "to": to_inbox_id}
                    notices += (NewNotice(seq, NoticeKind.MOVED, facts),)
                    after = replace(after, seq=seq, queued_at=None, passed_user_id=None)
            case Step.RELEASE, Move(keeps_assignee=keeps_assignee):
                if not keeps_assignee and not isinstance(after.assignee, Nobody):
                    notices += (NewNotice(seq, NoticeKind.ASSIGNED, assignee_facts(Nobody())),)
                    after = _given(after, seq, Nobody())
            case Step.CLOSE, _:
                notices += (NewNotice(seq, NoticeKind.CLOSED),)
                after = replace(
                    after,
                    seq=seq,
                    status=Status.CLOSED,
                    closed_at=now,
                    waiting_since=None,
                    queued_at=None,
                    passed_user_id=None,
                )
            case Step.ASK_SURVEY, Close(survey):
                if survey is not None:
                    notices += (NewNotice(seq, NoticeKind.SURVEY_ASKED, {"survey": survey.card}),)
                    after = replace(after, seq=seq, survey_id=survey.id)
            case Step.ANSWER_SURVEY, AnswerSurvey(facts):
                if after.survey_id is None:
                    raise SurveyNotAsked
                notices += (NewNotice(seq, NoticeKind.SURVEY_ANSWERED, facts),)
                after = replace(after, seq=seq, survey_id=None)
            case Step.ASSOCIATE, Associate(contact_id) | GiveEmail(contact_id=contact_id):
                if contact_id != after.contact_id and (
                    isinstance(command, Associate) or after.contact_id is None
                ):
                    facts = {"contact_id": contact_id}
                    notices += (NewNotice(seq, NoticeKind.CONTACT_ASSOCIATED, facts),)
                    after = replace(after, seq=seq, contact_id=contact_id)
            case Step.ASK_EMAIL, AskEmail(text, unless_answered):
                answered = unless_answered and after.last_sent_at is not None
                if after.contact_id is None and after.email is EmailStep.NOT_ASKED and not answered:
                    notices += (NewNotice(seq, NoticeKind.EMAIL_ASKED, {"text": text}),)
                    after = replace(after, seq=seq, email=EmailStep.ASKED)
            case Step.GIVE_EMAIL, GiveEmail(email):
                if after.email is not EmailStep.GIVEN:
                    notices += (NewNotice(seq, NoticeKind.EMAIL_GIVEN, {"email": email}),)
                    after = replace(after, seq=seq, email=EmailStep.GIVEN)
            case Step.SKIP_EMAIL, _:
                if after.email is EmailStep.ASKED:
                    notices += (NewNotice(seq, NoticeKind.EMAIL_SKIPPED),)
                    after = replace(after, seq=seq, email=EmailStep.SKIPPED)
            case Step.CONSENT, Consent(facts):
                notices += (NewNotice(seq, NoticeKind.CONSENT_GIVEN, facts),)
                after = replace(after, seq=seq)
            case Step.TELL_UNDELIVERED, Undelivered(facts):
                notices += (NewNotice(seq, NoticeKind.UNDELIVERED, facts),)
                after = replace(after, seq=seq)
            case _:
                raise AssertionError(step, command)
    return Turn(after, notices, words_seq)


def _given(state: State, seq: int, to: Assignee) -> State:
    """The state in which somebody (or nobody) has just got the conversation."""
    return replace(state, seq=seq, assignee=to, queued_at=None, passed_user_id=None)


def unqueued(state: State) -> State:
    """The state in which routing does not look for anybody any more."""
    return replace(state, queued_at=None)


def has_waited(state: State, user_id: int, assigned_at: int) -> bool:
    """Whether the visitor still waits for the first answer of a user who was assigned at that time."""
    answered = state.last_sent_at is not None and state.last_sent_at >= assigned_at
    return state.assignee == AssignedUser(user_id) and state.status is Status.OPEN and not answered


def first_turn(contact_id: int | None, email: EmailStep, now: int) -> State:
    """The state of a conversation that a visitor's first words have just begun: the welcome is entry 1, they are 2.

    `email`: whether the contact is known by an address that the visitor gave earlier.
    """
    return State(
        contact_id=contact_id,
        email=email,
        seq=2,
        last_message_seq=2,
        last_received_at=now,
        last_activity_at=now,
        waiting_since=now,
    )


def check_starts(lately: Sequence[int], now: int) -> None:
    """Whether a visitor may begin another conversation. `lately`: when the last ones of this hour began, newest first.

    `TooMany` where it would be more than `MOST_STARTS` within an hour.
    """
    if len(lately) >= MOST_STARTS:
        raise TooMany(lately[MOST_STARTS - 1] + HOUR - now)


def move(at: int, to: int | None, seq: int) -> int:
    """Where a cursor stands after somebody wants it at `to`: never back, never beyond the conversation's `seq`."""
    return at if to is None else max(at, min(to, seq))


def _is_over(state: State, reopen_hours: int, now: int) -> bool:
    closed_at = state.closed_at
    return closed_at is not None and now - closed_at > reopen_hours * HOUR


def seen_by_visitor(author: Author, naming: Naming) -> Author:
    """An author as the visitor is told: an agent by the first name, by the full one, or as the brand for all agents."""
    if author.kind != "agent":
        return author
    if brand := naming.brand:  # without a number that tells one agent from another
        return Author(author.kind, 0, brand.name, initials_of(brand.name), image=brand.image)
    if naming.full_names:
        return author
    first = author.name.split(" ", 1)[0]
    return Author(author.kind, author.id, first, first[:1].upper(), author.color, author.image)


def assignee_facts(assignee: Assignee, why: str | None = None) -> dict[str, object]:
    """An assignee as a notice keeps it; `why`: for what reason, where routing has decided."""
    reason: dict[str, object] = {} if why is None else {"reason": why}
    match assignee:
        case Nobody():
            return {"kind": "nobody", **reason}
        case AssignedUser(user_id):
            return {"kind": "user", "id": user_id, **reason}
        case AssignedTeam(team_id):
            return {"kind": "team", "id": team_id, **reason}
