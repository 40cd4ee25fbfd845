"""Very many sessions in little time: rows straight into our server's database, while it is not running."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import uuid_utils
from sqlalchemy import create_engine, insert, select

from tertulia.store import rules
from tertulia.store.sql.tables import sessions

BATCH = 10_000


def add_sessions(data_dir: Path, agent_id: str, count: int) -> None:
    """Add so many sessions to an agent that has one: each like that one, but older by a second than the one before."""
    engine = create_engine(f"sqlite:///{data_dir / 'tertulia.db'}")
    with engine.begin() as connection:
        found = connection.execute(select(sessions).where(sessions.c.agent_id == agent_id))
        rows = older(found.mappings().one())
        for start in range(0, count, BATCH):
            connection.execute(insert(sessions), [next(rows) for _ in range(min(BATCH, count - start))])
    engine.dispose()


def older(row: Mapping[Any, Any]) -> Iterator[dict[str, object]]:
    """Copies of a session's row, each a second older than the one before and with a name of its own."""
    at = datetime.fromisoformat(row["updated_at"])
    number = 0
    while True:
        number += 1
        session_id = str(uuid_utils.uuid7())
        name = f"Session {number} of many"
        then = f"{at - timedelta(seconds=number):%Y-%m-%dT%H:%M:%S.%f}Z"
        yield {
            **row,
            "session_id": session_id,
            "shard": rules.shard_of(session_id),
            "session_name": name,
            "searched": rules.searched(name, row["preview"]),
            "started_at": then,
            "updated_at": then,
        }
