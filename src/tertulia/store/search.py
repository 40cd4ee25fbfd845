"""Where it stays what was said, and how sessions are called, so that it is found by words.

A turn is found from when it first rests, as it was when it last did; a name from when it is given. The transaction
that lets a turn rest, names a session or deletes one is the one that changes what is found.
"""

from typing import Protocol

from tertulia.domain.paging import Page
from tertulia.domain.search import SearchFilter, SearchHit


class SearchStore(Protocol):
    """What was said, and how sessions are called, found by words."""

    async def search(
        self, owner: str, which: SearchFilter, *, limit: int, cursor: str | None = None
    ) -> Page[SearchHit]:
        """Names first, then turns, the newest first. A query that asks nothing finds nothing."""
        ...

    async def index_older(self, *, limit: int) -> int:
        """Let up to `limit` turns and names be found that were here before there was a search, or 0 if all are."""
        ...
