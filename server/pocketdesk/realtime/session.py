"""One client's session, without a socket and without a clock: bytes and moments in, effects out.

Laws, each held by tests:

1. Nothing but a hello is answered before the viewer is known; a hello comes once, and in time.
2. A frame that breaks the protocol, or too many of them, closes this session with a code that names why. It touches
   no other session and raises nothing.
3. Memory is bounded: frames that wait for a slow reader, frames that wait for the sign-in, commands in flight, streams.
4. Frames leave in the order in which they were sent. A stream that a slow reader cannot follow is dropped as a whole,
   never in parts, and the client is told.
5. After `Close` nothing more leaves.

Times are milliseconds of any clock that never goes back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypeAlias

from msgspec import Struct

from pocketdesk.kernel.refusal import Refusal
from pocketdesk.realtime import wire
from pocketdesk.realtime.ports import Command, Viewer

NOT_TEXT: Final = 1007
BAD_FRAME: Final = 4400
UNAUTHENTICATED: Final = 4401
HELLO_TIMEOUT: Final = 4408
PROTOCOL_UNSUPPORTED: Final = 4409
FLOODING: Final = 4429
TOO_SLOW: Final = 4430

DRAIN_BYTES: Final = 65_536
"""How much of the queue is handed to a transport at once."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one session."""

    frames_per_s: float = 100
    frames_burst: int = 300
    """A frame counts once, and once more for each 4 KiB."""
    in_flight: int = 32
    """Commands that wait for their commit; at this many, reading pauses."""
    streams: int = 64
    early_frames: int = 32
    """Frames that may wait while the hello is looked up."""
    queue_bytes: int = 1_048_576
    """What may wait for a reader who is slower than the news."""
    hello_ms: int = 5_000
    idle_ms: int = 30_000
    """After this long without a sign of the client it is pinged."""
    pong_ms: int = 20_000
    stalled_ms: int = 60_000
    """A reader who takes nothing for this long is gone."""
    typing_ms: int = 3_000
    """One typing frame per conversation and this long is passed on."""


# Where a session is.


class AwaitingHello(Struct, frozen=True):
    """Connected; who it is comes with the hello."""

    until: int


class Authenticating(Struct, frozen=True):
    """The hello is being looked up; what the client sends meanwhile waits here."""

    early: list[bytes]


class Open(Struct, frozen=True):
    """The viewer is known."""

    viewer: Viewer


class Closing(Struct, frozen=True):
    """Over. Whatever still comes in is ignored."""

    code: int


State: TypeAlias = AwaitingHello | Authenticating | Open | Closing


# What a session asks of the outside.


class Send(Struct, frozen=True, gc=False):
    """Write this frame."""

    frame: bytes


class Authenticate(Struct, frozen=True, gc=False):
    """Find out who this is; answer with `accepted` or `rejected`."""

    token: str | None
    account_id: int | None


class Run(Struct, frozen=True, gc=False):
    """Run this command; tell with `settled` when it is over."""

    command: Command


class Follow(Struct, frozen=True, gc=False):
    """Subscribe to a stream, from a position or with a snapshot."""

    stream: str
    position: int | None


class Unfollow(Struct, frozen=True, gc=False):
    """The client, or its slowness, has ended this subscription."""

    stream: str


class ShowTyping(Struct, frozen=True, gc=False):
    """Tell the others that the viewer is typing."""

    conversation_id: int


class Probe(Struct, frozen=True, gc=False):
    """See whether anybody is there (a ping of the transport); tell with `heard`."""


class PauseReading(Struct, frozen=True, gc=False):
    """Read no further for now."""


class ResumeReading(Struct, frozen=True, gc=False):
    """Read on."""


class Close(Struct, frozen=True, gc=False):
    """Say goodbye with this code and reason, and hang up."""

    code: int
    reason: str


class Abort(Struct, frozen=True, gc=False):
    """Hang up at once: nobody is there."""


Effect: TypeAlias = (
    Send
    | Authenticate
    | Run
    | Follow
    | Unfollow
    | ShowTyping
    | Probe
    | PauseReading
    | ResumeReading
    | Close
    | Abort
)
Effects: TypeAlias = Sequence[Effect]

NOTHING: Final[Effects] = ()


