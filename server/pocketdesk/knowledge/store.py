"""The SQL of knowledge bases, categories, articles, their drafts and versions."""

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
)

from pocketdesk.storage import account_key, belongs_to, key, metadata

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
