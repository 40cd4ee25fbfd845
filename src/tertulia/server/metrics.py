"""What operators collect of a node: how it does, and how it is asked."""

import asyncio
from collections.abc import Callable

from tertulia.runtime.vitals import Vitals
from tertulia.server.traffic import Traffic


class Metrics:
    """Writes it when it is asked for; until then nothing of the library that writes it is in memory."""

    def __init__(self, look: Callable[[], Vitals]) -> None:
        self.traffic = Traffic()
        self.streams: Callable[[], int] = lambda: 0
        """How many event streams are open: the application says it."""
        self._look = look
        self._write: Callable[[], str] | None = None

    async def text(self) -> str:
        """Return all of it, in the text format of Prometheus."""
        if self._write is None:
            self._write = await asyncio.to_thread(self._open)  # importing takes longer than a token may wait
        return self._write()

    def _open(self) -> Callable[[], str]:
        from tertulia.server.prometheus import writer  # noqa: PLC0415 - most servers are never asked for it

        return writer(self._look, self.traffic, self.streams)
