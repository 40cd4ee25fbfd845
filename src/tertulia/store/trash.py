"""Where sessions stay that were deleted: to all other roles they, and their turns, are not there."""

from typing import Protocol

from tertulia.domain.paging import Page
from tertulia.domain.sessions import Session, TrashedSession


class TrashStore(Protocol):
    """Sessions that were deleted and can be had back."""

    async def trash_session(self, owner: str, agent_id: str, session_id: str, *, at: str) -> None:
        """Put it into the trash, with all that hangs on it. Raises SessionNotFound."""
        ...

    async def restore_session(self, owner: str, session_id: str, *, agent_id: str | None = None) -> Session:
        """Take it out, as it was. Raises SessionNotFound if it is not in the trash, or not of that agent."""
        ...

    async def list_trash(self, owner: str, *, limit: int, cursor: str | None = None) -> Page[TrashedSession]:
        """By `deleted_at`, the newest first."""
        ...

    async def purge_session(self, owner: str, session_id: str) -> None:
        """Delete it for good. Raises SessionNotFound if it is not in the trash."""
        ...

    async def purge_trash(self, *, deleted_before: str, limit: int) -> int:
        """Delete up to `limit` of all owners' for good that were put there before a time; return how many."""
        ...

    async def reclaim(self) -> bool:
        """Give back some space of what was deleted, and leave nothing of it behind; tell whether there is more."""
        ...
