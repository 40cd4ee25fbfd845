"""Blobs as files in a folder, on one disk or on one that all nodes share.

A blob is written beside, made to last (`fsync`), and then renamed to its place, which is one step: it is there whole or
not at all. Folders by the first digits of the hash keep each of them short.
"""

import asyncio
import contextlib
import hashlib
import os
import shutil
import time
import uuid
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar

from tertulia.blobs.base import PIECE, Blob, Reserve, checked, derived, joined
from tertulia.domain.errors import FileNotFound, StartupError, StorageUnavailable

T = TypeVar("T")

ABANDONED = 24 * 3600.0
"""Seconds after which what a crash has left half written is thrown away."""
RETRY_AFTER = 5


class FolderBlobs:
    """Bytes by their hash below a folder, which is made when it is missing."""

    def __init__(self, folder: Path) -> None:
        self._blobs = folder / "content"
        self._derived = folder / "derived"
        self._incoming = folder / "incoming"

    async def open(self) -> None:
        try:
            await asyncio.to_thread(self._prepare)
        except OSError as error:
            raise StartupError(
                f"Files cannot be kept in {self._blobs.parent}: {error.strerror or error}. Let TERTULIA_BLOB_URL name "
                "a folder that this server may write to."
            ) from None

    def _prepare(self) -> None:
        for folder in (self._blobs, self._derived, self._incoming):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in self._incoming.iterdir():
            with contextlib.suppress(FileNotFoundError):  # its writer has come to its end meanwhile
                if left.stat().st_mtime < time.time() - ABANDONED:
                    left.unlink()

    async def close(self) -> None:
        """There is nothing to let go of."""

    async def put(self, pieces: AsyncIterable[bytes], *, limit: int, reserve: Reserve | None = None) -> Blob:
        beside = self._incoming / uuid.uuid4().hex
        try:
            blob = await self._write(beside, pieces, limit=limit)
            if reserve is not None:
                await reserve(blob)
            await _in_thread(lambda: _rename(beside, self._place(blob.sha256)))
            return blob
        finally:
            beside.unlink(missing_ok=True)

    async def _write(self, path: Path, pieces: AsyncIterable[bytes], *, limit: int) -> Blob:
        digest, size = hashlib.sha256(), 0
        file = await _in_thread(lambda: _create(path))
        try:
            async for piece in joined(pieces, limit=limit):
                await _in_thread(lambda piece=piece: _add(file, digest.update, piece))
                size += len(piece)
            await _in_thread(lambda: _make_last(file))
        finally:
            file.close()
        return Blob(sha256=digest.hexdigest(), size=size)

    async def read(self, sha256: str, *, offset: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        path = self._place(checked(sha256))
        file = await _in_thread(lambda: path.open("rb"))
        with file:
            await _in_thread(lambda: file.seek(offset))
            left = length
            while left is None or left > 0:
                wanted = PIECE if left is None else min(PIECE, left)
                piece = await _in_thread(lambda wanted=wanted: file.read(wanted))
                if not piece:
                    return
                yield piece
                left = None if left is None else left - len(piece)

    async def delete(self, sha256: str) -> None:
        path, folder = self._place(checked(sha256)), self._derived_of(sha256)
        await _in_thread(lambda: path.unlink(missing_ok=True))
        await _in_thread(lambda: shutil.rmtree(folder, ignore_errors=True))

    async def put_derived(self, sha256: str, name: str, value: bytes) -> None:
        blob, place = self._place(checked(sha256)), self._derived_of(sha256) / derived(name)
        beside = self._incoming / uuid.uuid4().hex

        def keep() -> None:
            try:
                with _create(beside) as file:
                    file.write(value)
                _rename(beside, place)
            finally:
                beside.unlink(missing_ok=True)
            if not blob.exists():  # `delete` lets go of a blob first: one of us two sees what the other did
                shutil.rmtree(place.parent, ignore_errors=True)

        await _in_thread(keep)

    async def find_derived(self, sha256: str, name: str) -> bytes | None:
        place = self._derived_of(checked(sha256)) / derived(name)
        try:
            return await _in_thread(place.read_bytes)
        except FileNotFound:
            return None

    def _place(self, sha256: str) -> Path:
        return self._blobs / sha256[:2] / sha256[2:4] / sha256

    def _derived_of(self, sha256: str) -> Path:
        return self._derived / sha256[:2] / sha256


async def _in_thread(work: Callable[[], T]) -> T:
    """Do what may wait for the disk; what the disk refuses is said in our words."""
    try:
        return await asyncio.to_thread(work)
    except FileNotFoundError:
        raise FileNotFound from None
    except OSError as error:
        raise StorageUnavailable(
            f"The folder of files cannot be used just now: {error.strerror or error}.", retry_after=RETRY_AFTER
        ) from error


def _create(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "wb")


def _add(file: BinaryIO, count: Callable[[bytes], None], piece: bytes) -> None:
    count(piece)
    file.write(piece)


def _make_last(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _rename(source: Path, place: Path) -> None:
    """Move a file to its place, and let its folders know of it for good."""
    made = list(_missing(place.parent))
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    source.replace(place)
    for folder in dict.fromkeys([place.parent, *(each.parent for each in made)]):
        _sync(folder)


def _missing(folder: Path) -> Iterator[Path]:
    while not folder.exists():
        yield folder
        folder = folder.parent


def _sync(folder: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):
        return  # there, folders cannot be opened
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
