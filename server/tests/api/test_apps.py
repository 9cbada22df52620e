"""Native shells around chat pages: what they may keep, their devices, log-out that truly forgets."""

from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from pocketdesk.kernel.moments import DAY, HOUR
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import actions, views
from pocketdesk.people.model import Device, PushProvider
from tests.api.desk import Desk, Somebody

SESSION = "/api/v1/visitor/session"


@pytest.fixture
def ana(desk: Desk) -> Somebody:
    return desk.found()


class App:
    """A phone: the page with its bearer, and the shell with its credential."""

    def __init__(self, desk: Desk, admin: Somebody, **identity: str) -> None:
        self.desk, self.admin = desk, admin
        self.browser: TestClient = desk.browser()
        body = {"account_id": admin.account_id, "mobile_tag": "support", **identity}
        self.session = self.browser.post(SESSION, json=body).json()
        self.installation = str(uuid4())
        answer = self.page("POST", "/visitor/app-credential")
        assert answer.status_code == 201, answer.text
        self.credential = answer.json()["credential"]

    def page(self, method: str, path: str) -> Any:
        headers = {"authorization": f"Bearer {self.session['token']}"}
        return self.browser.request(method, f"/api/v1{path}", headers=headers)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"authorization": f"Bearer {self.credential}"}
        return self.browser.request(method, f"/api/v1/app{path}", json=body, headers=headers)

    def register(self, token: str = "a-token", **more: Any) -> Any:
        body = {
            "installation_id": self.installation,
            "platform": "android",
            "push": {"provider": "fcm", "token": token},
            "app_version": "3.1",
            **more,
        }
        return self.call("PUT", "/device", body)

    @property
    def devices(self) -> tuple[Device, ...]:
        scope = AccountScope(self.admin.account_id)
        return self.desk.engine.read_and_wait(
            lambda reader: views.devices(reader, scope, self.session["visitor_id"], self.desk.clock.now)
        )


def test_C07_a_device_is_registered_once_and_forgotten(desk: Desk, ana: Somebody) -> None:
    app = App(desk, ana)
    for _ in range(2):
        assert app.register().status_code == 204
    (device,) = app.devices
    assert (device.platform, device.app_version, device.is_bare) == ("android", "3.1", False)
    assert app.register("another-token").status_code == 204
    (device,) = app.devices
    assert device.push is not None
    assert device.push.token == "another-token"
    for _ in range(2):
        assert app.call("DELETE", f"/device/{app.installation}").status_code == 204
    assert app.devices == ()


def test_C07_a_push_token_belongs_to_the_last_who_has_it(desk: Desk, ana: Somebody) -> None:
    first, second = App(desk, ana), App(desk, ana)
    first.register("one phone")
    second.register("one phone")
    assert (len(first.devices), len(second.devices)) == (0, 1)


def test_another_app_forgets_nobody_elses_device(desk: Desk, ana: Somebody) -> None:
    mine, other = App(desk, ana), App(desk, ana)
    mine.register()
    assert other.call("DELETE", f"/device/{mine.installation}").status_code == 204
    assert len(mine.devices) == 1


def test_the_credential_opens_nothing_else_and_the_bearer_not_this(desk: Desk, ana: Somebody) -> None:
    app = App(desk, ana)
    as_page = {"authorization": f"Bearer {app.credential}"}
    assert app.browser.post("/api/v1/visitor/remember", headers=as_page).status_code == 401
    assert app.browser.post("/api/v1/visitor/app-credential", headers=as_page).status_code == 401
    as_app = {"authorization": f"Bearer {app.session['token']}"}
    assert (
        app.browser.put("/api/v1/app/properties", json={"properties": {}}, headers=as_app).status_code == 401
    )
    assert app.browser.put("/api/v1/app/properties", json={"properties": {}}).status_code == 401


