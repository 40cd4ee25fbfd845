"""A bad network: connections to a server that break after as many bytes of its answers as a test says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class CuttingProxy:
    """`cuts` holds, for each connection to come, the bytes after which it breaks; later connections hold."""

    def __init__(self, port: int) -> None:
        self._target = port
        self.cuts: list[int] = []
        self.connections = 0
        self.url = ""
        self._serving: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["CuttingProxy"]:
        """Listen for as long as the block runs."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()
            for connection in self._serving:
                connection.cancel()
            await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        left = self.cuts.pop(0) if self.cuts else None
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self._target)
        asking = asyncio.create_task(_pump(reader, to_server, None))
        try:
            await _pump(from_server, writer, left)
        finally:
            asking.cancel()
            for end in (writer, to_server):
                end.close()
                with suppress(OSError):
                    await end.wait_closed()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter, limit: int | None) -> None:
    with suppress(OSError, asyncio.CancelledError):
        while chunk := await source.read(65536):
            sink.write(chunk if limit is None else chunk[:limit])
            await sink.drain()
            if limit is not None:
                limit -= len(chunk)
                if limit <= 0:
                    return
