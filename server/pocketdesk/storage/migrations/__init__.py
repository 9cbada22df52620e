"""Schema changes, one Alembic revision each, for both engines from one definition.

`python -m pocketdesk.storage.migrations` writes a new revision for what has changed in the tables since the last one.
"""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Text, column, create_engine, event, make_url, select, table
from sqlalchemy import Engine as Database
from sqlalchemy.pool import NullPool

import pocketdesk
from pocketdesk.storage import words_sql
from pocketdesk.storage.schema import metadata
from pocketdesk.storage.statement import Statement
from pocketdesk.storage.unit import Reader

if TYPE_CHECKING:
    from sqlite3 import Connection as SqliteConnection

_FOLDER = Path(__file__).parent
# Any number, as long as it stays: who migrates a PostgreSQL database holds this advisory lock.
_LOCK = 5_141_092_207
_REVISION = Statement(select(column("version_num", Text)).select_from(table("alembic_version")))


def upgrade(url: str, revision: str = "head") -> None:
    """Brings the database to a revision, in one transaction. Processes that start together wait for each other."""
    _run(url, command.upgrade, revision)


def downgrade(url: str, revision: str) -> None:
    """Takes the database back to a revision (`base`: no tables), in one transaction."""
    _run(url, command.downgrade, revision)


def current(url: str) -> str | None:
    """The revision that the database is at; None if it has no tables of ours."""
    database = to_database(url)
    with database.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def seen_by(reader: Reader) -> str | None:
    """Like `current`, on a connection that the engine holds anyway."""
    row = reader.one(_REVISION)
    return str(row[0]) if row else None


def head() -> str | None:
    """The revision that this version of Pocketdesk needs."""
    return ScriptDirectory(str(_FOLDER)).get_current_head()


def to_database(url: str) -> Database:
    """SQLAlchemy's engine for a URL or path as `storage.Engine.open` takes it; its transactions include DDL."""
    if "://" not in url:
        url = f"sqlite:///{url}"
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed.set(drivername="postgresql+psycopg"), poolclass=NullPool)
    database = create_engine(parsed, poolclass=NullPool, connect_args={"timeout": 60})

    @event.listens_for(database, "connect")
    def _(connection: "SqliteConnection", _: object) -> None:
        # Python's driver must not begin transactions at times of its own choosing.
        connection.isolation_level = None

    @event.listens_for(database, "begin")
    def _(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return database


def load_tables() -> None:
    """Completes `metadata` with the tables of every feature, for tools and tests (a server imports its features)."""
    import_module("pocketdesk.storage")
    for package in iter_modules(pocketdesk.__path__, "pocketdesk."):
        if package.ispkg and find_spec(f"{package.name}.store"):
            import_module(f"{package.name}.store")


def to_config(connection: Connection) -> Config:
    """Alembic's settings for a connection, in its present transaction."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    config.attributes["metadata"] = metadata
    return config


def _run(url: str, step: Any, revision: str) -> None:
    with to_database(url).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        # Derived tables are no revision's: they are made anew from what a revision left.
        words_sql.drop_index(connection)
        step(to_config(connection), revision)
        words_sql.make_index(connection)
