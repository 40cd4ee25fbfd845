"""Where agents, sessions and turns can come over from: the role that a reader of another server's store plays.

A source reads and never writes. What it cannot read is a finding, not an exception, so that one damaged row does not
keep all others from coming over; only a source that cannot be read at all raises `SourceUnreadable`.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from tertulia.domain.agents import Agent
from tertulia.domain.base import Value
from tertulia.domain.events import EventId, TurnEvent
from tertulia.domain.exports import ExportedFile
from tertulia.domain.sessions import Session


class Finding(Value):
    """What did not come over as it was, and why. `is_lost`: it did not come over at all."""

    what: str
    why: str
    is_lost: bool = True


class FoundTurn(Value):
    """A turn as the events that its log would have had here; the last of them ends it.

    A log that was one of ours has the places of its events, too.
    """

    turn_id: str
    events: Sequence[TurnEvent]
    places: Sequence[EventId] | None = None


class FoundFile(Value):
    """A file that turns of a session use, or that was uploaded; its bytes can be read once, before the next file."""

    file: ExportedFile
    pieces: Iterator[bytes]


class Source(Protocol):
    """Another server's store, opened for reading."""

    @property
    def findings(self) -> Sequence[Finding]:
        """What was found amiss so far, in the order in which it was read."""
        ...

    def agents(self) -> Sequence[Agent]:
        """All agents that can be read, oldest first."""
        ...

    def sessions(self) -> Sequence[Session]:
        """All sessions of these agents that can be read, oldest first. `turn_count` is what the source has of each."""
        ...

    def turns(self, session: Session) -> Iterator[FoundTurn]:
        """The turns of a session that can be read, numbered from 1 in the order of their start."""
        ...

    def files(self, session: Session) -> Iterator[FoundFile]:
        """The files of a session whose turns have been read."""
        ...

    def uploads(self) -> Iterator[FoundFile]:
        """Files that no session uses, once all sessions have been read."""
        ...

    def close(self) -> None: ...
