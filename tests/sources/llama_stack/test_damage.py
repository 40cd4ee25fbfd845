"""What cannot be read is said, with its reason, and all else comes over; what is no store at all is a sentence."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tertulia.domain.errors import SourceUnreadable
from tertulia.runtime.importing import Importer, Report
from tertulia.sources.llama_stack.key_values import find_file, need
from tertulia.sources.llama_stack.opening import open_store
from tertulia.store.memory.store import MemoryStore
from tests.sources.llama_stack.stores import Json, Row, copy_of, large_store, rows_of, write_rows
from tests.store.values import history

ME = "me"
AGENT = "agent:a1"
SESSION = "session:a1:s1"
TURN = f"{SESSION}:t1"

AGENT_ROW: Json = {"model": "m", "instructions": "", "created_at": "2025-01-01T10:00:00Z"}
SESSION_ROW: Json = {"session_id": "s1", "session_name": "Plans", "turns": [], "started_at": "2025-01-01T10:00:00Z"}


def turn_row(turn_id: str = "t1", **changes: Any) -> Json:
    return {
        "turn_id": turn_id,
        "session_id": "s1",
        "input_messages": [{"role": "user", "content": "Hello"}],
        "steps": [],
        "output_message": {"role": "assistant", "content": "", "stop_reason": "end_of_turn"},
        "started_at": "2025-01-01T10:00:00Z",
        "completed_at": "2025-01-01T10:00:01Z",
        **changes,
    }


def stored(rows: dict[str, Any], path: Path) -> Path:
    return write_rows(path, [(key, json.dumps(row) if isinstance(row, dict) else row) for key, row in rows.items()])


async def brought_over(path: Path) -> tuple[Report, MemoryStore]:
    source, store = open_store(str(path), models={}), MemoryStore()
    await store.open()
    report = await Importer(source, store, owner=ME).run(lambda _done, _all: None)
    source.close()
    return report, store


DAMAGED: dict[str, tuple[Any, str]] = {
    "not JSON": ("<turn>", "JSON is malformed"),
    "cut off": (json.dumps(turn_row())[:-20], "Input data was truncated"),
    "nothing": (None, "there is nothing under session:a1:s1:t2"),
    "not UTF-8": (json.dumps(turn_row()).encode().replace(b"Hello", b"\xff\xfe"), "utf-8"),
    "without its input": ({"started_at": "2025-01-01T10:00:00Z"}, "missing required field `input_messages`"),
    "an unknown role": (turn_row(input_messages=[{"role": "ipython", "content": ""}]), "Invalid value 'ipython'"),
    "an unknown step": (turn_row(steps=[{"step_type": "dance", "step_id": "x"}]), "Invalid value 'dance'"),
    "no time": (turn_row(started_at="yesterday"), "Invalid RFC3339 encoded datetime"),
}


@pytest.mark.parametrize("damage", DAMAGED)
async def test_a_damaged_turn_is_named_and_the_others_come_over(tmp_path: Path, damage: str) -> None:
    row, why = DAMAGED[damage]
    rows = {AGENT: AGENT_ROW, SESSION: SESSION_ROW, TURN: turn_row(), f"{SESSION}:t2": row, f"{SESSION}:t3": turn_row()}
    report, store = await brought_over(stored(rows, tmp_path / "store.db"))
    (finding,) = report.findings
    assert finding.what == "turn t2 of session s1"
    assert why in finding.why
    assert not report.is_complete
    assert [turn.turn_id for turn in await history(store, "s1", ME)] == ["t1", "t3"]


async def test_a_damaged_page_of_the_file_loses_what_is_on_it_only(tmp_path: Path) -> None:
    large = turn_row("t2", input_messages=[{"role": "user", "content": "X" * 50_000}])
    rows = {AGENT: AGENT_ROW, SESSION: SESSION_ROW, TURN: turn_row(), f"{SESSION}:t2": large}
    path = stored(rows, tmp_path / "store.db")
    data = bytearray(path.read_bytes())
    page = data.index(b"X" * 4_000) // 4096 * 4096
    data[page : page + 4] = b"\xff\xff\xff\xff"  # where the value goes on: nowhere
    path.write_bytes(data)
    report, _ = await brought_over(path)
    assert [(finding.what, finding.is_lost) for finding in report.findings] == [("turn t2 of session s1", True)]
    assert "the file is damaged there" in report.findings[0].why
    assert (report.sessions, report.turns) == (1, 1)


LOST: dict[str, tuple[dict[str, Any], str, str]] = {
    "a session without its agent": ({SESSION: SESSION_ROW}, "session s1", "its agent a1 is not there"),
    "a session of a damaged agent": ({AGENT: "{", SESSION: SESSION_ROW}, "session s1", "cannot be read"),
    "a damaged session": ({AGENT: AGENT_ROW, SESSION: "{", TURN: turn_row()}, "session s1", "1 turns with it"),
    "turns without a session": ({AGENT: AGENT_ROW, TURN: turn_row()}, "1 turns of session s1", "it was deleted"),
    "an agent without a model": ({AGENT: AGENT_ROW | {"model": ""}}, "agent a1", "$.model"),
}


@pytest.mark.parametrize("what", LOST)
async def test_what_hangs_on_something_lost_is_named(tmp_path: Path, what: str) -> None:
    rows, name, why = LOST[what]
    others = {"agent:a2": AGENT_ROW, "session:a2:s2": SESSION_ROW, "session:a2:s2:t9": turn_row()}
    report, store = await brought_over(stored(rows | others, tmp_path / "store.db"))
    assert any(finding.what == name and why in finding.why and finding.is_lost for finding in report.findings)
    assert [turn.turn_id for turn in await history(store, "s2", ME)] == ["t9"]


LEFT_OUT: dict[str, tuple[Json, str]] = {
    "a field that is not here": ({"dances": True}, "dances is not offered here: true"),
    "a value that does not fit": ({"max_infer_iters": -1}, "max_infer_iters is left out"),
    "a tool with an impossible name": ({"client_tools": [{"name": "a b"}, {"name": "ok"}]}, "client_tools is left out"),
    "sampling of another kind": ({"sampling_params": {"strategy": {"type": "beam"}}}, "sampling_params is left out"),
}


@pytest.mark.parametrize("what", LEFT_OUT)
async def test_a_setting_that_does_not_fit_is_left_out_and_named(tmp_path: Path, what: str) -> None:
    changes, note = LEFT_OUT[what]
    report, store = await brought_over(stored({AGENT: AGENT_ROW | changes}, tmp_path / "store.db"))
    (finding,) = report.findings
    assert finding.why.startswith(note)
    assert (finding.is_lost, report.agents) == (False, 1)
    config = (await store.get_agent(ME, "a1")).agent_config
    assert [tool.name for tool in config.client_tools] == (["ok"] if "client_tools" in changes else [])


async def test_old_and_odd_shapes_are_read(tmp_path: Path) -> None:
    config = {"sampling_params": {"strategy": "top_p", "temperature": 0.5, "top_p": 0.8}, "name": "n" * 300}
    turns = {
        TURN: turn_row(started_at="2024-11-05T10:00:00.5-08:00", completed_at=None, output_message=None),
        f"{SESSION}:t2": turn_row(started_at="2024-11-05T19:00:00"),
    }
    session = SESSION_ROW | {"session_name": "a\0b" + "c" * 300, "owner": {"principal": "ana", "attributes": None}}
    report, store = await brought_over(stored({AGENT: AGENT_ROW | config, SESSION: session, **turns}, tmp_path / "db"))
    assert report.is_complete
    agent = (await store.get_agent(ME, "a1")).agent_config
    assert (agent.name, getattr(agent.sampling_params.strategy, "top_p", None)) == ("n" * 200, 0.8)
    found = await store.get_session(ME, "a1", "s1")
    assert (len(found.session_name), found.session_name[:3]) == (200, "a b")
    assert found.metadata == {"llama_stack": {"owner": "ana"}}
    first, second = await history(store, "s1", ME)
    assert (first.started_at, second.started_at) == ("2024-11-05T18:00:00.500000Z", "2024-11-05T19:00:00.000000Z")
    assert (first.status, first.error and first.error.code) == ("failed", "left_unfinished")


async def test_a_second_time_brings_what_came_since_and_doubles_nothing(tmp_path: Path) -> None:
    path = stored({AGENT: AGENT_ROW, SESSION: SESSION_ROW, TURN: turn_row()}, tmp_path / "store.db")
    first, store = await brought_over(path)
    with closing(sqlite3.connect(path)) as raw, raw:
        new: list[Row] = [("session:a1:s2", json.dumps(SESSION_ROW)), (f"{SESSION}:t2", json.dumps(turn_row()))]
        raw.executemany("INSERT INTO kvstore (key, value) VALUES (?, ?)", new)
    source = open_store(str(path), models={})
    second = await Importer(source, store, owner=ME).run(lambda _done, _all: None)
    source.close()
    assert (first.agents, first.sessions, second.agents, second.sessions) == (1, 1, 0, 1)
    assert (second.agents_here, second.sessions_here) == (1, 1)
    (finding,) = second.findings
    assert "it is here already, with 1 of its 2 turns" in finding.why


async def test_sessions_come_in_the_order_in_which_they_began(tmp_path: Path) -> None:
    source = open_store(str(large_store(tmp_path / "store.db", copies=5)), models={})
    source.agents()
    begun = [session.started_at for session in source.sessions()]
    assert len(begun) == 90
    assert begun == sorted(begun)
    source.close()


# --- what is no store ---


def not_there(folder: Path) -> Path:
    return folder / "nowhere.db"


def not_sqlite(folder: Path) -> Path:
    path = folder / "letter.db"
    path.write_text("Dear Ana, " * 1_000)
    return path


def of_another(folder: Path) -> Path:
    with closing(sqlite3.connect(folder / "other.db")) as raw:
        raw.execute("CREATE TABLE notes (text)")
    return folder / "other.db"


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (not_there, "There is no Llama Stack store at"),
        (not_sqlite, "file is not a database"),
        (of_another, "it has no table `kvstore`"),
        (lambda _: "mongodb://host/db", "There is no reader of mongodb:// stores"),
    ],
    ids=["not there", "not SQLite", "of another program", "another database"],
)
def test_what_is_no_store_is_a_sentence(tmp_path: Path, make: Callable[[Path], Any], sentence: str) -> None:
    with pytest.raises(SourceUnreadable, match=sentence):
        open_store(str(make(tmp_path)), models={})


@pytest.mark.parametrize(("version", "name"), [("0.2.12", "agents_store.db"), ("0.3.5", "kvstore.db")])
def test_a_directory_of_a_server_will_do(tmp_path: Path, version: str, name: str) -> None:
    assert find_file(tmp_path.joinpath(copy_of(version, tmp_path / name)).parent) == tmp_path / name


def test_a_package_that_is_missing_is_named_with_its_remedy() -> None:
    with pytest.raises(SourceUnreadable, match=r"pip install 'tertulia\[import\]'"):
        need("no_such_package", "Reading a store in the clouds")


def test_reading_changes_nothing(tmp_path: Path) -> None:
    path = copy_of("0.3.5", tmp_path / "store.db")
    before, rows = path.read_bytes(), rows_of(path)
    source = open_store(str(path), models={})
    source.agents()
    for session in source.sessions():
        list(source.turns(session))
    source.close()
    assert (path.read_bytes(), rows_of(path)) == (before, rows)
    assert [each.name for each in tmp_path.iterdir()] == ["store.db"]
