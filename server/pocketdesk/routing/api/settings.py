"""Skills, capacities, and who can be chosen for an inbox."""

from collections.abc import Callable, Sequence
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends, Query, Request

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.api import (
    USUAL_LIMIT,
    AgentCaller,
    Caller,
    PageAfter,
    PageLimit,
    PathId,
    Storage,
    require,
)
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.routing import actions, views
from pocketdesk.routing.model import Use
from pocketdesk.routing.wire import (
    AssignablesOut,
    NewSkill,
    SettingsIn,
    SettingsOut,
    SkillOut,
    SkillPatch,
    SkillsOut,
    UserRoutingIn,
    UserRoutingOut,
    UserRoutingsOut,
    to_assignables,
    to_skill,
    to_skills,
    to_user_routing,
)
from pocketdesk.storage import Reader, UnitOfWork

SkillUses: TypeAlias = Callable[[Reader, AccountScope, int], Sequence[Use]]
"""What outside of routing names a skill. `app.state.skill_uses` holds one."""

router = APIRouter()

Leader = Annotated[AgentCaller, Depends(require("people"))]
Editor = Annotated[AgentCaller, Depends(require("chatflows"))]


def skill_uses(request: Request) -> SkillUses:
    """How this process knows what names a skill."""
    return request.app.state.skill_uses


# The account.


@router.get("/settings")
async def get_settings(caller: Caller, engine: Storage) -> SettingsOut:
    """How many open conversations users take who have no limit of their own."""
    capacity = await engine.read(lambda reader: views.usual_capacity(reader, caller.scope))
    return SettingsOut(capacity=capacity)


@router.put("/settings")
async def put_settings(body: SettingsIn, caller: Leader, engine: Storage) -> SettingsOut:
    """Sets how many open conversations users take who have no limit of their own."""
    capacity = await engine.write(
        lambda unit: actions.set_usual_capacity(unit, caller.scope, caller.actor, body.capacity)
    )
    return SettingsOut(capacity=capacity)


# Skills.


@router.get("/skills")
async def get_skills(caller: Caller, engine: Storage) -> SkillsOut:
    """All skills: by category, then languages. The account's languages are made when somebody first looks."""
    if await engine.read(lambda reader: views.missing_languages(reader, caller.scope)):
        await engine.write(lambda unit: actions.stock_languages(unit, caller.scope))
    return await engine.read(
        lambda reader: to_skills(
            views.skills(reader, caller.scope), views.holder_counts(reader, caller.scope)
        )
    )


@router.post("/skills", status_code=201)
async def post_skill(body: NewSkill, caller: Leader, engine: Storage) -> SkillOut:
    """Makes a skill."""
    return to_skill(
        await engine.write(
            lambda unit: actions.create_skill(unit, caller.scope, caller.actor, body.name, body.category)
        ),
        0,
    )


@router.patch("/skills/{skill_id}")
async def patch_skill(skill_id: PathId, body: SkillPatch, caller: Leader, engine: Storage) -> SkillOut:
    """Renames a skill or puts it into another category. 409 `language_skill` for those of Pocketdesk."""

    def change(unit: UnitOfWork) -> SkillOut:
        skill = actions.change_skill(unit, caller.scope, caller.actor, skill_id, body.name, body.category)
        return to_skill(skill, views.holder_counts(unit, caller.scope).get(skill_id, 0))

    return await engine.write(change)


@router.delete("/skills/{skill_id}", status_code=204)
async def delete_skill(
    skill_id: PathId,
    caller: Leader,
    engine: Storage,
    uses: Annotated[SkillUses, Depends(skill_uses)],
) -> None:
    """Deletes a skill. 409 `skill_in_use` names the users and chatflows that have it; 409 `language_skill`."""

    def delete(unit: UnitOfWork) -> None:
        elsewhere = uses(unit, caller.scope, skill_id)
        actions.delete_skill(unit, caller.scope, caller.actor, skill_id, elsewhere)

    await engine.write(delete)


# Users.


@router.get("/users")
async def get_users(
    caller: Caller, engine: Storage, limit: PageLimit = USUAL_LIMIT, after: PageAfter = None
) -> UserRoutingsOut:
    """How much each user can take, and their skills; oldest user first."""

    def read(reader: Reader) -> UserRoutingsOut:
        page = accounts.users(reader, caller.scope, limit, after)
        found = views.user_routings(reader, caller.scope, [user.id for user in page.items])
        items = [to_user_routing(found[user.id], user.name) for user in page.items]
        return UserRoutingsOut(items=items, after=page.after)

    return await engine.read(read)


@router.put("/users/{user_id}")
async def put_user(user_id: PathId, body: UserRoutingIn, caller: Leader, engine: Storage) -> UserRoutingOut:
    """Sets how much a user can take, and all their skills."""
    held = {each.skill_id: each.is_main for each in body.skills}
    if len(held) < len(body.skills):
        raise Invalid({"skills": "names one twice"})

    def put(unit: UnitOfWork) -> UserRoutingOut:
        found = actions.set_user_routing(unit, caller.scope, caller.actor, user_id, body.capacity, held)
        return to_user_routing(found, accounts.user(unit, caller.scope, user_id).name)

    return await engine.write(put)


# For chatflows.


@router.get("/assignable")
async def get_assignable(
    caller: Editor, engine: Storage, inbox_id: Annotated[int, Query(ge=1, lt=2**53)]
) -> AssignablesOut:
    """Every user and team, and why some of them cannot be chosen for an inbox."""
    users, teams = await engine.read(lambda reader: views.assignable(reader, caller.scope, inbox_id))
    return to_assignables(users, teams)
