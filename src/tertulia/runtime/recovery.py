"""Finds turns that should run and do not, and runs them here: after a restart, and when another node is lost.

At every look it also stops turns of this node that were deleted on another one or whose cancel was asked for there, and
takes up what this node holds and does not run: a claim may succeed, and the news of it be lost on the way.
"""

import asyncio
import contextlib
import zlib

import structlog

from tertulia.domain.errors import StorageUnavailable
from tertulia.runtime.leases import Lease
from tertulia.runtime.runner import Runner
from tertulia.store.base import Store
from tertulia.store.turns import TurnRecord

log = structlog.get_logger()

MOST_AT_ONCE = 100
"""How many orphans one look takes on."""


class Recovery:
    """Looks around at the start and then every `interval` seconds."""

    def __init__(self, store: Store, runner: Runner, lease: Lease, *, interval: float) -> None:
        self._store = store
        self._runner = runner
        self._lease = lease
        self._interval = interval
        self._looking: asyncio.Task[None] | None = None
        self._strays: set[str] = set()
        """Turns that this node held and did not run at the last look: at the next one, they are not on their way."""

    async def start(self) -> None:
        """Take on what an earlier process left, all of it if nobody shares the store, and go on looking."""
        if not self._store.is_shared:
            with contextlib.suppress(StorageUnavailable):  # the looks do the rest
                while await self.adopt_orphans(MOST_AT_ONCE) == MOST_AT_ONCE:
                    pass
        self._looking = asyncio.create_task(self._keep_looking(), name="recovery")

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
        running = self._runner.running  # before the list is read: what is taken on meanwhile need not be in it
        held = await self._store.list_held(self._lease.node)
        self._runner.keep_only({record.turn_id for record in held}, of=running)
        await self._look_after(held)
        await self.adopt_orphans(min(self._runner.free_places, MOST_AT_ONCE))

    async def _look_after(self, held: list[TurnRecord]) -> None:
        strays = {record.turn_id: record for record in held if not self._runner.runs(record.turn_id)}
        for record in held:
            if record.turn_id in self._strays and record.turn_id in strays:
                await self._adopt(record)
            elif record.cancel_requested:
                self._runner.cancel_soon(record)
        self._strays = set(strays)

    async def adopt_orphans(self, limit: int) -> int:
        """Take on up to `limit` orphans; return how many there were, of which other nodes may have been faster."""
        orphans = await self._store.list_orphans(self._lease.node, limit=limit) if limit else []
        for record in self._in_own_order(orphans):
            await self._adopt(record)
        return len(orphans)

    async def _adopt(self, record: TurnRecord) -> None:
        try:
            await self._runner.adopt(record)
        except StorageUnavailable:
            raise
        except Exception as error:
            log.error("recovery.not_adopted", turn_id=record.turn_id, exc_info=error)

    def _in_own_order(self, orphans: list[TurnRecord]) -> list[TurnRecord]:
        """Begin elsewhere than other nodes, which look at the same list at the same time."""
        begin = zlib.crc32(self._lease.node.encode()) % len(orphans) if orphans else 0
        return orphans[begin:] + orphans[:begin]
