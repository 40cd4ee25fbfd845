"""The golden logs: turns as they happen, written down by hand. `python -m tests.golden.write` makes the files of them.

Both folds replay the files: the engine's (tests/engine/test_golden.py) and the page's. A change of a file is a change
of the wire, and is read in review.
"""

from tertulia.domain.attachments import FileAttachment
from tertulia.domain.deltas import ReasoningDelta, ToolCallDelta, ToolCallPart, ToolOutputDelta
from tertulia.domain.events import (
    LoggedEvent,
    StepRestarted,
    TurnAwaitingInput,
    TurnCancelled,
    TurnCompleted,
    TurnEvent,
    TurnFailed,
    TurnResumed,
)
from tertulia.domain.files import url_of
from tertulia.domain.steps import Problem
from tests.engine.build import (
    HELLO,
    at,
    call,
    completes,
    inference,
    logged,
    looks,
    progresses,
    queued,
    runs,
    says,
    starts,
    text,
    tool_step,
)

DONE = TurnCompleted(stop_reason="end_of_turn", at=at(58))
CLOCK = call("clock", "c1", '{"timezone": "Europe/Lisbon"}')
BROKEN = call("clock", "c2", "{")
CAMERA = call("camera", "c3")


def _part(index: int, call_id: str = "", name: str = "", arguments: str = "") -> ToolCallDelta:
    part = ToolCallPart(index=index, call_id=call_id, tool_name=name, arguments_json=arguments)
    return ToolCallDelta(tool_call=part)


def _file(name: str, media_type: str = "image/png") -> FileAttachment:
    file_id = f"file-{name[:5].strip()}"
    return FileAttachment(name=name, type=media_type, size=9, file_id=file_id, url=url_of(file_id))


ASKS_FOR_TOOLS: list[TurnEvent] = [
    starts("i1", 2),
    progresses("i1", ReasoningDelta(text="Two things to look up.")),
    text("i1", "One moment. "),
    progresses("i1", _part(0, "c1", "clock", '{"timezone": ')),
    progresses("i1", _part(1, "c2", "clock", "{")),
    progresses("i1", _part(0, arguments='"Europe/Lisbon"}')),
    completes(inference("i1", 2, said="One moment. ", calls=[CLOCK, BROKEN])),
]
TOOLS_SIDE_BY_SIDE: list[TurnEvent] = [
    starts("s1", 10, CLOCK),
    starts("s2", 10, BROKEN),
    progresses("s1", ToolOutputDelta(text="looking…")),
    completes(tool_step("s2", 10, BROKEN, "The arguments are not a JSON object.", is_error=True)),
    completes(tool_step("s1", 10, CLOCK, "Sunday, noon")),
]

LOST_TOOL: list[TurnEvent] = [
    *HELLO,
    starts("i1", 2),
    completes(inference("i1", 2, calls=[CAMERA])),
    starts("s1", 10, CAMERA),
    progresses("s1", ToolOutputDelta(text="turning…")),
    TurnAwaitingInput(reason="unknown_outcome", at=at(25)),
    TurnResumed(at=at(30)),
]
RAN_AGAIN: list[TurnEvent] = [
    progresses("s1", ToolOutputDelta(text="turning again…")),
    completes(tool_step("s1", 31, CAMERA, "a cat")),
    *says("I see a cat."),
]

