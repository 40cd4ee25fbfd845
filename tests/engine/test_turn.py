"""What may happen in a turn, and what is done next."""

import pytest
from hypothesis import given

from tertulia.domain.events import (
    EventId,
    LoggedEvent,
    StepDecided,
    StepRestarted,
    TurnAwaitingInput,
    TurnCancelled,
    TurnCompleted,
    TurnEvent,
    TurnFailed,
    TurnResumed,
)
from tertulia.domain.steps import Problem
from tertulia.domain.turns import ENDED
from tertulia.engine.turn import (
    TRANSITIONS,
    Action,
    AwaitInput,
    Finish,
    IllegalEvent,
    Infer,
    OpenStep,
    Plan,
    RunTools,
    evolve,
    next_action,
    open_calls,
    replay,
)
from tests.engine.build import (
    HELLO,
    STARTED,
    asks,
    at,
    call,
    completes,
    inference,
    legal_logs,
    logged,
    queued,
    runs,
    says,
    starts,
    text,
    tool_step,
)

WEATHER, CAMERA = call("weather"), call("camera")
COMPLETED = TurnCompleted(stop_reason="end_of_turn", at=at(30))
FAILED = TurnFailed(error=Problem(code="model_unavailable", message="gone"), at=at(30))
CANCELLED = TurnCancelled(at=at(30))
RESUMED = TurnResumed(at=at(40))
AWAITS = TurnAwaitingInput(reason="client_tools", at=at(9))


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (HELLO, Infer()),
        ([*HELLO, *asks(WEATHER)], RunTools(calls=[WEATHER])),
        ([*HELLO, *asks(WEATHER, CAMERA)], RunTools(calls=[WEATHER])),  # server tools go first
        ([*HELLO, *asks(WEATHER, CAMERA), *runs(WEATHER, "sunny")], AwaitInput(reason="client_tools", calls=[CAMERA])),
        ([*HELLO, *asks(WEATHER), *runs(WEATHER, "sunny")], Infer()),
        ([*HELLO, *asks(WEATHER), *runs(WEATHER, "sunny"), *says("Sunny.")], Finish(stop_reason="end_of_turn")),
    ],
)
def test_the_next_action_follows_from_the_log(events: list[TurnEvent], expected: Action) -> None:
    assert next_action(replay(logged(events)), Plan(client_tools=frozenset({"camera"}))) == expected


def test_the_limit_of_inferences_ends_a_turn_that_wants_to_go_on() -> None:
    log = logged([*HELLO, *asks(WEATHER), *runs(WEATHER, "sunny")])
    assert next_action(replay(log), Plan(max_infer_iters=1)) == Finish(stop_reason="max_infer_iters")


def test_the_limit_does_not_leave_the_calls_of_the_last_inference_unanswered() -> None:
    state = replay(logged([*HELLO, *asks(WEATHER)]))
    assert next_action(state, Plan(max_infer_iters=1)) == RunTools(calls=[WEATHER])


def test_a_call_that_the_token_limit_cut_off_is_not_run() -> None:
    cut_off = inference("i1", 2, said="Let me", calls=[WEATHER], stop_reason="out_of_tokens")
    state = replay(logged([*HELLO, starts("i1", 2), completes(cut_off)]))
    assert open_calls(state) == []
    assert next_action(state, Plan()) == Finish(stop_reason="out_of_tokens")


def test_the_same_call_id_in_a_later_inference_is_a_new_call() -> None:
    again = asks(WEATHER, step_id="i2", second=12)
    assert open_calls(replay(logged([*HELLO, *asks(WEATHER), *runs(WEATHER, "sunny"), *again]))) == [WEATHER]


# --- what a lost node left open ---

PAY = call("pay")
LOST = [*HELLO, *asks(WEATHER, PAY, CAMERA), starts("s1", 5, WEATHER), starts("s2", 5, PAY)]
PLAN = Plan(client_tools=frozenset({"camera"}), unrepeatable=frozenset({"pay"}))
UNKNOWN = TurnAwaitingInput(reason="unknown_outcome", at=at(9))


def test_an_inference_that_was_lost_is_asked_anew_as_the_same_step() -> None:
    state = replay(logged([*HELLO, starts("i1", 2), text("i1", "Half")]))
    action = next_action(state, PLAN)
    assert isinstance(action, Infer)
    assert action.again == state.steps["i1"]


def test_of_lost_tools_those_are_run_again_that_may_be_and_those_that_never_began() -> None:
    state = replay(logged([*LOST[:-1]]))
    assert next_action(state, PLAN) == RunTools(calls=[PAY], again=state.open_steps)


def test_a_person_decides_about_a_lost_tool_that_may_have_had_its_effect() -> None:
    events = [*LOST, completes(tool_step("s1", 6, WEATHER, "sunny"))]
    assert next_action(replay(logged(events)), PLAN) == AwaitInput(reason="unknown_outcome", calls=[PAY])


