"""Images are made anew from their pixels, in a process of their own; hostile ones are refused."""

import io
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pocketdesk.files.outside import images as module
from pocketdesk.files.outside.images import ImageLimits, Images, Made, NotMade
from tests.pictures import SECRET, animated, encoded, png_of, still

pytestmark = pytest.mark.anyio
KINDS = ("JPEG", "PNG", "WEBP", "GIF")


@dataclass
class Bench:
    folder: Path
    images: Images

    async def remake(
        self, content: bytes, kind: str, fit: int = 0, *, square: bool = False
    ) -> tuple[Made | NotMade, bytes]:
        source, target = self.folder / "source", self.folder / "target"
        source.write_bytes(content)
        made = await self.images.remake(source, target, kind, fit, square=square)
        return made, target.read_bytes()

    async def made(
        self, content: bytes, kind: str, fit: int = 0, *, square: bool = False
    ) -> tuple[Image.Image, bytes]:
        made, written = await self.remake(content, kind, fit, square=square)
        assert isinstance(made, Made), made
        picture = Image.open(io.BytesIO(written), formats=(kind,))
        assert picture.size == (made.width, made.height)
        return picture, written

    async def reason(self, content: bytes, kind: str) -> str:
        made, _ = await self.remake(content, kind)
        assert isinstance(made, NotMade), made
        return made.reason


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, Images())


