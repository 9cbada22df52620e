"""The simulator: what policies would come to. It changes nothing."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends, Request

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.api import AgentCaller, Now, Storage, limiter, require
from pocketdesk.accounts.rules.limits import Limit
from pocketdesk.inboxes import views as inboxes
from pocketdesk.inboxes.model import Availability
from pocketdesk.inboxes.rules import clean_availability, is_open, next_opening, parse_availability
from pocketdesk.kernel.moments import DAY, SECOND
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.routing import views
from pocketdesk.routing.model import Arrival, Forecast, Plan, Shift, Staff
from pocketdesk.routing.rules.limits import check_size
from pocketdesk.routing.rules.shifts import shifts_between
from pocketdesk.routing.rules.simulation import handled, simulate, synthetic
from pocketdesk.routing.wire import (
    PastArrivals,
    SimulationIn,
    SimulationOut,
    to_handling,
    to_hours,
    to_policy,
    to_simulation,
)
from pocketdesk.storage import Reader

Past: TypeAlias = Callable[[Reader, AccountScope, int, int, int], Sequence[Arrival]]
"""When conversations began in an inbox from one moment until before another. `app.state.past_arrivals` holds one.

Their `handling_ms` counts nothing: nobody has measured it.
"""

SIMULATING = Limit("routing.simulate", 5, 2_000)
"""Of one user: each takes a processor for up to some seconds."""
AFTERWARDS = 7 * DAY
"""So long after the last arrival people still come to work."""

router = APIRouter()

Editor = Annotated[AgentCaller, Depends(require("chatflows"))]


def past_arrivals(request: Request) -> Past:
    """How this process knows when conversations began."""
    return request.app.state.past_arrivals


@router.post("/simulate")
async def post_simulate(
    body: SimulationIn,
    request: Request,
    caller: Editor,
    engine: Storage,
    at: Now,
    past: Annotated[Past, Depends(past_arrivals)],
) -> SimulationOut:
    """What policies would have come to over the same conversations, past ones or made-up ones. Changes nothing."""
    trial = await engine.read(lambda reader: _trial(reader, caller.scope, body, at, past))
    limiter(request, SIMULATING).take((caller.scope.account_id, caller.user_id), at)
    return to_simulation(await asyncio.to_thread(trial.run), trial.names)


@dataclass(frozen=True, slots=True)
class _Trial:
    """A simulation with all its facts."""

    arrivals: tuple[Arrival, ...]
    staff: tuple[Staff, ...]
    plans: tuple[tuple[Plan, int | None], ...]
    """Each with everybody's capacity, if it says so."""
    availability: Availability
    openings: tuple[int, ...]
    notice_ms: int
    names: dict[int, str]

    def run(self) -> list[Forecast]:
        return [
            simulate(
                self.arrivals,
                self.staff if capacity is None else [replace(each, capacity=capacity) for each in self.staff],
                plan,
                lambda moment: is_open(self.availability, moment),
                self.notice_ms,
                self.openings,
            )
            for plan, capacity in self.plans
        ]


def _trial(reader: Reader, scope: AccountScope, body: SimulationIn, at: int, past: Past) -> _Trial:
    inboxes.inbox_card(reader, scope, body.inbox_id)
    availability = Availability()
    if body.availability is not None:
        availability = clean_availability(parse_availability(body.availability))
    plans = _plans(reader, scope, body)
    staff = _staff(reader, scope, body)
    arrivals = _arrivals(reader, scope, body, at, past, len(staff))
    start, end = (arrivals[0].at, arrivals[-1].at + AFTERWARDS) if arrivals else (at, at)
    staff = _with_shifts(staff, body, availability.time_zone, start, end)
    names = accounts.user_cards(reader, scope, [each.user_id for each in staff])
    return _Trial(
        arrivals,
        staff,
        plans,
        availability,
        tuple(_openings(availability, start, end)),
        body.notice_s * SECOND,
        {user_id: card.name for user_id, card in names.items()},
    )


def _openings(availability: Availability, start: int, end: int) -> Iterator[int]:
    opening = next_opening(availability, start)
    while opening is not None and opening < end:
        yield opening
        opening = next_opening(availability, opening)


def _plans(reader: Reader, scope: AccountScope, body: SimulationIn) -> tuple[tuple[Plan, int | None], ...]:
    plans: list[tuple[Plan, int | None]] = []
    wrong: dict[str, str] = {}
    for place, given in enumerate(body.policies):
        policy = to_policy(given)
        found = views.check_policy(reader, scope, body.inbox_id, policy)
        wrong |= {f"policies.{place}.{field}": message for field, message in found.items()}
        plans.append((views.plan(reader, scope, body.inbox_id, policy), given.capacity))
    if wrong:
        raise Invalid(wrong)
    return tuple(plans)


def _staff(reader: Reader, scope: AccountScope, body: SimulationIn) -> tuple[Staff, ...]:
    there = views.staff(reader, scope, body.inbox_id)
    if body.staff is None:
        return there
    by_id = {each.user_id: each for each in there}
    taken: dict[int, Staff] = {}
    for place, given in enumerate(body.staff):
        if given.user_id not in by_id or given.user_id in taken:
            raise Invalid(
                {f"staff.{place}.user_id": "cannot receive conversations of the inbox, or is there twice"}
            )
        one = by_id[given.user_id]
        taken[given.user_id] = one if given.capacity is None else replace(one, capacity=given.capacity)
    return tuple(taken.values())


def _with_shifts(
    staff: tuple[Staff, ...], body: SimulationIn, time_zone: str, start: int, end: int
) -> tuple[Staff, ...]:
    """`staff` with their hours, by the clock of the operating hours' zone."""
    shifts: dict[int, tuple[Shift, ...]] = {}
    for place, given in enumerate(body.staff or ()):
        if given.hours is not None:
            weekly = Availability(kind="hours", time_zone=time_zone, hours=to_hours(given.hours))
            hours = clean_availability(weekly, f"staff.{place}").hours
            shifts[given.user_id] = shifts_between(hours, time_zone, start, end)
    return tuple(replace(each, shifts=shifts.get(each.user_id)) for each in staff)


def _arrivals(
    reader: Reader, scope: AccountScope, body: SimulationIn, at: int, past: Past, staff: int
) -> tuple[Arrival, ...]:
    given, handling = body.arrivals, to_handling(body.handling)
    if isinstance(given, PastArrivals):
        arrivals = past(reader, scope, body.inbox_id, at - given.days * DAY, at)
        check_size(len(arrivals), staff, len(body.policies))
        return handled(arrivals, handling, body.seed)
    check_size(int(given.hours * given.per_hour), staff, len(body.policies))
    start = at if given.starts_at is None else given.starts_at
    return synthetic(start, given.hours, given.per_hour, handling, body.seed, given.language)
