"""Drops what only those need who watch as it happens.

Those are the deltas of turns that ended long ago (what they said is in their steps, and a replay is made from there),
and changes of lists: who comes back after that loads the list anew.
"""

import asyncio

import structlog

from tertulia.runtime.clock import Clock, earlier
from tertulia.runtime.periodic import Periodic
from tertulia.store.base import Store

log = structlog.get_logger()

BATCH = 200
"""Turns whose deltas go in one transaction."""
CHANGES_KEPT = 86_400.0
"""Seconds for which a reader of changes may be away and miss none."""
CHANGES_BATCH = 2_000
PAUSE = 0.05
"""Seconds between batches, in which others write."""
LOOK_EVERY = 300.0
"""Seconds between looks for what is old enough."""


class Retention:
    """Keeps deltas for `hours` after the end of their turn."""

    def __init__(self, store: Store, *, hours: float, clock: Clock, look_every: float = LOOK_EVERY) -> None:
        self._store = store
        self._hours = hours
        self._clock = clock
        self._looks = Periodic("retention", self.look, every=look_every)

    def start(self) -> None:
        """Begin to look, now and then."""
        self._looks.start()

    async def stop(self) -> None:
        """Stop looking."""
        await self._looks.stop()

    async def look(self) -> None:
        """Drop all that is old enough by now."""
        await self.drop()
        await self.drop_changes()

    async def drop(self) -> int:
        """Drop the deltas that are old enough by now; return of how many turns."""
        ended_before = earlier(self._clock(), hours=self._hours)
        total = 0
        while dropped := await self._store.drop_deltas(ended_before=ended_before, limit=BATCH):
            total += dropped
            await asyncio.sleep(PAUSE)
        if total:
            log.info("retention.dropped", turns=total)
        return total

    async def drop_changes(self) -> int:
        """Drop the changes that are old enough by now; return how many."""
        total = 0
        while dropped := await self._store.drop_changes(seconds=CHANGES_KEPT, limit=CHANGES_BATCH):
            total += dropped
            await asyncio.sleep(PAUSE)
        return total
