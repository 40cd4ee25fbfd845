"""Dropping the deltas of turns that ended long ago: the step that they made says the same in one event.

A turn is marked when it rests with deltas in its log, and an index holds the marked ones only: what has been dropped is
not looked at again.
"""

from sqlalchemy import bindparam, delete, select, text, update

from tertulia.store.sql import log
from tertulia.store.sql.database import Connection
from tertulia.store.sql.dialects import array, is_one_of
from tertulia.store.sql.tables import WITH_DELTAS, turn_events, turns

# Several nodes may be at it: each takes turns that no other has taken.
LOCK_NEXT = (
    select(turns.c.turn_id)
    .where(text(WITH_DELTAS), turns.c.completed_at < bindparam("ended_before"))
    .order_by(turns.c.completed_at, turns.c.turn_id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
DROP = delete(turn_events).where(is_one_of(turn_events.c.turn_id, "ids"), turn_events.c.kind == log.DELTA)
UNMARK = update(turns).where(is_one_of(turns.c.turn_id, "ids")).values(has_deltas=False)


def drop_deltas(db: Connection, *, ended_before: str, limit: int) -> int:
    """Delete the deltas of some turns; return of how many."""
    ids = [row["turn_id"] for row in db.rows(LOCK_NEXT, ended_before=ended_before, limit=limit)]
    if ids:
        db.run(DROP, ids=array(ids))
        db.run(UNMARK, ids=array(ids))
    return len(ids)
