"""Tokens of integrations: given for a code or a refresh token, looked at, ended. Programs show themselves here."""

import json
from base64 import b64decode
from binascii import Error as NotBase64
from typing import Annotated, Any, cast
from urllib.parse import parse_qs, unquote_plus, urlsplit

from fastapi import Depends, Path, Request, Response

from pocketdesk.accounts import actions, views
from pocketdesk.accounts.api import Address, Now, Origin, Storage, limiter
from pocketdesk.accounts.model import Client, ConnectionGrant, Issued
from pocketdesk.accounts.rules import oauth
from pocketdesk.accounts.rules.limits import Limit
from pocketdesk.hubspot.api.routes import hubspot_router
from pocketdesk.hubspot.wire.oauth import to_token, to_tokens
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.storage import Engine, Reader, UnitOfWork

PREFIXES = tuple(f"/oauth/{version}" for version in ("v1", "2025-09", "2026-03", "2026-09"))
CALLS_BY_ADDRESS = Limit("oauth.address", 200, 100)
"""One program may renew the tokens of many users."""
LONGEST_BODY = 10_000

router = hubspot_router()
routes = hubspot_router()


async def limited(request: Request, whence: Address, at: Now) -> None:
    """Counts calls of whom nobody knows yet."""
    limiter(request, CALLS_BY_ADDRESS).take(whence, at)


Token = Annotated[str, Path(max_length=200)]
LIMITED = [Depends(limited)]


@routes.post("/token", dependencies=LIMITED)
async def post_token(request: Request, engine: Storage) -> dict[str, Any]:
    """Tokens for a code, or another access token for a refresh token."""
    said = await _said(request)
    client = await _client(request, engine, said)
    grant_type = _needed(said, "grant_type")

    def give(unit: UnitOfWork) -> Issued | None:
        if grant_type == "authorization_code":
            code, redirect_uri = _needed(said, "code"), _needed(said, "redirect_uri")
            return actions.exchange_code(unit, client, code, redirect_uri, said.get("code_verifier"))
        if grant_type == "refresh_token":
            scopes = frozenset(said.get("scope", "").split())
            return actions.refresh_token(unit, client, _needed(said, "refresh_token"), scopes)
        raise oauth.UnsupportedGrantType("grant_type is authorization_code or refresh_token")

    issued = await engine.write(give)
    if issued is None:
        raise oauth.InvalidGrant("the auth code was used before; what it gave has ended")
    return to_tokens(issued)


@routes.post("/token/introspect", dependencies=LIMITED)
async def post_introspect(request: Request, engine: Storage, origin: Origin, at: Now) -> dict[str, Any]:
    """What one of the program's own tokens is; of any other only that it is not active."""
    said = await _said(request)
    client = await _client(request, engine, said)
    token = _needed(said, "token")
    grant = await engine.read(
        lambda reader: views.access_grant(reader, token, at) or views.refresh_grant(reader, token, at)
    )
    if grant is None or grant.integration_id != client.integration.id:
        return {"active": False}
    return to_token(token, grant, urlsplit(origin).netloc, at)


@routes.post("/token/revoke", dependencies=LIMITED)
async def post_revoke(request: Request, engine: Storage) -> Response:
    """Ends one of the program's own refresh tokens, and all access tokens that it gave."""
    said = await _said(request)
    client = await _client(request, engine, said)
    token = _needed(said, "token")
    await engine.write(lambda unit: actions.end_refresh_token(unit, token, client))
    return Response(status_code=204)


@router.get("/oauth/v1/access-tokens/{token}", dependencies=LIMITED)
async def get_access_token(token: Token, engine: Storage, origin: Origin, at: Now) -> dict[str, Any]:
    """What an access token is, for whoever has it."""

    def find(reader: Reader) -> ConnectionGrant | None:
        return views.access_grant(reader, token, at)

    return _shown(token, await engine.read(find), origin, at)


@router.get("/oauth/v1/refresh-tokens/{token}", dependencies=LIMITED)
async def get_refresh_token(token: Token, engine: Storage, origin: Origin, at: Now) -> dict[str, Any]:
    """What a refresh token is, for whoever has it."""

    def find(reader: Reader) -> ConnectionGrant | None:
        return views.refresh_grant(reader, token, at)

    return _shown(token, await engine.read(find), origin, at)


@router.delete("/oauth/v1/refresh-tokens/{token}", status_code=204, dependencies=LIMITED)
async def delete_refresh_token(token: Token, engine: Storage) -> None:
    """Ends a refresh token, and all access tokens that it gave; again changes nothing."""
    await engine.write(lambda unit: actions.end_refresh_token(unit, token))


def _shown(token: str, grant: ConnectionGrant | None, origin: str, at: int) -> dict[str, Any]:
    if grant is None:
        raise NotFound("there is no such token, or it has ended")
    return to_token(token, grant, urlsplit(origin).netloc, at)


async def _said(request: Request) -> dict[str, str]:
    """The fields of a form, each once, or of the JSON that HubSpot's newer client sends in its place."""
    body = await request.body()
    if len(body) > LONGEST_BODY:
        raise oauth.InvalidRequest(f"at most {LONGEST_BODY} bytes")
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if media_type == "application/json":
            fields: object = json.loads(body)
        else:
            pairs = parse_qs(body.decode(), strict_parsing=bool(body), max_num_fields=20)
            fields = {name: values[0] if len(values) == 1 else None for name, values in pairs.items()}
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict) or any(
        not isinstance(each, str) for each in cast("dict[str, object]", fields).values()
    ):
        raise oauth.InvalidRequest("a form in which each field stands once")
    return cast("dict[str, str]", fields)


def _needed(said: dict[str, str], name: str) -> str:
    if not said.get(name):
        raise oauth.InvalidRequest(f"{name} is missing")
    return said[name]


async def _client(request: Request, engine: Engine, said: dict[str, str]) -> Client:
    """The program that shows itself, in the form or by HTTP Basic, not by both."""
    client_id, secret = said.get("client_id"), said.get("client_secret")
    scheme, _, word = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        if secret is not None:
            raise oauth.InvalidRequest("the secret stands in the form or in the header, not in both")
        client_id, secret = _basic(word)
    if not client_id or not secret:
        raise oauth.InvalidClient("client_id and client_secret are needed")
    named, shown = client_id, secret
    client = await engine.read(lambda reader: views.client(reader, named))
    if not oauth.is_secret(shown, client.secret_hash if client else None) or client is None:
        raise oauth.InvalidClient("no such client_id, or another client_secret")
    return client


def _basic(word: str) -> tuple[str, str]:
    try:
        client_id, _, secret = b64decode(word, validate=True).decode().partition(":")
    except (NotBase64, ValueError):
        raise oauth.InvalidClient("not a header of HTTP Basic") from None
    return unquote_plus(client_id), unquote_plus(secret)


for _prefix in PREFIXES:
    router.include_router(routes, prefix=_prefix)
