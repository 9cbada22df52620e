"""Names of files are hostile too: they come from outside and end in headers, in folders and on screens."""

import re
import unicodedata
from urllib.parse import quote

from pocketdesk.files.rules.kinds import extension_of
from pocketdesk.kernel.refusal import Invalid

LONGEST = 150
MOST_TOLD = 1_000
"""Longest name that is looked at at all."""

# Separators of folders, what Windows forbids, control characters, and marks that turn the reading direction.
_FOLDERS = re.compile(r"[/\\]")
_UNWANTED = re.compile(
    '[\x00-\x1f\x7f-\x9f"<>|:*?\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]'
)


def clean_file_name(name: str) -> str:
    """The last part of a path, on one line, at most `LONGEST` characters with its extension kept.

    `Invalid` at `name` if nothing is left.
    """
    last = _FOLDERS.split(name[-MOST_TOLD:])[-1]
    cleaned = " ".join(unicodedata.normalize("NFC", _UNWANTED.sub("", last)).split()).strip(". ")
    if not cleaned:
        raise Invalid({"name": "must not be empty"})
    if len(cleaned) > LONGEST:
        extension = extension_of(cleaned)[:20]
        cleaned = f"{cleaned[: LONGEST - 1 - len(extension)].rstrip('. ')}.{extension}"
    return cleaned


def disposition(name: str, *, inline: bool) -> str:
    """The header that shows a file or saves it under its name: in ASCII, and exactly (RFC 5987)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^\w .()+-]", "_", plain).strip() or "file"
    how = "inline" if inline else "attachment"
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
