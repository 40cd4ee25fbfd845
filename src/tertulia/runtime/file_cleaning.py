"""Clears away files that nobody uses any more, and the bytes that no file is of.

It may run on every node at once, and stop anywhere. Bytes are condemned in the database first and deleted then; until
they are forgotten there, nobody can bring them again. Whoever freezes in between does no harm when it goes on: it works
only on fresh sentences, long before another node could lift one.
"""

import asyncio
import datetime as dt
import time
from collections.abc import Callable, Sequence

import structlog

from tertulia.blobs.base import BlobStore
from tertulia.domain.errors import TertuliaError
from tertulia.runtime.clock import Clock
from tertulia.store.base import FileStore

log = structlog.get_logger()

BATCH = 100
"""Files, or blobs, that go in one transaction."""
PAUSE = 0.05
"""Seconds between batches, in which others write."""
LOOK_EVERY = 120.0
"""Seconds between looks for what may go."""
SENTENCE = 120.0
"""Seconds after which a sentence on a blob can be lifted, since whoever passed it must be lost."""
FRESH = 20.0
"""Seconds for which a sentence is acted on."""


class FileCleaning:
    """Keeps uploads that no turn uses for `hours`, and other files as long as a turn uses them."""

    def __init__(
        self,
        store: FileStore,
        blobs: BlobStore,
        *,
        hours: float,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._hours = hours
        self._clock = clock
        self._monotonic = monotonic
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look, now and then."""
        self._task = asyncio.create_task(self._keep_clearing(), name="file_cleaning")

    async def stop(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _keep_clearing(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                cleared = await self.clear()
            except TertuliaError as error:  # a bucket that is gone says that nothing is found
                log.warning("files.not_cleared", error=error.message)
            else:
                if cleared:
                    log.info("files.cleared", blobs=cleared)

    async def clear(self) -> int:
        """Clear all that may go by now; return how many blobs that were."""
        before = self._uploaded_before()
        while await self._store.drop_unused_files(uploaded_before=before, limit=BATCH):
            await self._let_others_write()
        total = 0
        until = self._monotonic() + FRESH
        while condemned := await self._store.condemn_blobs(seconds=SENTENCE, limit=BATCH):
            total += await self._delete(condemned, until=until)
            await self._let_others_write()
            until = self._monotonic() + FRESH
        return total

    async def _let_others_write(self) -> None:
        await asyncio.sleep(PAUSE)

    async def _delete(self, condemned: Sequence[str], *, until: float) -> int:
        """Delete blobs as long as their sentence is fresh; those that are left are condemned anew, later."""
        deleted: list[str] = []
        try:
            for sha256 in condemned:
                if self._monotonic() > until:
                    break
                await self._blobs.delete(sha256)
                deleted.append(sha256)
        finally:
            if deleted and self._monotonic() <= until:
                await self._store.forget_blobs(deleted)
        return len(deleted)

    def _uploaded_before(self) -> str:
        moment = dt.datetime.fromisoformat(self._clock()) - dt.timedelta(hours=self._hours)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
