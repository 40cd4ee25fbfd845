"""Goes through all sessions now and then: rules archive and delete some, and what lay in the trash for its time goes.

What is purged goes for good, with all that hung on it, and its space comes back. One node at a time does that; it may
stop anywhere, and two at once would do no harm: each takes sessions that no other has taken.
"""

import asyncio
from collections.abc import Callable

import structlog

from tertulia.runtime.clock import Clock, earlier
from tertulia.runtime.file_cleaning import FileCleaning
from tertulia.runtime.keeping import Keeping
from tertulia.runtime.periodic import Periodic
from tertulia.store.base import Store

log = structlog.get_logger()

BATCH = 20
"""Sessions that go in one transaction."""
PAUSE = 0.05
"""Seconds between batches, in which others write."""
LOOK_EVERY = 600.0
"""Seconds between looks for what may go."""
JOB = "purging"
JOB_SECONDS = 2 * LOOK_EVERY
"""Seconds after which another node goes on when the one that does it is lost."""
MOST_TRIES = 10_000
"""How often space is given back at the most: a reader that never ends must not keep this from ending."""


class Purging:
    """Keeps sessions in the trash for `days`; `node` is the name of this one."""

    def __init__(
        self,
        store: Store,
        cleaning: FileCleaning,
        keeping: Keeping,
        *,
        node: Callable[[], str],
        days: float,
        clock: Clock,
    ) -> None:
        self._store = store
        self._cleaning = cleaning
        self.keeping = keeping
        self._days = days
        self._clock = clock
        self._node = node
        self._looks = Periodic("purging", self.look, every=LOOK_EVERY)

    def start(self) -> None:
        """Begin to look, now and then."""
        self._looks.start()

    async def stop(self) -> None:
        """Stop looking."""
        await self._looks.stop()

    async def look(self) -> None:
        """Do all that is due, unless another node does."""
        if not await self._store.take_job(JOB, self._node(), seconds=JOB_SECONDS):
            return
        taken = await self.keeping.apply()
        purged = await self.purge()
        if purged or any(taken.values()):
            log.info("purging.done", archived=taken["archive"], deleted=taken["delete"], purged=purged)

    def deleted_before(self) -> str:
        """The time before which what was deleted may go by now."""
        return earlier(self._clock(), hours=24 * self._days)

    async def purge(self) -> int:
        """Purge all that may go by now, and leave nothing of it behind; return how many sessions that were."""
        before = self.deleted_before()
        total = 0
        while purged := await self._store.purge_trash(deleted_before=before, limit=BATCH):
            total += purged
            await asyncio.sleep(PAUSE)
        await self.clear_up()
        return total

    async def clear_up(self) -> None:
        """Let go of the files of what was deleted, and of its space; with nothing deleted, it costs nothing."""
        await self._cleaning.clear()
        for _ in range(MOST_TRIES):
            if not await self._store.reclaim():
                break
            await asyncio.sleep(PAUSE)
