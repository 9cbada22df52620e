"""The one `metadata` of all tables, and how its tables belong to accounts.

Each feature defines its tables in its own store module. Every table of an account has `account_id` as the first part
of its primary key, and every foreign key carries it along, so that no row can ever point into another account:

    note = Table(
        "note",
        metadata,
        account_key(),
        key("id"),
        Column("conversation_id", BigInteger, nullable=False),
        Column("text", Text, nullable=False),
        belongs_to("conversation", conversation_id="id"),
    )

Column types are plain ones, because statements run on the drivers' cursors: BigInteger, Integer, Text, String, Boolean,
Float, LargeBinary. JSON is Text that its feature encodes. Defaults are the server's (`server_default`) or none. A
reference upwards, to a feature in a higher storey, is a plain id without a foreign key.
"""

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def account_key() -> Column[int]:
    """The first part of an account's table's primary key."""
    return key("account_id")


def key(name: str = "id") -> Column[int]:
    """A part of the primary key that holds an integer given by us, never by the database."""
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def belongs_to(table: str, **columns: str) -> ForeignKeyConstraint:
    """A foreign key to a row of the same account: `belongs_to("conversation", conversation_id="id")`."""
    return ForeignKeyConstraint(
        ["account_id", *columns], [f"{table}.account_id", *(f"{table}.{name}" for name in columns.values())]
    )
