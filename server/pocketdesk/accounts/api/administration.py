"""The account's users, teams, permission sets, API tokens and audit log."""

from typing import Annotated

from fastapi import APIRouter, Depends

from pocketdesk.accounts import actions, views
from pocketdesk.accounts.api.callers import (
    USUAL_LIMIT,
    AgentCaller,
    Caller,
    PageAfter,
    PageLimit,
    PathId,
    SendsMail,
    Storage,
    require,
)
from pocketdesk.accounts.model import Status, UserChanges
from pocketdesk.accounts.wire import (
    AccountOut,
    AccountPatch,
    AuditOut,
    InvitedOut,
    NewPermissionSet,
    NewTeam,
    NewToken,
    NewTokenOut,
    NewUser,
    OwnPatch,
    PermissionSetOut,
    PermissionSetPatch,
    PermissionSetsOut,
    TeamOut,
    TeamPatch,
    TeamsOut,
    TokensOut,
    UserOut,
    UserPatch,
    UsersOut,
    to_audit,
    to_permission_set,
    to_permission_sets,
    to_team,
    to_teams,
    to_token,
    to_tokens,
    to_user,
    to_users,
)
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Reader, UnitOfWork

router = APIRouter(prefix="/accounts/{account_id}", tags=["account"])

People = Annotated[AgentCaller, Depends(require("people"))]
Tokens = Annotated[AgentCaller, Depends(require("tokens"))]
Auditor = Annotated[AgentCaller, Depends(require("audit"))]


@router.get("")
async def get_account(caller: Caller, engine: Storage) -> AccountOut:
    """The account."""
    return await engine.read(lambda reader: _account(reader, caller.scope))


@router.patch("")
async def patch_account(body: AccountPatch, caller: People, engine: Storage) -> AccountOut:
    """Renames the account."""

    def rename(unit: UnitOfWork) -> AccountOut:
        actions.rename_account(unit, caller.scope, caller.actor, body.name)
        return _account(unit, caller.scope)

    return await engine.write(rename)


def _account(reader: Reader, scope: AccountScope) -> AccountOut:
    found = views.account(reader, scope)
    return AccountOut(id=found.id, name=found.name, created_at=found.created_at)


@router.patch("/me")
async def patch_me(body: OwnPatch, caller: Caller, engine: Storage) -> UserOut:
    """Changes the caller's own name or status."""
    status = Status(body.status) if body.status else None
    return to_user(
        await engine.write(
            lambda unit: actions.change_own(unit, caller.scope, caller.actor, body.name, status)
        )
    )


# Users.


@router.get("/users")
async def get_users(
    caller: Caller, engine: Storage, limit: PageLimit = USUAL_LIMIT, after: PageAfter = None
) -> UsersOut:
    """The account's users, oldest first."""
    return to_users(await engine.read(lambda reader: views.users(reader, caller.scope, limit, after)))


@router.post("/users", status_code=201)
async def post_user(body: NewUser, caller: People, engine: Storage, is_mailed: SendsMail) -> InvitedOut:
    """Adds a user, who joins with the link."""

    def add(unit: UnitOfWork) -> InvitedOut:
        user = actions.create_user(
            unit,
            caller.scope,
            caller.actor,
            body.name,
            body.email,
            body.permission_set_id,
            can_receive=body.can_receive,
        )
        word = actions.invite(unit, caller.scope, caller.actor, user.id)
        return InvitedOut(user=to_user(user), invite_path=f"/invite/{word}", is_mailed=is_mailed)

    return await engine.write(add)


@router.get("/users/{user_id}")
async def get_user(user_id: PathId, caller: Caller, engine: Storage) -> UserOut:
    """One user."""
    return to_user(await engine.read(lambda reader: views.user(reader, caller.scope, user_id)))


@router.patch("/users/{user_id}")
async def patch_user(user_id: PathId, body: UserPatch, caller: People, engine: Storage) -> UserOut:
    """Changes a user. Deactivating ends their sessions."""
    changes = UserChanges(
        name=body.name,
        permission_set_id=body.permission_set_id,
        can_receive=body.can_receive,
        status=Status(body.status) if body.status else None,
        deactivated=body.deactivated,
    )
    return to_user(
        await engine.write(
            lambda unit: actions.change_user(unit, caller.scope, caller.actor, user_id, changes)
        )
    )


@router.post("/users/{user_id}/invitation", status_code=201)
async def post_user_invitation(
    user_id: PathId, caller: People, engine: Storage, is_mailed: SendsMail
) -> InvitedOut:
    """Makes a new link for a user who has not joined yet; the one before stops working."""

    def renew(unit: UnitOfWork) -> InvitedOut:
        word = actions.invite(unit, caller.scope, caller.actor, user_id)
        user = to_user(views.user(unit, caller.scope, user_id))
        return InvitedOut(user=user, invite_path=f"/invite/{word}", is_mailed=is_mailed)

    return await engine.write(renew)


