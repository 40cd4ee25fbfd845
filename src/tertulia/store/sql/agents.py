"""Statements and operations on agents: a row for each agent and for each version of its config, and for each loan.

Whoever else than its owner reads an agent is given what `as_others_see` leaves of it, here and nowhere later.
A page is read in two steps, how large its agents are and then those that fit: instructions may be very long.

Operations do what `AgentStore` says; what they raise is said there.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, func, insert, select, text, tuple_, update

from tertulia.domain.agents import Agent, AgentConfig, Visibility, as_others_see
from tertulia.domain.errors import AgentNotFound, AgentWithdrawn, Stale
from tertulia.domain.paging import Page, encode_cursor, fitting
from tertulia.store import rules
from tertulia.store.sql import files
from tertulia.store.sql.database import Connection, Row
from tertulia.store.sql.dialects import InsertUnlessThere
from tertulia.store.sql.tables import SHARED, agent_versions, agents

_config = msgspec.json.Decoder(AgentConfig)

_is_this = and_(agents.c.owner == bindparam("of"), agents.c.agent_id == bindparam("this"))


Columns = Sequence[ColumnElement[Any]]
_ALL: Columns = [*agents.columns, agent_versions.c.config]
_SIZE: Columns = [agents.c.agent_id, agents.c.created_at, func.length(agent_versions.c.config).label("size")]


def _with_config(columns: Columns = _ALL) -> Select[*tuple[object, ...]]:
    newest = and_(
        agent_versions.c.owner == agents.c.owner,
        agent_versions.c.agent_id == agents.c.agent_id,
        agent_versions.c.version == agents.c.version,
    )
    return select(*columns).select_from(agents).join(agent_versions, newest)


_is_others = and_(text(SHARED), agents.c.owner != bindparam("of"))
_is_after = tuple_(agents.c.created_at, agents.c.agent_id) > tuple_(bindparam("after_at"), bindparam("after_id"))


GET = _with_config().where(_is_this)
GET_SHARED = (
    _with_config()
    .where(_is_others, agents.c.agent_id == bindparam("this"))
    .order_by(agents.c.owner)
    .limit(bindparam("limit"))
)
HOLD = (
    select(agents.c.version, agents.c.lender)
    .where(_is_this)
    .with_for_update(read=True, key_share=True)  # it is not deleted meanwhile
)
GET_CONFIG = select(agent_versions.c.config).where(
    agent_versions.c.owner == bindparam("of"),
    agent_versions.c.agent_id == bindparam("this"),
    agent_versions.c.version == bindparam("version"),
)


def _page(columns: Columns, which: ColumnElement[bool]) -> Select[*tuple[object, ...]]:
    found = _with_config(columns).where(which, _is_after)
    return found.order_by(agents.c.created_at, agents.c.agent_id).limit(bindparam("limit"))


_is_own = agents.c.owner == bindparam("of")
LIST, LIST_SHARED = _page(_ALL, _is_own), _page(_ALL, _is_others)
SIZES, SIZES_SHARED = _page(_SIZE, _is_own), _page(_SIZE, _is_others)

FIND_DEFAULT = (
    _with_config()
    .where(agents.c.owner == bindparam("of"), agents.c.is_default.is_(True))
    .order_by(agents.c.created_at, agents.c.agent_id)
    .limit(bindparam("limit"))
)
INSERT = insert(agents)
INSERT_LOAN = InsertUnlessThere(agents)
INSERT_VERSION = insert(agent_versions)
INSERT_LOAN_VERSION = InsertUnlessThere(agent_versions)
SET_VERSION = (
    update(agents)
    .where(_is_this, agents.c.lender.is_(None), agents.c.version == bindparam("before"))
    .values({name: bindparam(name) for name in ("version", "updated_at", "session_tokens", "visibility")})
)
DELETE = delete(agents).where(_is_this)


def create(db: Connection, owner: str, agent: Agent) -> None:
    """Add an agent and the first version of its config."""
    db.run(INSERT, **_columns(owner, agent), lender=None)
    db.run(INSERT_VERSION, **_version(owner, agent, agent.created_at))


def _columns(owner: str, agent: Agent) -> dict[str, object]:
    return {
        "owner": owner,
        "agent_id": agent.agent_id,
        "version": agent.version,
        "is_default": agent.is_default,
        "created_at": agent.created_at,
        "updated_at": agent.updated_at,
        "session_tokens": agent.agent_config.budget.session_tokens,
        "visibility": agent.visibility,
    }


def _version(owner: str, agent: Agent, at: str) -> dict[str, object]:
    return {
        "owner": owner,
        "agent_id": agent.agent_id,
        "version": agent.version,
        "created_at": at,
        "config": msgspec.json.encode(agent.agent_config),
    }


def get(db: Connection, owner: str, agent_id: str) -> Agent:
    """Return an agent with its newest config, as its reader sees it."""
    return _agent(owner, _found(db, owner, agent_id))


def find_lender(db: Connection, owner: str, agent_id: str) -> str:
    """Return whose an agent is that an owner uses."""
    row = _found(db, owner, agent_id)
    if row["lender"] is not None:
        raise AgentWithdrawn
    return row["owner"]


def _found(db: Connection, owner: str, agent_id: str) -> Row:
    """Return an owner's own agent, or the one that is shared, or the loan of one that was."""
    row = db.row(GET, of=owner, this=agent_id)
    if row is None or row["lender"] is not None:
        row = db.row(GET_SHARED, of=owner, this=agent_id, limit=1) or row
    if row is None:
        raise AgentNotFound
    return row


