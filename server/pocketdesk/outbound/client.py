"""Requests to other servers. Every connection goes to an address that was checked, whoever resolved the name again.

Nothing is kept between requests but open connections: no cookies, no proxies from the environment, no passwords.
"""

import asyncio
import socket
import ssl
import zlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Literal, TypeAlias, cast

import httpcore2
from httpx2 import URL, InvalidURL

from pocketdesk import __version__
from pocketdesk.jobs.model import GiveUp, Retry
from pocketdesk.outbound.addresses import Address, Allowed

MEGABYTE = 2**20
CONNECT_S = 5.0
"""For each of a host's addresses."""
MOST_ADDRESSES = 4
MOST_CONNECTIONS = 64
IDLE_S = 15.0
LONGEST_WAIT_S = 24 * 3600

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PASSING = frozenset({408, 425, 429})
_PORTS = {"http": 80, "https": 443}

Resolve: TypeAlias = Callable[[str, int], Awaitable[list[Address]]]


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked, and how much the asker bears: redirects of GET and HEAD, bytes of the answer, seconds in all.

    Headers go to the first origin only: a redirect to another host takes none along. With no redirects allowed, the
    redirect is the answer.
    """

    url: str
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    content: bytes | None = None
    redirects: int = 5
    most_bytes: int = MEGABYTE
    patience_s: float = 30.0
    http2: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said, whatever its status. Names of headers are in lower case; `url` is where it was in the end."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    url: str

    @property
    def failure(self) -> Retry | GiveUp | None:
        """None for 2xx. What may pass by itself (408, 425, 429, 5xx) is to be tried again, when the server says so."""
        if 200 <= self.status < 300:
            return None
        reason = f"status {self.status}"
        if self.status not in _PASSING and self.status < 500:
            return GiveUp(reason)
        wait = self.headers.get("retry-after", "")
        is_told = wait.isascii() and wait.isdigit() and len(wait) <= 9
        return Retry(reason, min(int(wait), LONGEST_WAIT_S) * 1000 if is_told else None)


class Outbound:
    """The client of one process; `aclose` it in the end."""

    def __init__(
        self,
        allowed: Allowed = Allowed(),  # noqa: B008  it never changes
        *,
        resolve: Resolve | None = None,
        tls: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        self._guard = _Guard(allowed, resolve or _resolve)
        self._tls = tls
        self._pools: dict[bool, httpcore2.AsyncConnectionPool] = {}

    async def ask(self, request: Request) -> Answer | Retry | GiveUp:
        """The answer; `GiveUp` where there never will be one, `Retry` where later there may. Raises nothing.

        Reasons are for operators and authors alike: they tell nothing of the address but what its author knows.
        """
        try:
            async with asyncio.timeout(request.patience_s):
                return await self._follow(request)
        except _Refused as refused:
            return GiveUp(str(refused))
        except (InvalidURL, UnicodeError, httpcore2.LocalProtocolError):
            return GiveUp("the address or a header cannot be sent")
        except TimeoutError:
            return Retry(f"no whole answer within {request.patience_s:g} seconds")
        except _FAILURES as failure:
            return Retry(_said(failure))

    async def aclose(self) -> None:
        """Ends the open connections."""
        for pool in self._pools.values():
            await pool.aclose()

    async def _follow(self, request: Request) -> Answer:
        url = _checked(URL(request.url))
        headers: Mapping[str, str] = request.headers
        for _ in range(request.redirects + 1):
            answer = await self._exchange(request, url, headers)
            where = answer.headers.get("location")
            follows = request.redirects and request.method in {"GET", "HEAD"}
            if not follows or where is None or answer.status not in _REDIRECTS:
                return answer
            target = _checked(url.join(where))
            if _origin(target) != _origin(url):
                headers = {}
            url = target
        raise _Refused(f"more than {request.redirects} redirects")

    async def _exchange(self, request: Request, url: URL, headers: Mapping[str, str]) -> Answer:
        given = {name.lower().encode("ascii"): value.encode("ascii") for name, value in headers.items()}
        sent = (
            {b"user-agent": _NAME, b"accept": b"*/*"}
            | given
            | {b"host": url.netloc, b"accept-encoding": b"gzip"}
        )
        if request.method not in {"GET", "HEAD"}:
            sent[b"content-length"] = str(len(request.content or b"")).encode()
        async with self._pool(http2=request.http2).stream(
            request.method,
            httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=list(sent.items()),
            content=request.content,
        ) as response:
            told = _headers(response.headers)
            is_read = response.status not in _REDIRECTS and request.method != "HEAD"
            content = await _read(response, told, request.most_bytes) if is_read else b""
            return Answer(response.status, told, content, str(url))

    def _pool(self, *, http2: bool) -> httpcore2.AsyncConnectionPool:
        """Each with certificates of its own: a pool writes into them which protocols it speaks."""
        if http2 not in self._pools:
            self._pools[http2] = httpcore2.AsyncConnectionPool(
                ssl_context=self._tls(),
                max_connections=MOST_CONNECTIONS,
                keepalive_expiry=IDLE_S,
                http2=http2,
                network_backend=self._guard,
            )
        return self._pools[http2]


class _Refused(Exception):
    """This request will never be let through; the message says why."""


class _Guard(httpcore2.AsyncNetworkBackend):
    """Connects to addresses that it has checked itself, so that no name can change its mind in between."""

    def __init__(self, allowed: Allowed, resolve: Resolve) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._network = cast("httpcore2.AsyncNetworkBackend", httpcore2.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  the port's
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        found = await self._resolve(host, port)
        allowed = [address for address in found if self._allowed.may_call(host, port, address)]
        if found and not allowed:
            raise _Refused("it leads to an address or port that may not be called")
        failure: Exception = httpcore2.ConnectError("the host is unknown")
        for address in allowed[:MOST_ADDRESSES]:
            try:
                return await self._network.connect_tcp(
                    str(address), port, timeout or CONNECT_S, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as failed:
                failure = failed
        raise failure


_NAME = f"Pocketdesk/{__version__}".encode()
_FAILURES = (
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.TimeoutException,
    httpcore2.ConnectionNotAvailable,
    OSError,
)


async def _resolve(host: str, port: int) -> list[Address]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ip_address(place[0]) for *_, place in found]


def _checked(url: URL) -> URL:
    if url.scheme not in _PORTS or not url.host:
        raise _Refused("only http and https addresses are called")
    if not 0 < (url.port or 1) < 2**16:
        raise _Refused("there is no such port")
    if url.userinfo:
        raise _Refused("an address with a password in it is not called")
    return url


def _origin(url: URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or _PORTS[url.scheme]


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    told: dict[str, str] = {}
    for name, value in raw:
        key, words = name.decode("latin-1").lower(), value.decode("latin-1")
        told[key] = f"{told[key]}, {words}" if key in told else words
    return told


async def _read(response: httpcore2.Response, headers: Mapping[str, str], most: int) -> bytes:
    """The body, unpacked; never more than `most` bytes of it, neither as they came nor as they unfold."""
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"gzip", "identity"}:
        raise _Refused("the answer is packed in a way that was not asked for")
    unpack = zlib.decompressobj(16 + zlib.MAX_WBITS) if encoding == "gzip" else None
    body, received = bytearray(), 0
    async for piece in response.aiter_stream():
        received += len(piece)
        try:
            body += unpack.decompress(piece, most + 1 - len(body)) if unpack else piece
        except zlib.error:
            raise _Refused("the answer cannot be unpacked") from None
        if max(received, len(body)) > most:
            raise _Refused(f"the answer has more than {most} bytes")
    if unpack and received and not unpack.eof:
        raise httpcore2.RemoteProtocolError("the answer ends too early")
    return bytes(body)


def _said(failure: Exception) -> str:
    if isinstance(failure, socket.gaierror):
        return "the host is unknown"
    return " ".join(str(failure).split())[:200] or type(failure).__name__
