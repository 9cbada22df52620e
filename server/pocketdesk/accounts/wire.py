"""Accounts as JSON: what routes take and what they give."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from pocketdesk.accounts.model import (
    ApiToken,
    Asked,
    AuditEntry,
    Connection,
    Integration,
    Invitation,
    Membership,
    Permission,
    PermissionSet,
    Session,
    Setter,
    Team,
    User,
)
from pocketdesk.accounts.rules import oauth
from pocketdesk.accounts.rules.words import LONGEST_EMAIL, LONGEST_NAME, color_of, initials_of
from pocketdesk.kernel.page import Page

BELOW = 2**53


class Body(BaseModel):
    """What a request carries: exact types, no unknown keys."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Answer(BaseModel):
    """What a response carries."""

    model_config = ConfigDict(extra="forbid")


Id = Annotated[int, Field(ge=1, lt=BELOW)]
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
Email = Annotated[str, Field(min_length=3, max_length=LONGEST_EMAIL)]
Password = Annotated[str, Field(min_length=1, max_length=200)]
Words = Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=20)]
Members = Annotated[list[Id], Field(max_length=400)]
Uris = Annotated[list[Annotated[str, Field(max_length=oauth.LONGEST_URI)]], Field(max_length=oauth.MOST_URIS)]
Scopes = Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=oauth.MOST_SCOPES)]
StatusWord = Literal["available", "away"]

# What comes in.


class SetUp(Body):
    """The first account and its administrator."""

    account_name: Name
    name: Name
    email: Email
    password: Password


class SignIn(Body):
    """An address and a password."""

    email: Email
    password: Password


class Acceptance(Body):
    """Answers an invitation: a new password, or the one that the login has already."""

    name: Name
    password: Password


class AccountPatch(Body):
    """The account's new name."""

    name: Name


class OwnPatch(Body):
    """What users change of themselves."""

    name: Name | None = None
    status: StatusWord | None = None


class NewUser(Body):
    """Somebody to invite; without a permission set as Agent."""

    name: Name
    email: Email
    permission_set_id: Id | None = None
    can_receive: bool = True


class UserPatch(Body):
    """What changes of a user."""

    name: Name | None = None
    permission_set_id: Id | None = None
    can_receive: bool | None = None
    status: StatusWord | None = None
    deactivated: bool | None = None


class NewTeam(Body):
    """A team and its members."""

    name: Name
    main_member_ids: Members = []
    extra_member_ids: Members = []


class TeamPatch(Body):
    """What changes of a team."""

    name: Name | None = None
    main_member_ids: Members | None = None
    extra_member_ids: Members | None = None


class NewPermissionSet(Body):
    """A set of rights."""

    name: Name
    permissions: Words


class PermissionSetPatch(Body):
    """What changes of a set of rights."""

    name: Name | None = None
    permissions: Words | None = None


class NewToken(Body):
    """An API token to make."""

    name: Name
    scopes: Words


class NewIntegration(Body):
    """A program to register: where answers may go, and what it may ask for."""

    name: Name
    redirect_uris: Uris
    scopes: Scopes


class IntegrationPatch(Body):
    """What changes of a program."""

    name: Name | None = None
    redirect_uris: Uris | None = None
    scopes: Scopes | None = None


class AuthorizationQuestion(Body):
    """What a program asks a user for, as it stands in the page's address. `account_id` is the one it names, if any."""

    client_id: Annotated[str, Field(max_length=100)]
    redirect_uri: Annotated[str, Field(max_length=oauth.LONGEST_URI)]
    scope: Annotated[str, Field(max_length=5_000)] = ""
    optional_scope: Annotated[str, Field(max_length=5_000)] = ""
    state: Annotated[str | None, Field(max_length=oauth.LONGEST_STATE)] = None
    response_type: Annotated[str, Field(max_length=100)] = "code"
    code_challenge: Annotated[str | None, Field(max_length=200)] = None
    code_challenge_method: Annotated[str | None, Field(max_length=100)] = None
    account_id: Annotated[int | None, Field(ge=1, lt=BELOW, strict=False)] = None


class AuthorizationReply(AuthorizationQuestion):
    """The same, answered."""

    allow: bool


# What goes out.


class SetUpState(Answer):
    """Whether the first account is still to be made."""

    needed: bool


class SessionLogin(Answer):
    """Who signed in."""

    id: int
    email: str


class StatusSetter(Answer):
    """Who set a user's status in the user's place."""

    id: int
    name: str


class SessionUser(Answer):
    """The login's user in one account; `status_set_by` is null unless somebody else set the status."""

    id: int
    name: str
    initials: str
    color: int
    image: str | None
    status: StatusWord
    status_set_by: StatusSetter | None
    can_receive: bool
    permissions: list[Permission]


