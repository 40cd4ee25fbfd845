"""Where the toolgroups stay that owners have registered, with what their tools were then."""

from typing import Protocol

from tertulia.domain.paging import Page
from tertulia.domain.toolgroups import StoredToolgroup


class ToolgroupStore(Protocol):
    """Toolgroups that owners have registered, and what their tools were then."""

    async def save_toolgroup(self, owner: str, toolgroup: StoredToolgroup, *, at: str) -> None:
        """Keep it, in the place of an earlier one of that name."""
        ...

    async def get_toolgroup(self, owner: str, toolgroup_id: str) -> StoredToolgroup:
        """Raises ToolgroupNotFound."""
        ...

    async def list_toolgroups(self, owner: str, *, limit: int, cursor: str | None = None) -> Page[StoredToolgroup]:
        """By name."""
        ...

    async def delete_toolgroup(self, owner: str, toolgroup_id: str) -> None:
        """Raises ToolgroupNotFound."""
        ...
