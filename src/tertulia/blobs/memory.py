"""Blobs in memory: for tests and for `tertulia.testing`. They are forgotten when the process ends."""

import hashlib
from collections.abc import AsyncIterable, AsyncIterator

from tertulia.blobs.base import PIECE, Blob, Reserve, checked, derived, joined
from tertulia.domain.errors import FileNotFound


class MemoryBlobs:
    """Bytes by their hash as long as this object lives."""

    def __init__(self) -> None:
        self._blobs: dict[str, bytes] = {}
        self._derived: dict[str, dict[str, bytes]] = {}

    async def open(self) -> None:
        """There is nothing to get ready."""

    async def close(self) -> None:
        """There is nothing to let go of."""

    async def put(self, pieces: AsyncIterable[bytes], *, limit: int, reserve: Reserve | None = None) -> Blob:
        data = b"".join([piece async for piece in joined(pieces, limit=limit)])
        blob = Blob(sha256=hashlib.sha256(data).hexdigest(), size=len(data))
        if reserve is not None:
            await reserve(blob)
        self._blobs[blob.sha256] = data
        return blob

    async def read(self, sha256: str, *, offset: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        data = self._blobs.get(sha256)
        if data is None:
            raise FileNotFound
        end = len(data) if length is None else min(offset + length, len(data))
        for begin in range(offset, end, PIECE):
            yield data[begin : min(begin + PIECE, end)]

    async def delete(self, sha256: str) -> None:
        self._blobs.pop(sha256, None)
        self._derived.pop(sha256, None)

    async def put_derived(self, sha256: str, name: str, value: bytes) -> None:
        name = derived(name)
        if checked(sha256) in self._blobs:
            self._derived.setdefault(sha256, {})[name] = value

    async def find_derived(self, sha256: str, name: str) -> bytes | None:
        return self._derived.get(sha256, {}).get(derived(name))
