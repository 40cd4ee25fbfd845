"""Signing in and out, the first admin, one's own account and its keys."""

from typing import Any

from litestar import Request, Response, Router, delete, get, patch, post
from litestar.connection import ASGIConnection
from litestar.datastructures import ResponseHeader
from litestar.handlers import BaseRouteHandler
from litestar.params import JSONBody
from msgspec.structs import replace

from tertulia.domain.accounts import Account, KeyList, NewApiKey, SignedInUser, SignInOptions
from tertulia.domain.errors import (
    Conflict,
    Forbidden,
    InvalidCursor,
    KeyNotFound,
    NameTaken,
    NoAccounts,
    SetUpRefused,
    SignInRefused,
    TooManyRequests,
    UserNotFound,
)
from tertulia.domain.paging import DEFAULT_LIMIT
from tertulia.domain.users import User
from tertulia.runtime.accounts import Accounts, SignedIn
from tertulia.runtime.vouched import Vouched
from tertulia.server.answers import answer, answer_page
from tertulia.server.auth import ACCOUNT, COOKIE, NOTHING, Caller, address_of, asked_by
from tertulia.server.edge import BY_HTTPS
from tertulia.server.routes.parameters import Cursor, Given, KeyId, Limit
from tertulia.server.routes.problems import raises
from tertulia.server.wire.native import ChangeAccount, CreateKey, SetUp, SignIn

LARGEST_SIGN_IN = 16 * 1024
"""Bytes of a body that anybody may send: a name and a password, however they are written."""
SET_COOKIE = ResponseHeader(
    "Set-Cookie", documentation_only=True, description="The cookie of who has signed in.", value=""
)


