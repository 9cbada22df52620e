"""Who follows what, within one account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

from pocketdesk.realtime.ports import Credential, EventStream, RowStream, Topic, Viewer

MOST_HELD = 5_000
"""Events that a subscription holds while its opening is read."""

K = TypeVar("K")


class Watcher(Protocol):
    """A session, as the gateway sees it."""

    viewer: Viewer
    credential: Credential

    def deliver(self, frame: bytes, stream: str) -> None:
        """A frame of a stream, in order."""
        ...

    def deliver_transient(self, frame: bytes) -> None:
        """A frame that nobody misses."""
        ...

    def end(self, stream: str, frame: bytes) -> None:
        """A subscription has ended; `frame` says why."""
        ...

    def revoke(self) -> None:
        """The credential no longer holds."""
        ...


class Subscription:
    """One watcher on one stream. Until its opening has been read it holds what is new; then it passes on only that."""

    __slots__ = ("address", "held", "is_over", "position", "stream", "topic", "watcher")

    def __init__(
        self, watcher: Watcher, stream: EventStream | RowStream, address: str, topic: Topic | None
    ) -> None:
        self.watcher = watcher
        self.stream = stream
        self.address = address
        self.topic = topic
        """None for a stream of rows."""
        self.position: int | None = None
        """Up to where the client knows everything."""
        self.held: list[tuple[int, bytes]] | None = []
        self.is_over = False

    def offer(self, position: int, frame: bytes) -> bool:
        """Passes on or holds an event or a patch of rows. False if it cannot hold any more."""
        if self.held is not None:
            self.held.append((position, frame))
            return len(self.held) <= MOST_HELD
        # A patch holds rows as they were at its position, so the same position may come again with other rows.
        if (
            self.position is None
            or position > self.position
            or (position == self.position and self.topic is None)
        ):
            self.position = position
            self.watcher.deliver(frame, self.address)
        return True

    def open(self, position: int, frames: Sequence[bytes]) -> None:
        """What was there up to `position`, then what came meanwhile, then live."""
        held, self.held, self.position = self.held or (), None, position
        for frame in frames:
            self.watcher.deliver(frame, self.address)
        for at, frame in held:
            if self.is_over:
                break
            self.offer(at, frame)


class Hub:
    """The watchers of one account and their subscriptions."""

    __slots__ = ("_rows", "_topics", "watchers")

    def __init__(self) -> None:
        self.watchers: dict[Watcher, dict[str, Subscription]] = {}
        self._topics: dict[Topic, dict[Subscription, None]] = {}
        self._rows: dict[str, dict[Subscription, None]] = {}

    def add(self, subscription: Subscription) -> None:
        """Files a subscription; the watcher has none at this address."""
        self.watchers[subscription.watcher][subscription.address] = subscription
        if subscription.topic is None:
            self._rows.setdefault(subscription.stream.name, {})[subscription] = None
        else:
            self._topics.setdefault(subscription.topic, {})[subscription] = None

    def remove(self, watcher: Watcher, address: str) -> None:
        """Ends a subscription, if there is one."""
        subscription = self.watchers.get(watcher, {}).pop(address, None)
        if subscription is None:
            return
        subscription.is_over = True
        subscription.held = None
        if subscription.topic is None:
            _discard(self._rows, subscription.stream.name, subscription)
        else:
            _discard(self._topics, subscription.topic, subscription)

    def leave(self, watcher: Watcher) -> None:
        """Forgets a watcher."""
        for address in tuple(self.watchers.get(watcher, ())):
            self.remove(watcher, address)
        self.watchers.pop(watcher, None)

    def of_topic(self, topic: Topic) -> tuple[Subscription, ...]:
        """Who follows a topic now."""
        found = self._topics.get(topic)
        return tuple(found) if found else ()

    def of_rows(self, stream: RowStream) -> tuple[Subscription, ...]:
        """Who follows a stream of rows now."""
        found = self._rows.get(stream.name)
        return tuple(found) if found else ()

    def of_stream(self, stream: EventStream | RowStream) -> Iterator[Subscription]:
        """All subscriptions of a stream."""
        for subscriptions in tuple(self.watchers.values()):
            for subscription in tuple(subscriptions.values()):
                if subscription.stream is stream:
                    yield subscription


def _discard(shelf: dict[K, dict[Subscription, None]], key: K, item: Subscription) -> None:
    filed = shelf[key]
    del filed[item]
    if not filed:
        del shelf[key]
