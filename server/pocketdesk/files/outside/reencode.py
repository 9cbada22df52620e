"""Makes an image anew from its pixels. Runs alone in a process of its own, as a script: nothing of ours is in reach.

    python -I reencode.py '{"format": "PNG", "pixels": 50000000, ...}' <image >image-made-anew

On stderr one line of JSON: `{"width": 300, "height": 200}`, or `{"refused": "pixels"}` with exit code 1.
"""

import errno
import io
import json
import resource
import sys
import warnings
from collections.abc import Mapping
from typing import BinaryIO

from PIL import (
    GifImagePlugin,
    Image,
    ImageCms,
    ImageMath,
    ImageOps,
    ImageSequence,
    JpegImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)

_PLUGINS = (GifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin)
"""Imported before the limits hold; no other decoder is ever opened."""
_STILL = {
    "JPEG": {"quality": 88, "optimize": True, "progressive": True},
    "PNG": {"compress_level": 6},
    "WEBP": {"quality": 88, "method": 3},
}
_SHORTEST_MS = 20
"""A frame that claims to be shorter is shown for longer by every browser."""


class Refused(Exception):
    """The image is more than the limits allow; the argument says which."""


def confine(limits: Mapping[str, int]) -> None:
    """Takes from this process whatever decoding does not need."""
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"]))
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["bytes"], limits["bytes"]))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (8, 8))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def remake(source: BinaryIO, target: BinaryIO, kind: str, limits: Mapping[str, int]) -> tuple[int, int]:
    """Writes the pixels of `source`, and nothing else of it; width and height. Raises `Refused`."""
    Image.MAX_IMAGE_PIXELS = limits["pixels"]
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    # Reads the head only: nothing is decoded before the limits are known to hold.
    with Image.open(source, formats=(kind,)) as image:
        _check(image, limits)
        if kind != "PNG" and getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
            return _animation(image, target, kind, limits)
        picture = _still(image)
    picture = _fitted(picture, limits)
    if kind == "GIF":
        picture.save(target, "GIF")
    else:
        picture.save(target, kind, **_STILL[kind])
    return picture.size


def _check(image: Image.Image, limits: Mapping[str, int]) -> None:
    width, height = image.size
    frames = getattr(image, "n_frames", 1)
    if max(width, height) > limits["side"]:
        raise Refused("side")
    if frames > limits["frames"]:
        raise Refused("frames")
    if width * height * frames > limits["pixels"]:
        raise Refused("pixels")


def _still(image: Image.Image) -> Image.Image:
    """The picture upright, in the usual colours, with an empty pocket for everything that is not a pixel."""
    image.load()
    picture = ImageOps.exif_transpose(image)
    if picture.mode.startswith("I"):
        picture = ImageMath.lambda_eval(lambda given: given["deep"] / 256, deep=picture.convert("I")).convert(
            "L"
        )
    picture = _plain_colors(picture)
    if image.format in {"JPEG", "MPO"} and picture.mode not in {"L", "RGB"}:
        picture = picture.convert("RGB")
    picture.info = {}
    return picture


def _plain_colors(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    see_through = picture.has_transparency_data
    mode = "RGBA" if see_through else "L" if picture.mode in {"1", "L"} else "RGB"
    if profile and picture.mode in {"RGB", "RGBA", "CMYK"}:
        try:
            return _managed(picture, profile, mode)
        except (ImageCms.PyCMSError, ValueError):
            pass  # A broken profile: the bare numbers are the best guess.
    return picture if picture.mode == mode else picture.convert(mode)


def _managed(picture: Image.Image, profile: bytes, mode: str) -> Image.Image:
    made = ImageCms.profileToProfile(
        picture,
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        outputMode="RGB" if picture.mode == "CMYK" else picture.mode,
    )
    if made is None:
        raise ValueError("nothing was made")
    return made if made.mode == mode else made.convert(mode)


def _animation(image: Image.Image, target: BinaryIO, kind: str, limits: Mapping[str, int]) -> tuple[int, int]:
    frames: list[Image.Image] = []
    durations: list[int] = []
    pixels = 0
    for frame in ImageSequence.Iterator(image):
        pixels += frame.width * frame.height
        durations.append(max(int(frame.info.get("duration", 0)), _SHORTEST_MS))
        if pixels > limits["pixels"]:
            raise Refused("pixels")
        if sum(durations) > limits["duration"]:
            raise Refused("duration")
        picture = frame.convert("RGBA" if frame.has_transparency_data else "RGB")
        picture.info = {}
        frames.append(_fitted(picture, limits))
    if any(frame.mode == "RGBA" for frame in frames):
        frames = [frame.convert("RGBA") for frame in frames]
    more: dict[str, object] = {"duration": durations}
    if "loop" in image.info:
        more["loop"] = int(image.info["loop"])
    more |= {"disposal": 2} if kind == "GIF" else _STILL["WEBP"]
    frames[0].save(target, kind, save_all=True, append_images=frames[1:], **more)
    return frames[0].size


def _fitted(picture: Image.Image, limits: Mapping[str, int]) -> Image.Image:
    """Not larger than `fit` on either side (0: as it is), and its middle only where it shall be square."""
    fit = limits["fit"]
    if limits["square"]:
        side = min(fit or picture.width, *picture.size)
        return ImageOps.fit(picture, (side, side))
    if fit and max(picture.size) > fit:
        picture.thumbnail((fit, fit))
    return picture


def main() -> int:
    """Answers on stderr; 0: made anew, 1: refused."""
    limits = json.loads(sys.argv[1])
    kind = limits.pop("format")
    confine(limits)
    try:
        width, height = remake(sys.stdin.buffer, sys.stdout.buffer, kind, limits)
        sys.stdout.buffer.flush()
    except Refused as refused:
        answer = {"refused": str(refused)}
    except (MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        answer = {"refused": "pixels"}
    except Exception as wrong:  # noqa: BLE001 - a decoder fails in many ways, all of them the image's fault
        too_large = isinstance(wrong, OSError) and wrong.errno == errno.EFBIG
        why = f"{type(wrong).__name__}: {wrong}"[:200]
        answer = {"refused": "bytes" if too_large else "broken", "why": why}
    else:
        answer = {"width": width, "height": height}
    sys.stderr.write(json.dumps(answer))
    return "refused" in answer


if __name__ == "__main__":
    sys.exit(main())
