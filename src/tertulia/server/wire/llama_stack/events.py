"""A turn's events as Llama Stack's stream: `data:` lines alone, which is all that its Python client's decoder survives.

The id of an event stands in its JSON (`"id"`), on the last of the frames that it makes. Only what its clients know is
sent: no reasoning, no restarts, no output of tools that still run. A failure is its error frame; a turn that a person
stopped ends as a complete one, with what there is.
"""

from collections.abc import Sequence
from typing import NamedTuple, assert_never

import msgspec

from tertulia.domain.deltas import ParseStatus, ReasoningDelta, TextDelta, ToolCallDelta, ToolOutputDelta
from tertulia.domain.events import (
    LoggedEvent,
    StepAsked,
    StepCompleted,
    StepDecided,
    StepProgressed,
    StepRestarted,
    StepStarted,
    TurnAwaitingInput,
    TurnCancelled,
    TurnCompleted,
    TurnFailed,
    TurnQueued,
    TurnResumed,
    TurnStarted,
)
from tertulia.domain.messages import ToolCall
from tertulia.domain.steps import InferenceStep
from tertulia.server.wire.base import TurnAt
from tertulia.server.wire.llama_stack.base import Json, Wire
from tertulia.server.wire.llama_stack.errors import error_of
from tertulia.server.wire.llama_stack.messages import written_call
from tertulia.server.wire.llama_stack.turns import step_type_of, written_step, written_turn

RunningEvent = (
    TurnQueued
    | TurnStarted
    | StepStarted
    | StepProgressed
    | StepRestarted
    | StepAsked
    | StepDecided
    | StepCompleted
    | TurnResumed
)


class LlamaStack:
    """Frames for the clients of one prefix."""

    stream_head = b""
    heartbeat = b":\n\n"

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._encoder = msgspec.json.Encoder()

    async def frames(self, batch: Sequence[LoggedEvent], turn_at: TurnAt) -> bytes:
        """Each event as the frames that say it; some say nothing."""
        parts: list[bytes] = []
        for logged in batch:
            bodies = await self._bodies(logged, turn_at)
            if bodies:
                bodies[-1] = {**bodies[-1], "id": str(logged.id)}
            parts += [b"data: " + self._encoder.encode(body) + b"\n\n" for body in bodies]
        return b"".join(parts)

    async def _bodies(self, logged: LoggedEvent, turn_at: TurnAt) -> list[Json]:
        match logged.event:
            case TurnCompleted() | TurnCancelled():
                return [_payload("turn_complete", turn=written_turn(await turn_at(logged.id), self._wire))]
            case TurnAwaitingInput():
                return [_payload("turn_awaiting_input", turn=written_turn(await turn_at(logged.id), self._wire))]
            case TurnFailed(error=error):
                return [{"error": msgspec.to_builtins(error_of(error))}]
            case event:
                return self._running(event)

    def _running(self, event: RunningEvent) -> list[Json]:
        match event:
            case TurnStarted(turn_id=turn_id):
                return [_payload("turn_start", turn_id=turn_id)]
            case StepStarted():
                return self._started(event)
            case StepProgressed():
                return self._progressed(event)
            case StepCompleted():
                return self._completed(event)
            case TurnQueued() | TurnResumed() | StepRestarted() | StepAsked() | StepDecided():
                return []
            case _:
                assert_never(event)

    def _started(self, event: StepStarted) -> list[Json]:
        """A tool's step begins with its call: what is known of it is said at once."""
        step = _Step(event.step_id, step_type_of(event.step_type, event.kind))
        started = step.payload("step_start", metadata=event.metadata)
        if event.tool_call is None:
            return [started]
        return [started, step.progress(self._call(event.tool_call, "in_progress"))]

    def _progressed(self, event: StepProgressed) -> list[Json]:
        step = _Step(event.step_id, step_type_of(event.step_type, None))
        match event.delta:
            case TextDelta(text=text):
                return [step.progress({"type": "text", "text": text})]
            case ToolCallDelta(tool_call=part) if self._wire.is_alpha and part.arguments_json:
                delta = {"type": "tool_call", "tool_call": part.arguments_json, "parse_status": "in_progress"}
                return [step.progress(delta)]
            case ToolCallDelta() | ReasoningDelta() | ToolOutputDelta():
                return []
            case _:
                assert_never(event.delta)

    def _completed(self, event: StepCompleted) -> list[Json]:
        """An inference ends with its calls, whole; one that failed says so by the failure of its turn."""
        details = event.step_details
        written = written_step(details, self._wire)
        step = _Step(event.step_id, written["step_type"])
        ended = step.payload("step_complete", step_details=written)
        if not isinstance(details, InferenceStep):
            return [ended]
        if details.status == "failed":
            return []
        return [*(step.progress(self._call(call, "succeeded")) for call in details.model_response.tool_calls), ended]

    def _call(self, call: ToolCall, status: ParseStatus) -> Json:
        return {"type": "tool_call", "tool_call": written_call(call, self._wire), "parse_status": status}


class _Step(NamedTuple):
    """The step that a payload is about."""

    step_id: str
    step_type: str

    def payload(self, event_type: str, **fields: object) -> Json:
        return _payload(event_type, step_type=self.step_type, step_id=self.step_id, **fields)

    def progress(self, delta: Json) -> Json:
        return self.payload("step_progress", delta=delta)


def _payload(event_type: str, **fields: object) -> Json:
    return {"event": {"payload": {"event_type": event_type, **fields}}}
