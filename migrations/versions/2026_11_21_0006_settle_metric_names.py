"""Settle metric names: which definition a name stands for, by whose decision."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "settlements",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("asset_id", WORDS, nullable=False),
        sa.Column("canonical", WORDS, nullable=False),
        sa.Column("definition_digest", WORDS, nullable=False),
        sa.Column("others", sa.Text(), nullable=False),
        sa.Column("reason", WORDS, nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", WORDS, nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_settlements_asset_id_assets"),
        sa.PrimaryKeyConstraint("id", name="pk_settlements"),
    )
    op.create_index("ix_settlements_name_id", "settlements", ["name", "id"])


def downgrade() -> None:
    op.drop_table("settlements")
