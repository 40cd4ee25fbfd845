"""The tables: one text for every database.

Rules that keep many nodes and sharded databases possible:
- what hangs on a session carries its `shard`, and every unique key includes it;
- texts that are compared or sorted (ids, times) sort by their bytes everywhere (`Key`);
- JSON is stored as the bytes that msgspec made, ready for the wire;
- a node's lease is one row, which it renews; `fence`, `lease_owner` and `attempts` say which node may run a turn; the
  log is written only under the fence;
- what nodes ask for again and again has an index that holds no more than what they look for.

What is here is what the migrations lead to; tests/store/test_migrations.py compares the two.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from tertulia.store.sql.dialects import Words

Key = Text().with_variant(Text(collation="C"), "postgresql")
Json = LargeBinary

# Some turns that have an index of their own. A statement that says it in these words reads that index, and no more.
UNHELD = "completed_at IS NULL AND lease_owner IS NULL AND (status <> 'awaiting_input' OR cancel_requested)"
"""It should go on, and no node holds it."""
IN_TRASH = "deleted_at IS NOT NULL"
"""It was deleted, and can be had back."""
MARKED = "(archived OR pinned)"
"""It is put aside, or on top: mostly few are."""
WITH_RULE = "retention IS NOT NULL"
"""How long it stays is said by itself."""
AT_WORK = "completed_at IS NULL AND status <> 'awaiting_input'"
"""It runs, or waits for others: what an owner may have so many of."""
SHARED = "visibility = 'shared'"
"""All owners may use it."""
WITH_DELTAS = "has_deltas"
"""It has come to rest, and its log still has deltas."""

metadata = MetaData()


def _some(name: str, *columns: str, where: str) -> Index:
    """An index of some rows: where it is made, `schema` tells the dialect so. Here that would load all dialects."""
    return Index(name, *columns, info={"where": where})


nodes = Table(
    "nodes",
    metadata,
    Column("node", Key, nullable=False),
    Column("lease_until", BigInteger, nullable=False),  # milliseconds of the database's clock
    PrimaryKeyConstraint("node"),
)

# Which node may do what one node does at a time, and until when.
jobs = Table(
    "jobs",
    metadata,
    Column("job", Key, nullable=False),
    Column("node", Key, nullable=False),
    Column("until", BigInteger, nullable=False),  # milliseconds of the database's clock
    PrimaryKeyConstraint("job"),
)

# The last transaction that each connection has committed, on databases whose connections can be lost during a commit.
commits = Table(
    "commits",
    metadata,
    Column("link", Key, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),  # milliseconds of the database's clock
    PrimaryKeyConstraint("link"),
)

users = Table(
    "users",
    metadata,
    Column("user_id", Key, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_key", Key, nullable=False),  # the same for names that look the same
    Column("role", Text, nullable=False),  # admin | user | reader
    Column("disabled", Boolean, nullable=False, server_default=false()),
    Column("password_hash", Text),
    Column("created_at", Key, nullable=False),
    PrimaryKeyConstraint("user_id"),
    UniqueConstraint("name_key"),
    Index("users_by_age", "created_at", "user_id"),
)

# Whom other issuers of identities know by which subject.
identities = Table(
    "identities",
    metadata,
    Column("issuer", Key, nullable=False),
    Column("subject", Key, nullable=False),
    Column("user_id", Key, nullable=False),
    PrimaryKeyConstraint("issuer", "subject"),
    ForeignKeyConstraint(["user_id"], ["users.user_id"], ondelete="CASCADE"),
    Index("identities_by_user", "user_id"),
)

# Of keys, cookies and set-up links there are hashes here, never their text.
api_keys = Table(
    "api_keys",
    metadata,
    Column("key_id", Key, nullable=False),
    Column("user_id", Key, nullable=False),
    Column("prefix", Key, nullable=False),
    Column("key_hash", Key, nullable=False),
    Column("name", Text, nullable=False),
    Column("scopes", Json, nullable=False),
    Column("created_at", Key, nullable=False),
    Column("expires_at", Key),
    Column("last_used_at", Key),
    PrimaryKeyConstraint("key_id"),
    UniqueConstraint("prefix"),
    ForeignKeyConstraint(["user_id"], ["users.user_id"], ondelete="CASCADE"),
    Index("api_keys_by_user", "user_id", "created_at", "key_id"),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("token_hash", Key, nullable=False),
    Column("user_id", Key, nullable=False),
    Column("created_at", Key, nullable=False),
    Column("expires_at", Key, nullable=False),
    PrimaryKeyConstraint("token_hash"),
    ForeignKeyConstraint(["user_id"], ["users.user_id"], ondelete="CASCADE"),
    Index("sign_ins_by_user", "user_id", "expires_at"),
)

set_ups = Table(
    "set_ups",
    metadata,
    Column("token_hash", Key, nullable=False),
    Column("expires_at", Key, nullable=False),
    PrimaryKeyConstraint("token_hash"),
)

# One that has a lender is a loan: that one's agent, which is shared, or was. Its config is what others see of it.
agents = Table(
    "agents",
    metadata,
    Column("owner", Key, nullable=False),
    Column("agent_id", Key, nullable=False),
    Column("version", Integer, nullable=False),
    Column("is_default", Boolean, nullable=False),
    Column("created_at", Key, nullable=False),
    Column("updated_at", Key, nullable=False),
    Column("session_tokens", BigInteger),  # the budget of a session, as the newest config says
    Column("visibility", Text, nullable=False, server_default=text("'private'")),
    Column("lender", Key),
    PrimaryKeyConstraint("owner", "agent_id"),
    Index("agents_by_age", "owner", "created_at", "agent_id"),
    _some("agents_shared", "agent_id", "owner", where=SHARED),
)

agent_versions = Table(
    "agent_versions",
    metadata,
    Column("owner", Key, nullable=False),
    Column("agent_id", Key, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", Key, nullable=False),
    Column("config", Json, nullable=False),
    PrimaryKeyConstraint("owner", "agent_id", "version"),
    ForeignKeyConstraint(["owner", "agent_id"], ["agents.owner", "agents.agent_id"], ondelete="CASCADE"),
)

shields = Table(
    "shields",
    metadata,
    Column("owner", Key, nullable=False),
    Column("shield_id", Key, nullable=False),
    Column("created_at", Key, nullable=False),
    Column("shield", Json, nullable=False),
    PrimaryKeyConstraint("owner", "shield_id"),
)

# `look_at` says when a blob may be of no file any more; null while one is. A condemned one is being deleted.
blobs = Table(
    "blobs",
    metadata,
    Column("sha256", Key, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("is_condemned", Boolean, nullable=False),
    Column("look_at", BigInteger),  # milliseconds of the database's clock
    PrimaryKeyConstraint("sha256"),
    _some("blobs_to_look_at", "look_at", "sha256", where="look_at IS NOT NULL"),
)

files = Table(
    "files",
    metadata,
    Column("owner", Key, nullable=False),
    Column("file_id", Key, nullable=False),
    Column("sha256", Key, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("purpose", Key, nullable=False),
    Column("created_at", Key, nullable=False),
    Column("is_listed", Boolean, nullable=False),
    Column("loose_since", Key),  # when it was uploaded, or "" once a turn has let go of it; null while it is in use
    PrimaryKeyConstraint("owner", "file_id"),
    ForeignKeyConstraint(["sha256"], ["blobs.sha256"]),
    Index("files_by_age", "owner", "created_at", "file_id"),
    Index("files_by_blob", "sha256"),
    Index("files_by_size", "owner", "size"),  # all that a sum needs
    _some("files_loose", "loose_since", "owner", "file_id", where="loose_since IS NOT NULL"),
)

toolgroups = Table(
    "toolgroups",
    metadata,
    Column("owner", Key, nullable=False),
    Column("toolgroup_id", Key, nullable=False),
    Column("created_at", Key, nullable=False),
    Column("toolgroup", Json, nullable=False),
    PrimaryKeyConstraint("owner", "toolgroup_id"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("session_id", Key, nullable=False),
    Column("shard", SmallInteger, nullable=False),
    Column("owner", Key, nullable=False),
    Column("agent_id", Key, nullable=False),
    Column("started_at", Key, nullable=False),
    Column("updated_at", Key, nullable=False),
    Column("pinned", Boolean, nullable=False),
    Column("archived", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("turn_count", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("last_turn_status", Text),
    Column("forked_from", Key),
    Column("title_source", Text, nullable=False),
    Column("session_name", Text, nullable=False),
    Column("preview", Text, nullable=False),
    Column("searched", Text, nullable=False),  # name and preview without case, for the list's text filter
    Column("metadata", Json, nullable=False),
    Column("request_hash", Key),  # of the request that made it, if that came with an idempotency key
    Column("active_turn_id", Key),  # the last turn of the active branch
    Column("last_n", Integer, nullable=False, server_default=text("0")),  # the highest number of a turn so far
    Column("is_gone", Boolean, nullable=False, server_default=false()),  # it is there for the turns that forks have
    Column("deleted_at", Key),  # null but in the trash
    Column("tokens", BigInteger, nullable=False, server_default=text("0")),  # what its turns have cost, ever
    Column("retention", Json),  # a rule of its own
    Column("tags", Json, nullable=False, server_default=text("'[]'")),
    Column("tagged", Text, nullable=False, server_default=text("''")),  # the tags without case, for the list's filter
    PrimaryKeyConstraint("session_id", "shard"),
    ForeignKeyConstraint(["owner", "agent_id"], ["agents.owner", "agents.agent_id"], ondelete="CASCADE"),
    # The list with each of its filters reads one range, or merges a few ranges, of this index.
    Index("sessions_by_activity", "owner", "agent_id", "archived", "pinned", "updated_at", "session_id"),
    _some("sessions_in_trash", "owner", "deleted_at", "session_id", where=IN_TRASH),
    _some("sessions_to_purge", "deleted_at", "session_id", where=IN_TRASH),
    _some("sessions_marked", "owner", "archived", "pinned", "session_id", where=MARKED),
    _some("sessions_with_rules", "session_id", where=WITH_RULE),
)

turns = Table(
    "turns",
    metadata,
    Column("turn_id", Key, nullable=False),
    Column("shard", SmallInteger, nullable=False),
    Column("owner", Key, nullable=False),
    Column("session_id", Key, nullable=False),
    Column("agent_id", Key, nullable=False),
    Column("agent_version", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("fence", Integer, nullable=False),  # the epoch of the log's next events
    Column("lease_owner", Key),  # the node that holds it; null while it waits, rests, or was let go
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("cancel_requested", Boolean, nullable=False),
    Column("idempotency_key", Key),
    Column("request_hash", Key, nullable=False),
    Column("created_at", Key, nullable=False),
    Column("completed_at", Key),  # null until the turn has ended
    Column("toolgroups", Json),
    Column("tool_config", Json),
    Column("turn", Json),  # the turn as it is read, while it rests
    Column("has_deltas", Boolean, nullable=False, server_default=false()),  # since it rests, until they are dropped
    Column("parent_turn_id", Key),  # the turn after which it comes; null at the beginning
    Column("branch", Integer, nullable=False, server_default=text("1")),  # the number of the first turn of its run
    Column("depth", Integer, nullable=False, server_default=text("0")),  # how many turns it is the last of
    Column("lineage", Json),  # by which runs its own is reached; null but at the first turn of a run
    Column("is_gone", Boolean, nullable=False, server_default=false()),  # it is there for the forks that have it
    Column("tokens", BigInteger, nullable=False, server_default=text("0")),  # what of its cost is counted by now
    Column("feedback", Json),  # what its owner said of it
    PrimaryKeyConstraint("turn_id", "shard"),
    UniqueConstraint("session_id", "n", "shard"),
    UniqueConstraint("session_id", "idempotency_key", "shard"),
    ForeignKeyConstraint(["session_id", "shard"], ["sessions.session_id", "sessions.shard"], ondelete="CASCADE"),
    Index("turns_by_branch", "session_id", "branch", "n"),
    Index("turns_by_parent", "parent_turn_id", "session_id"),
    _some("turns_unfinished", "session_id", "n", where="completed_at IS NULL"),
    _some("turns_at_work", "owner", where=AT_WORK),
    _some("turns_unheld", "created_at", "turn_id", where=UNHELD),
    _some("turns_leased", "lease_owner", where="lease_owner IS NOT NULL"),
    _some("turns_with_deltas", "completed_at", "turn_id", where=WITH_DELTAS),
)

# Which turns of other sessions a fork has: those of a run up to a number.
borrowed = Table(
    "borrowed",
    metadata,
    Column("session_id", Key, nullable=False),
    Column("shard", SmallInteger, nullable=False),
    Column("from_session_id", Key, nullable=False),
    Column("branch", Integer, nullable=False),
    Column("last_n", Integer, nullable=False),
    PrimaryKeyConstraint("session_id", "shard", "from_session_id", "branch"),
    ForeignKeyConstraint(["session_id", "shard"], ["sessions.session_id", "sessions.shard"], ondelete="CASCADE"),
    Index("borrowed_from", "from_session_id", "branch", "last_n"),
    sqlite_with_rowid=False,
)

# Links by which a session is read. Of the secret of one there is its hash.
shares = Table(
    "shares",
    metadata,
    Column("session_id", Key, nullable=False),
    Column("share_id", Key, nullable=False),
    Column("shard", SmallInteger, nullable=False),
    Column("owner", Key, nullable=False),
    Column("token_hash", Key, nullable=False),
    Column("created_at", Key, nullable=False),
    Column("revoked_at", Key),
    Column("tip", Key),  # the last turn that it shows; null if it is live, or there is none
    Column("share", Json, nullable=False),
    PrimaryKeyConstraint("session_id", "share_id", "shard"),
    ForeignKeyConstraint(["session_id", "shard"], ["sessions.session_id", "sessions.shard"], ondelete="CASCADE"),
    Index("shares_by_token", "token_hash"),
    Index("shares_by_age", "owner", "created_at", "share_id"),
)

owner_limits = Table(
    "owner_limits",
    metadata,
    Column("owner", Key, nullable=False),
    Column("updated_at", Key, nullable=False),
    Column("limits", Json, nullable=False),
    PrimaryKeyConstraint("owner"),
)

user_preferences = Table(
    "user_preferences",
    metadata,
    Column("owner", Key, nullable=False),
    Column("updated_at", Key, nullable=False),
    Column("preferences", Json, nullable=False),
    PrimaryKeyConstraint("owner"),
)

# Who adds to what an owner uses holds this row. It says, too, how many requests were drawn in a minute.
owner_gates = Table(
    "owner_gates",
    metadata,
    Column("owner", Key, nullable=False),
    Column("minute", BigInteger, nullable=False),  # of the database's clock
    Column("requests", BigInteger, nullable=False),
    PrimaryKeyConstraint("owner"),
)

token_days = Table(
    "token_days",
    metadata,
    Column("owner", Key, nullable=False),
    Column("day", Key, nullable=False),  # YYYY-MM-DD, UTC
    Column("tokens", BigInteger, nullable=False),
    PrimaryKeyConstraint("owner", "day"),
)

storage_reservations = Table(
    "storage_reservations",
    metadata,
    Column("owner", Key, nullable=False),
    Column("reservation", Key, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),  # milliseconds of the database's clock
    PrimaryKeyConstraint("owner", "reservation"),
)

# What a person has allowed for the rest of a session.
grants = Table(
    "grants",
    metadata,
    Column("session_id", Key, nullable=False),
    Column("tool_name", Key, nullable=False),
    Column("definition_hash", Key, nullable=False),
    Column("shard", SmallInteger, nullable=False),
    Column("owner", Key, nullable=False),
    Column("granted_at", Key, nullable=False),
    PrimaryKeyConstraint("session_id", "tool_name", "definition_hash", "shard"),
    ForeignKeyConstraint(["session_id", "shard"], ["sessions.session_id", "sessions.shard"], ondelete="CASCADE"),
)

# A row is a run of events with consecutive `seq`. Deltas have rows of their own, so that they can be dropped once the
# steps that they made are complete.
turn_events = Table(
    "turn_events",
    metadata,
    Column("turn_id", Key, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("first_seq", BigInteger, nullable=False),
    Column("shard", SmallInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),  # delta | boundary
    Column("data", Json, nullable=False),  # a JSON array of events
    PrimaryKeyConstraint("turn_id", "epoch", "first_seq", "shard"),
    ForeignKeyConstraint(["turn_id", "shard"], ["turns.turn_id", "turns.shard"], ondelete="CASCADE"),
    sqlite_with_rowid=False,
)

# What is found by words: a turn that has rested, or (`turn_id` is "") a session's name. How it is found is said by each
# database in its own words: see `search_schema`.
search_rows = Table(
    "search_rows",
    metadata,
    Column("session_id", Key, nullable=False),
    Column("turn_id", Key, nullable=False),
    Column("shard", SmallInteger, nullable=False),
    Column("owner", Key, nullable=False),
    Column("place", BigInteger, nullable=False),  # in the order in which they are shown, from the end
    Column("terms", Words, nullable=False),
    PrimaryKeyConstraint("session_id", "turn_id", "shard"),
    ForeignKeyConstraint(["session_id", "shard"], ["sessions.session_id", "sessions.shard"], ondelete="CASCADE"),
)

# What changed among an agent's sessions, for those who show lists of them; kept for a day or so. What is read in the
# order of `batch` (the transaction, where many write at once) and `seq` skips nothing.
changes = Table(
    "changes",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), nullable=False, autoincrement=True),
    Column("batch", BigInteger, nullable=False),
    Column("owner", Key, nullable=False),
    Column("agent_id", Key, nullable=False),
    Column("session_id", Key, nullable=False),
    Column("shard", SmallInteger, nullable=False),
    Column("event_type", Text, nullable=False),
    Column("turn_id", Key),
    Column("turn_status", Text),
    Column("noted_at", BigInteger, nullable=False),  # milliseconds of the database's clock
    PrimaryKeyConstraint("seq"),
    ForeignKeyConstraint(["owner", "agent_id"], ["agents.owner", "agents.agent_id"], ondelete="CASCADE"),
    Index("changes_of_agent", "owner", "agent_id", "batch", "seq"),
    Index("changes_by_age", "noted_at"),
    sqlite_autoincrement=True,
)

# What was here before there was a search and is not found yet: of which table, and after which key. Mostly empty.
search_backlog = Table(
    "search_backlog",
    metadata,
    Column("kind", Key, nullable=False),  # names | turns
    Column("after", Key, nullable=False),
    PrimaryKeyConstraint("kind"),
)

# What was done, by whom, and to what. It refers to nothing, so that it outlives all that it speaks of, and it is only
# ever added to: see `audit_schema`.
audit = Table(
    "audit",
    metadata,
    Column("entry_id", Key, nullable=False),
    Column("at", Key, nullable=False),
    Column("action", Key, nullable=False),
    Column("actor", Key, nullable=False),
    Column("owner", Key, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("subject", Json, nullable=False),  # ids by what they are ids of
    Column("via", Text, nullable=False),
    Column("code", Text),
    Column("request_id", Text, nullable=False),
    Column("address", Text, nullable=False),
    PrimaryKeyConstraint("entry_id"),
    Index("audit_by_age", "at", "entry_id"),
    Index("audit_by_actor", "actor", "at", "entry_id"),
    Index("audit_by_action", "action", "at", "entry_id"),
)

file_uses = Table(
    "file_uses",
    metadata,
    Column("turn_id", Key, nullable=False),
    Column("shard", SmallInteger, nullable=False),
    Column("owner", Key, nullable=False),
    Column("file_id", Key, nullable=False),
    PrimaryKeyConstraint("turn_id", "shard", "file_id"),
    ForeignKeyConstraint(["turn_id", "shard"], ["turns.turn_id", "turns.shard"], ondelete="CASCADE"),
    ForeignKeyConstraint(["owner", "file_id"], ["files.owner", "files.file_id"]),
    Index("file_uses_by_file", "owner", "file_id"),
    sqlite_with_rowid=False,
)
