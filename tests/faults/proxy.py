"""A TCP proxy that does to each connection what a bad network does: cut it, reset it, stall it, swallow it, slow it.

It stands between clients and a server, or between a server and its model server, and counts the bytes that come back.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.fakes.listener import Listener, close, reset

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


class FaultProxy(Listener):
    """Listens at `port` and passes on to `target`. While `delay_s` is set, each piece of an answer comes that late."""

    def __init__(self, target: int, plan: Plan = lambda _: Fault()) -> None:
        super().__init__()
        self.target = target
        self._plan = plan
        self.delay_s = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._pass_on(reader, writer, self._plan(self.connections))

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
