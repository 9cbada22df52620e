"""Integrations: what users let in, the tokens that programs get for it, and everybody who must get none."""

import re
from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from fastapi.routing import iter_route_contexts

from pocketdesk.accounts import actions
from pocketdesk.accounts.rules.oauth import ACCESS_MS, CODE_MS, IDLE_MS, SCOPES
from pocketdesk.hubspot import api as hubspot
from pocketdesk.hubspot.api.oauth import CALLS_BY_ADDRESS
from pocketdesk.hubspot.rules import scopes_for
from pocketdesk.kernel.moments import DAY
from tests.api.desk import Desk, Somebody

CALLBACK = "https://shop.example/callback?from=desk"
LOCAL = "http://localhost:3000/oauth-callback"
STATE = "a&code=forged#%?/ é"
QUESTION = "/api/v1/oauth/authorization"
CONTACTS = "/crm/v3/objects/contacts"
TICKETS = "/crm/v3/objects/tickets"
THREADS = "/conversations/v3/conversations/threads"


@dataclass
class Shop:
    """A program outside, registered as an integration."""

    desk: Desk
    id: int
    client_id: str
    secret: str

    def asks(self, **changes: Any) -> dict[str, Any]:
        """The question, as the page's address has it."""
        usual = {
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "scope": "crm.objects.contacts.read",
            "state": STATE,
        }
        return {name: value for name, value in {**usual, **changes}.items() if value is not None}

    def question(self, user: Somebody, **changes: Any) -> Any:
        return user.browser.get(QUESTION, params=self.asks(**changes))

    def reply(self, user: Somebody, *, allow: bool = True, **changes: Any) -> Any:
        return user.browser.post(QUESTION, json={**self.asks(**changes), "allow": allow})

    def code(self, user: Somebody, **changes: Any) -> str:
        """What a user who allows it sends the program."""
        answer = self.reply(user, **changes)
        assert answer.status_code == 200, answer.text
        return parse_qs(urlsplit(answer.json()["redirect_to"]).query)["code"][0]

    def token(self, headers: dict[str, str] | None = None, **form: Any) -> Any:
        """A call to the token endpoint; None leaves a field out."""
        usual = {"client_id": self.client_id, "client_secret": self.secret}
        fields = {name: value for name, value in {**usual, **form}.items() if value is not None}
        return self.desk.browser().post("/oauth/v1/token", data=fields, headers=headers)

    def exchange(self, code: Any, **form: Any) -> Any:
        fields: dict[str, Any] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            **form,
        }
        return self.token(**fields)

    def refresh(self, word: str, **form: Any) -> Any:
        fields: dict[str, Any] = {"grant_type": "refresh_token", "refresh_token": word, **form}
        return self.token(**fields)

    def connect(self, user: Somebody, **changes: Any) -> dict[str, Any]:
        """The tokens of a user who allows it."""
        answer = self.exchange(self.code(user, **changes), redirect_uri=changes.get("redirect_uri", CALLBACK))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def call(self, word: str, path: str = CONTACTS, method: str = "GET", body: Any = None) -> int:
        headers = {"authorization": f"Bearer {word}"}
        return self.desk.browser().request(method, path, json=body, headers=headers).status_code


@pytest.fixture
def ana(desk: Desk) -> Somebody:
    desk.app.include_router(hubspot.router)
    return desk.found()


@pytest.fixture
def shop(desk: Desk, ana: Somebody) -> Shop:
    return _register(desk, ana)


def _register(desk: Desk, admin: Somebody, *scopes: str) -> Shop:
    new = {
        "name": "Shop",
        "redirect_uris": [CALLBACK, LOCAL],
        "scopes": list(scopes or set(SCOPES) - {"content"}),
    }
    made = admin.post("/integrations", new)
    return Shop(desk, made["integration"]["id"], made["integration"]["client_id"], made["secret"])