class Session:
    """See the laws at the head of this file. Every method returns what is to be done, in order."""

    __slots__ = (
        "_allowance",
        "_blocked_at",
        "_counted_at",
        "_decoder",
        "_heard_at",
        "_in_flight",
        "_limits",
        "_pinged_at",
        "_queue",
        "_queued",
        "_reads",
        "_typed",
        "state",
        "streams",
    )

    def __init__(self, decoder: wire.Decoder, limits: Limits, now: int) -> None:
        self.state: State = AwaitingHello(now + limits.hello_ms)
        self.streams: set[str] = set()
        """Addresses of the streams that it follows."""
        self._decoder = decoder
        self._limits = limits
        self._allowance = float(limits.frames_burst)
        self._counted_at = self._heard_at = now
        self._pinged_at: int | None = None
        self._blocked_at: int | None = None
        self._in_flight = 0
        self._reads = True
        self._queue: deque[tuple[bytes, str | None]] | None = None
        self._queued = 0
        self._typed: dict[int, int] | None = None

    @property
    def is_over(self) -> bool:
        """Whether it is closing or closed."""
        return isinstance(self.state, Closing)

    # From the client.

    def receive(self, text: bytes, now: int) -> Effects:
        """A whole text message has come."""
        self._heard_at = now
        state = self.state
        if isinstance(state, Closing):
            return NOTHING
        if self._is_flooding(len(text), now):
            return self.close(FLOODING, "flooding")
        if isinstance(state, Authenticating):
            if len(state.early) >= self._limits.early_frames:
                return self.close(FLOODING, "flooding")
            state.early.append(text)
            return NOTHING
        return self._act_on(text, now)

    def heard(self, now: int) -> Effects:
        """The transport has a sign of life: a ping, a pong, a part of a message. It counts like a frame."""
        self._heard_at = now
        if isinstance(self.state, Closing) or not self._is_flooding(0, now):
            return NOTHING
        return self.close(FLOODING, "flooding")

    def _is_flooding(self, size: int, now: int) -> bool:
        limits = self._limits
        earned = (now - self._counted_at) * limits.frames_per_s / 1_000
        self._counted_at = now
        self._allowance = min(limits.frames_burst, self._allowance + earned) - 1 - size // 4_096
        return self._allowance < 0

    def _act_on(self, text: bytes, now: int) -> Effects:
        try:
            frame = self._decoder.decode(text)
        except wire.BadCommand as bad:
            if not isinstance(self.state, Open):
                return self.close(BAD_FRAME, "bad_frame")
            return self.send(wire.refused(bad.refusal, command_id=bad.command_id))
        except wire.NotText:
            return self.close(NOT_TEXT, "not_utf8")
        except wire.Malformed:
            return self.close(BAD_FRAME, "bad_frame")
        if isinstance(frame, Command):
            if not isinstance(self.state, Open):
                return self.close(BAD_FRAME, "bad_frame")
            self._in_flight += 1
            if self._in_flight < self._limits.in_flight or not self._reads:
                return (Run(frame),)
            return (Run(frame), *self._balance_reading())
        act = self.TRANSITIONS.get((type(self.state), type(frame)))
        return act(self, frame, now) if act else self.close(BAD_FRAME, "bad_frame")

    def _hello(self, hello: wire.Hello, _now: int) -> Effects:
        if hello.protocol != wire.PROTOCOL:
            return self.close(PROTOCOL_UNSUPPORTED, "protocol_unsupported")
        if (hello.token is None) == (hello.account_id is None):
            return self.close(BAD_FRAME, "bad_frame")
        self.state = Authenticating([])
        return (Authenticate(hello.token, hello.account_id),)

    def _subscribe(self, frame: wire.Subscribe, _now: int) -> Effects:
        if frame.stream not in self.streams and len(self.streams) >= self._limits.streams:
            return self.send(wire.refused(TooManyStreams(), stream=frame.stream))
        self.streams.add(frame.stream)
        return (Follow(frame.stream, None if frame.position is None else int(frame.position)),)

    def _unsubscribe(self, frame: wire.Unsubscribe, _now: int) -> Effects:
        if frame.stream not in self.streams:
            return NOTHING
        self.streams.discard(frame.stream)
        return (Unfollow(frame.stream),)

    def _typing(self, frame: wire.Typing, now: int) -> Effects:
        typed = self._typed = self._typed or {}
        last = typed.get(frame.conversation_id)
        if last is not None and now - last < self._limits.typing_ms:
            return NOTHING
        if len(typed) >= 16:
            self._typed = typed = {key: at for key, at in typed.items() if now - at < self._limits.typing_ms}
            if len(typed) >= 16:
                return NOTHING
        typed[frame.conversation_id] = now
        return (ShowTyping(frame.conversation_id),)

    def _ping(self, _frame: wire.Ping, _now: int) -> Effects:
        return self.send(wire.PONG)

    TRANSITIONS: ClassVar[Mapping[tuple[type[State], type[Any]], Callable[[Any, Any, int], Effects]]] = {
        (AwaitingHello, wire.Hello): _hello,
        (Open, wire.Subscribe): _subscribe,
        (Open, wire.Unsubscribe): _unsubscribe,
        (Open, wire.Typing): _typing,
        (Open, wire.Ping): _ping,
    }
    """What a frame does in a state; a pair that is not here breaks the protocol. Commands run in `Open` only. While
    `Authenticating`, frames wait; in `Closing`, they are ignored."""

    # From what the effects began.

    def accepted(self, viewer: Viewer, wall: int, now: int) -> Effects:
        """The hello's credential holds. `wall` is the UTC time that the client gets to know."""
        state = self.state
        if not isinstance(state, Authenticating):
            return NOTHING
        self.state = Open(viewer)
        effects: list[Effect] = [*self.send(wire.welcome(viewer, wall))]
        for text in state.early:
            if not self.is_over:
                effects += self._act_on(text, now)
        return effects

    def rejected(self) -> Effects:
        """The credential does not hold, or no longer."""
        return self.close(UNAUTHENTICATED, "unauthenticated")

    def settled(self, frame: bytes) -> Effects:
        """A command is over; `frame` is its answer."""
        self._in_flight -= 1
        if self._reads:
            return self.send(frame)
        return (*self.send(frame), *self._balance_reading())

    def ended(self, stream: str, frame: bytes) -> Effects:
        """A subscription has ended on our side; `frame` tells the client."""
        self.streams.discard(stream)
        return self.send(frame)

    # To the client.

    def send(self, frame: bytes, stream: str | None = None) -> Effects:
        """Sends a frame, or queues it while the reader is slow; `stream` is the stream that it is part of."""
        if isinstance(self.state, Closing):
            return NOTHING
        if self._blocked_at is None and not self._queue:
            return (Send(frame),)
        if self._queue is None:
            self._queue = deque()
        self._queue.append((frame, stream))
        self._queued += len(frame)
        if self._queued <= self._limits.queue_bytes:
            return NOTHING
        if stream is not None:
            self._drop(stream)
            if self._queued <= self._limits.queue_bytes:
                return (Unfollow(stream),)
        return self.close(TOO_SLOW, "too_slow")

    def send_transient(self, frame: bytes) -> Effects:
        """Sends what nobody misses, if there is no queue."""
        return self.send(frame) if self._blocked_at is None and not self._queue else NOTHING

    def _drop(self, stream: str) -> None:
        kept = [item for item in self._queue or () if item[1] != stream]
        kept.append((wire.encode(wire.Reset(stream, "slow")), None))
        self._queue = deque(kept)
        self._queued = sum(len(frame) for frame, _ in kept)
        self.streams.discard(stream)

    def blocked(self, now: int) -> Effects:
        """The transport takes no more for now."""
        self._blocked_at = now
        return self._balance_reading()

    def unblocked(self) -> Effects:
        """The transport takes more; go on with `drain` until that has nothing."""
        self._blocked_at = None
        return self._balance_reading()

    def drain(self) -> Effects:
        """The next part of the queue, if the transport takes it."""
        if self._blocked_at is not None or not self._queue:
            return NOTHING
        effects: list[Effect] = []
        taken = 0
        while self._queue and taken < DRAIN_BYTES:
            frame, _ = self._queue.popleft()
            taken += len(frame)
            effects.append(Send(frame))
        self._queued -= taken
        if not self._queue:
            self._queue = None
        return effects

    def _balance_reading(self) -> Effects:
        reads = self._blocked_at is None and self._in_flight < self._limits.in_flight
        if reads == self._reads or isinstance(self.state, Closing):
            return NOTHING
        self._reads = reads
        return (ResumeReading() if reads else PauseReading(),)

    def close(self, code: int, reason: str) -> Effects:
        """Ends the session."""
        if isinstance(self.state, Closing):
            return NOTHING
        self.state = Closing(code)
        self._queue = None
        self._queued = 0
        return (Close(code, reason),)

    # From time.

    def tick(self, now: int) -> Effects:
        """Something may be due: the hello, a sign of life, patience with a reader who takes nothing."""
        limits = self._limits
        match self.state:
            case AwaitingHello(until):
                return self.close(HELLO_TIMEOUT, "hello_timeout") if now >= until else NOTHING
            case Closing():
                return NOTHING
            case _:
                pass
        if self._blocked_at is not None:
            return (
                self.close(TOO_SLOW, "too_slow") if now >= self._blocked_at + limits.stalled_ms else NOTHING
            )
        if now < self._heard_at + limits.idle_ms:
            return NOTHING
        if self._pinged_at is None or self._pinged_at < self._heard_at:
            self._pinged_at = now
            return (Probe(),)
        if now < self._pinged_at + limits.pong_ms:
            return NOTHING
        self.state = Closing(0)
        return (Abort(),)

    @property
    def due(self) -> int:
        """When `tick` may next have something to do."""
        limits = self._limits
        if isinstance(self.state, AwaitingHello):
            return self.state.until
        if self._blocked_at is not None:
            return self._blocked_at + limits.stalled_ms
        if self._pinged_at is not None and self._pinged_at >= self._heard_at:
            return self._pinged_at + limits.pong_ms
        return self._heard_at + limits.idle_ms


class TooManyStreams(Refusal):
    """The session follows as many streams as it may."""

    code = "too_many_streams"
    status = 429
