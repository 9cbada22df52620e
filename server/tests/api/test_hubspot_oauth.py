"""OAuth through HubSpot's own Python clients, with their checks of answers on, against a real server."""

import json
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest
from hubspot import HubSpot
from hubspot.oauth.exceptions import ApiException
from hubspot.utils.oauth import get_auth_url
from hubspot_sdk import APIResponseValidationError, AuthenticationError, BadRequestError
from hubspot_sdk import HubSpot as Newer

from pocketdesk.accounts import actions, views
from pocketdesk.accounts.model import Asked
from pocketdesk.storage import UnitOfWork
from tests.api.test_hubspot_site_search import account, origin
from tests.databases import Clock
from tests.small_account import SmallAccount

__all__ = ["account", "origin"]

CALLBACK = "https://shop.example/oauth-callback"
SCOPES = ("crm.objects.contacts.read", "tickets")


class App(NamedTuple):
    """A public app, as HubSpot's guides have it, and the account that it came to."""

    account: SmallAccount
    id: int
    client_id: str
    client_secret: str

    def code(self) -> str:
        """What the account's administrator sends it who follows its link and allows it."""
        query = parse_qs(urlsplit(get_auth_url(self.client_id, CALLBACK, scope=SCOPES)).query)
        (asked,) = query["scope"]

        def allow(unit: UnitOfWork) -> str:
            client = views.client(unit, query["client_id"][0])
            assert client
            needed = frozenset(asked.split())
            question = Asked(query["redirect_uri"][0], needed, frozenset(), None, "code", None, None)
            return actions.allow(unit, client, self.account.admin, question)

        return self.account.engine.write_and_wait(allow)

    @property
    def shown(self) -> dict[str, str]:
        return {"client_id": self.client_id, "client_secret": self.client_secret}


@pytest.fixture
def app(account: SmallAccount) -> App:
    made, secret = account.engine.write_and_wait(
        lambda unit: actions.create_integration(
            unit, account.scope, account.admin, "Shop", [CALLBACK], SCOPES
        )
    )
    return App(account, made.id, made.client_id, secret)


def _older(origin: str, token: str | None = None) -> Any:
    shared: Any = HubSpot
    return shared(access_token=token, host=origin, client_side_validation=True)


def _newer(origin: str, token: str = "none yet") -> Any:
    return Newer(access_token=token, base_url=origin, max_retries=0, _strict_response_validation=True)


def test_B7_the_official_client_comes_in_and_stays(origin: str, app: App, clock: Clock) -> None:
    oauth = _older(origin).oauth
    code = app.code()
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, **app.shown}
    tokens = oauth.tokens_api.create(**form)
    assert (tokens.token_type, tokens.expires_in) == ("bearer", 1800)
    clock.now += 60_000
    known = oauth.access_tokens_api.get(tokens.access_token)
    assert (known.hub_id, known.user_id) == (app.account.scope.account_id, app.account.admin.user_id)
    assert (known.user, known.app_id) == ("ana@nordlicht.example", app.id)
    assert (known.token, known.token_type, known.expires_in) == (tokens.access_token, "bearer", 1740)
    assert known.scopes == ["oauth", *SCOPES]
    assert known.hub_domain == origin.removeprefix("http://")
    kept = oauth.refresh_tokens_api.get(tokens.refresh_token)
    assert (kept.client_id, kept.token, kept.scopes) == (app.client_id, tokens.refresh_token, known.scopes)
    assert _older(origin, tokens.access_token).crm.contacts.basic_api.get_page().results == []
    again = oauth.tokens_api.create(
        grant_type="refresh_token", refresh_token=tokens.refresh_token, **app.shown
    )
    assert again.refresh_token == tokens.refresh_token
    oauth.refresh_tokens_api.archive(tokens.refresh_token)
    for ended in (tokens, again):
        with pytest.raises(ApiException) as gone:
            oauth.access_tokens_api.get(ended.access_token)
        assert gone.value.status == 404
    with pytest.raises(ApiException) as refused:
        oauth.tokens_api.create(**form)
    body = json.loads(refused.value.body or "")
    assert (refused.value.status, body["status"], body["error"]) == (400, "error", "invalid_grant")
    assert body["category"] == "VALIDATION_ERROR"


def test_B7_the_newer_client_comes_in_and_stays(origin: str, app: App) -> None:
    oauth = _newer(origin).auth.oauth
    tokens = oauth.create_token(
        grant_type="authorization_code", code=app.code(), redirect_uri=CALLBACK, **app.shown
    )
    assert (tokens.token_use, tokens.hub_id) == ("access_token", app.account.scope.account_id)
    assert tokens.scopes == ["oauth", *SCOPES]
    assert _newer(origin, tokens.access_token).crm.objects.contacts.list().results == []
    access = oauth.introspect_token(token=tokens.access_token, **app.shown)
    assert (access.active, access.app_id, access.token_use) == (True, app.id, "access_token")
    refresh = oauth.introspect_token(token=tokens.refresh_token, **app.shown)
    assert (refresh.token_use, refresh.user_id) == ("refresh_token", app.account.admin.user_id)
    with pytest.raises(AuthenticationError):
        oauth.introspect_token(token=tokens.access_token)
    again = oauth.create_token(grant_type="refresh_token", refresh_token=tokens.refresh_token, **app.shown)
    assert again.refresh_token == tokens.refresh_token
    oauth.revoke_token(token=again.access_token, **app.shown)
    assert oauth.introspect_token(token=again.access_token, **app.shown).active, "it is no refresh token"
    oauth.revoke_token(token=tokens.refresh_token, **app.shown)
    with pytest.raises(APIResponseValidationError) as inactive:
        oauth.introspect_token(token=again.access_token, **app.shown)
    assert inactive.value.response.json() == {"active": False}
    with pytest.raises(BadRequestError):
        oauth.create_token(grant_type="refresh_token", refresh_token=tokens.refresh_token, **app.shown)


def test_B7_a_program_neither_sees_nor_ends_tokens_of_another(origin: str, app: App) -> None:
    other, secret = app.account.engine.write_and_wait(
        lambda unit: actions.create_integration(
            unit, app.account.scope, app.account.admin, "Other", [CALLBACK], SCOPES
        )
    )
    shown = {"client_id": other.client_id, "client_secret": secret}
    oauth = _newer(origin).auth.oauth
    tokens = oauth.create_token(
        grant_type="authorization_code", code=app.code(), redirect_uri=CALLBACK, **app.shown
    )
    for word in (tokens.access_token, tokens.refresh_token):
        with pytest.raises(APIResponseValidationError) as unknown:
            oauth.introspect_token(token=word, **shown)
        assert unknown.value.response.json() == {"active": False}
        oauth.revoke_token(token=word, **shown)
    assert oauth.introspect_token(token=tokens.refresh_token, **app.shown).active
