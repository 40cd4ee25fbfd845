"""An event loop on a thread of its own: for servers of a test that waits for processes."""

import asyncio
import threading
from collections.abc import Generator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import TypeVar

T = TypeVar("T")

SECONDS = 60
"""How long entering and leaving may take."""


@contextmanager
def entered(manager: AbstractAsyncContextManager[T]) -> Generator[T, None, None]:
    """Enter an asynchronous context on another thread for as long as the block runs."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="loop")
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(manager.__aenter__(), loop).result(SECONDS)
        asyncio.run_coroutine_threadsafe(manager.__aexit__(None, None, None), loop).result(SECONDS)
    finally:
        asyncio.run_coroutine_threadsafe(_end_all(), loop).result(SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(SECONDS)
        loop.close()


async def _end_all() -> None:
    """End what still runs on the loop."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
