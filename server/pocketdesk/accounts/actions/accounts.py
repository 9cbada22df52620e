"""What is done to accounts and their people. Every change of a person's rights stands in the audit log."""

import json
from collections.abc import Collection
from dataclasses import dataclass, replace

from pocketdesk.accounts import store, views
from pocketdesk.accounts.actions.integrations import end_connections_of
from pocketdesk.accounts.actions.records import SWEPT_AT_ONCE, new_secret, record_audit
from pocketdesk.accounts.events import (
    SessionEnded,
    TeamMembersChanged,
    UserDeactivated,
    UserStatusChanged,
)
from pocketdesk.accounts.model import (
    Actor,
    ApiToken,
    Builtin,
    PasswordHash,
    Permission,
    PermissionSet,
    Session,
    Status,
    Team,
    User,
    UserChanges,
)
from pocketdesk.accounts.rules import rights, tokens
from pocketdesk.accounts.rules.words import clean_email, clean_name
from pocketdesk.jobs import Job
from pocketdesk.kernel.refusal import Invalid, NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import UnitOfWork

MAIL_INVITATION = "mail.invitation"
"""The job of the feature above that sends invitations."""


# Accounts.


@dataclass(frozen=True, slots=True)
class Founded:
    """A new account and its first user, an administrator."""

    scope: AccountScope
    actor: Actor
    login_id: int


def set_up(unit: UnitOfWork, account_name: str, name: str, email: str, password: PasswordHash) -> Founded:
    """Makes the installation's first account. `AlreadySetUp` if it has one."""
    unit.lock("set_up", 0, 0)
    if not views.needs_set_up(unit):
        raise rights.AlreadySetUp
    return create_account(unit, account_name, name, email, password)


def create_account(
    unit: UnitOfWork, account_name: str, name: str, email: str, password: PasswordHash | None = None
) -> Founded:
    """Makes an account with its built-in permission sets and its first administrator.

    Without a password the administrator needs an invitation (`invite`). A login that exists keeps its own password.
    """
    account_name = clean_name(account_name, "account_name")
    name = clean_name(name)
    email = clean_email(email)
    login_id, has_password = _login(unit, email, password)
    scope = AccountScope(unit.new_id())
    unit.run(store.ADD_ACCOUNT, id=scope.account_id, name=account_name, created_at=unit.now)
    set_ids: dict[Builtin, int] = {}
    for builtin in Builtin:
        set_ids[builtin] = unit.new_id()
        unit.run(
            store.ADD_SET,
            account_id=scope.account_id,
            id=set_ids[builtin],
            name=builtin.name.capitalize(),
            permissions=_words(rights.effective(frozenset(), builtin)),
            builtin=builtin.value,
        )
    user_id = _add_user(
        unit,
        scope,
        login_id,
        name,
        set_ids[Builtin.ADMINISTRATOR],
        can_receive=True,
        joined_at=unit.now if has_password else None,
    )
    record_audit(unit, scope, user_id, "created", "account", scope.account_id)
    return Founded(scope, Actor(user_id, rights.EVERYTHING), login_id)


def rename_account(unit: UnitOfWork, scope: AccountScope, actor: Actor, name: str) -> None:
    """Gives the account another name."""
    name = clean_name(name)
    unit.run(store.NAME_ACCOUNT, id_=scope.account_id, name_=name)
    record_audit(unit, scope, actor.user_id, "renamed", "account", scope.account_id)


# Signing in and out.


def open_session(unit: UnitOfWork, login_id: int, user_agent: str, ip: str) -> str:
    """Signs a login in and returns the cookie's value."""
    secret = new_secret()
    unit.run(
        store.ADD_SESSION,
        id=unit.new_id(),
        token_hash=secret.hash,
        login_id=login_id,
        created_at=unit.now,
        last_seen_at=unit.now,
        expires_at=tokens.session_expires(unit.now, unit.now),
        user_agent=user_agent[:300],
        ip=ip[:64],
    )
    return secret.word


def end_session(unit: UnitOfWork, session_id: int) -> None:
    """Signs out on one browser."""
    row = unit.one(store.END_SESSION, id_=session_id)
    if row is not None:
        for account_id, user_id in unit.all(store.USERS_OF_LOGIN, id_=row[0]):
            unit.record(account_id, SessionEnded(user_id, session_id))


