"""A server that speaks HTTP/2 over TLS and nothing else, in a thread of its own."""

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, DataReceived, RequestReceived, StreamEnded
from h2.exceptions import ProtocolError


@dataclass(frozen=True)
class Asked:
    """One request. Names of headers are in lower case; pseudo headers have their colon."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.headers[":path"]


@dataclass(frozen=True)
class Said:
    """An answer."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


Answer = Callable[[Asked], Said]


class Certificate:
    """A self-signed certificate for this machine. `path` is its PEM file, which clients may trust."""

    def __init__(self, folder: Path) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName(
                    [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
                ),
                critical=False,
            )
            .sign(key, hashes.SHA256())
        )
        self.path = folder / "authority.pem"
        self.path.write_bytes(made.public_bytes(Encoding.PEM))
        self.key_path = folder / "key.pem"
        self.key_path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    def for_server(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path, self.key_path)
        context.set_alpn_protocols(["h2"])
        return context

    def for_client(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.path))


@contextmanager
def certificate() -> Iterator[Certificate]:
    with TemporaryDirectory() as folder:
        yield Certificate(Path(folder))


@contextmanager
def serve(answer: Answer, trusted: Certificate) -> Iterator[str]:
    """Runs a server; its origin, `https://localhost:<port>`."""
    loop = asyncio.new_event_loop()
    ready: list[int] = []
    began, ends = threading.Event(), asyncio.Event()

    async def run() -> None:
        server = await asyncio.start_server(
            lambda reader, writer: _talk(reader, writer, answer), "127.0.0.1", 0, ssl=trusted.for_server()
        )
        ready.append(server.sockets[0].getsockname()[1])
        began.set()
        await ends.wait()
        server.close()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),), daemon=True)
    thread.start()
    assert began.wait(10)
    try:
        yield f"https://localhost:{ready[0]}"
    finally:
        loop.call_soon_threadsafe(ends.set)
        thread.join(10)


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Answer) -> None:
    connection = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
    connection.initiate_connection()
    writer.write(connection.data_to_send())
    asked: dict[int, tuple[dict[str, str], bytearray]] = {}
    with suppress(ConnectionError, ProtocolError):
        while octets := await reader.read(65_536):
            for event in connection.receive_data(octets):
                match event:
                    case RequestReceived(stream_id=stream, headers=headers):
                        asked[stream] = {str(name): str(value) for name, value in headers}, bytearray()
                    case DataReceived(stream_id=stream, data=data, flow_controlled_length=length):
                        asked[stream][1].extend(data)
                        connection.acknowledge_received_data(length, stream)
                    case StreamEnded(stream_id=stream):
                        headers, body = asked.pop(stream)
                        said = answer(Asked(headers, bytes(body)))
                        told = [(":status", str(said.status)), *said.headers.items()]
                        connection.send_headers(stream, told, end_stream=not said.body)
                        if said.body:
                            connection.send_data(stream, said.body, end_stream=True)
                    case ConnectionTerminated():
                        return
                    case _:
                        pass
            writer.write(connection.data_to_send())
            await writer.drain()
    writer.close()
