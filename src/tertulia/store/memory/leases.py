"""The leases of a store in memory."""

import math

from tertulia.domain.errors import LeaseLost, StorageUnavailable
from tertulia.store import rules
from tertulia.store.memory.registry import sealed
from tertulia.store.memory.rows import MemoryRows, TurnRow
from tertulia.store.turns import TurnRecord


class MemoryLeases(MemoryRows):
    """Who may run turns, by the clock that was handed in."""

    def renew(self, node: str, *, seconds: float) -> None:
        if not self._opened:
            raise StorageUnavailable("The store is closed.", retry_after=rules.RETRY_AFTER)
        if self._leases.get(node, math.inf) <= self._now():
            raise LeaseLost
        self._leases[node] = self._now() + seconds

    async def release(self, node: str) -> None:
        await self._begin()
        self._leases.pop(node, None)
        for turn in self._turns.values():
            if turn.holder == node:
                turn.holder = None

    async def list_orphans(self, node: str, *, limit: int) -> list[TurnRecord]:
        await self._begin()
        firsts = [row.unfinished[0] for row in self._sessions.values() if row.unfinished]
        orphans = [turn.record for turn in firsts if self._is_orphan(turn, node)]
        orphans.sort(key=lambda record: (record.created_at, record.turn_id))
        return [sealed(record) for record in orphans[:limit]]

    def _is_orphan(self, turn: TurnRow, node: str) -> bool:
        is_at_work = turn.holder == node or self._lasts(turn.holder)
        return not is_at_work and (turn.record.status != "awaiting_input" or turn.record.cancel_requested)

    async def list_held(self, node: str) -> list[TurnRecord]:
        await self._begin()
        return [sealed(turn.record) for turn in self._turns.values() if turn.holder == node and not turn.has_ended]
