"""Which kinds of files there are, told by the name, by the sender, and by the first bytes. All three must agree."""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pocketdesk.files.model import Family, Purpose
from pocketdesk.kernel.refusal import Invalid

MB = 2**20
IMAGE_BYTES = 20 * MB
FILE_BYTES = 25 * MB
BRAND_BYTES = 5 * MB
"""Every visitor loads it."""
HEAD_BYTES = 4_096
"""How much of a file `sniff` looks at."""

_UNTOLD = frozenset({"", "application/octet-stream"})
"""What browsers say who do not know."""


class Content(StrEnum):
    """What the first bytes look like."""

    JPEG = "a JPEG image"
    PNG = "a PNG image"
    WEBP = "a WebP image"
    GIF = "a GIF image"
    HEIC = "a HEIC or AVIF image"
    PDF = "a PDF document"
    ZIP = "a ZIP archive"
    OLE = "an office document"
    TEXT = "plain text"
    MARKUP = "a web page or markup"
    PROGRAM = "a program or script"
    MP3 = "MP3 audio"
    AAC = "AAC audio"
    OGG = "Ogg audio or video"
    WAV = "WAV audio"
    MP4 = "MP4 audio or video"
    WEBM = "WebM audio or video"
    UNKNOWN = "something else"


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file that is accepted. `media_type` is what it is served as, whatever its sender called it."""

    media_type: str
    family: Family
    content: Content
    also: frozenset[str] = frozenset()
    """Other names that browsers have for it."""


def _office(kind: str) -> FileType:
    return FileType(
        f"application/vnd.openxmlformats-officedocument.{kind}", Family.DOCUMENT, Content.ZIP, _ZIPPED
    )


def _open(kind: str) -> FileType:
    return FileType(f"application/vnd.oasis.opendocument.{kind}", Family.DOCUMENT, Content.ZIP, _ZIPPED)


_ZIPPED = frozenset({"application/zip", "application/x-zip-compressed", "application/x-zip"})
_JPEG = FileType("image/jpeg", Family.IMAGE, Content.JPEG, frozenset({"image/jpg", "image/pjpeg"}))
_OGG = frozenset({"audio/ogg", "video/ogg", "application/ogg", "audio/opus"})

TYPES: Mapping[str, FileType] = {
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "png": FileType("image/png", Family.IMAGE, Content.PNG),
    "webp": FileType("image/webp", Family.IMAGE, Content.WEBP),
    "gif": FileType("image/gif", Family.IMAGE, Content.GIF),
    "pdf": FileType("application/pdf", Family.DOCUMENT, Content.PDF, frozenset({"application/x-pdf"})),
    "txt": FileType("text/plain", Family.DOCUMENT, Content.TEXT),
    "log": FileType("text/plain", Family.DOCUMENT, Content.TEXT, frozenset({"text/x-log"})),
    "csv": FileType(
        "text/csv",
        Family.DOCUMENT,
        Content.TEXT,
        frozenset({"text/plain", "application/csv", "application/vnd.ms-excel"}),
    ),
    "doc": FileType("application/msword", Family.DOCUMENT, Content.OLE),
    "xls": FileType("application/vnd.ms-excel", Family.DOCUMENT, Content.OLE),
    "ppt": FileType("application/vnd.ms-powerpoint", Family.DOCUMENT, Content.OLE),
    "docx": _office("wordprocessingml.document"),
    "xlsx": _office("spreadsheetml.sheet"),
    "pptx": _office("presentationml.presentation"),
    "odt": _open("text"),
    "ods": _open("spreadsheet"),
    "odp": _open("presentation"),
    "zip": FileType("application/zip", Family.DOCUMENT, Content.ZIP, _ZIPPED),
    "mp3": FileType("audio/mpeg", Family.AUDIO, Content.MP3, frozenset({"audio/mp3"})),
    "m4a": FileType(
        "audio/mp4", Family.AUDIO, Content.MP4, frozenset({"audio/x-m4a", "audio/m4a", "audio/aac"})
    ),
    "aac": FileType("audio/aac", Family.AUDIO, Content.AAC, frozenset({"audio/x-aac", "audio/aacp"})),
    "ogg": FileType("audio/ogg", Family.AUDIO, Content.OGG, _OGG),
    "opus": FileType("audio/ogg", Family.AUDIO, Content.OGG, _OGG),
    "wav": FileType("audio/wav", Family.AUDIO, Content.WAV, frozenset({"audio/x-wav", "audio/wave"})),
    "mp4": FileType("video/mp4", Family.VIDEO, Content.MP4, frozenset({"audio/mp4"})),
    "mov": FileType("video/quicktime", Family.VIDEO, Content.MP4, frozenset({"video/mp4"})),
    "3gp": FileType("video/3gpp", Family.VIDEO, Content.MP4, frozenset({"audio/3gpp"})),
    "webm": FileType("video/webm", Family.VIDEO, Content.WEBM, frozenset({"audio/webm"})),
}
"""By extension. What is not here is refused: nobody can list all that is dangerous."""

_INSTEAD = {
    **dict.fromkeys(("heic", "heif", "avif"), "send the picture as JPEG"),
    **dict.fromkeys(("svg", "svgz"), "send the drawing as PNG"),
}


def accepted(purpose: Purpose = Purpose.MESSAGE) -> tuple[str, ...]:
    """The extensions that a purpose takes, without dots."""
    return tuple(
        name for name, type_ in TYPES.items() if purpose is Purpose.MESSAGE or type_.family is Family.IMAGE
    )


def type_of(name: str) -> FileType:
    """The kind of file that a (clean) name promises. `Invalid` at `name` if it is not accepted."""
    extension = extension_of(name)
    found = TYPES.get(extension)
    if found is None:
        raise Invalid({"name": _INSTEAD.get(extension, "files of this kind are not accepted")})
    return found


def extension_of(name: str) -> str:
    """What follows the last dot, in lower case; empty without one."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def check_announcement(name: str, size: int, media_type: str, purpose: Purpose) -> FileType:
    """What a sender says of a file before its bytes come. `Invalid` at the field that does not fit."""
    found = type_of(name)
    if purpose is not Purpose.MESSAGE and found.family is not Family.IMAGE:
        raise Invalid({"name": "must be an image"})
    told = media_type.partition(";")[0].strip().lower()
    if told != found.media_type and told not in found.also | _UNTOLD:
        raise Invalid({"media_type": f"the name promises {found.media_type}"})
    most = _most_bytes(found.family, purpose)
    if not 1 <= size <= most:
        raise Invalid({"size": "the file is empty" if size < 1 else f"at most {most // MB} MB"})
    return found


