"""What HubSpot's mobile SDKs call: requests as these send them, by whoever may and whoever may not."""

from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from pocketdesk.accounts.rules.sealing import sealing_key
from pocketdesk.app import http
from pocketdesk.conversations import actions as conversations
from pocketdesk.conversations.model import VisitorViewer
from pocketdesk.hubspot import api
from pocketdesk.kernel.moments import HOUR, MINUTE
from pocketdesk.people import actions as people
from pocketdesk.people import views
from pocketdesk.people.model import Device
from pocketdesk.storage import Engine
from tests.databases import Clock
from tests.small_account import SmallAccount, open_small_account

BASE = "/livechat-public/v1/mobile-sdk"
KEY = sealing_key(b"the secret of a desk")
# Every key that HubSpot's SDKs document, as Android and iOS write them.
DOCUMENTED = {
    "device_model": "Pixel 7",
    "os_version": "Android 15",
    "app_version": "5.1",
    "screen_resolution": "1080 x 2400",
    "screen_size": "7.0",
    "device_orientation": "portrait",
    "battery_level": "80",
    "battery_state": "unplugged",
    "platform": "android",
    "notification_permissions": "true",
    "camera_permissions": "false",
    "photo_library_permissions": "true",
    "location_permissions": "false",
    "location": "53.55,9.99",
}
MIA = "mia+app@example.org"


class Phone:
    """HubSpot's SDK in an app: without cookies, without credentials."""

    def __init__(self, engine: Engine, clock: Clock, account: SmallAccount) -> None:
        app = FastAPI()
        app.state.engine, app.state.clock, app.state.sealing_key = engine, clock, KEY
        app.state.settings = SimpleNamespace(origin="http://desk.example")
        http.install(app)
        app.include_router(api.router)
        self.engine, self.clock, self.account = engine, clock, account
        self.http = TestClient(app, follow_redirects=False)

    def tell(self, thread: Any, metadata: Any, portal: Any = None, **identity: Any) -> Any:
        where = {"portalId": portal or self.account.scope.account_id, "threadId": thread}
        body = {"email": "", "visitorToken": "", "metadata": metadata, **identity}
        return self.http.post(f"{BASE}/metadata", params=where, json=body)

    def register(self, token: str = "fcm:token/1", platform: str = "android", portal: Any = None) -> Any:
        where = {"portalId": portal or self.account.scope.account_id}
        body = {"devicePushToken": token, "platform": platform}
        return self.http.post(f"{BASE}/device-token", params=where, json=body)

    def forget(self, path: str) -> Any:
        where = {"portalId": self.account.scope.account_id}
        return self.http.delete(f"{BASE}/device-token/{path}", params=where)

    def properties(self, visitor: VisitorViewer) -> dict[str, str]:
        read = self.engine.read_and_wait(
            lambda reader: views.visitor(reader, visitor.scope, visitor.visitor_id)
        )
        return dict(read.properties)

    def devices(self, visitor: VisitorViewer) -> tuple[Device, ...]:
        return self.engine.read_and_wait(
            lambda reader: views.devices(reader, visitor.scope, visitor.visitor_id, self.clock.now)
        )


@pytest.fixture
def account(engine: Engine) -> SmallAccount:
    return open_small_account(engine)


@pytest.fixture
def phone(engine: Engine, clock: Clock, account: SmallAccount) -> Phone:
    return Phone(engine, clock, account)


def _proven(account: SmallAccount, email: str) -> tuple[VisitorViewer, str]:
    """A visitor who has shown a token, and the token."""
    issued = account.engine.write_and_wait(
        lambda unit: people.issue_identity_token(unit, account.scope, email, None, None)
    )

    def begin(unit: Any) -> int:
        proof = views.proof_of(unit, account.scope, issued.token, email, KEY, unit.now)
        assert proof is not None
        opened = people.open_proven_session(
            unit, account.scope, "support", {}, proof, None, conversations.join_history
        )
        return opened.visitor_id

    return VisitorViewer(account.scope, account.engine.write_and_wait(begin)), issued.token


def test_A7_C04_C05_properties_of_an_anonymous_conversation_are_kept(
    phone: Phone, account: SmallAccount
) -> None:
    visitor = account.new_visitor()
    thread = account.start(visitor)
    for _ in range(2):
        answer = phone.tell(thread, {**DOCUMENTED, "push_token": ""})
        assert (answer.status_code, answer.content) == (204, b"")
    assert phone.properties(visitor) == DOCUMENTED
    # iOS leaves out who it does not know.
    where = {"portalId": account.scope.account_id, "threadId": thread}
    answer = phone.http.post(f"{BASE}/metadata", params=where, json={"metadata": {"plan": "gold"}})
    assert answer.status_code == 204
    assert phone.properties(visitor) == DOCUMENTED | {"plan": "gold"}


def test_C06_without_proof_only_a_conversation_that_lives_is_believed(
    phone: Phone, account: SmallAccount, clock: Clock
) -> None:
    visitor = account.new_visitor()
    thread = account.start(visitor)
    clock.now += HOUR
    quiet = phone.tell(thread, {"plan": "gold", "platform": "android", "push_token": "t"})
    assert (quiet.status_code, quiet.content) == (204, b"")
    assert phone.properties(visitor) == {}
    assert phone.devices(visitor) == ()
    account.post(visitor, thread, "Still here")
    clock.now += MINUTE
    phone.tell(thread, {"plan": "gold"})
    assert phone.properties(visitor) == {"plan": "gold"}


