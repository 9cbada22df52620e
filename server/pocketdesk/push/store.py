"""The SQL of push: keys by service, what an account wants, how far its ledger was read."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Table,
    Text,
    bindparam,
    delete,
    select,
    update,
)

from pocketdesk.storage import Statement, account_key, belongs_to, insert, metadata

push_provider = Table(
    "push_provider",
    metadata,
    account_key(),
    Column("kind", Text, primary_key=True),
    Column("name", Text, nullable=False),
    # JSON, sealed.
    Column("sealed_key", Text, nullable=False),
    # Of web push alone, for browsers.
    Column("public_key", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", BigInteger, nullable=False),
    Column("sent_at", BigInteger),
    Column("failed_at", BigInteger),
    Column("failure", Text),
    belongs_to("user", created_by="id"),
    CheckConstraint("kind IN ('apns', 'fcm', 'webpush')", name="kind"),
)
push_settings = Table(
    "push_settings",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    Column("with_content", Boolean, nullable=False),
    Column("position", BigInteger, nullable=False),
)

_account_id = bindparam("account_id", type_=BigInteger)
_kind = bindparam("kind_", type_=Text)
_now = bindparam("now", type_=BigInteger)
_limit = bindparam("limit", type_=BigInteger)
_this = (push_provider.c.account_id == _account_id, push_provider.c.kind == _kind)

PROVIDERS = Statement(
    select(
        push_provider.c.kind,
        push_provider.c.name,
        push_provider.c.created_at,
        push_provider.c.created_by,
        push_provider.c.sent_at,
        push_provider.c.failed_at,
        push_provider.c.failure,
    )
    .where(push_provider.c.account_id == _account_id)
    .order_by(push_provider.c.kind)
)
SEALED_KEY = Statement(select(push_provider.c.sealed_key).where(*_this))
PUBLIC_KEY = Statement(select(push_provider.c.public_key).where(*_this))
ANY_PROVIDER = Statement(
    select(push_provider.c.kind).where(push_provider.c.account_id == _account_id).limit(1)
)
ACCOUNTS = Statement(
    select(push_provider.c.account_id)
    .where(push_provider.c.account_id > _account_id)
    .distinct()
    .order_by(push_provider.c.account_id)
    .limit(_limit)
)
ADD_PROVIDER = Statement(insert(push_provider))
DROP_PROVIDER = Statement(delete(push_provider).where(*_this).returning(push_provider.c.kind))
SENT = Statement(update(push_provider).where(*_this).values(sent_at=_now))
FAILED = Statement(
    update(push_provider).where(*_this).values(failed_at=_now, failure=bindparam("failure_", type_=Text))
)

SETTINGS = Statement(
    select(push_settings.c.with_content, push_settings.c.position).where(
        push_settings.c.account_id == _account_id
    )
)
_settings = insert(push_settings)
BEGIN = Statement(_settings.on_conflict_do_nothing())
SET_CONTENT = Statement(
    _settings.on_conflict_do_update(
        index_elements=[push_settings.c.account_id],
        set_={"with_content": _settings.excluded.with_content},
    )
)
MOVE = Statement(
    update(push_settings)
    .where(push_settings.c.account_id == _account_id)
    .values(position=bindparam("position_", type_=BigInteger))
)
