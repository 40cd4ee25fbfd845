"""What turns ask of their database is counted, all of it, on real databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bench.ask import Ask
from bench.databases import Held, Measured, sqlite_in
from bench.fake_server import listen
from bench.inside import inside
from bench.measures.storage import drop_deltas, per_turn
from bench.targets import TargetError
from tertulia.store.sql.sqlite.database import SqliteDatabase


@pytest.fixture
async def model_url() -> AsyncIterator[str]:
    async with await listen() as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


@pytest.fixture
async def measured(tmp_path: Path) -> AsyncIterator[Measured]:
    async with sqlite_in(tmp_path) as measured:
        yield measured


async def test_a_turn_of_five_steps_is_run_and_what_it_asks_for_is_counted(model_url: str, tmp_path: Path) -> None:
    commits: list[str] = []
    database = SqliteDatabase(
        tmp_path / "traced.db",
        on_connect=lambda raw: raw.set_trace_callback(lambda said: commits.append(said) if said == "COMMIT" else None),
    )
    async with inside(database, model_url, tmp_path) as server:
        session = await server.new_session()
        before, writes = len(commits), server.counted.writes
        assert await server.run_turn(session, Ask(3, calls=2)) == 5
        assert 0 < len(commits) - before <= server.counted.writes - writes + server.counted.reads
        assert server.counted.seconds > 0


async def test_a_turn_that_is_not_as_asked_for_is_no_measure(model_url: str, tmp_path: Path) -> None:
    async with inside(SqliteDatabase(None), model_url, tmp_path) as server:
        with pytest.raises(TargetError, match="ended as completed"):
            await server.run_turn(await server.new_session(), Ask(3, calls=20))


async def test_what_a_turn_leaves_is_weighed_before_and_after_its_pieces_are_dropped(
    model_url: str, tmp_path: Path, measured: Measured
) -> None:
    async with inside(measured.database, model_url, tmp_path) as server:
        empty = measured.held()
        for _ in range(20):
            await server.run_turn(await server.new_session(), Ask(300))
    full = measured.held()
    await drop_deltas(measured)
    measured.compact()
    kept = measured.held()
    assert (empty.turns, full.turns, kept.turns) == (0, 20, 20)
    assert empty.log_rows == 0 < kept.log_rows < full.log_rows
    assert empty.bytes < kept.bytes < full.bytes


def test_what_turns_leave_is_told_for_each_of_them() -> None:
    rows, size = per_turn("", Held(0, 0, 10_240), Held(10, 25, 30_720))
    assert (rows.key, rows.value, size.key, size.value) == ("rows", 2.5, "kb", 2)