EVENTS: dict[str, list[TurnEvent]] = {
    "plain_answer": [*HELLO, *says("It is sunny."), DONE],
    "answer_in_pieces": [
        *HELLO,
        starts("i1", 2),
        *(text("i1", piece) for piece in ("# Título\n\n", "Olá, ", "**mun", "do** 👋🏽", " — fim")),
        completes(inference("i1", 2, said="# Título\n\nOlá, **mundo** 👋🏽 — fim")),
        DONE,
    ],
    "queued_then_cancelled": [queued(), TurnCancelled(at=at(5))],
    "cancelled_in_mid_answer": [*HELLO, starts("i1", 2), text("i1", "Once upon a ti"), TurnCancelled(at=at(9))],
    "failed_before_the_first_token": [
        *HELLO,
        starts("i1", 2),
        TurnFailed(error=Problem(code="model_unavailable", message="The model server cannot be reached."), at=at(9)),
    ],
    "interrupted_by_a_restart": [
        *HELLO,
        starts("i1", 2),
        text("i1", "Half an ans"),
        TurnFailed(error=Problem(code="interrupted", message="The server stopped while this turn ran."), at=at(40)),
    ],
    "tools_side_by_side": [*HELLO, *ASKS_FOR_TOOLS, *TOOLS_SIDE_BY_SIDE, *says("It is Sunday, noon."), DONE],
    "tool_running_when_cancelled": [*HELLO, *ASKS_FOR_TOOLS, *TOOLS_SIDE_BY_SIDE[:3], TurnCancelled(at=at(20))],
    "client_tool_and_resume": [
        *HELLO,
        starts("i1", 2),
        completes(inference("i1", 2, calls=[CAMERA])),
        TurnAwaitingInput(reason="client_tools", at=at(5)),
        TurnResumed(at=at(9)),
        *runs(CAMERA, "a cat", second=10),
        *says("I see a cat."),
        DONE,
    ],
    "reopened_by_its_client": [
        *HELLO,
        *says('{"tool": "camera"}', step_id="i1", second=2),
        TurnCompleted(stop_reason="end_of_turn", at=at(5)),
        TurnResumed(at=at(9)),
        *runs(CAMERA, "a cat", second=10),
        *says("I see a cat."),
        DONE,
    ],
    "step_restarted_elsewhere": [
        *HELLO,
        starts("i1", 2),
        text("i1", "Lost wor"),
        StepRestarted(step_id="i1", epoch=2, at=at(30)),
        text("i1", "New words"),
        completes(inference("i1", 30, said="New words")),
        DONE,
    ],
    "lost_tool_is_run_again": [*LOST_TOOL, StepRestarted(step_id="s1", epoch=3, at=at(31)), *RAN_AGAIN, DONE],
    "lost_tool_is_let_go": [
        *LOST_TOOL,
        completes(tool_step("s1", 30, CAMERA, "Nobody knows whether it ran.", is_error=True)),
        *says("I could not look."),
        DONE,
    ],
    "lost_tool_is_cancelled": [*LOST_TOOL[:-1], TurnCancelled(at=at(33))],
    "out_of_tokens": [
        *HELLO,
        starts("i1", 2),
        text("i1", "A long"),
        completes(inference("i1", 2, said="A long", stop_reason="out_of_tokens")),
        TurnCompleted(stop_reason="out_of_tokens", at=at(9)),
    ],
    "input_refused_by_a_shield": [
        *HELLO,
        *looks("polite", finds="warn"),
        *looks("guard", finds="error", second=4),
        DONE,
    ],
    "answer_refused_by_a_shield": [
        *HELLO,
        *looks("guard"),
        *says("How to pick a lock: …", second=4),
        *looks("guard", "assistant-output", finds="error", second=10),
        DONE,
    ],
    "shield_without_a_verdict": [
        *HELLO,
        looks("guard")[0],
        TurnFailed(error=Problem(code="shield_failed", message="A shield could not judge."), at=at(9)),
    ],
    "tool_makes_files": [
        *HELLO,
        starts("i1", 2),
        completes(inference("i1", 2, calls=[CAMERA, CLOCK])),
        starts("s1", 10, CAMERA),
        starts("s2", 10, CLOCK),
        completes(tool_step("s2", 10, CLOCK, "noon", files=[_file("clock.svg", "image/svg+xml")])),
        completes(tool_step("s1", 10, CAMERA, "two cats", files=[_file("cat 1.png"), _file("cat 2.png")])),
        *says("I see two cats, at noon."),
        DONE,
    ],
    "step_limit": [
        *HELLO,
        starts("i1", 2),
        completes(inference("i1", 2, calls=[CLOCK])),
        *runs(CLOCK, "noon"),
        TurnCompleted(stop_reason="max_infer_iters", at=at(20)),
    ],
}
LOGS: dict[str, list[LoggedEvent]] = {name: logged(events) for name, events in EVENTS.items()}
