"""Limits by token bucket: so many at once, then one each so often. In this process; time is passed in."""

import ipaddress
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from itertools import islice

from pocketdesk.kernel.refusal import TooMany

MOST_KEYS = 100_000


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` at once, and one more each `every_ms` milliseconds."""

    name: str
    burst: int
    every_ms: int


class Limiter:
    """Buckets of one limit, by key. A bucket is the moment at which it will be full again."""

    __slots__ = ("_full_at", "_limit")

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._full_at: OrderedDict[Hashable, int] = OrderedDict()

    def take(self, key: Hashable, now: int) -> None:
        """Takes one from the key's bucket; `TooMany` with the time to wait if it is empty."""
        limit = self._limit
        full_at = max(self._full_at.get(key, now), now) + limit.every_ms
        wait = full_at - now - limit.burst * limit.every_ms
        if wait > 0:
            raise TooMany(wait)
        self._full_at[key] = full_at
        self._full_at.move_to_end(key)
        self._forget(now)

    def left(self, key: Hashable, now: int) -> int:
        """How many can be taken from the key's bucket at once."""
        wait = max(self._full_at.get(key, now) - now, 0)
        return self._limit.burst - -(-wait // self._limit.every_ms)

    def clear(self, key: Hashable) -> None:
        """Fills the key's bucket: whoever it was has shown to be honest."""
        self._full_at.pop(key, None)

    def _forget(self, now: int) -> None:
        """Drops up to two of the buckets used longest ago, faster than new ones come: full ones say nothing, and
        others go only where there are too many.
        """
        for oldest in tuple(islice(self._full_at, 2)):
            if self._full_at[oldest] > now and len(self._full_at) <= MOST_KEYS:
                return
            del self._full_at[oldest]


def network_of(address: str) -> str:
    """What counts as one address: for IPv6 the /64 that one customer has, else the address itself."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))
    return address
