"""Which bytes a player asks for, when it does not want all."""

import re

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


class OutOfRange(Exception):
    """There are no such bytes."""


def byte_range(header: str | None, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last; None for all, also where several ranges are asked for.

    Raises `OutOfRange` if the range begins behind the end.
    """
    found = _RANGE.fullmatch(header.strip()) if header else None
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        start, end = max(size - int(found[2]), 0), size
        if int(found[2]) == 0:
            raise OutOfRange
    else:
        start = int(found[1])
        end = min(int(found[2]) + 1, size) if found[2] else size
        if found[2] and int(found[2]) < start:
            return None
    if start >= size:
        raise OutOfRange
    return start, end
