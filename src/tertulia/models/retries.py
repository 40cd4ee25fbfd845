"""When to try again, and after how long (reliability R9)."""

from typing import Annotated

from msgspec import Meta

from tertulia.domain.base import Value
from tertulia.models.failures import Failure


class Retries(Value):
    """At most `tries`; the wait between them grows from `first_wait_s` to `longest_wait_s`, with full jitter.

    A server that names a time is left alone for that long, or given up at once if it is more than `patience_s`.
    """

    tries: Annotated[int, Meta(ge=1)] = 3
    first_wait_s: float = 0.5
    longest_wait_s: float = 8.0
    patience_s: float = 30.0

    def wait_after(self, tries: int, failure: Failure, chance: float) -> float | None:
        """Return how long to wait after so many tries, or None to give up. `chance` is in [0, 1)."""
        if failure.retry is None or tries >= self.tries:
            return None
        jitter = chance * min(self.longest_wait_s, self.first_wait_s * 2 ** (tries - 1))
        asked = failure.retry.after_s
        if asked is None:
            return jitter
        return None if asked > self.patience_s else asked + chance * self.first_wait_s
