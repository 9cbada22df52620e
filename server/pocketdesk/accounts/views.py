"""What others read of accounts and their people."""

import json
from collections.abc import Collection, Iterable
from typing import cast

from sqlalchemy import ScalarSelect, Select, and_, select
from sqlalchemy.sql.elements import ColumnElement

from pocketdesk.accounts import store
from pocketdesk.accounts.model import (
    Account,
    Actor,
    ApiToken,
    AuditEntry,
    Builtin,
    Client,
    Connection,
    ConnectionGrant,
    Credentials,
    Integration,
    Invitation,
    Membership,
    PasswordHash,
    Permission,
    PermissionSet,
    Session,
    Setter,
    Status,
    Team,
    TeamCard,
    TokenGrant,
    User,
    UserCard,
)
from pocketdesk.accounts.rules.oauth import IDLE_MS, SCOPES, is_client_id
from pocketdesk.accounts.rules.rights import effective, token_rights
from pocketdesk.accounts.rules.tokens import token_hash
from pocketdesk.accounts.rules.words import color_of, initials_of, photo_path
from pocketdesk.kernel.page import Page, from_cursor, to_page
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Reader
from pocketdesk.storage.statement import Row

_LAST = 2**62

# Accounts.


def needs_set_up(reader: Reader) -> bool:
    """Whether the installation has no account yet."""
    return reader.one(store.ANY_ACCOUNT) is None


def open_account(reader: Reader, account_id: int) -> AccountScope:
    """The scope of an account for somebody who has named or proven it; `NotFound` if there is none."""
    if reader.one(store.FIND_ACCOUNT, id_=account_id) is None:
        raise NotFound
    return AccountScope(account_id)


def account(reader: Reader, scope: AccountScope) -> Account:
    """The account; `NotFound` if there is none."""
    row = reader.one(store.FIND_ACCOUNT, id_=scope.account_id)
    if row is None:
        raise NotFound
    return Account(*row)


def all_accounts(reader: Reader) -> list[Account]:
    """Every account of the installation, for its operator."""
    return [Account(*row) for row in reader.all(store.ALL_ACCOUNTS)]


def administrator(reader: Reader, scope: AccountScope) -> Actor:
    """The account's longest serving administrator, for whom the command line acts; `NotFound` if there is none."""
    row = reader.one(store.ADMINISTRATORS, account_id=scope.account_id)
    if row is None:
        raise NotFound
    return Actor(row[0], frozenset(Permission))


# Who is there.


def credentials(reader: Reader, email: str) -> Credentials | None:
    """What a sign-in with this (clean) address is checked against; None if nobody may sign in with it."""
    row = reader.one(store.FIND_CREDENTIALS, email_=email)
    return Credentials(row[0], PasswordHash(row[1])) if row else None


def session_of(reader: Reader, token: str, now: int) -> Session | None:
    """The session of a cookie's value, with every account in which its login is an active user."""
    rows = reader.all(store.FIND_SESSION, token_hash_=token_hash(token), now=now)
    if not rows:
        return None
    memberships = tuple(
        Membership(
            account_id=row[5],
            account_name=row[6],
            user_id=row[7],
            name=row[8],
            status=Status(row[9]),
            can_receive=row[10],
            last_seen_at=row[11],
            permissions=_effective(row[12], row[13]),
            status_set_by=None if row[14] is None else Setter(row[14], row[15]),
            image=photo_path(row[5], row[16]),
        )
        for row in rows
    )
    id_, login_id, email, created_at, last_seen_at = rows[0][:5]
    return Session(id_, login_id, email, created_at, last_seen_at, memberships)


def token_grant(reader: Reader, token: str) -> TokenGrant | None:
    """What an API token allows; None unless it is ours, not revoked, and its maker an active user."""
    row = reader.one(store.FIND_TOKEN, token_hash_=token_hash(token))
    if row is None:
        return None
    id_, account_id, user_id, words, permissions, builtin, last_used_at = row
    scopes = _permissions(words)
    return TokenGrant(
        id_,
        AccountScope(account_id),
        user_id,
        scopes,
        token_rights(scopes, _effective(permissions, builtin)),
        last_used_at,
    )


def invitation(reader: Reader, token: str, now: int) -> Invitation | None:
    """The open invitation behind a link."""
    row = reader.one(store.FIND_INVITATION, token_hash_=token_hash(token), now=now)
    if row is None:
        return None
    account_id, account_name, user_id, name, login_id, email, encoded = row
    password_hash = PasswordHash(encoded) if encoded else None
    return Invitation(account_id, account_name, user_id, name, login_id, email, password_hash)


