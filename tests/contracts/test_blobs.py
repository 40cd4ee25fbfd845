"""What every blob store does. A new one adds a line to `BLOBS` and passes what is here."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tertulia.blobs.base import Blob, BlobStore
from tertulia.blobs.folder import FolderBlobs
from tertulia.blobs.memory import MemoryBlobs
from tertulia.domain.errors import FileNotFound, TooLarge

BLOBS: dict[str, Callable[[Callable[[str], Any]], BlobStore]] = {
    "memory": lambda _: MemoryBlobs(),
    "folder": lambda ask: FolderBlobs(ask("tmp_path") / "blobs"),
}
NOBODYS = hashlib.sha256(b"nobody has brought this").hexdigest()
LARGE = bytes(range(256)) * 5_000


@pytest.fixture(params=BLOBS)
async def blobs(request: pytest.FixtureRequest) -> AsyncIterator[BlobStore]:
    blobs = BLOBS[request.param](request.getfixturevalue)
    await blobs.open()
    yield blobs
    await blobs.close()


async def pieces(data: bytes, size: int = 1_000) -> AsyncIterator[bytes]:
    for begin in range(0, len(data), size):
        yield data[begin : begin + size]


async def read(blobs: BlobStore, sha256: str, **span: Any) -> bytes:
    return b"".join([piece async for piece in blobs.read(sha256, **span)])


async def put(blobs: BlobStore, data: bytes) -> Blob:
    return await blobs.put(pieces(data), limit=10_000_000)


@pytest.mark.parametrize("data", [b"", b"one", "três\0🦊".encode(), LARGE], ids=["empty", "short", "odd", "large"])
async def test_bytes_come_back_under_their_hash(blobs: BlobStore, data: bytes) -> None:
    blob = await put(blobs, data)
    assert blob == Blob(sha256=hashlib.sha256(data).hexdigest(), size=len(data))
    assert await read(blobs, blob.sha256) == data


async def test_a_large_blob_comes_in_pieces(blobs: BlobStore) -> None:
    blob = await put(blobs, LARGE)
    assert max([len(piece) async for piece in blobs.read(blob.sha256)]) < len(LARGE) / 2


@pytest.mark.parametrize(
    ("offset", "length"), [(0, 1), (7, 300_000), (1_000_000, None), (1_279_999, 9), (1_280_000, 5)]
)
async def test_a_span_can_be_read_alone(blobs: BlobStore, offset: int, length: int | None) -> None:
    blob = await put(blobs, LARGE)
    end = None if length is None else offset + length
    assert await read(blobs, blob.sha256, offset=offset, length=length) == LARGE[offset:end]


async def test_the_same_bytes_twice_are_one_blob(blobs: BlobStore) -> None:
    first, second = await asyncio.gather(put(blobs, LARGE), put(blobs, LARGE))
    assert first == second
    await blobs.delete(first.sha256)
    with pytest.raises(FileNotFound):
        await read(blobs, first.sha256)


async def test_exactly_as_much_as_the_limit_is_taken_and_not_a_byte_more(blobs: BlobStore) -> None:
    await blobs.put(pieces(LARGE), limit=len(LARGE))
    other = LARGE + b"!"
    with pytest.raises(TooLarge):
        await blobs.put(pieces(other), limit=len(LARGE))
    with pytest.raises(FileNotFound):
        await read(blobs, hashlib.sha256(other).hexdigest())


async def test_no_more_is_asked_for_once_the_limit_is_passed(blobs: BlobStore) -> None:
    asked = 0

    async def without_end() -> AsyncIterator[bytes]:
        nonlocal asked
        while True:
            asked += 1
            yield bytes(1_000)

    with pytest.raises(TooLarge):
        await blobs.put(without_end(), limit=50_000)
    assert asked == 51


async def test_who_leaves_in_the_middle_leaves_nothing(blobs: BlobStore) -> None:
    async def cut_off() -> AsyncIterator[bytes]:
        yield LARGE
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await blobs.put(cut_off(), limit=10_000_000)
    with pytest.raises(FileNotFound):
        await read(blobs, hashlib.sha256(LARGE).hexdigest())


async def test_a_blob_is_reserved_before_it_is_there(blobs: BlobStore) -> None:
    was_there: list[bool] = []

    async def reserve(blob: Blob) -> None:
        try:
            await read(blobs, blob.sha256)
        except FileNotFound:
            was_there.append(False)
        else:
            was_there.append(True)

    await blobs.put(pieces(LARGE), limit=10_000_000, reserve=reserve)
    assert was_there == [False]


async def test_what_cannot_be_reserved_is_not_kept(blobs: BlobStore) -> None:
    async def refuse(_: Blob) -> None:
        raise TooLarge

    with pytest.raises(TooLarge):
        await blobs.put(pieces(b"unwanted"), limit=100, reserve=refuse)
    with pytest.raises(FileNotFound):
        await read(blobs, hashlib.sha256(b"unwanted").hexdigest())


@pytest.mark.parametrize("name", [NOBODYS, "../../etc/passwd", "", "A" * 64, NOBODYS[:-1], NOBODYS + "\n"])
async def test_what_is_no_hash_of_a_blob_is_not_found(blobs: BlobStore, name: str) -> None:
    with pytest.raises(FileNotFound):
        await read(blobs, name)


async def test_deleting_what_is_not_there_is_no_error(blobs: BlobStore) -> None:
    await blobs.delete(NOBODYS)


async def test_derived_values_go_with_their_blob(blobs: BlobStore) -> None:
    one, other = await put(blobs, b"one"), await put(blobs, b"other")
    assert await blobs.find_derived(one.sha256, "text.json") is None
    await blobs.put_derived(one.sha256, "text.json", b"first")
    await blobs.put_derived(one.sha256, "text.json", b"second")
    await blobs.put_derived(other.sha256, "text.json", b"of the other")
    assert await blobs.find_derived(one.sha256, "text.json") == b"second"
    await blobs.delete(one.sha256)
    assert await blobs.find_derived(one.sha256, "text.json") is None
    assert await blobs.find_derived(other.sha256, "text.json") == b"of the other"


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "x\0"])
async def test_a_derived_value_cannot_lead_elsewhere(blobs: BlobStore, name: str) -> None:
    with pytest.raises(ValueError, match="not the name"):
        await blobs.put_derived(NOBODYS, name, b"")
