"""What proves who a visitor is: customers' tokens, and every way in which one can be wrong."""

import hashlib
import hmac
import json
import warnings
from base64 import urlsafe_b64encode
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwe, jwk, jws, jwt
from joserfc.errors import SecurityWarning

from pocketdesk.accounts.rules.sealing import seal, sealing_key, unseal
from pocketdesk.kernel.moments import HOUR, MINUTE
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.people import rules
from pocketdesk.people.model import Algorithm, Enforcement, Identity, Proof, VerifyingKey
from pocketdesk.people.rules import proof

NOW = 1_700_000_000_000
S = NOW // 1_000
ACCOUNT = 7
SECRET = "a secret of forty-three characters, as ours"

warnings.filterwarnings("ignore", category=SecurityWarning)


def _pairs() -> dict[Algorithm, tuple[Any, str]]:
    """For each algorithm the key that signs, and the one that we keep."""
    private: dict[Algorithm, Any] = {
        Algorithm.RS256: jwk.RSAKey.generate_key(2048),
        Algorithm.ES256: jwk.ECKey.generate_key("P-256"),
        Algorithm.EDDSA: jwk.OKPKey.generate_key("Ed25519"),
    }
    pairs = {
        algorithm: (key, proof.parse_public_key(key.as_pem(private=False).decode())[1])
        for algorithm, key in private.items()
    }
    pairs[Algorithm.HS256] = jwk.OctKey.import_key(SECRET), proof.secret_jwk(SECRET.encode())
    return pairs


PAIRS = _pairs()
KEYS = [
    VerifyingKey(place, f"kid-{algorithm}", algorithm, kept)
    for place, (algorithm, (_, kept)) in enumerate(PAIRS.items(), 1)
]
BY_ID = {key.algorithm: key.id for key in KEYS}


def _claims(**more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"email": "mia+app@example.org", "aud": str(ACCOUNT), "iat": S, "exp": S + 600}
    return {name: value for name, value in (given | more).items() if value is not ...}


def _token(
    algorithm: Algorithm = Algorithm.ES256, header: dict[str, Any] | None = None, **claims: Any
) -> str:
    sent = {"alg": algorithm.value, "kid": f"kid-{algorithm}"} | (header or {})
    named = {name: value for name, value in sent.items() if value is not ...}
    return jwt.encode(named, _claims(**claims), PAIRS[algorithm][0], algorithms=[sent["alg"]])


def _prove(
    token: str, keys: list[VerifyingKey] = KEYS, account_id: int = ACCOUNT, now: int = NOW
) -> Proof | None:
    return proof.proof_of_jwt(token, keys, account_id, now)


def _part(value: Any) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("algorithm", list(Algorithm))
@pytest.mark.parametrize("kid", [True, False])
def test_C10_a_signed_token_proves_an_address(algorithm: Algorithm, kid: bool) -> None:
    token = _token(algorithm, {} if kid else {"kid": ...}, name="Mia Sand")
    assert _prove(token) == Proof("mia+app@example.org", "Mia Sand", BY_ID[algorithm])


