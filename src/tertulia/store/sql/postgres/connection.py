"""Connections to a PostgreSQL server: what they agree on, and how statements are run on them.

Nothing is left on a connection between transactions (no prepared statements, no settings, no locks, no listening), so
that PgBouncer may give each transaction to another one.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, dict_row
from sqlalchemy import Insert, Table
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from tertulia.store.sql.database import Row, Statement, Texts

DIALECT = PGDialect_psycopg()

Raw = psycopg.Connection[DictRow]

# A server that has vanished is noticed within seconds, also while we wait for its answer.
REACHING: Mapping[str, Any] = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "client_encoding": "utf8",
}


def connect(url: str) -> Raw:
    """Open a connection. Transactions are begun and ended by hand. What the URL says of these settings counts."""
    settings = {name: value for name, value in REACHING.items() if name not in conninfo_to_dict(url)}
    return Raw.connect(url, autocommit=True, row_factory=dict_row, prepare_threshold=None, **settings)


def name_of(url: str) -> str:
    """Say which database a URL leads to, without its password."""
    parts = conninfo_to_dict(url)
    return f"{parts.get('dbname') or 'postgres'} at {parts.get('host') or 'localhost'}:{parts.get('port') or 5432}"


class PostgresConnection:
    """Runs Core statements on a raw connection; the `Connection` of operations."""

    def __init__(self, raw: Raw, texts: Texts) -> None:
        self._raw = raw
        self._texts = texts

    def rows(self, statement: Statement, **values: object) -> Sequence[Row]:
        return self._execute(statement, values).fetchall()

    def row(self, statement: Statement, **values: object) -> Row | None:
        return self._execute(statement, values).fetchone()

    def run(self, statement: Statement, **values: object) -> int:
        return self._execute(statement, values).rowcount

    def run_many(self, statement: Statement, rows: Sequence[Mapping[str, object]]) -> None:
        if isinstance(statement, Insert) and len(rows) > 1:
            self._insert(cast(Table, statement.table), rows)
            return
        text, own = self._texts.of(statement)
        with self._raw.cursor() as cursor:
            cursor.executemany(cast(Any, text), [{**own, **row} for row in rows] if own else rows)

    def _insert(self, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
        """Insert all rows by one statement, each column as an array."""
        names = [column.name for column in table.columns]
        arrays = ", ".join(f"%({column.name})s::{_type(column)}[]" for column in table.columns)
        text = f"INSERT INTO {table.name} ({', '.join(names)}) SELECT * FROM unnest({arrays})"  # noqa: S608 - ours
        self._raw.execute(cast(Any, text), {name: [row[name] for row in rows] for name in names})

    def _execute(self, statement: Statement, values: dict[str, object]) -> psycopg.Cursor[DictRow]:
        text, own = self._texts.of(statement)
        try:
            return self._raw.execute(cast(Any, text), own | values if own else values, binary=True)
        except psycopg.DataError as error:
            if error.sqlstate is not None:
                raise
            return self._raw.execute(cast(Any, text), own | _storable(values), binary=True)


def _type(column: Any) -> str:
    return DIALECT.type_compiler_instance.process(column.type).split()[0]


def _storable(values: dict[str, object]) -> dict[str, object]:
    """No text of PostgreSQL has a NUL; who asks for one is shown that there is none."""
    return {name: value.replace("\0", "�") if isinstance(value, str) else value for name, value in values.items()}
