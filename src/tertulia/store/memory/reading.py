"""What is read of turns in a store in memory."""

import msgspec
from msgspec.structs import replace

from tertulia.domain.errors import TurnNotFound
from tertulia.domain.paging import Order, Page, encode_cursor, fitting
from tertulia.domain.tools import Grant
from tertulia.domain.turns import Turn
from tertulia.store import rules
from tertulia.store.memory.rows import MemoryRows, TurnRow, is_past, sealed, shows
from tertulia.store.turns import StoredTurn, TurnRecord


class MemoryReading(MemoryRows):
    """Turns, one and many."""

    async def get_turn(self, owner: str, agent_id: str, session_id: str, turn_id: str) -> StoredTurn:
        await self._begin()
        turn = self._in_session(owner, session_id, turn_id)
        if turn.record.agent_id != agent_id:
            raise TurnNotFound
        return turn.stored(session_id)

    async def list_turns(  # noqa: PLR0913 - a list has filters
        self,
        owner: str,
        session_id: str,
        *,
        order: Order,
        limit: int,
        cursor: str | None = None,
        before: str | None = None,
        after: str | None = None,
        tip: str | None = None,
    ) -> Page[StoredTurn]:
        await self._begin()
        position = rules.turn_position(cursor) if cursor else None
        turns = self._branch(owner, session_id, tip)
        if before is not None:
            end = self._in_session(owner, session_id, before).record.n
            turns = [turn for turn in turns if turn.record.n < end]
        if after is not None:
            end = self._in_session(owner, session_id, after).record.n
            turns = [turn for turn in turns if turn.record.n > end]
        if order == "desc":
            turns.reverse()
        if position is not None:
            turns = [turn for turn in turns if is_past((turn.record.n,), (position,), order)]
        page = _fitting(turns[:limit])
        more = len(turns) > len(page)
        return Page(
            items=[self._with_siblings(session_id, turn) for turn in page],
            next_cursor=encode_cursor(page[-1].record.n) if more else None,
        )

    def _branch(self, owner: str, session_id: str, tip: str | None) -> list[TurnRow]:
        if tip is not None:
            return self._in_session(owner, session_id, tip).path
        row = self._sessions.get(session_id)
        return row.active.path if row and row.owner == owner and row.is_there and row.active else []

    def _with_siblings(self, session_id: str, turn: TurnRow) -> StoredTurn:
        row = self._sessions[session_id]
        siblings = [
            each.record.turn_id
            for each in [*row.borrowed, *row.turns]
            if shows(row, each) and each.parent is turn.parent
        ]
        return replace(turn.stored(session_id), siblings=siblings if len(siblings) > 1 else [])

    async def list_tree(self, owner: str, session_id: str, *, limit: int, after_n: int = 0) -> list[StoredTurn]:
        await self._begin()
        row = self._sessions.get(session_id)
        if row is None or row.owner != owner or not row.is_there:
            return []
        found = [turn for turn in [*row.borrowed, *row.turns] if shows(row, turn) and turn.record.n > after_n]
        return [turn.stored(session_id) for turn in _fitting(found[:limit])]

    async def list_unfinished(self, owner: str, session_id: str) -> list[TurnRecord]:
        await self._begin()
        row = self._sessions.get(session_id)
        is_there = row is not None and row.owner == owner and row.is_there
        return [sealed(turn.record) for turn in reversed(row.unfinished)] if row and is_there else []

    async def list_history(self, owner: str, turn_id: str, *, limit: int, before_n: int | None = None) -> list[Turn]:
        await self._begin()
        tip = self._turns.get(turn_id)
        path = tip.path[::-1] if tip is not None and tip.record.owner == owner and self._is_seen(tip) else []
        found = [turn.turn for turn in path if turn.record.n < (before_n or rules.LARGEST_N) and turn.has_ended]
        return [msgspec.json.decode(turn, type=Turn) for turn in found if turn is not None][:limit]

    async def read_grants(self, owner: str, session_id: str) -> frozenset[Grant]:
        await self._begin()
        row = self._sessions.get(session_id)
        return frozenset(row.grants) if row is not None and row.owner == owner else frozenset()


def _fitting(turns: list[TurnRow]) -> list[TurnRow]:
    """Return as many as a page has room for."""
    return turns[: fitting(len(turn.turn or b"") for turn in turns)]
