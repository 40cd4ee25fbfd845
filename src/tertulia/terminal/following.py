"""Turns as a page follows them: for as long as the page is open, however often the server is away meanwhile.

The client's own streams give up after a time, since programs want an end. A person who looks at a page sees that it
waits, and can leave: so here it is waited without an end, and said. The cursor is the client's: nothing comes twice.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from tertulia.client import ApiError, AsyncClient, ClientError, ServerUnreachable
from tertulia.domain.base import Value
from tertulia.domain.events import EventId, LoggedEvent
from tertulia.domain.turns import Turn

T = TypeVar("T")

FIRST_WAIT = 0.25
LONGEST_WAIT = 3.0
AWAY = frozenset({502, 503, 504})
"""What a proxy says whose server is not there, and a server that stops or starts."""


class Place(Value):
    """Where a turn is."""

    agent_id: str
    session_id: str
    turn_id: str


class Waiting(Protocol):
    """Who is told whether the server is there."""

    def lose(self) -> None:
        """Hear that the server is away."""
        ...

    def find(self) -> None:
        """Hear that the server is back."""
        ...


class Watcher(Waiting, Protocol):
    """Who is told of what comes, too."""

    async def show(self, logged: LoggedEvent) -> None:
        """Take the turn's next event."""
        ...


async def follow(client: AsyncClient, place: Place, watcher: Watcher, *, after: EventId | None = None) -> Turn:
    """Show a turn's events after `after` until it rests, and return it as it is then. Raises ApiError."""
    where = (place.agent_id, place.session_id, place.turn_id)
    while True:
        stream = client.follow_turn(*where, after=after)
        try:
            async with stream:
                async for logged in stream:
                    await watcher.show(logged)
            return await client.get_turn(*where) if stream.turn is None else stream.turn
        except (ApiError, ServerUnreachable) as error:
            after = stream.last_event_id
            await _until_back(client, watcher, error)


async def insist(client: AsyncClient, waiting: Waiting, call: Callable[[], Awaitable[T]]) -> T:
    """Do what can be done twice until the server has answered it. Raises ClientError where it says no."""
    while True:
        try:
            return await call()
        except (ApiError, ServerUnreachable) as error:
            await _until_back(client, waiting, error)


def is_away(error: ClientError) -> bool:
    """Tell whether it is not the server that has answered."""
    return isinstance(error, ServerUnreachable) or (isinstance(error, ApiError) and error.status in AWAY)


async def _until_back(client: AsyncClient, waiting: Waiting, failure: ApiError | ServerUnreachable) -> None:
    """Wait until a server that was away answers. Raises the failure if it was not that."""
    if not is_away(failure):
        raise failure
    waiting.lose()
    wait = FIRST_WAIT
    while True:
        await asyncio.sleep(wait)
        wait = min(LONGEST_WAIT, wait * 2)
        try:
            await client.get_health()
        except (ApiError, ServerUnreachable) as error:
            if not is_away(error):
                raise
        else:
            waiting.find()
            return
