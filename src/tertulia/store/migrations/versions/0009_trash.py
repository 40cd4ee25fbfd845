"""When a session was put into the trash."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
IN_TRASH = "deleted_at IS NOT NULL"


def upgrade() -> None:
    """Add the time and the indexes of what has one."""
    op.add_column("sessions", sa.Column("deleted_at", KEY))
    _some("sessions_in_trash", ["owner", "deleted_at", "session_id"])
    _some("sessions_to_purge", ["deleted_at", "session_id"])


def _some(name: str, columns: list[str]) -> None:
    where = sa.text(IN_TRASH)
    op.create_index(name, "sessions", columns, sqlite_where=where, postgresql_where=where)
