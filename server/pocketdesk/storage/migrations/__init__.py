"""Schema changes, one Alembic revision each, for both engines from one definition."""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

import pocketdesk
from pocketdesk.storage.schema import metadata


def load_tables() -> None:
    """Completes `metadata` with the tables of every feature. Only for tools and tests: a server imports its features."""
    for package in iter_modules(pocketdesk.__path__, "pocketdesk."):
        if package.ispkg and find_spec(f"{package.name}.store"):
            import_module(f"{package.name}.store")
    assert metadata.tables  # noqa: S101
