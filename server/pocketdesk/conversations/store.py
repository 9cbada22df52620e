"""The SQL of conversations."""

from collections.abc import Collection
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    Select,
    Table,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from pocketdesk.accounts import views as accounts
from pocketdesk.chatflows import views as chatflows
from pocketdesk.conversations.model import SHOWN_TO_VISITORS, NoticeKind, View
from pocketdesk.inboxes import views as inboxes
from pocketdesk.people import views as people
from pocketdesk.storage import Statement, account_key, belongs_to, insert, key, metadata

conversation = Table(
    "conversation",
    metadata,
    account_key(),
    key("id"),
    Column("inbox_id", BigInteger, nullable=False),
    Column("channel_account_id", BigInteger, nullable=False),
    Column("channel_kind", Text, nullable=False),
    # None where no chatflow began it.
    Column("chatflow_id", BigInteger),
    Column("chatflow_version", Integer),
    Column("visitor_id", BigInteger, nullable=False),
    Column("contact_id", BigInteger),
    Column("client_conversation_id", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("closed_at", BigInteger),
    Column("assignee_kind", Text, nullable=False),
    # 0 for nobody, so that the index below orders each assignee's conversations.
    Column("assignee_id", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("last_message_seq", BigInteger, nullable=False),
    Column("last_sent_at", BigInteger),
    Column("last_received_at", BigInteger),
    Column("last_activity_at", BigInteger, nullable=False),
    Column("waiting_since", BigInteger),
    Column("email", Text, nullable=False),
    Column("survey_id", BigInteger),
    Column("queued_at", BigInteger),
    Column("passed_user_id", BigInteger),
    # Fixed when it begins, as the rest of its version's texts.
    Column("brand_name", Text),
    Column("brand_image", Text),
    # The chatflow's version whose conditions for writing were met, so that a message need not look them up.
    Column("cleared_version", Integer, nullable=False),
    # Entries up to this one are blank.
    Column("erased_seq", BigInteger, nullable=False, server_default=text("0")),
    Column("archived_at", BigInteger),
    Column("spam", Boolean, nullable=False, server_default=false()),
    belongs_to("inbox", inbox_id="id"),
    belongs_to("channel_account", channel_account_id="id"),
    belongs_to("chatflow_version", chatflow_id="chatflow_id", chatflow_version="version"),
    belongs_to("visitor", visitor_id="id"),
    belongs_to("contact", contact_id="id"),
    UniqueConstraint("account_id", "visitor_id", "client_conversation_id"),
    CheckConstraint("(chatflow_id IS NULL) = (chatflow_version IS NULL)", name="chatflow"),
    CheckConstraint("status IN ('open', 'closed')", name="status"),
    CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
    CheckConstraint("assignee_kind IN ('nobody', 'user', 'team')", name="assignee_kind"),
    CheckConstraint("(assignee_kind = 'nobody') = (assignee_id = 0)", name="assignee_id"),
    CheckConstraint("email IN ('not_asked', 'asked', 'given', 'skipped')", name="email"),
    CheckConstraint("queued_at IS NULL OR (status = 'open' AND assignee_kind = 'nobody')", name="queued_at"),
    Index("ix_conversation_visitor", "account_id", "visitor_id", "created_at", "id"),
    Index("ix_conversation_contact", "account_id", "contact_id", "created_at", "id"),
    # As few as there are ways to cut lists, because each message moves its conversation in all of them.
    Index(
        "ix_conversation_assignee",
        "account_id",
        "inbox_id",
        "status",
        "assignee_kind",
        "assignee_id",
        "last_activity_at",
        "id",
    ),
    Index(
        "ix_conversation_channel",
        "account_id",
        "inbox_id",
        "status",
        "channel_kind",
        "last_activity_at",
        "id",
    ),
    Index(
        "ix_conversation_queue",
        "account_id",
        "queued_at",
        "id",
        sqlite_where=text("queued_at IS NOT NULL"),
        postgresql_where=text("queued_at IS NOT NULL"),
    ),
    Index(
        "ix_conversation_closed_at",
        "account_id",
        "closed_at",
        "id",
        sqlite_where=text("closed_at IS NOT NULL"),
        postgresql_where=text("closed_at IS NOT NULL"),
    ),
)


def _entries(name: str, *columns: Any) -> Table:
    """What stands in a conversation: found by (conversation, seq), read in that order.

    Rows lie in the order in which they came, also in SQLite: in the order of the key each fifth one would split a page
    among those of its conversation (measured: 6 written pages a message instead of 4).
    """
    return Table(
        name,
        metadata,
        account_key(),
        key("conversation_id"),
        key("seq"),
        *columns,
        Column("at", BigInteger, nullable=False),
        belongs_to("conversation", conversation_id="id"),
    )


message = _entries(
    "message",
    Column("author_kind", Text, nullable=False),
    Column("author_id", BigInteger),
    Column("client_message_id", Text),
    Column("content", Text, nullable=False),
    Column("plain_text", Text, nullable=False),
    UniqueConstraint("account_id", "conversation_id", "client_message_id"),
    CheckConstraint("author_kind IN ('visitor', 'agent', 'system')", name="author_kind"),
)
comment = _entries(
    "comment",
    Column("author_id", BigInteger, nullable=False),
    Column("client_message_id", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("plain_text", Text, nullable=False),
    UniqueConstraint("account_id", "conversation_id", "client_message_id"),
)
notice = _entries(
    "notice",
    Column("kind", Text, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("actor_id", BigInteger),
    Column("facts", Text, nullable=False),
    CheckConstraint(f"kind IN ({', '.join(repr(kind.value) for kind in NoticeKind)})", name="kind"),
    CheckConstraint("actor_kind IN ('visitor', 'agent', 'system')", name="actor_kind"),
)
cursor = Table(
    "cursor",
    metadata,
    account_key(),
    key("conversation_id"),
    Column("participant_kind", Text, primary_key=True),
    key("participant_id"),
    Column("received_seq", BigInteger, nullable=False),
    Column("read_seq", BigInteger, nullable=False),
    belongs_to("conversation", conversation_id="id"),
    CheckConstraint("participant_kind IN ('visitor', 'agent')", name="participant_kind"),
    sqlite_with_rowid=False,
)

Selection: TypeAlias = "Select[*tuple[Any, ...]]"

# Parameters of UPDATEs and WHEREs end in an underscore where a column has the name.
_account_id = bindparam("account_id", type_=BigInteger)
_id = bindparam("id_", type_=BigInteger)
_user_id = bindparam("user_id", type_=BigInteger)
_visitor_id = bindparam("visitor_id_", type_=BigInteger)
_client_message_id = bindparam("client_message_id_", type_=Text)
_before = bindparam("before", type_=BigInteger)
_limit = bindparam("limit", type_=BigInteger)

COLUMNS = (
    conversation.c.id,
    conversation.c.inbox_id,
    conversation.c.channel_account_id,
    conversation.c.channel_kind,
    conversation.c.chatflow_id,
    conversation.c.chatflow_version,
    conversation.c.visitor_id,
    conversation.c.language,
    conversation.c.created_at,
    conversation.c.brand_name,
    conversation.c.brand_image,
    conversation.c.cleared_version,
    conversation.c.status,
    conversation.c.closed_at,
    conversation.c.assignee_kind,
    conversation.c.assignee_id,
    conversation.c.contact_id,
    conversation.c.seq,
    conversation.c.last_message_seq,
    conversation.c.last_sent_at,
    conversation.c.last_received_at,
    conversation.c.last_activity_at,
    conversation.c.waiting_since,
    conversation.c.email,
    conversation.c.survey_id,
    conversation.c.queued_at,
    conversation.c.passed_user_id,
)
"""What `views.to_conversation` reads."""

# Finding one conversation, for those who may. Whoever writes locks its row first.

_this = and_(conversation.c.account_id == _account_id, conversation.c.id == _id)
_mine = conversation.c.inbox_id.in_(inboxes.inbox_ids_query(_account_id, _user_id))
_own = conversation.c.visitor_id == _visitor_id


def _twin(table: Table) -> Any:
    """The entry that came with the same client's id before."""
    return conversation.outerjoin(
        table,
        and_(
            table.c.account_id == conversation.c.account_id,
            table.c.conversation_id == conversation.c.id,
            table.c.client_message_id == _client_message_id,
        ),
    )


_author = (accounts.user_name_query(_account_id, _user_id), accounts.user_photo_query(_account_id, _user_id))
_successor = conversation.alias("successor")

VISITOR_POSTS = Statement(
    select(
        *COLUMNS,
        message.c.seq,
        message.c.at,
        message.c.author_kind,
        message.c.author_id,
        message.c.content,
        _successor.c.id,
        chatflows.version_query(conversation.c.account_id, conversation.c.chatflow_id),
    )
    .select_from(
        _twin(message).outerjoin(
            _successor,
            and_(
                _successor.c.account_id == conversation.c.account_id,
                _successor.c.visitor_id == conversation.c.visitor_id,
                _successor.c.client_conversation_id == _client_message_id,
            ),
        )
    )
    .where(_this, _own)
    .with_for_update(of=conversation)
)
"""The conversation, what came with this client's id before, the conversation that an earlier try began, and the
chatflow's newest version."""

AGENT_POSTS = Statement(
    select(
        *COLUMNS,
        message.c.seq,
        message.c.at,
        message.c.author_kind,
        message.c.author_id,
        message.c.content,
        *_author,
    )
    .select_from(_twin(message))
    .where(_this, _mine)
    .with_for_update(of=conversation)
)
AGENT_COMMENTS = Statement(
    select(
        *COLUMNS,
        comment.c.seq,
        comment.c.at,
        literal("agent"),
        comment.c.author_id,
        comment.c.content,
        *_author,
    )
    .select_from(_twin(comment))
    .where(_this, _mine)
    .with_for_update(of=conversation)
)
AGENT_TAKES = Statement(select(*COLUMNS, *_author).where(_this, _mine).with_for_update(of=conversation))
VISITOR_TAKES = Statement(select(*COLUMNS).where(_this, _own).with_for_update(of=conversation))
SYSTEM_TAKES = Statement(select(*COLUMNS).where(_this).with_for_update(of=conversation))
AGENT_FINDS = Statement(select(*COLUMNS).where(_this, _mine))
VISITOR_FINDS = Statement(select(*COLUMNS).where(_this, _own))
FIND_STARTED = Statement(
    select(conversation.c.id, message.c.seq, message.c.at, message.c.client_message_id, message.c.content)
    .select_from(
        conversation.join(
            message,
            and_(
                message.c.account_id == conversation.c.account_id,
                message.c.conversation_id == conversation.c.id,
                message.c.seq == 2,
            ),
        )
    )
    .where(
        conversation.c.account_id == _account_id,
        _own,
        conversation.c.client_conversation_id == bindparam("client_conversation_id_", type_=Text),
    )
)
FIND_WORD = Statement(
    select(conversation.c.id).where(
        conversation.c.account_id == _account_id,
        _own,
        conversation.c.client_conversation_id == bindparam("client_conversation_id_", type_=Text),
    )
)
WORDS = Statement(
    union_all(
        *(
            select(table.c.client_message_id).where(
                table.c.account_id == _account_id,
                table.c.conversation_id == _id,
                table.c.client_message_id.is_not(None),
            )
            for table in (message, comment)
        )
    )
)
"""The clients' ids of all that was said in a conversation."""
IS_ERASED = Statement(
    select(conversation.c.id).where(
        conversation.c.account_id == _account_id, conversation.c.id == _id, conversation.c.erased_seq > 0
    )
)
FIND_MESSAGE = Statement(
    select(message.c.conversation_id, message.c.seq, message.c.at)
    .select_from(
        conversation.join(
            message,
            and_(
                message.c.account_id == conversation.c.account_id,
                message.c.conversation_id == conversation.c.id,
                message.c.client_message_id == _client_message_id,
            ),
        )
    )
    .where(conversation.c.account_id == _account_id, _own)
    .limit(1)
)
"""Where a visitor's conversations have a message of this client's id."""
CHANNEL_ACCOUNTS = select(conversation.c.id, conversation.c.channel_account_id)
STARTED_LATELY = Statement(
    select(conversation.c.created_at)
    .where(conversation.c.account_id == _account_id, _own, conversation.c.created_at > _before)
    .order_by(conversation.c.created_at.desc(), conversation.c.id.desc())
    .limit(_limit)
)
"""When a visitor began conversations after a moment, newest first."""
IS_TAKEN = Statement(select(conversation.c.id).where(_this))
_identified = people.identified_query(_account_id, _visitor_id)


def _of_newest(column: ColumnElement[Any], *where: Any) -> Any:
    """A column of the newest conversation in which it is known who the visitor is."""
    return (
        select(column)
        .where(conversation.c.account_id == _account_id, _own, conversation.c.contact_id.is_not(None), *where)
        .order_by(conversation.c.created_at.desc(), conversation.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )


CONTACT_OF_VISITOR = Statement(
    select(
        _identified,
        _of_newest(conversation.c.contact_id),
        _of_newest(conversation.c.email),
        people.claimed_query(_account_id, _visitor_id),
    )
)
"""By proof; else by the newest conversation, and how; then what an app says without proof."""
CONTACT_TO_GREET = Statement(
    select(func.coalesce(_identified, _of_newest(conversation.c.contact_id, conversation.c.email != "given")))
)

# Writing.

START = Statement(
    insert(conversation).values(
        **{
            column.name: bindparam(column.name, type_=column.type)
            for column in conversation.c
            if column.name not in {"archived_at", "erased_seq", "spam"}
        }
    )
)
ADD_MESSAGE = Statement(insert(message))
ADD_COMMENT = Statement(insert(comment))
ADD_NOTICE = Statement(insert(notice))
_words = {
    "seq": bindparam("seq_", type_=BigInteger),
    "last_message_seq": bindparam("last_message_seq_", type_=BigInteger),
    "last_sent_at": bindparam("last_sent_at_", type_=BigInteger),
    "last_received_at": bindparam("last_received_at_", type_=BigInteger),
    "last_activity_at": bindparam("last_activity_at_", type_=BigInteger),
    "waiting_since": bindparam("waiting_since_", type_=BigInteger),
}
SET_WORDS = Statement(update(conversation).where(_this).values(**_words))
"""For most messages: only that somebody wrote."""
SET_STATE = Statement(
    update(conversation)
    .where(_this)
    .values(
        **_words,
        status=bindparam("status_", type_=Text),
        closed_at=bindparam("closed_at_", type_=BigInteger),
        # Whoever takes it up again takes it out of the archive.
        archived_at=case(
            (bindparam("closed_at_", type_=BigInteger).is_(None), None), else_=conversation.c.archived_at
        ),
        assignee_kind=bindparam("assignee_kind_", type_=Text),
        assignee_id=bindparam("assignee_id_", type_=BigInteger),
        contact_id=bindparam("contact_id_", type_=BigInteger),
        email=bindparam("email_", type_=Text),
        survey_id=bindparam("survey_id_", type_=BigInteger),
        queued_at=bindparam("queued_at_", type_=BigInteger),
        passed_user_id=bindparam("passed_user_id_", type_=BigInteger),
    )
)
SET_SEQ = Statement(update(conversation).where(_this).values(seq=bindparam("seq_", type_=BigInteger)))
SET_INBOX = Statement(
    update(conversation).where(_this).values(inbox_id=bindparam("inbox_id_", type_=BigInteger))
)
SET_ARCHIVED = Statement(
    update(conversation).where(_this).values(archived_at=bindparam("archived_at_", type_=BigInteger))
)
SET_CLEARED = Statement(
    update(conversation).where(_this).values(cleared_version=bindparam("version_", type_=Integer))
)
UNCLEAR = Statement(
    update(conversation).where(conversation.c.account_id == _account_id, _own).values(cleared_version=0)
)
"""The visitor has taken consent back: conditions are looked at again."""

# Joining what an anonymous visitor said to whom the visitor turned out to be.

_anonymous = and_(
    conversation.c.account_id == _account_id,
    _own,
    or_(
        conversation.c.contact_id.is_(None),
        conversation.c.contact_id == bindparam("contact_id_", type_=BigInteger),
    ),
)
JOINABLE = Statement(
    select(conversation.c.id)
    .where(_anonymous)
    .order_by(conversation.c.created_at.desc(), conversation.c.id.desc())
    .limit(_limit)
)
_to_visitor_id = bindparam("to_visitor_id", type_=BigInteger)
_twin_start = conversation.alias("twin_start")
_is_twin = exists(
    select(_twin_start.c.id).where(
        _twin_start.c.account_id == conversation.c.account_id,
        _twin_start.c.visitor_id == _to_visitor_id,
        _twin_start.c.client_conversation_id == conversation.c.client_conversation_id,
    )
)
JOIN = Statement(
    update(conversation)
    .where(_this)
    .values(
        visitor_id=_to_visitor_id,
        # Client's ids are unique for one visitor only; the id of the conversation makes this one its own.
        client_conversation_id=case(
            (_is_twin, conversation.c.client_conversation_id + "/" + cast(conversation.c.id, Text)),
            else_=conversation.c.client_conversation_id,
        ),
    )
)

# What was said with one contact becomes what was said with another.

OF_CONTACT = Statement(
    select(conversation.c.id)
    .where(
        conversation.c.account_id == _account_id,
        conversation.c.contact_id == bindparam("contact_id_", type_=BigInteger),
    )
    .order_by(conversation.c.created_at.desc(), conversation.c.id.desc())
    .limit(_limit)
)

# Cursors.

_participant = and_(
    cursor.c.account_id == conversation.c.account_id,
    cursor.c.conversation_id == conversation.c.id,
    cursor.c.participant_kind == bindparam("kind", type_=Text),
    cursor.c.participant_id == bindparam("participant_id_", type_=BigInteger),
)
_takes_cursor = (
    select(
        conversation.c.visitor_id,
        conversation.c.seq,
        func.coalesce(cursor.c.received_seq, 0, type_=BigInteger),
        func.coalesce(cursor.c.read_seq, 0, type_=BigInteger),
    )
    .select_from(conversation.outerjoin(cursor, _participant))
    .where(_this)
    .with_for_update(of=conversation)
)
VISITOR_TAKES_CURSOR = Statement(_takes_cursor.where(_own))
AGENT_TAKES_CURSOR = Statement(_takes_cursor.where(_mine))
PUT_CURSOR = Statement(
    (_put := insert(cursor)).on_conflict_do_update(
        index_elements=[
            cursor.c.account_id,
            cursor.c.conversation_id,
            cursor.c.participant_kind,
            cursor.c.participant_id,
        ],
        set_={"received_seq": _put.excluded.received_seq, "read_seq": _put.excluded.read_seq},
    )
)
JOIN_CURSOR = Statement(
    update(cursor)
    .where(
        cursor.c.account_id == _account_id,
        cursor.c.conversation_id == _id,
        cursor.c.participant_kind == "visitor",
    )
    .values(participant_id=_to_visitor_id)
)
UNREAD = Statement(
    select(func.count())
    .select_from(message)
    .where(
        message.c.account_id == _account_id,
        message.c.conversation_id == _id,
        message.c.seq > bindparam("read_seq_", type_=BigInteger),
        message.c.author_kind == "agent",
    )
)
UNREAD_OF_VISITOR = Statement(
    select(func.count(func.distinct(message.c.conversation_id)), func.count())
    .select_from(
        message.join(
            conversation,
            and_(
                conversation.c.account_id == message.c.account_id,
                conversation.c.id == message.c.conversation_id,
            ),
        ).outerjoin(
            cursor,
            and_(
                cursor.c.account_id == message.c.account_id,
                cursor.c.conversation_id == message.c.conversation_id,
                cursor.c.participant_kind == "visitor",
                cursor.c.participant_id == _visitor_id,
            ),
        )
    )
    .where(
        conversation.c.account_id == _account_id,
        conversation.c.visitor_id == _visitor_id,
        conversation.c.archived_at.is_(None),
        message.c.author_kind == "agent",
        message.c.seq > func.coalesce(cursor.c.read_seq, 0),
    )
)
CURSORS = Statement(
    select(
        cursor.c.participant_kind, cursor.c.participant_id, cursor.c.received_seq, cursor.c.read_seq
    ).where(cursor.c.account_id == _account_id, cursor.c.conversation_id == _id)
)

# Reading what stands in conversations. Entries of all kinds come as rows of one shape.


def _messages(*where: Any) -> Selection:
    return select(
        message.c.conversation_id,
        message.c.seq,
        message.c.at,
        literal("message"),
        message.c.author_kind,
        message.c.author_id,
        message.c.client_message_id,
        message.c.content,
    ).where(message.c.account_id == _account_id, *where)


def _comments(*where: Any) -> Selection:
    return select(
        comment.c.conversation_id,
        comment.c.seq,
        comment.c.at,
        literal("comment"),
        literal("agent"),
        comment.c.author_id,
        comment.c.client_message_id,
        comment.c.content,
    ).where(comment.c.account_id == _account_id, *where)


def _notices(*where: Any) -> Selection:
    return select(
        notice.c.conversation_id,
        notice.c.seq,
        notice.c.at,
        notice.c.kind,
        notice.c.actor_kind,
        notice.c.actor_id,
        literal(None, type_=Text),
        notice.c.facts,
    ).where(notice.c.account_id == _account_id, *where)


def _newest(query: Selection, table: Table) -> Selection:
    """The last ones of a conversation before a seq, found in the table's own order."""
    page = (
        query.where(table.c.conversation_id == _id, table.c.seq < _before)
        .order_by(table.c.seq.desc())
        .limit(_limit)
        .subquery()
    )
    return select(*page.c)


TIMELINE = Statement(
    union_all(_newest(_messages(), message), _newest(_comments(), comment), _newest(_notices(), notice))
)
"""Up to `limit` of each kind, in no order: the reader merges them."""
VISITOR_TIMELINE = Statement(
    union_all(
        _newest(_messages(), message),
        _newest(_notices(or_(*(notice.c.kind == kind.value for kind in sorted(SHOWN_TO_VISITORS)))), notice),
    )
)


SAID = Statement(_messages(message.c.conversation_id == _id).order_by(message.c.seq).limit(_limit))
"""The messages of a conversation, in their order."""
WITH_FILES = Statement(
    select(message.c.content)
    .where(
        message.c.account_id == _account_id,
        message.c.conversation_id == _id,
        message.c.content.contains('{"type":"file",'),
    )
    .limit(_limit)
)
"""Messages of a conversation that carry files (or say so in so many words)."""


_QUERIES = {"message": _messages(), "comment": _comments(), "notice": _notices()}


def entries_at(table: Table, places: Collection[tuple[int, int]]) -> Selection:
    """The account's entries of one kind at (conversation, seq) places."""
    return _QUERIES[table.name].where(tuple_(table.c.conversation_id, table.c.seq).in_(places))


# Whole conversations, for copies and erasures: whoever calls has checked the right to them.


def _after(query: Selection, table: Table) -> Selection:
    page = (
        query.where(table.c.conversation_id == _id, table.c.seq > bindparam("after", type_=BigInteger))
        .order_by(table.c.seq)
        .limit(_limit)
        .subquery()
    )
    return select(*page.c)


WHOLE = Statement(
    union_all(_after(_messages(), message), _after(_comments(), comment), _after(_notices(), notice))
)
"""Up to `limit` of each kind after a seq, in no order."""
_has_words = conversation.c.erased_seq < conversation.c.seq
_person_id = bindparam("person_id_", type_=BigInteger)
_of_person = or_(conversation.c.visitor_id == _person_id, conversation.c.contact_id == _person_id)
OF_PERSON = Statement(
    select(*COLUMNS)
    .where(
        conversation.c.account_id == _account_id,
        _of_person,
        conversation.c.id > bindparam("after", type_=BigInteger),
    )
    .order_by(conversation.c.id)
    .limit(_limit)
)
NUMBER_OF_PERSON = Statement(
    select(func.count()).select_from(conversation).where(conversation.c.account_id == _account_id, _of_person)
)
ERASABLE_OF_PERSON = Statement(
    select(*COLUMNS, conversation.c.erased_seq)
    .where(
        conversation.c.account_id == _account_id,
        or_(
            and_(conversation.c.visitor_id == _person_id, _has_words), conversation.c.contact_id == _person_id
        ),
    )
    .order_by(conversation.c.id)
    .limit(1)
    .with_for_update(of=conversation)
)
"""A contact's conversation is nobody's once it is erased, so none is left in the end."""
CLOSED_ERASABLE = Statement(
    select(*COLUMNS, conversation.c.erased_seq)
    .where(_this, _has_words, conversation.c.status == "closed")
    .with_for_update(of=conversation)
)
CLOSED_BEFORE = Statement(
    select(conversation.c.closed_at, conversation.c.id)
    .where(
        conversation.c.account_id == _account_id,
        conversation.c.closed_at < _before,
        tuple_(conversation.c.closed_at, conversation.c.id)
        > tuple_(bindparam("after", type_=BigInteger), bindparam("after_id", type_=BigInteger)),
        _has_words,
    )
    .order_by(conversation.c.closed_at, conversation.c.id)
    .limit(_limit)
)
VISITORS_OF_CONTACTS = (
    select(conversation.c.visitor_id)
    .where(
        conversation.c.account_id == _account_id,
        conversation.c.visitor_id > bindparam("after", type_=BigInteger),
    )
    .distinct()
    .order_by(conversation.c.visitor_id)
    .limit(_limit)
)
"""To be narrowed to some contacts."""
CONTACTS_OF_VISITORS = (
    select(conversation.c.visitor_id, conversation.c.contact_id)
    .where(conversation.c.account_id == _account_id, conversation.c.contact_id.is_not(None))
    .distinct()
)
"""To be narrowed to some visitors."""


def _stretch(table: Table) -> ColumnElement[bool]:
    return and_(
        table.c.account_id == _account_id,
        table.c.conversation_id == _id,
        table.c.seq > bindparam("from_", type_=BigInteger),
        table.c.seq <= bindparam("to_", type_=BigInteger),
    )


_BLANK = {"content": '{"blocks":[]}', "plain_text": ""}
ERASE_MESSAGES = Statement(update(message).where(_stretch(message)).values(**_BLANK).returning(message.c.seq))
ERASE_COMMENTS = Statement(update(comment).where(_stretch(comment)).values(**_BLANK).returning(comment.c.seq))
TELLING_NOTICES = Statement(
    select(notice.c.seq, notice.c.kind, notice.c.facts).where(
        _stretch(notice), or_(notice.c.kind == "email_given", notice.c.kind == "survey_answered")
    )
)
"""Notices that carry words of a person."""
SET_FACTS = Statement(
    update(notice)
    .where(notice.c.account_id == _account_id, notice.c.conversation_id == _id, notice.c.seq == _before)
    .values(facts=bindparam("facts_", type_=Text))
)
SET_ERASED = Statement(
    update(conversation)
    .where(_this)
    .values(
        erased_seq=bindparam("erased_seq_", type_=BigInteger),
        contact_id=bindparam("contact_id_", type_=BigInteger),
    )
)

# Lists: each inbox's stretch of a view comes from an index in order; the reader merges the inboxes.


def _list(*where: Any) -> Selection:
    return (
        select(conversation.c.last_activity_at, conversation.c.id)
        .where(
            conversation.c.account_id == _account_id,
            conversation.c.inbox_id == bindparam("inbox_id_", type_=BigInteger),
            *where,
            tuple_(conversation.c.last_activity_at, conversation.c.id)
            < tuple_(_before, bindparam("before_id", type_=BigInteger)),
        )
        .order_by(conversation.c.last_activity_at.desc(), conversation.c.id.desc())
        .limit(_limit)
    )


_open = conversation.c.status == "open"
_closed = conversation.c.status == "closed"
_mobile = conversation.c.channel_kind == "mobile"
_web = conversation.c.channel_kind == "web"
_custom = conversation.c.channel_kind == "custom"
_OPEN_MOBILE, _OPEN_WEB = Statement(_list(_open, _mobile)), Statement(_list(_open, _web))
LISTS = {
    View.OPEN: (_OPEN_MOBILE, _OPEN_WEB, Statement(_list(_open, _custom))),
    View.CLOSED: tuple(Statement(_list(_closed, each)) for each in (_mobile, _web, _custom)),
    View.UNASSIGNED: (
        Statement(_list(_open, conversation.c.assignee_kind == "nobody", conversation.c.assignee_id == 0)),
    ),
    View.MINE: (
        Statement(
            _list(_open, conversation.c.assignee_kind == "user", conversation.c.assignee_id == _user_id)
        ),
    ),
    View.MOBILE: (_OPEN_MOBILE,),
    View.WEB: (_OPEN_WEB,),
}
"""The stretches that make up a view: each comes from an index in order."""
FILTERED = _list()
"""For filters put together by hand: still one inbox's conversations in the lists' order."""

CONVERSATIONS = select(*COLUMNS)
KEPT = select(*COLUMNS, conversation.c.archived_at, conversation.c.spam).where(
    conversation.c.account_id == _account_id, _mine
)
"""Conversations of an agent's inboxes with how they are kept, to be narrowed."""
KEPT_ONE = Statement(KEPT.where(conversation.c.id == _id))
ROWS = select(*COLUMNS, message.c.author_kind, func.substr(message.c.plain_text, 1, 240)).select_from(
    conversation.join(
        message,
        and_(
            message.c.account_id == conversation.c.account_id,
            message.c.conversation_id == conversation.c.id,
            message.c.seq == conversation.c.last_message_seq,
        ),
    )
)
OF_VISITOR = Statement(
    select(*COLUMNS)
    .where(conversation.c.account_id == _account_id, _own)
    .order_by(conversation.c.created_at.desc(), conversation.c.id.desc())
    .limit(_limit)
)
_earlier = (
    select(conversation.c.created_at, conversation.c.id)
    .where(
        conversation.c.account_id == _account_id,
        conversation.c.id != _id,
        conversation.c.inbox_id.in_(inboxes.inbox_ids_query(_account_id, _user_id)),
    )
    .order_by(conversation.c.created_at.desc(), conversation.c.id.desc())
    .limit(_limit)
)
EARLIER_OF_VISITOR = Statement(_earlier.where(_own))
EARLIER_OF_CONTACT = Statement(
    _earlier.where(conversation.c.contact_id == bindparam("contact_id_", type_=BigInteger))
)
COUNTS = Statement(
    select(conversation.c.assignee_kind, conversation.c.assignee_id, func.count())
    .where(
        conversation.c.account_id == _account_id,
        conversation.c.inbox_id == bindparam("inbox_id_", type_=BigInteger),
        _open,
    )
    .group_by(conversation.c.assignee_kind, conversation.c.assignee_id)
)

# Routing.

LOADS = Statement(
    select(conversation.c.assignee_id, func.count())
    .where(
        conversation.c.account_id == _account_id,
        conversation.c.inbox_id.in_(inboxes.all_inbox_ids_query(_account_id)),
        _open,
        conversation.c.assignee_kind == "user",
    )
    .group_by(conversation.c.assignee_id)
)
"""How many open conversations each user has, in all inboxes."""
QUEUE = Statement(
    select(
        conversation.c.queued_at,
        conversation.c.id,
        conversation.c.inbox_id,
        conversation.c.chatflow_id,
        conversation.c.language,
        conversation.c.passed_user_id,
    )
    .where(
        conversation.c.account_id == _account_id,
        conversation.c.queued_at.is_not(None),
        tuple_(conversation.c.queued_at, conversation.c.id)
        > tuple_(bindparam("after", type_=BigInteger), bindparam("after_id", type_=BigInteger)),
    )
    .order_by(conversation.c.queued_at, conversation.c.id)
    .limit(_limit)
)
"""Who waits for somebody to be found, longest first, from a place in that order."""
QUEUEING_ACCOUNTS = Statement(
    select(conversation.c.account_id).where(conversation.c.queued_at.is_not(None)).distinct()
)
LAST_NOTICE = Statement(
    select(notice.c.seq, notice.c.at, notice.c.facts)
    .where(
        notice.c.account_id == _account_id,
        notice.c.conversation_id == _id,
        notice.c.kind == bindparam("kind_", type_=Text),
    )
    .order_by(notice.c.seq.desc())
    .limit(1)
)
"""The newest notice of a kind in a conversation."""
OPEN_OF_VISITOR = Statement(
    select(conversation.c.id)
    .where(conversation.c.account_id == _account_id, _own, _open)
    .order_by(conversation.c.created_at.desc(), conversation.c.id.desc())
    .limit(_limit)
)
"""A visitor's open conversations, newest first."""
_first_reply = (
    select(func.min(message.c.at))
    .where(
        message.c.account_id == conversation.c.account_id,
        message.c.conversation_id == conversation.c.id,
        message.c.author_kind == "agent",
    )
    .scalar_subquery()
)
ARRIVALS = Statement(
    select(
        conversation.c.created_at,
        _first_reply,
        conversation.c.closed_at,
        conversation.c.language,
        conversation.c.assignee_kind,
        conversation.c.assignee_id,
    )
    .where(
        conversation.c.account_id == _account_id,
        conversation.c.inbox_id == bindparam("inbox_id_", type_=BigInteger),
        conversation.c.created_at >= bindparam("from_", type_=BigInteger),
        conversation.c.created_at < bindparam("to_", type_=BigInteger),
    )
    .order_by(conversation.c.created_at, conversation.c.id)
    .limit(_limit)
)
"""When visitors wrote, were answered and done with."""


def last_words_contain(words: str) -> ColumnElement[bool]:
    """Whether the newest message contains the words, without case."""
    newest = and_(
        message.c.account_id == conversation.c.account_id,
        message.c.conversation_id == conversation.c.id,
        message.c.seq == conversation.c.last_message_seq,
    )
    return exists().where(newest, message.c.plain_text.icontains(words, autoescape=True))
