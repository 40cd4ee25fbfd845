"""What people think of answers."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the column."""
    op.add_column("turns", sa.Column("feedback", sa.LargeBinary))
