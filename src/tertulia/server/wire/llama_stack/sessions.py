"""Sessions in Llama Stack's words."""

from collections.abc import Sequence
from typing import Any

from msgspec import field

from tertulia.domain.base import Value
from tertulia.domain.sessions import NAME_CHARS, Session
from tertulia.domain.turns import Turn
from tertulia.server.wire.llama_stack.base import V1, Json, Wire
from tertulia.server.wire.llama_stack.turns import written_turn


class CreateSession(Value):
    """A new session. Llama Stack takes any name, and some take the first message for it."""

    session_name: str
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def name(self) -> str | None:
        """As much of the name as a session has room for; None if it is blank."""
        return self.session_name.replace("\0", " ").strip()[:NAME_CHARS] or None


def written_session(session: Session, turns: Sequence[Turn] = (), wire: Wire = V1) -> Json:
    """Return a session with these turns."""
    return {
        "session_id": session.session_id,
        "session_name": session.session_name,
        "turns": [written_turn(turn, wire) for turn in turns],
        "started_at": session.started_at,
        "agent_id": session.agent_id,
        "updated_at": session.updated_at,
        "metadata": session.metadata,
        "turn_count": session.turn_count,
    }
