"""Where the events of turns stay: a log for each turn, to which nothing is added under an old epoch."""

from collections.abc import Sequence
from typing import Protocol

from tertulia.domain.base import Value
from tertulia.domain.events import EventId, LoggedEvent
from tertulia.domain.turns import Turn


class Append(Value):
    """Events to add to one turn's log, in order and without holes in their `seq`.

    `turn` is the projection when the last event lets the turn rest: its row and its session's are brought up to date
    in the same transaction.
    """

    owner: str
    turn_id: str
    epoch: int
    events: list[LoggedEvent]
    turn: Turn | None = None


class Appended(Value):
    """What came of appends, by turn id: whose epoch is no longer theirs, and behind whose end a queued turn waits."""

    lost: frozenset[str] = frozenset()
    followed: frozenset[str] = frozenset()


class Watched(Value):
    """A log that somebody reads: what comes after `after` is news."""

    turn_id: str
    session_id: str
    after: EventId


class LogStore(Protocol):
    """The logs of turns."""

    async def append(self, appends: Sequence[Append]) -> Appended:
        """Add events to logs, all in one transaction. Nothing is added to those that are lost.

        Nothing is added to a turn that has ended, either, but for TurnResumed (and what follows it) to one that was
        completed, is still the last of its session's active branch, is followed by none, also of no fork, and shown by
        no link that is not live, while nothing else runs or waits. What a StepDecided grants is granted with it.
        A turn is followed if it has come to rest here and the first turn of its session that has not ended is queued:
        whoever let it rest starts that one by `claim_next`. A completed step sets `attempts` to 0; a turn that comes to
        rest is nobody's any more.
        """
        ...

    async def read_events(
        self, owner: str, turn_id: str, *, after: EventId | None = None, limit: int | None = None
    ) -> list[LoggedEvent]:
        """A turn's log, from its start or after an id: all of it, or a page of up to `limit` events.

        A page may have fewer while more follow, and has when they are large (`MAX_BYTES`); one with nothing in it is
        the end. Raises TurnNotFound.
        """
        ...

    async def read_news(self, watched: Sequence[Watched]) -> dict[str, list[LoggedEvent]]:
        """What came after each of some places in the logs of any owner's turns, by turn id; without news no entry.

        One look for all readers of a node: each of them has shown before that the turn is its owner's.
        """
        ...

    async def drop_deltas(self, *, ended_before: str, limit: int) -> int:
        """Delete the deltas of up to `limit` turns that ended before a time; return how many turns lost theirs.

        All other events stay, with their ids: what a completed step came to is in its `step_complete`.
        """
        ...
