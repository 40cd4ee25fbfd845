"""The times of a turn rise, whichever clocks they were read from. Pure.

A turn may go on at a node whose clock is behind that of the last one. Then its times count on from where the log ends:
what came later is never said to have come earlier.
"""

import datetime as dt

from msgspec.structs import replace

from tertulia.domain.events import StepCompleted, StepProgressed, TurnEvent
from tertulia.domain.steps import InferenceStep, Step
from tertulia.engine.turn import OpenStep, TurnState

TICK = dt.timedelta(microseconds=1)


def time_of(event: TurnEvent) -> str:
    """When something happened; of a piece of an answer, that is not known."""
    return "" if isinstance(event, StepProgressed) else event.at


def just_after(time: str) -> str:
    """The next time that there is."""
    return f"{dt.datetime.fromisoformat(time) + TICK:%Y-%m-%dT%H:%M:%S.%f}Z"


def rising(event: TurnEvent, state: TurnState, last: str) -> TurnEvent:
    """Return an event with times that come after the `last` one of its turn's log."""
    if isinstance(event, StepProgressed):
        return event
    at = event.at if event.at > last else just_after(last)
    if isinstance(event, StepCompleted):
        begun = state.steps.get(event.step_id)
        if isinstance(begun, OpenStep):
            details = _between(event.step_details, begun.started.at, at)
            return event if details is event.step_details else replace(event, step_details=details, at=at)
    return event if at == event.at else replace(event, at=at)


def _between(step: Step, begin: str, end: str) -> Step:
    """Return a step with all its times between these two."""
    if isinstance(step, InferenceStep) and step.first_token_at is not None:
        first = min(max(step.first_token_at, begin), end)
        step = step if first == step.first_token_at else replace(step, first_token_at=first)
    is_there = (step.started_at, step.completed_at) == (begin, end)
    return step if is_there else replace(step, started_at=begin, completed_at=end)