def _refused(answer: Any, code: str, status: int = 400) -> None:
    """A no in RFC 6749's words and in HubSpot's envelope, which nobody keeps."""
    body = answer.json()
    assert (answer.status_code, body["error"]) == (status, code), answer.text
    assert body["status"] == "error"
    assert body["message"] == body["error_description"]
    assert body["correlationId"]
    assert body["category"] == ("VALIDATION_ERROR" if status == 400 else "INVALID_AUTHENTICATION")
    assert answer.headers["cache-control"] == "no-store"


# The question.


def test_B7_a_user_sees_who_asks_for_what_and_lets_it_in(ana: Somebody, shop: Shop) -> None:
    optional = "tickets content companies pocketdesk.audit"
    seen = shop.question(ana, optional_scope=optional).json()
    assert seen == {
        "integration_name": "Shop",
        "account_name": "Nordlicht",
        "user_name": "Ana Duarte",
        "scopes": ["oauth", "crm.objects.contacts.read", "tickets", "pocketdesk.audit"],
        "host": "shop.example",
    }
    leaves = urlsplit(shop.reply(ana, optional_scope=optional).json()["redirect_to"])
    assert f"{leaves.scheme}://{leaves.netloc}{leaves.path}" == "https://shop.example/callback"
    answer = dict(parse_qsl(leaves.query, strict_parsing=True))
    code = answer.pop("code")
    assert answer == {"from": "desk", "state": STATE, "iss": shop.desk.origin}
    given = shop.exchange(code)
    assert given.headers["cache-control"] == "no-store"
    tokens = given.json()
    assert (tokens["token_type"], tokens["expires_in"], tokens["hub_id"]) == ("bearer", 1800, ana.account_id)
    assert tokens["scopes"] == seen["scopes"]
    assert shop.call(tokens["access_token"]) == 200
    (listed,) = ana.get(f"/integrations/{shop.id}/connections")["items"]
    assert (listed["user"]["id"], listed["scopes"]) == (ana.user_id, seen["scopes"])
    verbs = {entry["verb"] for entry in ana.get("/audit")["items"] if entry["object_kind"] == "integration"}
    assert verbs == {"created", "allowed"}


def test_B7_who_declines_sends_no_code(ana: Somebody, shop: Shop) -> None:
    before = shop.desk.rows()["connection"]
    leaves = urlsplit(shop.reply(ana, allow=False).json()["redirect_to"])
    answer = dict(parse_qsl(leaves.query, strict_parsing=True))
    assert answer == {"from": "desk", "error": "access_denied", "state": STATE, "iss": shop.desk.origin}
    assert shop.desk.rows()["connection"] == before


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/callback?from=desk",
        "https://shop.example/callback",
        "https://shop.example/callback?from=desk&x=1",
        "https://shop.example/callback?from=desk#",
        "https://SHOP.example/callback?from=desk",
        "https://shop.example:443/callback?from=desk",
        "https://shop.example/callback/../evil?from=desk",
        "http://shop.example/callback?from=desk",
        "http://localhost:3001/oauth-callback",
        "//evil.example/",
        "",
    ],
)
def test_B7_nobody_is_sent_to_an_address_that_is_not_registered(ana: Somebody, shop: Shop, uri: str) -> None:
    for answer in (
        shop.question(ana, redirect_uri=uri),
        shop.reply(ana, redirect_uri=uri),
        shop.reply(ana, redirect_uri=uri, allow=False),
    ):
        assert (answer.status_code, answer.json()["code"]) == (400, "unregistered_redirect"), answer.text
    assert not shop.desk.rows()["connection"]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"client_id": "nobody"}, 404, "unknown_client"),
        ({"client_id": "x" * 42 + "\0"}, 404, "unknown_client"),
        ({"account_id": 1_000_000}, 404, "unknown_client"),
        ({"scope": "content"}, 400, "invalid_scope"),
        ({"scope": "crm.objects.companies.read"}, 400, "invalid_scope"),
        ({"scope": None}, 400, "invalid_scope"),
        ({"response_type": "token"}, 400, "invalid_request"),
        ({"code_challenge": "x" * 43, "code_challenge_method": "plain"}, 400, "invalid_request"),
        ({"code_challenge": "x" * 43}, 400, "invalid_request"),
        ({"code_challenge": "short", "code_challenge_method": "S256"}, 400, "invalid_request"),
        ({"state": "x" * 2_001}, 422, "invalid"),
        ({"scope": "tickets\0"}, 400, "invalid_scope"),
    ],
)
def test_B7_a_question_that_is_wrong_is_not_asked(
    ana: Somebody, shop: Shop, changes: dict[str, Any], status: int, code: str
) -> None:
    for answer in (shop.question(ana, **changes), shop.reply(ana, **changes)):
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert not shop.desk.rows()["connection"]