def _most_bytes(family: Family, purpose: Purpose) -> int:
    if purpose is Purpose.BRAND:
        return BRAND_BYTES
    return IMAGE_BYTES if family is Family.IMAGE else FILE_BYTES


_STARTS = (
    (b"\xff\xd8\xff", Content.JPEG),
    (b"\x89PNG\r\n\x1a\n", Content.PNG),
    (b"GIF87a", Content.GIF),
    (b"GIF89a", Content.GIF),
    (b"%PDF-", Content.PDF),
    (b"PK\x03\x04", Content.ZIP),
    (b"PK\x05\x06", Content.ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Content.OLE),
    (b"ID3", Content.MP3),
    (b"OggS", Content.OGG),
    (b"\x1a\x45\xdf\xa3", Content.WEBM),
    (b"\x7fELF", Content.PROGRAM),
    (b"\xca\xfe\xba\xbe", Content.PROGRAM),
    (b"\xfe\xed\xfa\xce", Content.PROGRAM),
    (b"\xfe\xed\xfa\xcf", Content.PROGRAM),
    (b"\xce\xfa\xed\xfe", Content.PROGRAM),
    (b"\xcf\xfa\xed\xfe", Content.PROGRAM),
    (b"\0asm", Content.PROGRAM),
    (b"dex\n", Content.PROGRAM),
    (b"#!", Content.PROGRAM),
)
_STILLS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}
)
_ATOMS = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"})


def sniff(head: bytes) -> Content:
    """What a file is by its first `HEAD_BYTES` bytes, whatever it is called."""
    for start, content in _STARTS:
        if head.startswith(start):
            return content
    if head[:4] == b"RIFF":
        return {b"WEBP": Content.WEBP, b"WAVE": Content.WAV}.get(head[8:12], Content.UNKNOWN)
    if head[4:8] in _ATOMS:
        return Content.HEIC if head[4:8] == b"ftyp" and head[8:12] in _STILLS else Content.MP4
    if head[:2] == b"MZ" and b"\0" in head:
        return Content.PROGRAM
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        layer = head[1] & 0x06
        if layer == 0x02:
            return Content.MP3
        if layer == 0 and head[1] & 0xF0 == 0xF0:
            return Content.AAC
    return _text(head)


_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MARKUP = re.compile(r"\s*(?:<[a-z!?/%]|\{\\rtf|%!ps)", re.IGNORECASE)


def _text(head: bytes) -> Content:
    """Plain text in UTF-8, UTF-16 with a mark, or an old one-byte encoding; markup if it begins like some."""
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            text = codecs.getincrementaldecoder(encoding)("replace").decode(head[len(mark) :])
            break
    else:
        try:
            text = codecs.getincrementaldecoder("utf-8")().decode(head)
        except UnicodeDecodeError:
            text = head.decode("latin-1")
    if not head or _CONTROL.search(text):
        return Content.UNKNOWN
    if text.startswith("#!"):
        return Content.PROGRAM
    return Content.MARKUP if _MARKUP.match(text) else Content.TEXT


def mismatch(found: FileType, content: Content) -> str | None:
    """Why the content does not fit the announced kind; None if it does."""
    if content is found.content:
        return None
    return f"the name promises {found.content}, but this is {content}"
