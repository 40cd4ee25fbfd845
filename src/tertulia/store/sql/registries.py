"""Values that owners register under names of theirs: a row for each, in a table of their own.

Operations do what `ShieldStore` and `ToolgroupStore` say; what they raise is said there.
"""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, func, select

from tertulia.domain.base import Value
from tertulia.domain.errors import NotFound, ShieldNotFound, ToolgroupNotFound
from tertulia.domain.paging import Page, encode_cursor, fitting
from tertulia.domain.shields import Shield
from tertulia.domain.toolgroups import StoredToolgroup
from tertulia.store import rules
from tertulia.store.sql import tables
from tertulia.store.sql.database import Connection
from tertulia.store.sql.dialects import InsertUnlessThere

V = TypeVar("V", bound=Value)


class Registry(Generic[V]):
    """The operations on one table, whose columns are `owner`, `<word>_id`, `created_at` and `<word>`."""

    def __init__(self, table: Table, word: str, decoder: msgspec.json.Decoder[V], missing: type[NotFound]) -> None:
        name, value = table.c[f"{word}_id"], table.c[word]
        is_this = and_(table.c.owner == bindparam("of"), name == bindparam("this"))
        self._word = word
        self._name = name.name
        self._decoder = decoder
        self._missing = missing
        self.GET = select(value).where(is_this)

        def page(columns: Sequence[ColumnElement[Any]]) -> Any:
            found = select(*columns).where(table.c.owner == bindparam("of"), name > bindparam("after"))
            return found.order_by(name).limit(bindparam("limit"))

        self.LIST = page([value])
        self.SIZES = page([name, func.length(value).label("size")])
        self.INSERT = InsertUnlessThere(table)
        self.DELETE = delete(table).where(is_this)

    def save(self, db: Connection, owner: str, value: V, *, at: str) -> None:
        """Keep a value, in the place of an earlier one of that name; of two nodes that do so at once, one."""
        name = getattr(value, self._name)
        db.do(self.DELETE, of=owner, this=name)
        row = {"owner": owner, self._name: name, "created_at": at, self._word: msgspec.json.encode(value)}
        db.do(self.INSERT, **row)

    def get(self, db: Connection, owner: str, name: str) -> V:
        """Return a value by its name."""
        row = db.row(self.GET, of=owner, this=name)
        if row is None:
            raise self._missing
        return self._decoder.decode(row[self._word])

    def list_page(self, db: Connection, owner: str, *, limit: int, cursor: str | None = None) -> Page[V]:
        """Return a page of values, by name."""
        after = rules.name_position(cursor) if cursor else ""
        sizes = db.rows(self.SIZES, of=owner, after=after, limit=limit + 1)
        count = fitting(row["size"] for row in sizes[:limit])
        items = [
            self._decoder.decode(row[self._word]) for row in db.rows(self.LIST, of=owner, after=after, limit=count)
        ]
        more = encode_cursor(sizes[count - 1][self._name]) if len(sizes) > count else None
        return Page(items=items, next_cursor=more)

    def delete_one(self, db: Connection, owner: str, name: str) -> None:
        """Delete a value; what names it goes on without it, or says that it cannot."""
        if not db.run(self.DELETE, of=owner, this=name):
            raise self._missing


_shield: msgspec.json.Decoder[Shield] = msgspec.json.Decoder(Shield)
_toolgroup: msgspec.json.Decoder[StoredToolgroup] = msgspec.json.Decoder(StoredToolgroup)

shields = Registry(tables.shields, "shield", _shield, ShieldNotFound)
toolgroups = Registry(tables.toolgroups, "toolgroup", _toolgroup, ToolgroupNotFound)
