"""PostgreSQL as the store's database, for any number of processes: the connections of one, and which work goes where.

Reads and writes have threads apart, each with a connection of its own, and what foreign threads ask for has one apart:
neither a crowd of readers nor one of writers keeps a lease from being renewed.
"""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Literal, TypeVar

from tertulia.store import rules
from tertulia.store.sql.database import Operation, Texts
from tertulia.store.sql.postgres import schema
from tertulia.store.sql.postgres.connection import connect, dialect
from tertulia.store.sql.postgres.lane import Lane, submit
from tertulia.store.sql.postgres.link import InDoubt, Link, is_committed

T = TypeVar("T")

CONNECTIONS = 10
PATIENCE = 5.0


class PostgresDatabase:
    """The database at `url`, by at most so many connections.

    What fails for reasons that may pass is tried again for `patience` seconds.
    """

    def __init__(self, url: str, *, connections: int = CONNECTIONS, patience: float = PATIENCE) -> None:
        self._url = url
        self._connections = connections
        self._patience = patience
        self._pool: Pool | None = None

    @property
    def is_shared(self) -> bool:
        return True

    @property
    def language(self) -> Literal["fts5", "tsquery"]:
        return "tsquery"

    async def open(self) -> None:
        """Raises StartupError if the server cannot be reached, or its database is not for this code."""
        await asyncio.get_running_loop().run_in_executor(None, schema.prepare, self._url)
        self._pool = Pool(self._url, self._connections)

    def version(self) -> str | None:
        """Return the version of the database's schema, or None if it has none yet. Blocks. Raises StartupError."""
        return schema.find_version(self._url)

    async def read(self, operation: Operation[T]) -> T:
        work = partial(Link.read, operation=operation, deadline=self._deadline())
        return await self._open_pool.readers.run(work)

    async def write(self, operation: Operation[T]) -> T:
        """Whoever is in doubt waits, and nobody else: the threads go on with other work."""
        pool = self._open_pool
        while True:
            try:
                work = partial(Link.write, operation=operation, deadline=self._deadline())
                return await pool.writers.run(work)
            except InDoubt as doubt:
                if await pool.is_committed(doubt):
                    return doubt.result

    async def reclaim(self) -> bool:
        """Its own vacuum does that."""
        return False

    def write_now(self, operation: Operation[T]) -> T:
        pool, deadline = self._open_pool, self._deadline()
        with pool.apart_is_free:
            while not pool.stop.is_set():
                try:
                    return pool.apart.write(operation, deadline)
                except InDoubt:
                    continue
        raise rules.closed()

    async def close(self) -> None:
        """Finish what was accepted, then let go of the connections."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.get_running_loop().run_in_executor(None, pool.close)

    def _deadline(self) -> float:
        return time.monotonic() + self._patience

    @property
    def _open_pool(self) -> "Pool":
        if self._pool is None:
            raise rules.closed()
        return self._pool


class Pool:
    """The connections of an open database, each opened when it is first needed."""

    def __init__(self, url: str, connections: int) -> None:
        self._connect = partial(connect, url)
        self.stop = threading.Event()
        self._texts = Texts(dialect())
        readers = max(1, (connections - 1) // 2)
        self.readers = Lane("reader", readers, self._new_link)
        self.writers = Lane("writer", max(1, connections - 1 - readers), self._new_link)
        self._doubts = ThreadPoolExecutor(connections, thread_name_prefix="tertulia-doubt")
        self.apart = self._new_link()
        self.apart_is_free = threading.Lock()

    def _new_link(self) -> Link:
        return Link(self._connect, self._texts, self.stop)

    async def is_committed(self, doubt: InDoubt) -> bool:
        """Find out what became of a transaction, however long the database is away."""
        return await submit(self._doubts, partial(is_committed, self._connect, doubt, self.stop))

    def close(self) -> None:
        """Finish what was asked for, then let go of the connections. Blocks."""
        self.writers.close()
        self.readers.close()
        self.stop.set()
        self._doubts.shutdown(wait=True)
        with self.apart_is_free:
            self.apart.close()
