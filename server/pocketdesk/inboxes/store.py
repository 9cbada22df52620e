"""The SQL of inboxes, their members and channels."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    bindparam,
    delete,
    select,
    update,
)

from pocketdesk.storage import Statement, account_key, belongs_to, insert, key, metadata

inbox = Table(
    "inbox",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    key("id"),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("reopen_hours", Integer, nullable=False),
    Column("archived_at", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    CheckConstraint("type IN ('inbox', 'help_desk')", name="type"),
)

inbox_member = Table(
    "inbox_member",
    metadata,
    account_key(),
    key("id"),
    Column("inbox_id", BigInteger, nullable=False),
    Column("user_id", BigInteger),
    Column("team_id", BigInteger),
    belongs_to("inbox", inbox_id="id"),
    belongs_to("user", user_id="id"),
    belongs_to("team", team_id="id"),
    CheckConstraint("(user_id IS NULL) <> (team_id IS NULL)", name="one_member"),
)
for _member in ("user_id", "team_id"):
    _present = inbox_member.c[_member].is_not(None)
    Index(
        f"uq_inbox_member_{_member}",
        inbox_member.c.account_id,
        inbox_member.c[_member],
        inbox_member.c.inbox_id,
        unique=True,
        sqlite_where=_present,
        postgresql_where=_present,
    )
Index("ix_inbox_member_inbox_id", inbox_member.c.account_id, inbox_member.c.inbox_id)

channel_account = Table(
    "channel_account",
    metadata,
    account_key(),
    key("id"),
    Column("inbox_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("accent", Text, nullable=False),
    Column("font", Text, nullable=False),
    Column("availability", Text, nullable=False),
    Column("archived_at", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("first_seen_at", BigInteger),
    # The SDK that opened it last, and when: of mobile apps.
    Column("sdk", Text),
    Column("sdk_seen_at", BigInteger),
    belongs_to("inbox", inbox_id="id"),
    CheckConstraint("kind IN ('web', 'mobile')", name="kind"),
    CheckConstraint("font IN ('system', 'serif', 'rounded', 'mono')", name="font"),
    Index("ix_channel_account_inbox_id", "account_id", "inbox_id"),
)

_account_id = bindparam("account_id", type_=BigInteger)
_id = bindparam("id_", type_=BigInteger)
_now = bindparam("now", type_=BigInteger)

# Inboxes.

CARDS = select(
    inbox.c.id, inbox.c.name, inbox.c.type, inbox.c.reopen_hours, inbox.c.archived_at, inbox.c.created_at
)
FIND_INBOX = Statement(CARDS.where(inbox.c.account_id == _account_id, inbox.c.id == _id))
INBOXES = (
    CARDS.where(inbox.c.account_id == _account_id, inbox.c.id > bindparam("after", type_=BigInteger))
    .order_by(inbox.c.id)
    .limit(bindparam("limit", type_=BigInteger))
)
ALL_INBOXES = Statement(INBOXES)
ADD_INBOX = Statement(insert(inbox))
SET_INBOX = Statement(
    update(inbox)
    .where(inbox.c.account_id == _account_id, inbox.c.id == _id)
    .values(
        name=bindparam("name_", type_=Text),
        reopen_hours=bindparam("hours", type_=Integer),
        archived_at=bindparam("archived", type_=BigInteger),
    )
)

# Members.

MEMBERS = select(inbox_member.c.inbox_id, inbox_member.c.user_id, inbox_member.c.team_id).order_by(
    inbox_member.c.inbox_id, inbox_member.c.user_id, inbox_member.c.team_id
)
ADD_MEMBER = Statement(insert(inbox_member))
CLEAR_MEMBERS = Statement(
    delete(inbox_member).where(inbox_member.c.account_id == _account_id, inbox_member.c.inbox_id == _id)
)

# Channels.

CHANNELS = select(
    channel_account.c.id,
    channel_account.c.inbox_id,
    channel_account.c.kind,
    channel_account.c.name,
    channel_account.c.accent,
    channel_account.c.font,
    channel_account.c.availability,
    channel_account.c.archived_at,
    channel_account.c.created_at,
    channel_account.c.first_seen_at,
    channel_account.c.sdk,
    channel_account.c.sdk_seen_at,
).order_by(channel_account.c.id)
FIND_CHANNEL = Statement(
    CHANNELS.where(channel_account.c.account_id == _account_id, channel_account.c.id == _id)
)
ADD_CHANNEL = Statement(insert(channel_account))
SET_CHANNEL = Statement(
    update(channel_account)
    .where(channel_account.c.account_id == _account_id, channel_account.c.id == _id)
    .values(
        name=bindparam("name_", type_=Text),
        accent=bindparam("accent_", type_=Text),
        font=bindparam("font_", type_=Text),
        availability=bindparam("availability_", type_=Text),
        archived_at=bindparam("archived", type_=BigInteger),
    )
)
SEE_CHANNEL = Statement(
    update(channel_account)
    .where(
        channel_account.c.account_id == _account_id,
        channel_account.c.id == _id,
        channel_account.c.first_seen_at.is_(None),
    )
    .values(first_seen_at=_now)
)
SEE_SDK = Statement(
    update(channel_account)
    .where(channel_account.c.account_id == _account_id, channel_account.c.id == _id)
    .values(sdk=bindparam("sdk_", type_=Text), sdk_seen_at=_now)
)
