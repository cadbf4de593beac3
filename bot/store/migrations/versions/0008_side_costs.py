"""What calls cost that are no legs."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("side_call", sa.Column("rate", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("side_call", sa.Column("settled", sa.BigInteger(), nullable=True))
    op.add_column("side_call", sa.Column("cost", sa.BigInteger(), nullable=False, server_default="0"))
