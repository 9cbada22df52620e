"""What realtime asks of the features above it: who is looking, what a stream holds, how a fact looks to a viewer.

`app/bootstrap` fills these ports; realtime knows nothing else of conversations, people or accounts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, TypeAlias

import msgspec

from pocketdesk.kernel.events import Event, Recorded
from pocketdesk.storage.unit import Reader, UnitOfWork

Topic: TypeAlias = "int | str | tuple[int | str, ...]"
"""What the hub files subscriptions under, within one account: `("visitor", 77)`. Travels between processes as JSON."""


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
        """Who it is, for limits and leaving out one's own typing: `agent:5`, `visitor:77`; unique in the account."""
        ...


@dataclass(frozen=True, slots=True)
class Credential:
    """What came with the first frame: a visitor's bearer, or the console's cookie and the account it acts in.

    `cookie` is the whole `Cookie` header; None when a page of another origin sent it.
    """

    token: str | None = None
    cookie: str | None = None
    account_id: int | None = None


class EventStream(Protocol):
    """A stream of facts. Law: its snapshot plus the events after it equals a fresh snapshot, per viewer."""

    name: str
    """First part of the stream's address: `conversation` of `conversation:17`."""

    def topic(self, viewer: Viewer, address: str) -> Topic:
        """What the hub files the subscription under; `Refusal` when the address is malformed."""
        ...

    def snapshot(self, reader: Reader, viewer: Viewer, address: str) -> bytes:
        """The state as JSON, in the read transaction whose position goes with it; `Refusal` when not allowed."""
        ...

    def may_see(self, reader: Reader, viewer: Viewer, address: str) -> bool:
        """Asked when a stream resumes and after each fact that `changes_access`."""
        ...

    def conversation_ids(self, reader: Reader, viewer: Viewer, address: str) -> Sequence[int] | None:
        """When a stream resumes: the conversations whose facts it consists of, so that the ledger's index finds what
        was missed. None if facts without a `conversation_id` belong to it too: then all facts are looked at."""
        ...

    def topics(self, event: Event) -> Iterable[Topic]:
        """The topics that a fact concerns."""
        ...

    def encode(self, recorded: Recorded, view: str) -> bytes | None:
        """The fact as event JSON for a viewer class; None when that class never sees it. Needs `enclosed`."""
        ...


class RowStream(Protocol):
    """A window on a list or a set of counts: patched, at most ten times a second, with the rows that changed."""

    name: str
    """First part of the stream's address: `list` of `list:open`."""

    def snapshot(self, reader: Reader, viewer: Viewer, address: str) -> bytes:
        """The state as JSON; `Refusal` when the address is malformed or not allowed."""
        ...

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
    """Base of every command on the wire: `class PostMessage(Command, tag="post_message", frozen=True)`."""

    command_id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


Run = Callable[[UnitOfWork, Any, Any], Mapping[str, Any]]
"""`run(unit, viewer, command) -> result`: the action behind a command; raises `Refusal`."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything realtime is given at start."""

    authenticate: Callable[[Reader, Credential, int], Viewer]
    """`(reader, credential, now) -> viewer`; `Unauthenticated` when it does not hold. Asked again after each fact that
    `changes_access`, and now and then: who no longer holds a credential loses the socket."""

    commands: Mapping[type[Command], Run]
    streams: Sequence[EventStream]
    rows: Sequence[RowStream]

    enclose: Callable[[Reader, int, Sequence[Recorded]], Sequence[Recorded]]
    """`(reader, account_id, facts) -> facts`: fetches the rows that replayed facts speak of (`enclosed`), in a fixed
    number of queries for the whole batch. The same facts in the same order."""

    changes_access: Callable[[Event], Callable[[Viewer], bool] | None]
    """Whose access a fact may end (membership, moved conversation, deactivated user, signed out): None for most facts,
    else whether a viewer is among them. Those are looked at before the fact is shown."""

    typing: Callable[[Reader, Viewer, int], Iterable[tuple[str, Topic, Mapping[str, Any]]]]
    """`(reader, viewer, conversation_id) -> [(view, topic, author)]`: whom to tell that the viewer is typing, and how
    each viewer class sees the author; `Refusal` when the viewer may not see the conversation."""

    restarts: Callable[[Event], bool] = lambda _: False
    """Whether the streams that a fact concerns hold other things from then on, which no event can tell: whoever
    follows one gets a `reset`."""
