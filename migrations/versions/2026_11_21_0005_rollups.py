"""Rollups: pre-aggregations that were built, each for one definition and one state of the data."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)
SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table; nothing is built yet."""
    op.create_table(
        "rollups",
        sa.Column("definition", WORDS, nullable=False),
        sa.Column("source", WORDS, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("file", WORDS, nullable=False),
        sa.Column("fingerprint", WORDS, nullable=False),
        sa.Column("types", sa.Text(), nullable=False),
        sa.Column("exact_time", sa.Boolean(), nullable=False),
        sa.Column("rows", SEQUENCE, nullable=False),
        sa.Column("built_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("definition", name="pk_rollups"),
    )


def downgrade() -> None:
    """Take it away; what was built is built again."""
    op.drop_table("rollups")
