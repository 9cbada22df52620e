"""The SQL of consent: what somebody agreed to, in which words, when and where; and what follows from it."""

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
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    select,
    update,
)

from pocketdesk.storage import Statement, account_key, belongs_to, insert, key, metadata

privacy_settings = Table(
    "privacy_settings",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    Column("data_privacy", Boolean, nullable=False),
    Column("cookie_consent", Boolean, nullable=False),
    Column("marketing_contacts", Boolean, nullable=False),
    Column("closed_days", Integer),
    Column("idle_days", Integer),
    Column("file_days", Integer),
)

# The very words, once, however many have read them.
consent_text = Table(
    "consent_text",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    Column("text_hash", Text, primary_key=True),
    Column("text", Text, nullable=False),
)

subscription_type = Table(
    "subscription_type",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    key("id"),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("archived_at", BigInteger),
)

consent_record = Table(
    "consent_record",
    metadata,
    account_key(),
    key("id"),
    # A visitor or a contact: they share one sequence of ids.
    Column("person_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("choice", Boolean, nullable=False),
    Column("text_hash", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("basis", Text),
    Column("subscription_type_id", BigInteger),
    Column("chatflow_id", BigInteger, nullable=False),
    Column("chatflow_version", Integer, nullable=False),
    Column("channel_account_id", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("email", Text),
    # A contact's copy names the visitor's record that it was made of.
    Column("of_record_id", BigInteger),
    belongs_to("channel_account", channel_account_id="id"),
    belongs_to("consent_text", text_hash="text_hash"),
    belongs_to("subscription_type", subscription_type_id="id"),
    UniqueConstraint("account_id", "person_id", "of_record_id"),
    CheckConstraint("kind IN ('process', 'cookies', 'communicate')", name="kind"),
    CheckConstraint("basis IN ('explicit', 'legitimate_interest')", name="basis"),
    CheckConstraint("(kind = 'communicate') = (subscription_type_id IS NOT NULL)", name="subscription_type"),
    Index("ix_consent_record_person", "account_id", "person_id", "kind", "at", "id"),
)

subscription = Table(
    "subscription",
    metadata,
    account_key(),
    key("contact_id"),
    key("subscription_type_id"),
    Column("email", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("record_id", BigInteger),
    Column("at", BigInteger, nullable=False),
    belongs_to("contact", contact_id="id"),
    belongs_to("subscription_type", subscription_type_id="id"),
    CheckConstraint("status IN ('subscribed', 'unsubscribed')", name="status"),
)

_account_id = bindparam("account_id", type_=BigInteger)
_id = bindparam("id_", type_=BigInteger)

# Settings.

SETTINGS = Statement(
    select(
        privacy_settings.c.data_privacy,
        privacy_settings.c.cookie_consent,
        privacy_settings.c.marketing_contacts,
        privacy_settings.c.closed_days,
        privacy_settings.c.idle_days,
        privacy_settings.c.file_days,
    ).where(privacy_settings.c.account_id == _account_id)
)
_settings = insert(privacy_settings)
PUT_SETTINGS = Statement(
    _settings.on_conflict_do_update(
        index_elements=[privacy_settings.c.account_id],
        set_={
            column.name: _settings.excluded[column.name]
            for column in privacy_settings.c
            if column.name != "account_id"
        },
    )
)
RETAINING = Statement(
    select(
        privacy_settings.c.account_id,
        privacy_settings.c.closed_days,
        privacy_settings.c.idle_days,
        privacy_settings.c.file_days,
    )
    .where(
        privacy_settings.c.account_id > bindparam("after", type_=BigInteger),
        (
            privacy_settings.c.closed_days.is_not(None)
            | privacy_settings.c.idle_days.is_not(None)
            | privacy_settings.c.file_days.is_not(None)
        ),
    )
    .order_by(privacy_settings.c.account_id)
    .limit(bindparam("limit", type_=Integer))
)

# Choices.

KEEP_TEXT = Statement(insert(consent_text).on_conflict_do_nothing())
ADD_RECORD = Statement(insert(consent_record).on_conflict_do_nothing())
RECORDS = (
    select(
        consent_record.c.id,
        consent_record.c.person_id,
        consent_record.c.kind,
        consent_record.c.choice,
        consent_record.c.text_hash,
        consent_text.c.text,
        consent_record.c.language,
        consent_record.c.basis,
        consent_record.c.subscription_type_id,
        consent_record.c.chatflow_id,
        consent_record.c.chatflow_version,
        consent_record.c.channel_account_id,
        consent_record.c.at,
        consent_record.c.email,
    )
    .select_from(
        consent_record.join(
            consent_text,
            and_(
                consent_text.c.account_id == consent_record.c.account_id,
                consent_text.c.text_hash == consent_record.c.text_hash,
            ),
        )
    )
    .where(consent_record.c.account_id == _account_id)
    .order_by(consent_record.c.at.desc(), consent_record.c.id.desc())
)
OF_PERSON = Statement(
    RECORDS.where(consent_record.c.person_id == _id).limit(bindparam("limit", type_=Integer))
)
CHOICES = (
    select(consent_record.c.kind, consent_record.c.choice)
    .where(consent_record.c.account_id == _account_id)
    .order_by(consent_record.c.at, consent_record.c.id)
)
NEWEST = Statement(
    select(consent_record.c.choice, consent_record.c.text_hash)
    .where(
        consent_record.c.account_id == _account_id,
        consent_record.c.person_id == _id,
        consent_record.c.kind == bindparam("kind_", type_=Text),
    )
    .order_by(consent_record.c.at.desc(), consent_record.c.id.desc())
    .limit(1)
)
GIVE = Statement(
    update(consent_record)
    .where(consent_record.c.account_id == _account_id, consent_record.c.person_id == _id)
    .values(person_id=bindparam("to", type_=BigInteger))
)
_copy = consent_record.alias("copy")
TELL_COPIES_APART = Statement(
    update(consent_record)
    .where(
        consent_record.c.account_id == _account_id,
        consent_record.c.person_id == _id,
        consent_record.c.of_record_id.in_(
            select(_copy.c.of_record_id).where(
                _copy.c.account_id == _account_id, _copy.c.person_id == bindparam("to", type_=BigInteger)
            )
        ),
    )
    .values(of_record_id=None)
)
"""Where both people have a copy of one record, each by its own address: only one names that record from now on."""
FORGET_ADDRESS = Statement(
    update(consent_record)
    .where(
        consent_record.c.account_id == _account_id,
        consent_record.c.person_id == _id,
        consent_record.c.email.is_not(None),
    )
    .values(email=None)
    .returning(consent_record.c.id)
)

# Subscription types and subscriptions.

TYPES = Statement(
    select(
        subscription_type.c.id,
        subscription_type.c.name,
        subscription_type.c.description,
        subscription_type.c.created_at,
        subscription_type.c.archived_at,
    )
    .where(subscription_type.c.account_id == _account_id)
    .order_by(subscription_type.c.id)
)
ADD_TYPE = Statement(insert(subscription_type).on_conflict_do_nothing())
SET_TYPE = Statement(
    update(subscription_type)
    .where(subscription_type.c.account_id == _account_id, subscription_type.c.id == _id)
    .values(
        name=bindparam("name_", type_=Text),
        description=bindparam("description_", type_=Text),
        archived_at=bindparam("archived", type_=BigInteger),
    )
)
_put = insert(subscription)
PUT_SUBSCRIPTION = Statement(
    _put.on_conflict_do_update(
        index_elements=[
            subscription.c.account_id,
            subscription.c.contact_id,
            subscription.c.subscription_type_id,
        ],
        set_={name: _put.excluded[name] for name in ("email", "status", "source", "record_id", "at")},
        where=subscription.c.at < _put.excluded.at,
    )
)
SUBSCRIPTIONS = Statement(
    select(
        subscription.c.contact_id,
        subscription.c.subscription_type_id,
        subscription.c.email,
        subscription.c.status,
        subscription.c.source,
        subscription.c.record_id,
        subscription.c.at,
    )
    .where(subscription.c.account_id == _account_id, subscription.c.contact_id == _id)
    .order_by(subscription.c.subscription_type_id)
)
DROP_SUBSCRIPTIONS = Statement(
    delete(subscription)
    .where(subscription.c.account_id == _account_id, subscription.c.contact_id == _id)
    .returning(subscription.c.subscription_type_id)
)
