"""How many requests an owner has had this minute, and whether another one may pass.

A process that has the store for itself counts alone. Where several nodes share it, each draws requests from the store,
a part of what is left at a time, and lets as many through: so all nodes together let no more through than one would,
and only the request that comes after the last one drawn waits for the database.
"""

import math
import time
from collections.abc import Callable

import structlog

from tertulia.domain.base import Value
from tertulia.domain.errors import RateLimited, StorageUnavailable
from tertulia.runtime.locks import Locks
from tertulia.store.limits import LimitStore

log = structlog.get_logger()

MINUTE = 60.0
REMEMBERED = 4096
"""How many owners are remembered before those are forgotten whose minute is over."""


class Window(Value):
    """How an owner's minute stands: of `limit` requests `remaining` ones may follow; it is over in `seconds`."""

    limit: int
    remaining: int
    seconds: int


class _Minute:
    """What is known here of one owner's minute, which lasts `until`."""

    def __init__(self, limit: int, until: float) -> None:
        self.limit = limit
        self.until = until
        self.granted = 0
        self.elsewhere = 0
        """What is left for all nodes besides what this one has drawn."""


class RequestMeter:
    """Counts requests, by owner. `draws` says that others count, too."""

    def __init__(self, store: LimitStore, *, draws: bool, now: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._draws = draws
        self._now = now
        self._minutes: dict[str, _Minute] = {}
        self._locks = Locks()

    async def take(self, owner: str, limit: int) -> Window:
        """Count a request, and say how the minute stands after it. Raises RateLimited."""
        minute = self._minute(owner, limit)
        if not minute.granted and self._draws and minute.elsewhere:
            async with self._locks.of(owner):
                minute = await self._drawn(owner, limit)
        if not minute.granted:
            raise self._refusal(minute)
        minute.granted -= 1
        return self._window(minute)

    def look(self, owner: str) -> Window | None:
        """Say how an owner's minute stands, as far as that is known here; None if there is none."""
        minute = self._minutes.get(owner)
        return self._window(minute) if minute is not None and minute.until > self._now() else None

    def _minute(self, owner: str, limit: int) -> _Minute:
        minute = self._minutes.get(owner)
        if minute is None or minute.until <= self._now() or minute.limit != limit:
            minute = self._minutes[owner] = self._begin(minute, limit)
            self._forget_some()
        return minute

    def _begin(self, before: _Minute | None, limit: int) -> _Minute:
        """Begin a minute, or go on in one whose limit was changed: what was used of it stays used."""
        is_over = before is None or before.until <= self._now()
        minute = _Minute(limit, self._now() + MINUTE if before is None or is_over else before.until)
        used = 0 if before is None or is_over else before.limit - before.granted - before.elsewhere
        left = max(0, limit - used)
        minute.granted, minute.elsewhere = (0, left) if self._draws else (left, 0)
        return minute

    async def _drawn(self, owner: str, limit: int) -> _Minute:
        """Draw more of the store, unless whoever was here before has done it. Without a store nobody is refused."""
        minute = self._minute(owner, limit)
        if minute.granted or not minute.elsewhere:
            return minute
        try:
            drawn = await self._store.draw_requests(owner, limit=limit)
        except StorageUnavailable as error:
            log.warning("requests.not_counted", error=error.message)
            minute.granted = 1
            return minute
        minute.granted, minute.elsewhere = drawn.granted, max(0, limit - drawn.used)
        minute.until = self._now() + drawn.seconds_left
        return minute

    def _window(self, minute: _Minute) -> Window:
        seconds = min(60, max(1, math.ceil(minute.until - self._now())))
        return Window(limit=minute.limit, remaining=minute.granted + minute.elsewhere, seconds=seconds)

    def _refusal(self, minute: _Minute) -> RateLimited:
        seconds = self._window(minute).seconds
        return RateLimited(
            "requests_per_minute",
            f"{minute.limit} requests a minute are yours, and they are used up. Send it again in {seconds} s.",
            retry_after=seconds,
        )

    def _forget_some(self) -> None:
        if len(self._minutes) > REMEMBERED:
            now = self._now()
            self._minutes = {owner: each for owner, each in self._minutes.items() if each.until > now}
