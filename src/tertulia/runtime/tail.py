"""News of turns that run on other nodes: one look at the store for all who read them here.

This is where a message bus would be plugged in, if polling were ever too slow: it would call `Tail.tell` sooner. What
polling costs is in docs/decisions/0010.
"""

import asyncio
from collections import deque
from collections.abc import Generator, Sequence
from contextlib import contextmanager

import structlog
from msgspec.structs import replace

from tertulia.domain.errors import StorageUnavailable
from tertulia.domain.events import LoggedEvent
from tertulia.runtime.bell import Bell
from tertulia.store.log import LogStore, Watched

log = structlog.get_logger()

LOOK_AROUND = 15.0
"""Seconds between wakes of all readers, so that each looks whether its turn is there still."""


class Watch:
    """One reader of a turn that does not run here: its place in the log, once it has one, and what has come for it."""

    def __init__(self) -> None:
        self.place: Watched | None = None
        self._batches: deque[list[LoggedEvent]] = deque()
        self._bell = Bell()

    def tell(self, news: Sequence[LoggedEvent]) -> None:
        """Take what is new to this reader."""
        place = self.place
        batch = [logged for logged in news if logged.id > place.after] if place else []
        if place and batch:
            self.place = replace(place, after=batch[-1].id)
            self._batches.append(batch)
            self.wake()

    def wake(self) -> None:
        """Let the reader look around: something else has happened to its turn."""
        self._bell.set()

    async def next(self) -> list[LoggedEvent]:
        """Wait for news; nothing in it means that the reader was woken for another reason."""
        if not self._batches:
            await self._bell.wait()
        self._bell.clear()
        return self._batches.popleft() if self._batches else []


class Tail:
    """All watches of this process. `interval` is in seconds; without one, nothing is written elsewhere."""

    def __init__(self, store: LogStore, *, interval: float | None) -> None:
        self._store = store
        self._interval = interval
        self._watches: dict[str, dict[Watch, None]] = {}
        """Those of each turn, in the order in which they came."""
        self._looking: asyncio.Task[None] | None = None

    @contextmanager
    def watch(self, turn_id: str) -> Generator[Watch]:
        """Watch a turn for as long as the block runs: it is told of nothing before it has a `place`."""
        watch = Watch()
        self._watches.setdefault(turn_id, {})[watch] = None
        if self._interval is not None and self._looking is None:
            self._looking = asyncio.create_task(self._look(self._interval), name="tail")
        try:
            yield watch
        finally:
            del self._watches[turn_id][watch]
            if not self._watches[turn_id]:
                del self._watches[turn_id]

    def tell(self, turn_id: str, news: Sequence[LoggedEvent]) -> None:
        """Hand on what came after the place of a turn's hindmost watch."""
        for watch in self._watches.get(turn_id, ()):
            watch.tell(news)

    def wake(self, turn_id: str) -> None:
        """Wake who watches a turn that runs here now."""
        for watch in self._watches.get(turn_id, ()):
            watch.wake()

    def wake_all(self) -> None:
        """Wake everyone."""
        for turn_id in list(self._watches):
            self.wake(turn_id)

    async def stop(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait({self._looking})

    async def _look(self, interval: float) -> None:
        since = 0.0
        while self._watches:
            await asyncio.sleep(interval)
            since += interval
            if since >= LOOK_AROUND:  # of a turn that was deleted on another node there is no news
                since = 0.0
                self.wake_all()
            try:
                news = await self._store.read_news(self._places())
            except StorageUnavailable as error:
                log.warning("tail.storage_unavailable", error=error.message)
                continue
            for turn_id, events in news.items():
                self.tell(turn_id, events)
        self._looking = None

    def _places(self) -> list[Watched]:
        """The earliest place in each log from which someone wants to know."""
        places = ([watch.place for watch in watches if watch.place] for watches in self._watches.values())
        return [min(of_turn, key=lambda place: place.after) for of_turn in places if of_turn]
