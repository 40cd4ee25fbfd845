"""Calls that wait for a person: who is asked when, and that nothing runs before there is an answer."""

import pytest
from hypothesis import given
from msgspec.structs import replace

from tertulia.domain.events import (
    LoggedEvent,
    StepAsked,
    StepDecided,
    StepRestarted,
    TurnCancelled,
    TurnEvent,
    TurnResumed,
)
from tertulia.domain.questions import Answer
from tertulia.domain.steps import ToolCallStep
from tertulia.engine.projection import project
from tertulia.engine.transcript import INTERRUPTED, messages_of_turn
from tertulia.engine.turn import (
    Action,
    AwaitInput,
    IllegalEvent,
    OpenStep,
    Plan,
    RunTools,
    next_action,
    replay,
    still_awaits,
)
from tests.engine.build import (
    ASKED,
    HELLO,
    TERMS,
    asks,
    at,
    awaits,
    call,
    completes,
    legal_logs,
    logged,
    progresses,
    runs,
    starts,
    text,
    tool_step,
    waits,
)

CLOCK, PAY, REFUND, CAMERA = call("clock"), call("pay"), call("refund"), call("camera")
NONSENSE = call("pay", "call-nonsense", "{")
PAY_TOO = call("pay", "call-pay-too")
PLAN = Plan(
    client_tools=frozenset({"camera"}), unrepeatable=frozenset({"pay", "refund"}), to_approve=frozenset({"pay"})
)
RESUMED = TurnResumed(at=at(20))
ASKS = [*HELLO, *asks(CLOCK, PAY, CAMERA)]
WAITS = [*HELLO, *asks(PAY), waits("s1", 10, PAY), awaits("approval", 10)]
QUESTION = [*HELLO, *asks(REFUND), starts("s1", 10, REFUND), StepAsked(step_id="s1", question=ASKED, at=at(11))]


def approves(step_id: str = "s1") -> StepDecided:
    return StepDecided(step_id=step_id, decision="approve", at=at(21))


def denies(step_id: str = "s1") -> StepDecided:
    return StepDecided(step_id=step_id, decision="deny", at=at(21))


def action_after(*events: TurnEvent) -> Action:
    return next_action(replay(logged(events)), PLAN)


def test_what_needs_nobody_runs_first_then_a_person_is_asked_then_the_client() -> None:
    assert action_after(*ASKS) == RunTools(calls=[CLOCK])
    ran = [*ASKS, *runs(CLOCK, "noon", second=5)]
    assert action_after(*ran) == AwaitInput(reason="approval", calls=[PAY], to_ask=[PAY])
    decided = [waits("s1", 10, PAY), awaits("approval", 10), RESUMED, approves()]
    action = action_after(*ran, *decided)
    assert isinstance(action, RunTools)
    assert [(step.call_id, step.approval) for step in action.again] == [("call-pay", "approved")]
    paid = [StepRestarted(step_id="s1", epoch=2, at=at(21)), completes(tool_step("s1", 10, PAY, "paid"))]
    assert action_after(*ran, *decided, *paid) == AwaitInput(reason="client_tools", calls=[CAMERA])


def test_nobody_is_asked_about_a_call_whose_arguments_are_none_or_about_a_client_tool() -> None:
    assert action_after(*HELLO, *asks(NONSENSE)) == RunTools(calls=[NONSENSE])
    plan = Plan(client_tools=frozenset({"pay"}), to_approve=frozenset({"pay"}))
    assert next_action(replay(logged([*HELLO, *asks(PAY)])), plan) == AwaitInput(reason="client_tools", calls=[PAY])


def test_nothing_that_was_decided_runs_before_all_of_it_is() -> None:
    both = [*HELLO, *asks(PAY, PAY_TOO), waits("s1", 10, PAY), waits("s2", 10, PAY_TOO), awaits("approval", 10)]
    first = replay(logged([*both, RESUMED, approves()]))
    assert still_awaits(first, "approval") == "approval"
    assert next_action(first, PLAN) == AwaitInput(reason="approval", calls=[PAY_TOO])
    second = replay(logged([*both, RESUMED, approves(), awaits("approval", 21), RESUMED, denies("s2")]))
    assert still_awaits(second, "approval") is None
    assert next_action(second, PLAN) == RunTools(calls=[], again=second.open_steps)


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        (WAITS, "approval"),
        ([*QUESTION, awaits("question", 11)], "question"),
        ([*HELLO, *asks(REFUND), starts("s1", 10, REFUND), awaits("unknown_outcome", 11)], "unknown_outcome"),
    ],
)
def test_what_waits_for_a_person_goes_on_waiting_when_its_turn_is_taken_up_without_a_decision(
    events: list[TurnEvent], reason: str
) -> None:
    action = action_after(*events, RESUMED)
    assert isinstance(action, AwaitInput)
    assert (action.reason, action.to_ask, len(action.calls)) == (reason, [], 1)