def see_user(unit: UnitOfWork, scope: AccountScope, user_id: int, session: Session) -> None:
    """Notes that a user is here, which prolongs the session."""
    expires = tokens.session_expires(session.created_at, unit.now)
    unit.run(store.SEE_SESSION, id_=session.id, now=unit.now, expires=expires)
    unit.run(store.SEE_USER, account_id=scope.account_id, id_=user_id, now=unit.now)


def use_token(unit: UnitOfWork, scope: AccountScope, token_id: int) -> None:
    """Notes that an API token is in use."""
    unit.run(store.USE_TOKEN, account_id=scope.account_id, id_=token_id, now=unit.now)


# Users.


def create_user(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    name: str,
    email: str,
    permission_set_id: int | None = None,
    *,
    can_receive: bool = True,
    password: PasswordHash | None = None,
) -> User:
    """Adds a user, by default an Agent. With a password (or a login that has one) given by the operator the user has
    joined; without one, `invite` makes the link with which they join.
    """
    name = clean_name(name)
    email = clean_email(email)
    unit.lock("users", scope.account_id, 0)
    granted = _set_to_grant(unit, scope, actor, permission_set_id)
    login_row = unit.one(store.FIND_LOGIN, email_=email)
    if login_row and unit.one(store.FIND_USER_OF_LOGIN, account_id=scope.account_id, login=login_row[0]):
        raise rights.AlreadyMember(fields={"email": "is a user of this account already"})
    login_id, _ = _login(unit, email, password)
    user_id = _add_user(
        unit,
        scope,
        login_id,
        name,
        granted.id,
        can_receive=can_receive,
        joined_at=unit.now if password else None,
    )
    record_audit(unit, scope, actor.user_id, "created", "user", user_id, {"permission_set_id": granted.id})
    return views.user(unit, scope, user_id)


def invite(unit: UnitOfWork, scope: AccountScope, actor: Actor, user_id: int) -> str:
    """Makes the link's word with which a user joins; earlier ones stop working. `NotFound` if they have joined.

    The user gets another link by mail, if this installation sends any.
    """
    invited = views.user(unit, scope, user_id)
    if invited.joined_at is not None or invited.deactivated_at is not None:
        raise NotFound("only users who have not joined yet are invited")
    rights.check_outranks(actor, invited.permissions)
    secret = new_secret()
    unit.run(
        store.PUT_INVITATION,
        account_id=scope.account_id,
        user_id=user_id,
        token_hash=secret.hash,
        mailed_hash=None,
        expires_at=unit.now + tokens.INVITATION_MS,
    )
    unit.enqueue(Job(scope.account_id, MAIL_INVITATION, str(user_id), {"user_id": user_id}))
    record_audit(unit, scope, actor.user_id, "invited", "user", user_id)
    return secret.word


def mail_invitation(unit: UnitOfWork, scope: AccountScope, user_id: int) -> str:
    """The word of a link that goes out by mail, beside the one that was shown; an earlier mail's stops working."""
    secret = new_secret()
    unit.run(store.MAIL_INVITATION, account_id=scope.account_id, id_=user_id, token_hash_=secret.hash)
    return secret.word


def accept_invitation(unit: UnitOfWork, token: str, name: str, password: PasswordHash) -> int:
    """Joins the account and returns the login's id.

    `password` is the new password's hash, or, where the login has a password already, that stored hash: the proof
    that it was shown just now. Whoever made the link never gets into a login that exists.
    """
    name = clean_name(name)
    found = views.invitation(unit, token, unit.now)
    if found is None:
        raise rights.InvitationGone
    if found.password_hash is None:
        unit.run(store.SET_PASSWORD, id_=found.login_id, encoded=password.encoded)
    elif found.password_hash != password:
        raise rights.WrongCredentials
    scope = AccountScope(found.account_id)
    unit.run(store.JOIN_USER, account_id=found.account_id, id_=found.user_id, now=unit.now, name_=name)
    unit.run(store.DROP_INVITATION, account_id=found.account_id, id_=found.user_id)
    record_audit(unit, scope, found.user_id, "joined", "user", found.user_id)
    return found.login_id


