"""Private values are sealed (by ``sealing.py``), numbers found by their hash, and old conferences purged."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BY_NUMBER = ("participant", "person", "side_call", "dial")


def upgrade() -> None:
    op.create_table(
        "seal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hash_key", sa.String(), nullable=False),
        sa.Column("clean", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    for table in BY_NUMBER:
        op.add_column(table, sa.Column("number_hash", sa.String(), nullable=False, server_default=""))
        op.create_index(op.f(f"ix_{table}_number_hash"), table, ["number_hash"])
    op.create_index(op.f("ix_participant_user_id"), "participant", ["user_id"])
    op.add_column("conference", sa.Column("purged_at", sa.Float(), nullable=True))
    op.create_index(
        "conference_unpurged",
        "conference",
        ["ended_at"],
        sqlite_where=sa.text("purged_at IS NULL"),
        postgresql_where=sa.text("purged_at IS NULL"),
    )