def test_B7_only_a_user_of_the_account_in_person_and_with_the_rights_answers(
    desk: Desk, ana: Somebody, shop: Shop
) -> None:
    assert shop.question(ana, account_id=ana.account_id).status_code == 200
    stranger = Somebody(desk.browser(), ana.account_id, 0, "")
    eve = desk.found("Other", "eve@example.org")
    ben = desk.hire(ana, "ben@example.org", "people")
    cleo = desk.hire(ana, "cleo@example.org", "tokens")
    secret = ana.post("/tokens", {"name": "P", "scopes": ["tokens", "people"]})["secret"]
    program = Somebody(desk.browser(authorization=f"Bearer {secret}"), ana.account_id, 0, "")
    for user, status in ((stranger, 401), (program, 401), (eve, 404), (ben, 403)):
        assert shop.question(user).status_code == status
        assert shop.reply(user).status_code == status
    wanted = "communication_preferences.write"
    assert shop.question(cleo, scope=wanted).json()["code"] == "missing_rights"
    assert shop.reply(cleo, scope=wanted).status_code == 403
    assert wanted not in shop.question(cleo, optional_scope=wanted).json()["scopes"]
    broken = b'{"client_id": "%s", "redirect_uri": "", "state": "\\ud800", "allow": false}'
    content = broken % shop.client_id.encode()
    assert ana.browser.post(QUESTION, content=content).status_code == 422
    # A page of somebody else may show Ana the question, but not answer it for her.
    foreign = {"origin": "https://evil.example"}
    forged = ana.browser.post(QUESTION, json={**shop.asks(), "allow": True}, headers=foreign)
    assert (forged.status_code, forged.json()["code"]) == (403, "foreign_origin")
    assert not desk.rows()["connection"]


# The code.


def test_B7_a_code_works_once_and_takes_what_it_gave_when_it_comes_again(ana: Somebody, shop: Shop) -> None:
    code = shop.code(ana)
    tokens = shop.exchange(code).json()
    assert shop.call(tokens["access_token"]) == 200
    another = shop.connect(ana)
    _refused(shop.exchange(code), "invalid_grant")
    assert shop.call(tokens["access_token"]) == 401
    _refused(shop.refresh(tokens["refresh_token"]), "invalid_grant")
    assert shop.call(another["access_token"]) == 200, "nobody else's"
    assert ana.get("/audit")["items"][0]["facts"] == {"reason": "code_reused"}
    _refused(shop.exchange(code), "invalid_grant")


