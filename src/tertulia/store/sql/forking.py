"""Statements and operations that fork a session: another one that begins with its turns, where they are.

The operation does what `SessionStore.fork_session` says; what it raises is said there.
"""

from collections.abc import Sequence

from sqlalchemy import and_, bindparam, insert, select

from tertulia.domain.errors import SessionBusy, TurnNotFound
from tertulia.domain.sessions import Session
from tertulia.store import rules
from tertulia.store.branches import Run, spans
from tertulia.store.sql import branches, changes, indexing, sessions
from tertulia.store.sql.branches import is_shown
from tertulia.store.sql.database import Connection
from tertulia.store.sql.tables import borrowed, turns

BORROW = insert(borrowed)
FIND_SHOWN = select(turns.c.turn_id).where(
    turns.c.turn_id == bindparam("this"), turns.c.owner == bindparam("of"), is_shown(turns)
)
LIST_UNFINISHED = (
    select(turns.c.turn_id, turns.c.session_id, turns.c.branch, turns.c.n)
    .where(
        and_(turns.c.session_id == bindparam("of_session"), turns.c.shard == bindparam("in_shard")),
        turns.c.completed_at.is_(None),
    )
    .order_by(turns.c.n)
)
LAST_OF_RUN = (
    select(turns.c.turn_id, turns.c.n)
    .where(
        turns.c.session_id == bindparam("of_session"),
        turns.c.shard == bindparam("in_shard"),
        turns.c.branch == bindparam("of_branch"),
        turns.c.n < bindparam("high"),
    )
    .order_by(turns.c.n.desc())
    .limit(1)
)


def add(
    db: Connection, owner: str, origin: str, fork: Session, *, turn_id: str | None, request_hash: str | None = None
) -> Session:
    """Add a session that begins with the turns of another one up to a turn."""
    of = sessions.lock(db, owner, fork.agent_id, origin)
    if db.row(sessions.FIND_MADE, this=fork.session_id, in_shard=rules.shard_of(fork.session_id)) is not None:
        return sessions.find_made(db, owner, fork, request_hash=request_hash)
    path, tip = _to_fork_at(db, owner, of, turn_id)
    fork = sessions.headed(db, owner, rules.forked(fork, of), tip)
    last_n = path[-1].last_n if path else 0
    if not sessions.insert_one(db, owner, fork, request_hash=request_hash, last_n=last_n):
        return sessions.find_made(db, owner, fork, request_hash=request_hash)
    if path:
        db.run_many(BORROW, [_borrowed(fork.session_id, run) for run in path])
    indexing.write_name(db, owner, fork)
    changes.note(db, (owner, fork.agent_id, fork.session_id), "session_created")
    return fork


def last_ended(db: Connection, owner: str, session: Session, turn_id: str | None = None) -> str | None:
    """Return the turn itself; without one, the last of the active branch that has ended, as all before it have."""
    return _to_fork_at(db, owner, session, turn_id)[1]


def _borrowed(session_id: str, run: Run) -> dict[str, object]:
    return {
        "session_id": session_id,
        "shard": rules.shard_of(session_id),
        "from_session_id": run.session_id,
        "branch": run.branch,
        "last_n": run.last_n,
    }


def _to_fork_at(db: Connection, owner: str, of: Session, turn_id: str | None) -> tuple[list[Run], str | None]:
    """Return the turns that a fork has, as runs, and the last one of them."""
    place = {"of": owner, "of_session": of.session_id, "in_shard": rules.shard_of(of.session_id)}
    if turn_id is not None and db.row(FIND_SHOWN, this=turn_id, **place) is None:
        raise TurnNotFound
    tip = turn_id or of.active_turn_id
    path = branches.path_of_turn(db, owner, tip) if tip is not None else []
    busy = _first_unfinished(db, of.session_id, path)
    if busy is None:
        return path, tip
    if turn_id is not None:
        raise SessionBusy(busy[0])
    return _before(db, path, busy[1])


def _first_unfinished(db: Connection, session_id: str, path: Sequence[Run]) -> tuple[str, int] | None:
    """Return the first turn of a path that has not ended: only a session's own ones may not have."""
    rows = db.rows(LIST_UNFINISHED, of_session=session_id, in_shard=rules.shard_of(session_id))
    ends = {(run.session_id, run.branch): run.last_n for run in path}
    return next(
        ((row["turn_id"], row["n"]) for row in rows if row["n"] <= ends.get((session_id, row["branch"]), 0)), None
    )


def _before(db: Connection, path: Sequence[Run], n: int) -> tuple[list[Run], str | None]:
    """Return a path up to its last turn before a number, and that turn."""
    shorter = [Run(run.session_id, run.branch, high - 1) for run, _, high in spans(path, "asc", 0, n)]
    while shorter:
        run = shorter.pop()
        place = {"of_session": run.session_id, "in_shard": rules.shard_of(run.session_id), "of_branch": run.branch}
        if (row := db.row(LAST_OF_RUN, **place, high=run.last_n + 1)) is not None:
            return [*shorter, Run(run.session_id, run.branch, row["n"])], row["turn_id"]
    return [], None