def test_a_lost_tool_is_run_again_once_for_each_decision() -> None:
    decided = [UNKNOWN, RESUMED, StepDecided(step_id="s2", decision="approve", at=at(10))]
    log = [*LOST, completes(tool_step("s1", 6, WEATHER, "sunny")), *decided]
    state = replay(logged(log))
    assert next_action(state, PLAN) == RunTools(calls=[], again=state.open_steps)
    again = replay(logged([*log, StepRestarted(step_id="s2", epoch=3, at=at(11))]))
    assert next_action(again, PLAN) == AwaitInput(reason="unknown_outcome", calls=[PAY])  # and lost again


@pytest.mark.parametrize("events", [HELLO, [*HELLO, starts("i1", 2)]])
def test_only_lost_tools_let_a_turn_rest_with_an_unknown_outcome(events: list[TurnEvent]) -> None:
    with pytest.raises(IllegalEvent, match="only tools that were lost"):
        replay(logged([*events, UNKNOWN]))


# --- what cannot happen ---


@pytest.mark.parametrize("end", [COMPLETED, FAILED, CANCELLED])
@pytest.mark.parametrize("late", [STARTED, starts("x", 40), COMPLETED, FAILED, CANCELLED])
def test_nothing_but_a_resume_follows_an_end(end: TurnEvent, late: TurnEvent) -> None:
    with pytest.raises(IllegalEvent, match="cannot happen"):
        replay(logged([*HELLO, end, late]))


@pytest.mark.parametrize("end", [FAILED, CANCELLED])
def test_only_a_completed_turn_is_taken_up_again(end: TurnEvent) -> None:
    with pytest.raises(IllegalEvent, match="cannot happen"):
        replay(logged([*HELLO, end, RESUMED]))


def test_answers_to_calls_in_the_text_of_a_completed_turn_are_for_the_model() -> None:
    log = [*HELLO, *says("Use: camera"), COMPLETED, RESUMED, *runs(CAMERA, "a cat", second=42)]
    assert next_action(replay(logged(log)), Plan()) == Infer()
    assert next_action(replay(logged([*log, *says("A cat.", "i10", 50)])), Plan()) == Finish(stop_reason="end_of_turn")


@pytest.mark.parametrize(
    ("events", "complaint"),
    [
        ([], "empty"),
        ([STARTED], "begins with turn_queued"),
        ([queued(), COMPLETED], "cannot happen to a turn that is queued"),
        ([queued(), queued()], "cannot happen"),
        ([*HELLO, STARTED], "cannot happen"),
        ([*HELLO, text("i1", "hi")], "does not run"),
        ([*HELLO, starts("i1", 2), starts("i1", 3)], "started before"),
        ([*HELLO, *says("hi"), text("i9", "more")], "does not run"),
        ([*HELLO, *says("hi"), completes(inference("i9", 3))], "does not run"),
        ([*HELLO, starts("i1", 2), COMPLETED], "while a step of it runs"),
        ([*HELLO, starts("i1", 2), AWAITS], "while a step of it runs"),
        ([*HELLO, TurnResumed(at=at(3))], "cannot happen"),
        ([*HELLO, AWAITS, starts("i1", 4)], "cannot happen"),
    ],
)
def test_what_cannot_happen_is_refused(events: list[TurnEvent], complaint: str) -> None:
    with pytest.raises(IllegalEvent, match=complaint):
        replay(logged(events))


def test_an_event_with_an_id_that_is_not_newer_is_refused() -> None:
    log = logged(HELLO)
    stale = LoggedEvent(id=EventId(n=1, epoch=1, seq=2), event=starts("i1", 2))
    with pytest.raises(IllegalEvent, match=r"1\.1\.2 comes after 1\.1\.2"):
        evolve(replay(log), stale)


def test_a_restart_drops_what_came_of_a_step_and_counts_the_attempt() -> None:
    log = logged([*HELLO, starts("i1", 2), text("i1", "Once"), StepRestarted(step_id="i1", epoch=2, at=at(5))])
    step = replay(log).steps["i1"]
    assert isinstance(step, OpenStep)
    assert (step.assembly.text, step.attempt) == ("", 2)


def test_every_status_has_its_row_and_only_a_resume_leads_out_of_an_end() -> None:
    assert {status for status, row in TRANSITIONS.items() if not set(row) - {TurnResumed}} == ENDED


@given(legal_logs())
def test_any_legal_log_replays(log: list[LoggedEvent]) -> None:
    assert replay(log).last_event_id == log[-1].id


@given(legal_logs())
def test_a_log_replays_alike_in_one_go_and_event_by_event(log: list[LoggedEvent]) -> None:
    state = replay(log[:1])
    for one in log[1:]:
        before = state
        state = evolve(state, one)
        assert before != state
    assert state == replay(log)
