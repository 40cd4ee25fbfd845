# Made of client/aio by `make generate`: change it there.
"""Calls about what one may use, and has used."""

from tertulia.client.request import Request, path_of
from tertulia.client.sync.calls import Calls
from tertulia.domain.limits import AccountUsage, OwnLimits, UserLimits


class LimitCalls(Calls):
    """Read one's usage; as an admin, read and set the limits of users."""

    def get_usage(self) -> AccountUsage:
        """What you use now, how much you may, and when there is more."""
        return self._get(AccountUsage, "account", "usage")

    def get_user_limits(self, user_id: str) -> UserLimits:
        """What was set for a user, and what counts."""
        return self._get(UserLimits, "users", user_id, "limits")

    def set_user_limits(self, user_id: str, limits: OwnLimits) -> UserLimits:
        """Set what a user may use; what is not said is left to the server's settings."""
        path = path_of("users", user_id, "limits")
        return self._transport.call(Request(method="PUT", path=path, body=limits, is_repeatable=True), UserLimits)
