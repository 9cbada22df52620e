"""Bytes in a folder of this machine, or one that all processes share."""

import asyncio
import hashlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import BinaryIO, ParamSpec, TypeVar

from pocketdesk.files.outside import Draft, Lost, Place

P = ParamSpec("P")
T = TypeVar("T")
SHARDS = 256
PIECE_BYTES = 256 * 1024
_THREADS = 4


class LocalStore:
    """`<folder>/<account>/<shard>/<file>`; beside them `<folder>/parts` and `<folder>/drafts`, which pass.

    Everything that may wait for a disk runs in threads of its own.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts = folder / "parts"
        self._drafts = folder / "drafts"
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="files")

    async def write(self, place: Place, offset: int, chunk: bytes) -> None:
        await self._run(self._write, place, offset, chunk)

    @asynccontextmanager
    async def draft(self, place: Place, size: int) -> AsyncIterator[Draft]:
        made = await self._run(self._copy, place, size)
        try:
            yield made
        finally:
            await self._run(_remove, made.source, made.target)

    async def publish(self, place: Place, made: Path) -> tuple[int, str]:
        return await self._run(self._publish, place, made)

    async def read(self, place: Place, start: int, length: int) -> AsyncIterator[bytes]:
        file = await self._run(_open, self._path(place), start)
        return self._pieces(file, length)

    async def forget_part(self, place: Place) -> None:
        await self._run(_remove, self._part(place))

    async def drop(self, place: Place) -> None:
        await self._run(_remove, self._path(place), self._part(place))

    async def tidy(self, before: int) -> None:
        await self._run(self._tidy, before)

    async def free(self) -> int:
        return await self._run(self._free)

    def close(self) -> None:
        """Takes no more; what has begun is finished."""
        self._threads.shutdown(wait=False)

    async def _run(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: work(*arguments, **named)
        )

    async def _pieces(self, file: BinaryIO, length: int) -> AsyncIterator[bytes]:
        with file:
            while length > 0 and (piece := await self._run(file.read, min(length, PIECE_BYTES))):
                length -= len(piece)
                yield piece

    def _path(self, place: Place) -> Path:
        return self._folder / f"{place.account_id:d}" / f"{place.file_id % SHARDS:02x}" / f"{place.file_id:d}"

    def _part(self, place: Place) -> Path:
        return self._parts / f"{place.account_id:d}-{place.file_id:d}"

    def _write(self, place: Place, offset: int, chunk: bytes) -> None:
        path = self._part(place)
        is_new = not path.exists()
        if is_new:
            _make_folder(path.parent)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            while chunk:
                written = os.pwrite(file, chunk, offset)
                offset, chunk = offset + written, chunk[written:]
            os.fsync(file)
        finally:
            os.close(file)
        if is_new:
            _sync_folder(path.parent)

    def _copy(self, place: Place, size: int) -> Draft:
        _make_folder(self._drafts)
        made = Draft(*(self._new_draft(place) for _ in range(2)))
        try:
            with self._part(place).open("rb") as part, made.source.open("wb") as copy:
                shutil.copyfileobj(part, copy, PIECE_BYTES)
                copy.truncate(size)
                whole = part.tell() >= size
        except FileNotFoundError:
            whole = False
        if not whole:
            _remove(made.source, made.target)
            raise Lost
        return made

    def _new_draft(self, place: Place) -> Path:
        file, name = tempfile.mkstemp(prefix=f"{place.account_id:d}-{place.file_id:d}-", dir=self._drafts)
        os.close(file)
        return Path(name)

    def _publish(self, place: Place, made: Path) -> tuple[int, str]:
        with made.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
            size = file.tell()
        path = self._path(place)
        _make_folder(path.parent)
        made.replace(path)
        _sync_folder(path.parent)
        return size, digest

    def _tidy(self, before: int) -> None:
        for folder in (self._parts, self._drafts):
            for path in folder.iterdir() if folder.is_dir() else ():
                with suppress(FileNotFoundError):
                    if path.stat().st_mtime * 1_000 < before:
                        path.unlink()

    def _free(self) -> int:
        folder = self._folder
        while not folder.exists():
            folder = folder.parent
        return shutil.disk_usage(folder).free


def _open(path: Path, start: int) -> BinaryIO:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise Lost from None
    file.seek(start)
    return file


def _remove(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
