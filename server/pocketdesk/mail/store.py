"""The SQL of mails that went out."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, Text, bindparam, delete, select

from pocketdesk.storage import Statement, insert, metadata

sent_mail = Table(
    "sent_mail",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    Column("word", Text, primary_key=True),
    Column("sent_at", BigInteger, nullable=False),
    Index("ix_sent_mail_sent_at", "sent_at"),
)

_account_id = bindparam("account_id", type_=BigInteger)
_word = bindparam("word_", type_=Text)

FIND = Statement(
    select(sent_mail.c.sent_at).where(sent_mail.c.account_id == _account_id, sent_mail.c.word == _word)
)
ADD = Statement(insert(sent_mail).on_conflict_do_nothing())
OLD = Statement(
    select(sent_mail.c.account_id, sent_mail.c.word)
    .where(sent_mail.c.sent_at < bindparam("before", type_=BigInteger))
    .order_by(sent_mail.c.sent_at)
    .limit(bindparam("limit", type_=BigInteger))
)
DROP = Statement(delete(sent_mail).where(sent_mail.c.account_id == _account_id, sent_mail.c.word == _word))
