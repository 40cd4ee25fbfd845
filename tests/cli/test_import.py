"""`tertulia import llama-stack` as a process: a thousand turns, twice, killed midway; damage; a server that runs."""

import json
import os
import pty
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tertulia.cli.main import main
from tertulia.domain.sessions import SessionFilter
from tertulia.domain.users import LOCAL_OWNER
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.store import SqlStore
from tests.cli.server_process import environment, serving
from tests.sources.llama_stack.stores import (
    Expected,
    Json,
    copy_of,
    expected_of,
    large_store,
    real_store,
    rows_of,
    told,
    told_here,
    write_rows,
)

pytestmark = pytest.mark.slow

COPIES = 30
TURNS = 34 * COPIES
SESSIONS = 18 * COPIES


def command(path: Path | str, data_dir: Path, *options: str) -> list[str]:
    words = ["import", "llama-stack", str(path), "--data-dir", str(data_dir), *options]
    return [sys.executable, "-m", "tertulia.cli", *words]


def bring_over(path: Path | str, data_dir: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(path, data_dir, *options), capture_output=True, text=True, check=False, timeout=120, env=environment()
    )


def in_this_process(path: Path | str, data_dir: Path, *options: str) -> Result:
    """The same in this process, for what does not need one of its own."""
    settings = {name: None for name in os.environ if name.startswith("TERTULIA_")}
    return CliRunner().invoke(main, command(path, data_dir, *options)[3:], env=settings)


