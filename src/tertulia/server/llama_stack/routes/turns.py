"""Turns: start, get, resume, cancel; and their steps."""

from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import JSONBody

from tertulia.domain.agents import name_of
from tertulia.domain.base import Value
from tertulia.domain.errors import AlreadyAnswered, FieldError, StepNotFound, TurnNotAwaitingInput, UnknownToolCall
from tertulia.domain.events import EventId
from tertulia.domain.messages import ToolResponse
from tertulia.runtime.agents import Agents
from tertulia.runtime.sessions import Sessions
from tertulia.runtime.turns import TurnRequest, Turns
from tertulia.server.answers import answer
from tertulia.server.auth import Caller
from tertulia.server.limits import StreamPlace
from tertulia.server.llama_stack.replies import Replies
from tertulia.server.llama_stack.retries import Retries, counts, has_answers, is_retry, may_be_late
from tertulia.server.routes.parameters import AgentId, Given, IdempotencyKey, SessionId, StepId, TurnId
from tertulia.server.wire.llama_stack.base import Wire
from tertulia.server.wire.llama_stack.turns import (
    CreateTurn,
    ResumeTurn,
    answers_of,
    input_messages_of,
    written_step,
    written_turn,
)
from tertulia.store.turns import Attempt, TurnRecord

AnyRequest = Request[Any, Any, Any]
NOTHING_ASKED = "no turn of this session has asked for a tool: begin with a message of role user"


@post("/turn", status_code=200)
async def create_turn(
    agent_id: AgentId,
    session_id: SessionId,
    data: JSONBody[CreateTurn],
    request: AnyRequest,
    agents: Given[Agents],
    sessions: Given[Sessions],
    turns: Given[Turns],
    replies: Given[Replies],
    retries: Given[Retries],
    caller: Given[Caller],
    stream_place: Given[StreamPlace],
    idempotency_key: IdempotencyKey = None,
) -> Response[Any]:
    """Start a turn, or join the one that another try of this request has started.

    Answers of tools that are sent as messages, in the old way, let the last turn go on, as `resume` does.
    """
    await stream_place.take()  # as a stream or in one piece, it lasts as long as the turn
    place = (caller.owner, agent_id, session_id)
    if answers := answers_of(data):
        record = await _resume(turns, (*place, await _last_turn(sessions, turns, place)), answers, request)
        return await replies.answer(request, record, stream=bool(data.stream), after=_epoch_of(record))
    came_at = turns.now()
    asked = await _asked(data, agents, caller.owner, agent_id)
    async with retries.starting(place):
        seen: list[str] = []
        is_late = idempotency_key is None and await may_be_late(request)
        record = await retries.find(place, asked, seen) if is_late else None
        if record is None:
            attempt = Attempt(is_first=not is_retry(request), since=came_at, seen=seen) if counts(request) else None
            record = await turns.start(*place, asked, key=idempotency_key, attempt=attempt)
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
    stream_place: Given[StreamPlace],
) -> Response[Any]:
    """Give the answers that a turn waits for, or those to calls in its text; answer with what comes of them."""
    await stream_place.take()  # as a stream or in one piece, it lasts as long as the turn
    answers = [each.as_response() for each in data.tool_responses]
    record = await _resume(turns, (caller.owner, agent_id, session_id, turn_id), answers, request)
    return await replies.answer(request, record, stream=bool(data.stream), after=_epoch_of(record))


async def _resume(
    turns: Turns, place: tuple[str, str, str, str], answers: list[ToolResponse], request: AnyRequest
) -> TurnRecord:
    """Let a turn go on; one that was complete, too, if it is told which tools have answered."""
    try:
        return await turns.resume(*place, answers, reopens=all(each.tool_name for each in answers))
    except (TurnNotAwaitingInput, AlreadyAnswered):
        if not is_retry(request) or not has_answers(await turns.get(*place), answers):
            raise
        return await turns.get_record(*place)  # an earlier try of this request has let it go on


async def _last_turn(sessions: Sessions, turns: Turns, place: tuple[str, str, str]) -> str:
    """Return the id of a session's newest turn. Raises SessionNotFound, UnknownToolCall."""
    owner, _, session_id = place
    await sessions.get(*place)
    page = await turns.list_turns(owner, session_id, order="desc", limit=1)
    if not page.items:
        raise UnknownToolCall(NOTHING_ASKED, errors=[FieldError(pointer="/messages/0/role", detail=NOTHING_ASKED)])
    return msgspec.json.decode(page.items[0], type=_Named).turn_id


class _Named(Value):
    turn_id: str


def _epoch_of(record: TurnRecord) -> EventId:
    """Return the place from which on there is what came of a resume."""
    return EventId(n=record.n, epoch=record.epoch, seq=0)


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
