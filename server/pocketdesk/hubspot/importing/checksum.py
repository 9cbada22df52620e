"""Checksums over many things that need neither their order nor memory for all of them."""

import hashlib
import json
from collections.abc import Mapping

_SIZE = 2**256


def checksum_of(thing: Mapping[str, str | None]) -> int:
    """The checksum of one thing by what is said of it."""
    words = json.dumps(thing, sort_keys=True, separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(words.encode()).digest())


def added(one: int, other: int) -> int:
    """The checksum of the things of both."""
    return (one + other) % _SIZE


def to_words(checksum: int) -> str:
    """As people compare it."""
    return f"{checksum:064x}"
