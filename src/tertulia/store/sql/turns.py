"""Statements and operations that move turns: taking them on, claiming them, asking for their end.

A turn's own row says who may write (`fence`), who holds it (`lease_owner`) and how it stands; its session's row is kept
in step in the same transaction, and locked before (see `standing`).

Operations do what `TurnStore` says; what they raise is said there.
"""

from collections.abc import Sequence

import msgspec
from msgspec import UNSET
from msgspec.structs import replace
from sqlalchemy import Integer, and_, bindparam, case, false, insert, literal_column, select, true, update

from tertulia.domain.agents import ToolConfig, Toolgroup
from tertulia.domain.errors import AgentWithdrawn, IdempotencyMismatch, SessionNotFound, TurnNotFound
from tertulia.domain.sessions import Session, preview_of
from tertulia.domain.turns import ENDED, TurnStatus
from tertulia.store import limits as limiting
from tertulia.store import rules
from tertulia.store.branches import Stand, encoded, going_on
from tertulia.store.sql import branches, changes, files, indexing, limits, log, standing
from tertulia.store.sql.database import Connection, Row
from tertulia.store.sql.dialects import DatabaseNow, array, is_one_of
from tertulia.store.sql.tables import agents, nodes, sessions, turns
from tertulia.store.turns import Accepted, NewTurn, TurnRecord

_toolgroups = msgspec.json.Decoder(list[Toolgroup])
_tool_config = msgspec.json.Decoder(ToolConfig)

_of_session = and_(turns.c.session_id == bindparam("of_session"), turns.c.shard == bindparam("in_shard"))
_this_session = and_(sessions.c.session_id == bindparam("this"), sessions.c.shard == bindparam("in_shard"))
_this_turn = and_(turns.c.turn_id == bindparam("this"), turns.c.owner == bindparam("of"))
_in_place = and_(turns.c.turn_id == bindparam("this"), turns.c.shard == bindparam("in_shard"))
_unfinished = turns.c.completed_at.is_(None)
_is_there = and_(sessions.c.is_gone == false(), sessions.c.deleted_at.is_(None))

RECORD = [
    turns.c.turn_id,
    turns.c.shard,
    turns.c.session_id,
    turns.c.agent_id,
    turns.c.agent_version,
    turns.c.owner,
    turns.c.n,
    turns.c.status,
    turns.c.fence,
    turns.c.created_at,
    turns.c.cancel_requested,
    turns.c.attempts,
    turns.c.toolgroups,
    turns.c.tool_config,
    turns.c.parent_turn_id,
]

