"""The same commands, streams and frames over plain requests, for networks that let no socket through."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import APIRouter, Request, Response
from msgspec import Meta, Raw, Struct

from pocketdesk.accounts.api import limiter
from pocketdesk.accounts.api.callers import our_page
from pocketdesk.accounts.rules.limits import Limit
from pocketdesk.kernel.refusal import Invalid, TooMany, Unauthenticated
from pocketdesk.realtime import wire
from pocketdesk.realtime.ports import Command, Credential
from pocketdesk.realtime.service import Realtime

router = APIRouter(prefix="/realtime", tags=["realtime"])

MOST_COMMANDS = 50
MOST_STREAMS = 20
LONGEST_WAIT_MS = 25_000
COMMANDS = Limit("realtime.commands", 200, 20)
"""Per viewer, as on a socket."""
TYPING = Limit("realtime.typing", 1, 3_000)
"""Per viewer and conversation."""
POLLS = Limit("realtime.polls", 60, 250)


class _Commands(Struct, forbid_unknown_fields=True):
    commands: Annotated[list[Raw], Meta(min_length=1, max_length=MOST_COMMANDS)]


class _Stream(Struct, forbid_unknown_fields=True):
    stream: wire.Address
    position: wire.Position | None = None


class _Poll(Struct, forbid_unknown_fields=True):
    streams: Annotated[list[_Stream], Meta(max_length=MOST_STREAMS)]
    wait_ms: Annotated[int, Meta(ge=0, le=LONGEST_WAIT_MS)] = LONGEST_WAIT_MS


T = TypeVar("T")
_commands = msgspec.json.Decoder(_Commands)
_poll = msgspec.json.Decoder(_Poll)


def _described(schema: dict[str, Any], answer: str) -> dict[str, Any]:
    """The OpenAPI description of a route whose bodies msgspec reads and writes."""
    frames = {"type": "object", "properties": {answer: {"type": "array", "items": {"type": "object"}}}}
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "parameters": [
            {
                "name": "X-Account",
                "in": "header",
                "required": False,
                "description": "The account in which the console's cookie acts.",
                "schema": {"type": "integer", "minimum": 1},
            }
        ],
        "responses": {"200": {"description": "Frames", "content": {"application/json": {"schema": frames}}}},
    }


_COMMAND_SCHEMA = {
    "type": "object",
    "required": ["type", "command_id"],
    "properties": {"type": {"type": "string"}, "command_id": {"type": "string", "maxLength": 64}},
}
_COMMANDS_SCHEMA = {
    "type": "object",
    "required": ["commands"],
    "additionalProperties": False,
    "properties": {
        "commands": {"type": "array", "minItems": 1, "maxItems": MOST_COMMANDS, "items": _COMMAND_SCHEMA}
    },
}

_STREAM_SCHEMA = {
    "type": "object",
    "required": ["stream"],
    "additionalProperties": False,
    "properties": {
        "stream": {"type": "string", "minLength": 1, "maxLength": 100},
        "position": {"type": ["string", "null"], "pattern": "^[0-9]{1,18}$"},
    },
}
_POLL_SCHEMA = {
    "type": "object",
    "required": ["streams"],
    "additionalProperties": False,
    "properties": {
        "streams": {"type": "array", "maxItems": MOST_STREAMS, "items": _STREAM_SCHEMA},
        "wait_ms": {"type": "integer", "minimum": 0, "maximum": LONGEST_WAIT_MS},
    },
}


@router.post("/commands", openapi_extra=_described(_COMMANDS_SCHEMA, "replies"))
async def post_commands(request: Request) -> Response:
    """Runs commands in order and answers each with `ack` or `refused`. `typing` is taken too, and not answered."""
    realtime: Realtime = request.app.state.realtime
    credential = _credential(request)
    body = _decode(_commands, await request.body())
    viewer, _ = await realtime.authenticate(credential)
    limit = limiter(request, COMMANDS)
    now = realtime.clock()
    for _ in body.commands:
        limit.take((viewer.account_id, viewer.key), now)
    loop = asyncio.get_running_loop()
    replies: list[asyncio.Future[bytes]] = []
    for frame in _frames(realtime, body.commands):
        if isinstance(frame, wire.Typing):
            with suppress(TooMany):
                limiter(request, TYPING).take((viewer.account_id, viewer.key, frame.conversation_id), now)
                await realtime.gateway.show_typing(viewer, frame.conversation_id)
            continue
        reply: asyncio.Future[bytes] = loop.create_future()
        replies.append(reply)
        if isinstance(frame, wire.BadCommand):
            reply.set_result(wire.refused(frame.refusal, command_id=frame.command_id))
        else:
            realtime.run(viewer, frame, _into(reply))
    return _answer("replies", await asyncio.gather(*replies))


def _frames(realtime: Realtime, raws: list[Raw]) -> list[Command | wire.Typing | wire.BadCommand]:
    """All of them, before the first is run: a body that is wrong as a whole changes nothing."""
    frames: list[Command | wire.Typing | wire.BadCommand] = []
    for place, raw in enumerate(raws):
        try:
            frame = realtime.decoder.decode(bytes(raw))
        except wire.BadCommand as bad:
            frames.append(bad)
            continue
        except wire.Malformed as wrong:
            raise Invalid({f"commands.{place}": str(wrong)}) from wrong
        if not isinstance(frame, Command | wire.Typing):
            raise Invalid({f"commands.{place}.type": "is not a command"})
        frames.append(frame)
    return frames


def _into(reply: asyncio.Future[bytes]) -> Callable[[bytes], None]:
    def settle(frame: bytes) -> None:
        if not reply.done():
            reply.set_result(frame)

    return settle


@router.post("/poll", openapi_extra=_described(_POLL_SCHEMA, "frames"))
async def post_poll(request: Request) -> Response:
    """The frames of streams: those missed since a position, or a snapshot; if there are none, waits for some."""
    realtime: Realtime = request.app.state.realtime
    credential = _credential(request)
    body = _decode(_poll, await request.body())
    limiter(request, POLLS).take(credential, realtime.clock())
    streams = {one.stream: None if one.position is None else int(one.position) for one in body.streams}
    frames = await realtime.poll(credential, streams.items(), body.wait_ms, lambda: _gone(request))
    return _answer("frames", frames)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _credential(request: Request) -> Credential:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return Credential(token=token.strip())
    if "cookie" not in request.headers:
        raise Unauthenticated
    our_page(request)
    account = request.headers.get("x-account", "")
    if not (account.isascii() and account.isdigit() and len(account) <= 16):
        raise Invalid({"X-Account": "must be the number of an account"})
    return Credential(cookie=request.headers.get("cookie"), account_id=int(account))


def _decode(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as wrong:
        raise wire.to_invalid(wrong, "body") from wrong
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise Invalid({"body": "is not JSON"}) from wrong


def _answer(name: str, frames: Sequence[bytes]) -> Response:
    return Response(b'{"%b":[%b]}' % (name.encode(), b",".join(frames)), media_type="application/json")
