"""Where the bytes of files stay: the role that every blob store plays.

Rules that every implementation keeps, and that `tests/contracts/test_blobs.py` checks:
- a blob is named by the SHA-256 of its bytes, as 64 hex digits: the same bytes are kept once, whoever brought them;
- a blob is there whole or not at all, also after a crash in the middle of a `put`;
- bytes come and go in pieces: no method holds a whole file in memory, but `put_derived` and `find_derived`;
- a blob store knows no owners and counts no references: the store of files does both.
"""

from collections.abc import AsyncIterable, AsyncIterator
from typing import Protocol

from tertulia.domain.base import Value


class Blob(Value):
    """Bytes that are kept: the SHA-256 of them, and how many there are."""

    sha256: str
    size: int


class BlobStore(Protocol):
    """Bytes by their hash, and small values that were derived from them."""

    async def open(self) -> None:
        """Get ready. Raises StartupError with a sentence for the operator."""
        ...

    async def put(self, pieces: AsyncIterable[bytes], *, limit: int) -> Blob:
        """Keep what comes. Raises TooLarge beyond `limit` bytes, with nothing kept; StorageUnavailable."""
        ...

    def read(self, sha256: str, *, offset: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """Yield the bytes, or a span of them. Raises FileNotFound before the first piece; StorageUnavailable."""
        ...

    async def delete(self, sha256: str) -> None:
        """Let go of a blob and of all that was derived from it; one that is not there is none already."""
        ...

    def list_all(self) -> AsyncIterator[Blob]:
        """Yield every blob, in no order: for cleaning up what no file names any more."""
        ...

    async def put_derived(self, sha256: str, name: str, value: bytes) -> None:
        """Keep a value made from a blob, such as its text, under a name; it goes with the blob."""
        ...

    async def find_derived(self, sha256: str, name: str) -> bytes | None:
        """Return the value, if it was made before."""
        ...

    async def close(self) -> None: ...
