"""A Llama Stack server's key-value store in a SQLite file, opened so that nothing can be written to it."""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from tertulia.domain.errors import SourceUnreadable
from tertulia.sources.llama_stack.key_values import Damage, missing


class SqliteKeyValues:
    """The table `kvstore` of a file. Raises SourceUnreadable if it has none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._raw = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        self._raw.text_factory = bytes  # a text that is not UTF-8 spoils its own row only
        try:
            found = self._raw.execute("SELECT 1 FROM sqlite_master WHERE name = 'kvstore'").fetchone()
        except sqlite3.Error as error:
            self.close()
            raise SourceUnreadable(f"{path} cannot be read: {error}.") from None
        if found is None:
            self.close()
            raise SourceUnreadable(f"{path} is not a store of Llama Stack's agents: it has no table `kvstore`.")

    def keys(self) -> Iterator[str]:
        try:
            for (key,) in self._raw.execute("SELECT key FROM kvstore"):
                yield bytes(key).decode(errors="replace")
        except sqlite3.Error as error:
            raise SourceUnreadable(f"{self._path} cannot be read: {error}.") from None

    def values(self, keys: Sequence[str]) -> list[bytes | Damage]:
        return [self._value(key) for key in keys]

    def _value(self, key: str) -> bytes | Damage:
        try:
            row = self._raw.execute("SELECT CAST(value AS BLOB) FROM kvstore WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error as error:
            return Damage(why=f"the file is damaged there: {error}")
        return missing(key) if row is None or row[0] is None else row[0]

    def close(self) -> None:
        self._raw.close()
