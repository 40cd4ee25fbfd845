"""SQLite as the store's database: one file, one process, one writer, and readers beside it.

The write-ahead log lets readers see the last commit while the writer works. A database in memory (no path) exists on
one connection only, so that there reads queue up with writes.
"""

import asyncio
import os
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal, TypeVar

from tertulia.domain.errors import StartupError
from tertulia.store import rules
from tertulia.store.sql.database import Operation, Texts
from tertulia.store.sql.sqlite import schema
from tertulia.store.sql.sqlite.connection import (
    DIALECT,
    GIVE_PAGES_BACK,
    OnConnect,
    SqliteConnection,
    connect,
    is_storage_error,
    unavailable,
)
from tertulia.store.sql.sqlite.lock import FileLock
from tertulia.store.sql.sqlite.reclaiming import forget_words, give_back
from tertulia.store.sql.sqlite.writer import Writer

T = TypeVar("T")

READERS = 4


class SqliteDatabase:
    """A SQLite file at `path`, or a database in memory. `on_connect` is given every raw connection that is opened."""

    def __init__(self, path: Path | None, *, on_connect: OnConnect | None = None) -> None:
        self._path = None if path is None else Path(os.path.realpath(path))
        self._on_connect = on_connect
        self._texts = Texts(DIALECT)
        self._lock: FileLock | None = None
        self._raw: sqlite3.Connection | None = None
        self._writer: Writer | None = None
        self._readers: Readers | None = None

    @property
    def is_shared(self) -> bool:
        return False

    @property
    def language(self) -> Literal["fts5", "tsquery"]:
        return "fts5"

    async def open(self) -> None:
        """Raises StartupError if the file is in use, cannot be used, or is of a newer version."""
        loop = asyncio.get_running_loop()
        raw = await loop.run_in_executor(None, self._prepare)
        self._raw = raw
        self._writer = Writer(raw, SqliteConnection(raw, self._texts), loop)
        if self._path is not None:
            self._readers = Readers(self._path, self._on_connect, self._texts)

    async def read(self, operation: Operation[T]) -> T:
        if self._readers is None:
            return await self.write(operation)
        return await self._readers.run(operation)

    async def write(self, operation: Operation[T]) -> T:
        return await self._open_writer.submit(operation)

    async def reclaim(self) -> bool:
        if self._path is None:
            return False
        return await self._open_writer.submit_between(give_back)

    def write_now(self, operation: Operation[T]) -> T:
        return self._open_writer.run(operation)

    @property
    def _open_writer(self) -> Writer:
        if self._writer is None:
            raise rules.closed()
        return self._writer

    async def close(self) -> None:
        """Write what was accepted, then let go of the file."""
        writer, self._writer, readers, self._readers = self._writer, None, self._readers, None
        await asyncio.get_running_loop().run_in_executor(None, self._release, writer, readers)

    def _prepare(self) -> sqlite3.Connection:
        if self._path is None:
            raw = connect(None, self._on_connect)
            schema.prepare(raw, None)
            return raw
        try:
            return self._open_file(self._path)
        except (sqlite3.Error, OSError) as error:
            self._release()
            raise StartupError(f"The database {self._path} cannot be used: {error}.") from error
        except StartupError:
            self._release()
            raise

    def _open_file(self, path: Path) -> sqlite3.Connection:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(path)
        self._lock.acquire()
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # conversations are for their owner's eyes
        self._raw = raw = connect(path, self._on_connect)
        if path.stat().st_size == 0:
            raw.execute(GIVE_PAGES_BACK)
        (mode,) = raw.execute("PRAGMA journal_mode = WAL").fetchone()
        if mode != "wal":
            raise StartupError(f"The file system of {path} does not support SQLite's write-ahead log.")
        schema.prepare(raw, path, self._on_connect)
        forget_words(raw)
        return raw

    def _release(self, writer: Writer | None = None, readers: "Readers | None" = None) -> None:
        """Undo `open`, as far as it got. Blocks."""
        if writer is not None:
            writer.finish()
        if readers is not None:
            readers.close()
        if self._raw is not None:
            self._raw.close()
            self._raw = None
        if self._lock is not None:
            self._lock.release()


class Readers:
    """A few threads with a connection each, opened when first needed."""

    def __init__(self, path: Path, on_connect: OnConnect | None, texts: Texts) -> None:
        self._path = path
        self._on_connect = on_connect
        self._texts = texts
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="tertulia-reader")
        self._own = threading.local()
        self._all: list[sqlite3.Connection] = []

    async def run(self, operation: Operation[T]) -> T:
        """Run an operation that only reads; all its statements see the same commit."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read, operation)

    def _read(self, operation: Operation[T]) -> T:
        try:
            raw, db = self._connection()
            raw.execute("BEGIN")
            try:
                return operation(db)
            finally:
                raw.execute("COMMIT")
        except sqlite3.Error as error:
            if is_storage_error(error):
                raise unavailable(error) from error
            raise

    def _connection(self) -> tuple[sqlite3.Connection, SqliteConnection]:
        found: tuple[sqlite3.Connection, SqliteConnection] | None = getattr(self._own, "connection", None)
        if found is None:
            raw = connect(self._path, self._on_connect)
            raw.execute("PRAGMA query_only = ON")
            self._all.append(raw)
            found = self._own.connection = (raw, SqliteConnection(raw, self._texts))
        return found

    def close(self) -> None:
        """Let readers finish, then close their connections. Blocks."""
        self._threads.shutdown(wait=True)
        for raw in self._all:
            raw.close()
        self._all.clear()
