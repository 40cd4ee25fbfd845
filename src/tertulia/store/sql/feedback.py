"""Statements and operations on what people think of turns.

The operation does what `FeedbackStore` says; what it raises is said there.
"""

import msgspec
from sqlalchemy import and_, bindparam, update

from tertulia.domain.errors import TurnNotFound
from tertulia.domain.feedback import Feedback
from tertulia.store import rules
from tertulia.store.sql import reading
from tertulia.store.sql.database import Connection
from tertulia.store.sql.tables import turns

SET = (
    update(turns)
    .where(
        and_(turns.c.turn_id == bindparam("this"), turns.c.shard == bindparam("in_shard")),
        turns.c.owner == bindparam("of"),
        turns.c.completed_at.is_not(None),
    )
    .values(feedback=bindparam("said"))
)


def set_one(
    db: Connection, owner: str, agent_id: str, session_id: str, turn_id: str, feedback: Feedback | None
) -> None:
    """Keep what is thought of a turn, or take it back."""
    record = reading.get(db, owner, agent_id, session_id, turn_id).record
    rules.refuse_feedback(record.status)
    said = None if feedback is None else msgspec.json.encode(feedback)
    if not db.run(SET, this=turn_id, in_shard=rules.shard_of(record.session_id), of=owner, said=said):
        raise TurnNotFound
