"""What users prefer."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "user_preferences",
        sa.Column("owner", KEY, nullable=False),
        sa.Column("updated_at", KEY, nullable=False),
        sa.Column("preferences", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("owner"),
    )
