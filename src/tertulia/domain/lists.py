"""Pages of agents, sessions, turns and files as they are on the wire: the rows under their own name.

Those who write them do so row by row (`server/answers.py`); those who read them have `rows`, whatever the list is of.
"""

from msgspec import field

from tertulia.domain.agents import Agent
from tertulia.domain.audit import AuditEntry
from tertulia.domain.base import Value
from tertulia.domain.files import FileInfo
from tertulia.domain.search import SearchHit
from tertulia.domain.sessions import Session, TrashedSession
from tertulia.domain.turns import Turn


class AgentList(Value):
    """A page of agents."""

    agents: list[Agent]
    has_more: bool
    next_cursor: str | None

    @property
    def rows(self) -> list[Agent]:
        """What this page holds."""
        return self.agents


class SessionList(Value):
    """A page of sessions, without their turns."""

    sessions: list[Session]
    has_more: bool
    next_cursor: str | None

    @property
    def rows(self) -> list[Session]:
        """What this page holds."""
        return self.sessions


class TrashList(Value):
    """A page of sessions that were deleted."""

    trash: list[TrashedSession]
    has_more: bool
    next_cursor: str | None

    @property
    def rows(self) -> list[TrashedSession]:
        """What this page holds."""
        return self.trash


class TurnList(Value):
    """A page of a branch. `siblings` has, by their ids, the turns that are not the only ones where they stand.

    The siblings of a turn are in order, with itself: switch to another one by a session's `active_turn_id`.
    """

    turns: list[Turn]
    has_more: bool
    next_cursor: str | None
    siblings: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    @property
    def rows(self) -> list[Turn]:
        """What this page holds."""
        return self.turns


class FileList(Value):
    """A page of files."""

    files: list[FileInfo]
    has_more: bool
    next_cursor: str | None

    @property
    def rows(self) -> list[FileInfo]:
        """What this page holds."""
        return self.files


class HitList(Value):
    """A page of what was found."""

    hits: list[SearchHit]
    has_more: bool
    next_cursor: str | None

    @property
    def rows(self) -> list[SearchHit]:
        """What this page holds."""
        return self.hits


class AuditList(Value):
    """A page of what was done."""

    entries: list[AuditEntry]
    has_more: bool
    next_cursor: str | None

    @property
    def rows(self) -> list[AuditEntry]:
        """What this page holds."""
        return self.entries
