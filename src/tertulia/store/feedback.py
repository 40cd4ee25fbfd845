"""Where it stays what people think of answers: with the turn, which lists and exports show with it.

The rule it keeps: it is laid over a turn when that is read, and so neither logs nor what models are given have it.
"""

from typing import Protocol

import msgspec
from msgspec.structs import replace

from tertulia.domain.feedback import Feedback
from tertulia.domain.turns import Turn


class FeedbackStore(Protocol):
    """What people think of turns."""

    async def set_feedback(
        self, owner: str, agent_id: str, session_id: str, turn_id: str, feedback: Feedback | None
    ) -> None:
        """Keep it in place of what was said before; None takes that back.

        A turn that a fork has is the one of its origin: both show it. Raises TurnNotFound; Conflict if it has not
        ended.
        """
        ...


def with_feedback(turn: bytes, feedback: Feedback) -> bytes:
    """Return the JSON of a turn with what was said of it."""
    return msgspec.json.encode(replace(msgspec.json.decode(turn, type=Turn), feedback=feedback))
