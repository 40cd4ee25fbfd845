"""Where it stays what decisions have granted for whole sessions."""

from typing import Protocol

from tertulia.domain.tools import Grant


class GrantStore(Protocol):
    """What was granted, for whole sessions."""

    async def read_grants(self, owner: str, session_id: str) -> frozenset[Grant]:
        """What decisions in a session have granted for all of it; they are few, and go with the session."""
        ...

    async def delete_grants(self, owner: str, session_id: str) -> None:
        """Take back what was granted in a session; where nothing was, nothing happens."""
        ...
