"""Logs whose deltas were dropped: what they said is in their steps, and is told from there in one piece each.

A place in the log is never given twice: a told piece takes the place of one that was dropped.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from tertulia.domain.deltas import Delta, ReasoningDelta, TextDelta, ToolCallDelta, ToolCallPart
from tertulia.domain.events import EventId, LoggedEvent, StepCompleted, StepProgressed
from tertulia.domain.messages import AssistantMessage
from tertulia.domain.steps import InferenceStep


def restored(events: Sequence[LoggedEvent], after: EventId | None) -> list[LoggedEvent]:
    """Return a whole log with the answers that it lacks, for a reader who has seen it up to `after`.

    Who has seen a part of an answer is not told it again: the end of its step says the whole.
    """
    told = [] if not events else [events[0]]
    for before, logged in pairwise(events):
        if after is None or after <= before.id:
            told += _told_before(before.id, logged)
        told.append(logged)
    return told


def _told_before(before: EventId, logged: LoggedEvent) -> Iterator[LoggedEvent]:
    """Yield what a completed inference said, in the places that were left empty before its end."""
    event, place = logged.event, logged.id
    if not isinstance(event, StepCompleted) or not isinstance(event.step_details, InferenceStep):
        return
    empty = place.seq - before.seq - 1 if place.epoch == before.epoch else place.seq - 1
    deltas = list(_deltas_of(event.step_details.model_response))[:empty]
    for seq, delta in enumerate(deltas, start=place.seq - len(deltas)):
        told = StepProgressed(step_id=event.step_id, step_type="inference", delta=delta)
        yield LoggedEvent(id=EventId(n=place.n, epoch=place.epoch, seq=seq), event=told)


def _deltas_of(said: AssistantMessage) -> Iterator[Delta]:
    if said.reasoning:
        yield ReasoningDelta(text=said.reasoning)
    if said.content:
        yield TextDelta(text=said.content)
    for index, call in enumerate(said.tool_calls):
        part = ToolCallPart(
            index=index, call_id=call.call_id, tool_name=call.tool_name, arguments_json=call.arguments_json
        )
        yield ToolCallDelta(tool_call=part, parse_status="succeeded")
