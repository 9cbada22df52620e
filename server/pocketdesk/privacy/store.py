"""The SQL of copies and erasures."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    and_,
    bindparam,
    or_,
    select,
    update,
)

from pocketdesk.storage import Statement, insert, key, metadata

erasure = Table(
    "erasure",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    key("id"),
    Column("subject", Text, nullable=False),
    Column("subject_id", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_by", BigInteger),
    Column("stage", Text, nullable=False),
    Column("cursor", BigInteger, nullable=False),
    # JSON: ids, and numbers by place.
    Column("person_ids", Text, nullable=False),
    Column("counts", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    CheckConstraint("subject IN ('contact', 'visitor', 'conversation', 'files')", name="subject"),
    CheckConstraint("reason IN ('request', 'retention')", name="reason"),
    CheckConstraint("(stage = 'done') = (finished_at IS NOT NULL)", name="stage"),
    Index("ix_erasure_started_at", "account_id", "started_at", "id"),
)
_going_on = erasure.c.finished_at.is_(None)
Index(
    "uq_erasure_going_on",
    erasure.c.account_id,
    erasure.c.subject,
    erasure.c.subject_id,
    unique=True,
    sqlite_where=_going_on,
    postgresql_where=_going_on,
)

export = Table(
    "export",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    key("id"),
    Column("subject", Text, nullable=False),
    Column("subject_id", BigInteger, nullable=False),
    Column("asked_by", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("size", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("expires_at", BigInteger),
    CheckConstraint("subject IN ('contact', 'visitor')", name="subject"),
    CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed', 'gone')", name="state"),
    Index("ix_export_created_at", "account_id", "created_at", "id"),
    Index("ix_export_subject", "account_id", "subject_id"),
)
_unfinished = or_(export.c.state == "waiting", export.c.state == "running")
Index(
    "uq_export_unfinished",
    export.c.account_id,
    export.c.subject_id,
    unique=True,
    sqlite_where=_unfinished,
    postgresql_where=_unfinished,
)

_account_id = bindparam("account_id", type_=BigInteger)
_id = bindparam("id_", type_=BigInteger)
_before = bindparam("before", type_=BigInteger)
_before_id = bindparam("before_id", type_=BigInteger)
_limit = bindparam("limit", type_=Integer)

# Erasures.

ERASURES = select(
    erasure.c.id,
    erasure.c.subject,
    erasure.c.subject_id,
    erasure.c.reason,
    erasure.c.asked_by,
    erasure.c.stage,
    erasure.c.cursor,
    erasure.c.person_ids,
    erasure.c.counts,
    erasure.c.started_at,
    erasure.c.finished_at,
).where(erasure.c.account_id == _account_id)
FIND_ERASURE = Statement(ERASURES.where(erasure.c.id == _id))
ERASURE_GOING_ON = Statement(
    ERASURES.where(
        erasure.c.subject == bindparam("subject_", type_=Text),
        erasure.c.subject_id == bindparam("subject_id_", type_=BigInteger),
        _going_on,
    )
)
ERASURE_PAGE = Statement(
    ERASURES.where(
        or_(erasure.c.started_at < _before, and_(erasure.c.started_at == _before, erasure.c.id < _before_id))
    )
    .order_by(erasure.c.started_at.desc(), erasure.c.id.desc())
    .limit(_limit)
)
ADD_ERASURE = Statement(insert(erasure))
SET_ERASURE = Statement(
    update(erasure)
    .where(erasure.c.account_id == _account_id, erasure.c.id == _id)
    .values(
        stage=bindparam("stage_", type_=Text),
        cursor=bindparam("cursor_", type_=BigInteger),
        person_ids=bindparam("persons", type_=Text),
        counts=bindparam("counts_", type_=Text),
        finished_at=bindparam("finished", type_=BigInteger),
    )
)

# Copies.

EXPORTS = select(
    export.c.id,
    export.c.subject,
    export.c.subject_id,
    export.c.asked_by,
    export.c.state,
    export.c.done,
    export.c.total,
    export.c.size,
    export.c.created_at,
    export.c.finished_at,
    export.c.expires_at,
).where(export.c.account_id == _account_id)
FIND_EXPORT = Statement(EXPORTS.where(export.c.id == _id))
EXPORT_UNFINISHED = Statement(EXPORTS.where(export.c.subject_id == _id, _unfinished))
EXPORTS_OF = EXPORTS.where(export.c.state != "gone")
"""To be narrowed to some persons."""
EXPORT_PAGE = Statement(
    EXPORTS.where(
        or_(export.c.created_at < _before, and_(export.c.created_at == _before, export.c.id < _before_id))
    )
    .order_by(export.c.created_at.desc(), export.c.id.desc())
    .limit(_limit)
)
ADD_EXPORT = Statement(insert(export))
SET_EXPORT = Statement(
    update(export)
    .where(export.c.account_id == _account_id, export.c.id == _id, export.c.state != "gone")
    .values(
        state=bindparam("state_", type_=Text),
        done=bindparam("done_", type_=Integer),
        total=bindparam("total_", type_=Integer),
        size=bindparam("size_", type_=BigInteger),
        finished_at=bindparam("finished", type_=BigInteger),
        expires_at=bindparam("expires", type_=BigInteger),
    )
    .returning(export.c.id)
)
