"""Adding to logs under the fences of their turns: any number of appends in a handful of statements.

Operations do what `LogStore` says; what they raise is said there.
"""

from collections import defaultdict
from collections.abc import Sequence

import msgspec
from sqlalchemy import Boolean, and_, bindparam, case, exists, null, select, update

from tertulia.domain.turns import AT_REST, ENDED, TurnStatus
from tertulia.store import limits as limiting
from tertulia.store import rules
from tertulia.store.log import Append, Appended
from tertulia.store.sql import branches, changes, grants, indexing, limits, log, standing
from tertulia.store.sql.database import Connection, Row
from tertulia.store.sql.dialects import array, is_one_of
from tertulia.store.sql.tables import sessions, turn_events, turns

LOCK_SESSIONS = (
    select(sessions.c.session_id, sessions.c.active_turn_id)
    .join(turns, and_(turns.c.session_id == sessions.c.session_id, turns.c.shard == sessions.c.shard))
    .where(is_one_of(turns.c.turn_id, "ids"))
    .order_by(sessions.c.session_id)
    .with_for_update(of=sessions)
)
LOCK_FENCES = (
    select(
        turns.c.turn_id,
        turns.c.owner,
        turns.c.session_id,
        turns.c.agent_id,
        turns.c.shard,
        turns.c.n,
        turns.c.branch,
        turns.c.fence,
        turns.c.status,
        turns.c.attempts,
        turns.c.tokens,
    )
    .where(is_one_of(turns.c.turn_id, "ids"))
    .order_by(turns.c.turn_id)
    .with_for_update(of=turns)
)
_in_place = and_(turns.c.turn_id == bindparam("this"), turns.c.shard == bindparam("in_shard"))
SET_STATUS = (
    update(turns)
    .where(_in_place)
    .values(
        status=bindparam("status"),
        lease_owner=case((bindparam("rests", type_=Boolean), null()), else_=turns.c.lease_owner),
        completed_at=bindparam("completed_at"),
        turn=bindparam("turn"),
        tokens=bindparam("tokens"),
        has_deltas=exists().where(
            turn_events.c.turn_id == bindparam("this"),
            turn_events.c.shard == bindparam("in_shard"),
            turn_events.c.kind == log.DELTA,
        ),
    )
)
FORGET_ATTEMPTS = update(turns).where(_in_place).values(attempts=bindparam("attempts"))


class Kept(msgspec.Struct, frozen=True):
    """An append that its fence lets through, the row of its turn, and the change of status that it brings."""

    append: Append
    row: Row
    change: tuple[TurnStatus, str] | None


def append(db: Connection, appends: Sequence[Append]) -> Appended:
    """Add to logs; what is refused, and who is followed, is told."""
    changes = [rules.change_of(each) for each in appends]
    moving = {each.turn_id for each, change in zip(appends, changes, strict=True) if change is not None}
    locked: Sequence[Row] = db.rows(LOCK_SESSIONS, ids=array(sorted(moving))) if moving else ()
    active = {row["active_turn_id"] for row in locked}
    ids = sorted({each.turn_id for each in appends})
    fences = {row["turn_id"]: row for row in db.rows(LOCK_FENCES, ids=array(ids))} if ids else {}
    last = _last_ones(db, _reopened(appends, changes, fences) & active, fences)
    kept, lost = _sorted_out(appends, changes, fences, last)
    _write(db, kept)
    return Appended(lost=lost, followed=_change(db, [each for each in kept if each.change is not None]))


def _sorted_out(
    appends: Sequence[Append],
    changes: Sequence[tuple[TurnStatus, str] | None],
    fences: dict[str, Row],
    last: frozenset[str],
) -> tuple[list[Kept], frozenset[str]]:
    kept: list[Kept] = []
    lost: set[str] = set()
    statuses: dict[str, TurnStatus] = {turn_id: row["status"] for turn_id, row in fences.items()}
    for each, change in zip(appends, changes, strict=True):
        row = fences.get(each.turn_id)
        if row is None or (row["owner"], row["fence"]) != (each.owner, each.epoch):
            lost.add(each.turn_id)
            continue
        status = statuses[each.turn_id]
        if status in ENDED and not (each.turn_id in last and rules.reopens(status, each)):
            lost.add(each.turn_id)
            continue
        kept.append(Kept(each, row, change))
        statuses[each.turn_id] = change[0] if change else statuses[each.turn_id]
    return kept, frozenset(lost)


