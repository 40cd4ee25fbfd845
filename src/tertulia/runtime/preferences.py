"""The use case of what users prefer: it follows them from one browser to the next."""

from collections.abc import Mapping
from typing import Any

from tertulia.domain.preferences import UserPreferences
from tertulia.runtime.clock import Clock
from tertulia.store.preferences import PreferenceStore


class Preferences:
    """What users prefer."""

    def __init__(self, store: PreferenceStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def get(self, owner: str) -> UserPreferences:
        """Return all that an owner prefers."""
        return UserPreferences(values=await self._store.get_preferences(owner))

    async def change(self, owner: str, changes: Mapping[str, Any]) -> UserPreferences:
        """Change what is named, and return all of it. Raises TooLarge."""
        return UserPreferences(values=await self._store.change_preferences(owner, changes, at=self._clock()))
