"""Statements become strings once, and refuse what could not run as one."""

import pytest
from sqlalchemy import BigInteger, Column, MetaData, Table, Text, bindparam, func, select, update

from pocketdesk.storage import Statement, insert

tables = MetaData()
thing = Table(
    "thing", tables, Column("account_id", BigInteger, primary_key=True), Column("name", Text, nullable=False)
)
eager = Table(
    "eager", tables, Column("id", BigInteger, primary_key=True), Column("at", BigInteger, default=7)
)

FIND = Statement(
    select(thing.c.name).where(thing.c.account_id == bindparam("account_id"), thing.c.name != "x").limit(3)
)


def test_it_is_compiled_once_per_engine() -> None:
    assert FIND.for_sqlite() is FIND.for_sqlite()
    assert FIND.for_postgres() is FIND.for_postgres()
    assert "?" in FIND.for_sqlite().sql
    assert "$1::BIGINT" in FIND.for_postgres().sql


def test_parameters_and_constants_take_their_places() -> None:
    assert FIND.for_postgres().values({"account_id": 7}) == (7, "x", 3)
    twice = Statement(
        select(thing.c.name).where(
            (thing.c.name == bindparam("w")) | (func.lower(thing.c.name) == bindparam("w"))
        )
    )
    assert twice.for_sqlite().values({"w": "a"}) == ("a", "a")
    assert twice.for_postgres().values({"w": "a"}) == ("a",)
    assert Statement(select(thing.c.name)).for_sqlite().values({}) == ()


@pytest.mark.parametrize("parameters", [{}, {"account_id": 1, "name": "x"}])
def test_too_many_or_too_few_parameters_are_refused(parameters: dict[str, object]) -> None:
    with pytest.raises(TypeError, match="needs 1"):
        FIND.for_sqlite().values(parameters)


def test_a_wrong_parameter_is_refused() -> None:
    with pytest.raises(KeyError):
        FIND.for_sqlite().values({"acount_id": 1})


def test_defaults_on_pythons_side_are_refused() -> None:
    with pytest.raises(TypeError, match="server_default"):
        Statement(insert(eager).values(id=bindparam("id"))).for_sqlite()


def test_it_knows_whether_it_writes() -> None:
    assert not FIND.writes
    assert Statement(insert(thing)).writes
    assert Statement(update(thing).values(name="x")).writes


def test_on_conflict_means_the_same_on_both_engines() -> None:
    into = insert(thing)
    upsert = Statement(
        into.on_conflict_do_update(index_elements=["account_id"], set_={"name": into.excluded.name})
    )
    for compiled in (upsert.for_sqlite(), upsert.for_postgres()):
        assert "ON CONFLICT (account_id) DO UPDATE SET name = excluded.name" in compiled.sql
