"""Memory: of a server that does nothing, of one that has worked, and of readers that only wait."""

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import cast

from bench.ask import Ask
from bench.connection import address
from bench.stage import Figure, Stage
from bench.targets import TargetError
from bench.usage import Usage

SETTLE_S = 1.0
CONNECTING = 50
"""Readers that connect side by side: fewer than a server's backlog."""
SPARE_FILES = 200


async def idle(stage: Stage) -> AsyncIterator[Figure]:
    """A server that has answered a health check and nothing else."""
    yield Figure("memory.idle_mb", "memory, idle", "MB", await settled(stage.usage))


async def loaded(stage: Stage) -> AsyncIterator[Figure]:
    """The same server after all the loads before."""
    yield Figure("memory.loaded_mb", "memory, after the loads", "MB", await settled(stage.usage))


async def idle_readers(stage: Stage) -> AsyncIterator[Figure]:
    """Readers of the events of a turn in which nothing happens; only our own dialect has such readers."""
    if stage.server.dialect != "native":
        return
    count = min(stage.plan.idle_readers, open_files() - SPARE_FILES)
    turn = await waiting_turn(stage)
    before = await settled(stage.usage)
    readers = await connect(count, stage.server.url, stage.server.get(f"{turn}/events"))
    after = await settled(stage.usage)
    each = None if before is None or after is None else (after - before) * 1024 / count
    yield Figure("memory.reader_kb", f"memory of each of {count:,} idle readers", "KB", each)
    for reader in readers:
        reader.abort()
    await stage.server.call("POST", f"{turn}/cancel")


async def settled(usage: Usage | None) -> float | None:
    """Memory after a moment's rest."""
    await asyncio.sleep(SETTLE_S)
    return usage.memory_mb() if usage else None


async def waiting_turn(stage: Stage) -> str:
    """The address of a turn whose first word comes in a minute."""
    place = (await stage.server.prepare(1, within=1.0))[0]
    return await stage.server.begin(place, Ask(1, pause_ms=60_000).text)


class IdleReader(asyncio.Protocol):
    """Follows a stream and is told when its first event is there; what comes later is of no interest."""

    def __init__(self, asked: bytes) -> None:
        self._asked = asked
        self.has_begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.Transport", transport).write(self._asked)

    def data_received(self, data: bytes) -> None:
        if b"data:" in data and not self.has_begun.done():
            self.has_begun.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.has_begun.done():
            self.has_begun.set_exception(TargetError("the server hung up on an idle reader"))


async def connect(count: int, url: str, asked: bytes) -> list[asyncio.Transport]:
    """Open so many readers, each with its first events read."""
    host, port = address(url)
    loop = asyncio.get_running_loop()
    gate = asyncio.Semaphore(CONNECTING)

    async def one() -> asyncio.Transport:
        async with gate:
            transport, reader = await loop.create_connection(lambda: IdleReader(asked), host, port)
            await reader.has_begun
            return transport

    return list(await asyncio.gather(*(one() for _ in range(count))))


def open_files() -> int:
    """How many files a process may have open, which bounds its connections."""
    if sys.platform == "win32":
        return 1_000
    import resource  # noqa: PLC0415 - there is none on Windows

    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
