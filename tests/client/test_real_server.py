"""The client against the real server, as a process: everything it can ask, and streams over a network that breaks."""

import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tertulia.client import ApiError, AsyncClient, Patience, fold
from tertulia.domain.agents import AgentConfig
from tertulia.domain.deltas import TextDelta
from tertulia.domain.events import (
    LoggedEvent,
    StepProgressed,
    TurnCancelled,
    TurnCompleted,
    TurnEvent,
    TurnQueued,
    TurnStarted,
)
from tertulia.domain.messages import SystemMessage, UserMessage
from tertulia.domain.sessions import SessionPatch
from tertulia.domain.turns import ENDED
from tests.cli.server_process import ServerProcess, serving
from tests.client.cutting_proxy import CuttingProxy
from tests.client.either import Opens

pytestmark = pytest.mark.slow

QUICK = Patience(attempts=4, first_wait=0.01)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with serving(tmp_path_factory.mktemp("client") / "data") as process:
        yield process


@pytest.fixture
async def client(server: ServerProcess, open_client: Opens) -> AsyncIterator[AsyncClient]:
    async with open_client(server.url, patience=QUICK) as one:
        yield one


@pytest.fixture
async def agent_id(client: AsyncClient) -> str:
    return (await client.create_agent(AgentConfig(model="demo/script"))).agent_id


async def all_of(events: AsyncIterator[LoggedEvent]) -> list[LoggedEvent]:
    return [event async for event in events]


def words_of(events: list[LoggedEvent]) -> str:
    deltas = [one.event.delta for one in events if isinstance(one.event, StepProgressed)]
    return "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))


async def test_an_agent_and_a_session_live_through_their_whole_lives(client: AsyncClient, agent_id: str) -> None:
    assert (await client.get_agent(agent_id)).agent_config.model == "demo/script"
    assert agent_id in [agent.agent_id for agent in (await client.list_agents(limit=200)).agents]
    session = await client.create_session(agent_id, session_name="Plans")
    patched = await client.update_session(agent_id, session.session_id, SessionPatch(session_name="Plans for Lisbon"))
    assert patched.session_name == "Plans for Lisbon"
    assert [one.session_name for one in (await client.list_sessions(agent_id, q="lisbon")).sessions] == [
        "Plans for Lisbon"
    ]
    await client.delete_session(agent_id, session.session_id)
    with pytest.raises(ApiError) as gone:
        await client.get_session(agent_id, session.session_id)
    assert (gone.value.status, gone.value.code) == (404, "session_not_found")
    assert gone.value.request_id


async def test_a_streamed_turn_is_the_turn_that_is_stored(client: AsyncClient, agent_id: str) -> None:
    session = await client.create_session(agent_id)
    events = await all_of(client.stream_turn(agent_id, session.session_id, "Good morning"))
    first = events[0].event
    assert isinstance(first, TurnQueued)
    assert isinstance(events[-1].event, TurnCompleted)
    turn = await client.get_turn(agent_id, session.session_id, first.turn_id)
    assert turn.output_message.content == words_of(events)
    assert turn.last_event_id == str(events[-1].id)
    assert (await client.get_session(agent_id, session.session_id)).turns == [turn]
    assert (await client.list_turns(agent_id, session.session_id, order="desc")).turns == [turn]


async def test_a_turn_in_the_background_can_be_followed_and_stopped(client: AsyncClient, agent_id: str) -> None:
    session = await client.create_session(agent_id)
    messages = [SystemMessage(content="Be brief."), UserMessage(content="long")]
    turn = await client.start_turn(agent_id, session.session_id, messages)
    seen: list[TurnEvent] = []
    async for logged in client.follow_turn(agent_id, session.session_id, turn.turn_id):
        seen.append(logged.event)
        if isinstance(logged.event, StepProgressed) and not any(isinstance(one, StepProgressed) for one in seen[:-1]):
            await client.cancel_turn(agent_id, session.session_id, turn.turn_id)
    assert isinstance(seen[-1], TurnCancelled)
    assert (await client.cancel_turn(agent_id, session.session_id, turn.turn_id)).status == "cancelled"


