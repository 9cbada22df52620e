"""Accounts, the people who work in them, what they may do, and what they did."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pocketdesk.kernel.scope import AccountScope


class Permission(StrEnum):
    """A right that a permission set may contain. What needs none of these, every user may do."""

    CHATFLOWS = "chatflows"
    INBOXES = "inboxes"
    """Inboxes, their members and channels."""
    PEOPLE = "people"
    """Users, teams, permission sets, the account's name."""
    IDENTITY = "identity"
    """What proves who visitors are: keys, tokens, enforcement."""
    TOKENS = "tokens"
    AUDIT = "audit"
    KNOWLEDGE_EDIT = "knowledge_edit"
    """Categories and drafts of articles."""
    KNOWLEDGE_PUBLISH = "knowledge_publish"
    """Knowledge bases, and what readers get of them."""


class Builtin(StrEnum):
    """Permission sets that every account has, and nobody changes."""

    ADMINISTRATOR = "administrator"
    AGENT = "agent"


class Status(StrEnum):
    """Whether a user takes new conversations, as the user says."""

    AVAILABLE = "available"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Actor:
    """The user who acts, with the rights held at this moment."""

    user_id: int
    permissions: frozenset[Permission]


@dataclass(frozen=True, slots=True)
class Account:
    """One organisation in an installation."""

    id: int
    name: str
    created_at: int


@dataclass(frozen=True, slots=True)
class PermissionSet:
    """A named set of rights. `permissions` is what its users may do in effect."""

    id: int
    name: str
    permissions: frozenset[Permission]
    builtin: Builtin | None


@dataclass(frozen=True, slots=True)
class User:
    """A login's membership in an account. `joined_at` is None until the invitation is accepted.

    `status_set_by` is who set the status, if it was somebody else than the user.
    """

    id: int
    login_id: int
    email: str
    name: str
    permission_set_id: int
    permissions: frozenset[Permission]
    builtin: Builtin | None
    can_receive: bool
    status: Status
    status_at: int
    status_set_by: int | None
    last_seen_at: int | None
    joined_at: int | None
    deactivated_at: int | None
    image: str | None
    """Path of the photo, while the user is active."""

    @property
    def is_active(self) -> bool:
        """Whether the user may sign in here."""
        return self.joined_at is not None and self.deactivated_at is None


@dataclass(frozen=True, slots=True)
class UserCard:
    """What colleagues see of a user beside a conversation."""

    id: int
    name: str
    initials: str
    color: int
    status: Status
    can_receive: bool
    is_active: bool
    image: str | None
    """Path of the photo, while the user is active."""


@dataclass(frozen=True, slots=True)
class UserChanges:
    """What shall change of a user; None leaves it as it is."""

    name: str | None = None
    permission_set_id: int | None = None
    can_receive: bool | None = None
    status: Status | None = None
    deactivated: bool | None = None


@dataclass(frozen=True, slots=True)
class Team:
    """Users who work together. Main members may be assigned automatically, extra members only see."""

    id: int
    name: str
    main_member_ids: tuple[int, ...]
    extra_member_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TeamCard:
    """A team's name, also of a team that has been deleted."""

    id: int
    name: str
    is_deleted: bool


@dataclass(frozen=True, slots=True)
class Membership:
    """An account in which a login works, as its active user there."""

    account_id: int
    account_name: str
    user_id: int
    name: str
    status: Status
    can_receive: bool
    last_seen_at: int | None
    permissions: frozenset[Permission]
    status_set_by: "Setter | None"
    image: str | None


@dataclass(frozen=True, slots=True)
class Setter:
    """Who set a user's status in the user's place."""

    user_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Session:
    """A login that is signed in on one browser."""

    id: int
    login_id: int
    email: str
    created_at: int
    last_seen_at: int
    memberships: tuple[Membership, ...]

    def membership(self, account_id: int) -> Membership | None:
        """The login's user in that account, if there is an active one."""
        return next((found for found in self.memberships if found.account_id == account_id), None)


@dataclass(frozen=True, slots=True)
class PasswordHash:
    """A password as it is stored (argon2id); the type keeps plain words out of the database."""

    encoded: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in is checked against."""

    login_id: int
    password_hash: PasswordHash


@dataclass(frozen=True, slots=True)
class Invitation:
    """An open offer to join an account. A login that has a password already proves itself with it."""

    account_id: int
    account_name: str
    user_id: int
    name: str
    login_id: int
    email: str
    password_hash: PasswordHash | None


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A key for programs. It acts for the user who made it, and never with more rights than that user holds."""

    id: int
    name: str
    scopes: frozenset[Permission]
    created_by: int
    created_at: int
    last_used_at: int | None
    revoked_at: int | None


@dataclass(frozen=True, slots=True)
class TokenGrant:
    """What a token that was shown allows now."""

    id: int
    scope: AccountScope
    user_id: int
    scopes: frozenset[Permission]
    permissions: frozenset[Permission]
    last_used_at: int | None


@dataclass(frozen=True, slots=True)
class Integration:
    """A program that users can let into the account, to act for them."""

    id: int
    name: str
    client_id: str
    redirect_uris: tuple[str, ...]
    scopes: frozenset[str]
    """What it may ask for."""
    created_by: int
    created_at: int


@dataclass(frozen=True, slots=True)
class Client:
    """An integration as it shows itself, with its account and the hash of its secret."""

    scope: AccountScope
    integration: Integration
    secret_hash: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a program asks a user for, in its own words."""

    redirect_uri: str
    needed: frozenset[str]
    optional: frozenset[str]
    state: str | None
    response_type: str
    challenge: str | None
    challenge_method: str | None


@dataclass(frozen=True, slots=True)
class Connection:
    """That a user let an integration in."""

    id: int
    user_id: int
    user_name: str
    scopes: frozenset[str]
    created_at: int
    last_used_at: int


@dataclass(frozen=True, slots=True)
class ConnectionGrant:
    """What a token of a connection allows now, and whose it is.

    `held` are the user's rights. `expires_at` is None for a refresh token.
    """

    connection_id: int
    integration_id: int
    client_id: str
    scope: AccountScope
    user_id: int
    email: str
    scopes: frozenset[str]
    held: frozenset[Permission]
    last_used_at: int
    expires_at: int | None


@dataclass(frozen=True, slots=True)
class Issued:
    """The words of new tokens, each shown once, and what they allow."""

    access_token: str
    refresh_token: str
    grant: ConnectionGrant


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who changed what, and when. `facts` are small and not personal."""

    id: int
    at: int
    actor_user_id: int
    actor_name: str
    verb: str
    object_kind: str
    object_id: int
    facts: Mapping[str, object]
