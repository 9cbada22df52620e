"""The SQL of knowledge bases, categories, articles, their drafts and versions."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from pocketdesk.storage import Statement, account_key, belongs_to, insert, key, metadata

knowledge_base = Table(
    "knowledge_base",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    key("id"),
    Column("name", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("languages", Text, nullable=False),
    Column("accent", Text, nullable=False),
    Column("logo_id", BigInteger),
    Column("is_public", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", BigInteger, nullable=False),
    Column("archived_at", BigInteger),
    belongs_to("user", created_by="id"),
    Index("uq_knowledge_base_slug", "account_id", "slug", unique=True),
)

category = Table(
    "category",
    metadata,
    account_key(),
    key("id"),
    Column("knowledge_base_id", BigInteger, nullable=False),
    Column("parent_id", BigInteger),
    Column("place", Integer, nullable=False),
    Column("slug", Text, nullable=False),
    Column("names", Text, nullable=False),
    belongs_to("knowledge_base", knowledge_base_id="id"),
    belongs_to("category", parent_id="id"),
    Index("uq_category_slug", "account_id", "knowledge_base_id", "slug", unique=True),
    Index("ix_category_parent_id", "account_id", "parent_id"),
)

article = Table(
    "article",
    metadata,
    account_key(),
    key("id"),
    Column("knowledge_base_id", BigInteger, nullable=False),
    Column("category_id", BigInteger),
    Column("access", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", BigInteger, nullable=False),
    Column("modified_at", BigInteger, nullable=False),
    Column("deleted_at", BigInteger),
    belongs_to("knowledge_base", knowledge_base_id="id"),
    belongs_to("category", category_id="id"),
    belongs_to("user", created_by="id"),
    CheckConstraint("access IN ('public', 'contacts')", name="access"),
    Index("ix_article_modified_at", "account_id", "knowledge_base_id", "modified_at", "id"),
    Index("ix_article_category_id", "account_id", "category_id"),
)

variant = Table(
    "variant",
    metadata,
    account_key(),
    key("article_id"),
    Column("language", Text, primary_key=True),
    # The article's, for the lists of readers.
    Column("knowledge_base_id", BigInteger, nullable=False),
    Column("published_version", Integer),
    Column("published_revision", Integer),
    Column("published_at", BigInteger),
    Column("first_published_at", BigInteger),
    Column("scheduled_version", Integer),
    Column("scheduled_revision", Integer),
    Column("scheduled_at", BigInteger),
    Column("draft_revision", Integer, nullable=False),
    Column("draft_at", BigInteger, nullable=False),
    Column("draft_by", BigInteger, nullable=False),
    Column("draft_title", Text, nullable=False),
    # The title without case, for the search in lists.
    Column("draft_title_key", Text, nullable=False),
    Column("draft_slug", Text, nullable=False),
    Column("draft_tags", Text, nullable=False),
    Column("draft_subtitle", Text, nullable=False),
    Column("draft_body", Text, nullable=False),
    belongs_to("article", article_id="id"),
    belongs_to("user", draft_by="id"),
    CheckConstraint(
        "(published_version IS NULL) = (published_at IS NULL)"
        " AND (published_version IS NULL) = (published_revision IS NULL)"
        " AND (published_version IS NULL OR first_published_at IS NOT NULL)",
        name="published",
    ),
    CheckConstraint(
        "(scheduled_version IS NULL) = (scheduled_at IS NULL)"
        " AND (scheduled_version IS NULL) = (scheduled_revision IS NULL)",
        name="scheduled",
    ),
)
_published = variant.c.published_version.is_not(None)
Index(
    "ix_variant_first_published_at",
    variant.c.account_id,
    variant.c.knowledge_base_id,
    variant.c.first_published_at,
    sqlite_where=_published,
    postgresql_where=_published,
)

article_version = Table(
    "article_version",
    metadata,
    account_key(),
    key("article_id"),
    Column("language", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("by", BigInteger, nullable=False),
    Column("title", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("tags", Text, nullable=False),
    Column("subtitle", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("plain_text", Text, nullable=False),
    belongs_to("variant", article_id="article_id", language="language"),
    belongs_to("user", by="id"),
)

# Every address that an article has, or had while it was published: former ones lead to it for ever.
article_slug = Table(
    "article_slug",
    metadata,
    account_key(),
    key("knowledge_base_id"),
    Column("language", Text, primary_key=True),
    Column("slug", Text, primary_key=True),
    Column("article_id", BigInteger, nullable=False),
    Column("was_published", Boolean, nullable=False),
    belongs_to("knowledge_base", knowledge_base_id="id"),
    belongs_to("variant", article_id="article_id", language="language"),
    Index("ix_article_slug_article_id", "account_id", "article_id", "language"),
)

# Images of articles. Those of any version stay, because a version can be restored.
article_image = Table(
    "article_image",
    metadata,
    account_key(),
    key("file_id"),
    key("article_id"),
    Column("language", Text, primary_key=True),
    Column("in_draft", Boolean, nullable=False),
    Column("in_published", Boolean, nullable=False),
    Column("in_version", Boolean, nullable=False),
    belongs_to("variant", article_id="article_id", language="language"),
    belongs_to("file", file_id="id"),
    Index("ix_article_image_article_id", "account_id", "article_id", "language"),
)

# What a word means to a reader who searches: each list stands for one thing.
synonym = Table(
    "synonym",
    metadata,
    account_key(),
    key("id"),
    Column("knowledge_base_id", BigInteger, nullable=False),
    Column("words", Text, nullable=False),
    belongs_to("knowledge_base", knowledge_base_id="id"),
    Index("ix_synonym_knowledge_base_id", "account_id", "knowledge_base_id"),
)

# Passages of published articles as vectors: 32-bit floats of unit length, of the model that made them.
article_vector = Table(
    "article_vector",
    metadata,
    account_key(),
    key("article_id"),
    Column("language", Text, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("knowledge_base_id", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("model", Text, nullable=False),
    Column("vector", LargeBinary, nullable=False),
    belongs_to("variant", article_id="article_id", language="language"),
    Index("ix_article_vector_knowledge_base_id", "account_id", "knowledge_base_id"),
)

# Where published articles lead: to other articles, or to the outside, where a job looks.
article_link = Table(
    "article_link",
    metadata,
    account_key(),
    key("article_id"),
    Column("language", Text, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("target_id", BigInteger),
    Column("href", Text),
    Column("checked_at", BigInteger),
    # Null: it led somewhere, or was not checked yet.
    Column("problem", Text),
    belongs_to("variant", article_id="article_id", language="language"),
    CheckConstraint("(target_id IS NULL) <> (href IS NULL)", name="target"),
)
_outside = article_link.c.href.is_not(None)
Index(
    "ix_article_link_checked_at",
    article_link.c.checked_at,
    sqlite_where=_outside,
    postgresql_where=_outside,
)

# Articles from elsewhere.
article_import = Table(
    "article_import",
    metadata,
    account_key(),
    key("id"),
    Column("knowledge_base_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("dry_run", Boolean, nullable=False),
    Column("publish", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("created", Integer, nullable=False),
    Column("problems", Text, nullable=False),
    Column("asked_by", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    belongs_to("knowledge_base", knowledge_base_id="id"),
    belongs_to("user", asked_by="id"),
    CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),
)

# What an article was called where it came from, and the revision that the last import has written.
article_origin = Table(
    "article_origin",
    metadata,
    account_key(),
    key("knowledge_base_id"),
    Column("kind", Text, primary_key=True),
    Column("origin", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("article_id", BigInteger, nullable=False),
    Column("revision", Integer, nullable=False),
    belongs_to("variant", article_id="article_id", language="language"),
    Index("ix_article_origin_article_id", "account_id", "article_id", "language"),
)

# Images that came with imports, by the hash of their bytes, so that none comes in twice.
image_origin = Table(
    "image_origin",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    Column("sha256", Text, primary_key=True),
    # Without a foreign key: the file goes when no article shows it, and then the image comes in anew.
    Column("file_id", BigInteger, nullable=False),
)

_account_id = bindparam("account_id", type_=BigInteger)
_id = bindparam("id_", type_=BigInteger)
_base_id = bindparam("base_id", type_=BigInteger)
_language = bindparam("language_", type_=Text)
_limit = bindparam("limit", type_=BigInteger)


def _set(name: str, type_: type[BigInteger | Boolean | Integer | Text] = BigInteger) -> ColumnElement[object]:
    return bindparam(f"{name}_", type_=type_)


# Knowledge bases.

BASES = select(
    knowledge_base.c.id,
    knowledge_base.c.name,
    knowledge_base.c.slug,
    knowledge_base.c.languages,
    knowledge_base.c.accent,
    knowledge_base.c.logo_id,
    knowledge_base.c.is_public,
    knowledge_base.c.created_at,
    knowledge_base.c.created_by,
    knowledge_base.c.archived_at,
).where(knowledge_base.c.account_id == _account_id)
ALL_BASES = Statement(BASES.order_by(knowledge_base.c.id))
FIND_BASE = Statement(BASES.where(knowledge_base.c.id == _id))
BASE_BY_SLUG = Statement(BASES.where(knowledge_base.c.slug == bindparam("slug_", type_=Text)))
ADD_BASE = Statement(insert(knowledge_base))
SET_BASE = Statement(
    update(knowledge_base)
    .where(knowledge_base.c.account_id == _account_id, knowledge_base.c.id == _id)
    .values(
        name=_set("name", Text),
        slug=_set("slug", Text),
        languages=_set("languages", Text),
        accent=_set("accent", Text),
        logo_id=_set("logo_id"),
        is_public=_set("is_public", Boolean),
        archived_at=_set("archived_at"),
    )
)
LANGUAGES_USED = Statement(
    select(variant.c.language)
    .join(article, and_(article.c.account_id == variant.c.account_id, article.c.id == variant.c.article_id))
    .where(
        variant.c.account_id == _account_id,
        variant.c.knowledge_base_id == _base_id,
        article.c.deleted_at.is_(None),
    )
    .distinct()
)
ARTICLES_IN_BASES = Statement(
    select(article.c.knowledge_base_id, func.count())
    .where(article.c.account_id == _account_id, article.c.deleted_at.is_(None))
    .group_by(article.c.knowledge_base_id)
)

# Categories.

CATEGORIES = Statement(
    select(
        category.c.id,
        category.c.knowledge_base_id,
        category.c.parent_id,
        category.c.place,
        category.c.slug,
        category.c.names,
    )
    .where(category.c.account_id == _account_id, category.c.knowledge_base_id == _base_id)
    .order_by(category.c.place, category.c.id)
)
BASE_OF_CATEGORY = Statement(
    select(category.c.knowledge_base_id).where(category.c.account_id == _account_id, category.c.id == _id)
)
ADD_CATEGORY = Statement(insert(category))
SET_CATEGORY = Statement(
    update(category)
    .where(category.c.account_id == _account_id, category.c.id == _id)
    .values(slug=_set("slug", Text), names=_set("names", Text))
)
PUT_CATEGORY = Statement(
    update(category)
    .where(category.c.account_id == _account_id, category.c.id == _id)
    .values(parent_id=_set("parent_id"), place=_set("place", Integer))
)
DROP_CATEGORY = Statement(delete(category).where(category.c.account_id == _account_id, category.c.id == _id))
ARTICLES_IN_CATEGORIES = Statement(
    select(article.c.category_id, func.count())
    .where(
        article.c.account_id == _account_id,
        article.c.knowledge_base_id == _base_id,
        article.c.deleted_at.is_(None),
    )
    .group_by(article.c.category_id)
)
EMPTY_OF_DELETED = Statement(
    update(article)
    .where(
        article.c.account_id == _account_id,
        article.c.category_id == _id,
        article.c.deleted_at.is_not(None),
    )
    .values(category_id=None)
)

# Articles.

ARTICLES = select(
    article.c.id,
    article.c.knowledge_base_id,
    article.c.category_id,
    article.c.access,
    article.c.created_at,
    article.c.created_by,
    article.c.modified_at,
    article.c.deleted_at,
).where(article.c.account_id == _account_id)
FIND_ARTICLE = Statement(ARTICLES.where(article.c.id == _id))
ADD_ARTICLE = Statement(insert(article))
SET_ARTICLE = Statement(
    update(article)
    .where(article.c.account_id == _account_id, article.c.id == _id)
    .values(
        category_id=_set("category_id"),
        access=_set("access", Text),
        modified_at=_set("modified_at"),
        deleted_at=_set("deleted_at"),
    )
)

# Variants.

STANDING = (
    variant.c.language,
    variant.c.draft_revision,
    variant.c.published_version,
    variant.c.published_revision,
    variant.c.published_at,
    variant.c.first_published_at,
    variant.c.scheduled_version,
    variant.c.scheduled_revision,
    variant.c.scheduled_at,
)
DRAFT = (
    variant.c.draft_title,
    variant.c.draft_subtitle,
    variant.c.draft_slug,
    variant.c.draft_tags,
    variant.c.draft_body,
    variant.c.draft_revision,
    variant.c.draft_at,
    variant.c.draft_by,
)
VARIANT_CARDS = select(
    variant.c.article_id,
    *STANDING,
    variant.c.draft_title,
    variant.c.draft_slug,
    variant.c.draft_at,
    variant.c.draft_by,
).where(variant.c.account_id == _account_id)
_one_variant = (
    variant.c.account_id == _account_id,
    variant.c.article_id == _id,
    variant.c.language == _language,
)
FIND_VARIANT = Statement(select(*STANDING, *DRAFT).where(*_one_variant))
ADD_VARIANT = Statement(insert(variant))
SAVE_DRAFT = Statement(
    update(variant)
    .where(*_one_variant)
    .values(
        draft_title=_set("title", Text),
        draft_title_key=_set("title_key", Text),
        draft_subtitle=_set("subtitle", Text),
        draft_slug=_set("slug", Text),
        draft_tags=_set("tags", Text),
        draft_body=_set("body", Text),
        draft_revision=_set("revision", Integer),
        draft_at=_set("at"),
        draft_by=_set("by"),
        published_revision=_set("published_revision", Integer),
    )
)
SET_STANDING = Statement(
    update(variant)
    .where(*_one_variant)
    .values(
        published_version=_set("published_version", Integer),
        published_revision=_set("published_revision", Integer),
        published_at=_set("published_at"),
        first_published_at=_set("first_published_at"),
        scheduled_version=_set("scheduled_version", Integer),
        scheduled_revision=_set("scheduled_revision", Integer),
        scheduled_at=_set("scheduled_at"),
    )
)

# Versions.

VERSION_CARD = (
    article_version.c.number,
    article_version.c.title,
    article_version.c.subtitle,
    article_version.c.slug,
    article_version.c.tags,
    article_version.c.at,
    article_version.c.by,
)
_versions = (
    article_version.c.account_id == _account_id,
    article_version.c.article_id == _id,
    article_version.c.language == _language,
)
_number = bindparam("number_", type_=Integer)
VERSIONS = Statement(
    select(*VERSION_CARD)
    .where(*_versions, article_version.c.number < bindparam("before", type_=Integer))
    .order_by(article_version.c.number.desc())
    .limit(_limit)
)
FIND_VERSION_CARD = Statement(select(*VERSION_CARD).where(*_versions, article_version.c.number == _number))
FIND_VERSION = Statement(
    select(
        article_version.c.number,
        article_version.c.title,
        article_version.c.subtitle,
        article_version.c.slug,
        article_version.c.tags,
        article_version.c.body,
        article_version.c.plain_text,
        article_version.c.at,
        article_version.c.by,
    ).where(*_versions, article_version.c.number == _number)
)
NEWEST_VERSION = Statement(select(func.coalesce(func.max(article_version.c.number), 0)).where(*_versions))
ADD_VERSION = Statement(insert(article_version))

# Addresses.

_slug = (
    article_slug.c.account_id == _account_id,
    article_slug.c.knowledge_base_id == _base_id,
    article_slug.c.language == _language,
    article_slug.c.slug == bindparam("slug_", type_=Text),
)
SLUG_OWNER = Statement(select(article_slug.c.article_id).where(*_slug))
ADDRESSES = select(article_slug.c.language, article_slug.c.article_id).where(
    article_slug.c.account_id == _account_id,
    article_slug.c.knowledge_base_id == _base_id,
    article_slug.c.slug == bindparam("slug_", type_=Text),
    article_slug.c.was_published,
)
_claim = insert(article_slug).values({column.name: bindparam(column.name) for column in article_slug.c})
CLAIM_SLUG = Statement(
    _claim.on_conflict_do_update(
        index_elements=list(article_slug.primary_key),
        set_={"was_published": or_(article_slug.c.was_published, _claim.excluded.was_published)},
        where=article_slug.c.article_id == _claim.excluded.article_id,
    )
)
FREE_SLUGS = Statement(
    delete(article_slug).where(
        article_slug.c.account_id == _account_id,
        article_slug.c.article_id == _id,
        article_slug.c.language == _language,
        ~article_slug.c.was_published,
        article_slug.c.slug != bindparam("but", type_=Text),
    )
)

# Images.

_images = (
    article_image.c.account_id == _account_id,
    article_image.c.article_id == _id,
    article_image.c.language == _language,
)
IMAGES = Statement(
    select(
        article_image.c.file_id,
        article_image.c.in_draft,
        article_image.c.in_published,
        article_image.c.in_version,
    ).where(*_images)
)
DROP_IMAGE = Statement(
    delete(article_image).where(*_images, article_image.c.file_id == bindparam("file_id_", type_=BigInteger))
)
_put_image = insert(article_image).values({column.name: bindparam(column.name) for column in article_image.c})
PUT_IMAGE = Statement(
    _put_image.on_conflict_do_update(
        index_elements=list(article_image.primary_key),
        set_={name: _put_image.excluded[name] for name in ("in_draft", "in_published", "in_version")},
    )
)
IMAGES_USED = select(article_image.c.file_id).where(article_image.c.account_id == _account_id).distinct()

# Links.

DROP_LINKS = Statement(
    delete(article_link).where(
        article_link.c.account_id == _account_id,
        article_link.c.article_id == _id,
        article_link.c.language == _language,
    )
)
ADD_LINK = Statement(insert(article_link))
OUTSIDE_LINKS = Statement(
    select(article_link.c.place, article_link.c.href)
    .where(
        article_link.c.account_id == _account_id,
        article_link.c.article_id == _id,
        article_link.c.language == _language,
        article_link.c.href.is_not(None),
    )
    .order_by(article_link.c.place)
)
SET_LINK = Statement(
    update(article_link)
    .where(
        article_link.c.account_id == _account_id,
        article_link.c.article_id == _id,
        article_link.c.language == _language,
        article_link.c.place == bindparam("place_", type_=Integer),
        article_link.c.href == bindparam("href_", type_=Text),
    )
    .values(checked_at=_set("checked_at"), problem=_set("problem", Text))
)
# Over all accounts.
STALE_LINKS = Statement(
    select(article_link.c.account_id, article_link.c.article_id, article_link.c.language)
    .where(_outside, article_link.c.checked_at < bindparam("before", type_=BigInteger))
    .group_by(article_link.c.account_id, article_link.c.article_id, article_link.c.language)
    .order_by(func.min(article_link.c.checked_at))
    .limit(_limit)
)

# Synonyms.

SYNONYMS = Statement(
    select(synonym.c.words)
    .where(synonym.c.account_id == _account_id, synonym.c.knowledge_base_id == _base_id)
    .order_by(synonym.c.id)
)
DROP_SYNONYMS = Statement(
    delete(synonym).where(synonym.c.account_id == _account_id, synonym.c.knowledge_base_id == _base_id)
)
ADD_SYNONYM = Statement(insert(synonym))

# What readers get.

PUBLISHED = (
    article.c.id,
    article.c.knowledge_base_id,
    article.c.category_id,
    article.c.access,
    variant.c.language,
    article_version.c.number,
    article_version.c.slug,
    article_version.c.title,
    article_version.c.subtitle,
    variant.c.published_at,
    variant.c.first_published_at,
)
_of_article = and_(article.c.account_id == variant.c.account_id, article.c.id == variant.c.article_id)
_version_of = and_(
    article_version.c.account_id == variant.c.account_id,
    article_version.c.article_id == variant.c.article_id,
    article_version.c.language == variant.c.language,
    article_version.c.number == variant.c.published_version,
)
# Drafts and deleted articles have no way into these, whatever is added to them.
LISTED = (
    select(*PUBLISHED)
    .select_from(variant)
    .join(article, _of_article)
    .join(article_version, _version_of)
    .where(variant.c.account_id == _account_id, _published, article.c.deleted_at.is_(None))
)
READ = LISTED.add_columns(article_version.c.tags, article_version.c.body, article_version.c.plain_text)
COUNTED = (
    select(article.c.category_id, func.count())
    .select_from(variant)
    .join(article, _of_article)
    .where(variant.c.account_id == _account_id, _published, article.c.deleted_at.is_(None))
    .group_by(article.c.category_id)
)
SLUGS = (
    select(variant.c.article_id, variant.c.language, article_version.c.slug)
    .select_from(variant)
    .join(article_version, _version_of)
    .where(variant.c.account_id == _account_id, _published)
)


def in_language(language: str, primary: str) -> ColumnElement[bool]:
    """Of each article one variant: that in the language, or else the one in the base's first language (K10)."""
    if language == primary:
        return variant.c.language == language
    other = variant.alias()
    translated = (
        select(other.c.article_id)
        .where(
            other.c.account_id == variant.c.account_id,
            other.c.article_id == variant.c.article_id,
            other.c.language == language,
            other.c.published_version.is_not(None),
        )
        .exists()
    )
    return or_(variant.c.language == language, and_(variant.c.language == primary, ~translated))


