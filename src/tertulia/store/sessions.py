"""Where sessions stay. Values that come back have no `turns`; those are read by their own role."""

from collections.abc import Sequence
from typing import Protocol

from tertulia.domain.paging import Order, Page
from tertulia.domain.sessions import Session, SessionFilter, SessionPatch, TitleSource
from tertulia.store.importing import ImportedTurn


class SessionStore(Protocol):
    """Sessions, without their turns."""

    async def create_session(self, owner: str, session: Session, *, request_hash: str | None = None) -> Session:
        """Add a session; with a `request_hash`, one with this id and hash that is there already is returned as it is.

        Raises AgentNotFound, AgentWithdrawn; IdempotencyMismatch if the one that is there was made by another request;
        Conflict if it was made without a hash, or is another owner's or agent's.
        """
        ...

    async def get_session(self, owner: str, agent_id: str, session_id: str) -> Session:
        """Raises SessionNotFound."""
        ...

    async def list_sessions(
        self, owner: str, which: SessionFilter, *, order: Order, limit: int, cursor: str | None = None
    ) -> Page[Session]:
        """By `updated_at`, then id. `which.text` is looked for in name and preview, `which.tag` is one of the tags.

        Case does not count. With either, a page may have few sessions, or none, and yet lead on: it does not look
        through all of them.
        """
        ...

    async def update_session(
        self, owner: str, agent_id: str, session_id: str, *, patch: SessionPatch, at: str, expected: int | None = None
    ) -> Session:
        """Apply a patch and count `revision` up; a new name makes `title_source` "user".

        Tagging, pinning, archiving and switching the branch are no activity: `updated_at` stays. With `active_turn_id`
        the active branch is the one through that turn, up to the newest turn after it.
        Raises SessionNotFound; Stale if `revision` is not `expected`; TurnNotFound.
        """
        ...

    async def name_session(self, owner: str, session_id: str, *, name: str, source: TitleSource) -> bool:
        """Name a session unless a person has named it; tell whether that was done."""
        ...

    async def fork_session(
        self, owner: str, origin: str, fork: Session, *, turn_id: str | None, request_hash: str | None = None
    ) -> Session:
        """Add a session, of the same agent, that begins with the turns of another one up to a turn; none is copied.

        Without a `turn_id` it is the last turn of the active branch that has ended, as all before it have. One that has
        no name is called as the other one; it has the other's tags. With a `request_hash` it is as in `create_session`.
        Raises SessionNotFound, TurnNotFound; SessionBusy if one of the turns has not ended; IdempotencyMismatch,
        Conflict.
        """
        ...

    async def delete_session(self, owner: str, agent_id: str, session_id: str) -> None:
        """Delete it and all that hangs on it, but for the turns that its forks have. Raises SessionNotFound."""
        ...

    async def import_session(
        self, owner: str, session: Session, turns: Sequence[ImportedTurn], *, request_hash: str | None = None
    ) -> Session:
        """Add a session from elsewhere with all its turns, which have ended, and their files: all of it or nothing.

        It may take many transactions, between which others write: it is seen with the last, and if that is never made,
        nothing of it is left but what nobody sees, until it is dropped or brought in again.
        What a list shows of it is taken from its last turn; what its turns granted is not granted here. With a
        `request_hash` it is as in `create_session`. Raises AgentNotFound, AgentWithdrawn; IdempotencyMismatch; Conflict
        if the session, a turn or a new file is here already; FileNotFound; StorageUnavailable, also while another
        request brings it in.
        """
        ...