def test_C05_C06_properties_are_told_bounded_and_replaced_by_name(desk: Desk, ana: Somebody) -> None:
    app = App(desk, ana)
    told = {"device_model": "Pixel 7", "battery_level": "80", "plan": "gold"}
    assert app.call("PUT", "/properties", {"properties": told}).status_code == 204
    assert app.call("PUT", "/properties", {"properties": {"battery_level": "20"}}).status_code == 204
    scope = AccountScope(ana.account_id)

    def known() -> dict[str, str]:
        return dict(
            desk.engine.read_and_wait(
                lambda reader: views.visitor(reader, scope, app.session["visitor_id"])
            ).properties
        )

    assert known() == told | {"battery_level": "20"}
    for wrong in (
        {f"name{number}": "x" for number in range(51)},
        {f"name{number}": "x" for number in range(48)},
        {"x" * 65: "x"},
        {"name": "x" * 501},
        {"": "x"},
        {"name": 5},
    ):
        refused = app.call("PUT", "/properties", {"properties": wrong})
        assert refused.status_code == 422, wrong
        assert any(field.startswith("properties") for field in refused.json()["fields"])
    assert known() == told | {"battery_level": "20"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("installation_id", "not a uuid"),
        ("platform", "symbian"),
        ("push", {"provider": "smoke", "token": "x"}),
        ("push", {"provider": "fcm", "token": ""}),
        ("push", {"provider": "fcm", "token": "x" * 5_000}),
        ("push", {"provider": "fcm", "token": "a\nb"}),
        ("push", {"provider": "apns", "token": "ab", "topic": "a/b"}),
        ("app_version", "x" * 41),
        ("more", "x"),
    ],
)
def test_a_wrong_device_is_refused_at_its_field(desk: Desk, ana: Somebody, field: str, value: Any) -> None:
    app = App(desk, ana)
    refused = app.register(**{field: value})
    assert refused.status_code == 422, refused.text
    assert any(name.startswith(field) for name in refused.json()["fields"])
    assert app.devices == ()


def test_C16_logging_out_forgets_session_device_and_credential(desk: Desk, ana: Somebody) -> None:
    app = App(desk, ana)
    app.register()
    assert app.call("DELETE", "/session").status_code == 204
    assert app.devices == ()
    assert app.call("PUT", "/properties", {"properties": {}}).status_code == 401
    assert app.page("POST", "/visitor/app-credential").status_code == 401


def test_C16_logging_out_leaves_the_web_views_cookie_worthless(desk: Desk, ana: Somebody) -> None:
    app = App(desk, ana)
    assert app.page("POST", "/visitor/remember").status_code == 204
    body = {"account_id": ana.account_id, "mobile_tag": "support"}
    assert app.browser.post(SESSION, json=body).json()["known"] is True
    assert app.call("DELETE", "/session").status_code == 204
    assert app.browser.post(SESSION, json=body).json()["known"] is False


def test_C16_the_page_logs_its_app_out_too(desk: Desk, ana: Somebody) -> None:
    app = App(desk, ana)
    app.register()
    assert app.page("DELETE", "/visitor/session").status_code == 204
    assert app.devices == ()
    assert app.call("PUT", "/properties", {"properties": {}}).status_code == 401


def test_the_credential_outlives_a_proven_session_and_ends_with_its_key(desk: Desk, ana: Somebody) -> None:
    from joserfc import jwk, jwt

    made = ana.post("/identity/keys", {"name": "Server"})
    at = desk.clock.now // 1000
    claims = {"email": "mia@example.org", "aud": str(ana.account_id), "iat": at, "exp": at + 600}
    key = jwk.OctKey.import_key(made["secret"])
    token = jwt.encode({"alg": "HS256", "kid": made["key"]["kid"]}, claims, key)
    app = App(desk, ana, identity_token=token)
    assert app.session["identity"] == "verified"
    app.register()
    desk.clock.advance(13 * HOUR)
    assert app.page("POST", "/visitor/app-credential").status_code == 401
    assert app.register().status_code == 204
    assert len(app.devices) == 1
    ana.post(f"/identity/keys/{made['key']['id']}/revoke")
    assert app.devices == ()
    assert app.register().status_code == 401


def test_signing_somebody_out_everywhere_reaches_apps(desk: Desk, ana: Somebody) -> None:
    token = ana.post("/identity/tokens", {"email": "mia@example.org"})["token"]
    app = App(desk, ana, identity_token=token)
    app.register()
    ana.post("/identity/sign-out", {"email": "mia@example.org"})
    assert app.devices == ()
    assert app.register().status_code == 401


def test_what_nobody_uses_is_forgotten(desk: Desk, ana: Somebody) -> None:
    app = App(desk, ana)
    app.register()
    scope = AccountScope(ana.account_id)
    desk.engine.write_and_wait(
        lambda unit: actions.register_push_token(unit, scope, PushProvider.APNS, "never bound", "ios")
    )
    assert len(desk.rows()["device"]) == 2
    desk.clock.advance(91 * DAY)
    while desk.engine.write_and_wait(actions.sweep_devices):
        pass
    assert desk.rows()["device"] == []
    assert desk.rows()["app_credential"] == []
