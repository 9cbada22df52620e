"""The SQL of inboxes, their members and channels."""

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

custom_channel = Table(
    "custom_channel",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    key("id"),
    Column("name", Text, nullable=False),
    Column("description", Text),
    Column("logo_url", Text),
    Column("redirect_url", Text),
    # JSON.
    Column("capabilities", Text, nullable=False),
    Column("takes_answers", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("archived_at", BigInteger),
)

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
    Column("custom_channel_id", BigInteger),
    # What the channel itself is reached by outside.
    Column("identifier_type", Text),
    Column("identifier", Text),
    belongs_to("inbox", inbox_id="id"),
    belongs_to("custom_channel", custom_channel_id="id"),
    CheckConstraint("kind IN ('web', 'mobile', 'custom')", name="kind"),
    CheckConstraint("custom_channel_id IS NULL OR kind = 'custom'", name="custom_channel_id"),
    CheckConstraint("(identifier_type IS NULL) = (identifier IS NULL)", name="identifier"),
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
    channel_account.c.custom_channel_id,
    channel_account.c.identifier_type,
    channel_account.c.identifier,
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
        identifier_type=bindparam("identifier_type_", type_=Text),
        identifier=bindparam("identifier_", type_=Text),
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

# Channels that programs bring.

CUSTOM_CHANNELS = Statement(
    select(
        custom_channel.c.id,
        custom_channel.c.name,
        custom_channel.c.description,
        custom_channel.c.logo_url,
        custom_channel.c.redirect_url,
        custom_channel.c.capabilities,
        custom_channel.c.takes_answers,
        custom_channel.c.created_at,
        custom_channel.c.archived_at,
    )
    .where(custom_channel.c.account_id == _account_id, custom_channel.c.archived_at.is_(None))
    .order_by(custom_channel.c.id)
    .limit(bindparam("limit", type_=Integer))
)
ADD_CUSTOM_CHANNEL = Statement(insert(custom_channel))
SET_CUSTOM_CHANNEL = Statement(
    update(custom_channel)
    .where(custom_channel.c.account_id == _account_id, custom_channel.c.id == _id)
    .values(
        name=bindparam("name_", type_=Text),
        description=bindparam("description_", type_=Text),
        logo_url=bindparam("logo_url_", type_=Text),
        redirect_url=bindparam("redirect_url_", type_=Text),
        capabilities=bindparam("capabilities_", type_=Text),
        takes_answers=bindparam("takes_answers_", type_=Boolean),
        archived_at=bindparam("archived", type_=BigInteger),
    )
)
