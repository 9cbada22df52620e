"""One account's facts, from the ledger to its watchers: in order, nothing skipped, nothing twice.

What this process commits comes here with its rows. Whatever others commit, or what was lost on the way, is read from
the ledger after the last position. A subscription opens with a read (a snapshot, or what was missed) and holds the
feed's events until that is there; then it passes on only those after the read's position.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, TypeGuard, cast

from msgspec import Raw

from pocketdesk.kernel.events import Recorded
from pocketdesk.kernel.refusal import Refusal
from pocketdesk.realtime import wire
from pocketdesk.realtime.hub import Hub, Subscription, Watcher
from pocketdesk.realtime.ports import EventStream, Ports, RowStream, Topic, Viewer
from pocketdesk.storage import Engine, Reader, StorageFailure, Trimmed

_log = logging.getLogger(__name__)

BATCH: Final = 500
"""Facts read from the ledger at once."""
MOST_BACKLOG: Final = 5_000
"""Facts kept in memory while a feed is busy; beyond that they are read from the ledger again."""
MOST_MISSED: Final = 1_000
"""Events with which a stream resumes; whoever missed more gets a snapshot."""
MOST_MISSED_BYTES: Final = 524_288
MOST_SCANNED: Final = 5_000
"""Facts looked at to find those that a stream missed, where the ledger's index cannot."""
MOST_ROWS: Final = 200
"""Rows in one round of patches; the others wait for the next."""
PATCH_S: Final = 0.1
"""Least time between two rounds of patches of an account."""
CHUNK: Final = 100
"""Watchers whose access is looked at in one read."""
TYPING_FOR_MS: Final = 6_000

Stream: TypeAlias = EventStream | RowStream
Spawn: TypeAlias = Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]


def is_rows(stream: Stream) -> TypeGuard[RowStream]:
    """Whether a stream is patched with rows."""
    return hasattr(stream, "patches")


class Unreadable(Refusal):
    """The stream cannot be read now; try again later."""

    code = "unavailable"
    status = 503


