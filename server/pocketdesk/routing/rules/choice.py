"""Who gets a conversation. The same facts always give the same answer."""

from collections.abc import Collection, Iterable, Mapping

from pocketdesk.accounts.model import Status
from pocketdesk.routing.model import (
    Assign,
    Candidate,
    Choice,
    Elsewhere,
    Fluency,
    Load,
    Policy,
    Reason,
    To,
    Unassigned,
    Why,
)

_IDLE = Load()


def policy_of(assign: Assign, language: str | None = None) -> Policy:
    """What a chatflow says about assigning, for a conversation in a language."""
    return Policy(
        assign.automatic,
        assign.to,
        assign.user_ids,
        assign.team_ids,
        assign.skill_ids,
        assign.fallback,
        assign.fallback_inbox_id,
        language,
    )


def who_counts(policy: Policy, owner_user_id: int | None) -> Policy:
    """By whose status a chatflow is available: those whom it assigns to; anybody of the inbox where it names nobody."""
    names_somebody = policy.to == "users_and_teams" or owner_user_id is not None
    return policy if policy.automatic and names_somebody else Policy(fallback="anybody")


def loads_of(candidates: Iterable[Candidate], open_by_user: Mapping[int, int]) -> dict[int, Load]:
    """The candidates' loads. `open_by_user`: how many open conversations somebody has; 0 where it is silent."""
    return {
        each.user_id: Load(open_by_user.get(each.user_id, 0), each.last_assigned_at) for each in candidates
    }


def choose(
    candidates: Collection[Candidate], loads: Mapping[int, Load], policy: Policy, *, is_open: bool
) -> Choice:
    """Who gets a new conversation.

    Operating hours come first, then whom the policy means, then skills, status and room. Among those who are left:
    who speaks the language best, has the needed skills as main ones, has least to do for their capacity, was longest
    without a new conversation; and last the lower id, so that chance has no part in it.
    """
    if not policy.automatic:
        return Unassigned(Reason.OFF)
    if not is_open:
        return Unassigned(Reason.CLOSED)
    needed = frozenset(policy.skill_ids)
    by_owner = policy.to == "contact_owner"
    meant = [each for each in candidates if (each.is_owner if by_owner else each.is_named)]
    able = [each for each in meant if needed <= each.skill_ids]
    free, reason = _free(able, loads, Reason.SKILL if meant else Reason.NOBODY)
    if free:
        return To(_first(free, loads, needed), Why.OWNER if by_owner else Why.NAMED)
    if policy.fallback == "inbox" and policy.fallback_inbox_id is not None:
        return Elsewhere(policy.fallback_inbox_id, reason)
    if policy.fallback == "anybody":
        free, _ = _free(candidates, loads, reason)
        if free:
            return To(_first(free, loads, needed), Why.FALLBACK)
    return Unassigned(reason)


def absent_owner(candidates: Iterable[Candidate], policy: Policy) -> int | None:
    """The contact's owner, if the policy means them and they are away: they hear of it by mail."""
    if policy.automatic and policy.to == "contact_owner":
        for each in candidates:
            if each.is_owner and each.status is Status.AWAY:
                return each.user_id
    return None


def fluency(languages: Mapping[str, bool], language: str | None) -> Fluency:
    """How well somebody speaks a language. `languages` maps codes to whether it is a main one; regions do not count."""
    if language is None:
        return Fluency.NONE
    is_main = languages.get(primary(language))
    if is_main is None:
        return Fluency.NONE
    return Fluency.MAIN if is_main else Fluency.SECONDARY


def primary(language: str) -> str:
    """A language without its region: `pt` for `pt-BR`."""
    return language.replace("_", "-").split("-", 1)[0].lower()


def _free(
    candidates: Collection[Candidate], loads: Mapping[int, Load], reason: Reason
) -> tuple[list[Candidate], Reason]:
    """Who is available and has room. `reason` is why, if there are no candidates at all."""
    there = [each for each in candidates if each.status is Status.AVAILABLE]
    free = [
        each for each in there if each.capacity is None or loads.get(each.user_id, _IDLE).open < each.capacity
    ]
    if there:
        return free, Reason.FULL
    return free, Reason.AWAY if candidates else reason


def _first(free: Collection[Candidate], loads: Mapping[int, Load], needed: frozenset[int]) -> int:
    # Somebody without a limit counts as somebody with the largest one, or they would get everything.
    largest = max((each.capacity for each in free if each.capacity is not None), default=1)

    def rank(each: Candidate) -> tuple[int, int, int, float, int, int]:
        load = loads.get(each.user_id, _IDLE)
        return (
            each.fluency,
            len(needed - each.skill_ids),
            len(needed - each.main_skill_ids),
            load.open / (each.capacity or largest),
            -1 if load.last_assigned_at is None else load.last_assigned_at,
            each.user_id,
        )

    return min(free, key=rank).user_id
