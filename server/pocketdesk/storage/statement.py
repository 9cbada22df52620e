"""SQL built once with SQLAlchemy and run as a plain string on the driver."""

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any, Final, TypeAlias, cast

from sqlalchemy import Boolean, Column, Integer
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import Insert, UpdateBase
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.selectable import SelectBase
from sqlalchemy.types import TypeEngine

Row: TypeAlias = tuple[Any, ...]
Parameters: TypeAlias = Mapping[str, Any]

_SQLITE: Final[Dialect] = pysqlite.dialect(paramstyle="qmark")  # pyright: ignore[reportUnknownMemberType]
_POSTGRES: Final[Dialect] = psycopg.dialect(paramstyle="numeric_dollar")  # pyright: ignore[reportUnknownMemberType]


class Compiled:
    """One statement for one engine: its text, how parameters become positions, how values of a row are mended."""

    __slots__ = ("_constants", "_order", "arity", "mend", "sql", "types")

    def __init__(self, construct: ClauseElement, dialect: Dialect, *, once: bool) -> None:
        if isinstance(construct, Insert):
            construct = construct.inline()
        compiled = cast("SQLCompiler", construct.compile(dialect=dialect))
        if getattr(compiled, "insert_prefetch", ()) or getattr(compiled, "update_prefetch", ()):
            raise TypeError(
                "columns with defaults of Python's side cannot run on the driver: use server_default"
            )
        if not once and compiled.post_compile_params | compiled.literal_execute_params:
            raise TypeError(
                "a statement with a list of varying length cannot be compiled once: pass the construct"
            )
        required = {name for name, bind in compiled.binds.items() if bind.required}
        expanded = compiled.construct_expanded_state(dict.fromkeys(required))
        names = tuple(expanded.positiontup or ())
        # A list of values became parameters of their own.
        origin = {part: name for name, parts in expanded.parameter_expansion.items() for part in parts}
        self.sql = expanded.statement
        self.types: tuple[TypeEngine[Any], ...] = tuple(
            compiled.binds[origin.get(name, name)].type for name in names
        )
        self.arity = len(required)
        self._order = _in_order(names)
        self._constants = {name: expanded.parameters[name] for name in names if name not in required}
        self.mend = _mender(compiled, dialect)

    def values(self, parameters: Parameters) -> tuple[Any, ...]:
        """The parameters in the driver's order. Each one that the statement names, and no other."""
        if len(parameters) != self.arity:
            raise TypeError(f"needs {self.arity} parameters, not {sorted(parameters)}: {self.sql}")
        return self._order({**self._constants, **parameters} if self._constants else parameters)


class Statement:
    """A SQLAlchemy Core construct with named parameters, compiled once per engine at its first use.

    FIND = Statement(select(note.c.text).where(note.c.account_id == bindparam("account_id")))
    unit.one(FIND, account_id=7)

    An `insert(table)` without values takes all columns as parameters. Use `storage.insert` where it needs
    `on_conflict_do_nothing` or `on_conflict_do_update`: it means the same on both engines. What PostgreSQL has to be
    asked in another way is `in_postgres`: storage's own, with the same parameters and columns.
    """

    __slots__ = ("_construct", "_in_postgres", "once", "postgres", "sqlite", "writes")

    def __init__(
        self, construct: ClauseElement, *, in_postgres: ClauseElement | None = None, once: bool = False
    ) -> None:
        self._construct = construct
        self._in_postgres = construct if in_postgres is None else in_postgres
        self.once = once
        self.sqlite: Compiled | None = None
        self.postgres: Compiled | None = None
        # What is not surely a reading counts as a writing.
        self.writes = isinstance(construct, UpdateBase) or not isinstance(construct, SelectBase)

    def for_sqlite(self) -> Compiled:
        """The text for SQLite."""
        if self.sqlite is None:
            self.sqlite = Compiled(self._construct, _SQLITE, once=self.once)
        return self.sqlite

    def for_postgres(self) -> Compiled:
        """The text for PostgreSQL."""
        if self.postgres is None:
            self.postgres = Compiled(self._in_postgres, _POSTGRES, once=self.once)
        return self.postgres


def to_statement(statement: Statement | ClauseElement) -> Statement:
    """Wraps a construct whose shape varies (filters, lists of ids): compiled for this one use, off the message path."""
    return statement if isinstance(statement, Statement) else Statement(statement, once=True)


def _in_order(names: tuple[str, ...]) -> Callable[[Parameters], tuple[Any, ...]]:
    if not names:
        return lambda _: ()
    if len(names) == 1:
        name = names[0]
        return lambda parameters: (parameters[name],)
    return itemgetter(*names)


def _mender(compiled: SQLCompiler, dialect: Dialect) -> Callable[[Row], Row] | None:
    """What makes rows of both engines equal: SQLite has no booleans, PostgreSQL's sum of integers is a decimal."""
    mends: dict[int, Callable[[Any], Any]] = {}
    for place, column in enumerate(compiled._result_columns or ()):  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        if dialect is _SQLITE and isinstance(column.type, Boolean):
            mends[place] = bool
        computed = not any(isinstance(source, Column) for source in column.objects)
        if dialect is _POSTGRES and isinstance(column.type, Integer) and computed:
            mends[place] = int
    if not mends:
        return None

    def mend(row: Row) -> Row:
        values = list(row)
        for place, function in mends.items():
            if values[place] is not None:
                values[place] = function(values[place])
        return tuple(values)

    return mend