@dataclass(frozen=True, slots=True)
class _Opening:
    """What a subscription starts with; with a `reset` it does not start."""

    position: int
    frames: Sequence[bytes] = ()
    reset: wire.ResetReason | None = None


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What a watcher may still do: nothing at all when there is no viewer."""

    viewer: Viewer | None
    hidden: frozenset[str]


class Feed:
    """See the head of this file. Everything here runs on the event loop; reads run in the engine's threads."""

    def __init__(
        self, account_id: int, engine: Engine, ports: Ports, clock: Callable[[], int], spawn: Spawn
    ) -> None:
        self.account_id = account_id
        self.hub = Hub()
        self.position = -1
        """Up to where facts have been shown; -1 before the feed has looked."""
        self.access_changed_at = 0
        """Position of the newest fact that changed access."""
        self._engine = engine
        self._ports = ports
        self._clock = clock
        self._spawn = spawn
        self._backlog: deque[Sequence[Recorded]] = deque()
        self._waiting = 0
        self._hinted = 0
        self._worker: asyncio.Task[None] | None = None
        self._start: asyncio.Task[None] | None = None
        self._dirty: dict[str, dict[int, None]] = {}
        self._patching: asyncio.TimerHandle | asyncio.Task[None] | None = None
        self._patched_at = 0.0
        self._closed = False

    async def ready(self) -> None:
        """Returns when the feed knows where it stands."""
        if self.position >= 0:
            return
        if self._start is None:
            self._start = self._spawn(self._find_position())
        await asyncio.shield(self._start)

    async def _find_position(self) -> None:
        pause = 0.05
        while not self._closed:
            try:
                position = await self._engine.read(lambda reader: reader.position(self.account_id))
            except StorageFailure as failure:
                _log.warning("account %d cannot be followed yet: %s", self.account_id, failure)
                await asyncio.sleep(pause)
                pause = min(2 * pause, 5.0)
            else:
                self.position = self.access_changed_at = position
                self._wake()
                return

    def close(self) -> None:
        """Nobody of the account is connected any more."""
        self._closed = True
        if isinstance(self._patching, asyncio.TimerHandle):
            self._patching.cancel()

    # Facts come.

    def take(self, facts: Sequence[Recorded]) -> None:
        """This process has committed these."""
        if self._worker is None and facts[0].position == self.position + 1:
            for place, fact in enumerate(facts):
                if self._affected(fact) is not None:
                    self._keep(facts[place:])
                    self._wake()
                    break
                self._show(fact)
            self._patch_soon()
            return
        self._keep(facts)
        self._wake()

    def hint(self, position: int) -> None:
        """Another process may have committed up to a position."""
        if position > self.position:
            self._hinted = max(self._hinted, position)
            self._wake()

    async def look(self) -> None:
        """Looks into the ledger, in case a hint was lost."""
        if self._worker is None and self.position >= 0:
            try:
                self.hint(await self._engine.read(lambda reader: reader.position(self.account_id)))
            except StorageFailure as failure:
                _log.warning("account %d cannot be followed now: %s", self.account_id, failure)

    def _keep(self, facts: Sequence[Recorded]) -> None:
        self._hinted = max(self._hinted, facts[-1].position)
        self._backlog.append(facts)
        self._waiting += len(facts)
        if self._waiting > MOST_BACKLOG:
            self._backlog.clear()
            self._waiting = 0

    def _wake(self) -> None:
        if self._worker is None and self.position >= 0 and not self._closed:
            self._worker = self._spawn(self._work())

    async def _work(self) -> None:
        try:
            while not self._closed and (facts := await self._next()):
                for fact in facts:
                    if (affected := self._affected(fact)) is not None:
                        # First, so that who joins meanwhile is looked at too.
                        self.access_changed_at = fact.position
                        await self.recheck([one for one in self.hub.watchers if affected(one.viewer)])
                    self._show(fact)
                self._patch_soon()
        except StorageFailure as failure:
            _log.warning("account %d cannot be followed now: %s", self.account_id, failure)
        finally:
            self._worker = None

    async def _next(self) -> Sequence[Recorded]:
        """Facts right after the position: those that are here with their rows, else from the ledger."""
        while self._backlog and self._backlog[0][-1].position <= self.position:
            self._waiting -= len(self._backlog.popleft())
        if self._backlog and self._backlog[0][0].position <= self.position + 1:
            facts = self._backlog.popleft()
            self._waiting -= len(facts)
            return [fact for fact in facts if fact.position > self.position]
        if self._hinted <= self.position:
            return ()
        after = self.position

        def read(reader: Reader) -> tuple[Sequence[Recorded], int]:
            facts = reader.events(self.account_id, after, BATCH)
            newest = facts[-1].position if len(facts) == BATCH else reader.position(self.account_id)
            return (self._enclose(reader, facts) if facts else ()), newest

        try:
            facts, newest = await self._engine.read(read)
        except Trimmed:
            newest = await self._engine.read(lambda reader: reader.position(self.account_id))
            facts = ()
            self._reset_all("trimmed")
        if not facts:
            # Numbers without facts are nothing to wait for.
            self.position = max(self.position, newest)
            self._hinted = min(self._hinted, self.position)
            return await self._next() if self._backlog else ()
        return facts

    def _enclose(self, reader: Reader, facts: Sequence[Recorded]) -> Sequence[Recorded]:
        try:
            return self._ports.enclose(reader, self.account_id, facts)
        except StorageFailure:
            raise
        except Exception:  # noqa: BLE001
            # Each stream will stumble over those that it cannot encode, and only over those.
            _log.exception("account %d: facts at %d cannot be enclosed", self.account_id, facts[0].position)
            return facts

    def _affected(self, fact: Recorded) -> Callable[[Viewer], bool] | None:
        try:
            return self._ports.changes_access(fact.event)
        except Exception:  # noqa: BLE001
            _log.exception("nobody can tell whose access a %s changes: it may be anybody's", fact.event.kind)
            return lambda _: True

    # Facts are shown.

    def _show(self, fact: Recorded) -> None:
        self.position = fact.position
        for stream in self._ports.streams:
            try:
                topics = tuple(stream.topics(fact.event))
            except Exception:  # noqa: BLE001
                _log.exception("%s cannot tell whom a %s concerns", stream.name, fact.event.kind)
                self._fault(stream, self.hub.of_stream(stream))
                continue
            for topic in topics:
                subscriptions = self.hub.of_topic(topic)
                if subscriptions and self._ports.restarts(fact.event):
                    self._restart(stream, subscriptions)
                elif subscriptions:
                    self._show_to(stream, fact, subscriptions)
        for rows in self._ports.rows:
            if not self.hub.of_rows(rows):
                continue
            try:
                touched = dict.fromkeys(rows.touched(fact.event))
            except Exception:  # noqa: BLE001
                _log.exception("%s cannot tell which rows a %s changes", rows.name, fact.event.kind)
                self._fault(rows, self.hub.of_rows(rows))
                continue
            if touched:
                self._dirty.setdefault(rows.name, {}).update(touched)

    def _restart(self, stream: EventStream, subscriptions: Sequence[Subscription]) -> None:
        for subscription in tuple(subscriptions):
            if subscription.stream is stream:
                self._end(subscription, "access_changed")

    def _show_to(self, stream: EventStream, fact: Recorded, subscriptions: Sequence[Subscription]) -> None:
        frames: dict[tuple[str, str], bytes | None] = {}
        for subscription in subscriptions:
            if subscription.stream is not stream:
                continue
            key = (subscription.watcher.viewer.view, subscription.address)
            try:
                frame = frames[key]
            except KeyError:
                try:
                    frame = frames[key] = _encode(stream, fact, *key)
                except Exception:  # noqa: BLE001
                    _log.exception(
                        "account %d: %s at %d cannot be encoded",
                        self.account_id,
                        fact.event.kind,
                        fact.position,
                    )
                    self._fault(stream, (one for one in subscriptions if one.stream is stream))
                    return
            if frame is not None and not subscription.offer(fact.position, frame):
                self._end(subscription, "slow")

    def show_typing(
        self, conversation_id: int, key: str, audiences: Iterable[tuple[str, Topic, Mapping[str, Any]]]
    ) -> None:
        """Somebody (`key`) is typing: tells those who follow one of the topics, except that viewer."""
        for view, topic, author in audiences:
            frame = wire.encode(wire.TypingOut(conversation_id, author, TYPING_FOR_MS))
            watchers = dict.fromkeys(subscription.watcher for subscription in self.hub.of_topic(topic))
            for watcher in watchers:
                if watcher.viewer.view == view and watcher.viewer.key != key:
                    watcher.deliver_transient(frame)

    # Rows are patched.

    def _patch_soon(self) -> None:
        if self._dirty and self._patching is None and not self._closed:
            loop = asyncio.get_running_loop()
            delay = max(0.0, self._patched_at + PATCH_S - loop.time())
            self._patching = loop.call_later(delay, self._start_patching)

    def _start_patching(self) -> None:
        self._patched_at = asyncio.get_running_loop().time()
        self._patching = self._spawn(self._patch())

    async def _patch(self) -> None:
        dirty, self._dirty = self._dirty, {}
        try:
            for rows in self._ports.rows:
                ids = list(dirty.get(rows.name, ()))
                if len(ids) > MOST_ROWS:
                    self._dirty[rows.name] = dict.fromkeys(ids[MOST_ROWS:])
                if ids:
                    await self._patch_stream(rows, ids[:MOST_ROWS])
        finally:
            self._patching = None
            self._patch_soon()

    async def _patch_stream(self, rows: RowStream, ids: Sequence[int]) -> None:
        subscriptions = self.hub.of_rows(rows)
        watchers = [(subscription.watcher.viewer, subscription.address) for subscription in subscriptions]

        def read(reader: Reader) -> tuple[int, Sequence[bytes | None]]:
            return reader.position(self.account_id), rows.patches(reader, self.account_id, ids, watchers)

        try:
            position, patches = await self._engine.read(read)
        except Exception as error:  # noqa: BLE001
            _log.log(
                logging.WARNING if isinstance(error, StorageFailure) else logging.ERROR,
                "account %d: rows of %s cannot be read",
                self.account_id,
                rows.name,
                exc_info=error,
            )
            self._fault(rows, subscriptions)
            return
        frames: dict[tuple[int, str], bytes] = {}
        for subscription, patch in zip(subscriptions, patches, strict=True):
            if patch is None or subscription.is_over:
                continue
            key = (id(patch), subscription.address)
            frame = frames.get(key)
            if frame is None:
                frame = frames[key] = wire.encode(wire.Rows(subscription.address, str(position), Raw(patch)))
            if not subscription.offer(position, frame):
                self._end(subscription, "slow")

    # Subscriptions open.

    async def open(self, subscription: Subscription, after: int | None) -> None:
        """Reads what a subscription starts with, and starts it."""
        watcher, address = subscription.watcher, subscription.address
        await self.ready()
        try:
            opening = await self._engine.read(
                lambda reader: self._read_opening(reader, subscription.stream, watcher.viewer, address, after)
            )
        except Refusal as refusal:
            self._refuse(subscription, refusal)
        except Exception as error:  # noqa: BLE001
            _log.log(
                logging.WARNING if isinstance(error, StorageFailure) else logging.ERROR,
                "account %d: a stream (%s) cannot be read",
                self.account_id,
                subscription.stream.name,
                exc_info=error,
            )
            self._refuse(subscription, Unreadable())
        else:
            if subscription.is_over:
                return
            if opening.reset is not None:
                self._end(subscription, opening.reset)
            else:
                subscription.open(opening.position, opening.frames)

    def _read_opening(
        self, reader: Reader, stream: Stream, viewer: Viewer, address: str, after: int | None
    ) -> _Opening:
        position = reader.position(self.account_id)
        if after is None:
            state = Raw(stream.snapshot(reader, viewer, address))
            return _Opening(position, (wire.encode(wire.Snapshot(address, str(position), state)),))
        if after > position or after < reader.horizon(self.account_id):
            return _Opening(position, reset="trimmed")
        if is_rows(stream):
            return self._missed_rows(reader, stream, viewer, address, after, position)
        stream = cast("EventStream", stream)
        if not stream.may_see(reader, viewer, address):
            return _Opening(position, reset="access_changed")
        return self._missed_events(reader, stream, viewer, address, after, position)

    def _missed_events(
        self, reader: Reader, stream: EventStream, viewer: Viewer, address: str, after: int, position: int
    ) -> _Opening:
        topic = stream.topic(viewer, address)
        conversations = stream.conversation_ids(reader, viewer, address)
        facts: list[Recorded] = []
        if conversations is None:
            facts = reader.events(self.account_id, after, MOST_SCANNED + 1)
            if len(facts) > MOST_SCANNED:
                return _Opening(position, reset="trimmed")
        else:
            for conversation_id in conversations:
                facts += reader.events(self.account_id, after, MOST_MISSED + 1, conversation_id)
            facts.sort(key=lambda fact: fact.position)
        facts = [fact for fact in facts if topic in stream.topics(fact.event)]
        if any(self._ports.restarts(fact.event) for fact in facts):
            return _Opening(position, reset="access_changed")
        if len(facts) > MOST_MISSED:
            return _Opening(position, reset="trimmed")
        frames: list[bytes] = []
        for fact in self._enclose(reader, facts) if facts else ():
            try:
                frame = _encode(stream, fact, viewer.view, address)
            except Exception:  # noqa: BLE001
                _log.exception(
                    "account %d: %s at %d cannot be encoded", self.account_id, fact.event.kind, fact.position
                )
                return _Opening(position, reset="fault")
            if frame is not None:
                frames.append(frame)
        if sum(map(len, frames)) > MOST_MISSED_BYTES:
            return _Opening(position, reset="trimmed")
        return _Opening(position, frames)

    def _missed_rows(
        self, reader: Reader, stream: RowStream, viewer: Viewer, address: str, after: int, position: int
    ) -> _Opening:
        facts = reader.events(self.account_id, after, MOST_SCANNED + 1)
        touched = list(dict.fromkeys(number for fact in facts for number in stream.touched(fact.event)))
        if len(facts) > MOST_SCANNED or len(touched) > MOST_ROWS:
            return _Opening(position, reset="trimmed")
        if not touched:
            return _Opening(position)
        (patch,) = stream.patches(reader, self.account_id, touched, [(viewer, address)])
        frames = () if patch is None else (wire.encode(wire.Rows(address, str(position), Raw(patch))),)
        return _Opening(position, frames)

    # Subscriptions end.

    def _end(self, subscription: Subscription, reason: wire.ResetReason) -> None:
        if not subscription.is_over:
            self.hub.remove(subscription.watcher, subscription.address)
            subscription.watcher.end(
                subscription.address, wire.encode(wire.Reset(subscription.address, reason))
            )

    def _refuse(self, subscription: Subscription, refusal: Refusal) -> None:
        if not subscription.is_over:
            self.hub.remove(subscription.watcher, subscription.address)
            subscription.watcher.end(subscription.address, wire.refused(refusal, stream=subscription.address))

    def _fault(self, stream: Stream, subscriptions: Iterable[Subscription]) -> None:
        """A defect of ours in a stream: those who follow it start anew, everything else goes on."""
        self._dirty.pop(stream.name, None)
        for subscription in tuple(subscriptions):
            self._end(subscription, "fault")

    def _reset_all(self, reason: wire.ResetReason) -> None:
        for stream in (*self._ports.streams, *self._ports.rows):
            for subscription in tuple(self.hub.of_stream(stream)):
                self._end(subscription, reason)

    # Access is looked at again.

    async def recheck(self, watchers: Sequence[Watcher]) -> None:
        """Something changed that may end what these watchers see."""
        for start in range(0, len(watchers), CHUNK):
            await self._recheck(watchers[start : start + CHUNK], streams=True)

    async def recheck_credentials(self) -> None:
        """Closes those whose credential has run out meanwhile."""
        everybody = tuple(self.hub.watchers)
        for start in range(0, len(everybody), CHUNK):
            await self._recheck(everybody[start : start + CHUNK], streams=False)

    async def _recheck(self, watchers: Sequence[Watcher], *, streams: bool) -> None:
        followed = [
            (watcher, tuple(self.hub.watchers.get(watcher, {}).values()) if streams else ())
            for watcher in watchers
        ]
        now = self._clock()
        verdicts = await self._engine.read(
            lambda reader: [
                self._judge(reader, watcher, subscriptions, now) for watcher, subscriptions in followed
            ]
        )
        for (watcher, subscriptions), verdict in zip(followed, verdicts, strict=True):
            if verdict.viewer is None or verdict.viewer.key != watcher.viewer.key:
                watcher.revoke()
                continue
            watcher.viewer = verdict.viewer
            for subscription in subscriptions:
                if subscription.address in verdict.hidden:
                    self._end(subscription, "access_changed")

    def _judge(
        self, reader: Reader, watcher: Watcher, subscriptions: Sequence[Subscription], now: int
    ) -> _Verdict:
        try:
            viewer = self._ports.authenticate(reader, watcher.credential, now)
        except Refusal:
            return _Verdict(None, frozenset())
        hidden = frozenset(
            subscription.address
            for subscription in subscriptions
            # Nobody can tell which rows came or went: the window is read anew.
            if is_rows(subscription.stream)
            or not cast("EventStream", subscription.stream).may_see(reader, viewer, subscription.address)
        )
        return _Verdict(viewer, hidden)


def _encode(stream: EventStream, fact: Recorded, view: str, address: str) -> bytes | None:
    body = stream.encode(fact, view)
    return None if body is None else wire.encode(wire.EventOut(address, str(fact.position), Raw(body)))
