"""How many turns run at once in this process, and who is next: owners take turns, whoever has how many waiting."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from tertulia.domain.errors import Overloaded

RETRY_AFTER = 2
"""Seconds that a client is asked to wait when too many turns wait already."""


class Places:
    """`count` places; at most `most_waiting` turns wait for one, each owner's in order."""

    def __init__(self, count: int, *, most_waiting: int) -> None:
        self._count = count
        self._free = count
        self._most_waiting = most_waiting
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._count_waiting = 0

    @property
    def free(self) -> int:
        """How many more turns could run now."""
        return self._free

    @property
    def taken(self) -> int:
        """How many turns run."""
        return self._count - self._free

    @property
    def waiting(self) -> int:
        """How many turns wait for a place."""
        return self._count_waiting

    def refuse_when_full(self) -> None:
        """Raise Overloaded when no more may wait."""
        if self._count_waiting >= self._most_waiting:
            raise Overloaded(retry_after=RETRY_AFTER)

    @asynccontextmanager
    async def take(self, owner: str) -> AsyncGenerator[None]:
        """Hold a place for as long as the block runs; wait for one if there is none."""
        if self._free:
            self._free -= 1
        else:
            await self._wait(owner)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, owner: str) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(owner, deque()).append(turn)
        self._count_waiting += 1
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._forget(owner, turn)
            else:  # it was given a place and cancelled at the same moment
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        """Give a place to the next owner's first turn, or keep it free."""
        while self._waiting:
            owner, queue = self._waiting.popitem(last=False)
            turn = queue.popleft()
            self._count_waiting -= 1
            if queue:
                self._waiting[owner] = queue  # behind all others
            if not turn.cancelled():
                turn.set_result(None)
                return
        self._free += 1

    def _forget(self, owner: str, turn: asyncio.Future[None]) -> None:
        queue = self._waiting.get(owner, deque[asyncio.Future[None]]())
        if turn in queue:
            queue.remove(turn)
            self._count_waiting -= 1
            if not queue:
                del self._waiting[owner]
