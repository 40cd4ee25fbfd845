"""Statements and operations of rules that say how long sessions stay: who may go through them, and what they take.

Operations do what `KeepingStore` says; what they raise is said there.
"""

from collections.abc import Sequence

import msgspec
from sqlalchemy import BigInteger, Text, and_, bindparam, false, select, text, true, tuple_, update

from tertulia.domain.paging import Page, encode_cursor
from tertulia.domain.retention import How, RetentionRule
from tertulia.store import rules
from tertulia.store.keeping import AgentRule, OwnedSession
from tertulia.store.sql import changes
from tertulia.store.sql.database import Connection, Row
from tertulia.store.sql.dialects import DatabaseNow, InsertUnlessThere
from tertulia.store.sql.session_rows import session_of
from tertulia.store.sql.tables import IN_TRASH, WITH_RULE, Key, agent_versions, agents, jobs, sessions

_until = DatabaseNow() + bindparam("age", type_=BigInteger)
TAKE = (
    update(jobs)
    .where(jobs.c.job == bindparam("this"), (jobs.c.node == bindparam("by")) | (jobs.c.until < DatabaseNow()))
    .values(node=bindparam("by"), until=_until)
)
BEGIN = InsertUnlessThere(jobs).values(job=bindparam("this"), node=bindparam("by"), until=_until)

LIST_AGENTS = (
    select(agents.c.owner, agents.c.agent_id, agent_versions.c.config)
    .join(
        agent_versions,
        and_(
            agent_versions.c.owner == agents.c.owner,
            agent_versions.c.agent_id == agents.c.agent_id,
            agent_versions.c.version == agents.c.version,
        ),
    )
    .where(
        tuple_(agents.c.owner, agents.c.agent_id)
        > tuple_(bindparam("after_owner", type_=Key), bindparam("after_id", type_=Key))
    )
    .order_by(agents.c.owner, agents.c.agent_id)
    .limit(bindparam("limit"))
)
LIST_RULED = (
    select(sessions)
    .where(text(WITH_RULE), sessions.c.session_id > bindparam("after"), sessions.c.deleted_at.is_(None))
    .order_by(sessions.c.session_id)
    .limit(bindparam("limit"))
)
LIST_TRASH = (
    select(sessions)
    .where(
        text(IN_TRASH),
        sessions.c.is_gone == false(),
        sessions.c.deleted_at < bindparam("before"),
        tuple_(sessions.c.deleted_at, sessions.c.session_id)
        > tuple_(bindparam("after_at", type_=Key), bindparam("after_id", type_=Key)),
    )
    .order_by(sessions.c.deleted_at, sessions.c.session_id)
    .limit(bindparam("limit"))
)

_is_idle = and_(
    sessions.c.session_id == bindparam("this"),
    sessions.c.shard == bindparam("in_shard"),
    sessions.c.owner == bindparam("of"),
    sessions.c.agent_id == bindparam("of_agent"),
    sessions.c.updated_at < bindparam("before"),
    sessions.c.status == bindparam("is_idle", "idle", type_=Text),
    sessions.c.deleted_at.is_(None),
    sessions.c.is_gone == false(),
)
ARCHIVE = (
    update(sessions)
    .where(_is_idle, sessions.c.archived == false())
    .values(archived=true(), revision=sessions.c.revision + 1)
)
DELETE = update(sessions).where(_is_idle).values(deleted_at=bindparam("at"))


class _Kept(msgspec.Struct):
    """What matters of a config here."""

    retention: RetentionRule | None = None


_kept = msgspec.json.Decoder(_Kept)


def take_job(db: Connection, job: str, node: str, *, seconds: float) -> bool:
    """Take or keep a job, unless another node has it."""
    said: dict[str, object] = {"this": job, "by": node, "age": int(seconds * 1000)}
    return bool(db.run(TAKE, **said)) or bool(db.run(BEGIN, **said))


def list_agents(db: Connection, *, limit: int, cursor: str | None = None) -> Page[AgentRule]:
    """Return a page of every owner's agents."""
    owner, agent_id = rules.time_position(cursor) if cursor else ("", "")
    rows = db.rows(LIST_AGENTS, after_owner=owner, after_id=agent_id, limit=limit + 1)
    items = [_agent(row) for row in rows[:limit]]
    last = items[-1] if len(rows) > limit else None
    return Page(items=items, next_cursor=encode_cursor(last.owner, last.agent_id) if last else None)


def _agent(row: Row) -> AgentRule:
    return AgentRule(owner=row["owner"], agent_id=row["agent_id"], rule=_kept.decode(row["config"]).retention)


def list_ruled(db: Connection, *, limit: int, cursor: str | None = None) -> Page[OwnedSession]:
    """Return a page of the sessions with a rule of their own."""
    after = rules.name_position(cursor) if cursor else ""
    rows = db.rows(LIST_RULED, after=after, limit=limit + 1)
    last = rows[limit - 1]["session_id"] if len(rows) > limit else None
    return Page(items=[_owned(row) for row in rows[:limit]], next_cursor=last and encode_cursor(last))


def list_trash(db: Connection, *, deleted_before: str, limit: int, cursor: str | None = None) -> Page[OwnedSession]:
    """Return a page of what has been in the trash since before a time."""
    at, session_id = rules.time_position(cursor) if cursor else ("", "")
    rows = db.rows(LIST_TRASH, before=deleted_before, after_at=at, after_id=session_id, limit=limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    more = encode_cursor(last["deleted_at"], last["session_id"]) if last else None
    return Page(items=[_owned(row) for row in rows[:limit]], next_cursor=more)


def _owned(row: Row) -> OwnedSession:
    return OwnedSession(owner=row["owner"], session=session_of(row), deleted_at=row["deleted_at"])


def retire(
    db: Connection, place: tuple[str, str], session_ids: Sequence[str], *, how: How, idle_since: str, at: str
) -> list[str]:
    """Archive or delete sessions of one owner's agent that are idle still; return which."""
    owner, agent_id = place
    statement, said = (DELETE, {"at": at}) if how == "delete" else (ARCHIVE, {})
    taken: list[str] = []
    for session_id in sorted(session_ids):
        this: dict[str, object] = {"this": session_id, "in_shard": rules.shard_of(session_id)}
        if db.run(statement, of=owner, of_agent=agent_id, before=idle_since, **this, **said):
            changes.note(db, (owner, agent_id, session_id), "session_deleted" if how == "delete" else "session_updated")
            taken.append(session_id)
    return taken
