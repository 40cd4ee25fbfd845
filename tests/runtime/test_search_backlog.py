"""The job that lets what was here before be found: it ends, looks again, and gives way to a database that is away."""

import asyncio

from tertulia.domain.errors import StorageUnavailable
from tertulia.runtime.search_backlog import BATCH, SearchBacklog
from tertulia.store.memory.store import MemoryStore


class BehindStore(MemoryStore):
    """A store that has so many rows to go through, and rings when it has none left."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.rows = rows
        self.fails = 0
        self.is_done = asyncio.Event()

    async def index_older(self, *, limit: int) -> int:
        if self.fails:
            self.fails -= 1
            raise StorageUnavailable
        indexed = min(limit, self.rows)
        self.rows -= indexed
        if not indexed:
            self.is_done.set()
        return indexed


async def test_it_works_off_all_that_there_is() -> None:
    store = BehindStore(2 * BATCH + 1)
    assert await SearchBacklog(store).index() == 2 * BATCH + 1
    assert store.rows == 0


async def test_it_looks_again_after_the_database_was_away() -> None:
    store = BehindStore(3)
    store.fails = 2
    backlog = SearchBacklog(store, look_every=0.001)
    backlog.start()
    async with asyncio.timeout(60):
        await store.is_done.wait()
    await backlog.stop()
    assert store.rows == 0


async def test_it_stops_before_it_has_begun_and_in_the_middle() -> None:
    store = BehindStore(1_000_000)
    backlog = SearchBacklog(store)
    await backlog.stop()
    backlog.start()
    await asyncio.sleep(0)
    await backlog.stop()
    assert store.rows > 0
