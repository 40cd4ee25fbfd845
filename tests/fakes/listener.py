"""What listens on loopback in tests: at any free port, with its connections counted, and ended when the test ends."""

import asyncio
import socket
import struct
from contextlib import suppress
from types import TracebackType
from typing import Self

LONGEST_LINE = 64 * 2**20


class Listener:
    """Serves each connection by `serve`, which a server of its own kind says."""

    def __init__(self) -> None:
        self.connections = 0
        """How many were opened."""
        self._open: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection; it is closed when this returns, or raises what comes of clients that leave."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=LONGEST_LINE)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await self._server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self.serve(reader, writer)
        finally:
            self._open.discard(task)
            await close(writer)


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection as a machine that dies does."""
    sock = writer.get_extra_info("socket")
    if sock is not None:
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def close(writer: asyncio.StreamWriter) -> None:
    """End a connection, wherever the other side is."""
    writer.close()
    with suppress(OSError, asyncio.CancelledError):
        await writer.wait_closed()
