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
    exists,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from pocketdesk.accounts import views as accounts
from pocketdesk.conversations.model import View
from pocketdesk.inboxes import views as inboxes
from pocketdesk.storage import Statement, account_key, belongs_to, insert, key, metadata

conversation = Table(
    "conversation",
    metadata,
    account_key(),
    key("id"),
    Column("inbox_id", BigInteger, nullable=False),
    Column("channel_account_id", BigInteger, nullable=False),
    Column("channel_kind", Text, nullable=False),
    Column("chatflow_id", BigInteger, nullable=False),
    Column("chatflow_version", Integer, nullable=False),
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
    Column("archived_at", BigInteger),
    Column("spam", Boolean, nullable=False, server_default=false()),
    belongs_to("inbox", inbox_id="id"),
    belongs_to("channel_account", channel_account_id="id"),
    belongs_to("chatflow_version", chatflow_id="chatflow_id", chatflow_version="version"),
    belongs_to("visitor", visitor_id="id"),
    belongs_to("contact", contact_id="id"),
    UniqueConstraint("account_id", "visitor_id", "client_conversation_id"),
    CheckConstraint("status IN ('open', 'closed')", name="status"),
    CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
    CheckConstraint("assignee_kind IN ('nobody', 'user', 'team')", name="assignee_kind"),
    CheckConstraint("(assignee_kind = 'nobody') = (assignee_id = 0)", name="assignee_id"),
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
)


def _entries(name: str, *columns: Any) -> Table:
    """What stands in a conversation: found by (conversation, seq), read in that order."""
    return Table(
        name,
        metadata,
        account_key(),
        key("conversation_id"),
        key("seq"),
        *columns,
        Column("at", BigInteger, nullable=False),
        belongs_to("conversation", conversation_id="id"),
        sqlite_with_rowid=False,
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


_author_name = accounts.user_name_query(_account_id, _user_id)
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
"""The conversation, what came with this client's id before, and the conversation that an earlier try began."""

AGENT_POSTS = Statement(
    select(
        *COLUMNS,
        message.c.seq,
        message.c.at,
        message.c.author_kind,
        message.c.author_id,
        message.c.content,
        _author_name,
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
        _author_name,
    )
    .select_from(_twin(comment))
    .where(_this, _mine)
    .with_for_update(of=conversation)
)
AGENT_TAKES = Statement(select(*COLUMNS, _author_name).where(_this, _mine).with_for_update(of=conversation))
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
IS_TAKEN = Statement(select(conversation.c.id).where(_this))
CONTACT_OF_VISITOR = Statement(
    select(conversation.c.contact_id)
    .where(conversation.c.account_id == _account_id, _own, conversation.c.contact_id.is_not(None))
    .order_by(conversation.c.created_at.desc(), conversation.c.id.desc())
    .limit(1)
)

# Writing.

START = Statement(
    insert(conversation).values(
        **{
            column.name: bindparam(column.name, type_=column.type)
            for column in conversation.c
            if column.name not in {"archived_at", "spam"}
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
        assignee_kind=bindparam("assignee_kind_", type_=Text),
        assignee_id=bindparam("assignee_id_", type_=BigInteger),
    )
)
SET_SEQ = Statement(update(conversation).where(_this).values(seq=bindparam("seq_", type_=BigInteger)))
SET_CONTACT = Statement(
    update(conversation)
    .where(_this)
    .values(seq=bindparam("seq_", type_=BigInteger), contact_id=bindparam("contact_id_", type_=BigInteger))
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
        _newest(_notices(or_(notice.c.kind == "closed", notice.c.kind == "reopened")), notice),
    )
)


_QUERIES = {"message": _messages(), "comment": _comments(), "notice": _notices()}


def entries_at(table: Table, places: Collection[tuple[int, int]]) -> Selection:
    """The account's entries of one kind at (conversation, seq) places."""
    return _QUERIES[table.name].where(tuple_(table.c.conversation_id, table.c.seq).in_(places))


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
_OPEN_MOBILE, _OPEN_WEB = Statement(_list(_open, _mobile)), Statement(_list(_open, _web))
LISTS = {
    View.OPEN: (_OPEN_MOBILE, _OPEN_WEB),
    View.CLOSED: (Statement(_list(_closed, _mobile)), Statement(_list(_closed, _web))),
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


def last_words_contain(words: str) -> ColumnElement[bool]:
    """Whether the newest message contains the words, without case."""
    newest = and_(
        message.c.account_id == conversation.c.account_id,
        message.c.conversation_id == conversation.c.id,
        message.c.seq == conversation.c.last_message_seq,
    )
    return exists().where(newest, message.c.plain_text.icontains(words, autoescape=True))
