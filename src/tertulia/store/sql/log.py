"""A turn's log as chunk rows: runs of events in one row each, deltas apart from the events that bound them.

A row per event would cost more than all else that a turn does; a row per flush costs next to nothing.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    SmallInteger,
    Text,
    and_,
    bindparam,
    case,
    func,
    insert,
    select,
    tuple_,
)
from sqlalchemy.types import TypeEngine

from tertulia.domain.events import EventId, LoggedEvent, StepProgressed, TurnEvent
from tertulia.domain.paging import fitting
from tertulia.store import rules
from tertulia.store.log import Watched
from tertulia.store.sql.database import Connection, Row, Statement
from tertulia.store.sql.dialects import Part, each_of, rows
from tertulia.store.sql.tables import turn_events, turns

DELTA = "delta"
BOUNDARY = "boundary"
BEGINNING = EventId(n=0, epoch=0, seq=0)
"""Before every event of every log."""
EVENTS_OF_A_ROW = 4
"""About as many, where a model is not slow."""

_events = msgspec.json.Decoder(list[TurnEvent])

INSERT = insert(turn_events)


def _after(
    turn_id: ColumnElement[str], shard: ColumnElement[int], epoch: ColumnElement[int], seq: ColumnElement[int]
) -> ColumnElement[bool]:
    """The rows of a turn that hold what comes after a place, by a look into the primary key and a range of it."""
    row = turn_events.alias("row")
    of_epoch = and_(row.c.turn_id == turn_id, row.c.shard == shard, row.c.epoch == epoch)
    start = select(func.max(row.c.first_seq)).where(of_epoch, row.c.first_seq <= seq).scalar_subquery()
    return and_(
        turn_events.c.turn_id == turn_id,
        turn_events.c.shard == shard,
        tuple_(turn_events.c.epoch, turn_events.c.first_seq) >= tuple_(epoch, func.coalesce(start, 0)),
        tuple_(turn_events.c.epoch, turn_events.c.last_seq) > tuple_(epoch, seq),
    )


def _rows_after(*columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    place = _after(
        bindparam("turn_id", type_=Text),
        bindparam("shard", type_=SmallInteger),
        bindparam("epoch", type_=Integer),
        bindparam("seq", type_=BigInteger),
    )
    found = select(*columns).where(place).order_by(turn_events.c.epoch, turn_events.c.first_seq)
    return found.limit(bindparam("limit"))


READ_AFTER = _rows_after(turn_events.c.epoch, turn_events.c.first_seq, turn_events.c.data)
SIZES_AFTER = _rows_after(func.length(turn_events.c.data).label("size"))


def _read_news() -> Select[*tuple[Any, ...]]:
    watched = each_of("watched")
    kinds: list[TypeEngine[Any]] = [Text(), SmallInteger(), Integer(), Integer(), BigInteger()]
    turn_id, shard, n, epoch, seq = (Part(watched.c.value, place, kind) for place, kind in enumerate(kinds))
    is_of_turn = turns.c.n == n  # a place in an earlier turn is one before the first event of this
    places = _after(
        turns.c.turn_id, turns.c.shard, case((is_of_turn, epoch), else_=0), case((is_of_turn, seq), else_=0)
    )
    return (
        select(turns.c.turn_id, turns.c.n, turn_events.c.epoch, turn_events.c.first_seq, turn_events.c.data)
        .select_from(watched)
        .where(turns.c.turn_id == turn_id, turns.c.shard == shard, turns.c.n >= n, places)
    )


READ_NEWS = _read_news()


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
                "kind": DELTA if isinstance(run[0].event, StepProgressed) else BOUNDARY,
                "data": msgspec.json.encode([logged.event for logged in run]),
            }


def _is_run(one: LoggedEvent, other: LoggedEvent) -> bool:
    return (
        isinstance(one.event, StepProgressed) == isinstance(other.event, StepProgressed)
        and one.id.epoch == other.id.epoch
        and one.id.seq + 1 == other.id.seq
    )


class Place(NamedTuple):
    """A place in a turn's log, or in an earlier or later turn's: a turn's shard and number, and the id of an event."""

    turn_id: str
    shard: int
    n: int
    after: EventId


def read(db: Connection, place: Place) -> list[LoggedEvent]:
    """Return the events that come after a place."""
    return _read(db, place, rules.LARGEST_N)


def read_page(db: Connection, place: Place, limit: int) -> list[LoggedEvent]:
    """Return some of them. A row is a run of events: of the rows that are read, most are given out."""
    count = max(1, limit // EVENTS_OF_A_ROW)
    sizes = _rows(db, SIZES_AFTER, place, count) if count > 1 else ()
    return _read(db, place, fitting(row["size"] for row in sizes) or 1)[:limit]


def _read(db: Connection, place: Place, limit: int) -> list[LoggedEvent]:
    found = _rows(db, READ_AFTER, place, limit)
    return [each for row in found for each in _logged(row, place.n) if each.id > place.after]


def _rows(db: Connection, statement: Statement, place: Place, limit: int) -> Sequence[Row]:
    turn_id, shard, n, after = place
    if after.n > n:
        return []
    _, epoch, seq = _numbers(after) if after.n == n else (0, 0, 0)
    return db.rows(statement, turn_id=turn_id, shard=shard, epoch=epoch, seq=seq, limit=limit)


def read_news(db: Connection, watched: Sequence[Watched]) -> dict[str, list[LoggedEvent]]:
    """Return what comes after places in some turns, by turn."""
    places = {each.turn_id: each for each in watched}
    found = db.rows(READ_NEWS, watched=rows(_place(each) for each in places.values()))
    news: dict[str, list[LoggedEvent]] = {}
    for row in sorted(found, key=lambda row: (row["turn_id"], row["epoch"], row["first_seq"])):
        after = places[row["turn_id"]].after
        news.setdefault(row["turn_id"], []).extend(each for each in _logged(row, row["n"]) if each.id > after)
    return news


def _place(watched: Watched) -> tuple[str, int, int, int, int]:
    return watched.turn_id, rules.shard_of(watched.session_id), *_numbers(watched.after)


def _numbers(place: EventId) -> tuple[int, int, int]:
    """A reader may name a place that no log has; databases want numbers that their integers hold."""
    return min(place.n, rules.LARGEST_N), min(place.epoch, rules.LARGEST_N), place.seq


def _logged(row: Row, n: int) -> Iterator[LoggedEvent]:
    for seq, event in enumerate(_events.decode(row["data"]), start=row["first_seq"]):
        yield LoggedEvent(id=EventId(n=n, epoch=row["epoch"], seq=seq), event=event)