def test_C10_the_newer_name_of_the_algorithm_is_taken_too() -> None:
    assert _prove(_token(Algorithm.EDDSA, {"alg": "Ed25519"})) is not None


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": ["other", str(ACCOUNT)]},
        {"aud": ACCOUNT},
        {"iat": ...},
        {"nbf": S},
        {"iat": S + 59, "exp": S + 600},
        {"exp": S + 12 * 3600},
        {"exp": S + 600.5},
        {"email_verified": True},
    ],
)
def test_C10_what_a_token_may_say(claims: dict[str, Any]) -> None:
    assert _prove(_token(**claims)) is not None


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"given_name": "Mia", "family_name": "Sand"}, "Mia Sand"),
        ({"given_name": "Mia"}, "Mia"),
        ({"name": "  Mia   Sand "}, "Mia Sand"),
        ({"name": "M" * 200}, "M" * 100),
        ({"name": "a\x07b"}, None),
        ({"name": 5}, None),
        ({"name": ["Mia"]}, None),
        ({}, None),
    ],
)
def test_C13_a_name_is_taken_where_it_can_be_one(claims: dict[str, Any], name: str | None) -> None:
    found = _prove(_token(**claims))
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": ...},
        {"aud": "8"},
        {"aud": ["8", "9"]},
        {"aud": "77"},
        {"aud": True},
        {"aud": {"7": 1}},
        {"aud": None},
        {"email": ...},
        {"email": None},
        {"email": ["mia@example.org"]},
        {"email": "not an address"},
        {"email": "mia@example.org\nbcc"},
        {"email": "m" * 300 + "@example.org"},
        {"email_verified": False},
        {"email_verified": "true"},
        {"exp": ...},
        {"exp": None},
        {"exp": S},
        {"exp": S - 1},
        {"exp": str(S + 600)},
        {"exp": True},
        {"exp": float("nan")},
        {"exp": float("inf")},
        {"exp": 2**70},
        {"exp": -5},
        {"exp": S + 12 * 3600 + 61},
        {"iat": S - 600, "exp": S + 12 * 3600},
        {"iat": S + 61, "exp": S + 600},
        {"iat": None},
        {"iat": "now"},
        {"nbf": S + 61},
        {"nbf": "later"},
    ],
)
@pytest.mark.parametrize("algorithm", [Algorithm.ES256, Algorithm.HS256])
def test_C11_C12_what_a_token_must_not_say(claims: dict[str, Any], algorithm: Algorithm) -> None:
    assert _prove(_token(algorithm, **claims)) is None


def test_C12_a_token_ends_with_its_moment() -> None:
    token = _token()
    assert _prove(token, now=(S + 600) * 1000 - 1) is not None
    assert _prove(token, now=(S + 600) * 1000) is None


def _confused() -> str:
    """Signed with the public key, as if it were a secret that both sides know."""
    pem = PAIRS[Algorithm.RS256][0].as_pem(private=False)
    body = f"{_part({'alg': 'HS256', 'kid': f'kid-{Algorithm.RS256}'})}.{_part(_claims())}"
    signature = hmac.digest(pem, body.encode(), hashlib.sha256)
    return f"{body}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def _bent(token: str) -> str:
    header, claims, signature = token.split(".")
    return f"{header}.{_part(_claims(email='eve@example.org'))}.{signature}" if claims else header


def _own_key(header: dict[str, Any]) -> str:
    other = jwk.ECKey.generate_key("P-256")
    sent = {"alg": "ES256", **header}
    if "jwk" in header:
        sent["jwk"] = other.as_dict(private=False)
    return jwt.encode(sent, _claims(), other)


def _encrypted() -> str:
    key = PAIRS[Algorithm.HS256][0]
    header = {"alg": "dir", "enc": "A128GCM"}
    return jwe.encrypt_compact(
        header, json.dumps(_claims()), jwk.OctKey.import_key(key.get_op_key("sign")[:16])
    )


