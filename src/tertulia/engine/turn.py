"""What may happen in a turn, and what is to be done now. Pure: no clock, no ids, no I/O.

`evolve` is the only way from one state to the next and refuses what `TRANSITIONS` does not know, so that an illegal
event dies before it reaches the log. `next_action` decides; the runtime performs.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import assert_never

from msgspec import field
from msgspec.structs import replace

from tertulia.domain.base import Value
from tertulia.domain.events import (
    EventId,
    LoggedEvent,
    StepCompleted,
    StepProgressed,
    StepRestarted,
    StepStarted,
    TurnAwaitingInput,
    TurnCancelled,
    TurnCompleted,
    TurnEvent,
    TurnFailed,
    TurnQueued,
    TurnResumed,
    TurnStarted,
)
from tertulia.domain.messages import AssistantMessage, StopReason, ToolCall
from tertulia.domain.shields import Touchpoint
from tertulia.domain.steps import InferenceStep, OtherStep, Step, ToolCallStep
from tertulia.domain.turns import TurnStatus, WaitReason
from tertulia.engine.assembly import NOTHING, Assembly, add

# Read a row as: from this status, this event leads to that status. What is not in the table is illegal.
TRANSITIONS: Mapping[TurnStatus, Mapping[type[TurnEvent], TurnStatus]] = {
    "queued": {TurnStarted: "running", TurnCancelled: "cancelled", TurnFailed: "failed"},
    "running": {
        StepStarted: "running",
        StepProgressed: "running",
        StepRestarted: "running",
        StepCompleted: "running",
        TurnAwaitingInput: "awaiting_input",
        TurnCompleted: "completed",
        TurnFailed: "failed",
        TurnCancelled: "cancelled",
    },
    "awaiting_input": {TurnResumed: "running", TurnFailed: "failed", TurnCancelled: "cancelled"},
    "completed": {TurnResumed: "running"},
    "failed": {},
    "cancelled": {},
}


class IllegalEvent(Exception):
    """This event cannot happen to a turn in this state: a bug of ours, never of a client's."""


class OpenStep(Value):
    """A step that has started and not ended. `epoch` is the one under which it was started last."""

    started: StepStarted
    epoch: int
    assembly: Assembly = NOTHING
    attempt: int = 1

    @property
    def tool_name(self) -> str:
        """The tool that a tool step runs; nothing for other steps."""
        return self.started.tool_call.tool_name if self.started.tool_call else ""


class TurnState(Value):
    """The fold of a log. `steps` are in the order of their start; an `OpenStep` is one that runs."""

    head: TurnQueued
    status: TurnStatus = "queued"
    steps: dict[str, Step | OpenStep] = field(default_factory=dict[str, Step | OpenStep])
    last_event: TurnEvent | None = None
    last_event_id: EventId | None = None

    @property
    def open_steps(self) -> list[OpenStep]:
        """The steps that run, or that ran when their node was lost, in the order of their start."""
        return [step for step in self.steps.values() if isinstance(step, OpenStep)]

    @property
    def inferences(self) -> int:
        """How often the model has been asked and has answered."""
        return sum(isinstance(step, InferenceStep) for step in self.steps.values())


class Plan(Value):
    """What the agent's config allows this turn.

    A tool that is `unrepeatable` must not be run again when nobody knows whether it has had its effect.
    """

    client_tools: frozenset[str] = frozenset()
    unrepeatable: frozenset[str] = frozenset()
    max_infer_iters: int = 10
    input_shields: tuple[str, ...] = ()
    output_shields: tuple[str, ...] = ()


class Infer(Value):
    """Ask the model; `again` is the step that was lost in the middle of its answer."""

    again: OpenStep | None = None


class RunShield(Value):
    """Let a shield look at the input, or at the answer; `again` is the step that was lost while it looked."""

    shield_id: str
    touchpoint: Touchpoint
    again: OpenStep | None = None


class RunTools(Value):
    """Run these calls on the server, side by side; the steps `again` have started before."""

    calls: list[ToolCall]
    again: list[OpenStep] = field(default_factory=list[OpenStep])


