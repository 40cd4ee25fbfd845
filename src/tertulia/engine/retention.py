"""Logs whose deltas were dropped: what they said is in their steps, and is told from there in one piece each.

A place in the log is never given twice: a told piece takes the place of one that was dropped.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from tertulia.domain.deltas import Delta, ReasoningDelta, TextDelta, ToolCallDelta, ToolCallPart
from tertulia.domain.events import EventId, LoggedEvent, StepCompleted, StepProgressed
from tertulia.domain.messages import AssistantMessage
from tertulia.domain.steps import InferenceStep


def restored(events: Sequence[LoggedEvent], behind: LoggedEvent | None = None) -> list[LoggedEvent]:
    """Return a part of a log with the answers that it lacks; `behind` is the event before it that a reader has had.

    Nothing is told before the first event if that is not known: the reader may have seen a part of it.
    """
    told = [] if behind or not events else [events[0]]
    for before, logged in pairwise([behind, *events] if behind else events):
        told += _told_before(before, logged)
        told.append(logged)
    return told


def _told_before(before: LoggedEvent, logged: LoggedEvent) -> Iterator[LoggedEvent]:
    """Yield what a completed inference said, in the places that were left empty before its end."""
    event, place = logged.event, logged.id
    if not isinstance(event, StepCompleted) or not isinstance(event.step_details, InferenceStep):
        return
    if isinstance(before.event, StepProgressed):
        return  # nothing was dropped, or it was while this reader had a part of it: the end of the step says the whole
    empty = place.seq - before.id.seq - 1 if place.epoch == before.id.epoch else place.seq - 1
    deltas = list(pieces_of(event.step_details.model_response))[:empty]
    for seq, delta in enumerate(deltas, start=place.seq - len(deltas)):
        told = StepProgressed(step_id=event.step_id, step_type="inference", delta=delta)
        yield LoggedEvent(id=EventId(n=place.n, epoch=place.epoch, seq=seq), event=told)


def pieces_of(said: AssistantMessage) -> Iterator[Delta]:
    """Yield what a model said in one piece of each kind."""
    if said.reasoning:
        yield ReasoningDelta(text=said.reasoning)
    if said.content:
        yield TextDelta(text=said.content)
    for index, call in enumerate(said.tool_calls):
        part = ToolCallPart(
            index=index, call_id=call.call_id, tool_name=call.tool_name, arguments_json=call.arguments_json
        )
        yield ToolCallDelta(tool_call=part, parse_status="succeeded")
