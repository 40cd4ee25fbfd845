"""Finds turns and sessions by what was said in them, and how they are called."""

from tertulia.domain.paging import Page
from tertulia.domain.search import SearchFilter, SearchHit, parse_query
from tertulia.store.base import Store
from tertulia.tools.builtin.search_sessions import FoundSession

MOST_SESSIONS = 10
MOST_PASSAGES = 3
"""Of each of these sessions."""
PAGE = 50
MOST_PAGES = 4
"""How far a tool's search goes on when few sessions have many hits."""


class Search:
    """What people and their agents ask for."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def find(self, owner: str, which: SearchFilter, *, limit: int, cursor: str | None) -> Page[SearchHit]:
        """A page of hits: names first, then turns, the newest first. Raises AgentNotFound."""
        page = await self._store.search(owner, which, limit=limit, cursor=cursor)
        if not page.items and which.agent_id is not None:  # an agent with hits is there
            await self._store.get_agent(owner, which.agent_id)
        return page

    async def find_sessions(self, owner: str, words: str, but: str) -> list[FoundSession]:
        """Return a few sessions without the one `but`, in the order of their first hits, with what was found there."""
        which = SearchFilter(query=parse_query(words), but_session=but, archived=None)
        found: dict[str, list[SearchHit]] = {}
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            page = await self._store.search(owner, which, limit=PAGE, cursor=cursor)
            for hit in page.items:
                found.setdefault(hit.session_id, []).append(hit)
            cursor = page.next_cursor
            if cursor is None or len(found) >= MOST_SESSIONS:
                break
        return [_session(hits) for hits in list(found.values())[:MOST_SESSIONS]]


def _session(hits: list[SearchHit]) -> FoundSession:
    passages = dict.fromkeys(snippet.text for hit in hits for snippet in hit.snippets)
    return FoundSession(
        session_id=hits[0].session_id,
        session_name=hits[0].session_name,
        at=max(hit.at for hit in hits),
        passages=[*passages][:MOST_PASSAGES],
    )