async def with_accounts(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """Refuse where nobody has to sign in; a guard. Raises NoAccounts."""
    scope: Any = connection.scope
    caller: Caller | None = scope["state"]["caller"]
    if caller is not None and caller.via == "local":
        raise NoAccounts


@get("/sign-in", operation_id="get_sign_in_options", opt=NOTHING, responses=raises(is_open=True))
async def get_sign_in_options(accounts: Given[Accounts], vouched: Given[Vouched]) -> Response[SignInOptions]:
    """Get how to sign in to this server, if that is needed at all."""
    return answer(replace(await accounts.sign_in_options(), oidc=vouched.offer))


@post(
    "/sign-in",
    operation_id="sign_in",
    status_code=200,
    opt=NOTHING,
    guards=[with_accounts],
    request_max_body_size=LARGEST_SIGN_IN,
    response_headers=[SET_COOKIE],
    responses=raises(SignInRefused, NoAccounts, TooManyRequests, has_body=True, is_open=True),
)
async def sign_in(
    request: Request[Any, Any, Any], data: JSONBody[SignIn], accounts: Given[Accounts]
) -> Response[SignedInUser]:
    """Sign in by name and password; the cookie that comes back says who one is from then on."""
    return _answer_signed_in(
        request, await accounts.sign_in(data.name, data.password, address=address_of(request.scope))
    )


@post(
    "/sign-out",
    operation_id="sign_out",
    status_code=204,
    opt=NOTHING,
    guards=[with_accounts],
    response_headers=[SET_COOKIE],
    responses=raises(NoAccounts, is_open=True),
)
async def sign_out(request: Request[Any, Any, Any], accounts: Given[Accounts]) -> Response[None]:
    """Sign out: the cookie that comes along holds no longer."""
    if (token := asked_by(request.scope).cookie) is not None:
        await accounts.sign_out(token)
    return Response(None, status_code=204, headers={"set-cookie": session_cookie(request, "", 0)})


@post(
    "/set-up",
    operation_id="set_up",
    status_code=201,
    opt=NOTHING,
    guards=[with_accounts],
    request_max_body_size=LARGEST_SIGN_IN,
    response_headers=[SET_COOKIE],
    responses=raises(SetUpRefused, NameTaken, NoAccounts, TooManyRequests, has_body=True, is_open=True),
)
async def set_up(
    request: Request[Any, Any, Any], data: JSONBody[SetUp], accounts: Given[Accounts]
) -> Response[SignedInUser]:
    """Become the first admin by the link that the server printed, and sign in."""
    signed_in = await accounts.set_up(
        data.token, name=data.name, password=data.password, address=address_of(request.scope)
    )
    return _answer_signed_in(request, signed_in, status=201)


@get("/account", operation_id="get_account", responses=raises())
async def get_account(accounts: Given[Accounts], caller: Given[Caller]) -> Response[Account]:
    """Get who one is, and what one may do."""
    return answer(Account(user=await _user_of(accounts, caller), via=caller.via, scopes=list(caller.scopes)))


@patch(
    "/account",
    operation_id="update_account",
    opt=ACCOUNT,
    guards=[with_accounts],
    response_headers=[SET_COOKIE],
    responses=raises(NameTaken, NoAccounts, TooManyRequests, has_body=True),
)
async def update_account(
    request: Request[Any, Any, Any], data: JSONBody[ChangeAccount], accounts: Given[Accounts], caller: Given[Caller]
) -> Response[Account]:
    """Change one's own name, or one's password, which wants the one of before and signs out everywhere else."""
    headers: dict[str, str] = {}
    if data.password is not None:
        signed_in = await accounts.change_password(
            caller,
            current=data.current_password,
            new=data.password,
            name=data.name,
            address=address_of(request.scope),
        )
        if caller.via == "cookie":
            headers = {"set-cookie": session_cookie(request, signed_in.token, signed_in.seconds)}
    elif data.name is not None:
        await accounts.update_user(caller.owner, name=data.name)
    user = await accounts.get_user(caller.owner)
    return answer(Account(user=user, via=caller.via, scopes=list(caller.scopes)), headers=headers)


@get("/account/keys", operation_id="list_keys", guards=[with_accounts], responses=raises(InvalidCursor, NoAccounts))
async def list_keys(
    accounts: Given[Accounts], caller: Given[Caller], limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response[KeyList]:
    """List one's API keys, oldest first; what they are is not shown again."""
    return answer_page("keys", await accounts.list_keys(caller.owner, limit=limit, cursor=cursor or None))


@post(
    "/account/keys",
    operation_id="create_key",
    status_code=201,
    opt=ACCOUNT,
    guards=[with_accounts],
    responses=raises(Forbidden, NoAccounts, Conflict, has_body=True),
)
async def create_key(
    data: JSONBody[CreateKey], accounts: Given[Accounts], caller: Given[Caller]
) -> Response[NewApiKey]:
    """Make an API key, which may do what who asks may, or less. Its text, `key`, is shown only here."""
    made = await accounts.create_key(caller, data.name, scopes=data.scopes, expires_at=data.expires_at)
    return answer(made, status=201)


@delete(
    "/account/keys/{key_id:str}",
    operation_id="delete_key",
    opt=ACCOUNT,
    guards=[with_accounts],
    responses=raises(KeyNotFound, NoAccounts),
)
async def delete_key(key_id: KeyId, accounts: Given[Accounts], caller: Given[Caller]) -> None:
    """Delete an API key: nobody can ask by it any more."""
    await accounts.delete_key(caller.owner, key_id)


async def _user_of(accounts: Accounts, caller: Caller) -> User:
    """Return who asks; where nobody signs in there need not be an account of theirs."""
    try:
        return await accounts.get_user(caller.owner)
    except UserNotFound:
        if caller.via != "local":
            raise
        return User(user_id=caller.owner, name=caller.name, role=caller.role, created_at="1970-01-01T00:00:00.000000Z")


def _answer_signed_in(request: Request[Any, Any, Any], signed_in: SignedIn, *, status: int = 200) -> Response[Any]:
    headers = {"set-cookie": session_cookie(request, signed_in.token, signed_in.seconds)}
    return answer(SignedInUser(user=signed_in.user), status=status, headers=headers)


def session_cookie(request: Request[Any, Any, Any], token: str, seconds: int) -> str:
    """Write a cookie; for https alone, if that is how people come (see `BY_HTTPS`)."""
    secure = "; Secure" if request.scope["state"][BY_HTTPS] else ""
    return f"{COOKIE}={token}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Lax{secure}"


def accounts_router() -> Router:
    """The routes of one's own account."""
    handlers: list[Any] = [
        get_sign_in_options,
        sign_in,
        sign_out,
        set_up,
        get_account,
        update_account,
        list_keys,
        create_key,
        delete_key,
    ]
    return Router("/v1", route_handlers=handlers, tags=["Account"])