def hold(db: Connection, owner: str, agent_id: str) -> int:
    """Return the version of an agent that an owner may use, and hold it: by a loan if it is another's."""
    held = db.row(HOLD, of=owner, this=agent_id)
    if held is not None and held["lender"] is None:
        return held["version"]
    row = _found(db, owner, agent_id)
    if row["lender"] is not None:
        raise AgentWithdrawn
    if held is None:
        loan = replace(_agent(owner, row), visibility="private")
        db.do(INSERT_LOAN, **_columns(owner, loan), lender=row["owner"])
        db.do(INSERT_LOAN_VERSION, **_version(owner, loan, loan.updated_at))
    return row["version"]


def get_config(db: Connection, owner: str, agent_id: str, version: int) -> AgentConfig:
    """Return a config as it was at a version."""
    row = db.row(GET_CONFIG, of=owner, this=agent_id, version=version)
    if row is None:
        raise AgentNotFound
    return _config.decode(row["config"])


def find_default(db: Connection, owner: str) -> Agent | None:
    """Return the oldest agent that is marked as default."""
    row = db.row(FIND_DEFAULT, of=owner, limit=1)
    return None if row is None else _agent(owner, row)


def list_page(
    db: Connection, owner: str, *, with_shared: bool = False, limit: int, cursor: str | None = None
) -> Page[Agent]:
    """Return a page of agents, oldest first; a loan stands where the agent does, as that is now if it is shared."""
    after_at, after_id = rules.time_position(cursor) if cursor else ("", "")
    place = {"of": owner, "after_at": after_at, "after_id": after_id}
    sizes = {row["agent_id"]: row for row in db.rows(SIZES, **place, limit=limit + 1)}
    sizes |= {row["agent_id"]: row for row in (db.rows(SIZES_SHARED, **place, limit=limit + 1) if with_shared else ())}
    keys = sorted(sizes.values(), key=_key)
    count = fitting(row["size"] for row in keys[:limit])
    found = {row["agent_id"]: row for row in (db.rows(LIST_SHARED, **place, limit=count) if with_shared else ())}
    for row in db.rows(LIST, **place, limit=count):
        found[row["agent_id"]] = _found(db, owner, row["agent_id"]) if row["lender"] is not None else row
    items = [_agent(owner, row) for row in sorted(found.values(), key=_key)[:count]]
    more = encode_cursor(*_key(keys[count - 1])) if len(keys) > count else None
    return Page(items=items, next_cursor=more)


def _key(row: Row) -> tuple[str, str]:
    return row["created_at"], row["agent_id"]


def update_config(  # noqa: PLR0913 - what changes, and when
    db: Connection,
    owner: str,
    agent_id: str,
    *,
    config: AgentConfig,
    version: int,
    at: str,
    visibility: Visibility | None = None,
) -> Agent:
    """Add a version of the config, if `version` is the newest."""
    agent = get(db, owner, agent_id)
    if agent.access != "own":
        raise AgentNotFound
    agent = replace(agent, visibility=visibility or agent.visibility)
    changed = db.run(
        SET_VERSION,
        of=owner,
        this=agent_id,
        before=version,
        version=version + 1,
        updated_at=at,
        session_tokens=config.budget.session_tokens,
        visibility=agent.visibility,
    )
    if not changed:
        raise Stale
    agent = replace(agent, agent_config=config, version=version + 1, updated_at=at)
    db.run(INSERT_VERSION, **_version(owner, agent, at))
    return agent


def delete_one(db: Connection, owner: str, agent_id: str) -> None:
    """Delete an agent; its versions, sessions and turns go with it."""
    files.loosen_agent(db, owner, agent_id)
    if not db.run(DELETE, of=owner, this=agent_id):
        raise AgentNotFound


def _agent(reader: str, row: Row) -> Agent:
    agent = Agent(
        agent_id=row["agent_id"],
        agent_config=_config.decode(row["config"]),
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        is_default=bool(row["is_default"]),
        visibility=row["visibility"],
    )
    if row["lender"] is not None:
        return replace(agent, access="withdrawn")
    return agent if row["owner"] == reader else as_others_see(agent)