IS_SHOWN = Statement(
    select(article_image.c.article_id)
    .join(
        article,
        and_(article.c.account_id == article_image.c.account_id, article.c.id == article_image.c.article_id),
    )
    .join(
        knowledge_base,
        and_(
            knowledge_base.c.account_id == article.c.account_id,
            knowledge_base.c.id == article.c.knowledge_base_id,
        ),
    )
    .where(
        article_image.c.account_id == _account_id,
        article_image.c.file_id == bindparam("file_id_", type_=BigInteger),
        article_image.c.in_published,
        article.c.access == "public",
        article.c.deleted_at.is_(None),
        knowledge_base.c.archived_at.is_(None),
    )
    .limit(1)
)

# Reports.

_target, _target_variant = article.alias("target"), variant.alias("target_variant")
_is_gone = or_(_target.c.id.is_(None), _target.c.deleted_at.is_not(None))
_linking = (
    select(article_link.c.article_id, article_link.c.language, article_version.c.title)
    .join(
        variant,
        and_(
            variant.c.account_id == article_link.c.account_id,
            variant.c.article_id == article_link.c.article_id,
            variant.c.language == article_link.c.language,
        ),
    )
    .join(article, _of_article)
    .join(article_version, _version_of)
    .where(
        article_link.c.account_id == _account_id,
        variant.c.knowledge_base_id == _base_id,
        _published,
        article.c.deleted_at.is_(None),
    )
    .order_by(article_link.c.article_id, article_link.c.language, article_link.c.place)
    .limit(_limit)
)
DEAD_LINKS = Statement(
    _linking.add_columns(article_link.c.target_id, _is_gone)
    .outerjoin(
        _target,
        and_(_target.c.account_id == article_link.c.account_id, _target.c.id == article_link.c.target_id),
    )
    .where(
        article_link.c.target_id.is_not(None),
        or_(
            _is_gone,
            ~select(_target_variant.c.article_id)
            .where(
                _target_variant.c.account_id == article_link.c.account_id,
                _target_variant.c.article_id == article_link.c.target_id,
                _target_variant.c.published_version.is_not(None),
            )
            .exists(),
        ),
    )
)
BAD_LINKS = Statement(
    _linking.add_columns(article_link.c.href, article_link.c.problem, article_link.c.checked_at).where(
        article_link.c.problem.is_not(None)
    )
)
PUBLISHED_IN = Statement(
    select(variant.c.article_id, variant.c.language, article_version.c.title, variant.c.published_at)
    .join(article, _of_article)
    .join(article_version, _version_of)
    .where(
        variant.c.account_id == _account_id,
        variant.c.knowledge_base_id == _base_id,
        _published,
        article.c.deleted_at.is_(None),
        variant.c.article_id > bindparam("after", type_=BigInteger),
    )
    .order_by(variant.c.article_id, variant.c.language)
    .limit(_limit)
)

