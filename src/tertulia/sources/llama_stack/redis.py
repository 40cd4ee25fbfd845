"""A Llama Stack server's key-value store in Redis, read by the package redis if that is installed."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tertulia.domain.errors import SourceUnreadable
from tertulia.sources.llama_stack.key_values import Damage, missing, need


class RedisKeyValues:
    """One database of a Redis server. Raises SourceUnreadable."""

    def __init__(self, url: str) -> None:
        self._redis: Any = need("redis", "Reading a store in Redis")
        with self._told():
            self._raw = self._redis.Redis.from_url(url, socket_connect_timeout=10)
            self._raw.ping()

    def keys(self) -> Iterator[str]:
        with self._told():
            # A scan may give a key twice.
            found = {key.decode(errors="replace") for key in self._raw.scan_iter(count=1000)}
        yield from found

    def values(self, keys: Sequence[str]) -> list[bytes | Damage]:
        with self._told():
            found: list[bytes | None] = self._raw.mget(keys) if keys else []
        return [missing(key) if value is None else value for key, value in zip(keys, found, strict=True)]

    @contextmanager
    def _told(self) -> Generator[None]:
        try:
            yield
        except (self._redis.RedisError, ValueError) as error:
            raise SourceUnreadable(f"The store in Redis cannot be read: {error}.") from None

    def close(self) -> None:
        self._raw.close()