def change_user(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, user_id: int, changes: UserChanges
) -> User:
    """Changes a user. Deactivating ends their sessions and what they let in; the last administrator stays one.

    A status that somebody else sets is marked as theirs until the user sets one.
    """
    unit.lock("users", scope.account_id, 0)
    before = views.user(unit, scope, user_id)
    after = _changed(unit, scope, actor, before, changes)
    if after == before:
        return before
    leaves = after.deactivated_at is not None and before.deactivated_at is None
    administers = before.is_active and before.builtin is Builtin.ADMINISTRATOR
    if administers and (leaves or after.builtin is not Builtin.ADMINISTRATOR):
        rights.check_administrators(views.administrators(unit, scope), user_id)
    _store_user(unit, scope, before, after)
    if leaves:
        unit.run(store.DROP_INVITATION, account_id=scope.account_id, id_=user_id)
        end_connections_of(unit, scope, user_id)
        if not unit.all(store.USERS_OF_LOGIN, id_=before.login_id):
            unit.run(store.END_SESSIONS_OF_LOGIN, id_=before.login_id)
        unit.record(scope.account_id, UserDeactivated(user_id))
    verb = (
        "deactivated"
        if leaves
        else "reactivated"
        if before.deactivated_at and not after.deactivated_at
        else "changed"
    )
    facts = {"permission_set_id": after.permission_set_id, "status": after.status}
    record_audit(unit, scope, actor.user_id, verb, "user", user_id, facts)
    return views.user(unit, scope, user_id)


def change_own(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, name: str | None, status: Status | None
) -> User:
    """Changes what everybody may change of themselves: name and status."""
    before = views.user(unit, scope, actor.user_id)
    after = _changed(unit, scope, actor, before, UserChanges(name=name, status=status))
    if after != before:
        _store_user(unit, scope, before, after)
    return after


def set_photo(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, user_id: int, photo_id: int | None
) -> int | None:
    """Gives a user a photo, or takes it away; the id of the file that was it before. `NotFound` without such a user."""
    unit.lock("users", scope.account_id, 0)
    row = unit.one(store.PHOTO_OF, account_id=scope.account_id, id_=user_id)
    if row is None:
        raise NotFound
    unit.run(store.SET_PHOTO, account_id=scope.account_id, id_=user_id, photo=photo_id)
    if actor.user_id != user_id:
        record_audit(unit, scope, actor.user_id, "changed", "user", user_id, {"photo": photo_id})
    return row[0]


def _changed(unit: UnitOfWork, scope: AccountScope, actor: Actor, before: User, changes: UserChanges) -> User:
    after = before
    if changes.name is not None:
        after = replace(after, name=clean_name(changes.name))
    if changes.can_receive is not None:
        after = replace(after, can_receive=changes.can_receive)
    if changes.status is not None:
        set_by = None if actor.user_id == before.id else actor.user_id
        if changes.status is not before.status:
            after = replace(after, status=changes.status, status_at=unit.now, status_set_by=set_by)
        elif set_by is None:
            after = replace(after, status_set_by=None)
    if changes.permission_set_id is not None and changes.permission_set_id != before.permission_set_id:
        rights.check_outranks(actor, before.permissions)
        granted = _set_to_grant(unit, scope, actor, changes.permission_set_id)
        after = replace(
            after, permission_set_id=granted.id, permissions=granted.permissions, builtin=granted.builtin
        )
    if changes.deactivated is not None and changes.deactivated != (before.deactivated_at is not None):
        rights.check_outranks(actor, before.permissions)
        after = replace(after, deactivated_at=unit.now if changes.deactivated else None)
    return after


def _store_user(unit: UnitOfWork, scope: AccountScope, before: User, user: User) -> None:
    unit.run(
        store.SET_USER,
        account_id=scope.account_id,
        id_=user.id,
        name_=user.name,
        set_id=user.permission_set_id,
        receives=user.can_receive,
        status_=user.status.value,
        since=user.status_at,
        set_by=user.status_set_by,
        deactivated=user.deactivated_at,
    )
    if user.status is not before.status:
        unit.record(scope.account_id, UserStatusChanged(user.id, user.status, user.status_set_by))


def _set_to_grant(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, permission_set_id: int | None
) -> PermissionSet:
    if permission_set_id is None:
        return views.builtin_set(unit, scope, Builtin.AGENT)
    try:
        granted = views.permission_set(unit, scope, permission_set_id)
    except NotFound:
        raise Invalid({"permission_set_id": "no such permission set"}) from None
    rights.check_grant(actor, granted.permissions, "permission_set_id")
    return granted


def _login(unit: UnitOfWork, email: str, password: PasswordHash | None) -> tuple[int, bool]:
    """The login with this address, made if there is none, and whether it has a password now."""
    unit.lock("logins", 0, 0)
    row = unit.one(store.FIND_LOGIN, email_=email)
    if row is None:
        login_id = unit.new_id()
        unit.run(
            store.ADD_LOGIN,
            id=login_id,
            email=email,
            password_hash=password.encoded if password else None,
            created_at=unit.now,
        )
        return login_id, password is not None
    if row[1] is None and password is not None:
        unit.run(store.SET_PASSWORD, id_=row[0], encoded=password.encoded)
        return row[0], True
    return row[0], row[1] is not None


