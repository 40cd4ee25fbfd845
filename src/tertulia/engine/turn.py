"""What may happen in a turn, and what is to be done now. Pure: no clock, no ids, no I/O.

`evolve` is the only way from one state to the next and refuses what `TRANSITIONS` does not know, so that an illegal
event dies before it reaches the log. `next_action` decides; the runtime performs.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import assert_never

from msgspec import field

from tertulia.domain.base import Value
from tertulia.domain.events import (
    EventId,
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
from tertulia.engine import open_step
from tertulia.engine.assembly import parse_arguments
from tertulia.engine.open_step import IllegalEvent, OpenStep

# Read a row as: from this status, this event leads to that status. What is not in the table is illegal.
TRANSITIONS: Mapping[TurnStatus, Mapping[type[TurnEvent], TurnStatus]] = {
    "queued": {TurnStarted: "running", TurnCancelled: "cancelled", TurnFailed: "failed"},
    "running": {
        StepStarted: "running",
        StepProgressed: "running",
        StepRestarted: "running",
        StepAsked: "running",
        StepDecided: "running",
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

    @property
    def tokens(self) -> int:
        """What its completed steps have cost, as far as the model servers have told it."""
        usages = [step.usage for step in self.steps.values() if isinstance(step, InferenceStep)]
        return sum(usage.tokens for usage in usages if usage is not None)


class Plan(Value):
    """What the agent's config allows this turn.

    Once it has cost `max_tokens`, the model is asked nothing more; the calls that it has made are answered.
    A tool that is `unrepeatable` must not be run again when nobody knows whether it has had its effect. Each call of
    one `to_approve` is run when a person has approved it, and not before.
    """

    client_tools: frozenset[str] = frozenset()
    unrepeatable: frozenset[str] = frozenset()
    to_approve: frozenset[str] = frozenset()
    max_infer_iters: int = 10
    max_tokens: int | None = None
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
    """Run these calls on the server, side by side; the steps `again` have started before.

    One of `again` that was denied is not run: it ends with a result that says so.
    """

    calls: list[ToolCall]
    again: list[OpenStep] = field(default_factory=list[OpenStep])


class AwaitInput(Value):
    """Rest until `calls` are answered by the client, or decided on by a person.

    Of those, a person has not been asked before about `to_ask`: their steps are still to be started.
    """

    reason: WaitReason
    calls: list[ToolCall]
    to_ask: list[ToolCall] = field(default_factory=list[ToolCall])


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
        steps=_steps_after(state, event),
        last_event=event,
        last_event_id=logged.id,
    )


def _steps_after(state: TurnState, event: TurnEvent) -> dict[str, Step | OpenStep]:
    match event:
        case StepStarted(step_id=step_id):
            if step_id in state.steps:
                raise IllegalEvent(f"step {step_id} has started before")
            return {**state.steps, step_id: OpenStep(started=event, attempt=event.attempt, approval=event.approval)}
        case StepProgressed() | StepRestarted() | StepAsked() | StepDecided() | StepCompleted():
            return {**state.steps, event.step_id: open_step.after(_open_step(state, event.step_id), event)}
        case TurnCompleted():
            if state.open_steps:
                raise IllegalEvent("a turn cannot rest well while a step of it runs")
            return state.steps
        case TurnAwaitingInput(reason=reason):
            _refuse_to_await(state.open_steps, reason)
            return {step_id: open_step.asked_about(step) for step_id, step in state.steps.items()}
        case TurnQueued() | TurnStarted() | TurnResumed() | TurnFailed() | TurnCancelled():
            return state.steps
        case _:
            assert_never(event)


def _open_step(state: TurnState, step_id: str) -> OpenStep:
    step = state.steps.get(step_id)
    if not isinstance(step, OpenStep):
        raise IllegalEvent(f"step {step_id} does not run")
    return step


def _refuse_to_await(open_steps: Sequence[OpenStep], reason: WaitReason) -> None:
    """Raise unless a turn may rest here: for the client with nothing open, else for what a person is asked about."""
    lost = [step for step in open_steps if step.is_at_work or step.awaits == "unknown_outcome"]
    if reason == "unknown_outcome":
        if not lost or any(step.started.step_type != "tool_call" for step in open_steps):
            raise IllegalEvent("only tools that were lost have an outcome that nobody knows")
    elif lost or (open_steps and reason == "client_tools"):
        raise IllegalEvent("a turn cannot rest well while a step of it runs")
    elif reason != "client_tools" and not any(step.awaits == reason for step in open_steps):
        raise IllegalEvent(f"a turn rests with {reason} for a step that waits for that")


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


def next_action(state: TurnState, plan: Plan) -> Action:
    """Decide what a running turn does now. Input shields go first, server tools before client tools.

    Nothing runs when this is asked. A step that is open all the same waits for a person's decision, or has it, or was
    lost with the node that ran it: an inference is asked anew, a shield looks anew, and so does a tool run, unless it
    is `unrepeatable`; about that a person decides.
    """
    if (action := _shields_first(state, plan)) is not None:
        return action
    inference = next((step for step in state.open_steps if step.started.step_type == "inference"), None)
    if inference is not None:
        return Infer(again=inference)
    if (action := _tools_first(state, plan)) is not None:
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
    if state.inferences >= plan.max_infer_iters:
        return "max_infer_iters"
    return "budget_reached" if plan.max_tokens is not None and state.tokens >= plan.max_tokens else None


def _tools_first(state: TurnState, plan: Plan) -> RunTools | AwaitInput | None:
    """What the open calls ask for.

    What needs nobody runs first. Then a person decides about the rest of the server's, call by call; those that are
    decided on run together. Client tools come last.
    """
    begun = {step.call_id for step in state.open_steps}
    calls = [call for call in open_calls(state) if call.call_id not in begun]
    to_ask = [call for call in calls if _must_be_approved(call, plan)]
    free = [call for call in calls if call.tool_name not in plan.client_tools and call not in to_ask]
    lost = [step for step in state.open_steps if step.is_at_work]
    again = [step for step in lost if step.tool_name not in plan.unrepeatable]
    if free or again:
        return RunTools(calls=free, again=again)
    if (reason := _awaited(state, is_asking=bool(to_ask))) is not None:
        return AwaitInput(reason=reason, calls=[*_calls_of(_undecided(state)), *to_ask], to_ask=to_ask)
    if state.open_steps:
        return RunTools(calls=[], again=state.open_steps)
    return AwaitInput(reason="client_tools", calls=calls) if calls else None


def _must_be_approved(call: ToolCall, plan: Plan) -> bool:
    """Tell whether a person is asked before a call is made; what is no call at all is answered without one."""
    is_on_server = call.tool_name not in plan.client_tools
    return is_on_server and call.tool_name in plan.to_approve and parse_arguments(call.arguments_json) is not None


def _undecided(state: TurnState) -> list[OpenStep]:
    return [step for step in state.open_steps if not step.is_decided]


def _calls_of(steps: Iterable[OpenStep]) -> list[ToolCall]:
    return [step.started.tool_call for step in steps if step.started.tool_call is not None]


def _awaited(state: TurnState, *, is_asking: bool = False) -> WaitReason | None:
    """What a person is waited for, when nothing runs: a lost tool goes before an approval, that before a question."""
    reasons = {step.awaits or "unknown_outcome" for step in _undecided(state)}
    if "unknown_outcome" in reasons:
        return "unknown_outcome"
    if is_asking or "approval" in reasons:
        return "approval"
    return "question" if reasons else None


def still_awaits(state: TurnState, reason: WaitReason) -> WaitReason | None:
    """What a turn goes on to wait for, after an answer to what it rested for with `reason`; None when it goes on."""
    if (awaited := _awaited(state)) is not None:
        return awaited
    return "client_tools" if reason == "client_tools" and open_calls(state) else None


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


def tool_choice(inferences: int, chosen: str) -> str:
    """What the model is told of `tool_choice` after so many inferences: whatever it must do, it must do once."""
    return chosen if inferences == 0 or chosen == "none" else "auto"