# Imports.

ADD_IMPORT = Statement(insert(article_import))
FIND_IMPORT = Statement(
    select(
        article_import.c.id,
        article_import.c.knowledge_base_id,
        article_import.c.kind,
        article_import.c.name,
        article_import.c.size,
        article_import.c.dry_run,
        article_import.c.publish,
        article_import.c.state,
        article_import.c.done,
        article_import.c.total,
        article_import.c.created,
        article_import.c.problems,
        article_import.c.asked_by,
        article_import.c.created_at,
    ).where(article_import.c.account_id == _account_id, article_import.c.id == _id)
)
SET_IMPORT = Statement(
    update(article_import)
    .where(article_import.c.account_id == _account_id, article_import.c.id == _id)
    .values(
        state=_set("state", Text),
        done=_set("done", Integer),
        total=_set("total", Integer),
        created=_set("created", Integer),
        problems=_set("problems", Text),
    )
)
OLD_IMPORTS = Statement(
    select(article_import.c.account_id, article_import.c.id)
    .where(
        or_(
            article_import.c.created_at < bindparam("before", type_=BigInteger),
            and_(
                article_import.c.state == "waiting",
                article_import.c.created_at < bindparam("waiting_before", type_=BigInteger),
            ),
        )
    )
    .order_by(article_import.c.created_at)
    .limit(_limit)
)
DROP_IMPORT = Statement(
    delete(article_import).where(article_import.c.account_id == _account_id, article_import.c.id == _id)
)
ORIGINS = Statement(
    select(
        article_origin.c.origin,
        article_origin.c.language,
        article_origin.c.article_id,
        article_origin.c.revision,
    ).where(
        article_origin.c.account_id == _account_id,
        article_origin.c.knowledge_base_id == _base_id,
        article_origin.c.kind == bindparam("kind_", type_=Text),
    )
)
_put_origin = insert(article_origin).values(
    {column.name: bindparam(column.name) for column in article_origin.c}
)
PUT_ORIGIN = Statement(
    _put_origin.on_conflict_do_update(
        index_elements=list(article_origin.primary_key),
        set_={name: _put_origin.excluded[name] for name in ("article_id", "revision")},
    )
)
FIND_IMAGE = Statement(
    select(image_origin.c.file_id).where(
        image_origin.c.account_id == _account_id, image_origin.c.sha256 == bindparam("hash", type_=Text)
    )
)
_put_image_origin = insert(image_origin).values(
    {column.name: bindparam(column.name) for column in image_origin.c}
)
PUT_IMAGE_ORIGIN = Statement(
    _put_image_origin.on_conflict_do_update(
        index_elements=list(image_origin.primary_key), set_={"file_id": _put_image_origin.excluded.file_id}
    )
)
