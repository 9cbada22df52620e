"""What routing does: it holds others off while somebody chooses, remembers whom it chose, and keeps its settings."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.actions import record_audit
from pocketdesk.accounts.model import Actor
from pocketdesk.accounts.rules.words import clean_name
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.routing import store, views
from pocketdesk.routing.model import Skill, Use, UserRouting
from pocketdesk.routing.rules import skills
from pocketdesk.storage import UnitOfWork

# While a conversation is given to somebody.


def hold(unit: UnitOfWork, scope: AccountScope) -> None:
    """Holds off every other choice in the account until the commit. To be called before loads are counted.

    Of the account, and not of the inbox: a user has one capacity for all inboxes.
    """
    unit.lock("routing", scope.account_id, 0)


def note_assigned(unit: UnitOfWork, scope: AccountScope, user_id: int) -> None:
    """Remembers that a user got a conversation now, so that others are first next time."""
    unit.run(
        store.NOTE_ASSIGNED,
        account_id=scope.account_id,
        user_id=user_id,
        capacity=None,
        last_assigned_at=unit.now,
    )


# Skills.


def stock_languages(unit: UnitOfWork, scope: AccountScope) -> None:
    """Gives the account the languages that it does not have yet."""
    unit.run_many(
        store.ADD_LANGUAGE,
        [
            _row(scope, Skill(unit.new_id(), skills.LANGUAGES[code], None, code))
            for code in views.missing_languages(unit, scope)
        ],
    )


def create_skill(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, name: str, category: str | None = None
) -> Skill:
    """Makes a skill. `Invalid` if the account has one of that name, or as many as it can have."""
    unit.lock("skills", scope.account_id, 0)
    skill = Skill(unit.new_id(), clean_name(name), skills.clean_category(category), None)
    stock_languages(unit, scope)
    there = views.skills(unit, scope)
    if sum(not each.is_language for each in there) >= skills.MOST_SKILLS:
        raise Invalid({"name": f"at most {skills.MOST_SKILLS} skills"})
    _check_name(there, skill)
    unit.run(store.ADD_SKILL, **_row(scope, skill))
    record_audit(unit, scope, actor.user_id, "created", "skill", skill.id)
    return skill


def change_skill(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    skill_id: int,
    name: str | None = None,
    category: str | None = None,
) -> Skill:
    """Renames a skill or puts it into another category (`""`: none); None leaves that part. `LanguageSkill`."""
    unit.lock("skills", scope.account_id, 0)
    before = views.skill(unit, scope, skill_id)
    skills.check_changeable(before)
    after = replace(
        before,
        name=before.name if name is None else clean_name(name),
        category=before.category if category is None else skills.clean_category(category or None),
    )
    if after != before:
        _check_name(views.skills(unit, scope), after)
        unit.run(
            store.SET_SKILL,
            account_id=scope.account_id,
            id_=skill_id,
            name_=after.name,
            name_key_=skills.name_key(after.name),
            category_=after.category,
        )
        record_audit(unit, scope, actor.user_id, "changed", "skill", skill_id)
    return after


def delete_skill(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, skill_id: int, elsewhere: Collection[Use] = ()
) -> None:
    """Deletes a skill that nobody has and nothing names. `elsewhere`: what outside of routing names it.

    `SkillInUse` says where it is in use; `LanguageSkill`.
    """
    unit.lock("skills", scope.account_id, 0)
    skills.check_changeable(views.skill(unit, scope, skill_id))
    skills.check_unused([*views.holders(unit, scope, skill_id), *elsewhere])
    unit.run(store.DROP_SKILL, account_id=scope.account_id, id_=skill_id)
    record_audit(unit, scope, actor.user_id, "deleted", "skill", skill_id)


def _check_name(there: Sequence[Skill], skill: Skill) -> None:
    key = skills.name_key(skill.name)
    if any(skills.name_key(each.name) == key and each.id != skill.id for each in there):
        raise Invalid({"name": "there is a skill of this name"})


def _row(scope: AccountScope, skill: Skill) -> dict[str, object]:
    return {
        "account_id": scope.account_id,
        "id": skill.id,
        "name": skill.name,
        "name_key": skills.name_key(skill.name),
        "category": skill.category,
        "language": skill.language,
    }


# Users and the account.


def set_user_routing(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    user_id: int,
    capacity: int | None,
    held: Mapping[int, bool],
) -> UserRouting:
    """Says how much a user can take (None: as the account says) and which skills they have, main ones True."""
    skills.check_capacity(capacity)
    unit.lock("skills", scope.account_id, 0)
    accounts.user(unit, scope, user_id)
    known = {each.id for each in views.skills(unit, scope)}
    for place, skill_id in enumerate(held):
        if skill_id not in known:
            raise Invalid({f"skills.{place}.skill_id": "no such skill"})
    before = views.user_routings(unit, scope, [user_id])[user_id]
    after = UserRouting(user_id, capacity, dict(held))
    if after != before:
        unit.run(
            store.PUT_CAPACITY,
            account_id=scope.account_id,
            user_id=user_id,
            capacity=capacity,
            last_assigned_at=None,
        )
        unit.run(store.CLEAR_SKILLS, account_id=scope.account_id, id_=user_id)
        unit.run_many(
            store.ADD_USER_SKILL,
            [
                {
                    "account_id": scope.account_id,
                    "user_id": user_id,
                    "skill_id": skill_id,
                    "is_main": is_main,
                }
                for skill_id, is_main in held.items()
            ],
        )
        record_audit(unit, scope, actor.user_id, "changed", "user_routing", user_id)
    return after


def set_usual_capacity(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, capacity: int | None
) -> int | None:
    """Says how many open conversations users take who have no limit of their own; None: as many as come."""
    skills.check_capacity(capacity)
    if capacity != views.usual_capacity(unit, scope):
        unit.run(store.PUT_USUAL_CAPACITY, account_id=scope.account_id, capacity=capacity)
        record_audit(unit, scope, actor.user_id, "changed", "routing", scope.account_id)
    return capacity
