"""This node's right to run turns: a lease that a thread of its own renews, so that a blocked event loop keeps it.

The node goes by the monotonic clock and calls its lease lost a margin before the database would: then it lets go of
all its turns and goes on under a new name, so that whoever takes them over is alone with them. It may be wrong about
that, and so may a node that slept through it all: what it writes afterwards is refused by the fence of each turn.
"""

import asyncio
import threading
import time
from collections.abc import Callable

import structlog

from tertulia.domain.base import Value
from tertulia.domain.errors import LeaseLost, StorageUnavailable
from tertulia.runtime.clock import NewId
from tertulia.store.leases import LeaseStore

log = structlog.get_logger()

RETRY_SECONDS = 1.0
"""How soon a renewal that failed is tried again."""
LOST_SECONDS = 0.1
"""How soon a node that has lost its lease looks whether it has a new name."""


class LeaseTerms(Value):
    """How long a lease lasts, how often it is renewed, and how long before its end a node gives it up; in seconds."""

    seconds: float = 15
    renew_every: float = 5
    margin: float = 3


class Lease:
    """The lease of one node. `node` is its name: claims are made in it."""

    def __init__(
        self, store: LeaseStore, terms: LeaseTerms, *, new_id: NewId, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._terms = terms
        self._new_id = new_id
        self._monotonic = monotonic
        self._until = 0.0
        """When it is lost, by the monotonic clock; 0 before the first renewal."""
        self._is_lost = False
        self.node = new_id()
        self.on_lost: Callable[[], None] = lambda: None

    def renew(self) -> float:
        """Renew the lease, or find that it is lost; return in how many seconds to look again. Blocks."""
        if self._until and self._left <= 0:
            return self._lose()
        try:
            self._extend()
            if self._left <= 0:  # a database that was away has taken so long that nothing is left: it is there now
                self._extend()
        except LeaseLost:
            return self._lose()
        except StorageUnavailable as error:
            log.warning("lease.not_renewed", error=error.message)
            return min(RETRY_SECONDS, self._terms.renew_every)
        return max(0.0, min(self._terms.renew_every, self._left / 2))

    def _extend(self) -> None:
        """Renew the lease. It counts from before the database was asked."""
        asked = self._monotonic()
        self._store.renew(self.node, seconds=self._terms.seconds)
        self._until = asked + self._terms.seconds - self._terms.margin

    @property
    def _left(self) -> float:
        """For how many seconds the lease is held still."""
        return self._until - self._monotonic()

    def _lose(self) -> float:
        if not self._is_lost:
            self._is_lost = True
            log.error("lease.lost", node=self.node)
            self.on_lost()
        return LOST_SECONDS

    def begin_anew(self) -> None:
        """Go on under a new name, for which the next renewal gets a lease. Called where claims are made."""
        self.node = self._new_id()
        self._is_lost = False
        self._until = 0.0


class LeaseKeeper:
    """The thread that renews a lease. `on_lost` is called on the event loop."""

    def __init__(self, lease: Lease, on_lost: Callable[[], None]) -> None:
        self._lease = lease
        self._loop = asyncio.get_running_loop()
        self._stop = threading.Event()
        self._on_lost = on_lost
        lease.on_lost = self._call_on_lost
        self._thread = threading.Thread(target=self._keep, name="tertulia-lease", daemon=True)

    async def start(self) -> None:
        """Get the lease, then keep it. Raises StorageUnavailable."""
        await asyncio.to_thread(self._lease.renew)
        self._thread.start()

    def stop(self) -> None:
        """Renew it no more."""
        self._stop.set()
        self._thread.join()

    def _call_on_lost(self) -> None:
        self._loop.call_soon_threadsafe(self._on_lost)

    def _keep(self) -> None:
        seconds = 0.0
        while not self._stop.wait(seconds):
            seconds = self._lease.renew()
