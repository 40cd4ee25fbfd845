"""What real servers of Llama Stack have written is read as it was, and as logs that could have been ours."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from tertulia.domain.agents import Agent, TopPSampling
from tertulia.domain.events import LoggedEvent, StepProgressed
from tertulia.domain.messages import UserMessage
from tertulia.domain.turns import Turn
from tertulia.engine.transcript import messages_of_turn
from tertulia.runtime.importing import Importer, Report
from tertulia.sources.llama_stack.opening import open_store
from tertulia.sources.llama_stack.store import LlamaStackStore
from tertulia.store.memory.store import MemoryStore
from tests.sources.llama_stack.stores import VERSIONS, Expected, Json, expected_of, real_store, told, told_here
from tests.store.values import history

ME = "me"


class Imported:
    """What came over of a store, and what is in that store."""

    def __init__(self, path: Path, **models: str) -> None:
        self.source: LlamaStackStore = open_store(str(path), models=models)
        self.store = MemoryStore()
        self.report = Report()

    async def run(self) -> None:
        await self.store.open()
        self.report = await Importer(self.source, self.store, owner=ME).run(lambda _done, _all: None)

    async def agents(self) -> list[Agent]:
        return (await self.store.list_agents(ME, limit=99)).items

    async def agent(self, name: str) -> Agent:
        return next(agent for agent in await self.agents() if agent.agent_config.name == name)

    async def turns(self, session_id: str) -> list[Turn]:
        return await history(self.store, session_id, ME)

    async def log(self, turn: Turn) -> list[LoggedEvent]:
        return await self.store.read_events(ME, turn.turn_id)


@pytest.fixture(params=VERSIONS)
def path(request: pytest.FixtureRequest) -> Path:
    return real_store(request.param)


@pytest.fixture
def expected(path: Path) -> Expected:
    return expected_of(path)


@pytest.fixture
async def here(path: Path) -> AsyncIterator[Imported]:
    imported = Imported(path)
    await imported.run()
    yield imported
    imported.source.close()


def as_json(turn: Turn) -> Json:
    return json.loads(msgspec.json.encode(turn))


async def turn_that_says(here: Imported, expected: Expected, words: str) -> Turn:
    for session_id in expected.sessions:
        for turn in await here.turns(session_id):
            if any(isinstance(message, UserMessage) and message.content == words for message in turn.input_messages):
                return turn
    raise AssertionError(words)


async def test_everything_comes_over(here: Imported, expected: Expected) -> None:
    assert (here.report.agents, here.report.sessions, here.report.turns) == (4, 9, 17)
    assert (len(expected.agents), len(expected.sessions), expected.count) == (4, 9, 17)
    assert here.report.is_complete


async def test_turns_come_in_order_and_say_what_they_said(here: Imported, expected: Expected) -> None:
    for session_id, session in expected.sessions.items():
        if session["session_name"] == "Older days":
            continue
        turns = await here.turns(session_id)
        assert [turn.turn_id for turn in turns] == [turn["turn_id"] for turn in expected.turns[session_id]]
        for turn, stored in zip(turns, expected.turns[session_id], strict=True):
            assert told_here(as_json(turn)) == told(stored)
            assert turn.started_at == stored["started_at"]
            assert turn.completed_at == stored["completed_at"]


async def test_sessions_keep_their_ids_names_and_times(here: Imported, expected: Expected) -> None:
    for session_id, stored in expected.sessions.items():
        session = await here.store.get_session(ME, stored["agent_id"], session_id)
        assert (session.session_name, session.started_at) == (stored["session_name"], stored["started_at"])
        assert (session.turn_count, session.status) == (len(expected.turns[session_id]), "idle")


async def test_times_strictly_increase_and_step_ids_are_unique(here: Imported, expected: Expected) -> None:
    for session_id in expected.sessions:
        for turn in await here.turns(session_id):
            times = [time for step in turn.steps for time in (step.started_at, step.completed_at)]
            times = [turn.started_at, *map(str, times), str(turn.completed_at)]
            assert times == sorted(set(times))
            assert len({step.step_id for step in turn.steps}) == len(turn.steps)


ENDS = {
    "What is worth seeing?": ("completed", "end_of_turn"),
    "Tell me everything.": ("completed", "out_of_tokens"),
    "Take one.": ("completed", "end_of_turn"),
    "Never stop.": ("completed", "max_infer_iters"),
    "Take a last one.": ("failed", None),
    "Something forbidden.": ("completed", "end_of_turn"),
}


@pytest.mark.parametrize("words", ENDS)
async def test_a_turn_ends_as_it_ended(here: Imported, expected: Expected, words: str) -> None:
    turn = await turn_that_says(here, expected, words)
    assert (turn.status, turn.output_message.stop_reason) == ENDS[words]


async def test_a_turn_that_waited_for_the_client_says_so_and_blocks_nothing(here: Imported, expected: Expected) -> None:
    turn = await turn_that_says(here, expected, "Take a last one.")
    assert turn.error is not None
    assert turn.error.code == "left_unfinished"
    assert "waited for the client's tools" in turn.error.message
    assert [call.tool_name for call in turn.output_message.tool_calls] == ["camera"]


async def test_a_document_is_what_the_message_says(here: Imported, expected: Expected) -> None:
    turn = await turn_that_says(here, expected, "See the timetable. Line 28 runs at night.")
    assert turn.output_message.content == "It does. "


async def test_tool_answers_that_came_as_a_turn_of_their_own_go_where_they_were_asked_for(
    here: Imported, expected: Expected
) -> None:
    session_id = next(key for key, one in expected.sessions.items() if one["session_name"] == "Older days")
    first, asking, answering = await here.turns(session_id)
    assert [turn.turn_id for turn in (first, asking, answering)] == [
        turn["turn_id"] for turn in expected.turns[session_id]
    ]
    assert told_here(as_json(asking))[2] == ("tool", "k1", "camera", "done")
    assert answering.input_messages == []
    messages = [message for turn in (asking, answering) for message in messages_of_turn(turn)]
    assert [type(message).__name__ for message in messages] == [
        "UserMessage",
        "AssistantMessage",
        "ToolMessage",
        "AssistantMessage",
    ]
    assert (asking.status, asking.output_message.stop_reason) == ("completed", "end_of_message")


async def test_what_was_retrieved_is_kept_in_its_step(here: Imported, expected: Expected) -> None:
    turn = await turn_that_says(here, expected, "Where is it?")
    assert told_here(as_json(turn))[1] == ("retrieval", "Page 12")
    assert turn.steps[0].metadata == {"vector_db_ids": "db1"}


async def test_the_log_has_each_answer_as_pieces_too(here: Imported, expected: Expected) -> None:
    turn = await turn_that_says(here, expected, "Take one.")
    log = await here.log(turn)
    deltas = [type(logged.event.delta).__name__ for logged in log if isinstance(logged.event, StepProgressed)]
    assert deltas == ["ToolCallDelta", "TextDelta"]


# --- agents ---


async def test_an_agent_keeps_its_config(here: Imported) -> None:
    config = (await here.agent("Talker")).agent_config
    assert (config.model, config.instructions) == ("ollama/llama3.2:3b", "You are brief.")
    assert config.sampling_params.strategy == TopPSampling(temperature=0.7, top_p=0.9)
    assert (config.sampling_params.max_tokens, config.sampling_params.stop) == (512, ["END"])


async def test_client_tools_have_a_schema_whichever_way_they_were_described(here: Imported) -> None:
    agent = await here.agent("Photographer")
    (tool,) = agent.agent_config.client_tools
    assert (tool.name, tool.description) == ("camera", "Takes a picture.")
    assert tool.input_schema == {
        "type": "object",
        "properties": {
            "place": {"type": "string", "description": "Where."},
            "zoom": {"type": "integer", "description": "How near.", "default": 1},
        },
        "required": ["place"],
    }
    assert agent.agent_config.max_infer_iters == 3


async def test_a_model_may_have_another_name_here(path: Path) -> None:
    imported = Imported(path, **{"ollama/llama3.2:3b": "ollama/llama3.2"})
    await imported.run()
    models = sorted(agent.agent_config.model for agent in await imported.agents())
    assert models == ["ollama/llama3.2"] * 3 + ["vllm/long-gone"]
    imported.source.close()
