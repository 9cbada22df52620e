"""What a policy would come to: the same choice as in earnest, over many arrivals, event by event.

The model: an agent who is there turns to one conversation after the other, first to those that are theirs, else to the
oldest one that nobody has, once it has been there long enough to be noticed. Open conversations stay with their agent
when a shift ends. What an agent has begun, they finish. Conversations that nobody got are offered again, the oldest
first, whenever somebody is done with one or comes to work, and when hours begin.
"""

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Sequence
from heapq import heappop, heappush
from itertools import count
from math import ceil, log
from typing import Literal, TypeAlias

from pocketdesk.accounts.model import Status
from pocketdesk.kernel.moments import HOUR
from pocketdesk.routing.model import (
    Arrival,
    Candidate,
    Choice,
    Elsewhere,
    Forecast,
    Handling,
    Load,
    Plan,
    Reason,
    Staff,
    StaffLoad,
    To,
    Unassigned,
    Waits,
)
from pocketdesk.routing.rules.choice import choose, fluency

MOMENTS = 48
_Alike: TypeAlias = tuple[str, int]
_Kind: TypeAlias = Literal[0, 1, 2, 3, 4, 5]
# At the same moment: a shift is over before somebody begins anew, and who is free comes before who is needed.
_LEAVES: _Kind = 0
_DONE: _Kind = 1
_COMES: _Kind = 2
_OPENS: _Kind = 3
_ARRIVES: _Kind = 4
_NOTICED: _Kind = 5


def synthetic(
    start: int, hours: int, per_hour: float, handling: Handling, seed: int, language: str | None = None
) -> tuple[Arrival, ...]:
    """Arrivals at random moments, on average `per_hour`; the same ones for the same seed."""
    chance = _chance(seed)
    arrivals: list[Arrival] = []
    at = float(start)
    while True:
        at -= HOUR / per_hour * log(1 - next(chance))
        if at >= start + hours * HOUR:
            return tuple(arrivals)
        arrivals.append(Arrival(int(at), _handling(handling, chance), language))


def handled(arrivals: Sequence[Arrival], handling: Handling, seed: int) -> tuple[Arrival, ...]:
    """Arrivals of which only the moment is known, with a handling time each; the same ones for the same seed."""
    chance = _chance(seed)
    return tuple(
        Arrival(each.at, _handling(handling, chance), each.language, each.owner_id) for each in arrivals
    )


def simulate(
    arrivals: Sequence[Arrival],
    staff: Sequence[Staff],
    plan: Plan,
    is_open: Callable[[int], bool],
    notice_ms: int,
    openings: Sequence[int] = (),
) -> Forecast:
    """Plays all arrivals through. `notice_ms`: how long a conversation that nobody has goes unnoticed.

    `openings` are the moments at which `is_open` becomes true.
    """
    return _Simulation(arrivals, staff, plan, is_open, notice_ms, openings).run()


class _Agent:
    """One of the staff while the simulation runs."""

    __slots__ = (
        "_faces",
        "_is_named",
        "answered",
        "changes",
        "is_busy",
        "is_there",
        "load",
        "staff",
        "waiting",
    )

    def __init__(self, staff: Staff, *, is_named: bool) -> None:
        self.staff = staff
        self.is_there = staff.shifts is None
        self.is_busy = False
        self.load = Load()
        self.waiting = deque[Arrival]()
        self.answered = 0
        self.changes: list[tuple[int, int]] = []
        self._is_named = is_named
        self._faces: dict[tuple[bool, bool, str | None], Candidate] = {}

    def now_has(self, more: int, at: int, *, assigned: bool = False) -> None:
        self.load = Load(self.load.open + more, at if assigned else self.load.last_assigned_at)
        self.changes.append((at, self.load.open))

    def face(self, arrival: Arrival) -> Candidate:
        """The agent as a candidate for it."""
        staff = self.staff
        look = self.is_there, staff.user_id == arrival.owner_id, arrival.language
        found = self._faces.get(look)
        if found is None:
            found = self._faces[look] = Candidate(
                staff.user_id,
                Status.AVAILABLE if self.is_there else Status.AWAY,
                staff.capacity,
                frozenset(staff.skills),
                look[1],
                self._is_named,
                frozenset(skill_id for skill_id, is_main in staff.skills.items() if is_main),
                fluency(staff.languages, arrival.language),
            )
        return found


