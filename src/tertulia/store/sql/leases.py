"""Statements and operations on leases: who lives, who holds which turn, which turns nobody runs.

A node's lease is one row, by the database's clock; a turn names the node that holds it. What nodes ask for again and
again must cost next to nothing when there is nothing to do, whatever the database holds besides.

Operations do what `LeaseStore` says; what they raise is said there.
"""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    cast,
    delete,
    func,
    null,
    or_,
    select,
    text,
    union_all,
    update,
)

from tertulia.domain.errors import LeaseLost
from tertulia.store.sql.database import Connection
from tertulia.store.sql.dialects import DatabaseNow, InsertUnlessThere
from tertulia.store.sql.tables import UNHELD, nodes, turns
from tertulia.store.sql.turns import RECORD, record_of
from tertulia.store.turns import TurnRecord

_is_node = nodes.c.node == bindparam("this")
_until = DatabaseNow() + cast(bindparam("milliseconds"), BigInteger)

RENEW = update(nodes).where(_is_node, nodes.c.lease_until > DatabaseNow()).values(lease_until=_until)
BEGIN = InsertUnlessThere(nodes).values(node=bindparam("this"), lease_until=_until)
END = delete(nodes).where(_is_node)
END_ALL = delete(nodes)
LOCK_HELD = (
    select(turns.c.turn_id).where(turns.c.lease_owner == bindparam("this")).order_by(turns.c.turn_id).with_for_update()
)
LET_GO = update(turns).where(turns.c.lease_owner == bindparam("this")).values(lease_owner=null())
LIST_HELD = select(*RECORD).where(
    turns.c.lease_owner == bindparam("this"),
    turns.c.status != "completed",  # it was to be reopened
)


def _holders() -> CTE:
    """Every node that holds turns, by as many looks into their index as there are nodes (and a last null)."""
    first = select(func.min(turns.c.lease_owner).label("node")).where(turns.c.lease_owner.is_not(None))
    found = first.cte("holders", recursive=True)
    other = turns.alias("other")
    following = select(func.min(other.c.lease_owner)).where(other.c.lease_owner > found.c.node).scalar_subquery()
    return found.union_all(select(following).where(found.c.node.is_not(None)))


def _is_first() -> ColumnElement[bool]:
    """Nothing is ahead of a turn in its session."""
    ahead = turns.alias("ahead")
    of_session = and_(ahead.c.session_id == turns.c.session_id, ahead.c.shard == turns.c.shard)
    return ~select(ahead.c.turn_id).where(of_session, ahead.c.n < turns.c.n, ahead.c.completed_at.is_(None)).exists()


def _left_behind() -> Select[Any]:
    """Those that a node holds which does not live any more."""
    holders = _holders()
    lives = select(nodes.c.node).where(nodes.c.node == holders.c.node, nodes.c.lease_until > DatabaseNow()).exists()
    dead = select(holders.c.node).where(holders.c.node.is_not(None), holders.c.node != bindparam("this"), ~lives)
    is_running = turns.c.status == "running"
    is_due = and_(turns.c.status == "queued", _is_first())
    is_to_stop = and_(turns.c.status == "awaiting_input", turns.c.cancel_requested)
    return select(*RECORD).where(turns.c.lease_owner.in_(dead), or_(is_running, is_due, is_to_stop))


def _adrift() -> Select[Any]:
    """Those that nobody holds."""
    return select(*RECORD).where(text(UNHELD), or_(turns.c.status != "queued", _is_first()))


def _orphans() -> CompoundSelect[Any]:
    parts = [
        part.order_by(turns.c.created_at, turns.c.turn_id).limit(bindparam("limit")).subquery()
        for part in (_adrift(), _left_behind())
    ]
    merged = union_all(*[select(part) for part in parts])
    by_age = [merged.selected_columns.created_at, merged.selected_columns.turn_id]
    return merged.order_by(*by_age).limit(bindparam("limit"))


LIST_ORPHANS = _orphans()


def renew(db: Connection, node: str, *, seconds: float) -> None:
    """Let a lease last from now on, if it is a new one or has not run out."""
    lease = {"this": node, "milliseconds": round(seconds * 1000)}
    if not db.run(RENEW, **lease) and not db.run(BEGIN, **lease):
        raise LeaseLost


def release(db: Connection, node: str) -> None:
    """End a lease, and let go of what its node holds."""
    db.rows(LOCK_HELD, this=node)
    db.do(LET_GO, this=node)
    db.do(END, this=node)


def end_all(db: Connection) -> None:
    """End all leases: for a database that one process has to itself."""
    db.do(END_ALL)


def list_orphans(db: Connection, node: str, *, limit: int) -> list[TurnRecord]:
    """Return turns that should run and do not."""
    return [record_of(row) for row in db.rows(LIST_ORPHANS, this=node, limit=limit)]


def list_held(db: Connection, node: str) -> list[TurnRecord]:
    """Return the turns that a node holds."""
    return [record_of(row) for row in db.rows(LIST_HELD, this=node)]
