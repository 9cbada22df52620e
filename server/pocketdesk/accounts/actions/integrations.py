"""Integrations: registered, let in by users, given tokens, and ended."""

import json
from collections.abc import Collection

from pocketdesk.accounts import store, views
from pocketdesk.accounts.actions.records import SWEPT_AT_ONCE, new_secret, record_audit
from pocketdesk.accounts.model import Actor, Asked, Client, Integration, Issued
from pocketdesk.accounts.rules import oauth
from pocketdesk.accounts.rules.tokens import token_hash
from pocketdesk.accounts.rules.words import clean_name
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import UnitOfWork


def create_integration(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    name: str,
    redirect_uris: Collection[str],
    scopes: Collection[str],
) -> tuple[Integration, str]:
    """Registers a program; the word of its secret is shown only now. `TooManyIntegrations`."""
    name = clean_name(name)
    uris = oauth.clean_uris(redirect_uris)
    allowed = oauth.parse_scopes(scopes)
    _lock(unit, scope)
    if len(views.integrations(unit, scope)) >= oauth.MOST_INTEGRATIONS:
        raise oauth.TooManyIntegrations(f"at most {oauth.MOST_INTEGRATIONS} integrations")
    integration_id, secret = unit.new_id(), new_secret(oauth.CLIENT_PREFIX)
    unit.run(
        store.ADD_INTEGRATION,
        account_id=scope.account_id,
        id=integration_id,
        name=name,
        client_id=new_secret().word,
        secret_hash=secret.hash,
        redirect_uris=json.dumps(uris),
        scopes=_words(allowed),
        created_by=actor.user_id,
        created_at=unit.now,
    )
    facts = {"scopes": sorted(allowed)}
    record_audit(unit, scope, actor.user_id, "created", "integration", integration_id, facts)
    return views.integration(unit, scope, integration_id), secret.word


def change_integration(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    integration_id: int,
    name: str | None = None,
    redirect_uris: Collection[str] | None = None,
    scopes: Collection[str] | None = None,
) -> Integration:
    """Changes a program; None leaves that part as it is. A scope that goes is taken from its connections, too."""
    before = views.integration(unit, scope, integration_id)
    allowed = before.scopes if scopes is None else oauth.parse_scopes(scopes)
    unit.run(
        store.CHANGE_INTEGRATION,
        account_id=scope.account_id,
        id_=integration_id,
        name_=before.name if name is None else clean_name(name),
        uris=json.dumps(before.redirect_uris if redirect_uris is None else oauth.clean_uris(redirect_uris)),
        words=_words(allowed),
    )
    facts = {"scopes": sorted(allowed)}
    record_audit(unit, scope, actor.user_id, "changed", "integration", integration_id, facts)
    return views.integration(unit, scope, integration_id)


def replace_client_secret(unit: UnitOfWork, scope: AccountScope, actor: Actor, integration_id: int) -> str:
    """The word of a new secret, shown only now; the one before stops working. Connections stay."""
    views.integration(unit, scope, integration_id)
    secret = new_secret(oauth.CLIENT_PREFIX)
    unit.run(
        store.SET_CLIENT_SECRET, account_id=scope.account_id, id_=integration_id, token_hash_=secret.hash
    )
    record_audit(unit, scope, actor.user_id, "replaced_secret", "integration", integration_id)
    return secret.word


def delete_integration(unit: UnitOfWork, scope: AccountScope, actor: Actor, integration_id: int) -> None:
    """Removes a program; all its tokens end."""
    _lock(unit, scope)
    views.integration(unit, scope, integration_id)
    for (connection_id,) in unit.all(
        store.CONNECTIONS_OF_INTEGRATION, account_id=scope.account_id, id_=integration_id
    ):
        _drop(unit, scope, connection_id)
    unit.run(store.DROP_INTEGRATION, account_id=scope.account_id, id_=integration_id)
    record_audit(unit, scope, actor.user_id, "deleted", "integration", integration_id)


def end_connection(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, integration_id: int, connection_id: int
) -> None:
    """Takes back what one user allowed. `NotFound` if the integration has no such connection."""
    _lock(unit, scope)
    found = unit.all(store.CONNECTIONS_OF_INTEGRATION, account_id=scope.account_id, id_=integration_id)
    if (connection_id,) not in found:
        raise NotFound
    _end(unit, scope, actor.user_id, integration_id, connection_id)


def allow(unit: UnitOfWork, client: Client, actor: Actor, asked: Asked) -> str:
    """Allows a program what it asks for; the word of the code with which it comes for its tokens."""
    scope, integration = client.scope, client.integration
    granted = oauth.check_asked(integration, asked, actor.permissions)
    _lock(unit, scope)
    views.integration(unit, scope, integration.id)
    code = new_secret()
    unit.run(
        store.ADD_CONNECTION,
        account_id=scope.account_id,
        id=unit.new_id(),
        integration_id=integration.id,
        user_id=actor.user_id,
        scopes=_words(granted),
        code_hash=code.hash,
        code_expires_at=unit.now + oauth.CODE_MS,
        redirect_uri=asked.redirect_uri,
        challenge=asked.challenge,
        refresh_hash=None,
        created_at=unit.now,
        last_used_at=unit.now,
    )
    facts = {"scopes": sorted(granted)}
    record_audit(unit, scope, actor.user_id, "allowed", "integration", integration.id, facts)
    return code.word


