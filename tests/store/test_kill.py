"""`kill -9` at any moment loses nothing that was acknowledged (R1, I1, I2), on real processes."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tertulia.store.base import Store
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.store import SqlStore
from tests.store.conftest import witness
from tests.store.values import ANA, NODE, new_turn
from tests.store.witness import SESSIONS


@pytest.mark.slow
async def test_nothing_that_was_acknowledged_is_lost_when_the_process_is_killed(store: Store, path: Path) -> None:
    await store.close()
    acknowledged: list[list[str]] = []
    for round_, lines in enumerate([1, 2, 3, 5, 8, 13, 40, 200]):
        with witness(path, round_) as process:
            acknowledged += [process.next_line() for _ in range(lines)]
            process.kill()
            acknowledged += process.last_lines()
    await _check_all(path, acknowledged)


@pytest.mark.slow
async def test_nothing_that_was_acknowledged_is_lost_whichever_statement_is_the_last(store: Store, path: Path) -> None:
    await store.close()
    acknowledged: list[list[str]] = []
    # A turn that is taken on, told and ended is about 40 statements, with what begins and ends transactions.
    for statement in range(1, 48):
        with witness(path, statement, statement=statement) as process:
            acknowledged += process.last_lines()
    assert {what for what, *_ in acknowledged} == {"accepted", "logged", "ended"}
    await _check_all(path, acknowledged)


async def _check_all(path: Path, acknowledged: list[list[str]]) -> None:
    assert sqlite3_says(path, "PRAGMA integrity_check") == "ok"
    assert sqlite3_says(path, "PRAGMA foreign_key_check") is None
    store = SqlStore(SqliteDatabase(path))
    await store.open()
    for what, session_id, turn_id, *rest in acknowledged:
        await _check(store, what, session_id, turn_id, rest)
    for session_id in SESSIONS:
        await _check_session(store, session_id)
    await store.close()


async def _check(store: Store, what: str, session_id: str, turn_id: str, rest: list[str]) -> None:
    stored = await store.get_turn(ANA, "a1", session_id, turn_id)
    match what:
        case "accepted":
            again = new_turn("another", session_id=session_id, idempotency_key=rest[0])
            repeated = await store.accept_turn(ANA, again, node=NODE)
            assert (repeated.is_repeat, repeated.record) == (True, stored.record)
        case "logged":
            assert len(await store.read_events(ANA, turn_id)) >= int(rest[0])
        case _:
            assert stored.record.status == "completed"
            assert stored.turn is not None


async def _check_session(store: Store, session_id: str) -> None:
    """Its turns are dense and in order, at most one of them runs, and its own row agrees."""
    session = await store.get_session(ANA, "a1", session_id)
    turns = [each.record for each in (await store.list_turns(ANA, session_id, order="asc", limit=999)).items]
    assert [record.n for record in turns] == list(range(1, session.turn_count + 1))
    running = [record for record in turns if record.status == "running"]
    assert len(running) <= 1
    assert session.status == ("running" if running else "idle")
    assert session.last_turn_status == (turns[-1].status if turns else None)


def sqlite3_says(path: Path, statement: str) -> Any:
    """The first answer of SQLite itself."""
    with closing(sqlite3.connect(path)) as raw:
        row = raw.execute(statement).fetchone()
        return row and row[0]
