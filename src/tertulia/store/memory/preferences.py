"""What users prefer, in a store in memory."""

from collections.abc import Mapping
from typing import Any

import msgspec

from tertulia.store.memory.rows import MemoryRows
from tertulia.store.preferences import merged


class MemoryPreferences(MemoryRows):
    """What users prefer; kept as JSON, so that nobody shares a dict with it."""

    async def get_preferences(self, owner: str) -> dict[str, Any]:
        await self._begin()
        return msgspec.json.decode(self._preferences.get(owner, b"{}"))

    async def change_preferences(self, owner: str, changes: Mapping[str, Any], *, at: str) -> dict[str, Any]:
        await self._begin()
        kept = merged(msgspec.json.decode(self._preferences.get(owner, b"{}")), changes)
        self._preferences[owner] = msgspec.json.encode(kept)
        return msgspec.json.decode(self._preferences[owner])

    async def forget_preferences(self, owner: str) -> None:
        await self._begin()
        self._preferences.pop(owner, None)
