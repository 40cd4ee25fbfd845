"""Bodies that come slowly: as long as something comes, and not by the byte, there is no hurry; else nobody waits."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from tertulia.domain.errors import InvalidRequest

PATIENCE = 60.0
"""Seconds within which something more of a body must come: what it has brought so far takes room here."""
SLOWEST = 1_000
"""Bytes a second, over all: fewer, once those seconds are over, only hold a connection open."""


async def patiently(chunks: AsyncIterator[bytes], seconds: float = PATIENCE) -> AsyncGenerator[bytes, None]:
    """Yield what comes. Raises InvalidRequest after so many seconds of nothing, or when it comes too slowly."""
    now = asyncio.get_running_loop().time
    begun, received = now(), 0
    while True:
        try:
            async with asyncio.timeout_at(min(now() + seconds, begun + seconds + received / SLOWEST)):
                chunk = await anext(chunks, None)
        except TimeoutError:
            raise InvalidRequest(f"Nothing more of the body has come for {seconds:g} s, or too little.") from None
        if chunk is None:
            return
        received += len(chunk)
        yield chunk
