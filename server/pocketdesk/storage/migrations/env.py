"""What Alembic runs for each command; the connection is in a transaction already."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.schema import DefaultClause
from sqlalchemy.sql.elements import False_, True_

from pocketdesk.storage.words_sql import DERIVED


def render_item(kind: str, item: object, _: AutogenContext) -> str | Literal[False]:
    """Truth values are words that both engines know; Alembic would write SQLite's numbers."""
    if kind == "server_default" and isinstance(item, DefaultClause) and isinstance(item.arg, True_ | False_):
        return f"sa.{'true' if isinstance(item.arg, True_) else 'false'}()"
    return False


def is_kept(name: str | None, *_: object) -> bool:
    """Whether revisions know a table: not those that are derived from others."""
    return name not in DERIVED


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    transactional_ddl=True,
    compare_type=True,
    compare_server_default=True,
    render_as_batch=False,
    render_item=render_item,
    include_name=is_kept,
)
with context.begin_transaction():
    context.run_migrations()
