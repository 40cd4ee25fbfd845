"""What changed among the sessions of a store in memory."""

from msgspec.structs import replace

from tertulia.domain.changes import BEGINNING, ChangeId, LoggedChange
from tertulia.store.memory.rows import MemoryRows, NotedChange, sealed


class MemoryChanges(MemoryRows):
    """Changes, as they were noted."""

    async def last_change(self, owner: str, agent_id: str) -> ChangeId:
        await self._begin()
        self._shown_agent(owner, agent_id)
        noted = self._changes_of(owner, agent_id)
        return noted[-1].logged.id if noted else BEGINNING

    async def has_change(self, owner: str, agent_id: str, change_id: ChangeId) -> bool:
        await self._begin()
        return any(each.logged.id == change_id for each in self._changes_of(owner, agent_id))

    async def read_changes(self, owner: str, agent_id: str, *, after: ChangeId, limit: int) -> list[LoggedChange]:
        await self._begin()
        news = [each.logged for each in self._changes_of(owner, agent_id) if each.logged.id > after]
        return [self._with_session(each) for each in news[:limit]]

    async def drop_changes(self, *, seconds: float, limit: int) -> int:
        await self._begin()
        old = [each for each in self._changes if each.noted_at < self._now() - seconds][:limit]
        self._changes = [each for each in self._changes if each not in old]
        return len(old)

    def _changes_of(self, owner: str, agent_id: str) -> list[NotedChange]:
        if (owner, agent_id) not in self._agents:
            return []
        return [each for each in self._changes if (each.owner, each.agent_id) == (owner, agent_id)]

    def _with_session(self, logged: LoggedChange) -> LoggedChange:
        row = self._sessions.get(logged.change.session_id or "")
        session = None if row is None or not row.is_there else sealed(row.session)
        return replace(logged, change=replace(logged.change, session=session))
