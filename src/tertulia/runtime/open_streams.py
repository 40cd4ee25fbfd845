"""How many long answers each owner has open here: event streams, waits for a turn, exports.

What each costs, it costs the process that sends it.
"""

from collections import Counter

from tertulia.domain.errors import RateLimited

RETRY_AFTER = 5
"""Seconds after which a stream may have ended; nobody knows when one will."""


class OpenStreams:
    """Counts them, by owner."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def of(self, owner: str) -> int:
        """How many an owner has open."""
        return self._counts[owner]

    def open(self, owner: str, limit: int) -> None:
        """Count one more, whose `close` follows in any case. Raises RateLimited; 0 is no limit."""
        if 0 < limit <= self._counts[owner]:
            raise RateLimited(
                "open_streams",
                f"You have {self._counts[owner]} answers open that take their time (event streams, waits for a turn, "
                "exports), and no more may be. Close some; streams are taken up again with Last-Event-ID.",
                retry_after=RETRY_AFTER,
            )
        self._counts[owner] += 1

    def close(self, owner: str) -> None:
        """Count one less."""
        self._counts[owner] -= 1
        if self._counts[owner] <= 0:
            del self._counts[owner]