def invited_until(reader: Reader, scope: AccountScope, user_id: int, now: int) -> int | None:
    """When the open invitation of a user ends; None if there is none."""
    row = reader.one(store.INVITATION_OF, account_id=scope.account_id, id_=user_id, now=now)
    return row[0] if row else None


# Users.


def users(reader: Reader, scope: AccountScope, limit: int, after: str | None = None) -> Page[User]:
    """All users, deactivated ones too, oldest first."""
    rows = reader.all(store.USERS, account_id=scope.account_id, after=_after(after), limit=limit + 1)
    return to_page([_user(row) for row in rows], limit, lambda found: (found.id,))


def user(reader: Reader, scope: AccountScope, user_id: int) -> User:
    """One user; `NotFound` if the account has no such user."""
    row = reader.one(store.FIND_USER, account_id=scope.account_id, id_=user_id)
    if row is None:
        raise NotFound
    return _user(row)


def user_cards(reader: Reader, scope: AccountScope, user_ids: Collection[int]) -> dict[int, UserCard]:
    """Those of the users that exist in the account, by id, in one query."""
    if not user_ids:
        return {}
    found = reader.all(
        store.CARDS.where(store.user.c.account_id == scope.account_id, store.user.c.id.in_(user_ids))
    )
    return {
        id_: UserCard(
            id_,
            name,
            initials_of(name),
            color_of(id_),
            Status(status),
            can_receive,
            is_active := joined_at is not None and deactivated_at is None,
            photo_path(scope.account_id, photo_id) if is_active else None,
        )
        for id_, name, status, can_receive, joined_at, deactivated_at, photo_id in found
    }


def has_photo(reader: Reader, scope: AccountScope, photo_id: int) -> bool:
    """Whether an active user has this photo."""
    return reader.one(store.WEARS, account_id=scope.account_id, photo=photo_id) is not None


def administrators(reader: Reader, scope: AccountScope) -> frozenset[int]:
    """Ids of the active administrators."""
    return frozenset(row[0] for row in reader.all(store.ADMINISTRATORS, account_id=scope.account_id))


# Teams.


def teams(reader: Reader, scope: AccountScope, limit: int, after: str | None = None) -> Page[Team]:
    """The teams with their members, oldest first."""
    rows = reader.all(store.TEAMS, account_id=scope.account_id, after=_after(after), limit=limit + 1)
    page = to_page(rows, limit, lambda row: (row[0],))
    return Page(_with_members(reader, scope, page.items), page.after)


def team(reader: Reader, scope: AccountScope, team_id: int) -> Team:
    """One team with its members; `NotFound` if there is none, or it is deleted."""
    row = reader.one(store.FIND_TEAM, account_id=scope.account_id, id_=team_id)
    if row is None:
        raise NotFound
    return _with_members(reader, scope, [row])[0]


def team_cards(reader: Reader, scope: AccountScope, team_ids: Collection[int]) -> dict[int, TeamCard]:
    """Names of teams by id, deleted ones too, in one query."""
    if not team_ids:
        return {}
    found = reader.all(
        store.TEAM_CARDS.where(store.team.c.account_id == scope.account_id, store.team.c.id.in_(team_ids))
    )
    return {id_: TeamCard(id_, name, deleted_at is not None) for id_, name, deleted_at in found}


def team_ids_query(account_id: ColumnElement[int], user_id: ColumnElement[int]) -> Select[tuple[int]]:
    """The ids of a user's teams as SQL, to be part of another feature's statement."""
    member = store.team_member
    return select(member.c.team_id).where(member.c.account_id == account_id, member.c.user_id == user_id)


