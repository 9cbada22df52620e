"""The storage's own tests run with the tables of `notes` beside Pocketdesk's."""

from pathlib import Path

import pytest

from tests.databases import clock, create_tables, database_url, engine, postgres_template, sqlite_template
from tests.store import notes

__all__ = ["clock", "database_url", "engine", "notes_url", "postgres_template", "sqlite_template"]


@pytest.fixture
def notes_url(database_url: str, tmp_path: Path) -> str:
    create_tables(database_url, notes.tables)
    return database_url
