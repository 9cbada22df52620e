"""The SQL of routing: skills, who has them, how much each user can take."""

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
    func,
    select,
    update,
)

from pocketdesk.storage import Statement, account_key, belongs_to, insert, key, metadata

skill = Table(
    "skill",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    key("id"),
    Column("name", Text, nullable=False),
    # The name without case: no two skills of an account look alike.
    Column("name_key", Text, nullable=False),
    Column("category", Text),
    Column("language", Text),
    CheckConstraint("category IS NULL OR language IS NULL", name="one_kind"),
    Index("uq_skill_language", "account_id", "language", unique=True),
)
_custom = skill.c.language.is_(None)
Index(
    "uq_skill_name_key",
    skill.c.account_id,
    skill.c.name_key,
    unique=True,
    sqlite_where=_custom,
    postgresql_where=_custom,
)

user_skill = Table(
    "user_skill",
    metadata,
    account_key(),
    key("user_id"),
    key("skill_id"),
    Column("is_main", Boolean, nullable=False),
    belongs_to("user", user_id="id"),
    belongs_to("skill", skill_id="id"),
    Index("ix_user_skill_skill_id", "account_id", "skill_id"),
)

user_routing = Table(
    "user_routing",
    metadata,
    account_key(),
    key("user_id"),
    Column("capacity", Integer),
    Column("last_assigned_at", BigInteger),
    belongs_to("user", user_id="id"),
    CheckConstraint("capacity >= 0", name="capacity"),
)

account_routing = Table(
    "account_routing",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    Column("capacity", Integer),
    CheckConstraint("capacity >= 0", name="capacity"),
)

_account_id = bindparam("account_id", type_=BigInteger)
_id = bindparam("id_", type_=BigInteger)

# Skills.

_SKILLS = select(skill.c.id, skill.c.name, skill.c.category, skill.c.language).where(
    skill.c.account_id == _account_id
)
SKILLS = Statement(_SKILLS.order_by(skill.c.category.is_(None), skill.c.category, skill.c.name_key))
FIND_SKILL = Statement(_SKILLS.where(skill.c.id == _id))
ADD_SKILL = Statement(insert(skill))
ADD_LANGUAGE = Statement(
    insert(skill).on_conflict_do_nothing(index_elements=[skill.c.account_id, skill.c.language])
)
SET_SKILL = Statement(
    update(skill)
    .where(skill.c.account_id == _account_id, skill.c.id == _id)
    .values(
        name=bindparam("name_", type_=Text),
        name_key=bindparam("name_key_", type_=Text),
        category=bindparam("category_", type_=Text),
    )
)
DROP_SKILL = Statement(delete(skill).where(skill.c.account_id == _account_id, skill.c.id == _id))

# Who has them.

HOLDERS = Statement(
    select(user_skill.c.user_id)
    .where(user_skill.c.account_id == _account_id, user_skill.c.skill_id == _id)
    .order_by(user_skill.c.user_id)
    .limit(bindparam("limit", type_=BigInteger))
)
HOLDER_COUNTS = Statement(
    select(user_skill.c.skill_id, func.count())
    .where(user_skill.c.account_id == _account_id)
    .group_by(user_skill.c.skill_id)
)
SKILLS_OF = select(user_skill.c.user_id, user_skill.c.skill_id, user_skill.c.is_main).order_by(
    user_skill.c.user_id, user_skill.c.skill_id
)
ADD_USER_SKILL = Statement(insert(user_skill))
CLEAR_SKILLS = Statement(
    delete(user_skill).where(user_skill.c.account_id == _account_id, user_skill.c.user_id == _id)
)

# How much they can take.

CAPACITIES = select(user_routing.c.user_id, user_routing.c.capacity)
_put = insert(user_routing)
PUT_CAPACITY = Statement(
    _put.on_conflict_do_update(
        index_elements=[user_routing.c.account_id, user_routing.c.user_id],
        set_={"capacity": _put.excluded.capacity},
    )
)
NOTE_ASSIGNED = Statement(
    _put.on_conflict_do_update(
        index_elements=[user_routing.c.account_id, user_routing.c.user_id],
        set_={"last_assigned_at": _put.excluded.last_assigned_at},
    )
)
USUAL_CAPACITY = Statement(
    select(account_routing.c.capacity).where(account_routing.c.account_id == _account_id)
)
_put_usual = insert(account_routing)
PUT_USUAL_CAPACITY = Statement(
    _put_usual.on_conflict_do_update(
        index_elements=[account_routing.c.account_id], set_={"capacity": _put_usual.excluded.capacity}
    )
)
