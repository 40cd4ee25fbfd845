"""The toolgroups of a store in memory."""

from tertulia.domain.errors import ToolgroupNotFound
from tertulia.domain.paging import Page, encode_cursor
from tertulia.domain.toolgroups import StoredToolgroup
from tertulia.store import rules
from tertulia.store.memory_rows import MemoryRows, sealed


class MemoryToolgroups(MemoryRows):
    """Toolgroups that owners have registered, and what their tools were then."""

    async def save_toolgroup(self, owner: str, toolgroup: StoredToolgroup, *, at: str) -> None:
        await self._begin()
        self._toolgroups[owner, toolgroup.toolgroup_id] = sealed(toolgroup)

    async def get_toolgroup(self, owner: str, toolgroup_id: str) -> StoredToolgroup:
        await self._begin()
        return sealed(self._toolgroup(owner, toolgroup_id))

    async def list_toolgroups(self, owner: str, *, limit: int, cursor: str | None = None) -> Page[StoredToolgroup]:
        await self._begin()
        after = rules.name_position(cursor) if cursor else ""
        names = sorted(name for of, name in self._toolgroups if of == owner and name > after)
        items = [sealed(self._toolgroups[owner, name]) for name in names[:limit]]
        return Page(items=items, next_cursor=encode_cursor(items[-1].toolgroup_id) if len(names) > limit else None)

    async def delete_toolgroup(self, owner: str, toolgroup_id: str) -> None:
        await self._begin()
        self._toolgroup(owner, toolgroup_id)
        del self._toolgroups[owner, toolgroup_id]

    def _toolgroup(self, owner: str, toolgroup_id: str) -> StoredToolgroup:
        try:
            return self._toolgroups[owner, toolgroup_id]
        except KeyError:
            raise ToolgroupNotFound from None
