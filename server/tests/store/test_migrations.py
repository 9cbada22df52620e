"""Migrations lead to exactly the tables that the features define, on both engines, and back."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    inspect,
)

from pocketdesk.storage import metadata, migrations
from pocketdesk.storage.words_sql import DERIVED
from tests.postgres import Cluster


@pytest.fixture(scope="module", autouse=True)
def _all_tables() -> None:
    migrations.load_tables()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        url = cluster.new_database()
        yield url
        cluster.drop(url)


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"} - DERIVED


def test_up_down_and_up_again(url: str) -> None:
    assert migrations.current(url) is None
    for _ in range(2):
        migrations.upgrade(url)
        assert migrations.current(url) == migrations.head()
        with migrations.to_database(url).connect() as connection:
            assert tables(connection) == set(metadata.tables)
        migrations.downgrade(url, "base")
        with migrations.to_database(url).connect() as connection:
            assert tables(connection) == set()
    assert migrations.current(url) is None


def test_migrations_and_tables_agree(url: str) -> None:
    """Fails when tables changed: `python -m pocketdesk.storage.migrations` writes the revision."""
    migrations.upgrade(url)
    with migrations.to_database(url).connect() as connection:
        options = {
            "compare_type": True,
            "compare_server_default": True,
            "include_name": lambda name, *_: name not in DERIVED,
        }
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


def test_processes_that_start_together_migrate_once(url: str) -> None:
    with ThreadPoolExecutor(4) as starting:
        list(starting.map(migrations.upgrade, [url] * 4))
    assert migrations.current(url) == migrations.head()


def test_tables_are_plain_and_belong_to_accounts() -> None:
    for table in metadata.sorted_tables:
        check_columns(table)
        names = [table.name, *(each.name for each in (*table.constraints, *table.indexes))]
        assert [name for name in names if len(str(name)) > 63] == [], "PostgreSQL would cut it"
        if "account_id" in table.columns:
            check_account(table)


def check_columns(table: Table) -> None:
    for column in table.columns:
        assert type(column.type) in {BigInteger, Integer, Text, String, Boolean, Float, LargeBinary}, column
        assert column.default is None, f"{column}: statements run on the driver, so Python has no say"
        assert column.onupdate is None, column


def check_account(table: Table) -> None:
    assert next(iter(table.primary_key.columns)).name == "account_id", table
    for foreign_key in table.foreign_key_constraints:
        if "account_id" in foreign_key.referred_table.columns:
            pairs = {(element.parent.name, element.column.name) for element in foreign_key.elements}
            assert ("account_id", "account_id") in pairs, f"{foreign_key.name} can point into another account"