class SessionAccount(Answer):
    """An account that the login works in."""

    id: int
    name: str
    user: SessionUser


class SessionOut(Answer):
    """Who is signed in, and where."""

    login: SessionLogin
    accounts: list[SessionAccount]


class InvitationOut(Answer):
    """What an invitation offers, and whether the login proves itself with the password that it has."""

    account_name: str
    name: str
    email: str
    has_password: bool


class AccountOut(Answer):
    """An account."""

    id: int
    name: str
    created_at: int


class UserOut(Answer):
    """A user; `permissions` are the rights in effect. `joined_at` is null until an invitation is accepted.

    `status_set_by` is the id of who set the status, if it was somebody else. `image` is the path of the photo.
    """

    id: int
    name: str
    email: str
    initials: str
    color: int
    image: str | None
    permission_set_id: int
    permissions: list[Permission]
    can_receive: bool
    status: StatusWord
    status_at: int
    status_set_by: int | None
    last_seen_at: int | None
    joined_at: int | None
    deactivated_at: int | None


class UsersOut(Answer):
    """A page of users."""

    items: list[UserOut]
    after: str | None


class InvitedOut(Answer):
    """A new user and the path of the link with which they join; the link is shown only now.

    `is_mailed`: another link goes out by mail.
    """

    user: UserOut
    invite_path: str
    is_mailed: bool


class TeamOut(Answer):
    """A team."""

    id: int
    name: str
    main_member_ids: list[int]
    extra_member_ids: list[int]


class TeamsOut(Answer):
    """A page of teams."""

    items: list[TeamOut]
    after: str | None


class PermissionSetOut(Answer):
    """A set of rights; `permissions` are those in effect."""

    id: int
    name: str
    permissions: list[Permission]
    builtin: bool


class PermissionSetsOut(Answer):
    """A page of permission sets."""

    items: list[PermissionSetOut]
    after: str | None


class TokenOut(Answer):
    """An API token without its secret."""

    id: int
    name: str
    scopes: list[Permission]
    created_by: int
    created_at: int
    last_used_at: int | None
    revoked_at: int | None


class TokensOut(Answer):
    """A page of API tokens."""

    items: list[TokenOut]
    after: str | None


class NewTokenOut(Answer):
    """A new API token; `secret` is shown only now."""

    token: TokenOut
    secret: str


class IntegrationOut(Answer):
    """A program without its secret."""

    id: int
    name: str
    client_id: str
    redirect_uris: list[str]
    scopes: list[str]
    created_by: int
    created_at: int


class ScopeOut(Answer):
    """What a program can be allowed, and the right that a user needs to allow it."""

    name: str
    needs: Permission | None


class IntegrationsOut(Answer):
    """All integrations, and the scopes that there are."""

    items: list[IntegrationOut]
    scopes: list[ScopeOut]


class NewIntegrationOut(Answer):
    """A new integration; `secret` is shown only now."""

    integration: IntegrationOut
    secret: str


class ClientSecretOut(Answer):
    """A new secret, shown only now."""

    secret: str


class ConnectionOut(Answer):
    """That a user let a program in."""

    id: int
    user: "AuditActor"
    scopes: list[str]
    created_at: int
    last_used_at: int


class ConnectionsOut(Answer):
    """A page of connections."""

    items: list[ConnectionOut]
    after: str | None


class AuthorizationOut(Answer):
    """The question for a user: which program, in which account and in whose name, for what, and where it leads."""

    integration_name: str
    account_name: str
    user_name: str
    scopes: list[str]
    host: str


class LeaveOut(Answer):
    """Where the browser goes with the answer."""

    redirect_to: str


class AuditActor(Answer):
    """Who did it."""

    id: int
    name: str


class AuditEntryOut(Answer):
    """Who changed what, and when."""

    id: int
    at: int
    actor: AuditActor
    verb: str
    object_kind: str
    object_id: int
    facts: dict[str, object]


class AuditOut(Answer):
    """A page of the audit log."""

    items: list[AuditEntryOut]
    after: str | None


def to_session(session: Session) -> SessionOut:
    """A session as its own browser sees it."""
    accounts = [
        SessionAccount(
            id=found.account_id,
            name=found.account_name,
            user=SessionUser(
                id=found.user_id,
                name=found.name,
                initials=initials_of(found.name),
                color=color_of(found.user_id),
                image=found.image,
                status=found.status.value,
                status_set_by=to_setter(found.status_set_by),
                can_receive=found.can_receive,
                permissions=sorted(found.permissions),
            ),
        )
        for found in session.memberships
    ]
    return SessionOut(login=SessionLogin(id=session.login_id, email=session.email), accounts=accounts)


