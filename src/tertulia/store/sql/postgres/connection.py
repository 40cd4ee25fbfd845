"""Connections to a PostgreSQL server: what they agree on, and how statements are run on them.

Nothing is left on a connection between transactions (no prepared statements, settings, locks or listening), so that
PgBouncer may give each transaction to another one.

The driver is loaded when it is first used: it takes a while to import and comes with the extra `tertulia[postgres]`,
and who uses SQLite neither waits for it nor needs it. So its classes are described here by what is used of them.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import Any, Protocol, TypeVar, cast

from sqlalchemy import Insert
from sqlalchemy.engine import Dialect

from tertulia.domain.errors import StartupError
from tertulia.store.sql.database import Row, Statement, Texts
from tertulia.store.sql.dialects import Array
from tertulia.store.sql.postgres.failures import is_about_nul

T = TypeVar("T")

# A server that has vanished is noticed within seconds, also while we wait for its answer.
REACHING: Mapping[str, Any] = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "client_encoding": "utf8",
}


LARGE = 1024 * 1024
"""Bytes of a statement's values that take their time to be written and sent, more so where much else is done."""
TAKE_TIME = "SET LOCAL idle_in_transaction_session_timeout = 30000"
"""Else the server, which counts a client as idle until a message is whole, ends the transaction in the middle of it."""


class Cursor(Protocol):
    """The results of a statement."""

    @property
    def rowcount(self) -> int: ...
    def fetchone(self) -> Row | None: ...
    def fetchall(self) -> Sequence[Row]: ...
    def nextset(self) -> bool | None: ...


class Raw(AbstractContextManager[Any], Protocol):
    """A connection of the driver. Transactions are begun and ended by hand, or by `transaction`."""

    @property
    def closed(self) -> bool: ...
    @property
    def info(self) -> Any: ...
    def execute(self, query: Any, params: Any = None, *, binary: bool = False) -> Cursor: ...
    def transaction(self) -> AbstractContextManager[Any]: ...
    def close(self) -> None: ...


def connect(url: str) -> Raw:
    """Open a connection. What the URL says of the settings above counts. Raises StartupError without a driver."""
    try:
        import psycopg  # noqa: PLC0415 - see above
        from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - heavy
        from psycopg.rows import dict_row  # noqa: PLC0415 - heavy
    except ImportError as error:
        raise StartupError("PostgreSQL needs one more package: pip install 'tertulia[postgres]'.") from error
    settings = {name: value for name, value in REACHING.items() if name not in conninfo_to_dict(url)}
    row_factory = cast(Any, dict_row)
    raw = psycopg.connect(url, autocommit=True, row_factory=row_factory, prepare_threshold=None, **settings)
    return cast(Raw, raw)


@cache
def dialect() -> Dialect:
    """SQLAlchemy's words for PostgreSQL."""
    from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg  # noqa: PLC0415 - see above

    return PGDialect_psycopg()


def name_of(url: str) -> str:
    """Say which database a URL leads to, without its password."""
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - see above

    parts = conninfo_to_dict(url)
    return f"{parts.get('dbname') or 'postgres'} at {parts.get('host') or 'localhost'}:{parts.get('port') or 5432}"


class PostgresConnection:
    """Runs Core statements on a raw connection; the `Connection` of operations.

    What nobody waits for is kept back, the begin of a transaction first, and sent in one message with what somebody
    does wait for: each message to a server far away takes long. A message is whole before the server acts on it. (The
    driver's own ways to send more at once are not: a process that is stopped in between would hold its locks for ever,
    since the server does not count a client as idle that has not come to an end.)
    """

    def __init__(self, raw: Raw, texts: Texts, begin: str | None = None) -> None:
        self._raw = raw
        self._texts = texts
        self._kept_back = [] if begin is None else [begin]
        self.is_begun = False
        """Something was sent."""
        self._takes_time = begin is None

    def rows(self, statement: Statement, **values: object) -> Sequence[Row]:
        return self._execute(statement, values).fetchall()

    def row(self, statement: Statement, **values: object) -> Row | None:
        return self._execute(statement, values).fetchone()

    def run(self, statement: Statement, **values: object) -> int:
        return self._execute(statement, values).rowcount

    def do(self, statement: Statement, **values: object) -> None:
        text, own = self._texts.of(statement)
        self._keep_back(text, own | values)

    def run_many(self, statement: Statement, rows: Sequence[Mapping[str, object]]) -> None:
        if isinstance(statement, Insert) and len(rows) > 1:
            self._insert(cast(Any, statement.table), rows)
            return
        for row in rows:
            self.do(statement, **row)

    def commit(self) -> None:
        """Send what is left, and the end of the transaction."""
        self._send("COMMIT")

    def _insert(self, table: Any, rows: Sequence[Mapping[str, object]]) -> None:
        """Insert all rows by one statement, each column as an array."""
        names = list(rows[0])
        arrays = ", ".join(f"%({name})s::{_type(table.columns[name])}[]" for name in names)
        text = f"INSERT INTO {table.name} ({', '.join(names)}) SELECT * FROM unnest({arrays})"  # noqa: S608 - ours
        self._keep_back(text, {name: [row[name] for row in rows] for name in names})

    def _execute(self, statement: Statement, values: dict[str, object]) -> Cursor:
        text, own = self._texts.of(statement)
        self._ask_for_time(values)
        if self._kept_back:
            return self._send(self._written(text, own | values))
        return _storably(lambda values: self._raw.execute(text, values, binary=True), _as_arrays(own | values))

    def _keep_back(self, text: str, values: dict[str, object]) -> None:
        self._ask_for_time(values)
        self._kept_back.append(self._written(text, values))

    def _ask_for_time(self, values: Mapping[str, object]) -> None:
        """Let the server wait for a large statement, once it holds anything for this transaction."""
        if self.is_begun and not self._takes_time and sum(map(_size, values.values())) > LARGE:
            self._takes_time = True
            self._raw.execute(TAKE_TIME)

    def _written(self, text: str, values: dict[str, object]) -> str:
        """A statement with its values in it, as the server would read them."""
        import psycopg  # noqa: PLC0415 - see above

        return _storably(
            lambda values: psycopg.ClientCursor(cast(Any, self._raw)).mogrify(cast(Any, text), values),
            _as_arrays(values),
        )

    def _send(self, text: str) -> Cursor:
        """Send what was kept back and one more statement; return what that one results in."""
        message, self._kept_back, self.is_begun = "; ".join([*self._kept_back, text]), [], True
        cursor = self._raw.execute(message)
        while cursor.nextset():
            pass
        return cursor


def _type(column: Any) -> str:
    return dialect().type_compiler_instance.process(column.type).split()[0]


def _size(value: object) -> int:
    if isinstance(value, list):
        return sum(map(_size, cast("list[object]", value)))
    return len(value) if isinstance(value, str | bytes) else 0


def _as_arrays(values: dict[str, object]) -> dict[str, object]:
    return {name: value.texts if isinstance(value, Array) else value for name, value in values.items()}


def _storably(give: Callable[[dict[str, object]], T], values: dict[str, object]) -> T:
    """Give values to the driver. No text of PostgreSQL has a NUL; who asks for one is shown that there is none."""
    try:
        return give(values)
    except Exception as error:
        if not is_about_nul(error):
            raise
        return give({name: _without_nul(value) for name, value in values.items()})


def _without_nul(value: object) -> object:
    if isinstance(value, list):
        return [_without_nul(each) for each in cast("list[object]", value)]
    return value.replace("\0", "�") if isinstance(value, str) else value
