"""What a link shows, as the beginning of a session of whoever goes on with it.

The rule it keeps: it has what readers of the link see said, and nothing else: no steps, and files by their names only.
"""

from collections.abc import Iterator

from tertulia.domain.events import (
    EventId,
    LoggedEvent,
    StepCompleted,
    StepStarted,
    TurnCancelled,
    TurnCompleted,
    TurnEvent,
    TurnFailed,
    TurnQueued,
    TurnStarted,
)
from tertulia.domain.messages import InputMessage, TextItem, UserMessage
from tertulia.domain.sessions import Session
from tertulia.domain.shares import SharedTurn
from tertulia.domain.steps import InferenceStep, Problem
from tertulia.engine.projection import project
from tertulia.engine.turn import replay
from tertulia.runtime.attached import attached_to
from tertulia.runtime.clock import NewId
from tertulia.store.importing import ImportedTurn

EPOCH = 1


def continued(session: Session, shared: list[SharedTurn], new_id: NewId) -> list[ImportedTurn]:
    """Return turns of a session that say what those of a link say."""
    turns: list[ImportedTurn] = []
    for turn in shared:
        parent = turns[-1].turn.turn_id if turns else None
        queued = TurnQueued(
            turn_id=new_id(),
            session_id=session.session_id,
            agent_id=session.agent_id,
            n=len(turns) + 1,
            input_messages=[_said(message) for message in turn.input_messages],
            at=turn.started_at,
            parent_turn_id=parent,
        )
        turns.append(_logged(queued, turn, new_id()))
    return turns


def _logged(queued: TurnQueued, turn: SharedTurn, step_id: str) -> ImportedTurn:
    events = [queued, *_events(queued, turn, step_id)]
    log = [
        LoggedEvent(id=EventId(n=queued.n, epoch=EPOCH, seq=seq), event=event) for seq, event in enumerate(events, 1)
    ]
    return ImportedTurn(turn=project(replay(log)), events=log)


def _events(queued: TurnQueued, turn: SharedTurn, step_id: str) -> Iterator[TurnEvent]:
    begun, ended = turn.started_at, turn.completed_at or turn.started_at
    yield TurnStarted(turn_id=queued.turn_id, session_id=queued.session_id, n=queued.n, at=begun)
    if turn.output_message.content:
        step = InferenceStep(
            turn_id=queued.turn_id,
            step_id=step_id,
            started_at=begun,
            completed_at=ended,
            status="completed",
            model_response=turn.output_message,
        )
        yield StepStarted(step_id=step_id, step_type="inference", at=begun)
        yield StepCompleted(step_id=step_id, step_type="inference", step_details=step, at=ended)
    yield _end(turn, ended)


def _end(turn: SharedTurn, at: str) -> TurnEvent:
    """How it ended; what had not ended when it was read stops here."""
    match turn.status:
        case "completed":
            return TurnCompleted(stop_reason=turn.output_message.stop_reason or "end_of_turn", at=at)
        case "failed":
            return TurnFailed(error=turn.error or Problem(code="failed", message="It failed."), at=at)
        case _:
            return TurnCancelled(at=at)


def _said(message: UserMessage) -> InputMessage:
    """The words of a message, and the names of its files, which are not there to be read."""
    content = message.content
    words = [content] if isinstance(content, str) else [each.text for each in content if isinstance(each, TextItem)]
    names = [f"[{each.file.name}]" for each in attached_to([message])]
    return UserMessage(content="\n".join(part for part in [*words, *names] if part))
