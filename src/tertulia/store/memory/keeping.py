"""What rules of how long sessions stay need of a store in memory."""

from collections.abc import Sequence

from msgspec.structs import replace

from tertulia.domain.paging import Page, encode_cursor
from tertulia.domain.retention import How
from tertulia.store import rules
from tertulia.store.keeping import AgentRule, OwnedSession
from tertulia.store.memory.registry import sealed
from tertulia.store.memory.rows import MemoryRows, SessionRow, page_of


class MemoryKeeping(MemoryRows):
    """All owners' sessions, one node at a time."""

    async def take_job(self, job: str, node: str, *, seconds: float) -> bool:
        await self._begin()
        holder, until = self._holders.get(job, (node, 0.0))
        if holder != node and until >= self._now():
            return False
        self._holders[job] = (node, self._now() + seconds)
        return True

    async def list_agent_rules(self, *, limit: int, cursor: str | None = None) -> Page[AgentRule]:
        await self._begin()
        after = rules.time_position(cursor) if cursor else ("", "")
        found = [
            AgentRule(owner=owner, agent_id=agent_id, rule=row.agent.agent_config.retention)
            for (owner, agent_id), row in sorted(self._agents.items())
            if (owner, agent_id) > after
        ]
        return page_of(found, limit, lambda each: (each.owner, each.agent_id))

    async def list_ruled(self, *, limit: int, cursor: str | None = None) -> Page[OwnedSession]:
        await self._begin()
        after = rules.name_position(cursor) if cursor else ""
        found = [
            OwnedSession(owner=row.owner, session=row.session)
            for session_id, row in sorted(self._sessions.items())
            if row.is_there and row.session.retention is not None and session_id > after
        ]
        items = [sealed(each) for each in found[:limit]]
        return Page(
            items=items, next_cursor=encode_cursor(items[-1].session.session_id) if len(found) > limit else None
        )

    async def list_due_trash(self, *, deleted_before: str, limit: int, cursor: str | None = None) -> Page[OwnedSession]:
        await self._begin()
        after = rules.time_position(cursor) if cursor else ("", "")
        found = [
            OwnedSession(owner=row.owner, session=row.session, deleted_at=row.deleted_at)
            for row in self._sessions.values()
            if row.deleted_at is not None and row.deleted_at < deleted_before
        ]
        found = sorted((each for each in found if _key(each) > after), key=_key)
        return page_of(found, limit, _key)

    async def retire(
        self, owner: str, agent_id: str, session_ids: Sequence[str], *, how: How, idle_since: str, at: str
    ) -> list[str]:
        await self._begin()
        taken: list[str] = []
        for session_id in sorted(session_ids):
            row = self._sessions.get(session_id)
            if row is None or not _may_go(row, (owner, agent_id), idle_since):
                continue
            if how == "delete":
                row.deleted_at = at
            elif not row.session.archived:
                row.session = replace(row.session, archived=True, revision=row.session.revision + 1)
            else:
                continue
            self._note(row, "session_deleted" if how == "delete" else "session_updated")
            taken.append(session_id)
        return taken


def _key(trashed: OwnedSession) -> tuple[str, str]:
    return trashed.deleted_at or "", trashed.session.session_id


def _may_go(row: SessionRow, place: tuple[str, str], idle_since: str) -> bool:
    is_theirs = row.is_there and (row.owner, row.session.agent_id) == place
    return is_theirs and row.status == "idle" and row.session.updated_at < idle_since
