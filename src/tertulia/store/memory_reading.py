"""What is read of turns in a store in memory."""

import msgspec

from tertulia.domain.errors import TurnNotFound
from tertulia.domain.paging import Order, Page, encode_cursor
from tertulia.domain.tools import Grant
from tertulia.domain.turns import Turn
from tertulia.store import rules
from tertulia.store.base import StoredTurn
from tertulia.store.memory_rows import MemoryRows, is_past


class MemoryReading(MemoryRows):
    """Turns, one and many."""

    async def get_turn(self, owner: str, agent_id: str, session_id: str, turn_id: str) -> StoredTurn:
        await self._begin()
        turn = self._turn(owner, turn_id)
        if (turn.record.agent_id, turn.record.session_id) != (agent_id, session_id):
            raise TurnNotFound
        return turn.stored

    async def list_turns(  # noqa: PLR0913 - a list has filters
        self,
        owner: str,
        session_id: str,
        *,
        order: Order,
        limit: int | None,
        cursor: str | None = None,
        before: str | None = None,
        after: str | None = None,
    ) -> Page[StoredTurn]:
        await self._begin()
        position = rules.turn_position(cursor) if cursor else None
        turns = self._turns_of(owner, session_id)
        if before is not None:
            turns = turns[: self._n_of(owner, session_id, before) - 1]
        if after is not None:
            end = self._n_of(owner, session_id, after)
            turns = [turn for turn in turns if turn.record.n > end]
        if order == "desc":
            turns.reverse()
        if position is not None:
            turns = [turn for turn in turns if is_past((turn.record.n,), (position,), order)]
        page = turns if limit is None else turns[:limit]
        more = len(turns) > len(page)
        return Page(
            items=[turn.stored for turn in page], next_cursor=encode_cursor(page[-1].record.n) if more else None
        )

    async def list_history(self, owner: str, session_id: str, *, after_n: int, before_n: int) -> list[Turn]:
        await self._begin()
        return [
            msgspec.json.decode(turn.turn, type=Turn)
            for turn in self._turns_of(owner, session_id)
            if after_n < turn.record.n < before_n and turn.has_ended and turn.turn is not None
        ]

    async def read_grants(self, owner: str, session_id: str) -> frozenset[Grant]:
        await self._begin()
        row = self._sessions.get(session_id)
        return frozenset(row.grants) if row is not None and row.owner == owner else frozenset()

    def _n_of(self, owner: str, session_id: str, turn_id: str) -> int:
        record = self._turn(owner, turn_id).record
        if record.session_id != session_id:
            raise TurnNotFound
        return record.n