ATTACKS: dict[str, Callable[[], str]] = {
    "nothing": lambda: "",
    "words": lambda: "let me in",
    "dots": lambda: "..",
    "many dots": lambda: "." * 5_000,
    "no signature": lambda: _token().rsplit(".", 1)[0] + ".",
    "alg none": lambda: f"{_part({'alg': 'none'})}.{_part(_claims())}.",
    "alg None": lambda: f"{_part({'alg': 'None', 'kid': 'kid-ES256'})}.{_part(_claims())}.",
    "alg missing": lambda: f"{_part({'kid': 'kid-ES256'})}.{_part(_claims())}.AAAA",
    "alg a list": lambda: f"{_part({'alg': ['ES256']})}.{_part(_claims())}.AAAA",
    "alg an object": lambda: f"{_part({'alg': {'a': 1}})}.{_part(_claims())}.AAAA",
    "header a list": lambda: f"{_part(['ES256'])}.{_part(_claims())}.AAAA",
    "header no JSON": lambda: f"AAAA.{_part(_claims())}.AAAA",
    "deep header": lambda: f"{urlsafe_b64encode(b'[' * 400).decode().rstrip('=')}.{_part(_claims())}.AAAA",
    "public key as secret": _confused,
    "stronger hash": lambda: jwt.encode(
        {"alg": "HS512"}, _claims(), PAIRS[Algorithm.HS256][0], algorithms=["HS512"]
    ),
    "other RSA scheme": lambda: jwt.encode(
        {"alg": "PS256"}, _claims(), PAIRS[Algorithm.RS256][0], algorithms=["PS256"]
    ),
    "other claims": lambda: _bent(_token()),
    "own key": lambda: _own_key({}),
    "own key in the header": lambda: _own_key({"jwk": True}),
    "own key by address": lambda: _own_key({"jku": "https://eve.example/keys"}),
    "kid of another": lambda: _token(Algorithm.ES256, {"kid": f"kid-{Algorithm.RS256}"}),
    "kid unknown": lambda: _token(Algorithm.ES256, {"kid": "other"}),
    "kid a path": lambda: _own_key({"kid": "../../dev/null"}),
    "critical": lambda: f"{_part({'alg': 'ES256', 'crit': ['exp'], 'exp': 1})}.{_part(_claims())}.AAAA",
    "not encoded": lambda: f"{_part({'alg': 'ES256', 'b64': False})}.{json.dumps(_claims())}.AAAA",
    "encrypted": _encrypted,
    "claims a list": lambda: jwt_of([1]),
    "claims deep": lambda: jwt_of("[" * 2_000, raw=True),
    "huge": lambda: _token(padding="x" * 5_000),
    "not ASCII": lambda: _token() + "é",
    "blanks": lambda: f" {_token()} ",
    "a NUL": lambda: _token() + "\0",
    "one of ours": lambda: "pdi_" + "A" * 43,
}


def jwt_of(claims: Any, *, raw: bool = False) -> str:
    payload = claims if raw else json.dumps(claims)
    return jws.serialize_compact({"alg": "ES256"}, payload, PAIRS[Algorithm.ES256][0])


@pytest.mark.parametrize("attack", ATTACKS)
def test_C11_no_attack_proves_anything(attack: str) -> None:
    assert _prove(ATTACKS[attack]()) is None


def test_C11_without_keys_nothing_holds() -> None:
    assert _prove(_token(), keys=[]) is None


def test_C11_a_token_of_another_account_proves_nothing_here() -> None:
    assert _prove(_token(), account_id=8) is None


@given(st.text(max_size=300))
def test_C11_no_text_stumbles_or_proves(text: str) -> None:
    assert _prove(text) is None


@given(st.binary(max_size=60), st.binary(max_size=200), st.binary(max_size=80))
def test_C11_no_parts_stumble_or_prove(header: bytes, claims: bytes, signature: bytes) -> None:
    token = ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in (header, claims, signature))
    assert _prove(token) is None


@given(st.sampled_from(list(Algorithm)), st.data())
def test_C11_one_other_character_breaks_it(algorithm: Algorithm, data: st.DataObject) -> None:
    token = _token(algorithm)
    header_and_claims = token.rindex(".")
    place = data.draw(st.integers(0, header_and_claims - 1))
    other = data.draw(st.sampled_from("ABCabc019-_.").filter(lambda each: each != token[place]))
    assert _prove(token[:place] + other + token[place + 1 :]) is None


def test_two_keys_hold_while_one_takes_over_from_the_other() -> None:
    fresh = jwk.ECKey.generate_key("P-256")
    keys = [
        *KEYS,
        VerifyingKey(
            9, "next", Algorithm.ES256, proof.parse_public_key(json.dumps(fresh.as_dict(private=False)))[1]
        ),
    ]
    new = jwt.encode({"alg": "ES256"}, _claims(), fresh)
    assert _prove(new, keys) == Proof("mia+app@example.org", None, 9)
    assert _prove(_token(Algorithm.ES256, {"kid": ...}), keys) == Proof(
        "mia+app@example.org", None, BY_ID[Algorithm.ES256]
    )
    assert _prove(new, [key for key in keys if key.id != 9]) is None


# Keys.


