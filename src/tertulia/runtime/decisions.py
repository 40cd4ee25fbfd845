"""A person's decision about one call of a tool: held against what is waited for, before anything is stored."""

from typing import Any

import msgspec
from msgspec.structs import replace

from tertulia.domain.base import Value
from tertulia.domain.errors import AlreadyDecided, FieldError, InvalidRequest, TooLarge, UnknownToolCall
from tertulia.domain.events import StepDecided
from tertulia.domain.messages import ToolCall
from tertulia.domain.questions import Answer
from tertulia.domain.steps import ToolCallStep
from tertulia.domain.turns import Verdict
from tertulia.engine.turn import OpenStep, TurnState
from tertulia.runtime.approvals import grant_of, with_arguments
from tertulia.runtime.json_schema import find_faults

MOST_WRITTEN = 200_000
"""Bytes of the arguments, or of the answer, that a person writes: the log and each later request have them."""


class Decision(Value):
    """What a person says about a tool call: `approve` lets it run (again), `deny` goes on without it.

    `arguments` take the place of the model's, `answer` answers the tool's question, and `remembers` approves all calls
    of this tool in this session. `attempt` is that of the call as the person saw it.
    """

    call_id: str
    decision: Verdict
    reason: str = ""
    arguments: dict[str, Any] | None = None
    answer: dict[str, Any] | None = None
    remembers: bool = False
    attempt: int | None = None

    @property
    def approves(self) -> bool:
        return self.decision == "approve"


def decided(state: TurnState, decision: Decision, *, at: str) -> StepDecided:
    """Return the event that says what was decided. Raises AlreadyDecided, UnknownToolCall, InvalidRequest, TooLarge."""
    step = undecided(state, decision.call_id)
    if decision.attempt not in (None, step.attempt):
        raise AlreadyDecided("This tool call was decided on before, and a person is asked something else about it now.")
    _refuse_what_does_not_fit(step, decision)
    if step.question is not None and decision.approves:
        refuse_faults(step.question.requested_schema, decision.answer or {}, "/answer")
    said = StepDecided(step_id=step.started.step_id, decision=decision.decision, at=at, reason=decision.reason)
    if step.question is not None:
        answer = Answer(action="accept", content=decision.answer or {}) if decision.approves else None
        return replace(said, answer=answer or Answer(action="decline"))
    if not decision.approves or step.awaits != "approval":
        return said
    call = step.started.tool_call
    changed = None if call is None or decision.arguments is None else _changed(step, call, decision.arguments)
    return replace(said, tool_call=changed, grant=grant_of(step, remembers=decision.remembers))


def undecided(state: TurnState, call_id: str) -> OpenStep:
    """Return the step of a call that waits for a person. Raises AlreadyDecided, UnknownToolCall."""
    for step in state.open_steps:
        if step.awaits is not None and step.call_id == call_id:
            return step
    if was_decided(state, call_id):
        raise AlreadyDecided
    detail = f"the turn does not wait for a decision about {call_id!r}"
    raise UnknownToolCall(errors=[FieldError(pointer="/call_id", detail=detail)])


def was_decided(state: TurnState, call_id: str) -> bool:
    """Tell whether a call has a decision, or a result, already."""
    for step in state.steps.values():
        match step:
            case OpenStep() if step.call_id == call_id:
                return "decided_at" in step.started.metadata
            case ToolCallStep(tool_call=call) if call.call_id == call_id:
                return True
            case _:
                pass
    return False


def _refuse_what_does_not_fit(step: OpenStep, decision: Decision) -> None:
    """Raise InvalidRequest, naming the field, if something was said that this call does not ask for."""
    for field, written in (("arguments", decision.arguments), ("answer", decision.answer)):
        if written is not None and (size := len(msgspec.json.encode(written))) > MOST_WRITTEN:
            detail = f"it has {size} bytes; the limit is {MOST_WRITTEN}"
            raise TooLarge(f"/{field}: {detail}.", errors=[FieldError(pointer=f"/{field}", detail=detail)])
    what = "a question" if step.question is not None else "a call that is denied"
    if step.question is None and decision.answer is not None:
        raise _invalid("/answer", "this call asks no question")
    if decision.answer is not None and not decision.approves:
        raise _invalid("/answer", "who declines a question gives no answer: approve it, or leave the answer out")
    for field, is_said in (("arguments", decision.arguments is not None), ("remember", decision.remembers)):
        if is_said and (step.question is not None or not decision.approves):
            raise _invalid(f"/{field}", f"{what} has none")
        if is_said and step.awaits != "approval":
            raise _invalid(f"/{field}", "this call may have been made already: it is made again as it was, or not")
    if decision.arguments is not None and not step.started.metadata.get("is_editable", False):
        raise _invalid("/arguments", f"the arguments of {step.tool_name} cannot be changed: approve or deny it")


def _changed(step: OpenStep, call: ToolCall, arguments: dict[str, Any]) -> ToolCall | None:
    """Return the call with a person's arguments; None if they are what they were."""
    settled: dict[str, Any] = step.started.metadata.get("settled_arguments", {})
    for name, value in settled.items():
        if arguments.get(name, value) != value:
            raise _invalid(f"/arguments/{name}", "this argument is settled by the agent and cannot be changed")
    arguments = {**arguments, **settled}
    return None if arguments == call.arguments else with_arguments(call, arguments)


def refuse_faults(schema: dict[str, Any], value: dict[str, Any], pointer: str) -> None:
    """Raise InvalidRequest, naming the fields, unless a value is as a schema wants it."""
    if faults := find_faults(schema, value, pointer=pointer):
        raise InvalidRequest(f"{faults[0].pointer}: {faults[0].detail}.", errors=faults)


def _invalid(pointer: str, detail: str) -> InvalidRequest:
    return InvalidRequest(f"{pointer}: {detail}.", errors=[FieldError(pointer=pointer, detail=detail)])
