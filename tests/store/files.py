"""Files to store: small, and alike but for what a test says."""

import hashlib
from typing import Any

from tertulia.domain.files import FileInfo, url_of
from tertulia.store.base import Store
from tertulia.store.files import StoredFile
from tests.store.values import ANA, at

LONG = 3600.0
"""Seconds for which tests reserve what they mean to use."""


def hash_of(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def file(file_id: str = "f1", words: str = "hello", *, created_at: str = at(0), **changes: Any) -> StoredFile:
    info = FileInfo(
        file_id=file_id,
        name=f"{file_id} — ação.txt",
        type="text/plain",
        size=len(words),
        sha256=hash_of(words),
        created_at=created_at,
        url=url_of(file_id),
    )
    return StoredFile(info=info, **changes)


async def reserved(store: Store, made: StoredFile) -> StoredFile:
    """Reserve the blob of a file."""
    assert await store.reserve_blob(made.info.sha256, size=made.info.size, seconds=LONG)
    return made


async def uploaded(
    store: Store, file_id: str = "f1", words: str = "hello", *, owner: str = ANA, **said: Any
) -> StoredFile:
    """Add a file as an upload does."""
    made = await reserved(store, file(file_id, words, **said))
    await store.add_file(owner, made)
    return made
