"""The SQL of consent: what somebody agreed to, in which words, when and where."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, Integer, Table, Text

from pocketdesk.storage import account_key, belongs_to, key, metadata

consent_record = Table(
    "consent_record",
    metadata,
    account_key(),
    key("id"),
    # A visitor or a contact: they share one sequence of ids.
    Column("person_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text_hash", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("chatflow_id", BigInteger, nullable=False),
    Column("chatflow_version", Integer, nullable=False),
    Column("channel_account_id", BigInteger, nullable=False),
    Column("choice", Boolean, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("email", Text),
    belongs_to("channel_account", channel_account_id="id"),
    CheckConstraint("kind IN ('process', 'cookies', 'communicate')", name="kind"),
    Index("ix_consent_record_person", "account_id", "person_id", "at"),
)