@pytest.mark.parametrize("before", [[*WAITS, RESUMED], QUESTION, [*QUESTION, awaits("question", 11), RESUMED]])
@pytest.mark.parametrize(
    "event",
    [
        StepRestarted(step_id="s1", epoch=2, at=at(21)),
        completes(tool_step("s1", 10, PAY, "paid")),
        progresses("s1", text("s1", "x").delta),
        StepAsked(step_id="s1", question=ASKED, at=at(21)),
    ],
)
def test_what_waits_for_a_person_neither_begins_nor_ends_without_a_decision(
    before: list[TurnEvent], event: TurnEvent
) -> None:
    with pytest.raises(IllegalEvent, match="waits for a person's decision"):
        replay(logged([*before, event]))


@pytest.mark.parametrize("before", [[*HELLO, *asks(PAY), starts("s1", 10, PAY)], [*WAITS, RESUMED, approves()]])
def test_what_waits_for_nobody_is_not_decided(before: list[TurnEvent]) -> None:
    with pytest.raises(IllegalEvent, match="waits for nobody's decision"):
        replay(logged([*before, denies()]))


@pytest.mark.parametrize("reason", ["approval", "question"])
def test_a_turn_rests_for_a_decision_only_if_one_is_waited_for(reason: str) -> None:
    for events in (HELLO, [*HELLO, *asks(PAY), starts("s1", 10, PAY)]):
        with pytest.raises(IllegalEvent):
            replay(logged([*events, awaits(reason, 11)]))  # type: ignore[arg-type]  # one of the reasons


def test_an_answered_question_lets_the_call_be_made_again_with_all_answers_so_far() -> None:
    answer = Answer(action="accept", content={"n": 1})
    answered = StepDecided(step_id="s1", decision="approve", at=at(21), answer=answer)
    again = [RESUMED, answered, StepRestarted(step_id="s1", epoch=2, at=at(21))]
    asks_more = StepAsked(step_id="s1", question=replace(ASKED, key="more"), at=at(22))
    log = [*QUESTION, awaits("question", 11), *again, asks_more, awaits("question", 22), RESUMED, denies()]
    step = replay(logged(log)).steps["s1"]
    assert isinstance(step, OpenStep)
    assert step.answers == {
        "which": answer,
        "more": Answer(action="decline"),
    }


def test_a_call_that_nobody_approved_ends_with_its_turn_and_has_a_result_in_the_transcript() -> None:
    turn = project(replay(logged([*WAITS, TurnCancelled(at=at(30))])))
    [_, step] = turn.steps
    assert isinstance(step, ToolCallStep)
    assert (step.status, step.approval, step.attempt) == ("cancelled", "none", 0)
    assert messages_of_turn(turn)[-1].content == INTERRUPTED


def test_a_person_sees_on_what_terms_a_call_waits() -> None:
    [_, step] = project(replay(logged(WAITS))).steps
    assert isinstance(step, ToolCallStep)
    assert (step.status, step.approval, step.attempt, step.metadata) == ("running", "pending", 0, TERMS)


@given(legal_logs())
def test_whatever_the_log_only_what_was_approved_or_needs_no_approval_runs(log: list[LoggedEvent]) -> None:
    plan = Plan(to_approve=frozenset({"clock"}), unrepeatable=frozenset({"clock"}))
    for length in range(2, len(log) + 1):
        state = replay(log[:length])
        if state.status != "running":
            continue
        match next_action(state, plan):
            case RunTools(calls=calls, again=again):
                assert calls == []
                assert all(step.is_decided for step in again)
            case AwaitInput(to_ask=to_ask):
                assert {each.call_id for each in to_ask}.isdisjoint(step.call_id for step in state.open_steps)
            case _:
                pass
