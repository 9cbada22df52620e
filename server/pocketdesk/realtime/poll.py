"""A client that asks again and again, because its network lets no socket through; for the gateway, a watcher."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from pocketdesk.kernel.refusal import Unauthenticated
from pocketdesk.realtime.ports import Credential, Viewer

ENOUGH: Final = 1_048_576
"""Bytes after which a poll takes no more: what is left, the next one asks for by position."""
GATHER_S: Final = 0.02
"""News rarely comes alone."""


class Poll:
    """Collects the frames of one poll."""

    def __init__(self, viewer: Viewer, credential: Credential) -> None:
        self.viewer = viewer
        self.credential = credential
        self.something = asyncio.Event()
        self._frames: list[bytes] = []
        self._size = 0
        self._full: set[str] = set()
        self._is_revoked = False

    async def wait(self, seconds: float, gone: Callable[[], Awaitable[None]]) -> Sequence[bytes]:
        """The frames, when there are any; after a while, or when nobody waits any more, none."""
        if not self._frames and not self._is_revoked and seconds > 0:
            tasks = {asyncio.ensure_future(gone()), asyncio.ensure_future(self.something.wait())}
            await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            if self._frames:
                await asyncio.sleep(GATHER_S)
        if self._is_revoked:
            raise Unauthenticated
        return self._frames

    def deliver(self, frame: bytes, stream: str) -> None:
        """A frame of a stream. After one that did not fit, none of that stream: the position would skip it."""
        if stream in self._full or (self._frames and self._size + len(frame) > ENOUGH):
            self._full.add(stream)
            return
        self._keep(frame)

    def deliver_transient(self, frame: bytes) -> None:
        """A frame that nobody misses."""
        self._keep(frame)

    def end(self, stream: str, frame: bytes) -> None:  # noqa: ARG002
        """A subscription has ended."""
        self._keep(frame)

    def revoke(self) -> None:
        """The credential no longer holds."""
        self._is_revoked = True
        self.something.set()

    def _keep(self, frame: bytes) -> None:
        self._frames.append(frame)
        self._size += len(frame)
        self.something.set()
