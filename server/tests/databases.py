"""Real databases for tests: the tables of all features, empty, on both engines.

from tests.databases import clock, engine  # noqa: F401

def test_A05_something(engine: Engine, clock: Clock) -> None:
    engine.write_and_wait(lambda unit: action(unit, ...))
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import MetaData, event

from pocketdesk.storage import Engine, metadata
from pocketdesk.storage.migrations import load_tables, to_database
from tests.postgres import Cluster


class Clock:
    """The time, in UTC milliseconds, as the test says."""

    def __init__(self, now: int = 1_700_000_000_000) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now

    def advance(self, ms: int) -> None:
        self.now += ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the tables."""
    path = tmp_path_factory.mktemp("template") / "pocketdesk.db"
    create_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_cluster: Cluster) -> Iterator[str]:
    """URL of a PostgreSQL database with the tables."""
    url = postgres_cluster.new_database()
    create_tables(url)
    yield url
    postgres_cluster.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database with the tables and no rows, for this test alone."""
    if request.param == "sqlite":
        path = tmp_path / "pocketdesk.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
    else:
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        url = cluster.new_database(request.getfixturevalue("postgres_template"))
        yield url
        cluster.drop(url)


@pytest.fixture
def engine(database_url: str, clock: Clock) -> Iterator[Engine]:
    """The storage engine on `database_url`; the test runs once on each engine. Random ids repeat from run to run."""
    engine = Engine.open(database_url, clock=clock, randbelow=Random(1).randrange)
    yield engine
    engine.close()


def create_tables(url: str, tables: MetaData = metadata) -> None:
    """Creates tables in a database; those of all features, if no others are given.

    Of all, and not of those that a test worker happens to have imported: other tests may import more later.
    """
    load_tables()
    database = to_database(url)
    if database.dialect.name == "sqlite":
        event.listen(
            database, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF")
        )
    tables.create_all(database)
