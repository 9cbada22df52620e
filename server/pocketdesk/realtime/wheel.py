"""One timer for all connections, instead of one each."""

from __future__ import annotations

from typing import Final, Generic, Protocol, TypeVar

SLOT_MS: Final = 1_000


class Ticking(Protocol):
    """Something that is looked at now and then."""

    def tick(self) -> int | None:
        """Looks after what is due; the moment (ms) of the next look, None for no more."""
        ...


T = TypeVar("T", bound=Ticking)


class Wheel(Generic[T]):
    """Files things by the second in which they are due. Late by up to a second, never early."""

    __slots__ = ("_slots", "_turned")

    def __init__(self, now: int) -> None:
        self._slots: dict[int, set[T]] = {}
        self._turned = now // SLOT_MS

    def put(self, thing: T, due: int) -> None:
        """Looks at a thing when a moment has passed. A thing may be filed more than once."""
        self._slots.setdefault(max(due // SLOT_MS, self._turned) + 1, set()).add(thing)

    def turn(self, now: int) -> None:
        """Looks at everything that has become due."""
        until = now // SLOT_MS
        while self._turned < until:
            self._turned += 1
            for thing in self._slots.pop(self._turned, ()):
                due = thing.tick()
                if due is not None:
                    self.put(thing, due)
