"""The SQL of accounts. Logins and their sessions belong to the installation, everything else to an account."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    or_,
    select,
    update,
)

from pocketdesk.storage import Statement, account_key, belongs_to, insert, key, metadata

account = Table(
    "account",
    metadata,
    key("id"),
    Column("name", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

login = Table(
    "login",
    metadata,
    key("id"),
    Column("email", Text, nullable=False, unique=True),
    Column("password_hash", Text),
    Column("created_at", BigInteger, nullable=False),
)

login_session = Table(
    "login_session",
    metadata,
    key("id"),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("login_id", BigInteger, ForeignKey("login.id"), nullable=False, index=True),
    Column("created_at", BigInteger, nullable=False),
    Column("last_seen_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("user_agent", Text, nullable=False),
    Column("ip", Text, nullable=False),
)

permission_set = Table(
    "permission_set",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    key("id"),
    Column("name", Text, nullable=False),
    Column("permissions", Text, nullable=False),
    Column("builtin", Text),
    CheckConstraint("builtin IN ('administrator', 'agent')", name="builtin"),
)

user = Table(
    "user",
    metadata,
    account_key(),
    key("id"),
    Column("login_id", BigInteger, ForeignKey("login.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("permission_set_id", BigInteger, nullable=False),
    Column("can_receive", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    Column("status_at", BigInteger, nullable=False),
    # Who said so, if it was somebody else.
    Column("status_set_by", BigInteger),
    Column("last_seen_at", BigInteger),
    Column("joined_at", BigInteger),
    Column("deactivated_at", BigInteger),
    # A file: upwards, hence without a foreign key.
    Column("photo_id", BigInteger),
    belongs_to("permission_set", permission_set_id="id"),
    belongs_to("user", status_set_by="id"),
    UniqueConstraint("account_id", "login_id"),
    CheckConstraint("status IN ('available', 'away')", name="status"),
)

_has_photo = user.c.photo_id.is_not(None)
Index(
    "ix_user_photo",
    user.c.account_id,
    user.c.photo_id,
    unique=True,
    sqlite_where=_has_photo,
    postgresql_where=_has_photo,
)

invitation = Table(
    "invitation",
    metadata,
    account_key(),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("token_hash", Text, nullable=False, unique=True),
    # Of the link that went out by mail, which nobody here has seen.
    Column("mailed_hash", Text, unique=True),
    Column("expires_at", BigInteger, nullable=False),
    belongs_to("user", user_id="id"),
)

team = Table(
    "team",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    key("id"),
    Column("name", Text, nullable=False),
    Column("deleted_at", BigInteger),
)

team_member = Table(
    "team_member",
    metadata,
    account_key(),
    key("team_id"),
    key("user_id"),
    Column("is_main", Boolean, nullable=False),
    belongs_to("team", team_id="id"),
    belongs_to("user", user_id="id"),
    Index("ix_team_member_user_id", "account_id", "user_id"),
)

api_token = Table(
    "api_token",
    metadata,
    account_key(),
    key("id"),
    Column("name", Text, nullable=False),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("scopes", Text, nullable=False),
    Column("created_by", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger),
    Column("revoked_at", BigInteger),
    belongs_to("user", created_by="id"),
)

integration = Table(
    "integration",
    metadata,
    account_key(),
    key("id"),
    Column("name", Text, nullable=False),
    Column("client_id", Text, nullable=False, unique=True),
    Column("secret_hash", Text, nullable=False),
    Column("redirect_uris", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_by", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    belongs_to("user", created_by="id"),
)

connection = Table(
    "connection",
    metadata,
    account_key(),
    key("id"),
    Column("integration_id", BigInteger, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("scopes", Text, nullable=False),
    # The code that opened it, and what it is bound to. It stays known, so that it is seen when it comes again.
    Column("code_hash", Text, nullable=False, unique=True),
    Column("code_expires_at", BigInteger, nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("challenge", Text),
    # None until the code is exchanged.
    Column("refresh_hash", Text, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger, nullable=False),
    belongs_to("integration", integration_id="id"),
    belongs_to("user", user_id="id"),
    Index("ix_connection_integration_id", "account_id", "integration_id", "id"),
    Index("ix_connection_user_id", "account_id", "user_id"),
    Index("ix_connection_last_used_at", "last_used_at"),
)

access_token = Table(
    "access_token",
    metadata,
    account_key(),
    key("id"),
    Column("connection_id", BigInteger, nullable=False),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("expires_at", BigInteger, nullable=False, index=True),
    belongs_to("connection", connection_id="id"),
    Index("ix_access_token_connection_id", "account_id", "connection_id"),
)

audit_entry = Table(
    "audit_entry",
    metadata,
    account_key(),
    key("id"),
    Column("at", BigInteger, nullable=False),
    Column("actor_user_id", BigInteger, nullable=False),
    Column("verb", Text, nullable=False),
    Column("object_kind", Text, nullable=False),
    Column("object_id", BigInteger, nullable=False),
    Column("facts", Text, nullable=False),
    belongs_to("user", actor_user_id="id"),
    Index("ix_audit_entry_at", "account_id", "at", "id"),
)

_account_id = bindparam("account_id", type_=BigInteger)
_id = bindparam("id_", type_=BigInteger)
_now = bindparam("now", type_=BigInteger)
_token_hash = bindparam("token_hash_", type_=Text)

# The account itself.

ANY_ACCOUNT = Statement(select(account.c.id).limit(1))
FIND_ACCOUNT = Statement(
    select(account.c.id, account.c.name, account.c.created_at).where(account.c.id == _id)
)
ALL_ACCOUNTS = Statement(select(account.c.id, account.c.name, account.c.created_at).order_by(account.c.id))
ADD_ACCOUNT = Statement(insert(account))
NAME_ACCOUNT = Statement(
    update(account).where(account.c.id == _id).values(name=bindparam("name_", type_=Text))
)

# Logins and sessions.

FIND_LOGIN = Statement(
    select(login.c.id, login.c.password_hash).where(login.c.email == bindparam("email_", type_=Text))
)
ADD_LOGIN = Statement(insert(login))
SET_PASSWORD = Statement(
    update(login).where(login.c.id == _id).values(password_hash=bindparam("encoded", type_=Text))
)
_active = and_(user.c.joined_at.is_not(None), user.c.deactivated_at.is_(None))
FIND_CREDENTIALS = Statement(
    select(login.c.id, login.c.password_hash).where(
        login.c.email == bindparam("email_", type_=Text),
        login.c.password_hash.is_not(None),
        select(user.c.id).where(user.c.login_id == login.c.id, _active).exists(),
    )
)
ADD_SESSION = Statement(insert(login_session))
_setter = user.alias("setter")
FIND_SESSION = Statement(
    select(
        login_session.c.id,
        login_session.c.login_id,
        login.c.email,
        login_session.c.created_at,
        login_session.c.last_seen_at,
        user.c.account_id,
        account.c.name,
        user.c.id,
        user.c.name,
        user.c.status,
        user.c.can_receive,
        user.c.last_seen_at,
        permission_set.c.permissions,
        permission_set.c.builtin,
        user.c.status_set_by,
        _setter.c.name,
        user.c.photo_id,
    )
    .select_from(
        login_session.join(login, login.c.id == login_session.c.login_id)
        .join(user, and_(user.c.login_id == login.c.id, _active))
        .join(account, account.c.id == user.c.account_id)
        .join(
            permission_set,
            and_(
                permission_set.c.account_id == user.c.account_id,
                permission_set.c.id == user.c.permission_set_id,
            ),
        )
        .outerjoin(
            _setter,
            and_(_setter.c.account_id == user.c.account_id, _setter.c.id == user.c.status_set_by),
        )
    )
    .where(login_session.c.token_hash == _token_hash, login_session.c.expires_at > _now)
    .order_by(user.c.account_id)
)
SEE_SESSION = Statement(
    update(login_session)
    .where(login_session.c.id == _id)
    .values(last_seen_at=_now, expires_at=bindparam("expires", type_=BigInteger))
)
END_SESSION = Statement(
    delete(login_session).where(login_session.c.id == _id).returning(login_session.c.login_id)
)
END_SESSIONS_OF_LOGIN = Statement(delete(login_session).where(login_session.c.login_id == _id))
USERS_OF_LOGIN = Statement(select(user.c.account_id, user.c.id).where(user.c.login_id == _id, _active))
EXPIRED_SESSIONS = Statement(
    select(login_session.c.id)
    .where(login_session.c.expires_at <= _now)
    .order_by(login_session.c.expires_at)
    .limit(bindparam("limit", type_=BigInteger))
)
DROP_SESSION = Statement(delete(login_session).where(login_session.c.id == _id))
EXPIRED_INVITATIONS = Statement(
    select(invitation.c.account_id, invitation.c.user_id)
    .where(invitation.c.expires_at <= _now)
    .limit(bindparam("limit", type_=BigInteger))
)

# Users.

_USER = (
    select(
        user.c.id,
        user.c.login_id,
        login.c.email,
        user.c.name,
        user.c.permission_set_id,
        permission_set.c.permissions,
        permission_set.c.builtin,
        user.c.can_receive,
        user.c.status,
        user.c.status_at,
        user.c.status_set_by,
        user.c.last_seen_at,
        user.c.joined_at,
        user.c.deactivated_at,
        user.c.account_id,
        user.c.photo_id,
    )
    .select_from(
        user.join(login, login.c.id == user.c.login_id).join(
            permission_set,
            and_(
                permission_set.c.account_id == user.c.account_id,
                permission_set.c.id == user.c.permission_set_id,
            ),
        )
    )
    .where(user.c.account_id == _account_id)
)
FIND_USER = Statement(_USER.where(user.c.id == _id))
FIND_USER_OF_LOGIN = Statement(
    select(user.c.id).where(
        user.c.account_id == _account_id, user.c.login_id == bindparam("login", type_=BigInteger)
    )
)
USERS = Statement(
    _USER.where(user.c.id > bindparam("after", type_=BigInteger))
    .order_by(user.c.id)
    .limit(bindparam("limit", type_=BigInteger))
)
CARDS = select(
    user.c.id,
    user.c.name,
    user.c.status,
    user.c.can_receive,
    user.c.joined_at,
    user.c.deactivated_at,
    user.c.photo_id,
)
ADMINISTRATORS = Statement(
    select(user.c.id)
    .select_from(
        user.join(
            permission_set,
            and_(
                permission_set.c.account_id == user.c.account_id,
                permission_set.c.id == user.c.permission_set_id,
            ),
        )
    )
    .where(user.c.account_id == _account_id, _active, permission_set.c.builtin == "administrator")
    .order_by(user.c.id)
)
ADD_USER = Statement(insert(user))
SET_USER = Statement(
    update(user)
    .where(user.c.account_id == _account_id, user.c.id == _id)
    .values(
        name=bindparam("name_", type_=Text),
        permission_set_id=bindparam("set_id", type_=BigInteger),
        can_receive=bindparam("receives", type_=Boolean),
        status=bindparam("status_", type_=Text),
        status_at=bindparam("since", type_=BigInteger),
        status_set_by=bindparam("set_by", type_=BigInteger),
        deactivated_at=bindparam("deactivated", type_=BigInteger),
    )
)
JOIN_USER = Statement(
    update(user)
    .where(user.c.account_id == _account_id, user.c.id == _id)
    .values(joined_at=_now, status_at=_now, name=bindparam("name_", type_=Text))
)
PHOTO_OF = Statement(select(user.c.photo_id).where(user.c.account_id == _account_id, user.c.id == _id))
SET_PHOTO = Statement(
    update(user)
    .where(user.c.account_id == _account_id, user.c.id == _id)
    .values(photo_id=bindparam("photo", type_=BigInteger))
)
WEARS = Statement(
    select(user.c.id).where(
        user.c.account_id == _account_id, user.c.photo_id == bindparam("photo", type_=BigInteger), _active
    )
)
SEE_USER = Statement(
    update(user).where(user.c.account_id == _account_id, user.c.id == _id).values(last_seen_at=_now)
)

# Invitations.

PUT_INVITATION = Statement(
    insert(invitation).on_conflict_do_update(
        index_elements=[invitation.c.account_id, invitation.c.user_id],
        set_={
            "token_hash": insert(invitation).excluded.token_hash,
            "mailed_hash": insert(invitation).excluded.mailed_hash,
            "expires_at": insert(invitation).excluded.expires_at,
        },
    )
)
FIND_INVITATION = Statement(
    select(
        invitation.c.account_id,
        account.c.name,
        user.c.id,
        user.c.name,
        login.c.id,
        login.c.email,
        login.c.password_hash,
    )
    .select_from(
        invitation.join(
            user, and_(user.c.account_id == invitation.c.account_id, user.c.id == invitation.c.user_id)
        )
        .join(login, login.c.id == user.c.login_id)
        .join(account, account.c.id == invitation.c.account_id)
    )
    .where(
        or_(invitation.c.token_hash == _token_hash, invitation.c.mailed_hash == _token_hash),
        invitation.c.expires_at > _now,
        user.c.joined_at.is_(None),
        user.c.deactivated_at.is_(None),
    )
)
INVITATION_OF = Statement(
    select(invitation.c.expires_at).where(
        invitation.c.account_id == _account_id, invitation.c.user_id == _id, invitation.c.expires_at > _now
    )
)
MAIL_INVITATION = Statement(
    update(invitation)
    .where(invitation.c.account_id == _account_id, invitation.c.user_id == _id)
    .values(mailed_hash=_token_hash)
)
DROP_INVITATION = Statement(
    delete(invitation).where(invitation.c.account_id == _account_id, invitation.c.user_id == _id)
)

# Teams.

TEAMS = Statement(
    select(team.c.id, team.c.name)
    .where(
        team.c.account_id == _account_id,
        team.c.deleted_at.is_(None),
        team.c.id > bindparam("after", type_=BigInteger),
    )
    .order_by(team.c.id)
    .limit(bindparam("limit", type_=BigInteger))
)
FIND_TEAM = Statement(
    select(team.c.id, team.c.name).where(
        team.c.account_id == _account_id, team.c.id == _id, team.c.deleted_at.is_(None)
    )
)
TEAM_CARDS = select(team.c.id, team.c.name, team.c.deleted_at)
TEAM_MEMBERS = select(team_member.c.team_id, team_member.c.user_id, team_member.c.is_main).order_by(
    team_member.c.team_id, team_member.c.user_id
)
ADD_TEAM = Statement(insert(team))
NAME_TEAM = Statement(
    update(team)
    .where(team.c.account_id == _account_id, team.c.id == _id)
    .values(name=bindparam("name_", type_=Text))
)
DELETE_TEAM = Statement(
    update(team).where(team.c.account_id == _account_id, team.c.id == _id).values(deleted_at=_now)
)
ADD_TEAM_MEMBER = Statement(insert(team_member))
CLEAR_TEAM = Statement(
    delete(team_member).where(team_member.c.account_id == _account_id, team_member.c.team_id == _id)
)

# Permission sets.

_SET = select(
    permission_set.c.id, permission_set.c.name, permission_set.c.permissions, permission_set.c.builtin
).where(permission_set.c.account_id == _account_id)
PERMISSION_SETS = Statement(
    _SET.where(permission_set.c.id > bindparam("after", type_=BigInteger))
    .order_by(permission_set.c.id)
    .limit(bindparam("limit", type_=BigInteger))
)
FIND_SET = Statement(_SET.where(permission_set.c.id == _id))
FIND_BUILTIN = Statement(_SET.where(permission_set.c.builtin == bindparam("builtin_", type_=Text)))
ADD_SET = Statement(insert(permission_set))
CHANGE_SET = Statement(
    update(permission_set)
    .where(permission_set.c.account_id == _account_id, permission_set.c.id == _id)
    .values(name=bindparam("name_", type_=Text), permissions=bindparam("words", type_=Text))
)
DROP_SET = Statement(
    delete(permission_set).where(permission_set.c.account_id == _account_id, permission_set.c.id == _id)
)
SET_USED = Statement(
    select(user.c.id).where(user.c.account_id == _account_id, user.c.permission_set_id == _id).limit(1)
)

# API tokens.

TOKENS = Statement(
    select(
        api_token.c.id,
        api_token.c.name,
        api_token.c.scopes,
        api_token.c.created_by,
        api_token.c.created_at,
        api_token.c.last_used_at,
        api_token.c.revoked_at,
    )
    .where(api_token.c.account_id == _account_id, api_token.c.id > bindparam("after", type_=BigInteger))
    .order_by(api_token.c.id)
    .limit(bindparam("limit", type_=BigInteger))
)
ADD_TOKEN = Statement(insert(api_token))
REVOKE_TOKEN = Statement(
    update(api_token)
    .where(api_token.c.account_id == _account_id, api_token.c.id == _id, api_token.c.revoked_at.is_(None))
    .values(revoked_at=_now)
    .returning(api_token.c.id)
)
FIND_TOKEN = Statement(
    select(
        api_token.c.id,
        api_token.c.account_id,
        api_token.c.created_by,
        api_token.c.scopes,
        permission_set.c.permissions,
        permission_set.c.builtin,
        api_token.c.last_used_at,
    )
    .select_from(
        api_token.join(
            user,
            and_(user.c.account_id == api_token.c.account_id, user.c.id == api_token.c.created_by, _active),
        ).join(
            permission_set,
            and_(
                permission_set.c.account_id == user.c.account_id,
                permission_set.c.id == user.c.permission_set_id,
            ),
        )
    )
    .where(api_token.c.token_hash == _token_hash, api_token.c.revoked_at.is_(None))
)
USE_TOKEN = Statement(
    update(api_token)
    .where(api_token.c.account_id == _account_id, api_token.c.id == _id)
    .values(last_used_at=_now)
)

# Integrations, and the connections that users made with them.

_INTEGRATION = select(
    integration.c.id,
    integration.c.name,
    integration.c.client_id,
    integration.c.redirect_uris,
    integration.c.scopes,
    integration.c.created_by,
    integration.c.created_at,
)
INTEGRATIONS = Statement(
    _INTEGRATION.where(integration.c.account_id == _account_id).order_by(integration.c.id)
)
FIND_INTEGRATION = Statement(
    _INTEGRATION.where(integration.c.account_id == _account_id, integration.c.id == _id)
)
FIND_CLIENT = Statement(
    _INTEGRATION.add_columns(integration.c.account_id, integration.c.secret_hash).where(
        integration.c.client_id == bindparam("client_id_", type_=Text)
    )
)
ADD_INTEGRATION = Statement(insert(integration))
CHANGE_INTEGRATION = Statement(
    update(integration)
    .where(integration.c.account_id == _account_id, integration.c.id == _id)
    .values(
        name=bindparam("name_", type_=Text),
        redirect_uris=bindparam("uris", type_=Text),
        scopes=bindparam("words", type_=Text),
    )
)
SET_CLIENT_SECRET = Statement(
    update(integration)
    .where(integration.c.account_id == _account_id, integration.c.id == _id)
    .values(secret_hash=_token_hash)
)
DROP_INTEGRATION = Statement(
    delete(integration).where(integration.c.account_id == _account_id, integration.c.id == _id)
)
CONNECTIONS = Statement(
    select(
        connection.c.id,
        connection.c.user_id,
        user.c.name,
        connection.c.scopes,
        connection.c.created_at,
        connection.c.last_used_at,
    )
    .select_from(
        connection.join(
            user, and_(user.c.account_id == connection.c.account_id, user.c.id == connection.c.user_id)
        )
    )
    .where(
        connection.c.account_id == _account_id,
        connection.c.integration_id == bindparam("integration", type_=BigInteger),
        connection.c.refresh_hash.is_not(None),
        connection.c.id > bindparam("after", type_=BigInteger),
    )
    .order_by(connection.c.id)
    .limit(bindparam("limit", type_=BigInteger))
)
ADD_CONNECTION = Statement(insert(connection))
FIND_CODE = Statement(
    select(
        connection.c.id,
        connection.c.integration_id,
        connection.c.code_expires_at,
        connection.c.redirect_uri,
        connection.c.challenge,
        connection.c.refresh_hash,
        connection.c.user_id,
    ).where(
        connection.c.account_id == _account_id, connection.c.code_hash == bindparam("code_hash_", type_=Text)
    )
)
OPEN_CONNECTION = Statement(
    update(connection)
    .where(connection.c.account_id == _account_id, connection.c.id == _id)
    .values(refresh_hash=bindparam("refresh_hash_", type_=Text), last_used_at=_now)
)
USE_CONNECTION = Statement(
    update(connection)
    .where(connection.c.account_id == _account_id, connection.c.id == _id)
    .values(last_used_at=_now)
)
_GRANT = (
    select(
        connection.c.id,
        connection.c.integration_id,
        integration.c.client_id,
        connection.c.account_id,
        connection.c.user_id,
        login.c.email,
        connection.c.scopes,
        integration.c.scopes,
        permission_set.c.permissions,
        permission_set.c.builtin,
        connection.c.last_used_at,
    )
    .select_from(
        connection.join(
            integration,
            and_(
                integration.c.account_id == connection.c.account_id,
                integration.c.id == connection.c.integration_id,
            ),
        )
        .join(
            user,
            and_(user.c.account_id == connection.c.account_id, user.c.id == connection.c.user_id, _active),
        )
        .join(login, login.c.id == user.c.login_id)
        .join(
            permission_set,
            and_(
                permission_set.c.account_id == user.c.account_id,
                permission_set.c.id == user.c.permission_set_id,
            ),
        )
    )
    .where(connection.c.refresh_hash.is_not(None))
)
FIND_REFRESH_TOKEN = Statement(
    _GRANT.where(
        connection.c.refresh_hash == _token_hash,
        connection.c.last_used_at > bindparam("idle_since", type_=BigInteger),
    )
)
FIND_ACCESS_TOKEN = Statement(
    _GRANT.add_columns(access_token.c.expires_at)
    .join(
        access_token,
        and_(
            access_token.c.account_id == connection.c.account_id,
            access_token.c.connection_id == connection.c.id,
        ),
    )
    .where(access_token.c.token_hash == _token_hash, access_token.c.expires_at > _now)
)
ADD_ACCESS_TOKEN = Statement(insert(access_token))
CONNECTIONS_OF_INTEGRATION = Statement(
    select(connection.c.id).where(connection.c.account_id == _account_id, connection.c.integration_id == _id)
)
CONNECTIONS_OF_USER = Statement(
    select(connection.c.id).where(connection.c.account_id == _account_id, connection.c.user_id == _id)
)
IDLE_CONNECTIONS = Statement(
    select(connection.c.account_id, connection.c.id)
    .where(
        or_(
            connection.c.last_used_at <= bindparam("idle_since", type_=BigInteger),
            and_(
                connection.c.last_used_at <= bindparam("coded_since", type_=BigInteger),
                connection.c.refresh_hash.is_(None),
            ),
        )
    )
    .limit(bindparam("limit", type_=BigInteger))
)
DROP_ACCESS_TOKENS = Statement(
    delete(access_token).where(access_token.c.account_id == _account_id, access_token.c.connection_id == _id)
)
DROP_CONNECTION = Statement(
    delete(connection).where(connection.c.account_id == _account_id, connection.c.id == _id)
)
EXPIRED_ACCESS_TOKENS = Statement(
    select(access_token.c.account_id, access_token.c.id)
    .where(access_token.c.expires_at <= _now)
    .order_by(access_token.c.expires_at)
    .limit(bindparam("limit", type_=BigInteger))
)
DROP_ACCESS_TOKEN = Statement(
    delete(access_token).where(access_token.c.account_id == _account_id, access_token.c.id == _id)
)

# Audit log.

ADD_AUDIT_ENTRY = Statement(insert(audit_entry))
AUDIT_ENTRIES = Statement(
    select(
        audit_entry.c.id,
        audit_entry.c.at,
        audit_entry.c.actor_user_id,
        user.c.name,
        audit_entry.c.verb,
        audit_entry.c.object_kind,
        audit_entry.c.object_id,
        audit_entry.c.facts,
    )
    .select_from(
        audit_entry.join(
            user,
            and_(user.c.account_id == audit_entry.c.account_id, user.c.id == audit_entry.c.actor_user_id),
        )
    )
    .where(
        audit_entry.c.account_id == _account_id,
        or_(
            audit_entry.c.at < bindparam("before", type_=BigInteger),
            and_(
                audit_entry.c.at == bindparam("before", type_=BigInteger),
                audit_entry.c.id < bindparam("before_id", type_=BigInteger),
            ),
        ),
    )
    .order_by(audit_entry.c.at.desc(), audit_entry.c.id.desc())
    .limit(bindparam("limit", type_=BigInteger))
)
