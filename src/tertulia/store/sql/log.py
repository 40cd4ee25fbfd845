"""A turn's log as chunk rows: runs of events in one row each, deltas apart from the events that bound them.

A row per event would cost more than all else that a turn does; a row per flush costs next to nothing.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec
from sqlalchemy import bindparam, insert, select, tuple_

from tertulia.domain.events import EventId, LoggedEvent, StepProgressed, TurnEvent
from tertulia.store.sql.database import Connection
from tertulia.store.sql.tables import turn_events

_events = msgspec.json.Decoder(list[TurnEvent])

INSERT = insert(turn_events)
READ_AFTER = (
    select(turn_events.c.epoch, turn_events.c.first_seq, turn_events.c.data)
    .where(
        turn_events.c.turn_id == bindparam("turn_id"),
        turn_events.c.shard == bindparam("shard"),
        tuple_(turn_events.c.epoch, turn_events.c.last_seq) > tuple_(bindparam("epoch"), bindparam("seq")),
    )
    .order_by(turn_events.c.epoch, turn_events.c.first_seq)
)


def chunks(turn_id: str, shard: int, events: Sequence[LoggedEvent]) -> Iterator[dict[str, object]]:
    """Cut events into the rows that hold them."""
    starts = [0, *(i for i, (one, other) in enumerate(pairwise(events), start=1) if not _is_run(one, other))]
    for start, end in zip(starts, [*starts[1:], len(events)], strict=True):
        run = events[start:end]
        if run:
            yield {
                "turn_id": turn_id,
                "shard": shard,
                "epoch": run[0].id.epoch,
                "first_seq": run[0].id.seq,
                "last_seq": run[-1].id.seq,
                "kind": "delta" if isinstance(run[0].event, StepProgressed) else "boundary",
                "data": msgspec.json.encode([logged.event for logged in run]),
            }


def _is_run(one: LoggedEvent, other: LoggedEvent) -> bool:
    return (
        isinstance(one.event, StepProgressed) == isinstance(other.event, StepProgressed)
        and one.id.epoch == other.id.epoch
        and one.id.seq + 1 == other.id.seq
    )


def read(db: Connection, turn_id: str, shard: int, *, n: int, after: EventId) -> list[LoggedEvent]:
    """Return the events of turn number `n` after an id."""
    epoch, seq = (after.epoch, after.seq) if after.n == n else (0, 0)
    if after.n > n:
        return []
    rows = db.rows(READ_AFTER, turn_id=turn_id, shard=shard, epoch=epoch, seq=seq)
    logged = [
        LoggedEvent(id=EventId(n=n, epoch=row["epoch"], seq=place), event=event)
        for row in rows
        for place, event in enumerate(_events.decode(row["data"]), start=row["first_seq"])
    ]
    return [each for each in logged if each.id > after]
