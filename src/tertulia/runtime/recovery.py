"""Finds turns that should run and do not, and runs them here: after a restart, and when another node is lost.

At every look it also stops turns of this node whose cancel was asked for on another one.
"""

import asyncio
import zlib

import structlog

from tertulia.domain.errors import StorageUnavailable
from tertulia.runtime.leases import Lease
from tertulia.runtime.runner import Runner
from tertulia.store.base import Store, TurnRecord

log = structlog.get_logger()

MOST_AT_ONCE = 100
"""How many orphans one look takes on."""


class Recovery:
    """Looks around at the start, and every `interval` seconds where other nodes share the store."""

    def __init__(self, store: Store, runner: Runner, lease: Lease, *, interval: float) -> None:
        self._store = store
        self._runner = runner
        self._lease = lease
        self._interval = interval
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take on what an earlier process left, then go on looking if the store is shared."""
        if self._store.is_shared:
            self._looking = asyncio.create_task(self._keep_looking(), name="recovery")
            return
        while await self.adopt_orphans(MOST_AT_ONCE) == MOST_AT_ONCE:
            pass

    async def stop(self) -> None:
        """Look no more, and so take on nothing new."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait({self._looking})

    async def _keep_looking(self) -> None:
        while True:
            try:
                await self.look()
            except StorageUnavailable as error:
                log.warning("recovery.storage_unavailable", error=error.message)
            except Exception as error:  # the next look may go well, and without it turns would be lost
                log.error("recovery.failed", exc_info=error)
            await asyncio.sleep(self._interval)

    async def look(self) -> None:
        """Look once."""
        for record in await self._store.list_cancels(self._lease.node):
            self._runner.cancel_soon(record)
        await self.adopt_orphans(min(self._runner.free_places, MOST_AT_ONCE))

    async def adopt_orphans(self, limit: int) -> int:
        """Take on up to `limit` orphans; return how many there were, of which other nodes may have been faster."""
        orphans = await self._store.list_orphans(self._lease.node, limit=limit) if limit else []
        for record in self._in_own_order(orphans):
            await self._runner.adopt(record)
        return len(orphans)

    def _in_own_order(self, orphans: list[TurnRecord]) -> list[TurnRecord]:
        """Begin elsewhere than other nodes, which look at the same list at the same time."""
        begin = zlib.crc32(self._lease.node.encode()) % len(orphans) if orphans else 0
        return orphans[begin:] + orphans[:begin]
