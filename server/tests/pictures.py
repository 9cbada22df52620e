"""Images, good and bad, made for tests."""

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageDraw

SECRET = b"N 52.37403 E 4.88969"
"""Something that metadata must not carry through."""


def encoded(picture: Image.Image, kind: str, **more: Any) -> bytes:
    written = io.BytesIO()
    picture.save(written, kind, **more)
    return written.getvalue()


def still(kind: str = "PNG", size: tuple[int, int] = (60, 40), **more: Any) -> bytes:
    """A picture whose left half is red, whose right half is blue."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    return encoded(picture, kind, **more)


def animated(
    kind: str = "GIF", frames: int = 12, ms: int = 50, size: tuple[int, int] = (40, 30), **more: Any
) -> bytes:
    """A ball that rolls."""
    pictures: list[Image.Image] = []
    for number in range(frames):
        picture = Image.new("RGB", size, (number % 256, number // 256, 255))
        ImageDraw.Draw(picture).ellipse((number % size[0], 5, number % size[0] + 9, 14), fill="red")
        pictures.append(picture)
    return encoded(pictures[0], kind, save_all=True, append_images=pictures[1:], duration=ms, loop=0, **more)


def png_of(width: int, height: int, body: bytes = b"") -> bytes:
    """A PNG that claims a size, with a body that may be anything."""
    head = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(body))
        + _chunk(b"IEND", b"")
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack("!I", len(body)) + name + body + struct.pack("!I", zlib.crc32(name + body))
