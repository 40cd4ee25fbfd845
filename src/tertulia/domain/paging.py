"""Pages of a list, and the opaque cursor that leads to the next one.

A cursor holds the sort key of the last row that was seen, so a list neither skips nor repeats a row while rows are
added before it (keyset paging).

A page is bounded twice: by how many rows it has, and where rows are large by their bytes. It ends early then, and its
cursor leads on as any other does.
"""

import base64
import binascii
from collections.abc import Iterable
from typing import Generic, Literal, TypeVar

import msgspec

from tertulia.domain.base import Value
from tertulia.domain.errors import InvalidCursor

T = TypeVar("T")

Order = Literal["asc", "desc"]
DEFAULT_LIMIT = 50
MAX_LIMIT = 200
MAX_BYTES = 8 * 1024 * 1024
"""Rows of a page have no more than this together, unless the first alone does: a server answers many at once, and a
page is there several times while it is read, encoded and sent."""


class Page(Value, Generic[T]):
    """Some rows of a list; `next_cursor` is null at its end."""

    items: list[T]
    next_cursor: str | None = None


def fitting(sizes: Iterable[int], room: int = MAX_BYTES) -> int:
    """Return how many of the first rows fit on a page by their bytes; one always does."""
    count = 0
    for size in sizes:
        room -= size
        if room < 0:
            return max(1, count)
        count += 1
    return count


def encode_cursor(*key: str | int) -> str:
    """Make a cursor of the sort key of the last row of a page."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def decode_cursor(cursor: str, *kinds: type) -> list[str | int]:
    """Read a cursor back; `kinds` are the types of its parts. Raises InvalidCursor for one that we did not make."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        key = msgspec.json.decode(raw, type=list[str | int])
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        raise InvalidCursor from None
    if [type(part) for part in key] != list(kinds):
        raise InvalidCursor
    return key
