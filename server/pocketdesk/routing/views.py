"""What others read of routing: who could get a conversation, and how it is set up."""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from typing import TypeVar

from sqlalchemy import BigInteger, and_, bindparam, select

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.model import Status
from pocketdesk.inboxes import views as inboxes
from pocketdesk.kernel.page import MOST, Page
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.routing import rules, store
from pocketdesk.routing.model import (
    Assignable,
    Candidate,
    Hurdle,
    Plan,
    Policy,
    Skill,
    Staff,
    Use,
    UserRouting,
)
from pocketdesk.routing.rules.picker import WHY_NOT, hurdle_of
from pocketdesk.routing.rules.skills import LANGUAGES, MOST_NAMED
from pocketdesk.storage import Reader, Statement
from pocketdesk.storage.statement import Row

T = TypeVar("T")

_account_id = bindparam("account_id", type_=BigInteger)
_inbox_id = bindparam("inbox_id", type_=BigInteger)
_members = inboxes.members_query(_account_id, _inbox_id)
_receiver = accounts.receivers_query(_account_id).subquery("receiver")
_main_member = accounts.main_members_query(_account_id).subquery("main_member")

_CANDIDATES = Statement(
    select(
        _receiver.c.id,
        _receiver.c.status,
        store.user_routing.c.capacity,
        store.account_routing.c.capacity,
        store.user_routing.c.last_assigned_at,
        store.user_skill.c.skill_id,
        store.user_skill.c.is_main,
        store.skill.c.language,
    )
    .select_from(
        _receiver.outerjoin(
            store.user_routing,
            and_(
                store.user_routing.c.account_id == _account_id,
                store.user_routing.c.user_id == _receiver.c.id,
            ),
        )
        .outerjoin(store.account_routing, store.account_routing.c.account_id == _account_id)
        .outerjoin(
            store.user_skill,
            and_(store.user_skill.c.account_id == _account_id, store.user_skill.c.user_id == _receiver.c.id),
        )
        .outerjoin(
            store.skill,
            and_(store.skill.c.account_id == _account_id, store.skill.c.id == store.user_skill.c.skill_id),
        )
    )
    .where(_receiver.c.id.in_(_members))
    .order_by(_receiver.c.id)
)
_MAIN_MEMBERS = Statement(select(_main_member).where(_main_member.c.user_id.in_(_members)))


# Who could get a conversation.


def candidates(
    reader: Reader, scope: AccountScope, inbox_id: int, policy: Policy, owner_user_id: int | None
) -> tuple[Candidate, ...]:
    """The users whom a policy may give a conversation of an inbox, whatever their status and load, by id.

    Only users who see the inbox (F07) and can receive conversations (F06); of teams only main members (F03). One
    query, and one more if the policy names teams.
    """
    named = _named(reader, scope, inbox_id, policy)
    found = (
        _candidate(held, policy.language, is_owner=user_id == owner_user_id, is_named=user_id in named)
        for user_id, held in _by_user(reader, scope, inbox_id).items()
    )
    return tuple(each for each in found if each.is_named or each.is_owner or policy.fallback == "anybody")


def staff(reader: Reader, scope: AccountScope, inbox_id: int) -> tuple[Staff, ...]:
    """Everybody who could get conversations of an inbox, for the simulator: always there, by id."""
    return tuple(
        Staff(user_id, _capacity(held[0]), _skills(held), _languages(held))
        for user_id, held in _by_user(reader, scope, inbox_id).items()
    )


def plan(reader: Reader, scope: AccountScope, inbox_id: int, policy: Policy) -> Plan:
    """A policy with those whom it means in an inbox, for the simulator."""
    return Plan(policy, frozenset(_named(reader, scope, inbox_id, policy)))


def _named(reader: Reader, scope: AccountScope, inbox_id: int, policy: Policy) -> set[int]:
    named = set(policy.user_ids)
    if policy.team_ids:
        members = reader.all(_MAIN_MEMBERS, account_id=scope.account_id, inbox_id=inbox_id)
        named |= {user_id for team_id, user_id in members if team_id in policy.team_ids}
    return named