def to_setter(setter: Setter | None) -> StatusSetter | None:
    """Who set a status, if it was somebody else."""
    return None if setter is None else StatusSetter(id=setter.user_id, name=setter.name)


def to_invitation(invitation: Invitation) -> InvitationOut:
    """An invitation as whoever has the link sees it."""
    return InvitationOut(
        account_name=invitation.account_name,
        name=invitation.name,
        email=invitation.email,
        has_password=invitation.password_hash is not None,
    )


def to_user(user: User) -> UserOut:
    """A user as colleagues see it."""
    return UserOut(
        id=user.id,
        name=user.name,
        email=user.email,
        initials=initials_of(user.name),
        color=color_of(user.id),
        image=user.image,
        permission_set_id=user.permission_set_id,
        permissions=sorted(user.permissions),
        can_receive=user.can_receive,
        status=user.status.value,
        status_at=user.status_at,
        status_set_by=user.status_set_by,
        last_seen_at=user.last_seen_at,
        joined_at=user.joined_at,
        deactivated_at=user.deactivated_at,
    )


def to_users(page: Page[User]) -> UsersOut:
    """A page of users."""
    return UsersOut(items=[to_user(user) for user in page.items], after=page.after)


def to_team(team: Team) -> TeamOut:
    """A team."""
    return TeamOut(
        id=team.id,
        name=team.name,
        main_member_ids=list(team.main_member_ids),
        extra_member_ids=list(team.extra_member_ids),
    )


def to_teams(page: Page[Team]) -> TeamsOut:
    """A page of teams."""
    return TeamsOut(items=[to_team(team) for team in page.items], after=page.after)


def to_permission_set(found: PermissionSet) -> PermissionSetOut:
    """A permission set."""
    return PermissionSetOut(
        id=found.id, name=found.name, permissions=sorted(found.permissions), builtin=found.builtin is not None
    )


def to_permission_sets(page: Page[PermissionSet]) -> PermissionSetsOut:
    """A page of permission sets."""
    return PermissionSetsOut(items=[to_permission_set(found) for found in page.items], after=page.after)


def to_token(token: ApiToken) -> TokenOut:
    """An API token."""
    return TokenOut(
        id=token.id,
        name=token.name,
        scopes=sorted(token.scopes),
        created_by=token.created_by,
        created_at=token.created_at,
        last_used_at=token.last_used_at,
        revoked_at=token.revoked_at,
    )


def to_tokens(page: Page[ApiToken]) -> TokensOut:
    """A page of API tokens."""
    return TokensOut(items=[to_token(token) for token in page.items], after=page.after)


def to_integration(found: Integration) -> IntegrationOut:
    """A program."""
    return IntegrationOut(
        id=found.id,
        name=found.name,
        client_id=found.client_id,
        redirect_uris=list(found.redirect_uris),
        scopes=in_order(found.scopes),
        created_by=found.created_by,
        created_at=found.created_at,
    )


def to_connections(page: Page[Connection]) -> ConnectionsOut:
    """A page of connections."""
    return ConnectionsOut(
        items=[
            ConnectionOut(
                id=each.id,
                user=AuditActor(id=each.user_id, name=each.user_name),
                scopes=in_order(each.scopes),
                created_at=each.created_at,
                last_used_at=each.last_used_at,
            )
            for each in page.items
        ],
        after=page.after,
    )


def to_asked(question: AuthorizationQuestion) -> Asked:
    """What a program asks for."""
    return Asked(
        redirect_uri=question.redirect_uri,
        needed=frozenset(question.scope.split()),
        optional=frozenset(question.optional_scope.split()),
        state=question.state,
        response_type=question.response_type,
        challenge=question.code_challenge,
        challenge_method=question.code_challenge_method,
    )


def to_authorization(
    found: Integration, member: Membership, granted: frozenset[str], redirect_uri: str
) -> AuthorizationOut:
    """The question for a user."""
    return AuthorizationOut(
        integration_name=found.name,
        account_name=member.account_name,
        user_name=member.name,
        scopes=in_order(granted),
        host=urlsplit(redirect_uri).netloc,
    )


def in_order(scopes: frozenset[str]) -> list[str]:
    """Scopes in the order in which we list them."""
    return [each for each in oauth.SCOPES if each in scopes]


def to_audit(page: Page[AuditEntry]) -> AuditOut:
    """A page of the audit log."""
    return AuditOut(
        items=[
            AuditEntryOut(
                id=entry.id,
                at=entry.at,
                actor=AuditActor(id=entry.actor_user_id, name=entry.actor_name),
                verb=entry.verb,
                object_kind=entry.object_kind,
                object_id=entry.object_id,
                facts=dict(entry.facts),
            )
            for entry in page.items
        ],
        after=page.after,
    )
