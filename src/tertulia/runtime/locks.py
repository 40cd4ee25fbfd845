"""Locks by name, for what must not happen twice at once in one process; between processes the store's fence decides."""

import asyncio
from weakref import WeakValueDictionary


class Locks:
    """A lock for each name, there for as long as someone holds it or waits for it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, name: str) -> asyncio.Lock:
        """Return the lock of a name: `async with locks.of(turn_id): …`."""
        lock = self._locks.get(name)
        if lock is None:
            lock = self._locks[name] = asyncio.Lock()
        return lock
