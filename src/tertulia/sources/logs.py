"""Steps of other servers as the events that their logs would have had here."""

from collections.abc import Iterator
from typing import assert_never

from tertulia.domain.deltas import ReasoningDelta, TextDelta, ToolCallDelta, ToolCallPart
from tertulia.domain.events import StepCompleted, StepProgressed, StepStarted, TurnEvent
from tertulia.domain.steps import InferenceStep, OtherStep, Step, ToolCallStep


def events_of_step(step: Step) -> Iterator[TurnEvent]:
    """Yield the beginning, the pieces and the end of a step."""
    match step:
        case InferenceStep():
            yield StepStarted(
                step_id=step.step_id,
                step_type="inference",
                at=step.started_at,
                metadata=step.metadata,
                model=step.model,
            )
            yield from _pieces(step)
            step_type = "inference"
        case ToolCallStep():
            yield StepStarted(step_id=step.step_id, step_type="tool_call", at=step.started_at, tool_call=step.tool_call)
            step_type = "tool_call"
        case OtherStep():
            yield StepStarted(
                step_id=step.step_id, step_type="other", at=step.started_at, metadata=step.metadata, kind=step.kind
            )
            step_type = "other"
        case _:
            assert_never(step)
    completed_at = step.completed_at or step.started_at
    yield StepCompleted(step_id=step.step_id, step_type=step_type, step_details=step, at=completed_at)


def _pieces(step: InferenceStep) -> Iterator[StepProgressed]:
    """The whole answer as one piece, for readers who put pieces together."""
    said = step.model_response
    if said.reasoning:
        yield StepProgressed(step_id=step.step_id, step_type="inference", delta=ReasoningDelta(text=said.reasoning))
    if said.content:
        yield StepProgressed(step_id=step.step_id, step_type="inference", delta=TextDelta(text=said.content))
    for index, call in enumerate(said.tool_calls):
        part = ToolCallPart(
            index=index, call_id=call.call_id, tool_name=call.tool_name, arguments_json=call.arguments_json
        )
        delta = ToolCallDelta(tool_call=part, parse_status="succeeded")
        yield StepProgressed(step_id=step.step_id, step_type="inference", delta=delta)
