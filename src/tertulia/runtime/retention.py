"""Drops the deltas of turns that ended long ago: what they said is in their steps, and a replay is made from there."""

import asyncio

import structlog

from tertulia.runtime.clock import Clock, earlier
from tertulia.runtime.periodic import Periodic
from tertulia.store.base import TurnStore

log = structlog.get_logger()

BATCH = 200
"""Turns whose deltas go in one transaction."""
PAUSE = 0.05
"""Seconds between batches, in which others write."""
LOOK_EVERY = 300.0
"""Seconds between looks for what is old enough."""


class Retention:
    """Keeps deltas for `hours` after the end of their turn."""

    def __init__(self, store: TurnStore, *, hours: float, clock: Clock, look_every: float = LOOK_EVERY) -> None:
        self._store = store
        self._hours = hours
        self._clock = clock
        self._looks = Periodic("retention", self.drop, every=look_every)

    def start(self) -> None:
        """Begin to look, now and then."""
        self._looks.start()

    async def stop(self) -> None:
        """Stop looking."""
        await self._looks.stop()

    async def drop(self) -> int:
        """Drop all that is old enough by now; return of how many turns."""
        ended_before = earlier(self._clock(), hours=self._hours)
        total = 0
        while dropped := await self._store.drop_deltas(ended_before=ended_before, limit=BATCH):
            total += dropped
            await asyncio.sleep(PAUSE)
        if total:
            log.info("retention.dropped", turns=total)
        return total
