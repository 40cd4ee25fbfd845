"""The toolgroups of a store in memory."""

from tertulia.domain.paging import Page
from tertulia.domain.toolgroups import StoredToolgroup
from tertulia.store.memory.rows import MemoryRows


class MemoryToolgroups(MemoryRows):
    """Toolgroups that owners have registered, and what their tools were then."""

    async def save_toolgroup(self, owner: str, toolgroup: StoredToolgroup, *, at: str) -> None:
        await self._begin()
        self._toolgroups.save(owner, toolgroup.toolgroup_id, toolgroup)

    async def get_toolgroup(self, owner: str, toolgroup_id: str) -> StoredToolgroup:
        await self._begin()
        return self._toolgroups.get(owner, toolgroup_id)

    async def list_toolgroups(self, owner: str, *, limit: int, cursor: str | None = None) -> Page[StoredToolgroup]:
        await self._begin()
        return self._toolgroups.list_page(owner, limit=limit, cursor=cursor)

    async def delete_toolgroup(self, owner: str, toolgroup_id: str) -> None:
        await self._begin()
        self._toolgroups.delete(owner, toolgroup_id)
