"""Lets what was here before there was a search be found: a little at a time, while the server does its work."""

import asyncio

import structlog

from tertulia.domain.errors import StorageUnavailable
from tertulia.store.search import SearchStore

log = structlog.get_logger()

BATCH = 50
"""Turns or names in one transaction: those who write wait no longer than that takes."""
PAUSE = 0.02
"""Seconds between batches, in which others write."""
LOOK_EVERY = 300.0
"""Seconds between looks for what another node has not brought to its end."""


class SearchBacklog:
    """Works off what is not found yet."""

    def __init__(self, store: SearchStore, *, look_every: float = LOOK_EVERY) -> None:
        self._store = store
        self._look_every = look_every
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, and look again now and then."""
        self._task = asyncio.create_task(self._keep_indexing(), name="search-backlog")

    async def stop(self) -> None:
        """Stop where it is; the next start goes on from there."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _keep_indexing(self) -> None:
        while True:
            try:
                if indexed := await self.index():
                    log.info("search.indexed", rows=indexed)
            except StorageUnavailable as error:
                log.warning("search.storage_unavailable", error=error.message)
            await asyncio.sleep(self._look_every)

    async def index(self) -> int:
        """Work off all that there is; return how much was looked at."""
        total = 0
        while indexed := await self._store.index_older(limit=BATCH):
            total += indexed
            await asyncio.sleep(PAUSE)
        return total
