"""A PostgreSQL server for the benchmark: that of the tests' wheel, but it waits for the disk, as a real one does."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import psycopg

from bench.usage import Usage
from tests.store.postgres import PostgresServer

DURABLE = {"listen_addresses": "127.0.0.1", "max_connections": "100"}


class Postgres:
    """A server that is started when a database is first wanted; each is new and empty."""

    def __init__(self) -> None:
        self._server: PostgresServer | None = None
        self._count = 0

    @asynccontextmanager
    async def database(self) -> AsyncGenerator[str]:
        """The URL of a database of one's own, which is dropped afterwards, whoever uses it still."""
        if self._server is None:
            self._server = await asyncio.to_thread(_started)
        self._count += 1
        name = f"bench_{self._count}"
        await self._say(self._server, f"CREATE DATABASE {name}")
        try:
            yield urlsplit(self._server.url)._replace(path=f"/{name}").geturl()
        finally:
            await self._say(self._server, f"DROP DATABASE {name} WITH (FORCE)")

    async def _say(self, server: PostgresServer, statement: str) -> None:
        async with await psycopg.AsyncConnection.connect(server.url, autocommit=True) as admin:
            await admin.execute(statement.encode())

    @property
    def usage(self) -> Usage | None:
        """What its processes use; None before it was started."""
        return self._server and Usage(self._server.pid)

    async def remove(self) -> None:
        """Stop the server, if it was started, and delete its data."""
        if self._server is not None:
            await asyncio.to_thread(self._server.remove)


def _started() -> PostgresServer:
    server = PostgresServer(DURABLE)
    try:
        server.start()
    except BaseException:
        server.remove()
        raise
    return server
