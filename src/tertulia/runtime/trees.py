"""Reading all turns of a session, of all its branches, a page at a time."""

from collections.abc import AsyncIterator

from tertulia.store.base import Store
from tertulia.store.turns import StoredTurn

PAGE = 20
"""Turns that are read at once."""


async def tree_of(store: Store, owner: str, session_id: str) -> AsyncIterator[StoredTurn]:
    """Yield the turns that a session shows, by number."""
    last_n = 0
    while page := await store.list_tree(owner, session_id, limit=PAGE, after_n=last_n):
        for stored in page:
            yield stored
        last_n = page[-1].record.n
