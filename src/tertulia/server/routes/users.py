"""Users, for admins: add, list, get, change, delete."""

from typing import Any

from litestar import Response, Router, delete, get, patch, post
from litestar.params import JSONBody

from tertulia.domain.accounts import UserList
from tertulia.domain.errors import InvalidCursor, LastAdmin, NameTaken, NoAccounts, UserNotFound
from tertulia.domain.paging import DEFAULT_LIMIT
from tertulia.domain.users import User
from tertulia.runtime.accounts import Accounts
from tertulia.server.answers import answer, answer_page
from tertulia.server.auth import ADMIN
from tertulia.server.routes.accounts import with_accounts
from tertulia.server.routes.parameters import LOCATION, Cursor, Given, Limit, UserId
from tertulia.server.routes.problems import raises
from tertulia.server.wire.native import ChangeUser, CreateUser


@post(
    "/",
    operation_id="create_user",
    response_headers=[LOCATION],
    responses=raises(NameTaken, NoAccounts, has_body=True),
)
async def create_user(data: JSONBody[CreateUser], accounts: Given[Accounts]) -> Response[User]:
    """Add a user. Without a password they cannot sign in by one until an admin gives them one."""
    user = await accounts.create_user(data.name, role=data.role, password=data.password)
    return answer(user, status=201, headers={"location": f"/v1/users/{user.user_id}"})


@get("/", operation_id="list_users", responses=raises(InvalidCursor, NoAccounts))
async def list_users(
    accounts: Given[Accounts], limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response[UserList]:
    """List the users of the server, oldest first."""
    return answer_page("users", await accounts.list_users(limit=limit, cursor=cursor or None))


@get("/{user_id:str}", operation_id="get_user", responses=raises(UserNotFound, NoAccounts))
async def get_user(user_id: UserId, accounts: Given[Accounts]) -> Response[User]:
    """Get a user."""
    return answer(await accounts.get_user(user_id))


@patch(
    "/{user_id:str}",
    operation_id="update_user",
    responses=raises(UserNotFound, NameTaken, LastAdmin, NoAccounts, has_body=True),
)
async def update_user(user_id: UserId, data: JSONBody[ChangeUser], accounts: Given[Accounts]) -> Response[User]:
    """Change a user. A new password, and disabling them, signs them out everywhere."""
    user = await accounts.update_user(
        user_id, name=data.name, role=data.role, disabled=data.disabled, password=data.password
    )
    return answer(user)


@delete("/{user_id:str}", operation_id="delete_user", responses=raises(UserNotFound, LastAdmin, NoAccounts))
async def delete_user(user_id: UserId, accounts: Given[Accounts]) -> None:
    """Delete a user with all that is theirs: agents, sessions, files, keys."""
    await accounts.delete_user(user_id)


def users_router() -> Router:
    """The routes of users."""
    handlers: list[Any] = [create_user, list_users, get_user, update_user, delete_user]
    return Router("/v1/users", route_handlers=handlers, opt=ADMIN, guards=[with_accounts], tags=["Users"])
