"""A session as its row says."""

from typing import Any

import msgspec

from tertulia.domain.retention import RetentionRule
from tertulia.domain.sessions import Session
from tertulia.store.sql.database import Row

_metadata = msgspec.json.Decoder(dict[str, Any])
_tags = msgspec.json.Decoder(list[str])
_rule = msgspec.json.Decoder(RetentionRule)


def session_of(row: Row) -> Session:
    """Return it, without its turns."""
    return Session(
        session_id=row["session_id"],
        session_name=row["session_name"],
        agent_id=row["agent_id"],
        started_at=row["started_at"],
        updated_at=row["updated_at"],
        metadata=_metadata.decode(row["metadata"]),
        tags=_tags.decode(row["tags"]),
        turn_count=row["turn_count"],
        status=row["status"],
        pinned=bool(row["pinned"]),
        archived=bool(row["archived"]),
        title_source=row["title_source"],
        preview=row["preview"],
        last_turn_status=row["last_turn_status"],
        forked_from=row["forked_from"],
        active_turn_id=row["active_turn_id"],
        retention=None if row["retention"] is None else _rule.decode(row["retention"]),
        revision=row["revision"],
    )
