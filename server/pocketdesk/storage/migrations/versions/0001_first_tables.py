"""First tables"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
    )
    op.create_table(
        "account_counter",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_counter")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "event",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "position", name=op.f("pk_event")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_event_account_id_conversation_id_position"),
        "event",
        ["account_id", "conversation_id", "position"],
        unique=False,
    )
    op.create_table(
        "event_horizon",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_event_horizon")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "id_counter",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_id_counter")),
    )
    op.create_table(
        "identity_day",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("app_version", sa.Text(), nullable=False),
        sa.Column("proven", sa.BigInteger(), nullable=False),
        sa.Column("unproven", sa.BigInteger(), nullable=False),
        sa.Column("refused", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "day", "client", "app_version", name=op.f("pk_identity_day")),
    )
    op.create_table(
        "identity_key",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("algorithm", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=True),
        sa.Column("sealed_secret", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "algorithm IN ('HS256', 'RS256', 'ES256', 'EdDSA')", name=op.f("ck_identity_key_algorithm")
        ),
        sa.CheckConstraint(
            "(public_key IS NULL) <> (sealed_secret IS NULL)", name=op.f("ck_identity_key_one_key")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_identity_key")),
        sa.UniqueConstraint("account_id", "kid", name=op.f("uq_identity_key_account_id_kid")),
    )
    op.create_table(
        "identity_token",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "token_hash", name=op.f("pk_identity_token")),
    )
    op.create_index("ix_identity_token_email", "identity_token", ["account_id", "email"], unique=False)
    op.create_index(op.f("ix_identity_token_expires_at"), "identity_token", ["expires_at"], unique=False)
    op.create_table(
        "job",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("run_at", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("leased_by", sa.BigInteger(), nullable=True),
        sa.Column("again", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("last_failure", sa.Text(), nullable=True),
        sa.Column("dead_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_job")),
    )
    op.create_index(
        "ix_job_due",
        "job",
        ["run_at"],
        unique=False,
        sqlite_where=sa.text("dead_at IS NULL"),
        postgresql_where=sa.text("dead_at IS NULL"),
    )
    op.create_index(
        "ux_job_open",
        "job",
        ["account_id", "kind", "key"],
        unique=True,
        sqlite_where=sa.text("dead_at IS NULL"),
        postgresql_where=sa.text("dead_at IS NULL"),
    )
    op.create_table(
        "login",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login")),
        sa.UniqueConstraint("email", name=op.f("uq_login_email")),
    )
    op.create_table(
        "schedule",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_schedule")),
    )
    op.create_table(
        "search_collection",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("collection_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "collection_id", name=op.f("pk_search_collection")),
    )
    op.create_table(
        "search_document",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("collection_id", sa.BigInteger(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("subtitle", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_search_document")),
    )
    op.create_index(
        "ix_search_document_change",
        "search_document",
        ["account_id", "collection_id", "change"],
        unique=False,
    )
    op.create_index(
        "uq_search_document",
        "search_document",
        ["account_id", "collection_id", "subject_id", "language"],
        unique=True,
    )
    op.create_table(
        "search_removal",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("collection_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("change", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "collection_id", "change", name=op.f("pk_search_removal")),
    )
    op.create_table(
        "search_word",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("collection_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("word", sa.LargeBinary(), nullable=False),
        sa.Column("backwards", sa.LargeBinary(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("in_public", sa.Integer(), nullable=False),
        sa.Column("in_restricted", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "account_id", "collection_id", "language", "word", name=op.f("pk_search_word")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_search_word_backwards",
        "search_word",
        ["account_id", "collection_id", "language", "backwards"],
        unique=False,
    )
    op.create_index(
        "ix_search_word_token",
        "search_word",
        ["account_id", "collection_id", "language", "token"],
        unique=False,
    )
    op.create_table(
        "account_routing",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_account_routing_capacity")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_routing_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_routing")),
    )
    op.create_table(
        "article_day",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("knowledge_base_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.Column("reads", sa.Integer(), nullable=False),
        sa.Column("read_ms", sa.BigInteger(), nullable=False),
        sa.Column("chats", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "source IN ('chat', 'help_center', 'agent', 'api')", name=op.f("ck_article_day_source")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_article_day_account_id")),
        sa.PrimaryKeyConstraint(
            "account_id",
            "knowledge_base_id",
            "day",
            "article_id",
            "language",
            "source",
            name=op.f("pk_article_day"),
        ),
    )
    op.create_table(
        "article_standing",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("knowledge_base_id", sa.BigInteger(), nullable=False),
        sa.Column("heat", sa.Float(), nullable=False),
        sa.Column("helpful", sa.Integer(), nullable=False),
        sa.Column("unhelpful", sa.Integer(), nullable=False),
        sa.Column("rated", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_article_standing_account_id")),
        sa.PrimaryKeyConstraint("account_id", "article_id", name=op.f("pk_article_standing")),
    )
    op.create_index(
        "ix_article_standing_heat",
        "article_standing",
        ["account_id", "knowledge_base_id", "heat"],
        unique=False,
    )
    op.create_index(
        "ix_article_standing_rated",
        "article_standing",
        ["account_id", "knowledge_base_id", "rated"],
        unique=False,
    )
    op.create_table(
        "article_vote",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("knowledge_base_id", sa.BigInteger(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("voter", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_article_vote_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_article_vote")),
    )
    op.create_index(
        "ix_article_vote_at", "article_vote", ["account_id", "knowledge_base_id", "at"], unique=False
    )
    op.create_index(
        "ix_article_vote_person_id",
        "article_vote",
        ["account_id", "person_id"],
        unique=False,
        sqlite_where=sa.text("person_id IS NOT NULL"),
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )
    op.create_index(
        "ix_article_vote_reader",
        "article_vote",
        ["at"],
        unique=False,
        sqlite_where=sa.text("voter LIKE 'reader:%'"),
        postgresql_where=sa.text("voter LIKE 'reader:%'"),
    )
    op.create_index(
        "uq_article_vote_voter", "article_vote", ["account_id", "article_id", "voter"], unique=True
    )
    op.create_table(
        "consent_text",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_consent_text_account_id")),
        sa.PrimaryKeyConstraint("account_id", "text_hash", name=op.f("pk_consent_text")),
    )
    op.create_table(
        "custom_channel",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("logo_url", sa.Text(), nullable=True),
        sa.Column("redirect_url", sa.Text(), nullable=True),
        sa.Column("capabilities", sa.Text(), nullable=False),
        sa.Column("takes_answers", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("archived_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_custom_channel_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_custom_channel")),
    )
    op.create_table(
        "erasure",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("person_ids", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(stage = 'done') = (finished_at IS NOT NULL)", name=op.f("ck_erasure_stage")),
        sa.CheckConstraint("reason IN ('request', 'retention')", name=op.f("ck_erasure_reason")),
        sa.CheckConstraint(
            "subject IN ('contact', 'visitor', 'conversation', 'files')", name=op.f("ck_erasure_subject")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_erasure_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_erasure")),
    )
    op.create_index("ix_erasure_started_at", "erasure", ["account_id", "started_at", "id"], unique=False)
    op.create_index(
        "uq_erasure_going_on",
        "erasure",
        ["account_id", "subject", "subject_id"],
        unique=True,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "export",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'ready', 'failed', 'gone')", name=op.f("ck_export_state")
        ),
        sa.CheckConstraint("subject IN ('contact', 'visitor')", name=op.f("ck_export_subject")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_export_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_export")),
    )
    op.create_index("ix_export_created_at", "export", ["account_id", "created_at", "id"], unique=False)
    op.create_index("ix_export_subject", "export", ["account_id", "subject_id"], unique=False)
    op.create_index(
        "uq_export_unfinished",
        "export",
        ["account_id", "subject_id"],
        unique=True,
        sqlite_where=sa.text("state = 'waiting' OR state = 'running'"),
        postgresql_where=sa.text("state = 'waiting' OR state = 'running'"),
    )
    op.create_table(
        "file",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("owner_kind", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "conversation_id IS NULL OR state IN ('ready', 'erased')", name=op.f("ck_file_attached")
        ),
        sa.CheckConstraint("owner_kind IN ('visitor', 'user')", name=op.f("ck_file_owner_kind")),
        sa.CheckConstraint(
            "purpose IN ('message', 'brand', 'photo', 'article')", name=op.f("ck_file_purpose")
        ),
        sa.CheckConstraint(
            "received >= 0 AND (received <= size OR state <> 'receiving')", name=op.f("ck_file_received")
        ),
        sa.CheckConstraint(
            "state IN ('receiving', 'ready', 'refused', 'erased')", name=op.f("ck_file_state")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_file_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_file")),
    )
    op.create_index("ix_file_conversation_id", "file", ["account_id", "conversation_id"], unique=False)
    op.create_index("ix_file_created_at", "file", ["account_id", "created_at"], unique=False)
    op.create_index(
        "ix_file_erased",
        "file",
        ["account_id", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'erased'"),
        postgresql_where=sa.text("state = 'erased'"),
    )
    op.create_index(
        "ix_file_loose",
        "file",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("conversation_id IS NULL"),
        postgresql_where=sa.text("conversation_id IS NULL"),
    )
    op.create_index(
        "ix_file_owner", "file", ["account_id", "owner_kind", "owner_id", "created_at"], unique=False
    )
    op.create_table(
        "identity_settings",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("enforcement", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "enforcement IN ('off', 'report', 'enforce')", name=op.f("ck_identity_settings_enforcement")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_identity_settings_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_identity_settings")),
    )
    op.create_table(
        "image_origin",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_image_origin_account_id")),
        sa.PrimaryKeyConstraint("account_id", "sha256", name=op.f("pk_image_origin")),
    )
    op.create_table(
        "inbox",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("reopen_hours", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("type IN ('inbox', 'help_desk')", name=op.f("ck_inbox_type")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_inbox_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_inbox")),
    )
    op.create_table(
        "login_session",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("login_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("ip", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["login_id"], ["login.id"], name=op.f("fk_login_session_login_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_login_session_token_hash")),
    )
    op.create_index(op.f("ix_login_session_expires_at"), "login_session", ["expires_at"], unique=False)
    op.create_index(op.f("ix_login_session_login_id"), "login_session", ["login_id"], unique=False)
    op.create_table(
        "permission_set",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("permissions", sa.Text(), nullable=False),
        sa.Column("builtin", sa.Text(), nullable=True),
        sa.CheckConstraint("builtin IN ('administrator', 'agent')", name=op.f("ck_permission_set_builtin")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_permission_set_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_permission_set")),
    )
    op.create_table(
        "privacy_settings",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("data_privacy", sa.Boolean(), nullable=False),
        sa.Column("cookie_consent", sa.Boolean(), nullable=False),
        sa.Column("marketing_contacts", sa.Boolean(), nullable=False),
        sa.Column("closed_days", sa.Integer(), nullable=True),
        sa.Column("idle_days", sa.Integer(), nullable=True),
        sa.Column("file_days", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_privacy_settings_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_privacy_settings")),
    )
    op.create_table(
        "push_settings",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("with_content", sa.Boolean(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_push_settings_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_push_settings")),
    )
    op.create_table(
        "search_day",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("knowledge_base_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("searches", sa.Integer(), nullable=False),
        sa.Column("without_result", sa.Integer(), nullable=False),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_search_day_account_id")),
        sa.PrimaryKeyConstraint(
            "account_id", "knowledge_base_id", "day", "language", "term", name=op.f("pk_search_day")
        ),
    )
    op.create_index("ix_search_day_day", "search_day", ["day"], unique=False)
    op.create_table(
        "sent_mail",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sent_mail_account_id")),
        sa.PrimaryKeyConstraint("account_id", "word", name=op.f("pk_sent_mail")),
    )
    op.create_index("ix_sent_mail_sent_at", "sent_mail", ["sent_at"], unique=False)
    op.create_table(
        "skill",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.CheckConstraint("category IS NULL OR language IS NULL", name=op.f("ck_skill_one_kind")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_skill_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_skill")),
    )
    op.create_index("uq_skill_language", "skill", ["account_id", "language"], unique=True)
    op.create_index(
        "uq_skill_name_key",
        "skill",
        ["account_id", "name_key"],
        unique=True,
        sqlite_where=sa.text("language IS NULL"),
        postgresql_where=sa.text("language IS NULL"),
    )
    op.create_table(
        "subscription_type",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("archived_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_subscription_type_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_subscription_type")),
    )
    op.create_table(
        "team",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_team_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_team")),
    )
    op.create_table(
        "channel_account",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("inbox_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("accent", sa.Text(), nullable=False),
        sa.Column("font", sa.Text(), nullable=False),
        sa.Column("availability", sa.Text(), nullable=False),
        sa.Column("archived_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=True),
        sa.Column("sdk", sa.Text(), nullable=True),
        sa.Column("sdk_seen_at", sa.BigInteger(), nullable=True),
        sa.Column("custom_channel_id", sa.BigInteger(), nullable=True),
        sa.Column("identifier_type", sa.Text(), nullable=True),
        sa.Column("identifier", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "custom_channel_id IS NULL OR kind = 'custom'", name=op.f("ck_channel_account_custom_channel_id")
        ),
        sa.CheckConstraint(
            "font IN ('system', 'serif', 'rounded', 'mono')", name=op.f("ck_channel_account_font")
        ),
        sa.CheckConstraint("kind IN ('web', 'mobile', 'custom')", name=op.f("ck_channel_account_kind")),
        sa.CheckConstraint(
            "(identifier_type IS NULL) = (identifier IS NULL)", name=op.f("ck_channel_account_identifier")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "custom_channel_id"],
            ["custom_channel.account_id", "custom_channel.id"],
            name=op.f("fk_channel_account_account_id_custom_channel_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "inbox_id"],
            ["inbox.account_id", "inbox.id"],
            name=op.f("fk_channel_account_account_id_inbox_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_channel_account")),
    )
    op.create_index(
        "ix_channel_account_inbox_id", "channel_account", ["account_id", "inbox_id"], unique=False
    )
    op.create_table(
        "user",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("login_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("permission_set_id", sa.BigInteger(), nullable=False),
        sa.Column("can_receive", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_at", sa.BigInteger(), nullable=False),
        sa.Column("status_set_by", sa.BigInteger(), nullable=True),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=True),
        sa.Column("joined_at", sa.BigInteger(), nullable=True),
        sa.Column("deactivated_at", sa.BigInteger(), nullable=True),
        sa.Column("photo_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("status IN ('available', 'away')", name=op.f("ck_user_status")),
        sa.ForeignKeyConstraint(
            ["account_id", "permission_set_id"],
            ["permission_set.account_id", "permission_set.id"],
            name=op.f("fk_user_account_id_permission_set_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "status_set_by"],
            ["user.account_id", "user.id"],
            name=op.f("fk_user_account_id_status_set_by"),
        ),
        sa.ForeignKeyConstraint(["login_id"], ["login.id"], name=op.f("fk_user_login_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_user")),
        sa.UniqueConstraint("account_id", "login_id", name=op.f("uq_user_account_id_login_id")),
    )
    op.create_index(op.f("ix_user_login_id"), "user", ["login_id"], unique=False)
    op.create_index(
        "ix_user_photo",
        "user",
        ["account_id", "photo_id"],
        unique=True,
        sqlite_where=sa.text("photo_id IS NOT NULL"),
        postgresql_where=sa.text("photo_id IS NOT NULL"),
    )
    op.create_table(
        "api_token",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "created_by"],
            ["user.account_id", "user.id"],
            name=op.f("fk_api_token_account_id_created_by"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor_user_id", sa.BigInteger(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "actor_user_id"],
            ["user.account_id", "user.id"],
            name=op.f("fk_audit_entry_account_id_actor_user_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_at", "audit_entry", ["account_id", "at", "id"], unique=False)
    op.create_table(
        "chatflow",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("inbox_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_account_id", sa.BigInteger(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("tag_key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.Column("modified_by", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('mobile')", name=op.f("ck_chatflow_kind")),
        sa.CheckConstraint("priority > 0", name=op.f("ck_chatflow_priority")),
        sa.ForeignKeyConstraint(
            ["account_id", "channel_account_id"],
            ["channel_account.account_id", "channel_account.id"],
            name=op.f("fk_chatflow_account_id_channel_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "inbox_id"],
            ["inbox.account_id", "inbox.id"],
            name=op.f("fk_chatflow_account_id_inbox_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_chatflow")),
    )
    op.create_index("ix_chatflow_priority", "chatflow", ["account_id", "kind", "priority"], unique=False)
    op.create_index("ix_chatflow_tag", "chatflow", ["account_id", "tag_key", "priority"], unique=False)
    op.create_table(
        "consent_record",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("choice", sa.Boolean(), nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("subscription_type_id", sa.BigInteger(), nullable=True),
        sa.Column("chatflow_id", sa.BigInteger(), nullable=False),
        sa.Column("chatflow_version", sa.Integer(), nullable=False),
        sa.Column("channel_account_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("of_record_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'communicate') = (subscription_type_id IS NOT NULL)",
            name=op.f("ck_consent_record_subscription_type"),
        ),
        sa.CheckConstraint(
            "basis IN ('explicit', 'legitimate_interest')", name=op.f("ck_consent_record_basis")
        ),
        sa.CheckConstraint(
            "kind IN ('process', 'cookies', 'communicate')", name=op.f("ck_consent_record_kind")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "channel_account_id"],
            ["channel_account.account_id", "channel_account.id"],
            name=op.f("fk_consent_record_account_id_channel_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_type_id"],
            ["subscription_type.account_id", "subscription_type.id"],
            name=op.f("fk_consent_record_account_id_subscription_type_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "text_hash"],
            ["consent_text.account_id", "consent_text.text_hash"],
            name=op.f("fk_consent_record_account_id_text_hash"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_consent_record")),
        sa.UniqueConstraint(
            "account_id",
            "person_id",
            "of_record_id",
            name=op.f("uq_consent_record_account_id_person_id_of_record_id"),
        ),
    )
    op.create_index(
        "ix_consent_record_person",
        "consent_record",
        ["account_id", "person_id", "kind", "at", "id"],
        unique=False,
    )
    op.create_table(
        "contact",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("name_key", sa.Text(), nullable=True),
        sa.Column("owner_user_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("erased_at", sa.BigInteger(), nullable=True),
        sa.Column("marketing", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("archived_at", sa.BigInteger(), nullable=True),
        sa.Column("merged_into_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "merged_into_id IS NULL OR (merged_into_id <> id AND name IS NULL AND owner_user_id IS NULL)",
            name=op.f("ck_contact_merged"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "merged_into_id"],
            ["contact.account_id", "contact.id"],
            name=op.f("fk_contact_account_id_merged_into_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "owner_user_id"],
            ["user.account_id", "user.id"],
            name=op.f("fk_contact_account_id_owner_user_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_contact_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_contact")),
    )
    op.create_index("ix_contact_created_at", "contact", ["account_id", "created_at", "id"], unique=False)
    op.create_index(
        "ix_contact_merged_into_id",
        "contact",
        ["account_id", "merged_into_id"],
        unique=False,
        sqlite_where=sa.text("merged_into_id IS NOT NULL"),
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )
    op.create_table(
        "inbox_member",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("inbox_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("team_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(user_id IS NULL) <> (team_id IS NULL)", name=op.f("ck_inbox_member_one_member")),
        sa.ForeignKeyConstraint(
            ["account_id", "inbox_id"],
            ["inbox.account_id", "inbox.id"],
            name=op.f("fk_inbox_member_account_id_inbox_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "team_id"],
            ["team.account_id", "team.id"],
            name=op.f("fk_inbox_member_account_id_team_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"],
            ["user.account_id", "user.id"],
            name=op.f("fk_inbox_member_account_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_inbox_member")),
    )
    op.create_index("ix_inbox_member_inbox_id", "inbox_member", ["account_id", "inbox_id"], unique=False)
    op.create_index(
        "uq_inbox_member_team_id",
        "inbox_member",
        ["account_id", "team_id", "inbox_id"],
        unique=True,
        sqlite_where=sa.text("team_id IS NOT NULL"),
        postgresql_where=sa.text("team_id IS NOT NULL"),
    )
    op.create_index(
        "uq_inbox_member_user_id",
        "inbox_member",
        ["account_id", "user_id", "inbox_id"],
        unique=True,
        sqlite_where=sa.text("user_id IS NOT NULL"),
        postgresql_where=sa.text("user_id IS NOT NULL"),
    )
    op.create_table(
        "integration",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("redirect_uris", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "created_by"],
            ["user.account_id", "user.id"],
            name=op.f("fk_integration_account_id_created_by"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_integration")),
        sa.UniqueConstraint("client_id", name=op.f("uq_integration_client_id")),
    )
    op.create_table(
        "invitation",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("mailed_hash", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"],
            ["user.account_id", "user.id"],
            name=op.f("fk_invitation_account_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "user_id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("mailed_hash", name=op.f("uq_invitation_mailed_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_table(
        "knowledge_base",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("accent", sa.Text(), nullable=False),
        sa.Column("logo_id", sa.BigInteger(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("archived_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "created_by"],
            ["user.account_id", "user.id"],
            name=op.f("fk_knowledge_base_account_id_created_by"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_knowledge_base_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_knowledge_base")),
    )
    op.create_index("uq_knowledge_base_slug", "knowledge_base", ["account_id", "slug"], unique=True)
    op.create_table(
        "push_provider",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sealed_key", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("failed_at", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('apns', 'fcm', 'webpush')", name=op.f("ck_push_provider_kind")),
        sa.ForeignKeyConstraint(
            ["account_id", "created_by"],
            ["user.account_id", "user.id"],
            name=op.f("fk_push_provider_account_id_created_by"),
        ),
        sa.PrimaryKeyConstraint("account_id", "kind", name=op.f("pk_push_provider")),
    )
    op.create_table(
        "survey",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("follow_ups", sa.Text(), nullable=False),
        sa.Column("thank_yous", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=True),
        sa.Column("archived_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.Column("modified_by", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(delivery = 'link') = (public_key IS NOT NULL)", name=op.f("ck_survey_public_key")
        ),
        sa.CheckConstraint("delivery IN ('chat', 'link')", name=op.f("ck_survey_delivery")),
        sa.ForeignKeyConstraint(
            ["account_id", "created_by"],
            ["user.account_id", "user.id"],
            name=op.f("fk_survey_account_id_created_by"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "modified_by"],
            ["user.account_id", "user.id"],
            name=op.f("fk_survey_account_id_modified_by"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_survey_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_survey")),
        sa.UniqueConstraint("public_key", name=op.f("uq_survey_public_key")),
    )
    op.create_index("ix_survey_created_at", "survey", ["account_id", "created_at", "id"], unique=False)
    op.create_table(
        "team_member",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("team_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("is_main", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "team_id"],
            ["team.account_id", "team.id"],
            name=op.f("fk_team_member_account_id_team_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"],
            ["user.account_id", "user.id"],
            name=op.f("fk_team_member_account_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "team_id", "user_id", name=op.f("pk_team_member")),
    )
    op.create_index("ix_team_member_user_id", "team_member", ["account_id", "user_id"], unique=False)
    op.create_table(
        "user_routing",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("last_assigned_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_user_routing_capacity")),
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"],
            ["user.account_id", "user.id"],
            name=op.f("fk_user_routing_account_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "user_id", name=op.f("pk_user_routing")),
    )
    op.create_table(
        "user_skill",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("skill_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("is_main", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "skill_id"],
            ["skill.account_id", "skill.id"],
            name=op.f("fk_user_skill_account_id_skill_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"],
            ["user.account_id", "user.id"],
            name=op.f("fk_user_skill_account_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "user_id", "skill_id", name=op.f("pk_user_skill")),
    )
    op.create_index("ix_user_skill_skill_id", "user_skill", ["account_id", "skill_id"], unique=False)
    op.create_table(
        "webhook",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("old_secret", sa.Text(), nullable=True),
        sa.Column("old_secret_until", sa.BigInteger(), nullable=True),
        sa.Column("is_on", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("why_off", sa.Text(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("succeeded_at", sa.BigInteger(), nullable=True),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("custom_channel_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(format = 'channel') = (custom_channel_id IS NOT NULL)",
            name=op.f("ck_webhook_custom_channel_id"),
        ),
        sa.CheckConstraint(
            "format IN ('standard', 'hubspot', 'hubspot_v2', 'channel')", name=op.f("ck_webhook_format")
        ),
        sa.CheckConstraint(
            "(old_secret IS NULL) = (old_secret_until IS NULL)", name=op.f("ck_webhook_old_secret")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "created_by"],
            ["user.account_id", "user.id"],
            name=op.f("fk_webhook_account_id_created_by"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "custom_channel_id"],
            ["custom_channel.account_id", "custom_channel.id"],
            name=op.f("fk_webhook_account_id_custom_channel_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_webhook_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_webhook")),
    )
    op.create_table(
        "article_import",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("knowledge_base_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("publish", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_article_import_state")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "asked_by"],
            ["user.account_id", "user.id"],
            name=op.f("fk_article_import_account_id_asked_by"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "knowledge_base_id"],
            ["knowledge_base.account_id", "knowledge_base.id"],
            name=op.f("fk_article_import_account_id_knowledge_base_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_article_import")),
    )
    op.create_table(
        "category",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("knowledge_base_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "knowledge_base_id"],
            ["knowledge_base.account_id", "knowledge_base.id"],
            name=op.f("fk_category_account_id_knowledge_base_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "parent_id"],
            ["category.account_id", "category.id"],
            name=op.f("fk_category_account_id_parent_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_category")),
    )
    op.create_index("ix_category_parent_id", "category", ["account_id", "parent_id"], unique=False)
    op.create_index("uq_category_slug", "category", ["account_id", "knowledge_base_id", "slug"], unique=True)
    op.create_table(
        "chatflow_version",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chatflow_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "chatflow_id"],
            ["chatflow.account_id", "chatflow.id"],
            name=op.f("fk_chatflow_version_account_id_chatflow_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "chatflow_id", "version", name=op.f("pk_chatflow_version")),
    )
    op.create_table(
        "connection",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("integration_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("code_expires_at", sa.BigInteger(), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("challenge", sa.Text(), nullable=True),
        sa.Column("refresh_hash", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "integration_id"],
            ["integration.account_id", "integration.id"],
            name=op.f("fk_connection_account_id_integration_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"],
            ["user.account_id", "user.id"],
            name=op.f("fk_connection_account_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_connection")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_connection_code_hash")),
        sa.UniqueConstraint("refresh_hash", name=op.f("uq_connection_refresh_hash")),
    )
    op.create_index(
        "ix_connection_integration_id", "connection", ["account_id", "integration_id", "id"], unique=False
    )
    op.create_index("ix_connection_last_used_at", "connection", ["last_used_at"], unique=False)
    op.create_index("ix_connection_user_id", "connection", ["account_id", "user_id"], unique=False)
    op.create_table(
        "contact_email",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("verified_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "contact_id"],
            ["contact.account_id", "contact.id"],
            name=op.f("fk_contact_email_account_id_contact_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "email", name=op.f("pk_contact_email")),
        sa.UniqueConstraint("account_id", "contact_id", name=op.f("uq_contact_email_account_id_contact_id")),
    )
    op.create_table(
        "contact_property",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("number", sa.Float(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.Column("superseded_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(text IS NULL) <> (number IS NULL)", name=op.f("ck_contact_property_one_value")),
        sa.ForeignKeyConstraint(
            ["account_id", "contact_id"],
            ["contact.account_id", "contact.id"],
            name=op.f("fk_contact_property_account_id_contact_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_contact_property")),
    )
    op.create_index(
        "uq_contact_property_current",
        "contact_property",
        ["account_id", "contact_id", "name"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "submission",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("survey_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("once", sa.Text(), nullable=True),
        sa.CheckConstraint("rating IN (0, 1, 2)", name=op.f("ck_submission_rating")),
        sa.ForeignKeyConstraint(
            ["account_id", "survey_id"],
            ["survey.account_id", "survey.id"],
            name=op.f("fk_submission_account_id_survey_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_submission")),
    )
    op.create_index("ix_submission_at", "submission", ["account_id", "survey_id", "at", "id"], unique=False)
    op.create_index(
        "ix_submission_conversation_id",
        "submission",
        ["account_id", "conversation_id"],
        unique=False,
        sqlite_where=sa.text("conversation_id IS NOT NULL"),
        postgresql_where=sa.text("conversation_id IS NOT NULL"),
    )
    op.create_index(
        "ix_submission_person_id",
        "submission",
        ["account_id", "person_id"],
        unique=False,
        sqlite_where=sa.text("person_id IS NOT NULL"),
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )
    op.create_index(
        "uq_submission_once",
        "submission",
        ["account_id", "survey_id", "once"],
        unique=True,
        sqlite_where=sa.text("once IS NOT NULL"),
        postgresql_where=sa.text("once IS NOT NULL"),
    )
    op.create_table(
        "subscription",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subscription_type_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("status IN ('subscribed', 'unsubscribed')", name=op.f("ck_subscription_status")),
        sa.ForeignKeyConstraint(
            ["account_id", "contact_id"],
            ["contact.account_id", "contact.id"],
            name=op.f("fk_subscription_account_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_type_id"],
            ["subscription_type.account_id", "subscription_type.id"],
            name=op.f("fk_subscription_account_id_subscription_type_id"),
        ),
        sa.PrimaryKeyConstraint(
            "account_id", "contact_id", "subscription_type_id", name=op.f("pk_subscription")
        ),
    )
    op.create_table(
        "synonym",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("knowledge_base_id", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "knowledge_base_id"],
            ["knowledge_base.account_id", "knowledge_base.id"],
            name=op.f("fk_synonym_account_id_knowledge_base_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_synonym")),
    )
    op.create_index(
        "ix_synonym_knowledge_base_id", "synonym", ["account_id", "knowledge_base_id"], unique=False
    )
    op.create_table(
        "visitor",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=True),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.Column("claimed_email", sa.Text(), nullable=True),
        sa.Column("outside_key", sa.Text(), nullable=True),
        sa.Column("outside_name", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "contact_id"],
            ["contact.account_id", "contact.id"],
            name=op.f("fk_visitor_account_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_visitor_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_visitor")),
    )
    op.create_index(
        "ix_visitor_last_seen_at",
        "visitor",
        ["account_id", "last_seen_at", "id"],
        unique=False,
        sqlite_where=sa.text("retired_at IS NULL"),
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.create_index(
        "ix_visitor_unused",
        "visitor",
        ["last_seen_at"],
        unique=False,
        sqlite_where=sa.text("kept_at IS NULL"),
        postgresql_where=sa.text("kept_at IS NULL"),
    )
    op.create_index(
        "uq_visitor_contact_id",
        "visitor",
        ["account_id", "contact_id"],
        unique=True,
        sqlite_where=sa.text("contact_id IS NOT NULL"),
        postgresql_where=sa.text("contact_id IS NOT NULL"),
    )
    op.create_index(
        "uq_visitor_outside_key",
        "visitor",
        ["account_id", "outside_key"],
        unique=True,
        sqlite_where=sa.text("outside_key IS NOT NULL"),
        postgresql_where=sa.text("outside_key IS NOT NULL"),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("webhook_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("took_ms", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'delivered', 'failed')", name=op.f("ck_webhook_delivery_state")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "webhook_id"],
            ["webhook.account_id", "webhook.id"],
            name=op.f("fk_webhook_delivery_account_id_webhook_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "webhook_id", "position", name=op.f("pk_webhook_delivery")),
    )
    op.create_index("ix_webhook_delivery_at", "webhook_delivery", ["at"], unique=False)
    op.create_index(
        "ix_webhook_delivery_lane",
        "webhook_delivery",
        ["account_id", "webhook_id", "conversation_id", "position"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "access_token",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("connection_id", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "connection_id"],
            ["connection.account_id", "connection.id"],
            name=op.f("fk_access_token_account_id_connection_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_access_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_access_token_token_hash")),
    )
    op.create_index(
        "ix_access_token_connection_id", "access_token", ["account_id", "connection_id"], unique=False
    )
    op.create_index(op.f("ix_access_token_expires_at"), "access_token", ["expires_at"], unique=False)
    op.create_table(
        "app_credential",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("visitor_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("key_id", sa.BigInteger(), nullable=True),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "key_id"],
            ["identity_key.account_id", "identity_key.id"],
            name=op.f("fk_app_credential_account_id_key_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "visitor_id"],
            ["visitor.account_id", "visitor.id"],
            name=op.f("fk_app_credential_account_id_visitor_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_app_credential")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_app_credential_token_hash")),
    )
    op.create_index(op.f("ix_app_credential_expires_at"), "app_credential", ["expires_at"], unique=False)
    op.create_index(
        "ix_app_credential_visitor_id", "app_credential", ["account_id", "visitor_id"], unique=False
    )
    op.create_table(
        "article",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("knowledge_base_id", sa.BigInteger(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("access IN ('public', 'contacts')", name=op.f("ck_article_access")),
        sa.ForeignKeyConstraint(
            ["account_id", "category_id"],
            ["category.account_id", "category.id"],
            name=op.f("fk_article_account_id_category_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "created_by"],
            ["user.account_id", "user.id"],
            name=op.f("fk_article_account_id_created_by"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "knowledge_base_id"],
            ["knowledge_base.account_id", "knowledge_base.id"],
            name=op.f("fk_article_account_id_knowledge_base_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_article")),
    )
    op.create_index("ix_article_category_id", "article", ["account_id", "category_id"], unique=False)
    op.create_index(
        "ix_article_modified_at",
        "article",
        ["account_id", "knowledge_base_id", "modified_at", "id"],
        unique=False,
    )
    op.create_table(
        "chat_property",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("visitor_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "visitor_id"],
            ["visitor.account_id", "visitor.id"],
            name=op.f("fk_chat_property_account_id_visitor_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "visitor_id", "name", name=op.f("pk_chat_property")),
    )
    op.create_table(
        "conversation",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("inbox_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_account_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_kind", sa.Text(), nullable=False),
        sa.Column("chatflow_id", sa.BigInteger(), nullable=True),
        sa.Column("chatflow_version", sa.Integer(), nullable=True),
        sa.Column("visitor_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.Column("client_conversation_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("assignee_kind", sa.Text(), nullable=False),
        sa.Column("assignee_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("last_message_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_sent_at", sa.BigInteger(), nullable=True),
        sa.Column("last_received_at", sa.BigInteger(), nullable=True),
        sa.Column("last_activity_at", sa.BigInteger(), nullable=False),
        sa.Column("waiting_since", sa.BigInteger(), nullable=True),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("survey_id", sa.BigInteger(), nullable=True),
        sa.Column("queued_at", sa.BigInteger(), nullable=True),
        sa.Column("passed_user_id", sa.BigInteger(), nullable=True),
        sa.Column("brand_name", sa.Text(), nullable=True),
        sa.Column("brand_image", sa.Text(), nullable=True),
        sa.Column("cleared_version", sa.Integer(), nullable=False),
        sa.Column("erased_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("archived_at", sa.BigInteger(), nullable=True),
        sa.Column("spam", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint(
            "(assignee_kind = 'nobody') = (assignee_id = 0)", name=op.f("ck_conversation_assignee_id")
        ),
        sa.CheckConstraint(
            "(status = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_conversation_closed_at")
        ),
        sa.CheckConstraint(
            "assignee_kind IN ('nobody', 'user', 'team')", name=op.f("ck_conversation_assignee_kind")
        ),
        sa.CheckConstraint(
            "email IN ('not_asked', 'asked', 'given', 'skipped')", name=op.f("ck_conversation_email")
        ),
        sa.CheckConstraint(
            "queued_at IS NULL OR (status = 'open' AND assignee_kind = 'nobody')",
            name=op.f("ck_conversation_queued_at"),
        ),
        sa.CheckConstraint("status IN ('open', 'closed')", name=op.f("ck_conversation_status")),
        sa.CheckConstraint(
            "(chatflow_id IS NULL) = (chatflow_version IS NULL)", name=op.f("ck_conversation_chatflow")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "channel_account_id"],
            ["channel_account.account_id", "channel_account.id"],
            name=op.f("fk_conversation_account_id_channel_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "chatflow_id", "chatflow_version"],
            ["chatflow_version.account_id", "chatflow_version.chatflow_id", "chatflow_version.version"],
            name=op.f("fk_conversation_account_id_chatflow_id_chatflow_version"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "contact_id"],
            ["contact.account_id", "contact.id"],
            name=op.f("fk_conversation_account_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "inbox_id"],
            ["inbox.account_id", "inbox.id"],
            name=op.f("fk_conversation_account_id_inbox_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "visitor_id"],
            ["visitor.account_id", "visitor.id"],
            name=op.f("fk_conversation_account_id_visitor_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_conversation")),
        sa.UniqueConstraint(
            "account_id",
            "visitor_id",
            "client_conversation_id",
            name=op.f("uq_conversation_account_id_visitor_id_client_conversation_id"),
        ),
    )
    op.create_index(
        "ix_conversation_assignee",
        "conversation",
        ["account_id", "inbox_id", "status", "assignee_kind", "assignee_id", "last_activity_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_conversation_channel",
        "conversation",
        ["account_id", "inbox_id", "status", "channel_kind", "last_activity_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_conversation_closed_at",
        "conversation",
        ["account_id", "closed_at", "id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NOT NULL"),
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )
    op.create_index(
        "ix_conversation_contact",
        "conversation",
        ["account_id", "contact_id", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_conversation_queue",
        "conversation",
        ["account_id", "queued_at", "id"],
        unique=False,
        sqlite_where=sa.text("queued_at IS NOT NULL"),
        postgresql_where=sa.text("queued_at IS NOT NULL"),
    )
    op.create_index(
        "ix_conversation_visitor",
        "conversation",
        ["account_id", "visitor_id", "created_at", "id"],
        unique=False,
    )
    op.create_table(
        "visitor_cookie",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("visitor_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "visitor_id"],
            ["visitor.account_id", "visitor.id"],
            name=op.f("fk_visitor_cookie_account_id_visitor_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "token_hash", name=op.f("pk_visitor_cookie")),
    )
    op.create_index(
        "ix_visitor_cookie_visitor_id", "visitor_cookie", ["account_id", "visitor_id"], unique=False
    )
    op.create_table(
        "visitor_session",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("visitor_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("mobile_tag", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("key_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "identity IN ('none', 'verified', 'refused')", name=op.f("ck_visitor_session_identity")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "key_id"],
            ["identity_key.account_id", "identity_key.id"],
            name=op.f("fk_visitor_session_account_id_key_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "visitor_id"],
            ["visitor.account_id", "visitor.id"],
            name=op.f("fk_visitor_session_account_id_visitor_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_visitor_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_visitor_session_token_hash")),
    )
    op.create_index(op.f("ix_visitor_session_expires_at"), "visitor_session", ["expires_at"], unique=False)
    op.create_index(
        "ix_visitor_session_visitor_id", "visitor_session", ["account_id", "visitor_id"], unique=False
    )
    op.create_table(
        "comment",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("client_message_id", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("plain_text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "conversation_id"],
            ["conversation.account_id", "conversation.id"],
            name=op.f("fk_comment_account_id_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "conversation_id", "seq", name=op.f("pk_comment")),
        sa.UniqueConstraint(
            "account_id",
            "conversation_id",
            "client_message_id",
            name=op.f("uq_comment_account_id_conversation_id_client_message_id"),
        ),
    )
    op.create_table(
        "cursor",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("participant_kind", sa.Text(), nullable=False),
        sa.Column("participant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("received_seq", sa.BigInteger(), nullable=False),
        sa.Column("read_seq", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "participant_kind IN ('visitor', 'agent')", name=op.f("ck_cursor_participant_kind")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "conversation_id"],
            ["conversation.account_id", "conversation.id"],
            name=op.f("fk_cursor_account_id_conversation_id"),
        ),
        sa.PrimaryKeyConstraint(
            "account_id", "conversation_id", "participant_kind", "participant_id", name=op.f("pk_cursor")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "device",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("installation_id", sa.Text(), nullable=True),
        sa.Column("credential_id", sa.BigInteger(), nullable=True),
        sa.Column("visitor_id", sa.BigInteger(), nullable=True),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("push_token", sa.Text(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("sandbox", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("app_version", sa.Text(), nullable=False),
        sa.Column("sdk_version", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("is_bare", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("provider IN ('apns', 'fcm', 'webpush')", name=op.f("ck_device_provider")),
        sa.CheckConstraint("(provider IS NULL) = (push_token IS NULL)", name=op.f("ck_device_push")),
        sa.ForeignKeyConstraint(
            ["account_id", "credential_id"],
            ["app_credential.account_id", "app_credential.id"],
            name=op.f("fk_device_account_id_credential_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "visitor_id"],
            ["visitor.account_id", "visitor.id"],
            name=op.f("fk_device_account_id_visitor_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_device")),
        sa.UniqueConstraint(
            "account_id", "installation_id", name=op.f("uq_device_account_id_installation_id")
        ),
        sa.UniqueConstraint(
            "account_id", "provider", "push_token", name=op.f("uq_device_account_id_provider_push_token")
        ),
    )
    op.create_index("ix_device_credential_id", "device", ["account_id", "credential_id"], unique=False)
    op.create_index(
        "ix_device_unbound",
        "device",
        ["seen_at"],
        unique=False,
        sqlite_where=sa.text("visitor_id IS NULL"),
        postgresql_where=sa.text("visitor_id IS NULL"),
    )
    op.create_index("ix_device_visitor_id", "device", ["account_id", "visitor_id"], unique=False)
    op.create_table(
        "message",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("author_kind", sa.Text(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("client_message_id", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("plain_text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "author_kind IN ('visitor', 'agent', 'system')", name=op.f("ck_message_author_kind")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "conversation_id"],
            ["conversation.account_id", "conversation.id"],
            name=op.f("fk_message_account_id_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "conversation_id", "seq", name=op.f("pk_message")),
        sa.UniqueConstraint(
            "account_id",
            "conversation_id",
            "client_message_id",
            name=op.f("uq_message_account_id_conversation_id_client_message_id"),
        ),
    )
    op.create_table(
        "notice",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("actor_kind IN ('visitor', 'agent', 'system')", name=op.f("ck_notice_actor_kind")),
        sa.CheckConstraint(
            "kind IN ('assigned', 'closed', 'reopened', 'contact_associated', 'email_asked', 'email_given', 'email_skipped', 'survey_asked', 'survey_answered', 'wait_over', 'moved', 'consent_given', 'undelivered')",
            name=op.f("ck_notice_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "conversation_id"],
            ["conversation.account_id", "conversation.id"],
            name=op.f("fk_notice_account_id_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "conversation_id", "seq", name=op.f("pk_notice")),
    )
    op.create_table(
        "ticket",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=True),
        sa.Column("owner_user_id", sa.BigInteger(), nullable=True),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.Column("conversation_id", sa.BigInteger(), nullable=True),
        sa.Column("properties", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("archived_at", sa.BigInteger(), nullable=True),
        sa.Column("merged_into_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(stage = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_ticket_closed_at")),
        sa.CheckConstraint(
            "merged_into_id IS NULL OR (merged_into_id <> id AND subject = '' AND content = '')",
            name=op.f("ck_ticket_merged"),
        ),
        sa.CheckConstraint(
            "priority IN ('low', 'medium', 'high', 'urgent')", name=op.f("ck_ticket_priority")
        ),
        sa.CheckConstraint(
            "stage IN ('new', 'waiting_on_contact', 'waiting_on_us', 'closed')", name=op.f("ck_ticket_stage")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "contact_id"],
            ["contact.account_id", "contact.id"],
            name=op.f("fk_ticket_account_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "conversation_id"],
            ["conversation.account_id", "conversation.id"],
            name=op.f("fk_ticket_account_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "merged_into_id"],
            ["ticket.account_id", "ticket.id"],
            name=op.f("fk_ticket_account_id_merged_into_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "owner_user_id"],
            ["user.account_id", "user.id"],
            name=op.f("fk_ticket_account_id_owner_user_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_ticket")),
        sa.UniqueConstraint(
            "account_id", "conversation_id", name=op.f("uq_ticket_account_id_conversation_id")
        ),
    )
    op.create_index(
        "ix_ticket_contact", "ticket", ["account_id", "contact_id", "created_at", "id"], unique=False
    )
    op.create_index("ix_ticket_created_at", "ticket", ["account_id", "created_at", "id"], unique=False)
    op.create_index(
        "ix_ticket_merged_into_id",
        "ticket",
        ["account_id", "merged_into_id"],
        unique=False,
        sqlite_where=sa.text("merged_into_id IS NOT NULL"),
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )
    op.create_table(
        "variant",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("knowledge_base_id", sa.BigInteger(), nullable=False),
        sa.Column("published_version", sa.Integer(), nullable=True),
        sa.Column("published_revision", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("first_published_at", sa.BigInteger(), nullable=True),
        sa.Column("scheduled_version", sa.Integer(), nullable=True),
        sa.Column("scheduled_revision", sa.Integer(), nullable=True),
        sa.Column("scheduled_at", sa.BigInteger(), nullable=True),
        sa.Column("draft_revision", sa.Integer(), nullable=False),
        sa.Column("draft_at", sa.BigInteger(), nullable=False),
        sa.Column("draft_by", sa.BigInteger(), nullable=False),
        sa.Column("draft_title", sa.Text(), nullable=False),
        sa.Column("draft_title_key", sa.Text(), nullable=False),
        sa.Column("draft_slug", sa.Text(), nullable=False),
        sa.Column("draft_tags", sa.Text(), nullable=False),
        sa.Column("draft_subtitle", sa.Text(), nullable=False),
        sa.Column("draft_body", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(published_version IS NULL) = (published_at IS NULL) AND (published_version IS NULL) = (published_revision IS NULL) AND (published_version IS NULL OR first_published_at IS NOT NULL)",
            name=op.f("ck_variant_published"),
        ),
        sa.CheckConstraint(
            "(scheduled_version IS NULL) = (scheduled_at IS NULL) AND (scheduled_version IS NULL) = (scheduled_revision IS NULL)",
            name=op.f("ck_variant_scheduled"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "article_id"],
            ["article.account_id", "article.id"],
            name=op.f("fk_variant_account_id_article_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "draft_by"],
            ["user.account_id", "user.id"],
            name=op.f("fk_variant_account_id_draft_by"),
        ),
        sa.PrimaryKeyConstraint("account_id", "article_id", "language", name=op.f("pk_variant")),
    )
    op.create_index(
        "ix_variant_first_published_at",
        "variant",
        ["account_id", "knowledge_base_id", "first_published_at"],
        unique=False,
        sqlite_where=sa.text("published_version IS NOT NULL"),
        postgresql_where=sa.text("published_version IS NOT NULL"),
    )
    op.create_table(
        "article_image",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("file_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("in_draft", sa.Boolean(), nullable=False),
        sa.Column("in_published", sa.Boolean(), nullable=False),
        sa.Column("in_version", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "article_id", "language"],
            ["variant.account_id", "variant.article_id", "variant.language"],
            name=op.f("fk_article_image_account_id_article_id_language"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "file_id"],
            ["file.account_id", "file.id"],
            name=op.f("fk_article_image_account_id_file_id"),
        ),
        sa.PrimaryKeyConstraint(
            "account_id", "file_id", "article_id", "language", name=op.f("pk_article_image")
        ),
    )
    op.create_index(
        "ix_article_image_article_id", "article_image", ["account_id", "article_id", "language"], unique=False
    )
    op.create_table(
        "article_link",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=True),
        sa.Column("href", sa.Text(), nullable=True),
        sa.Column("checked_at", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.CheckConstraint("(target_id IS NULL) <> (href IS NULL)", name=op.f("ck_article_link_target")),
        sa.ForeignKeyConstraint(
            ["account_id", "article_id", "language"],
            ["variant.account_id", "variant.article_id", "variant.language"],
            name=op.f("fk_article_link_account_id_article_id_language"),
        ),
        sa.PrimaryKeyConstraint(
            "account_id", "article_id", "language", "place", name=op.f("pk_article_link")
        ),
    )
    op.create_index(
        "ix_article_link_checked_at",
        "article_link",
        ["checked_at"],
        unique=False,
        sqlite_where=sa.text("href IS NOT NULL"),
        postgresql_where=sa.text("href IS NOT NULL"),
    )
    op.create_table(
        "article_origin",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("knowledge_base_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "article_id", "language"],
            ["variant.account_id", "variant.article_id", "variant.language"],
            name=op.f("fk_article_origin_account_id_article_id_language"),
        ),
        sa.PrimaryKeyConstraint(
            "account_id", "knowledge_base_id", "kind", "origin", "language", name=op.f("pk_article_origin")
        ),
    )
    op.create_index(
        "ix_article_origin_article_id",
        "article_origin",
        ["account_id", "article_id", "language"],
        unique=False,
    )
    op.create_table(
        "article_slug",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("knowledge_base_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("was_published", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "article_id", "language"],
            ["variant.account_id", "variant.article_id", "variant.language"],
            name=op.f("fk_article_slug_account_id_article_id_language"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "knowledge_base_id"],
            ["knowledge_base.account_id", "knowledge_base.id"],
            name=op.f("fk_article_slug_account_id_knowledge_base_id"),
        ),
        sa.PrimaryKeyConstraint(
            "account_id", "knowledge_base_id", "language", "slug", name=op.f("pk_article_slug")
        ),
    )
    op.create_index(
        "ix_article_slug_article_id", "article_slug", ["account_id", "article_id", "language"], unique=False
    )
    op.create_table(
        "article_vector",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("knowledge_base_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "article_id", "language"],
            ["variant.account_id", "variant.article_id", "variant.language"],
            name=op.f("fk_article_vector_account_id_article_id_language"),
        ),
        sa.PrimaryKeyConstraint(
            "account_id", "article_id", "language", "place", name=op.f("pk_article_vector")
        ),
    )
    op.create_index(
        "ix_article_vector_knowledge_base_id",
        "article_vector",
        ["account_id", "knowledge_base_id"],
        unique=False,
    )
    op.create_table(
        "article_version",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("subtitle", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("plain_text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "article_id", "language"],
            ["variant.account_id", "variant.article_id", "variant.language"],
            name=op.f("fk_article_version_account_id_article_id_language"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "by"],
            ["user.account_id", "user.id"],
            name=op.f("fk_article_version_account_id_by"),
        ),
        sa.PrimaryKeyConstraint(
            "account_id", "article_id", "language", "number", name=op.f("pk_article_version")
        ),
    )


def downgrade() -> None:
    op.drop_table("article_version")
    op.drop_index("ix_article_vector_knowledge_base_id", table_name="article_vector")
    op.drop_table("article_vector")
    op.drop_index("ix_article_slug_article_id", table_name="article_slug")
    op.drop_table("article_slug")
    op.drop_index("ix_article_origin_article_id", table_name="article_origin")
    op.drop_table("article_origin")
    op.drop_index(
        "ix_article_link_checked_at",
        table_name="article_link",
        sqlite_where=sa.text("href IS NOT NULL"),
        postgresql_where=sa.text("href IS NOT NULL"),
    )
    op.drop_table("article_link")
    op.drop_index("ix_article_image_article_id", table_name="article_image")
    op.drop_table("article_image")
    op.drop_index(
        "ix_variant_first_published_at",
        table_name="variant",
        sqlite_where=sa.text("published_version IS NOT NULL"),
        postgresql_where=sa.text("published_version IS NOT NULL"),
    )
    op.drop_table("variant")
    op.drop_index(
        "ix_ticket_merged_into_id",
        table_name="ticket",
        sqlite_where=sa.text("merged_into_id IS NOT NULL"),
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )
    op.drop_index("ix_ticket_created_at", table_name="ticket")
    op.drop_index("ix_ticket_contact", table_name="ticket")
    op.drop_table("ticket")
    op.drop_table("notice")
    op.drop_table("message")
    op.drop_index("ix_device_visitor_id", table_name="device")
    op.drop_index(
        "ix_device_unbound",
        table_name="device",
        sqlite_where=sa.text("visitor_id IS NULL"),
        postgresql_where=sa.text("visitor_id IS NULL"),
    )
    op.drop_index("ix_device_credential_id", table_name="device")
    op.drop_table("device")
    op.drop_table("cursor")
    op.drop_table("comment")
    op.drop_index("ix_visitor_session_visitor_id", table_name="visitor_session")
    op.drop_index(op.f("ix_visitor_session_expires_at"), table_name="visitor_session")
    op.drop_table("visitor_session")
    op.drop_index("ix_visitor_cookie_visitor_id", table_name="visitor_cookie")
    op.drop_table("visitor_cookie")
    op.drop_index("ix_conversation_visitor", table_name="conversation")
    op.drop_index(
        "ix_conversation_queue",
        table_name="conversation",
        sqlite_where=sa.text("queued_at IS NOT NULL"),
        postgresql_where=sa.text("queued_at IS NOT NULL"),
    )
    op.drop_index("ix_conversation_contact", table_name="conversation")
    op.drop_index(
        "ix_conversation_closed_at",
        table_name="conversation",
        sqlite_where=sa.text("closed_at IS NOT NULL"),
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )
    op.drop_index("ix_conversation_channel", table_name="conversation")
    op.drop_index("ix_conversation_assignee", table_name="conversation")
    op.drop_table("conversation")
    op.drop_table("chat_property")
    op.drop_index("ix_article_modified_at", table_name="article")
    op.drop_index("ix_article_category_id", table_name="article")
    op.drop_table("article")
    op.drop_index("ix_app_credential_visitor_id", table_name="app_credential")
    op.drop_index(op.f("ix_app_credential_expires_at"), table_name="app_credential")
    op.drop_table("app_credential")
    op.drop_index(op.f("ix_access_token_expires_at"), table_name="access_token")
    op.drop_index("ix_access_token_connection_id", table_name="access_token")
    op.drop_table("access_token")
    op.drop_index(
        "ix_webhook_delivery_lane",
        table_name="webhook_delivery",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index("ix_webhook_delivery_at", table_name="webhook_delivery")
    op.drop_table("webhook_delivery")
    op.drop_index(
        "uq_visitor_outside_key",
        table_name="visitor",
        sqlite_where=sa.text("outside_key IS NOT NULL"),
        postgresql_where=sa.text("outside_key IS NOT NULL"),
    )
    op.drop_index(
        "uq_visitor_contact_id",
        table_name="visitor",
        sqlite_where=sa.text("contact_id IS NOT NULL"),
        postgresql_where=sa.text("contact_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_visitor_unused",
        table_name="visitor",
        sqlite_where=sa.text("kept_at IS NULL"),
        postgresql_where=sa.text("kept_at IS NULL"),
    )
    op.drop_index(
        "ix_visitor_last_seen_at",
        table_name="visitor",
        sqlite_where=sa.text("retired_at IS NULL"),
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.drop_table("visitor")
    op.drop_index("ix_synonym_knowledge_base_id", table_name="synonym")
    op.drop_table("synonym")
    op.drop_table("subscription")
    op.drop_index(
        "uq_submission_once",
        table_name="submission",
        sqlite_where=sa.text("once IS NOT NULL"),
        postgresql_where=sa.text("once IS NOT NULL"),
    )
    op.drop_index(
        "ix_submission_person_id",
        table_name="submission",
        sqlite_where=sa.text("person_id IS NOT NULL"),
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_submission_conversation_id",
        table_name="submission",
        sqlite_where=sa.text("conversation_id IS NOT NULL"),
        postgresql_where=sa.text("conversation_id IS NOT NULL"),
    )
    op.drop_index("ix_submission_at", table_name="submission")
    op.drop_table("submission")
    op.drop_index(
        "uq_contact_property_current",
        table_name="contact_property",
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_table("contact_property")
    op.drop_table("contact_email")
    op.drop_index("ix_connection_user_id", table_name="connection")
    op.drop_index("ix_connection_last_used_at", table_name="connection")
    op.drop_index("ix_connection_integration_id", table_name="connection")
    op.drop_table("connection")
    op.drop_table("chatflow_version")
    op.drop_index("uq_category_slug", table_name="category")
    op.drop_index("ix_category_parent_id", table_name="category")
    op.drop_table("category")
    op.drop_table("article_import")
    op.drop_table("webhook")
    op.drop_index("ix_user_skill_skill_id", table_name="user_skill")
    op.drop_table("user_skill")
    op.drop_table("user_routing")
    op.drop_index("ix_team_member_user_id", table_name="team_member")
    op.drop_table("team_member")
    op.drop_index("ix_survey_created_at", table_name="survey")
    op.drop_table("survey")
    op.drop_table("push_provider")
    op.drop_index("uq_knowledge_base_slug", table_name="knowledge_base")
    op.drop_table("knowledge_base")
    op.drop_table("invitation")
    op.drop_table("integration")
    op.drop_index(
        "uq_inbox_member_user_id",
        table_name="inbox_member",
        sqlite_where=sa.text("user_id IS NOT NULL"),
        postgresql_where=sa.text("user_id IS NOT NULL"),
    )
    op.drop_index(
        "uq_inbox_member_team_id",
        table_name="inbox_member",
        sqlite_where=sa.text("team_id IS NOT NULL"),
        postgresql_where=sa.text("team_id IS NOT NULL"),
    )
    op.drop_index("ix_inbox_member_inbox_id", table_name="inbox_member")
    op.drop_table("inbox_member")
    op.drop_index(
        "ix_contact_merged_into_id",
        table_name="contact",
        sqlite_where=sa.text("merged_into_id IS NOT NULL"),
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )
    op.drop_index("ix_contact_created_at", table_name="contact")
    op.drop_table("contact")
    op.drop_index("ix_consent_record_person", table_name="consent_record")
    op.drop_table("consent_record")
    op.drop_index("ix_chatflow_tag", table_name="chatflow")
    op.drop_index("ix_chatflow_priority", table_name="chatflow")
    op.drop_table("chatflow")
    op.drop_index("ix_audit_entry_at", table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_table("api_token")
    op.drop_index(
        "ix_user_photo",
        table_name="user",
        sqlite_where=sa.text("photo_id IS NOT NULL"),
        postgresql_where=sa.text("photo_id IS NOT NULL"),
    )
    op.drop_index(op.f("ix_user_login_id"), table_name="user")
    op.drop_table("user")
    op.drop_index("ix_channel_account_inbox_id", table_name="channel_account")
    op.drop_table("channel_account")
    op.drop_table("team")
    op.drop_table("subscription_type")
    op.drop_index(
        "uq_skill_name_key",
        table_name="skill",
        sqlite_where=sa.text("language IS NULL"),
        postgresql_where=sa.text("language IS NULL"),
    )
    op.drop_index("uq_skill_language", table_name="skill")
    op.drop_table("skill")
    op.drop_index("ix_sent_mail_sent_at", table_name="sent_mail")
    op.drop_table("sent_mail")
    op.drop_index("ix_search_day_day", table_name="search_day")
    op.drop_table("search_day")
    op.drop_table("push_settings")
    op.drop_table("privacy_settings")
    op.drop_table("permission_set")
    op.drop_index(op.f("ix_login_session_login_id"), table_name="login_session")
    op.drop_index(op.f("ix_login_session_expires_at"), table_name="login_session")
    op.drop_table("login_session")
    op.drop_table("inbox")
    op.drop_table("image_origin")
    op.drop_table("identity_settings")
    op.drop_index("ix_file_owner", table_name="file")
    op.drop_index(
        "ix_file_loose",
        table_name="file",
        sqlite_where=sa.text("conversation_id IS NULL"),
        postgresql_where=sa.text("conversation_id IS NULL"),
    )
    op.drop_index(
        "ix_file_erased",
        table_name="file",
        sqlite_where=sa.text("state = 'erased'"),
        postgresql_where=sa.text("state = 'erased'"),
    )
    op.drop_index("ix_file_created_at", table_name="file")
    op.drop_index("ix_file_conversation_id", table_name="file")
    op.drop_table("file")
    op.drop_index(
        "uq_export_unfinished",
        table_name="export",
        sqlite_where=sa.text("state = 'waiting' OR state = 'running'"),
        postgresql_where=sa.text("state = 'waiting' OR state = 'running'"),
    )
    op.drop_index("ix_export_subject", table_name="export")
    op.drop_index("ix_export_created_at", table_name="export")
    op.drop_table("export")
    op.drop_index(
        "uq_erasure_going_on",
        table_name="erasure",
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.drop_index("ix_erasure_started_at", table_name="erasure")
    op.drop_table("erasure")
    op.drop_table("custom_channel")
    op.drop_table("consent_text")
    op.drop_index("uq_article_vote_voter", table_name="article_vote")
    op.drop_index(
        "ix_article_vote_reader",
        table_name="article_vote",
        sqlite_where=sa.text("voter LIKE 'reader:%'"),
        postgresql_where=sa.text("voter LIKE 'reader:%'"),
    )
    op.drop_index(
        "ix_article_vote_person_id",
        table_name="article_vote",
        sqlite_where=sa.text("person_id IS NOT NULL"),
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )
    op.drop_index("ix_article_vote_at", table_name="article_vote")
    op.drop_table("article_vote")
    op.drop_index("ix_article_standing_rated", table_name="article_standing")
    op.drop_index("ix_article_standing_heat", table_name="article_standing")
    op.drop_table("article_standing")
    op.drop_table("article_day")
    op.drop_table("account_routing")
    op.drop_index("ix_search_word_token", table_name="search_word")
    op.drop_index("ix_search_word_backwards", table_name="search_word")
    op.drop_table("search_word")
    op.drop_table("search_removal")
    op.drop_index("uq_search_document", table_name="search_document")
    op.drop_index("ix_search_document_change", table_name="search_document")
    op.drop_table("search_document")
    op.drop_table("search_collection")
    op.drop_table("schedule")
    op.drop_table("login")
    op.drop_index(
        "ux_job_open",
        table_name="job",
        sqlite_where=sa.text("dead_at IS NULL"),
        postgresql_where=sa.text("dead_at IS NULL"),
    )
    op.drop_index(
        "ix_job_due",
        table_name="job",
        sqlite_where=sa.text("dead_at IS NULL"),
        postgresql_where=sa.text("dead_at IS NULL"),
    )
    op.drop_table("job")
    op.drop_index(op.f("ix_identity_token_expires_at"), table_name="identity_token")
    op.drop_index("ix_identity_token_email", table_name="identity_token")
    op.drop_table("identity_token")
    op.drop_table("identity_key")
    op.drop_table("identity_day")
    op.drop_table("id_counter")
    op.drop_table("event_horizon")
    op.drop_index(op.f("ix_event_account_id_conversation_id_position"), table_name="event")
    op.drop_table("event")
    op.drop_table("account_counter")
    op.drop_table("account")
