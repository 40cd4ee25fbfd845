"""Statements and operations that add a session from elsewhere, whole: its row, its turns, their logs.

A large one is written in portions, between which others write: SQLite has one writer, and it took one for many seconds.
Until all of it is there, its row says that it is gone, and in the trash since the moment at which it began: nothing
sees a session of which either holds, nor its turns, and one of which both do is of an import. The last transaction
shows it, with its files. What a lost process has left of one is dropped when it is found, or brought in anew.

The operations do what `SessionStore.import_session` says; what they raise is said there.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import msgspec
from msgspec.structs import replace
from sqlalchemy import and_, bindparam, delete, false, insert, null, select, true, update

from tertulia.domain.errors import Conflict, StorageUnavailable
from tertulia.domain.sessions import Session
from tertulia.store import rules
from tertulia.store.branches import encoded
from tertulia.store.importing import ImportedTurn, refuse_unless_whole, settled, stands_of
from tertulia.store.sql import agents, changes, files, indexing, log, sessions
from tertulia.store.sql.database import Connection
from tertulia.store.sql.limits import READ_CLOCK
from tertulia.store.sql.tables import sessions as table
from tertulia.store.sql.tables import turns

PORTION_BYTES = 256 * 1024
PORTION_ROWS = 256
"""How much one transaction writes about: what others wait for, some ten milliseconds. A row is never cut."""
STALE_AFTER = dt.timedelta(minutes=10)
"""After so long, nobody writes any more at what has not come to its end."""

Fields = dict[str, object]
Kind = Literal["turns", "log", "words"]

INSERT = insert(turns)
NOTHING: Fields = {column.name: None for column in turns.columns}
"""A row of which nothing is said: nobody holds a lease, and no key came with it."""

_this = and_(table.c.session_id == bindparam("this"), table.c.shard == bindparam("in_shard"))
_is_coming = and_(table.c.is_gone == true(), table.c.deleted_at.is_not(None))
_is_this_import = and_(_this, _is_coming, table.c.deleted_at == bindparam("began"))
HIDE = update(table).where(_this).values(is_gone=true(), deleted_at=bindparam("began"))
SHOW = update(table).where(_is_this_import).values(is_gone=false(), deleted_at=null())
DROP = delete(table).where(_is_this_import)
FIND_COMING = select(table.c.deleted_at).where(_this, _is_coming, table.c.owner == bindparam("of"))
FIND_LEFT = (
    select(table.c.session_id, table.c.deleted_at)
    .where(_is_coming, table.c.deleted_at < bindparam("before"))
    .limit(bindparam("limit"))
)


@dataclass(frozen=True)
class Portion:
    """Rows that are written together. Turns are without the version of the agent."""

    turns: list[Fields] = field(default_factory=list[Fields])
    log: list[Fields] = field(default_factory=list[Fields])
    words: list[Fields] = field(default_factory=list[Fields])


@dataclass(frozen=True)
class Prepared:
    """A session from elsewhere as rows: what can be made of it before the transactions, in which others wait."""

    session: Session
    imported: Sequence[ImportedTurn]
    portions: list[Portion]
    """What is written besides the session's row."""


@dataclass(frozen=True)
class Coming:
    """A session of which a part is here: when that began, and the version that its agent had."""

    session_id: str
    began: str
    version: int


def prepared(owner: str, session: Session, imported: Sequence[ImportedTurn]) -> Prepared:
    """Make the rows of a session. Takes seconds for a large one."""
    refuse_unless_whole(session, imported)
    session = settled(session, imported)
    return Prepared(session=session, imported=imported, portions=list(_portions(_written(owner, session, imported))))


def add(db: Connection, owner: str, made: Prepared, *, request_hash: str | None) -> Session:
    """Add a session with all of its turns at once, or find that the same request has added it before."""
    version = agents.hold(db, owner, made.session.agent_id)
    if not _insert(db, owner, made, request_hash):
        return sessions.find_made(db, owner, made.session, request_hash=request_hash)
    for portion in made.portions:
        _write(db, portion, version)
    return _arrive(db, owner, made)


def begin(db: Connection, owner: str, made: Prepared, *, request_hash: str | None) -> Coming | Session:
    """Add a session that nobody sees before its end, or find that the same request has added it before."""
    version = agents.hold(db, owner, made.session.agent_id)
    if not _insert(db, owner, made, request_hash):
        return sessions.find_made(db, owner, made.session, request_hash=request_hash)
    coming = Coming(made.session.session_id, _text(_now(db)), version)
    db.run(HIDE, **_place(coming.session_id), began=coming.began)
    return coming


def add_portion(db: Connection, coming: Coming, portion: Portion) -> None:
    """Add a part of what is to come."""
    _write(db, portion, coming.version)


def end(db: Connection, owner: str, made: Prepared, coming: Coming) -> Session:
    """Show what has come: all of it is here."""
    agents.hold(db, owner, made.session.agent_id)
    if not db.run(SHOW, **_place(coming.session_id), began=coming.began):
        raise Conflict("What came of this session was dropped: it took too long.")
    return _arrive(db, owner, made)


