"""`tertulia import llama-stack` as a process: a thousand turns, twice, killed midway, and opened in a real server."""

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from click.testing import CliRunner, Result

from tertulia.cli.main import main
from tertulia.domain.sessions import SessionFilter
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.store import SqlStore
from tertulia.wiring import LOCAL_OWNER
from tests.cli.server_process import environment, serving
from tests.fakes.upstream import Upstream, Wire, answers, stop, streams, text
from tests.sources.llama_stack.stores import (
    Expected,
    Json,
    copy_of,
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


def expected_of(path: Path) -> Expected:
    return Expected([row for row in rows_of(path) if row[0].startswith(("agent:", "session:"))])


async def here(data_dir: Path) -> dict[str, list[Json]]:
    """All sessions of a data directory, and the turns of each in order, as JSON."""
    store = SqlStore(SqliteDatabase(data_dir / "tertulia.db"))
    await store.open()
    found: dict[str, list[Json]] = {}
    for agent in (await store.list_agents(LOCAL_OWNER, limit=9_999)).items:
        which = SessionFilter(agent_id=agent.agent_id)
        for session in (await store.list_sessions(LOCAL_OWNER, which, order="asc", limit=9_999)).items:
            page = await store.list_turns(LOCAL_OWNER, session.session_id, order="asc", limit=None)
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
    found = await here(tmp_path)
    check_same(found, expected)
    second = bring_over(large, tmp_path)
    assert second.returncode == 0
    assert "Came over: 0 agents, 0 sessions, 0 turns." in second.stdout
    assert f"Here already: {8 * COPIES} agents, {SESSIONS} sessions." in second.stdout
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
    assert "Not brought over (1):" in done.stdout
    _, _, session_id, turn_id = torn.split(":")
    assert f"- turn {turn_id} of session {session_id}: Input data was truncated" in done.stdout


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    path = copy_of("0.2.12", tmp_path / "kvstore.db")
    done = in_this_process(tmp_path, tmp_path / "data", "--dry-run")
    assert done.exit_code == 0
    assert "Would come over: 4 agents, 9 sessions, 17 turns." in done.stdout
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_it_refuses_while_the_server_runs(tmp_path: Path) -> None:
    with serving(tmp_path / "data"):
        done = bring_over(real_store("0.2.12"), tmp_path / "data")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Another Tertulia" in done.stderr
    assert "Stop it first" in done.stderr


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


# --- in a server ---


async def answer(wire: Wire) -> None:
    """A model server that has the model of these agents."""
    if wire.request.path.endswith("/models"):
        await answers(200, {"data": [{"id": "llama3.2:3b"}]})(wire)
    else:
        await streams(text("Welcome back."), stop())(wire)


class Api:
    """A server over the imported data, and the model server that it asks."""

    def __init__(self, http: ClientSession, upstream: Upstream, expected: Expected) -> None:
        self._http = http
        self.upstream = upstream
        self.expected = expected

    def path_of(self, session_name: str) -> str:
        session_id, session = next(
            (session_id, session)
            for session_id, session in self.expected.sessions.items()
            if session["session_name"] == session_name
        )
        return f"/v1/agents/{session['agent_id']}/session/{session_id}"

    async def get(self, path: str) -> Any:
        async with self._http.get(path) as response:
            assert response.status == 200
            return await response.json()

    async def post(self, path: str, body: Json) -> Any:
        async with self._http.post(path, json=body) as response:
            assert response.status in {200, 201}
            return await response.json()

    async def events(self, path: str) -> list[Json]:
        async with self._http.get(f"{path}/events") as response:
            lines = (await response.text()).splitlines()
        return [
            json.loads(line.removeprefix("data: "))["event"]["payload"] for line in lines if line.startswith("data")
        ]

    async def say(self, session_name: str, words: str) -> tuple[Json, list[Json]]:
        """Post a turn; return it, and the messages that the model was given for it."""
        messages = [{"role": "user", "content": words}]
        turn = await self.post(f"{self.path_of(session_name)}/turn", {"messages": messages})
        asked = [request for request in self.upstream.requests if request.path.endswith("/chat/completions")]
        return turn, asked[-1].json["messages"]


@asynccontextmanager
async def opened(data_dir: Path, version: str) -> AsyncIterator[Api]:
    """Bring a real store over, and serve it."""
    assert bring_over(real_store(version), data_dir).returncode == 0
    async with Upstream(answer) as upstream:
        with serving(data_dir, "--model-server", f"ollama={upstream.url}") as server:
            async with ClientSession(server.url) as http:
                yield Api(http, upstream, expected_of(real_store(version)))


@pytest.fixture(params=["0.2.12", "0.3.5"])
async def api(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Api]:
    async with opened(tmp_path / "data", request.param) as api:
        yield api


async def test_what_came_over_is_served_as_it_was(api: Api) -> None:
    for session_id, stored in api.expected.sessions.items():
        session = await api.get(f"/v1/agents/{stored['agent_id']}/session/{session_id}")
        assert (session["session_name"], session["started_at"]) == (stored["session_name"], stored["started_at"])
        turns = api.expected.turns[session_id]
        assert [turn["turn_id"] for turn in session["turns"]] == [turn["turn_id"] for turn in turns]
        if stored["session_name"] != "Older days":
            assert list(map(told_here, session["turns"])) == list(map(told, turns))
    agents = (await api.get("/v1/agents?limit=200"))["agents"]
    assert api.expected.agents.keys() < {agent["agent_id"] for agent in agents}


async def test_lists_show_it_by_its_last_turn(api: Api) -> None:
    path = api.path_of("Plans for Lisbon").partition("/session/")[0]
    sessions = (await api.get(f"{path}/sessions"))["sessions"]
    assert {(each["session_name"], each["preview"], each["last_turn_status"]) for each in sessions} == {
        ("Plans for Lisbon", "Tell me everything.", "completed"),
        ("Nothing said yet", "", None),
    }


async def test_a_turn_can_be_followed_from_its_start(api: Api) -> None:
    path = api.path_of("One picture")
    (turn,) = (await api.get(path))["turns"]
    events = await api.events(f"{path}/turn/{turn['turn_id']}")
    kinds = [event["event_type"] for event in events]
    step = ["step_start", "step_progress", "step_complete"]
    assert kinds == ["turn_queued", "turn_start", *step, "step_start", "step_complete", *step, "turn_complete"]
    assert events[-1]["turn"] == turn
    assert "".join(event["delta"].get("text", "") for event in events if "delta" in event) == "Here it is. "


async def test_the_next_turn_sees_what_was_said(api: Api) -> None:
    turn, given = await api.say("Plans for Lisbon", "Where were we?")
    assert (turn["n"], turn["status"], turn["output_message"]["content"]) == (6, "completed", "Welcome back.")
    assert given[0] == {"role": "system", "content": "You are brief."}
    assert [message["role"] for message in given[1:]] == ["user", "assistant"] * 5 + ["user"]
    assert given[1:3] == [
        {"role": "user", "content": "What is worth seeing?"},
        {"role": "assistant", "content": "The river, above all. "},
    ]
    assert given[3]["content"][1]["image_url"]["url"].startswith("data:image/png;base64,iVBOR")
    assert given[7]["content"] == "See the timetable. Line 28 runs at night."
    assert given[-1]["content"] == "Where were we?"


async def test_the_next_turn_sees_tool_calls_with_their_answers(api: Api) -> None:
    _, given = await api.say("Two pictures", "And now?")
    assert [message["role"] for message in given] == [
        "system",
        "user",
        "assistant",
        "tool",
        "tool",
        "assistant",
        "user",
    ]
    assert [call["id"] for call in given[2]["tool_calls"]] == ["c2", "c3"]
    assert json.loads(given[2]["tool_calls"][0]["function"]["arguments"]) == {"place": "Alfama"}
    assert [(message["tool_call_id"], message["content"]) for message in given[3:5]] == [
        ("c2", "done\nand saved"),
        ("c3", "too dark"),
    ]


async def test_a_session_that_was_left_waiting_goes_on(api: Api) -> None:
    turn, given = await api.say("Left waiting", "Never mind.")
    assert turn["status"] == "completed"
    assert [message["role"] for message in given] == ["system", "user", "assistant", "tool", "user"]
    assert "no result" in given[3]["content"]


async def test_a_model_that_is_not_here_is_named_by_the_next_turn(tmp_path: Path) -> None:
    path = real_store("0.3.5")
    assert bring_over(path, tmp_path / "data", "--model", "ollama/llama3.2:3b=elsewhere/big").returncode == 0
    session_id, session = next(iter(expected_of(path).sessions.items()))
    with serving(tmp_path / "data") as server:
        async with ClientSession(server.url) as http:
            url = f"/v1/agents/{session['agent_id']}/session/{session_id}/turn"
            async with http.post(url, json={"messages": [{"role": "user", "content": "Hello"}]}) as response:
                turn = await response.json()
    assert (turn["status"], turn["error"]["code"]) == ("failed", "model_not_found")
