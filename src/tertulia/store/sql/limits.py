"""Statements and operations on what owners may use and have used.

Who adds to what an owner uses now holds the owner's gate first, before any other row, and until the end of the
transaction: so the look that follows sees all that others have added. On databases with one writer that costs nothing.

Operations do what `LimitStore` says; what they raise is said there.
"""

from collections.abc import Mapping

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
    text,
    update,
)

from tertulia.domain.limits import OwnLimits
from tertulia.store import limits as limiting
from tertulia.store import rules
from tertulia.store.limits import Drawn, Usage
from tertulia.store.sql.database import Connection
from tertulia.store.sql.dialects import DatabaseNow, InsertUnlessThere
from tertulia.store.sql.tables import (
    AT_WORK,
    files,
    owner_gates,
    owner_limits,
    sessions,
    storage_reservations,
    token_days,
    turns,
)

_own = msgspec.json.Decoder(OwnLimits)

_is_owners = owner_limits.c.owner == bindparam("of")
GET = select(owner_limits.c.limits).where(_is_owners)
DELETE = delete(owner_limits).where(_is_owners)
INSERT = InsertUnlessThere(owner_limits)

# --- the gate ---

_is_gate = owner_gates.c.owner == bindparam("of")
MAKE_GATE = InsertUnlessThere(owner_gates).values(owner=bindparam("of"), minute=0, requests=0)
HOLD_GATE = select(owner_gates.c.minute, owner_gates.c.requests).where(_is_gate).with_for_update()
READ_CLOCK = select(DatabaseNow().label("now"))
SET_REQUESTS = update(owner_gates).where(_is_gate).values(minute=bindparam("minute"), requests=bindparam("requests"))

# --- what is used ---

_is_day = and_(token_days.c.owner == bindparam("of"), token_days.c.day == bindparam("day"))
_left = and_(storage_reservations.c.owner == bindparam("of"), storage_reservations.c.until > DatabaseNow())
COUNT_TURNS = (
    select(func.count()).select_from(turns).where(turns.c.owner == bindparam("of"), text(AT_WORK)).scalar_subquery()
)
COUNT_TOKENS = func.coalesce(select(token_days.c.tokens).where(_is_day).scalar_subquery(), 0)


def _sum(of: Select[int]) -> ColumnElement[int]:
    return cast(func.coalesce(of.scalar_subquery(), 0), BigInteger)


COUNT_BYTES = _sum(select(func.sum(files.c.size)).where(files.c.owner == bindparam("of")))
COUNT_RESERVED = _sum(select(func.sum(storage_reservations.c.size)).where(_left))
READ_BYTES = select(COUNT_BYTES.label("kept"), COUNT_RESERVED.label("reserved"))
READ_USAGE = READ_BYTES.add_columns(COUNT_TURNS.label("turns"), COUNT_TOKENS.label("tokens"))
COST_OF_TURN = (
    select(turns.c.tokens)
    .where(turns.c.turn_id == bindparam("besides"), turns.c.shard == bindparam("in_shard"))
    .where(turns.c.session_id == bindparam("this"))
    .scalar_subquery()
)
READ_SESSION = select((sessions.c.tokens - func.coalesce(COST_OF_TURN, 0)).label("tokens")).where(
    sessions.c.session_id == bindparam("this"),
    sessions.c.shard == bindparam("in_shard"),
    sessions.c.owner == bindparam("of"),
)
MAKE_DAY = InsertUnlessThere(token_days).values(owner=bindparam("of"), day=bindparam("day"), tokens=0)
ADD_TOKENS = update(token_days).where(_is_day).values(tokens=token_days.c.tokens + bindparam("added"))

# --- room for files ---

