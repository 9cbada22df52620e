"""The SQL of chatflows and their versions."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    Table,
    Text,
    and_,
    bindparam,
    select,
    update,
)

from pocketdesk.storage import Statement, account_key, belongs_to, insert, key, metadata

chatflow = Table(
    "chatflow",
    metadata,
    account_key(),
    key("id"),
    Column("name", Text, nullable=False),
    # The name without case, for searching alike on both engines.
    Column("name_key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("inbox_id", BigInteger, nullable=False),
    Column("channel_account_id", BigInteger, nullable=False),
    Column("is_on", Boolean, nullable=False),
    # Of a deleted one: where it stood.
    Column("priority", Integer, nullable=False),
    Column("tag_key", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", BigInteger, nullable=False),
    Column("modified_at", BigInteger, nullable=False),
    Column("modified_by", BigInteger, nullable=False),
    Column("deleted_at", BigInteger),
    belongs_to("inbox", inbox_id="id"),
    belongs_to("channel_account", channel_account_id="id"),
    CheckConstraint("kind IN ('mobile')", name="kind"),
    CheckConstraint("priority > 0", name="priority"),
    Index("ix_chatflow_tag", "account_id", "tag_key", "priority"),
    Index("ix_chatflow_priority", "account_id", "kind", "priority"),
)

chatflow_version = Table(
    "chatflow_version",
    metadata,
    account_key(),
    key("chatflow_id"),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("document", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", BigInteger, nullable=False),
    belongs_to("chatflow", chatflow_id="id"),
)

_account_id = bindparam("account_id", type_=BigInteger)
_id = bindparam("id_", type_=BigInteger)
_newest = chatflow.join(
    chatflow_version,
    and_(
        chatflow_version.c.account_id == chatflow.c.account_id,
        chatflow_version.c.chatflow_id == chatflow.c.id,
        chatflow_version.c.version == chatflow.c.version,
    ),
)
_there = chatflow.c.deleted_at.is_(None)

CHATFLOWS = (
    select(
        chatflow.c.id,
        chatflow.c.name,
        chatflow.c.kind,
        chatflow.c.inbox_id,
        chatflow.c.channel_account_id,
        chatflow.c.is_on,
        chatflow.c.priority,
        chatflow.c.version,
        chatflow_version.c.document,
        chatflow.c.created_at,
        chatflow.c.created_by,
        chatflow.c.modified_at,
        chatflow.c.modified_by,
        chatflow.c.deleted_at,
    )
    .select_from(_newest)
    .where(chatflow.c.account_id == _account_id)
)
FIND = Statement(CHATFLOWS.where(chatflow.c.id == _id))
LISTED = (
    CHATFLOWS.where(_there, chatflow.c.priority > bindparam("after", type_=Integer))
    .order_by(chatflow.c.priority)
    .limit(bindparam("limit", type_=Integer))
)
DELETED = Statement(
    CHATFLOWS.where(~_there, chatflow.c.tag_key == bindparam("tag_key_", type_=Text))
    .order_by(chatflow.c.deleted_at.desc(), chatflow.c.id)
    .limit(bindparam("limit", type_=Integer))
)
SERVED = Statement(
    select(
        chatflow.c.id,
        chatflow.c.version,
        chatflow.c.inbox_id,
        chatflow.c.channel_account_id,
        chatflow_version.c.document,
    )
    .select_from(_newest)
    .where(
        chatflow.c.account_id == _account_id,
        chatflow.c.tag_key == bindparam("tag_key_", type_=Text),
        chatflow.c.is_on,
        _there,
    )
    .order_by(chatflow.c.priority)
    .limit(1)
)
NEWEST = Statement(
    select(
        chatflow.c.id,
        chatflow.c.version,
        chatflow.c.inbox_id,
        chatflow.c.channel_account_id,
        chatflow_version.c.document,
    )
    .select_from(_newest)
    .where(chatflow.c.account_id == _account_id, chatflow.c.id == _id)
)
NAMES = select(chatflow.c.id, chatflow.c.name)
ORDER = Statement(
    select(chatflow.c.id, chatflow.c.priority)
    .where(chatflow.c.account_id == _account_id, chatflow.c.kind == bindparam("kind_", type_=Text), _there)
    .order_by(chatflow.c.priority, chatflow.c.id)
)

ADD = Statement(insert(chatflow))
ADD_VERSION = Statement(insert(chatflow_version))
_this = and_(chatflow.c.account_id == _account_id, chatflow.c.id == _id)
_modified = {
    "modified_at": bindparam("now", type_=BigInteger),
    "modified_by": bindparam("user_id", type_=BigInteger),
}
SAVE = Statement(
    update(chatflow)
    .where(_this, chatflow.c.version == bindparam("base", type_=Integer), _there)
    .values(version=chatflow.c.version + 1, tag_key=bindparam("tag_key_", type_=Text), **_modified)
    .returning(chatflow.c.version)
)
SET = Statement(
    update(chatflow)
    .where(_this)
    .values(
        name=bindparam("name_", type_=Text),
        name_key=bindparam("name_key_", type_=Text),
        is_on=bindparam("is_on_", type_=Boolean),
        **_modified,
    )
)
SET_PRIORITY = Statement(update(chatflow).where(_this).values(priority=bindparam("priority_", type_=Integer)))
SET_DELETED = Statement(
    update(chatflow).where(_this).values(deleted_at=bindparam("deleted_at_", type_=BigInteger))
)