def _by_user(reader: Reader, scope: AccountScope, inbox_id: int) -> dict[int, list[Row]]:
    by_user: dict[int, list[Row]] = {}
    for row in reader.all(_CANDIDATES, account_id=scope.account_id, inbox_id=inbox_id):
        by_user.setdefault(row[0], []).append(row)
    return by_user


def anybody_available(
    reader: Reader, scope: AccountScope, inbox_id: int, policy: Policy, owner_user_id: int | None
) -> bool:
    """Whether one of those is available by whose status a chatflow is (E01)."""
    counting = rules.who_counts(policy, owner_user_id)
    there = candidates(reader, scope, inbox_id, counting, owner_user_id)
    return any(each.status is Status.AVAILABLE for each in there)


def _candidate(rows: Sequence[Row], language: str | None, *, is_owner: bool, is_named: bool) -> Candidate:
    held = _skills(rows)
    return Candidate(
        user_id=rows[0][0],
        status=Status(rows[0][1]),
        capacity=_capacity(rows[0]),
        skill_ids=frozenset(held),
        is_owner=is_owner,
        is_named=is_named,
        main_skill_ids=frozenset(skill_id for skill_id, is_main in held.items() if is_main),
        fluency=rules.fluency(_languages(rows), language),
        last_assigned_at=rows[0][4],
    )


def _capacity(row: Row) -> int | None:
    own, usual = row[2:4]
    return usual if own is None else own


def _skills(rows: Sequence[Row]) -> dict[int, bool]:
    return {skill_id: is_main for *_, skill_id, is_main, _ in rows if skill_id is not None}


def _languages(rows: Sequence[Row]) -> dict[str, bool]:
    return {code: is_main for *_, is_main, code in rows if code is not None}


# Skills.


def skills(reader: Reader, scope: AccountScope) -> tuple[Skill, ...]:
    """All skills: by category, then those in none, languages among them; by name."""
    return tuple(Skill(*row) for row in reader.all(store.SKILLS, account_id=scope.account_id))


def skill(reader: Reader, scope: AccountScope, skill_id: int) -> Skill:
    """One skill; `NotFound` if the account has none such."""
    row = reader.one(store.FIND_SKILL, account_id=scope.account_id, id_=skill_id)
    if row is None:
        raise NotFound
    return Skill(*row)


def missing_languages(reader: Reader, scope: AccountScope) -> tuple[str, ...]:
    """Codes of the languages that the account has not got yet: all at first, later those of a new release."""
    there = {each.language for each in skills(reader, scope)}
    return tuple(code for code in LANGUAGES if code not in there)


def holders(reader: Reader, scope: AccountScope, skill_id: int) -> tuple[Use, ...]:
    """Some of the users who have a skill, deactivated ones too."""
    rows = reader.all(store.HOLDERS, account_id=scope.account_id, id_=skill_id, limit=MOST_NAMED)
    cards = accounts.user_cards(reader, scope, [row[0] for row in rows])
    return tuple(Use("user", card.id, card.name) for card in cards.values())


def holder_counts(reader: Reader, scope: AccountScope) -> dict[int, int]:
    """How many users have each skill, by its id; none where it is silent."""
    return {row[0]: row[1] for row in reader.all(store.HOLDER_COUNTS, account_id=scope.account_id)}


# Users and the account.


def usual_capacity(reader: Reader, scope: AccountScope) -> int | None:
    """How many open conversations users take who have no limit of their own; None: as many as come."""
    row = reader.one(store.USUAL_CAPACITY, account_id=scope.account_id)
    return row[0] if row else None


