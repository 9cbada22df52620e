"""Secrets that we need in the clear again, unlike passwords: sealed where they are stored, each to its own place."""

import hashlib
import hmac
from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


def sealing_key(secret: bytes) -> bytes:
    """The key that seals, from the installation's secret."""
    return hmac.digest(secret, b"pocketdesk sealed secrets", hashlib.sha256)


def seal(key: bytes, nonce: bytes, plain: bytes, place: str) -> str:
    """Encrypted text (AES-256-GCM) that opens only at this `place`, like `identity_key:7`. Never use a nonce twice."""
    return b64encode(nonce + AESGCM(key).encrypt(nonce, plain, place.encode())).decode()


def unseal(key: bytes, sealed: str, place: str) -> bytes | None:
    """What was sealed; None if it was sealed with another key, for another place, or changed meanwhile."""
    octets = b64decode(sealed)
    try:
        return AESGCM(key).decrypt(octets[:NONCE_BYTES], octets[NONCE_BYTES:], place.encode())
    except InvalidTag:
        return None
