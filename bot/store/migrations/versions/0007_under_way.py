"""When the latest try of an effect began, until somebody tells its end."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attempt", sa.Column("begun", sa.Float(), nullable=True))
