"""The use case of doing one thing to many sessions: each for itself, so that one that is not there stops no other.

Some are done at once, so that they share a commit where the database lets them; then others have their turn.
"""

import asyncio
from collections.abc import Sequence

from tertulia.domain.batches import BatchOp, BatchSessions, SessionOutcome
from tertulia.domain.errors import TertuliaError
from tertulia.domain.sessions import SessionPatch
from tertulia.runtime.audit import about, also
from tertulia.runtime.sessions import Sessions
from tertulia.store.agents import AgentStore

AT_ONCE = 20
PATCHES: dict[BatchOp, SessionPatch] = {
    "archive": SessionPatch(archived=True),
    "unarchive": SessionPatch(archived=False),
    "pin": SessionPatch(pinned=True),
    "unpin": SessionPatch(pinned=False),
}


class Batches:
    """What people do to many sessions at once."""

    def __init__(self, store: AgentStore, sessions: Sessions) -> None:
        self._store = store
        self._sessions = sessions

    async def run(self, owner: str, agent_id: str, batch: BatchSessions) -> list[SessionOutcome]:
        """Do it to each; one that is named twice counts once. Raises AgentNotFound."""
        await self._store.get_agent(owner, agent_id)
        about(op=batch.op)
        ids = list(dict.fromkeys(batch.ids))
        outcomes: list[SessionOutcome] = []
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            outcomes += await asyncio.gather(*(self._one(owner, agent_id, each, batch) for each in some))
        _tell(batch.op, outcomes)
        return outcomes

    async def _one(self, owner: str, agent_id: str, session_id: str, batch: BatchSessions) -> SessionOutcome:
        try:
            match batch.op:
                case "tag":
                    await self._sessions.retag(owner, agent_id, session_id, put=batch.tags)
                case "untag":
                    await self._sessions.retag(owner, agent_id, session_id, taken=batch.tags)
                case "delete":
                    await self._sessions.delete(owner, agent_id, session_id)
                case "restore":
                    await self._sessions.restore(owner, session_id, agent_id=agent_id)
                case "archive" | "unarchive" | "pin" | "unpin":
                    await self._sessions.update(owner, agent_id, session_id, PATCHES[batch.op], expected=None)
        except TertuliaError as error:
            return SessionOutcome(session_id=session_id, is_done=False, code=error.code, detail=error.message)
        return SessionOutcome(session_id=session_id, is_done=True)


def _tell(op: BatchOp, outcomes: Sequence[SessionOutcome]) -> None:
    """Let the audit have an entry for each session that was deleted or restored, as if it had been the only one."""
    if op in ("delete", "restore"):
        about(action=f"session.{op}")
        for each in outcomes:
            also("done" if each.is_done else "refused", code=each.code, session_id=each.session_id)
