"""Clears away files that nobody uses any more, and the bytes that no file is of.

It may run on every node at once, and stop anywhere. Bytes are condemned in the database first and deleted then; until
they are forgotten there, nobody can bring them again. Whoever freezes in between does no harm when it goes on: it works
only on fresh sentences, long before another node could lift one.
"""

import asyncio
import time
from collections.abc import Callable, Sequence

import structlog

from tertulia.blobs.base import BlobStore
from tertulia.runtime.clock import Clock, earlier
from tertulia.runtime.periodic import Periodic
from tertulia.store.files import FileStore

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
        self._looks = Periodic("file_cleaning", self.clear, every=LOOK_EVERY)

    def start(self) -> None:
        """Begin to look, now and then."""
        self._looks.start()

    async def stop(self) -> None:
        """Stop looking."""
        await self._looks.stop()

    async def clear(self) -> int:
        """Clear all that may go by now; return how many blobs that were."""
        before = earlier(self._clock(), hours=self._hours)
        while await self._store.drop_unused_files(uploaded_before=before, limit=BATCH):
            await self._let_others_write()
        total = 0
        until = self._monotonic() + FRESH
        while condemned := await self._store.condemn_blobs(seconds=SENTENCE, limit=BATCH):
            total += await self._delete(condemned, until=until)
            await self._let_others_write()
            until = self._monotonic() + FRESH
        if total:
            log.info("files.cleared", blobs=total)
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