class AwaitInput(Value):
    """Rest until these calls are answered by the client, or decided on by a person."""

    reason: WaitReason
    calls: list[ToolCall]


class Finish(Value):
    """End with what the model said last."""

    stop_reason: StopReason


Action = Infer | RunShield | RunTools | AwaitInput | Finish


def replay(log: Iterable[LoggedEvent]) -> TurnState:
    """Fold a log. Raises IllegalEvent if it is not one."""
    state: TurnState | None = None
    for logged in log:
        state = begin(logged) if state is None else evolve(state, logged)
    if state is None:
        raise IllegalEvent("a log begins with turn_queued; this one is empty")
    return state


def begin(logged: LoggedEvent) -> TurnState:
    """Return the state after a log's first event."""
    if not isinstance(logged.event, TurnQueued):
        raise IllegalEvent(f"a log begins with turn_queued, not {type(logged.event).__name__}")
    return TurnState(head=logged.event, last_event=logged.event, last_event_id=logged.id)


def evolve(state: TurnState, logged: LoggedEvent) -> TurnState:
    """Return the state after one more event. Raises IllegalEvent."""
    event = logged.event
    status = TRANSITIONS[state.status].get(type(event))
    if status is None:
        raise IllegalEvent(f"{type(event).__name__} cannot happen to a turn that is {state.status}")
    if state.last_event_id is not None and logged.id <= state.last_event_id:
        raise IllegalEvent(f"event {logged.id} comes after {state.last_event_id}")
    return TurnState(
        head=state.head,
        status=status,
        steps=_steps_after(state, event, logged.id.epoch),
        last_event=event,
        last_event_id=logged.id,
    )


def _steps_after(state: TurnState, event: TurnEvent, epoch: int) -> dict[str, Step | OpenStep]:
    match event:
        case StepProgressed(step_id=step_id, delta=delta):
            step = _open_step(state, step_id)
            return {**state.steps, step_id: replace(step, assembly=add(step.assembly, delta))}
        case StepStarted(step_id=step_id):
            if step_id in state.steps:
                raise IllegalEvent(f"step {step_id} has started before")
            return {**state.steps, step_id: OpenStep(started=event, epoch=epoch, attempt=event.attempt)}
        case StepRestarted(step_id=step_id):
            step = _open_step(state, step_id)
            return {**state.steps, step_id: OpenStep(started=step.started, epoch=event.epoch, attempt=step.attempt + 1)}
        case StepCompleted(step_id=step_id, step_details=details):
            _open_step(state, step_id)
            return {**state.steps, step_id: details}
        case TurnCompleted() | TurnAwaitingInput():
            _refuse_to_rest(state.open_steps, event)
            return state.steps
        case TurnQueued() | TurnStarted() | TurnResumed() | TurnFailed() | TurnCancelled():
            return state.steps
        case _:
            assert_never(event)


def _open_step(state: TurnState, step_id: str) -> OpenStep:
    step = state.steps.get(step_id)
    if not isinstance(step, OpenStep):
        raise IllegalEvent(f"step {step_id} does not run")
    return step


def _refuse_to_rest(running: Sequence[OpenStep], event: TurnCompleted | TurnAwaitingInput) -> None:
    """Raise unless a turn may rest here: with nothing open, or for the sake of the lost tools that are."""
    if isinstance(event, TurnAwaitingInput) and event.reason == "unknown_outcome":
        if not running or any(step.started.step_type != "tool_call" for step in running):
            raise IllegalEvent("only tools that were lost have an outcome that nobody knows")
    elif running:
        raise IllegalEvent("a turn cannot rest well while a step of it runs")


def last_message(state: TurnState) -> AssistantMessage | None:
    """What the model said last, in full; None before its first answer."""
    for step in reversed(state.steps.values()):
        if isinstance(step, InferenceStep):
            return step.model_response
    return None


