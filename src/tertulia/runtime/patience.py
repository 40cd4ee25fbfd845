"""Reading again while the storage is away: a turn that was accepted does not fail over a moment without it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from tertulia.domain.errors import StorageUnavailable

log = structlog.get_logger()
T = TypeVar("T")

PAUSES = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each further try; after the last one it is given up."""


async def patiently(read: Callable[[], Awaitable[T]]) -> T:
    """Read, in several tries. Raises StorageUnavailable when the last one fails."""
    for pause in PAUSES:
        try:
            return await read()
        except StorageUnavailable as error:
            log.warning("storage.read_again", error=error.message, seconds=pause)
        await asyncio.sleep(pause)
    return await read()
