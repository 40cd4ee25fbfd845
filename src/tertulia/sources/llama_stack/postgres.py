"""A Llama Stack server's key-value store in PostgreSQL, read by psycopg if that is installed."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tertulia.domain.errors import SourceUnreadable
from tertulia.sources.llama_stack.key_values import Damage, missing, need


class PostgresKeyValues:
    """One table of a database. Raises SourceUnreadable."""

    def __init__(self, url: str, *, table: str) -> None:
        self._psycopg: Any = need("psycopg", "Reading a store in PostgreSQL")
        with self._told():
            self._raw = self._psycopg.connect(url, connect_timeout=10)
            self._raw.read_only = True
        self._table = self._psycopg.sql.Identifier(*table.split("."))

    def keys(self) -> Iterator[str]:
        with self._told(), self._raw.cursor(name="keys") as cursor:
            cursor.execute(self._text("SELECT key FROM {}"))
            for (key,) in cursor:
                yield key

    def values(self, keys: Sequence[str]) -> list[bytes | Damage]:
        with self._told():
            rows = self._raw.execute(self._text("SELECT key, value FROM {} WHERE key = ANY(%s)"), [list(keys)])
            found = {key: value.encode() for key, value in rows if value is not None}
        return [found.get(key) or missing(key) for key in keys]

    def _text(self, text: str) -> Any:
        return self._psycopg.sql.SQL(text).format(self._table)

    @contextmanager
    def _told(self) -> Generator[None]:
        try:
            yield
        except self._psycopg.Error as error:
            why = " ".join(str(error).split())
            raise SourceUnreadable(f"The store in PostgreSQL cannot be read: {why}.") from None

    def close(self) -> None:
        self._raw.close()
