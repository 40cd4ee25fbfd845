"""Searching a store in memory: every row is looked at."""

from collections.abc import Iterator

import msgspec

from tertulia.domain.paging import Page
from tertulia.domain.search import SearchFilter, SearchHit
from tertulia.domain.turns import Turn
from tertulia.store import search_rules as rules
from tertulia.store.memory.rows import MemoryRows, SessionRow

Found = tuple[rules.Key, SearchHit]


class MemorySearch(MemoryRows):
    """What was said, and how sessions are called."""

    async def search(
        self, owner: str, which: SearchFilter, *, limit: int, cursor: str | None = None
    ) -> Page[SearchHit]:
        await self._begin()
        after = rules.position(cursor)
        if which.query.asks_nothing:
            return Page(items=[])
        shown = [row for row in self._sessions.values() if row.owner == owner and _is_shown(row, which)]
        found = sorted((each for row in shown for each in _hits(row, which)), key=lambda each: each[0], reverse=True)
        rest = [each for each in found if each[0] < after]
        more = rules.cursor_after(rest[limit - 1][0]) if len(rest) > limit else None
        return Page(items=[hit for _, hit in rest[:limit]], next_cursor=more)

    async def index_older(self, *, limit: int) -> int:
        await self._begin()
        return 0


def _is_shown(row: SessionRow, which: SearchFilter) -> bool:
    session = row.session
    return (
        row.is_there
        and which.session_id in {None, session.session_id}
        and session.session_id != which.but_session
        and which.archived in {None, session.archived}
        and which.pinned in {None, session.pinned}
    )


def _hits(row: SessionRow, which: SearchFilter) -> Iterator[Found]:
    session, (since, until) = row.session, rules.time_bounds(which)
    wanted, unwanted = rules.needed(row.owner, which)
    place = rules.place_of_name(session.started_at)
    if rules.is_named(session.session_name, session.title_source) and since <= place - rules.NAMES < until:
        terms = rules.terms_of_name(row.owner, session.agent_id, session.session_name)
        if rules.is_found(terms, wanted, unwanted):
            yield (place, session.session_id, ""), rules.hit_of_name(session, which.query)
    for turn in row.turns:
        record, place = turn.record, rules.place_of_turn(turn.record.created_at)
        terms = None if turn.is_gone else turn.terms
        if terms is None or not since <= place < until or not rules.is_found(terms, wanted, unwanted):
            continue
        made = None if turn.turn is None else msgspec.json.decode(turn.turn, type=Turn)
        hit = rules.hit_of_turn(session, which.query, (record.turn_id, record.n, record.created_at), made)
        yield (place, session.session_id, record.turn_id), hit
