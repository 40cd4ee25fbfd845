"""The audit of a store in memory."""

from collections.abc import Sequence

from tertulia.domain.audit import AuditEntry, AuditFilter
from tertulia.domain.paging import Page
from tertulia.store import rules
from tertulia.store.memory.registry import sealed
from tertulia.store.memory.rows import MemoryRows, page_of


class MemoryAudit(MemoryRows):
    """What was done, by whom, and to what."""

    async def add_audit(self, entries: Sequence[AuditEntry]) -> None:
        await self._begin()
        self._audit += [sealed(entry) for entry in entries]

    async def list_audit(self, which: AuditFilter, *, limit: int, cursor: str | None = None) -> Page[AuditEntry]:
        await self._begin()
        before = rules.time_position(cursor) if cursor else None
        found = sorted((entry for entry in self._audit if _is_shown(entry, which)), key=_place, reverse=True)
        rows = [entry for entry in found if before is None or _place(entry) < before]
        return page_of(rows, limit, _place)

    async def drop_audit(self, *, before: str, limit: int) -> int:
        await self._begin()
        old = sorted((entry for entry in self._audit if entry.at < before), key=_place)[:limit]
        gone = {entry.entry_id for entry in old}
        self._audit = [entry for entry in self._audit if entry.entry_id not in gone]
        return len(old)


def _place(entry: AuditEntry) -> tuple[str, str]:
    return entry.at, entry.entry_id


def _is_shown(entry: AuditEntry, which: AuditFilter) -> bool:
    return (
        which.actor in (None, entry.actor)
        and which.action in (None, entry.action)
        and (which.since is None or entry.at >= which.since)
        and (which.until is None or entry.at < which.until)
    )
