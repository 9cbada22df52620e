"""Files, in HubSpot's shape."""

from pathlib import PurePosixPath
from typing import Any

from pocketdesk.files.model import State, Upload
from pocketdesk.kernel.moments import to_iso


def to_file(found: Upload, url: str | None, at: int) -> dict[str, Any]:
    """A file of a message. When it came is not shown here: both times are that of the answer."""
    return {
        **_facts(found),
        "id": str(found.id),
        "access": "PRIVATE",
        "sourceGroup": "CONVERSATIONS",
        "path": f"/{found.name}",
        "isUsableInContent": False,
        "archived": found.state is State.ERASED,
        "createdAt": to_iso(at),
        "updatedAt": to_iso(at),
        **({} if url is None else {"url": url}),
    }


def to_signed_url(found: Upload, url: str, expires_at: int) -> dict[str, Any]:
    """An address of a file that is good until then."""
    return {**_facts(found), "url": url, "expiresAt": to_iso(expires_at)}


def _facts(found: Upload) -> dict[str, Any]:
    name = PurePosixPath(found.name)
    family = found.media_type.partition("/")[0]
    kind = {"image": "IMG", "audio": "AUDIO", "video": "MOVIE"}.get(family, "DOCUMENT")
    facts: dict[str, Any] = {
        "name": name.stem,
        "extension": name.suffix.removeprefix("."),
        "type": kind,
        "size": found.size,
    }
    if found.width is not None:
        facts |= {"width": found.width, "height": found.height}
    return facts
