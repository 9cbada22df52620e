"""Files as JSON: what routes take and what they give."""

from typing import Annotated, Literal

from pydantic import Field

from pocketdesk.accounts.wire import Answer, Body, Id
from pocketdesk.files.model import State, Upload
from pocketdesk.files.rules.kinds import FILE_BYTES
from pocketdesk.files.rules.names import MOST_TOLD
from pocketdesk.files.rules.uploads import CHUNK_BYTES

StateWord = Literal["receiving", "ready", "refused"]
PurposeWord = Literal["message", "brand", "photo", "article"]


class NewFile(Body):
    """A file that is about to be sent: its name, its bytes, and what the browser takes it for."""

    name: Annotated[str, Field(min_length=1, max_length=MOST_TOLD)]
    size: Annotated[int, Field(ge=1, le=FILE_BYTES)]
    media_type: Annotated[str, Field(max_length=200)]


class NewAccountFile(NewFile):
    """A file of a user: for a message, as the picture in a chat's heading, as the user's photo, or for an article."""

    purpose: PurposeWord = "message"


class PhotoPut(Body):
    """The uploaded file that becomes the caller's photo; null for none."""

    file_id: Id | None


class BegunOut(Answer):
    """An upload that begins: send pieces of `chunk` bytes, from `received` on."""

    file_id: int
    received: int
    chunk: int


class ProgressOut(Answer):
    """How far an upload has come. Whole and still `receiving`: it is being checked; ask again."""

    received: int
    state: StateWord
    reason: str | None = None
    """Why it is `refused`."""


class FileOut(ProgressOut):
    """A file that is ready, as messages show it. Width and height in pixels, of images only."""

    file_id: int
    name: str
    media_type: str
    size: int
    width: int | None
    height: int | None


def to_begun(upload: Upload) -> BegunOut:
    """An upload that begins."""
    return BegunOut(file_id=upload.id, received=upload.received, chunk=CHUNK_BYTES)


def to_progress(upload: Upload) -> FileOut | ProgressOut:
    """An upload, or the file that it has become."""
    state = upload.state.value
    assert state != "erased"  # noqa: S101 - views do not find those
    if upload.state is not State.READY:
        return ProgressOut(received=upload.received, state=state, reason=upload.refusal)
    return FileOut(
        received=upload.received,
        state=state,
        file_id=upload.id,
        name=upload.name,
        media_type=upload.media_type,
        size=upload.size,
        width=upload.width,
        height=upload.height,
    )