def drop(db: Connection, session_id: str, began: str) -> None:
    """Leave nothing of what has not come to its end."""
    if db.run(DROP, **_place(session_id), began=began):
        indexing.forget_session(db, session_id)


def drop_left(db: Connection, *, limit: int, is_anybody_there: bool = True) -> int:
    """Drop what lost processes have left; return how much that was. All of it, if nobody else can be at it."""
    before = _text(_now(db) - STALE_AFTER if is_anybody_there else dt.datetime.max.replace(tzinfo=dt.UTC))
    left = db.rows(FIND_LEFT, before=before, limit=limit)
    for row in left:
        drop(db, row["session_id"], row["deleted_at"])
    return len(left)


def _insert(db: Connection, owner: str, made: Prepared, request_hash: str | None) -> bool:
    """Add a session's row, unless there is one; raise StorageUnavailable if somebody is about to bring it in."""
    session, last_n = made.session, made.imported[-1].turn.n if made.imported else 0
    if sessions.insert_one(db, owner, session, request_hash=request_hash, last_n=last_n):
        return True
    other = db.row(FIND_COMING, **_place(session.session_id), of=owner)
    if other is None:
        return False
    if other["deleted_at"] >= _text(_now(db) - STALE_AFTER):
        raise StorageUnavailable("This session is being brought in just now.", retry_after=rules.RETRY_AFTER)
    drop(db, session.session_id, other["deleted_at"])
    return bool(sessions.insert_one(db, owner, session, request_hash=request_hash, last_n=last_n))


def _arrive(db: Connection, owner: str, made: Prepared) -> Session:
    session = made.session
    indexing.write_name(db, owner, session)
    changes.note(db, (owner, session.agent_id, session.session_id), "session_created")
    of_turns = {each.turn.turn_id: (each.new_files, each.used_files) for each in made.imported}
    files.take_all_along(db, owner, session.session_id, of_turns)
    return replace(session, turns=[])


def _write(db: Connection, portion: Portion, version: int) -> None:
    if portion.turns:
        db.run_many(INSERT, [row | {"agent_version": version} for row in portion.turns])
    if portion.log:
        db.run_many(log.INSERT, portion.log)
    indexing.write_rows(db, portion.words)


def _portions(rows: Iterable[tuple[Kind, Fields]]) -> Iterator[Portion]:
    portion, size, count = Portion(), 0, 0
    for kind, row in rows:
        own = sum(len(value) for value in row.values() if isinstance(value, bytes | str))
        if count and (size + own > PORTION_BYTES or count == PORTION_ROWS):
            yield portion
            portion, size, count = Portion(), 0, 0
        getattr(portion, kind).append(row)
        size, count = size + own, count + 1
    if count:
        yield portion


def _written(owner: str, session: Session, imported: Sequence[ImportedTurn]) -> Iterator[tuple[Kind, Fields]]:
    """Yield rows so that a turn's is written before those of its log, or with them."""
    shard = rules.shard_of(session.session_id)
    ids = owner, session.agent_id, session.session_id
    for each, row in zip(imported, _rows(owner, session, imported), strict=True):
        yield "turns", row
        for chunk in log.chunks(each.turn.turn_id, shard, each.events):
            yield "log", chunk
        yield "words", indexing.row_of_turn(ids, each.turn)


def _place(session_id: str) -> Fields:
    return {"this": session_id, "in_shard": rules.shard_of(session_id)}


def _now(db: Connection) -> dt.datetime:
    row = db.row(READ_CLOCK)
    assert row is not None, "a clock has a time"
    return dt.datetime.fromtimestamp(row["now"] / 1000, dt.UTC)


def _text(time: dt.datetime) -> str:
    return time.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _rows(owner: str, session: Session, imported: Sequence[ImportedTurn]) -> Iterator[Fields]:
    stands = stands_of(session, imported)
    for each in imported:
        stand = stands[each.turn.turn_id]
        yield NOTHING | {
            "turn_id": each.turn.turn_id,
            "shard": rules.shard_of(session.session_id),
            "owner": owner,
            "session_id": session.session_id,
            "agent_id": session.agent_id,
            "n": each.turn.n,
            "status": each.turn.status,
            "fence": each.epoch,
            "attempts": 0,
            "has_deltas": True,
            "cancel_requested": False,
            "request_hash": "",
            "created_at": each.turn.started_at,
            "completed_at": each.turn.completed_at,
            "turn": msgspec.json.encode(each.turn),
            "parent_turn_id": each.turn.parent_turn_id,
            "branch": stand.branch,
            "depth": stand.depth,
            "lineage": encoded(stand.lineage),
            "feedback": None if each.feedback is None else msgspec.json.encode(each.feedback),
            "is_gone": False,
            "tokens": rules.tokens_of(each.turn),  # they were spent elsewhere
        }
