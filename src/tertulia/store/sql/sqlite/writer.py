"""The one thread that writes to a SQLite file, with group commit.

All operations that wait are run in one transaction, so that they share its sync to the disk. Each has a savepoint
of its own, so that one that is refused leaves no trace and does not spoil the others. Nobody is answered before the
commit.
"""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any

from tertulia.domain.errors import Conflict
from tertulia.store import rules
from tertulia.store.sql.database import Connection, Operation
from tertulia.store.sql.sqlite.connection import SqliteConnection, is_storage_error, unavailable

MOST_TOGETHER = 512
"""How many operations share a commit at most: a bound for how long the first of them waits for the last."""


class Job:
    """An operation and its outcome."""

    def __init__(self, operation: Operation[Any]) -> None:
        self.operation = operation
        self.result: Any = None
        self.error: Exception | None = None


class Awaited(Job):
    """An operation that somebody awaits on the event loop."""

    def __init__(self, operation: Operation[Any], future: asyncio.Future[Any]) -> None:
        super().__init__(operation)
        self.future = future

    def settle(self) -> None:
        """Wake who waits, on the event loop; whoever was cancelled meanwhile does not wait any more."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class Between(Awaited):
    """Work on the raw connection that is done between two transactions."""

    work: Callable[[sqlite3.Connection], Any]


class Blocking(Job):
    """An operation that a thread waits for."""

    def __init__(self, operation: Operation[Any]) -> None:
        super().__init__(operation)
        self.is_done = threading.Event()

    def outcome(self) -> Any:
        """Wait for the operation's end; return what it returned or raise what it raised."""
        self.is_done.wait()
        if self.error is not None:
            raise self.error
        return self.result


class Writer:
    """Takes operations from an event loop and runs them on its own thread, in order."""

    def __init__(self, raw: sqlite3.Connection, db: SqliteConnection, loop: asyncio.AbstractEventLoop) -> None:
        self._raw = raw
        self._db = db
        self._loop = loop
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._door = threading.Lock()
        self._is_closed = False
        self._thread = threading.Thread(target=self._work, name="tertulia-writer", daemon=True)
        self._thread.start()

    def submit(self, operation: Operation[Any]) -> asyncio.Future[Any]:
        """Queue an operation; the future has its result once that is on the disk. Raises StorageUnavailable."""
        job = Awaited(operation, self._loop.create_future())
        self._put(job)
        return job.future

    def submit_between(self, work: Callable[[sqlite3.Connection], Any]) -> asyncio.Future[Any]:
        """Queue what no transaction can do. Raises StorageUnavailable."""
        job = Between(_nothing, self._loop.create_future())
        job.work = work
        self._put(job)
        return job.future

    def run(self, operation: Operation[Any]) -> Any:
        """Run an operation for a foreign thread; return once it is on the disk. Raises StorageUnavailable. Blocks."""
        job = Blocking(operation)
        self._put(job)
        return job.outcome()

    def _put(self, job: Job) -> None:
        with self._door:
            if self._is_closed:
                raise rules.closed()
            self._queue.put(job)

    def finish(self) -> None:
        """Write what is queued, then end. Blocks."""
        with self._door:
            self._is_closed = True
            self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        is_open = True
        while is_open:
            jobs, is_open = self._take()
            if together := [job for job in jobs if not isinstance(job, Between)]:
                self._commit(together)
            for job in jobs:
                if isinstance(job, Between):
                    self._do(job)
            for job in jobs:
                if isinstance(job, Blocking):
                    job.is_done.set()
            if not self._loop.is_closed():
                self._loop.call_soon_threadsafe(_settle, jobs)

    def _take(self) -> tuple[list[Job], bool]:
        """Wait for an operation; return all that are there by then, and whether more may come."""
        jobs: list[Job] = []
        job = self._queue.get()
        while job is not None:
            jobs.append(job)
            if len(jobs) == MOST_TOGETHER:
                return jobs, True
            try:
                job = self._queue.get_nowait()
            except Empty:
                return jobs, True
        return jobs, False

    def _do(self, job: Between) -> None:
        try:
            job.result = job.work(self._raw)
        except sqlite3.Error as error:
            _refuse([job], error)

    def _commit(self, jobs: list[Job]) -> None:
        """Run operations together; if the storage fails, one by one: one that does not fit must not stop the others."""
        try:
            self._raw.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            return _refuse(jobs, error)
        try:
            for job in jobs:
                self._attempt(job)
            self._raw.execute("COMMIT")
        except sqlite3.Error as error:
            if self._raw.in_transaction:
                self._raw.execute("ROLLBACK")
            if len(jobs) == 1:
                return _refuse(jobs, error)
            for job in jobs:
                self._commit([job])

    def _attempt(self, job: Job) -> None:
        """Run one operation. Raises only if the storage fails: then nothing of the transaction can be kept."""
        self._raw.execute("SAVEPOINT one")
        job.result = job.error = None
        try:
            job.result = job.operation(self._db)
        except Exception as error:  # whatever it is, it is for who asked for this operation
            if isinstance(error, sqlite3.Error) and (is_storage_error(error) or not self._raw.in_transaction):
                raise
            job.error = _meaning(error)
            self._raw.execute("ROLLBACK TO one")
        self._raw.execute("RELEASE one")


def _nothing(_: Connection) -> None:
    """What is done in a transaction of what is done between two."""


def _meaning(error: Exception) -> Exception:
    if not isinstance(error, sqlite3.IntegrityError):
        return error
    conflict = Conflict("Something with this id is there already.")
    conflict.__cause__ = error
    return conflict


def _refuse(jobs: list[Job], error: sqlite3.Error) -> None:
    for job in jobs:
        job.error = unavailable(error)


def _settle(jobs: list[Job]) -> None:
    for job in jobs:
        if isinstance(job, Awaited):
            job.settle()
