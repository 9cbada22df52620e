"""API tests run whole routes on both databases, without a network between."""

from collections.abc import Iterator

import pytest

from pocketdesk.storage import Engine
from tests.api.desk import Desk
from tests.databases import Clock, clock, database_url, engine, postgres_template, sqlite_template

__all__ = ["clock", "database_url", "engine", "postgres_template", "sqlite_template"]


@pytest.fixture
def desk(engine: Engine, clock: Clock) -> Iterator[Desk]:
    """An installation with its routes and no account."""
    with Desk(engine, clock) as desk:
        yield desk
