"""The SQL of files. Their bytes are not in the database: `outside` keeps them."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)

from pocketdesk.accounts import views as accounts
from pocketdesk.storage import Statement, insert, key, metadata

file = Table(
    "file",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    key("id"),
    Column("owner_kind", Text, nullable=False),
    Column("owner_id", BigInteger, nullable=False),
    # Upwards, hence without a foreign key; null until a message carries the file.
    Column("conversation_id", BigInteger),
    Column("purpose", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("sha256", Text),
    Column("state", Text, nullable=False),
    Column("refusal", Text),
    Column("created_at", BigInteger, nullable=False),
    CheckConstraint("owner_kind IN ('visitor', 'user')", name="owner_kind"),
    CheckConstraint("purpose IN ('message', 'brand', 'photo', 'article')", name="purpose"),
    CheckConstraint("state IN ('receiving', 'ready', 'refused', 'erased')", name="state"),
    CheckConstraint("received >= 0 AND (received <= size OR state <> 'receiving')", name="received"),
    CheckConstraint("conversation_id IS NULL OR state IN ('ready', 'erased')", name="attached"),
    Index("ix_file_owner", "account_id", "owner_kind", "owner_id", "created_at"),
    Index("ix_file_conversation_id", "account_id", "conversation_id"),
    Index("ix_file_created_at", "account_id", "created_at"),
)
_loose = file.c.conversation_id.is_(None)
Index("ix_file_loose", file.c.created_at, sqlite_where=_loose, postgresql_where=_loose)
_erased = file.c.state == "erased"
Index("ix_file_erased", file.c.account_id, file.c.id, sqlite_where=_erased, postgresql_where=_erased)

_account_id = bindparam("account_id", type_=BigInteger)
_id = bindparam("id_", type_=BigInteger)
_one = (file.c.account_id == _account_id, file.c.id == _id)
_limit = bindparam("limit", type_=BigInteger)

UPLOADS = select(
    file.c.id,
    file.c.owner_kind,
    file.c.owner_id,
    file.c.purpose,
    file.c.name,
    file.c.media_type,
    file.c.size,
    file.c.received,
    file.c.state,
    file.c.refusal,
    file.c.width,
    file.c.height,
    file.c.sha256,
)
FIND = Statement(UPLOADS.where(*_one, ~_erased))
SENT = Statement(
    select(func.count(), func.coalesce(func.sum(file.c.size), 0)).where(
        file.c.account_id == _account_id,
        file.c.owner_kind == bindparam("kind", type_=Text),
        file.c.owner_id == bindparam("owner", type_=BigInteger),
        file.c.created_at > bindparam("since", type_=BigInteger),
    )
)
ADD = Statement(insert(file))
RECEIVE = Statement(
    update(file)
    .where(*_one, file.c.state == "receiving", file.c.received == bindparam("offset", type_=BigInteger))
    .values(received=file.c.received + bindparam("length", type_=BigInteger))
    .returning(file.c.received)
)
SETTLE = Statement(
    update(file)
    .where(*_one, file.c.state == "receiving")
    .values(
        state=bindparam("state_", type_=Text),
        refusal=bindparam("why", type_=Text),
        size=bindparam("bytes", type_=BigInteger),
        width=bindparam("wide", type_=Integer),
        height=bindparam("high", type_=Integer),
        sha256=bindparam("hash", type_=Text),
    )
    .returning(file.c.id)
)
ERASE = Statement(
    update(file)
    .where(*_one)
    .values(
        state="erased",
        name="",
        media_type="",
        size=0,
        received=0,
        width=None,
        height=None,
        sha256=None,
        refusal=None,
    )
)
_after = bindparam("after", type_=BigInteger)
_IDS = select(file.c.id).where(file.c.account_id == _account_id, ~_erased).order_by(file.c.id).limit(_limit)
OF_CONVERSATION = Statement(_IDS.where(file.c.conversation_id == _id, file.c.id > _after))
OF_OWNER = Statement(
    UPLOADS.where(
        file.c.account_id == _account_id,
        file.c.owner_kind == bindparam("kind", type_=Text),
        file.c.owner_id == bindparam("owner", type_=BigInteger),
        file.c.id > _after,
        ~_erased,
    )
    .order_by(file.c.id)
    .limit(_limit)
)
GIVE = Statement(
    update(file)
    .where(
        file.c.account_id == _account_id,
        file.c.owner_kind == "visitor",
        file.c.owner_id == bindparam("owner", type_=BigInteger),
    )
    .values(owner_id=bindparam("to", type_=BigInteger))
)
OLDER = Statement(
    _IDS.where(file.c.created_at < bindparam("before", type_=BigInteger), file.c.purpose == "message")
)
FOR_ARTICLES = Statement(
    select(file.c.id)
    .where(
        file.c.account_id == _account_id,
        file.c.purpose == "article",
        file.c.state == "ready",
        file.c.created_at < bindparam("before", type_=BigInteger),
        file.c.id > _after,
    )
    .order_by(file.c.id)
    .limit(_limit)
)
ERASED = Statement(
    select(file.c.id).where(file.c.account_id == _account_id, _erased).order_by(file.c.id).limit(_limit)
)
DROP = Statement(delete(file).where(*_one, _erased))
LOOSE = Statement(
    select(file.c.account_id, file.c.id)
    .where(
        _loose,
        file.c.created_at < bindparam("before", type_=BigInteger),
        ~_erased,
        or_(
            file.c.purpose == "message",
            file.c.state != "ready",
            and_(file.c.purpose == "photo", ~accounts.is_photo_query(file.c.account_id, file.c.id)),
        ),
    )
    .order_by(file.c.created_at)
    .limit(_limit)
)
ATTACH = (
    update(file)
    .where(
        file.c.account_id == _account_id,
        file.c.owner_kind == bindparam("kind", type_=Text),
        file.c.owner_id == bindparam("owner", type_=BigInteger),
        file.c.state == "ready",
        file.c.purpose == "message",
        _loose,
    )
    .values(conversation_id=bindparam("conversation", type_=BigInteger))
    .returning(*UPLOADS.selected_columns)
)
"""To be narrowed to the ids of some files."""
