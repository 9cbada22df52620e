"""Whether a link leads somewhere."""

from pocketdesk.kernel.moments import DAY

CHECKED_FOR_MS = 7 * DAY
"""So long a link is believed to lead where it led."""
_TOLD_OTHERWISE = frozenset({401, 402, 403, 405, 407, 408, 425, 429, 451, 501, 503, 999})
"""There is something, and it does not want programs to see it, or not now."""


def can_be_checked(href: str) -> bool:
    """Whether an address is one that a program can ask; those of mail and telephones are not."""
    return href.lower().startswith(("http://", "https://"))


def problem_of(status: int) -> str | None:
    """What a status of HTTP says against a link: itself, or nothing."""
    return str(status) if status >= 400 and status not in _TOLD_OTHERWISE else None
