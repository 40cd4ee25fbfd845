"""What changes among an agent's sessions, told to all who show lists of them, whichever node has done it.

One look for all readers of an agent on this node: when there is something new, each reads on from its own place. A
second later at most everybody knows.
"""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager

import structlog

from tertulia.domain.changes import ChangeId, LoggedChange, SessionChange
from tertulia.domain.errors import NotFound, StorageUnavailable
from tertulia.store.changes import ChangeStore

log = structlog.get_logger()

LOOK_EVERY = 0.4
"""Seconds between looks."""
PAGE = 100
"""Changes that are read at once."""

Key = tuple[str, str]
"""An owner and an agent."""


class Watch:
    """Readers of one agent's changes, and the bell that is rung for them."""

    def __init__(self) -> None:
        self.bell = asyncio.Event()
        self.readers = 0
        self.task: asyncio.Task[None] | None = None
        self.is_over = False

    def ring(self) -> None:
        """Wake all readers; who waits after this waits for the next time."""
        bell, self.bell = self.bell, asyncio.Event()
        bell.set()


class SessionChanges:
    """Follows changes."""

    def __init__(self, store: ChangeStore, *, look_every: float = LOOK_EVERY) -> None:
        self._store = store
        self._look_every = look_every
        self._watches: dict[Key, Watch] = {}
        self._is_stopped = False

    async def begin(self, owner: str, agent_id: str, after: ChangeId | None) -> LoggedChange:
        """Say from where a reader is told what changes: after a change that it has seen, or from now on.

        `has_missed` tells one that comes back that what it saw last is no longer kept. Raises AgentNotFound.
        """
        newest = await self._store.last_change(owner, agent_id)
        has_missed = after is not None and not await self._store.has_change(owner, agent_id, after)
        start = newest if after is None or has_missed else after
        return LoggedChange(id=start, change=SessionChange(event_type="following", has_missed=has_missed))

    async def follow(self, owner: str, agent_id: str, after: ChangeId) -> AsyncGenerator[list[LoggedChange]]:
        """Yield what comes after a place, as it comes, until the agent is deleted or the server stops."""
        with self._watching((owner, agent_id)) as watch:
            while not (watch.is_over or self._is_stopped):
                bell = watch.bell
                if page := await self._read(owner, agent_id, after):
                    after = page[-1].id
                    yield page
                else:
                    await bell.wait()

    def stop(self) -> None:
        """Let all readers go: they can come back to another node."""
        self._is_stopped = True
        for watch in self._watches.values():
            watch.ring()

    async def _read(self, owner: str, agent_id: str, after: ChangeId) -> list[LoggedChange]:
        try:
            return await self._store.read_changes(owner, agent_id, after=after, limit=PAGE)
        except StorageUnavailable:
            return []  # whoever looks for news finds out when it is back

    @contextmanager
    def _watching(self, key: Key) -> Generator[Watch]:
        watch = self._watches.setdefault(key, Watch())
        watch.readers += 1
        watch.task = watch.task or asyncio.create_task(self._keep_looking(key, watch), name="session-changes")
        try:
            yield watch
        finally:
            watch.readers -= 1
            if not watch.readers:
                watch.task.cancel()
                self._watches.pop(key, None)

    async def _keep_looking(self, key: Key, watch: Watch) -> None:
        last: ChangeId | None = None
        while True:
            try:
                newest = await self._store.last_change(*key)
                if newest != last:
                    watch.ring()
                last = newest
            except NotFound:
                watch.is_over = True
                watch.ring()
                return
            except StorageUnavailable as error:
                last = None
                log.warning("session_changes.storage_unavailable", error=error.message)
            await asyncio.sleep(self._look_every)
