"""A bell that costs next to nothing while nobody waits, and little while somebody does.

`asyncio.Event` keeps a queue, which takes 760 bytes even when it is empty; each of thousands of readers
has several bells.
"""

import asyncio
from typing import Literal


class Bell:
    """An `asyncio.Event` in what it does."""

    __slots__ = ("_is_set", "_waiting")

    def __init__(self) -> None:
        self._is_set = False
        self._waiting: tuple[asyncio.Future[None], ...] = ()

    def is_set(self) -> bool:
        """Tell whether it rings."""
        return self._is_set

    def set(self) -> None:
        """Ring: wake who waits, in the order in which they came, and let nobody wait until it is cleared."""
        self._is_set = True
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    def clear(self) -> None:
        """Let who comes from now on wait for the next ring."""
        self._is_set = False

    async def wait(self) -> Literal[True]:
        """Return once it rings, or has rung while one waited."""
        if self._is_set:
            return True
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting = (*self._waiting, future)
        try:
            await future
        finally:
            self._waiting = tuple(each for each in self._waiting if each is not future)
        return True