def test_B7_a_code_is_for_its_program_its_address_and_five_minutes(
    desk: Desk, ana: Somebody, shop: Shop
) -> None:
    code = shop.code(ana)
    other = _register(desk, ana)
    far = _register(desk, desk.found("Other", "eve@example.org"))
    before = desk.rows()
    _refused(other.exchange(code), "invalid_grant")
    _refused(far.exchange(code), "invalid_grant")
    _refused(shop.exchange(code, redirect_uri=LOCAL), "invalid_grant")
    _refused(shop.exchange(code, redirect_uri=None), "invalid_request")
    _refused(shop.exchange(code, client_secret=other.secret), "invalid_client", 401)
    _refused(shop.exchange(code, client_secret=None), "invalid_client", 401)
    _refused(shop.exchange(code[:-1]), "invalid_grant")
    _refused(shop.exchange(code, code_verifier="v" * 43), "invalid_grant")
    desk.clock.now += CODE_MS - 1
    assert desk.rows() == before
    assert shop.exchange(code).status_code == 200
    late = shop.code(ana)
    desk.clock.now += CODE_MS
    _refused(shop.exchange(late), "invalid_grant")


def test_B7_a_code_with_a_challenge_needs_the_word_behind_it(ana: Somebody, shop: Shop) -> None:
    verifier = "v" * 42 + "~"
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
    code = shop.code(ana, code_challenge=challenge, code_challenge_method="S256")
    for wrong in (None, "v" * 43, challenge, verifier + "x"):
        _refused(shop.exchange(code, code_verifier=wrong), "invalid_grant")
    assert shop.exchange(code, code_verifier=verifier).status_code == 200


def test_B7_the_token_endpoint_says_what_is_wrong(ana: Somebody, shop: Shop) -> None:
    code = shop.code(ana)
    _refused(shop.token(grant_type="client_credentials"), "unsupported_grant_type")
    _refused(shop.token(), "invalid_request")
    _refused(shop.token(grant_type="authorization_code", redirect_uri=CALLBACK), "invalid_request")
    _refused(shop.exchange(code, client_id="nobody"), "invalid_client", 401)
    _refused(shop.exchange([code, code]), "invalid_request")
    basic = b64encode(f"{shop.client_id}:{shop.secret}".encode()).decode()
    headers = {"authorization": f"Basic {basic}"}
    _refused(shop.exchange(code, headers=headers), "invalid_request")
    bare = {"client_id": None, "client_secret": None}
    nonsense = shop.exchange(code, headers={"authorization": "Basic nonsense"}, **bare)
    _refused(nonsense, "invalid_client", 401)
    assert nonsense.headers["www-authenticate"] == "Basic"
    assert shop.exchange(code, headers=headers, **bare).status_code == 200
    browser = shop.desk.browser()
    strange = b'{"client_id": "a\\u0000\\ud800", "client_secret": "\\ud800"}'
    for body in (b"\xff", b"{", b"[]", b"[" * 9_000, b'{"code": 5}', strange, b"x" * 10_001):
        for media_type in ("application/json", "application/x-www-form-urlencoded"):
            answer = browser.post("/oauth/v1/token", content=body, headers={"content-type": media_type})
            assert answer.status_code in {400, 401}, (body[:9], answer.text)
            assert answer.json()["error"] in {"invalid_request", "invalid_client"}


# Tokens.


def test_B7_an_access_token_ends_after_half_an_hour_and_a_refresh_token_stays(
    desk: Desk, ana: Somebody, shop: Shop
) -> None:
    tokens = shop.connect(ana)
    desk.clock.now += ACCESS_MS - 1
    assert shop.call(tokens["access_token"]) == 200
    desk.clock.now += 1
    assert shop.call(tokens["access_token"]) == 401
    again = shop.refresh(tokens["refresh_token"]).json()
    assert again["refresh_token"] == tokens["refresh_token"]
    assert again["access_token"] != tokens["access_token"]
    assert shop.call(again["access_token"]) == 200
    other = _register(desk, ana)
    _refused(other.refresh(tokens["refresh_token"]), "invalid_grant")
    _refused(shop.refresh(again["access_token"]), "invalid_grant")
    _refused(shop.refresh(tokens["refresh_token"], scope="tickets"), "invalid_scope")
    assert shop.refresh(tokens["refresh_token"], scope=tokens["scope"]).status_code == 200
    assert shop.call(tokens["refresh_token"]) == 401
    desk.clock.now += IDLE_MS
    _refused(shop.refresh(tokens["refresh_token"]), "invalid_grant")


