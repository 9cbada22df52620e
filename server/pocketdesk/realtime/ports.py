"""What realtime asks of the features above it: who is looking, what a stream holds, how a fact looks to a viewer.

`app/bootstrap` fills these ports; realtime knows nothing else of conversations, people or accounts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from pocketdesk.kernel.events import Event, Recorded
from pocketdesk.storage.unit import Reader, UnitOfWork


class Viewer(Protocol):
    """Somebody looking through a socket or a poll."""

    @property
    def account_id(self) -> int: ...

    @property
    def view(self) -> str:
        """Viewer class (`agent` or `visitor`): one encoding of a fact serves all viewers of a class."""
        ...

    @property
    def key(self) -> str:
        """Who it is, for limits, revocation and leaving out one's own typing: `agent:5`, `visitor:77`."""
        ...


@dataclass(frozen=True, slots=True)
class Credential:
    """What came with the first frame: a visitor's bearer, or the console's cookie and the account it acts in."""

    token: str | None = None
    cookie: str | None = None
    account_id: int | None = None


class EventStream(Protocol):
    """A stream of facts. Law: its snapshot plus the events after it equals a fresh snapshot, per viewer."""

    name: str
    """First part of the stream's address: `conversation` of `conversation:17`."""

    def topic(self, viewer: Viewer, address: str) -> Hashable:
        """What the hub files the subscription under; `Refusal` when the address is malformed."""
        ...

    def snapshot(self, reader: Reader, viewer: Viewer, address: str) -> bytes:
        """The state as JSON, in the read transaction whose position goes with it; `Refusal` when not allowed."""
        ...

    def may_see(self, reader: Reader, viewer: Viewer, address: str) -> bool:
        """Asked when a stream resumes and after each fact that `changes_access`."""
        ...

    def topics(self, event: Event) -> Iterable[Hashable]:
        """The topics that a fact concerns."""
        ...

    def encode(self, recorded: Recorded, view: str) -> bytes | None:
        """The fact as event JSON for a viewer class; None when that class never sees it. Needs `enclosed`."""
        ...


class RowStream(Protocol):
    """A window on a list or a set of counts: patched, at most ten times a second, with the rows that changed."""

    name: str

    def snapshot(self, reader: Reader, viewer: Viewer, address: str) -> bytes: ...

    def touched(self, event: Event) -> Iterable[int]:
        """Ids of the rows that a fact may change (empty for most facts)."""
        ...

    def patches(
        self, reader: Reader, account_id: int, ids: Sequence[int], watchers: Sequence[tuple[Viewer, str]]
    ) -> Sequence[bytes | None]:
        """For each (viewer, address): the JSON array of changed rows, or None. Reads the rows once for all watchers
        and encodes once for all who see the same."""
        ...


class Command(msgspec.Struct, tag_field="type", forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Base of every command on the wire."""

    command_id: str


Run = Callable[[UnitOfWork, Any, Any], Mapping[str, Any]]
"""`run(unit, viewer, command) -> result`: the action behind a command; raises `Refusal`."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything realtime is given at start."""

    authenticate: Callable[[Reader, Credential, int], Viewer]
    """`(reader, credential, now) -> viewer`; `Unauthenticated` when it does not hold."""

    commands: Mapping[type[Command], Run]
    streams: Sequence[EventStream]
    rows: Sequence[RowStream]

    enclose: Callable[[Reader, int, Sequence[Recorded]], Sequence[Recorded]]
    """Fetches the rows that replayed facts speak of, in a fixed number of queries for the whole batch."""

    changes_access: Callable[[Event], bool]
    """Whether a fact may end what somebody sees (membership, moved conversation, deactivated user, signed out)."""

    typing: Callable[[Reader, Viewer, int], tuple[Mapping[str, Any], Iterable[tuple[str, Hashable]]]]
    """`(reader, viewer, conversation_id) -> (author, [(view, topic)])`: who is typing, as each side sees it, and
    whom to tell; `Refusal` when the viewer may not see the conversation."""
