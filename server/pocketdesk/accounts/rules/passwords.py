"""Passwords: what is accepted, and argon2id with the parameters that OWASP names first."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from pocketdesk.accounts.model import PasswordHash
from pocketdesk.kernel.refusal import Invalid

SHORTEST = 10
LONGEST = 200
SALT_BYTES = 16

_argon2 = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def check_password(password: str, email: str, field: str = "password") -> None:
    """`Invalid` at `field` unless a new password is long enough and not the address itself."""
    if len(password) < SHORTEST:
        raise Invalid({field: f"at least {SHORTEST} characters"})
    if len(password) > LONGEST:
        raise Invalid({field: f"at most {LONGEST} characters"})
    if password.lower() == email or len(set(password)) < 4:
        raise Invalid({field: "too easy to guess"})


def hash_password(password: str, salt: bytes) -> PasswordHash:
    """The stored form. Takes some 20 ms and 19 MiB, so it runs on no thread that others wait for."""
    return PasswordHash(_argon2.hash(password, salt=salt))


def is_password(password: str, stored: PasswordHash | None) -> bool:
    """Whether it is the password. Without a stored one it takes as long and is False, so that nobody can tell."""
    try:
        right = _argon2.verify((stored or _NOBODY).encoded, password)
    except (VerificationError, InvalidHashError):
        return False
    return right and stored is not None


_NOBODY = hash_password("nobody has this password", bytes(SALT_BYTES))
