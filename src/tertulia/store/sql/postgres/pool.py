"""The connections of one process to PostgreSQL, and which work goes where.

Reads and writes have threads apart, each with a connection of its own, and what foreign threads ask for has one apart:
neither a crowd of readers nor one of writers keeps a lease from being renewed.
"""

import asyncio
import threading
import time
from functools import partial
from typing import TypeVar

import psycopg

from tertulia.domain.errors import StartupError
from tertulia.store import rules
from tertulia.store.sql.database import Operation, Texts
from tertulia.store.sql.postgres import schema
from tertulia.store.sql.postgres.connection import DIALECT, connect, name_of
from tertulia.store.sql.postgres.lane import Lane
from tertulia.store.sql.postgres.link import InDoubt, Link, is_committed

T = TypeVar("T")


class Pool:
    """The connections to the database at `url`."""

    def __init__(self, url: str, connections: int, patience: float) -> None:
        self._url = url
        self._connect = partial(connect, url)
        self._texts = Texts(DIALECT)
        self._stop = threading.Event()
        readers = max(1, (connections - 1) // 2)
        self._patience = patience
        self._readers = Lane("reader", readers, self._new_link)
        self._writers = Lane("writer", max(1, connections - 1 - readers), self._new_link)
        self._apart = self._new_link()
        self._apart_is_free = threading.Lock()

    @property
    def is_shared(self) -> bool:
        return True

    async def open(self) -> None:
        """Raises StartupError."""
        await asyncio.get_running_loop().run_in_executor(None, self._prepare)

    def _prepare(self) -> None:
        try:
            schema.prepare(self._url)
        except psycopg.ProgrammingError as error:
            raise StartupError(f"The database URL or the rights of its user are not in order: {error}") from error
        except psycopg.Error as error:
            raise StartupError(f"The database {name_of(self._url)} cannot be used: {error}") from error

    async def read(self, operation: Operation[T]) -> T:
        deadline = self._deadline()
        return await self._readers.run(partial(Link.read, operation=operation, deadline=deadline))

    async def write(self, operation: Operation[T]) -> T:
        """Whoever is in doubt waits, and nobody else: the threads go on with other work."""
        while True:
            try:
                deadline = self._deadline()
                return await self._writers.run(partial(Link.write, operation=operation, deadline=deadline))
            except InDoubt as doubt:
                if await asyncio.to_thread(is_committed, self._connect, doubt.xid, self._stop):
                    return doubt.result

    def write_now(self, operation: Operation[T]) -> T:
        deadline = self._deadline()
        with self._apart_is_free:
            while not self._stop.is_set():
                try:
                    return self._apart.write(operation, deadline)
                except InDoubt:
                    continue
        raise rules.closed()

    async def close(self) -> None:
        """Finish what was asked for, then let go of the connections."""
        await asyncio.get_running_loop().run_in_executor(None, self._close)

    def _close(self) -> None:
        self._writers.close()
        self._readers.close()
        self._stop.set()
        with self._apart_is_free:
            self._apart.close()

    def _deadline(self) -> float:
        return time.monotonic() + self._patience

    def _new_link(self) -> Link:
        return Link(self._connect, self._texts, self._stop)
