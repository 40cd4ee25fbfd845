"""What a program says on its standard error, in our log: no more of it than can be read, and no secrets."""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TextIO

import structlog

from tertulia.tools.mcp.redaction import Redaction

log = structlog.get_logger()

MOST_LINES = 200
"""Lines of one run of a program that are logged."""
LONGEST_LINE = 500
READ_AT_ONCE = 2**16


class StandardError:
    """The last line that a program has said, for when it ends, and the log of all."""

    def __init__(self, toolgroup_id: str, redaction: Redaction) -> None:
        self._toolgroup_id = toolgroup_id
        self._redaction = redaction
        self._lines = 0
        self.last = ""

    @asynccontextmanager
    async def pipe(self) -> AsyncGenerator[TextIO, None]:
        """Open a pipe for the program to write into; close our end of it once the program has its own."""
        read_end, write_end = os.pipe()
        reader = asyncio.StreamReader(limit=READ_AT_ONCE)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read_end, "rb", 0)
        )
        following = asyncio.create_task(self._follow(reader))
        try:
            with os.fdopen(write_end, "w") as file:
                yield file
            await asyncio.wait({following}, timeout=1)
        finally:
            following.cancel()
            transport.close()

    async def _follow(self, reader: asyncio.StreamReader) -> None:
        rest = b""
        while data := await reader.read(READ_AT_ONCE):
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                self._say(line)
            if len(rest) > READ_AT_ONCE:
                self._say(rest)
                rest = b""
        self._say(rest)

    def _say(self, line: bytes) -> None:
        text = self._redaction.text(line.decode("utf-8", "replace").strip())[:LONGEST_LINE]
        if not text:
            return
        self.last = text
        self._lines += 1
        if self._lines <= MOST_LINES:
            log.info("mcp.stderr", toolgroup=self._toolgroup_id, line=text)
        elif self._lines == MOST_LINES + 1:
            log.info("mcp.stderr_quiet", toolgroup=self._toolgroup_id, hint=f"only {MOST_LINES} lines are logged")
