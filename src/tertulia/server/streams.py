"""A turn's events as an answer, in any dialect: from a place in its log on, until it rests."""

from collections.abc import AsyncGenerator, Callable

from tertulia.domain.errors import NotFound
from tertulia.domain.events import EventId
from tertulia.domain.turns import Turn
from tertulia.runtime.turns import Turns
from tertulia.server.sse import EventStream
from tertulia.server.wire.base import Dialect

MAX_BATCH = 64
"""How many events are encoded at once: what a reader that does not read has waiting in the server's buffer."""


class Streams:
    """Makes the answers that are streams."""

    def __init__(self, turns: Turns, dialect: Dialect, *, heartbeat_seconds: float) -> None:
        self._turns = turns
        self._dialect = dialect
        self._heartbeat_seconds = heartbeat_seconds

    def follow(
        self,
        owner: str,
        turn_id: str,
        *,
        after: EventId | None = None,
        headers: dict[str, str] | None = None,
        on_end: Callable[[str], None] = lambda _: None,
    ) -> EventStream:
        """Answer with a turn's events after an id until it rests; tell `on_end` when a reader was sent all of them."""
        return EventStream(
            self._chunks(owner, turn_id, after, on_end),
            head=self._dialect.stream_head,
            heartbeat=self._dialect.heartbeat,
            heartbeat_seconds=self._heartbeat_seconds,
            headers=headers,
        )

    async def _chunks(
        self, owner: str, turn_id: str, after: EventId | None, on_end: Callable[[str], None]
    ) -> AsyncGenerator[bytes, None]:
        async def turn_at(event_id: EventId) -> Turn:
            return await self._turns.turn_at(owner, turn_id, event_id)

        try:
            async for batch in self._turns.follow(owner, turn_id, after):
                for start in range(0, len(batch), MAX_BATCH):
                    yield await self._dialect.frames(batch[start : start + MAX_BATCH], turn_at)
        except NotFound:
            return  # deleted while it was read: there is nothing more to see
        on_end(turn_id)
