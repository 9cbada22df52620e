"""Realtime as a whole: what the doors (socket, polling) call, started and stopped once per process."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pocketdesk.kernel.refusal import Refusal, TooMany
from pocketdesk.realtime import wire
from pocketdesk.realtime.bus import Bus, NoBus
from pocketdesk.realtime.connection import Connection
from pocketdesk.realtime.gateway import Gateway
from pocketdesk.realtime.hub import Watcher
from pocketdesk.realtime.poll import Poll
from pocketdesk.realtime.ports import Command, Credential, Ports, Viewer
from pocketdesk.realtime.session import Limits
from pocketdesk.realtime.wheel import Wheel
from pocketdesk.storage import Engine, Outcome, Reader, StorageFailure, UnitOfWork, Violated

_log = logging.getLogger(__name__)


class Unavailable(Refusal):
    """The database cannot be reached, or its answer was lost: send the same command again."""

    code = "unavailable"
    status = 503


class Broken(Refusal):
    """A defect of ours."""

    code = "internal"
    status = 500


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many may be connected to one process."""

    sockets: int = 50_000
    per_address: int = 2_000
    """One carrier's address may stand for many phones."""
    per_viewer: int = 20


class Realtime:
    """`start` before the first connection, on the loop that serves; `stop` after the last."""

    def __init__(
        self,
        engine: Engine,
        ports: Ports,
        clock: Callable[[], int],
        *,
        bus: Bus | None = None,
        limits: Limits | None = None,
        bounds: Bounds | None = None,
    ) -> None:
        self.engine = engine
        self.clock = clock
        """UTC milliseconds."""
        self.limits = limits or Limits()
        self.bounds = bounds or Bounds()
        self.decoder = wire.Decoder(ports.commands)
        self.gateway = Gateway(engine, ports, bus or NoBus(), clock)
        self.wheel: Wheel[Connection]
        self._ports = ports
        self._viewers: dict[tuple[int, str], int] = {}
        self._polls: set[Poll] = set()
        self._loop: asyncio.AbstractEventLoop
        self._beat: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        """Takes the engine's news and begins to listen."""
        self._loop = asyncio.get_running_loop()
        self.engine.attach(self._loop)
        self.engine.on_committed = self.gateway.committed
        self.wheel = Wheel(self.now())
        self._turn()
        await self.gateway.start()

    async def stop(self) -> None:
        """Ends all work; the doors have closed their connections."""
        if self._beat is not None:
            self._beat.cancel()
        self.engine.on_committed = None
        await self.gateway.stop()

    def now(self) -> int:
        """Milliseconds that never go back."""
        return int(self._loop.time() * 1_000)

    def _turn(self) -> None:
        self.wheel.turn(self.now())
        self._beat = self._loop.call_later(1.0, self._turn)

    @property
    def viewers(self) -> int:
        """How many different viewers are connected."""
        return len(self._viewers)

    async def poll(
        self,
        credential: Credential,
        streams: Iterable[tuple[str, int | None]],
        wait_ms: int,
        gone: Callable[[], Awaitable[None]],
    ) -> Sequence[bytes]:
        """What these streams (address, position) hold: at once if there is anything, else when there is, or nothing
        after a while or when the client is `gone`. `Unauthenticated`, `TooMany`."""
        viewer, position = await self.authenticate(credential)
        poll = Poll(viewer, credential)
        try:
            if not self.entered(poll):
                raise TooMany(1_000)
            await self.gateway.join(poll, position)
            openings = [self.gateway.follow(poll, address, after) for address, after in streams]
            await asyncio.gather(*(opening for opening in openings if opening is not None))
            self._polls.add(poll)
            return await poll.wait(wait_ms / 1_000, gone)
        finally:
            self._polls.discard(poll)
            self.left(poll)

    def end_polls(self) -> None:
        """Answers every poll that waits: the server goes down."""
        for poll in self._polls:
            poll.something.set()

    # For connections and polls.

    async def authenticate(self, credential: Credential) -> tuple[Viewer, int]:
        """Who holds a credential, and the position of the account's ledger at which that is so."""
        now = self.clock()

        def look(reader: Reader) -> tuple[Viewer, int]:
            viewer = self._ports.authenticate(reader, credential, now)
            return viewer, reader.position(viewer.account_id)

        return await self.engine.read(look)

    def entered(self, watcher: Watcher) -> bool:
        """Counts a connection of a viewer; False if the viewer has too many."""
        key = (watcher.viewer.account_id, watcher.viewer.key)
        count = self._viewers.get(key, 0)
        self._viewers[key] = count + 1
        return count < self.bounds.per_viewer

    def left(self, watcher: Watcher) -> None:
        """A connection that had entered is gone."""
        key = (watcher.viewer.account_id, watcher.viewer.key)
        if self._viewers[key] == 1:
            del self._viewers[key]
        else:
            self._viewers[key] -= 1
        self.gateway.leave(watcher)

    def run(self, viewer: Viewer, command: Command, done: Callable[[bytes], None]) -> None:
        """Hands a command to the engine. `done` gets the answer's frame after the commit, never before."""
        action = self._ports.commands[type(command)]

        def work(unit: UnitOfWork) -> Mapping[str, Any]:
            return action(unit, viewer, command)

        def settle(outcome: Outcome[Mapping[str, Any]]) -> None:
            error = outcome.error
            if error is None:
                assert outcome.value is not None  # noqa: S101
                done(wire.encode(wire.Ack(command.command_id, outcome.value)))
            else:
                done(wire.refused(_to_refusal(error, command), command_id=command.command_id))

        try:
            self.engine.submit(work, settle)
        except StorageFailure as closed:
            done(wire.refused(_to_refusal(closed, command), command_id=command.command_id))


def _to_refusal(error: BaseException, command: Command) -> Refusal:
    if isinstance(error, Refusal):
        return error
    if isinstance(error, StorageFailure) and not isinstance(error, Violated):
        _log.warning("a %s was not stored: %s", type(command).__name__, error)
        return Unavailable("try again with the same ids")
    correlation_id = secrets.token_hex(8)
    _log.error(
        "bug %s in a %s: %s", correlation_id, type(command).__name__, type(error).__name__, exc_info=error
    )
    return Broken(f"Something went wrong on our side ({correlation_id}).")
