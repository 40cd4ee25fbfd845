"""Statements and operations on what changed among an agent's sessions, a row a change.

A reader asks for what came after a place. Where many write at once, a number that is given out first may be committed
last, and a reader that has seen the second would miss the first: so a place is the transaction, then the number in it,
and nobody is shown a transaction while an earlier one is under way.

Operations do what `ChangeStore` says; what they raise is said there.
"""

from sqlalchemy import BigInteger, Integer, and_, bindparam, delete, false, insert, select, tuple_

from tertulia.domain.changes import BEGINNING, ChangeId, ChangeType, LoggedChange, SessionChange
from tertulia.domain.turns import TurnStatus
from tertulia.store import rules
from tertulia.store.sql.database import Connection, Row
from tertulia.store.sql.dialects import CurrentTransaction, DatabaseNow, OldestTransaction
from tertulia.store.sql.session_rows import session_of
from tertulia.store.sql.tables import changes, sessions

INSERT = insert(changes).values(
    {
        **{
            name: bindparam(name)
            for name in ("owner", "agent_id", "session_id", "shard", "event_type", "turn_id", "turn_status")
        },
        "batch": CurrentTransaction(),
        "noted_at": DatabaseNow(),
    }
)
_of_agent = and_(
    changes.c.owner == bindparam("of"),
    changes.c.agent_id == bindparam("of_agent"),
    changes.c.batch < OldestTransaction(),
)
LAST = (
    select(changes.c.batch, changes.c.seq)
    .where(_of_agent)
    .order_by(changes.c.batch.desc(), changes.c.seq.desc())
    .limit(1)
)
FIND = select(changes.c.seq).where(
    _of_agent, changes.c.batch == bindparam("batch"), changes.c.seq == bindparam("number")
)
_its_session = and_(
    sessions.c.session_id == changes.c.session_id,
    sessions.c.shard == changes.c.shard,
    sessions.c.is_gone == false(),
    sessions.c.deleted_at.is_(None),
)
READ = (
    select(
        changes.c.batch,
        changes.c.seq,
        changes.c.event_type,
        changes.c.session_id.label("changed_id"),
        changes.c.turn_id,
        changes.c.turn_status,
        *sessions.c,
    )
    .select_from(changes)
    .outerjoin(sessions, _its_session)
    .where(
        _of_agent,
        tuple_(changes.c.batch, changes.c.seq)
        > tuple_(bindparam("batch", type_=BigInteger), bindparam("number", type_=BigInteger)),
    )
    .order_by(changes.c.batch, changes.c.seq)
    .limit(bindparam("limit"))
)
OLD = (
    select(changes.c.seq)
    .where(changes.c.noted_at < DatabaseNow() - bindparam("age", type_=Integer))
    .order_by(changes.c.noted_at)
    .limit(bindparam("limit"))
)
DROP = delete(changes).where(changes.c.seq.in_(OLD))


def note(
    db: Connection,
    ids: tuple[str, str, str],
    event_type: ChangeType,
    *,
    turn_id: str | None = None,
    status: TurnStatus | None = None,
) -> None:
    """Note that something has changed in a session; `ids` are its owner's, its agent's and its own."""
    owner, agent_id, session_id = ids
    db.do(
        INSERT,
        owner=owner,
        agent_id=agent_id,
        session_id=session_id,
        shard=rules.shard_of(session_id),
        event_type=event_type,
        turn_id=turn_id,
        turn_status=status,
    )


def last(db: Connection, owner: str, agent_id: str) -> ChangeId:
    """Return the place of the newest change, after which all is news."""
    row = db.row(LAST, of=owner, of_agent=agent_id)
    return BEGINNING if row is None else ChangeId(batch=row["batch"], seq=row["seq"])


def has(db: Connection, owner: str, agent_id: str, change_id: ChangeId) -> bool:
    """Tell whether a change is kept still."""
    return db.row(FIND, of=owner, of_agent=agent_id, batch=change_id.batch, number=change_id.seq) is not None


def read(db: Connection, owner: str, agent_id: str, *, after: ChangeId, limit: int) -> list[LoggedChange]:
    """Return what came after a place, in order."""
    rows = db.rows(READ, of=owner, of_agent=agent_id, batch=after.batch, number=after.seq, limit=limit)
    return [_logged(row) for row in rows]


def drop(db: Connection, *, seconds: float, limit: int) -> int:
    """Delete some that were noted longer ago; return how many."""
    return db.run(DROP, age=int(seconds * 1000), limit=limit)


def _logged(row: Row) -> LoggedChange:
    change = SessionChange(
        event_type=row["event_type"],
        session_id=row["changed_id"],
        session=None if row["session_id"] is None else session_of(row),
        turn_id=row["turn_id"],
        turn_status=row["turn_status"],
    )
    return LoggedChange(id=ChangeId(batch=row["batch"], seq=row["seq"]), change=change)
