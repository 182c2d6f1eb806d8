"""Begin the catalog: assets, drafts, versions, evidence, audit chain, outbox and access log."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Text sorts by code point on both databases.
WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON = sa.Text()
INSTANT = sa.DateTime(timezone=True)
SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

TABLES = (
    "access_log",
    "idempotency",
    "outbox",
    "audit_head",
    "audit_log",
    "api_tokens",
    "sign_offs",
    "versions",
    "quality_results",
    "quality_runs",
    "decisions",
    "draft_documents",
    "drafts",
    "documents",
    "assets",
)


def upgrade() -> None:
    assets_and_drafts()
    evidence()
    versions()
    approvals_and_tokens()
    audit()
    logs()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_log_is_append_only()")


def assets_and_drafts() -> None:
    op.create_table(
        "assets",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("domain", WORDS, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("draft_digest", WORDS),
        sa.Column("served_digest", WORDS),
        sa.Column("served_status", WORDS),
        sa.Column("served_version", WORDS),
        sa.PrimaryKeyConstraint("id", name="pk_assets"),
        sa.UniqueConstraint("kind", "domain", "name", name="uq_assets_kind_domain_name"),
    )
    op.create_table(
        "documents",
        sa.Column("digest", WORDS, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_documents"),
    )
    op.create_table(
        "drafts",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("asset_id", WORDS, nullable=False),
        sa.Column("version", WORDS, nullable=False),
        sa.Column("digest", WORDS, nullable=False),
        sa.Column("definition_digest", WORDS, nullable=False),
        sa.Column("title", WORDS, nullable=False),
        sa.Column("description", WORDS, nullable=False),
        sa.Column("owner", WORDS, nullable=False),
        sa.Column("steward", WORDS, nullable=False),
        sa.Column("tier", WORDS, nullable=False),
        sa.Column("type", WORDS, nullable=False),
        sa.Column("search", WORDS, nullable=False),
        sa.Column("summary", JSON, nullable=False),
        sa.Column("registered_at", INSTANT, nullable=False),
        sa.Column("registered_by", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_drafts"),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_drafts_asset_id_assets"),
        sa.UniqueConstraint("asset_id", "digest", name="uq_drafts_asset_id_digest"),
    )
    op.create_table(
        "draft_documents",
        sa.Column("draft_id", WORDS, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("path", WORDS, nullable=False),
        sa.Column("digest", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("draft_id", "position", name="pk_draft_documents"),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name="fk_draft_documents_draft_id_drafts"),
        sa.ForeignKeyConstraint(["digest"], ["documents.digest"], name="fk_draft_documents_digest_documents"),
    )


def evidence() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("decision_id", WORDS, nullable=False),
        sa.Column("asset_id", WORDS, nullable=False),
        sa.Column("digest", WORDS, nullable=False),
        sa.Column("point", WORDS, nullable=False),
        sa.Column("verdict", WORDS, nullable=False),
        sa.Column("findings", JSON, nullable=False),
        sa.Column("bundle_revision", WORDS, nullable=False),
        sa.Column("engine", WORDS, nullable=False),
        sa.Column("input_digest", WORDS, nullable=False),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.Column("rules_evaluated", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
        sa.UniqueConstraint("decision_id", name="uq_decisions_decision_id"),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_decisions_asset_id_assets"),
    )
    op.create_index("ix_decisions_asset_id_id", "decisions", ["asset_id", "id"])
    op.create_table(
        "quality_runs",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("run_id", WORDS, nullable=False),
        sa.Column("asset_id", WORDS, nullable=False),
        sa.Column("digest", WORDS, nullable=False),
        sa.Column("passes", sa.Boolean(), nullable=False),
        sa.Column("fingerprints", JSON, nullable=False),
        sa.Column("engine", WORDS, nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=False),
        sa.Column("scans", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quality_runs"),
        sa.UniqueConstraint("run_id", name="uq_quality_runs_run_id"),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_quality_runs_asset_id_assets"),
    )
    op.create_index("ix_quality_runs_asset_id_id", "quality_runs", ["asset_id", "id"])
    op.create_table(
        "quality_results",
        sa.Column("quality_run", WORDS, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("check_id", WORDS, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("check", WORDS, nullable=False),
        sa.Column("dataset", WORDS, nullable=False),
        sa.Column("column", WORDS, nullable=False),
        sa.Column("dimension", WORDS, nullable=False),
        sa.Column("severity", WORDS, nullable=False),
        sa.Column("outcome", WORDS, nullable=False),
        sa.Column("measured", sa.Float()),
        sa.Column("threshold", WORDS, nullable=False),
        sa.Column("row_count", SEQUENCE),
        sa.Column("samples", JSON, nullable=False),
        sa.Column("finding", JSON),
        sa.PrimaryKeyConstraint("quality_run", "position", name="pk_quality_results"),
        sa.ForeignKeyConstraint(
            ["quality_run"], ["quality_runs.id"], name="fk_quality_results_quality_run_quality_runs"
        ),
    )


def versions() -> None:
    op.create_table(
        "versions",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("asset_id", WORDS, nullable=False),
        sa.Column("version", WORDS, nullable=False),
        sa.Column("precedence", WORDS, nullable=False),
        sa.Column("status", WORDS, nullable=False),
        sa.Column("digest", WORDS, nullable=False),
        sa.Column("definition_digest", WORDS, nullable=False),
        sa.Column("decision_id", WORDS, nullable=False),
        sa.Column("quality_run_id", WORDS),
        sa.Column("record", JSON, nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.Column("published_by", WORDS, nullable=False),
        sa.Column("deprecated_at", INSTANT),
        sa.Column("sunset_at", INSTANT),
        sa.Column("retired_at", INSTANT),
        sa.Column("replaced_by", WORDS, nullable=False),
        sa.Column("notice", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_versions"),
        sa.UniqueConstraint("asset_id", "version", name="uq_versions_asset_id_version"),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_versions_asset_id_assets"),
        sa.ForeignKeyConstraint(
            ["asset_id", "digest"],
            ["drafts.asset_id", "drafts.digest"],
            name="fk_versions_asset_id_digest_drafts",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["decisions.decision_id"],
            name="fk_versions_decision_id_decisions",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.ForeignKeyConstraint(
            ["quality_run_id"],
            ["quality_runs.run_id"],
            name="fk_versions_quality_run_id_quality_runs",
            deferrable=True,
            initially="DEFERRED",
        ),
    )
    op.create_index("ix_versions_asset_id_precedence", "versions", ["asset_id", "precedence"])
    op.create_index("ix_versions_status", "versions", ["status"])


def approvals_and_tokens() -> None:
    op.create_table(
        "sign_offs",
        sa.Column("asset_id", WORDS, nullable=False),
        sa.Column("definition_digest", WORDS, nullable=False),
        sa.Column("role", WORDS, nullable=False),
        sa.Column("subject", WORDS, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("asset_id", "definition_digest", "role", "subject", name="pk_sign_offs"),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_sign_offs_asset_id_assets"),
    )
    op.create_table(
        "api_tokens",
        sa.Column("token_id", WORDS, nullable=False),
        sa.Column("digest", WORDS, nullable=False),
        sa.Column("subject", WORDS, nullable=False),
        sa.Column("team", WORDS, nullable=False),
        sa.Column("application", WORDS, nullable=False),
        sa.Column("roles", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", WORDS, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT),
        sa.PrimaryKeyConstraint("token_id", name="pk_api_tokens"),
        sa.UniqueConstraint("digest", name="uq_api_tokens_digest"),
    )


def audit() -> None:
    op.create_table(
        "audit_log",
        sa.Column("sequence", SEQUENCE, autoincrement=False, nullable=False),
        sa.Column("at", WORDS, nullable=False),
        sa.Column("actor", WORDS, nullable=False),
        sa.Column("action", WORDS, nullable=False),
        sa.Column("target", WORDS, nullable=False),
        sa.Column("detail", WORDS, nullable=False),
        sa.Column("hash", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_audit_log"),
    )
    op.create_index("ix_audit_log_target_sequence", "audit_log", ["target", "sequence"])
    op.create_index("ix_audit_log_actor_sequence", "audit_log", ["actor", "sequence"])
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", SEQUENCE, nullable=False),
        sa.Column("hash", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_single")),
    )
    op.bulk_insert(head, [{"id": 1, "sequence": 0, "hash": "sha256:" + "0" * 64}])
    if op.get_bind().dialect.name == "postgresql":
        refuse_changes_on_postgresql()
    else:
        refuse_changes_on_sqlite()


def refuse_changes_on_postgresql() -> None:
    op.execute(
        """
        CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
        FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only()
        """
    )


def refuse_changes_on_sqlite() -> None:
    op.execute(
        """
        CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
        """
    )
    op.execute(
        """
        CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
        """
    )


def logs() -> None:
    op.create_table(
        "outbox",
        sa.Column("sequence", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("type", WORDS, nullable=False),
        sa.Column("asset", WORDS, nullable=False),
        sa.Column("version", WORDS, nullable=False),
        sa.Column("detail", JSON, nullable=False),
        sa.Column("delivered", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_outbox"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_delivered_sequence", "outbox", ["delivered", "sequence"])
    op.create_table(
        "idempotency",
        sa.Column("subject", WORDS, nullable=False),
        sa.Column("operation", WORDS, nullable=False),
        sa.Column("key", WORDS, nullable=False),
        sa.Column("body_digest", WORDS, nullable=False),
        sa.Column("answer", JSON, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("subject", "operation", "key", name="pk_idempotency"),
    )
    op.create_index("ix_idempotency_at", "idempotency", ["at"])
    op.create_table(
        "access_log",
        sa.Column("sequence", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("subject", WORDS, nullable=False),
        sa.Column("team", WORDS, nullable=False),
        sa.Column("application", WORDS, nullable=False),
        sa.Column("asset", WORDS, nullable=False),
        sa.Column("version", WORDS, nullable=False),
        sa.Column("decision_id", WORDS, nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("rows", SEQUENCE, nullable=False),
        sa.Column("query", JSON, nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_access_log"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_access_log_at", "access_log", ["at"])
    op.create_index("ix_access_log_asset_sequence", "access_log", ["asset", "sequence"])
    op.create_index("ix_access_log_subject_sequence", "access_log", ["subject", "sequence"])
    op.create_index("ix_access_log_consumers", "access_log", ["asset", "allowed", "team", "application"])
