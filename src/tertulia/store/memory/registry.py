"""Values that owners register under names of theirs, in a store in memory."""

from typing import Generic, TypeVar

import msgspec

from tertulia.domain.base import Value
from tertulia.domain.errors import NotFound
from tertulia.domain.paging import Page, encode_cursor, fitting
from tertulia.store import rules

V = TypeVar("V", bound=Value)


def sealed(value: V) -> V:
    """Return an equal value that shares nothing mutable with `value`."""
    return msgspec.json.decode(msgspec.json.encode(value), type=type(value))


def size_of(value: Value) -> int:
    """Return how long a value is as a row of a database."""
    return len(msgspec.json.encode(value))


class MemoryRegistry(Generic[V]):
    """Values by owner and name."""

    def __init__(self, missing: type[NotFound]) -> None:
        self._missing = missing
        self._values: dict[tuple[str, str], V] = {}

    def save(self, owner: str, name: str, value: V) -> None:
        """Keep a value, in the place of an earlier one of that name."""
        self._values[owner, name] = sealed(value)

    def get(self, owner: str, name: str) -> V:
        """Return a value by its name."""
        if (owner, name) not in self._values:
            raise self._missing
        return sealed(self._values[owner, name])

    def list_page(self, owner: str, *, limit: int, cursor: str | None) -> Page[V]:
        """Return a page of values, by name."""
        after = rules.name_position(cursor) if cursor else ""
        names = sorted(name for of, name in self._values if of == owner and name > after)
        count = fitting(size_of(self._values[owner, name]) for name in names[:limit])
        items = [self.get(owner, name) for name in names[:count]]
        return Page(items=items, next_cursor=encode_cursor(names[count - 1]) if len(names) > count else None)

    def delete(self, owner: str, name: str) -> None:
        """Delete a value."""
        self.get(owner, name)
        del self._values[owner, name]
