"""Statements and operations on registered toolgroups, a row for each.

Operations do what `ToolgroupStore` says; what they raise is said there.
"""

import msgspec
from sqlalchemy import and_, bindparam, delete, select

from tertulia.domain.errors import ToolgroupNotFound
from tertulia.domain.paging import Page, encode_cursor
from tertulia.domain.toolgroups import StoredToolgroup
from tertulia.store import rules
from tertulia.store.sql.database import Connection
from tertulia.store.sql.dialects import InsertUnlessThere
from tertulia.store.sql.tables import toolgroups

_toolgroup: msgspec.json.Decoder[StoredToolgroup] = msgspec.json.Decoder(StoredToolgroup)

_is_this = and_(toolgroups.c.owner == bindparam("of"), toolgroups.c.toolgroup_id == bindparam("this"))

GET = select(toolgroups.c.toolgroup).where(_is_this)
LIST = (
    select(toolgroups.c.toolgroup)
    .where(toolgroups.c.owner == bindparam("of"), toolgroups.c.toolgroup_id > bindparam("after"))
    .order_by(toolgroups.c.toolgroup_id)
    .limit(bindparam("limit"))
)
INSERT = InsertUnlessThere(toolgroups)
DELETE = delete(toolgroups).where(_is_this)


def save(db: Connection, owner: str, toolgroup: StoredToolgroup, *, at: str) -> None:
    """Keep a toolgroup, in the place of an earlier one of that name; of two nodes that do so at once, one."""
    db.run(DELETE, of=owner, this=toolgroup.toolgroup_id)
    db.run(
        INSERT,
        owner=owner,
        toolgroup_id=toolgroup.toolgroup_id,
        created_at=at,
        toolgroup=msgspec.json.encode(toolgroup),
    )


def get(db: Connection, owner: str, toolgroup_id: str) -> StoredToolgroup:
    """Return a toolgroup."""
    row = db.row(GET, of=owner, this=toolgroup_id)
    if row is None:
        raise ToolgroupNotFound
    return _toolgroup.decode(row["toolgroup"])


def list_page(db: Connection, owner: str, *, limit: int, cursor: str | None) -> Page[StoredToolgroup]:
    """Return a page of toolgroups, by name."""
    after = rules.name_position(cursor) if cursor else ""
    rows = db.rows(LIST, of=owner, after=after, limit=limit + 1)
    items = [_toolgroup.decode(row["toolgroup"]) for row in rows[:limit]]
    return Page(items=items, next_cursor=encode_cursor(items[-1].toolgroup_id) if len(rows) > limit else None)


def delete_one(db: Connection, owner: str, toolgroup_id: str) -> None:
    """Delete a toolgroup; agents that name it go on without its tools."""
    if not db.run(DELETE, of=owner, this=toolgroup_id):
        raise ToolgroupNotFound