_head = turns.alias("head")
_lent = agents.alias("lent")
_is_loan = agents.c.lender.is_not(None)
LOCK_SESSION = (
    select(
        sessions.c.last_n,
        sessions.c.active_turn_id,
        sessions.c.status,
        sessions.c.title_source,
        sessions.c.session_name,
        sessions.c.started_at,
        sessions.c.updated_at,
        sessions.c.tokens,
        case((_is_loan, _lent.c.version), else_=agents.c.version).label("version"),
        case((_is_loan, _lent.c.session_tokens), else_=agents.c.session_tokens).label("session_tokens"),
        _head.c.turn_id.label("head_id"),
        _head.c.branch.label("head_branch"),
        _head.c.depth.label("head_depth"),
    )
    .join(agents, and_(agents.c.owner == sessions.c.owner, agents.c.agent_id == sessions.c.agent_id))
    .outerjoin(
        _lent,
        and_(
            _lent.c.owner == agents.c.lender,
            _lent.c.agent_id == agents.c.agent_id,
            _lent.c.visibility == literal_column("'shared'"),  # written out: see `LOCK_SESSION`
        ),
    )
    .outerjoin(
        _head,
        and_(
            _head.c.turn_id == sessions.c.active_turn_id,
            _head.c.session_id == sessions.c.session_id,
            _head.c.n == sessions.c.last_n,
        ),
    )
    .where(
        _this_session,
        sessions.c.owner == bindparam("of"),
        sessions.c.agent_id == bindparam("of_agent"),
        _is_there,
    )
    .with_for_update(of=sessions)
)
"""With the newest turn, if it is the one to go on from: whoever had to wait for the lock may see the one before it.

The agent is the owner's, or the one that is lent to them: it has no version if it is lent no more. That it is shared is
no parameter: SQLite would plan the statement anew whenever that is given a value, since an index may depend on it.
"""
LOCK_SESSION_AND_COUNT = LOCK_SESSION.add_columns(
    limits.COUNT_TURNS.label("turns_now"), limits.COUNT_TOKENS.label("tokens_today")
)
"""With what its owner uses: no message to the database more."""
FIND_REPEATED = select(*RECORD, turns.c.request_hash).where(_of_session, turns.c.idempotency_key == bindparam("key"))
FIND_TRIES = (
    select(*RECORD)
    .where(
        _of_session,
        turns.c.n > bindparam("last_n", type_=Integer) - rules.TRIES_AMONG,
        is_one_of(turns.c.request_hash, "hashes"),
        turns.c.is_gone == false(),
    )
    .order_by(turns.c.n.desc())
)
LIST_UNFINISHED_OF = select(turns.c.turn_id, turns.c.status).where(_of_session, _unfinished).order_by(turns.c.n)
INSERT = insert(turns).values(
    {
        name: bindparam(name)
        for name in [
            *(column.name for column in RECORD),
            *("branch", "depth", "lineage"),
            *("lease_owner", "idempotency_key", "request_hash"),
        ]
    }
)
SET_SESSION = (
    update(sessions)
    .where(_this_session)
    .values(
        {
            name: bindparam(name)
            for name in (
                "session_name",
                "searched",
                "preview",
                "turn_count",
                "last_n",
                "active_turn_id",
                "last_turn_status",
                "status",
                "updated_at",
            )
        }
    )
)
LOCK_STATUS = (
    select(sessions.c.updated_at).where(_this_session, sessions.c.owner == bindparam("of"), _is_there).with_for_update()
)
LIST_UNFINISHED = (
    select(*RECORD)
    .where(_of_session, _unfinished, branches.is_seen, turns.c.owner == bindparam("of"))
    .order_by(turns.c.n.desc())
)
FIRST_UNFINISHED = select(*RECORD).where(_of_session, _unfinished).order_by(turns.c.n).limit(bindparam("limit"))
FIND_RECORD = select(*RECORD, turns.c.lease_owner).where(_this_turn, branches.is_seen)
LOCK_RECORD = select(*RECORD, turns.c.lease_owner).where(_this_turn).with_for_update()
FIND_LEASE = select(nodes.c.node).where(nodes.c.node == bindparam("node"), nodes.c.lease_until > DatabaseNow())
START = (
    update(turns)
    .where(_in_place)
    .values({name: bindparam(name) for name in ("fence", "status", "lease_owner", "attempts")})
)
REQUEST_CANCEL = update(turns).where(_this_turn, _unfinished).values(cancel_requested=true())


def accept(db: Connection, owner: str, new: NewTurn, *, node: str) -> Accepted:
    """Take a turn on, or find that it was taken on before."""
    place = {"of_session": new.session_id, "in_shard": rules.shard_of(new.session_id)}
    session = _locked(db, owner, new)
    if new.idempotency_key is not None:
        repeated = db.row(FIND_REPEATED, **place, key=new.idempotency_key)
        if repeated is not None:
            return _repeat(repeated, new)
    if (other := _of_another_try(db, session, new)) is not None:
        return Accepted(record=other, events=[], is_repeat=True)
    if session["version"] is None:
        raise AgentWithdrawn
    _refuse_beyond_limits(new, session)
    unfinished: Sequence[Row] = db.rows(LIST_UNFINISHED_OF, **place) if session["status"] != "idle" else ()
    rules.refuse_if_busy(new, [(row["turn_id"], row["status"]) for row in unfinished])
    record = _new_record(owner, new, session, epoch=0 if unfinished else 1)
    stand = _stand(db, session, record)
    events = rules.first_events(new, record)
    _insert(db, record, new, stand, node=node if record.epoch else None)
    db.run_many(log.INSERT, list(log.chunks(new.turn_id, rules.shard_of(new.session_id), events)))
    if new.new_files or new.used_files:
        files.take_along(db, owner, new)
    if new.reservation is not None:
        limits.release(db, owner, new.reservation)
    first: TurnStatus = unfinished[0]["status"] if unfinished else record.status
    _add_to_session(db, session, new, (record, stand), first)
    ahead = unfinished[0]["turn_id"] if new.on_busy == "interrupt" and unfinished and first != "queued" else None
    interrupted = None if ahead is None else request_cancel(db, owner, ahead)
    return Accepted(record=record, events=events, interrupts=interrupted)


