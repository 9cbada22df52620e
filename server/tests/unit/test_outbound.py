"""The one HTTP client against real servers that mean no good."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address

import pytest

from pocketdesk.jobs.model import GiveUp, Retry
from pocketdesk.outbound import Allowed, Answer, Outbound, Request, to_allowed
from pocketdesk.outbound.addresses import Address, is_public
from tests import smtp

pytestmark = pytest.mark.anyio

Serve = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
OUTSIDE = "127.0.0.1"
"""Stands for the internet: the only network that is allowed here."""
INSIDE = "127.0.0.2"
"""A machine that nobody may reach."""
REFUSED = GiveUp("it leads to an address or port that may not be called")


class Names:
    """A name server whose answers change: each question takes the next one, the last stays."""

    def __init__(self, **answers: list[str]) -> None:
        self._answers = {name.replace("_", "."): list(found) for name, found in answers.items()}
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int) -> list[Address]:
        self.asked.append(host)
        answers = self._answers.get(host, [host])
        return [ip_address(answers.pop(0) if len(answers) > 1 else answers[0])]


class Server:
    """Answers each request with what it is told to; keeps the requests."""

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self.seen: list[bytes] = []
        self.port = 0

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(
                    (line[15:] for line in head.lower().split(b"\r\n") if line[:15] == b"content-length:"),
                    b"0",
                )
                self.seen.append(head + await reader.readexactly(int(length)))
                await self._serve(self.seen[-1], writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(
    serve: Serve, host: str = OUTSIDE, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Server]:
    server = Server(serve)
    listening = await asyncio.start_server(server.meet, host, 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()


@asynccontextmanager
async def client(names: Names | None = None, **more: Allowed) -> AsyncIterator[Outbound]:
    allowed = more.get("allowed", to_allowed([OUTSIDE]))
    outbound = Outbound(allowed, resolve=(names or Names()).resolve)
    try:
        yield outbound
    finally:
        await outbound.aclose()


def says(status: str, *headers: str, body: bytes = b"") -> Serve:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]

    async def serve(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write("\r\n".join(lines).encode() + body)

    return serve


HELLO = says("200 OK", "Content-Type: text/plain", "X-A: 1", "X-A: 2", body=b"hello")


async def test_a_request_goes_out_as_asked_and_the_answer_comes_back() -> None:
    async with serving(HELLO) as server, client(Names(good_example=[OUTSIDE])) as outbound:
        url = f"http://good.example:{server.port}/a?b=c"
        answer = await outbound.ask(Request(url, "POST", {"X-Key": "secret"}, b'{"a":1}'))
    assert answer == Answer(
        200, {"content-type": "text/plain", "x-a": "1, 2", "content-length": "5"}, b"hello", url
    )
    head, _, body = server.seen[0].partition(b"\r\n\r\n")
    lines = head.decode().lower().split("\r\n")
    assert (lines[0], body) == ("post /a?b=c http/1.1", b'{"a":1}')
    assert {f"host: good.example:{server.port}", "x-key: secret", "accept-encoding: gzip"} < set(lines)


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        ("204 No Content", None),
        ("404 Not Found", GiveUp("status 404")),
        ("503 Busy", Retry("status 503")),
        ("429 Slow\r\nRetry-After: 7", Retry("status 429", 7_000)),
        ("503 Busy\r\nRetry-After: 999999999", Retry("status 503", 24 * 3_600_000)),
        ("503 Busy\r\nRetry-After: -1", Retry("status 503")),
    ],
)
async def test_a_foreign_failure_is_a_value(status: str, failure: Retry | GiveUp | None) -> None:
    async with serving(says(status)) as server, client() as outbound:
        answer = await outbound.ask(Request(f"http://{OUTSIDE}:{server.port}/"))
    assert isinstance(answer, Answer)
    assert answer.failure == failure


# Where it may not go.


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "168.63.129.16",
        "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.168.1.1", "198.18.0.1", "203.0.113.9",
        "224.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "fc00::1",
        "fd00:ec2::254", "fe80::1", "fe80::1%1", "fec0::1", "ff02::1",
    ],
)  # fmt: skip
async def test_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))
    assert not Allowed().may_call("good.example", 80, ip_address(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111"]
)
async def test_public_addresses_are_called_on_the_ports_of_the_web(address: str) -> None:
    called = {
        port
        for port in (22, 25, 80, 443, 993, 1024, 8443)
        if Allowed().may_call("a", port, ip_address(address))
    }
    assert called == {80, 443, 1024, 8443}


@pytest.mark.parametrize(
    "url",
    [
        f"http://{INSIDE}/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
        "http://[fe80::1]/", "https://10.0.0.1:8443/",
    ],
)  # fmt: skip
async def test_it_refuses_addresses_that_are_not_public(url: str) -> None:
    async with client(allowed=Allowed()) as outbound:
        assert await outbound.ask(Request(url)) == REFUSED


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "0"])
async def test_other_spellings_of_this_machine_are_it_too(host: str) -> None:
    outbound = Outbound()
    assert isinstance(await outbound.ask(Request(f"http://{host}/")), GiveUp)
    await outbound.aclose()


async def test_a_name_that_changes_after_the_check_changes_nothing() -> None:
    names = Names(rebind_example=[OUTSIDE, INSIDE])
    async with serving(HELLO) as server, client(names) as outbound:
        inside = Server(HELLO)
        listening = await asyncio.start_server(inside.meet, INSIDE, server.port)
        url = f"http://rebind.example:{server.port}/"
        assert isinstance(await outbound.ask(Request(url)), Answer)
        assert names.asked == ["rebind.example"], "it is resolved once, by whoever checks it"
        assert isinstance(await outbound.ask(Request(url)), Answer), (
            "an open connection stays where it was checked"
        )
        await outbound.aclose()
        again = Outbound(to_allowed([OUTSIDE]), resolve=names.resolve)
        assert await again.ask(Request(url)) == REFUSED
        await again.aclose()
        listening.close()
    assert (len(server.seen), inside.seen) == (2, [])


@pytest.mark.parametrize(
    ("where", "ending"),
    [
        ("http://169.254.169.254/latest/meta-data/", REFUSED),
        (f"http://{INSIDE}:1/", REFUSED),
        ("//inside.example/", REFUSED),
        ("file:///etc/passwd", GiveUp("only http and https addresses are called")),
        ("gopher://good.example/", GiveUp("only http and https addresses are called")),
        ("http://user:word@good.example/", GiveUp("an address with a password in it is not called")),
        ("http://good.example:999999/", GiveUp("there is no such port")),
        ("/", GiveUp("more than 5 redirects")),
    ],
)
async def test_every_hop_is_checked(where: str, ending: GiveUp) -> None:
    names = Names(good_example=[OUTSIDE], inside_example=[INSIDE])
    async with serving(says("302 Found", f"Location: {where}")) as server, client(names) as outbound:
        assert await outbound.ask(Request(f"http://good.example:{server.port}/a")) == ending


async def test_a_redirect_takes_no_headers_to_another_host_and_no_body_anywhere() -> None:
    names = Names(one_example=[OUTSIDE], two_example=[OUTSIDE])
    async with serving(HELLO) as two, client(names) as outbound:
        target = f"http://two.example:{two.port}/b"
        async with serving(says("307 Elsewhere", f"Location: {target}")) as one:
            url = f"http://one.example:{one.port}/a"
            followed = await outbound.ask(Request(url, headers={"Authorization": "Bearer secret"}))
            assert isinstance(followed, Answer)
            assert (followed.url, followed.content) == (target, b"hello")
            posted = await outbound.ask(Request(url, "POST", content=b"words"))
            stayed = await outbound.ask(Request(url, redirects=0))
    assert b"secret" in one.seen[0]
    assert b"secret" not in two.seen[0]
    for answer in (posted, stayed):
        assert isinstance(answer, Answer)
        assert (answer.status, answer.headers["location"], answer.failure) == (
            307,
            target,
            GiveUp("status 307"),
        )
    assert len(two.seen) == 1


async def test_what_the_operator_allows_may_be_called() -> None:
    names = Names(models=[INSIDE], other=[INSIDE])
    async with serving(HELLO, INSIDE) as server:
        for words, reached in [
            (["models"], True),
            ([f"models:{server.port}"], True),
            ([f"models:{server.port + 1}"], False),
            (["127.0.0.0/8"], True),
            (["other"], False),
            ([], False),
        ]:
            async with client(names, allowed=to_allowed(words)) as outbound:
                answer = await outbound.ask(Request(f"http://models:{server.port}/"))
            assert isinstance(answer, Answer) == reached, words


@pytest.mark.parametrize(
    "word", ["", "http://models/", "models:", "models:0", "models:70000", "10.0.0.1/8", "a/b", "a b"]
)
async def test_words_that_name_nothing_are_refused(word: str) -> None:
    with pytest.raises(ValueError, match="is no host"):
        to_allowed([word])


@pytest.mark.parametrize(
    "url", ["", "good.example", "ftp://good.example/", "http://", "http://a\n/", f"http://{'a' * 70}.b/"]
)
async def test_what_is_no_address_is_given_up(url: str) -> None:
    outbound = Outbound()
    assert isinstance(await outbound.ask(Request(url)), GiveUp)
    await outbound.aclose()


@pytest.mark.parametrize("headers", [{"X": "a\r\nHost: b"}, {"X\r\nY": "a"}, {"X": "ü"}])
async def test_a_header_cannot_smuggle_another(headers: dict[str, str]) -> None:
    async with serving(HELLO) as server, client() as outbound:
        assert isinstance(
            await outbound.ask(Request(f"http://{OUTSIDE}:{server.port}/", headers=headers)), GiveUp
        )
    assert server.seen == []


async def test_the_environment_sends_it_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(HELLO, INSIDE) as proxy, serving(HELLO) as server, client() as outbound:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://{INSIDE}:{proxy.port}")
        assert isinstance(await outbound.ask(Request(f"http://{OUTSIDE}:{server.port}/")), Answer)
    assert proxy.seen == []


# How much it bears.


async def endless(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        writer.write(b"x" * 65_536)
        await writer.drain()


async def trickling(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        writer.write(b"x")
        await asyncio.sleep(0.01)


async def trickling_head(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        writer.write(b"x")
        await asyncio.sleep(0.01)


async def endless_head(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X: y\r\n" * 1_000)
        await writer.drain()


def packed(body: bytes, encoding: str = "gzip") -> Serve:
    return says("200 OK", f"Content-Encoding: {encoding}", body=body)


BOMB = gzip.compress(bytes(50_000_000))
TOO_LONG = GiveUp("the answer has more than 100000 bytes")
TOO_SLOW = Retry("no whole answer within 0.3 seconds")


@pytest.mark.parametrize(
    ("serve", "ending"),
    [
        (endless, TOO_LONG),
        (says("200 OK", body=b"x" * 100_001), TOO_LONG),
        (packed(BOMB), TOO_LONG),
        (
            packed(gzip.compress(BOMB), "gzip, gzip"),
            GiveUp("the answer is packed in a way that was not asked for"),
        ),
        (packed(b"hello", "br"), GiveUp("the answer is packed in a way that was not asked for")),
        (packed(b"hello"), GiveUp("the answer cannot be unpacked")),
        (packed(gzip.compress(b"hello")[:-3]), Retry("the answer ends too early")),
        (trickling, TOO_SLOW),
        (trickling_head, TOO_SLOW),
    ],
)
async def test_too_much_or_too_slow_ends(serve: Serve, ending: Retry | GiveUp) -> None:
    async with serving(serve) as server, client() as outbound:
        url = f"http://{OUTSIDE}:{server.port}/"
        # Only what is slow has to be waited for; the others end long before.
        patience_s = 0.3 if ending == TOO_SLOW else 30
        assert await outbound.ask(Request(url, most_bytes=100_000, patience_s=patience_s)) == ending


async def test_an_endless_head_ends() -> None:
    async with serving(endless_head) as server, client() as outbound:
        assert isinstance(await outbound.ask(Request(f"http://{OUTSIDE}:{server.port}/")), Retry)


async def test_packed_answers_are_unpacked() -> None:
    body = b"hello " * 10_000
    async with serving(packed(gzip.compress(body))) as server, client() as outbound:
        answer = await outbound.ask(Request(f"http://{OUTSIDE}:{server.port}/"))
    assert isinstance(answer, Answer)
    assert answer.content == body


async def test_who_is_not_there_may_come_back() -> None:
    async with client(Names(gone_example=[OUTSIDE])) as outbound:
        assert isinstance(await outbound.ask(Request("http://gone.example:1/")), Retry)
    outbound = Outbound()
    assert await outbound.ask(Request("http://name.invalid/")) == Retry("the host is unknown")
    await outbound.aclose()


async def test_cookies_are_forgotten() -> None:
    async with serving(says("200 OK", "Set-Cookie: a=b")) as server, client() as outbound:
        for _ in range(2):
            await outbound.ask(Request(f"http://{OUTSIDE}:{server.port}/"))
    assert len(server.seen) == 2
    assert b"cookie" not in server.seen[1].lower()


@pytest.mark.parametrize("http2", [False, True])
async def test_a_certificate_has_to_hold_for_the_name(http2: bool) -> None:
    names = Names(localhost=[OUTSIDE], evil_example=[OUTSIDE])
    async with serving(HELLO, tls=smtp.server_tls()) as server:
        trusting = Outbound(to_allowed([OUTSIDE]), resolve=names.resolve, tls=smtp.client_tls)
        url = f"https://localhost:{server.port}/"
        assert isinstance(await trusting.ask(Request(url, http2=http2)), Answer)
        wrong = await trusting.ask(Request(f"https://evil.example:{server.port}/", http2=http2))
        await trusting.aclose()
        async with client(names) as outbound:
            unknown = await outbound.ask(Request(url, http2=http2))
    for failure in (wrong, unknown):
        assert isinstance(failure, Retry)
        assert "CERTIFICATE_VERIFY_FAILED" in failure.reason
