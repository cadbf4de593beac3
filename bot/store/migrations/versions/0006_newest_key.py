"""Which key was the newest that has sealed anything."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("seal", sa.Column("newest", sa.String(), nullable=False, server_default=""))
