"""The thin shell to one SMTP server. What goes wrong there is a value, never an exception."""

import ipaddress
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from typing import Literal
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import errors
from email_validator import EmailNotValidError, validate_email

from pocketdesk.jobs.model import GiveUp, Retry
from pocketdesk.kernel.moments import to_datetime
from pocketdesk.mail.model import Mail

PATIENCE_S = 30.0
_PORTS = {"smtp": 587, "smtps": 465}
Safety = Literal["tls", "starttls", "plain"]


class BadAddress(ValueError):
    """A server's or a sender's address is none; the message says why."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail goes out. Certificates are checked, against the system's authorities."""

    host: str
    port: int
    safety: Safety
    user: str | None = None
    password: str | None = None


def to_server(url: str) -> Server:
    """`smtp://user:password@host:port` (STARTTLS before anything is told) or `smtps://...` (TLS at once).

    On this machine, and with `?starttls=no`, `smtp` goes without TLS. Raises `BadAddress`.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:  # whose message may hold a part of the password
        raise BadAddress("must be smtp://user:password@host:port, %-encoded where it is special") from None
    if parts.scheme not in _PORTS or not host or parts.path not in {"", "/"} or parts.fragment:
        raise BadAddress("must be smtp://user:password@host:port or smtps://...")
    if parts.query not in {"", "starttls=no"} or (parts.query and parts.scheme == "smtps"):
        raise BadAddress("only ?starttls=no may follow, after smtp://")
    safety: Safety = "tls" if parts.scheme == "smtps" else "starttls"
    if safety == "starttls" and (parts.query or _is_here(host)):
        safety = "plain"
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password or "") if user is not None else None
    return Server(host, port or _PORTS[parts.scheme], safety, user, password)


def to_sender(text: str) -> Address:
    """`Name <address>` or an address alone. Raises `BadAddress`."""
    name, email = parseaddr(text, strict=True)
    if not email or not text.isprintable():
        raise BadAddress("must be an address, or `Name <address>`")
    try:
        return Address(name, addr_spec=_ascii(email))
    except (EmailNotValidError, ValueError) as wrong:
        raise BadAddress(str(wrong)) from None


class Smtp:
    """Sends through one server, a connection for each mail."""

    def __init__(
        self,
        server: Server,
        sender: Address,
        *,
        tls: ssl.SSLContext | None = None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._server = server
        self._sender = sender
        self._tls = tls or ssl.create_default_context()
        self._patience_s = patience_s

    async def send(self, mail: Mail) -> Retry | GiveUp | None:
        """None once the server has taken it. `GiveUp` if it never will, `Retry` if later it may."""
        try:
            to = _ascii(mail.to)
        except EmailNotValidError:
            return GiveUp("not an address")
        message = to_message(mail, to, self._sender)
        client = self._client()
        try:
            await client.connect()
            await client.send_message(message, sender=self._sender.addr_spec, recipients=[to])
            with suppress(errors.SMTPException):
                await client.quit()
        except errors.SMTPRecipientsRefused as refused:
            return _judged(refused.recipients[0], to)
        except (errors.SMTPDataError, errors.SMTPRecipientRefused) as refused:
            return _judged(refused, to)
        except errors.SMTPNotSupported:
            return GiveUp("the server cannot write to such an address")
        except (errors.SMTPException, OSError) as failure:
            # Not this mail's fault: the server is away, does not let us in, or does not like the sender.
            return Retry(_reason(failure, to))
        finally:
            client.close()
        return None

    async def check(self) -> str | None:
        """Why the server cannot be used: connects and signs in, without sending. None if all is well."""
        client = self._client()
        try:
            await client.connect()
            with suppress(errors.SMTPException):
                await client.quit()
        except (errors.SMTPException, OSError) as failure:
            return _reason(failure, "")
        finally:
            client.close()
        return None

    def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            local_hostname=self._sender.domain,
            timeout=self._patience_s,
            use_tls=server.safety == "tls",
            start_tls=server.safety == "starttls",
            tls_context=self._tls if server.safety != "plain" else None,
        )


def to_message(mail: Mail, to: str, sender: Address) -> EmailMessage:
    """A mail as it goes over the wire. A header with a line break in it raises ValueError, and none is sent."""
    message = EmailMessage(SMTP)
    message["From"] = sender
    message["To"] = Address(addr_spec=to)
    message["Subject"] = mail.subject
    message["Date"] = to_datetime(mail.at)
    message["Message-ID"] = f"<{mail.word}@{sender.domain}>"
    # Answering machines keep quiet (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    return message


def _ascii(email: str) -> str:
    """The address with its domain in the form that name servers know."""
    found = validate_email(email, check_deliverability=False)
    return found.ascii_email or f"{found.local_part}@{found.ascii_domain}"


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _judged(refused: errors.SMTPResponseException, to: str) -> Retry | GiveUp:
    reason = _reason(refused, to)
    return GiveUp(reason) if refused.code >= 500 else Retry(reason)


def _reason(failure: Exception, to: str) -> str:
    """What happened, for operators: without the address, which is nobody's business in a log."""
    text = " ".join(str(failure).split()) or type(failure).__name__
    if isinstance(failure, errors.SMTPResponseException):
        text = f"{failure.code} {' '.join(failure.message.split())}"
    return (text.replace(to, "the recipient") if to else text)[:300]
