"""How a session stands, kept in step with its turns: statements that follow a turn to its new status.

Whoever changes how a session stands locks its row first, and a turn's row after it; of several each in the order of
their ids. So turns stay serial, and writers on many nodes do not wait for each other in a circle.
"""

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Text, and_, bindparam, case, select, update

from tertulia.domain.turns import TurnStatus
from tertulia.store import rules
from tertulia.store.sql.database import Connection
from tertulia.store.sql.dialects import array, is_one_of
from tertulia.store.sql.tables import sessions, turns

UNFINISHED = (
    select(turns.c.session_id, turns.c.status)
    .where(is_one_of(turns.c.session_id, "ids"), turns.c.completed_at.is_(None))
    .order_by(turns.c.session_id, turns.c.n)
)
FOLLOW_TURN = (
    update(sessions)
    .where(and_(sessions.c.session_id == bindparam("this"), sessions.c.shard == bindparam("in_shard")))
    .values(
        status=bindparam("status"),
        last_turn_status=case(
            (sessions.c.active_turn_id == bindparam("turn_id"), bindparam("turn_status", type_=Text)),
            else_=sessions.c.last_turn_status,
        ),
        updated_at=case(
            (sessions.c.updated_at < bindparam("updated_at", type_=Text), bindparam("updated_at", type_=Text)),
            else_=sessions.c.updated_at,
        ),
        tokens=sessions.c.tokens + bindparam("added"),
    )
)


class Cost(msgspec.Struct, frozen=True):
    """The tokens of a turn that are counted now, and those of them that were not before."""

    counted: int = 0
    added: int = 0


class Move(msgspec.Struct, frozen=True):
    """A turn that has come to a new status; its session shows `at`, unless it shows a later time: clocks differ."""

    session_id: str
    turn_id: str
    status: TurnStatus
    at: str
    cost: Cost = Cost()


def follow(db: Connection, moves: Sequence[Move]) -> Mapping[str, TurnStatus]:
    """Bring sessions up to date; return the status of each one's first turn that has not ended, if it has one."""
    unfinished = db.rows(UNFINISHED, ids=array(sorted({move.session_id for move in moves})))
    firsts: dict[str, TurnStatus] = {row["session_id"]: row["status"] for row in reversed(unfinished)}
    db.run_many(FOLLOW_TURN, [_row(move, firsts.get(move.session_id)) for move in moves])
    return firsts


def _row(move: Move, first: TurnStatus | None) -> dict[str, object]:
    return {
        "this": move.session_id,
        "in_shard": rules.shard_of(move.session_id),
        "turn_id": move.turn_id,
        "turn_status": move.status,
        "status": rules.session_status(first),
        "updated_at": move.at,
        "added": move.cost.added,
    }
