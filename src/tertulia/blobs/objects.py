"""Blobs in a bucket of S3, or of whatever speaks its protocol: MinIO, Garage, Ceph, R2.

A blob's hash is its name, and is known when its last byte has come; so it is gathered in a temporary file of this
machine and sent from there. An object is there whole or not at all: that is what S3 promises. Keys are never in the
URL: they are taken from where Amazon's own programs look for them (`AWS_ACCESS_KEY_ID`, a role of the machine, …).
"""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterable, AsyncIterator, Generator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from io import FileIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tertulia.blobs.base import PIECE, Blob, Reserve, checked, derived, joined
from tertulia.domain.base import Value
from tertulia.domain.errors import FileNotFound, StartupError, StorageUnavailable

RETRY_AFTER = 5
PATIENCE = timedelta(seconds=10)
"""How long a request is tried again."""
OPTIONS = frozenset({"endpoint", "region"})
SOME_HASH = "0" * 64


class Bucket(Value):
    """Where objects are: `s3://bucket/prefix?endpoint=https://host&region=name`."""

    name: str
    prefix: str = ""
    endpoint: str | None = None
    region: str | None = None

    @classmethod
    def parse(cls, url: str) -> "Bucket":
        """Read a URL. Raises StartupError, which shows nothing of what might be a key."""
        parts = urlsplit(url)
        options = parse_qs(parts.query)
        if not parts.hostname or parts.username or parts.password or not options.keys() <= OPTIONS:
            raise StartupError(
                "TERTULIA_BLOB_URL is not like s3://bucket/prefix?endpoint=https://host&region=name. Keys are not in "
                "the URL: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
            )
        said = {name: values[-1] for name, values in options.items()}
        return cls(name=parts.netloc, prefix=parts.path.strip("/"), **said)

    @property
    def shown(self) -> str:
        """The bucket as it is named to an operator."""
        return f"s3://{self.name}/{self.prefix}"


class ObjectBlobs:
    """Bytes by their hash, as objects of one bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._obstore: Any = None
        self._store: Any = None

    async def open(self) -> None:
        try:
            import obstore  # noqa: PLC0415 - only who has a bucket needs it
            from obstore.store import S3Store  # noqa: PLC0415 - only who has a bucket needs it
        except ImportError:
            raise StartupError(
                "Files are to be kept in a bucket, but what speaks with it is missing. Install tertulia[s3]."
            ) from None
        bucket = self._bucket
        said = {name: value for name in OPTIONS if (value := getattr(bucket, name)) is not None}
        allow_http = bool(bucket.endpoint and bucket.endpoint.startswith("http://"))
        self._obstore = obstore
        self._store = S3Store(
            bucket.name,
            prefix=bucket.prefix or None,
            client_options={"allow_http": allow_http, "timeout": timedelta(seconds=60)},
            retry_config={"max_retries": 3, "retry_timeout": PATIENCE},
            **said,
        )
        try:
            await self._missing(SOME_HASH)
        except StorageUnavailable as error:
            raise StartupError(f"Files cannot be kept in {bucket.shown}. {error.message}") from None

    async def _missing(self, sha256: str) -> None:
        """Ask for what need not be there: a bucket that answers is there, and lets us read."""
        with self._said():
            await self._obstore.list(self._store, prefix=f"content/{sha256}").collect_async()

    async def close(self) -> None:
        """Connections are let go of with the store."""
        self._store = None

    async def put(self, pieces: AsyncIterable[bytes], *, limit: int, reserve: Reserve | None = None) -> Blob:
        with _temporary() as beside:
            blob = await _gather(beside, pieces, limit=limit)
            if reserve is not None:
                await reserve(blob)
            with self._said():
                await self._obstore.put_async(self._store, f"content/{blob.sha256}", beside)
        return blob

    async def read(self, sha256: str, *, offset: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        key = f"content/{checked(sha256)}"
        with self._said():
            size = (await self._obstore.head_async(self._store, key))["size"]
        end = size if length is None else min(offset + length, size)
        if offset >= end:
            return
        with self._said():
            found = await self._obstore.get_async(self._store, key, options={"range": (offset, end)})
            async for piece in found.stream(min_chunk_size=PIECE):
                yield bytes(piece)

    async def delete(self, sha256: str) -> None:
        with self._said():
            await self._delete([f"content/{checked(sha256)}"])
            found = await self._obstore.list(self._store, prefix=f"derived/{sha256}/").collect_async()
            if found:
                await self._delete([each["path"] for each in found])

    async def _delete(self, keys: Sequence[str]) -> None:
        try:
            await self._obstore.delete_async(self._store, list(keys))
        except FileNotFoundError:
            return  # some of its like say so, and mean the same

    async def put_derived(self, sha256: str, name: str, value: bytes) -> None:
        key = f"derived/{checked(sha256)}/{derived(name)}"
        with self._said():
            await self._obstore.put_async(self._store, key, value)
            if await self._is_there(sha256):
                return
            await self._delete([key])  # it has been deleted meanwhile, and what was derived from it before this came

    async def _is_there(self, sha256: str) -> bool:
        try:
            await self._obstore.head_async(self._store, f"content/{sha256}")
        except FileNotFoundError:
            return False
        return True

    async def find_derived(self, sha256: str, name: str) -> bytes | None:
        key = f"derived/{checked(sha256)}/{derived(name)}"
        try:
            with self._said():
                return bytes(await (await self._obstore.get_async(self._store, key)).bytes_async())
        except FileNotFound:
            return None

    @contextmanager
    def _said(self) -> Generator[None]:
        """Say in our words what the bucket says."""
        try:
            yield
        except FileNotFoundError:
            raise FileNotFound from None
        except self._obstore.exceptions.BaseError as error:
            kind = type(error).__name__.removesuffix("Error")
            raise StorageUnavailable(
                f"The bucket of files cannot be used just now ({kind}).", retry_after=RETRY_AFTER
            ) from error


@contextmanager
def _temporary() -> Generator[Path]:
    with tempfile.NamedTemporaryFile(prefix="tertulia-", suffix=".incoming", delete=False) as file:
        path = Path(file.name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


async def _gather(path: Path, pieces: AsyncIterable[bytes], *, limit: int) -> Blob:
    digest, size = hashlib.sha256(), 0
    with path.open("wb", buffering=0) as file:
        async for piece in joined(pieces, limit=limit):
            digest.update(piece)
            await _write(file, piece)
            size += len(piece)
    return Blob(sha256=digest.hexdigest(), size=size)


async def _write(file: FileIO, piece: bytes) -> None:
    try:
        await asyncio.to_thread(file.write, piece)
    except OSError as error:
        raise StorageUnavailable(
            f"A file on its way cannot be put down on this machine: {error.strerror or error}.", retry_after=RETRY_AFTER
        ) from error
