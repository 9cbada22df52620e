"""The account's integrations, and the page on which a user lets one in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from pocketdesk.accounts import actions, views
from pocketdesk.accounts.api.callers import (
    USUAL_LIMIT,
    AgentCaller,
    Origin,
    PageAfter,
    PageLimit,
    PathId,
    SignedIn,
    Storage,
    require,
)
from pocketdesk.accounts.model import Actor, Client, Membership, Session
from pocketdesk.accounts.rules import oauth
from pocketdesk.accounts.wire import (
    AuthorizationOut,
    AuthorizationQuestion,
    AuthorizationReply,
    ClientSecretOut,
    ConnectionsOut,
    IntegrationOut,
    IntegrationPatch,
    IntegrationsOut,
    LeaveOut,
    NewIntegration,
    NewIntegrationOut,
    ScopeOut,
    to_asked,
    to_authorization,
    to_connections,
    to_integration,
)
from pocketdesk.storage import Reader, UnitOfWork

router = APIRouter(prefix="/accounts/{account_id}/integrations", tags=["integrations"])
authorizing = APIRouter(prefix="/oauth", tags=["integrations"])

Editor = Annotated[AgentCaller, Depends(require("tokens"))]


@router.get("")
async def get_integrations(caller: Editor, engine: Storage) -> IntegrationsOut:
    """The account's integrations without their secrets, oldest first, and the scopes that there are."""
    found = await engine.read(lambda reader: views.integrations(reader, caller.scope))
    return IntegrationsOut(
        items=[to_integration(each) for each in found],
        scopes=[ScopeOut(name=name, needs=right) for name, right in oauth.SCOPES.items()],
    )


@router.post("", status_code=201)
async def post_integration(body: NewIntegration, caller: Editor, engine: Storage) -> NewIntegrationOut:
    """Registers a program; its secret is shown only now. 409 `too_many_integrations`."""
    made, secret = await engine.write(
        lambda unit: actions.create_integration(
            unit, caller.scope, caller.actor, body.name, body.redirect_uris, body.scopes
        )
    )
    return NewIntegrationOut(integration=to_integration(made), secret=secret)


@router.patch("/{integration_id}")
async def patch_integration(
    integration_id: PathId, body: IntegrationPatch, caller: Editor, engine: Storage
) -> IntegrationOut:
    """Changes a program. A scope that goes is taken from its connections, too."""
    return to_integration(
        await engine.write(
            lambda unit: actions.change_integration(
                unit, caller.scope, caller.actor, integration_id, body.name, body.redirect_uris, body.scopes
            )
        )
    )


@router.delete("/{integration_id}", status_code=204)
async def delete_integration(integration_id: PathId, caller: Editor, engine: Storage) -> None:
    """Removes a program; all its tokens end."""
    await engine.write(
        lambda unit: actions.delete_integration(unit, caller.scope, caller.actor, integration_id)
    )


@router.post("/{integration_id}/secret")
async def post_client_secret(integration_id: PathId, caller: Editor, engine: Storage) -> ClientSecretOut:
    """Makes a new secret, shown only now; the one before stops working. Connections stay."""
    return ClientSecretOut(
        secret=await engine.write(
            lambda unit: actions.replace_client_secret(unit, caller.scope, caller.actor, integration_id)
        )
    )


@router.get("/{integration_id}/connections")
async def get_connections(
    integration_id: PathId,
    caller: Editor,
    engine: Storage,
    limit: PageLimit = USUAL_LIMIT,
    after: PageAfter = None,
) -> ConnectionsOut:
    """Who let the program in, oldest first."""
    return to_connections(
        await engine.read(
            lambda reader: views.connections(reader, caller.scope, integration_id, limit, after)
        )
    )


@router.delete("/{integration_id}/connections/{connection_id}", status_code=204)
async def delete_connection(
    integration_id: PathId, connection_id: PathId, caller: Editor, engine: Storage
) -> None:
    """Ends what one user allowed."""
    await engine.write(
        lambda unit: actions.end_connection(unit, caller.scope, caller.actor, integration_id, connection_id)
    )


# The page with the question. Only a user in person answers it, hence the session and no token.


@authorizing.get("/authorization")
async def get_authorization(
    session: SignedIn, engine: Storage, question: Annotated[AuthorizationQuestion, Query()]
) -> AuthorizationOut:
    """Which program asks, in which account, and for what. 404 `unknown_client` in whose accounts it is not.

    400 `unregistered_redirect`, `invalid_request` or `invalid_scope` is the program's mistake: nobody is sent back to
    it. 403 `missing_rights` is the user's lack.
    """

    def read(reader: Reader) -> AuthorizationOut:
        client, member = _find(reader, session, question)
        granted = oauth.check_asked(client.integration, to_asked(question), member.permissions)
        return to_authorization(client.integration, member, granted, question.redirect_uri)

    return await engine.read(read)


@authorizing.post("/authorization")
async def post_authorization(
    body: AuthorizationReply, session: SignedIn, engine: Storage, origin: Origin
) -> LeaveOut:
    """Allows or declines; where the browser goes with the answer."""
    asked = to_asked(body)

    def answer(unit: UnitOfWork) -> str:
        client, member = _find(unit, session, body)
        if not body.allow:
            oauth.check_redirect(client.integration, asked.redirect_uri)
            return oauth.answer_uri(asked.redirect_uri, asked.state, error="access_denied", iss=origin)
        actor = Actor(member.user_id, member.permissions)
        code = actions.allow(unit, client, actor, asked)
        return oauth.answer_uri(asked.redirect_uri, asked.state, code=code, iss=origin)

    return LeaveOut(redirect_to=await engine.write(answer))


def _find(reader: Reader, session: Session, question: AuthorizationQuestion) -> tuple[Client, Membership]:
    """The program, and who the user is in its account."""
    client = views.client(reader, question.client_id)
    member = session.membership(client.scope.account_id) if client else None
    if client is None or member is None or question.account_id not in {None, member.account_id}:
        raise oauth.UnknownClient
    return client, member