@pytest.mark.parametrize(
    ("given_key", "why"),
    [
        ("", "PEM"),
        ("ssh-ed25519 AAAA", "PEM"),
        ("{}", "PEM"),
        ("{", "PEM"),
        ("{" * 2_000, "PEM"),
        ('{"kty": "oct", "k": "AAAA"}', "private"),
        ('{"kty": "RSA", "n": 5, "e": "AQAB"}', "PEM"),
        ('{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}', "PEM"),
        (json.dumps(jwk.ECKey.generate_key("P-256").as_dict(private=True)), "private"),
        (jwk.ECKey.generate_key("P-256").as_pem(private=True).decode(), "private"),
        (json.dumps(jwk.ECKey.generate_key("P-384").as_dict(private=False)), "P-256"),
        (json.dumps(jwk.OKPKey.generate_key("X25519").as_dict(private=False)), "P-256"),
        ("x" * 4_001, "at most"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "PEM"),
    ],
    ids=count(1),
)
def test_a_key_that_is_none_is_refused(given_key: str, why: str) -> None:
    with pytest.raises(Invalid) as refusal:
        proof.parse_public_key(given_key)
    assert why in refusal.value.fields["public_key"]


def test_a_short_RSA_key_is_refused() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        short = jwk.RSAKey.generate_key(1024).as_pem(private=False).decode()
    with pytest.raises(Invalid):
        proof.parse_public_key(short)


def test_kept_keys_hold_nothing_but_the_public_half() -> None:
    for algorithm in (Algorithm.RS256, Algorithm.ES256, Algorithm.EDDSA):
        assert "d" not in json.loads(PAIRS[algorithm][1])
    assert SECRET not in repr(KEYS)


@pytest.mark.parametrize("kid", ["", "a b", "é", "x" * 101, "a\n"])
def test_an_id_of_a_key_is_printable(kid: str) -> None:
    with pytest.raises(Invalid):
        proof.clean_kid(kid)


def test_a_sealed_secret_opens_at_its_place_with_its_key_only() -> None:
    key, nonce = sealing_key(b"installation"), b"0" * 12
    sealed = seal(key, nonce, b"secret", "identity_key:7:1")
    assert unseal(key, sealed, "identity_key:7:1") == b"secret"
    assert unseal(key, sealed, "identity_key:8:1") is None
    assert unseal(sealing_key(b"another"), sealed, "identity_key:7:1") is None
    assert unseal(key, sealed[:-4] + "AAAA", "identity_key:7:1") is None


# What follows.


def test_C12_a_proven_session_ends_twelve_hours_after_its_proof() -> None:
    assert rules.session_expires(Identity.VERIFIED, NOW, NOW + 3 * HOUR) == NOW + 12 * HOUR
    assert rules.session_expires(Identity.NONE, NOW, NOW + MINUTE) == NOW + MINUTE + rules.SESSION_MS


@pytest.mark.parametrize("enforcement", list(Enforcement))
@pytest.mark.parametrize("identity", list(Identity))
def test_an_address_without_proof_counts_only_where_nobody_enforces_it(
    enforcement: Enforcement, identity: Identity
) -> None:
    expected = identity is Identity.NONE and enforcement in {Enforcement.OFF, Enforcement.REPORT}
    assert rules.takes_claim(enforcement, identity) is expected


@pytest.mark.parametrize(
    ("agent", "client"),
    [
        ("Mozilla/5.0 (iPhone) AppleWebKit HubspotMobileSDK/1.0.7", "HubspotMobileSDK 1.0.7"),
        ("Mozilla/5.0 HubspotMobileSDK", "HubspotMobileSDK"),
        ("Mozilla/5.0 HubspotMobileSDK/1.0.8 HubspotMobileSDK/1.0.8", "HubspotMobileSDK 1.0.8"),
        ("Mozilla/5.0 PocketdeskSDK/0.1.0 (android)", "PocketdeskSDK 0.1.0 (android)"),
        ("Mozilla/5.0 PocketdeskSDK/" + "9" * 50, "PocketdeskSDK " + "9" * 20),
        ("Mozilla/5.0 Chrome", "web"),
        ("", "web"),
    ],
)
def test_which_sdk_shows_a_page(agent: str, client: str) -> None:
    assert rules.client_of(agent) == client
