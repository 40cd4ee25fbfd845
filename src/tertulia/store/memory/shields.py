"""The shields of a store in memory."""

from tertulia.domain.paging import Page
from tertulia.domain.shields import Shield
from tertulia.store.memory.rows import MemoryRows


class MemoryShields(MemoryRows):
    """Shields that owners have registered."""

    async def save_shield(self, owner: str, shield: Shield, *, at: str) -> None:
        await self._begin()
        self._shields.save(owner, shield.shield_id, shield)

    async def get_shield(self, owner: str, shield_id: str) -> Shield:
        await self._begin()
        return self._shields.get(owner, shield_id)

    async def list_shields(self, owner: str, *, limit: int, cursor: str | None = None) -> Page[Shield]:
        await self._begin()
        return self._shields.list_page(owner, limit=limit, cursor=cursor)

    async def delete_shield(self, owner: str, shield_id: str) -> None:
        await self._begin()
        self._shields.delete(owner, shield_id)
