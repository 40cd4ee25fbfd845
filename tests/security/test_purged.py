"""What is purged is gone: no file that the server keeps has a byte of it, be it database, index, log or blob."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from tertulia.blobs.folder import FolderBlobs
from tertulia.domain.attachments import FileAttachment
from tertulia.domain.messages import UserMessage
from tertulia.domain.retention import RetentionRule
from tertulia.domain.search import SearchFilter, SearchHit, parse_query
from tertulia.runtime.audit import Audit
from tertulia.runtime.clock import SystemClock, new_id
from tertulia.runtime.file_cleaning import FileCleaning
from tertulia.runtime.files import Files
from tertulia.runtime.keeping import Keeping
from tertulia.runtime.purging import Purging
from tertulia.store.log import Append
from tertulia.store.sql.schema import creation
from tertulia.store.sql.sqlite.connection import DIALECT
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.sqlite.reclaiming import merge_words
from tertulia.store.sql.store import SqlStore
from tertulia.store.turns import TurnRecord
from tests.store.values import ANA, NODE, agent, completed, new_turn, running, said, session, share

CANARIES = {
    "message": b"canary-message-3371",
    "answer": b"canary-answer-9156",
    "name": b"canary-name-6634",
    "metadata": b"canary-metadata-8843",
    "file": b"canary-file-9921",
    "file name": b"canary-filename-7720",
    "word": b"canarywordx5512",
    "link": b"canary-link-4410",
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
        self.purging = purging(self, cleaning, days=0)

    def found(self) -> set[str]:
        """The canaries that are in some file."""
        contents = b"".join(path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file())
        names = "".join(str(path) for path in self.folder.rglob("*")).encode()
        # An index writes of a word what it does not share with the one before it.
        parts = {name: canary.removeprefix(b"canary") for name, canary in CANARIES.items()}
        return {name for name, part in parts.items() if part in contents or part in names}


def purging(place: Place, cleaning: FileCleaning, *, days: float) -> Purging:
    clock = SystemClock()
    audit = Audit(place.store, days=365, clock=clock, new_id=new_id)
    keeping = Keeping(place.store, audit, rule=RetentionRule(), clock=clock)
    return Purging(place.store, cleaning, keeping, node=lambda: NODE, days=days, clock=clock)


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
        words_of_it = f"{text('word')} {text('message') * times}"
        message = UserMessage(content=words_of_it, file=file.info.as_attachment())
        turn_id = f"{session_id}-{n}"
        new = {"session_id": session_id, "input_messages": [message], "used_files": [file.info.file_id]}
        record = await running(place.store, turn_id, **new)
        words = [text("answer")] * times if times == 1 else [text("answer") * times]
        await place.store.append([ended(record, message, words)])
    await place.files.delete(ANA, file.info.file_id)
    link = share(f"{session_id}-link", session_id=session_id)
    await place.store.create_share(ANA, link, token_hash=f"{text('link')}-{session_id}")


def ended(record: TurnRecord, message: UserMessage, words: list[str]) -> Append:
    """Let a turn end that says what it was asked."""
    whole = completed(record, before=said(words))
    assert whole.turn is not None
    return replace(whole, turn=replace(whole.turn, input_messages=[message]))


async def found_by_word(place: Place) -> int:
    found = await place.store.search(ANA, SearchFilter(query=parse_query(text("word"))), limit=99)
    return len(found.items)


async def hits(place: Place, words: str) -> list[SearchHit]:
    return (await place.store.search(ANA, SearchFilter(query=parse_query(words)), limit=9)).items


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
    assert await found_by_word(place) == 0
    assert (await place.store.get_session(ANA, "a1", "kept")).preview == "kept words"
    assert [hit.session_id for hit in await hits(place, "kept")] == ["kept"]
    assert await hits(place, text("message")) == []


async def test_what_only_a_purged_branch_and_its_session_said_is_gone_and_a_fork_keeps_its_own(place: Place) -> None:
    for session_id in ("s1", "s2"):
        await place.store.create_session(ANA, session(session_id, session_name="Plans"))
    for turn_id, words, parent in (("t1", "shared words", None), ("t2", text("word"), "t1"), ("t3", "other", "t1")):
        record = await running(place.store, turn_id, session_id="s1", words=words, parent_turn_id=parent)
        answer = text("answer") if turn_id == "t2" else "Hi"
        await place.store.append([ended(record, UserMessage(content=words), [answer])])
    await place.store.fork_session(ANA, "s1", session("fork"), turn_id="t1")
    assert place.found() == {"word", "answer"}
    await place.store.trash_session(ANA, "a1", "s1", at="2026-01-02T00:00:00.000000Z")
    assert await place.purging.purge() == 1
    assert place.found() == set()
    (kept,) = await place.store.list_tree(ANA, "fork", limit=9)
    assert kept.record.turn_id == "t1"
    assert b"shared words" in bytes(kept.turn or b"")


async def test_a_branch_that_is_deleted_leaves_no_word_in_the_index(place: Place) -> None:
    await place.store.create_session(ANA, session("s1"))
    for turn_id, words, parent in (("t1", "first", None), ("t2", text("word"), "t1")):
        record = await running(place.store, turn_id, session_id="s1", words=words, parent_turn_id=parent)
        await place.store.append([ended(record, UserMessage(content=words), ["Hi"])])
    assert await found_by_word(place) == 1
    await place.store.delete_branch(ANA, "a1", "s1", "t2")
    await place.purging.clear_up()
    assert (place.found(), await found_by_word(place)) == (set(), 0)


async def test_an_older_sqlite_forgets_words_when_its_index_is_merged(tmp_path: Path) -> None:
    raw = sqlite3.connect(tmp_path / "words", isolation_level=None)
    raw.execute("PRAGMA secure_delete = ON")
    for statement in creation(DIALECT):
        raw.execute(statement)
    raw.execute("PRAGMA foreign_keys = OFF")
    row = {"session_id": "s", "turn_id": "t", "shard": 1, "owner": "ana", "place": 7, "terms": text("word")}
    for place in (7, 8):
        raw.execute(
            "INSERT INTO search_rows (session_id, turn_id, shard, owner, place, terms)"
            " VALUES (:session_id, :turn_id, :shard, :owner, :place, :terms)",
            row | {"turn_id": f"t{place}", "place": place, "terms": text("word") if place == 7 else "kept"},
        )
    raw.execute("DELETE FROM search_rows WHERE place = 7")
    assert CANARIES["word"] in (tmp_path / "words").read_bytes(), "this is why"
    while merge_words(raw):
        pass
    assert CANARIES["word"] not in (tmp_path / "words").read_bytes()
    assert raw.execute("SELECT rowid FROM search_words WHERE search_words MATCH 'kept'").fetchall() == [(8,)]
    raw.close()


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
    assert await purging(place, cleaning, days=30).purge() == 0
    await place.store.restore_session(ANA, "s1")
    assert place.found() == set(CANARIES)


@pytest.mark.parametrize("beside", range(5))
async def test_no_word_stays_in_the_index_however_many_parts_it_is_in(place: Place, beside: int) -> None:
    for n in range(beside):
        await place.store.create_session(ANA, session(f"kept{n}", session_name=f"Canals {n}"))
    await said_in(place, "s1")
    await place.store.trash_session(ANA, "a1", "s1", at="2026-01-02T00:00:00.000000Z")
    assert await place.purging.purge() == 1
    assert place.found() == set()
    assert len(await hits(place, "canals")) == beside
