"""A few threads with a connection each, to which operations come from the event loop, in order."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from tertulia.store import rules
from tertulia.store.sql.postgres.link import Link

T = TypeVar("T")


def submit(threads: ThreadPoolExecutor, work: Callable[[], T]) -> asyncio.Future[T]:
    """Give threads some work. Raises StorageUnavailable if they have been shut down."""
    try:
        return asyncio.get_running_loop().run_in_executor(threads, work)
    except RuntimeError as error:
        raise rules.closed() from error


class Lane:
    """Threads for one kind of work, so that it waits for no other."""

    def __init__(self, name: str, width: int, new_link: Callable[[], Link]) -> None:
        self._threads = ThreadPoolExecutor(width, thread_name_prefix=f"tertulia-{name}")
        self._new_link = new_link
        self._own = threading.local()
        self._all: list[Link] = []

    async def run(self, work: Callable[[Link], T]) -> T:
        """Run work on a thread's link. Raises StorageUnavailable if the lane is closed."""
        return await submit(self._threads, partial(self._work, work))

    def _work(self, work: Callable[[Link], T]) -> T:
        link: Link | None = getattr(self._own, "link", None)
        if link is None:
            link = self._own.link = self._new_link()
            self._all.append(link)
        return work(link)

    def close(self) -> None:
        """Finish what was asked for, then close the connections. Blocks."""
        self._threads.shutdown(wait=True)
        for link in self._all:
            link.close()
        self._all.clear()
