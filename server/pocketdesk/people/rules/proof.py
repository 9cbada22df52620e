"""What proves who a visitor is: tokens of ours, and JSON Web Tokens that a customer's own server has signed.

A token either holds or it does not; nobody outside is told why not. Each key is good for one algorithm, whatever a
token's header says, and no header can bring a key along.
"""

import json
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from joserfc import jwk, jws
from joserfc.errors import JoseError, SecurityWarning

from pocketdesk.accounts.rules.words import clean_email, clean_name
from pocketdesk.kernel.moments import HOUR, MINUTE, SECOND
from pocketdesk.kernel.refusal import Conflict, Invalid
from pocketdesk.people.model import Algorithm, Proof, VerifyingKey

OUR_PREFIX = "pdi_"
LONGEST_TOKEN = 4_096
LONGEST_LIFE_MS = 12 * HOUR
LEEWAY_MS = MINUTE
"""How far the clocks of two servers may be apart."""
MOST_KEYS = 10
"""Keys that hold at once."""
LONGEST_KEY = 4_000
LONGEST_KID = 100
LONGEST_NAME = 100
RSA_BITS = (2_048, 4_096)

Claims: TypeAlias = Mapping[str, Any]
_TYPES = {Algorithm.HS256: "oct", Algorithm.RS256: "RSA", Algorithm.ES256: "EC", Algorithm.EDDSA: "OKP"}
_NAMES = {each: (each.value,) for each in Algorithm} | {Algorithm.EDDSA: ("EdDSA", "Ed25519")}
"""What a token's header may call the algorithm of a key."""
_SIGNATURES = {
    each: jws.JWSRegistry(algorithms=names, strict_check_header=False) for each, names in _NAMES.items()
}
# Only the name is: Ed25519 is the one curve that we take.
warnings.filterwarnings("ignore", "EdDSA is deprecated", SecurityWarning)


class TooManyKeys(Conflict):
    """As many keys hold as may: revoke one first."""

    code = "too_many_keys"


class KidTaken(Conflict):
    """Another key of the account has, or had, this id."""

    code = "kid_taken"


# Keys.


def parse_public_key(text: str) -> tuple[Algorithm, str]:
    """The algorithm of a public key (PEM or JSON Web Key), and the key as JSON. `Invalid` at `public_key`."""
    text = text.strip()
    if len(text) > LONGEST_KEY:
        raise Invalid({"public_key": f"at most {LONGEST_KEY} characters"})
    found = _from_json(text) if text.startswith("{") else _from_pem(text)
    algorithm = _algorithm_of(found)
    pem = found.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return algorithm, json.dumps(_imported(pem, algorithm).as_dict(private=False))


def secret_jwk(secret: bytes) -> str:
    """A secret as a JSON Web Key, as it is sealed."""
    return json.dumps(jwk.OctKey.import_key(secret).as_dict(private=True))


def clean_kid(kid: str) -> str:
    """The id by which tokens name a key. `Invalid` at `kid` unless it is 1 to 100 printable ASCII characters."""
    if not kid or len(kid) > LONGEST_KID or not kid.isascii() or not kid.isprintable() or " " in kid:
        raise Invalid({"kid": f"1 to {LONGEST_KID} printable ASCII characters without spaces"})
    return kid


def _from_pem(text: str) -> Any:
    if "PRIVATE KEY" in text:
        raise Invalid({"public_key": "this is a private key: keep it to yourself and give its public key"})
    try:
        return load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise Invalid({"public_key": "must be a public key in PEM, or a JSON Web Key"}) from None


def _from_json(text: str) -> Any:
    try:
        given = cast("dict[str, Any]", json.loads(text))
        if "d" in given or "k" in given:
            raise Invalid(
                {"public_key": "this is a private key: keep it to yourself and give its public key"}
            )
        public = {name: given[name] for name in ("kty", "n", "e", "crv", "x", "y") if name in given}
        return cast("Any", jwk.import_key(public)).public_key
    except (JoseError, ValueError, TypeError, KeyError, RecursionError, UnsupportedAlgorithm):
        raise Invalid({"public_key": "must be a public key in PEM, or a JSON Web Key"}) from None


