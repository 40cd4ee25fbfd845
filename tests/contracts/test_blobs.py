"""What every blob store does. A new one adds a line to `BLOBS` and passes what is here."""

import asyncio
import hashlib
import os
import shutil
import stat
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tertulia.blobs.base import Blob, BlobStore
from tertulia.blobs.folder import FolderBlobs
from tertulia.blobs.memory import MemoryBlobs
from tertulia.blobs.objects import Bucket, ObjectBlobs
from tertulia.domain.errors import FileNotFound, StartupError, StorageUnavailable, TooLarge
from tertulia.wiring import blobs_at
from tests.contracts.s3_server import KEYS, new_bucket, serve_s3

BLOBS: dict[str, Callable[[Callable[[str], Any]], BlobStore]] = {
    "memory": lambda _: MemoryBlobs(),
    "folder": lambda ask: FolderBlobs(ask("tmp_path") / "blobs"),
    "bucket": lambda ask: ObjectBlobs(Bucket.parse(ask("bucket"))),
}
NOBODYS = hashlib.sha256(b"nobody has brought this").hexdigest()
LARGE = bytes(range(256)) * 5_000


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    with serve_s3() as url:
        yield url


@pytest.fixture
def bucket(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty bucket, and keys to it in the environment, as an operator has it."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    return new_bucket(s3_server)


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


async def test_of_what_is_deleted_while_it_is_read_nothing_derived_is_left(blobs: BlobStore) -> None:
    blob = await put(blobs, b"one")
    await blobs.delete(blob.sha256)
    await blobs.put_derived(blob.sha256, "text.json", b"what was in it")
    assert await blobs.find_derived(blob.sha256, "text.json") is None


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "x\0"])
async def test_a_derived_value_cannot_lead_elsewhere(blobs: BlobStore, name: str) -> None:
    with pytest.raises(ValueError, match="not the name"):
        await blobs.put_derived(NOBODYS, name, b"")


# --- where they are ---


async def test_a_blob_in_a_folder_survives_the_process(tmp_path: Path) -> None:
    blob = await put(await opened(FolderBlobs(tmp_path)), LARGE)
    assert await read(await opened(FolderBlobs(tmp_path)), blob.sha256) == LARGE


async def test_a_folder_has_nothing_but_hashes_and_what_was_left_half_written_goes(tmp_path: Path) -> None:
    blobs = await opened(FolderBlobs(tmp_path))
    blob = await put(blobs, LARGE)
    left = tmp_path / "incoming" / "left"
    left.write_bytes(b"half")
    assert files_in(tmp_path) == {f"content/{blob.sha256[:2]}/{blob.sha256[2:4]}/{blob.sha256}", "incoming/left"}
    await opened(FolderBlobs(tmp_path))
    assert left.exists(), "somebody may be writing it just now"
    os.utime(left, (0, 0))
    await opened(FolderBlobs(tmp_path))
    assert not left.exists()


async def test_only_the_servers_own_user_can_read_a_folder(tmp_path: Path) -> None:
    blob = await put(await opened(FolderBlobs(tmp_path / "files")), b"secret")
    place = tmp_path / "files" / "content" / blob.sha256[:2] / blob.sha256[2:4] / blob.sha256
    assert [stat.S_IMODE(each.stat().st_mode) for each in (place, place.parent)] == [0o600, 0o700]


async def test_a_folder_that_cannot_be_written_to_is_said_to_the_operator(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StartupError, match="TERTULIA_BLOB_URL"):
        await FolderBlobs(tmp_path / "file" / "blobs").open()


async def test_a_disk_that_fails_is_the_storages_trouble(tmp_path: Path) -> None:
    blobs = await opened(FolderBlobs(tmp_path))
    shutil.rmtree(tmp_path / "content")
    (tmp_path / "content").write_text("")
    with pytest.raises(StorageUnavailable):
        await put(blobs, b"hello")
    assert list((tmp_path / "incoming").iterdir()) == []


async def test_a_bucket_that_is_not_there_is_said_to_the_operator(s3_server: str, bucket: str) -> None:
    missing = bucket.replace("s3://b", "s3://c")
    with pytest.raises(StartupError, match="cannot be kept in s3://c"):
        await blobs_at(missing).open()
    with pytest.raises(StartupError, match="cannot be kept"):
        await blobs_at("s3://bucket?endpoint=http://127.0.0.1:9").open()


@pytest.mark.parametrize(
    "url", ["s3://", "s3://key:secret@bucket/x", "s3://bucket?secret=x", "file://host/x", "file:relative"]
)
def test_a_place_that_cannot_be_is_refused_and_keys_are_not_repeated(url: str) -> None:
    with pytest.raises(StartupError, match="TERTULIA_BLOB_URL") as refused:
        blobs_at(url)
    assert "secret" not in refused.value.message.lower().replace("aws_secret_access_key", "")


def test_a_folder_is_named_by_its_url(tmp_path: Path) -> None:
    assert isinstance(blobs_at((tmp_path / "with space").as_uri()), FolderBlobs)


async def opened(blobs: FolderBlobs) -> FolderBlobs:
    await blobs.open()
    return blobs


def files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
