"""Pictures of an import that stand on a server elsewhere: so many, so large, and for so long."""

import posixpath
from collections.abc import Callable
from time import monotonic
from typing import Final
from urllib.parse import unquote, urlsplit

from pocketdesk.jobs.model import GiveUp, Retry
from pocketdesk.knowledge.imports.model import Kind
from pocketdesk.outbound import Outbound, Request

MOST_PICTURES = 2_000
MOST_BYTES = 10 << 20
PATIENCE_S = 15.0
MOST_S = 30 * 60.0
"""For all of an import, so that servers that answer slowly do not hold it for days."""
KINDS: Final = frozenset({Kind.ZENDESK, Kind.INTERCOM})
"""Their exports name pictures by address. Pages from folders bring theirs along."""
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}


class Unfetched(Exception):
    """The picture did not come; the message says why."""


class Pictures:
    """Fetches the pictures of one import."""

    def __init__(self, outbound: Outbound, time: Callable[[], float] = monotonic) -> None:
        self._outbound = outbound
        self._time = time
        self._left = MOST_PICTURES
        self._spent_s = 0.0

    async def fetch(self, address: str) -> tuple[str, bytes]:
        """A picture's name and bytes; `Unfetched` if it is not to be had. What the bytes are is checked later."""
        if not self._left:
            raise Unfetched(f"more than {MOST_PICTURES} pictures are elsewhere")
        if self._spent_s >= MOST_S:
            raise Unfetched("fetching pictures took too long in all")
        self._left -= 1
        began = self._time()
        answer = await self._outbound.ask(Request(address, most_bytes=MOST_BYTES, patience_s=PATIENCE_S))
        self._spent_s += self._time() - began
        if isinstance(answer, Retry | GiveUp):
            raise Unfetched(answer.reason)
        if answer.failure is not None:
            raise Unfetched(answer.failure.reason)
        name = posixpath.basename(unquote(urlsplit(address).path)) or "image"
        kind = _ENDINGS.get(answer.headers.get("content-type", "").partition(";")[0].strip().lower())
        return (f"{posixpath.splitext(name)[0]}.{kind}" if kind else name), answer.content


def address_of(source: str) -> str | None:
    """The address that a picture's `src` names; None unless it is one of another server."""
    if source.startswith("//"):
        return f"https:{source}"
    return source if source.startswith(("https://", "http://")) else None