async def test_the_same_key_starts_one_turn(client: AsyncClient, agent_id: str) -> None:
    session = await client.create_session(agent_id)
    first = await client.start_turn(agent_id, session.session_id, "Hello", idempotency_key="k")
    again = await client.start_turn(agent_id, session.session_id, "Hello", idempotency_key="k")
    assert again.turn_id == first.turn_id
    with pytest.raises(ApiError) as other:
        await client.start_turn(agent_id, session.session_id, "Goodbye", idempotency_key="k")
    assert other.value.code == "idempotency_mismatch"


async def test_a_stream_over_a_network_that_breaks_is_whole(
    server: ServerProcess, client: AsyncClient, open_client: Opens, agent_id: str
) -> None:
    session = await client.create_session(agent_id)
    async with (
        CuttingProxy(server.port).running() as proxy,
        open_client(proxy.url, patience=QUICK) as far_away,
    ):
        proxy.cuts = [0, 100, 1500, 900, 700, 1500, 800]
        stream = far_away.stream_turn(agent_id, session.session_id, "One two three four five six seven")
        events = await all_of(stream)
    assert proxy.cuts == []
    assert [type(one.event) for one in events[:2]] == [TurnQueued, TurnStarted]
    assert [one.id for one in events] == sorted({one.id for one in events})
    assert isinstance(events[-1].event, TurnCompleted)
    (turn,) = (await client.list_turns(agent_id, session.session_id)).turns
    assert turn.output_message.content == words_of(events)
    assert fold(events) == stream.turn == turn


@pytest.mark.parametrize("seed", range(3))
async def test_a_turn_over_a_network_that_breaks_anywhere_is_one_turn(
    server: ServerProcess, client: AsyncClient, open_client: Opens, agent_id: str, seed: int
) -> None:
    chance = random.Random(seed)
    session = await client.create_session(agent_id)
    async with (
        CuttingProxy(server.port).running() as proxy,
        open_client(proxy.url, patience=Patience(attempts=9, first_wait=0.01)) as far_away,
    ):
        proxy.cuts = [chance.randrange(3000) for _ in range(8)]
        stream = far_away.stream_turn(agent_id, session.session_id, "One two three four five six seven")
        events = await all_of(stream)
    assert [turn async for turn in client.iter_turns(agent_id, session.session_id)] == [stream.turn]
    assert fold(events) == stream.turn


async def test_a_turn_whose_answer_was_lost_is_not_started_twice(
    server: ServerProcess, client: AsyncClient, open_client: Opens, agent_id: str
) -> None:
    session = await client.create_session(agent_id)
    async with (
        CuttingProxy(server.port).running() as proxy,
        open_client(proxy.url, patience=QUICK) as far_away,
    ):
        proxy.cuts = [0, 30]
        started = await far_away.start_turn(agent_id, session.session_id, "Hello")
        assert proxy.cuts == []
    turns = (await client.list_turns(agent_id, session.session_id)).turns
    assert [turn.turn_id for turn in turns] == [started.turn_id]


async def test_a_stream_goes_on_after_the_server_has_been_started_again(tmp_path: Path, open_client: Opens) -> None:
    with serving(tmp_path / "data") as first:
        async with open_client(first.url, patience=Patience(attempts=40, longest_wait=0.5)) as client:
            agent = (await client.get_config()).default_agent_id
            assert agent is not None
            session = await client.create_session(agent)
            events = client.stream_turn(agent, session.session_id, "markdown")
            seen = [await anext(events) for _ in range(6)]
            first.process.kill()
            first.process.wait()
            with serving(tmp_path / "data", "--port", str(first.port)):
                seen += [event async for event in events]
                turn = await client.get_turn(agent, session.session_id, events.turn_id or "")
    assert [one.id for one in seen] == sorted({one.id for one in seen})
    assert turn.last_event_id == str(seen[-1].id)
    assert turn.status in ENDED
    assert events.turn == turn
