"""What people think of turns, in a store in memory."""

from tertulia.domain.errors import TurnNotFound
from tertulia.domain.feedback import Feedback
from tertulia.store import rules
from tertulia.store.memory.registry import sealed
from tertulia.store.memory.rows import MemoryRows


class MemoryFeedback(MemoryRows):
    """Thumbs, and words about them."""

    async def set_feedback(
        self, owner: str, agent_id: str, session_id: str, turn_id: str, feedback: Feedback | None
    ) -> None:
        await self._begin()
        turn = self._in_session(owner, session_id, turn_id)
        if turn.record.agent_id != agent_id:
            raise TurnNotFound
        rules.refuse_feedback(turn.record.status)
        turn.feedback = None if feedback is None else sealed(feedback)
