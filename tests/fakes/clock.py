"""A clock that stands still until a test moves it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass
class ManualTimer:
    at: float
    call: Callable[[], None] | None

    def cancel(self) -> None:
        self.call = None


class ManualClock:
    """`sleep` takes no time but moves the clock; whoever waits for something else is woken by `pass_time`."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.sleeps: list[float] = []
        self._timers: list[ManualTimer] = []

    def now(self) -> float:
        return self.seconds

    def wall(self) -> datetime:
        return BEGIN + timedelta(seconds=self.seconds)

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)

    def call_later(self, seconds: float, call: Callable[[], None]) -> ManualTimer:
        timer = ManualTimer(self.seconds + seconds, call)
        self._timers.append(timer)
        return timer

    @property
    def has_timers(self) -> bool:
        return any(timer.call for timer in self._timers)

    def pass_time(self, seconds: float) -> None:
        """Let so many seconds pass; what was arranged for them happens, in order."""
        end = self.seconds + seconds
        while due := [timer for timer in self._timers if timer.call and timer.at <= end]:
            timer = min(due, key=lambda timer: timer.at)
            self.seconds, call = max(self.seconds, timer.at), timer.call
            timer.cancel()
            assert call is not None
            call()
        self.seconds = end
