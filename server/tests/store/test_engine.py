"""The contract of the storage engine, on both engines."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from pocketdesk.kernel.refusal import NotFound
from pocketdesk.storage import Engine, Statement, UnitOfWork, Violated
from tests.databases import Clock
from tests.store.notes import (
    ADD_NOTE,
    ADD_ONCE,
    ADD_PAD,
    ADD_WHOLE_NOTE,
    FIND_PAD,
    NOTES,
    NoteWritten,
    add_pad,
    note,
    pad,
    write_note,
)
from tests.store.submitting import submit_group


@pytest.fixture
def engine(notes_url: str, clock: Clock) -> Iterator[Engine]:
    engine = Engine.open(notes_url, clock=clock)
    engine.write_and_wait(lambda unit: [add_pad(unit, 1, number) for number in range(1, 6)])
    yield engine
    engine.close()


def words(engine: Engine, pad_id: int = 1) -> list[str]:
    return [
        row[2] for row in engine.read_and_wait(lambda reader: reader.all(NOTES, account_id=1, pad_id=pad_id))
    ]


def test_an_action_is_stored_with_its_event(engine: Engine, clock: Clock) -> None:
    assert engine.write_and_wait(lambda unit: write_note(unit, 1, 1, "a", "hello")) == 1
    assert words(engine) == ["hello"]
    (recorded,) = engine.read_and_wait(lambda reader: reader.events(1, 0, 10))
    assert (recorded.position, recorded.at, recorded.event) == (1, clock.now, NoteWritten(1, 1))
    assert recorded.enclosed is None


def test_rows_have_the_same_types_on_both_engines(engine: Engine) -> None:
    whole = {
        "account_id": 1,
        "pad_id": 1,
        "seq": 1,
        "client_id": "ü",
        "words": "✓",
        "weight": 0.5,
        "blob": b"\0\xff",
    }
    engine.write_and_wait(lambda unit: unit.run(ADD_WHOLE_NOTE, **whole))
    engine.write_and_wait(
        lambda unit: unit.run(
            ADD_WHOLE_NOTE, **{**whole, "seq": 2, "client_id": "b", "weight": None, "blob": None}
        )
    )

    def read(reader: Any) -> Any:
        return (
            reader.all(select(note).where(note.c.account_id == 1).order_by(note.c.seq)),
            reader.one(select(pad.c.open, func.count(), func.sum(pad.c.id)).group_by(pad.c.open)),
            reader.one(select(pad.c.open).where(pad.c.id == 99)),
            reader.one(
                select(
                    (pad.c.seq > 0).label("a"), select(pad.c.id).exists(), pad.c.open.label("b"), ~pad.c.open
                ).where(pad.c.id == 1)
            ),
        )

    rows, totals, nothing, truths = engine.read_and_wait(read)
    assert str(truths) == "(False, True, True, False)"
    closed = pad.update().where(pad.c.id == 1).values(open=False).returning(pad.c.open, pad.c.seq)
    assert str(engine.write_and_wait(lambda unit: unit.one(closed))) == "(False, 0)"
    assert rows == [(1, 1, 1, "ü", "✓", 0.5, b"\0\xff"), (1, 1, 2, "b", "✓", None, None)]
    assert totals == (True, 5, 15)
    assert [type(value) for value in totals] == [bool, int, int]
    assert nothing is None


def test_a_group_shares_a_commit_and_its_news(engine: Engine) -> None:
    heard: list[Any] = []
    engine.on_committed = lambda news: heard.append(
        {
            account_id: [(r.position, r.event, r.enclosed) for r in recorded]
            for account_id, recorded in news.items()
        }
    )
    outcomes = submit_group(
        engine, [lambda unit, n=n: write_note(unit, 1, 1, str(n), f"w{n}") for n in range(1, 4)]
    )
    assert outcomes == [1, 2, 3]
    assert heard == [{1: [(n, NoteWritten(1, n), f"w{n}") for n in (1, 2, 3)]}]


def test_news_comes_before_outcomes_and_after_the_commit(engine: Engine) -> None:
    order: list[Any] = []
    engine.on_committed = lambda _: order.append(("news", len(words(engine))))
    engine.submit(
        lambda unit: write_note(unit, 1, 1, "a"), lambda outcome: order.append(("done", outcome.value))
    )
    engine.write_and_wait(lambda _: None)
    assert order == [("news", 1), ("done", 1)]


def refuse_first(unit: UnitOfWork) -> None:
    raise NotFound


def refuse_late(unit: UnitOfWork) -> None:
    write_note(unit, 1, 1, "late", "never")
    raise NotFound


def break_unique(unit: UnitOfWork) -> None:
    for _ in range(2):
        unit.run(ADD_NOTE, account_id=1, pad_id=2, seq=1, client_id="x", words="never")


def break_foreign_key(unit: UnitOfWork) -> None:
    unit.run(ADD_NOTE, account_id=1, pad_id=99, seq=1, client_id="x", words="never")


def point_into_another_account(unit: UnitOfWork) -> None:
    unit.run(ADD_NOTE, account_id=2, pad_id=1, seq=1, client_id="x", words="never")


def break_check(unit: UnitOfWork) -> None:
    unit.run(ADD_NOTE, account_id=1, pad_id=1, seq=0, client_id="x", words="never")


def break_not_null(unit: UnitOfWork) -> None:
    unit.run(ADD_NOTE, account_id=1, pad_id=1, seq=9, client_id="x", words=None)


def overflow(unit: UnitOfWork) -> None:
    unit.one(FIND_PAD, account_id=1, id=2**70)


def forget_a_parameter(unit: UnitOfWork) -> None:
    unit.one(FIND_PAD, account_id=1)


def swallow(unit: UnitOfWork) -> str:
    try:
        break_unique(unit)
        unit.one(FIND_PAD, account_id=1, id=1)
    except Violated:
        pass
    return "never"


@pytest.mark.parametrize(
    "bad",
    [
        refuse_first,
        refuse_late,
        break_unique,
        break_foreign_key,
        point_into_another_account,
        break_check,
        break_not_null,
        overflow,
        forget_a_parameter,
        swallow,
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_failing_action_fails_alone(engine: Engine, bad: Callable[[UnitOfWork], Any], place: int) -> None:
    heard: list[int] = []
    engine.on_committed = lambda news: heard.extend(recorded.position for recorded in news[1])
    works: list[Any] = [lambda unit, n=n: write_note(unit, 1, 1, f"good {n}", f"w{n}") for n in range(2)]
    works.insert(place, bad)
    outcomes = submit_group(engine, works)
    failure = outcomes.pop(place)
    assert isinstance(failure, Exception)
    assert outcomes == [1, 2]
    assert words(engine) == ["w0", "w1"]
    assert heard == [1, 2]
    events = engine.read_and_wait(lambda reader: reader.events(1, 0, 10))
    assert [recorded.position for recorded in events] == [1, 2]


@pytest.mark.parametrize(
    ("bad", "kind"),
    [
        (break_unique, "unique"),
        (break_foreign_key, "foreign_key"),
        (point_into_another_account, "foreign_key"),
        (break_check, "check"),
        (break_not_null, "not_null"),
    ],
)
def test_violations_say_what_was_violated(
    engine: Engine, bad: Callable[[UnitOfWork], Any], kind: str
) -> None:
    with pytest.raises(Violated) as caught:
        engine.write_and_wait(bad)
    assert caught.value.kind == kind


def test_what_a_lonely_action_raises_reaches_its_caller(engine: Engine) -> None:
    with pytest.raises(NotFound):
        engine.write_and_wait(refuse_late)
    assert words(engine) == []


def test_an_insert_that_was_there_already_returns_nothing(engine: Engine) -> None:
    parameters: dict[str, Any] = {"account_id": 1, "pad_id": 1, "seq": 1, "client_id": "a", "words": "first"}
    assert engine.write_and_wait(lambda unit: unit.one(ADD_ONCE, **parameters)) == (1,)
    assert engine.write_and_wait(lambda unit: unit.one(ADD_ONCE, **{**parameters, "words": "second"})) is None
    assert words(engine) == ["first"]


def test_a_list_of_varying_length_goes_as_a_construct(engine: Engine) -> None:
    query = select(pad.c.id).where(pad.c.account_id == 1, pad.c.id.in_([1, 3, 99])).order_by(pad.c.id)
    assert engine.read_and_wait(lambda reader: reader.all(query)) == [(1,), (3,)]
    with pytest.raises(TypeError, match="varying length"):
        engine.read_and_wait(lambda reader: reader.all(Statement(query)))


def test_rows_can_be_written_many_at_once(engine: Engine) -> None:
    engine.write_and_wait(
        lambda unit: unit.run_many(ADD_PAD, [{"account_id": 2, "id": number} for number in range(500)])
    )
    count = select(func.count()).where(pad.c.account_id == 2)
    assert engine.read_and_wait(lambda reader: reader.one(count)) == (500,)


def test_queries_are_counted(engine: Engine) -> None:
    def count(unit: UnitOfWork) -> int:
        write_note(unit, 1, 1, "a")
        return unit.queries

    assert engine.write_and_wait(count) == 3


def test_a_reader_cannot_write(engine: Engine) -> None:
    with pytest.raises(Exception, match=r"(?i)read.?only"):
        engine.read_and_wait(lambda reader: reader.all(delete(pad)))
    assert engine.read_and_wait(lambda reader: reader.one(select(func.count()).select_from(pad))) == (5,)


def test_a_snapshot_agrees_with_its_position(engine: Engine) -> None:
    engine.write_and_wait(lambda unit: write_note(unit, 1, 1, "a"))

    def read(reader: Any) -> Any:
        before = len(reader.all(NOTES, account_id=1, pad_id=1))
        engine.write_and_wait(lambda unit: write_note(unit, 1, 1, "b"))
        after = len(reader.all(NOTES, account_id=1, pad_id=1))
        return before, after, reader.position(1), len(reader.events(1, 0, 10))

    assert engine.read_and_wait(read) == (1, 1, 1, 1)
    assert engine.read_and_wait(lambda reader: reader.position(1)) == 2


@pytest.mark.anyio
async def test_on_the_loop(engine: Engine) -> None:
    assert await engine.write(lambda unit: write_note(unit, 1, 1, "a", "hello")) == 1
    assert await engine.read(lambda reader: reader.position(1)) == 1
    with pytest.raises(NotFound):
        await engine.write(refuse_late)
    with pytest.raises(ZeroDivisionError):
        await engine.read(lambda reader: 1 // reader.position(2))