def test_B7_a_token_opens_what_was_allowed_and_nothing_else(desk: Desk, ana: Somebody, shop: Shop) -> None:
    word = shop.connect(ana)["access_token"]
    new = {"properties": {"email": "mia@example.org"}}
    assert shop.call(word, f"{CONTACTS}/search", "POST", {}) == 200
    assert shop.call(word, CONTACTS, "POST", new) == 403
    assert shop.call(word, f"{CONTACTS}/search", "PATCH", new) == 403
    for path in (TICKETS, THREADS, "/crm/v3/owners", "/webhooks/v3/1/settings", "/files/v3/files/1"):
        assert shop.call(word, path) == 403, path
    own = f"/api/v1/accounts/{ana.account_id}"
    assert shop.call(word, f"{own}/contacts") == 403
    writer = shop.connect(ana, scope="crm.objects.contacts.write pocketdesk.api")["access_token"]
    assert shop.call(writer, CONTACTS, "POST", new) == 201
    assert shop.call(writer, CONTACTS) == 403
    assert shop.call(writer, f"{own}/contacts") == 200
    assert shop.call(writer, f"{own}/tokens") == 403
    assert shop.call(writer, f"{own}/audit") == 403
    auditor = shop.connect(ana, scope="pocketdesk.audit")["access_token"]
    assert shop.call(auditor, f"{own}/audit") == 200
    far = desk.found("Other", "eve@example.org")
    assert shop.call(auditor, f"/api/v1/accounts/{far.account_id}/audit") == 404


def test_B7_a_token_does_no_more_than_its_user_may_at_this_moment(desk: Desk, ana: Somebody) -> None:
    scopes = "conversations.visitor_identification.tokens.create communication_preferences.write"
    shop = _register(desk, ana, *scopes.split())
    ben = desk.hire(ana, "ben@example.org", "tokens", "identity", "people")
    word = shop.connect(ben, scope=scopes)["access_token"]
    path, body = "/visitor-identification/v3/tokens/create", {"email": "mia@example.org"}
    assert shop.call(word, path, "POST", body) == 200
    (set_id,) = (
        each["id"] for each in ana.get("/permission-sets")["items"] if each["name"] == "ben@example.org"
    )
    ana.patch(f"/permission-sets/{set_id}", {"permissions": ["tokens"]})
    assert shop.call(word, path, "POST", body) == 403
    ana.patch(f"/permission-sets/{set_id}", {"permissions": ["tokens", "identity"]})
    assert shop.call(word, path, "POST", body) == 200
    ana.patch(f"/integrations/{shop.id}", {"scopes": ["communication_preferences.write"]})
    assert shop.call(word, path, "POST", body) == 403


def test_B7_tokens_end_with_whatever_they_hang_on(desk: Desk, ana: Somebody, shop: Shop) -> None:
    ben = desk.hire(ana, "ben@example.org", "tokens")
    kept = shop.connect(ana)
    waiting = shop.code(ben)
    for end in ("user", "connection", "refresh token", "integration"):
        tokens = shop.connect(ana if end == "integration" else ben)
        assert shop.call(tokens["access_token"]) == 200
        if end == "user":
            ana.patch(f"/users/{ben.user_id}", {"deactivated": True})
            _refused(shop.exchange(waiting), "invalid_grant")
            ana.patch(f"/users/{ben.user_id}", {"deactivated": False})
            ben = desk.sign_in(ben.email, ben.account_id, ben.user_id)
        elif end == "connection":
            found = ana.get(f"/integrations/{shop.id}/connections")["items"]
            (mine,) = (each["id"] for each in found if each["user"]["id"] == ben.user_id)
            ana.delete(f"/integrations/{shop.id}/connections/{mine}")
        elif end == "refresh token":
            path = f"/oauth/v1/refresh-tokens/{tokens['refresh_token']}"
            assert [desk.browser().delete(path).status_code for _ in range(2)] == [204, 204]
        else:
            ana.delete(f"/integrations/{shop.id}")
            _refused(shop.refresh(tokens["refresh_token"]), "invalid_client", 401)
        assert shop.call(tokens["access_token"]) == 401, end
        if end != "integration":
            _refused(shop.refresh(tokens["refresh_token"]), "invalid_grant")
            assert shop.call(kept["access_token"]) == 200, "others stay"
    assert shop.call(kept["access_token"]) == 401
    rows = desk.rows()
    assert not rows["connection"]
    assert not rows["access_token"]
    assert not rows["integration"]