def is_active_query(account_id: ColumnElement[int], user_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a user is active, as SQL."""
    found = store.user
    return (
        select(found.c.id)
        .where(
            found.c.account_id == account_id,
            found.c.id == user_id,
            found.c.joined_at.is_not(None),
            found.c.deactivated_at.is_(None),
        )
        .exists()
    )


def user_name_query(account_id: ColumnElement[int], user_id: ColumnElement[int]) -> ScalarSelect[str]:
    """A user's name, as SQL."""
    found = store.user
    return (
        select(found.c.name).where(found.c.account_id == account_id, found.c.id == user_id).scalar_subquery()
    )


def user_photo_query(account_id: ColumnElement[int], user_id: ColumnElement[int]) -> ScalarSelect[int | None]:
    """The id of a user's photo, as SQL."""
    found = store.user
    return (
        select(found.c.photo_id)
        .where(found.c.account_id == account_id, found.c.id == user_id)
        .scalar_subquery()
    )


def is_photo_query(account_id: ColumnElement[int], file_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a file is some user's photo, as SQL."""
    found = store.user
    return select(found.c.id).where(found.c.account_id == account_id, found.c.photo_id == file_id).exists()


def active_members_query(team_ids: Select[tuple[int]], account_id: ColumnElement[int]) -> Select[tuple[int]]:
    """The ids of all active users in some teams, as SQL."""
    member, found = store.team_member, store.user
    return (
        select(member.c.user_id)
        .join(found, and_(found.c.account_id == member.c.account_id, found.c.id == member.c.user_id))
        .where(
            member.c.account_id == account_id,
            member.c.team_id.in_(team_ids),
            found.c.joined_at.is_not(None),
            found.c.deactivated_at.is_(None),
        )
    )


def receivers_query(account_id: ColumnElement[int]) -> Select[int, str]:
    """Id and status of the active users who can receive conversations, as SQL."""
    found = store.user
    return select(found.c.id, found.c.status).where(
        found.c.account_id == account_id,
        found.c.can_receive,
        found.c.joined_at.is_not(None),
        found.c.deactivated_at.is_(None),
    )


def main_members_query(account_id: ColumnElement[int]) -> Select[int, int]:
    """Team and user ids of all main members in an account, as SQL."""
    member = store.team_member
    return select(member.c.team_id, member.c.user_id).where(
        member.c.account_id == account_id, member.c.is_main
    )


# Permission sets, tokens, audit log.


def permission_sets(
    reader: Reader, scope: AccountScope, limit: int, after: str | None = None
) -> Page[PermissionSet]:
    """All permission sets, oldest first."""
    rows = reader.all(
        store.PERMISSION_SETS, account_id=scope.account_id, after=_after(after), limit=limit + 1
    )
    return to_page([_permission_set(row) for row in rows], limit, lambda found: (found.id,))


def permission_set(reader: Reader, scope: AccountScope, set_id: int) -> PermissionSet:
    """One permission set; `NotFound` if the account has none such."""
    row = reader.one(store.FIND_SET, account_id=scope.account_id, id_=set_id)
    if row is None:
        raise NotFound
    return _permission_set(row)


def builtin_set(reader: Reader, scope: AccountScope, builtin: Builtin) -> PermissionSet:
    """One of the sets that every account has."""
    row = reader.one(store.FIND_BUILTIN, account_id=scope.account_id, builtin_=builtin.value)
    if row is None:
        raise NotFound
    return _permission_set(row)


def tokens(reader: Reader, scope: AccountScope, limit: int, after: str | None = None) -> Page[ApiToken]:
    """All API tokens, revoked ones too, oldest first. Their secrets are not known."""
    rows = reader.all(store.TOKENS, account_id=scope.account_id, after=_after(after), limit=limit + 1)
    found = [ApiToken(row[0], row[1], _permissions(row[2]), *row[3:]) for row in rows]
    return to_page(found, limit, lambda token: (token.id,))


def integrations(reader: Reader, scope: AccountScope) -> list[Integration]:
    """The account's integrations, oldest first."""
    return [_integration(row) for row in reader.all(store.INTEGRATIONS, account_id=scope.account_id)]


def integration(reader: Reader, scope: AccountScope, integration_id: int) -> Integration:
    """One integration; `NotFound` if the account has none such."""
    row = reader.one(store.FIND_INTEGRATION, account_id=scope.account_id, id_=integration_id)
    if row is None:
        raise NotFound
    return _integration(row)


def client(reader: Reader, client_id: str) -> Client | None:
    """Which integration shows itself with this id; None if none has it."""
    row = reader.one(store.FIND_CLIENT, client_id_=client_id) if is_client_id(client_id) else None
    return Client(AccountScope(row[7]), _integration(row), row[8]) if row else None


def connections(
    reader: Reader, scope: AccountScope, integration_id: int, limit: int, after: str | None = None
) -> Page[Connection]:
    """Who let an integration in, oldest first. `NotFound` without the integration."""
    allowed = integration(reader, scope, integration_id).scopes
    rows = reader.all(
        store.CONNECTIONS,
        account_id=scope.account_id,
        integration=integration_id,
        after=_after(after),
        limit=limit + 1,
    )
    found = [
        Connection(id_, user_id, name, _scopes(words) & allowed, created_at, last_used_at)
        for id_, user_id, name, words, created_at, last_used_at in rows
    ]
    return to_page(found, limit, lambda each: (each.id,))


def access_grant(reader: Reader, token: str, now: int) -> ConnectionGrant | None:
    """What an access token allows; None unless it is ours, still lives, and its user is active."""
    row = reader.one(store.FIND_ACCESS_TOKEN, token_hash_=token_hash(token), now=now)
    return _connection_grant(row, row[11]) if row else None


def refresh_grant(reader: Reader, token: str, now: int) -> ConnectionGrant | None:
    """What a refresh token allows; None unless it is ours, was used not too long ago, and its user is active."""
    row = reader.one(store.FIND_REFRESH_TOKEN, token_hash_=token_hash(token), idle_since=now - IDLE_MS)
    return _connection_grant(row, None) if row else None


def audit(reader: Reader, scope: AccountScope, limit: int, after: str | None = None) -> Page[AuditEntry]:
    """The audit log, newest first."""
    before, before_id = from_cursor(after, int, int) if after else (_LAST, _LAST)
    rows = reader.all(
        store.AUDIT_ENTRIES,
        account_id=scope.account_id,
        before=before,
        before_id=before_id,
        limit=limit + 1,
    )
    entries = [
        AuditEntry(id_, at, actor_id, actor_name, verb, kind, object_id, json.loads(facts))
        for id_, at, actor_id, actor_name, verb, kind, object_id, facts in rows
    ]
    return to_page(entries, limit, lambda entry: (entry.at, entry.id))


# From rows to nouns.


def _after(cursor: str | None) -> int:
    return cast("int", from_cursor(cursor, int)[0]) if cursor else 0


def _permissions(words: str) -> frozenset[Permission]:
    """Rights of which a later version knows more are left out."""
    known = frozenset[str](Permission)
    return frozenset(Permission(word) for word in json.loads(words) if word in known)


def _effective(words: str, builtin: str | None) -> frozenset[Permission]:
    return effective(_permissions(words), Builtin(builtin) if builtin else None)


def _scopes(words: str) -> frozenset[str]:
    """Scopes of which a later version knows more are left out."""
    return frozenset(json.loads(words)) & SCOPES.keys()


def _integration(row: Row) -> Integration:
    id_, name, client_id, uris, words, created_by, created_at = row[:7]
    return Integration(id_, name, client_id, tuple(json.loads(uris)), _scopes(words), created_by, created_at)


def _connection_grant(row: Row, expires_at: int | None) -> ConnectionGrant:
    id_, integration_id, client_id, account_id, user_id, email, words, allowed = row[:8]
    permissions, builtin, last_used_at = row[8:11]
    return ConnectionGrant(
        connection_id=id_,
        integration_id=integration_id,
        client_id=client_id,
        scope=AccountScope(account_id),
        user_id=user_id,
        email=email,
        scopes=_scopes(words) & _scopes(allowed),
        held=_effective(permissions, builtin),
        last_used_at=last_used_at,
        expires_at=expires_at,
    )


def _permission_set(row: Row) -> PermissionSet:
    id_, name, words, builtin = row
    return PermissionSet(id_, name, _effective(words, builtin), Builtin(builtin) if builtin else None)


def _user(row: Row) -> User:
    return User(
        *row[:5],
        permissions=_effective(row[5], row[6]),
        builtin=Builtin(row[6]) if row[6] else None,
        can_receive=row[7],
        status=Status(row[8]),
        status_at=row[9],
        status_set_by=row[10],
        last_seen_at=row[11],
        joined_at=row[12],
        deactivated_at=row[13],
        image=photo_path(row[14], row[15]) if row[13] is None else None,
    )


def _with_members(reader: Reader, scope: AccountScope, rows: Iterable[Row]) -> tuple[Team, ...]:
    found = [(row[0], row[1]) for row in rows]
    main: dict[int, list[int]] = {id_: [] for id_, _ in found}
    extra: dict[int, list[int]] = {id_: [] for id_, _ in found}
    if found:
        member = store.team_member
        query = store.TEAM_MEMBERS.where(member.c.account_id == scope.account_id, member.c.team_id.in_(main))
        for team_id, user_id, is_main in reader.all(query):
            (main if is_main else extra)[team_id].append(user_id)
    return tuple(Team(id_, name, tuple(main[id_]), tuple(extra[id_])) for id_, name in found)
