"""Policy bundles live in the store: their files, and which of them stands at which point."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON = sa.Text()
INSTANT = sa.DateTime(timezone=True)

TABLES = ("policy_shadows", "policy_placements", "policy_files", "policy_bundles")


def upgrade() -> None:
    op.create_table(
        "policy_bundles",
        sa.Column("revision", WORDS, nullable=False),
        sa.Column("uploaded_at", INSTANT, nullable=False),
        sa.Column("uploaded_by", WORDS, nullable=False),
        sa.Column("validated_at", INSTANT),
        sa.Column("validated_by", WORDS, nullable=False),
        sa.Column("approved_at", INSTANT),
        sa.Column("approved_by", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("revision", name="pk_policy_bundles"),
    )
    op.create_table(
        "policy_files",
        sa.Column("revision", WORDS, nullable=False),
        sa.Column("path", WORDS, nullable=False),
        sa.Column("digest", WORDS, nullable=False),
        sa.ForeignKeyConstraint(
            ["revision"], ["policy_bundles.revision"], name="fk_policy_files_revision_policy_bundles"
        ),
        sa.ForeignKeyConstraint(["digest"], ["documents.digest"], name="fk_policy_files_digest_documents"),
        sa.PrimaryKeyConstraint("revision", "path", name="pk_policy_files"),
    )
    op.create_table(
        "policy_placements",
        sa.Column("point", WORDS, nullable=False),
        sa.Column("mode", WORDS, nullable=False),
        sa.Column("revision", WORDS, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", WORDS, nullable=False),
        sa.ForeignKeyConstraint(
            ["revision"], ["policy_bundles.revision"], name="fk_policy_placements_revision_policy_bundles"
        ),
        sa.PrimaryKeyConstraint("point", "mode", name="pk_policy_placements"),
    )
    op.create_table(
        "policy_shadows",
        sa.Column("decision_id", WORDS, nullable=False),
        sa.Column("revision", WORDS, nullable=False),
        sa.Column("verdict", WORDS, nullable=False),
        sa.Column("appearing", JSON, nullable=False),
        sa.Column("vanishing", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.decision_id"], name="fk_policy_shadows_decision_id_decisions"
        ),
        sa.PrimaryKeyConstraint("decision_id", name="pk_policy_shadows"),
    )
    op.create_index("ix_policy_shadows_revision_decision_id", "policy_shadows", ["revision", "decision_id"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
