"""A TCP proxy that does to each connection what a bad network does: cut it, reset it, stall it, swallow it, slow it.

It stands between clients and a server, or between a server and its model server, and counts the bytes that come back.
"""

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

Kind = Literal["none", "cut", "reset", "stall", "swallow"]
CHUNK = 16_384


@dataclass(frozen=True)
class Fault:
    """What happens to a connection once `after` bytes of answers have come back.

    `cut` ends it properly, `reset` does not; `stall` reads no more from the server, as a client does that has stopped
    reading; `swallow` reads on and passes nothing on, as a network does that has lost the client.
    """

    kind: Kind = "none"
    after: int = 0


Plan = Callable[[int], Fault]
"""Takes the number of a connection, from 1, to its fault."""


class FaultProxy:
    """Listens at `port` and passes on to `target`. While `delay_s` is set, each piece of an answer comes that late."""

    def __init__(self, target: int, plan: Plan = lambda _: Fault()) -> None:
        self.target = target
        self._plan = plan
        self.delay_s = 0.0
        self.connections = 0
        self._open: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
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
            with suppress(OSError, asyncio.CancelledError):
                await self._pass_on(reader, writer, self._plan(self.connections))
        finally:
            self._open.discard(task)
            await close(writer)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: Fault) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.target, limit=CHUNK)
        asking = asyncio.create_task(_copy(reader, there_writer))
        answering = asyncio.create_task(self._answer(there_reader, writer, fault))
        try:
            done, _ = await asyncio.wait((asking, answering), return_when=asyncio.FIRST_COMPLETED)
            if answering in done and fault.kind == "reset" and not there_reader.at_eof():
                reset(writer)
                reset(there_writer)
        finally:
            for task in (asking, answering):
                task.cancel()
            await asyncio.gather(asking, answering, return_exceptions=True)
            await close(there_writer)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: Fault) -> None:
        """Copy until the fault; return when the connection is to end."""
        left = fault.after if fault.kind != "none" else None
        while data := await reader.read(CHUNK):
            if self.delay_s:
                await asyncio.sleep(self.delay_s)
            passed = data if left is None else data[:left]
            writer.write(passed)
            await writer.drain()
            if left is not None and (left := left - len(passed)) <= 0:
                break
        else:
            return
        if fault.kind == "swallow":
            while await reader.read(CHUNK):
                pass
        elif fault.kind == "stall":
            await asyncio.Event().wait()  # ends with the client


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()


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
