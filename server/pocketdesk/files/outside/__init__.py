"""What lies outside the database: the bytes, the decoder of images, the search for malware."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file's bytes are: ids only, never a name that somebody gave."""

    account_id: int
    file_id: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A private copy of what has arrived, and a place for what is made of it. Both are gone afterwards."""

    source: Path
    target: Path


class Lost(Exception):
    """Bytes that should be there are not."""


class Store(Protocol):
    """Keeps bytes. What a call has written outlives a power cut when the call returns."""

    async def write(self, place: Place, offset: int, chunk: bytes) -> None:
        """Writes a part of an upload; the same part again is the same."""
        ...

    def draft(self, place: Place, size: int) -> AbstractAsyncContextManager[Draft]:
        """The first `size` bytes of an upload as a copy that later writes cannot reach. `Lost` if not there."""
        ...

    async def publish(self, place: Place, made: Path) -> tuple[int, str]:
        """Makes a file of a draft readable, whole at once; its size and SHA-256. The upload's own bytes go."""
        ...

    async def read(self, place: Place, start: int, length: int) -> AsyncIterator[bytes]:
        """Bytes of a published file; `Lost` if there is none."""
        ...

    async def forget_part(self, place: Place) -> None:
        """Removes what arrived of a file that is published and settled: until then a check may have to begin anew."""
        ...

    async def drop(self, place: Place) -> None:
        """Deletes everything of a file. Nothing there is fine."""
        ...

    async def tidy(self, before: int) -> None:
        """Deletes parts and drafts that nobody has touched since a time (UTC milliseconds): their process died."""
        ...

    async def free(self) -> int:
        """How many bytes still fit."""
        ...
