"""The trash of a store in memory."""

from tertulia.domain.errors import SessionNotFound
from tertulia.domain.paging import Page, encode_cursor
from tertulia.domain.sessions import Session, TrashedSession
from tertulia.store import rules
from tertulia.store.memory.rows import MemoryRows, SessionRow, sealed


class MemoryTrash(MemoryRows):
    """Sessions that nothing else sees."""

    async def trash_session(self, owner: str, agent_id: str, session_id: str, *, at: str) -> None:
        await self._begin()
        row = self._session(owner, agent_id, session_id)
        row.deleted_at = at
        self._note(row, "session_deleted")

    async def restore_session(self, owner: str, session_id: str, *, agent_id: str | None = None) -> Session:
        await self._begin()
        row = self._trashed(owner, session_id)
        if agent_id not in (None, row.session.agent_id):
            raise SessionNotFound
        row.deleted_at = None
        self._note(row, "session_created")
        return sealed(row.session)

    async def list_trash(self, owner: str, *, limit: int, cursor: str | None = None) -> Page[TrashedSession]:
        await self._begin()
        before = rules.time_position(cursor) if cursor else None
        found = [
            TrashedSession(session=sealed(row.session), deleted_at=row.deleted_at)
            for row in self._sessions.values()
            if row.owner == owner and row.deleted_at is not None
        ]
        found.sort(key=_key, reverse=True)
        if before is not None:
            found = [each for each in found if _key(each) < before]
        items = found[:limit]
        return Page(items=items, next_cursor=encode_cursor(*_key(items[-1])) if len(found) > limit else None)

    async def purge_session(self, owner: str, session_id: str) -> None:
        await self._begin()
        self._drop(self._trashed(owner, session_id))

    async def purge_trash(self, *, deleted_before: str, limit: int) -> int:
        await self._begin()
        due = [row for row in self._sessions.values() if row.deleted_at is not None and row.deleted_at < deleted_before]
        for row in due[:limit]:
            self._drop(row)
        return len(due[:limit])

    async def reclaim(self) -> bool:
        return False

    def _trashed(self, owner: str, session_id: str) -> SessionRow:
        row = self._sessions.get(session_id)
        if row is None or row.owner != owner or row.deleted_at is None:
            raise SessionNotFound
        return row


def _key(trashed: TrashedSession) -> tuple[str, str]:
    return trashed.deleted_at, trashed.session.session_id
