"""Routing as JSON: what routes take and what they give."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field

from pocketdesk.accounts.wire import Answer, Body, Id, Name
from pocketdesk.inboxes.model import OpenHours
from pocketdesk.inboxes.wire import AvailabilityJson
from pocketdesk.routing.model import (
    Assignable,
    Forecast,
    Handling,
    Policy,
    Reason,
    Skill,
    UserRouting,
)
from pocketdesk.routing.rules.limits import (
    MOST_DAYS,
    MOST_PLANS,
    MOST_STAFF,
)
from pocketdesk.routing.rules.skills import MOST_CAPACITY

Capacity = Annotated[int, Field(ge=0, le=MOST_CAPACITY)]
Ids = Annotated[list[Id], Field(max_length=100)]
ReasonWord = Literal["off", "closed", "nobody", "skill", "away", "full"]
HurdleWord = Literal["deactivated", "not_joined", "cannot_receive", "no_access", "no_members"]

# What comes in.


class SettingsIn(Body):
    """How many open conversations users take who have no limit of their own; null: as many as come."""

    capacity: Capacity | None


class NewSkill(Body):
    """A skill to make."""

    name: Name
    category: Name | None = None


class SkillPatch(Body):
    """What changes of a skill; an empty category is none."""

    name: Name | None = None
    category: Annotated[str, Field(max_length=100)] | None = None


class HeldSkill(Body):
    """A skill that a user has; a main one comes before a secondary one."""

    skill_id: Id
    is_main: bool = True


class UserRoutingIn(Body):
    """A user's place in routing, whole. `capacity` null: the account's."""

    capacity: Capacity | None
    skills: Annotated[list[HeldSkill], Field(max_length=100)]


class HoursIn(Body):
    """Part of a day of the week (0 is Monday), in minutes since midnight."""

    day: Annotated[int, Field(ge=0, le=6)]
    opens: Annotated[int, Field(ge=0, le=1_439)]
    closes: Annotated[int, Field(ge=1, le=1_440)]


class PastArrivals(Body):
    """The conversations that began in the inbox in the last days."""

    kind: Literal["past"]
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)]


class SyntheticArrivals(Body):
    """Conversations at random moments from `starts_at` on (UTC ms; null: now)."""

    kind: Literal["synthetic"]
    hours: Annotated[int, Field(ge=1, le=24 * MOST_DAYS)]
    per_hour: Annotated[float, Field(ge=0.01, le=1_000)]
    starts_at: Annotated[int, Field(ge=0, le=2**43)] | None = None
    language: Annotated[str, Field(max_length=35)] | None = None


class HandlingIn(Body):
    """How much of an agent's time conversations take, in seconds."""

    mean_s: Annotated[int, Field(ge=1, le=36_000)]
    shape: Literal["fixed", "exponential"] = "exponential"


class StaffIn(Body):
    """A user who takes part, and when; null hours: always. `capacity` null: as set."""

    user_id: Id
    capacity: Capacity | None = None
    hours: Annotated[list[HoursIn], Field(max_length=70)] | None = None


class PolicyIn(Body):
    """A policy to try. `capacity`, if given, is everybody's instead of their own."""

    automatic: bool = True
    to: Literal["users_and_teams", "contact_owner"] = "users_and_teams"
    user_ids: Ids = Field(default=[])
    team_ids: Ids = Field(default=[])
    skill_ids: Ids = Field(default=[])
    fallback: Literal["unassigned", "anybody", "inbox"] = "unassigned"
    fallback_inbox_id: Id | None = None
    capacity: Capacity | None = None


class SimulationIn(Body):
    """What to simulate.

    `availability`: operating hours, as a channel has them; null: always open. `staff` null: everybody who could get
    conversations of the inbox, always there. `notice_s`: how long a conversation that nobody has goes unnoticed.
    Random numbers depend on `seed` only.
    """

    inbox_id: Id
    arrivals: Annotated[PastArrivals | SyntheticArrivals, Field(discriminator="kind")]
    handling: HandlingIn
    policies: Annotated[list[PolicyIn], Field(min_length=1, max_length=MOST_PLANS)]
    availability: AvailabilityJson | None = None
    staff: Annotated[list[StaffIn], Field(max_length=MOST_STAFF)] | None = None
    notice_s: Annotated[int, Field(ge=0, le=86_400)] = 120
    seed: Annotated[int, Field(ge=0, lt=2**53)] = 1


# What goes out.


class SettingsOut(Answer):
    """How many open conversations users take who have no limit of their own; null: as many as come."""

    capacity: int | None


class SkillOut(Answer):
    """A skill; `language` is the code of one that came with Pocketdesk. `users` counts those who have it."""

    id: int
    name: str
    category: str | None
    language: str | None
    users: int


class SkillsOut(Answer):
    """All skills of the account."""

    items: list[SkillOut]