_later = DatabaseNow() + cast(bindparam("milliseconds"), BigInteger)
RESERVE = insert(storage_reservations).values(
    owner=bindparam("of"), reservation=bindparam("this"), size=bindparam("bytes"), until=_later
)
RELEASE = delete(storage_reservations).where(
    storage_reservations.c.owner == bindparam("of"), storage_reservations.c.reservation == bindparam("this")
)
FORGET = delete(storage_reservations).where(
    storage_reservations.c.owner == bindparam("of"), storage_reservations.c.until <= DatabaseNow()
)
FORGET_ALL = [
    delete(table).where(table.c.owner == bindparam("of"))
    for table in (owner_gates, owner_limits, storage_reservations, token_days)
]


def get(db: Connection, owner: str) -> OwnLimits:
    """Return what was set for an owner."""
    row = db.row(GET, of=owner)
    return OwnLimits() if row is None else _own.decode(row["limits"])


def save(db: Connection, owner: str, own: OwnLimits, *, at: str) -> None:
    """Keep an owner's limits; of two nodes that do so at once, one."""
    db.do(DELETE, of=owner)
    db.do(INSERT, owner=owner, limits=msgspec.json.encode(own), updated_at=at)


def forget(db: Connection, owner: str) -> None:
    """Forget all that is here of an owner; the gate is locked before all else."""
    for statement in FORGET_ALL:
        db.do(statement, of=owner)


def hold_gate(db: Connection, owner: str) -> None:
    """Let nobody else add to what an owner uses, until the end of the transaction."""
    db.do(MAKE_GATE, of=owner)
    db.do(HOLD_GATE, of=owner)


def draw(db: Connection, owner: str, *, limit: int) -> Drawn:
    """Give a node some of an owner's requests of this minute."""
    db.do(MAKE_GATE, of=owner)
    gate = db.row(HOLD_GATE, of=owner)
    clock = db.row(READ_CLOCK)
    assert gate is not None
    assert clock is not None
    minute = clock["now"] // limiting.MINUTE
    drawn = limiting.draw(gate["requests"] if gate["minute"] == minute else 0, limit=limit, now=clock["now"])
    if drawn.granted:
        db.do(SET_REQUESTS, of=owner, minute=minute, requests=drawn.used)
    return drawn


def read_usage(db: Connection, owner: str, *, day: str) -> Usage:
    """Return what an owner uses."""
    row = db.row(READ_USAGE, of=owner, day=day)
    assert row is not None
    return Usage(turns=row["turns"], tokens=row["tokens"], storage_bytes=row["kept"] + row["reserved"])


def read_session(db: Connection, owner: str, session_id: str, *, besides: str = "") -> int:
    """Return what a session has cost, without one of its turns."""
    row = db.row(READ_SESSION, this=session_id, in_shard=rules.shard_of(session_id), of=owner, besides=besides)
    return 0 if row is None else row["tokens"]


def add_tokens(db: Connection, spent: Mapping[tuple[str, str], int]) -> None:
    """Count tokens by owner and day; rows are locked in one order by everybody."""
    for (owner, day), tokens in sorted(spent.items()):
        db.do(MAKE_DAY, of=owner, day=day)
        db.do(ADD_TOKENS, of=owner, day=day, added=tokens)


def refuse_bytes(db: Connection, owner: str, *, size: int, limit: int) -> None:
    """Raise StorageFull if there is no room for so many bytes more. The gate is held."""
    row = db.row(READ_BYTES, of=owner)
    assert row is not None
    limiting.refuse_file(row["kept"] + row["reserved"], size, limit)


def reserve(db: Connection, owner: str, reservation: str, *, size: int, limit: int, seconds: float) -> None:
    """Keep room for a file."""
    hold_gate(db, owner)
    db.do(FORGET, of=owner)
    refuse_bytes(db, owner, size=size, limit=limit)
    db.do(RESERVE, of=owner, this=reservation, bytes=size, milliseconds=round(seconds * 1000))


def release(db: Connection, owner: str, reservation: str) -> None:
    """Give room back."""
    db.do(RELEASE, of=owner, this=reservation)