def _of_another_try(db: Connection, session: Row, new: NewTurn) -> TurnRecord | None:
    """Find the turn that another try of a request has begun meanwhile; mostly there is nothing to look for."""
    attempt = new.attempt
    if attempt is None or not rules.may_be_tried(attempt, session["active_turn_id"], session["updated_at"]):
        return None
    place = {"of_session": new.session_id, "in_shard": rules.shard_of(new.session_id)}
    rows = db.rows(FIND_TRIES, **place, last_n=session["last_n"], hashes=array(rules.other_tries(new)))
    tried = (row for row in rows if rules.is_of_another_try(attempt, row["turn_id"], row["created_at"]))
    found = next(tried, None)
    return None if found is None else record_of(found)


def _locked(db: Connection, owner: str, new: NewTurn) -> Row:
    """Lock the session; where its owner is limited, from behind the owner's gate, and count what he uses."""
    this = {"this": new.session_id, "in_shard": rules.shard_of(new.session_id), "of": owner, "of_agent": new.agent_id}
    if new.limits.counts:
        limits.hold_gate(db, owner)
        session = db.row(LOCK_SESSION_AND_COUNT, **this, day=limiting.day_of(new.at))
    else:
        session = db.row(LOCK_SESSION, **this)
    if session is None:
        raise SessionNotFound
    return session


def _refuse_beyond_limits(new: NewTurn, session: Row) -> None:
    limiting.refuse_session(session["tokens"], new.limits, session["session_tokens"])
    if new.limits.counts:
        used = limiting.Usage(turns=session["turns_now"], tokens=session["tokens_today"])
        limiting.refuse_turn(used, new.limits, at=new.at)


def _stand(db: Connection, session: Row, record: TurnRecord) -> Stand:
    """Return where a new turn stands; mostly it goes on from the newest one, which was read with the session."""
    if record.parent_turn_id is not None and record.parent_turn_id == session["head_id"]:
        return going_on(session["head_branch"], session["head_depth"])
    place: dict[str, object] = {
        "of_session": record.session_id,
        "in_shard": rules.shard_of(record.session_id),
        "of": record.owner,
    }
    return branches.stand_after(db, record.parent_turn_id, place, record.n)


def _repeat(row: Row, new: NewTurn) -> Accepted:
    if row["request_hash"] != new.request_hash:
        raise IdempotencyMismatch
    return Accepted(record=record_of(row), events=[], is_repeat=True)


def _new_record(owner: str, new: NewTurn, session: Row, *, epoch: int) -> TurnRecord:
    return TurnRecord(
        turn_id=new.turn_id,
        session_id=new.session_id,
        agent_id=new.agent_id,
        agent_version=session["version"],
        owner=owner,
        n=session["last_n"] + 1,
        status="running" if epoch else "queued",
        epoch=epoch,
        created_at=new.at,
        toolgroups=new.toolgroups,
        tool_config=new.tool_config,
        parent_turn_id=session["active_turn_id"] if new.parent_turn_id is UNSET else new.parent_turn_id,
    )


def _insert(db: Connection, record: TurnRecord, new: NewTurn, stand: Stand, *, node: str | None) -> None:
    db.do(
        INSERT,
        turn_id=record.turn_id,
        shard=rules.shard_of(record.session_id),
        session_id=record.session_id,
        agent_id=record.agent_id,
        agent_version=record.agent_version,
        owner=record.owner,
        n=record.n,
        status=record.status,
        fence=record.epoch,
        created_at=record.created_at,
        cancel_requested=False,
        attempts=0,
        parent_turn_id=record.parent_turn_id,
        branch=stand.branch,
        depth=stand.depth,
        lineage=encoded(stand.lineage),
        lease_owner=node,
        toolgroups=None if new.toolgroups is None else msgspec.json.encode(new.toolgroups),
        tool_config=None if new.tool_config is None else msgspec.json.encode(new.tool_config),
        idempotency_key=new.idempotency_key,
        request_hash=new.request_hash,
    )