def exchange_code(
    unit: UnitOfWork, client: Client, code: str, redirect_uri: str, verifier: str | None
) -> Issued | None:
    """The first tokens for a code. None if it was exchanged before: then all that it gave has ended with this."""
    scope = client.scope
    _lock(unit, scope)
    row = unit.one(store.FIND_CODE, account_id=scope.account_id, code_hash_=token_hash(code))
    if row is None or row[1] != client.integration.id:
        raise oauth.InvalidGrant("missing or invalid auth code")
    connection_id, _, expires_at, bound_uri, challenge, refresh_hash, user_id = row
    if refresh_hash is not None:
        _end(unit, scope, user_id, client.integration.id, connection_id, "code_reused")
        return None
    if expires_at <= unit.now:
        raise oauth.InvalidGrant("the auth code has expired")
    oauth.check_proof(bound_uri, challenge, redirect_uri, verifier)
    refresh = new_secret(oauth.REFRESH_PREFIX)
    unit.run(
        store.OPEN_CONNECTION,
        account_id=scope.account_id,
        id_=connection_id,
        refresh_hash_=refresh.hash,
        now=unit.now,
    )
    return _issue(unit, client, refresh.word)


def refresh_token(unit: UnitOfWork, client: Client, word: str, scopes: frozenset[str]) -> Issued:
    """Another access token; the refresh token stays the same."""
    _lock(unit, client.scope)
    return _issue(unit, client, word, scopes)


def _issue(unit: UnitOfWork, client: Client, refresh: str, scopes: frozenset[str] = frozenset()) -> Issued:
    grant = views.refresh_grant(unit, refresh, unit.now)
    if grant is None or grant.integration_id != client.integration.id:
        raise oauth.InvalidGrant("missing or invalid refresh token")
    if scopes and scopes != grant.scopes:
        raise oauth.InvalidScope("a refresh token gives what was allowed, neither more nor less")
    access = new_secret(oauth.ACCESS_PREFIX)
    unit.run(
        store.ADD_ACCESS_TOKEN,
        account_id=client.scope.account_id,
        id=unit.new_id(),
        connection_id=grant.connection_id,
        token_hash=access.hash,
        expires_at=unit.now + oauth.ACCESS_MS,
    )
    use_connection(unit, client.scope, grant.connection_id)
    return Issued(access.word, refresh, grant)


def use_connection(unit: UnitOfWork, scope: AccountScope, connection_id: int) -> None:
    """Notes that a program is at work."""
    unit.run(store.USE_CONNECTION, account_id=scope.account_id, id_=connection_id, now=unit.now)


def end_refresh_token(unit: UnitOfWork, word: str, client: Client | None = None) -> None:
    """Ends a connection by its refresh token, of this program if one is named; nothing for a word that is none."""
    grant = views.refresh_grant(unit, word, unit.now)
    if grant is None or (client is not None and grant.integration_id != client.integration.id):
        return
    _lock(unit, grant.scope)
    _end(unit, grant.scope, grant.user_id, grant.integration_id, grant.connection_id, "token_deleted")


def _end(
    unit: UnitOfWork,
    scope: AccountScope,
    user_id: int,
    integration_id: int,
    connection_id: int,
    reason: str = "taken_back",
) -> None:
    _drop(unit, scope, connection_id)
    record_audit(unit, scope, user_id, "disconnected", "integration", integration_id, {"reason": reason})


def end_connections_of(unit: UnitOfWork, scope: AccountScope, user_id: int) -> None:
    """Ends everything that a user let in."""
    _lock(unit, scope)
    for (connection_id,) in unit.all(store.CONNECTIONS_OF_USER, account_id=scope.account_id, id_=user_id):
        _drop(unit, scope, connection_id)


def sweep_connections(unit: UnitOfWork) -> bool:
    """Removes some of the tokens that have expired and of the connections that nobody uses; may there be more?"""
    expired = unit.all(store.EXPIRED_ACCESS_TOKENS, now=unit.now, limit=SWEPT_AT_ONCE)
    unit.run_many(store.DROP_ACCESS_TOKEN, [{"account_id": account, "id_": id_} for account, id_ in expired])
    idle = unit.all(
        store.IDLE_CONNECTIONS,
        idle_since=unit.now - oauth.IDLE_MS,
        coded_since=unit.now - oauth.CODE_MS,
        limit=SWEPT_AT_ONCE,
    )
    for account_id, connection_id in idle:
        scope = AccountScope(account_id)
        _lock(unit, scope)
        _drop(unit, scope, connection_id)
    return SWEPT_AT_ONCE in {len(expired), len(idle)}


def _drop(unit: UnitOfWork, scope: AccountScope, connection_id: int) -> None:
    unit.run(store.DROP_ACCESS_TOKENS, account_id=scope.account_id, id_=connection_id)
    unit.run(store.DROP_CONNECTION, account_id=scope.account_id, id_=connection_id)


def _lock(unit: UnitOfWork, scope: AccountScope) -> None:
    """A token is neither given while its connection ends, nor twice for one code."""
    unit.lock("integrations", scope.account_id, 0)


def _words(scopes: frozenset[str]) -> str:
    return json.dumps(sorted(scopes))
