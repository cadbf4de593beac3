"""What calls cost, and how many may be made."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("conference", sa.Column("currency", sa.String(), nullable=False, server_default="USD"))
    _count("conference", "most_secs", 14400)
    _count("conference", "own_told", 0)
    _count("conference", "day_told", 0)
    op.add_column("participant", sa.Column("asked_by", sa.String(), nullable=False, server_default=""))
    op.add_column("leg", sa.Column("rate", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("leg", sa.Column("settled", sa.BigInteger(), nullable=True))
    op.add_column("leg", sa.Column("cost", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_index("leg_over", "leg", ["gone_at"])
    op.create_table(
        "dial",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("dial_at", "dial", ["at"])
    op.create_table(
        "brake",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stopped_by", sa.String(), nullable=False),
        sa.Column("stopped_at", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )


def _count(table: str, name: str, default: int) -> None:
    op.add_column(table, sa.Column(name, sa.Integer(), nullable=False, server_default=str(default)))