def _colors(picture: Image.Image) -> tuple[str, str]:
    """What the left and the right edge look like."""
    seen = picture.convert("RGB")
    edges = (seen.getpixel((1, picture.height // 2)), seen.getpixel((picture.width - 2, picture.height // 2)))
    names: list[str] = []
    for edge in edges:
        assert isinstance(edge, tuple)
        names.append(
            "red" if edge[0] > 180 > 80 > edge[2] else "blue" if edge[2] > 180 > 80 > edge[0] else str(edge)
        )
    return names[0], names[1]


@pytest.mark.parametrize("kind", KINDS)
async def test_D18_the_picture_stays_and_everything_else_goes(bench: Bench, kind: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825)[1] = "N"
    more: dict[str, Any] = {"comment": SECRET} if kind in {"GIF", "JPEG"} else {}
    if kind != "GIF":
        more |= {"exif": exif.tobytes()}
    if kind in {"PNG", "WEBP"}:
        more |= {"xmp": b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"}
    content = still(kind, **more)
    assert SECRET in content
    picture, written = await bench.made(content, kind)
    assert _colors(picture) == ("red", "blue")
    assert SECRET not in written
    assert not picture.getexif()
    assert not {"comment", "exif", "xmp", "icc_profile"} & set(picture.info)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_D18_a_picture_taken_sideways_stands_upright(bench: Bench, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    picture, _ = await bench.made(still(kind, exif=exif.tobytes()), kind)
    assert _colors(picture) == ("blue", "red")
    exif[0x0112] = 6
    picture, _ = await bench.made(still(kind, (60, 40), exif=exif.tobytes()), kind)
    assert picture.size == (40, 60)


@pytest.mark.parametrize("kind", KINDS)
async def test_D18_what_hangs_behind_a_picture_is_cut_off(bench: Bench, kind: str) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("evil.html", "<script>alert(1)</script>")
    script = b"<html><script>alert(1)</script>"
    for tail in (archive.getvalue(), script, script * 10_000):
        _, written = await bench.made(still(kind) + tail, kind)
        assert b"script" not in written
        assert b"PK\x03\x04" not in written


async def test_D18_what_a_comment_hides_is_cut_out(bench: Bench) -> None:
    for kind in ("JPEG", "GIF"):
        _, written = await bench.made(still(kind, comment=b"*/=alert(1)//<script>"), kind)
        assert b"alert" not in written


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
async def test_D18_every_way_to_store_colors_is_read(bench: Bench, mode: str) -> None:
    gray = Image.linear_gradient("L").resize((64, 64))
    picture = gray.quantize() if mode == "P" else gray.convert("RGB").convert(mode if mode != "I;16" else "L")
    if mode == "I;16":
        picture = Image.new(mode, (64, 64), 40_000)
    kind = "JPEG" if mode == "CMYK" else "PNG"
    made, _ = await bench.made(encoded(picture, kind), kind)
    assert made.mode in {"L", "RGB", "RGBA"}
    middle = made.convert("L").getpixel((32, 32))
    assert isinstance(middle, int | float)
    expected = 156 if mode == "I;16" else 128
    assert mode == "1" or abs(middle - expected) < 12
    if mode in {"LA", "RGBA"}:
        assert made.has_transparency_data


async def test_D09_an_animated_gif_stays_animated(bench: Bench) -> None:
    picture, _ = await bench.made(animated(frames=12, ms=50, comment=SECRET), "GIF")
    assert getattr(picture, "n_frames", 1) == 12
    assert (picture.info["duration"], picture.info["loop"]) == (50, 0)
    assert "comment" not in picture.info
    picture, _ = await bench.made(animated("WEBP", frames=5), "WEBP")
    assert getattr(picture, "n_frames", 1) == 5


async def test_D09_a_brand_image_is_made_small_and_stays_animated(bench: Bench) -> None:
    picture, _ = await bench.made(animated(size=(400, 200)), "GIF", fit=100)
    assert (picture.size, getattr(picture, "n_frames", 1)) == ((100, 50), 12)
    picture, _ = await bench.made(still("PNG", (60, 40)), "PNG", fit=100)
    assert picture.size == (60, 40)


@pytest.mark.parametrize("kind", KINDS)
async def test_D11_of_a_photo_the_middle_stays(bench: Bench, kind: str) -> None:
    picture, _ = await bench.made(still(kind, (400, 100)), kind, fit=60, square=True)
    assert (picture.size, _colors(picture)) == ((60, 60), ("red", "blue")), "halves meet in the middle"
    picture, _ = await bench.made(still(kind, (40, 90)), kind, fit=60, square=True)
    assert picture.size == (40, 40), "never larger than it was"


async def test_D09_gifs_have_at_most_so_many_frames_seconds_and_pixels(bench: Bench) -> None:
    assert await bench.reason(animated(frames=10_000, size=(4, 4)), "GIF") == "at most 500 frames"
    assert await bench.reason(animated(frames=100, ms=610), "GIF") == "at most 60 seconds"
    large = animated(frames=60, size=(1_000, 1_000))
    assert await bench.reason(large, "GIF") == "at most 50 megapixels"


async def test_D18_bombs_are_refused_before_they_are_decoded(bench: Bench) -> None:
    assert await bench.reason(png_of(50_000, 1), "PNG") == "at most 16384 pixels on a side"
    assert await bench.reason(png_of(2**31 - 1, 2**31 - 1), "PNG") == "at most 50 megapixels"
    assert await bench.reason(png_of(10_000, 5_001), "PNG") == "at most 50 megapixels"
    assert await bench.reason(png_of(16_000, 16_000, b"\0" * 50_000_000), "PNG") == "at most 50 megapixels"
    wide_frame = bytearray(animated(frames=2, size=(8, 8)))
    place = wide_frame.index(b"\x2c", wide_frame.index(b"\x2c") + 1)
    wide_frame[place + 5 : place + 9] = b"\xff\xff\xff\xff"
    made, _ = await bench.remake(bytes(wide_frame), "GIF")
    assert isinstance(made, NotMade), "a frame that is larger than its picture"


@pytest.mark.parametrize("kind", KINDS)
async def test_D18_broken_and_cut_images_are_refused(bench: Bench, kind: str) -> None:
    noise = encoded(Image.effect_noise((200, 150), 60).convert("RGB"), kind)
    for content in (b"", noise[:10], noise[: len(noise) // 2], noise[:30] + bytes(400), os.urandom(500)):
        assert await bench.reason(content, kind) == "not a readable image"


async def test_D18_an_image_is_read_as_what_it_was_announced(bench: Bench) -> None:
    for kind in KINDS:
        for other in set(KINDS) - {kind}:
            assert await bench.reason(still(kind), other) == "not a readable image"
    for kind in ("BMP", "TIFF", "PPM", "ICO", "AVIF"):
        assert await bench.reason(still(kind), "PNG") == "not a readable image"


async def test_D18_a_decoder_that_hangs_eats_or_dies_is_ended(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rogue = tmp_path / "rogue.py"
    monkeypatch.setattr(module, "SCRIPT", rogue)
    limits = ImageLimits(seconds=1)
    bench.images = Images(limits)
    for script in (
        "import time; time.sleep(60)",
        "import os; os.abort()",
        "print('no json'); import sys; sys.stderr.write('x'); sys.exit(1)",
        "import sys; sys.exit(0)",
    ):
        rogue.write_text(script)
        assert (await bench.reason(still(), "PNG")) in {
            "not a readable image",
            "the image takes too long to open",
        }


async def test_D18_the_decoder_is_confined(bench: Bench) -> None:
    bench.images = Images(ImageLimits(memory=220 * 2**20))
    assert await bench.reason(still("PNG", (6_000, 6_000)), "PNG") == "at most 50 megapixels", (
        "too much memory"
    )
    bench.images = Images(ImageLimits(bytes=10_000))
    noise = encoded(Image.effect_noise((400, 300), 60), "PNG")
    assert await bench.reason(noise, "PNG") == "at most 0 MB when saved again"


async def test_D18_a_large_photo_fits(bench: Bench) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture, _ = await bench.made(still("JPEG", (8_660, 5_770), exif=exif.tobytes()), "JPEG")
    assert picture.size == (5_770, 8_660)
