"""What is found by words (what is here already, once the server has gone through it), and what changed of late."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0007"
down_revision = "0006"

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
BY_WORDS = {
    "sqlite": (
        "CREATE UNIQUE INDEX search_rows_in_place ON search_rows (place)",
        "CREATE VIRTUAL TABLE search_words USING fts5"
        " (terms, content='search_rows', content_rowid='place', columnsize=0, prefix='2 3', tokenize='ascii')",
        "CREATE TRIGGER search_rows_added AFTER INSERT ON search_rows BEGIN"
        " INSERT INTO search_words (rowid, terms) VALUES (new.place, new.terms); END",
        "CREATE TRIGGER search_rows_changed AFTER UPDATE ON search_rows BEGIN"
        " INSERT INTO search_words (search_words, rowid, terms) VALUES ('delete', old.place, old.terms);"
        " INSERT INTO search_words (rowid, terms) VALUES (new.place, new.terms); END",
        "CREATE TRIGGER search_rows_deleted AFTER DELETE ON search_rows BEGIN"
        " INSERT INTO search_words (search_words, rowid, terms) VALUES ('delete', old.place, old.terms); END",
    ),
    "postgresql": (
        "CREATE INDEX search_rows_in_place ON search_rows (owner, place, session_id, turn_id)",
        "CREATE INDEX search_rows_by_words ON search_rows USING gin (terms)",
    ),
}


def upgrade() -> None:
    """Make the tables, and note that all that is here has to be gone through."""
    op.create_table(
        "search_rows",
        sa.Column("session_id", KEY, nullable=False),
        sa.Column("turn_id", KEY, nullable=False),
        sa.Column("shard", sa.SmallInteger, nullable=False),
        sa.Column("owner", KEY, nullable=False),
        sa.Column("place", sa.BigInteger, nullable=False),
        sa.Column("terms", sa.Text().with_variant(TSVECTOR, "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "turn_id", "shard"),
        sa.ForeignKeyConstraint(["session_id", "shard"], ["sessions.session_id", "sessions.shard"], ondelete="CASCADE"),
    )
    for statement in BY_WORDS[op.get_context().dialect.name]:
        op.get_bind().exec_driver_sql(statement)
    backlog = op.create_table(
        "search_backlog",
        sa.Column("kind", KEY, nullable=False),
        sa.Column("after", KEY, nullable=False),
        sa.PrimaryKeyConstraint("kind"),
    )
    _changes()
    op.bulk_insert(backlog, [{"kind": "names", "after": ""}, {"kind": "turns", "after": ""}])


def _changes() -> None:
    op.create_table(
        "changes",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False, autoincrement=True),
        sa.Column("batch", sa.BigInteger, nullable=False),
        sa.Column("owner", KEY, nullable=False),
        sa.Column("agent_id", KEY, nullable=False),
        sa.Column("session_id", KEY, nullable=False),
        sa.Column("shard", sa.SmallInteger, nullable=False),
        sa.Column("event_type", sa.Text, nullable=False),
        sa.Column("turn_id", KEY),
        sa.Column("turn_status", sa.Text),
        sa.Column("noted_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.ForeignKeyConstraint(["owner", "agent_id"], ["agents.owner", "agents.agent_id"], ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_index("changes_of_agent", "changes", ["owner", "agent_id", "batch", "seq"])
    op.create_index("changes_by_age", "changes", ["noted_at"])
