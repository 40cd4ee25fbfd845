"""Toolgroups in memory: kept as the bytes that a database would keep, so that nothing mutable is shared."""

import msgspec

from tertulia.domain.errors import ToolgroupNotFound
from tertulia.domain.paging import Page, encode_cursor
from tertulia.domain.toolgroups import StoredToolgroup
from tertulia.store import rules

_toolgroup = msgspec.json.Decoder(StoredToolgroup)


class MemoryToolgroups:
    """What `ToolgroupStore` says, for `MemoryStore`."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], bytes] = {}

    def save(self, owner: str, toolgroup: StoredToolgroup) -> None:
        """Keep a toolgroup, in the place of an earlier one of that name."""
        self._rows[owner, toolgroup.toolgroup_id] = msgspec.json.encode(toolgroup)

    def get(self, owner: str, toolgroup_id: str) -> StoredToolgroup:
        """Return a toolgroup. Raises ToolgroupNotFound."""
        try:
            return _toolgroup.decode(self._rows[owner, toolgroup_id])
        except KeyError:
            raise ToolgroupNotFound from None

    def list_page(self, owner: str, limit: int, cursor: str | None) -> Page[StoredToolgroup]:
        """Return a page of toolgroups, by name."""
        after = rules.name_position(cursor) if cursor else ""
        names = sorted(name for of, name in self._rows if of == owner and name > after)
        items = [self.get(owner, name) for name in names[:limit]]
        return Page(items=items, next_cursor=encode_cursor(items[-1].toolgroup_id) if len(names) > limit else None)

    def delete(self, owner: str, toolgroup_id: str) -> None:
        """Delete a toolgroup. Raises ToolgroupNotFound."""
        self.get(owner, toolgroup_id)
        del self._rows[owner, toolgroup_id]
