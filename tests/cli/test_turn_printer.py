"""A turn in a terminal: the answer on stdout, what is beside it on stderr, and nothing that steers the terminal."""

import pytest

from tertulia.cli.turn_printer import TurnPrinter
from tertulia.domain.deltas import ReasoningDelta, TextDelta, ToolCallDelta, ToolCallPart, ToolOutputDelta
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
    TurnStarted,
)
from tertulia.domain.messages import ToolCall, ToolResponse, UserMessage
from tertulia.domain.steps import InferenceStep, Problem, ToolCallStep, Usage

AT = "2026-01-01T00:00:00.000000Z"
LATER = "2026-01-01T00:00:02.500000Z"
QUEUED = TurnQueued(turn_id="t", session_id="s", agent_id="a", n=1, input_messages=[UserMessage(content="Hi")], at=AT)
STARTED = TurnStarted(turn_id="t", session_id="s", n=1, at=AT)
ASKS = StepStarted(step_id="i", step_type="inference", at=AT)
DONE = TurnCompleted(stop_reason="end_of_turn", at=LATER)
CALL = ToolCall(call_id="c", tool_name="clock", arguments_json='{"zone": "Europe/Lisbon"}')


def says(text: str) -> StepProgressed:
    return StepProgressed(step_id="i", step_type="inference", delta=TextDelta(text=text))


def thinks(text: str) -> StepProgressed:
    return StepProgressed(step_id="i", step_type="inference", delta=ReasoningDelta(text=text))


def show(*events: TurnEvent) -> TurnPrinter:
    printer = TurnPrinter()
    for place, event in enumerate(events, start=1):
        printer.show(LoggedEvent(id=EventId(n=1, epoch=1, seq=place), event=event))
    return printer


def test_the_answer_alone_goes_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    show(QUEUED, STARTED, ASKS, thinks("Hm."), says("Good "), says("morning."), DONE)
    out, err = capsys.readouterr()
    assert out == "Good morning.\n"
    assert err == "Hm.\n2.5 s\n"


def test_the_end_says_what_the_turn_took(capsys: pytest.CaptureFixture[str]) -> None:
    step = InferenceStep(
        turn_id="t", step_id="i", started_at=AT, model="demo/script", usage=Usage(input_tokens=12, output_tokens=34)
    )
    show(QUEUED, STARTED, ASKS, StepCompleted(step_id="i", step_type="inference", step_details=step, at=AT), DONE)
    assert capsys.readouterr().err == "2.5 s · 12 → 34 tokens · demo/script\n"


def test_a_tool_call_is_a_line_and_its_answer_another(capsys: pytest.CaptureFixture[str]) -> None:
    step = ToolCallStep(
        turn_id="t",
        step_id="c",
        started_at=AT,
        tool_call=CALL,
        tool_response=ToolResponse(call_id="c", tool_name="clock", content="It is noon.\nSunday."),
    )
    part = ToolCallPart(index=0, tool_name="clock", arguments_json="{}")
    show(
        QUEUED,
        says("Let me see."),
        StepProgressed(step_id="i", step_type="inference", delta=ToolCallDelta(tool_call=part)),
        StepStarted(step_id="c", step_type="tool_call", at=AT, tool_call=CALL),
        StepProgressed(step_id="c", step_type="tool_call", delta=ToolOutputDelta(text="looking")),
        StepCompleted(step_id="c", step_type="tool_call", step_details=step, at=AT),
    )
    out, err = capsys.readouterr()
    assert out == "Let me see.\n"
    assert err == '→ clock {"zone": "Europe/Lisbon"}\nlooking\n← It is noon. Sunday.\n'


def test_a_tool_that_failed_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    response = ToolResponse(call_id="c", tool_name="clock", content="no such zone", is_error=True)
    step = ToolCallStep(turn_id="t", step_id="c", started_at=AT, tool_call=CALL, tool_response=response)
    show(StepCompleted(step_id="c", step_type="tool_call", step_details=step, at=AT))
    assert capsys.readouterr().err == "← error: no such zone\n"


@pytest.mark.parametrize(
    ("end", "line"),
    [
        (TurnFailed(error=Problem(code="model_timeout", message="Too slow."), at=AT), "Too slow. (model_timeout)"),
        (TurnCancelled(at=AT), "(stopped)"),
        (TurnAwaitingInput(reason="client_tools", at=AT), "waits for an answer that this terminal cannot give"),
        (TurnCompleted(stop_reason="out_of_tokens", at=AT), "reached the limit of tokens"),
        (TurnCompleted(stop_reason="max_infer_iters", at=AT), "reached the limit of steps"),
    ],
)
def test_an_end_that_is_no_answer_says_why(
    end: TurnFailed | TurnCancelled | TurnAwaitingInput | TurnCompleted, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    printer = show(QUEUED, STARTED, says("Half"), end)
    out, err = capsys.readouterr()
    assert out == "Half\n"
    assert line in err
    assert printer.end == end


def test_a_step_that_begins_anew_is_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    show(QUEUED, STARTED, says("Half"), StepRestarted(step_id="i", epoch=2, at=AT), says("Whole"), DONE)
    assert capsys.readouterr().out == "Half\nWhole\n"


def test_nothing_that_is_said_steers_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    evil = "a\x1b]0;title\x07\x1b[2Jb\x9b31m\r\x08c"
    call = ToolCall(call_id="c", tool_name="x\x1b[2J", arguments_json=evil)
    response = ToolResponse(call_id="c", tool_name="x", content=evil)
    step = ToolCallStep(turn_id="t", step_id="c", started_at=AT, tool_call=call, tool_response=response)
    show(
        says(evil),
        thinks(evil),
        StepStarted(step_id="c", step_type="tool_call", at=AT, tool_call=call),
        StepCompleted(step_id="c", step_type="tool_call", step_details=step, at=AT),
        TurnFailed(error=Problem(code="x", message=evil), at=AT),
    )
    out, err = capsys.readouterr()
    assert not set(out + err) & set(map(chr, [*range(10), *range(11, 32), *range(127, 160)]))
