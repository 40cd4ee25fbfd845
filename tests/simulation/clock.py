"""Time and ids of a simulated node: the loop's time, which its clock may get wrong, and ids in the order of making."""

import asyncio
import datetime as dt
from itertools import count

BEGIN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


class NodeClock:
    """A node's wall clock, `skew` seconds off; it rises with every reading."""

    def __init__(self, loop: asyncio.AbstractEventLoop, skew: float) -> None:
        self._loop = loop
        self._skew = skew
        self._last = 0

    def __call__(self) -> str:
        now = int((self._loop.time() + self._skew) * 1_000_000)
        self._last = max(now, self._last + 1)
        moment = BEGIN + dt.timedelta(microseconds=self._last)
        return f"{moment.isoformat(timespec='microseconds').removesuffix('+00:00')}Z"


class Ids:
    """New ids, one after the other."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def __call__(self) -> str:
        return f"id{next(self._numbers):05d}"
