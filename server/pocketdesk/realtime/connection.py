"""A session on its transport: carries out what the session asks for."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol

from pocketdesk.kernel.refusal import Refusal
from pocketdesk.realtime import session as pure
from pocketdesk.realtime.ports import Credential, Viewer
from pocketdesk.realtime.session import Session
from pocketdesk.storage import StorageFailure

if TYPE_CHECKING:
    from pocketdesk.realtime.service import Realtime

_log = logging.getLogger(__name__)


class Transport(Protocol):
    """What carries the frames. None of these raises, also not when the other side is gone."""

    def write(self, frame: bytes) -> None:
        """Sends one message."""
        ...

    def probe(self) -> None:
        """Asks for a sign of life."""
        ...

    def pause_reading(self) -> None:
        """Reads no more."""
        ...

    def resume_reading(self) -> None:
        """Reads on."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Says goodbye and hangs up."""
        ...

    def abort(self) -> None:
        """Hangs up."""
        ...


class Connection:
    """One socket's session; for the gateway, a watcher."""

    __slots__ = ("_realtime", "_transport", "credential", "session", "viewer")

    viewer: Viewer
    credential: Credential

    def __init__(self, realtime: Realtime, transport: Transport, cookie: str | None) -> None:
        self._realtime = realtime
        self._transport: Transport | None = transport
        self.credential = Credential(cookie=cookie)
        self.session = Session(realtime.decoder, realtime.limits, realtime.now())
        realtime.wheel.put(self, self.session.due)

    # The transport speaks.

    def received(self, text: bytes) -> None:
        """A whole text message."""
        self._perform(self.session.receive(text, self._realtime.now()))

    def heard(self) -> bool:
        """A sign of life. False if it was one too many."""
        self._perform(self.session.heard(self._realtime.now()))
        return not self.session.is_over

    def blocked(self) -> None:
        """The transport's buffer is full."""
        self._perform(self.session.blocked(self._realtime.now()))
        self._realtime.wheel.put(self, self.session.due)

    def unblocked(self) -> None:
        """The transport's buffer has room."""
        self._perform(self.session.unblocked())
        while effects := self.session.drain():
            self._perform(effects)

    def lost(self) -> None:
        """The transport is gone."""
        if self._transport is None:
            return
        self._transport = None
        entered = hasattr(self, "viewer")
        self.session.close(0, "")
        if entered:
            self._realtime.left(self)

    def tick(self) -> int | None:
        """Time has passed: when to look again, None if never."""
        if self._transport is None:
            return None
        self._perform(self.session.tick(self._realtime.now()))
        return None if self.session.is_over else self.session.due

    # The gateway speaks.

    def deliver(self, frame: bytes, stream: str) -> None:
        """A frame of a stream."""
        self._perform(self.session.send(frame, stream))

    def deliver_transient(self, frame: bytes) -> None:
        """A frame that nobody misses."""
        self._perform(self.session.send_transient(frame))

    def end(self, stream: str, frame: bytes) -> None:
        """A subscription has ended."""
        self._perform(self.session.ended(stream, frame))

    def revoke(self) -> None:
        """The credential no longer holds."""
        self._perform(self.session.rejected())

    def close(self, code: int, reason: str) -> None:
        """The server ends the connection."""
        self._perform(self.session.close(code, reason))

    # The session asks.

    def _perform(self, effects: pure.Effects) -> None:
        for effect in effects:
            transport = self._transport
            if transport is None:
                return
            match effect:
                case pure.Send(frame):
                    transport.write(frame)
                case pure.Run(command):
                    self._realtime.run(self.viewer, command, self._answered)
                case pure.Follow(stream, position):
                    self._realtime.gateway.follow(self, stream, position)
                case pure.Unfollow(stream):
                    self._realtime.gateway.unfollow(self, stream)
                case pure.ShowTyping(conversation_id):
                    gateway = self._realtime.gateway
                    gateway.spawn(gateway.show_typing(self.viewer, conversation_id))
                case pure.Authenticate(token, account_id):
                    cookie = self.credential.cookie if token is None else None
                    self.credential = Credential(token, cookie, account_id)
                    self._realtime.gateway.spawn(self._enter())
                case pure.Probe():
                    transport.probe()
                case pure.PauseReading():
                    transport.pause_reading()
                case pure.ResumeReading():
                    transport.resume_reading()
                case pure.Close(code, reason):
                    transport.close(code, reason)
                case pure.Abort():
                    transport.abort()

    def _answered(self, frame: bytes) -> None:
        self._perform(self.session.settled(frame))

    async def _enter(self) -> None:
        try:
            await self._authenticate()
        except Refusal:
            self._perform(self.session.rejected())
        except StorageFailure as failure:
            _log.warning("nobody can sign in now: %s", failure)
            self.close(1013, "unavailable")
        except Exception:
            self.close(1011, "internal")
            raise

    async def _authenticate(self) -> None:
        realtime = self._realtime
        viewer, position = await realtime.authenticate(self.credential)
        if self._transport is None:
            return
        self.viewer = viewer
        if not realtime.entered(self):
            self.close(pure.FLOODING, "too_many_sockets")
            return
        await realtime.gateway.join(self, position)
        self._perform(self.session.accepted(self.viewer, realtime.clock(), realtime.now()))
