"""Visitor identification through HubSpot's own Python clients, with their checks of answers on."""

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from hubspot.conversations.visitor_identification import IdentificationTokenGenerationRequest
from hubspot.conversations.visitor_identification.exceptions import ApiException
from hubspot_sdk import BadRequestError, HubSpot, PermissionDeniedError

from pocketdesk.accounts import actions as accounts
from pocketdesk.accounts.model import Permission
from pocketdesk.hubspot.api.visitor_identification import PATHS
from pocketdesk.kernel.moments import HOUR
from pocketdesk.people import views
from pocketdesk.people.model import Proof
from tests.api.test_hubspot_site_search import account, client, origin
from tests.databases import Clock
from tests.small_account import SmallAccount

__all__ = ["account", "origin"]

MIA = "mia+app@example.org"


def _secret(account: SmallAccount, *scopes: Permission) -> str:
    _, secret = account.engine.write_and_wait(
        lambda unit: accounts.create_token(unit, account.scope, account.admin, "identity", list(scopes))
    )
    return secret


def _proof(account: SmallAccount, token: str, now: int) -> Proof | None:
    return account.engine.read_and_wait(
        lambda reader: views.proof_of(reader, account.scope, token, MIA, b"0" * 32, now)
    )


def test_B2_the_official_client_gets_a_token(origin: str, account: SmallAccount, clock: Clock) -> None:
    shared = client(origin, _secret(account, Permission.IDENTITY))
    generate = shared.conversations.visitor_identification.generate_api.generate_token
    whom = IdentificationTokenGenerationRequest(email=MIA, first_name="Mia", last_name="Sand")
    first, second = (generate(identification_token_generation_request=whom).token for _ in range(2))
    assert first != second
    assert _proof(account, first, clock.now) == Proof(MIA, "Mia Sand")
    assert _proof(account, first, clock.now + 12 * HOUR) is None


def test_B2_the_newer_client_gets_one_too(origin: str, account: SmallAccount, clock: Clock) -> None:
    shared = HubSpot(
        access_token=_secret(account, Permission.IDENTITY),
        base_url=origin,
        max_retries=0,
        _strict_response_validation=True,
    )
    made = shared.conversations.visitor_identification.generate_token(email=MIA, hs_customer_agent_context={})
    assert _proof(account, made.token, clock.now) == Proof(MIA)


def _post(origin: str, path: str, secret: str, body: Any) -> tuple[int, Any]:
    request = Request(
        f"{origin}{path}",
        json.dumps(body).encode(),
        {"authorization": f"Bearer {secret}", "content-type": "application/json"},
    )
    try:
        with urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except HTTPError as refused:
        return refused.code, json.loads(refused.read())


def test_B1_every_path_answers(origin: str, account: SmallAccount, subtests: pytest.Subtests) -> None:
    secret = _secret(account, Permission.IDENTITY)
    for path in PATHS:
        with subtests.test(path):
            status, body = _post(origin, path, secret, {"email": MIA, "firstName": None, "more": 1})
            assert (status, list(body)) == (200, ["token"])
    assert len(PATHS) == 5


def test_B2_without_the_right_there_is_none(origin: str, account: SmallAccount) -> None:
    others = _secret(account, *(frozenset(Permission) - {Permission.IDENTITY}))
    generate = client(origin, others).conversations.visitor_identification.generate_api.generate_token
    with pytest.raises(ApiException) as refused:
        generate(identification_token_generation_request=IdentificationTokenGenerationRequest(email=MIA))
    body = json.loads(str(refused.value.body))
    assert (refused.value.status, body["status"], body["category"]) == (403, "error", "MISSING_SCOPES")
    newer = HubSpot(access_token=others, base_url=origin, max_retries=0, _strict_response_validation=True)
    with pytest.raises(PermissionDeniedError):
        newer.conversations.visitor_identification.generate_token(email=MIA, hs_customer_agent_context={})
    status, body = _post(origin, PATHS[0], "pdk_" + "0" * 43, {"email": MIA})
    assert (status, body["category"]) == (401, "INVALID_AUTHENTICATION")


@pytest.mark.parametrize(
    "body", [{}, {"email": "no address"}, {"email": 5}, {"email": MIA, "firstName": 5}, [], "x", None]
)
def test_B0_what_cannot_be_is_refused_in_hubspots_words(
    origin: str, account: SmallAccount, body: Any
) -> None:
    status, answer = _post(origin, PATHS[1], _secret(account, Permission.IDENTITY), body)
    assert (status, answer["category"]) == (400, "VALIDATION_ERROR")
    assert answer["correlationId"]
    newer = HubSpot(access_token=_secret(account, Permission.IDENTITY), base_url=origin, max_retries=0)
    with pytest.raises(BadRequestError):
        newer.conversations.visitor_identification.generate_token(email="x", hs_customer_agent_context={})
