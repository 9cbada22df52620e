"""Questions to a server elsewhere, asked as often and as slowly as it wishes."""

import asyncio
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from pocketdesk.hubspot.importing.model import SourceFailed
from pocketdesk.jobs.model import GiveUp, Retry
from pocketdesk.outbound import Allowed, Answer, Outbound, Request

TRIES = 8
LONGEST_PAUSE_S = 15 * 60
"""Who is told to wait longer had better come back another time."""


class Asking:
    """Asks again after cut connections, and waits as it is told to."""

    def __init__(
        self,
        outbound: Outbound,
        tell: Callable[[str], object],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._outbound = outbound
        self._tell = tell
        self._sleep = sleep

    async def ask(self, request: Request, place: str) -> Answer | GiveUp:
        """What the server says for good, whatever that is; `SourceFailed`, which names the place, if nothing."""
        reason = ""
        for attempt in range(TRIES):
            answer = await self._outbound.ask(request)
            if isinstance(answer, Retry):
                failure = answer
            elif isinstance(answer, GiveUp) or not isinstance(answer.failure, Retry):
                return answer
            else:
                failure = answer.failure
            reason = failure.reason
            pause = 2.0**attempt if failure.after_ms is None else failure.after_ms / 1000
            if pause > LONGEST_PAUSE_S:
                raise SourceFailed(f"{place}: {reason}; it says to come back in {pause / 3600:.1f} hours")
            self._tell(f"{place}: {reason}, again in {pause:g} s")
            await self._sleep(pause)
        raise SourceFailed(f"{place}: {reason}, {TRIES} times")


def outbound_to(*addresses: str) -> Outbound:
    """A client that may call these (checked) addresses even if they are this machine's."""
    parts = [urlsplit(each) for each in addresses]
    hosts = {(each.hostname or "", each.port) for each in parts if is_loopback(each.hostname or "")}
    return Outbound(Allowed(frozenset(hosts)))


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
