"""Times are integers: UTC milliseconds since 1970. Here is how they look outside."""

import re
from datetime import UTC, datetime, timedelta

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")


def to_datetime(at: int) -> datetime:
    """The aware UTC datetime of a moment."""
    return _EPOCH + timedelta(milliseconds=at)


def to_iso(at: int) -> str:
    """ISO 8601 in UTC with milliseconds: `2026-11-25T09:42:38.123Z`."""
    return to_datetime(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_iso(text: str) -> int:
    """The moment of an ISO 8601 date and time with an offset or `Z`. Raises ValueError for anything else."""
    if not _ISO.fullmatch(text):
        raise ValueError(f"not an ISO 8601 time with an offset: {text[:40]!r}")
    return (datetime.fromisoformat(text) - _EPOCH) // timedelta(milliseconds=1)
