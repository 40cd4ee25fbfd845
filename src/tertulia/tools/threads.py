"""Threads for functions that block: the event loop goes on, and with it every other turn and the node's lease.

Each call has a thread of its own and not one of a pool: the loop's pool is small, and name look-ups and the store need
it; and a pool is waited for when the process ends, for as long as its slowest function. These threads are daemons.
Nobody can stop a thread: when its call was given up it goes on, and what it returns is dropped.
"""

import asyncio
import contextlib
import contextvars
import threading
from collections.abc import Awaitable, Callable, Generator
from typing import Any, Never

MOST_THREADS = 64


class Threads:
    """The threads of one tool: not more than `most` at once, further calls wait."""

    def __init__(self, name: str, most: int = MOST_THREADS) -> None:
        self._name = f"tool-{name}"
        self._places = asyncio.Semaphore(most)

    async def run(self, function: Callable[[], Any]) -> Any:
        """Call it in a thread, with the context variables of the caller; return or raise what it does."""
        await self._places.acquire()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        context = contextvars.copy_context()

        def work() -> None:
            try:
                ended = (context.run(function), None)
            except BaseException as error:  # noqa: BLE001 - it is raised where the answer is awaited
                ended = (None, error)
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is there any more
                loop.call_soon_threadsafe(self._end, answer, *ended)

        try:
            threading.Thread(target=work, name=self._name, daemon=True).start()
        except RuntimeError:  # the machine has no more of them
            self._places.release()
            raise
        return await answer

    def _end(self, answer: asyncio.Future[Any], value: Any, error: BaseException | None) -> None:
        self._places.release()
        if answer.done():  # given up
            return
        if error is None:
            answer.set_result(value)
        elif isinstance(error, StopIteration) or not isinstance(error, Exception):
            # No future takes the first, and the others would end the event loop and not this call.
            answer.set_exception(RuntimeError(f"the function raised {type(error).__name__}"))
        else:
            answer.set_exception(error)


def from_thread(output: Callable[[str], Awaitable[None]]) -> Callable[[str], Awaitable[None]]:
    """Return what a function in a thread can call as it stands, without `await`, to say something in the event loop.

    What it returns to be awaited runs in the loop, and there the same has to be awaited.
    """
    loop, home = asyncio.get_running_loop(), threading.get_ident()

    async def say(text: str) -> None:
        await output(text)

    def call(text: str) -> Awaitable[None]:
        if threading.get_ident() == home:
            return output(text)
        asyncio.run_coroutine_threadsafe(say(text), loop).result()
        return _Done()

    return call


class _Done:
    """What there is to await when all is done."""

    def __await__(self) -> Generator[Never, None, None]:
        yield from ()
