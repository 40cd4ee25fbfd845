"""A session that comes from elsewhere, with turns that have ended: what every backend decides alike about it."""

from collections.abc import Sequence

from msgspec.structs import replace

from tertulia.domain.sessions import Session, preview_of
from tertulia.domain.turns import ENDED
from tertulia.store import rules
from tertulia.store.base import ImportedTurn


def refuse_unless_whole(session: Session, turns: Sequence[ImportedTurn]) -> None:
    """Raise ValueError, a bug of the caller's, unless these are all turns of the session, in order and ended."""
    for n, imported in enumerate(turns, start=1):
        turn = imported.turn
        if (turn.session_id, turn.n) != (session.session_id, n) or any(each.id.n != n for each in imported.events):
            raise ValueError(f"turn {turn.turn_id} is not number {n} of session {session.session_id}")
        if turn.status not in ENDED or not imported.events:
            raise ValueError(f"turn {turn.turn_id} has not ended, or has no log")


def settled(session: Session, turns: Sequence[ImportedTurn]) -> Session:
    """Return the session as it stands after these turns: nothing runs, and the last turn is what a list shows."""
    if not turns:
        return replace(session, turns=[], turn_count=0, active_turn_id=None, status="idle")
    last = turns[-1].turn
    return replace(
        session,
        turns=[],
        turn_count=len(turns),
        active_turn_id=last.turn_id,
        status="idle",
        last_turn_status=last.status,
        preview=preview_of(rules.words_of(last.input_messages)),
        updated_at=max(session.updated_at, last.completed_at or last.started_at),
    )
