"""Between processes: hints, not messages. Who loses one is late by a moment, because the ledger has everything."""

# pyright: reportUnknownMemberType=false
# (nats-py types its options only in part)

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import msgspec
from msgspec import Struct

from pocketdesk.realtime.ports import Topic

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg

_log = logging.getLogger(__name__)


class News(Struct, tag="news", frozen=True):
    """An account's ledger has grown up to a position."""

    account_id: int
    position: int


class Typed(Struct, tag="typed", frozen=True):
    """Somebody (`key`) is typing in a conversation; `audiences` are view, topic and the author as that view sees it."""

    account_id: int
    conversation_id: int
    key: str
    audiences: tuple[tuple[str, Topic, Mapping[str, Any]], ...]


Hint: TypeAlias = News | Typed


class Bus(Protocol):
    """Carries hints to the other processes of an installation."""

    async def start(self, hear: Callable[[Hint], None]) -> None:
        """From now on, `hear` gets what the others say."""
        ...

    def publish(self, hint: Hint) -> None:
        """Tells the others. Returns at once; the hint may be lost."""
        ...

    async def stop(self) -> None:
        """Says nothing and hears nothing any more."""
        ...


class NoBus:
    """One process: there is nobody to tell."""

    async def start(self, hear: Callable[[Hint], None]) -> None:
        """Nobody will speak."""

    def publish(self, hint: Hint) -> None:
        """Nobody hears it."""

    async def stop(self) -> None:
        """Nothing to end."""


SUBJECT = "pocketdesk.hints"
PAUSE_S = 0.005
"""News of this long is told at once."""
RETRY_S = 1.0


class NatsBus:
    """Hints over a NATS server. While that is away the processes go on, with a delay of the gateway's sweep."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: Client | None = None
        self._news: dict[int, int] = {}
        self._others: list[Hint] = []
        self._task: asyncio.Task[None] | None = None
        self._something = asyncio.Event()

    async def start(self, hear: Callable[[Hint], None]) -> None:
        """Connects in the background, for as long as it takes."""
        self._task = asyncio.create_task(self._run(hear))

    def publish(self, hint: Hint) -> None:
        """Tells the others within a few milliseconds; of several news of an account, the newest."""
        if self._client is None:
            return
        if isinstance(hint, News):
            self._news[hint.account_id] = hint.position
        else:
            self._others.append(hint)
        self._something.set()

    async def stop(self) -> None:
        """Closes the connection."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _run(self, hear: Callable[[Hint], None]) -> None:
        await self._connect(hear)
        while True:
            await self._something.wait()
            self._something.clear()
            hints = [News(account_id, position) for account_id, position in self._news.items()] + self._others
            self._news, self._others = {}, []
            for hint in hints:
                await self._send(hint)
            await asyncio.sleep(PAUSE_S)

    async def _send(self, hint: Hint) -> None:
        from nats.errors import Error

        assert self._client is not None  # noqa: S101
        try:
            await self._client.publish(SUBJECT, msgspec.json.encode(hint))
        except Error as lost:
            _log.warning("a hint is lost: %s", lost or type(lost).__name__)

    async def _connect(self, hear: Callable[[Hint], None]) -> None:
        import nats
        from nats.errors import Error

        decode = msgspec.json.Decoder(Hint).decode

        async def heard(message: Msg) -> None:
            try:
                hint = decode(message.data)
            except msgspec.DecodeError:
                _log.warning("not a hint of this version: %r", message.data[:100])
                return
            hear(hint)

        async def complain(error: Exception) -> None:
            _log.warning("bus: %s", error or type(error).__name__)

        while True:
            try:
                client = await nats.connect(
                    self._url,
                    name="pocketdesk",
                    no_echo=True,
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=RETRY_S,
                    error_cb=complain,
                )
                await client.subscribe(SUBJECT, cb=heard)
            except (OSError, Error) as away:
                _log.warning("the bus is not there yet: %s", away or type(away).__name__)
                await asyncio.sleep(RETRY_S)
            else:
                self._client = client
                return
