"""What owners may use and have used: the role of a storage backend that counts for all nodes.

What is used now (turns, files) is not counted but looked up, so that nothing can be lost or counted twice: whoever adds
to it holds the owner's gate, a row of its own, from before the look until it is added. What was spent (tokens) is added
to a day's sum by the transaction that lets a turn rest.
"""

from typing import Protocol

from tertulia.domain.base import Value
from tertulia.domain.errors import BudgetReached, RateLimited, StorageFull
from tertulia.domain.limits import OwnLimits

RETRY_AFTER = 1
"""Seconds after which a turn may have ended that another one waits for; nobody knows when one will."""
MINUTE = 60_000
"""Milliseconds."""
DRAWN_AT_ONCE = 16
"""A node draws a part of what is left of a minute's requests: so it asks seldom, and leaves the most to others."""


class TurnLimits(Value):
    """What a turn is taken on within; 0 is no limit. `session_tokens` counts besides the budget of the agent."""

    concurrent_turns: int = 0
    tokens_per_day: int = 0
    session_tokens: int = 0

    @property
    def counts(self) -> bool:
        """Whether it must be known what the owner uses."""
        return bool(self.concurrent_turns or self.tokens_per_day)


NO_LIMITS = TurnLimits()


class Usage(Value):
    """What an owner uses: turns that run or wait, a day's tokens, bytes of files and of those on their way."""

    turns: int = 0
    tokens: int = 0
    storage_bytes: int = 0


class Drawn(Value):
    """Requests that a node may let through; all nodes together have `used` so many of the minute, these among them."""

    granted: int
    used: int
    seconds_left: float


class LimitStore(Protocol):
    """Limits of owners, and what they have used."""

    async def get_limits(self, owner: str) -> OwnLimits:
        """What was set for an owner; where nothing was, nothing is said."""
        ...

    async def set_limits(self, owner: str, own: OwnLimits, *, at: str) -> None:
        """Keep an owner's limits, in the place of earlier ones."""
        ...

    async def forget_limits(self, owner: str) -> None:
        """Forget an owner's limits, and all that was spent: there is no such owner any more."""
        ...

    async def draw_requests(self, owner: str, *, limit: int) -> Drawn:
        """Take some of the requests that an owner has left in this minute of the database's clock; none, if none is."""
        ...

    async def read_usage(self, owner: str, *, day: str) -> Usage:
        """What an owner uses, and has used on a day (`YYYY-MM-DD`, UTC)."""
        ...

    async def add_tokens(self, owner: str, tokens: int, *, day: str) -> None:
        """Count tokens that no turn has cost."""
        ...

    async def read_session_tokens(self, owner: str, session_id: str, *, besides: str = "") -> int:
        """What the turns of a session have cost, `besides` the one with this id; of one that is not there, nothing."""
        ...

    async def reserve_storage(self, owner: str, reservation: str, *, size: int, limit: int, seconds: float) -> None:
        """Keep room for a file that is on its way, under a name, for so long. Raises StorageFull."""
        ...

    async def release_storage(self, owner: str, reservation: str) -> None:
        """Give the room back, as `add_file` and `accept_turn` do. Where none is kept, nothing happens."""
        ...


def day_of(at: str) -> str:
    """Return the day of a time, in UTC as all times are."""
    return at[:10]


def seconds_to_next_day(at: str) -> int:
    """Return after how many whole seconds the day of a time is over."""
    hours, minutes, seconds = int(at[11:13]), int(at[14:16]), float(at[17:].rstrip("Z"))
    left = 86_400 - (hours * 3600 + minutes * 60 + seconds)
    return max(1, int(left) + (left > int(left)))


def draw(used: int, *, limit: int, now: int) -> Drawn:
    """Say how many requests a node is given, `now` in the milliseconds of the clock that all share."""
    left = max(0, limit - used)
    granted = min(left, max(1, left // DRAWN_AT_ONCE))
    return Drawn(granted=granted, used=used + granted, seconds_left=(MINUTE - now % MINUTE) / 1000)


def refuse_turn(used: Usage, limits: TurnLimits, *, at: str) -> None:
    """Raise RateLimited if an owner may have no further turn now."""
    if 0 < limits.concurrent_turns <= used.turns:
        raise RateLimited(
            "concurrent_turns",
            f"{used.turns} of your turns run or wait, and no more may. Send it again when one has ended, with the same "
            "Idempotency-Key.",
            retry_after=RETRY_AFTER,
        )
    refuse_spent(used, limits.tokens_per_day, at=at)


def refuse_spent(used: Usage, tokens_per_day: int, *, at: str) -> None:
    """Raise RateLimited if an owner has no tokens left today."""
    if 0 < tokens_per_day <= used.tokens:
        raise RateLimited(
            "tokens_per_day",
            f"You have used {used.tokens} tokens today, and {tokens_per_day} are yours. There are new ones at midnight "
            "UTC.",
            retry_after=seconds_to_next_day(at),
        )


def refuse_session(spent: int, limits: TurnLimits, of_agent: int | None) -> None:
    """Raise BudgetReached if a session has cost what it may: of the server's word and its agent's, the smaller."""
    budgets = [budget for budget in (limits.session_tokens, of_agent) if budget]
    if budgets and spent >= min(budgets):
        raise BudgetReached(
            f"This session has cost {spent} tokens, and {min(budgets)} is its budget. Start a new session, or raise "
            "the budget of its agent."
        )


def refuse_file(used: int, size: int, limit: int) -> None:
    """Raise StorageFull if there is no room for so many bytes more."""
    if size and 0 < limit < used + size:
        raise StorageFull(
            f"Your files have {used / 1e6:.1f} MB of {limit / 1e6:.1f} MB: there is no room for {size / 1e6:.1f} MB. "
            "Delete files, or sessions that use them."
        )
