"""Files, the blobs that they are, and the turns that use them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make their tables."""
    op.create_table(
        "blobs",
        sa.Column("sha256", KEY, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("is_condemned", sa.Boolean, nullable=False),
        sa.Column("look_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("sha256"),
    )
    _some("blobs_to_look_at", "blobs", ["look_at", "sha256"], "look_at IS NOT NULL")
    op.create_table(
        "files",
        sa.Column("owner", KEY, nullable=False),
        sa.Column("file_id", KEY, nullable=False),
        sa.Column("sha256", KEY, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("purpose", KEY, nullable=False),
        sa.Column("created_at", KEY, nullable=False),
        sa.Column("is_listed", sa.Boolean, nullable=False),
        sa.Column("loose_since", KEY),
        sa.PrimaryKeyConstraint("owner", "file_id"),
        sa.ForeignKeyConstraint(["sha256"], ["blobs.sha256"]),
    )
    op.create_index("files_by_age", "files", ["owner", "created_at", "file_id"])
    op.create_index("files_by_blob", "files", ["sha256"])
    _some("files_loose", "files", ["loose_since", "owner", "file_id"], "loose_since IS NOT NULL")
    op.create_table(
        "file_uses",
        sa.Column("turn_id", KEY, nullable=False),
        sa.Column("shard", sa.SmallInteger, nullable=False),
        sa.Column("owner", KEY, nullable=False),
        sa.Column("file_id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("turn_id", "shard", "file_id"),
        sa.ForeignKeyConstraint(["turn_id", "shard"], ["turns.turn_id", "turns.shard"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner", "file_id"], ["files.owner", "files.file_id"]),
        sqlite_with_rowid=False,
    )
    op.create_index("file_uses_by_file", "file_uses", ["owner", "file_id"])


def _some(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