def open_calls(state: TurnState) -> list[ToolCall]:
    """The tool calls of the model's last answer that no step has answered yet, in the model's order."""
    calls: list[ToolCall] = []
    for step in state.steps.values():
        match step:
            case InferenceStep(model_response=said):
                # Cut off by the token limit, a call may miss half its arguments: none of them is run.
                calls = [] if said.stop_reason == "out_of_tokens" else list(said.tool_calls)
            case ToolCallStep():
                calls = [call for call in calls if call.call_id != step.tool_call.call_id]
            case _:
                pass
    return calls


def _has_results(state: TurnState) -> bool:
    """Tell whether tools have answered the model's last message, be it to calls that a client found in its text."""
    for step in reversed(state.steps.values()):
        if isinstance(step, ToolCallStep):
            return True
        if isinstance(step, InferenceStep):
            return False
    return False


def next_action(state: TurnState, plan: Plan, *, epoch: int) -> Action:
    """Decide what a running turn does now, under this epoch. Input shields go first, server tools before client tools.

    Nothing runs when this is asked. A step that is open all the same was lost with the node that ran it: an inference
    is asked anew, a shield looks anew, and so does a tool run, unless it is `unrepeatable`; for that a person decides,
    which shows as a start under the present epoch.
    """
    if (action := _shields_first(state, plan)) is not None:
        return action
    inference = next((step for step in state.open_steps if step.started.step_type == "inference"), None)
    if inference is not None:
        return Infer(again=inference)
    if (action := _tools_first(state, plan, epoch)) is not None:
        return action
    stop_reason = _end_of(state, plan)
    if stop_reason is None:
        return Infer()
    return _next_shield(state, "assistant-output", plan.output_shields) or Finish(stop_reason=stop_reason)


def _end_of(state: TurnState, plan: Plan) -> StopReason | None:
    """Why the model is not asked (again); None when it is."""
    last = last_message(state)
    if last is not None and not _has_results(state):
        return last.stop_reason or "end_of_turn"
    return "max_infer_iters" if state.inferences >= plan.max_infer_iters else None


def _tools_first(state: TurnState, plan: Plan, epoch: int) -> RunTools | AwaitInput | None:
    """What the open calls ask for: server tools go before a person's decisions, and those before client tools."""
    lost = {step.started.tool_call.call_id: step for step in state.open_steps if step.started.tool_call}
    again = [step for step in lost.values() if step.epoch == epoch or step.tool_name not in plan.unrepeatable]
    calls = [call for call in open_calls(state) if call.call_id not in lost]
    on_server = [call for call in calls if call.tool_name not in plan.client_tools]
    if on_server or again:
        return RunTools(calls=on_server, again=again)
    if lost:
        undecided = [call for call in open_calls(state) if call.call_id in lost]
        return AwaitInput(reason="unknown_outcome", calls=undecided)
    return AwaitInput(reason="client_tools", calls=calls) if calls else None


def _shields_first(state: TurnState, plan: Plan) -> RunShield | Finish | None:
    """What shields ask for before anything else: the end, a look that was lost, a look at the input."""
    if any(isinstance(step, OtherStep) and step.refusal is not None for step in state.steps.values()):
        return Finish(stop_reason="end_of_turn")
    for step in state.open_steps:
        if step.started.kind == "shield_call":
            metadata = step.started.metadata
            return RunShield(shield_id=metadata["shield_id"], touchpoint=metadata["touchpoint"], again=step)
    return None if state.inferences else _next_shield(state, "user-input", plan.input_shields)


def _next_shield(state: TurnState, touchpoint: Touchpoint, shields: Sequence[str]) -> RunShield | None:
    """The first shield that has not looked since the model was asked last: of an answer, that is the answer."""
    seen: set[object] = set()
    for step in state.steps.values():
        if isinstance(step, InferenceStep):
            seen.clear()
        elif isinstance(step, OtherStep) and step.metadata.get("touchpoint") == touchpoint:
            seen.add(step.metadata.get("shield_id"))
    left = [shield_id for shield_id in shields if shield_id not in seen]
    return RunShield(shield_id=left[0], touchpoint=touchpoint) if left else None


def tool_choice(state: TurnState, chosen: str) -> str:
    """What the model is told of `tool_choice`: whatever it must do, it must do once."""
    return chosen if state.inferences == 0 or chosen == "none" else "auto"
