"""Who could get a conversation, what a chatflow says about it, and what comes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Literal, Protocol, TypeAlias

from pocketdesk.accounts.model import Status

NO_SKILLS: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Policy:
    """What a chatflow says about assigning, and the conversation's language (`de`, `pt-BR`; None if unknown).

    Skills are required, all of them; the language only decides who is asked first.
    """

    automatic: bool = True
    to: Literal["users_and_teams", "contact_owner"] = "users_and_teams"
    user_ids: tuple[int, ...] = ()
    team_ids: tuple[int, ...] = ()
    skill_ids: tuple[int, ...] = ()
    fallback: Literal["unassigned", "anybody", "inbox"] = "unassigned"
    fallback_inbox_id: int | None = None
    language: str | None = None


class Assign(Protocol):
    """What a chatflow says about assigning. It comes from above, so it is known by its shape only."""

    @property
    def automatic(self) -> bool: ...
    @property
    def to(self) -> Literal["users_and_teams", "contact_owner"]: ...
    @property
    def user_ids(self) -> tuple[int, ...]: ...
    @property
    def team_ids(self) -> tuple[int, ...]: ...
    @property
    def skill_ids(self) -> tuple[int, ...]: ...
    @property
    def fallback(self) -> Literal["unassigned", "anybody", "inbox"]: ...
    @property
    def fallback_inbox_id(self) -> int | None: ...


class Fluency(IntEnum):
    """How well somebody speaks the conversation's language; less is better."""

    MAIN = 0
    SECONDARY = 1
    NONE = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A user who sees the inbox and can receive conversations. `capacity` None: as many as come."""

    user_id: int
    status: Status
    capacity: int | None
    skill_ids: frozenset[int] = NO_SKILLS
    is_owner: bool = False
    """Whether the contact is theirs."""
    is_named: bool = True
    """Whether the policy names them or a team of which they are a main member; others are for its fallback."""
    main_skill_ids: frozenset[int] = NO_SKILLS
    fluency: Fluency = Fluency.NONE
    last_assigned_at: int | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """How many open conversations a user has, and when routing last gave them one (UTC ms)."""

    open: int = 0
    last_assigned_at: int | None = None


class Why(StrEnum):
    """Why somebody got a conversation."""

    NAMED = "named"
    OWNER = "owner"
    FALLBACK = "fallback"


class Reason(StrEnum):
    """Why none of those whom a policy means got a conversation; the last hurdle that none of them took."""

    OFF = "off"
    """Conversations are not assigned automatically."""
    CLOSED = "closed"
    """It is outside operating hours."""
    NOBODY = "nobody"
    """None of them sees the inbox and can receive conversations; or the contact has no such owner."""
    SKILL = "skill"
    AWAY = "away"
    FULL = "full"
    """Everybody has as many open conversations as they can take."""


@dataclass(frozen=True, slots=True)
class To:
    """The conversation goes to this user."""

    user_id: int
    why: Why


@dataclass(frozen=True, slots=True)
class Unassigned:
    """The conversation waits for somebody to take it."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The conversation moves to another inbox and waits there."""

    inbox_id: int
    reason: Reason


Choice: TypeAlias = To | Unassigned | Elsewhere


# Settings.


@dataclass(frozen=True, slots=True)
class Skill:
    """Something that users are good at. A language's skill has its code (`de`) and no category."""

    id: int
    name: str
    category: str | None
    language: str | None

    @property
    def is_language(self) -> bool:
        """Whether it came with Pocketdesk: such a skill is neither renamed nor deleted."""
        return self.language is not None


@dataclass(frozen=True, slots=True)
class UserRouting:
    """A user's place in routing. `capacity` None: the account's. `skills` maps ids to whether it is a main one."""

    user_id: int
    capacity: int | None = None
    skills: Mapping[int, bool] = field(default_factory=dict[int, bool])


@dataclass(frozen=True, slots=True)
class Use:
    """Something that names a skill: a user, a chatflow."""

    kind: str
    id: int
    name: str


class Hurdle(StrEnum):
    """Why a user or team cannot be chosen for an inbox."""

    DEACTIVATED = "deactivated"
    NOT_JOINED = "not_joined"
    CANNOT_RECEIVE = "cannot_receive"
    NO_ACCESS = "no_access"
    NO_MEMBERS = "no_members"
    """No main member of the team can be chosen."""


@dataclass(frozen=True, slots=True)
class Assignable:
    """A user or a team as a rule's picker shows it. `hurdle` None: can be chosen."""

    id: int
    name: str
    hurdle: Hurdle | None


# What would happen: the simulator's nouns. Times are UTC milliseconds.


@dataclass(frozen=True, slots=True)
class Arrival:
    """A conversation that begins, and how much of an agent's time it takes."""

    at: int
    handling_ms: int
    language: str | None = None
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class Handling:
    """How much of an agent's time conversations take: always the mean, or scattered around it."""

    mean_ms: int
    shape: Literal["fixed", "exponential"] = "exponential"


@dataclass(frozen=True, slots=True)
class Shift:
    """Somebody is available from `start` until before `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Staff:
    """A user who sees the inbox and can receive conversations. `shifts` None: always there."""

    user_id: int
    capacity: int | None = None
    skills: Mapping[int, bool] = field(default_factory=dict[int, bool])
    """Skills' ids, main ones True."""
    languages: Mapping[str, bool] = field(default_factory=dict[str, bool])
    """Codes of those skills that are languages."""
    shifts: tuple[Shift, ...] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A policy to try. `named`: the users whom it means, main members of its teams among them."""

    policy: Policy
    named: frozenset[int]


@dataclass(frozen=True, slots=True)
class Waits:
    """How long visitors waited until somebody turned to them, in milliseconds; of those who were answered."""

    p50: int
    p90: int
    longest: int


@dataclass(frozen=True, slots=True)
class StaffLoad:
    """What one user had to do. `open` counts their open conversations at each of the forecast's moments."""

    user_id: int
    answered: int
    busiest: int
    open: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a plan would have come to."""

    arrivals: int
    assigned: int
    """Conversations that somebody got when they began."""
    unassigned: Mapping[Reason, int]
    """Conversations that nobody got when they began, by why."""
    moved: int
    """Conversations that went to another inbox; what becomes of them there is not looked at."""
    unanswered: int
    """Conversations to which nobody ever turned."""
    waits: Waits
    moments: tuple[int, ...]
    loads: tuple[StaffLoad, ...]
