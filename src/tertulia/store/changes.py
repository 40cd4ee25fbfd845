"""Where it stays what changed among an agent's sessions, for those who show lists of them.

A change is noted in the transaction that makes it, and kept for a time. Its place rises, and who reads on from one
skips nothing, on whichever node.
"""

from typing import Protocol

from tertulia.domain.changes import ChangeId, LoggedChange


class ChangeStore(Protocol):
    """What changed among an agent's sessions."""

    async def last_change(self, owner: str, agent_id: str) -> ChangeId:
        """The place after which all is news. Raises AgentNotFound."""
        ...

    async def has_change(self, owner: str, agent_id: str, change_id: ChangeId) -> bool:
        """Whether it is kept still, and so all that came after it."""
        ...

    async def read_changes(self, owner: str, agent_id: str, *, after: ChangeId, limit: int) -> list[LoggedChange]:
        """What came after a place, each with its session as it is now."""
        ...

    async def drop_changes(self, *, seconds: float, limit: int) -> int:
        """Delete up to `limit` that were noted so many seconds ago, by the database's clock; return how many."""
        ...
