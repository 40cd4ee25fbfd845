"""What goes through all owners' sessions and takes those that a rule says: one node at a time."""

from collections.abc import Sequence
from typing import Protocol

from tertulia.domain.base import Value
from tertulia.domain.paging import Page
from tertulia.domain.retention import How, RetentionRule
from tertulia.domain.sessions import Session


class AgentRule(Value):
    """An agent of whichever owner, and its rule of how long sessions stay."""

    owner: str
    agent_id: str
    rule: RetentionRule | None


class OwnedSession(Value):
    """A session of whichever owner, without its turns; `deleted_at` is when it was put into the trash."""

    owner: str
    session: Session
    deleted_at: str | None = None


class KeepingStore(Protocol):
    """Every owner's sessions, and the rules of how long they stay."""

    async def take_job(self, job: str, node: str, *, seconds: float) -> bool:
        """Let a node do a job for so long, by the database's clock, unless another one may do it still."""
        ...

    async def list_agent_rules(self, *, limit: int, cursor: str | None = None) -> Page[AgentRule]:
        """Every owner's agents."""
        ...

    async def list_ruled(self, *, limit: int, cursor: str | None = None) -> Page[OwnedSession]:
        """Every owner's sessions that have a rule of their own and are not in the trash."""
        ...

    async def list_due_trash(self, *, deleted_before: str, limit: int, cursor: str | None = None) -> Page[OwnedSession]:
        """Every owner's sessions that were put into the trash before a time, the first ones first."""
        ...

    async def retire(
        self, owner: str, agent_id: str, session_ids: Sequence[str], *, how: How, idle_since: str, at: str
    ) -> list[str]:
        """Archive some sessions, or put them into the trash; return which.

        Left alone is what has had activity since, has a turn that has not ended, or is there already.
        """
        ...