def _algorithm_of(found: Any) -> Algorithm:
    match found:
        case RSAPublicKey():
            least, most = RSA_BITS
            if not least <= found.key_size <= most or found.public_numbers().e != 65_537:
                raise Invalid({"public_key": f"an RSA key has {least} to {most} bits and the exponent 65537"})
            return Algorithm.RS256
        case EllipticCurvePublicKey() if isinstance(found.curve, SECP256R1):
            return Algorithm.ES256
        case Ed25519PublicKey():
            return Algorithm.EDDSA
        case _:
            raise Invalid({"public_key": "must be an RSA, a P-256 or an Ed25519 key"})


# Tokens.


def is_ours(token: str) -> bool:
    """Whether it looks like a token that we have issued."""
    return token.startswith(OUR_PREFIX)


def proof_of_jwt(token: str, keys: Sequence[VerifyingKey], account_id: int, now: int) -> Proof | None:
    """What a customer's token proves, if it holds now (UTC ms) for this account; None for any other."""
    if len(token) > LONGEST_TOKEN or not token.isascii():
        return None
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError, TypeError, RecursionError):
        return None
    kid, algorithm = header.get("kid"), header.get("alg")
    if "crit" in header or "b64" in header:
        return None
    for found in keys:
        if algorithm not in _NAMES[found.algorithm] or (kid is not None and kid != found.kid):
            continue
        claims = _signed(token, found)
        if claims is not None:
            return _proof(claims, found.id, account_id, now)
    return None


def _signed(token: str, found: VerifyingKey) -> Claims | None:
    """The claims of a token that this key has signed."""
    try:
        one = _imported(json.loads(found.jwk), found.algorithm)
        signed = jws.deserialize_compact(token.encode(), one, registry=_SIGNATURES[found.algorithm])
        claims = json.loads(signed.payload)
    except (JoseError, ValueError, TypeError, RecursionError):
        return None
    return cast("Claims", claims) if isinstance(claims, dict) else None


def _proof(claims: Claims, key_id: int, account_id: int, now: int) -> Proof | None:
    email = claims.get("email")
    if not (_is_for(claims.get("aud"), account_id) and _is_current(claims, now) and isinstance(email, str)):
        return None
    if claims.get("email_verified", True) is not True:
        return None
    try:
        return Proof(clean_email(email), _name(claims), key_id)
    except Invalid:
        return None


def _is_for(audience: object, account_id: int) -> bool:
    named = cast("list[object]", audience) if isinstance(audience, list) else [audience]
    return str(account_id) in named or (account_id in named and True not in named)


def _is_current(claims: Claims, now: int) -> bool:
    """From when until when a token holds, in seconds since 1970: at most 12 hours."""
    expires, issued = _moment(claims.get("exp")), _moment(claims.get("iat", now // SECOND))
    begins = _moment(claims.get("nbf", 0))
    if expires is None or issued is None or begins is None:
        return False
    return (
        now < expires
        and issued <= now + LEEWAY_MS
        and begins <= now + LEEWAY_MS
        and expires - issued <= LONGEST_LIFE_MS + LEEWAY_MS
    )


def _moment(seconds: object) -> int | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < 2**40:
        return None
    return int(seconds * SECOND)


def _name(claims: Claims) -> str | None:
    whole = claims.get("name")
    parts = [whole] if whole else [claims.get("given_name"), claims.get("family_name")]
    return full_name(*parts)


def full_name(*parts: object) -> str | None:
    """A name from its parts; None if there is none that can be one. A token holds without it."""
    words = " ".join(part for part in parts if isinstance(part, str) and part.strip())
    try:
        return clean_name(words[:LONGEST_NAME]) if words else None
    except Invalid:
        return None


def _imported(key: Any, algorithm: Algorithm) -> Any:
    return cast("Any", jwk.import_key)(key, _TYPES[algorithm])
