"""Sessions that came over from Llama Stack, in a real server: read, listed, followed, and gone on with."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from click.testing import CliRunner

from tertulia.cli.main import main
from tests.cli.server_process import serving
from tests.fakes.upstream import Upstream, Wire, answers, stop, streams, text
from tests.sources.llama_stack.stores import VERSIONS, Expected, Json, expected_of, real_store, told, told_here

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


def bring_over(path: Path, data_dir: Path) -> int:
    """Run the command; return its exit code."""
    settings = {name: None for name in os.environ if name.startswith("TERTULIA_")}
    words = ["import", "llama-stack", str(path), "--data-dir", str(data_dir)]
    return CliRunner().invoke(main, words, env=settings).exit_code


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


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=VERSIONS)
async def api(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    """What a real server of one version had stored, in ours: each test that says something has a session of its own."""
    path, data_dir = real_store(request.param), tmp_path_factory.mktemp("imported") / "data"
    assert await asyncio.to_thread(bring_over, path, data_dir) == 0
    async with Upstream(answer) as upstream:
        with serving(data_dir, "--model-server", f"ollama={upstream.url}") as server:
            async with ClientSession(server.url) as http:
                yield Api(http, upstream, expected_of(path))


async def test_what_came_over_is_served_as_it_was(api: Api) -> None:
    for session_id, stored in api.expected.sessions.items():
        session = await api.get(f"/v1/agents/{stored['agent_id']}/session/{session_id}")
        assert (session["session_name"], session["started_at"]) == (stored["session_name"], stored["started_at"])
        turns = api.expected.turns[session_id]
        served = session["turns"][: len(turns)]
        assert [turn["turn_id"] for turn in served] == [turn["turn_id"] for turn in turns]
        if stored["session_name"] != "Older days":
            assert list(map(told_here, served)) == list(map(told, turns))
    agents = (await api.get("/v1/agents?limit=200"))["agents"]
    assert api.expected.agents.keys() < {agent["agent_id"] for agent in agents}


async def test_lists_show_it_by_its_last_turn(api: Api) -> None:
    path = api.path_of("Shielded").partition("/session/")[0]
    (session,) = (await api.get(f"{path}/sessions"))["sessions"]
    assert (session["session_name"], session["preview"], session["turn_count"]) == ("Shielded", "Be careful.", 3)
    assert (session["status"], session["last_turn_status"]) == ("idle", "completed")


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


async def test_a_model_that_is_not_here_is_named_by_the_next_turn(api: Api) -> None:
    messages = [{"role": "user", "content": "Where is it now?"}]
    turn = await api.post(f"{api.path_of('Older days')}/turn", {"messages": messages})
    assert (turn["status"], turn["error"]["code"]) == ("failed", "model_not_found")
