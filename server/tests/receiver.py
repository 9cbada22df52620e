"""A real HTTP server that takes what is sent to it and answers as a test says."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec

from tests.loopback import Door, serving


@dataclass(frozen=True)
class Taken:
    """One request. Names of headers are in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)


@dataclass
class Receiver:
    """What came, in order; `answers` are the next statuses with their headers, 200 when none is left."""

    origin: str
    taken: list[Taken] = field(default_factory=list[Taken])
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list[tuple[int, dict[str, str]]])
    refuses: set[str] = field(default_factory=set[str])
    """Words: a body with one of them is answered 500."""

    def refuse(self, *statuses: int, **headers: str) -> None:
        """Answers the next requests with these statuses."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers += [(status, named) for status in statuses]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver on this machine."""

    class Taking(Door):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            found.taken.append(
                Taken(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            )
            status, headers = found.answers.pop(0) if found.answers else (200, {})
            if any(word.encode() in body for word in found.refuses):
                status = 500
            self.say(status, b"", headers)

    with serving(Taking) as origin:
        found = Receiver(origin)
        yield found
