"""The turn as far as its events have come: the server's own fold, kept by those who watch.

    turn = fold(events)

A step that begins anew (`StepRestarted`) loses what came of it, as it does on the server.
"""

from collections.abc import Iterable

from tertulia.client.events import Received
from tertulia.domain.events import LoggedEvent, TurnQueued
from tertulia.domain.turns import Turn
from tertulia.engine.projection import project
from tertulia.engine.turn import IllegalEvent, TurnState, begin, evolve, replay


def fold(events: Iterable[LoggedEvent]) -> Turn:
    """Return the turn that these events, all from its first one on, make. Raises ValueError when they make none."""
    try:
        return project(replay(events))
    except IllegalEvent as error:
        raise ValueError(f"These are not the events of a turn from its beginning: {error}.") from error


class TurnFold:
    """Takes a turn's events as they come, and is asked for the turn at any time."""

    def __init__(self) -> None:
        self._state: TurnState | None = None
        self._rested: Turn | None = None

    def add(self, received: Received) -> None:
        """Take the next event. Where the turn rests, what the server says of it goes before what we have made of it."""
        self._rested = received.turn
        try:
            self._state = _after(self._state, received.logged)
        except IllegalEvent:
            # A newer server's event was passed over, or text was lost with a server: the next rest tells.
            self._state = None

    @property
    def turn(self) -> Turn | None:
        """The turn so far; None before its first event, and for one that was not watched from its beginning."""
        if self._rested is not None:
            return self._rested
        return None if self._state is None else project(self._state)


def _after(state: TurnState | None, logged: LoggedEvent) -> TurnState | None:
    if isinstance(logged.event, TurnQueued):
        return begin(logged)
    return None if state is None else evolve(state, logged)
