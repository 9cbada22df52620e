"""A real SMTP server in the test's event loop, which keeps what it takes and refuses what it is told to."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope

from tests.server import free_port

CERTIFICATE = Path(__file__).parent / "smtp_certificate.pem"
"""For `localhost`, signed by itself; its key is in there too and protects nothing."""


@dataclass
class Post:
    """What the server took, and how it answers."""

    port: int
    taken: list[EmailMessage] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    """Answer by recipient; `MAIL` for any sender, `DATA` for any message."""

    async def handle_MAIL(
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if "MAIL" in self.refuses:
            return self.refuses["MAIL"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Envelope) -> str:
        if "DATA" in self.refuses:
            return self.refuses["DATA"]
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        assert envelope.rcpt_tos == [address.addr_spec for address in message["To"].addresses]
        self.taken.append(message)
        self.senders.append(str(envelope.mail_from))
        self.secured.append(server.transport.get_extra_info("sslcontext") is not None)
        return "250 Taken"


def server_tls() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context


def client_tls() -> ssl.SSLContext:
    """Trusts the test's certificate and no other."""
    return ssl.create_default_context(cafile=CERTIFICATE)


@asynccontextmanager
async def post_office(
    *, tls: bool = False, starttls: bool = False, login: tuple[str, str] | None = None
) -> AsyncIterator[Post]:
    """A server on a free port, until the end of the block. With a `login` nobody else sends."""
    post = Post(free_port())

    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        pair = (given.login.decode(), given.password.decode())
        return AuthResult(success=pair == login, handled=False)

    def protocol() -> SMTP:
        return SMTP(
            post,
            hostname="localhost",
            tls_context=server_tls() if starttls else None,
            require_starttls=starttls,
            auth_required=login is not None,
            auth_require_tls=False,
            authenticator=authenticate,
            loop=asyncio.get_running_loop(),
        )

    listening = await asyncio.get_running_loop().create_server(
        protocol, "127.0.0.1", post.port, ssl=server_tls() if tls else None
    )
    try:
        yield post
    finally:
        listening.close()
        await asyncio.sleep(0)
