"""Signs of life in streams in which nothing happens, by one timer for all of them: thousands may wait at once."""

import asyncio
from typing import Protocol


class Beating(Protocol):
    """What is told every so many seconds that nothing else may have been said meanwhile."""

    def beat(self) -> None: ...


class Heartbeats:
    """Tells each of many every `seconds` after it has come."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._due: dict[Beating, float] = {}
        """In the order of their times: whoever was told comes last."""
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._due)

    def add(self, one: Beating) -> None:
        """Tell one more."""
        self._due[one] = asyncio.get_running_loop().time() + self._seconds
        self._wait()

    def remove(self, one: Beating) -> None:
        """Tell it no more, if it is still told."""
        self._due.pop(one, None)
        if not self._due and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self) -> None:
        if self._timer is None and self._due:
            self._timer = asyncio.get_running_loop().call_at(next(iter(self._due.values())), self._tell)

    def _tell(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        for one in [one for one, due in self._due.items() if due <= now]:
            if self._due.pop(one, None) is not None:  # nobody before it has ended it
                self._due[one] = now + self._seconds
                one.beat()
        self._wait()
