"""Facts in the past tense, as the ledger keeps them."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Event:
    """One fact. Subclasses are frozen, slotted dataclasses with a unique `kind`.

        @dataclass(frozen=True, slots=True)
        class MessagePosted(Event):
            kind = "message_posted"
            conversation_id: int
            seq: int

    Fields carry ids and small non-personal facts only (int, str, bool, None, tuples of them): texts and names are
    read from the rows when somebody encodes the event. A field named `conversation_id` is indexed by the ledger.
    A field that is added later needs a default, because events written before do not have it.
    """

    kind: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        kind = cls.__dict__.get("kind")
        if not isinstance(kind, str) or not kind:
            raise TypeError(f"{cls.__qualname__} needs a class attribute `kind`")
        known = _classes.get(kind)
        # `slots=True` makes a dataclass twice: the second, final one replaces the first.
        if known and (known.__module__, known.__name__) != (cls.__module__, cls.__name__):
            raise TypeError(f"event kind {kind!r} belongs to {known.__module__}.{known.__name__} already")
        _classes[kind] = cls


_classes: dict[str, type[Event]] = {}


def event_class(kind: str) -> type[Event]:
    """The class of `kind`; KeyError if no loaded feature defines it."""
    return _classes[kind]


@dataclass(frozen=True, slots=True)
class Unknown(Event):
    """A fact of a kind that this version does not know: another version wrote it, during an upgrade or before."""

    kind = "unknown"
    written_as: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with its place in the account's ledger.

    `position` is opaque to clients: it only grows, and numbers may be missing. `at` is in UTC milliseconds.
    `enclosed` holds the row or rows just written; it is there in the writing process only and never stored.
    """

    position: int
    at: int
    event: Event
    enclosed: object = None
