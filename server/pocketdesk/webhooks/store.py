"""The SQL of webhooks and their deliveries."""

from sqlalchemy import (
    BigInteger,
    Boolean,
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
    or_,
    select,
    true,
    update,
)

from pocketdesk.storage import Statement, account_key, belongs_to, insert, key, metadata

webhook = Table(
    "webhook",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    key("id"),
    Column("name", Text, nullable=False),
    Column("url", Text, nullable=False),
    # JSON list; empty: everything.
    Column("kinds", Text, nullable=False),
    Column("format", Text, nullable=False),
    # Sealed.
    Column("secret", Text, nullable=False),
    Column("old_secret", Text),
    Column("old_secret_until", BigInteger),
    Column("is_on", Boolean, nullable=False, server_default=true()),
    Column("why_off", Text),
    Column("position", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", BigInteger, nullable=False),
    Column("succeeded_at", BigInteger),
    Column("deleted_at", BigInteger),
    Column("custom_channel_id", BigInteger),
    belongs_to("user", created_by="id"),
    belongs_to("custom_channel", custom_channel_id="id"),
    CheckConstraint("format IN ('standard', 'hubspot', 'hubspot_v2', 'channel')", name="format"),
    CheckConstraint("(format = 'channel') = (custom_channel_id IS NOT NULL)", name="custom_channel_id"),
    CheckConstraint("(old_secret IS NULL) = (old_secret_until IS NULL)", name="old_secret"),
)

webhook_delivery = Table(
    "webhook_delivery",
    metadata,
    account_key(),
    Column("webhook_id", BigInteger, primary_key=True, autoincrement=False),
    key("position"),
    Column("kind", Text, nullable=False),
    Column("conversation_id", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", BigInteger, nullable=False),
    Column("status", Integer),
    Column("failure", Text),
    Column("took_ms", Integer),
    Column("ended_at", BigInteger),
    belongs_to("webhook", webhook_id="id"),
    CheckConstraint("state IN ('waiting', 'delivered', 'failed')", name="state"),
    Index("ix_webhook_delivery_at", "at"),
)
_waits = webhook_delivery.c.state == "waiting"
Index(
    "ix_webhook_delivery_lane",
    webhook_delivery.c.account_id,
    webhook_delivery.c.webhook_id,
    webhook_delivery.c.conversation_id,
    webhook_delivery.c.position,
    sqlite_where=_waits,
    postgresql_where=_waits,
)

_account_id = bindparam("account_id", type_=BigInteger)
_id = bindparam("id_", type_=BigInteger)
_position = bindparam("position_", type_=BigInteger)
_limit = bindparam("limit", type_=BigInteger)
_now = bindparam("now", type_=BigInteger)
_there = and_(webhook.c.account_id == _account_id, webhook.c.deleted_at.is_(None))
_one = and_(_there, webhook.c.id == _id)

# Webhooks.

_COLUMNS = select(
    webhook.c.id,
    webhook.c.name,
    webhook.c.url,
    webhook.c.kinds,
    webhook.c.format,
    webhook.c.is_on,
    webhook.c.why_off,
    webhook.c.position,
    webhook.c.created_at,
    webhook.c.created_by,
    webhook.c.succeeded_at,
    webhook.c.old_secret_until,
    webhook.c.custom_channel_id,
)
ALL = Statement(_COLUMNS.where(_there).order_by(webhook.c.id).limit(_limit))
FIND = Statement(_COLUMNS.where(_one))
ANY_ON = Statement(select(webhook.c.id).where(_there, webhook.c.is_on).limit(1))
ACCOUNTS_ON = Statement(
    select(webhook.c.account_id)
    .where(webhook.c.is_on, webhook.c.deleted_at.is_(None), webhook.c.account_id > _account_id)
    .distinct()
    .order_by(webhook.c.account_id)
    .limit(_limit)
)
SECRETS = Statement(select(webhook.c.secret, webhook.c.old_secret, webhook.c.old_secret_until).where(_one))
ADD = Statement(insert(webhook))
SET = Statement(
    update(webhook)
    .where(_one)
    .values(
        name=bindparam("name_", type_=Text),
        url=bindparam("url_", type_=Text),
        kinds=bindparam("kinds_", type_=Text),
        is_on=bindparam("is_on_", type_=Boolean),
        why_off=bindparam("why_off_", type_=Text),
    )
)
SET_SECRET = Statement(
    update(webhook)
    .where(_one)
    .values(
        secret=bindparam("secret_", type_=Text),
        old_secret=webhook.c.secret,
        old_secret_until=bindparam("until", type_=BigInteger),
    )
)
MOVE = Statement(update(webhook).where(_one).values(position=_position))
SWITCH_OFF = Statement(
    update(webhook).where(_one).values(is_on=False, why_off=bindparam("why_off_", type_=Text))
)
SUCCEEDED = Statement(update(webhook).where(_one).values(succeeded_at=_now))
DELETE = Statement(update(webhook).where(_one).values(is_on=False, deleted_at=_now))
FORGOTTEN = Statement(
    select(webhook.c.account_id, webhook.c.id).where(webhook.c.deleted_at.is_not(None)).limit(1)
)
REMOVE = Statement(
    delete(webhook).where(
        webhook.c.account_id == _account_id, webhook.c.id == _id, webhook.c.deleted_at.is_not(None)
    )
)

# Deliveries.

_row = webhook_delivery.c
_of_webhook = and_(_row.account_id == _account_id, _row.webhook_id == _id)
_delivery = and_(_of_webhook, _row.position == _position)
DELIVERIES = select(
    _row.webhook_id,
    _row.position,
    _row.kind,
    _row.conversation_id,
    _row.at,
    _row.state,
    _row.attempts,
    _row.next_at,
    _row.status,
    _row.failure,
    _row.took_ms,
    _row.ended_at,
)
LISTED = (
    DELIVERIES.where(_of_webhook, _row.position < bindparam("before", type_=BigInteger))
    .order_by(_row.position.desc())
    .limit(_limit)
)
FIND_DELIVERY = Statement(DELIVERIES.where(_delivery))
HEAD = Statement(
    DELIVERIES.where(
        _of_webhook, _row.conversation_id == bindparam("conversation_id", type_=BigInteger), _waits
    )
    .order_by(_row.position)
    .limit(1)
)
LANES = Statement(
    select(_row.conversation_id)
    .where(_of_webhook, _waits)
    .distinct()
    .order_by(_row.conversation_id)
    .limit(_limit)
)
_new = insert(webhook_delivery).values(
    **{
        name: bindparam(name)
        for name in ("account_id", "webhook_id", "position", "kind", "conversation_id", "at", "next_at")
    },
    state="waiting",
    attempts=0,
)
ADD_DELIVERY = Statement(
    # Told again: a fact that was delivered or had failed waits anew.
    _new.on_conflict_do_update(
        index_elements=[_row.account_id, _row.webhook_id, _row.position],
        set_={"state": "waiting", "attempts": 0, "next_at": _new.excluded.next_at, "ended_at": None},
        where=~_waits,
    )
)
CLAIM = Statement(
    update(webhook_delivery)
    .where(_delivery, _waits, _row.attempts == bindparam("attempts_", type_=Integer), _row.next_at <= _now)
    .values(attempts=_row.attempts + 1, next_at=bindparam("until", type_=BigInteger))
    .returning(_row.attempts)
)
END = Statement(
    update(webhook_delivery)
    .where(_delivery, _waits, _row.attempts == bindparam("attempts_", type_=Integer))
    .values(
        state=bindparam("state_", type_=Text),
        next_at=bindparam("next_at_", type_=BigInteger),
        status=bindparam("status_", type_=Integer),
        failure=bindparam("failure_", type_=Text),
        took_ms=bindparam("took_ms_", type_=Integer),
        ended_at=bindparam("ended_at_", type_=BigInteger),
    )
    .returning(_row.position)
)
SEND_AGAIN = Statement(
    update(webhook_delivery)
    .where(_delivery, or_(~_waits, _row.next_at > _now))
    .values(state="waiting", attempts=0, next_at=_now, ended_at=None)
)
OLD = Statement(
    select(_row.account_id, _row.webhook_id, _row.position)
    .where(_row.at < bindparam("before", type_=BigInteger))
    .order_by(_row.at)
    .limit(_limit)
)
OF_FORGOTTEN = Statement(
    select(_row.account_id, _row.webhook_id, _row.position).where(_of_webhook).limit(_limit)
)
DROP = Statement(delete(webhook_delivery).where(_delivery))
