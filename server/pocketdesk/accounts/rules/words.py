"""Names and addresses: what is accepted, and how people are drawn where there is no picture."""

import unicodedata

from email_validator import EmailNotValidError, validate_email

from pocketdesk.kernel.refusal import Invalid

LONGEST_NAME = 100
LONGEST_EMAIL = 254
COLORS = 8


def clean_name(name: str, field: str = "name", *, longest: int = LONGEST_NAME) -> str:
    """A name on one line, trimmed, its spaces single. `Invalid` at `field` if it is blank, long or not printable."""
    cleaned = " ".join(unicodedata.normalize("NFC", name).split())
    if not cleaned:
        raise Invalid({field: "must not be empty"})
    if len(cleaned) > longest:
        raise Invalid({field: f"at most {longest} characters"})
    if not cleaned.isprintable():
        raise Invalid({field: "must not contain control characters"})
    return cleaned


def clean_email(email: str, field: str = "email") -> str:
    """An address in the form in which it is compared: lower case, the part after `+` kept. `Invalid` if it is none."""
    if len(email) > LONGEST_EMAIL:
        raise Invalid({field: f"at most {LONGEST_EMAIL} characters"})
    try:
        found = validate_email(email.strip(), check_deliverability=False)
    except EmailNotValidError:
        raise Invalid({field: "not an e-mail address"}) from None
    return found.normalized.lower()


def initials_of(name: str) -> str:
    """One or two letters for a round picture: of the first and the last word."""
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return name[:1].upper()
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()[:2]


def photo_path(account_id: int, photo_id: int | None) -> str | None:
    """The public path of a user's photo, which never changes."""
    return None if photo_id is None else f"/photos/{account_id}/{photo_id}"


def color_of(number: int) -> int:
    """Which of the `COLORS` colours somebody has, always the same for the same id."""
    return number % COLORS