class _Simulation:
    def __init__(
        self,
        arrivals: Sequence[Arrival],
        staff: Sequence[Staff],
        plan: Plan,
        is_open: Callable[[int], bool],
        notice_ms: int,
        openings: Sequence[int],
    ) -> None:
        self._arrivals = sorted(arrivals, key=lambda each: each.at)
        self._agents = {
            each.user_id: _Agent(each, is_named=each.user_id in plan.named)
            for each in sorted(staff, key=lambda each: each.user_id)
        }
        self._plan = plan
        self._is_open = is_open
        self._notice_ms = notice_ms
        self._openings = openings
        # What nobody has: those for whom the choice is alike, in one row each.
        self._nobodys: dict[_Alike, deque[Arrival]] = {}
        self._waits: list[int] = []
        self._unassigned = Counter[Reason]()
        self._assigned = self._moved = 0
        self._order = count()
        self._events: list[tuple[int, _Kind, int, _Agent | Arrival | None]] = []

    def run(self) -> Forecast:
        for arrival in self._arrivals:
            self._later(arrival.at, _ARRIVES, arrival)
        for agent in self._agents.values():
            for shift in agent.staff.shifts or ():
                self._later(shift.start, _COMES, agent)
                self._later(shift.end, _LEAVES, agent)
        for opening in self._openings:
            self._later(opening, _OPENS, None)
        while self._events:
            at, kind, _, what = heappop(self._events)
            if isinstance(what, Arrival):
                self._arrive(what, at)
            elif what is not None:
                self._turn(what, kind, at)
            elif kind == _OPENS:
                self._offer(at)
            else:
                self._look_around(at)
        return self._forecast()

    def _later(self, at: int, kind: _Kind, what: _Agent | Arrival | None) -> None:
        heappush(self._events, (at, kind, next(self._order), what))

    def _turn(self, agent: _Agent, kind: _Kind, at: int) -> None:
        if kind == _DONE:
            agent.is_busy = False
            agent.now_has(-1, at)
        else:
            agent.is_there = kind == _COMES
        if kind != _LEAVES:
            self._offer(at)
        self._work(agent, at)

    def _arrive(self, arrival: Arrival, at: int) -> None:
        choice = self._choose(arrival, at)
        match choice:
            case To(user_id):
                self._assigned += 1
                self._give(arrival, user_id, at)
            case Unassigned(reason):
                self._unassigned[reason] += 1
                self._nobodys.setdefault(_alike(arrival), deque()).append(arrival)
                self._later(at + self._notice_ms, _NOTICED, None)
            case Elsewhere():
                self._moved += 1

    def _offer(self, at: int) -> None:
        """What nobody has, the oldest first, to those who can take it now."""
        hopeless = set[_Alike]()
        while (row := self._oldest(hopeless)) is not None and self._plan.policy.automatic:
            match self._choose(row[0], at):
                case To(user_id):
                    self._give(row.popleft(), user_id, at)
                case Unassigned():
                    hopeless.add(_alike(row[0]))
                case Elsewhere():
                    row.popleft()
                    self._moved += 1

    def _oldest(self, without: Collection[_Alike] = ()) -> deque[Arrival] | None:
        """The row that begins with the oldest of them."""
        rows = [(row[0].at, alike) for alike, row in self._nobodys.items() if row and alike not in without]
        return self._nobodys[min(rows)[1]] if rows else None

    def _choose(self, arrival: Arrival, at: int) -> Choice:
        loads = {user_id: agent.load for user_id, agent in self._agents.items()}
        candidates = [agent.face(arrival) for agent in self._agents.values()]
        return choose(candidates, loads, self._plan.policy, is_open=self._is_open(at))

    def _give(self, arrival: Arrival, user_id: int, at: int) -> None:
        agent = self._agents[user_id]
        agent.waiting.append(arrival)
        agent.now_has(1, at, assigned=True)
        self._work(agent, at)

    def _look_around(self, at: int) -> None:
        """Whoever has been idle longest takes what nobody has."""
        for agent in sorted(
            (each for each in self._agents.values() if each.is_there and not each.is_busy),
            key=lambda each: (each.changes[-1][0] if each.changes else -1, each.staff.user_id),
        ):
            self._work(agent, at)

    def _work(self, agent: _Agent, at: int) -> None:
        if agent.is_busy or not agent.is_there:
            return
        if agent.waiting:
            arrival = agent.waiting.popleft()
        elif (row := self._oldest()) is not None and row[0].at + self._notice_ms <= at:
            arrival = row.popleft()
            agent.now_has(1, at)
        else:
            return
        agent.is_busy = True
        agent.answered += 1
        self._waits.append(at - arrival.at)
        self._later(at + arrival.handling_ms, _DONE, agent)

    def _forecast(self) -> Forecast:
        first = self._arrivals[0].at if self._arrivals else 0
        last = max((agent.changes[-1][0] for agent in self._agents.values() if agent.changes), default=first)
        moments = tuple(first + (last - first) * step // (MOMENTS - 1) for step in range(MOMENTS))
        waits = sorted(self._waits)
        return Forecast(
            arrivals=len(self._arrivals),
            assigned=self._assigned,
            unassigned=dict(self._unassigned),
            moved=self._moved,
            unanswered=len(self._arrivals) - self._moved - len(waits),
            waits=Waits(_at_most(waits, 0.5), _at_most(waits, 0.9), waits[-1] if waits else 0),
            moments=moments,
            loads=tuple(
                StaffLoad(
                    agent.staff.user_id,
                    agent.answered,
                    max((open_ for _, open_ in agent.changes), default=0),
                    tuple(_sampled(agent.changes, moments)),
                )
                for agent in self._agents.values()
            ),
        )


def _alike(arrival: Arrival) -> _Alike:
    """Two of which this is the same are as welcome to everybody."""
    return arrival.language or "", arrival.owner_id or 0


def _at_most(waits: Sequence[int], share: float) -> int:
    """What that share of them does not exceed."""
    return waits[ceil(share * len(waits)) - 1] if waits else 0


def _sampled(changes: Sequence[tuple[int, int]], moments: Sequence[int]) -> Iterator[int]:
    place, open_ = 0, 0
    for moment in moments:
        while place < len(changes) and changes[place][0] <= moment:
            open_ = changes[place][1]
            place += 1
        yield open_


def _handling(handling: Handling, chance: Iterator[float]) -> int:
    if handling.shape == "fixed":
        return handling.mean_ms
    return max(1, int(-handling.mean_ms * log(1 - next(chance))))


def _chance(seed: int) -> Iterator[float]:
    """SplitMix64: numbers in 0..1 that look random and only depend on the seed."""
    mask = 2**64 - 1
    state = seed & mask
    while True:
        state = (state + 0x9E3779B97F4A7C15) & mask
        mixed = ((state ^ state >> 30) * 0xBF58476D1CE4E5B9) & mask
        mixed = ((mixed ^ mixed >> 27) * 0x94D049BB133111EB) & mask
        yield ((mixed ^ mixed >> 31) >> 11) / 2**53
