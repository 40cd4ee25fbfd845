"""A log's state as the Turn that people read. Every prefix of a legal log projects to a valid turn."""

from typing import assert_never

from msgspec.structs import replace

from tertulia.domain.attachments import FileAttachment
from tertulia.domain.events import TurnAwaitingInput, TurnCancelled, TurnCompleted, TurnFailed
from tertulia.domain.messages import AssistantMessage, StopReason, ToolCall
from tertulia.domain.steps import InferenceStep, OtherStep, Problem, Step, StepStatus, ToolCallStep, Usage
from tertulia.domain.turns import Turn
from tertulia.engine.assembly import message_of
from tertulia.engine.turn import OpenStep, TurnState


def project(state: TurnState) -> Turn:
    """Return the turn as it stands: what has come so far counts, also of a step that runs or was cut off."""
    end = state.last_event
    ended = end if isinstance(end, TurnCompleted | TurnFailed | TurnCancelled) else None
    steps = [_close(state, step) if isinstance(step, OpenStep) else step for step in state.steps.values()]
    return Turn(
        turn_id=state.head.turn_id,
        session_id=state.head.session_id,
        n=state.head.n,
        status=state.status,
        wait_reason=end.reason if isinstance(end, TurnAwaitingInput) else None,
        input_messages=state.head.input_messages,
        steps=steps,
        output_message=_output(state, steps),
        output_attachments=[file for step in steps for file in _files_of(step)],
        started_at=state.head.at,
        completed_at=ended.at if ended else None,
        error=end.error if isinstance(end, TurnFailed) else None,
        usage=_usage(steps),
        parent_turn_id=state.head.parent_turn_id,
        last_event_id=str(state.last_event_id) if state.last_event_id else None,
    )


def _close(state: TurnState, step: OpenStep) -> Step:
    """Show a step that has not ended: as running, or with the end that its turn came to."""
    end = state.last_event
    status: StepStatus = "running"
    completed_at: str | None = None
    error: Problem | None = None
    if isinstance(end, TurnFailed):
        status, completed_at, error = "failed", end.at, end.error
    elif isinstance(end, TurnCancelled):
        status, completed_at = "cancelled", end.at
    started = step.started
    match started.step_type:
        case "inference":
            return InferenceStep(
                turn_id=state.head.turn_id,
                step_id=started.step_id,
                started_at=started.at,
                completed_at=completed_at,
                status=status,
                attempt=step.attempt,
                error=error,
                metadata=started.metadata,
                model=started.model,
                model_response=message_of(step.assembly, "cancelled" if status == "cancelled" else None),
            )
        case "tool_call":
            return ToolCallStep(
                turn_id=state.head.turn_id,
                step_id=started.step_id,
                started_at=started.at,
                completed_at=completed_at,
                status=status,
                attempt=step.attempt,
                error=error,
                metadata=started.metadata,
                tool_call=started.tool_call or ToolCall(call_id="", tool_name=""),
                # When the turn has ended nobody is asked any more.
                approval="none" if completed_at and step.approval == "pending" else step.approval,
                question=None if completed_at else step.question,
            )
        case "other":
            return OtherStep(
                turn_id=state.head.turn_id,
                step_id=started.step_id,
                started_at=started.at,
                completed_at=completed_at,
                status=status,
                attempt=step.attempt,
                error=error,
                metadata=started.metadata,
                kind=started.kind or "shield_call",
            )
        case _:
            assert_never(started.step_type)


def _output(state: TurnState, steps: list[Step]) -> AssistantMessage:
    """The last words, the model's or a shield's: without a stop reason while they come, and when the turn failed."""
    said = next((words for step in reversed(steps) if (words := _words_of(step)) is not None), AssistantMessage())
    return replace(said, stop_reason=_stop_reason(state))


def _words_of(step: Step) -> AssistantMessage | None:
    match step:
        case InferenceStep(model_response=said):
            return said
        case OtherStep(refusal=str(words)):
            return AssistantMessage(content=words)
        case _:
            return None


def _files_of(step: Step) -> list[FileAttachment]:
    """What a tool made is put out by the turn."""
    return step.tool_response.files if isinstance(step, ToolCallStep) and step.tool_response is not None else []


def _stop_reason(state: TurnState) -> StopReason | None:
    match state.last_event:
        case TurnCompleted(stop_reason=stop_reason):
            return stop_reason
        case TurnCancelled():
            return "cancelled"
        case _:
            return "end_of_message" if state.status == "awaiting_input" else None


def _usage(steps: list[Step]) -> Usage | None:
    total: Usage | None = None
    for step in steps:
        if isinstance(step, InferenceStep) and step.usage is not None:
            total = step.usage if total is None else total.plus(step.usage)
    return total
