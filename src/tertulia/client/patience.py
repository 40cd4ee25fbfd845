"""How long is waited, and how often something is tried again.

Only what is the same done twice is done twice: reads, and writes that name themselves (`Idempotency-Key`) or their
outcome. And only trouble that may pass is waited for. What the server asks for in `Retry-After` goes before our own
waiting; when it asks for more than we have, we stop at once instead of asking too early.
"""

import random

from tertulia.client.errors import ApiError, ServerUnreachable
from tertulia.domain.base import Value

PASSING = frozenset({429, 500, 502, 503, 504})
"""Statuses that may be gone a moment later."""


class Timeouts(Value):
    """In seconds. A stream may last as long as it likes, but not be silent."""

    connect: float = 5.0
    answer: float = 60.0
    """How long an answer may take to come, and to go on."""
    silence: float = 45.0
    """The server sends a sign of life every 15 seconds: after three that did not come the connection is dead."""


class Patience(Value):
    """How often, and how long apart, something is tried again: longer each time, and not all clients at once."""

    attempts: int = 6
    first_wait: float = 0.25
    longest_wait: float = 5.0
    longest_asked: float = 60.0
    """The longest wait that a server is granted when it asks for one."""

    def wait_after(self, error: ApiError | ServerUnreachable, attempt: int) -> float | None:
        """Return for how many seconds to wait after so many attempts, or None when it is time to give up."""
        if attempt >= self.attempts or not is_passing(error):
            return None
        asked = error.retry_after if isinstance(error, ApiError) else None
        if asked is not None:
            return asked if asked <= self.longest_asked else None
        backoff = min(self.longest_wait, self.first_wait * 2.0 ** (attempt - 1))
        return backoff * random.uniform(0.5, 1)  # noqa: S311 - no secret


def is_passing(error: ApiError | ServerUnreachable) -> bool:
    """Tell whether the same request may succeed a moment later."""
    return isinstance(error, ServerUnreachable) or error.status in PASSING
