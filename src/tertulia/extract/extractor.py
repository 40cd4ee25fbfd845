"""Reads files in processes of their own, a few at a time: one process a file, which ends with it.

A process for each costs some tenths of a second, once for a file ever (what comes of it is kept), and buys that nothing
of one file, or of what a hostile one has done to its reader, is there when the next is read.
"""

import asyncio
import contextlib
import math
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterable, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import msgspec
import structlog
from msgspec.structs import replace

from tertulia.domain.base import Value
from tertulia.extract.base import Extract, Job, NoExtract

log = structlog.get_logger()

MAX_CONTENT_BYTES = 100_000_000
MAX_OUTPUT_BYTES = 16 * 1024 * 1024
GRACE_S = 1.0
SHARE_OF_TIME = 0.6
"""Of the time a process has: then a reader ends with what it has, rather than to be ended with nothing."""
KEPT_VARIABLES = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""What Python may need to start; nothing else of the server's environment, such as keys, is handed on."""

TOO_LONG = "reading it takes too long"
BROKE_OFF = "reading it takes more than is allowed, or breaks off"

Take = Callable[[str], AbstractAsyncContextManager[None]]
"""Holds one of the few places to read a file, for an owner."""


class ExtractLimits(Value):
    """What one file may cost: seconds from the start of its process to the end, and the memory of that."""

    seconds: float = 20.0
    memory_bytes: int = 512 * 1024 * 1024


class Extractor:
    """Takes files apart. It never raises because of a file: what cannot be read is a NoExtract with its reason."""

    def __init__(self, limits: ExtractLimits, *, take: Take) -> None:
        self._limits = limits
        self._take = take

    async def extract(self, job: Job, content: AsyncIterable[bytes], *, owner: str) -> Extract:
        """Read one file, in its turn. Raises what `content` raises."""
        async with self._take(owner):
            process = await self._start()
            try:
                async with asyncio.timeout(self._limits.seconds):
                    return await self._talk(process, job, content)
            except TimeoutError:
                log.warning("extract.too_long", task=job.task)
                return NoExtract(reason=TOO_LONG, is_final=False)
            finally:
                await see_out(process)

    async def text_of_html(self, page: bytes, *, charset: str = "", owner: str) -> Extract:
        """Return the readable text of a web page."""
        return await self.extract(Job(task="html", charset=charset), _once(page), owner=owner)

    async def _start(self) -> Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-I", "-B", "-m", "tertulia.extract.worker"),
            *(str(self._limits.memory_bytes), str(math.ceil(self._limits.seconds) + 1)),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env={name: value for name in KEPT_VARIABLES if (value := os.environ.get(name))},
        )

    async def _talk(self, process: Process, job: Job, content: AsyncIterable[bytes]) -> Extract:
        assert process.stdin is not None, "it is a pipe"
        assert process.stdout is not None, "it is a pipe"
        given = replace(job, seconds=self._limits.seconds * SHARE_OF_TIME)
        if not await _send(process.stdin, msgspec.json.encode(given) + b"\n", content):
            return NoExtract(reason=f"it is larger than {MAX_CONTENT_BYTES // 1_000_000} MB, and not read")
        answer = bytearray()
        while piece := await process.stdout.read(65536):
            answer += piece
            if len(answer) > MAX_OUTPUT_BYTES:
                return NoExtract(reason="too much comes of it")
        try:
            return msgspec.msgpack.decode(answer, type=Extract)
        except (msgspec.DecodeError, msgspec.ValidationError):
            log.warning("extract.broke_off", task=job.task)
            return NoExtract(reason=BROKE_OFF, is_final=False)


async def _send(pipe: asyncio.StreamWriter, head: bytes, content: AsyncIterable[bytes]) -> bool:
    """Hand a file over; False when it is too large. A process that ends early says why by its answer."""
    pipe.write(head)
    size = 0
    async for piece in content:
        size += len(piece)
        if size > MAX_CONTENT_BYTES:
            return False
        pipe.write(piece)
        try:
            await pipe.drain()
        except ConnectionError:
            break
    pipe.close()
    return True


async def see_out(process: Process) -> None:
    """See a process to its end: one that has closed its output is about to end, and every other is ended."""
    assert process.stdout is not None, "it is a pipe"
    if process.stdout.at_eof():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), GRACE_S)
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        while await process.stdout.read(65536):
            pass  # asyncio says that a process has ended once nothing of it is left in the pipe
        await process.wait()


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
