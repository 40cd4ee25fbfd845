"""Where the shields stay that owners have registered."""

from typing import Protocol

from tertulia.domain.paging import Page
from tertulia.domain.shields import Shield


class ShieldStore(Protocol):
    """Shields that owners have registered."""

    async def save_shield(self, owner: str, shield: Shield, *, at: str) -> None:
        """Keep it, in the place of an earlier one of that name."""
        ...

    async def get_shield(self, owner: str, shield_id: str) -> Shield:
        """Raises ShieldNotFound."""
        ...

    async def list_shields(self, owner: str, *, limit: int, cursor: str | None = None) -> Page[Shield]:
        """By name."""
        ...

    async def delete_shield(self, owner: str, shield_id: str) -> None:
        """Raises ShieldNotFound."""
        ...
