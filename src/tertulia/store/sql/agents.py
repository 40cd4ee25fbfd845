"""Statements and operations on agents: a row for each agent and for each version of its config.

Operations do what `AgentStore` says; what they raise is said there.
"""

import msgspec
from msgspec.structs import replace
from sqlalchemy import Select, and_, bindparam, delete, insert, select, tuple_, update

from tertulia.domain.agents import Agent, AgentConfig
from tertulia.domain.errors import AgentNotFound, Stale
from tertulia.domain.paging import Page, encode_cursor
from tertulia.store import rules
from tertulia.store.sql import files
from tertulia.store.sql.database import Connection, Row
from tertulia.store.sql.tables import agent_versions, agents

_config = msgspec.json.Decoder(AgentConfig)

_is_this = and_(agents.c.owner == bindparam("of"), agents.c.agent_id == bindparam("this"))


def _with_config() -> Select[*tuple[object, ...]]:
    newest = and_(
        agent_versions.c.owner == agents.c.owner,
        agent_versions.c.agent_id == agents.c.agent_id,
        agent_versions.c.version == agents.c.version,
    )
    return select(agents, agent_versions.c.config).join(agent_versions, newest)


GET = _with_config().where(_is_this)
GET_CONFIG = select(agent_versions.c.config).where(
    agent_versions.c.owner == bindparam("of"),
    agent_versions.c.agent_id == bindparam("this"),
    agent_versions.c.version == bindparam("version"),
)
LIST = (
    _with_config()
    .where(
        agents.c.owner == bindparam("of"),
        tuple_(agents.c.created_at, agents.c.agent_id) > tuple_(bindparam("after_at"), bindparam("after_id")),
    )
    .order_by(agents.c.created_at, agents.c.agent_id)
    .limit(bindparam("limit"))
)
FIND_DEFAULT = (
    _with_config()
    .where(agents.c.owner == bindparam("of"), agents.c.is_default.is_(True))
    .order_by(agents.c.created_at, agents.c.agent_id)
    .limit(bindparam("limit"))
)
INSERT = insert(agents)
INSERT_VERSION = insert(agent_versions)
SET_VERSION = (
    update(agents)
    .where(_is_this, agents.c.version == bindparam("before"))
    .values({name: bindparam(name) for name in ("version", "updated_at", "session_tokens")})
)
DELETE = delete(agents).where(_is_this)


def create(db: Connection, owner: str, agent: Agent) -> None:
    """Add an agent and the first version of its config."""
    db.run(
        INSERT,
        owner=owner,
        agent_id=agent.agent_id,
        version=agent.version,
        is_default=agent.is_default,
        created_at=agent.created_at,
        updated_at=agent.updated_at,
        session_tokens=agent.agent_config.budget.session_tokens,
    )
    _insert_version(db, owner, agent, agent.created_at)


def _insert_version(db: Connection, owner: str, agent: Agent, at: str) -> None:
    db.run(
        INSERT_VERSION,
        owner=owner,
        agent_id=agent.agent_id,
        version=agent.version,
        created_at=at,
        config=msgspec.json.encode(agent.agent_config),
    )


def get(db: Connection, owner: str, agent_id: str) -> Agent:
    """Return an agent with its newest config."""
    row = db.row(GET, of=owner, this=agent_id)
    if row is None:
        raise AgentNotFound
    return _agent(row)


def get_config(db: Connection, owner: str, agent_id: str, version: int) -> AgentConfig:
    """Return a config as it was at a version."""
    row = db.row(GET_CONFIG, of=owner, this=agent_id, version=version)
    if row is None:
        raise AgentNotFound
    return _config.decode(row["config"])


def find_default(db: Connection, owner: str) -> Agent | None:
    """Return the oldest agent that is marked as default."""
    row = db.row(FIND_DEFAULT, of=owner, limit=1)
    return None if row is None else _agent(row)


def list_page(db: Connection, owner: str, *, limit: int, cursor: str | None) -> Page[Agent]:
    """Return a page of agents, oldest first."""
    after_at, after_id = rules.time_position(cursor) if cursor else ("", "")
    rows = db.rows(LIST, of=owner, after_at=after_at, after_id=after_id, limit=limit + 1)
    items = [_agent(row) for row in rows[:limit]]
    more = encode_cursor(items[-1].created_at, items[-1].agent_id) if len(rows) > limit else None
    return Page(items=items, next_cursor=more)


def update_config(db: Connection, owner: str, agent_id: str, *, config: AgentConfig, version: int, at: str) -> Agent:
    """Add a version of the config, if `version` is the newest."""
    agent = get(db, owner, agent_id)
    changed = db.run(
        SET_VERSION,
        of=owner,
        this=agent_id,
        before=version,
        version=version + 1,
        updated_at=at,
        session_tokens=config.budget.session_tokens,
    )
    if not changed:
        raise Stale
    agent = replace(agent, agent_config=config, version=version + 1, updated_at=at)
    _insert_version(db, owner, agent, at)
    return agent


def delete_one(db: Connection, owner: str, agent_id: str) -> None:
    """Delete an agent; its versions, sessions and turns go with it."""
    files.loosen_agent(db, owner, agent_id)
    if not db.run(DELETE, of=owner, this=agent_id):
        raise AgentNotFound


def _agent(row: Row) -> Agent:
    return Agent(
        agent_id=row["agent_id"],
        agent_config=_config.decode(row["config"]),
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        is_default=bool(row["is_default"]),
    )
