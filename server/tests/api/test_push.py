"""Push over HTTP: keys that go in and never out, what is unread, what browsers subscribe with."""

from typing import Any

import pytest

from tests.api.desk import Desk, Somebody
from tests.api.test_access import APNS_KEY, SERVICE_ACCOUNT
from tests.api.test_apps import App


@pytest.fixture
def ana(desk: Desk) -> Somebody:
    return desk.found()


def test_keys_are_write_only(ana: Somebody) -> None:
    ana.put("/push/apns", APNS_KEY)
    ana.put("/push/fcm", {"service_account": SERVICE_ACCOUNT})
    ana.put("/push/webpush", {"subject": "mailto:ops@example.org"})
    found = ana.get("/push")
    assert [(each["kind"], each["name"]) for each in found["providers"]] == [
        ("apns", "TEAM123456 · KEY1234567"),
        ("fcm", "nordlicht"),
        ("webpush", "mailto:ops@example.org"),
    ]
    assert "PRIVATE" not in str(found)
    ana.delete("/push/fcm")
    assert [each["kind"] for each in ana.get("/push")["providers"]] == ["apns", "webpush"]
    assert ana.patch("/push", {"with_content": False})["with_content"] is False


def test_a_browser_gets_the_public_half(desk: Desk, ana: Somebody) -> None:
    app = App(desk, ana)

    def key() -> Any:
        headers = {"authorization": f"Bearer {app.session['token']}"}
        return app.browser.get("/api/v1/visitor/push-key", headers=headers).json()["public_key"]

    assert key() is None
    ana.put("/push/webpush", {"subject": "mailto:ops@example.org"})
    assert len(key()) == 87


def test_D20_what_is_unread_costs_nothing_when_nothing_changed(desk: Desk, ana: Somebody) -> None:
    app = App(desk, ana)
    first = app.call("GET", "/unread")
    assert first.json() == {"unread": 0, "messages": 0}
    headers = {"authorization": f"Bearer {app.credential}", "if-none-match": first.headers["etag"]}
    again = app.browser.get("/api/v1/app/unread", headers=headers)
    assert (again.status_code, again.content) == (304, b"")
