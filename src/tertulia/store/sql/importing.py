"""Statements and operations that add a session from elsewhere, whole: its row, its turns, their logs.

The operation does what `SessionStore.import_session` says; what it raises is said there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace
from sqlalchemy import insert

from tertulia.domain.sessions import Session
from tertulia.store import rules
from tertulia.store.branches import encoded
from tertulia.store.importing import ImportedTurn, refuse_unless_whole, settled, stands_of
from tertulia.store.sql import agents, changes, files, indexing, log, sessions
from tertulia.store.sql.database import Connection
from tertulia.store.sql.tables import turns

INSERT = insert(turns)
NOTHING: dict[str, object] = {column.name: None for column in turns.columns}
"""A row of which nothing is said: nobody holds a lease, and no key came with it."""


@dataclass(frozen=True)
class Prepared:
    """A session from elsewhere as rows: what can be made of it before the transaction, in which others wait."""

    session: Session
    imported: Sequence[ImportedTurn]
    turns: list[dict[str, object]]
    """Without the version of the agent."""
    log: list[dict[str, object]]
    words: list[dict[str, object]]


def prepared(owner: str, session: Session, imported: Sequence[ImportedTurn]) -> Prepared:
    """Make the rows of a session. Takes seconds for a large one."""
    refuse_unless_whole(session, imported)
    session = settled(session, imported)
    shard = rules.shard_of(session.session_id)
    ids = owner, session.agent_id, session.session_id
    return Prepared(
        session=session,
        imported=imported,
        turns=list(_rows(owner, session, imported)),
        log=[row for each in imported for row in log.chunks(each.turn.turn_id, shard, each.events)],
        words=[indexing.row_of_turn(ids, each.turn) for each in imported],
    )


def add(db: Connection, owner: str, made: Prepared, *, request_hash: str | None) -> Session:
    """Add a session with all of its turns, or find that the same request has added it before."""
    session, imported = made.session, made.imported
    version = agents.hold(db, owner, session.agent_id)
    last_n = imported[-1].turn.n if imported else 0
    if not sessions.insert_one(db, owner, session, request_hash=request_hash, last_n=last_n):
        return sessions.find_made(db, owner, session, request_hash=request_hash)
    indexing.write_name(db, owner, session)
    changes.note(db, (owner, session.agent_id, session.session_id), "session_created")
    if imported:
        db.run_many(INSERT, [row | {"agent_version": version} for row in made.turns])
        db.run_many(log.INSERT, made.log)
        of_turns = {each.turn.turn_id: (each.new_files, each.used_files) for each in imported}
        files.take_all_along(db, owner, session.session_id, of_turns)
        indexing.write_rows(db, made.words)
    return replace(session, turns=[])


def _rows(owner: str, session: Session, imported: Sequence[ImportedTurn]) -> Iterator[dict[str, object]]:
    stands = stands_of(session, imported)
    for each in imported:
        stand = stands[each.turn.turn_id]
        yield NOTHING | {
            "turn_id": each.turn.turn_id,
            "shard": rules.shard_of(session.session_id),
            "owner": owner,
            "session_id": session.session_id,
            "agent_id": session.agent_id,
            "n": each.turn.n,
            "status": each.turn.status,
            "fence": each.epoch,
            "attempts": 0,
            "has_deltas": True,
            "cancel_requested": False,
            "request_hash": "",
            "created_at": each.turn.started_at,
            "completed_at": each.turn.completed_at,
            "turn": msgspec.json.encode(each.turn),
            "parent_turn_id": each.turn.parent_turn_id,
            "branch": stand.branch,
            "depth": stand.depth,
            "lineage": encoded(stand.lineage),
            "feedback": None if each.feedback is None else msgspec.json.encode(each.feedback),
            "is_gone": False,
            "tokens": rules.tokens_of(each.turn),  # they were spent elsewhere
        }
