"""What one may use and has used, for oneself; and, for admins, what a user may."""

from typing import Annotated, Any

from litestar import Response, Router, get, put
from litestar.params import JSONBody, PathParameter

from tertulia.domain.errors import Forbidden
from tertulia.domain.limits import AccountUsage, OwnLimits, UserLimits
from tertulia.runtime.limits import Limits
from tertulia.server.answers import answer
from tertulia.server.auth import Caller
from tertulia.server.routes.parameters import Given
from tertulia.server.routes.problems import raises

ADMIN = {"needs": "admin"}
UserId = Annotated[str, PathParameter(description="The user's id.")]


@get("/account/usage", operation_id="get_usage", responses=raises())
async def get_usage(limits: Given[Limits], caller: Given[Caller]) -> Response[AccountUsage]:
    """Get how much you use, how much you may, and when there is more. A limit that is null does not hold you."""
    return answer(await limits.usage(caller.owner))


@get("/users/{user_id:str}/limits", operation_id="get_user_limits", opt=ADMIN, responses=raises(Forbidden))
async def get_user_limits(user_id: UserId, limits: Given[Limits]) -> Response[UserLimits]:
    """Get what a user may use: what was set for them, and what counts."""
    return answer(await limits.get(user_id))


@put(
    "/users/{user_id:str}/limits",
    operation_id="set_user_limits",
    opt=ADMIN,
    responses=raises(Forbidden, has_body=True),
)
async def set_user_limits(user_id: UserId, data: JSONBody[OwnLimits], limits: Given[Limits]) -> Response[UserLimits]:
    """Set what a user may use. 0 is no limit; what is left out, or null, is what the server's settings say."""
    return answer(await limits.set(user_id, data))


def limits_router() -> Router:
    """The routes of limits."""
    handlers: list[Any] = [get_usage, get_user_limits, set_user_limits]
    return Router("/v1", route_handlers=handlers, tags=["Limits"])