# Teams.


@router.get("/teams")
async def get_teams(
    caller: Caller, engine: Storage, limit: PageLimit = USUAL_LIMIT, after: PageAfter = None
) -> TeamsOut:
    """The account's teams, oldest first."""
    return to_teams(await engine.read(lambda reader: views.teams(reader, caller.scope, limit, after)))


@router.post("/teams", status_code=201)
async def post_team(body: NewTeam, caller: People, engine: Storage) -> TeamOut:
    """Makes a team."""
    return to_team(
        await engine.write(
            lambda unit: actions.create_team(
                unit, caller.scope, caller.actor, body.name, body.main_member_ids, body.extra_member_ids
            )
        )
    )


@router.patch("/teams/{team_id}")
async def patch_team(team_id: PathId, body: TeamPatch, caller: People, engine: Storage) -> TeamOut:
    """Changes a team's name or members."""
    return to_team(
        await engine.write(
            lambda unit: actions.change_team(
                unit,
                caller.scope,
                caller.actor,
                team_id,
                body.name,
                body.main_member_ids,
                body.extra_member_ids,
            )
        )
    )


@router.delete("/teams/{team_id}", status_code=204)
async def delete_team(team_id: PathId, caller: People, engine: Storage) -> None:
    """Deletes a team."""
    await engine.write(lambda unit: actions.delete_team(unit, caller.scope, caller.actor, team_id))


# Permission sets.


@router.get("/permission-sets")
async def get_permission_sets(
    caller: Caller, engine: Storage, limit: PageLimit = USUAL_LIMIT, after: PageAfter = None
) -> PermissionSetsOut:
    """The account's permission sets with the rights in effect, oldest first."""
    return to_permission_sets(
        await engine.read(lambda reader: views.permission_sets(reader, caller.scope, limit, after))
    )


@router.post("/permission-sets", status_code=201)
async def post_permission_set(body: NewPermissionSet, caller: People, engine: Storage) -> PermissionSetOut:
    """Makes a permission set; nobody can grant what they do not hold."""
    return to_permission_set(
        await engine.write(
            lambda unit: actions.create_permission_set(
                unit, caller.scope, caller.actor, body.name, body.permissions
            )
        )
    )


@router.patch("/permission-sets/{set_id}")
async def patch_permission_set(
    set_id: PathId, body: PermissionSetPatch, caller: People, engine: Storage
) -> PermissionSetOut:
    """Changes a permission set for everybody who has it. 409 `builtin` for those of Pocketdesk."""
    return to_permission_set(
        await engine.write(
            lambda unit: actions.change_permission_set(
                unit, caller.scope, caller.actor, set_id, body.name, body.permissions
            )
        )
    )


@router.delete("/permission-sets/{set_id}", status_code=204)
async def delete_permission_set(set_id: PathId, caller: People, engine: Storage) -> None:
    """Deletes a permission set that nobody has. 409 `in_use`, 409 `builtin`."""
    await engine.write(lambda unit: actions.delete_permission_set(unit, caller.scope, caller.actor, set_id))


# API tokens and the audit log.


@router.get("/tokens")
async def get_tokens(
    caller: Tokens, engine: Storage, limit: PageLimit = USUAL_LIMIT, after: PageAfter = None
) -> TokensOut:
    """The account's API tokens without their secrets, oldest first."""
    return to_tokens(await engine.read(lambda reader: views.tokens(reader, caller.scope, limit, after)))


@router.post("/tokens", status_code=201)
async def post_token(body: NewToken, caller: Tokens, engine: Storage) -> NewTokenOut:
    """Makes an API token that acts for the caller; its secret is shown only now."""
    token, secret = await engine.write(
        lambda unit: actions.create_token(unit, caller.scope, caller.actor, body.name, body.scopes)
    )
    return NewTokenOut(token=to_token(token), secret=secret)


@router.delete("/tokens/{token_id}", status_code=204)
async def delete_token(token_id: PathId, caller: Tokens, engine: Storage) -> None:
    """Revokes an API token for good."""
    await engine.write(lambda unit: actions.revoke_token(unit, caller.scope, caller.actor, token_id))


@router.get("/audit")
async def get_audit(
    caller: Auditor, engine: Storage, limit: PageLimit = USUAL_LIMIT, after: PageAfter = None
) -> AuditOut:
    """Who changed what, newest first."""
    return to_audit(await engine.read(lambda reader: views.audit(reader, caller.scope, limit, after)))
