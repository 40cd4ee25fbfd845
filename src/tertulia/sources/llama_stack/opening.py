"""Which database a Llama Stack store lies in is said by its address: a path, or a URL."""

from collections.abc import Mapping
from pathlib import Path

from tertulia.domain.errors import SourceUnreadable
from tertulia.sources.llama_stack.key_values import TABLE, KeyValues, find_file
from tertulia.sources.llama_stack.postgres import PostgresKeyValues
from tertulia.sources.llama_stack.redis import RedisKeyValues
from tertulia.sources.llama_stack.sqlite import SqliteKeyValues
from tertulia.sources.llama_stack.store import LlamaStackStore


def open_store(address: str, *, models: Mapping[str, str], table: str = TABLE) -> LlamaStackStore:
    """Open a store for reading. Raises SourceUnreadable with a sentence for whoever typed the address."""
    key_values = _key_values_at(address, table)
    try:
        return LlamaStackStore(key_values, models=models)
    except SourceUnreadable:
        key_values.close()
        raise


def _key_values_at(address: str, table: str) -> KeyValues:
    scheme, separator, _ = address.partition("://")
    match scheme if separator else "file":
        case "postgres" | "postgresql":
            return PostgresKeyValues(address, table=table)
        case "redis" | "rediss":
            return RedisKeyValues(address)
        case "file":
            return SqliteKeyValues(find_file(Path(address).expanduser()))
        case _:
            raise SourceUnreadable(f"There is no reader of {scheme}:// stores. Give a path, postgresql:// or redis://.")
