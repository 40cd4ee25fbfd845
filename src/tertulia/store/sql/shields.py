"""Statements and operations on registered shields, a row for each.

Operations do what `ShieldStore` says; what they raise is said there.
"""

import msgspec
from sqlalchemy import and_, bindparam, delete, insert, select

from tertulia.domain.errors import ShieldNotFound
from tertulia.domain.paging import Page, encode_cursor
from tertulia.domain.shields import Shield
from tertulia.store import rules
from tertulia.store.sql.database import Connection
from tertulia.store.sql.tables import shields

_shield: msgspec.json.Decoder[Shield] = msgspec.json.Decoder(Shield)

_is_this = and_(shields.c.owner == bindparam("of"), shields.c.shield_id == bindparam("this"))

GET = select(shields.c.shield).where(_is_this)
LIST = (
    select(shields.c.shield)
    .where(shields.c.owner == bindparam("of"), shields.c.shield_id > bindparam("after"))
    .order_by(shields.c.shield_id)
    .limit(bindparam("limit"))
)
INSERT = insert(shields)
DELETE = delete(shields).where(_is_this)


def save(db: Connection, owner: str, shield: Shield, *, at: str) -> None:
    """Keep a shield, in the place of an earlier one of that name."""
    db.run(DELETE, of=owner, this=shield.shield_id)
    db.run(INSERT, owner=owner, shield_id=shield.shield_id, created_at=at, shield=msgspec.json.encode(shield))


def get(db: Connection, owner: str, shield_id: str) -> Shield:
    """Return a shield."""
    row = db.row(GET, of=owner, this=shield_id)
    if row is None:
        raise ShieldNotFound
    return _shield.decode(row["shield"])


def list_page(db: Connection, owner: str, *, limit: int, cursor: str | None) -> Page[Shield]:
    """Return a page of shields, by name."""
    after = rules.name_position(cursor) if cursor else ""
    rows = db.rows(LIST, of=owner, after=after, limit=limit + 1)
    items = [_shield.decode(row["shield"]) for row in rows[:limit]]
    return Page(items=items, next_cursor=encode_cursor(items[-1].shield_id) if len(rows) > limit else None)


def delete_one(db: Connection, owner: str, shield_id: str) -> None:
    """Delete a shield; agents that name it cannot answer without it."""
    if not db.run(DELETE, of=owner, this=shield_id):
        raise ShieldNotFound
