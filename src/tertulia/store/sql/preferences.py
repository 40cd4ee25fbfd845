"""Statements and operations on what users prefer: one row an owner, held while something is changed in it.

Operations do what `PreferenceStore` says; what they raise is said there.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import bindparam, delete, select, update

from tertulia.store.preferences import merged
from tertulia.store.sql.database import Connection
from tertulia.store.sql.dialects import InsertUnlessThere
from tertulia.store.sql.tables import user_preferences

_is_owners = user_preferences.c.owner == bindparam("of")
GET = select(user_preferences.c.preferences).where(_is_owners)
MAKE = InsertUnlessThere(user_preferences)
HOLD = GET.with_for_update()
SET = update(user_preferences).where(_is_owners).values(preferences=bindparam("all"), updated_at=bindparam("at"))
DELETE = delete(user_preferences).where(_is_owners)


def get(db: Connection, owner: str) -> dict[str, Any]:
    """Return all that an owner prefers."""
    row = db.row(GET, of=owner)
    return {} if row is None else msgspec.json.decode(row["preferences"])


def change(db: Connection, owner: str, changes: Mapping[str, Any], *, at: str) -> dict[str, Any]:
    """Change some of it; whoever else does so waits."""
    db.do(MAKE, owner=owner, updated_at=at, preferences=b"{}")
    row = db.row(HOLD, of=owner)
    assert row is not None
    kept = merged(msgspec.json.decode(row["preferences"]), changes)
    db.do(SET, of=owner, all=msgspec.json.encode(kept), at=at)
    return kept


def forget(db: Connection, owner: str) -> None:
    """Forget all of it."""
    db.do(DELETE, of=owner)
