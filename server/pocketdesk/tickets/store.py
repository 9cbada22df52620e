"""The SQL of tickets."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Table,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)

from pocketdesk.storage import Statement, account_key, belongs_to, insert, key, metadata

ticket = Table(
    "ticket",
    metadata,
    account_key(),
    key("id"),
    Column("subject", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("priority", Text),
    Column("owner_user_id", BigInteger),
    Column("contact_id", BigInteger),
    Column("conversation_id", BigInteger),
    # JSON of what programs keep besides, by name.
    Column("properties", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Column("archived_at", BigInteger),
    # The ticket that stands for it now. What is left of it is whom it was for and the conversation that it came from.
    Column("merged_into_id", BigInteger),
    belongs_to("ticket", merged_into_id="id"),
    belongs_to("user", owner_user_id="id"),
    belongs_to("contact", contact_id="id"),
    belongs_to("conversation", conversation_id="id"),
    UniqueConstraint("account_id", "conversation_id"),
    CheckConstraint("stage IN ('new', 'waiting_on_contact', 'waiting_on_us', 'closed')", name="stage"),
    CheckConstraint("priority IN ('low', 'medium', 'high', 'urgent')", name="priority"),
    CheckConstraint("(stage = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
    CheckConstraint(
        "merged_into_id IS NULL OR (merged_into_id <> id AND subject = '' AND content = '')", name="merged"
    ),
    Index("ix_ticket_created_at", "account_id", "created_at", "id"),
    Index("ix_ticket_contact", "account_id", "contact_id", "created_at", "id"),
)
_merged = ticket.c.merged_into_id.is_not(None)
Index(
    "ix_ticket_merged_into_id",
    ticket.c.account_id,
    ticket.c.merged_into_id,
    sqlite_where=_merged,
    postgresql_where=_merged,
)

_account_id = bindparam("account_id", type_=BigInteger)
_id = bindparam("id_", type_=BigInteger)
_before = bindparam("before", type_=BigInteger)
_this = and_(ticket.c.account_id == _account_id, ticket.c.id == _id)

_COLUMNS = (
    ticket.c.id,
    ticket.c.subject,
    ticket.c.content,
    ticket.c.stage,
    ticket.c.priority,
    ticket.c.owner_user_id,
    ticket.c.contact_id,
    ticket.c.conversation_id,
    ticket.c.properties,
    ticket.c.created_at,
    ticket.c.changed_at,
    ticket.c.closed_at,
    ticket.c.archived_at,
)
asked = ticket.alias("asked")
_leads_to = and_(
    ticket.c.account_id == asked.c.account_id,
    ticket.c.id == func.coalesce(asked.c.merged_into_id, asked.c.id),
)
TICKETS = select(asked.c.id, *_COLUMNS).join_from(asked, ticket, _leads_to)
"""By what is asked for, to be narrowed by it: a merged ticket leads to the one that stands for it."""
FIND = Statement(TICKETS.where(asked.c.account_id == _account_id, asked.c.id == _id))
LOCK = Statement(select(*_COLUMNS).where(_this, ticket.c.merged_into_id.is_(None)).with_for_update())
OF_CONVERSATION = Statement(
    TICKETS.where(
        asked.c.account_id == _account_id,
        asked.c.conversation_id == bindparam("conversation_id_", type_=BigInteger),
    )
)
CONVERSATIONS = Statement(
    select(asked.c.conversation_id)
    .where(
        asked.c.account_id == _account_id,
        or_(asked.c.id == _id, asked.c.merged_into_id == _id),
        asked.c.conversation_id > bindparam("after", type_=BigInteger),
    )
    .order_by(asked.c.conversation_id)
    .limit(bindparam("limit", type_=BigInteger))
)
PAGE = (
    select(*_COLUMNS)
    .where(
        ticket.c.account_id == _account_id,
        ticket.c.merged_into_id.is_(None),
        ticket.c.archived_at.is_not(None) == bindparam("archived", type_=Boolean),
        or_(
            ticket.c.created_at < _before,
            and_(ticket.c.created_at == _before, ticket.c.id < bindparam("before_id", type_=BigInteger)),
        ),
    )
    .order_by(ticket.c.created_at.desc(), ticket.c.id.desc())
    .limit(bindparam("limit", type_=BigInteger))
)
STANDING = func.coalesce(ticket.c.merged_into_id, ticket.c.id)
"""The ticket that stands for a ticket: itself, unless it was merged."""
OF_PEOPLE = (
    select(*_COLUMNS)
    .where(ticket.c.account_id == _account_id, ticket.c.merged_into_id.is_(None))
    .order_by(ticket.c.id)
)
"""To be narrowed to those of some people."""
ADD = Statement(insert(ticket))
CHANGE = Statement(
    update(ticket)
    .where(_this)
    .values(
        subject=bindparam("subject_", type_=Text),
        content=bindparam("content_", type_=Text),
        stage=bindparam("stage_", type_=Text),
        priority=bindparam("priority_", type_=Text),
        owner_user_id=bindparam("owner_user_id_", type_=BigInteger),
        contact_id=bindparam("contact_id_", type_=BigInteger),
        conversation_id=bindparam("conversation_id_", type_=BigInteger),
        properties=bindparam("properties_", type_=Text),
        changed_at=bindparam("now", type_=BigInteger),
        closed_at=bindparam("closed_at_", type_=BigInteger),
    )
)
ARCHIVE = Statement(
    update(ticket).where(_this).values(archived_at=bindparam("archived_at_", type_=BigInteger))
)
GIVE = Statement(
    update(ticket)
    .where(ticket.c.account_id == _account_id, ticket.c.contact_id == _id)
    .values(contact_id=bindparam("to", type_=BigInteger))
)
LEAD_ON = Statement(
    update(ticket)
    .where(ticket.c.account_id == _account_id, or_(ticket.c.id == _id, ticket.c.merged_into_id == _id))
    .values(
        merged_into_id=bindparam("to", type_=BigInteger),
        subject="",
        content="",
        priority=None,
        owner_user_id=None,
        properties="{}",
    )
)
"""Also what was merged into that ticket before, so that a merged one is always one step from what stands for it."""
PART = Statement(update(ticket).where(_this).values(conversation_id=None))
DROP_OF_PEOPLE = delete(ticket).where(ticket.c.account_id == _account_id).returning(ticket.c.id)
"""To be narrowed to those of some people."""
