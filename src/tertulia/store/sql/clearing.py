"""Statements and operations that delete sessions and branches, but for the turns that forks have.

What is deleted is gone for its session at once. A turn that is gone stays while a fork has it, and its session's row
with it, from which all that was said of the session is taken; the last fork that goes takes them along.

A turn is there longer than the locks of who reads it: whoever deletes locks the sessions that the turns are of, in the
order of their ids, and looks for forks then. Whoever forks a session locks it, and so keeps what it has.

Operations do what `SessionStore` and `TurnStore` say; what they raise is said there.
"""

from collections.abc import Sequence

from sqlalchemy import and_, bindparam, delete, false, literal, null, select, true, update

from tertulia.domain.errors import TurnNotFound
from tertulia.store import rules
from tertulia.store.sql import branches, changes, files, indexing, sessions
from tertulia.store.sql import turns as turn_rows
from tertulia.store.sql.database import Connection
from tertulia.store.sql.dialects import array, is_one_of
from tertulia.store.sql.tables import borrowed, grants, shares, turns
from tertulia.store.sql.tables import sessions as table

_this = and_(table.c.session_id == bindparam("this"), table.c.shard == bindparam("in_shard"))
_own = and_(turns.c.session_id == bindparam("this"), turns.c.shard == bindparam("in_shard"))
_has = and_(
    borrowed.c.from_session_id == turns.c.session_id,
    borrowed.c.branch == turns.c.branch,
    borrowed.c.last_n >= turns.c.n,
)

LENDERS = select(borrowed.c.from_session_id).where(is_one_of(borrowed.c.session_id, "ids"))
LOCK_ALL = (
    select(table.c.session_id)
    .where(is_one_of(table.c.session_id, "ids"))
    .order_by(table.c.session_id)
    .with_for_update()
)
RETURN = delete(borrowed).where(borrowed.c.session_id == bindparam("this"), borrowed.c.shard == bindparam("in_shard"))
FORGET_GRANTS = delete(grants).where(grants.c.session_id == bindparam("this"), grants.c.shard == bindparam("in_shard"))
FORGET_SHARES = delete(shares).where(shares.c.session_id == bindparam("this"), shares.c.shard == bindparam("in_shard"))
LET_GO_ALL = update(turns).where(_own).values(is_gone=true(), idempotency_key=null())
LET_GO = update(turns).where(is_one_of(turns.c.turn_id, "ids")).values(is_gone=true(), idempotency_key=null())
EMPTY = (
    update(table)
    .where(_this)
    .values(
        is_gone=true(),
        session_name=literal(""),
        preview=literal(""),
        searched=literal(""),
        metadata=literal(b"{}"),
        request_hash=null(),
        active_turn_id=null(),
        status=literal("idle"),
        deleted_at=null(),
        retention=null(),
    )
)
LIST_DEAD = select(turns.c.turn_id).where(
    _own, turns.c.is_gone == true(), ~select(borrowed.c.last_n).where(_has).exists()
)
DELETE_TURNS = delete(turns).where(is_one_of(turns.c.turn_id, "ids"))
DELETE = delete(table).where(_this, table.c.is_gone == true(), ~select(turns.c.n).where(_own).exists())
NEWEST = select(turns.c.turn_id).where(_own, turns.c.is_gone == false()).order_by(turns.c.n.desc()).limit(1)
SET_STATUS = update(table).where(_this).values(status=bindparam("status"))


def delete_session(db: Connection, owner: str, agent_id: str, session_id: str) -> None:
    """Delete a session, and what it alone has of others."""
    sessions.get(db, owner, agent_id, session_id)
    every = lock(db, [session_id])
    sessions.get(db, owner, agent_id, session_id)
    clear(db, [session_id], every)
    changes.note(db, (owner, agent_id, session_id), "session_deleted")


def lock(db: Connection, session_ids: Sequence[str]) -> list[str]:
    """Lock some sessions, and those of which they have turns; return them all."""
    lenders = [row["from_session_id"] for row in db.rows(LENDERS, ids=array(session_ids))]
    every = sorted({*session_ids, *lenders})
    db.rows(LOCK_ALL, ids=array(every))
    return every


def clear(db: Connection, session_ids: Sequence[str], every: Sequence[str]) -> None:
    """Delete some sessions; `every` one is locked that may have to go with them."""
    for session_id in session_ids:
        _let_go(db, session_id)
    _clear_away(db, every)


def _let_go(db: Connection, session_id: str) -> None:
    this = {"this": session_id, "in_shard": rules.shard_of(session_id)}
    db.run(LET_GO_ALL, **this)
    db.run(RETURN, **this)
    db.run(FORGET_GRANTS, **this)
    db.run(FORGET_SHARES, **this)
    db.run(EMPTY, **this)
    indexing.forget_session(db, session_id)


def delete_branch(db: Connection, owner: str, agent_id: str, session_id: str, turn_id: str) -> None:
    """Delete a turn and what comes after it; the active branch is another one then."""
    session = sessions.lock(db, owner, agent_id, session_id)
    place: dict[str, object] = {"of": owner, "of_session": session_id, "in_shard": rules.shard_of(session_id)}
    row = db.row(branches.FIND_PARENT, this=turn_id, **place)
    if row is None:
        raise TurnNotFound
    if row["session_id"] != session_id:
        raise rules.not_to_delete()
    gone = [each["turn_id"] for each in db.rows(branches.LIST_AFTER, this=turn_id, **place)]
    parent = row["parent_turn_id"]
    db.run(LET_GO, ids=array(gone))
    indexing.forget_turns(db, session_id, gone)
    if session.active_turn_id in gone:
        sessions.switch(db, owner, session, _left(db, parent, place))
    _clear_away(db, [session_id])
    _set_status(db, session_id)
    changes.note(db, (owner, agent_id, session_id), "session_updated")


def _left(db: Connection, parent: str | None, place: dict[str, object]) -> str | None:
    """Return the newest turn that is left where a branch began."""
    if parent is not None:
        return branches.newest_after(db, parent, place)
    row = db.row(NEWEST, this=place["of_session"], in_shard=place["in_shard"])
    if row is not None:
        return row["turn_id"]
    return None


def _set_status(db: Connection, session_id: str) -> None:
    this = {"in_shard": rules.shard_of(session_id)}
    first = db.row(turn_rows.FIRST_UNFINISHED, of_session=session_id, limit=1, **this)
    db.do(SET_STATUS, this=session_id, status=rules.session_status(first["status"] if first else None), **this)


def _clear_away(db: Connection, session_ids: Sequence[str]) -> None:
    """Delete what is gone of some sessions and no fork has; they are locked."""
    for session_id in session_ids:
        this = {"this": session_id, "in_shard": rules.shard_of(session_id)}
        dead = [row["turn_id"] for row in db.rows(LIST_DEAD, **this)]
        if dead:
            files.loosen(db, dead)
            db.run(DELETE_TURNS, ids=array(dead))
        db.run(DELETE, **this)
