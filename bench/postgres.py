"""A PostgreSQL server for the benchmark: the one of the tests' wheel, but one that waits for the disk as a real one does."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from tests.store.postgres import PostgresServer

DURABLE = {"listen_addresses": "127.0.0.1", "max_connections": "100"}


@asynccontextmanager
async def postgres() -> AsyncGenerator[str]:
    """The URL of an empty database on a server of its own, which is gone afterwards."""
    server = await asyncio.to_thread(PostgresServer, DURABLE)
    try:
        await asyncio.to_thread(server.start)
        yield server.url
    finally:
        await asyncio.to_thread(server.remove)