def test_C06_somebody_elses_thread_changes_nothing_and_answers_the_same(
    phone: Phone, account: SmallAccount, clock: Clock, subtests: pytest.Subtests
) -> None:
    mia, token = _proven(account, MIA)
    _, others = _proven(account, "ben@example.org")
    thread = account.start(mia)
    anonymous = account.new_visitor()
    free = account.start(anonymous)
    other = open_small_account(account.engine, account="Suedlicht")
    metadata = {"plan": "gold", "platform": "android", "push_token": "stolen"}
    cases: dict[str, tuple[Any, dict[str, Any]]] = {
        "no token": (thread, {}),
        "only an address": (thread, {"email": MIA}),
        "a forged one": (thread, {"email": MIA, "visitorToken": "forged"}),
        "another contact's": (thread, {"email": "ben@example.org", "visitorToken": others}),
        "not of the address": (thread, {"email": "ben@example.org", "visitorToken": token}),
        "of an anonymous thread": (free, {"email": MIA, "visitorToken": token}),
        "of no thread": (2**52, {"email": MIA, "visitorToken": token}),
        "another account": (thread, {"portal": other.scope.account_id, "visitorToken": token}),
        "another account, anonymous": (free, {"portal": other.scope.account_id}),
    }
    for name, (asked, identity) in cases.items():
        with subtests.test(name):
            answer = phone.tell(asked, metadata, **identity)
            assert (answer.status_code, answer.content) == (204, b"")
            assert "retry-after" not in answer.headers
            assert (phone.properties(mia), phone.properties(anonymous)) == ({}, {})
            assert (phone.devices(mia), phone.devices(anonymous)) == ((), ())
    clock.now += 12 * HOUR
    phone.tell(thread, metadata, email=MIA, visitorToken=token)
    assert phone.properties(mia) == {}


def test_C05_C07_an_identified_thread_takes_properties_and_full_pushes_with_its_token(
    phone: Phone, account: SmallAccount, clock: Clock
) -> None:
    mia, token = _proven(account, MIA)
    thread = account.start(mia)
    clock.now += 3 * HOUR
    told = {"platform": "ios", "push_token": "ab" * 32, "device_model": "iPhone16,1"}
    for _ in range(2):
        assert phone.tell(thread, told, email=MIA, visitorToken=token).status_code == 204
    assert phone.properties(mia) == {"platform": "ios", "device_model": "iPhone16,1"}
    (device,) = phone.devices(mia)
    assert device.push is not None
    assert (device.push.provider, device.push.token, device.is_bare) == ("apns", "ab" * 32, False)


def test_C07_a_push_token_comes_waits_is_bound_bare_and_goes(phone: Phone, account: SmallAccount) -> None:
    visitor = account.new_visitor()
    thread = account.start(visitor)
    for _ in range(2):
        answer = phone.register()
        assert answer.status_code == 200
        assert answer.json() == {"devicePushToken": "fcm:token/1", "platform": "android"}
    assert phone.devices(visitor) == ()
    phone.tell(thread, {"platform": "android", "push_token": "fcm:token/1"})
    (device,) = phone.devices(visitor)
    assert device.is_bare
    for path in ("fcm%3Atoken%2F1", "fcm%3Atoken%2F1", ""):
        answer = phone.forget(path)
        assert (answer.status_code, answer.content) == (204, b"")
    assert phone.devices(visitor) == ()


def test_A6_bad_input_is_a_4xx_in_hubspots_words_and_changes_nothing(
    phone: Phone, account: SmallAccount, subtests: pytest.Subtests
) -> None:
    visitor = account.new_visitor()
    thread = account.start(visitor)
    many = {f"name{number}": "x" for number in range(51)}
    wrong: dict[str, Any] = {
        "too many": many,
        "a long name": {"n" * 65: "x"},
        "a long value": {"plan": "x" * 501},
        "no text": {"plan": 1},
        "nested": {"plan": {"a": "b"}},
        "a NUL": {"plan": "a\0b"},
        "a list": ["plan"],
        "a push token that is none": {"push_token": "ü"},
    }
    for name, metadata in wrong.items():
        for asked in (thread, 2**52):
            with subtests.test(f"{name} at {asked}"):
                answer = phone.tell(asked, metadata)
                assert answer.status_code == 400
                body = answer.json()
                assert (body["status"], body["category"]) == ("error", "VALIDATION_ERROR")
                assert isinstance(body["message"], str)
    for asked in ("abc", 0, -1, 2**53, 1.5, ""):
        assert phone.tell(asked, {}).status_code == 400
    assert phone.register(token="").status_code == 400
    assert phone.register(token="x" * 4_097).status_code == 400
    assert phone.register(platform="symbian").status_code == 400
    assert phone.register(portal=2**50).status_code == 404
    assert phone.tell(thread, {}, portal=2**50).status_code == 404
    assert phone.properties(visitor) == {}
    # One too many for this visitor: the answer does not tell.
    phone.tell(thread, {f"name{number}": "x" for number in range(50)})
    assert len(phone.properties(visitor)) == 50
    assert phone.tell(thread, {"more": "x"}).status_code == 204
    assert len(phone.properties(visitor)) == 50


def test_A6_uploads_are_limited_by_thread_whoevers_it_is(phone: Phone, account: SmallAccount) -> None:
    thread = account.start(account.new_visitor())
    for asked in (thread, 2**52):
        statuses = [phone.tell(asked, {"plan": "gold"}).status_code for _ in range(31)]
        assert statuses == [204] * 30 + [429]
    answer = phone.tell(thread, {})
    assert (answer.json()["category"], int(answer.headers["retry-after"]) > 0) == ("RATE_LIMITS", True)
