"""One reader of one stream that notes when each token, or each event, first came.

It parses nothing: a pattern is looked for in what the network brings, so that hundreds of readers cost the machine
little.
"""

import asyncio
import re
from collections.abc import Callable
from time import perf_counter
from typing import cast

from bench.connection import address
from bench.targets import TargetError

TOKEN = re.compile(rb"word(\d+) ")
"""The number of a token, counted from 1; what repeats it later is no news."""
EVENT = re.compile(rb"id: (\d+\.\d+\.\d+)\n")
"""The id of an event: the turn's number, the epoch of its runner, a count."""
LONGEST_MATCH = 64
END = b"0\r\n\r\n"
"""The last chunk of a response; within a stream no line ends like this."""
PATIENCE_S = 60.0


class Stream(asyncio.Protocol):
    """Sends a request and notes the time of the first match for each value of the pattern's group."""

    def __init__(self, asked: bytes, pattern: re.Pattern[bytes]) -> None:
        self._asked = asked
        self._pattern = pattern
        self._rest = b""
        self._bell = asyncio.Event()
        self._ended = False
        self.is_whole = False
        self.times: dict[bytes, float] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._asked)

    def data_received(self, data: bytes) -> None:
        now = perf_counter()
        seen = self._rest + data
        for match in self._pattern.finditer(seen):
            self.times.setdefault(match[1], now)
        self._rest = seen[-LONGEST_MATCH:]
        if seen.endswith(END):
            self.is_whole = self._ended = True
        self._bell.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended = True
        self._bell.set()

    async def until(self, is_it: Callable[[bytes], bool]) -> float:
        """Wait for a match whose group is as wanted; return when it came. Raises TargetError when the stream ends."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for value, came in self.times.items():
                    if is_it(value):
                        return came
                if self._ended:
                    raise TargetError("a stream ended before what it was read for had come")
                await self._ring()

    async def until_end(self) -> None:
        """Wait until the response has ended, however that came about."""
        async with asyncio.timeout(PATIENCE_S):
            while not self._ended:
                await self._ring()

    async def _ring(self) -> None:
        self._bell.clear()
        await self._bell.wait()

    def close(self) -> None:
        """Hang up."""
        self._transport.abort()


async def follow(url: str, asked: bytes, pattern: re.Pattern[bytes]) -> Stream:
    """Connect to the server at a URL and begin to read."""
    loop = asyncio.get_running_loop()
    _, stream = await loop.create_connection(lambda: Stream(asked, pattern), *address(url))
    return stream


def is_later_epoch(event_id: bytes) -> bool:
    """Tell whether an event is of a runner that has taken its turn over."""
    return int(event_id.split(b".")[1]) > 1
