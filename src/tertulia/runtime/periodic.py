"""Work that is done now and then, as long as the server runs: the next time may go well when this one has not."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from tertulia.domain.errors import TertuliaError

log = structlog.get_logger()


class Periodic:
    """Does something every so many seconds."""

    def __init__(self, name: str, work: Callable[[], Awaitable[object]], *, every: float) -> None:
        self._name = name
        self._work = work
        self._every = every
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, with a pause first."""
        self._task = asyncio.create_task(self._go_on(), name=self._name)

    async def stop(self) -> None:
        """Do it no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            try:
                await self._work()
            except TertuliaError as error:  # storage is away, or a bucket that is gone says that nothing is found
                log.warning("periodic.not_done", work=self._name, error=error.message)
            except Exception:  # a mistake of ours, or a row that makes no sense: all else must not stay undone for ever
                log.exception("periodic.crashed", work=self._name)
