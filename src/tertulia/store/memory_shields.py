"""The shields of a store in memory."""

from tertulia.domain.errors import ShieldNotFound
from tertulia.domain.paging import Page, encode_cursor
from tertulia.domain.shields import Shield
from tertulia.store import rules
from tertulia.store.memory_rows import MemoryRows, sealed


class MemoryShields(MemoryRows):
    """Shields that owners have registered."""

    async def save_shield(self, owner: str, shield: Shield, *, at: str) -> None:
        await self._begin()
        self._shields[owner, shield.shield_id] = sealed(shield)

    async def get_shield(self, owner: str, shield_id: str) -> Shield:
        await self._begin()
        return sealed(self._shield(owner, shield_id))

    async def list_shields(self, owner: str, *, limit: int, cursor: str | None = None) -> Page[Shield]:
        await self._begin()
        after = rules.name_position(cursor) if cursor else ""
        names = sorted(name for of, name in self._shields if of == owner and name > after)
        items = [sealed(self._shields[owner, name]) for name in names[:limit]]
        return Page(items=items, next_cursor=encode_cursor(items[-1].shield_id) if len(names) > limit else None)

    async def delete_shield(self, owner: str, shield_id: str) -> None:
        await self._begin()
        self._shield(owner, shield_id)
        del self._shields[owner, shield_id]

    def _shield(self, owner: str, shield_id: str) -> Shield:
        try:
            return self._shields[owner, shield_id]
        except KeyError:
            raise ShieldNotFound from None
