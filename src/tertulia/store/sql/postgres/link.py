"""One thread's way to the database: a connection that is opened when it is needed and replaced when it breaks.

An operation is run again, for a few seconds, when it got into another's way or its connection was lost before the
commit: then nothing of it is in the database. When the connection is lost during the commit nobody knows: that is
raised as `InDoubt`, and whoever waits is answered once the database itself has said what became of the transaction:
each leaves its number in a row of its link.
"""

import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from tertulia.domain.errors import StorageUnavailable
from tertulia.store import rules
from tertulia.store.sql.database import Operation, Texts
from tertulia.store.sql.postgres.connection import PostgresConnection, Raw
from tertulia.store.sql.postgres.failures import driver_error, has_failed, is_collision, is_lost, meaning, overdue

T = TypeVar("T")

NOW = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"

# One message to the server. What a stopped process has locked is free before those who wait for it give up. The
# transaction leaves its number behind: its id would not do, since a server that crashes gives an id out again.
BEGIN = (
    "BEGIN ISOLATION LEVEL READ COMMITTED;"  # noqa: S608 - ours
    "SET LOCAL idle_in_transaction_session_timeout = 3000;"
    "SET LOCAL lock_timeout = 5000;"
    f"INSERT INTO commits (link, number, at) VALUES ('{{link}}', {{number}}, {NOW})"
    " ON CONFLICT (link) DO UPDATE SET number = excluded.number, at = excluded.at"
)

# It waits for the end of a transaction that is not over yet.
FIND_LAST = (
    f"INSERT INTO commits (link, number, at) VALUES (%s, 0, {NOW})"  # noqa: S608 - ours
    " ON CONFLICT (link) DO UPDATE SET at = excluded.at RETURNING number"
)


class InDoubt(Exception):
    """The connection was lost while a transaction was committed."""

    def __init__(self, link: str, number: int, result: Any) -> None:
        super().__init__(f"transaction {number} of {link}")
        self.link = link
        self.number = number
        self.result = result


class Link:
    """A connection for one thread at a time."""

    def __init__(self, connect: Callable[[], Raw], texts: Texts, stop: threading.Event) -> None:
        self._connect = connect
        self._texts = texts
        self._stop = stop
        self._raw: Raw | None = None
        self._name = uuid.uuid4().hex
        self._number = 0

    def read(self, operation: Operation[T], deadline: float) -> T:
        """Run an operation that only reads; each statement sees what is committed when it begins."""
        return self._patiently(lambda: operation(PostgresConnection(self._open(), self._texts)), deadline)

    def write(self, operation: Operation[T], deadline: float) -> T:
        """Run an operation as one transaction. Raises InDoubt."""
        return self._patiently(lambda: self._transact(operation), deadline)

    def close(self) -> None:
        """Let go of the connection."""
        if self._raw is not None:
            self._raw.close()
            self._raw = None

    def _open(self) -> Raw:
        if self._raw is None or self._raw.closed:
            self._raw = self._connect()
        return self._raw

    def _patiently(self, attempt: Callable[[], T], deadline: float) -> T:
        if time.monotonic() > deadline:
            raise overdue()
        for pause in _pauses():
            try:
                return attempt()
            except driver_error() as error:
                if is_lost(error):
                    self.close()
                elif not is_collision(error):
                    raise meaning(error) from error
                if time.monotonic() + pause > deadline:
                    raise meaning(error) from error
            if self._stop.wait(pause):
                raise rules.closed()
        raise AssertionError

    def _transact(self, operation: Operation[T]) -> T:
        raw = self._open()
        self._number += 1
        connection = PostgresConnection(raw, self._texts, BEGIN.format(link=self._name, number=self._number))
        try:
            result = operation(connection)
        except BaseException:
            if connection.is_begun:
                self._roll_back(raw)
            raise
        try:
            connection.commit()
        except driver_error() as error:
            if has_failed(raw):  # by what was sent with the commit, which then was none
                self._roll_back(raw)
                raise
            self.close()
            raise InDoubt(self._name, self._number, result) from error
        return result

    def _roll_back(self, raw: Raw) -> None:
        try:
            raw.execute("ROLLBACK")
        except driver_error():
            self.close()


def _pauses() -> Iterator[float]:
    """How long to wait after each failure: not at all, then longer and longer, and never in step with others."""
    yield 0.0
    longest = 0.01
    while True:
        yield random.uniform(0, longest)  # noqa: S311 - not a secret
        longest = min(longest * 2, 0.5)


def is_committed(connect: Callable[[], Raw], doubt: InDoubt, stop: threading.Event) -> bool:
    """Ask the database, for as long as it takes, what became of a transaction. Blocks."""
    for pause in _pauses():
        if stop.wait(pause):
            raise rules.closed()
        try:
            with connect() as raw:
                row = raw.execute(FIND_LAST, (doubt.link,)).fetchone()
        except driver_error() as error:
            if not isinstance(meaning(error), StorageUnavailable):
                raise
            continue
        return row is not None and row["number"] == doubt.number
    raise AssertionError
