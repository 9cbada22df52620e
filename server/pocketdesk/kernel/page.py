"""Keyset pages: a stretch of a list and an opaque cursor to what follows."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from pocketdesk.kernel.refusal import Invalid

T = TypeVar("T")
Key = tuple[int | str | bool | None, ...]

MOST = 100
USUAL = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`items` in order; `after` asks for what follows and is None at the end."""

    items: tuple[T, ...]
    after: str | None = None


def clamp_limit(limit: int | None, *, usual: int = USUAL) -> int:
    """How many items a page has: 1 to 100, `usual` if the caller does not say."""
    return usual if limit is None else max(1, min(MOST, limit))


def to_page(rows: Sequence[T], limit: int, key: Callable[[T], Key]) -> Page[T]:
    """A page from up to `limit + 1` rows: ask the store for one more row than the page has, to know if more follows."""
    items = tuple(rows[:limit])
    return Page(items, to_cursor(key(items[-1])) if len(rows) > limit and items else None)


def to_cursor(key: Key) -> str:
    """The sort key of a page's last item as an opaque word."""
    return urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode().rstrip("=")


def from_cursor(cursor: str, *types: type) -> Key:
    """The sort key inside a cursor. Anything but a key of these types is `Invalid` at field `after`.

    `types` are the exact types of the parts (`int`, `str`, `bool`, `type(None)`), or unions of them.
    """
    if len(cursor) <= 1_000 and cursor.isascii():
        try:
            parts: object = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        except (ValueError, RecursionError):
            parts = None
        if isinstance(parts, list):
            key = tuple(cast("list[int | str | bool | None]", parts))
            if len(key) == len(types) and all(_is(part, kind) for part, kind in zip(key, types, strict=True)):
                return key
    raise Invalid({"after": "not a cursor of this list"})


def _is(part: object, kind: type) -> bool:
    if isinstance(part, int) and not isinstance(part, bool):
        return isinstance(part, kind) and kind is not bool and -(2**63) <= part < 2**63
    return isinstance(part, kind) and not (isinstance(part, bool) and kind is int)