class UserRoutingOut(Answer):
    """A user's place in routing; `capacity` null: the account's."""

    user_id: int
    name: str
    capacity: int | None
    skills: list[HeldSkill]


class UserRoutingsOut(Answer):
    """A page of users' places in routing."""

    items: list[UserRoutingOut]
    after: str | None


class AssignableOut(Answer):
    """A user or team in a picker; `why_not` is null for those who can be chosen."""

    id: int
    name: str
    can_be_chosen: bool
    why_not: HurdleWord | None


class AssignablesOut(Answer):
    """Every user and team of the account."""

    users: list[AssignableOut]
    teams: list[AssignableOut]


class UnassignedOut(Answer):
    """How many conversations nobody got when they began, and why."""

    reason: ReasonWord
    count: int


class WaitsOut(Answer):
    """How long visitors waited until somebody turned to them, in milliseconds; of those who were answered."""

    p50_ms: int
    p90_ms: int
    longest_ms: int


class StaffLoadOut(Answer):
    """What one user had to do; `open` counts their open conversations at each of the forecast's moments."""

    user_id: int
    name: str
    answered: int
    busiest: int
    open: list[int]


class ForecastOut(Answer):
    """What one policy would have come to; `unassigned_share` is 0 to 1."""

    assigned: int
    unassigned: list[UnassignedOut]
    unassigned_share: float
    moved: int
    unanswered: int
    waits: WaitsOut
    moments: list[int]
    staff: list[StaffLoadOut]


class SimulationOut(Answer):
    """What each policy would have come to over the same arrivals, in the order in which they were given."""

    arrivals: int
    forecasts: list[ForecastOut]


def to_skill(skill: Skill, users: int) -> SkillOut:
    """A skill."""
    return SkillOut(
        id=skill.id, name=skill.name, category=skill.category, language=skill.language, users=users
    )


def to_skills(skills: Iterable[Skill], users: Mapping[int, int]) -> SkillsOut:
    """All skills; `users` counts who has them."""
    return SkillsOut(items=[to_skill(each, users.get(each.id, 0)) for each in skills])


def to_user_routing(found: UserRouting, name: str) -> UserRoutingOut:
    """A user's place in routing."""
    return UserRoutingOut(
        user_id=found.user_id,
        name=name,
        capacity=found.capacity,
        skills=[HeldSkill(skill_id=id_, is_main=is_main) for id_, is_main in found.skills.items()],
    )


def to_assignables(users: Iterable[Assignable], teams: Iterable[Assignable]) -> AssignablesOut:
    """Who can be chosen, and why others cannot."""
    return AssignablesOut(
        users=[_to_assignable(each) for each in users], teams=[_to_assignable(each) for each in teams]
    )


def _to_assignable(found: Assignable) -> AssignableOut:
    hurdle = found.hurdle
    return AssignableOut(
        id=found.id,
        name=found.name,
        can_be_chosen=hurdle is None,
        why_not=None if hurdle is None else hurdle.value,
    )


def to_policy(given: PolicyIn) -> Policy:
    """The policy that was given; its language comes with each arrival."""
    return Policy(
        given.automatic,
        given.to,
        tuple(given.user_ids),
        tuple(given.team_ids),
        tuple(given.skill_ids),
        given.fallback,
        given.fallback_inbox_id,
    )


def to_hours(given: Iterable[HoursIn]) -> tuple[OpenHours, ...]:
    """Hours of the week."""
    return tuple(OpenHours(day=each.day, opens=each.opens, closes=each.closes) for each in given)


def to_handling(given: HandlingIn) -> Handling:
    """How much time conversations take."""
    return Handling(given.mean_s * 1_000, given.shape)


def to_simulation(forecasts: Sequence[Forecast], names: Mapping[int, str]) -> SimulationOut:
    """What came out, with the users' names."""
    return SimulationOut(
        arrivals=forecasts[0].arrivals, forecasts=[_to_forecast(each, names) for each in forecasts]
    )


def _to_forecast(forecast: Forecast, names: Mapping[int, str]) -> ForecastOut:
    waits = forecast.waits
    return ForecastOut(
        assigned=forecast.assigned,
        unassigned=[
            UnassignedOut(reason=reason.value, count=forecast.unassigned[reason])
            for reason in Reason
            if reason in forecast.unassigned
        ],
        unassigned_share=sum(forecast.unassigned.values()) / forecast.arrivals if forecast.arrivals else 0.0,
        moved=forecast.moved,
        unanswered=forecast.unanswered,
        waits=WaitsOut(p50_ms=waits.p50, p90_ms=waits.p90, longest_ms=waits.longest),
        moments=list(forecast.moments),
        staff=[
            StaffLoadOut(
                user_id=each.user_id,
                name=names[each.user_id],
                answered=each.answered,
                busiest=each.busiest,
                open=list(each.open),
            )
            for each in forecast.loads
        ],
    )
