"""How much somebody may upload, and which bytes come next."""

from pocketdesk.files.model import OwnerKind, State, Upload
from pocketdesk.files.rules.kinds import MB
from pocketdesk.kernel.moments import DAY, HOUR
from pocketdesk.kernel.refusal import Conflict, Invalid, Refusal, TooMany

CHUNK_BYTES = 256 * 1024
"""Most bytes of one request, and the size that pages shall send."""
WINDOW_MS = HOUR
LOOSE_MS = DAY
"""How long an upload may take, and how long a file may wait for its message."""

_MOST = {OwnerKind.VISITOR: (60, 250 * MB), OwnerKind.USER: (600, 2_500 * MB)}
"""Files and bytes within `WINDOW_MS`."""


class OffsetConflict(Conflict):
    """The next byte is another one: `fields.received` says which."""

    code = "offset_conflict"

    def __init__(self, received: int) -> None:
        super().__init__(f"continue at {received}", {"received": str(received)})


class UploadEnded(Conflict):
    """The file is complete, or was refused: no more bytes are taken."""

    code = "upload_ended"


class NoRoom(Refusal):
    """The disk is almost full: nothing more is taken in before somebody makes room."""

    code = "no_room"
    status = 507


def check_volume(kind: OwnerKind, files: int, volume: int, size: int) -> None:
    """`TooMany` if a file of `size` is more than somebody may send after `files` of together `volume` bytes."""
    most_files, most_volume = _MOST[kind]
    if files >= most_files or volume + size > most_volume:
        raise TooMany(WINDOW_MS // 4)


def check_chunk(upload: Upload, offset: int, length: int) -> None:
    """Whether these bytes come next: else `OffsetConflict`, `UploadEnded`, or `Invalid`."""
    if upload.state is not State.RECEIVING or upload.is_whole:
        raise UploadEnded
    if offset != upload.received:
        raise OffsetConflict(upload.received)
    if not 1 <= length <= CHUNK_BYTES:
        raise Invalid({"body": f"must have 1 to {CHUNK_BYTES} bytes"})
    if offset + length > upload.size:
        raise Invalid({"size": f"more than the {upload.size} bytes that were announced"})
