"""What one prefers, for oneself alone; where nobody signs in it stays in the browser."""

from typing import Any

from litestar import Response, Router, get, patch
from litestar.params import JSONBody

from tertulia.domain.errors import NoAccounts, TooLarge
from tertulia.domain.preferences import MOST_BYTES, ChangePreferences, UserPreferences
from tertulia.runtime.preferences import Preferences
from tertulia.server.answers import answer
from tertulia.server.auth import ACCOUNT, Caller
from tertulia.server.routes.accounts import with_accounts
from tertulia.server.routes.parameters import Given
from tertulia.server.routes.problems import raises

LARGEST = 2 * MOST_BYTES
"""Bytes of a body: JSON may have spaces, and characters may be written with escapes."""


@get("/account/preferences", operation_id="get_preferences", guards=[with_accounts], responses=raises(NoAccounts))
async def get_preferences(preferences: Given[Preferences], caller: Given[Caller]) -> Response[UserPreferences]:
    """Get what you prefer. The names, and what they mean, are the page's."""
    return answer(await preferences.get(caller.owner))


@patch(
    "/account/preferences",
    operation_id="update_preferences",
    opt=ACCOUNT,
    guards=[with_accounts],
    request_max_body_size=LARGEST,
    responses=raises(NoAccounts, TooLarge, has_body=True),
)
async def update_preferences(
    data: JSONBody[ChangePreferences], preferences: Given[Preferences], caller: Given[Caller]
) -> Response[UserPreferences]:
    """Change what you prefer, name by name; null forgets one. All of it may be 16 KiB of JSON."""
    return answer(await preferences.change(caller.owner, data.values))


def preferences_router() -> Router:
    """The routes of what one prefers."""
    handlers: list[Any] = [get_preferences, update_preferences]
    return Router("/v1", route_handlers=handlers, tags=["Account"])