def test_B7_a_new_secret_takes_the_place_of_the_old_one(ana: Somebody, shop: Shop) -> None:
    tokens = shop.connect(ana)
    old = shop.secret
    shop.secret = ana.post(f"/integrations/{shop.id}/secret")["secret"]
    assert shop.refresh(tokens["refresh_token"]).status_code == 200
    _refused(shop.refresh(tokens["refresh_token"], client_secret=old), "invalid_client", 401)


def test_B7_nothing_that_is_stored_opens_anything(ana: Somebody, shop: Shop) -> None:
    code = shop.code(ana)
    tokens = shop.exchange(code).json()
    stored = repr(shop.desk.rows())
    for word in (code, shop.secret, tokens["access_token"], tokens["refresh_token"]):
        assert word not in stored
        assert sha256(word.encode()).hexdigest() in stored


def test_B7_what_nobody_can_use_any_more_is_swept(desk: Desk, ana: Somebody, shop: Shop) -> None:
    shop.code(ana)
    tokens = shop.connect(ana)
    desk.clock.now += ACCESS_MS
    desk.engine.write_and_wait(actions.sweep_connections)
    rows = desk.rows()
    assert (len(rows["connection"]), len(rows["access_token"])) == (1, 0)
    desk.clock.now += IDLE_MS - DAY
    assert shop.refresh(tokens["refresh_token"]).status_code == 200
    desk.clock.now += IDLE_MS - 1
    desk.engine.write_and_wait(actions.sweep_connections)
    assert len(desk.rows()["connection"]) == 1
    desk.clock.now += 1
    desk.engine.write_and_wait(actions.sweep_connections)
    assert not desk.rows()["connection"]


def test_B7_an_account_has_so_many_integrations(desk: Desk, ana: Somebody) -> None:
    for _ in range(50):
        _register(desk, ana, "tickets")
    new = {"name": "One more", "redirect_uris": [CALLBACK], "scopes": []}
    assert ana.call("POST", "/integrations", new).json()["code"] == "too_many_integrations"


def test_B7_whom_nobody_knows_may_not_try_without_end(desk: Desk, shop: Shop) -> None:
    for _ in range(CALLS_BY_ADDRESS.burst):
        _refused(shop.token(client_secret="guess"), "invalid_client", 401)
    assert shop.token(client_secret="guess").status_code == 429
    assert desk.browser().get("/oauth/v1/access-tokens/guess").status_code == 429
    assert desk.browser("192.0.2.9").get("/oauth/v1/access-tokens/guess").status_code == 404


def test_B7_each_of_hubspots_paths_has_its_scope_and_those_of_webhooks_none() -> None:
    closed: set[str] = set()
    for route in iter_route_contexts(hubspot.router.routes):
        path = re.sub(r"{[^}]*}", "5", route.path or "")
        if path.startswith(("/livechat-public/", "/oauth/")):
            continue
        for method in route.methods or ():
            wanted = scopes_for(method, path)
            assert set(wanted) <= SCOPES.keys()
            if not wanted:
                closed.add(f"{method} {path}")
    assert closed
    assert all(" /webhooks/" in each for each in closed), closed
