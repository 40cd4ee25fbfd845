"""Short ways to write logs down by hand, and a strategy that makes legal ones by chance."""

from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace

from tertulia.domain.attachments import FileAttachment
from tertulia.domain.deltas import Delta, ReasoningDelta, TextDelta, ToolCallDelta, ToolCallPart, ToolOutputDelta
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
from tertulia.domain.messages import AssistantMessage, StopReason, ToolCall, ToolResponse, UserMessage
from tertulia.domain.questions import Question
from tertulia.domain.shields import Touchpoint, ViolationLevel
from tertulia.domain.steps import (
    Approval,
    InferenceStep,
    OtherStep,
    Problem,
    Step,
    StepStatus,
    StepType,
    ToolCallStep,
    Usage,
    Violation,
)
from tertulia.domain.turns import Verdict, WaitReason

USAGE = Usage(input_tokens=10, output_tokens=5)


def at(second: int) -> str:
    return f"2026-11-22T10:{second // 60:02d}:{second % 60:02d}.000000Z"


def queued(text: str = "What is the weather?") -> TurnQueued:
    return TurnQueued(
        turn_id="t1", session_id="s1", agent_id="a1", n=1, input_messages=[UserMessage(content=text)], at=at(0)
    )


STARTED = TurnStarted(turn_id="t1", session_id="s1", n=1, at=at(1))
HELLO: list[TurnEvent] = [queued(), STARTED]


def call(name: str, call_id: str | None = None, arguments_json: str = "{}") -> ToolCall:
    return ToolCall(call_id=call_id or f"call-{name}", tool_name=name, arguments_json=arguments_json)


def starts(step_id: str, second: int, tool_call: ToolCall | None = None) -> StepStarted:
    if tool_call is None:
        return StepStarted(step_id=step_id, step_type="inference", at=at(second), model="demo/script")
    return StepStarted(step_id=step_id, step_type="tool_call", at=at(second), tool_call=tool_call)


def progresses(step_id: str, delta: Delta) -> StepProgressed:
    step_type = "tool_call" if isinstance(delta, ToolOutputDelta) else "inference"
    return StepProgressed(step_id=step_id, step_type=step_type, delta=delta)


def text(step_id: str, words: str) -> StepProgressed:
    return progresses(step_id, TextDelta(text=words))


def completes(step: Step) -> StepCompleted:
    kinds: dict[type[Step], StepType] = {InferenceStep: "inference", ToolCallStep: "tool_call", OtherStep: "other"}
    step_type = kinds[type(step)]
    return StepCompleted(step_id=step.step_id, step_type=step_type, step_details=step, at=step.completed_at or "")


def inference(
    step_id: str,
    second: int,
    *,
    said: str = "",
    calls: Iterable[ToolCall] = (),
    stop_reason: StopReason | None = None,
    status: StepStatus = "completed",
) -> InferenceStep:
    calls = list(calls)
    return InferenceStep(
        turn_id="t1",
        step_id=step_id,
        started_at=at(second),
        completed_at=at(second + 1),
        status=status,
        model="demo/script",
        model_response=AssistantMessage(
            content=said, tool_calls=calls, stop_reason=stop_reason or ("end_of_message" if calls else "end_of_turn")
        ),
        usage=USAGE,
        first_token_at=at(second),
    )


def tool_step(
    step_id: str,
    second: int,
    tool_call: ToolCall,
    content: str,
    *,
    is_error: bool = False,
    files: Sequence[FileAttachment] = (),
    attempt: int = 1,
    approval: Approval = "none",
    metadata: dict[str, Any] | None = None,
) -> ToolCallStep:
    return ToolCallStep(
        attempt=attempt,
        approval=approval,
        metadata=metadata or {},
        turn_id="t1",
        step_id=step_id,
        started_at=at(second),
        completed_at=at(second + 1),
        status="failed" if is_error else "completed",
        tool_call=tool_call,
        tool_response=ToolResponse(
            call_id=tool_call.call_id,
            tool_name=tool_call.tool_name,
            content=content,
            is_error=is_error,
            files=list(files),
        ),
    )


def looks(
    shield_id: str,
    touchpoint: Touchpoint = "user-input",
    *,
    finds: ViolationLevel | None = None,
    second: int = 2,
) -> list[TurnEvent]:
    """A shield looks, and lets pass or not what it sees."""
    step_id, metadata = f"{shield_id}-{touchpoint}", {"shield_id": shield_id, "touchpoint": touchpoint}
    details = OtherStep(
        turn_id="t1",
        step_id=step_id,
        started_at=at(second),
        completed_at=at(second + 1),
        status="completed",
        metadata=metadata,
        kind="shield_call",
        violation=Violation(violation_level=finds, user_message=f"Not this, says {shield_id}.") if finds else None,
    )
    started = StepStarted(step_id=step_id, step_type="other", kind="shield_call", at=at(second), metadata=metadata)
    return [started, completes(details)]


def asks(*calls: ToolCall, step_id: str = "i1", second: int = 2) -> list[TurnEvent]:
    return [starts(step_id, second), completes(inference(step_id, second, calls=calls))]


def says(words: str, step_id: str = "i9", second: int = 20) -> list[TurnEvent]:
    return [starts(step_id, second), text(step_id, words), completes(inference(step_id, second, said=words))]


def runs(tool_call: ToolCall, content: str, step_id: str | None = None, second: int = 10) -> list[TurnEvent]:
    step_id = step_id or f"step-{tool_call.call_id}"
    return [starts(step_id, second, tool_call), completes(tool_step(step_id, second, tool_call, content))]


TERMS: dict[str, Any] = {"approval_rule": "always", "is_editable": True, "definition_hash": "5e" * 32}


