"""Secrets that we hand out: 256 random bits, of which we keep the SHA-256 only."""

from base64 import urlsafe_b64encode
from hashlib import sha256

from pocketdesk.kernel.moments import DAY, MINUTE

SECRET_BYTES = 32
API_PREFIX = "pdk_"
INVITATION_MS = 7 * DAY
SESSION_IDLE_MS = 14 * DAY
SESSION_LONGEST_MS = 90 * DAY
SEEN_EVERY_MS = MINUTE
"""How precisely it is kept when somebody was last seen."""


def to_word(secret: bytes) -> str:
    """A secret as it is shown: 43 characters that are safe in a header, a cookie and an address."""
    return urlsafe_b64encode(secret).decode().rstrip("=")


def token_hash(word: str) -> str:
    """What is stored of a secret. It is random enough that neither salt nor slowness would add anything."""
    return sha256(word.encode("utf-8", "surrogatepass")).hexdigest()


def session_expires(created_at: int, now: int) -> int:
    """Until when a session lives that was used just now."""
    return min(now + SESSION_IDLE_MS, created_at + SESSION_LONGEST_MS)


def is_stale(seen_at: int | None, now: int) -> bool:
    """Whether it is time to write down again that somebody is here."""
    return seen_at is None or now - seen_at >= SEEN_EVERY_MS
