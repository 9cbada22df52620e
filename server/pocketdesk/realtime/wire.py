"""Frames in and out: JSON objects told apart by `type`. docs/spec/protocol.md explains each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final, Literal, TypeAlias, cast

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from pocketdesk.kernel.refusal import Invalid, Refusal, TooMany
from pocketdesk.realtime.ports import Command, Viewer

PROTOCOL: Final = 1
LARGEST_FRAME: Final = 65_536
"""Bytes of the largest frame that a client may send."""

Address: TypeAlias = Annotated[str, Meta(min_length=1, max_length=100)]
Position: TypeAlias = Annotated[str, Meta(pattern=r"^[0-9]{1,18}$")]
Id: TypeAlias = Annotated[int, Meta(ge=1, lt=2**53)]


class _In(Struct, tag_field="type", forbid_unknown_fields=True, gc=False):
    """A frame from the client."""


class Hello(_In, tag="hello"):
    """First: the protocol's number, and a visitor's bearer or the account in which the console's cookie acts."""

    protocol: int
    token: Annotated[str, Meta(min_length=1, max_length=512)] | None = None
    account_id: Id | None = None


class Subscribe(_In, tag="subscribe"):
    """Follow a stream: from a snapshot, or from a position on."""

    stream: Address
    position: Position | None = None


class Unsubscribe(_In, tag="unsubscribe"):
    """Follow a stream no longer."""

    stream: Address


class Typing(_In, tag="typing"):
    """The viewer is typing."""

    conversation_id: Id


class Ping(_In, tag="ping"):
    """Is anybody there?"""


class _Out(Struct, tag_field="type", gc=False):
    """A frame from the server."""


class Welcome(_Out, tag="welcome"):
    """The hello was accepted."""

    protocol: int
    viewer: ViewerOut
    now: int


class ViewerOut(Struct, gc=False):
    """Who the server thinks the client is."""

    account_id: int
    view: str
    key: str


class Snapshot(_Out, tag="snapshot"):
    """The state of a stream at a position."""

    stream: str
    position: str
    state: Raw


class EventOut(_Out, tag="event"):
    """One fact of a stream."""

    stream: str
    position: str
    event: Raw


class Rows(_Out, tag="rows"):
    """Rows of a window that are new, changed or gone."""

    stream: str
    position: str
    rows: Raw


class Ack(_Out, tag="ack"):
    """A command is done and durable."""

    command_id: str
    result: Mapping[str, Any]


class Refused(_Out, tag="refused", omit_defaults=True):
    """A command was not done, or a stream may not be followed; nothing has changed."""

    code: str
    status: int
    message: str
    fields: Mapping[str, str]
    command_id: str | UnsetType = UNSET
    stream: str | UnsetType = UNSET
    retry_after_ms: int | UnsetType = UNSET


ResetReason: TypeAlias = Literal["trimmed", "access_changed", "slow", "fault"]


class Reset(_Out, tag="reset"):
    """The stream has ended: follow it anew, without a position."""

    stream: str
    reason: ResetReason


class TypingOut(_Out, tag="typing"):
    """Somebody is typing."""

    conversation_id: int
    author: Mapping[str, Any]
    for_ms: int


class Pong(_Out, tag="pong"):
    """Somebody is there."""


_encode = msgspec.json.Encoder().encode
PONG: Final = _encode(Pong())


def encode(frame: _Out) -> bytes:
    """A server's frame as JSON."""
    return _encode(frame)


def welcome(viewer: Viewer, now: int) -> bytes:
    """The answer to a hello that was accepted."""
    return _encode(Welcome(PROTOCOL, ViewerOut(viewer.account_id, viewer.view, viewer.key), now))


def refused(
    refusal: Refusal, *, command_id: str | UnsetType = UNSET, stream: str | UnsetType = UNSET
) -> bytes:
    """The answer to a command or a subscription that was refused."""
    retry = refusal.retry_after_ms if isinstance(refusal, TooMany) else UNSET
    frame = Refused(refusal.code, refusal.status, refusal.message, refusal.fields, command_id, stream, retry)
    return _encode(frame)


class Malformed(Exception):
    """Not a frame of the protocol; the message says why."""


class NotText(Malformed):
    """Not UTF-8."""


class BadCommand(Exception):
    """A command whose fields have the wrong form, known well enough to be answered."""

    def __init__(self, command_id: str, refusal: Invalid) -> None:
        super().__init__(str(refusal))
        self.command_id = command_id
        self.refusal = refusal


class _Named(Struct):
    type: str
    command_id: Annotated[str, Meta(min_length=1, max_length=64)]


Frame: TypeAlias = Hello | Subscribe | Unsubscribe | Typing | Ping | Command


class Decoder:
    """One decoder for all frames of the protocol and the commands of the features."""

    __slots__ = ("_commands", "_decode", "_named")

    def __init__(self, commands: Iterable[type[Command]]) -> None:
        known = tuple(commands)
        union = Hello | Subscribe | Unsubscribe | Typing | Ping
        for command in known:
            union |= command
        self._decode = cast("msgspec.json.Decoder[Frame]", msgspec.json.Decoder(union)).decode
        self._named = msgspec.json.Decoder(_Named).decode
        self._commands = {command.__struct_config__.tag for command in known}

    def decode(self, text: bytes) -> Frame:
        """The frame. Raises `BadCommand` if it is a command that can be answered, else `Malformed`."""
        if len(text) > LARGEST_FRAME:
            raise Malformed(f"a frame has at most {LARGEST_FRAME} bytes")
        try:
            return self._decode(text)
        except (UnicodeDecodeError, RecursionError, msgspec.DecodeError) as wrong:
            if isinstance(wrong, msgspec.ValidationError):
                self._answer(text, wrong)
            raise _to_malformed(text, wrong) from wrong

    def _answer(self, text: bytes, wrong: msgspec.ValidationError) -> None:
        try:
            named = self._named(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return
        if named.type in self._commands:
            raise BadCommand(named.command_id, to_invalid(wrong)) from wrong


def _to_malformed(text: bytes, wrong: Exception) -> Malformed:
    try:
        text.decode()
    except UnicodeDecodeError:
        return NotText("not UTF-8")
    return Malformed(str(wrong)[:200])


def to_invalid(wrong: msgspec.ValidationError, whole: str = "command") -> Invalid:
    """`Expected ... - at $.content.text` is a message for the field `content.text`, or for the `whole`."""
    message, _, place = str(wrong).partition(" - at `")
    field = place.rstrip("`").removeprefix("$").lstrip(".")
    if not field and "field `" in message:
        field = message.rpartition("field `")[2].partition("`")[0]
    return Invalid({field or whole: message})
