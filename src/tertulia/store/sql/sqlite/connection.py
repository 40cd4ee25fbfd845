"""Connections to a SQLite file, and what its errors mean."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import cast

from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from tertulia.domain.errors import StorageUnavailable
from tertulia.store import rules
from tertulia.store.sql.database import Row, Statement, Texts

BUSY_SECONDS = 5.0
"""How long a statement waits for someone else's lock on the file (a backup, a person with the sqlite3 shell)."""

DIALECT = SQLiteDialect_pysqlite(paramstyle="named")

# FULL: a commit is on the disk when it returns. The size of the log after which SQLite copies it into the database is
# four times its default: each copy costs two syncs. It is cut back to 64 MB after a long reader let it grow.
# What is deleted is overwritten.
PRAGMAS = (
    "PRAGMA secure_delete = ON",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA wal_autocheckpoint = 4000",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -8192",
)

# https://www.sqlite.org/rescode.html: the file or the disk, not the statement, is what is wrong.
STORAGE_CODES = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)

GIVE_PAGES_BACK = "PRAGMA auto_vacuum = INCREMENTAL"
"""For a file that is new: later it would wait for whoever writes. One that is older than this keeps its free pages
until it is vacuumed as a whole."""

OnConnect = Callable[[sqlite3.Connection], None]


def connect(path: Path | None, on_connect: OnConnect | None = None) -> sqlite3.Connection:
    """Open a connection on a file, or on a new database in memory. Transactions are begun and ended by hand."""
    raw = sqlite3.connect(
        path or ":memory:",
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    raw.row_factory = sqlite3.Row
    for pragma in PRAGMAS:
        raw.execute(pragma)
    if on_connect is not None:
        on_connect(raw)
    return raw


def is_storage_error(error: sqlite3.Error) -> bool:
    """Tell whether an error says that the file or the disk fails, not that a statement is wrong."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in STORAGE_CODES


def unavailable(error: sqlite3.Error) -> StorageUnavailable:
    """Say to a client what a storage error means to it; the error itself stays as the cause, for the log."""
    failure = StorageUnavailable(retry_after=rules.RETRY_AFTER)
    failure.__cause__ = error
    return failure


class SqliteConnection:
    """Runs Core statements on a raw connection; the `Connection` of operations."""

    def __init__(self, raw: sqlite3.Connection, texts: Texts) -> None:
        self._raw = raw
        self._texts = texts

    def rows(self, statement: Statement, **values: object) -> Sequence[Row]:
        return self._execute(statement, values).fetchall()

    def row(self, statement: Statement, **values: object) -> Row | None:
        return cast(Row | None, self._execute(statement, values).fetchone())

    def run(self, statement: Statement, **values: object) -> int:
        return self._execute(statement, values).rowcount

    def do(self, statement: Statement, **values: object) -> None:
        self._execute(statement, values)

    def run_many(self, statement: Statement, rows: Sequence[Mapping[str, object]]) -> None:
        text, own = self._texts.of(statement)
        self._raw.executemany(text, [{**own, **row} for row in rows] if own else rows)

    def _execute(self, statement: Statement, values: dict[str, object]) -> sqlite3.Cursor:
        text, own = self._texts.of(statement)
        return self._raw.execute(text, own | values if own else values)
