"""What one may use and has used, for oneself; and, for admins, what a user may."""

from typing import Any

from litestar import Response, Router, get, put
from litestar.params import JSONBody

from tertulia.domain.errors import UserNotFound
from tertulia.domain.limits import AccountUsage, OwnLimits, UserLimits
from tertulia.runtime.accounts import Accounts
from tertulia.runtime.limits import Limits
from tertulia.server.answers import answer
from tertulia.server.auth import ADMIN, Caller
from tertulia.server.routes.parameters import Given, UserId
from tertulia.server.routes.problems import raises


@get("/account/usage", operation_id="get_usage", responses=raises())
async def get_usage(limits: Given[Limits], caller: Given[Caller]) -> Response[AccountUsage]:
    """Get how much you use, how much you may, and when there is more. A limit that is null does not hold you."""
    return answer(await limits.usage(caller.owner))


@get("/users/{user_id:str}/limits", operation_id="get_user_limits", opt=ADMIN, responses=raises(UserNotFound))
async def get_user_limits(
    user_id: UserId, limits: Given[Limits], accounts: Given[Accounts], caller: Given[Caller]
) -> Response[UserLimits]:
    """Get what a user may use: what was set for them, and what counts."""
    await _refuse_unknown(user_id, accounts, caller)
    return answer(await limits.get(user_id))


@put(
    "/users/{user_id:str}/limits",
    operation_id="set_user_limits",
    opt=ADMIN,
    responses=raises(UserNotFound, has_body=True),
)
async def set_user_limits(
    user_id: UserId,
    data: JSONBody[OwnLimits],
    limits: Given[Limits],
    accounts: Given[Accounts],
    caller: Given[Caller],
) -> Response[UserLimits]:
    """Set what a user may use. 0 is no limit; what is left out, or null, is what the server's settings say."""
    await _refuse_unknown(user_id, accounts, caller)
    return answer(await limits.set(user_id, data))


async def _refuse_unknown(user_id: str, accounts: Accounts, caller: Caller) -> None:
    """Raise UserNotFound. Where nobody signs in, whoever asks is the only one there is."""
    if caller.via != "local":
        await accounts.get_user(user_id)
    elif user_id != caller.owner:
        raise UserNotFound


def limits_router() -> Router:
    """The routes of limits."""
    handlers: list[Any] = [get_usage, get_user_limits, set_user_limits]
    return Router("/v1", route_handlers=handlers, tags=["Limits"])
