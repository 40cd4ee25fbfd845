"""Turns: start, get, resume, cancel; and their steps."""

from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import JSONBody

from tertulia.domain.agents import name_of
from tertulia.domain.errors import AlreadyAnswered, StepNotFound, TurnNotAwaitingInput
from tertulia.domain.events import EventId
from tertulia.runtime.agents import Agents
from tertulia.runtime.turns import TurnRequest, Turns
from tertulia.server.answers import answer
from tertulia.server.auth import Caller
from tertulia.server.llama_stack.replies import Replies
from tertulia.server.llama_stack.retries import Retries, has_answers, is_retry, may_be_late
from tertulia.server.routes.parameters import AgentId, Given, IdempotencyKey, SessionId, StepId, TurnId
from tertulia.server.wire.llama_stack.base import Wire
from tertulia.server.wire.llama_stack.turns import (
    CreateTurn,
    ResumeTurn,
    input_messages_of,
    written_step,
    written_turn,
)

AnyRequest = Request[Any, Any, Any]


@post("/turn", status_code=200)
async def create_turn(
    agent_id: AgentId,
    session_id: SessionId,
    data: JSONBody[CreateTurn],
    request: AnyRequest,
    agents: Given[Agents],
    turns: Given[Turns],
    replies: Given[Replies],
    retries: Given[Retries],
    caller: Given[Caller],
    idempotency_key: IdempotencyKey = None,
) -> Response[Any]:
    """Start a turn, or join the one that another try of this request has started."""
    place = (caller.owner, agent_id, session_id)
    asked = await _asked(data, agents, caller.owner, agent_id)
    async with retries.starting(place):
        record = await retries.find(place, asked) if idempotency_key is None and await may_be_late(request) else None
        if record is None:
            record = await turns.start(*place, asked, key=idempotency_key)
    return await replies.answer(request, record, stream=bool(data.stream))


async def _asked(data: CreateTurn, agents: Agents, owner: str, agent_id: str) -> TurnRequest:
    """What is asked for; those of its toolgroups that its agent has too take their place."""
    toolgroups = None
    if data.toolgroups:
        config = (await agents.get(owner, agent_id)).agent_config
        toolgroups = list({name_of(each): each for each in (*config.toolgroups, *data.toolgroups)}.values())
    return TurnRequest(
        messages=input_messages_of(data),
        on_busy=data.on_busy,
        toolgroups=toolgroups,
        tool_config=data.tool_config.as_config() if data.tool_config else None,
    )


@get("/turn/{turn_id:str}")
async def get_turn(
    agent_id: AgentId,
    session_id: SessionId,
    turn_id: TurnId,
    turns: Given[Turns],
    caller: Given[Caller],
    wire: Given[Wire],
) -> Response[Any]:
    """Get a turn as it is now."""
    return answer(written_turn(await turns.read(caller.owner, agent_id, session_id, turn_id), wire))


@get("/turn/{turn_id:str}/step/{step_id:str}")
async def get_step(
    agent_id: AgentId,
    session_id: SessionId,
    turn_id: TurnId,
    step_id: StepId,
    turns: Given[Turns],
    caller: Given[Caller],
    wire: Given[Wire],
) -> Response[Any]:
    """Get one step of a turn."""
    turn = await turns.get(caller.owner, agent_id, session_id, turn_id)
    step = next((step for step in turn.steps if step.step_id == step_id), None)
    if step is None:
        raise StepNotFound
    return answer({"step": written_step(step, wire)})


@post("/turn/{turn_id:str}/resume", status_code=200)
async def resume_turn(
    agent_id: AgentId,
    session_id: SessionId,
    turn_id: TurnId,
    data: JSONBody[ResumeTurn],
    request: AnyRequest,
    turns: Given[Turns],
    replies: Given[Replies],
    caller: Given[Caller],
) -> Response[Any]:
    """Give the answers that a turn waits for, or those to calls in its text; answer with what comes of them."""
    place = (caller.owner, agent_id, session_id, turn_id)
    answers = [each.as_response() for each in data.tool_responses]
    try:
        record = await turns.resume(*place, answers, reopens=True)
    except (TurnNotAwaitingInput, AlreadyAnswered):
        if not is_retry(request) or not has_answers(await turns.get(*place), answers):
            raise
        record = await turns.get_record(*place)  # an earlier try of this request has let it go on
    after = EventId(n=record.n, epoch=record.epoch, seq=0)
    return await replies.answer(request, record, stream=bool(data.stream), after=after)


@post("/turn/{turn_id:str}/cancel", status_code=202)
async def cancel_turn(
    agent_id: AgentId,
    session_id: SessionId,
    turn_id: TurnId,
    turns: Given[Turns],
    caller: Given[Caller],
    wire: Given[Wire],
) -> Response[Any]:
    """Stop a turn and keep what came of it: Llama Stack has no such route, but its users want it."""
    return answer(written_turn(await turns.cancel(caller.owner, agent_id, session_id, turn_id), wire), status=202)


def turns_router() -> Router:
    """The routes of turns."""
    handlers: list[Any] = [create_turn, get_turn, get_step, resume_turn, cancel_turn]
    return Router("/v1/agents/{agent_id:str}/session/{session_id:str}", route_handlers=handlers)
