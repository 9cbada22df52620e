"""Links that show one file of one account to whoever has them, for at most an hour."""

import base64
import hashlib
import hmac

from pocketdesk.kernel.moments import MINUTE

PATH = "/files/"
LONGEST = 100
_STEP_MS = 30 * MINUTE


def link_key(secret: bytes) -> bytes:
    """The key that signs links, from the installation's secret."""
    return hmac.digest(secret, b"pocketdesk files links", hashlib.sha256)


def sign(key: bytes, account_id: int, file_id: int, now: int) -> str:
    """The word behind `PATH`. It lives 30 to 60 minutes, and is the same within half an hour, so that caches work."""
    expires_at = (now // _STEP_MS + 2) * _STEP_MS
    return f"{account_id}-{file_id}-{expires_at}-{_signature(key, account_id, file_id, expires_at)}"


def opened(key: bytes, word: str, now: int) -> tuple[int, int, int] | None:
    """The account, the file and the end of a word that we have signed; None if we have not, or it is too old."""
    parts = word.split("-", 3)
    if (
        len(word) > LONGEST
        or len(parts) != 4
        or not all(part.isascii() and part.isdigit() for part in parts[:3])
    ):
        return None
    account_id, file_id, expires_at = map(int, parts[:3])
    ours = _signature(key, account_id, file_id, expires_at)
    if not hmac.compare_digest(ours.encode(), parts[3].encode()) or expires_at <= now:
        return None
    return account_id, file_id, expires_at


def _signature(key: bytes, account_id: int, file_id: int, expires_at: int) -> str:
    signed = hmac.digest(key, f"{account_id}-{file_id}-{expires_at}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()
