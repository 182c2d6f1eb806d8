"""Continuous audit: how each served version was judged last, and which audit of all of them was the last."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add both; nothing has been audited yet."""
    op.add_column("versions", sa.Column("audited", sa.Text()))
    op.create_table(
        "policy_audit",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stamp", WORDS, nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("holder", WORDS, nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_policy_audit"),
        sa.CheckConstraint("id = 1", name=op.f("ck_policy_audit_single")),
    )


def downgrade() -> None:
    """Take both away."""
    op.drop_table("policy_audit")
    op.drop_column("versions", "audited")
