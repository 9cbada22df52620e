"""Limit: the bare durable relay. `python -m bench.relay PORT picows|uvicorn DATABASE`.

A visitor's message is decoded, numbered, stored with its conversation's row in a group commit that is flushed
to disk, acknowledged to the visitor and delivered to the agent of the conversation. No sign-in, idempotency,
rights, jobs or other product logic: what a product in Python on this socket and this database could reach at
most. The frames have the product's shape. DATABASE is the path of an SQLite file or a PostgreSQL address.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from bench.door import Socket, no_http, serve
from bench.groupcommit import Posting, Store, open_store


class Hello(msgspec.Struct, tag_field="type", tag="hello"):
    conversation_id: int
    role: str


class Content(msgspec.Struct):
    text: str


class PostMessage(msgspec.Struct, tag_field="type", tag="post_message"):
    conversation_id: int
    client_message_id: str
    command_id: str
    content: Content


class Result(msgspec.Struct):
    seq: int


class Ack(msgspec.Struct, tag_field="type", tag="ack"):
    command_id: str
    result: Result


class Author(msgspec.Struct):
    kind: str
    id: int


class Entry(msgspec.Struct):
    seq: int
    at: int
    author: Author
    content: Content


class MessagePosted(msgspec.Struct, tag_field="kind", tag="message_posted"):
    entry: Entry


class Event(msgspec.Struct, tag_field="type", tag="event"):
    stream: str
    position: str
    event: MessagePosted


decode = msgspec.json.Decoder(Hello | PostMessage).decode
encode = msgspec.json.Encoder().encode
WELCOME = b'{"type":"welcome","protocol":1}'


class Relay:
    """Numbers the messages, gives them to the store and encodes what is sent after the commit."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.position = 0
        self.seqs: dict[int, int] = {}

    def post(self, message: PostMessage, sender: Any) -> Posting:
        seq = self.seqs[message.conversation_id] = self.seqs.get(message.conversation_id, 0) + 1
        self.position += 1
        posting = Posting(
            message.conversation_id, seq, message.conversation_id, time.time_ns() // 1_000_000,
            message.content.text, self.position, message.command_id, sender,
        )  # fmt: skip
        self.store.put(posting)
        return posting

    @staticmethod
    def ack(posting: Posting) -> bytes:
        return encode(Ack(posting.command_id, Result(posting.seq)))

    @staticmethod
    def event(posting: Posting) -> bytes:
        entry = Entry(posting.seq, posting.at, Author("visitor", posting.author), Content(posting.text))
        stream = f"conversation:{posting.conversation}"
        return encode(Event(stream, str(posting.position), MessagePosted(entry)))


class RelaySocket(Socket):
    """The relay behind picows: no task, no future, sent from the commit's callback."""

    __slots__ = ()
    relay: Relay
    agents: dict[int, RelaySocket] = {}  # noqa: RUF012  one relay per process

    def received(self, payload: bytes) -> None:
        message = decode(payload)
        if isinstance(message, PostMessage):
            self.relay.post(message, self)
            return
        if message.role == "agent":
            self.agents[message.conversation_id] = self
        self.send(WELCOME)

    @classmethod
    def committed(cls, postings: list[Posting]) -> None:
        agents, ack, event = cls.agents, cls.relay.ack, cls.relay.event
        for posting in postings:
            posting.sender.send(ack(posting))
            agents[posting.conversation].send(event(posting))


class RelayApp:
    """The relay as a bare ASGI application: one coroutine per socket, one future per message."""

    def __init__(self) -> None:
        self.relay: Relay
        self.agents: dict[int, Callable[[Any], Awaitable[None]]] = {}

    async def __call__(
        self,
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[Any]],
        send: Callable[[Any], Awaitable[None]],
    ) -> None:
        if scope["type"] != "websocket":
            await no_http(scope, receive, send)
            return
        loop = asyncio.get_running_loop()
        await receive()
        await send({"type": "websocket.accept"})
        while (got := await receive())["type"] == "websocket.receive":
            message = decode(got["text"])
            if isinstance(message, PostMessage):
                future: asyncio.Future[None] = loop.create_future()
                posting = self.relay.post(message, future)
                await future
                await send({"type": "websocket.send", "text": self.relay.ack(posting).decode()})
                agent = self.agents[posting.conversation]
                await agent({"type": "websocket.send", "text": self.relay.event(posting).decode()})
                continue
            if message.role == "agent":
                self.agents[message.conversation_id] = send
            await send({"type": "websocket.send", "text": WELCOME.decode()})

    @staticmethod
    def committed(postings: list[Posting]) -> None:
        for posting in postings:
            posting.sender.set_result(None)


if __name__ == "__main__":
    port, socket, database = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    app = RelayApp()
    on_picows = socket == "picows"
    store = open_store(database, RelaySocket.committed if on_picows else app.committed)
    app.relay = RelaySocket.relay = Relay(store)
    serve(port, RelaySocket if on_picows else None, app)
