"""Settings of webhooks through HubSpot's own Python clients, with their checks of answers on."""

from typing import Any

import pytest
from hubspot import HubSpot
from hubspot.webhooks import (
    SettingsChangeRequest,
    SubscriptionCreateRequest,
    SubscriptionPatchRequest,
    ThrottlingSettings,
)
from hubspot_sdk import HubSpot as Newer

from pocketdesk.accounts.model import Permission
from pocketdesk.hubspot.api.webhooks import PREFIXES
from pocketdesk.webhooks import actions, views
from pocketdesk.webhooks.model import Format, Kind, Webhook
from tests.api.test_hubspot_site_search import account, origin
from tests.facade import Program, program
from tests.small_account import SmallAccount, open_small_account

__all__ = ["account", "origin"]

URL = "https://example.org/hook"


@pytest.fixture
def desk(origin: str, account: SmallAccount) -> Program:
    return program(origin, account, Permission.TOKENS)


def _add(account: SmallAccount, format_: Format = Format.HUBSPOT) -> int:
    made, _ = account.engine.write_and_wait(
        lambda unit: actions.create_webhook(
            unit, account.scope, account.admin, b"0" * 32, "Hook", URL, [], format_
        )
    )
    return made.id


def _now(account: SmallAccount, id_: int) -> Webhook:
    return account.engine.read_and_wait(lambda reader: views.webhook(reader, account.scope, id_))


def test_B8_the_third_version(desk: Program, account: SmallAccount) -> None:
    app_id = _add(account)
    shared: Any = HubSpot(api_key=desk.secret, host=desk.origin, client_side_validation=True)
    settings, subscriptions = shared.webhooks.settings_api, shared.webhooks.subscriptions_api
    assert settings.get_all(app_id).target_url == URL
    change = SettingsChangeRequest(
        target_url="https://example.org/other", throttling=ThrottlingSettings(max_concurrent_requests=6)
    )
    assert (
        settings.configure(app_id, settings_change_request=change).target_url == "https://example.org/other"
    )
    results = subscriptions.get_all(app_id).results
    assert [each.active for each in results] == [True] * 5
    off = SubscriptionPatchRequest(active=False)
    for each in results:
        assert not subscriptions.update(int(each.id), app_id, subscription_patch_request=off).active
    assert not _now(account, app_id).is_on  # and not told everything, as one without kinds would be
    new = SubscriptionCreateRequest(event_type="conversation.newMessage", active=True)
    made = subscriptions.create(app_id, subscription_create_request=new)
    assert made.active
    now = _now(account, app_id)
    assert (now.is_on, now.kinds) == (True, {Kind.MESSAGE_POSTED, Kind.COMMENT_POSTED})
    subscriptions.archive(int(made.id), app_id)
    assert not subscriptions.get_by_id(int(made.id), app_id).active
    settings.clear(app_id)
    assert desk.call("GET", f"/webhooks/v3/{app_id}/settings").status == 404


def test_B8_the_newer_client(desk: Program, account: SmallAccount) -> None:
    app_id = _add(account)
    shared: Any = Newer(
        access_token=desk.secret, base_url=desk.origin, max_retries=0, _strict_response_validation=True
    )
    assert shared.webhooks.get_settings(app_id).target_url == URL
    types = {each.event_type for each in shared.webhooks.list_event_subscriptions(app_id).results}
    assert "conversation.privacyDeletion" in types
    batch = shared.webhooks.create_batch_event_subscriptions(app_id, inputs=[{"id": 1, "active": False}])
    assert [each.active for each in batch.results] == [False]
    for prefix in PREFIXES:
        assert desk.good("GET", f"{prefix.format(app_id=app_id)}/subscriptions")["results"]


def test_B8_settings_need_the_right_and_stay_in_their_account(
    origin: str, desk: Program, account: SmallAccount
) -> None:
    app_id = _add(account)
    before = _now(account, app_id)
    bare = program(origin, account, *(frozenset(Permission) - {Permission.TOKENS}))
    stranger = program(origin, open_small_account(account.engine, account="Other"), *Permission)
    root = f"/webhooks/v3/{app_id}"
    for method, path, body in (
        ("GET", "/settings", None),
        ("PUT", "/settings", {"targetUrl": "https://example.org/x"}),
        ("DELETE", "/settings", None),
        ("GET", "/subscriptions", None),
        ("POST", "/subscriptions", {"eventType": "conversation.creation", "active": False}),
        ("POST", "/subscriptions/batch/update", {"inputs": [{"id": 1, "active": False}]}),
        ("GET", "/subscriptions/1", None),
        ("PATCH", "/subscriptions/1", {"active": False}),
        ("DELETE", "/subscriptions/1", None),
    ):
        assert Program(origin, "pdk_x").call(method, root + path, body).status == 401
        assert bare.call(method, root + path, body).status == 403
        assert stranger.call(method, root + path, body).status == 404
    assert _now(account, app_id) == before
    assert desk.call("GET", f"/webhooks/v3/{_add(account, Format.STANDARD)}/settings").status == 404
    for method, path, body in (
        ("PUT", "/settings", {}),
        ("PUT", "/settings", {"targetUrl": "ftp://example.org"}),
        ("POST", "/subscriptions", {"eventType": "contact.creation"}),
        ("POST", "/subscriptions", {"eventType": "conversation.deletion"}),
        ("POST", "/subscriptions/batch/update", {"inputs": [{"id": "x", "active": True}]}),
        ("PATCH", "/subscriptions/1", {}),
    ):
        refused = desk.call(method, root + path, body)
        assert (refused.status, refused.body["category"]) == (400, "VALIDATION_ERROR")
    batch = {"inputs": [{"id": 1, "active": False}, {"id": 99, "active": True}]}
    assert desk.call("POST", f"{root}/subscriptions/batch/update", batch).status == 404
    assert _now(account, app_id) == before
