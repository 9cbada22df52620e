"""The session without sockets: bytes and moments in, effects out."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pocketdesk.realtime import wire
from pocketdesk.realtime.session import (
    Abort,
    Authenticate,
    AwaitingHello,
    Close,
    Closing,
    Effect,
    Effects,
    Follow,
    Limits,
    Open,
    PauseReading,
    Probe,
    ResumeReading,
    Run,
    Send,
    Session,
    ShowTyping,
    Unfollow,
)
from tests.realtime.toy import Break, Say, Somebody

DECODER = wire.Decoder([Say, Break])
VIEWER = Somebody(1, "visitor", "visitor:7")
HELLO = b'{"type":"hello","protocol":1,"token":"t"}'


def frame(**fields: Any) -> bytes:
    return json.dumps(fields).encode()


def opened(limits: Limits | None = None) -> Session:
    session = Session(DECODER, limits or Limits(), 0)
    session.receive(HELLO, 0)
    session.accepted(VIEWER, 1_700_000_000_000, 0)
    return session


def sent(effects: Effects) -> list[Any]:
    return [json.loads(effect.frame) for effect in effects if isinstance(effect, Send)]


def say(command_id: str = "a", words: str = "hi") -> bytes:
    return frame(type="say", command_id=command_id, room_id=7, words=words)


# Hello.


def test_P2_the_hello_is_looked_up_and_then_welcomed() -> None:
    session = Session(DECODER, Limits(), 0)
    assert session.receive(HELLO, 0) == (Authenticate("t", None),)
    (welcome,) = sent(session.accepted(VIEWER, 99, 0))
    viewer = {"account_id": 1, "view": "visitor", "key": "visitor:7"}
    assert welcome == {"type": "welcome", "protocol": 1, "viewer": viewer, "now": 99}


def test_P2_a_hello_that_comes_too_late_finds_it_closed() -> None:
    session = Session(DECODER, Limits(), 0)
    assert session.tick(session.due - 1) == ()
    assert session.tick(session.due) == (Close(4408, "hello_timeout"),)
    assert session.receive(HELLO, 5_001) == ()


@pytest.mark.parametrize(
    ("hello", "code"),
    [
        ({"protocol": 2, "token": "t"}, 4409),
        ({"protocol": 1}, 4400),
        ({"protocol": 1, "token": "t", "account_id": 1}, 4400),
        ({"protocol": 1, "account_id": 0}, 4400),
        ({"protocol": 1, "token": ""}, 4400),
        ({"protocol": 1, "token": "t", "more": 1}, 4400),
    ],
)
def test_P2_other_hellos_close_with_a_reason(hello: dict[str, Any], code: int) -> None:
    (close,) = Session(DECODER, Limits(), 0).receive(frame(type="hello", **hello), 0)
    assert isinstance(close, Close)
    assert close.code == code


def test_P2_a_credential_that_does_not_hold_closes() -> None:
    session = Session(DECODER, Limits(), 0)
    session.receive(HELLO, 0)
    assert session.rejected() == (Close(4401, "unauthenticated"),)


def test_P2_nothing_comes_before_the_hello_and_it_comes_once() -> None:
    for early in (say(), frame(type="ping"), frame(type="subscribe", stream="room:7")):
        assert Session(DECODER, Limits(), 0).receive(early, 0) == (Close(4400, "bad_frame"),)
    assert opened().receive(HELLO, 0) == (Close(4400, "bad_frame"),)


def test_P3_frames_after_the_hello_wait_for_the_welcome() -> None:
    session = Session(DECODER, Limits(early_frames=2), 0)
    session.receive(HELLO, 0)
    assert session.receive(frame(type="subscribe", stream="room:7"), 1) == ()
    assert session.receive(say(), 1) == ()
    welcome, follow, run = session.accepted(VIEWER, 0, 2)
    assert isinstance(welcome, Send)
    assert follow == Follow("room:7", None)
    assert run == Run(Say(command_id="a", room_id=7, words="hi"))


def test_P3_only_so_many_may_wait() -> None:
    session = Session(DECODER, Limits(early_frames=2), 0)
    for _ in range(3):
        effects = session.receive(HELLO if isinstance(session.state, AwaitingHello) else say(), 0)
        assert not [effect for effect in effects if isinstance(effect, Close)]
    assert session.receive(say(), 0) == (Close(4429, "flooding"),)


def test_P3_a_bad_frame_that_waited_closes_and_what_follows_it_is_ignored() -> None:
    session = Session(DECODER, Limits(), 0)
    session.receive(HELLO, 0)
    session.receive(b"{}", 0)
    session.receive(say(), 0)
    effects = session.accepted(VIEWER, 0, 0)
    assert effects[1:] == [Close(4400, "bad_frame")]


# Frames.


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"{",
        b'{"type":"say"}',
        b'{"type":"nothing","command_id":"a"}',
        b'{"type":"ping","more":1}',
        b'{"type":"subscribe","stream":""}',
        b'{"type":"subscribe","stream":"room:7","position":"-1"}',
        b'{"type":"subscribe","stream":"room:7","position":7}',
        b'{"type":"typing","conversation_id":9007199254740993}',
        b'{"type":"say","command_id":"","room_id":7,"words":"x"}',
        b"[" * 60_000,
        b'{"type":"say","command_id":"a","room_id":7,"words":"\\ud800"}',
    ],
)
def test_P1_what_is_no_frame_closes(text: bytes) -> None:
    session = opened()
    assert session.receive(text, 0) == (Close(4400, "bad_frame"),)
    assert session.receive(frame(type="ping"), 0) == ()


@pytest.mark.parametrize("text", [b"\xff", b'{"type":"say","command_id":"a","room_id":7,"words":"\xc3"}'])
def test_P1_what_is_not_utf8_closes(text: bytes) -> None:
    assert opened().receive(text, 0) == (Close(1007, "not_utf8"),)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"room_id": 7}, "words"),
        ({"room_id": "7", "words": "x"}, "room_id"),
        ({"room_id": 7, "words": "x", "z": 1}, "z"),
    ],
)
def test_P34_a_command_of_the_wrong_form_is_refused_by_field(fields: dict[str, Any], field: str) -> None:
    session = opened()
    (refused,) = sent(session.receive(frame(type="say", command_id="a", **fields), 0))
    assert (refused["type"], refused["command_id"], refused["status"]) == ("refused", "a", 422)
    assert list(refused["fields"]) == [field]
    assert isinstance(session.state, Open)


def test_P5_ping_is_answered() -> None:
    assert sent(opened().receive(frame(type="ping"), 0)) == [{"type": "pong"}]


# Streams.


def test_P10_subscribe_and_unsubscribe() -> None:
    session = opened()
    assert session.receive(frame(type="subscribe", stream="room:7", position="12"), 0) == (
        Follow("room:7", 12),
    )
    assert session.receive(frame(type="unsubscribe", stream="room:7"), 0) == (Unfollow("room:7"),)
    assert session.receive(frame(type="unsubscribe", stream="room:7"), 0) == ()


def test_P10_more_streams_than_allowed_are_refused() -> None:
    session = opened(Limits(streams=1))
    session.receive(frame(type="subscribe", stream="room:7"), 0)
    (refused,) = sent(session.receive(frame(type="subscribe", stream="room:8"), 0))
    assert (refused["stream"], refused["code"], refused["status"]) == ("room:8", "too_many_streams", 429)
    assert session.receive(frame(type="subscribe", stream="room:7"), 0) == (Follow("room:7", None),)


# Limits.


def test_P40_flooding_closes() -> None:
    session = opened(Limits(frames_per_s=10, frames_burst=5))
    codes = [effect for _ in range(6) for effect in session.receive(frame(type="ping"), 0)]
    assert codes[-1] == Close(4429, "flooding")


def test_P40_frames_at_the_allowed_pace_never_flood() -> None:
    session = opened(Limits(frames_per_s=10, frames_burst=5))
    for turn in range(1_000):
        assert sent(session.receive(frame(type="ping"), turn * 100))


def test_P40_large_frames_and_signs_of_life_count_too() -> None:
    session = opened(Limits(frames_per_s=0.001, frames_burst=10))
    assert session.receive(frame(type="nothing", words="x" * 50_000), 0) == (Close(4429, "flooding"),)
    session = opened(Limits(frames_per_s=0.001, frames_burst=3))
    assert session.heard(0) == ()
    assert session.heard(0) == ()
    assert session.heard(0) == (Close(4429, "flooding"),)


def test_P33_reading_pauses_while_many_commands_wait() -> None:
    session = opened(Limits(in_flight=2))
    assert session.receive(say("a"), 0) == (Run(Say(command_id="a", room_id=7, words="hi")),)
    assert session.receive(say("b"), 0)[-1] == PauseReading()
    assert [type(effect) for effect in session.receive(say("c"), 0)] == [Run]
    assert session.settled(b"{}") == (Send(b"{}"),)
    assert session.settled(b"{}") == (Send(b"{}"), ResumeReading())


# Slow readers.


def test_P41_frames_wait_for_a_slow_reader_in_order() -> None:
    session = opened()
    assert session.blocked(0) == (PauseReading(),)
    assert session.send(b"1", "room:7") == ()
    assert session.send(b"2") == ()
    assert session.drain() == ()
    assert session.unblocked() == (ResumeReading(),)
    assert session.send(b"3") == (), "what waits goes first"
    assert session.drain() == [Send(b"1"), Send(b"2"), Send(b"3")]
    assert session.send(b"4") == (Send(b"4"),)


def test_P41_a_queue_is_drained_in_parts_as_the_transport_takes_them() -> None:
    session = opened()
    session.blocked(0)
    for number in range(10):
        session.send(bytes([number]) * 30_000)
    session.unblocked()
    assert [effect.frame[0] for effect in session.drain() if isinstance(effect, Send)] == [0, 1, 2]
    session.blocked(1)
    assert session.drain() == ()
    session.unblocked()
    assert [effect.frame[0] for effect in session.drain() if isinstance(effect, Send)] == [3, 4, 5]


def test_P16_a_stream_that_is_too_much_is_dropped_as_a_whole() -> None:
    session = opened(Limits(queue_bytes=200))
    for stream in ("room:7", "room:8"):
        session.receive(frame(type="subscribe", stream=stream), 0)
    session.blocked(0)
    session.send(b"8" * 90, "room:8")
    session.send(b"7" * 90, "room:7")
    assert session.send(b"7" * 30, "room:7") == (Unfollow("room:7"),)
    assert session.streams == {"room:8"}
    session.unblocked()
    left, reset = session.drain()
    assert left == Send(b"8" * 90)
    assert sent([reset]) == [{"type": "reset", "stream": "room:7", "reason": "slow"}]


def test_P41_who_is_still_too_slow_is_closed() -> None:
    session = opened(Limits(queue_bytes=100))
    session.blocked(0)
    session.send(b"1" * 90, "room:7")
    assert session.send(b"2" * 90) == (Close(4430, "too_slow"),)
    assert session.drain() == ()


def test_P41_who_takes_nothing_for_a_minute_is_closed() -> None:
    session = opened()
    session.blocked(1_000)
    assert session.due == 61_000
    assert session.tick(60_999) == ()
    assert session.tick(61_000) == (Close(4430, "too_slow"),)


def test_P60_nobody_queues_typing() -> None:
    session = opened()
    assert session.send_transient(b"t") == (Send(b"t"),)
    session.blocked(0)
    assert session.send_transient(b"t") == ()


# Life and typing.


def test_P5_silence_is_probed_and_then_ends() -> None:
    session = opened()
    assert session.due == 30_000
    assert session.tick(30_000) == (Probe(),)
    assert session.due == 50_000
    session.heard(40_000)
    assert session.tick(50_000) == ()
    assert session.due == 70_000
    assert session.tick(70_000) == (Probe(),)
    assert session.tick(90_000) == (Abort(),)
    assert session.send(b"late") == ()


def test_P60_typing_is_passed_on_once_in_a_while() -> None:
    session = opened()
    typing = frame(type="typing", conversation_id=7)
    assert session.receive(typing, 0) == (ShowTyping(7),)
    assert session.receive(typing, 2_999) == ()
    assert session.receive(frame(type="typing", conversation_id=8), 2_999) == (ShowTyping(8),)
    assert session.receive(typing, 3_000) == (ShowTyping(7),)


def test_P60_typing_everywhere_at_once_is_passed_on_nowhere_else() -> None:
    session = opened()
    shown = [session.receive(frame(type="typing", conversation_id=number), 0) for number in range(1, 30)]
    assert [len(effects) for effects in shown] == [1] * 16 + [0] * 13
    assert session.receive(frame(type="typing", conversation_id=50), 3_000) == (ShowTyping(50),)


# Whatever comes.

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=10), inner),
    max_leaves=10,
)
TYPES = st.sampled_from(
    ["hello", "subscribe", "unsubscribe", "typing", "ping", "say", "break", "welcome", "x"]
)
FIELDS = st.dictionaries(
    st.sampled_from(
        ["command_id", "room_id", "words", "stream", "position", "conversation_id", "token", "protocol"]
    ),
    JSON,
)
FRAMES = st.one_of(
    st.binary(max_size=200),
    st.integers(60_000, 80_000).map(lambda size: b'{"type":"ping","x":"' + b"y" * size + b'"}'),
    st.builds(lambda kind, fields: frame(**{**fields, "type": kind}), TYPES, FIELDS),
    st.just(HELLO),
    st.just(say()),
)
INPUTS = st.one_of(
    FRAMES,
    st.sampled_from(
        [
            "accepted",
            "rejected",
            "settled",
            "blocked",
            "unblocked",
            "drain",
            "tick",
            "event",
            "answer",
            "heard",
        ]
    ),
)
CODES = {1007, 4400, 4401, 4408, 4409, 4429, 4430}


@dataclass
class Model:
    """What the outside knows of a session: enough to check its laws."""

    session: Session
    now: int = 0
    over: bool = False
    running: int = 0
    welcomed: bool = False

    def give(self, step: bytes | str) -> Effects:
        session = self.session
        self.now += 7
        match step:
            case bytes():
                return session.receive(step, self.now)
            case "accepted":
                return session.accepted(VIEWER, 0, self.now)
            case "rejected" if self.welcomed:
                return session.rejected()
            case "settled" if self.running:
                self.running -= 1
                return session.settled(b"{}")
            case "blocked":
                return session.blocked(self.now)
            case "unblocked":
                return session.unblocked()
            case "drain":
                return session.drain()
            case "event":
                return session.send(b"e" * 300, "room:7")
            case "answer":
                return session.send(b"a" * 100)
            case "heard":
                return session.heard(self.now)
            case "tick":
                self.now = session.due
                return session.tick(self.now)
            case _:
                return ()

    def check(self, effects: Effects) -> None:
        for effect in effects:
            assert not self.over, "nothing after the end"
            self.watch(effect)
        assert self.over == isinstance(self.session.state, Closing)

    def watch(self, effect: Effect) -> None:
        match effect:
            case Close(code, reason):
                assert code in CODES
                assert reason
                self.over = True
            case Abort():
                self.over = True
            case Run():
                assert self.welcomed
                self.running += 1
            case Follow() | ShowTyping():
                assert self.welcomed
            case Send(text) if b'"welcome"' in text:
                self.welcomed = True
            case _:
                pass


@settings(max_examples=300, deadline=None)
@given(st.lists(INPUTS, max_size=60), st.booleans())
def test_P40_whatever_comes_a_session_keeps_its_laws(steps: list[bytes | str], known: bool) -> None:
    limits = Limits(frames_burst=30, queue_bytes=2_000, early_frames=4, in_flight=4, streams=3)
    model = Model(Session(DECODER, limits, 0))
    if known:
        model.check(model.give(HELLO))
        model.check(model.give("accepted"))
    for step in steps:
        model.check(model.give(step))
        assert model.session._queued <= limits.queue_bytes
        assert model.session._queued == sum(len(text) for text, _ in model.session._queue or ())
        assert len(model.session.streams) <= limits.streams
