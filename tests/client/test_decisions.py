"""What only a person decides, by the Python client: approvals, other arguments, answers, and what is refused."""

from collections.abc import AsyncIterator

import pytest

from tertulia.client import AsyncClient, Conflict, InvalidRequest, Patience, fold
from tertulia.domain.agents import AgentConfig
from tertulia.domain.events import EventId, StepAsked, StepDecided, TurnAwaitingInput
from tertulia.domain.steps import ToolCallStep
from tertulia.domain.turns import Turn
from tertulia.models.scripted import Call, Reply
from tests.client.either import Opens
from tests.runtime.tools import BookingTool, PayTool
from tests.server.live import serve_live
from tests.server.site import MODEL

QUICK = Patience(attempts=4, first_wait=0.01)


@pytest.fixture
def tools() -> tuple[PayTool, BookingTool]:
    return PayTool(), BookingTool()


@pytest.fixture
async def client(tools: tuple[PayTool, BookingTool], open_client: Opens) -> AsyncIterator[AsyncClient]:
    asks = Reply(Call("pay", {"to": "Ana"}, call_id="c1"), Call("book", call_id="c2"))
    async with (
        serve_live(asks, Reply("Done."), tools=[*tools]) as live,
        open_client(f"http://127.0.0.1:{live.port}", patience=QUICK) as one,
    ):
        yield one


@pytest.fixture
async def waiting(client: AsyncClient, tools: tuple[PayTool, BookingTool]) -> tuple[str, Turn]:
    agent = await client.create_agent(AgentConfig(model=MODEL, toolgroups=[tool.toolgroup for tool in tools]))
    session = await client.create_session(agent.agent_id)
    return agent.agent_id, await client.create_turn(agent.agent_id, session.session_id, "Pay and book")


def step_of(turn: Turn, call_id: str) -> ToolCallStep:
    return next(each for each in turn.steps if isinstance(each, ToolCallStep) and each.tool_call.call_id == call_id)


async def test_a_turn_goes_on_when_all_is_decided_and_its_events_fold_to_it(
    client: AsyncClient, waiting: tuple[str, Turn], tools: tuple[PayTool, BookingTool]
) -> None:
    agent_id, turn = waiting
    ids = (agent_id, turn.session_id, turn.turn_id)
    assert (turn.wait_reason, step_of(turn, "c2").question) == ("approval", BookingTool.account)
    partly = await client.decide_turn(*ids, "c1", "approve", arguments={"to": "Rui"}, remember=True)
    assert (partly.status, partly.wait_reason, tools[0].calls) == ("awaiting_input", "question", [])
    with pytest.raises(InvalidRequest) as refused:
        await client.decide_turn(*ids, "c2", "approve", answer={"name": "x"})
    assert [error.pointer for error in refused.value.errors] == ["/answer/name"]
    await client.decide_turn(*ids, "c2", "approve", answer={"name": "giro"})
    after = EventId.parse(turn.last_event_id or "")
    async with client.follow_turn(*ids, after=after) as events:
        second = await events.until_rest()
    assert (second.wait_reason, tools[0].calls) == ("question", [{"to": "Rui"}])
    await client.decide_turn(*ids, "c2", "deny")
    async with client.follow_turn(*ids) as events:
        log = [logged async for logged in events]
    ended = await client.get_turn(*ids)
    assert fold(log) == ended
    assert (ended.status, step_of(ended, "c2").status) == ("completed", "failed")
    kinds = [type(logged.event) for logged in log]
    assert [kinds.count(each) for each in (StepDecided, StepAsked, TurnAwaitingInput)] == [3, 2, 3]


async def test_a_decision_is_taken_once(client: AsyncClient, waiting: tuple[str, Turn]) -> None:
    agent_id, turn = waiting
    ids = (agent_id, turn.session_id, turn.turn_id)
    await client.decide_turn(*ids, "c1", "deny", reason="No.")
    with pytest.raises(Conflict) as refused:
        await client.decide_turn(*ids, "c1", "approve")
    assert refused.value.code == "already_decided"
    assert step_of(await client.get_turn(*ids), "c1").metadata["reason"] == "No."
