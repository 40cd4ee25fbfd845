"""Time, as talking with model servers needs it: handed in, so that a test can make two minutes pass at once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Protocol, TypeVar

T = TypeVar("T")


class Timer(Protocol):
    """A call that was arranged for later."""

    def cancel(self) -> None: ...


class Clock(Protocol):
    """What time it is, and how to wait."""

    def now(self) -> float:
        """Seconds since some moment; they only ever grow."""
        ...

    def wall(self) -> datetime:
        """The time of day, for dates that servers name."""
        ...

    async def sleep(self, seconds: float) -> None: ...

    def call_later(self, seconds: float, call: Callable[[], None]) -> Timer: ...


class LoopClock:
    """The clock of the running event loop."""

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def wall(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def call_later(self, seconds: float, call: Callable[[], None]) -> Timer:
        return asyncio.get_running_loop().call_later(seconds, call)


class TimeIsUp(Exception):
    """What was awaited did not come in time."""


class Watchdog:
    """Ends an await that lasts too long, and costs next to nothing when it does not.

    A stream awaits thousands of reads, so there is no timer for each: one timer looks, when it rings, whether the
    deadline has moved on meanwhile, and is set again for the rest. Time counts only while something is awaited, never
    while whoever reads the stream is busy.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._timer: Timer | None = None
        self._rings_at = 0.0
        self._deadline = 0.0
        self._waiting: asyncio.Task[object] | None = None
        self._is_up = False

    async def wait(self, awaited: Awaitable[T], deadline: float) -> T:
        """Await it until `deadline`, by the clock. Raises TimeIsUp."""
        self._deadline = deadline
        self._waiting = task = asyncio.current_task()
        if self._timer is None or self._rings_at > deadline:
            self._set_timer()
        try:
            return await awaited
        except asyncio.CancelledError:
            # As asyncio.timeout does it: a cancellation that came from outside as well is not ours to swallow.
            if self._is_up and task is not None and task.uncancel() == 0:
                raise TimeIsUp from None
            raise
        finally:
            self._waiting = None

    def close(self) -> None:
        """Let nothing ring any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set_timer(self) -> None:
        self.close()
        self._rings_at = self._deadline
        self._timer = self._clock.call_later(max(0.0, self._deadline - self._clock.now()), self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self._waiting is None:
            return
        if self._clock.now() < self._deadline:
            self._set_timer()
            return
        self._is_up = True
        self._waiting.cancel()