def _add_user(
    unit: UnitOfWork,
    scope: AccountScope,
    login_id: int,
    name: str,
    permission_set_id: int,
    *,
    can_receive: bool,
    joined_at: int | None,
) -> int:
    user_id = unit.new_id()
    unit.run(
        store.ADD_USER,
        account_id=scope.account_id,
        id=user_id,
        login_id=login_id,
        name=name,
        permission_set_id=permission_set_id,
        can_receive=can_receive,
        status=Status.AVAILABLE.value,
        status_at=unit.now,
        status_set_by=None,
        last_seen_at=None,
        joined_at=joined_at,
        deactivated_at=None,
        photo_id=None,
    )
    return user_id


# Teams.


def create_team(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    name: str,
    main_member_ids: Collection[int] = (),
    extra_member_ids: Collection[int] = (),
) -> Team:
    """Makes a team."""
    name = clean_name(name)
    _check_members(unit, scope, main_member_ids, extra_member_ids)
    team_id = unit.new_id()
    unit.run(store.ADD_TEAM, account_id=scope.account_id, id=team_id, name=name, deleted_at=None)
    _put_members(unit, scope, team_id, main_member_ids, extra_member_ids)
    record_audit(unit, scope, actor.user_id, "created", "team", team_id)
    return views.team(unit, scope, team_id)


def change_team(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    team_id: int,
    name: str | None = None,
    main_member_ids: Collection[int] | None = None,
    extra_member_ids: Collection[int] | None = None,
) -> Team:
    """Renames a team or gives it other members; None leaves that part as it is."""
    before = views.team(unit, scope, team_id)
    name = before.name if name is None else clean_name(name)
    main = before.main_member_ids if main_member_ids is None else tuple(sorted(set(main_member_ids)))
    extra = before.extra_member_ids if extra_member_ids is None else tuple(sorted(set(extra_member_ids)))
    _check_members(unit, scope, main, extra)
    if name != before.name:
        unit.run(store.NAME_TEAM, account_id=scope.account_id, id_=team_id, name_=name)
    if (main, extra) != (before.main_member_ids, before.extra_member_ids):
        unit.run(store.CLEAR_TEAM, account_id=scope.account_id, id_=team_id)
        _put_members(unit, scope, team_id, main, extra)
        old = {*before.main_member_ids, *before.extra_member_ids}
        if moved := old ^ {*main, *extra}:
            unit.record(scope.account_id, TeamMembersChanged(team_id, tuple(sorted(moved))))
    record_audit(unit, scope, actor.user_id, "changed", "team", team_id)
    return views.team(unit, scope, team_id)


def delete_team(unit: UnitOfWork, scope: AccountScope, actor: Actor, team_id: int) -> None:
    """Deletes a team: what it could see, its members no longer see through it. Its name stays on what it did."""
    before = views.team(unit, scope, team_id)
    unit.run(store.CLEAR_TEAM, account_id=scope.account_id, id_=team_id)
    unit.run(store.DELETE_TEAM, account_id=scope.account_id, id_=team_id, now=unit.now)
    members = tuple(sorted({*before.main_member_ids, *before.extra_member_ids}))
    unit.record(scope.account_id, TeamMembersChanged(team_id, members))
    record_audit(unit, scope, actor.user_id, "deleted", "team", team_id)


def _check_members(
    unit: UnitOfWork, scope: AccountScope, main: Collection[int], extra: Collection[int]
) -> None:
    if set(main) & set(extra):
        raise Invalid({"extra_member_ids": "nobody is a main and an extra member of the same team"})
    known = views.user_cards(unit, scope, {*main, *extra})
    for field, members in (("main_member_ids", main), ("extra_member_ids", extra)):
        for place, member in enumerate(members):
            if member not in known:
                raise Invalid({f"{field}.{place}": "no such user"})


def _put_members(
    unit: UnitOfWork, scope: AccountScope, team_id: int, main: Collection[int], extra: Collection[int]
) -> None:
    rows = [(member, True) for member in sorted(set(main))] + [
        (member, False) for member in sorted(set(extra))
    ]
    unit.run_many(
        store.ADD_TEAM_MEMBER,
        [
            {"account_id": scope.account_id, "team_id": team_id, "user_id": member, "is_main": is_main}
            for member, is_main in rows
        ],
    )


