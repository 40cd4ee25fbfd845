"""What a user's type checker sees of both clients: `make check-types` reads this as strict, and nothing runs it."""

# pyright: strict

from collections.abc import AsyncGenerator, Generator
from typing import assert_type

from tertulia.client import ApiError, AsyncClient, AsyncTurnStream, Client, TurnStream, fold
from tertulia.domain.agents import Agent, AgentConfig
from tertulia.domain.errors import FieldError
from tertulia.domain.events import EventId, LoggedEvent, TurnCompleted, TurnEvent
from tertulia.domain.lists import AgentList, SessionList, TurnList
from tertulia.domain.messages import ToolAnswer, UserMessage
from tertulia.domain.models import ModelList
from tertulia.domain.server import Readiness, ServerConfig
from tertulia.domain.sessions import Session, SessionPatch
from tertulia.domain.step_requests import StepRequest
from tertulia.domain.steps import Step
from tertulia.domain.turns import Turn


def sample_of_the_sync_client(client: Client) -> None:
    assert_type(client.get_config(), ServerConfig)
    assert_type(client.get_readiness(), Readiness)
    assert_type(client.list_models(), ModelList)
    agent = assert_type(client.create_agent(AgentConfig(model="demo/script")), Agent)
    assert_type(client.update_agent(agent.agent_id, {"name": None}), Agent)
    assert_type(client.update_agent(agent.agent_id, visibility="shared"), Agent)
    assert_type(client.list_agents(limit=1), AgentList)
    assert_type(client.iter_agents(), Generator[Agent])
    session = assert_type(client.create_session(agent.agent_id, metadata={"topic": 1}), Session)
    path = (agent.agent_id, session.session_id)
    assert_type(client.update_session(*path, SessionPatch(pinned=True), revision=session.revision), Session)
    assert_type(client.list_sessions(agent.agent_id, q="x", archived=None, order="asc"), SessionList)
    assert_type(client.delete_session(*path), None)
    turn = assert_type(client.create_turn(*path, [UserMessage(content="Hello")], on_busy="reject"), Turn)
    assert_type(client.list_turns(*path, order="desc"), TurnList)
    assert_type(client.get_step(*path, turn.turn_id, "s1"), Step)
    assert_type(client.get_step_request(*path, turn.turn_id, "s1", limit=1), StepRequest)
    assert_type(client.resume_turn(*path, turn.turn_id, [ToolAnswer(call_id="c1", content="")]), Turn)
    with client.stream_turn(*path, "Hello", idempotency_key="k") as events:
        assert_type(events, TurnStream)
        for logged in events:
            assert_type(logged, LoggedEvent)
            assert_type(logged.event, TurnEvent)
            if isinstance(logged.event, TurnCompleted):
                assert_type(logged.event.at, str)
    assert_type(events.turn, Turn | None)
    assert_type(events.last_event_id, EventId | None)
    assert_type(events.until_rest(), Turn)
    assert_type(fold(client.follow_turn(*path, turn.turn_id, after=events.last_event_id)), Turn)


async def sample_of_the_async_client(client: AsyncClient) -> None:
    assert_type(client.iter_sessions("a1", pinned=True), AsyncGenerator[Session])
    turn = assert_type(await client.start_turn("a1", "s1", "Hello", toolgroups=["builtin::clock"]), Turn)
    async with client.follow_turn("a1", "s1", turn.turn_id) as events:
        assert_type(events, AsyncTurnStream)
        assert_type([logged async for logged in events], list[LoggedEvent])
    assert_type(await events.until_rest(), Turn)


def sample_of_errors(error: ApiError) -> None:
    assert_type(error.errors, list[FieldError])
    assert_type((error.status, error.code, error.request_id), tuple[int, str, str | None])
    assert_type(error.retry_after, float | None)
