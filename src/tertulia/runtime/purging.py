"""Deletes for good what has been in the trash for its time, with all that hung on it, and gives the space back.

It may run on every node at once, and stop anywhere: each takes sessions that no other has taken.
"""

import asyncio
import datetime as dt

import structlog

from tertulia.domain.errors import StorageUnavailable
from tertulia.runtime.clock import Clock
from tertulia.runtime.file_cleaning import FileCleaning
from tertulia.store.base import TrashStore

log = structlog.get_logger()

BATCH = 20
"""Sessions that go in one transaction."""
PAUSE = 0.05
"""Seconds between batches, in which others write."""
LOOK_EVERY = 600.0
"""Seconds between looks for what may go."""
MOST_TRIES = 10_000
"""How often space is given back at the most: a reader that never ends must not keep this from ending."""


class Purging:
    """Keeps sessions in the trash for `days`."""

    def __init__(self, store: TrashStore, cleaning: FileCleaning, *, days: float, clock: Clock) -> None:
        self._store = store
        self._cleaning = cleaning
        self._days = days
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look, now and then."""
        self._task = asyncio.create_task(self._keep_purging(), name="purging")

    async def stop(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _keep_purging(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                purged = await self.purge()
            except StorageUnavailable as error:
                log.warning("purging.storage_unavailable", error=error.message)
            else:
                if purged:
                    log.info("purging.purged", sessions=purged)

    def deleted_before(self) -> str:
        """The time before which what was deleted may go by now."""
        moment = dt.datetime.fromisoformat(self._clock()) - dt.timedelta(days=self._days)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    async def purge(self) -> int:
        """Purge all that may go by now; return how many sessions that were."""
        before = self.deleted_before()
        total = 0
        while purged := await self._store.purge_trash(deleted_before=before, limit=BATCH):
            total += purged
            await asyncio.sleep(PAUSE)
        if total:
            await self.clear_up()
        return total

    async def clear_up(self) -> None:
        """Let go of the files of what was purged, and of its space."""
        await self._cleaning.clear()
        for _ in range(MOST_TRIES):
            if not await self._store.reclaim():
                break
            await asyncio.sleep(PAUSE)
