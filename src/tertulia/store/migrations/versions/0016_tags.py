"""Tags of sessions, and what the list's filter by one looks into."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the columns; no session has any tag."""
    op.add_column("sessions", sa.Column("tags", sa.LargeBinary, nullable=False, server_default=sa.text("'[]'")))
    op.add_column("sessions", sa.Column("tagged", sa.Text, nullable=False, server_default=sa.text("''")))
