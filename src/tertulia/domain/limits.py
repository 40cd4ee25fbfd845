"""What one owner may use of a server, and how much of it is used.

Each limit has the same name wherever it is spoken of. 0 is no limit; where an admin says nothing of a limit, that of
the server counts.
"""

from typing import Annotated, Literal

from msgspec import Meta
from msgspec.structs import asdict

from tertulia.domain.base import Input, Value

LimitName = Literal["requests_per_minute", "concurrent_turns", "tokens_per_day", "storage_bytes", "open_streams"]
Most = Annotated[int, Meta(ge=0, le=2**53 - 1)]
"""How much at the most; 0 is no limit. It is exact in every JSON reader."""


class OwnerLimits(Value):
    """What one owner may use: requests, turns that run or wait, tokens of models, bytes of files, event streams."""

    requests_per_minute: Most = 0
    concurrent_turns: Most = 0
    tokens_per_day: Most = 0
    storage_bytes: Most = 0
    open_streams: Most = 0


class OwnLimits(Input):
    """What an admin has set for one owner; null leaves a limit to the server's settings."""

    requests_per_minute: Most | None = None
    concurrent_turns: Most | None = None
    tokens_per_day: Most | None = None
    storage_bytes: Most | None = None
    open_streams: Most | None = None


class UserLimits(Value):
    """An owner's own limits, and those that count."""

    own: OwnLimits
    effective: OwnerLimits


class Metered(Value):
    """How much of something is used; `limit` is null where there is none. At `resets_at` all of it is there again."""

    used: int
    limit: int | None = None
    resets_at: str | None = None


class AccountUsage(Value):
    """What an owner uses now: this minute's requests, today's tokens (UTC), turns, files and streams as they are."""

    requests_per_minute: Metered
    concurrent_turns: Metered
    tokens_per_day: Metered
    storage_bytes: Metered
    open_streams: Metered


def effective(server: OwnerLimits, own: OwnLimits) -> OwnerLimits:
    """Return the limits that count: an owner's own, and of what is not said there the server's."""
    said = {name: most for name, most in asdict(own).items() if most is not None}
    return OwnerLimits(**{**asdict(server), **said})
