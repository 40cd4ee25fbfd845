# Made of client/aio by `make generate`: change it there.
"""Calls about what was said, and how sessions are called."""

from collections.abc import Generator
from typing import Unpack

from tertulia.client.input import WhichHits, searched
from tertulia.client.sync.calls import EACH, Calls, each_row
from tertulia.domain.lists import HitList
from tertulia.domain.paging import DEFAULT_LIMIT
from tertulia.domain.search import SearchHit


class SearchCalls(Calls):
    """Find turns and sessions by words."""

    def search(
        self, q: str = "", *, limit: int = DEFAULT_LIMIT, cursor: str | None = None, **which: Unpack[WhichHits]
    ) -> HitList:
        """A page of what is found with all agents: names first, then turns, the newest first.

        `q` has words that must all be there, "words in a row", the beginning of a word*, -what must not be there, and
        has:file.
        """
        return self._get(HitList, "search", q=q, limit=limit, cursor=cursor, **searched(which))

    def search_agent(
        self,
        agent_id: str,
        q: str = "",
        *,
        limit: int = DEFAULT_LIMIT,
        cursor: str | None = None,
        **which: Unpack[WhichHits],
    ) -> HitList:
        """A page of what is found in the sessions of one agent."""
        path = ("agents", agent_id, "search")
        return self._get(HitList, *path, q=q, limit=limit, cursor=cursor, **searched(which))

    def iter_hits(self, q: str = "", **which: Unpack[WhichHits]) -> Generator[SearchHit]:
        """All that is found with all agents."""
        return each_row(lambda cursor: self.search(q, limit=EACH, cursor=cursor, **which))
