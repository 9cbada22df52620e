"""The SQL of surveys and their submissions."""

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
    case,
    func,
    literal_column,
    null,
    or_,
    select,
    update,
)

from pocketdesk.storage import Statement, account_key, belongs_to, insert, key, metadata
from pocketdesk.surveys.model import BEST, QUARTER_MS

survey = Table(
    "survey",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    key("id"),
    Column("name", Text, nullable=False),
    Column("delivery", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("question", Text, nullable=False),
    # JSON lists of three.
    Column("labels", Text, nullable=False),
    Column("follow_ups", Text, nullable=False),
    Column("thank_yous", Text, nullable=False),
    Column("public_key", Text, unique=True),
    Column("archived_at", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", BigInteger, nullable=False),
    Column("modified_at", BigInteger, nullable=False),
    Column("modified_by", BigInteger, nullable=False),
    belongs_to("user", created_by="id"),
    belongs_to("user", modified_by="id"),
    CheckConstraint("delivery IN ('chat', 'link')", name="delivery"),
    CheckConstraint("(delivery = 'link') = (public_key IS NOT NULL)", name="public_key"),
    Index("ix_survey_created_at", "account_id", "created_at", "id"),
)

submission = Table(
    "submission",
    metadata,
    account_key(),
    key("id"),
    Column("survey_id", BigInteger, nullable=False),
    Column("conversation_id", BigInteger),
    # A visitor or a contact.
    Column("person_id", BigInteger),
    Column("rating", Integer, nullable=False),
    Column("answer", Text),
    Column("at", BigInteger, nullable=False),
    # What can be answered once only: a form that was sent out, the closing of a conversation.
    Column("once", Text),
    belongs_to("survey", survey_id="id"),
    CheckConstraint("rating IN (0, 1, 2)", name="rating"),
    Index("ix_submission_at", "account_id", "survey_id", "at", "id"),
)
for _name in ("conversation_id", "person_id"):
    _there = submission.c[_name].is_not(None)
    Index(
        f"ix_submission_{_name}",
        submission.c.account_id,
        submission.c[_name],
        sqlite_where=_there,
        postgresql_where=_there,
    )
_once = submission.c.once.is_not(None)
Index(
    "uq_submission_once",
    submission.c.account_id,
    submission.c.survey_id,
    submission.c.once,
    unique=True,
    sqlite_where=_once,
    postgresql_where=_once,
)

_account_id = bindparam("account_id", type_=BigInteger)
_id = bindparam("id_", type_=BigInteger)
_before = bindparam("before", type_=BigInteger)
_before_id = bindparam("before_id", type_=BigInteger)
_limit = bindparam("limit", type_=BigInteger)

# Surveys.

SURVEYS = select(
    survey.c.id,
    survey.c.language,
    survey.c.question,
    survey.c.labels,
    survey.c.follow_ups,
    survey.c.thank_yous,
    survey.c.name,
    survey.c.delivery,
    survey.c.public_key,
    survey.c.archived_at,
    survey.c.created_at,
    survey.c.created_by,
    survey.c.modified_at,
    survey.c.modified_by,
)
FIND = Statement(SURVEYS.where(survey.c.account_id == _account_id, survey.c.id == _id))
FIND_PUBLIC = Statement(
    select(survey.c.account_id, survey.c.id).where(survey.c.public_key == bindparam("key", type_=Text))
)
LISTED = (
    SURVEYS.where(
        survey.c.account_id == _account_id,
        or_(
            survey.c.created_at < _before,
            and_(survey.c.created_at == _before, survey.c.id < _before_id),
        ),
    )
    .order_by(survey.c.created_at.desc(), survey.c.id.desc())
    .limit(_limit)
)
NAMES = select(survey.c.id, survey.c.name)
ADD = Statement(insert(survey))
SET = Statement(
    update(survey)
    .where(survey.c.account_id == _account_id, survey.c.id == _id)
    .values(
        name=bindparam("name_", type_=Text),
        language=bindparam("language_", type_=Text),
        question=bindparam("question_", type_=Text),
        labels=bindparam("labels_", type_=Text),
        follow_ups=bindparam("follow_ups_", type_=Text),
        thank_yous=bindparam("thank_yous_", type_=Text),
        archived_at=bindparam("archived", type_=BigInteger),
        modified_at=bindparam("now", type_=BigInteger),
        modified_by=bindparam("user_id", type_=BigInteger),
    )
)

# Submissions.

ADD_SUBMISSION = Statement(
    insert(submission)
    .values(
        **{
            name: bindparam(name)
            for name in (
                "account_id",
                "id",
                "survey_id",
                "conversation_id",
                "person_id",
                "rating",
                "answer",
                "at",
                "once",
            )
        }
    )
    .on_conflict_do_nothing()
    .returning(submission.c.id)
)
SUBMISSIONS = select(
    submission.c.id,
    submission.c.survey_id,
    submission.c.conversation_id,
    submission.c.person_id,
    submission.c.rating,
    submission.c.answer,
    submission.c.at,
)
PAGE = (
    SUBMISSIONS.where(
        submission.c.account_id == _account_id,
        submission.c.survey_id == _id,
        or_(
            submission.c.at < _before,
            and_(submission.c.at == _before, submission.c.id < _before_id),
        ),
    )
    .order_by(submission.c.at.desc(), submission.c.id.desc())
    .limit(_limit)
)
BY_ID = Statement(
    SUBMISSIONS.where(
        submission.c.account_id == _account_id, submission.c.id > bindparam("after", type_=BigInteger)
    )
    .order_by(submission.c.id)
    .limit(_limit)
)
OF_ONCE = Statement(
    SUBMISSIONS.where(
        submission.c.account_id == _account_id,
        submission.c.survey_id == _id,
        submission.c.once == bindparam("once_", type_=Text),
    )
)
OF_CONVERSATION = Statement(
    SUBMISSIONS.where(
        submission.c.account_id == _account_id,
        submission.c.conversation_id == bindparam("conversation", type_=BigInteger),
    ).order_by(submission.c.at, submission.c.id)
)
_quarter = (submission.c.at // literal_column(str(QUARTER_MS), BigInteger)).label("quarter")
QUARTERS = Statement(
    select(_quarter, submission.c.rating, func.count(), func.count(submission.c.answer))
    .where(
        submission.c.account_id == _account_id,
        submission.c.survey_id == _id,
        submission.c.at >= bindparam("since", type_=BigInteger),
        submission.c.at < bindparam("until", type_=BigInteger),
    )
    .group_by("quarter", submission.c.rating)
)
ACTIVITY = select(
    submission.c.survey_id,
    func.count(),
    func.max(submission.c.at),
    func.sum(case((submission.c.rating == BEST, 1), else_=0)),
).group_by(submission.c.survey_id)
GIVE = Statement(
    update(submission)
    .where(submission.c.account_id == _account_id, submission.c.person_id == _id)
    .values(person_id=bindparam("to", type_=BigInteger))
)
FORGET = Statement(
    update(submission)
    .where(submission.c.account_id == _account_id, submission.c.id == _id)
    .values(person_id=null(), answer=null())
)
