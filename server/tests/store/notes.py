"""A tiny feature for the storage's own tests: pads with numbered notes."""

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    select,
    text,
    update,
)

from pocketdesk.kernel.events import Event
from pocketdesk.storage import Statement, UnitOfWork, account_key, belongs_to, insert, key, metadata

tables = MetaData(naming_convention=metadata.naming_convention)

pad = Table(
    "pad",
    tables,
    account_key(),
    key(),
    Column("seq", BigInteger, nullable=False),
    Column("open", Boolean, nullable=False, server_default=text("true")),
)
note = Table(
    "note",
    tables,
    account_key(),
    key("pad_id"),
    key("seq"),
    Column("client_id", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("weight", Float),
    Column("blob", LargeBinary),
    UniqueConstraint("account_id", "pad_id", "client_id"),
    CheckConstraint("seq > 0", name="seq"),
    belongs_to("pad", pad_id="id"),
)


@dataclass(frozen=True, slots=True)
class NoteWritten(Event):
    kind = "test_note_written"
    conversation_id: int
    seq: int


ADD_PAD = Statement(insert(pad).values(account_id=bindparam("account_id"), id=bindparam("id"), seq=0))
FIND_PAD = Statement(
    select(pad.c.seq, pad.c.open)
    .where(pad.c.account_id == bindparam("account_id"), pad.c.id == bindparam("id"))
    .with_for_update()
)
MOVE_PAD = Statement(
    update(pad)
    .where(pad.c.account_id == bindparam("account"), pad.c.id == bindparam("pad"))
    .values(seq=bindparam("to"))
)
ADD_NOTE = Statement(
    insert(note).values(
        account_id=bindparam("account_id"),
        pad_id=bindparam("pad_id"),
        seq=bindparam("seq"),
        client_id=bindparam("client_id"),
        words=bindparam("words"),
    )
)
ADD_WHOLE_NOTE = Statement(insert(note))
ADD_ONCE = Statement(
    insert(note)
    .values(
        account_id=bindparam("account_id"),
        pad_id=bindparam("pad_id"),
        seq=bindparam("seq"),
        client_id=bindparam("client_id"),
        words=bindparam("words"),
    )
    .on_conflict_do_nothing()
    .returning(note.c.seq)
)
NOTES = Statement(
    select(note.c.seq, note.c.client_id, note.c.words)
    .where(note.c.account_id == bindparam("account_id"), note.c.pad_id == bindparam("pad_id"))
    .order_by(note.c.seq)
)


def add_pad(unit: UnitOfWork, account_id: int, pad_id: int) -> None:
    unit.run(ADD_PAD, account_id=account_id, id=pad_id)


def write_note(unit: UnitOfWork, account_id: int, pad_id: int, client_id: str, words: str = "") -> int:
    """The shape of a message: one read, an insert with a unique index, an update, an event."""
    row = unit.one(FIND_PAD, account_id=account_id, id=pad_id)
    assert row is not None
    seq = row[0] + 1
    unit.run(ADD_NOTE, account_id=account_id, pad_id=pad_id, seq=seq, client_id=client_id, words=words)
    unit.run(MOVE_PAD, account=account_id, pad=pad_id, to=seq)
    unit.record(account_id, NoteWritten(pad_id, seq), enclosed=words)
    return seq