def _reopened(
    appends: Sequence[Append], changes: Sequence[tuple[TurnStatus, str] | None], fences: dict[str, Row]
) -> set[str]:
    """Return which turns are to be taken up again once they are completed, be it by what is added just before."""
    statuses: dict[str, TurnStatus] = {turn_id: row["status"] for turn_id, row in fences.items()}
    found: set[str] = set()
    for each, change in zip(appends, changes, strict=True):
        if each.turn_id in statuses and rules.reopens(statuses[each.turn_id], each):
            found.add(each.turn_id)
        elif statuses.get(each.turn_id) in ENDED:
            continue  # it is refused, and changes nothing
        if change is not None:
            statuses[each.turn_id] = change[0]
    return found


def _last_ones(db: Connection, turn_ids: set[str], fences: dict[str, Row]) -> frozenset[str]:
    """Return those of some turns that nothing comes after, nor would run beside them."""
    return frozenset(each for each in turn_ids if not branches.has_followers(db, fences[each]))


def _write(db: Connection, kept: Sequence[Kept]) -> None:
    rows = [row for each in kept for row in log.chunks(each.append.turn_id, each.row["shard"], each.append.events)]
    if rows:
        db.run_many(log.INSERT, rows)
    for each in kept:
        grants.add(db, (each.append.owner, each.row["session_id"]), rules.grants_of(each.append))
    going_on = [
        {**_place(each), "attempts": 0} for each in kept if each.row["attempts"] and rules.makes_progress(each.append)
    ]
    if going_on:
        db.run_many(FORGET_ATTEMPTS, going_on)


def _change(db: Connection, kept: Sequence[Kept]) -> frozenset[str]:
    """Bring turns and their sessions to their new status; return those of them behind whose end a turn waits."""
    moves = _moves(kept)
    if not moves:
        return frozenset()
    db.run_many(SET_STATUS, [_status(each, move) for each, move in zip(kept, moves, strict=True)])
    for each, move in zip(kept, moves, strict=True):
        ids = (each.append.owner, each.row["agent_id"], each.row["session_id"])
        if each.append.turn is not None:
            indexing.write_turn(db, ids, each.append.turn)
        event_type = "turn_at_rest" if move.status in AT_REST else "turn_started"
        changes.note(db, ids, event_type, turn_id=each.append.turn_id, status=move.status)
    firsts = standing.follow(db, moves)
    limits.add_tokens(db, _spent(kept, moves))
    return frozenset(
        each.append.turn_id
        for each in kept
        if each.append.turn is not None and firsts.get(each.row["session_id"]) == "queued"
    )


def _moves(kept: Sequence[Kept]) -> list[standing.Move]:
    """Return to what turns have come, and what of their cost is not counted yet: one may move more than once here."""
    counted: dict[str, int] = {each.append.turn_id: each.row["tokens"] for each in kept}
    moves: list[standing.Move] = []
    for each in kept:
        if each.change is not None:
            turn_id = each.append.turn_id
            before, counted[turn_id] = counted[turn_id], max(counted[turn_id], rules.tokens_of(each.append.turn))
            cost = standing.Cost(counted[turn_id], counted[turn_id] - before)
            moves.append(standing.Move(each.row["session_id"], turn_id, *each.change, cost))
    return moves


def _spent(kept: Sequence[Kept], moves: Sequence[standing.Move]) -> dict[tuple[str, str], int]:
    """Return what is to be counted, by owner and day."""
    spent: dict[tuple[str, str], int] = defaultdict(int)
    for each, move in zip(kept, moves, strict=True):
        if move.cost.added:
            spent[each.append.owner, limiting.day_of(move.at)] += move.cost.added
    return spent


def _status(kept: Kept, move: standing.Move) -> dict[str, object]:
    turn = kept.append.turn
    return {
        **_place(kept),
        "status": move.status,
        "rests": move.status in AT_REST,
        "completed_at": rules.ended_at((move.status, move.at)),
        "turn": None if turn is None else msgspec.json.encode(turn),
        "tokens": move.cost.counted,
    }


def _place(kept: Kept) -> dict[str, object]:
    return {"this": kept.append.turn_id, "in_shard": kept.row["shard"]}
