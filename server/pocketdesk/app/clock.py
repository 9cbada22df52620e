"""The only place that asks what time it is."""

import time


def now() -> int:
    """The time in UTC milliseconds."""
    return time.time_ns() // 1_000_000
