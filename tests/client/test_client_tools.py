"""Turns that wait for the client's answers, with the real server and its fold: what is answered twice counts once."""

from collections.abc import AsyncIterator

import pytest

from tertulia.client import AsyncClient, Conflict, InvalidRequest, Patience, fold
from tertulia.domain.agents import AgentConfig, ToolDef
from tertulia.domain.events import TurnAwaitingInput, TurnCompleted, TurnQueued, TurnResumed
from tertulia.domain.messages import ToolAnswer
from tertulia.domain.steps import InferenceStep, ToolCallStep
from tertulia.domain.turns import Turn
from tertulia.models.scripted import Call, Reply
from tests.client.cutting_proxy import CuttingProxy
from tests.client.either import Opens
from tests.server.live import LiveSite, serve_live
from tests.server.site import MODEL

QUICK = Patience(attempts=4, first_wait=0.01)
CAMERA = ToolDef(name="camera", description="Take a picture.")
CAT = [ToolAnswer(call_id="c1", content="a cat")]


@pytest.fixture
async def site() -> AsyncIterator[LiveSite]:
    """A server whose model wants a picture, then says what it sees."""
    async with serve_live(Reply("Look: ", Call("camera", {"zoom": 1}, call_id="c1")), Reply("A cat.")) as site:
        yield site


@pytest.fixture
async def client(site: LiveSite, open_client: Opens) -> AsyncIterator[AsyncClient]:
    async with open_client(f"http://127.0.0.1:{site.port}", patience=QUICK) as one:
        yield one


@pytest.fixture
async def waiting(client: AsyncClient) -> tuple[str, Turn]:
    """An agent, and a turn of it that waits for a picture."""
    agent = await client.create_agent(AgentConfig(model=MODEL, client_tools=[CAMERA]))
    session = await client.create_session(agent.agent_id)
    return agent.agent_id, await client.create_turn(agent.agent_id, session.session_id, "What do you see?")


async def test_a_turn_that_waits_is_returned_with_its_calls(waiting: tuple[str, Turn]) -> None:
    _, turn = waiting
    assert turn.status == "awaiting_input"
    assert [call.tool_name for call in turn.output_message.tool_calls] == ["camera"]


async def test_with_its_answers_it_goes_on_to_its_end(client: AsyncClient, waiting: tuple[str, Turn]) -> None:
    agent_id, turn = waiting
    ended = await client.resume_turn(agent_id, turn.session_id, turn.turn_id, CAT)
    assert (ended.status, ended.output_message.content) == ("completed", "A cat.")
    (step,) = [step for step in ended.steps if isinstance(step, ToolCallStep)]
    assert await client.get_step(agent_id, turn.session_id, turn.turn_id, step.step_id) == step


async def test_its_stream_goes_on_from_where_the_first_one_ended(
    client: AsyncClient, waiting: tuple[str, Turn]
) -> None:
    agent_id, turn = waiting
    before = client.follow_turn(agent_id, turn.session_id, turn.turn_id)
    first = [one async for one in before]
    assert isinstance(first[-1].event, TurnAwaitingInput)
    after = client.stream_resume(agent_id, turn.session_id, turn.turn_id, CAT, after=before.last_event_id)
    rest = [one async for one in after]
    assert isinstance(rest[0].event, TurnResumed)
    assert isinstance(rest[-1].event, TurnCompleted)
    assert fold([*first, *rest]) == after.turn == await client.get_turn(agent_id, turn.session_id, turn.turn_id)


async def test_without_a_cursor_its_stream_is_whole(client: AsyncClient, waiting: tuple[str, Turn]) -> None:
    agent_id, turn = waiting
    stream = client.stream_resume(agent_id, turn.session_id, turn.turn_id, CAT)
    events = [one async for one in stream]
    assert isinstance(events[0].event, TurnQueued)
    assert fold(events) == stream.turn


async def test_an_answer_that_the_server_took_and_could_not_confirm_counts_once(
    site: LiveSite, open_client: Opens, client: AsyncClient, waiting: tuple[str, Turn]
) -> None:
    agent_id, turn = waiting
    async with CuttingProxy(site.port).running() as proxy, open_client(proxy.url, patience=QUICK) as far_away:
        proxy.cuts = [0, 10]
        ended = await far_away.resume_turn(agent_id, turn.session_id, turn.turn_id, CAT)
        assert proxy.cuts == []
    assert (ended.status, ended.output_message.content) == ("completed", "A cat.")
    assert ended == await client.get_turn(agent_id, turn.session_id, turn.turn_id)
    assert [type(step) for step in ended.steps] == [InferenceStep, ToolCallStep, InferenceStep]


async def test_another_answer_to_what_is_answered_is_refused(client: AsyncClient, waiting: tuple[str, Turn]) -> None:
    agent_id, turn = waiting
    await client.resume_turn(agent_id, turn.session_id, turn.turn_id, CAT)
    again = await client.start_resume(agent_id, turn.session_id, turn.turn_id, CAT)
    assert again.status == "completed"
    with pytest.raises(Conflict) as refused:
        await client.resume_turn(agent_id, turn.session_id, turn.turn_id, [ToolAnswer(call_id="c1", content="a dog")])
    assert refused.value.code == "turn_not_awaiting_input"


async def test_an_answer_that_nobody_asked_for_is_refused(client: AsyncClient, waiting: tuple[str, Turn]) -> None:
    agent_id, turn = waiting
    with pytest.raises(InvalidRequest) as refused:
        await client.start_resume(agent_id, turn.session_id, turn.turn_id, [ToolAnswer(call_id="c9", content="")])
    assert refused.value.code == "unknown_tool_call"