# Permission sets.


def create_permission_set(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, name: str, permissions: Collection[str]
) -> PermissionSet:
    """Makes a permission set out of rights that the actor holds."""
    name = clean_name(name)
    granted = rights.parse_permissions(permissions, "permissions")
    rights.check_grant(actor, granted, "permissions")
    set_id = unit.new_id()
    unit.run(
        store.ADD_SET,
        account_id=scope.account_id,
        id=set_id,
        name=name,
        permissions=_words(granted),
        builtin=None,
    )
    record_audit(
        unit, scope, actor.user_id, "created", "permission_set", set_id, {"permissions": sorted(granted)}
    )
    return views.permission_set(unit, scope, set_id)


def change_permission_set(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    set_id: int,
    name: str | None = None,
    permissions: Collection[str] | None = None,
) -> PermissionSet:
    """Changes a permission set for all who have it. Rights that come or go must be the actor's own."""
    before = views.permission_set(unit, scope, set_id)
    rights.check_changeable(before)
    name = before.name if name is None else clean_name(name)
    granted = before.permissions
    if permissions is not None:
        granted = rights.parse_permissions(permissions, "permissions")
        rights.check_grant(actor, granted ^ before.permissions, "permissions")
    unit.run(store.CHANGE_SET, account_id=scope.account_id, id_=set_id, name_=name, words=_words(granted))
    record_audit(
        unit, scope, actor.user_id, "changed", "permission_set", set_id, {"permissions": sorted(granted)}
    )
    return views.permission_set(unit, scope, set_id)


def delete_permission_set(unit: UnitOfWork, scope: AccountScope, actor: Actor, set_id: int) -> None:
    """Deletes a permission set that nobody has."""
    unit.lock("users", scope.account_id, 0)
    before = views.permission_set(unit, scope, set_id)
    rights.check_changeable(before)
    if unit.one(store.SET_USED, account_id=scope.account_id, id_=set_id):
        raise rights.SetInUse
    unit.run(store.DROP_SET, account_id=scope.account_id, id_=set_id)
    record_audit(unit, scope, actor.user_id, "deleted", "permission_set", set_id)


# API tokens.


def create_token(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, name: str, scopes: Collection[str]
) -> tuple[ApiToken, str]:
    """Makes an API token out of rights that the actor holds; the word is shown only now."""
    name = clean_name(name)
    granted = rights.parse_permissions(scopes, "scopes")
    rights.check_grant(actor, granted, "scopes")
    secret = new_secret(tokens.API_PREFIX)
    token = ApiToken(unit.new_id(), name, granted, actor.user_id, unit.now, None, None)
    unit.run(
        store.ADD_TOKEN,
        account_id=scope.account_id,
        id=token.id,
        name=name,
        token_hash=secret.hash,
        scopes=_words(granted),
        created_by=actor.user_id,
        created_at=unit.now,
        last_used_at=None,
        revoked_at=None,
    )
    record_audit(unit, scope, actor.user_id, "created", "token", token.id, {"scopes": sorted(granted)})
    return token, secret.word


def revoke_token(unit: UnitOfWork, scope: AccountScope, actor: Actor, token_id: int) -> None:
    """Stops an API token for good. `NotFound` if there is none, or it is revoked already."""
    if unit.one(store.REVOKE_TOKEN, account_id=scope.account_id, id_=token_id, now=unit.now) is None:
        raise NotFound
    record_audit(unit, scope, actor.user_id, "revoked", "token", token_id)


def sweep(unit: UnitOfWork) -> bool:
    """Removes some of the sessions and invitations that are too old to be used; whether there may be more."""
    sessions = unit.all(store.EXPIRED_SESSIONS, now=unit.now, limit=SWEPT_AT_ONCE)
    unit.run_many(store.DROP_SESSION, [{"id_": row[0]} for row in sessions])
    invitations = unit.all(store.EXPIRED_INVITATIONS, now=unit.now, limit=SWEPT_AT_ONCE)
    unit.run_many(
        store.DROP_INVITATION,
        [{"account_id": account_id, "id_": user_id} for account_id, user_id in invitations],
    )
    return SWEPT_AT_ONCE in {len(sessions), len(invitations)}


def _words(permissions: frozenset[Permission]) -> str:
    return json.dumps(sorted(permissions))
