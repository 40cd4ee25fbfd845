"""Slows those who guess: after some failures, the next attempt at a name, or from an address, has to wait.

The wait doubles with each failure, and they are forgotten after a quiet hour. Each node counts for itself, in memory:
what is counted is so little that guessing at every node of a cluster leads nowhere either.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from tertulia.domain.base import Value
from tertulia.domain.errors import TooManyRequests

FREE = 5
"""Failures after which the next attempt waits."""
LONGEST_SECONDS = 60.0
FORGOTTEN_SECONDS = 3600.0
MOST_KNOWN = 10_000
"""Names and addresses that are remembered; those that have failed longest ago give way."""


class Failures(Value):
    """How often something has failed in a row, and when last."""

    count: int
    last: float


class Attempts:
    """Counts failures by whatever they have in common."""

    def __init__(self, *, free: int = FREE, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._free = free
        self._monotonic = monotonic
        self._failures: OrderedDict[str, Failures] = OrderedDict()

    def refuse_hasty(self, *keys: str) -> None:
        """Raise TooManyRequests if one of these has failed too often to be tried again now."""
        wait = max(self._wait(key) for key in keys)
        if wait > 0:
            raise TooManyRequests(retry_after=math.ceil(wait))

    def note_failure(self, *keys: str) -> None:
        """Count a failure."""
        now = self._monotonic()
        for key in keys:
            before = self._failures.pop(key, None)
            count = before.count if before is not None and now - before.last < FORGOTTEN_SECONDS else 0
            self._failures[key] = Failures(count=count + 1, last=now)
        while len(self._failures) > MOST_KNOWN:
            self._failures.popitem(last=False)

    def forget(self, key: str) -> None:
        """Forget all failures: it has succeeded."""
        self._failures.pop(key, None)

    def take_back(self, key: str) -> None:
        """Count one failure less: it was none, and says nothing of the others."""
        if (known := self._failures.get(key)) is not None:
            self._failures[key] = Failures(count=known.count - 1, last=known.last)

    def _wait(self, key: str) -> float:
        known = self._failures.get(key)
        if known is None or known.count < self._free:
            return 0
        seconds = min(LONGEST_SECONDS, 2.0 ** min(known.count - self._free, 30))
        return known.last + seconds - self._monotonic()
