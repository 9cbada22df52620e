"""All accounts that somebody of this process watches, and the way in for what others commit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Final, cast

from pocketdesk.kernel.events import Recorded
from pocketdesk.kernel.refusal import NotFound, Refusal
from pocketdesk.realtime import wire
from pocketdesk.realtime.bus import Bus, Hint, News, Typed
from pocketdesk.realtime.feed import Feed, Stream, is_rows
from pocketdesk.realtime.hub import Subscription, Watcher
from pocketdesk.realtime.ports import EventStream, Ports, Viewer
from pocketdesk.storage import Engine, StorageFailure

_log = logging.getLogger(__name__)

SWEEP_S: Final = 2.0
"""How often feeds look into the ledger without a hint."""
RECHECK_S: Final = 600.0
"""How often credentials are looked at without a fact."""


class Gateway:
    """All feeds of this process."""

    def __init__(self, engine: Engine, ports: Ports, bus: Bus, clock: Callable[[], int]) -> None:
        self.engine = engine
        self.ports = ports
        self._clock = clock
        self._bus = bus
        self._streams: Mapping[str, Stream] = {
            stream.name: stream for stream in (*ports.streams, *ports.rows)
        }
        self._feeds: dict[int, Feed] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._sweeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins to listen to the bus, and to look by itself now and then."""
        await self._bus.start(self._hear)
        self._sweeper = asyncio.create_task(self._sweep())

    async def stop(self) -> None:
        """Ends all work."""
        await self._bus.stop()
        running = [*self._tasks, *([self._sweeper] if self._sweeper else [])]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    # What happens.

    def committed(self, news: Mapping[int, Sequence[Recorded]]) -> None:
        """This process has committed these facts."""
        for account_id, facts in news.items():
            self._bus.publish(News(account_id, facts[-1].position))
            feed = self._feeds.get(account_id)
            if feed is not None:
                feed.take(facts)

    def _hear(self, hint: Hint) -> None:
        feed = self._feeds.get(hint.account_id)
        if feed is None:
            return
        match hint:
            case News(_, position):
                feed.hint(position)
            case Typed(_, conversation_id, key, audiences):
                feed.show_typing(conversation_id, key, audiences)

    async def _sweep(self) -> None:
        rounds = 0
        while True:
            await asyncio.sleep(SWEEP_S)
            rounds += 1
            for feed in tuple(self._feeds.values()):
                if rounds % round(RECHECK_S / SWEEP_S) == 0:
                    self.spawn(feed.recheck_credentials())
                self.spawn(feed.look())

    # What watchers want.

    async def join(self, watcher: Watcher, position: int) -> None:
        """A watcher whose credential was looked up at a position of its account's ledger. Returns when it may follow
        streams; its access is looked at again if it changed meanwhile."""
        account_id = watcher.viewer.account_id
        feed = self._feeds.get(account_id)
        if feed is None:
            feed = self._feeds[account_id] = Feed(
                account_id, self.engine, self.ports, self._clock, self.spawn
            )
        feed.hub.watchers.setdefault(watcher, {})
        await feed.ready()
        if feed.access_changed_at > position:
            await feed.recheck([watcher])

    def leave(self, watcher: Watcher) -> None:
        """A watcher is gone, with its subscriptions."""
        account_id = watcher.viewer.account_id
        feed = self._feeds.get(account_id)
        if feed is None:
            return
        feed.hub.leave(watcher)
        if not feed.hub.watchers:
            del self._feeds[account_id]
            feed.close()

    def follow(self, watcher: Watcher, address: str, after: int | None) -> asyncio.Task[None] | None:
        """Subscribes a watcher that has joined; again, if it follows the stream already. The task ends when the
        stream is open; None if it was refused at once."""
        feed = self._feeds[watcher.viewer.account_id]
        feed.hub.remove(watcher, address)
        stream = self._streams.get(address.partition(":")[0])
        try:
            if stream is None:
                raise NotFound("there is no such stream")
            topic = None if is_rows(stream) else cast("EventStream", stream).topic(watcher.viewer, address)
        except Refusal as refusal:
            watcher.end(address, wire.refused(refusal, stream=address))
            return None
        subscription = Subscription(watcher, stream, address, topic)
        feed.hub.add(subscription)
        return self.spawn(feed.open(subscription, after))

    def unfollow(self, watcher: Watcher, address: str) -> None:
        """Ends a subscription."""
        feed = self._feeds.get(watcher.viewer.account_id)
        if feed is not None:
            feed.hub.remove(watcher, address)

    async def show_typing(self, viewer: Viewer, conversation_id: int) -> None:
        """Tells those who see the conversation that a viewer is typing."""
        try:
            audiences = await self.engine.read(
                lambda reader: tuple(self.ports.typing(reader, viewer, conversation_id))
            )
        except (Refusal, StorageFailure):
            return
        self._bus.publish(Typed(viewer.account_id, conversation_id, viewer.key, audiences))
        feed = self._feeds.get(viewer.account_id)
        if feed is not None:
            feed.show_typing(conversation_id, viewer.key, audiences)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Runs something beside, and ends it with the gateway."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("realtime: %s", error, exc_info=error)
