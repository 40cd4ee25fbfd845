"""A SQLite file is for one process, whatever became of the one before."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tertulia.domain.errors import StartupError
from tertulia.store.base import Store
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.store import SqlStore
from tests.store.conftest import witness
from tests.store.values import ANA


def another(path: Path) -> Store:
    return SqlStore(SqliteDatabase(path))


@contextmanager
def a_text_at(path: Path) -> Iterator[None]:
    path.parent.mkdir()
    path.write_text("This is not a database, but a long enough text to be looked at as one." * 100)
    yield
    path.unlink()


async def test_a_second_process_is_refused_with_a_sentence(store: Store, path: Path) -> None:
    await store.close()
    with witness(path) as process, pytest.raises(StartupError) as refused:
        await another(path).open()
    assert f"process {process.pid}" in refused.value.message
    assert str(path) in refused.value.message


async def test_a_second_store_in_one_process_is_refused_too(store: Store, path: Path) -> None:
    with pytest.raises(StartupError, match=f"process {os.getpid()}"):
        await another(path).open()
    await store.check()


async def test_a_detour_to_the_file_is_seen_through(store: Store, path: Path, tmp_path: Path) -> None:
    (tmp_path / "detour").symlink_to(path.parent)
    with pytest.raises(StartupError):
        await another(tmp_path / "detour" / path.name).open()


async def test_a_process_that_was_killed_blocks_nobody(store: Store, path: Path) -> None:
    await store.close()
    with witness(path) as process:
        process.kill()
        process.last_lines()
    assert path.with_name(path.name + ".lock").exists()
    successor = another(path)
    await successor.open()
    assert (await successor.get_agent(ANA, "a1")).agent_id == "a1"
    await successor.close()


async def test_a_store_that_was_closed_makes_room(store: Store, path: Path) -> None:
    await store.close()
    successor = another(path)
    await successor.open()
    await successor.check()
    await successor.close()


async def test_a_store_that_could_not_open_makes_room(path: Path) -> None:
    with a_text_at(path), pytest.raises(StartupError, match="not a database"):
        await another(path).open()
    successor = another(path)
    await successor.open()
    await successor.close()


async def test_a_path_that_cannot_be_used_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StartupError, match="cannot be used"):
        await another(tmp_path / "file" / "tertulia.sqlite3").open()


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
async def test_conversations_are_for_their_owners_eyes(store: Store, path: Path) -> None:
    await store.check()
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


async def test_a_store_that_was_closed_leaves_one_file_with_everything(store: Store, path: Path) -> None:
    await store.close()
    assert {file.name for file in path.parent.iterdir()} == {path.name, path.name + ".lock"}
