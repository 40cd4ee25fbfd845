"""Calls about what one may use, and has used."""

from tertulia.client.aio.calls import AsyncCalls
from tertulia.client.request import Request, path_of
from tertulia.domain.limits import AccountUsage, OwnLimits, UserLimits


class AsyncLimitCalls(AsyncCalls):
    """Read one's usage; as an admin, read and set the limits of users."""

    async def get_usage(self) -> AccountUsage:
        """What you use now, how much you may, and when there is more."""
        return await self._get(AccountUsage, "account", "usage")

    async def get_user_limits(self, user_id: str) -> UserLimits:
        """What was set for a user, and what counts."""
        return await self._get(UserLimits, "users", user_id, "limits")

    async def set_user_limits(self, user_id: str, limits: OwnLimits) -> UserLimits:
        """Set what a user may use; what is not said is left to the server's settings."""
        path = path_of("users", user_id, "limits")
        return await self._transport.call(Request(method="PUT", path=path, body=limits, is_repeatable=True), UserLimits)
