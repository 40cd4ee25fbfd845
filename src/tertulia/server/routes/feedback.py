"""What people think of answers: a thumb with words if they have some, and taking it back."""

from typing import Any

from litestar import Response, Router, delete, put
from litestar.params import JSONBody

from tertulia.domain.errors import Conflict, TurnNotFound
from tertulia.domain.feedback import Feedback
from tertulia.runtime.turns import Turns
from tertulia.server.answers import answer
from tertulia.server.auth import Caller
from tertulia.server.routes.parameters import AgentId, Given, SessionId, TurnId
from tertulia.server.routes.problems import raises
from tertulia.server.wire.native import RateTurn


@put("/feedback", operation_id="rate_turn", responses=raises(TurnNotFound, Conflict, has_body=True))
async def rate_turn(
    agent_id: AgentId,
    session_id: SessionId,
    turn_id: TurnId,
    data: JSONBody[RateTurn],
    turns: Given[Turns],
    caller: Given[Caller],
) -> Response[Feedback]:
    """Say what you think of a turn that has ended, in place of what you said before.

    It is the turn's `feedback` from then on, in lists and exports too. No model is given it, and no link shows it.
    """
    feedback = Feedback(rating=data.rating, comment=data.comment)
    await turns.rate(caller.owner, (agent_id, session_id, turn_id), feedback)
    return answer(feedback)


@delete("/feedback", operation_id="unrate_turn", responses=raises(TurnNotFound, Conflict))
async def unrate_turn(
    agent_id: AgentId, session_id: SessionId, turn_id: TurnId, turns: Given[Turns], caller: Given[Caller]
) -> None:
    """Take back what you said of a turn, if you did."""
    await turns.rate(caller.owner, (agent_id, session_id, turn_id), None)


def feedback_router() -> Router:
    """The routes of what people think of turns."""
    handlers: list[Any] = [rate_turn, unrate_turn]
    path = "/v1/agents/{agent_id:str}/session/{session_id:str}/turn/{turn_id:str}"
    return Router(path, route_handlers=handlers, tags=["Turns"])
