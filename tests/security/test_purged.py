"""What is purged is gone: no file that the server keeps has a byte of it, be it database, log or blob."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tertulia.blobs.folder import FolderBlobs
from tertulia.domain.attachments import FileAttachment
from tertulia.domain.messages import UserMessage
from tertulia.runtime.clock import SystemClock, new_id
from tertulia.runtime.file_cleaning import FileCleaning
from tertulia.runtime.files import Files
from tertulia.runtime.purging import Purging
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.store import SqlStore
from tests.store.values import ANA, NODE, agent, completed, new_turn, running, said, session

CANARIES = {
    "message": b"canary-message-3371",
    "answer": b"canary-answer-9156",
    "name": b"canary-name-6634",
    "metadata": b"canary-metadata-8843",
    "file": b"canary-file-9921",
    "file name": b"canary-filename-7720",
}
LONG = 20_000
"""Times that a canary is said: more than fits on a page, so that it is on pages of its own, too."""


class Place:
    """A store in a file and blobs in a folder, and what clears them away."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = SqlStore(SqliteDatabase(folder / "tertulia.sqlite3"))
        self.blobs = FolderBlobs(folder / "files")
        clock = SystemClock()
        self.files = Files(self.store, self.blobs, clock=clock, new_id=new_id)
        cleaning = FileCleaning(self.store, self.blobs, hours=0, clock=clock)
        self.purging = Purging(self.store, cleaning, days=0, clock=clock)

    def found(self) -> set[str]:
        """The canaries that are in some file."""
        contents = b"".join(path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file())
        names = "".join(str(path) for path in self.folder.rglob("*")).encode()
        return {name for name, canary in CANARIES.items() if canary in contents or canary in names}


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    place = Place(tmp_path)
    await place.store.open()
    await place.blobs.open()
    await place.store.create_agent(ANA, agent())
    yield place
    await place.blobs.close()
    await place.store.close()


def text(name: str) -> str:
    return CANARIES[name].decode()


async def pieces() -> AsyncIterator[bytes]:
    yield CANARIES["file"] * 100


async def said_in(place: Place, session_id: str) -> None:
    """Let a session have all canaries, short ones and long ones."""
    metadata = {"tag": text("metadata")}
    await place.store.create_session(ANA, session(session_id, session_name=text("name"), metadata=metadata))
    claims = FileAttachment(name=text("file name"), type="text/plain")
    file = await place.files.upload(ANA, lambda: claims, pieces())
    for n, times in enumerate((1, LONG), start=1):
        message = UserMessage(content=text("message") * times, file=file.info.as_attachment())
        turn_id = f"{session_id}-{n}"
        new = {"session_id": session_id, "input_messages": [message], "used_files": [file.info.file_id]}
        record = await running(place.store, turn_id, **new)
        words = [text("answer")] * times if times == 1 else [text("answer") * times]
        await place.store.append([completed(record, before=said(words), seq=3)])
    await place.files.delete(ANA, file.info.file_id)


async def test_nothing_of_a_purged_session_is_in_any_file(place: Place) -> None:
    for session_id in ("s1", "s2", "s3"):
        await said_in(place, session_id)
    await place.store.create_session(ANA, session("kept", session_name="Kept"))
    await place.store.accept_turn(ANA, new_turn("kept-1", "kept words", session_id="kept"), node=NODE)
    assert place.found() == set(CANARIES)
    for session_id in ("s1", "s2", "s3"):
        await place.store.trash_session(ANA, "a1", session_id, at="2026-01-02T00:00:00.000000Z")
    assert place.found() == set(CANARIES), "it can be had back"
    assert await place.purging.purge() == 3
    assert place.found() == set()
    assert (await place.store.get_session(ANA, "a1", "kept")).preview == "kept words"


async def test_the_space_of_what_is_purged_comes_back(place: Place) -> None:
    before = size_of(place.folder)
    for n in range(5):
        await said_in(place, f"s{n}")
        await place.store.trash_session(ANA, "a1", f"s{n}", at="2026-01-02T00:00:00.000000Z")
    full = size_of(place.folder)
    await place.purging.purge()
    assert size_of(place.folder) - before < (full - before) / 10


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


async def test_what_is_not_long_enough_in_the_trash_stays(place: Place) -> None:
    await said_in(place, "s1")
    await place.store.trash_session(ANA, "a1", "s1", at=SystemClock()())
    cleaning = FileCleaning(place.store, place.blobs, hours=0, clock=SystemClock())
    assert await Purging(place.store, cleaning, days=30, clock=SystemClock()).purge() == 0
    await place.store.restore_session(ANA, "s1")
    assert place.found() == set(CANARIES)
