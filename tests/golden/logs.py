"""The golden logs: turns as they happen, written down by hand. `python -m tests.golden.write` makes the files of them.

Both folds replay the files: the engine's (tests/engine/test_golden.py) and the page's. A change of a file is a change
of the wire, and is read in review.
"""

from tertulia.domain.attachments import FileAttachment
from tertulia.domain.deltas import ReasoningDelta, ToolCallDelta, ToolCallPart, ToolOutputDelta
from tertulia.domain.events import (
    LoggedEvent,
    StepAsked,
    StepDecided,
    StepRestarted,
    TurnAwaitingInput,
    TurnCancelled,
    TurnCompleted,
    TurnEvent,
    TurnFailed,
    TurnResumed,
)
from tertulia.domain.files import url_of
from tertulia.domain.messages import ToolCall
from tertulia.domain.questions import Answer, Question
from tertulia.domain.steps import Problem
from tertulia.domain.tools import Grant
from tests.engine.build import (
    HELLO,
    TERMS,
    asks,
    at,
    awaits,
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
    waits,
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

PAY = ToolCall(call_id="p1", tool_name="pay", arguments={"euros": 5}, arguments_json='{"euros": 5}')
PAY_TOO = ToolCall(call_id="p2", tool_name="pay", arguments={"to": "Rui"}, arguments_json='{"to": "Rui"}')
PAY_LESS = ToolCall(call_id="p1", tool_name="pay", arguments={"euros": 4.0}, arguments_json='{"euros":4.0}')
GRANT = Grant(tool_name="pay", definition_hash="5e" * 32)
WAITS: list[TurnEvent] = [*HELLO, *asks(PAY), waits("p1", 10, PAY), awaits("approval", 11)]
RESUMED = TurnResumed(at=at(20))
DECIDED = {**TERMS, "decided_at": at(20)}
BEGUN = {**DECIDED, "begun_at": at(21)}
BEGINS = StepRestarted(step_id="p1", epoch=2, at=at(21))
APPROVED: list[TurnEvent] = [*WAITS, RESUMED, StepDecided(step_id="p1", decision="approve", at=at(20)), BEGINS]
DENIAL = "A person denied this call."

WHICH = Question(
    key="account",
    message="From which account?",
    requested_schema={"type": "object", "properties": {"account": {"type": "string"}}, "required": ["account"]},
)
ASKED: list[TurnEvent] = [
    *HELLO,
    *asks(PAY),
    starts("p1", 10, PAY),
    progresses("p1", ToolOutputDelta(text="opening…")),
    StepAsked(step_id="p1", question=WHICH, at=at(11)),
    awaits("question", 11),
]
GIRO = Answer(action="accept", content={"account": "giro"})
ANSWERED = {
    "decided_at": at(20),
    "answers": {"account": {"action": "accept", "content": {"account": "giro"}}},
    "begun_at": at(21),
}
DECLINED = {
    "decided_at": at(20),
    "reason": "None of yours.",
    "answers": {"account": {"action": "decline", "content": {}}},
    "begun_at": at(21),
}

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
    "lost_tool_is_run_again": [
        *LOST_TOOL,
        StepDecided(step_id="s1", decision="approve", at=at(30)),
        StepRestarted(step_id="s1", epoch=3, at=at(31)),
        progresses("s1", ToolOutputDelta(text="turning again…")),
        completes(
            tool_step(
                "s1",
                31,
                CAMERA,
                "a cat",
                attempt=2,
                approval="approved",
                metadata={"decided_at": at(30), "begun_at": at(31)},
            )
        ),
        *says("I see a cat."),
        DONE,
    ],
    "lost_tool_is_let_go": [
        *LOST_TOOL,
        StepDecided(step_id="s1", decision="deny", at=at(30)),
        completes(
            tool_step(
                "s1",
                30,
                CAMERA,
                "Nobody knows whether it ran.",
                is_error=True,
                approval="denied",
                metadata={"decided_at": at(30)},
            )
        ),
        *says("I could not look."),
        DONE,
    ],
    "lost_tool_decided_on_by_an_older_server": [
        *LOST_TOOL,
        StepRestarted(step_id="s1", epoch=3, at=at(31)),
        *RAN_AGAIN,
        DONE,
    ],
    "lost_tool_is_cancelled": [*LOST_TOOL[:-1], TurnCancelled(at=at(33))],
    "approval_given": [
        *WAITS,
        RESUMED,
        StepDecided(step_id="p1", decision="approve", at=at(20), grant=GRANT),
        BEGINS,
        progresses("p1", ToolOutputDelta(text="paying…")),
        completes(tool_step("p1", 10, PAY, "paid", approval="approved", metadata=BEGUN)),
        *says("Paid.", second=30),
        DONE,
    ],
    "approval_denied": [
        *WAITS,
        RESUMED,
        StepDecided(step_id="p1", decision="deny", at=at(20), reason="Too much."),
        completes(
            tool_step(
                "p1",
                10,
                PAY,
                DENIAL,
                is_error=True,
                attempt=0,
                approval="denied",
                metadata={**DECIDED, "reason": "Too much."},
            )
        ),
        *says("Then not.", second=30),
        DONE,
    ],
    "approval_with_other_arguments": [
        *WAITS,
        RESUMED,
        StepDecided(step_id="p1", decision="approve", at=at(20), tool_call=PAY_LESS),
        BEGINS,
        completes(
            tool_step(
                "p1", 10, PAY_LESS, "paid", approval="approved", metadata={**BEGUN, "asked_arguments": PAY.arguments}
            )
        ),
        *says("Paid.", second=30),
        DONE,
    ],
    "approvals_one_by_one": [
        *HELLO,
        *asks(CLOCK, PAY, PAY_TOO),
        *runs(CLOCK, "noon", second=5),
        waits("p1", 10, PAY),
        waits("p2", 10, PAY_TOO),
        awaits("approval", 11),
        RESUMED,
        StepDecided(step_id="p1", decision="approve", at=at(20)),
        awaits("approval", 20),
        TurnResumed(at=at(25)),
        StepDecided(step_id="p2", decision="deny", at=at(25)),
        completes(
            tool_step(
                "p2",
                10,
                PAY_TOO,
                DENIAL,
                is_error=True,
                attempt=0,
                approval="denied",
                metadata={**TERMS, "decided_at": at(25)},
            )
        ),
        StepRestarted(step_id="p1", epoch=3, at=at(26)),
        completes(
            tool_step("p1", 10, PAY, "paid", approval="approved", metadata={**DECIDED, "begun_at": at(26)}),
        ),
        *says("Ana is paid.", second=30),
        DONE,
    ],
    "approval_never_given": [*WAITS, TurnCancelled(at=at(33))],
    "approval_never_given_and_failed": [
        *WAITS,
        TurnFailed(error=Problem(code="internal_error", message="Something went wrong."), at=at(33)),
    ],
    "approved_tool_is_lost": [
        *APPROVED,
        awaits("unknown_outcome", 22),
        TurnResumed(at=at(25)),
        StepDecided(step_id="p1", decision="approve", at=at(25), reason="It was not."),
        StepRestarted(step_id="p1", epoch=4, at=at(26)),
        completes(
            tool_step(
                "p1",
                10,
                PAY,
                "paid",
                attempt=2,
                approval="approved",
                metadata={**TERMS, "decided_at": at(25), "begun_at": at(26), "reason": "It was not."},
            )
        ),
        *says("Paid.", second=30),
        DONE,
    ],
    "question_answered": [
        *ASKED,
        RESUMED,
        StepDecided(step_id="p1", decision="approve", at=at(20), answer=GIRO),
        BEGINS,
        progresses("p1", ToolOutputDelta(text="opening giro…")),
        completes(tool_step("p1", 10, PAY, "paid", attempt=2, metadata=ANSWERED)),
        *says("Paid.", second=30),
        DONE,
    ],
    "question_declined": [
        *ASKED,
        RESUMED,
        StepDecided(step_id="p1", decision="deny", at=at(20), reason="None of yours.", answer=Answer(action="decline")),
        BEGINS,
        completes(tool_step("p1", 10, PAY, "not paid", is_error=True, attempt=2, metadata=DECLINED)),
        *says("Not paid.", second=30),
        DONE,
    ],
    "question_never_answered": [*ASKED, TurnCancelled(at=at(33))],
    "question_beside_a_lost_tool": [
        *HELLO,
        *asks(PAY, CAMERA),
        starts("p1", 10, PAY),
        starts("s1", 10, CAMERA),
        StepAsked(step_id="p1", question=WHICH, at=at(11)),
        awaits("unknown_outcome", 12),
        RESUMED,
        StepDecided(step_id="p1", decision="approve", at=at(20), answer=GIRO),
        awaits("unknown_outcome", 20),
        TurnResumed(at=at(25)),
        StepDecided(step_id="s1", decision="approve", at=at(25)),
        StepRestarted(step_id="p1", epoch=3, at=at(26)),
        StepRestarted(step_id="s1", epoch=3, at=at(26)),
        completes(tool_step("p1", 10, PAY, "paid", attempt=2, metadata={**ANSWERED, "begun_at": at(26)})),
        completes(
            tool_step(
                "s1",
                10,
                CAMERA,
                "a cat",
                attempt=2,
                approval="approved",
                metadata={"decided_at": at(25), "begun_at": at(26)},
            )
        ),
        *says("Paid, and a cat.", second=30),
        DONE,
    ],
    "client_tools_answered_one_by_one": [
        *HELLO,
        *asks(CAMERA, call("microphone", "c4")),
        awaits("client_tools", 5),
        TurnResumed(at=at(9)),
        *runs(call("microphone", "c4"), "a bark", second=9),
        awaits("client_tools", 9),
        TurnResumed(at=at(12)),
        *runs(CAMERA, "a dog", second=12),
        *says("A dog barks."),
        DONE,
    ],
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
    "budget_reached": [
        *HELLO,
        starts("i1", 2),
        text("i1", "Let me see."),
        completes(inference("i1", 2, said="Let me see.", calls=[CLOCK])),
        *runs(CLOCK, "noon"),
        TurnCompleted(stop_reason="budget_reached", at=at(20)),
    ],
}
LOGS: dict[str, list[LoggedEvent]] = {name: logged(events) for name, events in EVENTS.items()}
