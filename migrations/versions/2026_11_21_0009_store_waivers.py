"""Waivers that are asked for and approved in the store, and which of them a decision was made under."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nobody asked for any so far; older decisions knew none."""
    op.create_table(
        "policy_waivers",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("rule", WORDS, nullable=False),
        sa.Column("asset", WORDS, nullable=False),
        sa.Column("domain", WORDS, nullable=False),
        sa.Column("path", WORDS, nullable=False),
        sa.Column("reason", WORDS, nullable=False),
        sa.Column("ticket", WORDS, nullable=False),
        sa.Column("requested_by", WORDS, nullable=False),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("expires", INSTANT, nullable=False),
        sa.Column("approved_by", WORDS, nullable=False),
        sa.Column("approved_at", INSTANT),
        sa.Column("revoked_by", WORDS, nullable=False),
        sa.Column("revoked_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_policy_waivers"),
    )
    op.create_index("ix_policy_waivers_asset_id", "policy_waivers", ["asset", "id"])
    op.add_column("decisions", sa.Column("waivers", sa.Text()))


def downgrade() -> None:
    """Take both away."""
    op.drop_column("decisions", "waivers")
    op.drop_table("policy_waivers")
