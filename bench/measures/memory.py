"""Memory: of a server that does nothing, of one that has worked, and of readers that only wait."""

import asyncio
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from bench.ask import Ask
from bench.connection import address
from bench.processes import tertulia
from bench.stage import Figure, Stage
from bench.targets import AgentsApi, TargetError
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
    """Readers of the events of a turn in which nothing happens; only our own dialect has such readers.

    A server that has worked has memory to spare, in which readers would seem to cost less than they do: so this is a
    new one, if we can start one, whose first readers are not counted.
    """
    if stage.server.dialect != "native":
        return
    count = min(stage.plan.idle_readers, open_files() - SPARE_FILES)
    async with new_server(stage) as (server, usage):
        turn = await waiting_turn(server)
        first = await connect(CONNECTING, server.url, server.get(f"{turn}/events"))
        before = await settled(usage)
        readers = await connect(count, server.url, server.get(f"{turn}/events"))
        after = await settled(usage)
        each = None if before is None or after is None else (after - before) * 1024 / count
        yield Figure("memory.reader_kb", f"memory of each of {count:,} idle readers", "KB", each)
        for reader in (*first, *readers):
            reader.abort()
        await server.call("POST", f"{turn}/cancel")


@asynccontextmanager
async def new_server(stage: Stage) -> AsyncGenerator[tuple[AgentsApi, Usage | None]]:
    """A server of our own that has done nothing yet; the one under load where we start none."""
    if stage.data_root is None:
        yield stage.server, stage.usage
        return
    async with tertulia(stage.data_root / "readers", stage.direct.url) as server:
        yield stage.server.at(server.url), server.usage


async def settled(usage: Usage | None) -> float | None:
    """Memory after a moment's rest."""
    await asyncio.sleep(SETTLE_S)
    return usage.memory_mb() if usage else None


async def waiting_turn(server: AgentsApi) -> str:
    """The address of a turn whose first word comes in a minute."""
    place = (await server.prepare(1, within=1.0))[0]
    return await server.begin(place, Ask(1, pause_ms=60_000).text)


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
