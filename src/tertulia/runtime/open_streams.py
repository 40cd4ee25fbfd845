"""How many event streams each owner has open here: what each costs, it costs the process that sends it."""

from collections import Counter

from tertulia.domain.errors import RateLimited

RETRY_AFTER = 5
"""Seconds after which a stream may have ended; nobody knows when one will."""


class OpenStreams:
    """Counts streams, by owner."""

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
                f"You have {self._counts[owner]} event streams open, and no more may be. Close some, then come back to "
                "the others with Last-Event-ID.",
                retry_after=RETRY_AFTER,
            )
        self._counts[owner] += 1

    def close(self, owner: str) -> None:
        """Count one less."""
        self._counts[owner] -= 1
        if self._counts[owner] <= 0:
            del self._counts[owner]