def _add_to_session(
    db: Connection, session: Row, new: NewTurn, last: tuple[TurnRecord, Stand], first: TurnStatus
) -> None:
    record, stand = last
    words = rules.words_of(new.input_messages)
    name = rules.name_after(session["session_name"], session["title_source"], words)
    preview = preview_of(words)
    db.do(
        SET_SESSION,
        this=new.session_id,
        in_shard=rules.shard_of(new.session_id),
        session_name=name,
        searched=rules.searched(name, preview),
        preview=preview,
        turn_count=stand.depth,
        last_n=record.n,
        active_turn_id=record.turn_id,
        last_turn_status=record.status,
        status=rules.session_status(first),
        updated_at=max(session["updated_at"], new.at),
    )
    if name != session["session_name"]:
        named = Session(
            session_id=new.session_id,
            session_name=name,
            agent_id=new.agent_id,
            started_at=session["started_at"],
            updated_at=new.at,
        )
        indexing.write_name(db, record.owner, named)
    _note(db, record)


def _note(db: Connection, record: TurnRecord) -> None:
    """Tell those who show lists that a turn waits, or runs."""
    event_type = "turn_started" if record.epoch else "turn_queued"
    ids = (record.owner, record.agent_id, record.session_id)
    changes.note(db, ids, event_type, turn_id=record.turn_id, status=record.status)


def list_unfinished(db: Connection, owner: str, session_id: str) -> list[TurnRecord]:
    """Return the turns of a session that have not ended, newest first."""
    rows = db.rows(LIST_UNFINISHED, of=owner, of_session=session_id, in_shard=rules.shard_of(session_id))
    return [record_of(row) for row in rows]


def claim_next(db: Connection, owner: str, session_id: str, *, at: str, node: str) -> Accepted | None:
    """Start a session's next queued turn, if its time has come."""
    shard = rules.shard_of(session_id)
    session = db.row(LOCK_STATUS, this=session_id, in_shard=shard, of=owner)
    row = session and db.row(FIRST_UNFINISHED, of_session=session_id, in_shard=shard, limit=1)
    if not session or not row or row["status"] != "queued":
        return None
    record = replace(record_of(row), epoch=row["fence"] + 1, status="running")
    started = rules.start_of(record, at)
    _start(db, record, node=node)
    db.run_many(log.INSERT, list(log.chunks(record.turn_id, shard, [started])))
    standing.follow(db, [standing.Move(session_id, record.turn_id, record.status, session["updated_at"])])
    _note(db, record)
    return Accepted(record=record, events=[started])


def claim(db: Connection, owner: str, turn_id: str, *, node: str, reopens: bool = False) -> Accepted | None:
    """Take over a turn that has not ended, unless a node that lives holds it; or one that is to be taken up again."""
    row = db.row(LOCK_RECORD, this=turn_id, of=owner)
    if row is None or not rules.may_claim(row["status"], reopens=reopens):
        return None
    is_others = row["lease_owner"] not in {None, node} and row["status"] not in ENDED
    if is_others and db.row(FIND_LEASE, node=row["lease_owner"]) is not None:
        return None
    record = replace(record_of(row), epoch=row["fence"] + 1, attempts=row["attempts"] + is_others)
    _start(db, record, node=node)
    return Accepted(record=record, events=[])


def _start(db: Connection, record: TurnRecord, *, node: str) -> None:
    """Let a turn be a node's, under its new fence."""
    db.do(
        START,
        this=record.turn_id,
        in_shard=rules.shard_of(record.session_id),
        fence=record.epoch,
        status=record.status,
        lease_owner=node,
        attempts=record.attempts,
    )


def request_cancel(db: Connection, owner: str, turn_id: str) -> TurnRecord:
    """Mark a turn that has not ended."""
    db.do(REQUEST_CANCEL, this=turn_id, of=owner)
    row = db.row(FIND_RECORD, this=turn_id, of=owner)
    if row is None:
        raise TurnNotFound
    return record_of(row)


def record_of(row: Row) -> TurnRecord:
    """Return a turn's record as its row says."""
    return TurnRecord(
        turn_id=row["turn_id"],
        session_id=row["session_id"],
        agent_id=row["agent_id"],
        agent_version=row["agent_version"],
        owner=row["owner"],
        n=row["n"],
        status=row["status"],
        epoch=row["fence"],
        created_at=row["created_at"],
        cancel_requested=bool(row["cancel_requested"]),
        attempts=row["attempts"],
        toolgroups=None if row["toolgroups"] is None else _toolgroups.decode(row["toolgroups"]),
        tool_config=None if row["tool_config"] is None else _tool_config.decode(row["tool_config"]),
        parent_turn_id=row["parent_turn_id"],
    )
