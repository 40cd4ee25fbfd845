"""A dialect: one way to say the same thing on the wire. It turns domain values into bytes, only here at the edge."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from tertulia.domain.events import EventId, LoggedEvent
from tertulia.domain.turns import Turn

TurnAt = Callable[[EventId], Awaitable[Turn]]
"""Reads the turn as it was right after an event: events at which a turn rests carry it on the wire."""


class Dialect(Protocol):
    """How one family of clients is spoken to."""

    @property
    def stream_head(self) -> bytes:
        """What a stream of events begins with."""
        ...

    @property
    def heartbeat(self) -> bytes:
        """What is sent when there is nothing to say for a while."""
        ...

    async def frames(self, batch: Sequence[LoggedEvent], turn_at: TurnAt) -> bytes:
        """The events as one run of bytes."""
        ...
