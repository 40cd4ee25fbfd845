"""Logs as they leave the house and come back: without pieces that say nothing new, and with an end.

What a completed step came to is in its end, so that its pieces can go; those of a step that was cut off are all that
there is of it. When retention has dropped these, too, the stored turn still has what they said.
"""

from collections.abc import Iterator, Sequence

from tertulia.domain.events import EventId, LoggedEvent, StepCompleted, StepProgressed, StepRestarted, TurnFailed
from tertulia.domain.steps import InferenceStep, Problem
from tertulia.domain.turns import ENDED, Turn
from tertulia.engine.retention import pieces_of
from tertulia.engine.turn import replay

UNFINISHED = Problem(
    code="left_unfinished", message="This turn had not ended when its session was exported. Send the message again."
)


class LeanLog:
    """A log that is read event by event, and kept without the pieces of steps that are complete."""

    def __init__(self) -> None:
        self._events: list[LoggedEvent] = []

    def add(self, events: Sequence[LoggedEvent]) -> None:
        """Take what comes next."""
        for logged in events:
            event = logged.event
            if isinstance(event, StepCompleted | StepRestarted):
                self._events = [each for each in self._events if not _is_piece_of(each, event.step_id)]
            self._events.append(logged)

    def events(self, turn: Turn | None = None) -> list[LoggedEvent]:
        """Return the log; what it lacks of a step that was cut off is told from the turn as it was stored."""
        if turn is None or turn.status not in ("cancelled", "failed"):
            return self._events
        lacking = [piece for step in turn.steps if isinstance(step, InferenceStep) for piece in self._lacking(step)]
        end = self._events[-1]
        before = self._events[-2].id if len(self._events) > 1 else EventId(n=end.id.n, epoch=0, seq=0)
        first = before.seq + 1 if before.epoch == end.id.epoch else 1
        room = lacking[: max(end.id.seq - first, 0)]
        places = range(end.id.seq - len(room), end.id.seq)
        told = [
            LoggedEvent(id=EventId(n=end.id.n, epoch=end.id.epoch, seq=seq), event=piece)
            for seq, piece in zip(places, room, strict=True)
        ]
        return [*self._events[:-1], *told, end]

    def _lacking(self, step: InferenceStep) -> Iterator[StepProgressed]:
        if not any(_is_end_or_piece_of(each, step.step_id) for each in self._events):
            for delta in pieces_of(step.model_response):
                yield StepProgressed(step_id=step.step_id, step_type="inference", delta=delta)


def _is_piece_of(logged: LoggedEvent, step_id: str) -> bool:
    return isinstance(logged.event, StepProgressed) and logged.event.step_id == step_id


def _is_end_or_piece_of(logged: LoggedEvent, step_id: str) -> bool:
    return isinstance(logged.event, StepProgressed | StepCompleted) and logged.event.step_id == step_id


def ended(log: Sequence[LoggedEvent], *, at: str) -> list[LoggedEvent]:
    """Return a log with an end: a turn that had none waits for nobody elsewhere. Raises IllegalEvent."""
    state = replay(log)
    if state.status in ENDED:
        return list(log)
    last = log[-1].id
    end = LoggedEvent(
        id=EventId(n=last.n, epoch=last.epoch, seq=last.seq + 1), event=TurnFailed(error=UNFINISHED, at=at)
    )
    return [*log, end]
