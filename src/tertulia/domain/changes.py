"""What changed among an agent's sessions: what keeps lists of them fresh in other tabs, on other devices and nodes."""

from typing import Literal

from tertulia.domain.base import Value
from tertulia.domain.sessions import Session
from tertulia.domain.turns import TurnStatus

ChangeType = Literal[
    "following",
    "session_created",
    "session_renamed",
    "session_updated",
    "session_deleted",
    "turn_queued",
    "turn_started",
    "turn_at_rest",
]


class ChangeId(Value, order=True):
    """A place among changes, `batch.seq` on the wire: opaque to clients, and rising."""

    batch: int
    seq: int

    def __str__(self) -> str:
        return f"{self.batch}.{self.seq}"

    @classmethod
    def parse(cls, text: str) -> "ChangeId":
        """Read `batch.seq`; anything else is a ValueError."""
        parts = text.split(".")
        if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
            raise ValueError(f"the id of a change is two numbers, batch.seq, not {text[:60]!r}")
        return cls(batch=int(parts[0]), seq=int(parts[1]))


BEGINNING = ChangeId(batch=0, seq=0)


class SessionChange(Value):
    """Something has changed. `session` is how it is now, which may be later: null once it is deleted.

    `turn_id` and `turn_status` are those of the turn that did it, if one did. A stream begins with `following`, which
    is no change: with `has_missed`, what its reader had seen last is no longer kept, and changes may have been missed.
    """

    event_type: ChangeType
    session_id: str | None = None
    session: Session | None = None
    turn_id: str | None = None
    turn_status: TurnStatus | None = None
    has_missed: bool = False


class ChangeBody(Value):
    """What has changed."""

    payload: SessionChange


class ChangeEnvelope(Value):
    """The `data` of one event of a stream of changes; its `id` rises."""

    event: ChangeBody


class LoggedChange(Value):
    """A change with its place."""

    id: ChangeId
    change: SessionChange
