"""Steps of a turn: get one, and what the model was asked in it."""

from typing import Any

from litestar import Response, Router, get

from tertulia.domain.errors import AgentWithdrawn, InvalidCursor, StepNotFound, TurnNotFound
from tertulia.domain.paging import DEFAULT_LIMIT
from tertulia.domain.step_requests import StepRequest
from tertulia.domain.steps import Step
from tertulia.runtime.step_requests import StepRequests
from tertulia.runtime.turns import Turns
from tertulia.server.answers import answer
from tertulia.server.auth import Caller
from tertulia.server.routes.parameters import AgentId, Cursor, Given, Limit, SessionId, StepId, TurnId
from tertulia.server.routes.problems import raises


@get(
    "/turn/{turn_id:str}/step/{step_id:str}",
    operation_id="get_step",
    responses=raises(TurnNotFound, StepNotFound),
)
async def get_step(
    agent_id: AgentId,
    session_id: SessionId,
    turn_id: TurnId,
    step_id: StepId,
    turns: Given[Turns],
    caller: Given[Caller],
) -> Response[Step]:
    """Get one step of a turn."""
    turn = await turns.get(caller.owner, agent_id, session_id, turn_id)
    step = next((step for step in turn.steps if step.step_id == step_id), None)
    if step is None:
        raise StepNotFound
    return answer(step)


@get(
    "/turn/{turn_id:str}/step/{step_id:str}/request",
    operation_id="get_step_request",
    responses=raises(TurnNotFound, StepNotFound, AgentWithdrawn, InvalidCursor),
)
async def get_step_request(
    agent_id: AgentId,
    session_id: SessionId,
    turn_id: TurnId,
    step_id: StepId,
    step_requests: Given[StepRequests],
    caller: Given[Caller],
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response[StepRequest]:
    """Get what the model was asked in a step.

    It is made again from the log, as the runner makes it: messages, tools and sampling, without keys or credentials.
    The first page has the last messages, `next_cursor` leads to those before them.
    """
    ids = (agent_id, session_id, turn_id)
    return answer(await step_requests.get(caller.owner, ids, step_id, limit=limit, cursor=cursor or None))


def steps_router() -> Router:
    """The routes of steps."""
    handlers: list[Any] = [get_step, get_step_request]
    path = "/v1/agents/{agent_id:str}/session/{session_id:str}"
    return Router(path, route_handlers=handlers, tags=["Turns"])
