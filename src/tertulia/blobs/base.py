"""Where the bytes of files stay: the role that every blob store plays.

Rules that every implementation keeps, and that `tests/contracts/test_blobs.py` checks:
- a blob is named by the SHA-256 of its bytes, as 64 hex digits: the same bytes are kept once, whoever brought them,
  and nothing that a client says becomes a path;
- a blob is there whole or not at all, also after a crash in the middle of a `put`;
- bytes come and go in pieces: no method holds a whole file in memory, but `put_derived` and `find_derived`;
- a blob store knows no owners and counts no references: the store of files does both. It is asked by `reserve` once
  the hash is known and before the blob is there, so that nobody deletes it in between.
"""

import re
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from typing import Protocol

from tertulia.domain.base import Value
from tertulia.domain.errors import FileNotFound, TooLarge

PIECE = 256 * 1024
"""How many bytes are read or written at once."""
HASH = re.compile(r"[0-9a-f]{64}")
DERIVED_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")


class Blob(Value):
    """Bytes that are kept: the SHA-256 of them, and how many there are."""

    sha256: str
    size: int


Reserve = Callable[[Blob], Awaitable[None]]
"""Is told of a blob that is about to be there; what it raises ends the `put`, with nothing kept."""


class BlobStore(Protocol):
    """Bytes by their hash, and small values that were derived from them."""

    async def open(self) -> None:
        """Get ready. Raises StartupError with a sentence for the operator."""
        ...

    async def put(self, pieces: AsyncIterable[bytes], *, limit: int, reserve: Reserve | None = None) -> Blob:
        """Keep what comes. Raises TooLarge beyond `limit` bytes, with nothing kept; StorageUnavailable."""
        ...

    def read(self, sha256: str, *, offset: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """Yield the bytes, or a span of them. Raises FileNotFound before the first piece; StorageUnavailable."""
        ...

    async def delete(self, sha256: str) -> None:
        """Let go of a blob and of all that was derived from it; one that is not there is none already."""
        ...

    async def put_derived(self, sha256: str, name: str, value: bytes) -> None:
        """Keep a value made from a blob, such as its text, under a name of ours; it goes with the blob.

        Of a blob that is not there, or is deleted meanwhile, nothing is kept: nobody would delete it.
        """
        ...

    async def find_derived(self, sha256: str, name: str) -> bytes | None:
        """Return the value, if it was made before."""
        ...

    async def close(self) -> None: ...


def checked(sha256: str) -> str:
    """Return a hash. Raises FileNotFound for anything else, for nothing else is the name of a blob."""
    if not HASH.fullmatch(sha256):
        raise FileNotFound
    return sha256


def derived(name: str) -> str:
    """Return the name of a derived value. Raises ValueError for one that could lead elsewhere."""
    if not DERIVED_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of a derived value")
    return name


def too_large(limit: int) -> TooLarge:
    """Say how large a file may be."""
    return TooLarge(f"The file is larger than {limit / 1e6:g} MB, which is the limit.")


async def joined(pieces: AsyncIterable[bytes], *, limit: int) -> AsyncIterator[bytes]:
    """Yield the same bytes in pieces of about `PIECE`, however small they come. Raises TooLarge beyond `limit`."""
    waiting = bytearray()
    total = 0
    async for piece in pieces:
        total += len(piece)
        if total > limit:
            raise too_large(limit)
        waiting += piece
        if len(waiting) >= PIECE:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)
