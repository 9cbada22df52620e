"""Tokens of integrations, as HubSpot's clients read them. One shape for both generations of paths."""

from typing import Any

from pocketdesk.accounts.model import ConnectionGrant, Issued
from pocketdesk.accounts.rules.oauth import ACCESS_MS
from pocketdesk.accounts.wire import in_order

BEARER = "bearer"


def to_tokens(issued: Issued) -> dict[str, Any]:
    """New tokens."""
    scopes = in_order(issued.grant.scopes)
    return {
        "token_type": BEARER,
        "token_use": "access_token",
        "access_token": issued.access_token,
        "refresh_token": issued.refresh_token,
        "expires_in": ACCESS_MS // 1000,
        "hub_id": issued.grant.scope.account_id,
        "user_id": issued.grant.user_id,
        "scopes": scopes,
        "scope": " ".join(scopes),
    }


def to_token(token: str, grant: ConnectionGrant, domain: str, now: int) -> dict[str, Any]:
    """What a token is. Ours are not signed: what HubSpot's clients check for is there, its signatures are empty."""
    scopes = in_order(grant.scopes)
    shown = {
        "token": token,
        "active": True,
        "token_type": BEARER,
        "token_use": "refresh_token",
        "hub_id": grant.scope.account_id,
        "hub_domain": domain,
        "app_id": grant.integration_id,
        "client_id": grant.client_id,
        "user_id": grant.user_id,
        "user": grant.email,
        "scopes": scopes,
    }
    if grant.expires_at is None:
        return shown
    signed = {
        "appId": grant.integration_id,
        "expiresAt": grant.expires_at,
        "hubId": grant.scope.account_id,
        "hublet": "",
        "installingUserId": grant.user_id,
        "isPrivateDistribution": True,
        "isServiceAccount": False,
        "isUserLevel": False,
        "scopes": " ".join(scopes),
        "userId": grant.user_id,
        **dict.fromkeys(
            ("signature", "newSignature", "scopeToScopeGroupPks", "trialScopes", "trialScopeToScopeGroupPks"),
            "",
        ),
    }
    return {
        **shown,
        "token_use": "access_token",
        "expires_in": (grant.expires_at - now) // 1000,
        "is_private_distribution": True,
        "signed_access_token": signed,
    }
