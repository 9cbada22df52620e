"""What may be uploaded, by name, word and content; names; links; ranges."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pocketdesk.files.model import Purpose
from pocketdesk.files.rules import kinds
from pocketdesk.files.rules.kinds import MB, Content, check_announcement, mismatch, sniff, type_of
from pocketdesk.files.rules.links import link_key, opened, sign
from pocketdesk.files.rules.names import LONGEST, clean_file_name, disposition
from pocketdesk.files.rules.ranges import OutOfRange, byte_range
from pocketdesk.kernel.moments import HOUR, MINUTE
from pocketdesk.kernel.refusal import Invalid

NOW = 1_700_000_000_000
KEY = link_key(b"a secret")

HEADS = {
    Content.JPEG: b"\xff\xd8\xff\xe0\0\x10JFIF",
    Content.PNG: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    Content.GIF: b"GIF89a\x01\0\x01\0",
    Content.WEBP: b"RIFF\x24\0\0\0WEBPVP8 ",
    Content.HEIC: b"\0\0\0\x18ftypheic\0\0\0\0",
    Content.PDF: b"%PDF-1.7\n",
    Content.ZIP: b"PK\x03\x04\x14\0",
    Content.OLE: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    Content.TEXT: b"name,price\n\xc3\xa9clair,3\n",
    Content.MP3: b"ID3\x04\0",
    Content.AAC: b"\xff\xf1\x50\x80",
    Content.OGG: b"OggS\0\x02",
    Content.WAV: b"RIFF\x24\0\0\0WAVEfmt ",
    Content.MP4: b"\0\0\0\x20ftypisom\0\0\x02\0",
    Content.WEBM: b"\x1a\x45\xdf\xa3\x9f",
}
PROGRAMS = (
    b"MZ\x90\0\x03\0\0\0",
    b"\x7fELF\x02\x01\x01",
    b"\xca\xfe\xba\xbe\0\0\0\x41",
    b"\xcf\xfa\xed\xfe\x07\0\0\x01",
    b"\0asm\x01\0\0\0",
    b"dex\n035\0",
    b"#!/bin/sh\nrm -rf /\n",
    "\ufeff#!/bin/sh\n".encode(),
)
MARKUP = (
    b"<!DOCTYPE html><script>alert(1)</script>",
    b"  \r\n<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    b'<?xml version="1.0"?><svg/>',
    b"<?php system($_GET[0]);",
    b"<script>alert(1)</script>",
    b"<!-- x --><html>",
    b"</x><body onload=alert(1)>",
    "\ufeff<html>".encode(),
    "\ufeff<html>".encode("utf-16-le"),
    "\ufeff<html>".encode("utf-16-be"),
    b"{\\rtf1\\ansi",
)


@pytest.mark.parametrize(("content", "head"), HEADS.items(), ids=lambda value: getattr(value, "name", ""))
def test_D18_content_is_told_by_its_first_bytes(content: Content, head: bytes) -> None:
    assert sniff(head) is content


def test_D18_programs_and_markup_are_known_whatever_they_are_called() -> None:
    assert [sniff(head) for head in PROGRAMS] == [Content.PROGRAM] * len(PROGRAMS)
    assert [sniff(head) for head in MARKUP] == [Content.MARKUP] * len(MARKUP)
    for head in (*PROGRAMS, *MARKUP, b"", b"\0\0\0\0", b"\x01\x02\x03"):
        for type_ in kinds.TYPES.values():
            assert mismatch(type_, sniff(head))


def test_D18_text_of_old_encodings_is_text() -> None:
    for text in (
        "naïve café, 5 €\n".encode("cp1252"),
        "\ufeffprix;é".encode("utf-16-le"),
        b"a < b",
        b"MZ is a name",
    ):
        assert sniff(text) is Content.TEXT
    assert sniff(b"x" * (kinds.HEAD_BYTES - 1) + "é".encode()[:1]) is Content.TEXT


def test_D18_a_kind_fits_its_own_content_and_no_other() -> None:
    for type_ in kinds.TYPES.values():
        assert mismatch(type_, sniff(HEADS[type_.content])) is None
        others = [head for content, head in HEADS.items() if content is not type_.content]
        assert all(mismatch(type_, sniff(head)) for head in others)


@given(st.binary(max_size=200))
@example(b"")
@example(b"RIFF")
@example(b"\xff\xff")
def test_D18_sniffing_answers_for_any_bytes(head: bytes) -> None:
    assert isinstance(sniff(head), Content)


@pytest.mark.parametrize(
    "name",
    [
        *(
            f"evil.{ending}"
            for ending in ("svg", "svgz", "html", "htm", "xhtml", "xml", "mht", "js", "mjs", "php")
        ),
        *(
            f"evil.{ending}"
            for ending in ("exe", "bat", "cmd", "sh", "ps1", "jar", "apk", "msi", "scr", "dll", "lnk")
        ),
        *(f"photo.{ending}" for ending in ("heic", "heif", "avif", "bmp", "tiff", "ico", "psd")),
        "invoice.pdf.exe",
        "noextension",
        "png",
        ".png",
        "x.",
    ],
)
def test_D18_other_kinds_are_refused_by_their_name(name: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_announcement(clean_file_name(name), 10, "", Purpose.MESSAGE)
    assert list(caught.value.fields) == ["name"]


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.png", "image/jpeg"),
        ("a.png", "image/svg+xml"),
        ("a.txt", "text/html"),
        ("a.csv", "text/html; charset=utf-8"),
        ("a.pdf", "application/xhtml+xml"),
        ("a.zip", "application/java-archive"),
        ("a.mp4", "image/png"),
    ],
)
def test_D18_a_type_that_does_not_fit_the_name_is_refused_at_its_field(name: str, media_type: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_announcement(name, 10, media_type, Purpose.MESSAGE)
    assert list(caught.value.fields) == ["media_type"]


def test_D17_size_limits_go_by_kind() -> None:
    for name, purpose, most in (
        ("a.png", Purpose.MESSAGE, 20 * MB),
        ("a.pdf", Purpose.MESSAGE, 25 * MB),
        ("a.gif", Purpose.BRAND, 5 * MB),
    ):
        check_announcement(name, most, "", purpose)
        check_announcement(name, 1, "application/octet-stream", purpose)
        for size in (0, -1, most + 1):
            with pytest.raises(Invalid) as caught:
                check_announcement(name, size, "", purpose)
            assert list(caught.value.fields) == ["size"]


def test_D17_what_is_served_is_ours_to_say() -> None:
    assert type_of("A.JPG").media_type == "image/jpeg"
    assert check_announcement("a.jpg", 5, "IMAGE/PJPEG; q=1", Purpose.MESSAGE).media_type == "image/jpeg"
    assert (
        check_announcement("a.csv", 5, "application/vnd.ms-excel", Purpose.MESSAGE).media_type == "text/csv"
    )


def test_D09_a_brand_image_is_an_image() -> None:
    assert {"gif", "png", "jpg"} <= set(kinds.accepted(Purpose.BRAND)) < set(kinds.accepted())
    with pytest.raises(Invalid) as caught:
        check_announcement("a.pdf", 10, "", Purpose.BRAND)
    assert list(caught.value.fields) == ["name"]


@pytest.mark.parametrize(
    ("given_name", "cleaned"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\boot.txt", "boot.txt"),
        ("C:\\fakepath\\me.png", "me.png"),
        ("/abs/olute.pdf", "olute.pdf"),
        ("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie x=1.txt"),
        ("x.svg\x00.png", "x.svg.png"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("x.exe. . .", "x.exe"),
        ("  my   photo .png ", "my photo .png"),
        ("été ☀.png", "été ☀.png"),
        ('say "hi"?.txt', "say hi.txt"),
        ("\ud800.txt", "txt"),
    ],
)
def test_D18_names_are_one_part_of_one_line(given_name: str, cleaned: str) -> None:
    assert clean_file_name(given_name) == cleaned


@pytest.mark.parametrize("name", ["", " ", "...", "/", "a/", "\x00", "\u202e", "../.."])
def test_D18_nothing_is_no_name(name: str) -> None:
    with pytest.raises(Invalid) as caught:
        clean_file_name(name)
    assert list(caught.value.fields) == ["name"]


@given(st.text(max_size=2_000))
def test_D18_no_name_breaks_out_of_its_header(name: str) -> None:
    try:
        cleaned = clean_file_name(name)
    except Invalid:
        return
    assert len(cleaned) <= LONGEST
    assert not set('/\\\r\n\0"') & set(cleaned)
    assert clean_file_name(cleaned) == cleaned
    header = disposition(cleaned, inline=False)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert header.startswith('attachment; filename="')


def test_D18_a_long_name_keeps_its_extension() -> None:
    cleaned = clean_file_name("x" * 5_000 + ".jpeg")
    assert cleaned.endswith("x.jpeg")
    assert len(cleaned) == LONGEST


def test_D18_names_travel_in_both_forms() -> None:
    assert disposition("été 5€.png", inline=True) == (
        "inline; filename=\"ete 5.png\"; filename*=UTF-8''%C3%A9t%C3%A9%205%E2%82%AC.png"
    )


def test_D18_a_link_opens_one_file_for_at_most_an_hour() -> None:
    word = sign(KEY, 7, 1234, NOW)
    found = opened(KEY, word, NOW)
    assert found is not None
    assert found[:2] == (7, 1234)
    assert 30 * MINUTE < found[2] - NOW <= HOUR
    assert opened(KEY, word, found[2] - 1)
    assert opened(KEY, word, found[2]) is None
    assert sign(KEY, 7, 1234, NOW + 1) == word, "the same for a while, so that caches work"
    assert opened(link_key(b"another secret"), word, NOW) is None


@given(st.integers(0, 90), st.characters(codec="ascii"))
def test_D18_a_changed_link_opens_nothing(place: int, character: str) -> None:
    word = sign(KEY, 7, 1234, NOW)
    place %= len(word)
    changed = word[:place] + character + word[place + 1 :]
    # The last of 43 letters carries four bits: others may be read alike, so we compare letters, not bytes.
    assert (opened(KEY, changed, NOW) is not None) == (changed == word)


@given(st.text(max_size=150))
@example("7-1234-99999999999999-")
@example("-1-2-3-x")
@example("٧-1234-99999999999999-x")
def test_D18_made_up_links_open_nothing(word: str) -> None:
    assert opened(KEY, word, NOW) is None


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (None, None),
        ("bytes=0-", (0, 100)),
        ("bytes=0-0", (0, 1)),
        ("bytes=10-19", (10, 20)),
        ("bytes=90-1000", (90, 100)),
        ("bytes=-5", (95, 100)),
        ("bytes=-500", (0, 100)),
        ("bytes=5-2", None),
        ("bytes=-", None),
        ("bytes=0-1,5-6", None),
        ("items=0-1", None),
        ("bytes=" + "9" * 400 + "-", None),
    ],
)
def test_D17_players_ask_for_ranges(header: str | None, found: tuple[int, int] | None) -> None:
    assert byte_range(header, 100) == found


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_D17_there_is_nothing_behind_the_end(header: str) -> None:
    with pytest.raises(OutOfRange):
        byte_range(header, 100)