def user_routings(reader: Reader, scope: AccountScope, user_ids: Collection[int]) -> dict[int, UserRouting]:
    """The places in routing of users of the account, by id."""
    if not user_ids:
        return {}
    table = store.user_routing
    own = dict(
        reader.all(
            store.CAPACITIES.where(table.c.account_id == scope.account_id, table.c.user_id.in_(user_ids))
        )
    )
    held: dict[int, dict[int, bool]] = {user_id: {} for user_id in user_ids}
    skilled = store.user_skill
    for user_id, skill_id, is_main in reader.all(
        store.SKILLS_OF.where(skilled.c.account_id == scope.account_id, skilled.c.user_id.in_(user_ids))
    ):
        held[user_id][skill_id] = is_main
    return {user_id: UserRouting(user_id, own.get(user_id), held[user_id]) for user_id in user_ids}


# Whom a chatflow may name.


def assignable(
    reader: Reader, scope: AccountScope, inbox_id: int
) -> tuple[tuple[Assignable, ...], tuple[Assignable, ...]]:
    """All users and all teams of the account, and why some of them cannot be chosen for an inbox.

    `NotFound` if the account has no such inbox.
    """
    inboxes.inbox_card(reader, scope, inbox_id)
    members = inboxes.members_of(reader, scope, inbox_id)
    users = [
        Assignable(user.id, user.name, hurdle_of(user, members))
        for user in _all(partial(accounts.users, reader, scope))
    ]
    chosen = {user.id for user in users if user.hurdle is None}
    teams = [
        Assignable(team.id, team.name, None if chosen & set(team.main_member_ids) else Hurdle.NO_MEMBERS)
        for team in _all(partial(accounts.teams, reader, scope))
    ]
    return tuple(users), tuple(teams)


def check_policy(reader: Reader, scope: AccountScope, inbox_id: int, policy: Policy) -> dict[str, str]:
    """What is wrong with a policy for an inbox: messages by field (`user_ids.0`). Nothing, if it is fine.

    While it is off, the users and teams that it remembers only have to exist.
    """
    users, teams = assignable(reader, scope, inbox_id)
    wrong: dict[str, str] = {}
    for field, ids, there in (("user_ids", policy.user_ids, users), ("team_ids", policy.team_ids, teams)):
        hurdles = {each.id: each.hurdle for each in there}
        for place, id_ in enumerate(ids):
            if id_ not in hurdles:
                wrong[f"{field}.{place}"] = "no such user" if field == "user_ids" else "no such team"
            elif policy.automatic and (hurdle := hurdles[id_]):
                wrong[f"{field}.{place}"] = WHY_NOT[hurdle]
    known = {each.id for each in skills(reader, scope)} if policy.skill_ids else set[int]()
    for place, skill_id in enumerate(policy.skill_ids):
        if skill_id not in known:
            wrong[f"skill_ids.{place}"] = "no such skill"
    if policy.automatic and policy.to == "users_and_teams" and not (policy.user_ids or policy.team_ids):
        wrong["user_ids"] = "choose at least one user or team"
    if policy.fallback == "inbox" or policy.fallback_inbox_id is not None:
        wrong |= _check_fallback(reader, scope, inbox_id, policy)
    return wrong


def _check_fallback(reader: Reader, scope: AccountScope, inbox_id: int, policy: Policy) -> dict[str, str]:
    other = policy.fallback_inbox_id
    if other is None:
        return {"fallback_inbox_id": "choose an inbox"} if policy.automatic else {}
    card = inboxes.inbox_cards(reader, scope, [other]).get(other)
    if card is None:
        return {"fallback_inbox_id": "no such inbox"}
    if policy.automatic and policy.fallback == "inbox":
        if other == inbox_id:
            return {"fallback_inbox_id": "must be another inbox"}
        if card.archived_at is not None:
            return {"fallback_inbox_id": "is archived"}
    return {}


def _all(page_after: Callable[[int, str | None], Page[T]]) -> Iterator[T]:
    after: str | None = None
    while True:
        page = page_after(MOST, after)
        yield from page.items
        after = page.after
        if after is None:
            return
