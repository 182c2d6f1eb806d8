"""Reads are logged before they are answered; what came of them stands beside the log."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Of every read so far the rows are known."""
    with op.batch_alter_table("access_log", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.alter_column("rows", existing_type=SEQUENCE, nullable=True)
        table.add_column(sa.Column("read", WORDS))
    op.create_table(
        "access_outcomes",
        sa.Column("read", WORDS, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", SEQUENCE),
        sa.Column("fault", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("read", name="pk_access_outcomes"),
    )


def downgrade() -> None:
    """The log takes back what came of its reads; nobody gave rows to those without an answer."""
    op.execute(
        "UPDATE access_log SET rows = coalesce("
        "(SELECT o.rows FROM access_outcomes o WHERE o.read = access_log.read), 0) WHERE rows IS NULL"
    )
    op.drop_table("access_outcomes")
    with op.batch_alter_table("access_log", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.drop_column("read")
        table.alter_column("rows", existing_type=SEQUENCE, nullable=False)