def killed_midway(path: Path, data_dir: Path, after: int) -> int:
    """Run the command in a terminal and kill it when it shows more than `after` turns; return how many it showed."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command(path, data_dir), stdout=subprocess.DEVNULL, stderr=theirs, env=environment()
    ) as process:
        os.close(theirs)
        with os.fdopen(ours, "rb", buffering=0) as terminal:
            shown, text = 0, b""
            while shown <= after:
                text += terminal.read(4096)
                shown = max((int(number) for number in re.findall(rb"(\d+)/%d" % TURNS, text)), default=0)
            process.kill()
    return shown


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return large_store(tmp_path_factory.mktemp("llama-stack") / "agents_store.db", copies=COPIES)


@pytest.fixture(scope="module")
def expected(large: Path) -> Expected:
    return expected_of(large)


async def here(data_dir: Path) -> dict[str, list[Json]]:
    """All sessions of a data directory, and the turns of each in order, as JSON."""
    store = SqlStore(SqliteDatabase(data_dir / "tertulia.db"))
    await store.open()
    found: dict[str, list[Json]] = {}
    for agent in (await store.list_agents(LOCAL_OWNER, limit=9_999)).items:
        which = SessionFilter(agent_id=agent.agent_id)
        for session in (await store.list_sessions(LOCAL_OWNER, which, order="asc", limit=9_999)).items:
            page = await store.list_turns(LOCAL_OWNER, session.session_id, order="asc", limit=999)
            found[session.session_id] = [json.loads(bytes(stored.turn or b"null")) for stored in page.items]
            assert session.turn_count == len(found[session.session_id])
    await store.close()
    return found


def check_same(found: dict[str, list[Json]], expected: Expected) -> None:
    """Counts, order and contents are those of the source."""
    assert found.keys() == expected.sessions.keys()
    assert sum(map(len, found.values())) == TURNS
    for session_id, turns in expected.turns.items():
        assert [turn["turn_id"] for turn in found[session_id]] == [turn["turn_id"] for turn in turns]
        if expected.sessions[session_id]["session_name"] != "Older days":
            assert list(map(told_here, found[session_id])) == list(map(told, turns))


async def test_a_thousand_turns_come_over_as_they_were_and_a_second_time_doubles_nothing(
    tmp_path: Path, large: Path, expected: Expected
) -> None:
    first = bring_over(large, tmp_path)
    assert (first.returncode, first.stderr) == (0, "")
    assert f"Came over: {8 * COPIES} agents, {SESSIONS} sessions, {TURNS:,} turns." in first.stdout
    # What all copies of a turn have left behind is one line.
    assert f" and {2 * COPIES - 1} more: the context beside its message is left out" in first.stdout
    found = await here(tmp_path)
    check_same(found, expected)
    second = bring_over(large, tmp_path)
    assert second.returncode == 0
    assert "Came over: 0 agents, 0 sessions, 0 turns." in second.stdout
    assert second.stdout.endswith(f"Here already: {8 * COPIES} agents, {SESSIONS} sessions.\n")
    assert await here(tmp_path) == found


async def test_killed_midway_it_has_whole_sessions_only_and_goes_on_where_it_was(
    tmp_path: Path, large: Path, expected: Expected
) -> None:
    come = 0
    for after in (0, TURNS // 3, TURNS // 2):
        assert after < killed_midway(large, tmp_path, after) < TURNS
        found = await here(tmp_path)
        assert come < len(found) < SESSIONS
        come = len(found)
        for session_id, turns in found.items():
            assert len(turns) == len(expected.turns[session_id])
    last = bring_over(large, tmp_path)
    assert last.returncode == 0
    assert f"Came over: 0 agents, {SESSIONS - come} sessions" in last.stdout
    check_same(await here(tmp_path), expected)


def test_what_is_damaged_is_told_and_the_rest_comes_over(tmp_path: Path) -> None:
    rows = dict(rows_of(real_store("0.3.5")))
    torn = next(key for key, value in rows.items() if "Tell me everything." in value)
    rows[torn] = rows[torn][:-30]
    path = write_rows(tmp_path / "store.db", list(rows.items()))
    done = in_this_process(path, tmp_path / "data")
    assert done.exit_code == 1
    assert "Came over: 4 agents, 9 sessions, 16 turns." in done.stdout
    _, _, session_id, turn_id = torn.split(":")
    assert f"\nNot brought over:\n- turn {turn_id} of session {session_id}: Input data was truncated\n" in done.stdout


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    path = copy_of("0.2.12", tmp_path / "kvstore.db")
    done = in_this_process(tmp_path, tmp_path / "data", "--dry-run")
    assert done.exit_code == 0
    assert "Would come over: 4 agents, 9 sessions, 17 turns." in done.stdout
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_a_model_may_be_given_the_name_that_it_has_here(tmp_path: Path) -> None:
    mapping = ["--model", "ollama/llama3.2:3b=ollama/llama3.2"]
    assert in_this_process(real_store("0.3.5"), tmp_path, *mapping).exit_code == 0
    with closing(sqlite3.connect(tmp_path / "tertulia.db")) as raw:
        configs = [json.loads(config) for (config,) in raw.execute("SELECT config FROM agent_versions")]
    assert sorted(config["model"] for config in configs) == ["ollama/llama3.2"] * 3 + ["vllm/long-gone"]


def test_it_refuses_while_the_server_runs(tmp_path: Path) -> None:
    with serving(tmp_path / "data"):
        done = bring_over(real_store("0.2.12"), tmp_path / "data")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Another Tertulia" in done.stderr
    assert "Stop it first" in done.stderr


def test_a_disk_that_is_full_is_a_sentence_and_what_came_over_stays(tmp_path: Path) -> None:
    path = large_store(tmp_path / "store.db", copies=3)
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, resource.RLIM_INFINITY)); "
    words = [
        sys.executable,
        "-c",
        f"{limited}from tertulia.cli.main import main; main()",
        *command(path, tmp_path)[3:],
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120, env=environment())
    assert (done.returncode, done.stdout) == (1, "")
    assert "What has come over is here; run it again." in done.stderr
    assert "Traceback" not in done.stderr
    again = in_this_process(path, tmp_path)
    assert again.exit_code == 0
    assert re.search(r"Here already: 24 agents, [1-9]\d? sessions", again.stdout)


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        (["/nowhere"], 1, "There is no Llama Stack store at /nowhere"),
        ([str(real_store("0.3.5")), "--model", "llama"], 2, "it takes OLD=NEW"),
        (["postgresql://ana:pw-canary@127.0.0.1:1/x"], 1, "The store in PostgreSQL cannot be read"),
        (["redis://:pw-canary@127.0.0.1:1"], 1, "The store in Redis cannot be read"),
    ],
    ids=["no file", "no mapping", "no PostgreSQL", "no Redis"],
)
def test_what_cannot_be_done_is_a_sentence(tmp_path: Path, options: list[str], code: int, sentence: str) -> None:
    done = in_this_process(options[0], tmp_path / "data", *options[1:])
    assert (done.exit_code, done.stdout) == (code, "")
    assert sentence in done.stderr
    assert "canary" not in done.stderr
    assert not (tmp_path / "data").exists()
