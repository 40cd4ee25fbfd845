"""Files between where bytes stay and the store: the races of coming and going, and what is left when one is lost."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator

import pytest

from tertulia.blobs.memory import MemoryBlobs
from tertulia.domain.attachments import FileAttachment
from tertulia.domain.errors import FileNotFound, StorageUnavailable
from tertulia.domain.messages import ImageItem, ImageSource, UserMessage
from tertulia.runtime.clock import SystemClock, new_id
from tertulia.runtime.file_cleaning import FRESH, FileCleaning
from tertulia.runtime.files import Files
from tertulia.store.memory.store import MemoryStore

ANA = "ana"
DATA = b"the same bytes, again and again"
SHA256 = hashlib.sha256(DATA).hexdigest()


class Seconds:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class SlowBlobs(MemoryBlobs):
    """Blobs whose deletion takes as long as a test wants."""

    def __init__(self) -> None:
        super().__init__()
        self.is_deleting = asyncio.Event()
        self.may_delete = asyncio.Event()

    async def delete(self, sha256: str) -> None:
        self.is_deleting.set()
        await self.may_delete.wait()
        await super().delete(sha256)


class Place:
    """A store, blobs, and what works with them; `seconds` is the clock of the database and of the machine."""

    def __init__(self, blobs: MemoryBlobs | None = None) -> None:
        self.seconds = Seconds()
        self.store = MemoryStore(now=self.seconds)
        self.blobs = blobs or SlowBlobs()
        clock = SystemClock()
        self.files = Files(self.store, self.blobs, clock=clock, new_id=new_id)
        self.cleaning = FileCleaning(self.store, self.blobs, hours=1, clock=clock, monotonic=self.seconds)

    async def upload(self, data: bytes = DATA) -> str:
        claims = FileAttachment(name="a.txt", type="text/plain")
        return (await self.files.upload(ANA, lambda: claims, pieces(data))).info.file_id

    async def content(self, file_id: str) -> bytes:
        info = (await self.files.get(ANA, file_id)).info
        return b"".join([piece async for piece in self.files.read(info)])


async def pieces(data: bytes) -> AsyncIterator[bytes]:
    yield data


@pytest.fixture
async def place() -> Place:
    place = Place()
    await place.store.open()
    return place


async def test_bytes_that_come_again_while_they_are_deleted_are_there_in_the_end(place: Place) -> None:
    assert isinstance(place.blobs, SlowBlobs)
    await place.files.delete(ANA, await place.upload())
    clearing = asyncio.create_task(place.cleaning.clear())
    await place.blobs.is_deleting.wait()
    coming = asyncio.create_task(place.upload())
    done, _ = await asyncio.wait({coming}, timeout=0.05)
    assert not done, "it waits until the deletion is over"
    place.blobs.may_delete.set()
    assert await clearing == 1
    assert await place.content(await coming) == DATA


async def test_an_upload_between_two_looks_keeps_what_was_let_go(place: Place) -> None:
    assert isinstance(place.blobs, SlowBlobs)
    place.blobs.may_delete.set()
    first = await place.upload()
    await place.files.delete(ANA, first)
    again = await place.upload()
    assert await place.cleaning.clear() == 0
    assert await place.content(again) == DATA
    with pytest.raises(FileNotFound):
        await place.content(first)


async def test_whoever_freezes_before_it_deletes_does_not_delete_when_it_goes_on(place: Place) -> None:
    assert isinstance(place.blobs, SlowBlobs)
    other = await place.upload(b"other bytes")
    mine = await place.upload()
    for file_id in (other, mine):
        await place.files.delete(ANA, file_id)
    clearing = asyncio.create_task(place.cleaning.clear())
    await place.blobs.is_deleting.wait()
    place.seconds.now += 100 * FRESH  # it stood still; others have lifted its sentences
    again = await place.upload()
    place.blobs.may_delete.set()
    await clearing
    assert await place.content(again) == DATA


async def test_what_cannot_be_deleted_now_is_deleted_later(place: Place) -> None:
    class FailingBlobs(MemoryBlobs):
        fails = True

        async def delete(self, sha256: str) -> None:
            if self.fails:
                raise StorageUnavailable
            await super().delete(sha256)

    failing = FailingBlobs()
    place = Place(failing)
    await place.store.open()
    await place.files.delete(ANA, await place.upload())
    with pytest.raises(StorageUnavailable):
        await place.cleaning.clear()
    failing.fails = False
    assert await place.cleaning.clear() == 0, "its sentence lasts"
    place.seconds.now += 10_000
    assert await place.cleaning.clear() == 1


async def test_an_upload_that_breaks_off_leaves_nothing(place: Place) -> None:
    async def cut_off() -> AsyncIterator[bytes]:
        yield DATA
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await place.files.upload(ANA, FileAttachment, cut_off())
    assert (await place.files.list_files(ANA, order="asc", limit=9)).items == []
    with pytest.raises(FileNotFound):
        await anext(place.blobs.read(SHA256))


async def test_bytes_without_a_row_go_when_their_reservation_runs_out(place: Place) -> None:
    assert isinstance(place.blobs, SlowBlobs)
    place.blobs.may_delete.set()
    message = UserMessage(content="Read", file=FileAttachment(name="a", content=base64.b64encode(DATA).decode()))
    await place.files.take_in(ANA, [message])  # and then the server dies
    assert await place.cleaning.clear() == 0
    place.seconds.now += 10_000
    assert await place.cleaning.clear() == 1


async def test_a_talk_without_files_asks_nobody_for_anything() -> None:
    place = Place()  # whose store is not open, and answers nothing
    message = UserMessage(content="Hello")
    taken = await place.files.take_in(ANA, [message])
    assert (taken.messages, taken.new_files, taken.used_files) == ([message], [], [])
    assert taken.messages[0] is message


async def test_messages_are_the_same_if_their_files_are(place: Place) -> None:
    def message(data: bytes, words: str = "Look") -> UserMessage:
        content = base64.b64encode(data).decode()
        image = ImageItem(image=ImageSource(data=content, media_type="image/png"))
        return UserMessage(content=[image], documents=[FileAttachment(name=words, type="text/plain", content=content)])

    large = DATA * 2_000
    new = (await place.files.take_in(ANA, [message(large)])).new_files
    for file in new:
        await place.store.add_file(ANA, file)
    stored = [file.info for file in new]
    assert {info.sha256 for info in stored} == {hashlib.sha256(large).hexdigest()}
    kept = [
        UserMessage(
            content=[ImageItem(image=ImageSource(media_type="text/plain", file_id=stored[-1].file_id))],
            documents=[stored[0].as_attachment()],
        )
    ]
    assert await place.files.are_same(ANA, kept, [message(large)])
    assert not await place.files.are_same(ANA, kept, [message(large[:-1] + b"!")])
    assert not await place.files.are_same(ANA, kept, [UserMessage(content="Look")])


async def test_a_blob_is_reserved_before_anybody_could_find_it(place: Place) -> None:
    order: list[str] = []

    class WatchedStore(MemoryStore):
        async def reserve_blob(self, sha256: str, *, size: int, seconds: float) -> bool:
            order.append("reserved" if not await is_there(sha256) else "too late")
            return await super().reserve_blob(sha256, size=size, seconds=seconds)

    async def is_there(sha256: str) -> bool:
        try:
            await anext(place.blobs.read(sha256), b"")
        except FileNotFound:
            return False
        return True

    store = WatchedStore()
    await store.open()
    files = Files(store, place.blobs, clock=SystemClock(), new_id=new_id)
    await files.upload(ANA, lambda: FileAttachment(name="a"), pieces(DATA))
    assert order == ["reserved"]