def waits(step_id: str, second: int, tool_call: ToolCall) -> StepStarted:
    """A call that a person must approve begins."""
    return StepStarted(
        step_id=step_id,
        step_type="tool_call",
        at=at(second),
        attempt=0,
        tool_call=tool_call,
        approval="pending",
        metadata=TERMS,
    )


def awaits(reason: WaitReason, second: int) -> TurnAwaitingInput:
    return TurnAwaitingInput(reason=reason, at=at(second))


def lost_and_run_again(tool_call: ToolCall, epoch: int) -> list[TurnEvent]:
    begun, ended = runs(tool_call, "done", second=8)
    decided = [TurnAwaitingInput(reason="unknown_outcome", at=at(8)), TurnResumed(at=at(8))]
    return [begun, *decided, StepRestarted(step_id=f"step-{tool_call.call_id}", epoch=epoch, at=at(8)), ended]


def logged(events: Iterable[TurnEvent], *, epoch: int = 1) -> list[LoggedEvent]:
    """Number events from 1; the log moves on to the epoch of each StepRestarted."""
    log: list[LoggedEvent] = []
    seq = 0
    for event in events:
        if isinstance(event, StepRestarted) and event.epoch != epoch:
            epoch, seq = event.epoch, 0
        seq += 1
        log.append(LoggedEvent(id=EventId(n=1, epoch=epoch, seq=seq), event=event))
    return log


_words = st.text(max_size=12)
_call_parts = st.builds(
    ToolCallPart,
    index=st.integers(0, 2),
    call_id=st.sampled_from(["", "c1", "c2"]),
    tool_name=st.sampled_from(["", "clock"]),
    arguments_json=st.sampled_from(["", "{", '{"a":', "1}", "{}", "nonsense"]),
)
_deltas: st.SearchStrategy[Delta] = st.one_of(
    st.builds(TextDelta, text=_words),
    st.builds(ReasoningDelta, text=_words),
    st.builds(ToolCallDelta, tool_call=_call_parts),
)


ASKED = Question(key="which", message="Which one?")


@st.composite
def decided_by_a_person(draw: st.DrawFn, tool_call: ToolCall, epoch: int) -> tuple[list[TurnEvent], int]:
    """A call that waits for a person (for an approval, for an answer, or for both), and what comes of it."""
    step_id = f"step-{tool_call.call_id}"
    approval: Approval = draw(st.sampled_from(["none", "approved", "denied"]))
    events: list[TurnEvent] = []
    if approval == "none":
        events.append(starts(step_id, 6, tool_call))
    else:
        verdict: Verdict = "approve" if approval == "approved" else "deny"
        changed = draw(st.sampled_from([None, replace(tool_call, arguments={"a": 1}, arguments_json='{"a":1}')]))
        said = StepDecided(
            step_id=step_id, decision=verdict, at=at(7), tool_call=changed if verdict == "approve" else None
        )
        events += [waits(step_id, 6, tool_call), awaits("approval", 6), TurnResumed(at=at(7)), said]
        if verdict == "approve":
            epoch += 1
            events.append(StepRestarted(step_id=step_id, epoch=epoch, at=at(7)))
    if approval != "denied" and draw(st.booleans()):
        answers: Verdict = draw(st.sampled_from(["approve", "deny"]))
        epoch += 1
        events += [
            StepAsked(step_id=step_id, question=ASKED, at=at(8)),
            awaits("question", 8),
            TurnResumed(at=at(8)),
            StepDecided(step_id=step_id, decision=answers, at=at(8)),
            StepRestarted(step_id=step_id, epoch=epoch, at=at(8)),
        ]
    return [*events, completes(tool_step(step_id, 8, tool_call, "done", approval=approval))], epoch


@st.composite
def legal_logs(draw: st.DrawFn) -> list[LoggedEvent]:
    """A log as a turn could have left it, whole or cut off anywhere."""
    events: list[TurnEvent] = [queued(draw(_words))]
    if draw(st.booleans()):
        events.append(STARTED)
        epoch = 1
        for number in range(draw(st.integers(0, 3))):
            step_id = f"i{number}"
            events.append(starts(step_id, 2 + 10 * number))
            events += [progresses(step_id, delta) for delta in draw(st.lists(_deltas, max_size=6))]
            if draw(st.booleans()):
                epoch += 1
                events.append(StepRestarted(step_id=step_id, epoch=epoch, at=at(3 + 10 * number)))
                events += [progresses(step_id, delta) for delta in draw(st.lists(_deltas, max_size=3))]
            calls = [call("clock", f"c{number}-{k}") for k in range(draw(st.integers(0, 2)))]
            events.append(completes(inference(step_id, 4 + 10 * number, said=draw(_words), calls=calls)))
            for tool_call in calls:
                if draw(st.booleans()):
                    waited, epoch = draw(decided_by_a_person(tool_call, epoch))
                    events += waited
                else:
                    events += runs(tool_call, draw(_words), second=6 + 10 * number)
            if draw(st.booleans()):
                events += [TurnAwaitingInput(reason="client_tools", at=at(9)), TurnResumed(at=at(9))]
            if draw(st.booleans()):
                epoch += 1
                events += lost_and_run_again(call("clock", f"lost{number}"), epoch)
        if draw(st.booleans()):
            events.append(starts("last", 55))
            events += [progresses("last", delta) for delta in draw(st.lists(_deltas, max_size=4))]
            events.append(
                draw(
                    st.sampled_from(
                        [
                            TurnFailed(error=Problem(code="model_unavailable", message="gone"), at=at(58)),
                            TurnCancelled(at=at(58)),
                        ]
                    )
                )
            )
        else:
            events.append(TurnCompleted(stop_reason="end_of_turn", at=at(58)))
    cut = draw(st.integers(1, len(events)))
    return logged(events)[:cut]
